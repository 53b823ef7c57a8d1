"""The tables of the store.

Times are ISO 8601 text in UTC (see `clock`). A change of this file needs a step in `migrations`.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text, UniqueConstraint, text

metadata = MetaData()

# SQLite numbers rows by itself only for a column that is exactly INTEGER PRIMARY KEY.
_ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")

store_info = Table(
    "store_info",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("started", Text, nullable=False),
    Column("finished", Text),
    Column("outcome", Text),
    Column("counts", Text),
    # 1 where it walked every list: what it or an earlier run found needs no further look for.
    Column("complete", Integer, nullable=False, server_default=text("0")),
    Column("pid", Integer, nullable=False),
    Column("host", Text, nullable=False),
    Index("run_by_site", "site", "id"),
)

url = Table(
    "url",
    metadata,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("site", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("section", Text),
    Column("state", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("listed", Text, nullable=False),
    Column("request", Text),
    Column("found", Text, nullable=False),
    Column("found_run", Text),
    Column("queued_run", Text),
    Column("lease_owner", Text),
    Column("lease_until", Text),
    Column("reason", Text),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("retry_at", Text),
    Column("status", Integer),
    Column("first_fetched", Text),
    Column("last_fetched", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("due", Text),
    UniqueConstraint("site", "key", name="url_identity"),
)
Index(
    "url_queue",
    url.c.site,
    url.c.priority.desc(),
    url.c.listed.desc(),
    url.c.id,
    sqlite_where=url.c.state == "queued",
    postgresql_where=url.c.state == "queued",
)
Index(
    "url_leased", url.c.site, sqlite_where=url.c.state == "leased", postgresql_where=url.c.state == "leased"
)
Index(
    "url_due",
    url.c.site,
    url.c.due,
    sqlite_where=url.c.state == "done",
    postgresql_where=url.c.state == "done",
)
Index(
    "url_retry",
    url.c.site,
    url.c.retry_at,
    sqlite_where=url.c.state == "failed",
    postgresql_where=url.c.state == "failed",
)

capture = Table(
    "capture",
    metadata,
    Column("id", _ROW_NUMBER, primary_key=True),
    # What makes a capture the same one: its WARC-Record-ID, or address and time where it was not archived.
    Column("identity", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("section", Text),
    Column("run", Text),
    Column("status", Integer, nullable=False),
    Column("fetched_at", Text, nullable=False),
    Column("content_type", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("warc_file", Text),
    Column("warc_offset", BigInteger),
    Column("warc_length", BigInteger),
    Column("payload_digest", Text),
    Index("capture_by_key", "key", "fetched_at"),
)

article = Table(
    "article",
    metadata,
    Column("seq", _ROW_NUMBER, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("canonical_key", Text),
    Column("site", Text),
    Column("section", Text),
    Column("title", Text),
    Column("source", Text),
    Column("published", Text),
    Column("published_precision", Text),
    Column("text_digest", Text),
    # Digest of the folded title, authors, source and body: with the date it decides what is a change.
    Column("content_digest", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("first_seen", Text, nullable=False),
    Column("fetched_at", Text, nullable=False),
    Column("last_seen", Text, nullable=False),
    Column("missing_reason", Text),
    Column("missing_looks", Integer, nullable=False, server_default=text("0")),
    Column("missing_since", Text),
    Column("missing_last", Text),
    Column("removed", Text),
    Column("reappeared", Text),
    Index("article_by_key", "key"),
    Index("article_by_canonical_key", "canonical_key"),
    Index("article_by_site", "site", "section"),
    Index("article_by_published", "published"),
    Index("article_by_source", "source"),
    Index("article_by_title", "title"),
    Index("article_by_text", "text_digest"),
    Index("article_by_fetched_at", "fetched_at"),
    Index("article_by_removed", "removed"),
)

version = Table(
    "version",
    metadata,
    Column("article_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("fetched_at", Text, nullable=False),
    Column("run", Text),
    Column("content_digest", Text, nullable=False),
    Column("extractor", Text),
    # The capture it was read from (capture.identity).
    Column("capture", Text),
    # The article record as JSON, every field of it.
    Column("record", Text, nullable=False),
    Index("version_by_run", "run"),
    Index("version_by_capture", "capture"),
)

address = Table(
    "address",
    metadata,
    Column("article_id", Text, primary_key=True),
    Column("url", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("first_seen", Text, nullable=False),
    Index("address_by_key", "key"),
)

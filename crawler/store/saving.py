"""Writing captures and articles: what is new, what changed, and nothing twice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from sqlalchemy import Connection, Update, bindparam, func, select, update

from crawler.items import Article, Capture, read_record, write_record
from crawler.store import removals
from crawler.store.clock import now, stamp
from crawler.store.database import Database, chunks
from crawler.store.records import article_columns, capture_row, identity_of, key_of
from crawler.store.schema import address, article, capture, version
from crawler.store.text import clean, indexed
from crawler.store.versions import changed_fields, content_digest, same_time, text_digest
from crawler.urls import article_id

Change = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True)
class Saved:
    """What became of one article."""

    change: Change
    article: Article
    """The record as the store has it, with id, version, first_seen and fetched_at."""
    fields: tuple[str, ...] = ()
    """Names of the fields that changed, where `change` is `changed`."""
    reappeared: bool = False
    """Whether the article had counted as removed until now."""


@dataclass
class _Known:
    """State of one article while a batch is saved."""

    id: str
    key: str
    canonical_key: str | None
    content_digest: str
    published: str | None
    published_precision: str | None
    version: int
    fetched_at: str
    first_seen: str
    last_seen: str
    record: Article | None = None
    """The current version, where it was read or made in this batch."""
    url: str = ""
    is_new: bool = False
    is_changed: bool = False


class Batch:
    """One call of `save`: everything of it happens in the transaction of the given connection."""

    def __init__(
        self, database: Database, connection: Connection, run: str | None, rule: removals.RemovalRule
    ) -> None:
        self._database = database
        self._connection = connection
        self._run = run
        self._rule = rule
        self._known: dict[str, _Known] = {}
        self._by_key: dict[str, str] = {}
        self._by_canonical_key: dict[str, str] = {}
        self._versions: list[dict[str, Any]] = []
        self._addresses: dict[tuple[str, str], dict[str, Any]] = {}

    def save(self, captures: Sequence[Capture], articles: Sequence[Article]) -> list[Saved]:
        """Store captures and articles; the answers stand in the order of the articles."""
        self._save_captures(captures)
        back = self._note_answers(captures, articles)
        prepared = [self._prepare(item, captures) for item in articles]
        self._load(prepared)
        saved = [self._save_article(item) for item in prepared]
        self._flush()
        return [replace(one, reappeared=True) if one.article.id in back else one for one in saved]

    def _save_captures(self, captures: Sequence[Capture]) -> None:
        if captures:
            rows = {row["identity"]: row for row in (capture_row(item, self._run) for item in captures)}
            self._connection.execute(self._database.insert(capture), list(rows.values()))

    def _note_answers(self, captures: Sequence[Capture], articles: Sequence[Article]) -> set[str]:
        """Let articles know how their page answered; return the ids of those that had counted as removed."""
        missed = {
            key_of(one.url): (removals.GONE_STATUSES[one.status], one.fetched_at)
            for one in captures
            if one.status in removals.GONE_STATUSES
        }
        if missed:
            removals.look(self._connection, missed, self._rule)
        unmodified = {key_of(one.url): one.fetched_at for one in captures if one.status == 304}
        if unmodified:
            self._connection.execute(_SEEN_AT, [{"b_key": key, "b_at": at} for key, at in unmodified.items()])
        present = {key_of(item.url): item.fetched_at or stamp(now()) for item in articles}
        return removals.found_again(self._connection, unmodified | present)

    def _prepare(self, item: Article, captures: Sequence[Capture]) -> Article:
        """Fill in what the store answers for: id, time of capture, digest of the text."""
        fetched_at = item.fetched_at
        if fetched_at is None:
            fetched_at = next((one.fetched_at for one in captures if one.url == item.url), stamp(now()))
        return item.model_copy(
            update={
                "id": item.id or article_id(item.url),
                "fetched_at": fetched_at,
                "text_digest": item.text_digest or text_digest(item.body),
            }
        )

    def _load(self, articles: Sequence[Article]) -> None:
        """Read what is known of the addresses of a batch."""
        keys = {key_of(item.url) for item in articles}
        canonical_keys = {key_of(item.canonical_url) for item in articles if item.canonical_url}
        row: Any
        for chunk in chunks(sorted(keys | canonical_keys)):
            for row in self._connection.execute(_OWNERS, {"keys": chunk}):
                self._by_key[row.key] = row.article_id
        unknown = sorted(keys - self._by_key.keys())
        for chunk in chunks(unknown):
            for row in self._connection.execute(_NAMED, {"keys": chunk}):
                self._by_canonical_key[row.canonical_key] = row.id
        ids = {item.id for item in articles if item.id} | set(self._by_key.values())
        ids |= set(self._by_canonical_key.values())
        for chunk in chunks(sorted(ids)):
            for row in self._connection.execute(_STATES, {"ids": chunk}):
                self._known[row.id] = _Known(**dict(row._mapping))

    def _owner(self, item: Article, digest: str) -> _Known | None:
        """Return the article that an address belongs to.

        An unknown address belongs to a known article where one page names the other as its canonical
        address and both have the same text. The name alone is not enough: some sites give every page the
        address of the home page.
        """
        key = key_of(item.url)
        owner = self._known.get(self._by_key.get(key) or item.id or "")
        if owner is not None:
            return owner
        named = key_of(item.canonical_url) if item.canonical_url else None
        for candidate in (self._by_key.get(named) if named else None, self._by_canonical_key.get(key)):
            other = self._known.get(candidate or "")
            if other is not None and other.content_digest == digest:
                return other
        return None

    def _save_article(self, item: Article) -> Saved:
        assert item.id is not None and item.fetched_at is not None
        digest = content_digest(item)
        known = self._owner(item, digest)
        if known is None:
            known = self._first(item, digest)
            self._note_address(known.id, item)
            record = self._note_version(known, item, digest, 1)
            return Saved("new", record)
        self._note_address(known.id, item)
        known.first_seen = min(known.first_seen, item.fetched_at)
        known.last_seen = max(known.last_seen, item.fetched_at)
        if self._is_same(known, item, digest):
            return Saved("unchanged", self._current(known))
        is_late = item.fetched_at < known.fetched_at
        if (is_late or key_of(item.url) != known.key) and self._has_version(known, digest):
            # An old capture that arrives late, or a second address with an old copy, brings nothing new.
            return Saved("unchanged", self._current(known))
        fields = changed_fields(self._current(known), item)
        number = 1 + self._last_number(known)
        record = self._note_version(known, item, digest, number, is_current=not is_late)
        return Saved("changed", record, fields)

    def _first(self, item: Article, digest: str) -> _Known:
        assert item.id is not None and item.fetched_at is not None
        known = _Known(
            id=item.id,
            key=key_of(item.url),
            canonical_key=key_of(item.canonical_url) if item.canonical_url else None,
            content_digest=digest,
            published=item.published,
            published_precision=item.published_precision,
            version=1,
            fetched_at=item.fetched_at,
            first_seen=item.fetched_at,
            last_seen=item.fetched_at,
            url=clean(item.url),
            is_new=True,
        )
        self._known[known.id] = known
        self._by_key[known.key] = known.id
        if known.canonical_key:
            self._by_canonical_key.setdefault(known.canonical_key, known.id)
        return known

    def _is_same(self, known: _Known, item: Article, digest: str) -> bool:
        return known.content_digest == digest and same_time(
            known.published, known.published_precision, item.published, item.published_precision
        )

    def _has_version(self, known: _Known, digest: str) -> bool:
        query = select(version.c.number).where(
            version.c.article_id == known.id, version.c.content_digest == digest
        )
        return self._connection.execute(query).first() is not None or any(
            row["article_id"] == known.id and row["content_digest"] == digest for row in self._versions
        )

    def _last_number(self, known: _Known) -> int:
        query = select(func.max(version.c.number)).where(version.c.article_id == known.id)
        numbers: list[int] = [row["number"] for row in self._versions if row["article_id"] == known.id]
        return max(self._connection.execute(query).scalar() or 0, *numbers, 0)

    def _current(self, known: _Known) -> Article:
        """Return the current version, from this batch or from the database."""
        if known.record is None:
            query = select(version.c.record).where(
                version.c.article_id == known.id, version.c.number == known.version
            )
            known.record = read_record(self._connection.execute(query).scalar_one())
        return known.record

    def _note_version(
        self, known: _Known, item: Article, digest: str, number: int, *, is_current: bool = True
    ) -> Article:
        record = item.model_copy(update={"id": known.id, "version": number, "first_seen": known.first_seen})
        assert record.fetched_at is not None
        if is_current:
            known.record = record
            known.version = number
            known.content_digest = digest
            known.published, known.published_precision = record.published, record.published_precision
            known.fetched_at = record.fetched_at
            known.is_changed = True
        self._versions.append(
            {
                "article_id": known.id,
                "number": number,
                "fetched_at": record.fetched_at,
                "run": self._run,
                "content_digest": digest,
                "extractor": clean(record.extractor),
                "capture": identity_of(record),
                "record": write_record(record),
            }
        )
        return record

    def _note_address(self, identity: str, item: Article) -> None:
        url = indexed(item.url)
        row = {"article_id": identity, "url": url, "key": key_of(item.url), "first_seen": item.fetched_at}
        self._addresses.setdefault((identity, url), row)

    def _flush(self) -> None:
        new, changed, seen = [], [], []
        for known in self._known.values():
            times = {"first_seen": known.first_seen, "last_seen": known.last_seen}
            if not known.is_changed:
                seen.append({"b_id": known.id} | {f"b_{name}": value for name, value in times.items()})
                continue
            assert known.record is not None
            row = article_columns(known.record, known.content_digest) | times
            if known.is_new:
                new.append(row | {"id": known.id, "url": known.url, "key": known.key})
            else:
                changed.append({"b_id": known.id} | {f"b_{name}": value for name, value in row.items()})
        if new:
            self._connection.execute(article.insert(), new)
        if changed:
            names = [name.removeprefix("b_") for name in changed[0] if name != "b_id"]
            statement = update(article).where(article.c.id == bindparam("b_id"))
            self._connection.execute(
                statement.values({name: bindparam(f"b_{name}") for name in names}), changed
            )
        if seen:
            self._connection.execute(_SEEN, seen)
        if self._versions:
            self._connection.execute(version.insert(), self._versions)
        if self._addresses:
            self._connection.execute(self._database.insert(address), list(self._addresses.values()))


def reread(connection: Connection, item: Article) -> Saved | None:
    """Replace the reading of a capture by a new one; None where no version was read from that capture.

    The site did not change its text, we read it better: the version keeps its number and its times.
    """
    row = connection.execute(_READ_FROM, {"identity": identity_of(item)}).first()
    if row is None:
        return None
    old = read_record(row.record)
    kept = {"id": old.id, "version": old.version, "first_seen": old.first_seen, "fetched_at": old.fetched_at}
    record = item.model_copy(update=kept | {"text_digest": item.text_digest or text_digest(item.body)})
    fields = tuple(
        name
        for name in Article.model_fields
        if name not in ("evidence", "extractor") and getattr(old, name) != getattr(record, name)
    )
    digest = content_digest(record)
    place = {"b_id": row.article_id, "b_number": row.number}
    text = {
        "b_record": write_record(record),
        "b_content_digest": digest,
        "b_extractor": clean(record.extractor),
    }
    connection.execute(_NEW_RECORD, place | text)
    columns = article_columns(record, digest)
    connection.execute(
        _new_columns(tuple(columns)), place | {f"b_{name}": value for name, value in columns.items()}
    )
    return Saved("changed" if fields else "unchanged", record, fields)


@cache
def _new_columns(names: tuple[str, ...]) -> Update:
    return (
        update(article)
        .where(article.c.id == bindparam("b_id"), article.c.version == bindparam("b_number"))
        .values({name: bindparam(f"b_{name}") for name in names})
    )


# Made once: building a statement costs more than running it.
_READ_FROM = select(version.c.article_id, version.c.number, version.c.record).where(
    version.c.capture == bindparam("identity")
)
_NEW_RECORD = (
    update(version)
    .where(version.c.article_id == bindparam("b_id"), version.c.number == bindparam("b_number"))
    .values({name: bindparam(f"b_{name}") for name in ("record", "content_digest", "extractor")})
)
_OWNERS = select(address.c.key, address.c.article_id).where(
    address.c.key.in_(bindparam("keys", expanding=True))
)
_NAMED = select(article.c.canonical_key, article.c.id).where(
    article.c.canonical_key.in_(bindparam("keys", expanding=True))
)
_STATES = select(
    article.c.id,
    article.c.key,
    article.c.canonical_key,
    article.c.content_digest,
    article.c.published,
    article.c.published_precision,
    article.c.version,
    article.c.fetched_at,
    article.c.first_seen,
    article.c.last_seen,
).where(article.c.id.in_(bindparam("ids", expanding=True)))
_SEEN = (
    update(article)
    .where(article.c.id == bindparam("b_id"))
    .values(first_seen=bindparam("b_first_seen"), last_seen=bindparam("b_last_seen"))
)
_SEEN_AT = (
    update(article)
    .where(article.c.key == bindparam("b_key"), article.c.last_seen < bindparam("b_at"))
    .values(last_seen=bindparam("b_at"))
)

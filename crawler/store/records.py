"""Records as rows: captures and articles on their way into the tables and back."""

from typing import Any

from crawler.items import Article, Capture, WarcPointer
from crawler.store.text import clean, indexed
from crawler.urls import canonical_key


def key_of(url: str) -> str:
    """Return the canonical key of an address, fit for every database."""
    return indexed(canonical_key(url))


def identity_of(item: Article | Capture) -> str:
    """Return what makes a capture the same capture: its WARC record, else its address and time."""
    return indexed(item.warc.record_id if item.warc else f"{item.url} {item.fetched_at}")


def capture_row(item: Capture, run: str | None) -> dict[str, Any]:
    """Write a capture as a row."""
    pointer = item.warc
    return {
        "identity": identity_of(item),
        "url": clean(item.url),
        "key": key_of(item.url),
        "site": clean(item.site),
        "section": clean(item.section),
        "run": run,
        "status": item.status,
        "fetched_at": item.fetched_at,
        "content_type": clean(item.content_type),
        "etag": clean(item.etag),
        "last_modified": clean(item.last_modified),
        "warc_file": pointer.file if pointer else None,
        "warc_offset": pointer.offset if pointer else None,
        "warc_length": pointer.length if pointer else None,
        "payload_digest": pointer.payload_digest if pointer else None,
    }


def capture_of(row: Any) -> Capture:
    """Read a capture from its row; its body is in the archive."""
    pointer = None
    if row.warc_file is not None:
        pointer = WarcPointer(
            file=row.warc_file,
            offset=row.warc_offset,
            length=row.warc_length,
            record_id=row.identity,
            payload_digest=row.payload_digest,
        )
    return Capture(
        url=row.url,
        status=row.status,
        fetched_at=row.fetched_at,
        site=row.site,
        section=row.section,
        content_type=row.content_type,
        etag=row.etag,
        last_modified=row.last_modified,
        warc=pointer,
    )


def article_columns(record: Article, digest: str) -> dict[str, Any]:
    """Write the columns of the article table that its current version decides."""
    return {
        "canonical_key": key_of(record.canonical_url) if record.canonical_url else None,
        "site": indexed(record.site),
        "section": indexed(record.section),
        "title": indexed(record.title),
        "source": indexed(record.source),
        "published": indexed(record.published),
        "published_precision": clean(record.published_precision),
        "text_digest": indexed(record.text_digest),
        "content_digest": digest,
        "version": record.version,
        "fetched_at": record.fetched_at,
    }

"""Which captures the records were read from, and which article pages gave none: for reading them again."""

from typing import Any

from sqlalchemy import Select, and_, exists, or_, select

from crawler.store.schema import address, capture, url, version


def with_record(*, site: str | None, since: str | None) -> Select[Any]:
    """Select captures with the record of the version that was read from each, in the order of storing."""
    query = select(capture, version.c.record).join(version, version.c.capture == capture.c.identity)
    return _narrowed(query, site, since)


def without_record(*, site: str | None, since: str | None) -> Select[Any]:
    """Select captures of article pages that no version was read from, in the order of storing.

    A payload that a version was read from at another time is left out: it says the same today.
    """
    other = capture.alias()
    is_article_page = or_(
        exists().where(url.c.site == capture.c.site, url.c.key == capture.c.key, url.c.kind == "article"),
        exists().where(address.c.key == capture.c.key),
    )
    was_read = exists().where(version.c.capture == capture.c.identity)
    says_the_same = exists().where(
        and_(
            other.c.key == capture.c.key,
            other.c.payload_digest == capture.c.payload_digest,
            version.c.capture == other.c.identity,
        )
    )
    query = select(capture).where(
        capture.c.status == 200,
        capture.c.warc_file.is_not(None),
        is_article_page,
        ~was_read,
        ~says_the_same,
    )
    return _narrowed(query, site, since)


def _narrowed(query: Select[Any], site: str | None, since: str | None) -> Select[Any]:
    if site is not None:
        query = query.where(capture.c.site == site)
    if since is not None:
        query = query.where(capture.c.fetched_at >= since)
    return query.order_by(capture.c.id)

"""Articles that are no longer there: noticed, confirmed over several looks, noticed when they come back.

Nothing of a removed article is deleted: its text, versions and captures stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, update

from crawler.store.clock import moment
from crawler.store.database import chunks
from crawler.store.schema import article
from crawler.store.text import clean

GONE_STATUSES = {404: "not found", 410: "gone"}
"""HTTP statuses by which a server says that a page is no longer there (RFC 9110)."""


@dataclass(frozen=True)
class RemovalRule:
    """When an article that is not found counts as removed."""

    looks: int = 3
    """Looks in a row that must all fail to find it."""
    days: float = 14
    """Days that must lie between the first of them and the last."""
    apart_hours: float = 12
    """A look sooner than this after the one before does not count: a site down for an hour is one look."""


@dataclass(frozen=True)
class Missing:
    """State of an article that was looked for and not found."""

    article_id: str
    url: str
    title: str | None
    site: str | None
    reason: str
    """What was there instead: `not found`, `gone`, `soft 404`, `redirected to home`, `restricted`, …"""
    looks: int
    since: str
    """Time of the first look that did not find it."""
    last: str
    removed: str | None
    """Time of the look that confirmed it; None while it is only missing."""


@dataclass(frozen=True)
class Reappeared:
    """An article that had counted as removed and was found again."""

    article_id: str
    url: str
    title: str | None
    site: str | None
    at: str
    """Time of the look that found it."""


def look(
    connection: Connection, missed: Mapping[str, tuple[str, str]], rule: RemovalRule
) -> dict[str, Missing]:
    """Count looks that did not find an article.

    Args:
        connection: a connection in a transaction that may write.
        missed: canonical key of the address -> reason, time of the look.
        rule: when it counts as removed.

    Returns:
        Key -> state after the look, for those addresses that are an article's.
    """
    result: dict[str, Missing] = {}
    updates: list[dict[str, Any]] = []
    for chunk in chunks(list(missed)):
        # Only its own address: an article whose second address is dead is still there.
        for row in connection.execute(select(article).where(article.c.key.in_(chunk))):
            reason, at = missed[row.key]
            state = _counted(row, reason, at, rule)
            result[row.key] = state
            updates.append(
                {
                    "b_id": row.id,
                    "b_missing_reason": clean(state.reason),
                    "b_missing_looks": state.looks,
                    "b_missing_since": state.since,
                    "b_missing_last": state.last,
                    "b_removed": state.removed,
                }
            )
    if updates:
        connection.execute(_COUNT, updates)
    return result


def _counted(row: Row[Any], reason: str, at: str, rule: RemovalRule) -> Missing:
    looks, since, last, removed = row.missing_looks, row.missing_since or at, row.missing_last, row.removed
    elapsed = (moment(at) - moment(last)).total_seconds() if last else None
    if elapsed is None or elapsed >= rule.apart_hours * 3600:
        looks, last = looks + 1, at
    long_enough = (moment(last) - moment(since)).total_seconds() >= rule.days * 86400
    if removed is None and looks >= rule.looks and long_enough:
        removed = at
    return Missing(row.id, row.url, row.title, row.site, reason, looks, since, last, removed)


_COUNT = (
    update(article)
    .where(article.c.id == bindparam("b_id"))
    .values(
        {
            name: bindparam(f"b_{name}")
            for name in ("missing_reason", "missing_looks", "missing_since", "missing_last", "removed")
        }
    )
)


def found_again(connection: Connection, present: Mapping[str, str]) -> set[str]:
    """Note that which articles are there (key -> time); return the ids of those that counted as removed."""
    reappeared: set[str] = set()
    for chunk in chunks(list(present)):
        missing = select(
            article.c.id, article.c.key, article.c.removed, article.c.missing_last, article.c.missing_since
        ).where(article.c.key.in_(chunk), article.c.missing_since.is_not(None))
        for row in connection.execute(missing).all():
            if present[row.key] < (row.missing_last or row.missing_since):
                continue  # an older capture that is stored late
            values: dict[str, Any] = {
                "missing_reason": None,
                "missing_looks": 0,
                "missing_since": None,
                "missing_last": None,
                "removed": None,
            }
            if row.removed:
                values["reappeared"] = present[row.key]
                reappeared.add(row.id)
            connection.execute(update(article).where(article.c.id == row.id).values(values))
    return reappeared


def missing_query(*, site: str | None, since: str | None, confirmed: bool) -> Select[Any]:
    """Select articles that are removed (confirmed) or only missing, the latest first."""
    when = article.c.removed if confirmed else article.c.missing_since
    query = select(article).where(when.is_not(None)).order_by(when.desc(), article.c.seq)
    if not confirmed:
        query = query.where(article.c.removed.is_(None))
    if site is not None:
        query = query.where(article.c.site == site)
    if since is not None:
        query = query.where(when >= since)
    return query


def reappeared_query(*, site: str | None, since: str | None) -> Select[Any]:
    """Select articles that came back after they had been removed, the latest first."""
    query = select(article).where(article.c.reappeared.is_not(None), article.c.removed.is_(None))
    if site is not None:
        query = query.where(article.c.site == site)
    if since is not None:
        query = query.where(article.c.reappeared >= since)
    return query.order_by(article.c.reappeared.desc(), article.c.seq)


def missing_of(row: Row[Any]) -> Missing:
    """Read the state of a missing article from its row."""
    return Missing(
        article_id=row.id,
        url=row.url,
        title=row.title,
        site=row.site,
        reason=row.missing_reason,
        looks=row.missing_looks,
        since=row.missing_since,
        last=row.missing_last,
        removed=row.removed,
    )

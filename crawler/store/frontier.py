"""The frontier: every URL ever found, and what is to be done with it.

A URL is `queued`, `leased` (to a run, until a time), `done`, `failed` (with reason, tries and the time of the
next try) or `skipped` (not wanted or not allowed). Leases, not pops: what a dead run had in hand is queued
again by the next one. Everything here concerns one site; its lock (`runs.SiteLock`) keeps one run to it.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from crawler.store.clock import later, moment, now, stamp
from crawler.store.database import Database, chunks
from crawler.store.schema import article, run, url
from crawler.store.text import clean, indexed
from crawler.urls import canonical_key

Kind = Literal["list", "article", "file", "page"]
State = Literal["queued", "leased", "done", "failed", "skipped"]

RECHECK_DAYS: tuple[float, ...] = (1, 3, 7, 30, 90, 365)
"""Ages in days, from an article's last change, at which it is looked at again; then every last one."""

MISSING_RECHECK_DAYS = 7.0
"""Days to the next look at an article that was not found, while its removal is unconfirmed."""

RETRY_DAYS: tuple[float, ...] = (0, 1 / 24, 1, 3, 7, 30, 30, 30)
"""Days from each failure in a row to the next try; 0 is the next run. Then an unread URL is given up."""

GONE_RETRY_DAYS = 30.0
"""Days to the next try of an address that was never an article and answered 404 or 410."""

DUE_EARLY_DAYS = 0.25
"""How early a look may come: a crawl at the same hour every day finds due what yesterday's fetched."""

_LASTING: Collection[str] = ("article", "file")
"""Kinds that stay done until they are due; the others are fetched once a run."""

_PRIORITY_OF_KIND = {"list": 1_000_000}
"""Lists come before everything else, whatever priority the spider gives."""


@dataclass(frozen=True, slots=True)
class Found:
    """A URL as it was found."""

    url: str
    kind: Kind = "page"
    section: str | None = None
    priority: int = 0
    """Higher comes first, among URLs of one kind."""
    listed: str = ""
    """Day printed beside the link (`YYYY-MM-DD`): newer comes first, then the order of finding."""
    request: str | None = None
    """How to ask for it, as JSON text; the frontier keeps it and does not look inside."""
    key: str | None = None
    """What makes it the same URL; by default `canonical_key(url)`. See `request_key`."""
    again: bool = False
    """Queue it even if it is done and not due."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A URL given to a run, with what is known of it from earlier."""

    id: int
    key: str
    url: str
    kind: Kind
    section: str | None
    priority: int
    listed: str
    request: str | None
    tries: int
    """Failures in a row so far."""
    status: int | None
    last_fetched: str | None
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a leased URL."""

    id: int
    state: Literal["done", "failed", "skipped", "queued"]
    """`queued` hands it back untouched."""
    status: int | None = None
    """HTTP status of the last answer."""
    reason: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    at: str | None = None
    """Time of the answer; by default now."""


class Turn(NamedTuple):
    """What one step of the frontier brought."""

    queued: int
    """URLs found that are to be fetched."""
    known: int
    """Articles and files found that an earlier run has fetched and that are not due."""
    leases: list[Lease]


def request_key(url: str, method: str = "GET", body: bytes = b"") -> str:
    """Return what makes a request the same one: the address's canonical key, and any method and body."""
    key = canonical_key(url)
    if method.upper() == "GET" and not body:
        return key
    return f"{key} {method.upper()} {hashlib.sha256(body).hexdigest()[:16]}"


class Frontier:
    """The URLs of a store. Each call is one transaction.

    After a power cut the last of them may be missing, never a part of one: URLs are then fetched once more.
    """

    def __init__(self, database: Database, *, recheck_days: Sequence[float] = RECHECK_DAYS) -> None:
        self._database = database
        self._recheck_days = tuple(sorted(recheck_days)) or RECHECK_DAYS

    def take_over(self, site: str, *, recheck: Literal["due", "all", "none"] = "due") -> int:
        """Make a site's frontier ready for a run that holds the site's lock.

        Leases of dead runs are queued again, and so are failures whose next try has come and known articles:
        those that are due, all, or none.

        Returns:
            How many URLs are queued now.
        """
        moment_now = stamp(now())
        due_now = later(moment_now, days=DUE_EARLY_DAYS)
        with self._database.write(durable=False) as connection:
            connection.execute(_requeue(site).where(url.c.state == "leased"))
            connection.execute(_requeue(site).where(url.c.state == "failed", url.c.retry_at <= moment_now))
            if recheck != "none":
                statement = _requeue(site).where(url.c.state == "done", url.c.due.is_not(None))
                if recheck == "due":
                    statement = statement.where(url.c.due <= due_now)
                connection.execute(statement)
            queued = select(func.count()).select_from(url).where(url.c.site == site, url.c.state == "queued")
            return connection.execute(queued).scalar_one()

    def discover(self, site: str, found: Iterable[Found], *, run: str | None = None) -> int:
        """Enter URLs; those known already are queued only if a new look at them is called for.

        Returns:
            How many were queued by this.
        """
        with self._database.write(durable=False) as connection:
            return _discover(connection, self._database, site, list(found), run)[0]

    def lease(self, site: str, owner: str, limit: int, *, seconds: int = 3600) -> list[Lease]:
        """Give out the next URLs: lists, then by priority, newest day first, in the order of finding."""
        with self._database.write(durable=False) as connection:
            return _lease(connection, site, owner, limit, seconds)

    def finish(self, outcomes: Iterable[Outcome]) -> None:
        """Record what became of leased URLs, and when each is to be looked at again."""
        with self._database.write(durable=False) as connection:
            _finish(connection, list(outcomes), self._recheck_days)

    def turn(
        self,
        site: str,
        owner: str,
        *,
        found: Sequence[Found] = (),
        outcomes: Sequence[Outcome] = (),
        want: int = 0,
        seconds: int = 3600,
    ) -> Turn:
        """Do `discover`, `finish` and `lease` in one transaction.

        URLs found on a page are entered before the page is finished, so that none is lost between the two.
        """
        with self._database.write(durable=False) as connection:
            queued, known = _discover(connection, self._database, site, found, owner) if found else (0, 0)
            if outcomes:
                _finish(connection, outcomes, self._recheck_days)
            leases = _lease(connection, site, owner, want, seconds) if want > 0 else []
            return Turn(queued, known, leases)

    def known(self, site: str, urls: Iterable[str]) -> set[str]:
        """Return which addresses had been found when a run of the site was last complete.

        A list page on which all are known needs no further page: that run walked what lies behind. What was
        found later, by runs that were killed, interrupted or limited, does not count even where it was
        fetched: they may not have come to the next page.
        """
        keys = {address: indexed(canonical_key(address)) for address in urls}
        found: set[str] = set()
        with self._database.read() as connection:
            complete = connection.execute(_LAST_COMPLETE, {"site": site}).scalar()
            if complete is not None:
                for chunk in chunks(list(set(keys.values()))):
                    rows = connection.execute(_KNOWN, {"site": site, "keys": chunk, "complete": complete})
                    found.update(row.key for row in rows)
        return {address for address, key in keys.items() if key in found}

    def counts(self, site: str) -> dict[State, int]:
        """Return how many URLs of a site are in each state."""
        query = (
            select(url.c.state, func.count().label("number")).where(url.c.site == site).group_by(url.c.state)
        )
        with self._database.read() as connection:
            return {row.state: row.number for row in connection.execute(query)}


def _requeue(site: str) -> Any:
    return (
        update(url)
        .where(url.c.site == site)
        .values(state="queued", lease_owner=None, lease_until=None, retry_at=None)
    )


_LAST_COMPLETE = select(func.max(run.c.id)).where(run.c.site == bindparam("site"), run.c.complete == 1)
# Ids of runs sort by time.
_KNOWN = select(url.c.key).where(
    url.c.site == bindparam("site"),
    url.c.key.in_(bindparam("keys", expanding=True)),
    url.c.found_run <= bindparam("complete"),
)


# Statements that every portion needs are made once: building one costs more than running it.
_STATES = select(
    url.c.id, url.c.key, url.c.state, url.c.kind, url.c.due, url.c.retry_at, url.c.queued_run
).where(url.c.site == bindparam("site"), url.c.key.in_(bindparam("keys", expanding=True)))


def _discover(
    connection: Connection, database: Database, site: str, found: Sequence[Found], run_id: str | None
) -> tuple[int, int]:
    moment_now = stamp(now())
    by_key: dict[str, Found] = {}
    for item in found:
        key = indexed(item.key or canonical_key(item.url))
        if key not in by_key or item.again:
            by_key[key] = item
    known: dict[str, Any] = {}
    for chunk in chunks(list(by_key)):
        rows = connection.execute(_STATES, {"site": site, "keys": chunk})
        known.update((row.key, row) for row in rows)
    fresh, again, named = [], [], []
    rested = 0
    for key, item in by_key.items():
        values = _found_values(item, run_id)
        row = known.get(key)
        if row is None:
            fresh.append(values | {"site": site, "key": key, "found": moment_now, "found_run": run_id})
        elif _wanted(item, row, run_id, moment_now):
            again.append({f"b_{name}": value for name, value in values.items()} | {"b_id": row.id})
        else:
            rested += row.state == "done" and item.kind == "article" and row.queued_run != run_id
            if row.kind == "page" and item.kind != "page":
                named.append({"b_id": row.id, "b_kind": item.kind})
    if fresh:
        connection.execute(database.insert(url), fresh)
    if again:
        connection.execute(_QUEUE_AGAIN, again)
    if named:
        connection.execute(
            update(url).where(url.c.id == bindparam("b_id")).values(kind=bindparam("b_kind")), named
        )
    return len(fresh) + len(again), rested


def _found_values(item: Found, run_id: str | None) -> dict[str, Any]:
    return {
        "url": clean(item.url),
        "kind": item.kind,
        "section": clean(item.section),
        "state": "queued",
        "priority": item.priority + _PRIORITY_OF_KIND.get(item.kind, 0),
        "listed": indexed(item.listed),
        "request": clean(item.request) if item.request else None,
        "queued_run": run_id,
    }


_QUEUE_AGAIN = (
    update(url)
    .where(url.c.id == bindparam("b_id"))
    .values(
        url=bindparam("b_url"),
        kind=bindparam("b_kind"),
        section=func.coalesce(bindparam("b_section"), url.c.section),
        state=bindparam("b_state"),
        priority=bindparam("b_priority"),
        listed=bindparam("b_listed"),
        request=bindparam("b_request"),
        queued_run=bindparam("b_queued_run"),
        retry_at=None,
    )
)


def _wanted(item: Found, row: Any, run_id: str | None, moment_now: str) -> bool:
    """Tell whether a URL that is known is to be queued again."""
    if row.state in ("queued", "leased"):
        return False
    if item.again:
        return True
    first_in_run = run_id is None or row.queued_run != run_id
    if row.state == "skipped" or item.kind not in _LASTING or row.kind == "page":
        return first_in_run  # what was fetched as a page of unknown kind has no time of its next look
    next_look = row.due if row.state == "done" else row.retry_at
    return next_look is not None and next_look <= moment_now


_NEXT = (
    select(url)
    .where(url.c.site == bindparam("site"), url.c.state == "queued")
    .order_by(url.c.priority.desc(), url.c.listed.desc(), url.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer anyway and no such words
)
_EXPIRED = (
    select(url)
    .where(url.c.site == bindparam("site"), url.c.state == "leased", url.c.lease_until < bindparam("now"))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(url)
    .where(url.c.id.in_(bindparam("ids", expanding=True)))
    .values(state="leased", lease_owner=bindparam("owner"), lease_until=bindparam("until"))
)


def _lease(connection: Connection, site: str, owner: str, limit: int, seconds: int) -> list[Lease]:
    moment_now = stamp(now())
    rows = list(connection.execute(_NEXT, {"site": site, "most": limit}))
    if len(rows) < limit:
        rest = {"site": site, "now": moment_now, "most": limit - len(rows)}
        rows += connection.execute(_EXPIRED, rest)
    until = later(moment_now, seconds=seconds)
    for chunk in chunks(rows):
        ids = [row.id for row in chunk]
        connection.execute(_LEASE, {"ids": ids, "owner": owner, "until": until})
    return [_lease_of(row) for row in rows]


def _lease_of(row: Any) -> Lease:
    return Lease(
        id=row.id,
        key=row.key,
        url=row.url,
        kind=row.kind,
        section=row.section,
        priority=row.priority,
        listed=row.listed,
        request=row.request,
        tries=row.tries,
        status=row.status,
        last_fetched=row.last_fetched,
        etag=row.etag,
        last_modified=row.last_modified,
    )


_HISTORY = (
    select(
        url.c.id,
        url.c.kind,
        url.c.tries,
        url.c.first_fetched,
        url.c.etag,
        url.c.last_modified,
        article.c.fetched_at.label("changed"),
        article.c.missing_since,
        article.c.removed,
    )
    .select_from(url.outerjoin(article, article.c.key == url.c.key))
    .where(url.c.id.in_(bindparam("ids", expanding=True)))
)


def _finish(connection: Connection, outcomes: Sequence[Outcome], recheck_days: Sequence[float]) -> None:
    rows: dict[int, Any] = {}
    ids = [outcome.id for outcome in outcomes if outcome.state in ("done", "failed")]
    for chunk in chunks(ids):
        rows.update((row.id, row) for row in connection.execute(_HISTORY, {"ids": chunk}))
    settled = [
        _settled(outcome, rows[outcome.id], recheck_days) for outcome in outcomes if outcome.id in rows
    ]
    if settled:
        connection.execute(_SETTLE, settled)
    other = [
        {"b_id": one.id, "b_state": one.state, "b_reason": clean(one.reason)}
        for one in outcomes
        if one.state in ("skipped", "queued")
    ]
    if other:
        connection.execute(_PUT_ASIDE, other)


_NO_LEASE: dict[str, None] = {"lease_owner": None, "lease_until": None}
_SETTLED = (
    "state",
    "status",
    "reason",
    "tries",
    "retry_at",
    "first_fetched",
    "last_fetched",
    "etag",
    "last_modified",
    "due",
)
_SETTLE = (
    update(url)
    .where(url.c.id == bindparam("b_id"))
    .values({name: bindparam(f"b_{name}") for name in _SETTLED} | _NO_LEASE)
)
_PUT_ASIDE = (
    update(url)
    .where(url.c.id == bindparam("b_id"))
    .values(state=bindparam("b_state"), reason=bindparam("b_reason"), **_NO_LEASE)
)


def _settled(outcome: Outcome, row: Any, recheck_days: Sequence[float]) -> dict[str, Any]:
    """Return the columns of a URL that was asked for: its next try or look, and the validators for it."""
    at = outcome.at or stamp(now())
    is_gone = outcome.status in (404, 410)
    # An article that is gone is a fact to be confirmed, not a failed request.
    state = "done" if is_gone and row.changed else outcome.state
    values: dict[str, Any] = {
        "id": row.id,
        "state": state,
        "status": outcome.status,
        "reason": clean(outcome.reason),
        "tries": 0,
        "retry_at": None,
        "first_fetched": row.first_fetched or at,
        "last_fetched": at,
        "etag": clean(outcome.etag),
        "last_modified": clean(outcome.last_modified),
        "due": None,
    }
    if state == "failed" or is_gone or outcome.status == 304:
        values["etag"] = values["etag"] or row.etag
        values["last_modified"] = values["last_modified"] or row.last_modified
    if state == "failed":
        tries = row.tries + 1
        values["tries"] = tries
        values["first_fetched"] = row.first_fetched
        if is_gone:
            values["retry_at"] = later(at, days=GONE_RETRY_DAYS)
        elif tries <= len(RETRY_DAYS) or row.changed:
            values["retry_at"] = later(at, days=RETRY_DAYS[min(tries, len(RETRY_DAYS)) - 1])
    elif row.missing_since and not row.removed:
        values["due"] = later(at, days=MISSING_RECHECK_DAYS)
    elif row.kind in _LASTING:
        values["due"] = next_look(row.changed or values["first_fetched"], at, recheck_days)
    return {f"b_{name}": value for name, value in values.items()}


def next_look(changed: str, at: str, recheck_days: Sequence[float] = RECHECK_DAYS) -> str:
    """Return when an article is to be looked at next.

    Args:
        changed: when it last changed (or was first seen).
        at: when it was looked at last.
        recheck_days: ages in days at which it is looked at, ascending.
    """
    age = (moment(at) - moment(changed)).total_seconds() / 86400
    upcoming = next((days for days in recheck_days if days > age), None)
    if upcoming is None:
        return later(at, days=recheck_days[-1])
    # A look that came late is not followed by the next one at once.
    return max(later(changed, days=upcoming), later(at, days=recheck_days[0]))

"""The store: one object that a run opens, writes through and reads from."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Select, select

from crawler.items import Article, Capture, WarcPointer, read_record
from crawler.store import readings, removals
from crawler.store.clock import now, stamp
from crawler.store.database import Database
from crawler.store.frontier import RECHECK_DAYS, Frontier
from crawler.store.migrations import migrate
from crawler.store.records import capture_of, key_of
from crawler.store.removals import Missing, Reappeared, RemovalRule
from crawler.store.runs import Run, Runs
from crawler.store.saving import Batch, Saved, reread
from crawler.store.schema import address, article, capture, version

_PAGE = 200
"""Articles read at a time: no reader keeps a transaction open while its user thinks."""


class Store:
    """Articles, their versions and captures, runs, and the frontier, in one database.

    Safe to use from several threads and by several processes at once.
    """

    def __init__(
        self, database: Database, *, removal_rule: RemovalRule, recheck_days: Sequence[float]
    ) -> None:
        self._database = database
        self._runs = Runs(database)
        self.removal_rule = removal_rule
        self.frontier = Frontier(database, recheck_days=recheck_days)

    @classmethod
    def open(
        cls,
        target: str | Path,
        *,
        removal_rule: RemovalRule = RemovalRule(),  # noqa: B008  # frozen
        recheck_days: Sequence[float] = RECHECK_DAYS,
    ) -> Self:
        """Open a store, making it where there is none and migrating an older one.

        Args:
            target: path of an SQLite file, or address of a database: `postgresql+psycopg://user@host/name`.
            removal_rule: when an article that is not found counts as removed.
            recheck_days: ages in days at which a known article is looked at again.

        Raises:
            StoreError: it cannot be opened or made, or belongs to a newer release.
        """
        database = Database(target)
        try:
            migrate(database)
        except BaseException:
            database.close()
            raise
        return cls(database, removal_rule=removal_rule, recheck_days=recheck_days)

    def close(self) -> None:
        """Close the store. A run that was not finished counts as killed."""
        self._runs.release_all()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start_run(self, site: str, *, command: str) -> Run:
        """Open a run of a site and lock the site against a second crawl.

        Raises:
            SiteBusyError: another crawl of the site is under way; the message names it.
        """
        return self._runs.start(site, command=command)

    def finish_run(
        self, run_id: str, *, outcome: str, counts: Mapping[str, Any], complete: bool = False
    ) -> None:
        """Close a run with one word for how it ended and its counts; free the site.

        `complete` says that nothing but the end of the lists ended it: no limit, no interruption. It does not
        count where URLs still wait or a list could not be had. See `Frontier.known`.
        """
        self._runs.finish(run_id, outcome=outcome, counts=counts, complete=complete)

    def runs(self, site: str | None = None, *, limit: int | None = None) -> list[Run]:
        """Return the runs, of one site or all, newest first."""
        return self._runs.list(site, limit=limit)

    def save(
        self, captures: Sequence[Capture], articles: Sequence[Article], *, run: str | None = None
    ) -> list[Saved]:
        """Store captures and the articles read from them in one transaction; arriving twice, they count once.

        A new version is made only where title, body, authors, source or date differ after folding
        (`versions.fold`); an older version is never overwritten.

        Args:
            captures: responses, of pages of every kind.
            articles: what was read from them; `warc` or `url` and `fetched_at` tell from which.
            run: id of the run they belong to; by default the one this store has under way for their site.

        Returns:
            One answer an article, in order.

        Raises:
            StoreError: the database refused, for example on a full disk; nothing of the batch was kept.
        """
        if run is None:
            sites = {item.site for item in captures} | {item.site for item in articles}
            run = next((self._runs.current[site] for site in sites if site in self._runs.current), None)
        with self._database.write() as connection:
            return Batch(self._database, connection, run, self.removal_rule).save(captures, articles)

    def reread(self, articles: Sequence[Article]) -> list[Saved | None]:
        """Replace readings by better ones of the same captures; no new versions: no page changed.

        Args:
            articles: new readings; `warc`, or `url` and `fetched_at`, tell of which capture.

        Returns:
            For each the fields that differ from the old reading; None where no version was read from its
            capture.
        """
        with self._database.write() as connection:
            return [reread(connection, item) for item in articles]

    def article(self, id: str, version: int | None = None) -> Article | None:
        """Return an article in its current or a given version; None where there is no such one."""
        with self._database.read() as connection:
            row = connection.execute(_select_version(id, version)).first()
        return _record_of(row) if row else None

    def versions(self, id: str) -> list[Article]:
        """Return every version of an article, in the order of capture; an unknown id has none.

        That is the order of their numbers, except where an old capture was stored late.
        """
        query = _SELECT_RECORD.where(version.c.article_id == id)
        query = query.order_by(version.c.fetched_at, version.c.number)
        with self._database.read() as connection:
            return [_record_of(row) for row in connection.execute(query)]

    def id_of(self, url: str) -> str | None:
        """Return the id of the article that was seen at an address, however that is written; None where
        there is none."""
        query = select(address.c.article_id).where(address.c.key == key_of(url)).limit(1)
        with self._database.read() as connection:
            found: str | None = connection.execute(query).scalar()
        return found

    def addresses(self, id: str) -> list[str]:
        """Return every address under which an article was seen, first seen first."""
        query = (
            select(address.c.url)
            .where(address.c.article_id == id)
            .order_by(address.c.first_seen, address.c.url)
        )
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def articles(
        self, *, site: str | None = None, since: str | None = None, run: str | None = None
    ) -> Iterator[Article]:
        """Read the articles in the order in which they were first stored.

        Args:
            site: only those of this site.
            since: only those new or changed at or after this time or day (ISO 8601, UTC).
            run: the versions that this run stored, instead of the current ones.
        """
        last = 0
        while True:
            rows = self._read_page(last, site, since, run)
            for row in rows:
                yield _record_of(row)
            if len(rows) < _PAGE:
                return
            last = rows[-1].seq

    def _read_page(self, after: int, site: str | None, since: str | None, run: str | None) -> Sequence[Any]:
        query = (
            _SELECT_RECORD.where(article.c.seq > after).order_by(article.c.seq, version.c.number).limit(_PAGE)
        )
        query = query.where(version.c.run == run if run else version.c.number == article.c.version)
        if site is not None:
            query = query.where(article.c.site == site)
        if since is not None:
            query = query.where(version.c.fetched_at >= since)
        with self._database.read() as connection:
            return connection.execute(query).all()

    def captures(self, url: str) -> list[Capture]:
        """Return every capture of an address, however it is written, oldest first; without bodies."""
        query = select(capture).where(capture.c.key == key_of(url))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(capture.c.fetched_at, capture.c.id))
            return [capture_of(row) for row in rows]

    def pointers(self, *, site: str | None = None) -> Iterator[WarcPointer]:
        """Read the place in the archive of every capture, of one site or all, in the order of storing."""
        last = 0
        while True:
            query = select(capture).where(capture.c.id > last).order_by(capture.c.id).limit(_PAGE)
            if site is not None:
                query = query.where(capture.c.site == site)
            with self._database.read() as connection:
                rows = connection.execute(query).all()
            yield from (item.warc for row in rows if (item := capture_of(row)).warc)
            if len(rows) < _PAGE:
                return
            last = rows[-1].id

    def readings(self, *, site: str | None = None, since: str | None = None) -> Iterator[tuple[Capture, str]]:
        """Read every capture that a version was read from, with the version's record as JSON.

        Args:
            site: only those of this site.
            since: only those captured at or after this time or day (ISO 8601, UTC).
        """
        for row in self._read_captures(readings.with_record(site=site, since=since)):
            yield capture_of(row), row.record

    def unread(self, *, site: str | None = None, since: str | None = None) -> Iterator[Capture]:
        """Read the captures of article pages that no version was read from, in the order of storing.

        Not those whose payload is that of a capture with a version. Arguments as for `readings`.
        """
        for row in self._read_captures(readings.without_record(site=site, since=since)):
            yield capture_of(row)

    def _read_captures(self, query: Select[Any]) -> Iterator[Any]:
        last = 0
        while True:
            with self._database.read() as connection:
                rows = connection.execute(query.where(capture.c.id > last).limit(_PAGE)).all()
            yield from rows
            if len(rows) < _PAGE:
                return
            last = rows[-1].id

    def missing(self, url: str, *, reason: str, at: str | None = None) -> Missing | None:
        """Note that something else stood in an article's place: a soft 404, the home page, a barrier.

        404 and 410 are noted by `save` itself, and so is an article that is there again.

        Args:
            url: address that was asked for.
            reason: what was there: `soft 404`, `redirected to home`, `restricted`, …
            at: time of the look (ISO 8601, UTC); by default now.

        Returns:
            How often it has been missed and whether that counts as removed now; None for an address that is
            no article's.
        """
        key = key_of(url)
        with self._database.write() as connection:
            looks = removals.look(connection, {key: (reason, at or stamp(now()))}, self.removal_rule)
        return looks.get(key)

    def removed(self, *, site: str | None = None, since: str | None = None) -> list[Missing]:
        """Return the articles that count as removed, latest first; `since` is a time or day of removal."""
        return self._read_missing(site, since, confirmed=True)

    def missing_articles(self, *, site: str | None = None, since: str | None = None) -> list[Missing]:
        """Return the articles that were not found and whose removal is unconfirmed, latest first."""
        return self._read_missing(site, since, confirmed=False)

    def missing_state(self, id: str) -> Missing | None:
        """Return the state of an article that is missing or removed; None of one that is not."""
        query = select(article).where(article.c.id == id, article.c.missing_since.is_not(None))
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return removals.missing_of(row) if row else None

    def reappeared(self, *, site: str | None = None, since: str | None = None) -> list[Reappeared]:
        """Return the articles that had counted as removed and are there again, latest first."""
        with self._database.read() as connection:
            rows = connection.execute(removals.reappeared_query(site=site, since=since))
            return [Reappeared(row.id, row.url, row.title, row.site, row.reappeared) for row in rows]

    def _read_missing(self, site: str | None, since: str | None, *, confirmed: bool) -> list[Missing]:
        query = removals.missing_query(site=site, since=since, confirmed=confirmed)
        with self._database.read() as connection:
            return [removals.missing_of(row) for row in connection.execute(query)]


_SELECT_RECORD = select(article.c.seq, article.c.first_seen, version.c.record).join(
    version, version.c.article_id == article.c.id
)


def _select_version(id: str, number: int | None) -> Select[Any]:
    wanted = article.c.version if number is None else number
    return _SELECT_RECORD.where(article.c.id == id, version.c.number == wanted)


def _record_of(row: Any) -> Article:
    # An old capture may have been stored after the record was written.
    return read_record(row.record).model_copy(update={"first_seen": row.first_seen})

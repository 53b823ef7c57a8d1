"""The store: one object that a run opens, writes through and reads from."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import select

from crawler.items import Article, Capture
from crawler.store.database import Database
from crawler.store.migrations import migrate
from crawler.store.runs import Run, Runs
from crawler.store.saving import Batch, Saved, read_record
from crawler.store.schema import address, article, version

_PAGE = 200
"""Articles read at a time: no reader keeps a transaction open while its user thinks."""


class Store:
    """Articles, their versions and captures, runs, and the frontier, in one database.

    Safe to use from several threads and by several processes at once.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._runs = Runs(database)

    @classmethod
    def open(cls, target: str | Path) -> Self:
        """Open a store, making it where there is none and migrating an older one.

        Args:
            target: path of an SQLite file, or address of a database: `postgresql+psycopg://user@host/name`.

        Raises:
            StoreError: it cannot be opened or made, or belongs to a newer release.
        """
        database = Database(target)
        try:
            migrate(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

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

    def finish_run(self, run_id: str, *, outcome: str, counts: Mapping[str, Any]) -> None:
        """Close a run with one word for how it ended and its counts; free the site."""
        self._runs.finish(run_id, outcome=outcome, counts=counts)

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
            return Batch(self._database, connection, run).save(captures, articles)

    def article(self, id: str, version: int | None = None) -> Article | None:
        """Return an article in its current or a given version; None where there is no such one."""
        with self._database.read() as connection:
            row = connection.execute(_select_record(id, version)).first()
        return read_record(row.record) if row else None

    def versions(self, id: str) -> list[Article]:
        """Return every version of an article, oldest first; an unknown id has none."""
        query = select(version.c.record).where(version.c.article_id == id).order_by(version.c.number)
        with self._database.read() as connection:
            return [read_record(row.record) for row in connection.execute(query)]

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
                yield read_record(row.record)
            if len(rows) < _PAGE:
                return
            last = rows[-1].seq

    def _read_page(self, after: int, site: str | None, since: str | None, run: str | None) -> Sequence[Any]:
        query = select(article.c.seq, version.c.record).join(version, version.c.article_id == article.c.id)
        query = query.where(article.c.seq > after).order_by(article.c.seq, version.c.number).limit(_PAGE)
        query = query.where(version.c.run == run if run else version.c.number == article.c.version)
        if site is not None:
            query = query.where(article.c.site == site)
        if since is not None:
            query = query.where(version.c.fetched_at >= since)
        with self._database.read() as connection:
            return connection.execute(query).all()


def _select_record(id: str, number: int | None) -> Any:
    query = select(version.c.record).where(version.c.article_id == id)
    if number is not None:
        return query.where(version.c.number == number)
    return query.order_by(version.c.number.desc()).limit(1)

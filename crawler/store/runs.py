"""Runs: one row a crawl, and the lock that keeps a site to one crawl at a time."""

import contextlib
import hashlib
import json
import os
import secrets
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select, text, update

from crawler.store.clock import now, stamp
from crawler.store.database import Database
from crawler.store.errors import SiteBusyError, StoreError
from crawler.store.schema import run, url, version

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]  # typeshed knows no platform without it here


@dataclass(frozen=True)
class Run:
    """One crawl of one site."""

    id: str
    """Sortable by time, unique across processes, fit for file names: `20261122T130500-3f2a`."""
    site: str
    command: str
    """What the user asked for, as typed."""
    started: str
    finished: str | None = None
    outcome: str | None = None
    """How it ended; `killed` where it never said so itself; None while it runs."""
    counts: dict[str, Any] = field(default_factory=dict)
    complete: bool = False
    """Whether it walked every list to its end, or to what an earlier complete run had found."""
    pid: int = 0
    host: str = ""
    resumes: str | None = None
    """Id of the killed run of this site whose work this one takes up; known only to the run itself."""
    unfinished: tuple[str, ...] = ()
    """Ids of this site's killed runs whose results may not be written out yet, newest first: of the one it
    takes up, and of those that this one may not have come to. Known only to the run itself."""


class SiteLock:
    """Keeps a site to one crawl; the operating system or the database server lifts it when its owner dies."""

    def __init__(self, database: Database, site: str) -> None:
        self._database = database
        self._site = site
        self._file: IO[str] | None = None
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Take the lock; False where another crawl holds it."""
        if self._database.path is not None:
            return self._take_file(self._database.path)
        connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._number()}).scalar():
            self._connection = connection
            return True
        connection.close()
        return False

    def _take_file(self, database: Path) -> bool:
        folder = database.with_name(database.name + ".locks")
        # The site's key may hold anything; its digest is a file name.
        path = folder / f"{hashlib.sha256(self._site.encode()).hexdigest()[:16]}.lock"
        try:
            folder.mkdir(exist_ok=True)
            handle = path.open("a+")
        except OSError as error:
            raise StoreError(f"{path}: cannot be written ({error.strerror})") from error
        if not _lock_file(handle):
            handle.close()
            return False
        self._file = handle
        return True

    def _number(self) -> int:
        return int.from_bytes(
            hashlib.sha256(f"dangjian {self._site}".encode()).digest()[:8], "big", signed=True
        )

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._connection is not None:
            with contextlib.suppress(Exception):
                self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": self._number()})
            self._connection.close()
            self._connection = None


def _lock_file(handle: IO[str]) -> bool:
    if fcntl is None:
        import msvcrt

        lock = getattr(msvcrt, "locking")  # noqa: B009  # absent from the typeshed of other platforms
        with contextlib.suppress(OSError):
            handle.seek(0)
            lock(handle.fileno(), 2, 1)  # LK_NBLCK
            return True
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


# What keeps a run from being complete, whatever it says: URLs that wait, and lists that were not had.
_UNFINISHED = (
    select(url.c.id)
    .join(run, run.c.site == url.c.site)
    .where(
        run.c.id == bindparam("run"),
        or_(
            url.c.state.in_(("queued", "leased")),
            and_(
                url.c.kind == "list",
                url.c.state == "failed",
                url.c.queued_run == bindparam("run"),
                url.c.status.is_(None) | url.c.status.not_in((404, 410)),
            ),
        ),
    )
    .limit(1)
)


class Runs:
    """The run table of one store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._locks: dict[str, SiteLock] = {}
        self._guard = threading.Lock()
        self.current: dict[str, str] = {}
        """Site -> id of the run that this process has under way."""

    def start(self, site: str, *, command: str) -> Run:
        """Open a run and take the site's lock; runs of the site that never ended are marked `killed`.

        Raises:
            SiteBusyError: another crawl of the site is under way.
        """
        lock = SiteLock(self._database, site)
        if not lock.take():
            raise SiteBusyError(self._who_holds(site))
        try:
            opened = self._open_row(site, command)
        except BaseException:
            lock.release()
            raise
        with self._guard:
            self._locks[opened.id] = lock
            self.current[site] = opened.id
        return opened

    def _open_row(self, site: str, command: str) -> Run:
        moment = now()
        with self._database.write() as connection:
            dead = connection.execute(
                select(run.c.id).where(run.c.site == site, run.c.finished.is_(None)).order_by(run.c.id.desc())
            ).scalars()
            resumes = next(iter(dead.all()), None)
            connection.execute(
                update(run)
                .where(run.c.site == site, run.c.finished.is_(None))
                .values(finished=stamp(moment), outcome="killed")
            )
            unfinished = _killed_in_a_row(connection, site) if resumes else ()
            opened = Run(
                id=_fresh_id(connection, site, moment),
                site=site,
                command=command,
                started=stamp(moment),
                pid=os.getpid(),
                host=socket.gethostname(),
                resumes=resumes,
                unfinished=unfinished,
            )
            connection.execute(
                run.insert().values(
                    id=opened.id,
                    site=site,
                    command=command,
                    started=opened.started,
                    pid=opened.pid,
                    host=opened.host,
                )
            )
        return opened

    def _who_holds(self, site: str) -> str:
        with self._database.read() as connection:
            row = connection.execute(
                select(run)
                .where(run.c.site == site, run.c.finished.is_(None))
                .order_by(run.c.id.desc())
                .limit(1)
            ).first()
        if row is None:
            return f"another crawl of {site} is starting or ending; try again in a moment"
        return (
            f"another crawl of {site} is under way: run {row.id}, started {row.started}, "
            f"process {row.pid} on {row.host}"
        )

    def finish(self, run_id: str, *, outcome: str, counts: Mapping[str, Any], complete: bool) -> None:
        """Close a run with its outcome and counts, and free its site."""
        with self._database.write() as connection:
            complete = complete and not connection.execute(_UNFINISHED, {"run": run_id}).first()
            done = connection.execute(
                update(run)
                .where(run.c.id == run_id)
                .values(
                    finished=stamp(now()),
                    outcome=outcome,
                    counts=json.dumps(dict(counts), ensure_ascii=False),
                    complete=int(complete),
                )
            )
            if done.rowcount != 1:
                raise StoreError(f"{run_id}: there is no such run")
        self._forget(run_id)

    def _forget(self, run_id: str) -> None:
        with self._guard:
            lock = self._locks.pop(run_id, None)
            for site, current in list(self.current.items()):
                if current == run_id:
                    del self.current[site]
        if lock is not None:
            lock.release()

    def list(self, site: str | None = None, *, limit: int | None = None) -> list[Run]:
        """Return the runs, newest first."""
        query = select(run).order_by(run.c.id.desc())
        if site is not None:
            query = query.where(run.c.site == site)
        if limit is not None:
            query = query.limit(limit)
        with self._database.read() as connection:
            return [_run_of(row) for row in connection.execute(query)]

    def release_all(self) -> None:
        """Free the sites of runs that were never finished; the next start marks those runs `killed`."""
        for run_id in list(self._locks):
            self._forget(run_id)


def _killed_in_a_row(connection: Connection, site: str) -> tuple[str, ...]:
    """Return the site's last killed runs, newest first, back to one that has stored something.

    A run looks after the dead before it stores anything: what came before that one is in order.
    """
    last = connection.execute(
        select(run.c.id, run.c.outcome).where(run.c.site == site).order_by(run.c.id.desc())
    )
    killed: list[str] = []
    for id, outcome in last:
        if outcome != "killed":
            break
        killed.append(id)
        if connection.execute(select(version.c.run).where(version.c.run == id).limit(1)).first():
            break
    return tuple(killed)


def _fresh_id(connection: Connection, site: str, moment: datetime) -> str:
    """Return an id that no run has and that sorts after the site's runs, even with the clock set back."""
    last = connection.execute(select(func.max(run.c.id)).where(run.c.site == site)).scalar() or ""
    while True:
        lowest = 0
        if f"{moment:%Y%m%dT%H%M%S}" <= last[:15]:
            moment = datetime.strptime(last[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            lowest = int(last[16:], 16) + 1
            if lowest > 0xFFFF:
                moment, lowest = moment + timedelta(seconds=1), 0
        candidate = f"{moment:%Y%m%dT%H%M%S}-{lowest + secrets.randbelow(0x10000 - lowest):04x}"
        if connection.execute(select(run.c.id).where(run.c.id == candidate)).first() is None:
            return candidate


def _run_of(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        site=row.site,
        command=row.command,
        started=row.started,
        finished=row.finished,
        outcome=row.outcome,
        counts=json.loads(row.counts) if row.counts else {},
        complete=bool(row.complete),
        pid=row.pid,
        host=row.host,
    )

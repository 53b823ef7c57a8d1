"""One database, SQLite or PostgreSQL: connections, transactions, and errors in plain words."""

import os
import random
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Insert, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from crawler.store.errors import StoreError

T = TypeVar("T")

_BUSY_SECONDS = 60.0
"""How long a writer waits for another process's transaction before it gives up."""


class Database:
    """An engine whose write transactions follow one another, within the process and between processes."""

    def __init__(self, target: str | Path) -> None:
        """Connect to a file path, or to an address such as `postgresql+psycopg://host/name`.

        Raises:
            StoreError: the target is no database, or its driver is not installed.
        """
        self.path: Path | None = None
        self.name = str(target)
        is_read_only = False
        try:
            if "://" in self.name:
                address = make_url(self.name)
                self.name = address.render_as_string(hide_password=True)
                if address.get_backend_name() == "sqlite" and address.database:
                    self.path = Path(address.database)
            else:
                self.path = Path(target)
                address = make_url("sqlite://").set(database=str(self.path))
            if self.path is not None:
                self._prepare_folder(self.path)
                if is_read_only := _is_read_only(self.path):
                    address = _read_only_address(self.path)
            self.engine = _make_engine(address, is_read_only=is_read_only)
        except (ArgumentError, NoSuchModuleError) as error:
            raise StoreError(f"{self.name}: not the address of a database ({error})") from error
        except ModuleNotFoundError as error:
            raise StoreError(
                f"{self.name}: no driver {error.name} here; try: pip install 'dangjian[postgres]'"
            ) from error
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # SQLite's own waiting is a poll with growing pauses; threads of one process queue here instead.
        self._turn = threading.RLock()

    def _prepare_folder(self, path: Path) -> None:
        if path.is_dir():
            raise StoreError(f"{path}: is a folder, not a database file")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path.parent}: cannot make this folder ({error.strerror})") from error

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """Run a block as one transaction that may write; all of it counts or nothing does.

        Args:
            durable: wait until the disk has it. Without, a power cut may undo it, and what came after it,
                as a whole; the death of the process does not.

        Raises:
            StoreError: the database refused; nothing of the block was kept.
        """
        with self._turn, self._plain_errors(), self._begin(durable) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Run a block that only reads, on one unchanging view of the database."""
        with self._plain_errors(), self.engine.connect() as plain:
            connection = plain.execution_options(read_only=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _begin(self, durable: bool) -> Iterator[Connection]:
        """Open a transaction, waiting while another process writes."""
        deadline = time.monotonic() + _BUSY_SECONDS
        with self.engine.connect() as plain:
            connection = plain.execution_options(durable=durable)
            while True:
                try:
                    transaction = connection.begin()
                    break
                except DBAPIError as error:
                    if not _is_busy(error) or time.monotonic() > deadline:
                        raise
                    time.sleep(random.uniform(0.01, 0.1))
            with transaction:
                yield connection

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise StoreError(f"{self.name}: {_explain(error)}") from error
        except SQLAlchemyError as error:
            raise StoreError(f"{self.name}: {error}") from error

    def insert(self, table: Table) -> Insert:
        """Return an INSERT that passes over rows which are there already."""
        if self.is_sqlite:
            return sqlite.insert(table).on_conflict_do_nothing()
        return postgresql.insert(table).on_conflict_do_nothing()

    def copy_to(self, target: Path) -> None:
        """Copy an SQLite database, open or not, into a new file.

        Raises:
            StoreError: the copy could not be written; the database is untouched.
        """
        assert self.path is not None
        partial = target.with_name(target.name + ".part")
        try:
            source = sqlite3.connect(self.path)
            try:
                copy = sqlite3.connect(partial)
                try:
                    source.backup(copy)
                finally:
                    copy.close()
            finally:
                source.close()
            partial.replace(target)
        except (sqlite3.Error, OSError) as error:
            partial.unlink(missing_ok=True)
            raise StoreError(f"{target}: the copy before the migration failed ({error})") from error

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def chunks(values: Sequence[T]) -> list[Sequence[T]]:
    """Cut values into portions for IN (…): SQLite before 3.32 takes 999 parameters a statement."""
    return [values[start : start + 500] for start in range(0, len(values), 500)]


def _is_read_only(path: Path) -> bool:
    """Tell whether a database is there that this user may not write: another's, or on read-only media."""
    return path.is_file() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def _read_only_address(path: Path) -> URL:
    """Return the address that only reads.

    A database in WAL mode wants its shared memory beside it even from readers. Where somebody writes, that is
    there; where nobody does, SQLite has to be told that nothing changes (https://sqlite.org/wal.html#readonly).
    """
    query = {"mode": "ro", "uri": "true"}
    if not path.with_name(f"{path.name}-wal").exists():
        query["immutable"] = "1"
    return URL.create("sqlite", database=f"file:{quote(str(path.absolute()))}", query=query)


def _make_engine(address: URL, *, is_read_only: bool) -> Engine:
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True, isolation_level="READ COMMITTED")
    engine = create_engine(address, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's implicit BEGIN is deferred and takes its write lock too late to wait for it.
        connection.isolation_level = None
        cursor = connection.cursor()
        if not is_read_only:
            # The page size counts only while the file is empty.
            cursor.execute("PRAGMA page_size=8192")
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA cache_size=-32768")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("read_only", False):
            connection.exec_driver_sql("BEGIN")
            return
        # FULL: a JSON line follows the commit it reports.
        synchronous = "FULL" if options.get("durable", True) else "NORMAL"
        connection.exec_driver_sql(f"PRAGMA synchronous={synchronous}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _is_busy(error: DBAPIError) -> bool:
    text = str(error.orig).lower()
    return "database is locked" in text or "database table is locked" in text


def _explain(error: DBAPIError) -> str:
    text = " ".join(str(error.orig).split())
    lowered = text.lower()
    if "disk is full" in lowered or "no space left" in lowered or "could not extend file" in lowered:
        return "the disk is full; nothing of this step was stored, what was stored before is whole"
    if "disk i/o error" in lowered:
        return "the disk refused (a limit, a quota, a defect); nothing of this step was stored"
    if _is_busy(error):
        return f"another process kept the database locked for more than {_BUSY_SECONDS:.0f} seconds"
    if "not a database" in lowered or "malformed" in lowered:
        return f"not a sound SQLite database ({text})"
    if "readonly database" in lowered or "unable to open database" in lowered:
        return f"cannot be written ({text})"
    return text

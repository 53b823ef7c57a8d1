"""Stores to test with: `store` means a test on SQLite and, where that is installed, one on PostgreSQL."""

import os
import pwd
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from crawler.store import Store


def _postgres_program(name: str) -> str | None:
    found = shutil.which(name)
    if found:
        return found
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(versions[-1]) if versions else None


def _unprivileged() -> str | None:
    """Name a user to run the server as: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return pytest.skip("PostgreSQL cannot be run by root, and there is no other user")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server in a temporary folder; gives the address of a database, its name left open."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra: postgres)")
    initdb, pg_ctl = _postgres_program("initdb"), _postgres_program("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("PostgreSQL is not installed")
    user = _unprivileged()
    # A socket's path must be short.
    base = Path("/tmp") / f"dangjian-pg-{uuid.uuid4().hex[:8]}"
    base.mkdir(mode=0o700)
    if user is not None:
        shutil.chown(base, user)
    data = base / "data"

    def run(*command: str) -> None:
        subprocess.run(command, user=user, cwd=base, check=True, capture_output=True, timeout=120)

    try:
        run(initdb, "-D", str(data), "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-sync", "--locale=C")
        options = f"-c listen_addresses='' -c unix_socket_directories={base} -c fsync=off"
        run(pg_ctl, "-D", str(data), "-w", "-l", str(base / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://tester@/{{}}?host={base}"
        finally:
            run(pg_ctl, "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store that does not exist yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "dangjian.db")
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"t{uuid.uuid4().hex[:12]}"
    engine = create_engine(server.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.format(name)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def open_store(target: str) -> Iterator[Callable[..., Store]]:
    """Opens the store of this test, as often as asked."""
    opened: list[Store] = []

    def open_it(**options: object) -> Store:
        opened.append(Store.open(target, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[..., Store]) -> Store:
    return open_store()

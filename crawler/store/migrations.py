"""The schema's history: an older store is brought up to date on opening, one from the future is refused."""

import logging
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, inspect, select, update

from crawler.store.clock import now
from crawler.store.database import Database
from crawler.store.errors import StoreError
from crawler.store.schema import metadata, store_info

logger = logging.getLogger(__name__)

Step = Callable[[Connection], None]


def _to_schema_2(connection: Connection) -> None:
    """Schema 2: confirmed removals, runs that walked every list, from a capture to its version."""
    for column in (
        "missing_reason TEXT",
        "missing_looks INTEGER NOT NULL DEFAULT 0",
        "missing_since TEXT",
        "missing_last TEXT",
        "removed TEXT",
        "reappeared TEXT",
    ):
        connection.exec_driver_sql(f"ALTER TABLE article ADD COLUMN {column}")
    connection.exec_driver_sql("ALTER TABLE run ADD COLUMN complete INTEGER NOT NULL DEFAULT 0")
    connection.exec_driver_sql("CREATE INDEX article_by_removed ON article (removed)")
    connection.exec_driver_sql("CREATE INDEX version_by_capture ON version (capture)")


STEPS: dict[int, Step] = {2: _to_schema_2}
"""Schema number -> what turns the schema before it into it. A released step never changes."""

SCHEMA_VERSION = 1 + len(STEPS)


def migrate(database: Database) -> Path | None:
    """Create the tables of an empty database, or bring an older one up to date.

    An SQLite file is copied first, beside itself; on PostgreSQL the steps are one transaction and the copy
    is the operator's matter.

    Returns:
        The copy, where one was made.

    Raises:
        StoreError: the database belongs to a newer release or to another program, or a step failed.
    """
    with database.read() as connection:
        found = _schema_of(connection, database.name)
    if found == SCHEMA_VERSION:
        return None
    copy = None
    if found and database.path is not None:
        copy = database.path.with_name(f"{database.path.name}.schema{found}-{now():%Y%m%dT%H%M%S}.bak")
        database.copy_to(copy)
    with database.write() as connection:
        # Another process may have been here between the look and the lock.
        found = _schema_of(connection, database.name)
        if found == 0:
            metadata.create_all(connection)
            connection.execute(store_info.insert().values(name="schema", value=str(SCHEMA_VERSION)))
        else:
            for number in range(found + 1, SCHEMA_VERSION + 1):
                logger.info("%s: migrating the store to schema %d", database.name, number)
                STEPS[number](connection)
            connection.execute(
                update(store_info).where(store_info.c.name == "schema").values(value=str(SCHEMA_VERSION))
            )
    return copy


def _schema_of(connection: Connection, name: str) -> int:
    """Return the number of a database's schema, 0 for an empty one."""
    tables = set(inspect(connection).get_table_names())
    if store_info.name not in tables:
        if tables & set(metadata.tables):
            raise StoreError(f"{name}: has tables of another program; choose another file")
        return 0
    value = connection.execute(select(store_info.c.value).where(store_info.c.name == "schema")).scalar()
    if value is None or not value.isdecimal() or int(value) < 1:
        raise StoreError(f"{name}: does not say which schema it has ({value!r})")
    number = int(value)
    if number > SCHEMA_VERSION:
        raise StoreError(
            f"{name}: was written by a newer release (schema {number}, this one knows {SCHEMA_VERSION}); "
            "update dangjian, or choose another data folder"
        )
    return number

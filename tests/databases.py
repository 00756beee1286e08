"""On which databases do the tests run? On SQLite and on a real PostgreSQL, each test on an empty one of its own."""

import atexit
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from servers import PostgresServer, roomy_folder
from sqlalchemy import Dialect, Integer, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import LRUCache
from sqlmodel import SQLModel

from engine.database.connection import Database, open_database
from engine.database.migrating import migrate

BOTH = ("sqlite", "postgresql")
SERVER = "POSTGRES_OF_THE_TESTS"
"""the folder of the running server, for the processes that share it; no setting of grantcycle begins like this"""
TEMPLATE = "migrated"
_numbers = itertools.count(1)
STATEMENTS = 4_000
"""so many different ones are kept in their compiled form, more than grantcycle has"""
_COMPILED: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}
"""the dialect of the first database of each kind, which has looked at its server, and what was compiled for it"""


def start_server() -> PostgresServer:
    """A server with an empty database of this version to copy from; the caller stops it with `stop_server`."""
    server = PostgresServer(roomy_folder()).make().start()
    server.execute(f"CREATE DATABASE {TEMPLATE}")
    database = open_database(server.url(TEMPLATE))
    migrate(database)
    database.close()
    os.environ[SERVER] = str(server.folder)
    return server


def stop_server(server: PostgresServer) -> None:
    os.environ.pop(SERVER, None)
    server.stop()
    shutil.rmtree(server.folder)


@cache
def _server() -> PostgresServer:
    """The server that the test run has started, or else one for this process alone."""
    if folder := os.environ.get(SERVER):
        return PostgresServer(Path(folder))
    server = start_server()
    atexit.register(stop_server, server)
    return server


def postgres_folder() -> str:
    """The folder of the running server, for a program that makes databases of its own there."""
    return str(_server().folder)


@contextmanager
def postgres_address(*, migrated: bool = True) -> Iterator[str]:
    """The address of a fresh PostgreSQL database, of this version or without a table, gone afterwards."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    server = _server()
    # copying files takes half as long as writing what is in them to the log, which nobody reads
    template = TEMPLATE if migrated else "template1"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield server.url(name)
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def opened(url: str) -> Database:
    """`open_database`, without compiling anew what the process has compiled for another, but for a file.

    A test has a database of its own and asks it a few hundred different things once; compiling them would take a third
    of its time. What runs for longer compiles once too.
    """
    database = open_database(url)
    if database.writer.url.database and not database.is_shared:
        return database  # what a file's disk does wrong is told by its own dialect
    return compiled_once(database)


def compiled_once(database: Database) -> Database:
    """The database, for which is not compiled anew what the process has compiled for another of the same kind."""
    for engine in (database.writer, database.reader):
        dialect, statements = _COMPILED.setdefault(engine.name, (engine.dialect, LRUCache(STATEMENTS)))
        engine.dialect, engine._compiled_cache = dialect, statements
    return database


@cache
def _migrated() -> Any:
    """The driver's connection to an empty SQLite database of this version, to be copied: migrating takes its time."""
    database = opened("sqlite://")
    migrate(database)
    return database.writer.raw_connection().driver_connection


def fresh(url: str = "sqlite://") -> Database:
    """An empty SQLite database of this version, in memory or where `url` says."""
    copied = _migrated()
    database = opened(url)
    connection = database.writer.raw_connection()
    copied.backup(connection.driver_connection)
    connection.close()
    return database


@contextmanager
def empty_address(kind: str, folder: Path) -> Iterator[str]:
    """The address of a database without a table: a file in `folder`, or one on PostgreSQL."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'grantcycle.db'}"
        return
    with postgres_address(migrated=False) as url:
        yield url


def address_of(database: Database) -> str:
    """Where a database is, to be opened once more."""
    return database.writer.url.render_as_string(hide_password=False)


@contextmanager
def fresh_on(kind: str) -> Iterator[Database]:
    """An empty database of this version: `sqlite` (in memory) or `postgresql`."""
    if kind == "sqlite":
        database = fresh()
        yield database
        database.close()
        return
    lent = _IDLE.pop() if _IDLE else _Lent()
    try:
        yield lent.given()
    finally:
        if lent.emptied():
            _IDLE.append(lent)
        else:
            lent.drop()


class _Lent:
    """A PostgreSQL database that is emptied and lent once more: its connections know its tables and their plans."""

    def __init__(self) -> None:
        self.name = f"t{os.getpid()}_{next(_numbers)}"
        self.server = _server()
        self.server.execute(f"CREATE DATABASE {self.name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        self.kept = opened(self.server.url(self.name))
        self.schema = self._schema()
        self.times = 0
        atexit.register(self.kept.close)

    def given(self) -> Database:
        """The database with engines of its own, which take along what a test hangs on them."""
        self.times += 1
        return Database(self.kept.writer.execution_options(), self.kept.reader.execution_options())

    def emptied(self) -> bool:
        """Take away every row that a test has written; False where it did more than that, or too much was written."""
        if self.times >= LENT:
            return False
        for engine in (self.kept.writer, self.kept.reader):
            if engine.pool.checkedin() > 1:
                engine.dispose()
        try:
            with self.kept.writer.begin() as connection:
                connection.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                full = connection.exec_driver_sql(_full()).scalars().all()
                if full:
                    raw = connection.connection.driver_connection
                    assert raw is not None
                    raw.execute("; ".join(f'DELETE FROM "{name}"' for name in full))
                connection.exec_driver_sql(_numbered())
            return self._schema() == self.schema
        except DBAPIError:
            return False

    def _schema(self) -> object:
        """What changes with any table, index, constraint or trigger."""
        with self.kept.writer.begin() as connection:
            return connection.exec_driver_sql(_SCHEMA).one()

    def drop(self) -> None:
        atexit.unregister(self.kept.close)
        self.kept.close()
        self.server.execute(f"DROP DATABASE {self.name} WITH (FORCE)")


LENT = 40
"""so often a database is lent: rows that were taken away leave room that is looked through"""
_IDLE: list[_Lent] = []
_SCHEMA = "SELECT " + ", ".join(
    f"(SELECT COUNT(*) || ' ' || MAX(CAST(CAST(xmin AS TEXT) AS BIGINT)) FROM {name})"
    for name in ("pg_class", "pg_attribute", "pg_constraint", "pg_index", "pg_trigger")
) + ", (SELECT MAX(version_num) FROM alembic_version)"  # fmt: skip
"""how many tables, columns, keys and triggers there are, which transaction changed the last, and of which version"""


def _tables() -> dict[str, Table]:
    return {name: table for name, table in SQLModel.metadata.tables.items() if name != "alembic_version"}


@cache
def _full() -> str:
    """What asks for the tables that have a row."""
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in _tables())


@cache
def _numbered() -> str:
    """What has each table count from one again."""
    return "SELECT " + ", ".join(
        f"SETVAL(pg_get_serial_sequence('\"{name}\"', 'id'), 1, FALSE)"
        for name, table in _tables().items() if "id" in table.columns and isinstance(table.columns["id"].type, Integer)
    )  # fmt: skip

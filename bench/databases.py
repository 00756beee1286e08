"""On which databases is it measured, and how does each run get a fresh one?

Every run works on a copy of one prepared database, on a disk that is synced at every commit.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import make_url

from engine.database.connection import Database, open_database
from engine.database.migrating import migrate
from tests.servers import PostgresServer

SERVER_SETTINGS = {"shared_buffers": "128MB"}
"""PostgreSQL's own default, where the tests take less"""


class Place(Protocol):
    """Somewhere databases can be made."""

    name: str
    version: str

    def fresh(self) -> str:
        """The address of an empty database."""
        ...

    def copy(self, url: str) -> str:
        """The address of a copy of a database that nobody has open."""
        ...

    def drop(self, url: str) -> None:
        """Do away with a database that nobody has open."""
        ...


class SqlitePlace:
    """Files in one folder."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        with opened(self.fresh()) as database, raw(database) as cursor:
            self.version = cursor.execute("SELECT sqlite_version()").fetchone()[0]

    def fresh(self) -> str:
        self._made += 1
        return f"sqlite:///{self._folder / f'{self._made}.db'}"

    def copy(self, url: str) -> str:
        made = self.fresh()
        shutil.copyfile(_file(url), _file(made))
        with _file(made).open("rb+") as file:
            os.fsync(file.fileno())
        return made

    def drop(self, url: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{_file(url)}{ending}").unlink(missing_ok=True)


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


class PostgresPlace:
    """Databases of one server that was started for this run."""

    name = "PostgreSQL"

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._made = 0
        with opened(server.url()) as database, raw(database) as cursor:
            self.version = cursor.execute("SHOW server_version").fetchone()[0]

    def fresh(self) -> str:
        return self._make("")

    def copy(self, url: str) -> str:
        made = self._make(f' TEMPLATE "{make_url(url).database}" STRATEGY FILE_COPY')
        self._server.execute("CHECKPOINT")
        return made

    def drop(self, url: str) -> None:
        self._server.execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _make(self, how: str) -> str:
        self._made += 1
        self._server.execute(f"CREATE DATABASE bench{self._made}{how}")
        return self._server.url(f"bench{self._made}")


@contextmanager
def sqlite_place(folder: Path | None = None) -> Iterator[Place]:
    """SQLite in a folder that is gone afterwards, made in `folder` (by default, where temporary files go)."""
    with tempfile.TemporaryDirectory(prefix="gc-bench-", dir=folder) as made:
        yield SqlitePlace(Path(made))


@contextmanager
def postgres_place(folder: Path | None = None) -> Iterator[Place]:
    """A PostgreSQL server with its default settings, its data in a folder on a disk, stopped and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="gc-bench-", dir=folder) as made:
        Path(made).chmod(0o755)  # the server runs as somebody else where we are root
        server = PostgresServer(Path(made) / "server", SERVER_SETTINGS).make().start()
        try:
            yield PostgresPlace(server)
        finally:
            server.stop()


PLACES = {"sqlite": sqlite_place, "postgresql": postgres_place}


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """A database, closed at the end."""
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def migrated(url: str) -> Iterator[Database]:
    """The same, with its tables made."""
    with opened(url) as database:
        migrate(database)
        yield database


@contextmanager
def raw(database: Database) -> Iterator[Any]:
    """A cursor of the bare driver, with the engine's settings and no transaction but those that it begins itself."""
    connection = database.writer.raw_connection()
    bare: Any = connection.driver_connection
    try:
        if database.writer.dialect.name == "postgresql":
            bare.autocommit = True
        cursor = bare.cursor()
        yield cursor
        cursor.close()
    finally:
        connection.invalidate()


def settle_down(database: Database) -> None:
    """Have the database do now what it would else do while others are being timed."""
    statements = {"sqlite": ("PRAGMA wal_checkpoint(TRUNCATE)",), "postgresql": ("VACUUM ANALYZE", "CHECKPOINT")}
    with raw(database) as cursor:
        for statement in statements[database.writer.dialect.name]:
            cursor.execute(statement)

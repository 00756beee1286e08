"""How is the database opened, and what makes a commit final?

SQLite by default, PostgreSQL for several machines: the same code on both, and neither is opened with settings under
which a commit could be lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.dialects import postgresql as on_postgresql
from sqlalchemy.dialects import sqlite as on_sqlite
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session, SQLModel

from engine.database.postgresql import open_postgresql
from engine.database.sqlite import open_sqlite
from engine.errors import GrantcycleError
from engine.faults import point

EXAMPLE = "sqlite:///data/grantcycle.db"
POSTGRESQL = ("postgresql", "postgresql+psycopg")


class Database:
    """One database: `transaction()` to change it, `reading()` to look."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self.writer = writer
        self.reader = reader

    @property
    def is_shared(self) -> bool:
        """Whether several machines may work on it, and rows are locked one by one: PostgreSQL."""
        return self.writer.dialect.name == "postgresql"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose changes are committed together on leaving, or not at all."""
        with Session(self.writer, expire_on_commit=False) as session:
            with session.begin():
                point("transaction begun")
                yield session
                session.flush()
                point("before commit")
            point("after commit")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the database and changes nothing."""
        with Session(self.reader, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


def insert_once(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]], *key: str) -> None:
    """Insert rows, and leave alone those whose `key` (by default: any unique one) stands there already.

    "Once" is the unique key itself, never a check before an insert.
    """
    if not rows:
        return
    dialect = on_postgresql if session.get_bind().dialect.name == "postgresql" else on_sqlite
    statement = dialect.insert(table).on_conflict_do_nothing(index_elements=key or None)
    point("before inserting once")
    session.connection().execute(statement, [dict(row) for row in rows])
    point("inserted once")


def _address(url: str) -> URL:
    """The parts of an address. Raises GrantcycleError for one that grantcycle does not run on."""
    try:
        address = make_url(url)
    except ArgumentError as problem:
        raise GrantcycleError(f'"{url}" is not the address of a database; write for example {EXAMPLE}') from problem
    if address.drivername in POSTGRESQL:
        return address.set(drivername="postgresql+psycopg")
    if address.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise GrantcycleError(
            f'"{address.drivername}" databases are not supported; use {EXAMPLE} or postgresql://user@host/database'
        )
    if address.host:
        raise GrantcycleError(
            f'"{url}" has two slashes before its path and needs three: '
            f"write sqlite:///{address.host}/{address.database or ''}"
        )
    if address.query:
        raise GrantcycleError(f'"{url}" says more than a database has: leave out "?" and what follows')
    return address


def open_database(url: str) -> Database:
    """The database at an SQLAlchemy address.

    `sqlite:///data/grantcycle.db`, `sqlite://` for one in memory, or `postgresql://user@host/database`. Raises
    GrantcycleError when the address is no database that grantcycle runs on, when it cannot be opened, or when its
    settings would lose commits.
    """
    address = _address(url)
    writer, reader = open_postgresql(address) if address.drivername in POSTGRESQL else open_sqlite(address)
    return Database(writer, reader)

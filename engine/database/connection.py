"""How is the database opened, and what makes a commit final?

SQLite by default, PostgreSQL for several machines: the same code on both, and neither is opened with settings under
which a commit could be lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.dialects import postgresql as on_postgresql
from sqlalchemy.dialects import sqlite as on_sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session, SQLModel

from engine.database.postgresql import is_away, open_postgresql
from engine.database.sqlite import open_sqlite
from engine.errors import Away, GrantcycleError, OutcomeUnknown
from engine.faults import point

LISTED = 500
"""values in one question, of the many that a database would take"""
T = TypeVar("T")
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
        """A session whose changes are committed together on leaving, or not at all.

        Raises Away when the database does not answer, OutcomeUnknown when it was lost in the middle of the commit.
        """
        with self._answering(), Session(self.writer, expire_on_commit=False) as session:
            with session.begin():
                point("transaction begun")
                yield session
                session.flush()
                point("before commit")
                self._commit(session)
            point("after commit")

    @contextmanager
    def trying(self) -> Iterator[Session]:
        """A session in which anything may be written, and nothing is kept. Raises Away when it does not answer."""
        with self._answering(), Session(self.writer, expire_on_commit=False) as session:
            session.begin()
            try:
                yield session
            finally:
                session.rollback()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the database and changes nothing. Raises Away when it does not answer."""
        with self._answering(), Session(self.reader, expire_on_commit=False) as session:
            yield session

    def _commit(self, session: Session) -> None:
        try:
            session.commit()
        except DBAPIError as problem:
            if self.is_shared and is_away(problem):
                raise OutcomeUnknown(
                    "the connection to the database broke in the middle of the commit: this may have been done or "
                    f"not; look before you do it again ({_first_line(problem)})"
                ) from problem
            raise

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as problem:
            if self.is_shared and is_away(problem):
                raise Away(
                    f"the database does not answer, and nothing was changed ({_first_line(problem)})"
                ) from problem
            raise

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


def _first_line(problem: DBAPIError) -> str:
    return str(problem.orig).strip().partition("\n")[0]


def insert_once(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]], *key: str) -> None:
    """Insert rows, and leave alone those whose `key` (by default: any unique one) stands there already.

    "Once" is the unique key itself, never a check before an insert.
    """
    if not rows:
        return
    statement = inserting(session, table).on_conflict_do_nothing(index_elements=key or None)
    point("before inserting once")
    session.connection().execute(statement, [dict(row) for row in rows])
    point("inserted once")


def in_parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many of the values at a time as one question lists."""
    return (values[start : start + LISTED] for start in range(0, len(values), LISTED))


def inserting(session: Session, table: type[SQLModel]) -> on_sqlite.Insert | on_postgresql.Insert:
    """An INSERT that can say what to do with a row that stands there already."""
    return on_postgresql.insert(table) if session.get_bind().dialect.name == "postgresql" else on_sqlite.insert(table)


def address_of(url: str) -> URL:
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
    address = address_of(url)
    writer, reader = open_postgresql(address) if address.drivername in POSTGRESQL else open_sqlite(address)
    return Database(writer, reader)

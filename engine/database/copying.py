"""How does a database move to another one, whole?

Every row of every table goes over in one transaction on either side, JSON as the very text that the journal's digests
are over. The old database is sealed before the new one is committed: a machine that dies in between leaves two that do
nothing, never two that both fire.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import JSON, Connection, LargeBinary, MetaData, Table
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, col, select

from engine.database import journal
from engine.database.connection import Database
from engine.database.expressions import as_json, as_text
from engine.database.migrating import migrate, newest, revision_of
from engine.database.records import RoundRow
from engine.database.sealing import MOVED, seal
from engine.errors import GrantcycleError

AT_ONCE, FILES_AT_ONCE = 1_000, 10
"""rows that are held in memory, and rows of a table that holds whole files"""
Each = Callable[[int], object]


@dataclass(frozen=True)
class Moved:
    """How many rows of each table have moved."""

    tables: Mapping[str, int]

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


class _RawJson(sa.TypeDecorator[str]):
    """A JSON column as the text that it holds."""

    impl = sa.Text
    cache_ok = True

    def bind_expression(self, bindparam: Any) -> Any:
        return as_json(bindparam)

    def column_expression(self, column: Any) -> Any:
        return as_text(column)


def _raw(table: Table) -> Table:
    """The same table, to be read and written as it is kept."""
    columns = (
        sa.Column(
            column.name, _RawJson() if isinstance(column.type, JSON) else column.type, primary_key=column.primary_key
        )
        for column in table.columns
    )
    return Table(table.name, MetaData(), *columns)


@cache
def _tables() -> tuple[Table, ...]:
    """Every table, those that are referred to first; the same each time, so that nothing is compiled twice."""
    return tuple(_raw(table) for table in SQLModel.metadata.sorted_tables)


def rows_in(database: Database) -> int:
    """How many rows a database holds."""
    with database.reading() as session:
        return sum(_count(session.connection(), table) for table in _tables())


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def move(source: Database, target: Database, each: Each = lambda _: None) -> Moved:
    """Move everything from one database to an empty one, and seal the old one; or change nothing.

    `each` is called with a number of rows, twice for every row: once when it is written, once when it is read again.
    Raises GrantcycleError when the tables of either are not those of this version, when the target is not empty, when
    something is refused there, or when what it then holds is not the same.
    """
    _must_be_newest(source)
    if revision_of(target) is None:
        migrate(target)
    _must_be_newest(target)
    with source.writer.connect() as old, target.writer.connect() as new:
        _must_be_empty(new)
        for connection in (old, new):
            _hold(connection)
        _must_be_empty(new)
        before = {table.name: _carry(table, old, new, each) for table in _tables()}
        _number_on(new)
        _must_be_the_same(before, new, each)
        seal(old)
        old.commit()
        try:
            new.commit()
        except DBAPIError as problem:
            raise GrantcycleError(
                f"the new database did not say that it keeps everything ({str(problem.orig).strip()}). If it is empty, "
                "take the old one, which is sealed, back: grantcycle database reopen"
            ) from problem
    return Moved({name: rows for name, (rows, _) in before.items()})


def _must_be_newest(database: Database) -> None:
    revision, shown = revision_of(database), database.writer.url.render_as_string(hide_password=True)
    if revision is None:
        raise GrantcycleError(f"there is no database of grantcycle at {shown}")
    if revision.endswith(MOVED):
        raise GrantcycleError(f"the database {shown} has moved already: grantcycle database reopen takes it back")
    if revision != newest():
        raise GrantcycleError(
            f"the tables of {shown} are at {revision}, and this grantcycle knows {newest()}: "
            "use the grantcycle that wrote them, or let this one start on them first (grantcycle status)"
        )


def _must_be_empty(connection: Connection) -> None:
    holding = (sa.select(sa.literal(table.name)).where(sa.select(table).exists()) for table in _tables())
    if held := connection.execute(sa.union_all(*holding)).scalars().all():
        raise GrantcycleError(
            f"the database {connection.engine.url.render_as_string(hide_password=True)} is not empty "
            f"({', '.join(sorted(held))}): move to a new one"
        )
    connection.rollback()


def _hold(connection: Connection) -> None:
    """Let nobody write until the end; on SQLite the transaction itself does that."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in _tables())
        connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def _read(connection: Connection, table: Table) -> Iterator[Sequence[sa.Row[Any]]]:
    """All rows in the order of their key, some at a time."""
    at_once = FILES_AT_ONCE if any(isinstance(column.type, LargeBinary) for column in table.columns) else AT_ONCE
    wanted = sa.select(table).order_by(*table.primary_key).execution_options(yield_per=at_once)
    yield from connection.execute(wanted).partitions()


def _digest(rows: Sequence[sa.Row[Any]]) -> int:
    """The same for the same rows in whatever order: databases sort texts differently."""
    return sum(int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest()) for row in rows) % 2**256


def _carry(table: Table, old: Connection, new: Connection, each: Each) -> tuple[int, int]:
    """Copy a table; gives the number and the digest of its rows."""
    count = digest = 0
    for rows in _read(old, table):
        try:
            new.execute(sa.insert(table), [dict(row._mapping) for row in rows])
        except DBAPIError as problem:
            raise GrantcycleError(
                f"the new database does not take the rows of {table.name}, and nothing was changed: "
                f"{str(problem.orig).strip()}"
            ) from problem
        count, digest = count + len(rows), (digest + _digest(rows)) % 2**256
        each(len(rows))
    return count, digest


def _number_on(connection: Connection) -> None:
    """Let new rows be numbered after those that came over; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in _tables():
        sequence = connection.execute(sa.select(sa.func.pg_get_serial_sequence(f'"{table.name}"', "id"))
                                      if "id" in table.columns else sa.select(sa.null())).scalar()  # fmt: skip
        if sequence:
            highest = sa.select(sa.func.max(table.c.id)).scalar_subquery()
            connection.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(highest, 1), highest.is_not(None))))


def _must_be_the_same(before: Mapping[str, tuple[int, int]], new: Connection, each: Each) -> None:
    for table in _tables():
        count = digest = 0
        for rows in _read(new, table):
            count, digest = count + len(rows), (digest + _digest(rows)) % 2**256
            each(len(rows))
        if (count, digest) != before[table.name]:
            raise GrantcycleError(f"{table.name} came over with other rows than it had; nothing was changed")
    with Session(new) as session:
        for round_id, key in session.exec(select(RoundRow.id, RoundRow.key).order_by(col(RoundRow.id))).all():
            if round_id is not None and (broken := journal.broken_links(session, round_id)):
                raise GrantcycleError(f"the journal of {key} is not whole, nothing was changed: {'; '.join(broken)}")

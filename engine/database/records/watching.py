"""Who works on this database, is the time to be trusted, and is this the database itself or a copy of it?"""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id


class NodeRow(SQLModel, table=True):
    """A process that works on this database, as it was at its last beat."""

    __tablename__ = "node"
    id: int | None = row_id()
    name: str = Field(unique=True)
    """`worker 4711 on alpha`"""
    host: str
    boot: str
    """which start of its machine it lives in"""
    pid: int
    version: str
    """of grantcycle"""
    tzdata: str
    tables: str
    """the migration that it knows the tables at"""
    started_at: int = instant()
    seen_at: int = instant()
    beats_within: int
    """a node that has not been seen for so many seconds is dead"""
    ahead: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    """by how many microseconds its clock is ahead of the database's own; None where there is only one clock"""


class LookRow(SQLModel, table=True):
    """The last look at the clock that showed nothing wrong, for each start of a machine."""

    __tablename__ = "look"
    boot: str = Field(primary_key=True)
    now: int = instant()
    passed: int = Field(sa_type=BigInteger)
    """microseconds since the machine started"""


class HoldRow(SQLModel, table=True):
    """Why nothing fires and no letter leaves for the time being: until somebody ends it, or its cause is gone."""

    __tablename__ = "hold"
    __table_args__ = (
        Index(
            "one_hold_of_a_kind", "kind",
            unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    kind: str
    """`clock` or `restored`"""
    since: int = instant()
    why: str
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    ended_at: int | None = instant_or_none()
    ending: str | None = None
    """`confirmed`, `came back` (the clock by itself), `sent again`, `sent until ...`"""
    ended_by: str | None = None
    """an address, or None when it ended by itself"""


class InstallationRow(SQLModel, table=True):
    """What tells this database from any other, and from an older copy of itself. There is one row."""

    __tablename__ = "installation"
    id: int | None = row_id()
    name: str
    """drawn once"""
    beats: int
    """only ever counts up, so that an older copy is told by it"""
    seen_at: int = instant()
    place: str
    """where the database lay at the last beat: which file, or which server and database"""

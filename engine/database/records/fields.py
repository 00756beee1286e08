"""How is an instant, an id or a reference written in a table?"""

from typing import Any

from sqlalchemy import BigInteger, Integer
from sqlmodel import Field

ID = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only where the type is INTEGER"""


def row_id() -> Any:
    """The table's own id."""
    return Field(default=None, primary_key=True, sa_type=ID)


def instant() -> Any:
    """UTC microseconds."""
    return Field(sa_type=BigInteger)


def instant_or_none() -> Any:
    """UTC microseconds, of something that need not happen."""
    return Field(default=None, sa_type=BigInteger, nullable=True)


def to(table: str, *, optional: bool = False, index: bool = True) -> Any:
    """A reference to another table's id; without an index where a unique key of the table begins with it."""
    if optional:
        return Field(default=None, foreign_key=f"{table}.id", index=index, nullable=True, sa_type=ID)
    return Field(foreign_key=f"{table}.id", index=index, sa_type=ID)

"""How is an instant, an id or a reference written in a table?"""

from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field


def row_id() -> Any:
    """The table's own id."""
    return Field(default=None, primary_key=True)


def instant(*, index: bool = False) -> Any:
    """UTC microseconds."""
    return Field(sa_type=BigInteger, index=index)


def instant_or_none() -> Any:
    """UTC microseconds, of something that need not happen."""
    return Field(default=None, sa_type=BigInteger, nullable=True)


def to(table: str, *, optional: bool = False, index: bool = True) -> Any:
    """A reference to another table's id."""
    if optional:
        return Field(default=None, foreign_key=f"{table}.id", index=index, nullable=True)
    return Field(foreign_key=f"{table}.id", index=index)

"""When did other rules and dates take the place of those that a round ran on, and why?"""

from sqlalchemy import JSON, BigInteger, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, row_id, to


class VersionRow(SQLModel, table=True):
    """A round goes on with another text of its programme's folder, as staff have decided. Never rewritten."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("round_id", "position"),)
    id: int | None = row_id()
    round_id: int = to("round", index=False)
    position: int
    """2, 3, 4 ...: the first version is the one that the round was opened with"""
    before: str = Field(foreign_key="pinned.digest")
    after: str = Field(foreign_key="pinned.digest")
    at: int = instant()
    person_id: int = to("person", index=False)
    reason: str
    mapped: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    """state -> the state to which dossiers were led from it"""
    dossiers: int
    """how many were"""
    moves_before: int = Field(sa_type=BigInteger)
    """the last move (its id) that the rules before made, 0 where there is none: those that follow are by these"""

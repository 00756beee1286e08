"""What has happened?"""

from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, row_id, to


class TransitionRow(SQLModel, table=True):
    """One move of one dossier. The calendar's moves carry their deadline: once per (moment, dossier).

    A move that is taken back stays where it is, and another one undoes it, once.
    """

    __tablename__ = "transition"
    __table_args__ = (
        UniqueConstraint("deadline_id", "dossier_id"),
        Index("transition_target", "target", "dossier_id"),
        Index(
            "transition_by_batch", "batch_id",
            sqlite_where=text("batch_id IS NOT NULL"), postgresql_where=text("batch_id IS NOT NULL"),
        ),
        Index(
            "undone_once", "undoes_id",
            unique=True, sqlite_where=text("undoes_id IS NOT NULL"), postgresql_where=text("undoes_id IS NOT NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    name: str
    source: str
    target: str
    at: int = instant()
    """as of when"""
    recorded_at: int = instant()
    person_id: int | None = to("person", optional=True, index=False)
    deadline_id: int | None = to("deadline", optional=True, index=False)
    reason: str | None = None
    batch_id: int | None = to("batch", optional=True, index=False)
    """the act of staff that it is a part of"""
    undoes_id: int | None = to("transition", optional=True, index=False)
    """the move that it takes back"""


class OnceRow(SQLModel, table=True):
    """What came of a form that was sent: sent once more, it gives the same, and changes nothing."""

    __tablename__ = "once"
    id: int | None = row_id()
    key: str = Field(unique=True)
    """drawn with the form"""
    round_id: int = to("round")
    act: str
    """which act on what: `act SG30-001 submit`"""
    actor: str
    """the address of whoever sent it"""
    given: str
    """SHA-256 over what was sent"""
    outcome: str
    at: int = instant()


class LinkRow(SQLModel, table=True):
    """One transaction in a round's hash chain: the digest of its journal rows, chained to the link before."""

    __tablename__ = "journal_link"
    __table_args__ = (UniqueConstraint("round_id", "position"),)
    id: int | None = row_id()
    round_id: int = to("round", index=False)
    position: int
    rows: int
    digest: str
    chained: str


class JournalRow(SQLModel, table=True):
    """What happened, one sentence's worth of facts; never rewritten."""

    __tablename__ = "journal"
    id: int | None = row_id()
    link_id: int = to("journal_link")
    round_id: int = to("round")
    dossier_id: int | None = to("dossier", optional=True)
    at: int = instant()
    recorded_at: int = instant()
    actor: str
    """an address, or `calendar`"""
    what: str
    details: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))

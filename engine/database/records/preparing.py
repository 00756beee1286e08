"""What is prepared before a round is opened: its file, and how it would go?"""

from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import ID, instant, instant_or_none, row_id, to


class DraftRow(SQLModel, table=True):
    """A round that is not open yet: the texts of its programme's folder with the round's own file among them.

    They may be wrong: nothing runs on them before somebody opens the round.
    """

    __tablename__ = "draft"
    id: int | None = row_id()
    programme: str
    name: str
    """of the round: its file is `rounds/NAME.toml`"""
    source: str
    """where it comes from: `folder`, `upload`, or the key of the round that was copied"""
    files: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    made_at: int = instant()
    made_by: int = to("person", index=False)
    changed_at: int = instant()
    ended_at: int | None = instant_or_none()
    ending: str | None = None
    """`opened` or `thrown away`"""


class RehearsalRow(SQLModel, table=True):
    """One rehearsal that somebody asked for on the pages: what was played, how far it is, and what came of it."""

    __tablename__ = "rehearsal"
    __table_args__ = (
        # one at a time in an installation, whichever process shows the page
        Index(
            "one_rehearsal_at_a_time", "stage",
            unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    stage: str = "rehearsal"
    """there is one stage"""
    digest: str = Field(foreign_key="pinned.digest")
    """of the programme's texts, as they were rehearsed"""
    programme: str
    round: str
    """its name"""
    dossiers: int
    seed: int
    late: int
    """how many members of each committee give their marks after the committee has met"""
    conflicts: int
    asked_at: int = instant()
    asked_by: int = to("person", index=False)
    seen_at: int = instant()
    """when the process that plays it was heard of last"""
    done: int = 0
    """days that have gone by in it"""
    total: int = 0
    doing: str = ""
    cancelled_at: int | None = instant_or_none()
    """when somebody asked to end it"""
    ended_at: int | None = instant_or_none()
    ending: str | None = None
    """`played`, `cancelled`, `failed`, `interrupted`"""
    problem: str | None = None
    figures: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """what was counted: `handed_in`, `letters`, `deadlines`, `refused`, `warnings`"""
    approved_at: int | None = instant_or_none()
    approved_by: int | None = to("person", optional=True, index=False)


class ReportRow(SQLModel, table=True):
    """What came of a rehearsal, read by itself: lists stay small."""

    __tablename__ = "rehearsal_report"
    rehearsal_id: int = Field(primary_key=True, foreign_key="rehearsal.id", sa_type=ID)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """the report, HTML packed with zlib"""
    outcome: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """warnings, and every date with its letters, for pages that show and compare"""

"""What did committees and staff record about a dossier?"""

from sqlalchemy import Boolean, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class ScoreRow(SQLModel, table=True):
    """One member's mark for one criterion; a newer row replaces an older one."""

    __tablename__ = "score"
    __table_args__ = (
        Index(
            "one_current_score", "dossier_id", "assessment", "person_id", "criterion",
            unique=True, sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    assessment: str = ""
    """for workflows with several assessments: which one"""
    criterion: str
    person_id: int = to("person")
    mark: float
    scored_at: int = instant()
    replaced_at: int | None = instant_or_none()


class RecommendationRow(SQLModel, table=True):
    __tablename__ = "recommendation"
    __table_args__ = (
        Index(
            "one_current_recommendation", "dossier_id", "person_id",
            unique=True, sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    person_id: int = to("person")
    committee: str
    words: str
    advises: str | None = None
    """the transition that the member advises"""
    written_at: int = instant()
    replaced_at: int | None = instant_or_none()


class CommentRow(SQLModel, table=True):
    """A member's words beside the marks; a newer row replaces an older one, and none may be left in the end."""

    __tablename__ = "comment"
    __table_args__ = (
        Index(
            "one_current_comment", "dossier_id", "person_id", "reader",
            unique=True, sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    person_id: int = to("person")
    committee: str
    reader: str
    """for whom it is: `applicant`, or `committee` (a note that nobody else ever reads)"""
    words: str
    written_at: int = instant()
    replaced_at: int | None = instant_or_none()


class ClearanceRow(SQLModel, table=True):
    """A member's answer that nothing ties them to a dossier; a conflict that is declared later ends it."""

    __tablename__ = "clearance"
    __table_args__ = (UniqueConstraint("dossier_id", "person_id"),)
    id: int | None = row_id()
    dossier_id: int = to("dossier", index=False)
    person_id: int = to("person")
    declared_at: int = instant()
    ended_at: int | None = instant_or_none()


class ConflictRow(SQLModel, table=True):
    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("dossier_id", "person_id"),)
    id: int | None = row_id()
    dossier_id: int = to("dossier", index=False)
    person_id: int = to("person")
    reason: str | None = None
    declared_at: int = instant()
    kept_away: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, default=False, server_default=text("false"))
    )
    """whether the applicant wished it, of which the member hears nothing"""


class VerdictRow(SQLModel, table=True):
    """The committee's verdict on a dossier: at most one stands, and it may be replaced until it takes effect."""

    __tablename__ = "verdict"
    __table_args__ = (
        Index(
            "one_standing_verdict", "dossier_id",
            unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    transition: str
    recorded_at: int = instant()
    recorded_by: int = to("person", index=False)
    minuted: bool = False
    """entered by staff for the committee"""
    reason: str | None = None
    ended_at: int | None = instant_or_none()
    ending: str | None = None
    """how it ended: `took effect`, `replaced`, `held back`"""


class AttendanceRow(SQLModel, table=True):
    __tablename__ = "attendance"
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    meeting: str
    obligation_id: int | None = to("obligation", optional=True)
    recorded_at: int = instant()
    recorded_by: int = to("person", index=False)


class ExcuseRow(SQLModel, table=True):
    __tablename__ = "excuse"
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    of: str
    """the meeting or the obligation"""
    obligation_id: int | None = to("obligation", optional=True)
    reason: str
    recorded_at: int = instant()
    recorded_by: int = to("person", index=False)

"""What is a dossier, and what was handed in for it?"""

from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class DossierRow(SQLModel, table=True):
    __tablename__ = "dossier"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        Index("dossier_by_state", "round_id", "state"),
        Index("dossier_by_arrival", "round_id", "received_at"),
        Index("dossier_by_organisation", "organisation_key"),
    )
    id: int | None = row_id()
    round_id: int = to("round", index=False)
    number: str
    organisation: str
    organisation_key: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """what the organisation's name is compared by with those of other dossiers"""
    state: str
    entered_at: int = instant()
    """when it came into its state"""
    started_at: int = instant()
    received_at: int | None = instant_or_none()
    """when the server received what the applicant handed in"""
    receipt: str | None = None
    """SHA-256 over what was handed in"""
    strand: str | None = None
    """for workflows with strands: exactly one of them"""
    clocks: str | None = None
    """the time zone of its applicant, where that is another than the round's and phases go by it"""
    batch: int | None = None
    """where a phase is cut: the batch (1, 2, 3 ...) in which it was handed in"""
    version: int = 1


class ContactRow(SQLModel, table=True):
    """Somebody who speaks for a dossier and is written to about it."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("dossier_id", "person_id"),)
    id: int | None = row_id()
    dossier_id: int = to("dossier", index=False)
    person_id: int = to("person")
    since: int = instant()


class FileRow(SQLModel, table=True):
    """An uploaded file, kept once per content."""

    __tablename__ = "file"
    digest: str = Field(primary_key=True)
    size: int
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    received_at: int = instant()


class AnswerRow(SQLModel, table=True):
    """An answer in a dossier's own form; the newest version counts until it is handed in, none is ever overwritten."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("dossier_id", "question", "version"),)
    id: int | None = row_id()
    dossier_id: int = to("dossier", index=False)
    question: str
    version: int
    value: Any = Field(sa_column=Column(JSON, nullable=False))
    """text or number; for a file {"name", "digest", "size"}"""
    given_at: int = instant()
    given_by: int = to("person", index=False)


class DeliveryRow(SQLModel, table=True):
    """A deliverable as it was handed in, for one obligation or of the applicant's own accord."""

    __tablename__ = "delivery"
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    deliverable: str
    obligation_id: int | None = to("obligation", optional=True)
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    received_at: int = instant()
    late: bool
    delivered_by: int = to("person", index=False)


class ObligationRow(SQLModel, table=True):
    """What one dossier owes: laid out on entering a state, once per (name, position)."""

    __tablename__ = "obligation"
    __table_args__ = (
        UniqueConstraint("dossier_id", "name", "position"),
        Index(
            "obligation_in_review", "handed_in_at",
            sqlite_where=text("handed_in_at IS NOT NULL"), postgresql_where=text("handed_in_at IS NOT NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    dossier_id: int = to("dossier", index=False)
    name: str
    position: int
    """1, 2, 3 ... through all years"""
    opens_at: int = instant()
    due_at: int = instant()
    """the first instant after its window"""
    last_day: str
    """the last local day of its window, ISO: what people are told"""
    laid_out_at: int = instant()
    fulfilled_at: int | None = instant_or_none()
    excused_at: int | None = instant_or_none()
    overdue_at: int | None = instant_or_none()
    """when it was found unfulfilled after its window"""
    handed_in_at: int | None = instant_or_none()
    """since when what was handed in awaits the review of staff; None where nothing does"""


class SlotRow(SQLModel, table=True):
    """A dossier's place in the running order of a meeting."""

    __tablename__ = "slot"
    __table_args__ = (UniqueConstraint("dossier_id", "meeting"), UniqueConstraint("round_id", "meeting", "position"))
    id: int | None = row_id()
    round_id: int = to("round")
    dossier_id: int = to("dossier", index=False)
    meeting: str
    position: int
    starts_at: int = instant()
    ends_at: int = instant()
    locked_at: int | None = instant_or_none()
    """since when it stays where it is, whatever order is suggested"""
    locked_by: int | None = to("person", optional=True, index=False)

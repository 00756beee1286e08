"""What money was promised to a dossier, and what of it was paid?"""

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class PromisedRow(SQLModel, table=True):
    """The money that one dossier is owed by a promise: once for each row of a schedule, else once."""

    __tablename__ = "promised"
    __table_args__ = (
        UniqueConstraint("dossier_id", "name", "position"),
        Index(
            "promised_and_not_paid", "due_at",
            sqlite_where=text("kept_at IS NULL AND ended_at IS NULL"),
            postgresql_where=text("kept_at IS NULL AND ended_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    dossier_id: int = to("dossier", index=False)
    name: str
    position: int
    """the row of the schedule, from 1; of one amount 1"""
    what: str | None = None
    """what the row of the schedule calls it"""
    cents: int = Field(sa_type=BigInteger)
    last_day: str | None = None
    """the last local day by which it is to be paid, ISO; None while it waits to be accepted, or for a date"""
    due_at: int | None = instant_or_none()
    """the first instant after that day"""
    laid_out_at: int = instant()
    """since when it is owed"""
    kept_at: int | None = instant_or_none()
    """since when all of it is paid"""
    ended_at: int | None = instant_or_none()
    """since when it is owed no more, because of where the dossier stands or what the rules say"""


class PaymentRow(SQLModel, table=True):
    """Money that was paid for a dossier, on a local day; a mistake is taken back with a reason, and stays."""

    __tablename__ = "payment"
    id: int | None = row_id()
    promised_id: int = to("promised")
    cents: int = Field(sa_type=BigInteger)
    day: str
    reference: str
    """what the bank or the books call it; may be empty"""
    recorded_at: int = instant()
    recorded_by: int = to("person", index=False)
    taken_back_at: int | None = instant_or_none()
    taken_back_by: int | None = to("person", optional=True, index=False)
    reason: str | None = None
    """why it was taken back"""

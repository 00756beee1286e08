"""Who has a seat at a meeting, and who waits for one?"""

from sqlalchemy import Index, text
from sqlmodel import SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to

OPEN = text("ended_at IS NULL")


class SeatRow(SQLModel, table=True):
    """Somebody's wish to come to one meeting, from the moment it was received, and what became of it.

    A seat is a person's: who speaks for several dossiers has one, and the contacts of one dossier have one each.
    """

    __tablename__ = "seat"
    __table_args__ = (
        Index(
            "one_open_seat", "meeting_id", "person_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
        Index("seat_in_order", "meeting_id", "state", "asked_at", "id"),
    )  # fmt: skip
    id: int | None = row_id()
    meeting_id: int = to("meeting", index=False)
    person_id: int = to("person")
    dossier_id: int | None = to("dossier", optional=True)
    """for whom they come, where the meeting is open to dossiers only"""
    asked_at: int = instant()
    """when it was received: who comes first is served first"""
    state: str
    """`waiting`, `offered`, `held`; ended as `refused`, `lapsed` (an offer), `given back`, `cancelled` (the meeting)"""
    offered_at: int | None = instant_or_none()
    answer_by: int | None = instant_or_none()
    """the first instant at which the offer is over"""
    held_at: int | None = instant_or_none()
    ended_at: int | None = instant_or_none()
    seated_by: int | None = to("person", optional=True, index=False)
    """who of the staff gave the seat beside the list"""
    reason: str | None = None
    """why they did"""

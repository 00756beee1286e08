"""Which times do people propose to each other, and which hours of theirs can be booked?"""

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class ProposalRow(SQLModel, table=True):
    """Times that one side proposes to the other for a meeting that a dossier owes, or to move it: one that is open."""

    __tablename__ = "proposal"
    __table_args__ = (
        Index(
            "one_open_proposal", "obligation_id",
            unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    obligation_id: int = to("obligation")
    meeting_id: int | None = to("meeting", optional=True, index=False)
    """the booking that it asks to move, which stands until a time is accepted"""
    side: str
    """which side proposes: `applicant` or `staff`"""
    words: str | None = None
    proposed_at: int = instant()
    proposed_by: int = to("person", index=False)
    ended_at: int | None = instant_or_none()
    ended_by: int | None = to("person", optional=True, index=False)
    ending: str | None = None
    """`accepted`, `declined`, `replaced` by other times, or `withdrawn` by whoever proposed it"""
    answer: str | None = None
    """what the other side wrote when it declined"""
    accepted: int | None = None
    """the position of the time that was accepted"""


class ProposedTimeRow(SQLModel, table=True):
    """One of the times of a proposal: a local day and hours, and a place or an address on line."""

    __tablename__ = "proposed_time"
    __table_args__ = (UniqueConstraint("proposal_id", "position"),)
    id: int | None = row_id()
    proposal_id: int = to("proposal", index=False)
    position: int
    """1, 2 or 3"""
    day: str
    start: str
    end: str
    place: str | None = None
    online: str | None = None


class HourRow(SQLModel, table=True):
    """A free hour that somebody gives for a meeting: one dossier books it, and may give it back."""

    __tablename__ = "hour"
    __table_args__ = (
        Index("hours_of_a_meeting", "round_id", "meeting", "starts_at"),
        Index(
            "one_hour_at_a_time", "round_id", "person_id", "starts_at",
            unique=True, sqlite_where=text("removed_at IS NULL"), postgresql_where=text("removed_at IS NULL"),
        ),
        Index(
            "one_hour_of_a_booking", "booking_id",
            unique=True, sqlite_where=text("booking_id IS NOT NULL"), postgresql_where=text("booking_id IS NOT NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    round_id: int = to("round", index=False)
    meeting: str
    """as the workflow declares it"""
    person_id: int = to("person")
    day: str
    start: str
    end: str
    starts_at: int = instant()
    ends_at: int = instant()
    place: str | None = None
    online: str | None = None
    given_at: int = instant()
    removed_at: int | None = instant_or_none()
    booking_id: int | None = to("meeting", optional=True, index=False)
    """the meeting that it was booked for; None while it is free"""

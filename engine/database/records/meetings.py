"""When does a meeting take place, and who was asked to come?"""

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class MeetingRow(SQLModel, table=True):
    """One time that a meeting takes place: as the round file says, planned by staff, or booked for one dossier.

    The hours are local wall times, `starts_at` and `ends_at` the instants that the zone data of `tzdata` made of them;
    both are None while no hour is said.
    """

    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("round_id", "name", "position"),)
    id: int | None = row_id()
    round_id: int = to("round", index=False)
    name: str
    """as the workflow declares it"""
    position: int
    """1, 2, 3 ... among all of that name in the round, in the order in which they were planned"""
    dossier_id: int | None = to("dossier", optional=True)
    """the only dossier that it is held with; None where it is everybody's that it is open to"""
    obligation_id: int | None = to("obligation", optional=True)
    day: str
    start: str | None = None
    end: str | None = None
    zone: str
    tzdata: str
    starts_at: int | None = instant_or_none()
    ends_at: int | None = instant_or_none()
    place: str | None = None
    online: str | None = None
    """an address, shown to those who are admitted"""
    seats: int | None = None
    sequence: int = 0
    """how often people had to hear of a change"""
    planned_at: int = instant()
    planned_by: int | None = to("person", optional=True, index=False)
    """None: as the round file says"""
    changed_at: int = instant()
    cancelled_at: int | None = instant_or_none()
    reason: str | None = None
    """why it was last moved, or cancelled"""


class InvitationRow(SQLModel, table=True):
    """What asks one person to come to one meeting, and what they answered: one entry of their calendar, for ever.

    Where it is and when stands here as the person was last told.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index(
            "one_invitation_each", "meeting_id", "person_id", "dossier_id",
            unique=True, sqlite_where=text("dossier_id IS NOT NULL"), postgresql_where=text("dossier_id IS NOT NULL"),
        ),
        Index(
            "one_invitation_of_a_role", "meeting_id", "person_id",
            unique=True, sqlite_where=text("dossier_id IS NULL"), postgresql_where=text("dossier_id IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    uid: str = Field(unique=True)
    """of the calendar entry"""
    round_id: int = to("round")
    meeting_id: int = to("meeting", index=False)
    person_id: int = to("person")
    dossier_id: int | None = to("dossier", optional=True)
    """for whom they come; None for committees, staff and everybody else"""
    role: str
    """as which they were asked: `applicant`, a committee, `COMMITTEE observer`, `staff` or `everyone`"""
    has_a_part: bool = False
    """whether they are asked to a part of it, such as their slot"""
    day: str
    starts_at: int | None = instant_or_none()
    ends_at: int | None = instant_or_none()
    place: str | None = None
    online: str | None = None
    sequence: int = 0
    """RFC 5546, 2.1.4: one more for each change of time or place, and for being withdrawn"""
    sent_at: int = instant()
    """when they were last told"""
    cancelled_at: int | None = instant_or_none()
    answer: str | None = None
    """`accepted`, `declined` or `tentative`; None until they answer, and again when it was moved"""
    answered_at: int | None = instant_or_none()
    answered_via: str | None = None
    """`page`, `mail` or `staff`"""
    answer_sequence: int | None = None
    """the sequence that was answered"""
    answer_stamp: int | None = instant_or_none()
    """when the answer was written: a calendar's own DTSTAMP, or when the page was sent"""
    words: str | None = None
    """what they wrote beside their answer"""
    wants_other: str | None = None
    """another slot that they ask for, in their words"""

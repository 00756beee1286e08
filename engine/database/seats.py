"""How many seats of a meeting are taken, who waits for one, and in which order?"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from engine.database.records import MeetingRow, SeatRow

HELD, OFFERED, WAITING = "held", "offered", "waiting"
OFFER = "seat offer"
"""the kind of the deadline at which an offer lapses, and how its key begins: it is a person's, and not the round's"""
TAKEN = (HELD, OFFERED)
"""the states that keep a seat from everybody else"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are at one meeting; `seats` is None where everybody who asks gets one."""

    seats: int | None
    held: int
    offered: int
    waiting: int

    @property
    def taken(self) -> int:
        return self.held + self.offered

    @property
    def free(self) -> int | None:
        """How many more can be given; None without a limit."""
        return None if self.seats is None else max(self.seats - self.taken, 0)

    @property
    def is_full(self) -> bool:
        """Whether somebody who asks now waits: nobody comes before those who wait already."""
        return self.waiting > 0 or self.free == 0


def counts_of(session: Session, meetings: Sequence[MeetingRow]) -> dict[int, Counts]:
    """meeting -> its counts, for all of them in one question."""
    ids = [one.id for one in meetings if one.id is not None]
    rows = session.exec(
        select(SeatRow.meeting_id, SeatRow.state, func.count())
        .where(col(SeatRow.meeting_id).in_(ids), col(SeatRow.ended_at).is_(None))
        .group_by(col(SeatRow.meeting_id), col(SeatRow.state))
    ).all()
    found = {(meeting_id, state): count for meeting_id, state, count in rows}
    return {
        one.id: Counts(one.seats, *(found.get((one.id, state), 0) for state in (HELD, OFFERED, WAITING)))
        for one in meetings
        if one.id is not None
    }


def counts(session: Session, meeting: MeetingRow) -> Counts:
    """The counts of one meeting."""
    (found,) = counts_of(session, [meeting]).values()
    return found


def first_waiting(session: Session, meeting_id: int) -> SeatRow | None:
    """Whoever has waited longest, by when the server received what they asked."""
    return session.exec(
        select(SeatRow)
        .where(col(SeatRow.meeting_id) == meeting_id, col(SeatRow.state) == WAITING)
        .order_by(col(SeatRow.asked_at), col(SeatRow.id))
        .limit(1)
    ).first()


def open_seat(session: Session, meeting_id: int, person_id: int) -> SeatRow | None:
    """What somebody has at a meeting: a seat, an offer, or a place in the list."""
    return session.exec(
        select(SeatRow).where(
            col(SeatRow.meeting_id) == meeting_id, col(SeatRow.person_id) == person_id, col(SeatRow.ended_at).is_(None)
        )
    ).first()


def place_in_list(session: Session, seat: SeatRow) -> int:
    """Which place somebody who waits has in the list: 1 is next."""
    before = sa.or_(
        col(SeatRow.asked_at) < seat.asked_at,
        sa.and_(col(SeatRow.asked_at) == seat.asked_at, col(SeatRow.id) < seat.id),
    )
    question = select(func.count()).where(
        col(SeatRow.meeting_id) == seat.meeting_id, col(SeatRow.state) == WAITING, before
    )
    return session.exec(question).one() + 1


def newest_instant(session: Session, meeting_id: int) -> tuple[int, int]:
    """When the newest wish was received, and when anything last happened to any; 0 where there is none."""
    asked, *happened = session.exec(
        select(
            func.max(SeatRow.asked_at), func.max(SeatRow.offered_at), func.max(SeatRow.held_at),
            func.max(SeatRow.ended_at),
        ).where(col(SeatRow.meeting_id) == meeting_id)
    ).one()  # fmt: skip
    return asked or 0, max(one or 0 for one in (asked, *happened))


def offers_of(session: Session, meeting_id: int) -> Sequence[SeatRow]:
    """The offers that stand at a meeting, the oldest first."""
    return session.exec(
        select(SeatRow)
        .where(col(SeatRow.meeting_id) == meeting_id, col(SeatRow.state) == OFFERED)
        .order_by(col(SeatRow.offered_at), col(SeatRow.id))
    ).all()


def open_seats(session: Session, meeting_id: int) -> Sequence[SeatRow]:
    """Everybody who has something at a meeting, in the order in which it was received."""
    return session.exec(
        select(SeatRow)
        .where(col(SeatRow.meeting_id) == meeting_id, col(SeatRow.ended_at).is_(None))
        .order_by(col(SeatRow.asked_at), col(SeatRow.id))
    ).all()

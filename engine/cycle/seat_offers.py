"""To whom is a seat offered that frees, and what becomes of the offer?

The first who wait are served first, by when the server received what they asked. An offer is a deadline of the
calendar, and passes on when it lapses; where a meeting gives no time to answer, the seat is theirs at once.
"""

from sqlmodel import col, select

from engine.cycle.deadlines import put_deadline
from engine.cycle.scene import CALENDAR, Scene
from engine.cycle.seat_letters import LAPSED, LIST_CANCELLED, LIST_MOVED, OFFERED_LETTER, tell
from engine.cycle.seat_rows import begins, end, hold, keep, meeting_of, moment, note, rule_of
from engine.database.records import DeadlineRow, MeetingRow, SeatRow
from engine.database.seats import HELD, OFFER, OFFERED, counts, first_waiting, open_seats
from engine.database.store import the_id
from engine.faults import point
from engine.rules.agenda import ORDER, PLACES
from engine.rules.seats import answer_by

POSITION = (len(ORDER) + 2) * PLACES
"""after all else of that instant"""


def fill(scene: Scene, meeting: MeetingRow) -> None:
    """Offer what is free to those who have waited longest, until nothing is free or nobody waits."""
    if meeting.cancelled_at is not None or begins(meeting) <= scene.now:
        return
    within = rule_of(scene, meeting).answer_within
    free = counts(scene.session, meeting).free
    while free != 0 and (row := first_waiting(scene.session, the_id(meeting))):
        free = None if free is None else free - 1
        if within is None:
            hold(scene, row, by=CALENDAR)
            continue
        row.state, row.offered_at = OFFERED, moment(scene, row.meeting_id)
        row.answer_by = answer_by(row.offered_at, within, begins(meeting), meeting.zone, scene.calendar.round.holidays)
        keep(scene, row)
        point("seat offered")
        put_lapse(scene, row)
        note(scene, "seat offered", row, CALENDAR, at=row.offered_at, answer_by=row.answer_by)
        tell(scene, OFFERED_LETTER, row, valid_until=row.answer_by)


def lapse(scene: Scene, deadline: DeadlineRow) -> None:
    """An offer was not answered in time: it is over, and the seat is offered to the next."""
    row = scene.session.get_one(SeatRow, int(deadline.key.rpartition(" ")[2]))
    end(scene, row, "lapsed", by=CALENDAR)
    tell(scene, LAPSED, row)
    fill(scene, meeting_of(scene, row))


def follow_meeting(scene: Scene, meeting: MeetingRow, *, reason: str | None = None) -> int:
    """Have the list hear that a meeting was moved or does not take place; gives how many hear of it.

    Whoever has a seat hears by their invitation. A meeting that does not take place has no seats any more, and an offer
    never outlasts the hour at which one begins.
    """
    told = 0
    for row in open_seats(scene.session, the_id(meeting)):
        was = row.state
        if meeting.cancelled_at is not None:
            forget_lapse(scene, row)
            end(scene, row, "cancelled", by=CALENDAR)
            if was != HELD:
                tell(scene, LIST_CANCELLED, row, was=was, reason=reason)
        elif was != HELD:
            if was == OFFERED:
                _reckon(scene, row)
            tell(scene, LIST_MOVED, row, was=was, reason=reason, valid_until=row.answer_by or begins(meeting))
        told += was != HELD
    return told


def work_out_again(scene: Scene) -> None:
    """Work out anew when the offers of the round lapse, after the rules of its zone have changed."""
    offers = scene.session.exec(
        select(SeatRow).join(MeetingRow, col(MeetingRow.id) == col(SeatRow.meeting_id))
        .where(col(MeetingRow.round_id) == scene.round_id, col(SeatRow.state) == OFFERED)
        .order_by(col(SeatRow.id))
    ).all()  # fmt: skip
    for row in offers:
        _reckon(scene, row)


def put_lapse(scene: Scene, row: SeatRow) -> None:
    """Have the calendar end an offer when its time to answer is over, and what was sent by then has been seen to."""
    assert row.answer_by is not None
    put_deadline(
        scene, key=f"{OFFER} {row.id}", kind=OFFER, name=meeting_of(scene, row).name, moment=OFFER, position=POSITION,
        at=row.answer_by, fires_at=row.answer_by + scene.settle, valid_until=None,
    )  # fmt: skip


def forget_lapse(scene: Scene, row: SeatRow) -> None:
    """The calendar need not look at an offer any more that was answered."""
    unfired = select(DeadlineRow).where(
        col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.key) == f"{OFFER} {row.id}",
        col(DeadlineRow.ended_at).is_(None),
    )  # fmt: skip
    for deadline in scene.session.exec(unfired).all():
        scene.session.delete(deadline)
        scene.session.flush()
        point("offer answered")


def _reckon(scene: Scene, row: SeatRow) -> None:
    """Work out anew until when an offer is kept."""
    meeting = meeting_of(scene, row)
    within = rule_of(scene, meeting).answer_within
    assert within is not None
    assert row.offered_at is not None
    until = answer_by(row.offered_at, within, begins(meeting), meeting.zone, scene.calendar.round.holidays)
    if row.answer_by != until:
        row.answer_by = until
        keep(scene, row)
        point("offer moved")
        note(scene, "offer moved", row, CALENDAR, answer_by=until)
    put_lapse(scene, row)

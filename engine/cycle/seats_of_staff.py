"""What do staff decide about the seats of a meeting: how many there are, and who is seated beside the list?"""

from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.seat_offers import fill, forget_lapse
from engine.cycle.seat_rows import against_seats, ask, hold, rule_of
from engine.cycle.seats import comes_for
from engine.database.records import MeetingRow, PersonRow, SeatRow
from engine.database.seats import HELD, OFFERED, counts, open_seat
from engine.database.store import the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.roles import must_be_staff

MOST = 100_000
"""seats that a meeting may have"""


def change_seats(scene: Scene, meeting: MeetingRow, seats: int | None, *, by: str, reason: str | None = None) -> None:
    """Staff say how many seats there are (None: no limit); what frees by it is offered to those who wait.

    Nobody loses a seat or an offer by it: with fewer than are taken it is refused. Raises Refused with every reason.
    """
    taken = counts(scene.session, meeting).taken
    refuse([
        must_be_staff(standing_of(scene, scene.person(by))),
        *against_seats(scene, meeting),
        Refusal("seats", f"a meeting has from 1 to {MOST} seats", {"because": "number", "most": MOST})
        if seats is not None and not 1 <= seats <= MOST else None,
        Refusal(
            "seats", f"{taken} seats are held or offered, and nobody loses theirs: there cannot be fewer",
            {"because": "taken", "taken": taken},
        )
        if seats is not None and 1 <= seats < taken else None,
        Refusal("seats", "there are as many seats already", {"because": "same"}) if seats == meeting.seats else None,
    ])  # fmt: skip
    _set_seats(scene, meeting, seats, by=by, reason=reason)
    fill(scene, meeting)


def seat_beside(
    scene: Scene, meeting: MeetingRow, person: PersonRow, *, reason: str, by: str, one_more: bool = False
) -> SeatRow:
    """Staff seat somebody beside the list, with a reason that stands in the journal.

    Where no seat is free it takes `one_more`: then there is one seat more than before, and nobody on the list loses
    anything. Raises Refused with every reason.
    """
    now = counts(scene.session, meeting)
    row = open_seat(scene.session, the_id(meeting), the_id(person))
    state = row.state if row else None
    # an offer of theirs is their seat, which is kept for them already
    fits = state == OFFERED or now.free != 0
    refuse([
        must_be_staff(standing_of(scene, scene.person(by))),
        *against_seats(scene, meeting),
        None if reason.strip() else Refusal("reason", "a written reason is required"),
        Refusal("seat", f"{person.email} has a seat already", {"because": "held"}) if state == HELD else None,
        Refusal(
            "seats", f"all {now.seats} seats are taken: one more is needed",
            {"because": "full", "seats": now.seats or 0},
        )
        if not fits and not one_more else None,
    ])  # fmt: skip
    if not fits:
        _set_seats(scene, meeting, (now.seats or 0) + 1, by=by, reason=reason.strip())
    if row is None:
        row = ask(scene, meeting, person, comes_for(scene, rule_of(scene, meeting), person), by=by)
    forget_lapse(scene, row)
    hold(scene, row, by=by, reason=reason.strip())
    return row


def _set_seats(scene: Scene, meeting: MeetingRow, seats: int | None, *, by: str, reason: str | None) -> None:
    before, meeting.seats, meeting.changed_at = meeting.seats, seats, scene.now
    scene.session.add(meeting)
    scene.session.flush()
    point("seats changed")
    scene.note(
        "seats changed", by, meeting=the_id(meeting), called=f"{meeting.name} {meeting.position}", was=before,
        seats=seats, reason=reason.strip() if reason else None,
    )  # fmt: skip

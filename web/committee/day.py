"""Who comes when, on the day of a meeting?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.responses import Response

from engine.database.pages import judging
from engine.database.pages.committee import running_order
from engine.database.pages.judging import Ties
from engine.database.records import RoleRow
from engine.database.running_orders import RunningOrder
from engine.database.running_orders import running_order as standing_order
from engine.database.store import roles_of, the_id
from engine.rules.divided import committee_of
from engine.rules.meetings_apart import sits_at
from engine.rules.roles import states_read_by
from engine.rules.workflow import STAFF, Meeting
from web.ask import Ask
from web.committee.seat import Seat, seat_of
from web.place import Place
from web.policy import JUDGES, somebody
from web.problems import NotThere
from web.rendering import render
from web.routes import Pages

pages = Pages()


@dataclass(frozen=True)
class Turn:
    """One slot of the day, or a break; what the visitor may not know of has its hours and nothing else."""

    position: int
    starts_at: int
    ends_at: int
    hidden: str = ""
    """why: `conflict`, or `gone` for a dossier that the committee does not read any more"""
    number: str = ""
    organisation: str = ""
    title: str = ""
    attended: bool = False
    done: bool = False
    """whether the visitor has said all she has to say"""
    pause: str | None = None
    """what a break is called; None for a slot"""


def meetings_of(session: Session, place: Place, seat: Seat, person_id: int) -> list[Meeting]:
    """The meetings with a running order that the visitor sits at: of a strand or an answer, where she sits for it."""
    parts = roles_of(session, the_id(place.round), person_id) if place.workflow.meetings_apart else ()

    def sits(part: RoleRow, meeting: Meeting) -> bool:
        committee = committee_of(place.workflow, part.role)
        reads = set(states_read_by(place.workflow, committee.name)) & set(meeting.open_to) if committee else ()
        return part.role == STAFF or (bool(reads) and sits_at(meeting, part.per, part.scope))

    return [
        meeting
        for meeting in place.workflow.meetings.values()
        if meeting.slots is not None
        and place.calendar.round.meetings.get(meeting.name)
        and (meeting.open_to == "everyone" or set(meeting.open_to) & set(seat.readable))
        and (not meeting.scope or any(sits(part, meeting) for part in parts))
    ]


@pages.get("/committee/{programme}/{round}/day/{meeting}", JUDGES)
def day(ask: Ask) -> Response:
    """The running order of a meeting, to be read or printed."""
    place, seat = ask.place, seat_of(ask)
    with ask.reading() as session:
        hers = meetings_of(session, place, seat, somebody(ask).person_id)
        meeting = next((one for one in hers if one.name == ask.params["meeting"]), None)
        if meeting is None:
            raise NotThere
        planned = standing_order(session, the_id(place.round), place.calendar, meeting)
        order = running_order(session, place.workflow, the_id(place.round), meeting.name)
        states = {one.state for one in order}
        said = judging.each(session, place.workflow, somebody(ask).person_id, the_id(place.round), sorted(states))
    own = {one.number: one for one in said}
    turns = []
    for one in order:
        ties = own.get(one.number)
        hidden = _hidden(ties, seat)
        turns.append(
            Turn(one.position, one.starts_at, one.ends_at, hidden)
            if hidden or ties is None
            else Turn(
                one.position, one.starts_at, one.ends_at, "", one.number, one.organisation, one.title, one.attended,
                one.state in seat.judged and ties.progress(place.workflow) == "done",
            )
        )  # fmt: skip
    turns, part = _with_gaps(turns, planned), _part(turns)
    return render(
        ask, "committee/day.html", seat=seat, meeting=meeting, turns=turns,
        occasion=place.calendar.round.meetings[meeting.name][0], planned=planned, part=part,
        leaves=[one for one in turns if one.hidden == "conflict" and part and part[0] < one.starts_at < part[1]],
    )  # fmt: skip


def _with_gaps(turns: Sequence[Turn], planned: RunningOrder | None) -> list[Turn]:
    """The day with its breaks, and the hours that have come free, between the first slot that is taken and the last."""
    if planned is None or not turns:
        return list(turns)
    first, last = turns[0].starts_at, turns[-1].ends_at
    breaks = [Turn(0, at.starts_at, at.ends_at, pause=one.title) for one, at in planned.day.pauses]
    free = [Turn(one, at.starts_at, at.ends_at, "gone") for one in planned.free if (at := planned.day.at(one))]
    between = [one for one in (*breaks, *free) if first < one.starts_at < last]
    return sorted([*turns, *between], key=lambda one: one.starts_at)


def _part(turns: Sequence[Turn]) -> tuple[int, int] | None:
    """From the first to the last slot that is for the visitor; None where there is none."""
    hers = [one for one in turns if not one.hidden and one.pause is None]
    return (hers[0].starts_at, hers[-1].ends_at) if hers else None


def _hidden(ties: Ties | None, seat: Seat) -> str:
    """Why a turn is not for the visitor, or nothing. Neither number nor name is told: only that the hour is taken.

    Of a dossier that she may not know of, as one before another committee of that name, nothing is known (None).
    """
    if ties is None:
        return "gone"
    if ties.conflict or (ties.contact and not seat.is_staff):
        return "conflict"
    return "" if seat.is_staff or ties.state in seat.readable else "gone"

"""Who comes when, on the day of a meeting?"""

from dataclasses import dataclass

from starlette.responses import Response

from engine.database.pages import judging
from engine.database.pages.committee import running_order
from engine.database.pages.judging import Ties
from engine.database.store import the_id
from engine.rules.round import Session as Occasion
from engine.rules.workflow import Meeting
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
    """One slot of the day; what the visitor may not know of has its hours and nothing else."""

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


def meetings_of(place: Place, seat: Seat) -> list[Meeting]:
    """The meetings with a running order that the visitor sits at."""
    return [
        meeting
        for meeting in place.workflow.meetings.values()
        if meeting.slots is not None
        and place.calendar.round.meetings.get(meeting.name)
        and (meeting.open_to == "everyone" or set(meeting.open_to) & set(seat.readable))
    ]


@pages.get("/committee/{programme}/{round}/day/{meeting}", JUDGES)
def day(ask: Ask) -> Response:
    """The running order of a meeting, to be read or printed."""
    place, seat = ask.place, seat_of(ask)
    meeting = next((one for one in meetings_of(place, seat) if one.name == ask.params["meeting"]), None)
    if meeting is None:
        raise NotThere
    occasion: Occasion = place.calendar.round.meetings[meeting.name][0]
    with ask.reading() as session:
        order = running_order(session, place.workflow, the_id(place.round), meeting.name)
        states = {one.state for one in order}
        said = judging.each(session, somebody(ask).person_id, the_id(place.round), sorted(states))
    own = {one.number: one for one in said}
    turns = []
    for one in order:
        ties = own[one.number]
        hidden = _hidden(ties, seat)
        turns.append(
            Turn(one.position, one.starts_at, one.ends_at, hidden)
            if hidden
            else Turn(
                one.position, one.starts_at, one.ends_at, "", one.number, one.organisation, one.title, one.attended,
                one.state in seat.judged and ties.progress(place.workflow) == "done",
            )
        )  # fmt: skip
    return render(ask, "committee/day.html", seat=seat, meeting=meeting, occasion=occasion, turns=turns)


def _hidden(ties: Ties, seat: Seat) -> str:
    """Why a turn is not for the visitor, or nothing. Neither number nor name is told: only that the hour is taken."""
    if ties.conflict or (ties.contact and not seat.is_staff):
        return "conflict"
    return "" if seat.is_staff or ties.state in seat.readable else "gone"

"""Which dossiers lie before this member, and which of them wait for her?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.responses import Response

from engine.database.calendars import extended
from engine.database.pages import judging
from engine.database.pages.judging import Progress, Ties
from engine.database.pages.late import late_dossiers
from engine.database.store import extensions_of, roles_of, the_id
from engine.rules.divided import is_divided, scopes_of
from engine.rules.moments import Calendar
from web.ask import Ask
from web.committee import hours
from web.committee.day import meetings_of
from web.committee.rounds import stages_of
from web.committee.seat import seat_of, too_late
from web.place import Place
from web.policy import JUDGES, somebody
from web.rendering import render
from web.routes import Pages

pages = Pages()
A_PAGE = 50
ALL = "all"
SHOWN = ("left", "done", "conflict", ALL)
"""what the list can be narrowed to"""


@dataclass(frozen=True)
class Mine:
    """A dossier in the list; `waits` while something is wanted of the visitor and it is not too late."""

    ties: Ties
    progress: Progress
    judged: bool
    waits: bool
    assigned: bool = False
    """whether she is asked about it first"""
    late: bool = False
    """whether it waits, and its own time to be scored is nearly over"""

    @property
    def number(self) -> str:
        return self.ties.number

    @property
    def group(self) -> str:
        """What it is counted under: left, done, conflict, or nothing of these."""
        if self.progress == "conflict":
            return "conflict"
        return "left" if self.waits else "done" if self.judged and self.progress == "done" else ""


def round_calendar(session: Session, place: Place) -> Calendar:
    """The dates of the round, without those that a single dossier has of its own."""
    return extended(place.programme.rounds[place.round.name], extensions_of(session, the_id(place.round)))


def dossiers_of(ask: Ask, session: Session) -> list[Mine]:
    """What the visitor may know of in the round and what she has stepped back from.

    Those whose time is nearly over come first, then those about which she is asked first, then by number.
    """
    place, seat = ask.place, seat_of(ask)
    calendar = round_calendar(session, place)
    late = {state for state in seat.judged if too_late(place.workflow, calendar, state, ask.now)}
    closed = judging.not_scored_now(session, place.workflow, the_id(place.round), seat.judged, calendar, ask.now)
    near = late_dossiers(session, place.workflow, the_id(place.round), seat.judged, calendar, ask.now)
    found = []
    # those that she has a conflict with stay in the list wherever they go: she hears nothing of how they fare
    of = somebody(ask).person_id, the_id(place.round)
    for ties in judging.each(session, place.workflow, *of, seat.readable, conflicts=True):
        progress, judged = ties.progress(place.workflow), ties.state in seat.judged
        if progress != "theirs" and (judged or progress != "conflict" or seat.memberships):
            is_closed = ties.state in late or ties.number in closed
            open_still = progress in ("unanswered", "left") and not is_closed
            waits = judged and open_still and ties.is_asked(place.workflow)
            found.append(Mine(ties, progress, judged, waits, judged and ties.given, waits and ties.number in near))
    return sorted(found, key=lambda one: (not one.late, not one.assigned))


def next_waiting(mine: Sequence[Mine], after: str = "") -> str | None:
    """The number of the next dossier that waits for the visitor: the first after that one, or else the first of all.

    While some wait about which she is asked first, it is one of these.
    """
    every = [one for one in mine if one.waits and one.number != after]
    waiting = [one.number for one in every if one.assigned] or [one.number for one in every]
    return next((number for number in waiting if number > after), waiting[0] if waiting else None)


def seats_in(session: Session, place: Place, person_id: int) -> list[str]:
    """What the strands or the answers are called in whose committees a person sits, for each once."""
    rows = roles_of(session, the_id(place.round), person_id)
    called = (scopes_of(place.workflow, row.role).get(row.scope) for row in rows)
    return list(dict.fromkeys(one for one in called if one))


@pages.get("/committee/{programme}/{round}", JUDGES)
def mine(ask: Ask) -> Response:
    """The visitor's dossiers: those that wait, those that are done, those with a conflict."""
    place, seat = ask.place, seat_of(ask)
    with ask.reading() as session:
        every = dossiers_of(ask, session)
        shown = ask.query.get("show", "")
        shown = shown if shown in SHOWN else "left" if any(one.waits for one in every) else ALL
        listed = [one for one in every if shown == ALL or one.group == shown]
        pages_of = max(1, -(-len(listed) // A_PAGE))
        page = min(asked_page(ask), pages_of)
        here = listed[(page - 1) * A_PAGE : page * A_PAGE]
        titles = judging.titles(session, place.workflow, the_id(place.round), [one.number for one in here])
        held = meetings_of(session, place, seat, somebody(ask).person_id)
        whose = seats_in(session, place, somebody(ask).person_id) if is_divided(place.workflow) else ()
    return render(
        ask, "committee/mine.html", seat=seat, whose=whose,
        here=here, titles=titles, shown=shown, page=page, pages=pages_of,
        stages=stages_of(seat, place.calendar, [one.ties for one in every]), next=next_waiting(every),
        counts={name: sum(name in (ALL, one.group) for one in every) for name in SHOWN},
        meetings=held, gives=hours.meetings_of(ask), assigned=sum(one.assigned for one in every),
        assigned_left=sum(one.assigned and one.waits for one in every),
    )  # fmt: skip


def asked_page(ask: Ask) -> int:
    """Which page of a list is asked for, from 1."""
    number = ask.query.get("page", "1")
    return max(1, min(int(number), 100_000)) if number.isdecimal() and len(number) < 18 else 1

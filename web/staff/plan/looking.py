"""What is there to know of a running order, for whoever plans it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sqlmodel import Session

from engine.cycle.order_invitations import roles_that_hear
from engine.cycle.order_plans import Judged, judge
from engine.cycle.scene import Scene
from engine.database.pages import running_orders as asked
from engine.database.pages.running_orders import Candidate, Clash, Listener, Room
from engine.database.running_orders import RunningOrder, has_running_order
from engine.database.store import the_id
from engine.rules.moments import from_instant
from engine.rules.running_order import Plan
from engine.rules.suggested_order import Away, away
from engine.rules.workflow import Meeting
from web.ask import Ask
from web.policy import somebody
from web.problems import NotThere

PATH = "/staff/{programme}/{round}/meetings/{meeting}/order"


@dataclass(frozen=True)
class Sheet:
    """A running order as it stands, or as a plan would have it, with all that is known of those whom it is about."""

    ask: Ask
    judged: Judged
    candidates: Sequence[Candidate]
    listeners: Sequence[Listener]
    clashes: Sequence[Clash]
    rooms: Sequence[Room]

    @property
    def meeting(self) -> Meeting:
        return self.judged.order.meeting

    @property
    def order(self) -> RunningOrder:
        return self.judged.order

    @property
    def by_number(self) -> Mapping[str, Candidate]:
        return {one.number: one for one in self.candidates}

    @property
    def hidden(self) -> frozenset[int]:
        """The positions of dossiers with which the visitor has a conflict."""
        return frozenset(one.position for one in self.candidates if one.hidden and one.position is not None)

    @property
    def reserve(self) -> Sequence[Candidate]:
        """Who waits for a slot, in order, by the plan."""
        placed = set(self.judged.plan.places.values())
        return [one for one in self.candidates if one.number not in placed and one.declined_at is None]

    @property
    def declined(self) -> Sequence[Candidate]:
        """Who has turned a slot down."""
        placed = set(self.judged.plan.places.values())
        return [one for one in self.candidates if one.number not in placed and one.declined_at is not None]

    def at(self, position: int) -> Candidate | None:
        """Who is heard at a position, by the plan."""
        number = self.judged.plan.places.get(position)
        return self.by_number.get(number) if number else None

    def barred(self, candidate: Candidate) -> Sequence[Listener]:
        """The members and observers who have a conflict with a dossier, or speak for it."""
        return [one for one in self.listeners if candidate.id in one.ties - one.elsewhere]

    def away(self, listener: Listener) -> Sequence[Away]:
        """When a member or an observer is out of the room."""
        ids = {position: str(the_id(dossier)) for position, dossier in self.judged.places.items()}
        return away(ids, {str(one) for one in listener.ties})

    def is_met(self, candidate: Candidate, position: int) -> bool:
        """Whether a slot is one that was wished for."""
        day = self.judged.day
        hours = day.at(position)
        starts, ends = (from_instant(one, day.zone) for one in (hours.starts_at, hours.ends_at))
        return candidate.wish is None or candidate.wish.is_met(starts, ends)


def meeting_of(ask: Ask) -> Meeting:
    """The meeting of the address. Raises NotThere for one without a running order."""
    meeting = ask.place.workflow.meetings.get(ask.params["meeting"])
    if meeting is None or not has_running_order(meeting):
        raise NotThere
    return meeting


def path_of(ask: Ask) -> str:
    return f"/staff/{ask.place.key}/meetings/{quote(ask.params['meeting'])}/order"


def crumbs_of(ask: Ask) -> list[tuple[str, str]]:
    return [(ask.said(ask.place.round_title), f"/staff/{ask.place.key}")]


def scene_in(ask: Ask, session: Session) -> Scene:
    return ask.office.cycle.look(session, ask.place.key, ask.now)


def look(ask: Ask, session: Session, plan: Plan | None = None) -> Sheet:
    """The running order of the page, or what a plan would make of it: the same few questions, however many there are.

    Raises Refused while no day and hour are known for the meeting.
    """
    scene, meeting, looker = scene_in(ask, session), meeting_of(ask), somebody(ask).person_id
    judged = judge(scene, meeting.name, plan)
    candidates = asked.candidates(session, scene.workflow, scene.round_id, judged.order, looker)
    listeners = asked.listeners(
        session, scene.round_id, roles_that_hear(scene, meeting), [one.id for one in candidates], meeting
    )
    times = [one.times for one in judged.found if one.times is not None]
    people = [the_id(one.person) for one in judged.found if one.times is not None]
    clashes: Sequence[Clash] = ()
    if times:
        since, until = min(starts for starts, _ in times), max(ends for _, ends in times)
        clashes = asked.clashes(session, judged.order.sitting, people, since, until)
    return Sheet(ask, judged, candidates, listeners, clashes, asked.rooms(session, judged.order))

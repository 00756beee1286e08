"""What will the calendar do with a dossier by itself, when, and who hears of it?

Everything follows from the state it is in, the dates that are open, and the verdict that stands: what staff read here
nobody outside reads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from engine.cycle.acting import window_refusal
from engine.cycle.moving import reasons_against
from engine.cycle.scene import Scene
from engine.cycle.verdicts import reasons_not_to_take_effect
from engine.database.pages.in_line import number_in_line, ways_to_a_place
from engine.database.pages.one_dossier import deadlines_of, held_back
from engine.database.records import DeadlineRow, DossierRow, HeldBackRow, VerdictRow
from engine.database.store import standing_verdict, the_id
from engine.errors import Refusal
from engine.rules.agenda import batch_of
from engine.rules.chains import tried_before
from engine.rules.paying import UNPAID
from engine.rules.roles import decisions_from
from engine.rules.timers import DECIDES, MOVES, PROMISES, REMINDS
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF, Letters, Transition
from web.ask import Ask
from web.committee.seat import called
from web.place import scene_of
from web.reasons import said_by
from web.staff.dossier.lawful import reasons_for_staff


@dataclass(frozen=True, slots=True)
class Ahead:
    """One thing that will happen at `at` (UTC microseconds), or that waits since then."""

    at: int
    what: str
    kind: str
    """`move`, `verdict`, `waits`, `place` (at no instant that anybody knows), `reminder`, `promise`, `overdue`"""
    letters: tuple[str, ...] = ()
    """who is told, in which letter"""
    against: tuple[str, ...] = ()
    """why it would not happen as things stand"""
    link: tuple[str, str] | None = None
    closes: bool = False
    """whether it is the end of something: a midnight is that of the day before"""

    @property
    def moves(self) -> bool:
        """Whether it takes the dossier to another state."""
        return self.kind in ("move", "verdict") and not self.against


def ahead_of(ask: Ask) -> list[Ahead]:
    """What happens next by itself, in order; what waits already comes first."""
    place = ask.place
    with ask.reading() as session:
        scene = scene_of(ask.office.cycle, session, place.key, ask.now)
        dossier = scene.dossier(place.number)
        of = the_id(dossier)
        verdict = standing_verdict(session, of)
        rows = deadlines_of(session, scene.round_id, of, dossier.number, dossier.strand, dossier.clocks)
        found = [*_waiting(ask, scene, dossier, held_back(session, of)), *_places(ask, scene, dossier)]
        for row in rows:
            found += _one(ask, scene, dossier, row, verdict)
    return sorted(found, key=lambda one: (one.kind != "waits", one.kind != "place", one.at))


def _one(
    ask: Ask, scene: Scene, dossier: DossierRow, row: DeadlineRow, verdict: VerdictRow | None
) -> Sequence[Ahead]:
    workflow = scene.workflow
    if row.kind in ("transition", MOVES):
        transition = workflow.transitions[row.name]
        if dossier.state in transition.sources and _is_tried(scene, dossier, transition):
            against = reasons_against(scene, dossier, transition)
            is_left = against and isinstance(transition.if_not, str)
            return [] if is_left else [_move(ask, row, transition, against, "move")]
    if row.kind in ("verdicts", DECIDES):
        return _verdict(ask, scene, dossier, row, verdict)
    if row.kind in ("reminder", REMINDS):
        reminder = workflow.reminders[row.name]
        if dossier.state in reminder.about and not _says_nothing(scene, verdict, row):
            return [Ahead(row.due_at, ask.say("A reminder goes out."), "reminder", _letters(ask, reminder.tell))]
    if row.kind in ("promise", PROMISES):
        promise = workflow.promises[row.name]
        if dossier.state in promise.about and not promise.pay:
            said = ask.say("Promised by then: %(what)s.", what=ask.said(promise.title))
            return [Ahead(row.due_at, said, "promise", _letters(ask, promise.tell))]
    if row.kind == UNPAID:
        return [Ahead(row.due_at, ask.say("What was promised until then and is not paid is late."), "promise")]
    if row.kind == "overdue" and dossier.state not in workflow.ends_in:
        return [Ahead(row.due_at, ask.say("What is owed until then and not there is overdue."), "overdue")]
    if row.kind == "obligation reminder" and dossier.state not in workflow.ends_in:
        told = _letters(ask, {APPLICANT: "obligation-reminder"})
        return [Ahead(row.due_at, ask.say("A reminder of what is owed goes out."), "reminder", told)]
    return []


def _is_tried(scene: Scene, dossier: DossierRow, transition: Transition) -> bool:
    """Whether a move is tried, as things stand: not where another of its chain takes the dossier first."""
    before = tried_before(scene.workflow, transition)
    return all(reasons_against(scene, dossier, one) for one in before)


def _says_nothing(scene: Scene, verdict: VerdictRow | None, row: DeadlineRow) -> bool:
    """Whether a reminder would say nothing, as things stand."""
    guards = scene.workflow.reminders[row.name].guards
    return any(guard.word == "verdict" for guard in guards) and verdict is not None


def _move(ask: Ask, row: DeadlineRow, transition: Transition, against: Sequence[Refusal], kind: str) -> Ahead:
    target = ask.said(ask.place.workflow.states[transition.target].title)
    said = ask.say("It becomes “%(state)s”.", state=target)
    if transition.frees:
        said = ask.say("Places are given from then on: it becomes “%(state)s” when one is free.", state=target)
    link = None
    if batch_of(transition):
        said += " " + ask.say("The letters are approved first.")
        link = (ask.say("Approve the letters"), f"/staff/{ask.place.key}/verdicts")
    told = transition.if_not if against and not isinstance(transition.if_not, str) else transition.tell
    return Ahead(
        row.due_at, said, "waits" if row.awaits_release else kind, _letters(ask, told),
        tuple(said_by(ask, one) for one in against), link, row.moment.endswith("closes"),
    )  # fmt: skip


def _verdict(
    ask: Ask, scene: Scene, dossier: DossierRow, row: DeadlineRow, verdict: VerdictRow | None
) -> Sequence[Ahead]:
    mine = [
        one for one in decisions_from(scene.workflow, dossier.state).values() if str(one.takes_effect) == row.moment
    ]
    # of those that share a day of the dossier's own the first speaks for all
    if not mine or (row.kind == DECIDES and mine[0].name != row.name):
        return []
    standing = scene.workflow.transitions[verdict.transition] if verdict else None
    if verdict is None or standing is None or str(standing.takes_effect) != row.moment:
        said = ask.say("Verdicts take effect. None stands on this dossier: it stays where it is.")
        minute = (ask.say("Minute a verdict"), f"{ask.place.committee_path}/{ask.place.number}/verdict")
        return [Ahead(row.due_at, said, "promise", link=minute)]
    against = reasons_not_to_take_effect(scene, dossier, verdict)
    found = _move(ask, row, standing, against, "verdict")
    return [found]


def _waiting(
    ask: Ask, scene: Scene, dossier: DossierRow, rows: Sequence[HeldBackRow]
) -> Sequence[Ahead]:
    """The calendar's moves that wait for what keeps the dossier back."""
    found = []
    for row in rows:
        transition = scene.workflow.transitions.get(row.transition)
        if transition is None or dossier.state not in transition.sources or transition.takes_effect:
            continue
        target = ask.said(scene.workflow.states[transition.target].title)
        against = reasons_against(scene, dossier, transition)
        said = ask.say("It should have become “%(state)s”, and will as soon as nothing is in the way.", state=target)
        found.append(Ahead(row.since, said, "waits", (), tuple(said_by(ask, one) for one in against)))
    return found


def _places(ask: Ask, scene: Scene, dossier: DossierRow) -> Iterator[Ahead]:
    """The places that it waits for, once they are given."""
    for way in ways_to_a_place(scene.workflow, dossier.state):
        if window_refusal(way.window, scene.calendar, scene.now) is None:
            target = ask.said(scene.workflow.states[way.target].title)
            said = ask.say("It becomes “%(state)s” when a place frees.", state=target)
            if number := number_in_line(scene.session, the_id(dossier), [way]):
                said += " " + ask.say("It is number %(n)s on the waiting list.", n=number)
            yield Ahead(scene.now, said, "place", _letters(ask, way.tell))


def role_said(ask: Ask, role: str) -> str:
    """Who is meant by a role of the rules."""
    known = {
        APPLICANT: ask.say("those who speak for it"),
        STAFF: ask.say("the staff"),
        EVERYONE: ask.say("everybody who asked to be told"),
    }
    committee = ask.place.workflow.committees.get(role)
    return ask.said(committee.title) if committee else known.get(role, role)


def _letters(ask: Ask, tell: Letters) -> tuple[str, ...]:
    return tuple(
        ask.say("“%(letter)s” to %(who)s", letter=letter.replace("-", " "), who=role_said(ask, role))
        for role, letter in tell.items()
    )


@dataclass(frozen=True, slots=True)
class Possible:
    """A move that somebody may choose from here: its address, or why not."""

    name: str
    title: str
    href: str
    by: str
    against: tuple[str, ...] = ()
    ends: bool = False


def possible(ask: Ask) -> tuple[list[Possible], list[Possible]]:
    """What staff may do with the dossier now, and what they may not, each with every reason."""
    place = ask.place
    with ask.reading() as session:
        moves = place.workflow.transitions.values()
        found = [one for transition in moves if (one := _possible(ask, session, transition))]
    return [one for one in found if not one.against], [one for one in found if one.against]


def _possible(ask: Ask, session: Session, transition: Transition) -> Possible | None:
    place = ask.place
    state = place.its_dossier.state
    committee = transition.by in place.workflow.committees
    if state not in transition.sources or not (transition.by == STAFF or committee):
        return None
    scene = scene_of(ask.office.cycle, session, place.key, ask.now)
    against = reasons_for_staff(scene, scene.dossier(place.number), transition, place.standing, by=ask.email)
    title = called(ask, transition.name)
    if committee and transition.takes_effect:
        href = f"{place.committee_path}/{place.number}/verdict"
    else:
        href = f"/staff/{place.key}/dossiers/{place.number}/act/{transition.name}"
    by = role_said(ask, transition.by or "")
    ends = transition.target in place.workflow.ends_in
    return Possible(transition.name, title, href, by, tuple(said_by(ask, one) for one in against), ends)

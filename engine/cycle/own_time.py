"""Until when may a dossier stay where it stands, or somebody act on it there, and how is that extended?

What is counted from the day on which a dossier came is its own: an extension moves it for that dossier, and for as long
as it stays. Where somebody may act for as long as the calendar waits, both end together.
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from engine.cycle.decided import Decision, record, tell
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.telling import edge_facts
from engine.cycle.timers import moved_days, set_timers
from engine.database.own_windows import moves_scoring
from engine.database.records import DeadlineRow, DossierRow
from engine.database.stays import Stay, came_into, stay_of
from engine.errors import Refusal
from engine.faults import point
from engine.rules.assessing import assessment_in
from engine.rules.moments import from_instant
from engine.rules.round import LocalEdge
from engine.rules.timers import AFTER, MOVES, WITHIN, last_day_of, over_at
from engine.rules.times import Span
from engine.rules.workflow import APPLICANT, Assessment, Meeting, Transition, Workflow


@dataclass(frozen=True, slots=True)
class OwnTime:
    """What one dossier has its own days for: `of` is what extensions call it (`pass_on after`, `accept within`).

    It is a move, a meeting that is held so soon (`visit within`), or the scoring of an assessment (`reading within`),
    which is the committee's.
    """

    of: str
    rule: Transition | Assessment | Meeting
    last_day: date

    @property
    def is_for_applicant(self) -> bool:
        """Whether whoever applied has these days to do something, or until the calendar does."""
        return isinstance(self.rule, Meeting) or self.rule.by in (None, APPLICANT)

    @property
    def is_move(self) -> bool:
        return isinstance(self.rule, Transition)


def own_times(scene: Scene, dossier: DossierRow) -> list[OwnTime]:
    """All that a dossier has its own days for where it stands, in the order of the file."""
    stay = stay_of(scene.session, dossier)
    found = []
    for transition in scene.workflow.transitions.values():
        if dossier.state in transition.sources:
            for word, span in ((AFTER, transition.after), (WITHIN, transition.within)):
                if span is not None:
                    last_day = _last_day(scene, dossier, stay, transition.name, word, span)
                    found.append(OwnTime(f"{transition.name} {word}", transition, last_day))
    for meeting in scene.workflow.meetings.values():
        if meeting.within is not None and dossier.state in meeting.open_to:
            last_day = _last_day(scene, dossier, stay, meeting.name, WITHIN, meeting.within)
            found.append(OwnTime(f"{meeting.name} {WITHIN}", meeting, last_day))
    assessment = assessment_in(scene.workflow, dossier.state)
    if assessment is not None and assessment.within is not None:
        last_day = _last_day_of_scoring(scene, dossier, stay, assessment, assessment.within)
        found.append(OwnTime(f"{assessment.name} {WITHIN}", assessment, last_day))
    return found


def _last_day(scene: Scene, dossier: DossierRow, stay: Stay, name: str, word: str, span: Span) -> date:
    moved = moved_days(scene, dossier, stay)
    day = last_day_of(stay.since, span, scene.calendar)
    if (own := moved.get(f"{name} {word}")) is not None:
        return own
    # whoever may act until the calendar does, may do so until then also when that was moved
    follows = [
        moved[of]
        for one in scene.workflow.transitions.values()
        if word == WITHIN and one.after and dossier.state in one.sources and (of := f"{one.name} {AFTER}") in moved
        and last_day_of(stay.since, one.after, scene.calendar) == day
    ]  # fmt: skip
    return max(follows, default=day)


def _last_day_of_scoring(
    scene: Scene, dossier: DossierRow, stay: Stay, assessment: Assessment, span: Span
) -> date:
    """The same of an assessment: where the calendar waits as long for the marks, both are moved together."""
    moved = moved_days(scene, dossier, stay)
    given = [moved[of] for of in moves_scoring(scene.workflow, assessment, dossier.state) if of in moved]
    return given[0] if given else last_day_of(stay.since, span, scene.calendar)


def within_refusal(scene: Scene, dossier: DossierRow, rule: Transition | Assessment) -> Refusal | None:
    """Why it is too late for an act whose time is counted from the day on which the dossier came, or None."""
    states = rule.sources if isinstance(rule, Transition) else rule.about
    if rule.within is None or dossier.state not in states:
        return None
    stay, zone = stay_of(scene.session, dossier), scene.calendar.zone
    if isinstance(rule, Assessment):
        last_day = _last_day_of_scoring(scene, dossier, stay, rule, rule.within)
    else:
        last_day = _last_day(scene, dossier, stay, rule.name, WITHIN, rule.within)
    ends = over_at(last_day, zone)
    if scene.now < ends:
        return None
    sentence = f"this was possible until the end of {last_day} ({zone}); it is now {from_instant(scene.now, zone)}"
    return Refusal("late", sentence, {"closed": ends, "zone": zone, "grace": 0})


def meeting_ends(scene: Scene, dossier: DossierRow, meeting: Meeting) -> int | None:
    """The first instant at which a meeting is held no more for a dossier that came where it is open to it; else None.

    What staff gave one dossier counts as long as it stands there.
    """
    assert meeting.within is not None
    if dossier.state in meeting.open_to:
        own = next(one for one in own_times(scene, dossier) if one.rule == meeting)
        return over_at(own.last_day, scene.calendar.zone)
    since = came_into(scene.session, dossier, meeting.open_to, scene.workflow.begins_in)
    return None if since is None else over_at(last_day_of(since, meeting.within, scene.calendar), scene.calendar.zone)


def is_own_time(scene: Scene, what: str) -> bool:
    """Whether an extension of that name moves something that dossiers have their own days for."""
    return has_own_time(scene.workflow, what)


def has_own_time(workflow: Workflow, what: str) -> bool:
    """The same, by any rules."""
    name, _, word = what.rpartition(" ")
    transition = workflow.transitions.get(name)
    if word == AFTER:
        return transition is not None and transition.after is not None
    rules = (transition, workflow.assessments.get(name), workflow.meetings.get(name))
    return word == WITHIN and any(one is not None and one.within is not None for one in rules)


def extend_own_time(
    scene: Scene, what: str, last_day: date, decision: Decision, *, dossier: DossierRow | None
) -> None:
    """Give a dossier until another last day. Raises Refused with every reason: not its own, past, done, no change."""
    refuse([
        Refusal("chosen", f'"{what}" is counted for each dossier by itself: say for which', {"because": "none"})
        if dossier is None else None,
    ])  # fmt: skip
    assert dossier is not None
    name = what.rpartition(" ")[0]
    own = next((one for one in own_times(scene, dossier) if one.of == what), None)
    if own is None:
        title = scene.workflow.states[dossier.state].title
        refuse([
            Refusal(
                "state", f'{dossier.number} is "{dossier.state}": nothing hangs on "{what}"',
                {"because": "nothing hangs on it", "state": title},
            )
        ])  # fmt: skip
    assert own is not None
    zone = scene.calendar.zone
    fired = _fired(scene, dossier, name) if what.endswith(f" {AFTER}") else None
    refuse([
        Refusal("past", f"{from_instant(over_at(last_day, zone), zone)} is past")
        if over_at(last_day, zone) <= scene.now else None,
        Refusal("same", f'"{what}" is on that date already') if last_day == own.last_day else None,
        Refusal("fired", f'"{what}" has passed ({fired.local}): what it did is not undone by an extension')
        if fired else None,
    ])  # fmt: skip
    old, new = LocalEdge(own.last_day), LocalEdge(last_day)
    record(scene, what, old, new, decision, dossier=dossier)
    set_timers(scene, dossier, since=scene.now)
    point("own time extended")
    if isinstance(own.rule, Assessment):
        return  # how long a committee reads is between it and the staff
    title = own.rule.title if isinstance(own.rule, Meeting) else scene.workflow.states[dossier.state].shown
    tell(scene, dossier, title, edge_facts(old, "closes"), edge_facts(new, "closes"), decision)


def _fired(scene: Scene, dossier: DossierRow, name: str) -> DeadlineRow | None:
    """The dossier's own deadline of a transition, when it has fired where it stands."""
    stay = stay_of(scene.session, dossier)
    return scene.session.exec(
        select(DeadlineRow).where(
            col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.ended_at).is_not(None),
            col(DeadlineRow.key) == f"{MOVES} {name} 1 {dossier.number} {stay.number}",
        )
    ).first()  # fmt: skip

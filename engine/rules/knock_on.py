"""What else does it touch when a date moves: phases that now overlap, days that a committee loses, promises at risk?"""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.rules.agenda import effect_at
from engine.rules.moments import Calendar
from engine.rules.times import EdgeName, Moment, Window
from engine.rules.workflow import Promise, Transition, Workflow

DAY = 86_400_000_000
"""microseconds"""
EDGES: tuple[EdgeName, ...] = ("opens", "closes")


@dataclass(frozen=True, slots=True)
class Overlap:
    """`later` now begins before `moved` is over, and did not before."""

    moved: str
    later: str


@dataclass(frozen=True, slots=True)
class Shorter:
    """A committee has so many days for its decisions on dossiers that come later now, in place of so many."""

    committee: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A promise falls due before what keeps it has happened, and did not before."""

    promise: str
    due_at: int
    kept_at: int
    """when the last of what keeps it happens now; UTC microseconds, like `due_at`"""


def overlaps(workflow: Workflow, before: Calendar, after: Calendar) -> Iterator[Overlap]:
    """The phases that overlap after a move and did not before it."""
    for phase in workflow.phases:
        closed, closes = (one.instant(Moment(phase, "closes")) for one in (before, after))
        for later in workflow.phases:
            opened, opens = (one.instant(Moment(later, "opens")) for one in (before, after))
            starts_first = after.instant(Moment(phase, "opens")) < opens
            if later != phase and starts_first and opened >= closed and opens < closes:
                yield Overlap(phase, later)


def shortened(workflow: Workflow, before: Calendar, after: Calendar) -> Iterator[Shorter]:
    """The committees that have fewer whole days than before between a dossier's arrival and their last decision."""
    found: dict[str, Shorter] = {}
    for transition in workflow.transitions.values():
        if transition.by not in workflow.committees or transition.window is None:
            continue
        had, has = (_days(workflow, calendar, transition, transition.window) for calendar in (before, after))
        known = found.get(transition.by or "")
        if has < had and (known is None or has < known.after):
            found[transition.by or ""] = Shorter(transition.by or "", had, has)
    yield from found.values()


def _days(workflow: Workflow, calendar: Calendar, transition: Transition, window: Window) -> int:
    starts, ends = calendar.window(window)
    arrivals = [
        calendar.instant(move.moment)
        for move in workflow.transitions.values()
        if move.moment is not None and move.target in transition.sources
    ]
    return max(0, ends - max([starts, *arrivals])) // DAY


def at_risk(workflow: Workflow, before: Calendar, after: Calendar, now: int) -> Iterator[AtRisk]:
    """The promises still ahead that can be kept no more by the dates, and could before."""
    for promise in workflow.promises.values():
        if promise.before is None or promise.pay:
            continue  # money is paid by people, whatever the dates
        due_before, due = (calendar.hearing(promise.before) for calendar in (before, after))
        kept_before, kept = (_kept_at(workflow, calendar, promise) for calendar in (before, after))
        if kept is not None and kept_before is not None and due > now and kept > due and kept_before <= due_before:
            yield AtRisk(promise.name, due, kept)


def _kept_at(workflow: Workflow, calendar: Calendar, promise: Promise) -> int | None:
    """When the last dossier can have left the states that a promise is about, by the dates; None where none says."""
    leaving = [
        moment
        for transition in workflow.transitions.values()
        if set(transition.sources) & set(promise.about) and transition.target not in promise.about
        for moment in (transition.effect, transition.moment)
        if moment is not None
    ]
    arriving = [
        transition.moment
        for transition in workflow.transitions.values()
        if transition.target in promise.about and transition.moment is not None
    ]
    left = [effect_at(workflow, calendar, moment) for moment in leaving]
    instants = left + [calendar.instant(moment) for moment in arriving]
    return max(instants, default=None) if leaving else None

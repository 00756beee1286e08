"""Until when has a dossier stood in its state for so long?

A span counts whole days of the round's calendar, as an offset from a phase does: "14 days" are over at the end of the
fourteenth day after the one on which the dossier came there. It is counted from the day on which that was written down,
so that nobody has less time because nothing ran for a while.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from engine.rules.agenda import ORDER, PLACES
from engine.rules.moments import Calendar, day_starts, from_instant
from engine.rules.workflow import Reminder, Span, Transition, Window, Workflow

TimerKind = Literal["timer", "timer reminder"]
MOVES: TimerKind = "timer"
"""the kind of a deadline at which the calendar moves one dossier, so long after it came where it stands"""
REMINDS: TimerKind = "timer reminder"
"""the kind of a deadline at which somebody is reminded that it still stands there"""
AFTER, WITHIN = "after", "within"
"""how an extension calls what it moves, behind the name of a transition: `pass_on after`, `accept within`"""
TIMERS: tuple[TimerKind, ...] = (MOVES, REMINDS)


@dataclass(frozen=True, slots=True)
class Timer:
    """One thing that the calendar does of one dossier unless it leaves before: instants are UTC microseconds.

    `number` tells the reminders of one name apart, and is 1 for a transition.
    """

    kind: TimerKind
    name: str
    number: int
    span: Span
    position: int
    at: int
    fires_at: int
    valid_until: int | None = None

    @property
    def word(self) -> str:
        """What its key begins with, before the dossier's number: `timer pass_on 1`."""
        return f"{self.kind} {self.name} {self.number}"

    @property
    def moment(self) -> str:
        return f"{self.span} after"


LEAST = {"working day": 1, "day": 1, "week": 7, "month": 28, "year": 365}
MOST = {"working day": 7, "day": 1, "week": 7, "month": 31, "year": 366}


def least_days(span: Span) -> int:
    """How many days a span has at least, whatever the months."""
    return span.count * LEAST[span.unit]


def most_days(span: Span) -> int:
    """How many days a span has at most, whatever the months."""
    return span.count * MOST[span.unit]


def last_day_of(since: int, span: Span, calendar: Calendar) -> date:
    """The last local day of a span that began at `since`. Raises OverflowError or ValueError beyond the calendar."""
    return calendar.shift(from_instant(since, calendar.zone).date(), span, 1)


def over_at(last_day: date, zone: str) -> int:
    """The first instant after a last day."""
    return day_starts(last_day + timedelta(days=1), zone)


def timers_from(
    workflow: Workflow, calendar: Calendar, state: str, *, since: int, settle: int, moved: dict[str, date] | None = None
) -> Iterator[Timer]:
    """All that the calendar does with a dossier that came into `state` at `since`, the transitions first.

    `moved` gives the last day of a transition for which it was moved for this dossier. A reminder is worth something
    until the next of its name, or until the first transition takes the dossier away.
    """
    transitions = list(_moves(workflow, calendar, state, since=since, settle=settle, moved=moved or {}))
    yield from transitions
    leaves = min((one.at for one in transitions), default=None)
    for reminder in workflow.reminders.values():
        if state in reminder.about:
            yield from _reminds(reminder, calendar, since=since, leaves=leaves)


def _moves(
    workflow: Workflow, calendar: Calendar, state: str, *, since: int, settle: int, moved: dict[str, date]
) -> Iterator[Timer]:
    for transition in workflow.transitions.values():
        if transition.after is None or state not in transition.sources:
            continue
        last_day = moved.get(transition.name) or last_day_of(since, transition.after, calendar)
        at = over_at(last_day, calendar.zone)
        position = ORDER.index("transition") * PLACES + transition.position
        yield Timer(MOVES, transition.name, 1, transition.after, position, at, at + settle)


def _reminds(reminder: Reminder, calendar: Calendar, *, since: int, leaves: int | None) -> Iterator[Timer]:
    days = [last_day_of(since, span, calendar) for span in reminder.after]
    instants = [calendar.morning(day) for day in days]
    for number, (span, at) in enumerate(zip(reminder.after, instants, strict=True), start=1):
        ends = [later for later in instants if later > at] + ([] if leaves is None else [leaves])
        position = ORDER.index("reminder") * PLACES + reminder.position
        yield Timer(REMINDS, reminder.name, number, span, position, at, at, min(ends, default=None))


def has_timers(workflow: Workflow, state: str) -> bool:
    """Whether the calendar does anything with a dossier because it has stood in a state for so long."""
    return any(one.after and state in one.sources for one in workflow.transitions.values()) or any(
        one.after and state in one.about for one in workflow.reminders.values()
    )


def of_timers(workflow: Workflow) -> list[Transition]:
    """The transitions that the calendar makes so long after a dossier came where it stands."""
    return [one for one in workflow.transitions.values() if one.after is not None]


def window_from(window: Window | None, within: Span | None, since: int, calendar: Calendar) -> tuple[int, int] | None:
    """A window as [first instant, first instant after), of a dossier that came where it stands at `since`; or None."""
    if within is not None:
        return since, over_at(last_day_of(since, within, calendar), calendar.zone)
    return calendar.window(window) if window else None

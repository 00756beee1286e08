"""Until when has a dossier stood in its state for so long?

A span counts whole days of the round's calendar, as an offset from a phase does: "14 days" are over at the end of the
fourteenth day after the one on which the dossier came there. It is counted from the day on which that was written down,
so that nobody has less time because nothing ran for a while.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from engine.rules.agenda import ORDER, PLACES
from engine.rules.moments import Calendar, day_starts, from_instant
from engine.rules.times import EdgeName, Moment, OwnMoment, Span
from engine.rules.workflow import Promise, Reminder, Transition, Workflow

TimerKind = Literal["timer", "timer reminder", "timer verdicts", "timer promise"]
MOVES: TimerKind = "timer"
"""the kind of a deadline at which the calendar moves one dossier, so long after it came where it stands"""
REMINDS: TimerKind = "timer reminder"
"""the kind of a deadline at which somebody is reminded that it still stands there"""
DECIDES: TimerKind = "timer verdicts"
"""the kind of a deadline at which the verdict on one dossier takes effect, on a day of its own"""
PROMISES: TimerKind = "timer promise"
"""the kind of a deadline at which it is looked at whether one dossier still waits for what was promised it by then"""
AFTER, WITHIN = "after", "within"
"""how an extension calls what it moves, behind the name of a transition: `pass_on after`, `accept within`"""
TIMERS: tuple[TimerKind, ...] = (MOVES, REMINDS, DECIDES, PROMISES)


@dataclass(frozen=True, slots=True)
class Timer:
    """One thing that the calendar does of one dossier unless it leaves before: instants are UTC microseconds.

    `number` tells the reminders of one name apart, and is 1 for a transition.
    """

    kind: TimerKind
    name: str
    number: int
    moment: str
    position: int
    at: int
    fires_at: int
    valid_until: int | None = None

    @property
    def word(self) -> str:
        """What its key begins with, before the dossier's number: `timer pass_on 1`."""
        return f"{self.kind} {self.name} {self.number}"


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


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of one dossier by itself: `moved` gives the last day of a transition that was moved for it.

    `anchors` gives the day that each of its own moments hangs on (`first_day`, `report accepted`), as far as there is
    one.
    """

    moved: Mapping[str, date] = field(default_factory=dict)
    anchors: Mapping[str, date] = field(default_factory=dict)


NOTHING = Given()


def timers_from(
    workflow: Workflow, calendar: Calendar, state: str, *, since: int, settle: int, given: Given = NOTHING
) -> Iterator[Timer]:
    """All that the calendar does with a dossier that came into `state` at `since`, the transitions first.

    A reminder is worth something until the next of its name, or until the first transition takes the dossier away.
    What hangs on a day that nobody has given yet has no deadline yet; what is past as the dossier comes happens at
    once, and what was promised by a day that is past, by the end of the day on which it came.
    """
    moves = [
        timer
        for transition in workflow.transitions.values()
        if transition.is_timed and state in transition.sources
        and (timer := _move(transition, calendar, since=since, settle=settle, given=given)) is not None
    ]  # fmt: skip
    yield from moves
    leaves = min((one.at for one in moves), default=None)
    for reminder in workflow.reminders.values():
        if state in reminder.about:
            yield from _reminds(reminder, calendar, since=since, leaves=leaves, given=given)
    for transition in workflow.transitions.values():
        if transition.own_effect and state in transition.sources:
            at = own_hearing(transition.own_effect, calendar, given.anchors)
            if at is not None:
                place = ORDER.index("verdicts") * PLACES + transition.position
                at = max(at, since)
                yield Timer(DECIDES, transition.name, 1, str(transition.own_effect), place, at, at)
    for promise in promised_on_own_days(workflow):
        if promise.own and state in promise.about:
            at = own_hearing(promise.own, calendar, given.anchors)
            if at is not None:
                place = ORDER.index("promise") * PLACES + promise.position
                at = max(at, calendar.morning(from_instant(since, calendar.zone).date() + timedelta(days=1)))
                yield Timer(PROMISES, promise.name, 1, str(promise.own), place, at, at)


def _move(transition: Transition, calendar: Calendar, *, since: int, settle: int, given: Given) -> Timer | None:
    position = ORDER.index("transition") * PLACES + transition.position
    if transition.own is not None:
        at = own_instant(transition.own, calendar, given.anchors)
        if at is None:
            return None
        wait = settle if transition.own.is_accepted else 0
        at = max(at, since)
        return Timer(MOVES, transition.name, 1, str(transition.own), position, at, at + wait)
    assert transition.after is not None
    last_day = given.moved.get(transition.name) or last_day_of(since, transition.after, calendar)
    at = over_at(last_day, calendar.zone)
    return Timer(MOVES, transition.name, 1, f"{transition.after} after", position, at, at + settle)


def _own_day(moment: OwnMoment, calendar: Calendar, anchors: Mapping[str, date]) -> date | None:
    day = anchors.get(moment.hangs_on)
    if day is None or moment.span is None:
        return day
    return calendar.shift(day, moment.span, -1 if moment.direction == "before" else 1)


def own_instant(moment: OwnMoment, calendar: Calendar, anchors: Mapping[str, date]) -> int | None:
    """The instant of a dossier's own moment; None while nobody has given the day that it hangs on.

    A day that somebody names begins with its first instant. Days after something was accepted are given in full.
    """
    day = _own_day(moment, calendar, anchors)
    if day is None:
        return None
    return over_at(day, calendar.zone) if moment.is_accepted else day_starts(day, calendar.zone)


def own_hearing(moment: OwnMoment, calendar: Calendar, anchors: Mapping[str, date]) -> int | None:
    """When people hear because of a dossier's own moment: at `mails_at` of its day, or of the next one where that day
    is given in full; None while nobody has given the day that it hangs on."""
    day = _own_day(moment, calendar, anchors)
    if day is None:
        return None
    return calendar.morning(day + timedelta(days=1) if moment.is_accepted else day)


def day_of(moment: OwnMoment, heard_at: int, calendar: Calendar) -> tuple[date, EdgeName]:
    """The day that people would name of which they hear then (`own_hearing`), and whether it begins or ends with it."""
    day = from_instant(heard_at, calendar.zone).date()
    return (day - timedelta(days=1), "closes") if moment.is_accepted else (day, "opens")


def instant_of(moment: Moment | OwnMoment, calendar: Calendar, anchors: Mapping[str, date]) -> int | None:
    """The instant of a moment of the calendar, or of the dossier's own, which may not be known yet."""
    return calendar.instant(moment) if isinstance(moment, Moment) else own_instant(moment, calendar, anchors)


def _reminds(
    reminder: Reminder, calendar: Calendar, *, since: int, leaves: int | None, given: Given
) -> Iterator[Timer]:
    instants: list[tuple[str, int | None]] = [
        (f"{span} after", calendar.morning(last_day_of(since, span, calendar))) for span in reminder.after
    ]
    for moment in reminder.own:
        day = _own_day(moment, calendar, given.anchors)
        instants.append((str(moment), None if day is None else calendar.morning(day)))
    for number, (moment_said, at) in enumerate(instants, start=1):
        if at is None:
            continue
        ends = [later for _, later in instants if later is not None and later > at]
        ends += [] if leaves is None or leaves <= at else [leaves]
        position = ORDER.index("reminder") * PLACES + reminder.position
        yield Timer(REMINDS, reminder.name, number, moment_said, position, at, at, min(ends, default=None))


def own_moments(workflow: Workflow) -> tuple[OwnMoment, ...]:
    """Every moment of the rules that each dossier has by itself."""
    moves = [one.own for one in workflow.transitions.values() if one.own]
    limited = [one.own_window for one in workflow.transitions.values()]
    limited += [one.own_window for one in workflow.meetings.values()]
    limited += [one.own_window for one in workflow.obligations.values()]
    limited += [one.own_window for one in workflow.assessments.values()]
    windows = [moment for window in limited if window for moment in window.own]
    promised = [one.own for one in workflow.promises.values() if one.own]
    moves += [one.own_effect for one in workflow.transitions.values() if one.own_effect]
    return (*moves, *windows, *(moment for one in workflow.reminders.values() for moment in one.own), *promised)


def hangs_on_own_day(workflow: Workflow, state: str) -> bool:
    """Whether anything that happens in a state hangs on a day that each dossier has by itself."""
    moves, reminders = workflow.transitions.values(), workflow.reminders.values()
    return (
        any((one.own or one.own_effect) and state in one.sources for one in moves)
        or any(one.own and state in one.about for one in reminders)
        or any(state in one.about for one in promised_on_own_days(workflow))
    )


def promised_on_own_days(workflow: Workflow) -> list[Promise]:
    """What is promised each dossier by a day of its own, and is no money."""
    return [one for one in workflow.promises.values() if one.own and not one.pay]


def has_timers(workflow: Workflow, state: str) -> bool:
    """Whether the calendar does anything with a dossier because it has stood in a state for so long."""
    return (
        hangs_on_own_day(workflow, state)
        or any(one.after and state in one.sources for one in workflow.transitions.values())
        or any(one.after and state in one.about for one in workflow.reminders.values())
    )


def of_timers(workflow: Workflow) -> list[Transition]:
    """The transitions that the calendar makes of each dossier on a day of its own."""
    return [one for one in workflow.transitions.values() if one.is_timed]

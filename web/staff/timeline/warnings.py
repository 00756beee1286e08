"""Which dates of a round are to be looked at: on a day off, two on one day, on a day on which the clocks change?"""

from dataclasses import dataclass
from datetime import date, timedelta

from engine.rules.moments import Calendar, day_starts, is_never
from engine.rules.times import EdgeName, Moment
from engine.rules.workflow import APPLICANT
from engine.rules.working_days import day_off, holiday
from web import dates
from web.ask import Ask
from web.staff.timeline.wording import edge_words, named_day

DAY = 86_400_000_000
"""microseconds of a day that is as long as most"""


@dataclass(frozen=True, slots=True)
class Warned:
    """One sentence about a day, and what of the round it is about (`call closes`)."""

    day: date
    of: tuple[str, ...]
    sentence: str


def clocks_change(day: date, zone: str) -> bool:
    """Whether a local day is longer or shorter than others."""
    return day_starts(day + timedelta(days=1), zone) - day_starts(day, zone) != DAY


def is_odd(day: date, calendar: Calendar) -> bool:
    """Whether a deadline on that day is to be looked at."""
    return bool(day_off(day, calendar.round.holidays)) or clocks_change(day, calendar.zone)


def warnings_of(ask: Ask, calendar: Calendar) -> list[Warned]:
    """What is odd about the deadlines of the round that are still ahead, in order of time."""
    workflow, found = ask.place.workflow, []
    for_applicants: dict[date, list[str]] = {}
    edges: tuple[EdgeName, ...] = ("opens", "closes")
    parts = ((phase, one) for phase in workflow.phases for one in calendar.parts(phase, workflow.strands))
    for phase, theirs in parts:
        for edge in edges:
            at = theirs.instant(Moment(phase, edge))
            if at <= ask.now or is_never(at):
                continue
            day = named_day(calendar, at, closes=edge == "closes")
            of = " ".join(filter(None, (phase, edge, theirs.strand)))
            found += odd_day(ask, calendar, day, of)
            if edge == "closes" and _applicants_act_until(ask, phase):
                for_applicants.setdefault(day, []).append(of)
    for day, of_day in for_applicants.items():
        if len(of_day) > 1:
            names = ", ".join(edge_words(ask, *of.split(" ")) for of in of_day)
            sentence = ask.say(
                "Two deadlines for applicants on %(day)s: %(names)s.", day=dates.day(day, ask.language), names=names
            )
            found.append(Warned(day, tuple(of_day), sentence))
    return sorted(found, key=lambda one: one.day)


def odd_day(ask: Ask, calendar: Calendar, day: date, of: str) -> list[Warned]:
    """What is odd about something on that day, in one sentence; nothing where nothing is."""
    why = oddities(ask, day, calendar)
    if not why:
        return []
    what, said = edge_words(ask, *of.split(" ")), dates.day(day, ask.language)
    sentence = ask.say("%(what)s on %(day)s: %(why)s.", what=what, day=said, why=", ".join(why))
    return [Warned(day, (of,), sentence)]


def oddities(ask: Ask, day: date, calendar: Calendar) -> list[str]:
    """What is odd about a day: a holiday by its name, a weekend, a change of the clocks."""
    found = []
    if name := holiday(day, calendar.round.holidays, ask.language):
        found.append(ask.say("a holiday (%(name)s)", name=name))
    elif day_off(day, calendar.round.holidays):
        found.append(ask.say("a weekend"))
    if clocks_change(day, calendar.zone):
        found.append(ask.say("the clocks change"))
    return found


def _applicants_act_until(ask: Ask, phase: str) -> bool:
    """Whether applicants can do something, or owe something, until a phase closes."""
    workflow = ask.place.workflow
    acts = [one.window for one in workflow.transitions.values() if one.by == APPLICANT and one.window]
    owed = [one.window for one in workflow.obligations.values() if one.window]
    return any((window.end.phase, window.end.edge) == (phase, "closes") for window in (*acts, *owed))

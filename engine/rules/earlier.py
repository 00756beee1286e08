"""What did the applicant do before, in this round and in others, and does it reach as far as today?

A span is counted in days of the round's zone: what happened on 3 May is two years old when 3 May two years later
begins. Rounds are counted in the order in which they were opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from engine.rules.conditions import Once, Reach, Recent
from engine.rules.moments import day_starts, from_instant, shift


@dataclass(frozen=True, slots=True)
class Other:
    """Another dossier of the programme that has to do with the applicant of the one that is judged."""

    number: str
    round: str
    """the key of its round"""
    rounds_ago: int
    """how many rounds before this one its round was opened; negative when after"""
    organisation: bool = False
    """whether it is of the same organisation"""
    person: bool = False
    """whether somebody who speaks for the one that is judged spoke for it"""
    named: bool = False
    """whether the one that is judged names it, in its question of kind dossier"""
    received_at: int | None = None
    """when it was handed in, if it counts: neither a draft again nor in a state that gives its place back"""
    is_first: bool = False
    """whether it was handed in before the one that is judged, which may be a draft yet"""
    entered: Mapping[str, int] = field(default_factory=dict)
    """state -> when it was entered last (UTC microseconds)"""
    may_be_named: bool = False
    """whether everybody who is told of it may know of it"""


@dataclass(frozen=True, slots=True)
class Before:
    """The other dossiers as they are seen at one instant, by the clocks and the working days of a round."""

    now: int
    zone: str
    holidays: str
    others: tuple[Other, ...] = ()
    names_one: bool = False
    """whether the form asks which earlier dossier is followed up, so that only this one is looked at"""


def reaches_from(reach: Reach, now: int, zone: str, holidays: str) -> int | None:
    """The first instant that still counts, of a span that is counted back from now; None where no span is meant."""
    if reach.span is None:
        return None
    today = from_instant(now, zone).date()
    return day_starts(shift(today, reach.span, -1, holidays) + timedelta(days=1), zone)


def until(reach: Reach, at: int, zone: str, holidays: str) -> date | None:
    """The first day on which what happened at an instant counts no more; None where no span is meant."""
    if reach.span is None:
        return None
    since = from_instant(at, zone).date()
    day = shift(since, reach.span, 1, holidays)
    while shift(day, reach.span, -1, holidays) < since:  # the 31st has no like in a shorter month
        day += timedelta(days=1)
    while shift(day - timedelta(days=1), reach.span, -1, holidays) >= since:  # days off look back as the day after does
        day -= timedelta(days=1)
    return day


def handed_in_within(once: Once, before: Before) -> Other | None:
    """The dossier of the same person or organisation that was handed in within reach, the newest one; or None.

    Rounds count both ways: of two rounds in a row the one that was opened later may be answered first.
    """
    start = reaches_from(once.reach, before.now, before.zone, before.holidays)
    found = [
        one
        for one in before.others
        if (one.person if once.of == "person" else one.organisation)
        and one.received_at is not None
        and one.is_first
        and (start is None or one.received_at >= start)
        and (once.reach.rounds is None or abs(one.rounds_ago) < once.reach.rounds)
    ]
    return max(found, key=lambda one: (one.received_at or 0, one.number), default=None)


def entered_within(recent: Recent, before: Before, *, named: bool) -> tuple[Other, int] | None:
    """The earlier dossier of the same organisation that entered a state within reach, and when; the newest, or None.

    With `named` only the one that the applicant names counts, where the form asks for one.
    """
    start = reaches_from(recent.reach, before.now, before.zone, before.holidays)
    found = [
        (one, at)
        for one in before.others
        if (one.named if named and before.names_one else one.organisation)
        and (at := one.entered.get(recent.state)) is not None
        and (start is None or at >= start)
        and (recent.reach.rounds is None or 0 <= one.rounds_ago <= recent.reach.rounds)
    ]
    return max(found, key=lambda pair: (pair[1], pair[0].number), default=None)

"""How is a zone's clock explained to a calendar that does not know it?

As a VTIMEZONE of yearly rules, read from the zone data of the pinned wheel: the POSIX rule at the end of a zone's
file says what holds from some year on, and for ever; the changes before it are written one by one, as far back as
the events go. The component that icalendar derives by itself is read an hour wrong by other programs.
"""

import importlib.resources
import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from engine.rules.moments import zone_info

DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
FAR = 2100
"""the year from which the rule is followed back; zone data write single changes until 2087 at most"""
BEGINNING = 1970
"""as far back as VTIMEZONEs go"""
OFFSET = r"[+-]?\d{1,3}(?::\d\d){0,2}"
POSIX = re.compile(
    rf"(?:<[^>]+>|[A-Za-z]+)(?P<standard>{OFFSET})"
    rf"(?:(?:<[^>]+>|[A-Za-z]+)(?P<summer>{OFFSET})?,(?P<begins>[^,]+),(?P<ends>[^,]+))?"
)
YEARLY = re.compile(rf"M(?P<month>\d+)\.(?P<week>\d)\.(?P<day>\d)(?:/(?P<hour>{OFFSET}))?")


@dataclass(frozen=True, slots=True)
class Onset:
    """A change of the clocks: the wall time at which it comes, by the offset before it."""

    local: datetime
    before: timedelta
    after: timedelta
    name: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A change that comes every year: on one weekday among these days of a month."""

    month: int
    weekday: int
    days: tuple[int, ...]
    """empty: the last of the month"""
    hour: timedelta
    before: timedelta
    after: timedelta

    def local(self, year: int) -> datetime:
        """Its wall time in that year, by the offset before it."""
        last = monthrange(year, self.month)[1]
        among = self.days or range(last - 6, last + 1)
        day = next(day for day in among if date(year, self.month, day).isoweekday() % 7 == self.weekday)
        return datetime(year, self.month, day) + self.hour

    def recurrence(self) -> vRecur:
        parts: dict[str, object] = {"FREQ": "YEARLY", "BYMONTH": self.month}
        if self.days:
            return vRecur({**parts, "BYMONTHDAY": list(self.days), "BYDAY": DAYS[self.weekday]})
        return vRecur({**parts, "BYDAY": f"-1{DAYS[self.weekday]}"})


def timezone_of(zone: str, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE with which events of these years, both included, are read right.

    Raises GrantcycleError for a name that is no zone.
    """
    component = Timezone()
    component.add("tzid", zone)
    rules, since = _lasting(zone)
    start = datetime(max(first_year - 1, BEGINNING), 1, 1)
    if start.year < since or not rules:
        offset, name = _at(zone, start.replace(tzinfo=UTC))
        component.add_component(_observance(Onset(start, offset, offset, name)))
        until = since if rules else max(since, last_year + 2)
        for year in range(start.year, min(until, last_year + 2)):
            for onset in changes(zone, year):
                component.add_component(_observance(onset))
    for rule in rules:
        local = rule.local(since)
        name = _at(zone, (local - rule.before).replace(tzinfo=UTC))[1]
        observance = _observance(Onset(local, rule.before, rule.after, name))
        observance.add("rrule", rule.recurrence())
        component.add_component(observance)
    return component


def _observance(onset: Onset) -> TimezoneStandard | TimezoneDaylight:
    observance = TimezoneDaylight() if onset.after > onset.before else TimezoneStandard()
    observance.add("tzname", onset.name)
    observance.add("dtstart", onset.local)
    observance.add("tzoffsetfrom", onset.before)
    observance.add("tzoffsetto", onset.after)
    return observance


@cache
def changes(zone: str, year: int) -> tuple[Onset, ...]:
    """Every change of the clocks in a year (of UTC), in order."""
    found = []
    at, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    before = _at(zone, at)[0]
    while at < end:
        following = min(at + timedelta(days=7), end)
        after = _at(zone, following)[0]
        if after != before:
            # more often than weekly no clock has been changed
            low, high = at, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if _at(zone, middle)[0] == before else (low, middle)
            offset, name = _at(zone, high)
            found.append(Onset((high + before).replace(tzinfo=None), before, offset, name))
            before = after
        at = following
    return tuple(found)


def _at(zone: str, instant: datetime) -> tuple[timedelta, str]:
    local = instant.astimezone(zone_info(zone))
    return local.utcoffset() or timedelta(0), local.tzname() or zone


@cache
def _lasting(zone: str) -> tuple[tuple[Rule, ...], int]:
    """The zone's rules for ever, and the first year from which on they tell every change; none where there is none,
    or where they cannot be written as a recurrence."""
    rules = tuple(_rules(_posix(zone)))
    since = FAR
    while since > BEGINNING and _told(rules, since - 1) == {
        (onset.local, onset.before, onset.after) for onset in changes(zone, since - 1)
    }:
        since -= 1
    return (rules, since) if since < FAR or not rules else ((), FAR)


def _told(rules: tuple[Rule, ...], year: int) -> set[tuple[datetime, timedelta, timedelta]]:
    return {(rule.local(year), rule.before, rule.after) for rule in rules}


def _posix(zone: str) -> str:
    zone_info(zone)  # refuses what is no zone, and what leads out of the wheel
    data = importlib.resources.files("tzdata.zoneinfo").joinpath(*zone.split("/")).read_bytes()
    return data.rstrip(b"\n").rpartition(b"\n")[2].decode("ascii")


def _rules(posix: str) -> Iterator[Rule]:
    """The two yearly changes of a POSIX rule; nothing where there are none, or one is no recurrence."""
    parts = POSIX.fullmatch(posix)
    if parts is None or parts["begins"] is None:
        return
    winter = -_span(parts["standard"])
    summer = -_span(parts["summer"]) if parts["summer"] else winter + timedelta(hours=1)
    begins = _rule(parts["begins"], winter, summer)
    ends = _rule(parts["ends"], summer, winter)
    if begins is not None and ends is not None:
        yield from (begins, ends)


def _rule(text: str, before: timedelta, after: timedelta) -> Rule | None:
    parts = YEARLY.fullmatch(text)
    if parts is None:
        return None
    month, week, weekday = (int(parts[name]) for name in ("month", "week", "day"))
    hour = _span(parts["hour"] or "2")
    shift = hour // timedelta(days=1)  # an hour beyond the day, or before it, is of a neighbouring day
    hour -= timedelta(days=shift)
    weekday = (weekday + shift) % 7
    if week == 5:
        # "the day before the last Sunday" could be written too, and is read wrong by ical.js
        return Rule(month, weekday, (), hour, before, after) if shift == 0 else None
    days = tuple(range(7 * week - 6 + shift, 7 * week + 1 + shift))
    if days[0] < 1 or days[-1] > 28 + 2 * (month != 2):
        return None
    return Rule(month, weekday, days, hour, before, after)


def _span(text: str) -> timedelta:
    hours, minutes, seconds, *_ = (*(int(part) for part in text.lstrip("+-").split(":")), 0, 0)
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -span if text.startswith("-") else span

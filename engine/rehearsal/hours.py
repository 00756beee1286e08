"""At which hour would somebody really do this?"""

import random
from datetime import datetime, time, timedelta

from engine.rules.moments import LostHour, from_instant, to_instant

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def instant_of(local: datetime, zone: str) -> int:
    """The instant of a local wall time, an hour later where the clocks skip it."""
    try:
        return to_instant(local.date(), local.time(), zone)
    except LostHour:
        later = local + timedelta(hours=1)
        return to_instant(later.date(), later.time(), zone)


def on_workday(instant: int, zone: str, hour: time, *, within: tuple[int, int]) -> int:
    """That hour on the day of the instant, or on the Friday before a weekend.

    When this leaves `within` (first instant, first instant after), the instant itself, kept inside.
    """
    first, end = within
    local = from_instant(instant, zone)
    day = local.date() - timedelta(days=max(local.weekday() - 4, 0))
    wanted = instant_of(datetime.combine(day, hour), zone)
    if first <= wanted < end:
        return wanted
    return max(first, min(instant, end - 1))


def next_workday(instant: int, zone: str, hour: time) -> int:
    """That hour on the first weekday after the day of the instant."""
    day = from_instant(instant, zone).date() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return instant_of(datetime.combine(day, hour), zone)


def part(window: tuple[int, int], share: float) -> int:
    """The instant so far into a window: 0 is its first instant, 1 its end."""
    first, end = window
    return first + int((end - first) * share)


def office_hour(chance: random.Random) -> time:
    """A moment between nine and half past four."""
    minutes = chance.randint(0, 449)
    return time(9 + minutes // 60, minutes % 60, chance.randint(0, 59))


def waking_hour(chance: random.Random) -> time:
    """A moment between eight and eleven in the evening, when applicants work."""
    minutes = chance.randint(0, 899)
    return time(8 + minutes // 60, minutes % 60, chance.randint(0, 59))

"""How is it said when and where a meeting takes place?"""

from datetime import date

from web import dates
from web.ask import Ask


def when_said(
    ask: Ask, day: str, starts_at: int | None, ends_at: int | None, zone: str, *, with_zone: bool = True
) -> str:
    """A day (ISO) with its hours: `Thursday 9 May 2019, 09:30 to 12:00 (Brussels)`; a day without hours is whole."""
    said = dates.day(date.fromisoformat(day), ask.language)
    if starts_at is None:
        return said
    facts = {"day": said, "start": dates.hour(starts_at, zone, ask.language)}
    if ends_at is None:
        said = ask.say("%(day)s, from %(start)s", **facts)
    else:
        said = ask.say("%(day)s, %(start)s to %(end)s", end=dates.hour(ends_at, zone, ask.language), **facts)
    return f"{said} ({dates.zone_name(zone, ask.language)})" if with_zone else said


def where_said(ask: Ask, place: str | None, online: str | None) -> str:
    """The place, and that it is on line; the address itself is said by whoever knows that the reader is admitted."""
    if place and online:
        return ask.say("%(place)s, and online", place=place)
    return place or (ask.say("Online") if online else "")

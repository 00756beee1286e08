"""What does the entry of a calendar say that comes with a letter, for somebody who looks at the letter?

A letter may be anybody's: what cannot be read is not told.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from engine.errors import GrantcycleError
from engine.rules.moments import EPOCH, zone_info
from web import dates
from web.ask import Ask
from web.writing import LetterFile

LONGEST = 100_000
"""characters of an entry that is read: ours are a few thousand"""
Pairs = list[tuple[str, str]]


def card(ask: Ask, files: Iterable[LetterFile]) -> Pairs:
    """What the first entry among a letter's files says, a label and a value each; nothing where there is none."""
    texts = (file.text for file in files if file.content_type == "text/calendar" and file.text)
    text = next((text for text in texts if len(text) <= LONGEST), None)
    if text is None:
        return []
    try:
        calendar = Calendar.from_ical(text)
        event = next(iter(calendar.walk("VEVENT")))
        assert isinstance(event, Event)
        return _said(ask, str(calendar.get("METHOD", "")), event)
    except Exception:  # it is somebody else's text, and the library fails on it in many ways
        return []


def _said(ask: Ask, method: str, event: Event) -> Pairs:
    does = {
        "REQUEST": ask.say("a change") if int(event.get("SEQUENCE", 0)) else ask.say("an invitation"),
        "CANCEL": ask.say("a cancellation"),
    }  # fmt: skip
    return [
        (ask.say("In the calendar"), does.get(method, method)),
        (ask.say("What"), str(event.get("SUMMARY", ""))),
        (ask.say("When"), _when(ask, event)),
        *([(ask.say("Where"), str(event["LOCATION"]))] if "LOCATION" in event else []),
    ]


def _when(ask: Ask, event: Event) -> str:
    starts, ends = event.decoded("DTSTART"), event.decoded("DTEND", None)
    if isinstance(starts, datetime) and starts.tzinfo is not None:
        zone = _zone(event["DTSTART"].params.get("TZID"), ask.office.zone)
        said = dates.moment(_instant(starts), zone, ask.language)
        if not isinstance(ends, datetime) or ends.tzinfo is None:
            return said
        until = dates.hour(_instant(ends), zone, ask.language)
        return ask.say("%(moment)s, until %(hour)s", moment=said, hour=until)
    return dates.day(starts, ask.language) if isinstance(starts, date) else ""


def _zone(named: object, otherwise: str) -> str:
    """The zone on whose clocks an entry tells its hours; where it tells none, those of the site."""
    try:
        zone_info(str(named))
    except GrantcycleError:
        return otherwise
    return str(named)


def _instant(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)

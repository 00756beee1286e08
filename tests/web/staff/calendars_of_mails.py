"""What stands in somebody's calendar who has opened every mail, and knows of nothing else?

As a calendar does it (RFC 5546, 2.1.4 and 2.1.5): one entry for a UID, of which the higher SEQUENCE counts, then the
later DTSTAMP; a CANCEL takes it away for good, unless a higher SEQUENCE asks once more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar

from notifications.catcher import Caught


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the newest mail has it."""

    sequence: int
    stamp: datetime
    method: str
    starts: datetime
    ends: datetime
    place: str


Calendars = dict[str, dict[str, Entry]]


def play(letters: Iterable[Caught]) -> Calendars:
    """address -> uid -> the entry, after all these mails in the order given; what was taken away is there as CANCEL."""
    calendars: Calendars = {}
    for letter in letters:
        for event, method in _events(letter.message):
            (attendee,) = _all(event.get("ATTENDEE"))
            assert str(attendee).lower() == f"mailto:{letter.recipient}", "a mail asks nobody but its reader"
            uid, entry = str(event["UID"]), _entry(event, method)
            mine = calendars.setdefault(letter.recipient, {})
            known = mine.get(uid)
            if known is None or (entry.sequence, entry.stamp) >= (known.sequence, known.stamp):
                mine[uid] = entry
    return calendars


def hours(calendars: Calendars) -> dict[str, list[str]]:
    """address -> from when until when she is to be there, of all that is not cancelled: `09:30-09:50`."""
    return {
        address: sorted(
            f"{one.starts:%H:%M}-{one.ends:%H:%M}" for one in mine.values() if one.method == "REQUEST"
        )
        for address, mine in sorted(calendars.items())
    }


def _events(message: EmailMessage) -> Iterable[tuple[Any, str]]:
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            calendar = Calendar.from_ical(part.get_payload(decode=True))
            method = str(calendar["METHOD"])
            assert part.get_param("method") == method
            for event in calendar.walk("VEVENT"):
                yield event, method


def _entry(event: Any, method: str) -> Entry:
    return Entry(
        int(event["SEQUENCE"]), event["DTSTAMP"].dt.astimezone(UTC), method, event["DTSTART"].dt, event["DTEND"].dt,
        str(event.get("LOCATION", "")),
    )  # fmt: skip


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

"""How are events written so that every calendar program reads the same days and instants?

A feed is published (METHOD:PUBLISH), never an invitation. Its bytes are a function of what it tells: DTSTAMP and
LAST-MODIFIED are the instant at which an event last changed, not that of the asking, so that a feed in which nothing
changed is the same to the last byte, and its ETag holds.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.headerregistry import Address
from typing import Literal

from icalendar import Calendar, Event

from engine.calendars.writing import URL, clocks, lines, mailbox, one_line, utc
from engine.calendars.zones import timezone_of
from engine.rules.moments import zone_info

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, from the first to the last, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Hours:
    """From one instant to another, in UTC microseconds; without an end, it is a moment at which something begins."""

    starts_at: int
    ends_at: int | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a feed. The texts are plain, whoever typed them.

    `key` names it for ever within its installation (`small-grants/2030/phase/call`), `changed_at` is the instant (UTC
    microseconds) at which anything of it last changed. `busy`: whether it takes its reader's time. What somebody has
    from a letter as well carries the letter's `uid` and `sequence` word for word, so that it is one and the same entry.
    """

    key: str
    title: str
    when: Days | Hours
    changed_at: int
    place: str = ""
    description: str = ""
    url: str = ""
    category: str = ""
    busy: bool = False
    uid: str = ""
    sequence: int = 0
    status: Literal["", "TENTATIVE", "CONFIRMED", "CANCELLED"] = ""
    """`CANCELLED` where a program that keeps what is gone would else show it for ever"""


@dataclass(frozen=True, slots=True)
class Source:
    """From where a feed comes: the host that makes its UIDs unique, and whom to ask (RFC 5546 wants an organizer)."""

    host: str
    organizer: Address


def feed(name: str, happenings: Iterable[Happening], zone: str, source: Source, *, private: bool = False) -> bytes:
    """The feed of that name as text/calendar, its hours told by the clocks of `zone`.

    `private` marks the events of a person's own feed. Raises GrantcycleError for a name that is no zone.
    """
    events = sorted(happenings, key=lambda one: (_order(one, zone), one.key))
    calendar = Calendar()
    calendar.add("prodid", "-//grantcycle//feed//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", one_line(name))
    calendar.add("x-wr-calname", one_line(name))
    calendar.add("x-wr-timezone", zone)
    calendar.add("refresh-interval", HOUR, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    told = [moment for one in events if isinstance(one.when, Hours) for moment in _locals(one.when, zone)]
    years = [moment.year for moment in told if moment.tzinfo is not UTC]
    if years or not events:  # a calendar may not be empty
        calendar.add_component(timezone_of(zone, min(years, default=2000), max(years, default=2000)))
    for one in events:
        calendar.add_component(_event(one, zone, source, private=private))
    return bytes(calendar.to_ical(sorted=False))


def feed_headers(content: bytes) -> dict[str, str]:
    """The headers that a feed is answered with; a request with the same ETag may be answered 304."""
    return {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'inline; filename="calendar.ics"',
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }


def _event(one: Happening, zone: str, source: Source, *, private: bool) -> Event:
    event = Event()
    event.add("uid", one.uid or f"{re.sub(r'[^A-Za-z0-9._/-]', '_', one.key)}@{source.host}")
    event.add("dtstamp", utc(one.changed_at))
    event.add("last-modified", utc(one.changed_at))
    if one.sequence:
        event.add("sequence", one.sequence)
    if one.status:
        event.add("status", one.status)
    if isinstance(one.when, Days):
        event.add("dtstart", one.when.first)
        event.add("dtend", one.when.last + timedelta(days=1))  # exclusive
    else:
        starts, *ends = _locals(one.when, zone)
        event.add("dtstart", starts)
        for end in ends:
            event.add("dtend", end)
    event.add("summary", one_line(one.title))
    event.add("organizer", mailbox(source.organizer.display_name, source.organizer.addr_spec))
    if place := one_line(one.place):
        event.add("location", place)
    if description := lines(one.description):
        event.add("description", description)
    if URL.fullmatch(one.url):
        event.add("url", one.url)
    if category := one_line(one.category):
        event.add("categories", [category])
    event.add("class", "PRIVATE" if private else "PUBLIC")
    event.add("transp", "OPAQUE" if one.busy and one.status != "CANCELLED" else "TRANSPARENT")
    return event


def _locals(hours: Hours, zone: str) -> list[datetime]:
    """From when to when, on the clocks of the zone."""
    return clocks([hours.starts_at] if hours.ends_at is None else [hours.starts_at, hours.ends_at], zone)


def _order(one: Happening, zone: str) -> tuple[date, int]:
    if isinstance(one.when, Days):
        return one.when.first, 0
    return utc(one.when.starts_at).astimezone(zone_info(zone)).date(), one.when.starts_at

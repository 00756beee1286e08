"""How is an invitation written as the entry of a calendar, for the one person whom it asks to come?

What is asked, moved or called off is one event under one UID, as RFC 5546 has it: a REQUEST, a REQUEST with a higher
SEQUENCE, a CANCEL. It names nobody but its reader and whoever asks: applicants and members of a committee do not learn
of each other. It rings no bell (VALARM): how long before a meeting somebody wants to be told is theirs to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from icalendar import Calendar, Event

from engine.calendars.writing import URL, clocks, lines, mailbox, one_line, utc
from engine.calendars.zones import timezone_of
from engine.errors import GrantcycleError

Method = Literal["REQUEST", "CANCEL"]
METHODS: tuple[Method, ...] = ("REQUEST", "CANCEL")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody by name (which may be empty) and address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """What asks one person to come, as it stands after `sequence` changes. The texts are plain, whoever typed them.

    `day` is local to `zone`; without `starts_at` (UTC microseconds, as `ends_at` is) it is meant as a whole. `online`
    is the address of a room on the web, or words about it. `url` is the page on which to answer.
    """

    uid: str
    method: Method
    sequence: int
    title: str
    zone: str
    day: date
    starts_at: int | None = None
    ends_at: int | None = None
    place: str = ""
    online: str = ""
    description: str = ""
    reason: str = ""
    url: str = ""


def entry(invitation: Invitation, attendee: Party, organizer: Party, stamped_at: int) -> bytes:
    """The invitation as text/calendar; the same of the same.

    `stamped_at` is the instant (UTC microseconds) at which this was said: of two with one SEQUENCE the later counts.
    `organizer` is whom answers go to, and whom the mail comes from. Raises GrantcycleError for a method, a UID, a zone
    or an address that is none.
    """
    if invitation.method not in METHODS:
        raise GrantcycleError(f'an invitation is no "{invitation.method}"; known: {", ".join(METHODS)}')
    if not invitation.uid or not invitation.uid.isascii() or not invitation.uid.isprintable():
        raise GrantcycleError(f'"{one_line(invitation.uid)}" is no UID of an invitation')
    calendar = Calendar()
    calendar.add("prodid", "-//grantcycle//invitation//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", invitation.method)
    hours = _hours(invitation)
    if years := [hour.year for hour in hours if hour.tzinfo is not UTC]:
        calendar.add_component(timezone_of(invitation.zone, min(years), max(years)))
    calendar.add_component(_event(invitation, hours, attendee, organizer, stamped_at))
    return bytes(calendar.to_ical(sorted=False))


def _event(
    invitation: Invitation, hours: Sequence[datetime], attendee: Party, organizer: Party, stamped_at: int
) -> Event:
    asks = invitation.method == "REQUEST"
    event = Event()
    event.add("uid", invitation.uid)
    event.add("dtstamp", utc(stamped_at))
    event.add("sequence", invitation.sequence)
    for name, moment in zip(("dtstart", "dtend"), hours or _whole_day(invitation), strict=False):
        event.add(name, moment)
    event.add("summary", one_line(invitation.title))
    event.add("organizer", mailbox(organizer.name, organizer.address))
    asked = mailbox(attendee.name, attendee.address)
    asked.params["CUTYPE"] = "INDIVIDUAL"
    asked.params["ROLE"] = "REQ-PARTICIPANT"
    if asks:
        asked.params["PARTSTAT"] = "NEEDS-ACTION"
        asked.params["RSVP"] = "TRUE"
    event.add("attendee", asked)
    event.add("status", "CONFIRMED" if asks else "CANCELLED")
    place, online = one_line(invitation.place), one_line(invitation.online)
    if place or online:
        event.add("location", place or online)
    if URL.fullmatch(online):
        event.add("conference", online, parameters={"VALUE": "URI", "FEATURE": "VIDEO"})
    if description := lines(invitation.description):
        event.add("description", description)
    if reason := lines(invitation.reason):
        event.add("comment", reason)
    if URL.fullmatch(invitation.url):
        event.add("url", invitation.url)
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    return event


def _hours(invitation: Invitation) -> list[datetime]:
    """From when to when, on the clocks of its zone; nothing for a whole day."""
    if invitation.starts_at is None:
        return []
    ends = [] if invitation.ends_at is None or invitation.ends_at <= invitation.starts_at else [invitation.ends_at]
    return clocks([invitation.starts_at, *ends], invitation.zone)


def _whole_day(invitation: Invitation) -> tuple[date, date]:
    """From the beginning of its day to that of the next."""
    return invitation.day, invitation.day + timedelta(days=1)

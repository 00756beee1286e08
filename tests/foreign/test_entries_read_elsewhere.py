"""Do calendar programs that are not ours read every entry and every feed as the instants in the database?"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.headerregistry import Address
from functools import cache

import icalendar
import pytest
from foreign_reading import Event, Reading
from hostile import HOSTILE
from programs import NAMES, read_by_all

from engine.calendars.entry import Invitation, Party, entry
from engine.calendars.writing import one_line
from engine.rules.moments import zone_info
from web.calendars.feed import Days, Happening, Hours, Source, feed

ORGANIZER = Party("Kleine beurzen", "grants@funder.example")
SOURCE = Source("funder.example", Address(ORGANIZER.name, addr_spec=ORGANIZER.address))
AMINA = Party("Amina Example", "amina@house.example")
STAMPED = 1_800_000_000_000_000
HOUR = 3_600_000_000
MOMENTS = {
    # local wall times, `*` the second time that one comes; the clocks change on the days in between
    "Europe/Brussels": (
        "2027-01-15 14:00", "2027-07-15 14:00", "2027-03-27 14:00", "2027-03-28 01:30", "2027-03-28 03:30",
        "2027-03-30 14:00", "2027-10-31 01:30", "2027-10-31 02:30", "2027-10-31 02:30*", "2027-10-31 03:30",
        "2027-12-31 23:30", "2035-07-15 14:00", "2036-07-15 14:00",
        "2038-01-19 04:30", "2039-01-15 14:00", "2039-03-27 03:30", "2039-07-15 14:00",
        "2039-10-30 03:30", "2066-07-15 09:30", "2019-05-09 09:30",
    ),
    "Europe/London": (
        "2027-01-15 14:00", "2027-07-15 14:00", "2027-03-28 02:30", "2027-03-28 03:30", "2027-10-31 01:30",
        "2027-10-31 01:30*", "2027-10-31 03:30", "2041-07-15 14:00",
    ),
    "America/New_York": (
        "2027-01-15 14:00", "2027-07-15 14:00", "2027-03-14 03:30", "2027-11-07 01:30", "2027-11-07 01:30*",
        "2027-11-07 03:30", "2027-03-28 03:30", "2045-07-15 14:00",
    ),
    "Asia/Kolkata": ("2027-01-15 14:00", "2027-07-15 14:00", "2027-03-28 03:30", "2045-07-15 14:00"),
    "Australia/Lord_Howe": ("2027-01-15 14:00", "2027-07-15 14:00", "2027-10-03 03:30", "2045-07-15 14:00"),
    "UTC": ("2027-07-15 14:00",),
}  # fmt: skip


def instant(local: str, zone: str) -> int:
    """UTC microseconds."""
    aware = datetime.fromisoformat(local.rstrip("*")).replace(tzinfo=zone_info(zone), fold=local.endswith("*"))
    return (aware.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


AT = instant("2027-03-30 14:00", "Europe/Brussels")


@dataclass(frozen=True)
class Case:
    """A calendar, and what must be read of it."""

    name: str
    text: str
    method: str
    event: Event


def shown(name: str) -> str | None:
    """How somebody is called in an entry."""
    instead = {'"': "'", ";": ",", ":": ",", "\\": "/", "^": ""}
    return one_line("".join(instead.get(sign, sign) for sign in one_line(name))) or None


def invited(invitation: Invitation, attendee: Party = AMINA) -> Case:
    text = entry(invitation, attendee, ORGANIZER, STAMPED).decode()
    at, ends = invitation.starts_at, invitation.ends_at
    event = Event(
        uid=invitation.uid, sequence=invitation.sequence, summary=one_line(invitation.title),
        location=one_line(invitation.place) or None,
        status="CONFIRMED" if invitation.method == "REQUEST" else "CANCELLED",
        start=invitation.day.isoformat() if at is None else at // 1_000_000,
        end=(invitation.day + timedelta(days=1)).isoformat() if at is None else ends // 1_000_000 if ends else None,
        attendees=((attendee.address, shown(attendee.name)),), organizer=ORGANIZER.address,
    )  # fmt: skip
    return Case(f"{invitation.method} {invitation.sequence} {invitation.zone} {invitation.day} {at}", text,
                invitation.method, event)  # fmt: skip


def fed(when: Days | Hours, zone: str) -> Case:
    text = feed("Impuls", [Happening("k", "Pitch", when, STAMPED)], zone, SOURCE).decode()
    start: int | str
    end: int | str | None
    if isinstance(when, Days):
        start, end = when.first.isoformat(), (when.last + timedelta(days=1)).isoformat()
    else:
        start, end = when.starts_at // 1_000_000, when.ends_at // 1_000_000 if when.ends_at else None
    event = Event("k@funder.example", 0, "Pitch", None, None, start, end, (), ORGANIZER.address)
    return Case(f"feed {zone} {when}", text, "PUBLISH", event)


def in_every_zone() -> Iterator[Case]:
    """Invitation, update, cancellation and feed, at each moment in each zone, and of a whole day."""
    for zone, moments in MOMENTS.items():
        for local in moments:
            at = instant(local, zone)
            day = datetime.fromisoformat(local.rstrip("*")).date()
            asked = Invitation(
                f"{at}@funder.example", "REQUEST", 0, "Pitch", zone, day, at, at + HOUR, "Brussel, zaal 3",
                online="https://meet.example/room?x=1", description="Breng uw plan mee,\nop papier",
                url="https://grants.example/invitations/1",
            )  # fmt: skip
            yield invited(asked)
            yield invited(replace(asked, sequence=1, ends_at=None))
            yield invited(replace(asked, sequence=2, method="CANCEL", reason="Een storm."))
            yield fed(Hours(at, at + HOUR), zone)
    gone = Happening("k", "Pitch", Hours(AT, AT + HOUR), STAMPED, uid="gone", sequence=3, status="CANCELLED")
    end = (AT + HOUR) // 1_000_000
    yield Case(
        "cancelled in a feed", feed("Impuls", [gone], "Europe/Brussels", SOURCE).decode(), "PUBLISH",
        Event("gone", 3, "Pitch", None, "CANCELLED", AT // 1_000_000, end, (), ORGANIZER.address),
    )  # fmt: skip
    day = date(2027, 3, 28)
    whole = Invitation("whole@funder.example", "REQUEST", 0, "Bezoek", "Europe/Brussels", day)
    yield invited(whole)
    yield invited(replace(whole, method="CANCEL", sequence=1))
    yield fed(Days(day, day), "Europe/Brussels")


NAMES_OF_EVIL = (
    'x";RSVP=FALSE:mailto:v@evil.example', "x;PARTSTAT=ACCEPTED", "x:mailto:v@evil.example", "x^nATTENDEE:v", "a^'b",
    "Team: Haven", "Haven; Gent", '";"', ':', "x,mailto:v@evil.example", "x=y", "\\n", "\\;", "a\\",
)  # fmt: skip
"""what means something where a name stands in an entry"""


def hostile() -> Iterator[Case]:
    """Whatever somebody typed as a title, a place and a name."""
    at = instant("2027-07-15 14:00", "Europe/Brussels")
    for name in NAMES_OF_EVIL:
        yield invited(
            Invitation("n@funder.example", "REQUEST", 0, "Pitch", "Europe/Brussels", date(2027, 7, 15), at),
            Party(name, AMINA.address),
        )
    for typed in HOSTILE:
        if one_line(typed):  # a meeting has a title
            yield invited(
                Invitation("h@funder.example", "REQUEST", 3, typed, "Europe/Brussels", date(2027, 7, 15), at, None,
                           typed, typed, typed, typed, typed),
                Party(typed, AMINA.address),
            )  # fmt: skip


ZONES = (
    *MOMENTS, "Europe/Dublin", "Europe/Lisbon", "Europe/Moscow", "America/Sao_Paulo", "America/Santiago",
    "America/Nuuk", "America/St_Johns", "America/Phoenix", "Africa/Cairo", "Asia/Tokyo", "Asia/Kathmandu",
    "Asia/Jerusalem", "Australia/Sydney", "Pacific/Auckland", "Pacific/Chatham", "Antarctica/Troll", "Etc/GMT-5",
)  # fmt: skip
"""not Africa/Casablanca: programs that know it by name have its law of some year or other"""


def drawn(each: int) -> Iterator[Case]:
    """An invitation to any moment from 2019 to 2044, so many in each zone."""
    draw = random.Random(6)
    first, last = instant("2019-01-01 00:00", "UTC"), instant("2045-01-01 00:00", "UTC")
    for zone in ZONES:
        for _ in range(each):
            at = draw.randrange(first, last, HOUR // 12)
            yield invited(Invitation("d@funder.example", "REQUEST", 0, "x", zone, date(2027, 1, 1), at, at + HOUR, "y"))


def with_another_zone(case: Case) -> str:
    """The same entry with the VTIMEZONE that icalendar makes of a zone's name."""
    calendar = icalendar.Calendar.from_ical(case.text)
    calendar.subcomponents = [part for part in calendar.subcomponents if part.name != "VTIMEZONE"]
    calendar.add_missing_timezones()
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE", "VEVENT"]
    return bytes(calendar.to_ical()).decode()


TUESDAY = invited(
    Invitation("t@funder.example", "REQUEST", 0, "Pitch", "Europe/Brussels", date(2027, 3, 30), AT, AT + HOUR, "Gent")
)
"""two days after the clocks went forward"""


@cache
def cases() -> tuple[Case, ...]:
    return (*in_every_zone(), *hostile(), *drawn(each=4), TUESDAY)


@cache
def readings() -> dict[str, list[Reading]]:
    """What every program reads of every case, and of one with a zone that is wrong."""
    return read_by_all([*(case.text for case in cases()), with_another_zone(TUESDAY)])


def judge(program: str, cases: Sequence[Case], read: Sequence[Reading]) -> None:
    found = [
        (case.name, reading, case.event) for case, reading in zip(cases, read, strict=True)
        if (reading.error, reading.method, reading.events) != (None, case.method, [case.event])
    ]  # fmt: skip
    assert found == [], f"{program} reads {len(found)} of {len(cases)} otherwise"


@pytest.mark.parametrize("program", NAMES)
def test_every_program_reads_the_event_that_is_in_the_database_and_nothing_else(program: str) -> None:
    judge(program, cases(), readings()[program][:-1])


def test_libical_finds_with_each_method_what_it_must_have() -> None:
    assert {case.method for case in cases()} == {"REQUEST", "CANCEL", "PUBLISH"}
    assert [case.name for case, read in zip(cases(), readings()["libical"], strict=False) if not read.accepted] == []


def test_a_zone_that_is_told_wrong_is_noticed() -> None:
    off = {name: read[-1].events[0].start - TUESDAY.event.start for name, read in readings().items()}  # type: ignore[operator]
    assert off == dict.fromkeys(("ical.js", "ts-ics", "vobject"), HOUR // 1_000_000) | dict.fromkeys(
        ("node-ical", "libical", "icalendar"),
        0,  # by the name, whatever is told of it
    )


def test_the_hours_of_brussels_are_these_instants() -> None:
    told = {local: datetime.fromtimestamp(instant(local, "Europe/Brussels") / 1e6, UTC) for local in (
        "2027-03-28 03:30", "2027-10-31 03:30", "2027-10-31 02:30", "2027-10-31 02:30*", "2039-07-15 14:00",
    )}  # fmt: skip
    assert {local: f"{at:%H:%M}" for local, at in told.items()} == {
        "2027-03-28 03:30": "01:30", "2027-10-31 03:30": "02:30", "2027-10-31 02:30": "00:30",
        "2027-10-31 02:30*": "01:30", "2039-07-15 14:00": "12:00",
    }  # fmt: skip


def test_an_ordinary_hour_is_told_on_the_clocks_of_its_zone() -> None:
    """Else all of the above would hold for a calendar without any zone."""
    zoned = [case for case in cases() if "DTSTART;TZID=" in case.text]
    assert len(zoned) > len(cases()) // 2
    assert all("BEGIN:VTIMEZONE" in case.text for case in zoned)
    assert {zone for zone in ZONES if any(f"DTSTART;TZID={zone}:" in case.text for case in zoned)} == {
        zone for zone in ZONES if zone != "UTC"
    }


@pytest.mark.slow
def test_at_many_more_moments_every_program_reads_the_same() -> None:
    many = [*drawn(each=80)]
    for program, read in read_by_all([case.text for case in many]).items():
        judge(program, many, read)

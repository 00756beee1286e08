"""Is an invitation one event for one person, whatever was typed into it?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from hostile import CORPUS
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendars.entry import Invitation, Party, entry
from engine.errors import GrantcycleError


def utc(text: str) -> int:
    since = datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1)


PITCH = Invitation(
    uid="cera-impuls-2019-pitch-7@grants.example", method="REQUEST", sequence=0, title="Pitch (dossier CI19-007)",
    zone="Europe/Brussels", day=date(2027, 5, 9), starts_at=utc("2027-05-09 07:30"), ends_at=utc("2027-05-09 07:50"),
    place="Brussel; zaal 3", online="https://meet.example/room?x=1,2;3", description="Breng uw plan mee,\nop papier",
    url="https://grants.example/invitations/7",
)  # fmt: skip
AMINA = Party('Amina "Mina" Example; Harbour: x^n', "amina@house.example")
TEAM = Party("Cera Impuls", "impuls@grants.example")
NOW = utc("2027-04-01 09:00") + 123_456


def lines(invitation: Invitation) -> list[str]:
    return entry(invitation, AMINA, TEAM, NOW).decode().replace("\r\n ", "").split("\r\n")


ZONE = [
    "BEGIN:VTIMEZONE", "TZID:Europe/Brussels",
    "BEGIN:DAYLIGHT", "TZNAME:CEST", "DTSTART:19960331T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "END:DAYLIGHT",
    "BEGIN:STANDARD", "TZNAME:CET", "DTSTART:19961027T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "END:STANDARD", "END:VTIMEZONE",
]  # fmt: skip


def test_a_request_asks_one_person_to_come_at_these_hours() -> None:
    assert lines(PITCH) == [
        "BEGIN:VCALENDAR", "PRODID:-//grantcycle//invitation//EN", "VERSION:2.0", "CALSCALE:GREGORIAN",
        "METHOD:REQUEST", *ZONE,
        "BEGIN:VEVENT", "UID:cera-impuls-2019-pitch-7@grants.example", "DTSTAMP:20270401T090000Z", "SEQUENCE:0",
        "DTSTART;TZID=Europe/Brussels:20270509T093000", "DTEND;TZID=Europe/Brussels:20270509T095000",
        "SUMMARY:Pitch (dossier CI19-007)", 'ORGANIZER;CN="Cera Impuls":mailto:impuls@grants.example',
        "ATTENDEE;CN=\"Amina 'Mina' Example, Harbour, xn\";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;"
        "PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:amina@house.example",
        "STATUS:CONFIRMED", "LOCATION:Brussel\\; zaal 3",
        "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example/room?x=1,2;3",
        "DESCRIPTION:Breng uw plan mee\\,\\nop papier", "URL:https://grants.example/invitations/7",
        "CLASS:PRIVATE", "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip


def test_what_is_called_off_is_the_same_event_that_asks_for_nothing_any_more() -> None:
    asked, cancelled = lines(PITCH), lines(replace(PITCH, method="CANCEL", sequence=2, reason="Een storm."))
    changed = {
        "METHOD:REQUEST": "METHOD:CANCEL", "SEQUENCE:0": "SEQUENCE:2", "STATUS:CONFIRMED": "STATUS:CANCELLED",
    }  # fmt: skip
    expected = [changed.get(line, line).replace(";PARTSTAT=NEEDS-ACTION;RSVP=TRUE", "") for line in asked]
    at = expected.index("URL:https://grants.example/invitations/7")
    assert cancelled == [*expected[:at], "COMMENT:Een storm.", *expected[at:]]


def test_without_hours_it_is_the_whole_day_of_no_zone() -> None:
    found = lines(replace(PITCH, starts_at=None, ends_at=None))
    assert [line for line in found if line.startswith("DT")] == [
        "DTSTAMP:20270401T090000Z", "DTSTART;VALUE=DATE:20270509", "DTEND;VALUE=DATE:20270510",
    ]  # fmt: skip
    assert "BEGIN:VTIMEZONE" not in found


@pytest.mark.parametrize("ends_at", [None, PITCH.starts_at])
def test_what_has_no_end_says_none(ends_at: int | None) -> None:
    assert not [line for line in lines(replace(PITCH, ends_at=ends_at)) if line.startswith(("DTEND", "DURATION"))]


@pytest.mark.parametrize(
    ("local", "starts"),
    [
        ("2027-03-26 14:00", "DTSTART;TZID=Europe/Brussels:20270326T150000"),
        ("2027-03-27 14:00", "DTSTART:20270327T140000Z"),  # within a day of the change
        ("2027-03-28 01:30", "DTSTART:20270328T013000Z"),
        ("2027-03-29 14:00", "DTSTART;TZID=Europe/Brussels:20270329T160000"),
        ("2027-10-31 00:30", "DTSTART:20271031T003000Z"),  # an hour that comes twice
        ("2035-07-15 12:00", "DTSTART;TZID=Europe/Brussels:20350715T140000"),
        ("2036-07-15 12:00", "DTSTART:20360715T120000Z"),
    ],
)
def test_where_programs_would_read_it_differently_an_hour_is_told_as_its_instant(local: str, starts: str) -> None:
    found = lines(replace(PITCH, starts_at=utc(local), ends_at=None))
    assert [line for line in found if line.startswith("DTSTART") and not line.startswith("DTSTART:19")] == [starts]
    assert ("BEGIN:VTIMEZONE" in found) == ("TZID" in starts)


def test_an_end_in_the_hour_that_comes_twice_takes_the_beginning_with_it() -> None:
    found = lines(replace(PITCH, starts_at=utc("2027-10-29 22:30"), ends_at=utc("2027-10-31 00:30")))
    assert [line for line in found if line.startswith(("DTSTART:2027", "DTEND"))] == [
        "DTSTART:20271029T223000Z", "DTEND:20271031T003000Z",
    ]  # fmt: skip


def test_a_room_on_the_web_alone_is_also_the_place() -> None:
    found = lines(replace(PITCH, place=""))
    assert "LOCATION:https://meet.example/room?x=1\\,2\\;3" in found
    words = lines(replace(PITCH, place="", online="Teams; de link volgt"))
    assert "LOCATION:Teams\\; de link volgt" in words
    assert not [line for line in words if line.startswith("CONFERENCE")]


def test_the_same_is_always_the_same_bytes() -> None:
    assert entry(PITCH, AMINA, TEAM, NOW) == entry(PITCH, AMINA, TEAM, NOW)


REFUSED = [
    (replace(PITCH, method="PUBLISH"), AMINA, 'an invitation is no "PUBLISH"; known: REQUEST, CANCEL'),
    (replace(PITCH, uid="a\r\nATTENDEE:mailto:v@evil.example"), AMINA,
     '"a ATTENDEE:mailto:v@evil.example" is no UID of an invitation'),
    (replace(PITCH, uid=""), AMINA, '"" is no UID of an invitation'),
    (replace(PITCH, zone="Europe/Brusel"), AMINA, '"Europe/Brusel" is not a time zone'),
    (PITCH, Party("x", "a@b.example\r\nX:y"), '"a@b.example X:y" is no address that a calendar could write to'),
    (PITCH, Party("x", "a@b.example, c@d.example"),
     '"a@b.example, c@d.example" is no address that a calendar could write to'),
    (PITCH, Party("x", '"a;b"@b.example'), '"\"a;b\"@b.example" is no address that a calendar could write to'),
]  # fmt: skip


@pytest.mark.parametrize(("invitation", "attendee", "sentence"), REFUSED)
def test_what_cannot_be_an_entry_is_refused(invitation: Invitation, attendee: Party, sentence: str) -> None:
    with pytest.raises(GrantcycleError) as refused:
        entry(invitation, attendee, TEAM, NOW)
    assert str(refused.value).startswith(sentence)


ANYTHING = st.sampled_from(CORPUS) | st.text(max_size=60)
KNOWN = {
    "UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "ORGANIZER", "ATTENDEE", "STATUS", "LOCATION",
    "CONFERENCE", "DESCRIPTION", "COMMENT", "URL", "CLASS", "TRANSP",
}  # fmt: skip


def said(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() and not sign.isspace())


@settings(max_examples=120)
@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_whatever_is_typed_it_is_one_event_with_one_attendee(
    title: str, place: str, name: str, description: str, url: str
) -> None:
    typed = replace(PITCH, title=title, place=place, online=url, description=description, reason=description, url=url)
    content = entry(typed, Party(name, "amina@house.example"), Party(name, TEAM.address), NOW)
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert not any(byte < 32 and byte not in (9, 10, 13) for byte in content)
    calendar = icalendar.Calendar.from_ical(content)
    assert not any(component.errors for component in calendar.walk())
    assert [component.name for component in calendar.subcomponents] == ["VTIMEZONE", "VEVENT"]
    [event] = calendar.walk("VEVENT")
    assert set(event) <= KNOWN
    assert not [name for name, value in event.items() if isinstance(value, list)]
    assert (event["ATTENDEE"], event["ORGANIZER"]) == ("mailto:amina@house.example", f"mailto:{TEAM.address}")
    assert set(event["ATTENDEE"].params) - {"CN"} == {"CUTYPE", "ROLE", "PARTSTAT", "RSVP"}
    assert set(event["ORGANIZER"].params) <= {"CN"}
    assert said(str(event["SUMMARY"])) == said(title)

"""Does a feed say the same to every calendar, and twice the same when nothing has changed?"""

from datetime import UTC, date, datetime, timedelta
from email.headerregistry import Address

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web.calendars.feed import Days, Happening, Hours, Source, feed, feed_headers

BRUSSELS = "Europe/Brussels"
SOURCE = Source("grants.example", Address('Impuls, "the" team', addr_spec="impuls@grants.example"))
CHANGED = "2027-01-04 08:00"


def utc(text: str) -> int:
    since = datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1)


CALL = Happening("p/2027/phase/call", "Call", Days(date(2027, 1, 4), date(2027, 3, 1)), utc(CHANGED), category="Phase")
PITCH = Happening(
    "p/2027/meeting/pitch/1", "Pitch", Hours(utc("2027-05-09 07:30"), utc("2027-05-09 12:00")), utc(CHANGED),
    place="Brussel; zaal 3", description="Breng uw plan mee,\nop papier", url="https://grants.example/call/p/2027",
    category="Meeting", busy=True,
)  # fmt: skip


def read(content: bytes) -> icalendar.Calendar:
    calendar = icalendar.Calendar.from_ical(content)
    assert not any(component.errors for component in calendar.walk())
    return calendar


def only(happening: Happening, zone: str = BRUSSELS) -> icalendar.Event:
    [event] = read(feed("Impuls", [happening], zone, SOURCE)).walk("VEVENT")
    return event


def test_a_feed_is_published_and_asks_to_be_read_every_hour() -> None:
    assert feed("Impuls 2027", [PITCH], BRUSSELS, SOURCE).decode().replace("\r\n ", "").split("\r\n") == [
        "BEGIN:VCALENDAR", "PRODID:-//grantcycle//feed//EN", "VERSION:2.0", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        "NAME:Impuls 2027", "X-WR-CALNAME:Impuls 2027", "X-WR-TIMEZONE:Europe/Brussels",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
        "BEGIN:VTIMEZONE", "TZID:Europe/Brussels",
        "BEGIN:DAYLIGHT", "TZNAME:CEST", "DTSTART:19960331T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "END:DAYLIGHT",
        "BEGIN:STANDARD", "TZNAME:CET", "DTSTART:19961027T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "END:STANDARD", "END:VTIMEZONE",
        "BEGIN:VEVENT", "UID:p/2027/meeting/pitch/1@grants.example",
        "DTSTAMP:20270104T080000Z", "LAST-MODIFIED:20270104T080000Z",
        "DTSTART;TZID=Europe/Brussels:20270509T093000", "DTEND;TZID=Europe/Brussels:20270509T140000",
        "SUMMARY:Pitch", "ORGANIZER;CN=\"Impuls, 'the' team\":mailto:impuls@grants.example",
        "LOCATION:Brussel\\; zaal 3", "DESCRIPTION:Breng uw plan mee\\,\\nop papier",
        "URL:https://grants.example/call/p/2027", "CATEGORIES:Meeting", "CLASS:PUBLIC", "TRANSP:OPAQUE", "END:VEVENT",
        "END:VCALENDAR", "",
    ]  # fmt: skip


def test_whole_days_end_on_the_day_after_and_take_nobodys_time() -> None:
    event = only(CALL)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2027, 1, 4), date(2027, 3, 2))
    assert event["DTSTART"].params == {"VALUE": "DATE"}
    assert (str(event["TRANSP"]), str(event["CLASS"])) == ("TRANSPARENT", "PUBLIC")


def test_a_persons_own_feed_is_marked_private() -> None:
    [event] = read(feed("Mine", [CALL], BRUSSELS, SOURCE, private=True)).walk("VEVENT")
    assert str(event["CLASS"]) == "PRIVATE"


def test_what_has_no_end_says_none() -> None:
    event = only(Happening("k", "Pitch", Hours(utc("2027-05-09 07:30")), utc(CHANGED)))
    assert "DTEND" not in event
    assert "DURATION" not in event


@pytest.mark.parametrize("instant", ["2027-10-31 00:30", "2027-10-31 01:30"])
def test_an_hour_that_comes_twice_is_written_as_the_instant_it_is(instant: str) -> None:
    content = feed("x", [Happening("k", "x", Hours(utc(instant)), 0)], BRUSSELS, SOURCE)
    assert f"DTSTART:{instant.replace('-', '').replace(' ', 'T').replace(':', '')}00Z".encode() in content


def test_a_round_in_utc_needs_no_zone_and_a_feed_of_nothing_is_still_a_calendar() -> None:
    content = feed("x", [PITCH], "UTC", SOURCE)
    assert b"VTIMEZONE" not in content
    assert b"DTSTART:20270509T073000Z" in content
    empty = read(feed("x", [], BRUSSELS, SOURCE))
    assert [component.name for component in empty.subcomponents] == ["VTIMEZONE"]


def test_the_bytes_are_the_same_until_something_changes_in_whatever_order_it_is_told() -> None:
    first, again = feed("x", [CALL, PITCH], BRUSSELS, SOURCE), feed("x", [PITCH, CALL], BRUSSELS, SOURCE)
    assert first == again
    assert feed_headers(first) == feed_headers(again)
    moved = Happening(PITCH.key, PITCH.title, Hours(utc("2027-05-09 08:30")), utc("2027-02-01 10:00"))
    changed = feed("x", [CALL, moved], BRUSSELS, SOURCE)
    assert feed_headers(changed)["ETag"] != feed_headers(first)["ETag"]
    uids = {str(event["UID"]) for event in read(changed).walk("VEVENT")}
    assert uids == {str(event["UID"]) for event in read(first).walk("VEVENT")}


def test_a_feed_is_handed_out_as_a_calendar_that_nobody_else_keeps() -> None:
    headers = feed_headers(b"BEGIN:VCALENDAR")
    assert headers.pop("ETag") == '"9daa8e24f9b759073687839a0aa7de2a"'
    assert headers == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'inline; filename="calendar.ics"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }


NAUGHTY = (
    "x\r\nATTENDEE:mailto:v@evil.example", "x\nEND:VEVENT\nBEGIN:VEVENT\nUID:evil", "x\rBEGIN:VALARM", "x\r\n\r\n y",
    "x\\nEND:VEVENT", "\\", "a\\", "\\;\\,", ";VALUE=URI:x", '"', ":", "x\x00y", "x\x0bEND:VEVENT", "x\x0cy", "x\x85y",
    "x\u2028END:VEVENT", "x\u2029y", "\ud800", "\u202eexe", "🎭" * 60, "é" * 300, "a" * 998, "a" * 74 + "🎭", " ", "",
    "=?utf-8?q?=0a?=", "<script>alert(1)</script>", "{{ 7 * 7 }}", "^n^'^^", "日本語の題名", "\ufeffx", "%0d%0aX:y",
)  # fmt: skip
ANYTHING = st.sampled_from(NAUGHTY) | st.text(max_size=60)


@settings(max_examples=80)
@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_whatever_is_typed_the_feed_reads_back_as_the_one_event_it_was(
    title: str, place: str, description: str, url: str
) -> None:
    shown = "".join(character for character in title if character.isprintable() and not character.isspace())
    content = feed(title, [Happening("k", title, Days(date(2027, 1, 1), date(2027, 1, 1)), 0, place, description, url)],
                   BRUSSELS, SOURCE)  # fmt: skip
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert not any(byte < 32 and byte not in (9, 10, 13) for byte in content)
    calendar = read(content)
    assert [component.name for component in calendar.subcomponents] == ["VEVENT"]
    [event] = calendar.walk("VEVENT")
    assert set(event) <= {
        "UID", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY", "ORGANIZER", "LOCATION", "DESCRIPTION", "URL",
        "CLASS", "TRANSP",
    }  # fmt: skip
    summary = str(event["SUMMARY"])
    assert "".join(c for c in summary if c.isprintable() and not c.isspace()) == shown
    assert str(event["UID"]) == "k@grants.example"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "x\r\nY:z", "https://a b", "ftp://x", "https://é.example", ""])
def test_what_is_no_plain_address_is_left_out(url: str) -> None:
    assert "URL" not in only(Happening("k", "x", Days(date(2027, 1, 1), date(2027, 1, 1)), 0, url=url))

"""Does a calendar that knows no zones read our hours right from the VTIMEZONE alone?"""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Timezone

from engine.calendars.zones import timezone_of
from engine.errors import GrantcycleError
from engine.rules.moments import zone_info

ZONES = (
    "Europe/Brussels", "Europe/London", "Europe/Dublin", "Europe/Moscow", "Europe/Lisbon", "America/New_York",
    "America/Sao_Paulo", "America/Santiago", "America/Nuuk", "Africa/Cairo", "Africa/Casablanca", "Asia/Tokyo",
    "Asia/Kathmandu", "Asia/Jerusalem", "Australia/Sydney", "Australia/Lord_Howe", "Antarctica/Troll", "Etc/GMT-5",
    "UTC",
)  # fmt: skip


def as_read(component: Timezone, local: str) -> datetime:
    """UTC, as read from the component by dateutil, which is told no zone names; without its zone."""
    aware = datetime.fromisoformat(local).replace(tzinfo=component.to_tz(lookup_tzid=False))
    return aware.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Brussels", "2027-01-15 14:00", "2027-01-15 13:00"),
        ("Europe/Brussels", "2027-07-15 14:00", "2027-07-15 12:00"),
        ("Europe/Brussels", "2027-03-28 01:59:59", "2027-03-28 00:59:59"),  # the clocks go forward at 2:00
        ("Europe/Brussels", "2027-03-28 03:00", "2027-03-28 01:00"),
        ("Europe/Brussels", "2027-03-28 03:30", "2027-03-28 01:30"),
        ("Europe/Brussels", "2027-10-31 01:59:59", "2027-10-30 23:59:59"),  # and back at 3:00
        ("Europe/Brussels", "2027-10-31 03:30", "2027-10-31 02:30"),
        ("Europe/Brussels", "2027-03-30 14:00", "2027-03-30 12:00"),
        ("Europe/Brussels", "2039-01-15 14:00", "2039-01-15 13:00"),
        ("Europe/Brussels", "2066-07-15 14:00", "2066-07-15 12:00"),
        ("Europe/Brussels", "1995-10-10 14:00", "1995-10-10 13:00"),  # summer time ended in September then
        ("Europe/London", "2027-07-15 14:00", "2027-07-15 13:00"),
        ("Europe/London", "2027-10-31 03:30", "2027-10-31 03:30"),
        ("Europe/Dublin", "2027-07-15 14:00", "2027-07-15 13:00"),
        ("Australia/Sydney", "2027-01-15 14:00", "2027-01-15 03:00"),
        ("Australia/Sydney", "2027-07-15 14:00", "2027-07-15 04:00"),
        ("America/Santiago", "2039-01-15 14:00", "2039-01-15 17:00"),
        ("America/Santiago", "2027-09-04 12:00", "2027-09-04 16:00"),  # its rule says: at 24:00 of that Saturday
        ("America/Santiago", "2027-09-05 12:00", "2027-09-05 15:00"),
        ("Africa/Cairo", "2027-07-15 14:00", "2027-07-15 11:00"),
        ("Asia/Tokyo", "2039-07-15 14:00", "2039-07-15 05:00"),
        ("UTC", "2027-07-15 14:00", "2027-07-15 14:00"),
    ],
)
def test_an_hour_is_read_as_the_instant_that_it_is(zone: str, local: str, utc: str) -> None:
    year = int(local[:4])
    assert as_read(timezone_of(zone, year, year), local) == datetime.fromisoformat(utc)


def test_the_zone_of_brussels_is_two_rules_as_every_program_reads_them() -> None:
    assert timezone_of("Europe/Brussels", 2019, 2022).to_ical(sorted=False).decode().splitlines() == [
        "BEGIN:VTIMEZONE", "TZID:Europe/Brussels",
        "BEGIN:DAYLIGHT", "TZNAME:CEST", "DTSTART:19960331T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "END:DAYLIGHT",
        "BEGIN:STANDARD", "TZNAME:CET", "DTSTART:19961027T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "END:STANDARD",
        "END:VTIMEZONE",
    ]  # fmt: skip


def test_a_zone_whose_clocks_stay_is_one_offset() -> None:
    assert timezone_of("Asia/Tokyo", 2027, 2027).to_ical(sorted=False).decode().splitlines() == [
        "BEGIN:VTIMEZONE", "TZID:Asia/Tokyo",
        "BEGIN:STANDARD", "TZNAME:JST", "DTSTART:20260101T000000", "TZOFFSETFROM:+0900", "TZOFFSETTO:+0900",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=12)
@given(data=st.data())
def test_any_hour_of_any_year_is_read_right_in_any_zone(zone: str, data: st.DataObject) -> None:
    local = data.draw(st.datetimes(datetime(1975, 1, 1), datetime(2080, 1, 1)))
    aware = local.replace(tzinfo=zone_info(zone), microsecond=0)
    if aware.replace(fold=0).utcoffset() != aware.replace(fold=1).utcoffset():
        return  # an hour that the clocks skip or double: a feed writes it as UTC
    component = timezone_of(zone, local.year, local.year + 1)
    assert as_read(component, aware.replace(tzinfo=None).isoformat()) == aware.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize("name", ["Europe/Brusel", "", "../../etc/passwd", "Europe"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(GrantcycleError, match="is not a time zone"):
        timezone_of(name, 2027, 2027)

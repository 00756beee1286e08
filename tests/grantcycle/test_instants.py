"""Instants are typed as local times of the round or with an offset, and shown both in UTC and local."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.errors import GrantcycleError
from grantcycle.instants import age, both, local, read_instant, read_local, read_range, utc

ZONE = "Europe/Brussels"
LAST_INSTANT = 4_102_444_800_000_000


def test_a_bare_day_is_its_first_instant() -> None:
    assert utc(read_instant("2019-03-02", ZONE)) == "2019-03-01T23:00:00Z"


def test_a_time_without_an_offset_is_local() -> None:
    assert utc(read_instant("2019-07-01 17:00", ZONE)) == "2019-07-01T15:00:00Z"


def test_a_time_with_an_offset_is_that_instant_whatever_the_zone() -> None:
    assert [utc(read_instant(text, ZONE)) for text in ("2019-07-01T17:00Z", "2019-07-01T17:00+05:30")] == [
        "2019-07-01T17:00:00Z", "2019-07-01T11:30:00Z",
    ]  # fmt: skip


def test_a_day_stays_a_day_and_an_hour_with_an_offset_becomes_local() -> None:
    assert read_local("2019-03-08", ZONE) == date(2019, 3, 8)
    assert read_local("2019-03-08T16:00Z", ZONE) == datetime(2019, 3, 8, 17)


def test_24_00_is_the_end_of_its_day() -> None:
    """T-5."""
    assert read_local("2019-06-30T24:00", ZONE) == date(2019, 6, 30)
    assert utc(read_instant("2019-06-30 24:00", ZONE)) == "2019-06-30T22:00:00Z"
    assert read_range(None, "2019-06-30T24:00", ZONE) == read_range(None, "2019-06-30", ZONE)


def test_a_leap_second_is_refused() -> None:
    """T-7."""
    with pytest.raises(GrantcycleError, match=r"second must be in 0\.\.59"):
        read_instant("2016-12-31T23:59:60Z", ZONE)


def test_the_hour_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(GrantcycleError) as told:
        read_instant("2019-03-31T02:30", ZONE)
    assert str(told.value).startswith("2019-03-31 02:30:00 does not exist in Europe/Brussels")


@pytest.mark.parametrize("text", ["yesterday", "1 March 2019", "20190301", "2019-03-01T17", "2019-03-01T25:00", ""])
def test_what_is_no_date_is_refused_with_examples(text: str) -> None:
    with pytest.raises(GrantcycleError) as told:
        read_instant(text, ZONE)
    assert str(told.value).endswith("write 2019-03-01, 2019-03-01T17:00 or 2019-03-01T17:00+01:00")


def test_a_range_holds_the_whole_of_its_last_day() -> None:
    first, after = read_range("2019-03-31", "2019-03-31", ZONE)
    assert first is not None
    assert after is not None
    assert (after - first) // 3_600_000_000 == 23


@given(some.integers(min_value=0, max_value=LAST_INSTANT))
def test_what_is_written_for_programs_reads_back_to_the_microsecond(instant: int) -> None:
    assert read_instant(utc(instant), ZONE) == instant


def test_json_gives_each_instant_in_utc_and_local() -> None:
    assert both("at", 0, ZONE) == {"at": "1970-01-01T00:00:00Z", "at_local": "1970-01-01T01:00:00"}
    assert both("at", None, ZONE) == {"at": None, "at_local": None}
    assert local(None, ZONE) == "–"


def test_an_age_is_told_in_its_largest_unit() -> None:
    second = 1_000_000
    assert [age(n * second) for n in (0, 1, 59, 60, 7_200, 86_400 * 3)] == [
        "0 seconds", "1 second", "59 seconds", "1 minute", "2 hours", "3 days",
    ]  # fmt: skip

"""Is a moment the instant that people mean by it?"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import BRUSSELS, between, dates, during, edge, moment, sample_round

from engine.errors import GrantcycleError
from engine.rules.moments import Calendar, LostHour, day_starts, from_instant, is_doubled, shift, to_instant, zone_info
from engine.rules.round import PhaseDates
from engine.rules.times import Span

SECOND = 1_000_000
HOUR = 3_600 * SECOND


def utc(text: str) -> int:
    """UTC microseconds of `2019-03-01 23:00`, without a zone in between."""
    since = datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1)


def calendar(call: PhaseDates, **others: PhaseDates) -> Calendar:
    return Calendar(sample_round({"call": call, **others}))


# ── The instants of edges ───────────────────────────────────────────────────


def test_a_whole_day_opens_at_local_midnight_and_closes_at_the_next() -> None:
    whole = calendar(dates("2018-12-17", "2019-03-01"))
    assert whole.window(during("call")) == (utc("2018-12-16 23:00"), utc("2019-03-01 23:00"))


@pytest.mark.parametrize(
    ("closes", "first_instant_after"),
    [
        ("2019-03-01 17:00", utc("2019-03-01 16:00") + 1),  # 17:00:00.000000 is still on time
        ("2019-03-01 16:59:59", utc("2019-03-01 15:59:59") + 1),
        ("2019-03-01 23:58", utc("2019-03-01 22:58") + 1),
        ("2019-03-01 23:59", utc("2019-03-01 23:00")),  # to the end of the day
        ("2019-03-01 23:59:59", utc("2019-03-01 23:00")),
        ("2019-03-01 00:00", utc("2019-02-28 23:00") + 1),
    ],
)
def test_a_stated_hour_is_inclusive(closes: str, first_instant_after: int) -> None:
    assert calendar(dates("2018-12-17", closes)).instant(moment("call closes")) == first_instant_after


def test_a_phase_opens_at_its_stated_hour_exactly() -> None:
    assert calendar(dates("2018-12-17 10:30", "2019-03-01")).instant(moment("call opens")) == utc("2018-12-17 09:30")


def test_the_day_on_which_the_clocks_go_forward_has_23_hours_and_the_other_25() -> None:
    def length(day: date) -> int:
        return day_starts(day + timedelta(days=1), BRUSSELS) - day_starts(day, BRUSSELS)

    assert length(date(2019, 3, 30)) == 24 * HOUR
    assert length(date(2019, 3, 31)) == 23 * HOUR
    assert length(date(2019, 10, 27)) == 25 * HOUR
    on_it = calendar(dates("2019-03-31", "2019-03-31"))
    assert on_it.window(during("call")) == (utc("2019-03-30 23:00"), utc("2019-03-31 22:00"))


def test_a_window_between_two_moments_runs_from_first_instant_to_first_instant_after() -> None:
    opened = calendar(dates("2018-12-17", "2019-03-01 17:00"), decision=dates("2019-05-20 08:00", "2019-05-21"))
    assert opened.window(between("call closes", "decision opens")) == (
        utc("2019-03-01 16:00") + 1,
        utc("2019-05-20 06:00"),
    )
    assert opened.window(between("call opens", "3 days before call closes")) == (
        utc("2018-12-16 23:00"),
        utc("2019-02-26 16:00") + 1,
    )


# ── Offsets ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("call closes", date(2019, 3, 1)),
        ("3 days before call closes", date(2019, 2, 26)),
        ("1 day after call closes", date(2019, 3, 2)),
        ("2 weeks before call closes", date(2019, 2, 15)),
        ("1 month before call closes", date(2019, 2, 1)),
        ("1 year after call opens", date(2019, 12, 17)),
    ],
)
def test_offsets_count_from_the_day_that_people_would_name(text: str, day: date) -> None:
    whole = calendar(dates("2018-12-17", "2019-03-01"))
    assert whole.day(moment(text)) == day


def test_an_offset_keeps_the_wall_time_over_a_clock_change() -> None:
    spring = calendar(dates("2019-03-01", "2019-04-01 17:00"))
    assert spring.instant(moment("2 days before call closes")) == utc("2019-03-30 16:00") + 1
    assert spring.instant(moment("call closes")) == utc("2019-04-01 15:00") + 1


@pytest.mark.parametrize(
    ("day", "span", "direction", "expected"),
    [
        ("2019-01-31", Span(1, "month"), 1, "2019-02-28"),
        ("2020-01-31", Span(1, "month"), 1, "2020-02-29"),
        ("2019-01-31", Span(2, "month"), 1, "2019-03-31"),  # counted from the anchor, not from 28 February
        ("2019-03-31", Span(1, "month"), -1, "2019-02-28"),
        ("2019-01-15", Span(1, "month"), -1, "2018-12-15"),
        ("2019-12-31", Span(14, "month"), 1, "2021-02-28"),
        ("2028-02-29", Span(1, "year"), 1, "2029-02-28"),
        ("2028-02-29", Span(4, "year"), 1, "2032-02-29"),
        ("2028-02-29", Span(4, "year"), -1, "2024-02-29"),
        ("2019-03-30", Span(1, "day"), 1, "2019-03-31"),
        ("2019-03-01", Span(2, "week"), -1, "2019-02-15"),
        ("2019-03-01", Span(0, "month"), 1, "2019-03-01"),
    ],
)
def test_a_span_is_counted_from_its_anchor_and_clamped(day: str, span: Span, direction: int, expected: str) -> None:
    assert shift(date.fromisoformat(day), span, direction) == date.fromisoformat(expected)


@given(
    day=st.dates(date(1970, 1, 1), date(2100, 12, 31)),
    count=st.integers(0, 400),
    unit=st.sampled_from(["month", "year"]),
    direction=st.sampled_from([1, -1]),
)
def test_months_and_years_land_in_the_right_month_on_the_same_day_or_its_last(
    day: date, count: int, unit: str, direction: int
) -> None:
    landed = shift(day, Span(count, unit), direction)  # type: ignore[arg-type]
    months = count * (12 if unit == "year" else 1)
    assert (landed.year * 12 + landed.month) - (day.year * 12 + day.month) == direction * months
    is_last = (landed + timedelta(days=1)).month != landed.month
    assert landed.day == day.day or (landed.day < day.day and is_last)


# ── When people hear ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("call", "text", "heard"),
    [
        (("2018-12-17", "2019-03-01"), "call opens", "2018-12-17 08:00"),
        (("2018-12-17", "2019-03-01"), "call closes", "2019-03-02 08:00"),
        (("2018-12-17", "2019-03-01"), "3 days before call closes", "2019-02-26 08:00"),
        (("2018-12-17", "2019-03-01 17:00"), "3 days before call closes", "2019-02-26 08:00"),
        (("2018-12-17", "2019-03-01"), "1 day after call closes", "2019-03-02 08:00"),
        (("2018-12-17 10:30", "2019-03-01"), "call opens", "2018-12-17 09:30"),
        (("2018-12-17", "2019-03-30"), "call closes", "2019-03-31 07:00"),  # 9:00 is an hour earlier in summer time
    ],
)
def test_people_hear_in_the_morning_or_at_the_hour_that_is_written(
    call: tuple[str, str], text: str, heard: str
) -> None:
    assert calendar(dates(*call)).hearing(moment(text)) == utc(heard)


def test_people_hear_of_a_stated_close_at_its_first_instant_after() -> None:
    stated = calendar(dates("2018-12-17", "2019-03-01 17:00"))
    assert stated.hearing(moment("call closes")) == stated.instant(moment("call closes")) == utc("2019-03-01 16:00") + 1


def test_people_hear_of_a_close_at_23_59_in_the_morning_as_of_a_whole_day() -> None:
    """It is over at the same midnight; nobody is written to at night."""
    assert calendar(dates("2018-12-17", "2019-03-01 23:59")).hearing(moment("call closes")) == utc("2019-03-02 08:00")


def test_letters_about_a_midnight_leave_in_the_morning_and_others_at_once() -> None:
    whole = calendar(dates("2018-12-17", "2019-03-01"))
    midnight = whole.instant(moment("call closes"))
    assert whole.leaves_at(midnight) == utc("2019-03-02 08:00")
    assert whole.leaves_at(midnight - 1) == midnight - 1
    assert whole.leaves_at(midnight + 1) == midnight + 1


def test_letters_leave_in_the_morning_also_where_the_clocks_skip_midnight() -> None:
    azores = Calendar(sample_round({"call": dates("2019-01-01", "2019-03-30")}, zone="Atlantic/Azores"))
    midnight = azores.instant(moment("call closes"))
    assert from_instant(midnight, "Atlantic/Azores") == datetime(2019, 3, 31, 1)
    assert azores.leaves_at(midnight) == utc("2019-03-31 09:00")


def test_letters_leave_later_where_the_hour_at_which_they_leave_is_skipped() -> None:
    """Unlike a deadline, which is refused when the file is read: a round of years may not stop at a March night."""
    night = Calendar(sample_round({"call": dates("2019-01-01", "2019-03-30")}, mails_at=time(2, 30)))
    assert night.hearing(moment("call closes")) == night.leaves_at(night.instant(moment("call closes")))
    assert night.hearing(moment("call closes")) == utc("2019-03-31 01:30")


def test_grace_belongs_to_the_bare_close_of_its_phase() -> None:
    graced = calendar(dates("2018-12-17", "2019-03-01", timedelta(minutes=5)))
    assert graced.grace(moment("call closes")) == 300 * SECOND
    assert graced.grace(moment("call opens")) == 0
    assert graced.grace(moment("3 days before call closes")) == 0
    assert graced.grace(moment("decision closes")) == 0


def test_an_extension_moves_the_edge_and_all_that_is_counted_from_it() -> None:
    round = sample_round()
    extended = Calendar(round, {"call closes": edge("2019-03-08 12:00")})
    assert extended.edge("call", "closes") == edge("2019-03-08 12:00")
    assert extended.edge("call", "opens") == edge("2018-12-17")
    assert extended.instant(moment("call closes")) == utc("2019-03-08 11:00") + 1
    assert extended.day(moment("3 days before call closes")) == date(2019, 3, 5)
    assert Calendar(round).instant(moment("call closes")) == utc("2019-03-01 23:00")


# ── Hours that do not exist, or twice ───────────────────────────────────────


def test_the_lost_hour_is_refused_with_both_neighbours() -> None:
    with pytest.raises(LostHour) as refused:
        to_instant(date(2027, 3, 28), time(2, 30), BRUSSELS)
    assert str(refused.value) == (
        "2027-03-28 02:30:00 does not exist in Europe/Brussels: the clocks go forward over it; write 01:30 or 03:30"
    )


def test_a_neighbour_on_another_day_is_told_with_its_day() -> None:
    with pytest.raises(LostHour) as refused:
        to_instant(date(2018, 11, 4), time(0, 30), "America/Sao_Paulo")
    assert str(refused.value) == (
        "2018-11-04 00:30:00 does not exist in America/Sao_Paulo: the clocks go forward over it; "
        "write 2018-11-03 23:30 or 01:30"
    )
    with pytest.raises(LostHour, match="write 2011-12-29 12:00 or 2011-12-31 12:00"):
        to_instant(date(2011, 12, 30), time(12), "Pacific/Apia")


def test_the_doubled_hour_means_the_later_instant() -> None:
    assert to_instant(date(2027, 10, 31), time(2, 30), BRUSSELS) == utc("2027-10-31 01:30")
    assert is_doubled(date(2027, 10, 31), time(2, 30), BRUSSELS)
    assert not is_doubled(date(2027, 10, 31), time(3, 0), BRUSSELS)
    assert not is_doubled(date(2027, 3, 28), time(2, 30), BRUSSELS)


@pytest.mark.parametrize(
    "name",
    ["Europe/Brussel", "", "Europe", "europe/", "a\0b", "../zoneinfo/Europe/Brussels", "/etc/localtime", "__init__.py"],
)
def test_a_name_that_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(GrantcycleError) as refused:
        zone_info(name)
    assert str(refused.value) == f'"{name}" is not a time zone'

"""Is every instant right to the second when the clocks change?

The oracle knows no zone data: it is each country's rule, written out by hand, and a search for the instants at which
a clock that follows it would show a wall time.
"""

import os
import subprocess
import sys
from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import dates, moment, sample_round, sample_workflow

from engine.rules.agenda import agenda
from engine.rules.moments import Calendar, LostHour, day_starts, from_instant, is_doubled, to_instant, tzdata_version

SECOND = 1_000_000
SUNDAY = 6
YEARS = range(2018, 2031)
Change = tuple[datetime, timedelta]
"""a naive UTC instant, and the offset that holds from it on"""


def sunday(year: int, month: int, which: int) -> date:
    """The first (0), second (1), last (-1) Sunday of a month."""
    days = (date(year, month, 1) + timedelta(days=n) for n in range(31))
    return [day for day in days if day.month == month and day.weekday() == SUNDAY][which]


def offsets(standard: float, *changes: tuple[date, float, float]) -> list[Change]:
    """The changes of a zone: `standard` hours first, then (local day, UTC hour counted from its start, hours)."""
    first = (datetime(1990, 1, 1), timedelta(hours=standard))
    return [
        first,
        *((datetime.combine(day, time(0)) + timedelta(hours=utc), timedelta(hours=now)) for day, utc, now in changes),
    ]


def yearly(
    standard: float, summer: float, into: tuple[int, int, float], out_of: tuple[int, int, float]
) -> list[Change]:
    """Summer time from a Sunday of a month to a Sunday of a later one: (month, which Sunday, UTC hour)."""
    return offsets(
        standard,
        *(
            (sunday(year, month, which), hour, now)
            for year in range(2017, 2032)
            for (month, which, hour), now in ((into, summer), (out_of, standard))
        ),
    )


def european(standard: float) -> list[Change]:
    """At 01:00 UTC on the last Sundays of March and October."""
    return yearly(standard, standard + 1, (3, -1, 1), (10, -1, 1))


ZONES = {
    "Europe/Brussels": european(1),
    "Europe/Lisbon": european(0),
    "Europe/Athens": european(2),
    "Atlantic/Azores": european(-1),  # midnight itself is skipped, and doubled
    "America/New_York": yearly(-5, -4, (3, 1, 7), (11, 0, 6)),  # at 2:00 local time
    "Asia/Beirut": yearly(2, 3, (3, -1, -2), (10, -1, -3)),  # at midnight local time
    "Australia/Lord_Howe": [  # half an hour, in the southern summer
        *offsets(11),
        *yearly(11, 10.5, (4, 0, -9), (10, 0, -8.5))[1:],
    ],
    "Asia/Kolkata": offsets(5.5),
    "America/Sao_Paulo": offsets(  # midnight skipped; summer time was abolished in 2019
        -3, (date(2017, 10, 15), 3, -2), (date(2018, 2, 18), 2, -3),
        (date(2018, 11, 4), 3, -2), (date(2019, 2, 17), 2, -3),
    ),
}  # fmt: skip


def shown(utc: datetime, changes: list[Change]) -> datetime:
    """The local wall time at a naive UTC instant."""
    return utc + changes[bisect_right(changes, utc, key=lambda change: change[0]) - 1][1]


def instants(local: datetime, changes: list[Change]) -> list[int]:
    """Every instant at which the wall clock shows `local`, in UTC microseconds: none, one or two."""
    found = {local - offset for _, offset in changes}
    since = sorted(utc - datetime(1970, 1, 1) for utc in found if shown(utc, changes) == local)
    return [instant // timedelta(microseconds=1) for instant in since]


def changes_of(zone: str) -> list[datetime]:
    """The naive UTC instants at which the clocks change, of the years that are looked at."""
    return [utc for utc, _ in ZONES[zone][1:] if utc.year in YEARS]


def test_brussels_changes_its_clocks_26_times_in_these_years() -> None:
    assert len(changes_of("Europe/Brussels")) == 26
    assert changes_of("Europe/Brussels")[2:4] == [datetime(2019, 3, 31, 1), datetime(2019, 10, 27, 1)]


@pytest.mark.parametrize("zone", ZONES)
def test_every_wall_time_around_every_change_is_the_instant_that_the_rule_gives(zone: str) -> None:
    """Each minute of two hours on both sides, and each second of ten around what is lost or doubled."""
    rule = ZONES[zone]
    steps = [timedelta(minutes=n) for n in range(-120, 121)]
    steps += [timedelta(hours=h / 2, seconds=n) for h in range(-2, 3) for n in range(-10, 11)]
    steps += [timedelta(microseconds=n) for n in (-1, 1)]
    for change in changes_of(zone) or [datetime(2019, 3, 31, 1)]:
        for step in steps:
            local = shown(change, rule) + step
            expected = instants(local, rule)
            assert is_doubled(local.date(), local.time(), zone) == (len(expected) == 2)
            if not expected:
                with pytest.raises(LostHour):
                    to_instant(local.date(), local.time(), zone)
                continue
            assert to_instant(local.date(), local.time(), zone) == expected[-1], local
            assert [from_instant(instant, zone) for instant in expected] == [local] * len(expected)


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_starts_at_the_first_instant_that_shows_its_date(zone: str) -> None:
    rule = ZONES[zone]
    for change in changes_of(zone):
        for day in (shown(change, rule).date() + timedelta(days=n) for n in (-1, 0, 1, 2)):
            start = datetime(1970, 1, 1) + timedelta(microseconds=day_starts(day, zone))
            assert shown(start, rule).date() == day
            assert shown(start - timedelta(microseconds=1), rule).date() < day


@pytest.mark.parametrize("change", changes_of("Europe/Brussels"), ids=str)
def test_the_agenda_is_right_to_the_second_across_the_change(change: datetime) -> None:
    """A call that closes at each whole hour, and at the end, of the days around the change."""
    rule = ZONES["Europe/Brussels"]
    settle = 30 * SECOND
    for offset in (-1, 0, 1):
        day = (change + timedelta(days=offset)).date()
        for hour in [None, *range(24)]:
            local = (
                datetime.combine(day, time(hour))
                if hour is not None
                else datetime.combine(day, time(0)) + timedelta(days=1)
            )
            expected = instants(local, rule)
            if not expected:
                continue
            written = f"{day} {hour:02}:00" if hour is not None else str(day)
            round = sample_round({"call": dates(f"{day.year - 1}-06-01", written)})
            due = {due.key: due for due in agenda(sample_workflow(), Calendar(round), settle)}
            at = expected[-1] + (hour is not None)
            assert (due["transition lapse"].at, due["transition lapse"].fires_at) == (at, at + settle)
            three_days_before = datetime.combine(day - timedelta(days=3), time(9))
            assert due["reminder unfinished 2"].at == instants(three_days_before, rule)[-1]
            assert due["reminder unfinished 2"].valid_until == at
            assert due["reminder unfinished 2"].local == three_days_before.isoformat()


locals_ = st.datetimes(datetime(2017, 6, 1), datetime(2031, 1, 1))


@given(zone=st.sampled_from(sorted(ZONES)), local=locals_)
def test_a_wall_time_comes_back_from_its_instant_unless_it_is_lost(zone: str, local: datetime) -> None:
    expected = instants(local, ZONES[zone])
    try:
        instant = to_instant(local.date(), local.time(), zone)
    except LostHour:
        assert expected == []
    else:
        assert [instant] == expected[-1:]
        assert from_instant(instant, zone) == local


@given(zone=st.sampled_from(sorted(ZONES)), utc=locals_)
def test_an_instant_comes_back_from_its_wall_time_or_is_the_earlier_of_two(zone: str, utc: datetime) -> None:
    instant = (utc - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    local = from_instant(instant, zone)
    assert local == shown(utc, ZONES[zone])
    assert local.tzinfo is None
    assert local.fold == 0
    again = to_instant(local.date(), local.time(), zone)
    assert again == instant or (is_doubled(local.date(), local.time(), zone) and again > instant)


# ── Whose zone data ─────────────────────────────────────────────────────────


def test_the_zone_data_are_those_of_the_wheel_whatever_the_machine_has(tmp_path: Path) -> None:
    """A machine whose Brussels lies in Tokyo; the twin with the standard library shows that it would be believed."""
    import importlib.resources

    tokyo = importlib.resources.files("tzdata.zoneinfo").joinpath("Asia", "Tokyo").read_bytes()
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Brussels").write_bytes(tokyo)
    program = (
        "import datetime, zoneinfo\n"
        "from engine.rules.moments import to_instant\n"
        "wheel = to_instant(datetime.date(2019, 3, 1), datetime.time(17), 'Europe/Brussels')\n"
        "machine = datetime.datetime(2019, 3, 1, 17, tzinfo=zoneinfo.ZoneInfo('Europe/Brussels')).timestamp()\n"
        "print(wheel, int(machine) * 1_000_000)\n"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONTZPATH": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    wheel, machine = map(int, printed.split())
    here = datetime(2019, 3, 1, 16, tzinfo=UTC)
    assert wheel == int(here.timestamp()) * SECOND
    assert machine == wheel - 8 * 3_600 * SECOND


def test_the_version_of_the_zone_data_is_told_as_a_year_and_a_number() -> None:
    year, number = tzdata_version().split(".")[:2]
    assert int(year) >= 2026
    assert int(number) >= 1


def test_a_reminder_stands_on_the_agenda_at_its_wall_time_on_both_sides_of_a_change() -> None:
    round = sample_round({"call": dates("2019-01-01", "2019-04-02")})
    due = {due.key: due for due in agenda(sample_workflow(), Calendar(round), 0)}
    first, second = due["reminder unfinished 1"], due["reminder unfinished 2"]
    assert (first.local, second.local) == ("2019-03-19T09:00:00", "2019-03-30T09:00:00")
    assert due["transition lapse"].at - second.at == (3 * 24 + 15 - 1) * 3_600 * SECOND
    assert Calendar(round).day(moment("3 days before call closes")) == date(2019, 3, 30)

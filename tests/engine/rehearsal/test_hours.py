"""People act on weekdays at likely hours, and never outside the window they have."""

from datetime import datetime, time

from engine.rehearsal.hours import DAY, instant_of, next_workday, on_workday
from engine.rules.moments import from_instant

ZONE = "Europe/Brussels"


def at(text: str) -> int:
    return instant_of(datetime.fromisoformat(text), ZONE)


def test_a_weekend_becomes_the_friday_before() -> None:
    within = (at("2019-03-01 00:00"), at("2019-04-01 00:00"))
    assert on_workday(at("2019-03-31 15:00"), ZONE, time(16, 30), within=within) == at("2019-03-29 16:30")
    assert on_workday(at("2019-03-28 15:00"), ZONE, time(10), within=within) == at("2019-03-28 10:00")


def test_an_hour_outside_the_window_becomes_the_nearest_instant_inside() -> None:
    within = (at("2019-05-20 12:00"), at("2019-05-20 13:00"))
    assert on_workday(at("2019-05-20 12:30"), ZONE, time(9), within=within) == at("2019-05-20 12:30")
    assert on_workday(at("2019-05-21 12:30"), ZONE, time(9), within=within) == at("2019-05-20 13:00") - 1


def test_the_next_workday_skips_the_weekend() -> None:
    assert next_workday(at("2019-03-01 10:00"), ZONE, time(9)) == at("2019-03-04 09:00")
    assert next_workday(at("2019-03-01 10:00") - DAY, ZONE, time(9)) == at("2019-03-01 09:00")


def test_an_hour_that_the_clocks_skip_is_an_hour_later() -> None:
    assert from_instant(at("2019-03-31 02:30"), ZONE) == datetime(2019, 3, 31, 3, 30)

"""Are working days those on which people work, in a country and in its parts?"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import edge, moment, sample_round

from engine.rules.conditions import Reach
from engine.rules.earlier import reaches_from, until
from engine.rules.moments import Calendar, day_starts, from_instant, shift
from engine.rules.round import PhaseDates
from engine.rules.times import Span
from engine.rules.working_days import (
    countries,
    day_off,
    holiday,
    is_working_day,
    next_working_day,
    part_name,
    parts_of,
    working_days_from,
)

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
REGIONS = st.sampled_from(["BE", "BE-VLG", "GB", "GB-ENG", "GB-SCT", "DE-BY", "FR-57", "EG", None])


@pytest.mark.parametrize(
    ("day", "span", "direction", "region", "expected"),
    [
        ("2030-03-01", 3, -1, "BE", "2030-02-26"),  # a Friday: Thursday, Wednesday, Tuesday
        ("2030-03-04", 1, -1, "BE", "2030-03-01"),  # over a weekend
        ("2030-03-03", 1, -1, "BE", "2030-03-01"),  # from a Sunday
        ("2030-03-02", 1, 1, "BE", "2030-03-04"),
        ("2030-04-19", 1, 1, "BE", "2030-04-23"),  # over Easter Monday; Good Friday is a working day in Belgium
        ("2030-04-18", 1, 1, "GB-ENG", "2030-04-23"),  # and none in England
        ("2030-04-18", 2, 1, "GB-SCT", "2030-04-23"),  # Easter Monday is a working day in Scotland
        ("2030-04-19", 1, 1, None, "2030-04-22"),  # weekends alone
    ],
)
def test_working_days_are_counted_over_weekends_and_holidays(
    day: str, span: int, direction: int, region: str | None, expected: str
) -> None:
    start = date.fromisoformat(day)
    assert shift(start, Span(span, "working day"), direction, region) == date.fromisoformat(expected)


@pytest.mark.parametrize(("region", "first"), [("BE", "2030-04-18"), ("GB-ENG", "2030-04-17")])
def test_what_happened_so_many_working_days_ago_is_counted_by_the_holidays_of_the_round(
    region: str, first: str
) -> None:
    reach, today = Reach(span=Span(2, "working day")), date(2030, 4, 23)  # the Tuesday after Easter
    from_here = reaches_from(reach, day_starts(today, "Europe/Brussels"), "Europe/Brussels", region)
    assert from_here == day_starts(date.fromisoformat(first) + timedelta(days=1), "Europe/Brussels")


@given(DAYS, st.integers(1, 20), REGIONS)
def test_it_counts_until_the_first_day_that_no_longer_looks_back_so_far(
    day: date, count: int, region: str | None
) -> None:
    reach, zone, holidays = Reach(span=Span(count, "working day")), "Europe/Brussels", region or "BE"
    at = day_starts(day, zone)
    ends = until(reach, at, zone, holidays)
    assert ends is not None
    starts = [reaches_from(reach, day_starts(one, zone), zone, holidays) for one in (ends - timedelta(days=1), ends)]
    assert [start is not None and start <= at for start in starts] == [True, False]


@given(DAYS, st.integers(1, 40), REGIONS)
def test_between_a_day_and_so_many_working_days_later_lie_exactly_so_many(
    day: date, count: int, region: str | None
) -> None:
    landed = working_days_from(day, count, region)
    between = [day + timedelta(days=ahead) for ahead in range(1, (landed - day).days + 1)]
    assert sum(is_working_day(one, region) for one in between) == count
    assert is_working_day(landed, region)
    if is_working_day(day, region):
        assert working_days_from(landed, -count, region) == day


@given(DAYS, REGIONS.filter(bool))
def test_the_next_working_day_is_the_first_on_which_no_reason_keeps_people_at_home(day: date, region: str) -> None:
    landed = next_working_day(day, region)
    kept = [day + timedelta(days=ahead) for ahead in range((landed - day).days)]
    assert [day_off(one, region) is None for one in [*kept, landed]] == [False] * len(kept) + [True]


def test_a_part_of_a_country_has_the_holidays_of_all_and_its_own() -> None:
    flemish = date(2030, 7, 11)
    assert [day_off(flemish, region) for region in ("BE", "BE-WAL")] == [None, None]
    assert [holiday(flemish, "BE-VLG", language) for language in ("nl", "fr", "en", "de")] == [
        "Feest van de Vlaamse Gemeenschap", "Fête de la Communauté flamande", "Flemish Community Day",
        "Flemish Community Day",
    ]  # fmt: skip
    assert day_off(date(2030, 9, 27), "BE-WAL") == "a holiday (French Community Day)"
    assert day_off(date(2030, 7, 21), "BE-VLG") == "a holiday (National Day)"
    assert parts_of("GB") == ("GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS")
    assert parts_of("BE") == ("BE-VLG", "BE-WAL")
    assert [part_name(region) for region in ("GB", "GB-ENG", "BE-VLG", "FR-57", "DE-BY")] == [
        None, "England", "Vlaanderen", "Moselle", "Bayern"
    ]  # fmt: skip


def test_every_country_and_every_part_of_one_can_be_asked() -> None:
    assert [
        region
        for country in countries()
        for region in (country, *parts_of(country)[:2])
        if not isinstance(day_off(date(2030, 1, 5), region), str)
        and day_off(date(2030, 1, 4), region) != day_off(date(2030, 1, 5), region)
    ] == []


def test_an_extension_takes_the_place_of_a_day_that_has_moved() -> None:
    rolled = PhaseDates(edge("2019-01-07"), edge("2019-03-04"), written=edge("2019-03-02"))
    round = sample_round({"call": rolled})
    plain, extended = Calendar(round), Calendar(round, {"call closes": edge("2019-03-09")})
    assert (plain.rolled_from("call"), extended.rolled_from("call")) == (edge("2019-03-02"), None)
    assert [from_instant(one.instant(moment("call closes")), one.zone).date() for one in (plain, extended)] == [
        date(2019, 3, 5), date(2019, 3, 10)
    ]  # fmt: skip

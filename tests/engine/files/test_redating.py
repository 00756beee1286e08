"""A round's file reads as before, but for its dates."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from on_disk import written

from engine.errors import GrantcycleError
from engine.files.locating import values_in
from engine.files.redating import Move, dates_in, moved, with_values, with_words, without_heading

CERA = (Path(__file__).parents[3] / "workflows/cera-impuls/rounds/2019.toml").read_text(encoding="utf-8")
MONDAY = date(2018, 12, 17)


@given(years=st.integers(1, 10), weeks=st.integers(0, 60), day=st.dates(date(2000, 1, 1), date(2050, 12, 31)))
def test_with_the_weekday_kept_every_date_moves_by_the_same_whole_weeks(years: int, weeks: int, day: date) -> None:
    move = Move(weeks=weeks, years=years)
    to = move.to(day)
    assert isinstance(to, date)
    assert (to.weekday(), to - day) == (day.weekday(), timedelta(weeks=move.all_weeks))
    if weeks == 0:
        assert abs((to - Move(years=years, weekday=False).to(day)).days) <= 4  # type: ignore[operator]


@pytest.mark.parametrize(
    ("move", "day", "to"),
    [
        (Move(years=1), MONDAY, date(2019, 12, 16)),
        (Move(years=1, weekday=False), MONDAY, date(2019, 12, 17)),
        (Move(years=1, weekday=False), date(2024, 2, 29), date(2025, 2, 28)),
        (Move(weeks=3), MONDAY, date(2019, 1, 7)),
        (Move(weeks=1), datetime(2019, 3, 1, 17), datetime(2019, 3, 8, 17)),
    ],
)
def test_a_date_moves(move: Move, day: date, to: date) -> None:
    assert move.to(day) == to


def test_a_date_outside_the_years_of_rounds_is_refused() -> None:
    with pytest.raises(GrantcycleError, match="outside the years 1970 to 2100"):
        Move(years=90).to(MONDAY)
    with pytest.raises(GrantcycleError, match="cannot be moved so far"):
        Move(weeks=10**9).to(MONDAY)


def test_every_date_of_the_shipped_round_moves_and_nothing_else_changes() -> None:
    later = moved(CERA, Move(years=1))
    before, after = dates_in(CERA), dates_in(later)
    assert [(one.path, one.day - timedelta(weeks=52)) for one in after] == [(one.path, one.day) for one in before]
    assert len(before) == 20
    assert moved(later, Move(years=-1)) == CERA
    assert [line.partition("#")[2] for line in later.splitlines()] == [
        line.partition("#")[2] for line in CERA.splitlines()
    ]


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.sampled_from(sorted(values_in(CERA), key=str)), WORDS)
def test_any_text_put_in_the_place_of_a_value_is_read_back(path: tuple[str | int, ...], text: str) -> None:
    data = tomllib.loads(with_values(CERA, {path: text}))
    for step in path:
        data = data[step]  # type: ignore[index]
    assert data == text


def test_what_is_no_toml_has_no_dates_and_what_is_not_there_cannot_be_changed() -> None:
    assert dates_in("[round\n") == ()
    with pytest.raises(GrantcycleError, match=r"nothing stands at phase\.nowhere\.on"):
        with_values(CERA, {("phase", "nowhere", "on"): MONDAY})


def test_the_heading_of_the_old_file_goes_and_words_are_added_once() -> None:
    assert without_heading(CERA).startswith("[round]\n")
    words = with_words('"A" = "a"\n', {"A": "other", 'B "quoted"': "b"})
    assert words == '"A" = "a"\n"B \\"quoted\\"" = "b"\n'


def test_the_days_of_each_strand_and_answer_move_too() -> None:
    text = written("choirs")["rounds/2030.toml"]
    days = {one.path[1:-2]: one.day for one in dates_in(moved(text, Move(weeks=1))) if one.path[0] == "meeting"}
    assert {way: days[way] for way in (("hearing", "town"), ("workshop", "East Flanders"))} == {
        ("hearing", "town"): date(2030, 4, 16), ("workshop", "East Flanders"): date(2030, 6, 22),
    }  # fmt: skip
    assert len(days) == text.count("[[meeting.")

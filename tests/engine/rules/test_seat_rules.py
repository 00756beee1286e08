"""For which meetings do people sign up, and until when is an offered seat kept?"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from engine.rules.moments import day_starts, to_instant
from engine.rules.seats import answer_by, begins_at, takes_sign_ups
from engine.rules.times import Moment, Span, Window
from engine.rules.workflow import Meeting, Slots

BRUSSELS, CAIRO = "Europe/Brussels", "Africa/Cairo"
PARTY = Meeting("party", "Party", "everyone", Window(Moment("call", "opens"), Moment("call", "closes")))


def at(text: str, zone: str = BRUSSELS) -> int:
    local = datetime.fromisoformat(text)
    return to_instant(local.date(), local.time(), zone)


@pytest.mark.parametrize(
    ("of", "takes"),
    [
        ({}, True),
        ({"seats": 18}, True),
        ({"open_to": ("awarded",)}, False),
        ({"open_to": ("awarded",), "seats": 18}, True),
        ({"slots": Slots(12, 20)}, False),
        ({"slots": Slots(1, 20), "book_with": "staff"}, False),
    ],
)
def test_people_sign_up_for_what_is_everyones_and_for_what_has_seats(of: dict[str, Any], takes: bool) -> None:
    assert takes_sign_ups(replace(PARTY, **of)) is takes


@pytest.mark.parametrize(
    ("offered", "within", "until"),
    [
        ("2030-02-11 10:00", Span(3, "day"), "2030-02-15 00:00"),
        ("2030-02-11 00:00", Span(3, "day"), "2030-02-15 00:00"),
        ("2030-02-11 23:59", Span(1, "day"), "2030-02-13 00:00"),
        ("2030-03-29 10:00", Span(2, "day"), "2030-04-01 00:00"),  # the clocks go forward on the last of these days
        ("2030-10-26 10:00", Span(1, "day"), "2030-10-28 00:00"),  # and back
        ("2030-01-31 10:00", Span(1, "month"), "2030-03-01 00:00"),
        ("2030-02-11 10:00", Span(2, "week"), "2030-02-26 00:00"),
    ],
)
def test_an_offer_is_kept_until_the_end_of_its_last_day(offered: str, within: Span, until: str) -> None:
    assert answer_by(at(offered), within, at("2031-01-01 19:00"), BRUSSELS, "BE") == at(until)


def test_an_offer_never_outlasts_the_beginning_of_the_meeting() -> None:
    begins = at("2030-02-12 19:00")
    assert answer_by(at("2030-02-11 10:00"), Span(3, "day"), begins, BRUSSELS, "BE") == begins


def test_where_midnight_is_skipped_the_day_ends_when_the_clocks_jump() -> None:
    offered = to_instant(date(2024, 4, 24), datetime(2024, 4, 24, 10).time(), CAIRO)
    ends = answer_by(offered, Span(1, "day"), at("2031-01-01 19:00"), CAIRO, "EG")
    assert ends == day_starts(date(2024, 4, 26), CAIRO)


def test_a_meeting_without_an_hour_begins_with_its_day() -> None:
    assert begins_at(date(2030, 3, 31), None, BRUSSELS) == at("2030-03-31 00:00")
    assert begins_at(date(2030, 3, 31), at("2030-03-31 19:00"), BRUSSELS) == at("2030-03-31 19:00")

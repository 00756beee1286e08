"""When is each slot of a day, and what lies outside it?"""

from datetime import date, time

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.moments import from_instant, to_instant
from engine.rules.running_order import MINUTE, Break, Day, refuse_breaks
from engine.rules.workflow import Slots

ZONE = "Europe/Brussels"
PITCH = date(2027, 4, 15)
TWELVE = Slots(12, 20, 5)


def hours(day: Day) -> list[str]:
    return [f"{from_instant(one.starts_at, ZONE):%H:%M}" for one in day.times]


def test_slots_follow_one_another_with_their_pause_and_breaks_push_on_what_comes_after() -> None:
    day = Day(PITCH, time(9, 30), ZONE, TWELVE, (Break(5, 20, "Coffee"), Break(7, 60, "Lunch")))
    assert hours(day) == [
        "09:30", "09:55", "10:20", "10:45", "11:10", "11:55", "12:20", "13:45", "14:10", "14:35", "15:00", "15:25",
    ]  # fmt: skip
    assert [
        (one.title, f"{from_instant(at.starts_at, ZONE):%H:%M}", f"{from_instant(at.ends_at, ZONE):%H:%M}")
        for one, at in day.pauses
    ] == [("Coffee", "11:35", "11:55"), ("Lunch", "12:45", "13:45")]


def test_a_slot_that_ends_after_the_meeting_or_its_window_lies_outside_the_day() -> None:
    until = to_instant(PITCH, time(10, 40), ZONE)
    day = Day(PITCH, time(9, 30), ZONE, TWELVE, until=until)
    assert (day.places, str(day.outside(4))) == (
        (1, 2, 3),
        "a slot outside the day: slot 4 would last from 10:45 to 11:05",
    )
    late = Day(PITCH, time(9, 30), ZONE, TWELVE, since=to_instant(PITCH, time(10), ZONE))
    assert (late.places[0], str(late.outside(1))) == (
        3,
        "a slot outside the day: slot 1 would last from 09:30 to 09:50",
    )


def test_a_slot_that_runs_past_midnight_lies_outside_the_day() -> None:
    day = Day(PITCH, time(23, 20), ZONE, Slots(3, 20))
    assert (day.places, day.outside(2), str(day.outside(3))) == (
        (1, 2),
        None,
        "a slot outside the day: slot 3 would last from 00:00 to 00:20",
    )


def test_there_is_no_slot_beyond_those_of_the_rules() -> None:
    day = Day(PITCH, time(9, 30), ZONE, TWELVE)
    assert [str(day.outside(one)) for one in (0, 13)] == [
        "there is no slot 0: there are 12",
        "there is no slot 13: there are 12",
    ]


def test_where_the_rules_do_not_say_how_many_there_are_as_many_as_the_day_has_room_for() -> None:
    day = Day(PITCH, time(22), ZONE, Slots(None, 30, 5), (Break(2, 10),))
    assert (day.count, day.places, hours(day)) == (3, (1, 2, 3), ["22:00", "22:35", "23:20"])


def test_slots_last_as_long_as_they_say_while_the_clocks_go_back() -> None:
    day = Day(date(2027, 10, 31), time(1, 30), ZONE, Slots(6, 30))
    assert hours(day) == ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]
    assert {one.ends_at - one.starts_at for one in day.times} == {30 * MINUTE}


def test_breaks_stand_between_slots_once_each_for_a_sensible_time() -> None:
    assert refuse_breaks([Break(1, 1), Break(11, 480)], 12) == []
    assert [str(one) for one in refuse_breaks([Break(12, 10), Break(3, 0), Break(3, 900)], 12)] == [
        "there is one break at most after slot 3",
        "a break stands between two slots: after slot 1 to 11, and not after 12",
        "a break lasts from 1 to 480 minutes, and not 0",
        "a break lasts from 1 to 480 minutes, and not 900",
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 20), st.integers(1, 60), st.integers(0, 15), st.times(),
    st.dictionaries(st.integers(1, 19), st.integers(1, 90), max_size=3),
)  # fmt: skip
def test_no_two_slots_touch_in_time_and_those_within_the_day_are_the_first(
    count: int, minutes: int, pause: int, first: time, breaks: dict[int, int]
) -> None:
    planned = tuple(Break(after, length) for after, length in breaks.items())
    day = Day(PITCH, first.replace(second=0, microsecond=0), ZONE, Slots(count, minutes, pause), planned)
    ends = [one.ends_at for one in day.times]
    starts = [one.starts_at for one in day.times]
    gaps = [later - earlier for later, earlier in zip(starts[1:], ends, strict=False)]
    assert gaps == [(pause + breaks.get(position, 0)) * MINUTE for position in range(1, count)]
    assert day.places == tuple(range(1, len(day.places) + 1))

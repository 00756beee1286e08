"""Does a suggested order keep what is locked, place everybody there is room for, and let nobody get up needlessly?"""

from datetime import date, datetime, time
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.moments import from_instant
from engine.rules.running_order import Break, Day
from engine.rules.suggested_order import Away, Suggested, Wish, away, suggest
from engine.rules.workflow import Slots

ZONE = "Europe/Brussels"
LETTERS = "ABCDEFGHIJKLMN"


def a_day(count: int = 12, *breaks: Break) -> Day:
    return Day(date(2027, 4, 15), time(9, 30), ZONE, Slots(count, 20, 5), breaks)


def order(found: Suggested) -> str:
    return "".join(found.places.values())


def test_without_conflicts_or_wishes_the_order_stays() -> None:
    assert suggest(a_day(), list(LETTERS[:12])) == Suggested(dict(enumerate(LETTERS[:12], start=1)))


def test_the_conflicts_of_a_member_stand_together_at_an_edge_of_the_day() -> None:
    found = suggest(a_day(), list(LETTERS[:12]), conflicts={7: {"D", "I"}})
    assert found.away in ({7: (Away(1, 2),)}, {7: (Away(11, 12),)})


def test_where_the_edges_are_locked_they_stand_together_beside_a_break() -> None:
    locked = {1: "A", 2: "B", 11: "K", 12: "L"}
    found = suggest(a_day(12, Break(6, 60)), list(LETTERS[:12]), locked=locked, conflicts={7: {"D", "I"}})
    assert found.away in ({7: (Away(5, 6),)}, {7: (Away(7, 8),)})


def test_wishes_come_before_the_convenience_of_members() -> None:
    found = suggest(a_day(8), list(LETTERS[:8]), conflicts={7: {"A", "B"}}, wishes={"A": Wish("afternoon")})
    assert (found.unmet, found.places[8]) == ((), "A")
    assert found.away == {7: (Away(7, 8),)}


def test_what_cannot_be_honoured_is_said() -> None:
    wishes = {one: Wish("not before", time(12)) for one in "ABC"} | {"D": Wish("not after", time(9, 50))}
    found = suggest(a_day(8), list(LETTERS[:8]), wishes=wishes, locked={1: "H"})
    # two of the three come after noon, where there are two slots, and the one that suits D is locked for another
    assert (len(found.unmet), set(found.unmet) - set("ABC")) == (2, {"D"})


def test_whoever_has_no_slot_stays_in_the_order_of_the_reserve_list() -> None:
    assert suggest(a_day(3), list("DABEC"), locked={2: "A"}) == Suggested({1: "D", 2: "A", 3: "B"}, ("E", "C"))


def test_an_empty_slot_between_two_conflicts_does_not_call_a_member_back() -> None:
    assert away({1: "A", 2: "X", 4: "Y", 5: "B", 6: "X"}, {"X", "Y"}) == (Away(2, 4), Away(6, 6))


def test_a_morning_begins_before_noon_and_hours_are_of_the_whole_slot() -> None:
    day = a_day()
    by_kind = {
        wish: [position for position in day.places if wish.is_met(*hours(day, position))]
        for wish in (Wish("morning"), Wish("afternoon"), Wish("not before", time(13)), Wish("not after", time(10, 15)))
    }
    assert by_kind == {
        Wish("morning"): [1, 2, 3, 4, 5, 6], Wish("afternoon"): [7, 8, 9, 10, 11, 12],
        Wish("not before", time(13)): [10, 11, 12], Wish("not after", time(10, 15)): [1, 2],
    }  # fmt: skip


def hours(day: Day, position: int) -> tuple[datetime, datetime]:
    """From when until when a slot lasts, on the clock."""
    at = day.at(position)
    return from_instant(at.starts_at, ZONE), from_instant(at.ends_at, ZONE)


Table = tuple[Day, list[str], dict[int, str], dict[str, Wish], dict[int, set[str]]]
wish = st.one_of(
    st.sampled_from([Wish("morning"), Wish("afternoon")]),
    st.builds(Wish, st.sampled_from(["not before", "not after"]), st.times()),
)


@st.composite
def tables(draw: st.DrawFn, most: int = 8) -> Table:
    """A day, dossiers, those that are locked, what they wish, and who has a conflict with which."""
    count = draw(st.integers(1, most))
    breaks = [Break(after, 30) for after in draw(st.sets(st.integers(1, max(count - 1, 1)), max_size=2))]
    dossiers = draw(st.permutations(list(LETTERS[: draw(st.integers(0, most + 2))])))
    some = dossiers[: draw(st.integers(0, min(count, len(dossiers))))]
    at = draw(st.permutations(range(1, count + 1)))
    locked = dict(zip(at, some[: draw(st.integers(0, 3))], strict=False))
    names = st.sampled_from(dossiers) if dossiers else st.nothing()
    wishes = draw(st.dictionaries(names, wish, max_size=4)) if dossiers else {}
    conflicts = draw(st.dictionaries(st.integers(1, 4), st.sets(names, max_size=4), max_size=3)) if dossiers else {}
    return a_day(count, *breaks), list(dossiers), locked, wishes, conflicts


@settings(max_examples=150, deadline=None)
@given(tables())
def test_nobody_shares_a_slot_the_locked_stay_and_all_are_placed_while_there_is_room(
    table: Table,
) -> None:
    day, dossiers, locked, wishes, conflicts = table
    found = suggest(day, dossiers, locked=locked, wishes=wishes, conflicts=conflicts)
    placed = list(found.places.values())
    assert sorted([*placed, *found.left]) == sorted(dossiers)
    assert {position: found.places[position] for position in locked} == locked
    assert (len(placed), set(found.places) <= set(day.places)) == (min(len(dossiers), day.slots.count), True)
    free = [one for one in dossiers if one not in locked.values()]
    assert list(found.left) == free[len(placed) - len(locked) :]
    assert suggest(day, dossiers, locked=locked, wishes=wishes, conflicts=conflicts) == found


@settings(max_examples=40, deadline=None)
@given(tables(most=5))
def test_no_order_at_all_meets_more_wishes(
    table: Table,
) -> None:
    """By brute force, over every way to seat those who have a slot."""
    day, dossiers, locked, wishes, conflicts = table
    found = suggest(day, dossiers, locked=locked, wishes=wishes, conflicts=conflicts)
    free = [position for position in day.places if position not in locked]
    placed: list[str | None] = [number for number in found.places.values() if number not in locked.values()]
    placed += [None] * (len(free) - len(placed))
    fewest = min(
        sum(
            number in wishes and not wishes[number].is_met(*hours(day, position))
            for position, number in (*zip(free, seats, strict=True), *locked.items())
            if number is not None
        )
        for seats in permutations(placed)
    )
    assert len(found.unmet) == fewest

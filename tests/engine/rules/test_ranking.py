"""Who fits under a cap, whatever the order in which they come and whatever ties?"""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.ranking import Candidate, Ranked, rank
from engine.rules.workflow import Ties


def scored(**scores: float | None) -> list[Candidate]:
    """Candidates that arrived in this order."""
    return [Candidate(number, place, {"score": score}) for place, (number, score) in enumerate(scores.items())]


def fitting(ranked: tuple[Ranked, ...]) -> list[str]:
    return [place.number for place in ranked if place.fits]


def test_the_highest_scores_fit() -> None:
    assert rank(scored(a=6.0, b=9.0, c=7.5), ["score"], 2, "ask") == (
        Ranked("b", 1, True),
        Ranked("c", 2, True),
        Ranked("a", 3, False),
    )


@pytest.mark.parametrize(
    ("ties", "who", "asked"), [("ask", ["a"], ["b", "c"]), ("in", ["a", "b", "c"], []), ("out", ["a"], [])]
)
def test_a_tie_at_the_line_follows_the_stated_rule(ties: Ties, who: list[str], asked: list[str]) -> None:
    ranked = rank(scored(a=9.0, b=7.0, c=7.0, d=5.0), ["score"], 2, ties)
    assert fitting(ranked) == who
    assert [place.number for place in ranked if place.tied_at_line] == asked
    assert [place.rank for place in ranked] == [1, 2, 2, 4]


def test_nobody_moves_up_into_the_place_that_a_tie_leaves_free() -> None:
    """A cohort stops at the first that does not fit."""
    assert fitting(rank(scored(a=9.0, b=7.0, c=7.0, d=5.0), ["score"], 2, "out")) == ["a"]


@pytest.mark.parametrize("ties", ["ask", "in", "out"])
def test_a_tie_that_is_not_at_the_line_needs_no_rule(ties: Ties) -> None:
    assert fitting(rank(scored(a=9.0, b=9.0, c=7.0), ["score"], 2, ties)) == ["a", "b"]
    assert fitting(rank(scored(a=9.0, b=7.0, c=7.0), ["score"], 1, ties)) == ["a"]


def test_arrival_breaks_a_tie_where_the_workflow_says_so() -> None:
    late_first = [Candidate("late", 20, {"score": 7.0}), Candidate("early", 10, {"score": 7.0})]
    assert rank(late_first, ["score", "received"], 1, "ask") == (Ranked("early", 1, True), Ranked("late", 2, False))
    assert fitting(rank(late_first, ["received"], 1, "ask")) == ["early"]


def test_two_that_arrived_in_one_microsecond_tie() -> None:
    twins = [Candidate("b", 10, {"score": 7.0}), Candidate("a", 10, {"score": 7.0})]
    assert rank(twins, ["score", "received"], 1, "ask") == (
        Ranked("a", 1, False, tied_at_line=True),
        Ranked("b", 1, False, tied_at_line=True),
    )


@pytest.mark.parametrize("order", [["score"], ["score", "received"], ["received", "score"]])
def test_who_has_no_score_comes_last_and_fits_nowhere(order: list[str]) -> None:
    ranked = rank(scored(a=None, b=1.0, c=None), order, 3, "in")
    assert [(place.number, place.fits, place.tied_at_line) for place in ranked] == [
        ("b", True, False),
        ("a", False, False),
        ("c", False, False),
    ]


def test_who_has_no_score_takes_nobody_s_place() -> None:
    assert fitting(rank(scored(a=None, b=1.0), ["received", "score"], 1, "ask")) == ["b"]


def test_no_places_and_no_candidates_are_no_trouble() -> None:
    assert rank([], ["score"], 5, "in") == ()
    assert fitting(rank(scored(a=9.0, b=9.0), ["score"], 0, "in")) == []


candidates = st.lists(
    st.tuples(st.integers(0, 3), st.one_of(st.none(), st.integers(0, 4).map(float)), st.integers(0, 3).map(float)),
    max_size=14,
).map(
    lambda rows: [
        Candidate(f"{n:02}", at, {"score": score, "reach": reach}) for n, (at, score, reach) in enumerate(rows)
    ]
)
orders = st.sampled_from([["score"], ["score", "received"], ["received"], ["reach", "score"], ["received", "score"]])


@given(
    candidates=candidates,
    order=orders,
    places=st.integers(0, 15),
    ties=st.sampled_from(["ask", "out", "in"]),
    seed=st.integers(),
)
def test_a_ranking_is_one_total_order_and_never_gives_more_places_than_there_are(
    candidates: list[Candidate], order: list[str], places: int, ties: Ties, seed: int
) -> None:
    ranked = rank(candidates, order, places, ties)
    shuffled = list(candidates)
    random.Random(seed).shuffle(shuffled)
    assert rank(shuffled, order, places, ties) == ranked
    assert sorted(place.number for place in ranked) == [candidate.number for candidate in candidates]
    fits = [place.fits for place in ranked]
    assert fits == sorted(fits, reverse=True)
    if ties != "in":
        assert sum(fits) <= places
    else:
        last = max((place.rank for place in ranked if place.fits), default=0)
        assert last <= places
    assert [place.rank for place in ranked] == sorted(place.rank for place in ranked)
    by_rank: dict[int, set[bool]] = {}
    for place in ranked:
        by_rank.setdefault(place.rank, set()).add(place.fits)
    assert all(len(verdicts) == 1 for verdicts in by_rank.values())
    unmarked = {c.number for c in candidates if any(name != "received" and c.marks[name] is None for name in order)}
    assert not unmarked & set(fitting(ranked))
    assert {place.number for place in ranked[len(ranked) - len(unmarked) :]} == unmarked
    assert not [place for place in ranked if place.tied_at_line and (place.fits or ties != "ask")]


@given(candidates=candidates, order=orders, places=st.integers(0, 15))
def test_places_stay_free_only_behind_a_tie(candidates: list[Candidate], order: list[str], places: int) -> None:
    ranked = rank(candidates, order, places, "ask")
    rankable = [c for c in candidates if all(name == "received" or c.marks[name] is not None for name in order)]
    free = min(places, len(rankable)) - len(fitting(ranked))
    assert (free > 0) == any(place.tied_at_line for place in ranked)


def asking(**amounts: float) -> list[Candidate]:
    """Candidates that were placed by hand in this order."""
    return [
        Candidate(number, place, {"committee": place}, amount)
        for place, (number, amount) in enumerate(amounts.items(), start=1)
    ]


def test_money_stops_at_the_first_that_does_not_fit_whatever_the_others_ask() -> None:
    ranked = rank(asking(a=50.0, b=60.0, c=10.0), ["committee"], None, "ask", 90.0)
    assert [(one.number, one.fits, one.wants) for one in ranked] == [
        ("a", True, None), ("b", False, "money"), ("c", False, "money"),
    ]  # fmt: skip


def test_the_last_cent_is_given_and_not_one_more() -> None:
    assert fitting(rank(asking(a=0.1, b=0.2), ["committee"], None, "ask", 0.3)) == ["a", "b"]
    assert fitting(rank(asking(a=0.1, b=0.21), ["committee"], None, "ask", 0.3)) == ["a"]


@pytest.mark.parametrize("ties", ["ask", "in", "out"])
def test_a_tie_that_money_does_not_reach_for_as_a_whole_is_never_let_in(ties: Ties) -> None:
    tied = [Candidate(one, 1, {"score": 7.0}, 60.0) for one in ("a", "b")]
    ranked = rank(tied, ["score"], 2, ties, 90.0)
    assert [(one.fits, one.tied_at_line, one.wants) for one in ranked] == [(False, ties == "ask", "a better rank")] * 2


def test_places_and_money_end_each_by_itself() -> None:
    assert fitting(rank(asking(a=10.0, b=10.0, c=10.0), ["committee"], 2, "ask", 90.0)) == ["a", "b"]
    assert fitting(rank(asking(a=10.0, b=10.0, c=10.0), ["committee"], 3, "ask", 20.0)) == ["a", "b"]

"""What a mark is worth, and how it is said."""

import pytest

from engine.errors import GrantcycleError
from engine.rules.facts import weighted_score
from engine.rules.marks import in_words, is_on_scale, place_of, read_mark, score_falls, worth, written
from engine.rules.workflow import Criterion

REACH = Criterion("reach", "Reach", (1, 10))
RISK = Criterion("risk", "Risk", (9, 1))
GRADE = Criterion("grade", "Grade", (1, 3), words=("C", "B", "A"))


def test_a_mark_on_a_falling_scale_is_read_from_the_other_end() -> None:
    assert [worth(RISK, mark) for mark in (9, 5, 1)] == [1, 5, 9]
    assert [worth(REACH, mark) for mark in (1, 10)] == [1, 10]


def test_a_mark_in_words_is_worth_its_place() -> None:
    assert [place_of(GRADE, word) for word in ("C", "B", "A")] == [1, 2, 3]
    assert [in_words(GRADE, mark) for mark in (1, 2, 3, 4, 1.5)] == ["C", "B", "A", None, None]
    assert in_words(REACH, 1) is None


def test_a_mark_that_the_scale_does_not_have_is_refused_with_the_nearest() -> None:
    with pytest.raises(GrantcycleError, match='"grade" has no mark "D"; known: "C", "B", "A"'):
        place_of(GRADE, "D")
    with pytest.raises(GrantcycleError, match='reach: "ten" is not a mark; write a number'):
        read_mark(REACH, "ten")


def test_what_is_on_a_scale() -> None:
    assert [is_on_scale(RISK, mark) for mark in (0.9, 1, 9, 9.1)] == [False, True, True, False]
    assert [is_on_scale(GRADE, mark) for mark in (0, 1, 1.5, 3, 4)] == [False, True, False, True, False]


@pytest.mark.parametrize(("criterion", "text", "mark"), [(REACH, "7,5", 7.5), (RISK, "2", 2.0), (GRADE, "A", 3.0)])
def test_a_mark_is_read_as_it_is_written(criterion: Criterion, text: str, mark: float) -> None:
    assert read_mark(criterion, text) == mark
    assert read_mark(criterion, written(criterion, mark)) == mark


def test_a_score_falls_where_all_that_counts_does() -> None:
    silent = Criterion("scope", "Scope", (1, 2), 0, ("no", "yes"))
    assert [score_falls(some) for some in ([RISK], [RISK, silent], [RISK, REACH], [])] == [True, True, False, False]


def test_more_is_better_whatever_the_scale_and_what_has_no_weight_does_not_count() -> None:
    criteria = {one.name: one for one in (REACH, RISK, Criterion("scope", "Scope", (1, 2), 0, ("no", "yes")))}
    marks = {"ann": {"reach": 8, "risk": 2, "scope": 1}}
    assert weighted_score(criteria, marks) == 8.0
    assert weighted_score({"scope": criteria["scope"]}, marks) is None

"""An answer whose limit is a part of another one is held to it, and to nothing while that is not known."""

from typing import Any

import pytest

from engine.rules.forms import check_answer, missing
from engine.rules.giving import asked_of
from engine.rules.limits import limited, wholes_of
from engine.rules.numbers import PartOf, PerStrand, Share
from engine.rules.questions import Question

HALF = PartOf(Share(50), "costs")
COSTS = Question("costs", "What does it cost?", "money", required=True)
GRANT = Question("grant", "Which grant?", "money", at_most=HALF, at_least=PartOf(Share(12.5), "costs"))


def test_the_limit_is_exact_once_the_whole_is_known() -> None:
    now = limited(GRANT, {"costs": 33_333.34})
    assert (now.least, now.most) == (4166.6675, 16_666.67)
    assert limited(GRANT, {"costs": None}).most is None


def test_the_whole_of_a_schedule_is_what_its_rows_come_to() -> None:
    rows = [{"what": "Ground", "day": "2030-10-01", "money": 0.1}, {"what": "Trees", "day": "2030-11-01", "money": 0.2}]
    assert limited(GRANT, {"costs": rows}).most == 0.15


@pytest.mark.parametrize(
    ("grant", "costs", "sentence"),
    [
        (20_000, 40_000, None),
        (20_000.01, 40_000, '"grant" is 20,000.01, and at most 20,000 may be asked: 50 % of costs'),
        (4_999, 40_000, '"grant" is 4,999, and at least 5,000 must be asked: 12.5 % of costs'),
        (10**9, None, None),
    ],
)
def test_why_it_will_not_do_says_the_part_and_what_that_comes_to(grant: Any, costs: Any, sentence: str | None) -> None:
    refusal = check_answer(GRANT, grant, {"costs": costs})
    assert (refusal.sentence if refusal else None) == sentence


def test_a_form_is_not_complete_while_it_asks_for_more_than_the_part() -> None:
    form = {"costs": COSTS, "grant": GRANT}
    assert missing(form, {"costs": 40_000, "grant": 20_000}) == ()
    assert [one.code for one in missing(form, {"costs": 30_000, "grant": 20_000})] == ["answer"]
    assert [one.code for one in missing(form, {"grant": 20_000})] == ["form"]  # the costs, and they alone


def test_a_report_may_be_held_to_the_dossiers_own_form() -> None:
    spent = Question("spent", "What was spent?", "money", at_most=PartOf(Share(100), "costs"), of="report")
    assert [one.code for one in missing({"spent": spent}, {"spent": 11}, {"costs": 10})] == ["answer"]
    assert missing({"spent": spent}, {"spent": 10}, {"costs": 10}) == ()


def test_each_strand_may_have_a_part_of_its_own() -> None:
    grant = Question("grant", "Which grant?", "money", at_most=PerStrand({"small": HALF, "large": 500}))
    assert list(wholes_of(grant)) == ["costs"]
    small, large = (asked_of({"grant": grant}, strand)["grant"] for strand in ("small", "large"))
    assert (limited(small, {"costs": 10}).most, limited(large, {"costs": 10}).most) == (5, 500)


@pytest.mark.parametrize(
    "costs",
    [True, float("nan"), float("inf"), "many", [1], [{"what": "x"}],
     [{"what": "x", "day": "2030-10-01", "money": "1"}]],
)  # fmt: skip
def test_of_a_whole_that_is_no_answer_to_its_own_question_there_is_no_part(costs: Any) -> None:
    """Whoever gives both at once is told of the whole, which is refused."""
    assert (limited(GRANT, {"costs": costs}).most, limited(GRANT, {"costs": costs}).least) == (None, None)

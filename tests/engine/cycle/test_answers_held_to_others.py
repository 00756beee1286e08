"""What is stored keeps a limit that is a part of another answer, whichever of the two is given anew, and by whom."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine.cycle.answering import check_answers
from engine.rules.numbers import PartOf, Share
from engine.rules.questions import Question

FORM = {
    "costs": Question("costs", "What does it cost?", "money", required=True),
    "grant": Question("grant", "Which grant?", "money", at_most=PartOf(Share(50), "costs")),
}
TOO_MUCH = ['"grant" is 20, and at most 19.5 may be asked: 50 % of costs']


@pytest.mark.parametrize(
    ("given", "stored", "sentences"),
    [
        ({"costs": 39}, {"costs": 40, "grant": 20}, TOO_MUCH),
        ({"grant": 20}, {"costs": 39, "grant": 1}, TOO_MUCH),
        ({"costs": 39, "grant": 20}, {"costs": 40}, TOO_MUCH),
        ({"costs": 39, "grant": 19.5}, {"costs": 40, "grant": 20}, []),
        ({"costs": 39, "grant": None}, {"costs": 40, "grant": 20}, []),
        ({"costs": None}, {"costs": 40, "grant": 20}, []),  # the form is not complete without them
        ({"costs": 39}, {"costs": 40}, []),
    ],
)
def test_it_is_held_to_it_from_both_ends(
    given: Mapping[str, Any], stored: Mapping[str, Any], sentences: list[str]
) -> None:
    assert [one.sentence for one in check_answers(FORM, given, stored)] == sentences

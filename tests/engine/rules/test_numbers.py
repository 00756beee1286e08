"""Is a number the one that is written, a share rounded in nobody's favour, or the round's, for the right strand?"""

import pytest
from samples import sample_workflow

from engine.errors import GrantcycleError
from engine.rules.conditions import Guard
from engine.rules.giving import asked_of, rules_in
from engine.rules.numbers import Given, Named, Number, PerStrand, Share, amount, fill_in, is_by_strand, is_share, places
from engine.rules.questions import Question

GIVEN: dict[str, Given] = {
    "room": 18, "part": Share(30), "both": PerStrand({"small": 3, "large": Share(50)}), "sectors": ("care", "arts"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("number", "strand", "whole", "found"),
    [
        (3, None, None, 3),
        (6.5, None, None, 6.5),
        (Share(30), None, 9, 2.7),
        (Share(29), None, 100, 29),
        (Share(70), None, 10.0, 7),
        (Share(33.3), None, 1000, 333),
        (Named("room"), None, None, 18),
        (Named("part"), None, 10, 3),
        (Named("both"), "small", None, 3),
        (Named("both"), "large", 7, 3.5),
        (PerStrand({"small": Named("room"), "large": 2}), "small", None, 18),
    ],
)
def test_a_number_is_what_it_says(number: Number, strand: str | None, whole: float | None, found: float) -> None:
    assert amount(number, GIVEN, strand, whole) == found


def test_a_part_of_a_place_is_no_place() -> None:
    assert [places(Share(30), {}, whole=whole) for whole in (0, 3, 9, 10, 99, 100)] == [0, 0, 2, 3, 29, 30]


@pytest.mark.parametrize(
    ("number", "strand", "sentence"),
    [
        (Named("rom"), None, 'the round gives no number "rom"'),
        (Named("sectors"), None, 'the round gives no number "sectors"'),
        (Named("both"), None, 'there is no number for the strand "None" in { small = 3, large = 50 % }'),
        (Share(30), None, "30 % of what is not known"),
    ],
)
def test_what_is_no_number_says_so(number: Number, strand: str | None, sentence: str) -> None:
    with pytest.raises(GrantcycleError) as raised:
        amount(number, GIVEN, strand)
    assert str(raised.value) == sentence


def test_a_name_is_looked_into_before_it_is_asked_what_it_is() -> None:
    assert [is_by_strand(one, GIVEN) for one in (Named("both"), Named("room"), PerStrand({}))] == [True, False, True]
    asked = (Named("both"), Named("part"), Named("room"), 5)
    assert [is_share(one, GIVEN) for one in asked] == [True, True, False, False]
    assert fill_in(PerStrand({"small": Named("both"), "large": Named("both")}), GIVEN) == GIVEN["both"]


def test_the_rules_of_a_round_have_its_numbers_in_place_of_the_names() -> None:
    award = sample_workflow().transitions["award"]
    assert rules_in(sample_workflow(), {}).transitions["award"] == award
    named = rules_in(
        sample_workflow(questions={"amount": Question("amount", "How much?", "money", at_most=Named("both"))}), GIVEN
    )
    assert named.given == GIVEN
    assert asked_of(named.questions, "small")["amount"].most == 3
    (guard,) = (Guard("at_most", Named("room")),)
    assert fill_in(Named("room"), GIVEN) == 18 != guard.value

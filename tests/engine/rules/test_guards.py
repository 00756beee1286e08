"""Does every guard hold when it should, and say in a sentence why it does not?"""

import json
from typing import Any

import pytest
from samples import sample_facts, sample_workflow

from engine.errors import Refusal
from engine.rules.conditions import Guard
from engine.rules.facts import Owed
from engine.rules.guards import CAPS, GUARDS, judge, judge_transition

COMPLETE = {"title": "Bread", "amount": 45_000}


def told(word: str, value: Any, target: str | None = None, **facts: Any) -> list[tuple[str, str]]:
    """The codes and sentences that one guard gives."""
    reasons = judge((Guard(word, value),), sample_facts(**facts), sample_workflow(), target)
    return [(reason.code, reason.sentence) for reason in reasons]


def test_the_list_of_guards_is_closed() -> None:
    assert list(GUARDS) == [
        "form", "answer", "delivered", "attended", "fulfilled", "recommendation", "reason", "verdict",
        "score", "quorum", "majority", "score_at_least", "rank_at_most",
        "at_most", "budget_left", "strand", "once_per", "clear_of", "follows", "member_of",
    ]  # fmt: skip
    assert set(GUARDS) >= CAPS == {"rank_at_most", "at_most", "budget_left"}


@pytest.mark.parametrize(
    ("word", "value", "facts"),
    [
        ("form", "complete", {"answers": COMPLETE}),
        ("delivered", "report", {"delivered": frozenset({"report"})}),
        ("delivered", ("report", "accounts"), {"delivered": frozenset({"report", "accounts"})}),
        ("attended", "pitch", {"attended": frozenset({"pitch"})}),
        ("fulfilled", "all", {}),
        ("fulfilled", "all",
         {"owed": (Owed("coaching", 1, "fulfilled", "2020-08-31"), Owed("coaching", 2, "excused", "2021-08-31"))}),
        ("recommendation", "written", {"recommended": True}),
        ("reason", "written", {"reason": "The partner has left."}),
        ("verdict", "missing", {}),
        ("score", "written", {"score": 0.0}),
        ("score", "missing", {}),
        ("quorum", 2, {"scored_by": 2}),
        ("majority", (("reach", 7),), {"marks": {"reach": {7.0: 2, 3.0: 1}, "craft": {1.0: 3}}}),
        ("majority", (("reach", 7), ("craft", 1)), {"marks": {"reach": {7.0: 1}, "craft": {1.0: 2, 2.0: 1}}}),
        ("score_at_least", 7, {"score": 7.0}),
        ("score_at_least", 6.5, {"score": 8.25}),
        ("rank_at_most", 3, {"rank": 3}),
        ("rank_at_most", 3, {"rank": 2, "equals": 2}),
        ("at_most", 2, {"places_held": {"awarded": 1}}),
        ("budget_left", "amount", {"money": 2000.0, "money_left": 2000.0}),
        ("at_most", 2, {"places_held": {"declined": 9}}),
        ("at_most", 2, {}),
    ],
)  # fmt: skip
def test_a_guard_that_holds_says_nothing(word: str, value: Any, facts: dict[str, Any]) -> None:
    assert told(word, value, "awarded", **facts) == []


@pytest.mark.parametrize(
    ("word", "value", "facts", "reasons"),
    [
        ("form", "complete", {"answers": {"amount": 45_001}},
         [("form", '"What is it called?" (title) is not answered'),
          ("answer", '"amount" is 45,001, and at most 45,000 may be asked')]),
        ("delivered", ("report", "accounts"), {"delivered": frozenset({"report"})},
         [("delivered", '"Accounts" (accounts) has not been handed in')]),
        ("delivered", ("report", "accounts"), {},
         [("delivered", '"Report" (report) has not been handed in'),
          ("delivered", '"Accounts" (accounts) has not been handed in')]),
        ("attended", "pitch", {"attended": frozenset({"coaching"})},
         [("attended", 'nobody came for SG19-001 to "Pitch day" (pitch)')]),
        ("fulfilled", "all",
         {"owed": (Owed("coaching", 1, "overdue", "2020-08-31"), Owed("coaching", 2, "fulfilled", "2020-08-31"),
                   Owed("report", 1, "open", "2021-08-31"))},
         [("fulfilled", "coaching 1 is overdue (its last day is 2020-08-31)"),
          ("fulfilled", "report 1 is open (its last day is 2021-08-31)")]),
        ("recommendation", "written", {},
         [("recommendation", "no recommendation has been written for SG19-001")]),
        ("reason", "written", {"reason": " \n"}, [("reason", "a written reason is required")]),
        ("reason", "written", {}, [("reason", "a written reason is required")]),
        ("verdict", "missing", {"verdict": "award"}, [("verdict", 'SG19-001 has a verdict: "award"')]),
        ("score", "written", {}, [("no_score", "nobody has scored SG19-001 completely")]),
        ("score", "missing", {"score": 0.0}, [("has_score", "SG19-001 has a score: 0")]),
        ("quorum", 2, {"scored_by": 1},
         [("few_scores", "2 members without a conflict must have scored SG19-001 completely; so far: 1")]),
        ("majority", (("reach", 7), ("craft", 1)), {"marks": {"reach": {7.0: 1, 3.0: 1}, "craft": {1.0: 2}}},
         [("majority", 'more than half of the members who marked SG19-001 must give "Reach" (reach) the mark 7, '
                       "and 1 of 2 did")]),
        ("majority", (("reach", 7),), {},
         [("majority", 'more than half of the members who marked SG19-001 must give "Reach" (reach) the mark 7, '
                       "and 0 of 0 did")]),
        ("score_at_least", 7, {}, [("unscored", "SG19-001 has no score, and at least 7 is needed")]),
        ("score_at_least", 7, {"score": 6.75}, [("score", "SG19-001 scores 6.75, and at least 7 is needed")]),
        ("score_at_least", 7, {"score": 6.999999}, [("score", "SG19-001 scores 6.999999, and at least 7 is needed")]),
        ("score_at_least", 7, {"score": 0.0}, [("score", "SG19-001 scores 0, and at least 7 is needed")]),
        ("rank_at_most", 3, {},
         [("no_rank", "SG19-001 has no rank: it was not marked, or not placed")]),
        ("rank_at_most", 3, {"rank": 4},
         [("rank", "SG19-001 ranks 4, and only the first 3 go on")]),
        ("rank_at_most", 3, {"rank": 3, "equals": 2},
         [("tied", "SG19-001 ranks 3: ties at the last place")]),
        ("at_most", 2, {"places_held": {"awarded": 2}},
         [("at_most", 'at most 2 dossiers of a round may be "Awarded" (awarded), and 2 places are held')]),
        ("budget_left", "amount", {"money": 2000.5, "money_left": 2000.0},
         [("budget", "SG19-001 asks 2000.5, and 2000 is left")]),
        ("budget_left", "amount", {"money_left": 2000.0},
         [("no_amount", '"amount" is not answered: nobody can say how much money SG19-001 asks')]),
        ("at_most", 0, {},
         [("at_most", 'at most 0 dossiers of a round may be "Awarded" (awarded), and 0 places are held')]),
    ],
)  # fmt: skip
def test_a_guard_that_does_not_hold_says_why(
    word: str, value: Any, facts: dict[str, Any], reasons: list[tuple[str, str]]
) -> None:
    assert told(word, value, "awarded", **facts) == reasons


def test_all_reasons_are_told_at_once_in_the_order_of_the_file() -> None:
    award = sample_workflow().transitions["award"]
    reasons = judge_transition(award, sample_facts(places_held={"awarded": 2}), sample_workflow())
    assert [reason.code for reason in reasons] == ["recommendation", "attended", "at_most"]


def test_a_verdict_that_takes_effect_keeps_the_place_that_it_was_given() -> None:
    """Caps are judged when a verdict is recorded; everything else is judged again."""
    award = sample_workflow().transitions["award"]
    full = sample_facts(places_held={"awarded": 2}, recommended=True)
    assert judge_transition(award, full, sample_workflow(), caps=False) == (
        Refusal("attended", 'nobody came for SG19-001 to "Pitch day" (pitch)'),
    )


def test_no_guards_have_no_reasons_against() -> None:
    assert judge((), sample_facts(), sample_workflow()) == ()


def test_a_refusal_is_told_as_its_sentence() -> None:
    refusal = Refusal("reason", "a written reason is required")
    assert str(refusal) == "a written reason is required"
    assert json.dumps(str(refusal)) == '"a written reason is required"'

"""Is the score of a dossier the mean of those who scored it completely and without a conflict?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import sample_workflow

from engine.rules.facts import Facts, weighted_score

CRITERIA = sample_workflow().criteria  # reach counts twice, craft once


def test_a_member_s_score_is_the_weighted_mean_of_the_criteria() -> None:
    assert weighted_score(CRITERIA, {"ann": {"reach": 9, "craft": 6}}) == 8.0


def test_the_score_is_the_mean_of_the_members() -> None:
    marks = {"ann": {"reach": 9, "craft": 6}, "bob": {"reach": 4, "craft": 1}}
    assert weighted_score(CRITERIA, marks) == 5.5


def test_who_left_a_criterion_open_does_not_count() -> None:
    marks = {"ann": {"reach": 9, "craft": 6}, "bob": {"reach": 1}, "cas": {}}
    assert weighted_score(CRITERIA, marks) == 8.0


def test_who_has_a_conflict_does_not_count() -> None:
    marks = {"ann": {"reach": 9, "craft": 6}, "bob": {"reach": 1, "craft": 1}}
    assert weighted_score(CRITERIA, marks, frozenset({"bob"})) == 8.0


@pytest.mark.parametrize(
    ("marks", "conflicted"),
    [({}, frozenset()), ({"ann": {"reach": 9}}, frozenset()), ({"ann": {"reach": 9, "craft": 6}}, frozenset({"ann"}))],
)
def test_there_is_no_score_when_nobody_scored_completely(
    marks: dict[str, dict[str, float]], conflicted: frozenset[str]
) -> None:
    assert weighted_score(CRITERIA, marks, conflicted) is None


def test_marks_for_what_is_no_criterion_do_not_count() -> None:
    assert weighted_score(CRITERIA, {"ann": {"reach": 9, "craft": 6, "charm": 1}}) == 8.0


def test_a_workflow_without_criteria_has_no_score() -> None:
    assert weighted_score({}, {"ann": {"charm": 1}}) is None
    assert weighted_score({}, {}) is None


@given(
    st.dictionaries(
        st.sampled_from(["ann", "bob", "cas", "dee"]),
        st.fixed_dictionaries({"reach": st.integers(1, 10), "craft": st.integers(1, 10)}),
        min_size=1,
    )
)
def test_the_score_lies_within_the_scale_and_does_not_depend_on_the_order_of_members(
    marks: dict[str, dict[str, float]],
) -> None:
    score = weighted_score(CRITERIA, marks)
    assert score is not None
    assert 1 <= score <= 10
    assert weighted_score(CRITERIA, dict(reversed(marks.items()))) == score


def test_a_dossier_about_which_nothing_is_known_has_done_nothing() -> None:
    facts = Facts("SG19-001", "draft")
    assert (facts.answers, facts.attended, facts.owed, facts.score, facts.verdict) == ({}, frozenset(), (), None, None)

"""Does everybody read what is theirs to read, and nobody anything else?"""

from dataclasses import replace
from itertools import product

import pytest
from samples import moment, sample_workflow

from engine.rules.questions import Question
from engine.rules.roles import (
    Standing,
    deciding_committee,
    decisions_from,
    deliverables_seen,
    may_act_as,
    may_judge,
    may_know_of,
    may_read,
    may_see_scores,
    questions_seen,
    reading_committee,
    states_read_by,
    visible,
)
from engine.rules.workflow import Assessment, Committee, Deliverable, Obligation, Transition

WORKFLOW = sample_workflow()
ROLES = ("staff", "jury", "jury observer", "everyone", "board")
STANDINGS = [
    Standing(frozenset(roles), frozenset(chairs), contact, conflict, cleared)
    for size in range(3)
    for roles in product(ROLES, repeat=size)
    for chairs in ((), ("jury",))
    for contact, conflict, cleared in product((False, True), repeat=3)
    if set(chairs) <= set(roles) and not (conflict and cleared)
]
"""everybody that somebody can be to a dossier"""
EVERYWHERE = list(product(STANDINGS, WORKFLOW.states))


def test_a_committee_reads_what_it_decides_on_and_what_only_it_decided() -> None:
    assert {state: reading_committee(WORKFLOW, state) for state in WORKFLOW.states} == {
        "draft": None, "submitted": None, "in_review": "jury", "awarded": "jury", "completed": None,
        "declined": "jury", "lapsed": None, "withdrawn": None,
    }  # fmt: skip
    assert states_read_by(WORKFLOW, "jury") == ("in_review", "awarded", "declined")
    assert [state for state in WORKFLOW.states if deciding_committee(WORKFLOW, state)] == ["in_review"]
    assert {one.by for one in decisions_from(WORKFLOW, "in_review").values()} == {"jury"}


def test_contacts_always_read_their_own_and_never_what_members_say_of_it() -> None:
    for standing, state in EVERYWHERE:
        if standing.contact:
            assert may_read(standing, WORKFLOW, state) is None
        if standing.contact and "staff" not in standing.roles:
            assert may_see_scores(standing, WORKFLOW, state, own_scored=True) is not None
            seen = [
                visible(what, standing, WORKFLOW, state, took_effect=took_effect, own_scored=True)
                for took_effect in (False, True)
                for what in ("comment", "recommendation", "note", "score")
            ]
            assert seen == [False] * 4 + [True, True, False, False]


def test_who_has_a_conflict_knows_of_nothing_in_whichever_role() -> None:
    for standing, state in EVERYWHERE:
        if standing.conflict and not standing.contact:
            for refusal in (
                may_know_of(standing, WORKFLOW, state),
                may_read(standing, WORKFLOW, state),
                may_see_scores(standing, WORKFLOW, state, own_scored=True),
            ):
                assert refusal is not None
                assert refusal.code == "conflict"


def test_a_member_who_has_not_answered_knows_of_a_dossier_and_does_not_read_it() -> None:
    member = Standing(frozenset({"jury"}))
    assert may_know_of(member, WORKFLOW, "in_review") is None
    refusal = may_read(member, WORKFLOW, "in_review")
    assert refusal is not None
    assert (refusal.code, refusal.sentence) == ("unanswered", "say first whether you know the applicant")
    chair = Standing(frozenset({"jury"}), frozenset({"jury"}))
    assert may_see_scores(chair, WORKFLOW, "in_review", own_scored=True) == refusal
    assert may_read(Standing(frozenset({"jury"}), cleared=True), WORKFLOW, "in_review") is None


def test_an_observer_who_is_a_member_too_answers_first() -> None:
    both = Standing(frozenset({"jury", "jury observer"}))
    assert (may_read(both, WORKFLOW, "in_review") or both).code == "unanswered"  # type: ignore[union-attr]


def test_nobody_else_reads_anything() -> None:
    for standing, state in EVERYWHERE:
        outside = not standing.contact and not standing.roles & {"staff", "jury", "jury observer"}
        unread = not standing.contact and "staff" not in standing.roles and reading_committee(WORKFLOW, state) is None
        if outside or unread:
            assert may_know_of(standing, WORKFLOW, state) is not None
            assert may_read(standing, WORKFLOW, state) is not None
            assert not visible("comment", standing, WORKFLOW, state, took_effect=True, own_scored=True)


def test_nobody_sees_marks_of_what_they_may_not_read_nor_reads_what_they_may_not_know_of() -> None:
    for standing, state in EVERYWHERE:
        if may_see_scores(standing, WORKFLOW, state, own_scored=True) is None:
            assert may_read(standing, WORKFLOW, state) is None
        if may_read(standing, WORKFLOW, state) is None:
            assert may_know_of(standing, WORKFLOW, state) is None


@pytest.mark.parametrize(
    ("standing", "before", "after"),
    [
        (Standing(frozenset({"staff"})), None, None),
        (Standing(frozenset({"jury"}), frozenset({"jury"}), cleared=True), None, None),
        (Standing(frozenset({"jury"}), cleared=True), "own marks", None),
        (Standing(frozenset({"jury observer"})), "undecided", "undecided"),
        (Standing(frozenset({"everyone"})), "role", "role"),
    ],
)
def test_others_marks_are_seen_after_ones_own(standing: Standing, before: str | None, after: str | None) -> None:
    told = [may_see_scores(standing, WORKFLOW, "in_review", own_scored=own) for own in (False, True)]
    assert [refusal and refusal.code for refusal in told] == [before, after]


def test_observers_see_the_marks_once_the_decision_is_known() -> None:
    observer = Standing(frozenset({"jury observer"}))
    assert may_read(observer, WORKFLOW, "in_review") is None
    assert may_see_scores(observer, WORKFLOW, "awarded", own_scored=False) is None


def test_who_speaks_for_a_dossier_does_not_judge_it() -> None:
    both = Standing(frozenset({"jury"}), frozenset({"jury"}), contact=True, cleared=True)
    assert str(may_judge("jury", both)) == "you speak for this dossier, and do not judge it"
    assert str(may_act_as("jury", both, WORKFLOW)) == (
        "you speak for this dossier; staff can minute what the others decide"
    )


def test_what_is_handed_in_later_is_read_as_the_assessment_says_by_who_hands_it_in_and_by_who_accepts_it() -> None:
    questions = {"title": Question("title", "Title", "text")}
    deliverables = {
        "plan": Deliverable("plan", "Plan"), "account": Deliverable("account", "Account"),
        "visit": Deliverable("visit", "Visit", by="jury"),
    }  # fmt: skip
    obligation = Obligation("account", ("in_review",), None, deliver="account", accepted_by="jury")
    reads = Assessment("reading", "Reading", "jury", ("in_review",), (), reads=("title",))
    rules = replace(
        WORKFLOW, questions=questions, deliverables=deliverables, obligations={"account": obligation},
        assessments={"reading": reads},
    )  # fmt: skip
    member = Standing(frozenset({"jury"}), cleared=True)
    observer = replace(member, roles=frozenset({"jury observer"}))
    for standing in (member, observer):
        assert deliverables_seen(standing, rules, "in_review") == {"account", "visit"}
    for standing in (replace(member, roles=frozenset({"staff"})), replace(member, contact=True)):
        assert deliverables_seen(standing, rules, "in_review") == {"plan", "account", "visit"}
    shown = replace(rules, assessments={"reading": replace(reads, reads=("title", "plan"))})
    assert deliverables_seen(member, shown, "in_review") == {"plan", "account", "visit"}
    assert questions_seen(member, shown, "in_review") == {"title"}


def test_who_orders_by_hand_reads_what_it_orders_and_no_more_than_its_assessment_shows() -> None:
    first = Transition("first", ("submitted",), "in_review", when=moment("call closes"), order=("committee",))
    rules = replace(WORKFLOW, transitions={"first": first, **WORKFLOW.transitions})
    states = states_read_by(rules, "jury")
    assert states == ("submitted", *states_read_by(WORKFLOW, "jury"))
    unanswered = Standing(frozenset({"jury"}))
    told = [may_read(one, rules, "submitted") for one in (unanswered, replace(unanswered, cleared=True))]
    assert [reason and reason.code for reason in told] == ["unanswered", None]
    assert may_know_of(Standing(frozenset({"jury"}), conflict=True), rules, "submitted") is not None
    # where two committees sit and neither decides, nobody can say who orders, and nobody reads
    two = replace(rules, committees={**rules.committees, "board": Committee("board", "Board")})
    assert reading_committee(two, "submitted") is None
    # an assessment of another state hides from it what it hides there
    reads = Assessment("reading", "Reading", "jury", ("in_review",), (), reads=())
    hiding = replace(rules, assessments={"reading": reads})
    assert questions_seen(replace(unanswered, cleared=True), hiding, "submitted") == frozenset()

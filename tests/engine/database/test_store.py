"""Are the facts about a dossier those that the rows say?"""

import pytest
from database_rows import a_dossier, a_person, a_round, a_verdict, moved, put
from samples import sample_workflow
from sqlmodel import Session

from engine.database.records import (
    AnswerRow,
    AttendanceRow,
    ConflictRow,
    ContactRow,
    DeliveryRow,
    DossierRow,
    ExcuseRow,
    ExtensionRow,
    ObligationRow,
    RecommendationRow,
    RoleRow,
    ScoreRow,
)
from engine.database.store import (
    attended_meetings,
    been_in,
    current_answers,
    extensions_of,
    facts_of,
    find_dossier,
    find_person,
    find_round,
    free_members,
    has_conflict,
    is_contact,
    obligations_of,
    recommendations_of,
    roles_of,
    score_of,
    state_of,
    the_id,
)
from engine.errors import Unknown
from engine.rules.applying import ACROSS
from engine.rules.conditions import Guard
from engine.rules.facts import Facts, Owed
from engine.rules.guards import GUARDS

WORKFLOW = sample_workflow()


EVERY_GUARD = tuple(Guard(word, "asked for") for word in GUARDS if word not in ACROSS)
"""those that look at earlier dossiers have tests of their own"""


# ── Facts ───────────────────────────────────────────────────────────────────


def test_a_dossier_of_which_nothing_is_recorded(session: Session, dossier: DossierRow) -> None:
    assert facts_of(session, WORKFLOW, dossier, EVERY_GUARD) == Facts("SG19-001", "in_review")


def test_all_that_the_rules_see_of_a_dossier(session: Session, dossier: DossierRow, ann: int) -> None:
    number = the_id(dossier)
    for version, title in enumerate(("Bread", "More bread"), start=1):
        put(
            session,
            AnswerRow(dossier_id=number, question="title", version=version, value=title, given_at=0, given_by=ann),
        )
    put(session, AttendanceRow(dossier_id=number, meeting="pitch", recorded_at=0, recorded_by=ann))
    put(
        session,
        DeliveryRow(dossier_id=number, deliverable="report", answers={}, received_at=0, late=False, delivered_by=ann),
    )
    put(session, RecommendationRow(dossier_id=number, person_id=ann, committee="jury", words="Yes.", written_at=0))
    for criterion, mark in (("reach", 9), ("craft", 6)):
        put(session, ScoreRow(dossier_id=number, criterion=criterion, person_id=ann, mark=mark, scored_at=0))
    put(session, owed(number, "coaching", 1, due_at=10, fulfilled_at=5))
    a_verdict(session, dossier, "award", ann)
    assert facts_of(session, WORKFLOW, dossier, EVERY_GUARD, places_held={"awarded": 1}, reason="Because.") == Facts(
        number="SG19-001",
        state="in_review",
        answers={"title": "More bread"},
        attended=frozenset({"pitch"}),
        delivered=frozenset({"report"}),
        owed=(Owed("coaching", 1, "fulfilled", "2020-08-31"),),
        score=8.0,
        scored_by=1,
        marks={"reach": {9.0: 1}, "craft": {6.0: 1}},
        recommended=True,
        verdict="award",
        reason="Because.",
        places_held={"awarded": 1},
    )


def test_what_no_guard_asks_for_is_not_looked_up(session: Session, dossier: DossierRow, ann: int) -> None:
    a_verdict(session, dossier, "award", ann)
    facts = facts_of(session, WORKFLOW, dossier, (Guard("recommendation", "written"),))
    assert (facts.verdict, facts.recommended) == (None, False)


def owed(dossier_id: int, name: str, position: int, due_at: int, **changes: int) -> ObligationRow:
    return ObligationRow(
        dossier_id=dossier_id, name=name, position=position, opens_at=0, due_at=due_at, last_day="2020-08-31",
        laid_out_at=0, **changes,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "open"),
        ({"overdue_at": 10}, "overdue"),
        ({"overdue_at": 10, "fulfilled_at": 12}, "fulfilled"),
        ({"overdue_at": 10, "excused_at": 12}, "excused"),
        ({"fulfilled_at": 5, "excused_at": 6}, "fulfilled"),
    ],
)
def test_where_an_obligation_stands(changes: dict[str, int], state: str) -> None:
    assert state_of(owed(1, "coaching", 1, 10, **changes)) == state


def test_obligations_are_told_in_the_order_in_which_they_are_due(session: Session, dossier: DossierRow) -> None:
    for name, position, due_at in (("report", 1, 20), ("coaching", 2, 10), ("coaching", 1, 10), ("accounts", 1, 20)):
        put(session, owed(the_id(dossier), name, position, due_at))
    assert [(row.name, row.position) for row in obligations_of(session, the_id(dossier))] == [
        ("coaching", 1),
        ("coaching", 2),
        ("accounts", 1),
        ("report", 1),
    ]


def test_an_excuse_counts_as_attendance_whether_of_the_meeting_or_of_the_obligation(
    session: Session, round_id: int, dossier: DossierRow, ann: int
) -> None:
    """The sample's obligation and meeting are both called coaching; here the obligation has a name of its own."""
    coaching = WORKFLOW.obligations["coaching"]
    workflow = sample_workflow(obligations={"network": coaching})
    put(session, ExcuseRow(dossier_id=the_id(dossier), of="network", reason="Ill.", recorded_at=0, recorded_by=ann))
    put(session, ExcuseRow(dossier_id=the_id(dossier), of="pitch", reason="Ill.", recorded_at=0, recorded_by=ann))
    assert attended_meetings(session, workflow, the_id(dossier)) == {"coaching", "pitch"}
    other = a_dossier(session, round_id, "SG19-002")
    assert attended_meetings(session, workflow, the_id(other)) == frozenset()


def test_the_score_leaves_out_replaced_marks_and_members_with_a_conflict(
    session: Session, dossier: DossierRow, ann: int, bob: int
) -> None:
    number = the_id(dossier)
    for person, mark, replaced in ((ann, 1, 5), (ann, 8, None), (bob, 2, None)):
        for criterion in WORKFLOW.criteria:
            row = ScoreRow(
                dossier_id=number, criterion=criterion, person_id=person, mark=mark, scored_at=0, replaced_at=replaced
            )
            put(session, row)
    assert score_of(session, WORKFLOW, number) == 5.0
    put(session, ConflictRow(dossier_id=number, person_id=bob, declared_at=0))
    assert score_of(session, WORKFLOW, number) == 8.0


def test_recommendations_are_the_current_ones_oldest_first(
    session: Session, dossier: DossierRow, ann: int, bob: int
) -> None:
    for person, words, replaced in ((ann, "No.", 5), (bob, "Yes.", None), (ann, "Perhaps.", None)):
        row = RecommendationRow(
            dossier_id=the_id(dossier), person_id=person, committee="jury", words=words, written_at=0,
            replaced_at=replaced,
        )  # fmt: skip
        put(session, row)
    assert [row.words for row in recommendations_of(session, WORKFLOW, the_id(dossier))] == ["Yes.", "Perhaps."]


def test_where_a_dossier_stands_and_where_it_has_been(session: Session, dossier: DossierRow) -> None:
    moved(session, dossier, "awarded", "completed")
    assert been_in(session, dossier, ["completed"])
    assert been_in(session, dossier, ["awarded", "lapsed"])
    assert not been_in(session, dossier, ["lapsed", "withdrawn"])
    assert not been_in(session, dossier, [])


# ── People ──────────────────────────────────────────────────────────────────


def test_free_members_are_those_of_the_committee_without_a_conflict(
    session: Session, round_id: int, dossier: DossierRow, ann: int, bob: int
) -> None:
    observer = a_person(session, "press@paper.example")
    for person, role in ((ann, "jury"), (bob, "jury"), (observer, "jury observer")):
        put(session, RoleRow(round_id=round_id, person_id=person, role=role, since=0))
    assert free_members(session, round_id, "jury", the_id(dossier)) == 2
    for person in (bob, observer):
        put(session, ConflictRow(dossier_id=the_id(dossier), person_id=person, declared_at=0))
    assert free_members(session, round_id, "jury", the_id(dossier)) == 1
    assert (has_conflict(session, the_id(dossier), ann), has_conflict(session, the_id(dossier), bob)) == (False, True)
    assert [row.role for row in roles_of(session, round_id, observer)] == ["jury observer"]


def test_a_contact_is_one_of_its_own_dossier(session: Session, round_id: int, dossier: DossierRow, ann: int) -> None:
    put(session, ContactRow(dossier_id=the_id(dossier), person_id=ann, since=0))
    other = a_dossier(session, round_id, "SG19-002")
    assert (is_contact(session, the_id(dossier), ann), is_contact(session, the_id(other), ann)) == (True, False)


def test_a_person_is_found_by_address_however_it_is_typed(session: Session, ann: int) -> None:
    found = find_person(session, " Ann@Jury.Example ")
    assert found is not None
    assert the_id(found) == ann
    assert find_person(session, "an@jury.example") is None


# ── Names ───────────────────────────────────────────────────────────────────


def test_an_unknown_round_and_an_unknown_dossier_are_told_with_the_nearest(
    session: Session, round_id: int, dossier: DossierRow
) -> None:
    row = find_round(session, "small-grants/2019")
    assert the_id(row) == round_id
    assert find_dossier(session, row, "SG19-001") == dossier
    with pytest.raises(Unknown) as unknown:
        find_round(session, "small-grants/2091")
    assert str(unknown.value) == 'there is no open round "small-grants/2091"; did you mean "small-grants/2019"?'
    with pytest.raises(Unknown) as unknown:
        find_dossier(session, row, "SG19-01")
    assert str(unknown.value) == 'there is no dossier in small-grants/2019 "SG19-01"; did you mean "SG19-001"?'


def test_a_dossier_of_another_round_is_not_found(session: Session) -> None:
    a_round(session, "2019")
    other = a_round(session, "2020")
    a_dossier(session, other, "SG20-001")
    with pytest.raises(Unknown):
        find_dossier(session, find_round(session, "small-grants/2019"), "SG20-001")


def test_extensions_are_told_apart_and_come_in_the_order_of_their_decision(
    session: Session, round_id: int, dossier: DossierRow, ann: int
) -> None:
    for dossier_id, day in ((None, "2019-03-08"), (the_id(dossier), "2019-03-15"), (None, "2019-03-09")):
        row = ExtensionRow(
            round_id=round_id, dossier_id=dossier_id, of="call closes", old_day="2019-03-01", new_day=day,
            reason="The server was down.", decided_at=0, decided_by=ann,
        )  # fmt: skip
        put(session, row)
    assert [(row.dossier_id, row.new_day) for row in extensions_of(session, round_id)] == [
        (None, "2019-03-08"), (the_id(dossier), "2019-03-15"), (None, "2019-03-09"),
    ]  # fmt: skip


def test_current_answers_are_the_newest_of_each_question(session: Session, dossier: DossierRow, ann: int) -> None:
    for question, version, value in (("title", 2, "new"), ("amount", 1, 45_000), ("title", 1, "old")):
        row = AnswerRow(
            dossier_id=the_id(dossier), question=question, version=version, value=value, given_at=0, given_by=ann
        )
        put(session, row)
    assert current_answers(session, the_id(dossier)) == {"title": "new", "amount": 45_000}

"""Two stages in one workflow, each with its own committee, criteria and list."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from databases import BOTH, fresh_on
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select
from stage import (
    CALL,
    MEMBER,
    READING,
    STAFF,
    STAGES,
    STAGES_2030,
    THIRD,
    Stage,
    ask_what_must_hold,
    at,
    programme,
    refused,
)

from engine.database.cohort.guards import hold
from engine.database.cohort.scores import mean_mark, score, scored
from engine.database.pages import judging, matrix
from engine.database.pages.late import Late, late_members
from engine.database.pages.marks import of_round
from engine.database.pages.ranking import ranking
from engine.database.records import (
    AgreedRow,
    AssignmentRow,
    ConflictRow,
    DossierRow,
    RecommendationRow,
    ScoreRow,
    SetAsideRow,
)
from engine.database.store import facts_of, find_dossier, find_round, is_recommended, score_of, the_id
from engine.faults import arm
from engine.rules.assessing import assessment_in, list_in
from engine.rules.conditions import Guard
from engine.rules.guards import judge
from engine.rules.numbers import Share

HEAD, PANEL = "head@experts.example", "panel@panel.example"
NOTICE = at("2030-04-05T10:00")


@pytest.fixture(params=BOTH)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Two experts with their head, and a panel of one."""
    with fresh_on(request.param) as database:
        yield seated(Stage(database, programme(STAGES, STAGES_2030, name="stages")))
        ask_what_must_hold()


def seated(stage: Stage) -> Stage:
    stage.cycle.open_round(stage.programme, "2030", by=STAFF, now=at("2029-12-01T10:00"))
    for email, role, chair in (
        (STAFF, "staff", False), (HEAD, "experts", True), (MEMBER, "experts", False), (THIRD, "experts", False),
        (PANEL, "panel", True),
    ):  # fmt: skip
        stage.cycle.add_person(
            stage.key, email=email, name=email, language="en", role=role, chair=chair, by=STAFF,
            now=at("2029-12-01T10:00"),
        )  # fmt: skip
    return stage


def given_to(stage: Stage, *members: str, who: str = "anna") -> str:
    """A dossier that was handed in and given to these experts."""
    number = stage.handed_in(who)
    pairs = [(number, member) for member in members]
    stage.cycle.assign(stage.key, "experts", add=pairs, by=STAFF, now=READING)
    return number


def whole(quality: int = 8, risk: int = 2, scope: int = 3) -> dict[str, float]:
    return {"quality": quality, "risk": risk, "scope": scope}


def test_only_those_to_whom_a_dossier_was_given_score_it(stage: Stage) -> None:
    number = given_to(stage, MEMBER)
    with refused("reader") as told:
        stage.cycle.score(stage.key, number, whole(), by=THIRD, now=READING)
    assert told == [f"{number} is scored by those members to whom it was given"]
    stage.cycle.score(stage.key, number, whole(), by=MEMBER, now=READING)
    assert [row.assessment for row in stage.rows(ScoreRow)] == ["remote"] * 3
    assert [row.assessment for row in stage.rows(AssignmentRow)] == ["remote"]


def test_marks_are_given_in_the_window_of_the_assessment_and_for_its_criteria(stage: Stage) -> None:
    number = given_to(stage, MEMBER)
    with refused("early"):
        stage.cycle.score(stage.key, number, whole(), by=MEMBER, now=CALL + 1)
    with refused("mark"):
        stage.cycle.score(stage.key, number, whole(scope=4), by=MEMBER, now=READING)
    with refused("role"):
        stage.cycle.score(stage.key, number, whole(), by=PANEL, now=READING)


def test_each_stage_has_its_own_list(stage: Stage) -> None:
    first, second, third = (given_to(stage, MEMBER, THIRD, who=who) for who in ("anna", "bert", "cleo"))
    for number, quality in ((first, 9), (second, 7), (third, 5)):
        for member in (MEMBER, THIRD):
            stage.cycle.score(stage.key, number, whole(quality), by=member, now=READING)
    stage.cycle.recommend(stage.key, first, "A report", by=MEMBER, now=READING)
    with stage.database.reading() as session:
        listed = ranking(session, stage.programme.workflow, 1, "handed")
    # twice the quality, and a risk of 2 on the scale from 9 to 1 is worth 8
    assert [(one.number, one.rank, one.mean) for one in listed] == [
        (first, 1, 26.0), (second, 2, 22.0), (third, 3, 18.0),
    ]  # fmt: skip
    stage.cycle.advance(at("2030-03-30T10:00"))
    assert stage.states() == {first: "shortlist", second: "shortlist", third: "handed"}
    with stage.database.reading() as session:
        listed = ranking(session, stage.programme.workflow, 1, "shortlist")
        dossier = find_dossier(session, find_round(session, stage.key), first)
        # the first stage's marks and words do not count in the second
        assert [(one.number, one.rank, one.mean, one.members) for one in listed] == [
            (first, None, None, 0), (second, None, None, 0),
        ]  # fmt: skip
        assert not is_recommended(session, stage.programme.workflow, dossier)


def test_a_panel_agrees_on_one_score_and_its_members_own_stay_theirs(stage: Stage) -> None:
    number = stage.brought_in("anna", "shortlist", CALL)
    stage.cycle.score(stage.key, number, {"risk": 8}, by=PANEL, now=NOTICE)
    with refused("unscored_low") as told:
        stage.cycle.verdict(stage.key, number, "award", by=PANEL, now=NOTICE)
    assert told == [f"{number} has no score, and at most 3 is needed"]
    with refused("role"):
        stage.cycle.agree(stage.key, number, {"risk": 4}, by=MEMBER, now=NOTICE)
    stage.cycle.agree(stage.key, number, {"risk": 4}, by=PANEL, now=NOTICE)
    with refused("score_low") as told:
        stage.cycle.verdict(stage.key, number, "award", by=PANEL, now=NOTICE)
    assert told == [f"{number} scores 4, and at most 3 is needed"]
    stage.cycle.agree(stage.key, number, {"risk": 2}, by=STAFF, now=NOTICE + 1)
    stage.cycle.verdict(stage.key, number, "award", by=PANEL, now=NOTICE + 1)
    with stage.database.reading() as session:
        (one,) = ranking(session, stage.programme.workflow, 1, "shortlist")
        assert (one.mean, one.members, one.rank) == (2.0, 1, 1)
    assert [(row.mark, row.replaced_at) for row in stage.rows(AgreedRow)] == [(4.0, NOTICE + 1), (2.0, None)]
    assert [row.mark for row in stage.rows(ScoreRow)] == [8.0]


@pytest.mark.parametrize("where", ["agreed marks replaced", "agreed marks written"])
def test_a_score_that_was_half_kept_is_not_kept(stage: Stage, where: str) -> None:
    number = stage.brought_in("anna", "shortlist", CALL)
    stage.cycle.agree(stage.key, number, {"risk": 4}, by=PANEL, now=NOTICE)
    before = stage.dump()

    def stops(point: str) -> None:
        if point == where:
            raise RuntimeError(point)

    arm(stops)
    try:
        with pytest.raises(RuntimeError, match=where):
            stage.cycle.agree(stage.key, number, {"risk": 2}, by=PANEL, now=NOTICE + 1)
    finally:
        arm(None)
    assert stage.dump() == before


def test_no_score_is_agreed_on_where_marks_are_added_up(stage: Stage) -> None:
    number = given_to(stage, MEMBER)
    with refused("agreed") as told:
        stage.cycle.agree(stage.key, number, {"quality": 4}, by=HEAD, now=READING)
    assert told == [f'no score is agreed on while {number} is "handed"']


def test_who_is_waited_for(stage: Stage) -> None:
    """Where each dossier is given to some, nobody else is waited for."""
    first, second = (given_to(stage, MEMBER, THIRD, who=who) for who in ("anna", "bert"))
    stage.cycle.assign(stage.key, "experts", remove=[(second, THIRD)], by=STAFF, now=READING)
    stage.cycle.declare_clear(stage.key, first, by=MEMBER, now=READING)
    stage.cycle.score(stage.key, first, whole(), by=MEMBER, now=READING)
    rules = stage.programme.workflow
    third = stage.person_id(THIRD)
    with stage.database.reading() as session:
        table = matrix.Table(rules, 1, "experts", "handed")
        waiting = {one.email: one.waiting for one in matrix.progressed(session, table).members}
        ties = judging.each(session, rules, third, 1, ["handed"])
        assert waiting == {HEAD: 0, MEMBER: 1, THIRD: 1}
        assert [(one.number, one.is_asked(rules)) for one in ties] == [(first, True), (second, False)]
        wanted = assessment_in(rules, "handed")
        assert wanted is not None
        assert late_members(session, {(1, "handed"): wanted}, {(1, "handed"): 2}) == [
            Late(1, "handed", MEMBER, 1), Late(1, "handed", THIRD, 1),
        ]  # fmt: skip


class _TakenBack(Exception):
    """Nothing of an example stays."""


MARKS = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["draft", "handed", "shortlist", "awarded"]),
        "marks": st.lists(
            st.tuples(
                st.sampled_from(["", "remote", "interview"]), st.sampled_from([1, 2, 3]),
                st.sampled_from(["quality", "risk", "scope"]), st.integers(1, 9), st.sampled_from([None, None, 5]),
            ),
            max_size=14, unique_by=lambda one: one[:3],
        ),
        "agreed": st.dictionaries(st.sampled_from(["quality", "risk"]), st.integers(1, 9)),
        "conflicts": st.sets(st.sampled_from([1, 2, 3])),
        "aside": st.sets(st.tuples(st.sampled_from(["remote", "interview"]), st.sampled_from([1, 2, 3]))),
        "recommended": st.sampled_from([None, "remote", "interview"]),
    }
)  # fmt: skip


@pytest.mark.parametrize("kind", BOTH)
def test_sql_and_python_come_to_the_same_score(kind: str) -> None:
    with fresh_on(kind) as database:
        stage = seated(Stage(database, programme(STAGES, STAGES_2030, name="stages")))
        numbers = [stage.draft(who) for who in ("anna", "bert")]
        stage.tampered = "the rows are written behind the back of the journal"

        @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(MARKS, min_size=2, max_size=2))
        def compare(drawn: list[dict[str, Any]]) -> None:
            with suppress(_TakenBack), database.transaction() as session:
                rows = [session.exec(select(DossierRow).where(col(DossierRow.number) == one)).one() for one in numbers]
                for dossier, one in zip(rows, drawn, strict=True):
                    _write(session, dossier, one)
                session.flush()
                _compare(session, stage, rows)
                raise _TakenBack

        compare()
        ask_what_must_hold()


def _write(session: Session, dossier: DossierRow, one: dict[str, Any]) -> None:
    dossier.state, of = one["state"], the_id(dossier)
    session.add(dossier)
    for assessment, person, criterion, mark, replaced in one["marks"]:
        session.add(ScoreRow(dossier_id=of, assessment=assessment, person_id=person, criterion=criterion, mark=mark,
                             scored_at=1, replaced_at=replaced))  # fmt: skip
    for criterion, mark in one["agreed"].items():
        session.add(
            AgreedRow(dossier_id=of, assessment="interview", criterion=criterion, mark=mark, agreed_at=1, agreed_by=1)
        )
    for person in one["conflicts"]:
        session.add(ConflictRow(dossier_id=of, person_id=person, declared_at=1))
    for assessment, person in one["aside"]:
        session.add(SetAsideRow(
            dossier_id=of, assessment=assessment, person_id=person, reason="an outlier", set_at=1, set_by=1
        ))  # fmt: skip
    if one["recommended"]:
        session.add(
            RecommendationRow(
                dossier_id=of, person_id=1, committee="experts", assessment=one["recommended"], words="Yes.",
                written_at=1,
            )
        )  # fmt: skip


def _compare(session: Session, stage: Stage, rows: list[DossierRow]) -> None:
    rules = stage.programme.workflow
    guards = (
        Guard("score_at_least", 6), Guard("score_at_least", Share(60)), Guard("recommendation", "written"),
        Guard("quorum", 2), Guard("majority", (("risk", 3),)), Guard("score", "written"), Guard("score", "missing"),
    )  # fmt: skip
    conditions = [hold((guard,), rules) for guard in guards]
    together = scored(rules, of_round(1))
    asked = sa.select(col(DossierRow.id), score(rules), together.c.mean, mean_mark(rules, "risk"), *conditions).join(
        together, together.c.dossier_id == col(DossierRow.id), isouter=True
    )
    found = {row[0]: tuple(row)[1:] for row in session.connection().execute(asked)}
    for dossier in rows:
        of_sql, gathered, _, *held = found[the_id(dossier)]
        of_python = score_of(session, rules, the_id(dossier))
        assert (of_sql, gathered) == (of_python, of_python)
        by_python = [
            not judge((guard,), facts_of(session, rules, dossier, (guard,)), rules) for guard in guards
        ]  # fmt: skip
        assert [bool(one) for one in held] == by_python
        assert (list_in(rules, dossier.state) is None) <= (of_sql is None)

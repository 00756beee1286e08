"""Does SQL judge the answers of a form as Python does, whatever is asked and however it was answered?"""

from typing import Any

import pytest
import sqlalchemy as sa
from databases import BOTH, fresh_on
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select
from two_stages import ANSWERS, APPLICANT, CHAIR, KEY, instant, opened, programme, started

from engine.cycle import Cycle, Upload
from engine.database.cohort.guards import counted, hold, lacks
from engine.database.expressions import string_of
from engine.database.records import AnswerRow, DeliveryRow, DossierRow, ObligationRow
from engine.database.store import current_answers, facts_of, find_dossier, find_round, the_id
from engine.errors import Refused
from engine.rules.asked import all_counting, asked, counting
from engine.rules.conditions import Guard
from engine.rules.facts import Facts
from engine.rules.forms import missing
from engine.rules.guards import judge

NOW = instant(2030, 1, 15)
WORKFLOW = programme().workflow
FILE = {"name": "consent.pdf", "digest": "0" * 64, "size": 9}
REQUIRED = [one for one in WORKFLOW.questions.values() if one.required]
GUARDS = (
    Guard("form", "complete"),
    Guard("answer", {"street": ("A lane", "A square")}),
    Guard("answer", {"owner": ("Somebody else",)}),
    Guard("answer", {"street": ("A square",), "month": ("May", "April")}),
    Guard("answer", {"report.outcome": ("None",)}),
    Guard("answer", {"report.outcome": ("Some", "All"), "owner": ("The town",)}),
)
FORMS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["Limes", "  ", None]), "trees": st.sampled_from([1, 12.5, None]),
        "street": st.sampled_from(["A lane", "A square", None]), "month": st.sampled_from(["April", "October", None]),
        "owner": st.sampled_from(["The town", "Somebody else", None]), "consent": st.just(FILE),
        "begins": st.sampled_from(["2030-10-05", None]), "amount": st.sampled_from([4500, 500.5, None]),
        "milestones": st.sampled_from([ANSWERS["milestones"], None]),
    },
)  # fmt: skip
REPORTS = st.lists(st.sampled_from(["All", "Some", "None", None]), max_size=2)


@pytest.fixture(params=BOTH, scope="module")
def cycle(request: pytest.FixtureRequest) -> Any:
    with fresh_on(request.param) as database:
        cycle = opened(database)
        started(cycle, NOW)
        yield cycle


def written(session: Session, answers: dict[str, Any], outcomes: list[str | None]) -> DossierRow:
    """The dossier with these answers of its own, and with a report for each outcome."""
    dossier = find_dossier(session, find_round(session, KEY), "GS30-001")
    for version, (name, value) in enumerate(answers.items(), start=1):
        session.add(
            AnswerRow(
                dossier_id=the_id(dossier), question=name, version=version, value=value, given_at=5, given_by=1
            )
        )
    for outcome in outcomes:
        session.add(
            DeliveryRow(
                dossier_id=the_id(dossier), deliverable="report", late=False, received_at=5, delivered_by=1,
                answers={"planted": 3} | ({} if outcome is None else {"outcome": outcome}),
            )
        )  # fmt: skip
    session.flush()
    return dossier


@settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)  # fmt: skip
@example(answers={"street": "A lane", "owner": "Somebody else"}, outcomes=["Some", "None"])
@given(answers=FORMS, outcomes=REPORTS)
def test_one_rule_judges_alike_in_python_and_in_sql(
    cycle: Cycle, answers: dict[str, Any], outcomes: list[str | None]
) -> None:
    with Session(cycle.database.writer) as session:
        dossier = written(session, answers, outcomes)
        itself = col(DossierRow.id) == the_id(dossier)
        asks = [
            *(hold((guard,), WORKFLOW) for guard in GUARDS),
            *(lacks(one, WORKFLOW) for one in REQUIRED),
            *(counted(one, WORKFLOW, string_of) for one in WORKFLOW.questions.values()),
        ]
        found = list(session.connection().execute(sa.select(*asks).where(itself)).one())
        now = current_answers(session, the_id(dossier))
        counts = counting(WORKFLOW.questions, now)
        assert [bool(one) for one in found[: len(GUARDS)]] == [
            judge((guard,), facts_of(session, WORKFLOW, dossier, (guard,)), WORKFLOW) == () for guard in GUARDS
        ]
        assert [bool(one) for one in found[len(GUARDS) : -len(WORKFLOW.questions)]] == [
            missing(WORKFLOW.questions, now, among=(one.name,)) != () for one in REQUIRED
        ]
        assert [one is None for one in found[-len(WORKFLOW.questions) :]] == [
            counts.get(name) is None for name in WORKFLOW.questions
        ]
        session.rollback()


REASON = Guard("reason", "written")


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.differing_executors])
@example(reason=None)
@example(reason="\u2003\u00a0 \t\n")
@given(reason=st.one_of(st.none(), st.text("\u2003\u00a0\u200b\t\n a", max_size=3)))
def test_what_counts_as_a_written_reason_counts_alike_in_python_and_in_sql(cycle: Cycle, reason: str | None) -> None:
    with cycle.database.reading() as session:
        said = sa.literal(reason, sa.Text)
        (in_sql,) = session.connection().execute(sa.select(hold((REASON,), WORKFLOW, said))).one()
    assert bool(in_sql) == (judge((REASON,), Facts("GS30-001", "draft", reason=reason), WORKFLOW) == ())


OWED = (Guard("fulfilled", "all"), Guard("delivered", "report"), Guard("delivered", ("report", "plan")))
DEBTS = st.lists(
    st.tuples(st.sampled_from(["handed_in_at", "fulfilled_at", "excused_at", "overdue_at", None]), st.booleans()),
    max_size=3,
)  # fmt: skip
"""of each obligation: what has become of it, and whether something was handed in for it"""


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.differing_executors])
@example(debts=[("handed_in_at", True), ("excused_at", False)], unasked={"report", "plan"})
@example(debts=[("fulfilled_at", True)], unasked={"plan"})
@given(debts=DEBTS, unasked=st.frozensets(st.sampled_from(["report", "plan"])))
def test_what_was_owed_and_handed_in_counts_alike_in_python_and_in_sql(
    cycle: Cycle, debts: list[tuple[str | None, bool]], unasked: frozenset[str]
) -> None:
    with Session(cycle.database.writer) as session:
        dossier = find_dossier(session, find_round(session, KEY), "GS30-001")
        given: dict[str, Any] = {
            "dossier_id": the_id(dossier), "answers": {}, "received_at": 5, "late": False, "delivered_by": 1
        }  # fmt: skip
        session.add_all(DeliveryRow(deliverable=name, **given) for name in sorted(unasked))
        for position, (became, handed_in) in enumerate(debts, start=1):
            owed = ObligationRow(
                dossier_id=the_id(dossier), name="report", position=position, opens_at=1, due_at=9,
                last_day="2030-12-20", laid_out_at=1, **({became: 7} if became else {}),
            )  # fmt: skip
            session.add(owed)
            session.flush()
            if handed_in:
                session.add(DeliveryRow(deliverable="report", obligation_id=owed.id, **given))
        session.flush()
        asks = [hold((guard,), WORKFLOW) for guard in OWED]
        in_sql = session.connection().execute(sa.select(*asks).where(col(DossierRow.id) == the_id(dossier))).one()
        assert [bool(one) for one in in_sql] == [
            judge((guard,), facts_of(session, WORKFLOW, dossier, (guard,)), WORKFLOW) == () for guard in OWED
        ]
        session.rollback()


def test_a_question_that_is_not_asked_is_not_missing_and_its_answer_counts_for_nothing() -> None:
    form = WORKFLOW.questions
    square = {**ANSWERS, "street": "A square"}
    assert [one.facts["question"] for one in missing(form, square)] == ["Who owns the square?"]
    owned = {**square, "owner": "Somebody else"}
    assert [one.facts["question"] for one in missing(form, owned)] == ["The consent of the owner"]
    lane = {**owned, "street": "A lane"}
    assert missing(form, lane) == ()
    assert "consent" not in asked(form, lane)
    assert "owner" not in counting(form, lane)
    facts = Facts("GS30-001", "draft", answers=lane)
    assert [one.sentence for one in judge((Guard("answer", {"owner": ("Somebody else",)}),), facts, WORKFLOW)] == [
        '"Who owns the square?" (owner) of GS30-001 is not answered "Somebody else"'
    ]


def test_a_report_asks_by_what_it_says_itself_and_by_the_dossiers_own_form() -> None:
    report = WORKFLOW.deliverables["report"].questions
    own = counting(WORKFLOW.questions, {**ANSWERS, "street": "A square"})
    assert set(asked(report, {"outcome": "Some"}, own)) == {"planted", "spent", "bill", "outcome", "why", "paving"}
    assert set(asked(report, {"outcome": "All"}, counting(WORKFLOW.questions, ANSWERS))) == {
        "planted", "spent", "bill", "outcome"
    }  # fmt: skip
    assert all_counting(WORKFLOW, ANSWERS, {"report": {"outcome": "All", "why": "stale"}})["report.outcome"] == "All"


def test_what_is_not_asked_is_not_handed_in_with_a_report_and_the_round_goes_on_by_what_it_says() -> None:
    cycle = opened()
    for number in ("GS30-001", "GS30-002"):
        started(cycle, NOW)
        cycle.answer(KEY, number, ANSWERS, by=APPLICANT, now=NOW, files={"consent": Upload("x.pdf", b"%PDF-")})
        cycle.act(KEY, number, "hand_in", by=APPLICANT, now=NOW)
        cycle.act(KEY, number, "begin", by=CHAIR, now=instant(2030, 3, 4))
    report = {"planted": 3, "spent": ANSWERS["milestones"], "paving": "the town", "outcome": "None"}
    with pytest.raises(Refused) as refused:
        cycle.deliver(KEY, "GS30-001", "report", report, by=APPLICANT, now=instant(2030, 5, 2))
    assert [one.sentence for one in refused.value.reasons] == ['"Why not?" (why) is not answered']
    cycle.deliver(KEY, "GS30-001", "report", report | {"why": "Drought"}, by=APPLICANT, now=instant(2030, 5, 2))
    cycle.deliver(KEY, "GS30-002", "report", report | {"outcome": "All"}, by=APPLICANT, now=instant(2030, 5, 2))
    with cycle.database.reading() as session:
        rows = session.exec(select(DeliveryRow).order_by(col(DeliveryRow.id))).all()
        kept, ids = [row.answers for row in rows], [the_id(row) for row in rows]
    assert [sorted(one) for one in kept] == [["outcome", "planted", "spent", "why"], ["outcome", "planted", "spent"]]
    cycle.review(KEY, "GS30-001", ids[0], accepted=True, by=CHAIR, now=instant(2030, 5, 3))
    cycle.review(KEY, "GS30-002", ids[1], accepted=True, by=CHAIR, now=instant(2030, 5, 3))
    cycle.advance(instant(2031, 1, 3))
    with cycle.database.reading() as session:
        round = find_round(session, KEY)
        states = [find_dossier(session, round, number).state for number in ("GS30-001", "GS30-002")]
    assert states == ["declined", "done"]

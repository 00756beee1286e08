"""Is each strand asked its own questions, within its own limits, from the lists that the round gives?"""

from typing import Any

import pytest
import sqlalchemy as sa
from databases import BOTH, fresh_on
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col
from stage import CALL, READING, STAFF, STRANDS, STRANDS_2030, Stage, applicant, at, programme, refused

from engine.database.cohort.guards import counted, hold, lacks
from engine.database.connection import Database
from engine.database.expressions import string_of
from engine.database.records import AnswerRow, DossierRow
from engine.database.store import current_answers, facts_of, find_dossier, find_round, the_id
from engine.files.prose import read_aloud
from engine.rules.asked import counting
from engine.rules.conditions import Guard
from engine.rules.forms import missing
from engine.rules.giving import asked_of
from engine.rules.guards import judge

PLAYED = programme(STRANDS, STRANDS_2030, name="strands")
RULES = PLAYED.rules_of("2030")
GUARDS = (
    Guard("form", "complete"),
    Guard("answer", {"sector": ("Arts",)}),
    Guard("answer", {"sector": ("Care", "Sports")}),
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["Limes", "  ", None]), "sector": st.sampled_from(["Arts", "Care", None]),
        "partner": st.sampled_from(["The town", " ", None]), "amount": st.sampled_from([1500, None]),
    },
)  # fmt: skip


@pytest.fixture(params=BOTH, scope="module")
def played(request: pytest.FixtureRequest) -> Any:
    with fresh_on(request.param) as database:
        stage = Stage(database, PLAYED).open()
        stage.draft("anna", complete=False, strand="small")
        yield stage


@settings(
    max_examples=12, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)  # fmt: skip
@example(answers={"title": "Limes", "sector": "Arts"}, strand="small")
@example(answers={"title": "Limes", "sector": "Arts"}, strand="large")
@example(answers={"title": "Limes", "sector": "Arts", "partner": "The town"}, strand="large")
@given(answers=ANSWERS, strand=st.sampled_from(["small", "large"]))
def test_the_form_of_a_strand_is_judged_alike_in_python_and_in_sql(
    played: Stage, answers: dict[str, Any], strand: str
) -> None:
    with Session(played.database.writer) as session:
        dossier = find_dossier(session, find_round(session, played.key), "SG30-001")
        dossier.strand = strand
        for version, (name, value) in enumerate(answers.items(), start=1):
            session.add(
                AnswerRow(
                    dossier_id=the_id(dossier), question=name, version=version, value=value, given_at=5, given_by=1
                )
            )
        session.flush()
        asks = [
            *(hold((guard,), RULES) for guard in GUARDS),
            *(lacks(one, RULES) for one in RULES.questions.values() if one.required),
            *(counted(one, RULES, string_of) for one in RULES.questions.values()),
        ]
        found = list(session.connection().execute(sa.select(*asks).where(col(DossierRow.id) == dossier.id)).one())
        now, form = current_answers(session, the_id(dossier)), asked_of(RULES.questions, strand)
        required = [one.name for one in RULES.questions.values() if one.required]
        counts = counting(form, now)
        assert [bool(one) for one in found[: -len(form)]] == [
            *(judge((guard,), facts_of(session, RULES, dossier, (guard,)), RULES) == () for guard in GUARDS),
            *(missing(form, now, among=(name,)) != () for name in required),
        ]
        assert [one is None for one in found[-len(form) :]] == [counts.get(name) is None for name in form]
        session.rollback()


@pytest.fixture
def lists(database: Database) -> Stage:
    return Stage(database, PLAYED).open()


def test_one_strand_is_asked_more_than_the_other(lists: Stage) -> None:
    small, large = lists.draft("anna", strand="small"), lists.draft("bert", strand="large")
    for number, who in ((small, "anna"), (large, "bert")):
        lists.cycle.answer(lists.key, number, {"sector": "Arts"}, by=applicant(who), now=CALL)
    lists.cycle.act(lists.key, small, "submit", by=applicant("anna"), now=CALL)
    with refused("form") as why:
        lists.cycle.act(lists.key, large, "submit", by=applicant("bert"), now=CALL)
    assert why == ['"Who works with you?" (partner) is not answered']
    lists.cycle.answer(lists.key, large, {"partner": "The town"}, by=applicant("bert"), now=CALL)
    lists.cycle.act(lists.key, large, "submit", by=applicant("bert"), now=CALL)


def test_what_another_strand_was_asked_stays_and_counts_for_nothing(lists: Stage) -> None:
    number = lists.draft("bert", strand="large")
    lists.cycle.answer(lists.key, number, {"sector": "Arts", "partner": "The town"}, by=applicant("bert"), now=CALL)
    lists.cycle.act(lists.key, number, "submit", by=applicant("bert"), now=CALL)
    lists.cycle.change_strand(lists.key, number, "small", by=STAFF, now=READING, reason="It is small.")
    with lists.database.reading() as session:
        dossier = find_dossier(session, find_round(session, lists.key), number)
        counts = counting(asked_of(RULES.questions, dossier.strand), current_answers(session, the_id(dossier)))
    assert counts == {"title": "Work of bert", "amount": 2000, "sector": "Arts"}


def test_each_strand_has_its_least_and_the_round_may_give_it(lists: Stage) -> None:
    small, large = lists.draft("anna", strand="small"), lists.draft("bert", strand="large")
    asks = {"amount": 200}
    lists.cycle.answer(lists.key, small, asks, by=applicant("anna"), now=CALL)
    with refused("answer") as why:
        lists.cycle.answer(lists.key, large, asks, by=applicant("bert"), now=CALL)
    assert why == ['"amount" is 200, and at least 300 must be asked']


def test_a_choice_is_one_of_those_that_the_round_gives(lists: Stage) -> None:
    number = lists.draft("anna", strand="small")
    with refused("answer") as why:
        lists.cycle.answer(lists.key, number, {"sector": "Science"}, by=applicant("anna"), now=CALL)
    assert why == ['"Science" cannot be chosen for "sector": "Arts", "Care", "Sports"']
    lists.cycle.answer(lists.key, number, {"sector": "Sports"}, by=applicant("anna"), now=at("2030-02-02T10:00"))


def test_the_prose_says_who_is_asked_and_from_which_list() -> None:
    rules, round = (read_aloud(PLAYED, one, "en") for one in (None, PLAYED.rounds["2030"]))
    assert "a choice of those that the round lists as `sectors`, not required." in rules
    assert "a choice of “Arts”, “Care” or “Sports”, not required." in round
    assert "at least €100 for “Small” and €300 for “Large”" in round
    assert (
        "It is asked only if the dossier stands in “Large” and the answer to the question “For what is it?” "
        "is “Arts”."
    ) in round

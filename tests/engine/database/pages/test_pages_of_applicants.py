"""Do the applicants' pages and calendars get what is theirs, with a fixed number of queries, on either database?"""

from datetime import date

from asked import counted
from sqlmodel import col, select
from stage import CALL, CHAIR, STAFF, THIRD, Stage, applicant

from engine.cycle import Imported
from engine.database.access import held_files
from engine.database.cohort.guards import answered
from engine.database.pages import feeds, portal
from engine.database.pages.stored_files import StoredFile, content_of
from engine.database.records import AnswerRow, DossierRow
from engine.database.store import find_person, the_id
from engine.rules.forms import missing

ANNA = applicant("anna")


def id_of(stage: Stage, email: str) -> int:
    with stage.database.reading() as session:
        return the_id(find_person(session, email))


def test_the_dates_of_many_dossiers_come_at_once_each_with_its_own(stage: Stage) -> None:
    first, second = stage.draft("anna"), stage.draft("ben")
    stage.cycle.extend(stage.key, "call closes", date(2030, 3, 3), reason="All", by=STAFF, now=CALL)
    stage.cycle.extend(stage.key, "call closes", date(2030, 3, 9), reason="Her", by=STAFF, now=CALL, dossier=first)
    rows = {row.number: the_id(row) for row in stage.rows(DossierRow)}
    with stage.database.reading() as session, counted(stage.database) as sent:
        found = portal.extensions_of_dossiers(session, [rows[first], rows[second]])
    assert {number: [one.new_day for one in found[rows[number]]] for number in (first, second)} == {
        first: ["2030-03-03", "2030-03-09"], second: ["2030-03-03"],
    }  # fmt: skip
    assert len(sent) == 1


def test_an_answer_that_is_taken_back_is_missing_to_the_rules_and_to_sql_alike(stage: Stage) -> None:
    number = stage.draft("anna")
    asked = stage.programme.workflow.questions
    questions = {name: one for name, one in asked.items() if one.required and one.kind != "file"}
    stage.cycle.answer(stage.key, number, dict.fromkeys(questions), by=ANNA, now=CALL)
    kept = {row.question: row.value for row in sorted(stage.rows(AnswerRow), key=lambda row: row.version)}
    assert {name: kept[name] for name in questions} == dict.fromkeys(questions)
    assert len(missing(questions, kept)) == len(questions) > 0
    with stage.database.reading() as session:
        for question in questions.values():
            there = select(DossierRow.id).where(col(DossierRow.number) == number, answered(question))
            assert session.exec(there).all() == [], question.name


def test_a_file_that_is_held_is_there_once_and_as_it_came(stage: Stage) -> None:
    digests = []
    for instant in (CALL, CALL + 1):
        with stage.database.transaction() as session:
            digests.append(held_files.hold(session, b"a report", instant))
    assert digests[0] == digests[1]
    with stage.database.reading() as session:
        assert content_of(session, StoredFile("report.pdf", 8, digests[0])) == b"a report"


def test_a_calendar_has_ones_own_dossiers_with_their_slots_and_debts(played: Stage) -> None:
    anna, staff = id_of(played, ANNA), id_of(played, STAFF)
    with played.database.reading() as session:
        own, nothing = feeds.own_of(session, anna), feeds.own_of(session, staff)
    assert [(one.round, one.number, one.state) for one in own if one.round == "small/2030"] == [
        ("small/2030", "SG30-001", "working")
    ]
    small = next(one for one in own if one.round == "small/2030")
    assert {slot.number for slot in small.slots} <= {"SG30-001"}
    assert len(small.obligations) > 0
    assert small.changed_at >= small.entered_at
    assert nothing == []


def test_a_members_calendar_leaves_out_the_dossiers_that_she_has_ties_with(played: Stage) -> None:
    order = {}
    ids = {email: id_of(played, email) for email in (CHAIR, THIRD)}
    with played.database.reading() as session:
        for email, person in ids.items():
            seats = feeds.seats_of(session, person)
            (small,) = [one for one in seats if (one.part.round, one.part.role) == ("small/2030", "jury")]
            order[email] = {slot.number for slot in small.slots}
    # the third has declared a conflict with the second dossier
    assert (order[CHAIR] - order[THIRD], order[THIRD] - order[CHAIR]) == ({"SG30-002"}, set())


def test_a_calendar_costs_the_same_for_many_dossiers_as_for_one(stage: Stage) -> None:
    stage.draft("anna")
    anna = id_of(stage, ANNA)
    costs = []
    for size in (0, 30):
        stage.cycle.import_dossiers(
            stage.key,
            [Imported(organisation=f"House {n}", email=ANNA, name="Anna", language="en") for n in range(size)],
            by=STAFF, now=CALL,
        )  # fmt: skip
        with stage.database.reading() as session, counted(stage.database) as sent:
            found = feeds.own_of(session, anna)
            feeds.seats_of(session, anna)
        costs.append((len(found), len(sent)))
    assert costs == [(1, costs[0][1]), (31, costs[0][1])]

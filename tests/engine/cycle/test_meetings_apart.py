"""Is there one meeting for each strand or answer, and does each dossier come to its own?"""

from typing import Any

import pytest
from copies import Copy
from sqlmodel import col, select
from stage import BEFORE, CALL, PROGRAMMES, STAFF, Stage, applicant, at, programme

from engine.database.connection import Database
from engine.database.records import MeetingRow, SlotRow
from engine.files.reading import Programme

SCHOOL, TOWN, BOTH = "school@jury.example", "town@jury.example", "both@jury.example"
WATCHES = "watches@academy.example"
PARTS = (
    (SCHOOL, "jury", "school", True), (TOWN, "jury", "town", True), (BOTH, "jury", "", False),
    (WATCHES, "jury observer", "town", False),
)  # fmt: skip
HEARD = at("2030-04-01T10:00")
SANG = at("2030-04-09T18:00")
WORKSHOP = at("2030-06-22T18:00")
OPENED: dict[str, Copy] = {}
"""kind of database -> one in which the round is open and everybody has their part"""


def choirs(edits: dict[str, str] | None = None) -> Programme:
    folder = PROGRAMMES / "choirs"
    return programme(
        (folder / "workflow.toml").read_text("utf-8"), (folder / "rounds/2030.toml").read_text("utf-8"),
        name="choirs", edits=edits,
    )  # fmt: skip


@pytest.fixture
def contest(database: Database) -> Stage:
    stage, kind = Stage(database, choirs()), database.writer.dialect.name
    if kind in OPENED:
        OPENED[kind].write(database)
        return stage
    stage.cycle.open_round(stage.programme, "2030", by=STAFF, now=BEFORE)
    stage.cycle.add_person(stage.key, email=STAFF, name="Staff", language="en", role="staff", by=STAFF, now=BEFORE)
    for email, role, scope, chair in PARTS:
        stage.cycle.add_person(
            stage.key, email=email, name=email, language="en", role=role, chair=chair, scope=scope, by=STAFF, now=BEFORE
        )
    OPENED[kind] = Copy(database)
    return stage


def handed_in(stage: Stage, who: str, strand: str = "school", province: str = "Antwerp") -> str:
    email = applicant(who)
    number = stage.cycle.start_dossier(
        stage.key, organisation=f"Choir of {who}", email=email, name=who, language="en", strand=strand, by=email,
        now=CALL,
    )  # fmt: skip
    stage.cycle.answer(stage.key, number, {"title": who, "province": province}, by=email, now=CALL)
    stage.cycle.act(stage.key, number, "submit", by=email, now=CALL)
    return number


def slots(stage: Stage) -> dict[str, list[str]]:
    """meeting -> the dossiers that are heard there, in order."""
    found: dict[str, list[str]] = {}
    with stage.database.reading() as session:
        from engine.database.records import DossierRow

        for meeting, number in session.exec(
            select(SlotRow.meeting, DossierRow.number)
            .join(DossierRow, col(DossierRow.id) == col(SlotRow.dossier_id))
            .order_by(col(SlotRow.meeting), col(SlotRow.position))
        ).all():
            found.setdefault(meeting, []).append(number)
    return found


def held(stage: Stage, name: str) -> int:
    """The number of the first meeting of that name."""
    with stage.database.reading() as session:
        id = session.exec(select(MeetingRow.id).where(col(MeetingRow.name) == name).order_by(col(MeetingRow.id))).first()
        assert id is not None
        return id


def test_a_round_has_a_meeting_for_each_strand_and_each_answer(contest: Stage) -> None:
    rows = stage_rows(contest, MeetingRow)
    assert {(one.name, one.day, one.seats) for one in rows} == {
        ("evening.school", "2030-01-14", 1), ("evening.town", "2030-01-15", 2),
        ("hearing.school", "2030-04-02", None), ("hearing.town", "2030-04-09", None),
        ("table.school", "2030-04-02", None), ("table.town", "2030-04-10", None),
        ("workshop.East Flanders", "2030-06-15", None), ("workshop.Antwerp", "2030-06-22", None),
        ("lunch.Antwerp", "2030-06-22", 2),
    }  # fmt: skip
    rules = contest.programme.rules_of("2030")
    assert rules.meetings["hearing.town"].title == "Hearing (Town choirs)"
    assert [one for one in rules.meetings if one.startswith("workshop")] == [
        "workshop.East Flanders", "workshop.Antwerp", "workshop.Limburg"
    ]  # fmt: skip


def stage_rows(stage: Stage, table: Any) -> list[Any]:
    return stage.rows(table)


def test_each_dossier_gets_a_slot_at_its_own_hearing(contest: Stage) -> None:
    first, second, third = (handed_in(contest, who, strand) for who, strand in
                            (("anna", "school"), ("bert", "town"), ("carl", "school")))
    assert slots(contest) == {"hearing.school": [first, third], "hearing.town": [second]}

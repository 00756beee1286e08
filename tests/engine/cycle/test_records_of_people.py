"""What is kept of what people hand in, bring in and record?"""

import hashlib
import json

import pytest
from stage import (
    CALL,
    CHAIR,
    CLOSES,
    GRACE,
    MEMBER,
    PDF,
    READING,
    STAFF,
    THIRD,
    Stage,
    applicant,
    at,
    refused,
)

from engine.cycle import Imported, Upload
from engine.database.records import AnswerRow, DossierRow, FileRow
from engine.errors import GrantcycleError

ANNA = applicant("anna")


def test_the_receipt_is_a_digest_over_what_was_handed_in_and_when(stage: Stage) -> None:
    number = stage.draft("anna")
    stage.cycle.answer(stage.key, number, {}, by=ANNA, now=CALL, files={"plan": PDF})
    now = CLOSES - 1
    stage.cycle.act(stage.key, number, "submit", by=ANNA, now=now)
    digest = hashlib.sha256(PDF.content).hexdigest()
    answers = {
        "amount": 4000,
        "plan": {"digest": digest, "name": "plan.pdf", "size": len(PDF.content)},
        "title": "Work of anna",
    }
    text = json.dumps({"answers": answers, "number": number, "received_at": now}, separators=(",", ":"))
    (dossier,) = stage.rows(DossierRow)
    assert (dossier.received_at, dossier.receipt) == (now, hashlib.sha256(text.encode()).hexdigest())
    (heard,) = stage.ear.of("received")
    assert (heard.facts["receipt"], heard.facts["received"], heard.shared["grace"]) == (dossier.receipt, now, 60)
    assert [row.content for row in stage.rows(FileRow)] == [PDF.content]


@pytest.mark.parametrize("now", [CALL, CLOSES + GRACE - 1, READING])
def test_a_later_answer_never_replaces_what_was_handed_in(stage: Stage, now: int) -> None:
    number = stage.handed_in("anna")
    stage.cycle.advance(now)
    before = stage.dump()
    for by in (ANNA, STAFF):
        with refused("state"):
            stage.cycle.answer(stage.key, number, {"title": "Better"}, by=by, now=now, files={"plan": PDF})
    assert stage.dump() == before


def test_a_new_version_never_overwrites_an_old_one(stage: Stage) -> None:
    number = stage.draft("anna")
    stage.cycle.answer(stage.key, number, {"amount": 3000}, by=ANNA, now=CALL + 1)
    assert [(row.question, row.version, row.value) for row in stage.rows(AnswerRow)] == [
        ("title", 1, "Work of anna"), ("amount", 1, 4000), ("amount", 2, 3000),
    ]  # fmt: skip
    stage.cycle.act(stage.key, number, "submit", by=ANNA, now=CALL + 2)
    assert stage.ear.of("received")[0].facts["dossier"]["amount"] == 3000


def test_the_name_of_a_file_is_never_a_path(stage: Stage) -> None:
    number = stage.draft("anna")
    stage.cycle.answer(
        stage.key, number, {}, by=ANNA, now=CALL, files={"plan": Upload("..\\..\\etc/plan.pdf", PDF.content)}
    )
    assert [row.value["name"] for row in stage.rows(AnswerRow) if row.question == "plan"] == ["plan.pdf"]


# ── Dossiers that are brought in ─────────────────────────────────────────────


def test_staff_bring_dossiers_in_all_or_none(stage: Stage) -> None:
    rows = [
        Imported("House A", "a@x.example", "A", "en", number="SG30-007", answers={"title": "A", "amount": 1}),
        Imported("House B", "b@x.example", "B", "en", answers={"title": "B", "amount": 9000}),
    ]
    before = stage.dump(CALL)
    with refused("answer"):
        stage.cycle.import_dossiers(stage.key, rows, by=STAFF, now=CALL)
    with pytest.raises(GrantcycleError, match="there already is a dossier SG30-007"):
        stage.cycle.import_dossiers(stage.key, [rows[0], rows[0]], by=STAFF, now=CALL)
    with refused("role"):
        stage.cycle.import_dossiers(stage.key, rows[:1], by=CHAIR, now=CALL)
    assert stage.dump() == before
    assert list(stage.cycle.import_dossiers(stage.key, rows[:1], by=STAFF, now=CALL)) == ["SG30-007"]
    assert stage.draft("anna") == "SG30-008"


def test_a_dossier_brought_in_owes_what_its_state_owes(stage: Stage) -> None:
    number = stage.cycle.start_dossier(
        stage.key, organisation="House", email="a@x.example", name="A", language="en", by=STAFF, now=CALL,
        number="SG30-001", state="chosen", received_at=CALL - 1,
    )  # fmt: skip
    stage.cycle.advance(at("2030-05-02T10:00"))
    (reminder,) = stage.ear.of("obligation-reminder")
    assert (reminder.numbers, [owed["name"] for owed in reminder.told.extras.get("reminded", [])]) == ((number,), [])
    assert [owed["name"] for owed in reminder.facts["reminded"]] == ["kick_off"]


def test_bringing_a_dossier_in_moves_nobody_and_tells_nobody_but_a_later_act_lets_the_calendar_move_it(
    stage: Stage,
) -> None:
    now = at("2030-06-10T10:00")
    stage.cycle.advance(now)
    told = len(stage.ear.heard)
    number = stage.brought_in("anna", "chosen", now)
    assert stage.transitions() == [(number, "brought in", "", "chosen", now)]
    assert stage.ear.letters(since=told) == []
    stage.cycle.excuse(stage.key, number, "kick_off", reason="started elsewhere", by=STAFF, now=now + 1)
    assert stage.transitions()[-1] == (number, "start", "chosen", "working", now + 1)


# ── Marks, recommendations, conflicts ────────────────────────────────────────


def test_members_without_a_conflict_mark_on_the_scale_what_their_committee_decides_on(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    before = stage.dump()
    for by, marks, codes in (
        (STAFF, {"quality": 5}, ("role",)),
        (ANNA, {"quality": 5}, ("role",)),
        (MEMBER, {"quality": 10.5}, ("mark",)),
        (MEMBER, {"qualty": 5}, ("criterion",)),
        (STAFF, {"quality": 0, "beauty": 1}, ("role", "mark", "criterion")),
    ):
        with refused(*codes):
            stage.cycle.score(stage.key, number, marks, by=by, now=READING)
    assert stage.dump() == before
    stage.cycle.declare_conflict(stage.key, number, by=THIRD, now=READING, reason="my sister works there")
    with refused("conflict"):
        stage.cycle.score(stage.key, number, {"quality": 5}, by=THIRD, now=READING)
    with refused("conflict"):
        stage.cycle.recommend(stage.key, number, "fine", by=THIRD, now=READING)
    with refused("conflict"):
        stage.cycle.declare_conflict(stage.key, number, by=THIRD, now=READING)
    with refused("role"):
        stage.cycle.declare_conflict(stage.key, number, by=STAFF, now=READING)


def test_nobody_marks_a_dossier_on_which_no_committee_decides(stage: Stage) -> None:
    number = stage.handed_in("anna")
    with refused("state") as sentences:
        stage.cycle.score(stage.key, number, {"quality": 5}, by=MEMBER, now=CALL)
    assert sentences == [f'no committee judges {number} while it is "handed"']

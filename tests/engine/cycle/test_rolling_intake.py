"""Is a dossier judged with those of its own batch, and only with them?"""

from datetime import date

import pytest
from databases import fresh
from rolling import WORKFLOW, files, rolling
from stage import BEFORE, CHAIR, STAFF, Stage, applicant, at, refused

from engine.cycle import Imported
from engine.database.connection import Database
from engine.database.records import DossierRow
from engine.files.reading import Programme, read_programme

MINUTE = 60_000_000


def opened(database: Database, programme: Programme | None = None) -> Stage:
    stage = Stage(database, programme or rolling())
    stage.cycle.open_round(stage.programme, "2030", by=STAFF, now=BEFORE)
    for email, role in ((STAFF, "staff"), (CHAIR, "board"), ("reader@public.example", "everyone")):
        stage.cycle.add_person(
            stage.key, email=email, name=email, language="en", role=role, chair=role == "board", by=STAFF, now=BEFORE
        )  # fmt: skip
    return stage


def draft(stage: Stage, who: str, when: str) -> str:
    email, now = applicant(who), at(when)
    number = stage.cycle.start_dossier(
        stage.key, organisation=who, email=email, name=who, language="en", by=email, now=now
    )  # fmt: skip
    stage.cycle.answer(stage.key, number, {"what": "Build"}, by=email, now=now)
    return number


def handed_in(stage: Stage, who: str, when: str) -> str:
    number = draft(stage, who, when)
    stage.cycle.act(stage.key, number, "ask", by=applicant(who), now=at(when))
    return number


def batches(stage: Stage) -> dict[str, int | None]:
    return {row.number: row.batch for row in stage.rows(DossierRow)}


def test_a_dossier_belongs_to_the_batch_it_was_handed_in_to_the_last_microsecond(database: Database) -> None:
    stage = opened(database)
    begun = draft(stage, "anna", "2030-01-10T10:00")
    last = draft(stage, "bert", "2030-01-31T10:00")
    stage.cycle.act(stage.key, last, "ask", by=applicant("bert"), now=at("2030-02-01T00:00") - 1)
    first = draft(stage, "cora", "2030-02-01T00:00")
    stage.cycle.act(stage.key, first, "ask", by=applicant("cora"), now=at("2030-02-01T00:00"))
    assert batches(stage) == {begun: None, last: 1, first: 2}


def test_the_calendar_moves_each_batch_at_its_own_close_and_nobody_else(database: Database) -> None:
    stage = opened(database)
    one, two = handed_in(stage, "anna", "2030-01-10T10:00"), handed_in(stage, "bert", "2030-02-10T10:00")
    waits = draft(stage, "cora", "2030-02-11T10:00")
    assert stage.states() == {one: "read", two: "asked", waits: "draft"}
    stage.cycle.advance(at("2030-03-01T00:01"))
    assert stage.states() == {one: "read", two: "read", waits: "draft"}
    moved = [(number, when) for number, name, _, _, when in stage.transitions() if name == "take_up"]
    assert moved == [(one, at("2030-02-01T00:00")), (two, at("2030-03-01T00:00"))]
    told = [(letter.numbers, letter.shared["phases"]["call"]["closes"]["day"]) for letter in stage.ear.of("being-read")]
    assert told == [((one,), "2030-01-31"), ((two,), "2030-02-28")]


def test_a_verdict_takes_effect_with_those_of_its_batch(database: Database) -> None:
    stage = opened(database)
    one, two = handed_in(stage, "anna", "2030-01-10T10:00"), handed_in(stage, "bert", "2030-01-20T10:00")
    other = handed_in(stage, "cora", "2030-02-05T10:00")
    stage.cycle.verdict(stage.key, one, "grant", by=CHAIR, now=at("2030-02-06T10:00"))
    stage.cycle.advance(at("2030-02-15T10:00"))
    assert stage.states() == {one: "granted", two: "read", other: "asked"}
    # two is late: its moment has passed, and the verdict takes effect at once
    stage.cycle.verdict(stage.key, two, "decline", by=CHAIR, now=at("2030-02-16T10:00"))
    stage.cycle.advance(at("2030-03-02T10:00"))
    stage.cycle.verdict(stage.key, other, "grant", by=CHAIR, now=at("2030-03-02T10:00"))
    assert stage.states() == {one: "granted", two: "declined", other: "read"}
    stage.cycle.advance(at("2030-03-14T10:00"))
    assert stage.states()[other] == "granted"


def test_a_promise_is_kept_or_not_for_each_batch(database: Database) -> None:
    stage = opened(database)
    late, other = handed_in(stage, "anna", "2030-01-10T10:00"), handed_in(stage, "bert", "2030-02-05T10:00")
    stage.cycle.advance(at("2030-02-22T10:00"))
    assert [(one.letter, one.numbers) for one in stage.ear.heard if one.letter == "late"] == [("late", (late,))]
    stage.cycle.verdict(stage.key, late, "grant", by=CHAIR, now=at("2030-02-23T10:00"))
    stage.cycle.advance(at("2030-03-10T10:00"))
    stage.cycle.verdict(stage.key, other, "grant", by=CHAIR, now=at("2030-03-10T10:00"))
    stage.cycle.advance(at("2030-04-01T10:00"))
    kept = [(row.what, row.details.get("dossiers")) for row in stage.journal() if row.what.startswith("promise")]
    assert kept == [("promise not kept", [late]), ("promise kept", None)]


def test_a_draft_is_reminded_before_each_close_for_it_is_in_no_batch_yet() -> None:
    stage = opened(fresh())
    number = draft(stage, "anna", "2030-01-10T10:00")
    for day in ("2030-01-29", "2030-02-26", "2030-03-01"):
        stage.cycle.advance(at(f"{day}T10:00"))
    assert [one.numbers for one in stage.ear.of("unfinished")] == [(number,), (number,)]
    assert len(stage.ear.of("next-batch")) == 3


def test_who_is_brought_in_stands_in_the_batch_of_its_receipt() -> None:
    stage = opened(fresh())
    when = at("2030-02-10T10:00")
    row = Imported("House", applicant("anna"), "Anna", "en", state="asked", received_at=when, answers={"what": "Build"})
    (number,) = stage.cycle.import_dossiers(stage.key, [row], by=STAFF, now=when)
    assert batches(stage) == {number: 2}


def test_an_extension_of_the_phase_makes_another_batch_and_a_shorter_one_takes_it_away(database: Database) -> None:
    stage = opened(database)
    now = at("2030-06-10T10:00")
    last = handed_in(stage, "anna", "2030-06-10T10:00")
    stage.cycle.extend(stage.key, "call closes", date(2030, 7, 10), reason="Holidays", by=STAFF, now=now)
    keys = stage.deadlines()
    assert "transition take_up batch 7" in keys
    assert keys["transition take_up batch 6"].local == "2030-07-01T00:00:00"
    stage.cycle.extend(stage.key, "call closes", date(2030, 6, 25), reason="No", by=STAFF, now=now + MINUTE)
    assert "transition take_up batch 7" not in stage.deadlines()
    assert stage.deadlines()["transition take_up batch 6"].local == "2030-06-26T00:00:00"
    with refused("state"):
        stage.cycle.extend(
            stage.key, "call closes", date(2030, 7, 10), reason="More", by=STAFF, now=now + 2 * MINUTE, dossier=last
        )


@pytest.mark.parametrize("sleep", ["2030-03-15T10:00", "2030-12-31T10:00"])
def test_however_long_the_calendar_sleeps_each_batch_moves_as_of_its_own_close(sleep: str) -> None:
    stage = opened(fresh())
    numbers = [handed_in(stage, who, f"2030-01-{day}T10:00") for who, day in (("anna", 10), ("bert", 31))]
    stage.cycle.advance(at(sleep))
    moved = {number: when for number, name, _, _, when in stage.transitions() if name == "take_up"}
    assert moved == dict.fromkeys(numbers, at("2030-02-01T00:00"))


def test_a_shorter_call_forgets_no_deadline_of_a_batch_that_it_takes_away(database: Database) -> None:
    early = WORKFLOW.replace("3 days before call closes", "6 weeks before call closes")
    stage = opened(database, read_programme("rolling", files(workflow=early), ""))
    stage.cycle.advance(at("2030-05-20T10:00"))  # whoever has not handed in was reminded of the last batch
    stage.cycle.extend(
        stage.key, "call closes", date(2030, 5, 31), reason="the house closes", by=STAFF, now=at("2030-05-20T10:00")
    )
    assert ("reminder unfinished 1 batch 6" in stage.deadlines(), stage.broken()) == (True, [])


def test_a_batch_that_is_released_late_goes_after_what_came_meanwhile(database: Database) -> None:
    told = 'tell = { applicant = "being-read" }'
    held = WORKFLOW.replace(told, f'release = "hold"\n{told}')
    stage = opened(database, read_programme("rolling", files(workflow=held), ""))
    one = handed_in(stage, "anna", "2030-01-10T10:00")
    stage.cycle.advance(at("2030-02-20T10:00"))
    assert stage.states() == {one: "asked"}
    stage.cycle.approve(stage.key, "call closes batch 1", by=STAFF, now=at("2030-02-20T10:00"))
    assert (stage.states(), stage.broken()) == ({one: "read"}, [])

"""Who is reminded, who hears an announcement, and when does a promise ring?"""

import pytest
from databases import fresh
from stage import (
    CALL,
    CHAIR,
    READING,
    Stage,
    applicant,
    at,
        programme,
)


def test_a_reminder_reaches_those_whom_it_is_about_and_nobody_else(either: Stage) -> None:
    draft, handed, gone = either.draft("anna"), either.handed_in("bert"), either.draft("cleo")
    either.cycle.act(either.key, gone, "withdraw", by=applicant("cleo"), now=CALL)
    instant = at("2030-02-15T09:00")
    assert either.cycle.advance(instant - 1) == instant
    either.cycle.advance(instant)
    assert [(heard.numbers, heard.leaves_at) for heard in either.ear.of("unfinished")] == [((draft,), instant)]
    assert either.ear.of("unfinished")[0].told.valid_until == at("2030-02-26T09:00")
    assert handed not in [number for heard in either.ear.of("unfinished") for number in heard.numbers]


def test_a_reminder_leaves_out_those_for_whom_its_guard_does_not_hold(stage: Stage) -> None:
    decided, undecided = stage.under_decision("anna", "bert")
    stage.cycle.verdict(stage.key, decided, "decline", by=CHAIR, now=READING)
    stage.cycle.advance(at("2030-04-02T09:00"))
    assert [(heard.role, heard.numbers) for heard in stage.ear.of("undecided")] == [
        ("jury", (undecided,)), ("staff", (undecided,)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rings", "told", "missed"),
    [
        ("2030-02-25T10:00", ["reminder unfinished 1"], []),  # late, and still worth reading
        ("2030-02-26T09:00", ["reminder unfinished 2"], ["reminder unfinished 1"]),  # the last of two says it all
        ("2030-03-01T23:59", ["reminder unfinished 2"], ["reminder unfinished 1"]),
        ("2030-03-02T00:00", [], ["reminder unfinished 1", "reminder unfinished 2"]),  # worth nothing after the close
    ],
)
def test_a_reminder_that_comes_too_late_is_missed_and_recorded(
    stage: Stage, rings: str, told: list[str], missed: list[str]
) -> None:
    stage.draft("anna")
    stage.cycle.advance(at(rings))
    assert [heard.cause for heard in stage.ear.of("unfinished")] == told
    assert [row.details["name"] for row in stage.journal("missed")] == missed


def test_an_announcement_reaches_everyone_who_asked(stage: Stage) -> None:
    stage.cycle.advance(at("2030-01-07T09:00"))
    (told,) = stage.ear.heard
    assert (told.role, told.letter, told.numbers, told.leaves_at) == (
        "everyone", "call-opens", (), at("2030-01-07T09:00"),
    )  # fmt: skip
    assert told.shared["phases"]["call"]["closes"] == {"day": "2030-03-01", "hour": None, "edge": "closes"}


def test_an_announcement_to_a_committee_is_told_without_a_dossier() -> None:
    edits = {'tell = { everyone = "call-opens" }': 'tell = { everyone = "call-opens", jury = "jury-call-opens" }'}
    stage = Stage(fresh(), programme(edits=edits)).open()
    stage.cycle.advance(at("2030-01-07T09:00"))
    assert stage.ear.letters() == [("everyone", "call-opens", ()), ("jury", "jury-call-opens", ())]


def test_a_kept_promise_is_in_the_journal_and_rings_nobody(stage: Stage) -> None:
    stage.chosen("anna")
    stage.cycle.advance(at("2030-04-06T09:00"))
    assert [row.details for row in stage.journal("promise kept")] == [{"name": "answer"}]
    assert stage.ear.of("promise-at-risk") == []

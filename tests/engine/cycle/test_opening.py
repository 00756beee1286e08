"""How does a round come into the database, and does it keep the rules that it was opened on?"""

from contextlib import nullcontext

import pytest
from databases import fresh
from stage import BEFORE, CALL, SMALL, STAFF, Stage, applicant, at, programme, refused

from engine.cycle import Cycle
from engine.database.records import PinnedRow, RoundRow
from engine.errors import GrantcycleError, Unknown
from engine.files.reading import Programme, read_programme

RUNNING = at("2030-02-20T10:00")


def test_a_round_with_past_moments_is_refused_and_the_first_is_named() -> None:
    stage = Stage(fresh())
    before = stage.dump()
    with refused("past") as sentences:
        stage.open(now=RUNNING)
    assert sentences == [
        '3 moments of small/2030 are past, the first is "call opens" on 2030-01-07T00:00:00; to bring over a round '
        "that runs elsewhere, say from when on: --as-of 2030-02-20 10:00"
    ]
    assert stage.dump() == before


def test_what_was_due_before_as_of_happened_elsewhere_and_does_not_fire() -> None:
    stage = Stage(fresh()).open(now=RUNNING, as_of=RUNNING)
    elsewhere = [key for key, row in stage.deadlines().items() if row.ending == "elsewhere"]
    assert elsewhere == ["edge call opens", "announcement call_opens", "reminder unfinished 1"]
    stage.cycle.advance(at("2030-03-03T10:00"))
    assert stage.ear.of("call-opens") == []
    assert [row.details["name"] for row in stage.journal("due")] == [
        "edge call closes", "transition lapse", "transition take_up",
    ]  # fmt: skip


def test_what_was_due_between_as_of_and_now_fires() -> None:
    stage = Stage(fresh()).open(now=RUNNING, as_of=at("2030-02-01T10:00"))
    assert [row.details["name"] for row in stage.journal("due")] == ["reminder unfinished 1"]


def test_what_was_owed_before_as_of_is_not_asked_again() -> None:
    now = at("2031-10-01T10:00")
    stage = Stage(fresh()).open(now=now, as_of=now)
    number = stage.brought_in("anna", "working", now)
    assert [key for key, row in stage.deadlines().items() if row.kind == "overdue"] == [f"overdue {number} 2032-06-02"]
    assert stage.cycle.advance(now) == at("2032-05-03T09:00")


def test_a_round_is_opened_once() -> None:
    stage = Stage(fresh()).open()
    before = stage.dump()
    with pytest.raises(GrantcycleError, match="small/2030 is open already"):
        stage.cycle.open_round(stage.programme, "2030", by=STAFF, now=BEFORE)
    assert stage.dump() == before


def test_an_unknown_round_is_told_with_the_nearest_one() -> None:
    stage = Stage(fresh())
    with pytest.raises(Unknown) as unknown:
        stage.cycle.open_round(stage.programme, "203", by=STAFF, now=BEFORE)
    assert str(unknown.value) == 'there is no round of small "203"; did you mean "2030"?'


def with_2031(workflow: str = SMALL) -> Programme:
    """The programme with a second round."""
    files = dict(programme(workflow).files)
    files["rounds/2031.toml"] = files["rounds/2030.toml"].replace("SG30", "SG31")
    return read_programme("small", files, "small")


def test_a_round_runs_on_the_text_that_was_pinned_whatever_becomes_of_the_folder() -> None:
    stage = Stage(fresh()).open()
    stricter = with_2031(SMALL.replace("at_most  = 5000", "at_most  = 10"))
    # another process, which has never seen the first text, opens a second round on the folder as it is by then
    cycle = Cycle(stage.database, stage.ear)
    cycle.open_round(stricter, "2031", by=STAFF, now=BEFORE)
    anna = applicant("anna")
    for key, amounts, codes in (("small/2030", 4999, ()), ("small/2031", 4999, ("answer",)), ("small/2031", 9, ())):
        number = cycle.start_dossier(key, organisation="H", email=anna, name="A", language="en", by=anna, now=CALL)
        with refused(*codes) if codes else nullcontext():
            cycle.answer(key, number, {"amount": amounts}, by=anna, now=CALL)
    assert {row.key: row.digest for row in stage.rows(RoundRow)} == {
        "small/2030": stage.programme.digest, "small/2031": stricter.digest,
    }  # fmt: skip


def test_two_rounds_on_one_text_pin_it_once() -> None:
    stage = Stage(fresh(), with_2031()).open()
    stage.cycle.open_round(stage.programme, "2031", by=STAFF, now=BEFORE)
    assert [row.files == stage.programme.files for row in stage.rows(PinnedRow)] == [True]
    assert [row.key for row in stage.rows(RoundRow)] == ["small/2030", "small/2031"]

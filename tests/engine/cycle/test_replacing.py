"""Other rules and dates take the place of those that a round runs on."""

import pytest
from stage import CALL, CLOSES, MEMBER, READING, SMALL, STAFF, Stage, at, programme

from engine.cycle.planning import plan
from engine.database.records import VersionRow
from engine.errors import Refused
from engine.files.reading import Programme

LATER = {"to = 2030-03-01, grace": "to = 2030-03-03, grace"}
RENAMED = SMALL.replace('"read"', '"studied"').replace("\nread      =", "\nstudied   =")


def changed(edits: dict[str, str]) -> Programme:
    return programme(edits=edits)


def replace(stage: Stage, new: Programme, now: int, **more: object) -> int | None:
    return stage.cycle.replace_rules(stage.key, new, reason="the board said so", by=STAFF, now=now, **more)  # type: ignore[arg-type]


def test_what_has_not_fired_follows_and_what_has_fired_stays(stage: Stage) -> None:
    stage.handed_in("anna")
    before = stage.deadlines()
    assert replace(stage, changed(LATER), CALL + 5) == 2
    after = stage.deadlines()
    assert after["edge call opens"].model_dump() == before["edge call opens"].model_dump()
    assert after["edge call closes"].due_at == at("2030-03-04T00:00")
    assert before["edge call closes"].due_at == CLOSES
    [version] = stage.rows(VersionRow)
    assert (version.position, version.before, version.at, version.reason, version.mapped, version.dossiers) == (
        2, stage.programme.digest, CALL + 5, "the board said so", {}, 0,
    )
    assert stage.journal("round replaced")[0].details == {
        "version": 2, "before": version.before, "after": version.after, "reason": "the board said so",
    }
    stage.cycle.advance(READING)
    assert stage.state("SG30-001") == "read"


def test_a_state_that_goes_strands_nobody_who_is_led_elsewhere(stage: Stage) -> None:
    number = stage.handed_in("anna")
    stage.cycle.advance(READING)
    new = programme(RENAMED)
    with pytest.raises(Refused, match=r'no state "read" \("Being read"\), in which one dossier stands'):
        replace(stage, new, READING)
    assert (stage.rows(VersionRow), stage.state(number)) == ([], "read")
    assert replace(stage, new, READING, mapped={"read": "studied"}) == 2
    assert stage.transitions()[-1] == (number, "mapped over", "read", "studied", READING)
    stage.cycle.recommend(stage.key, number, "words", by=MEMBER, now=READING + 1)
    stage.cycle.verdict(stage.key, number, "choose", by="chair@jury.example", now=READING + 2)
    for who in (STAFF,):
        stage.cycle.approve(stage.key, "notice opens", by=who, now=READING + 3)
    stage.cycle.advance(at("2030-04-05T09:00"))
    assert stage.state(number) == "chosen"


def test_the_plan_says_what_is_then_done(stage: Stage) -> None:
    number = stage.handed_in("anna")
    stage.draft("bert", complete=False)
    new = changed(LATER)
    foreseen = plan(stage.cycle, stage.key, new, now=CALL + 5)
    assert (foreseen.reasons, [(one.moment, one.now, one.dossiers) for one in foreseen.dates]) == (
        (), [("call closes", at("2030-03-04T00:00"), 1)],
    )
    replace(stage, new, CALL + 5)
    stage.cycle.advance(at("2030-03-10T10:00"))
    assert foreseen.after is not None
    assert {one: foreseen.after.states[one] for one in stage.states()} == stage.states() | {number: foreseen.after.states[number]}

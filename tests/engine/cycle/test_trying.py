"""Does trying an act foretell exactly what doing it then does, and change nothing?"""

from datetime import date

import pytest
from stage import NOTICE, READING, STAFF, Stage, applicant, at

from engine import events
from engine.cycle.trying import Trial, trying
from engine.database.consequences import Dated, Moved, Owed
from engine.errors import Refused, Unknown

JUNE = at("2030-06-20T09:00")


def stop(trial: Trial, key: str, number: str, reason: str | None = "the house has closed") -> str:
    return trial.act(key, number, "stop", by=STAFF, now=JUNE, reason=reason)


def test_what_is_tried_is_foretold_and_changes_nothing(stage: Stage) -> None:
    first, second = stage.working("anna", "bert")
    before = stage.dump()
    with trying(stage.cycle, stage.key, JUNE) as trial:
        stop(trial, stage.key, first)
        stop(trial, stage.key, second)
        found = trial.consequences()
    assert stage.dump() == before
    assert found.moved == tuple(Moved(one, "stop", "working", "stopped", False) for one in (first, second))
    (told,) = found.told
    assert (told.letter, told.role, told.count, told.people, told.languages, told.leaves_at) == (
        "stopped", "applicant", 2, 2, {"en": 2}, JUNE,
    )  # fmt: skip
    assert (found.letters, found.leaves_at, found.set_off) == (2, JUNE, ())


def test_what_is_foretold_is_what_then_happens(stage: Stage) -> None:
    (number,) = stage.working("anna")
    with trying(stage.cycle, stage.key, JUNE) as trial:
        stop(trial, stage.key, number)
        inside = trial.session.connection().exec_driver_sql("SELECT COUNT(*) FROM notification").scalar()
        foretold = [(one.number, one.transition, one.source, one.target) for one in trial.consequences().moved]
    before = len(stage.transitions())
    stage.cycle.act(stage.key, number, "stop", by=STAFF, now=JUNE, reason="the house has closed")
    assert [one[:4] for one in stage.transitions()[before:]] == foretold
    assert len(stage.dump()["notification"]) == inside


def test_a_refused_act_leaves_what_was_tried_before_it(stage: Stage) -> None:
    first, second = stage.working("anna", "bert")
    before = stage.dump()
    with trying(stage.cycle, stage.key, JUNE) as trial:
        assert trial.attempt(first, lambda: stop(trial, stage.key, first))
        assert not trial.attempt(second, lambda: stop(trial, stage.key, second, reason=None))
        found = trial.consequences()
    assert [one.number for one in found.moved] == [first]
    assert [[reason.code for reason in reasons] for reasons in trial.refused.values()] == [["reason"]]
    assert list(trial.refused) == [second]
    assert stage.dump() == before


def test_what_is_due_first_happens_in_the_trial_and_is_not_among_the_consequences(stage: Stage) -> None:
    number, *_ = stage.chosen("anna", "bert")
    stage.cycle.attend(stage.key, number, "kick_off", by=STAFF, now=at("2030-05-08T18:00"))
    before = stage.dump()
    # the calendar has slept since then: the trajectory starts in June, before it is stopped
    with trying(stage.cycle, stage.key, JUNE) as trial:
        stop(trial, stage.key, number)
        assert [(one.source, one.target) for one in trial.consequences().moved] == [("working", "stopped")]
    assert stage.dump() == before


def test_an_extension_foretells_the_dates_that_move(stage: Stage) -> None:
    number = stage.draft("anna")
    now = at("2030-02-25T10:00")
    before = stage.dump(now)
    with trying(stage.cycle, stage.key, now) as trial:
        trial.extend(stage.key, "call closes", date(2030, 3, 8), reason="ill", by=STAFF, now=now)
        found = trial.consequences()
    assert stage.dump() == before
    moved = {one.key: (one.before, one.after, one.number) for one in found.dated if one.kind == "transition"}
    assert moved["transition lapse"] == (at("2030-03-02T00:00"), at("2030-03-09T00:00"), None)
    with trying(stage.cycle, stage.key, now) as trial:
        trial.extend(stage.key, "call closes", date(2030, 3, 8), reason="ill", by=STAFF, now=now, dossier=number)
        own = [one for one in trial.consequences().dated if one.kind == "transition"]
    assert own == [
        Dated(f"transition {name} {number}", "transition", name, number, None, at("2030-03-09T00:00"))
        for name in ("lapse", "take_up")
    ]
    assert stage.dump() == before


def test_what_a_state_will_owe_is_foretold_with_its_deadlines(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    stage.cycle.verdict(stage.key, number, "choose", by=STAFF, now=READING)
    stage.cycle.advance(NOTICE)
    before = stage.dump()
    with trying(stage.cycle, stage.key, NOTICE) as trial:
        trial.approve(stage.key, "notice opens", by=STAFF, now=NOTICE)
        found = trial.consequences()
    assert stage.dump() == before
    assert found.owed == (Owed(number, "kick_off", 1, "2030-05-08"),)
    assert [(one.kind, one.number) for one in found.dated if one.fires] == [("verdicts", None)]
    assert sorted(one.kind for one in found.dated if one.before is None) == [
        "obligation reminder", "obligation reminder", "overdue",
    ]  # fmt: skip


def test_nothing_of_a_trial_is_kept_when_it_breaks_off(stage: Stage) -> None:
    (number,) = stage.working("anna")
    before = stage.dump()
    trial = trying(stage.cycle, stage.key, JUNE)
    stop(trial.__enter__(), stage.key, number)
    gone = RuntimeError("the browser has gone")
    assert not trial.__exit__(RuntimeError, gone, None)
    assert stage.dump() == before


def test_nobody_who_watches_hears_of_what_is_only_tried(stage: Stage) -> None:
    number = stage.draft("anna")
    heard: list[str] = []
    events.watch(lambda what, _facts: heard.append(what))
    try:
        with trying(stage.cycle, stage.key, READING) as trial, pytest.raises(Refused):
            trial.act(stage.key, number, "withdraw", by=STAFF, now=READING)
    finally:
        events.watch()
    assert heard == []


def test_a_trial_is_of_one_round(stage: Stage) -> None:
    with trying(stage.cycle, stage.key, READING) as trial, pytest.raises(Unknown):
        trial.act("other/2030", "SG30-001", "withdraw", by=applicant("anna"), now=READING)
    with pytest.raises(Unknown), trying(stage.cycle, "other/2030", READING):
        pass

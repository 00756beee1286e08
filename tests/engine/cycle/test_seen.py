"""Is whoever acts on what has changed meanwhile told so, before anything is done?"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from databases import fresh
from stage import CHAIR, MEMBER, READING, STAFF, STAFF_2, Stage, applicant, at

from engine.cycle.seen import ChangedSince
from engine.database.changes import journal_position
from engine.database.records import RoundRow
from engine.database.store import the_id
from engine.errors import Refused

JUNE = at("2030-06-20T09:00")


def looked(stage: Stage) -> int:
    """What a page remembers that is shown now."""
    with stage.database.reading() as session:
        (round,) = [row for row in stage.rows(RoundRow) if row.key == stage.key]
        return journal_position(session, the_id(round))


def test_who_acts_on_what_another_changed_is_told_what_and_nothing_is_done(stage: Stage) -> None:
    number, other = stage.working("anna", "bert")
    seen = looked(stage)
    stage.cycle.excuse(stage.key, number, "report 1", reason="a birth", by=STAFF_2, now=JUNE, seen=seen)
    before = stage.dump()
    with pytest.raises(ChangedSince) as told:
        stage.cycle.act(stage.key, number, "stop", by=STAFF, now=JUNE + 1, reason="closed", seen=seen)
    assert stage.dump() == before
    (change,) = told.value.changes
    assert (change.number, change.at, change.actor, change.name, change.what) == (
        number, JUNE, STAFF_2, STAFF_2, "excused",
    )  # fmt: skip
    assert change.details["reason"] == "a birth"
    assert [str(reason) for reason in told.value.reasons] == [f"{number} has changed since you looked at it"]
    # the other dossier is as it was seen, and who has seen the change may go on
    stage.cycle.act(stage.key, other, "stop", by=STAFF, now=JUNE + 1, reason="closed", seen=seen)
    stage.cycle.act(stage.key, number, "stop", by=STAFF, now=JUNE + 2, reason="closed", seen=looked(stage))
    assert list(stage.states().values()) == ["stopped", "stopped"]


def test_what_the_calendar_did_meanwhile_is_told_as_well(stage: Stage) -> None:
    number = stage.handed_in("anna")
    seen = looked(stage)
    with pytest.raises(ChangedSince) as told:
        stage.cycle.verdict(stage.key, number, "decline", by=STAFF, now=READING, seen=seen)
    assert [(one.actor, one.what, one.details["target"]) for one in told.value.changes] == [
        ("calendar", "transition", "read")
    ]


def test_what_members_say_is_in_nobodys_way(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    seen = looked(stage)
    stage.cycle.score(stage.key, number, {"quality": 8}, by=MEMBER, now=READING + 1)
    stage.cycle.recommend(stage.key, number, "better words", by=MEMBER, now=READING + 1)
    stage.cycle.verdict(stage.key, number, "decline", by=CHAIR, now=READING + 2, seen=seen)


def test_every_act_of_staff_on_a_dossier_looks() -> None:
    stage = Stage(fresh()).open()
    (number,) = stage.working("anna")
    on, cycle = (stage.key, number), stage.cycle
    new = {"email": applicant("bert"), "name": "Bert", "language": "en"}
    day = date(2032, 6, 9)
    given: dict[str, Any] = {"by": STAFF, "now": JUNE, "seen": 1}
    acts: dict[str, Callable[[], object]] = {
        "act": lambda: cycle.act(*on, "stop", reason="closed", **given),
        "attend": lambda: cycle.attend(*on, "kick_off", **given),
        "excuse": lambda: cycle.excuse(*on, "report 1", reason="ill", **given),
        "verdict": lambda: cycle.verdict(*on, "decline", **given),
        "withdraw_verdict": lambda: cycle.withdraw_verdict(*on, **given),
        "add_contact": lambda: cycle.add_contact(*on, **new, **given),
        "remove_contact": lambda: cycle.remove_contact(*on, email=applicant("anna"), **given),
        "extend": lambda: cycle.extend(stage.key, "work closes", day, reason="ill", dossier=number, **given),
    }
    told = {}
    for name, act in acts.items():
        with pytest.raises(Refused) as refused:
            act()
        told[name] = type(refused.value)
    assert told == dict.fromkeys(acts, ChangedSince)

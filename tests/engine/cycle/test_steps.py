"""Is a stage that comes by a copy where one is that has played, and is nobody's copy taken who has come otherwise?"""

from collections.abc import Callable, Iterator

import pytest
import steps
from databases import fresh
from stage import READING, STAFF, Stage, applicant

from engine import events
from engine.cycle import Cycle
from engine.database.connection import Database


@pytest.fixture
def stages() -> Iterator[Callable[[], Stage]]:
    """Stages of which each is opened on a database of its own."""
    opened: list[Database] = []

    def another() -> Stage:
        opened.append(fresh())
        return Stage(opened[-1]).open()

    yield another
    for one in opened:
        one.close()


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The dossiers that the jury is given words for by playing: nobody is, who comes by a copy."""
    told: list[str] = []
    recommend = Cycle.recommend

    def tells(cycle: Cycle, key: str, number: str, *given: object, **named: object) -> None:
        told.append(number)
        recommend(cycle, key, number, *given, **named)

    monkeypatch.setattr(Cycle, "recommend", tells)
    steps.WATCHED.clear()
    steps._CAME.clear()
    return told


def test_a_copy_is_what_playing_comes_to_and_goes_on_as_it_does(stages: Callable[[], Stage], played: list[str]) -> None:
    first, second = stages(), stages()
    assert first.chosen("anna", "bram") == second.chosen("anna", "bram") == ["SG30-001", "SG30-002"]
    assert played == ["SG30-001", "SG30-002"]
    steps.WATCHED.add("a test that looks")
    third = stages()
    third.chosen("anna", "bram")
    assert played == ["SG30-001", "SG30-002"] * 2
    assert first.dump() == second.dump() == third.dump()
    assert first.ear.letters() == second.ear.letters() == third.ear.letters()
    for one in (first, second, third):
        one.cycle.act(one.key, "SG30-001", "withdraw", by=applicant("anna"), now=READING)
    assert first.dump() == second.dump() == third.dump()


def test_whoever_has_done_anything_else_plays(stages: Callable[[], Stage], played: list[str]) -> None:
    stages().under_decision("anna")
    otherwise = stages()
    otherwise.cycle.add_person(
        otherwise.key, email="new@fund.example", name="New", language="en", role="staff", by=STAFF, now=READING
    )
    otherwise.under_decision("anna")
    ear, cycle = stages(), stages()
    ear.ear.broken_for = lambda _cause: False
    ear.under_decision("anna")
    cycle.cycle = Cycle(cycle.database, cycle.ear)
    cycle.under_decision("anna")
    after = stages()
    after.handed_in("bram")
    after.under_decision("anna")
    assert played == ["SG30-001"] * 4 + ["SG30-002"]
    events.watch(lambda _event, _facts: None)
    try:
        stages().under_decision("anna")
    finally:
        events.watch()
    assert played == ["SG30-001"] * 4 + ["SG30-002", "SG30-001"]


def test_as_many_copies_are_kept_as_there_is_room_for(
    stages: Callable[[], Stage], played: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "KEPT", 2)  # what somebody was handed in with, and what the jury was given
    for who in ("anna", "bram", "anna", "anna"):
        stages().under_decision(who)
    assert played == ["SG30-001"] * 3

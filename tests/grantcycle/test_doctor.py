"""`doctor` says what holds, what does not and what to do about it, and what is late."""

import sqlite3
from collections.abc import Callable

from installation import DURING_THE_CALL, ROUND, Installation

from engine.database.health import DEADLINE_LATE
from grantcycle.commands.doctor import EVERY

QUICK = sum(not one.thorough for one in EVERY)


def up_to_date(opened: Installation) -> None:
    opened.done("advance")


def spoil(opened: Installation, statement: str) -> None:
    with sqlite3.connect(opened.folder / "cycle.db") as database:
        database.execute(statement)
    database.close()


def test_a_round_as_it_is_opened_is_green(opened: Installation) -> None:
    up_to_date(opened)
    answer = opened.done("doctor")
    assert answer.out.splitlines()[-3:] == [
        "No deadline is late.",
        "No letter is late.",
        f"All {len(EVERY)} invariants hold.",
    ]
    shown = [line.split()[0] for line in answer.out.splitlines()[2:-3]]
    assert shown == ["green"] * len(EVERY)
    assert len(EVERY) >= 40


def test_what_does_not_hold_is_told_in_words_with_what_to_do(opened: Installation, started: Callable[[], str]) -> None:
    up_to_date(opened)
    number = started()
    spoil(opened, "UPDATE dossier SET state = 'awarded'")
    answer = opened("doctor")
    assert answer.code == 1
    told = answer.out.splitlines()
    assert [line.split()[1] for line in told if line.startswith("RED ")] == ["state", '"state"']
    at = told.index(f'RED "state" in {ROUND}:')
    assert told[at + 1] == f'  {number} is "awarded" and has never moved: no dossier begins there'
    assert told[at + 2].startswith("  Somebody is shown a state that nothing explains.")


def test_a_program_reads_the_same(opened: Installation, started: Callable[[], str]) -> None:
    up_to_date(opened)
    started()
    assert opened.done("doctor", "--json").json["green"] is True
    spoil(opened, "UPDATE dossier SET version = 2")
    answer = opened("doctor", "--round", ROUND, "--quick", "--json")
    assert answer.code == 1
    told = answer.json
    assert (told["green"], told["rounds"], told["invariants"]) == (False, [ROUND], QUICK)
    assert told["red"] == [
        {
            "invariant": "version",
            "round": ROUND,
            "holds": "A dossier's version counts its moves.",
            "offending": ["CI19-001 is at version 2 after 0 moves"],
            "more": False,
            "to_do": "Two acts may overwrite one another unseen. Nothing here writes such rows: restore the database "
            "from before, or mend the row by hand and say why.",
        }
    ]


def test_what_should_have_happened_long_ago_is_red_though_every_invariant_holds(opened: Installation) -> None:
    answer = opened("doctor", "--json")
    assert answer.code == 1
    health = answer.json["health"]
    assert answer.json["red"] == []
    assert (health["good"], answer.json["green"]) == (False, False)
    assert health["overdue_seconds"] > DEADLINE_LATE // 1_000_000
    (status,) = opened.done("status", "--json").json["rounds"]
    assert status["overdue_seconds"] == health["overdue_seconds"]
    told = opened("doctor", at=DURING_THE_CALL).out.splitlines()
    assert told[-4].startswith("The oldest deadline is late by ")
    assert told[-2] == "RED: what should have happened long ago has not. Is a worker running?"


def test_a_round_that_nobody_knows_is_told(opened: Installation) -> None:
    answer = opened("doctor", "--round", "cera-impuls/2091")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith('there is no ')

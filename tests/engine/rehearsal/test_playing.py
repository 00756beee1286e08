"""A round is played on the real engine, whatever the number of dossiers, and a kept log plays the same round."""

from collections import Counter
from functools import cache

import pytest
from rehearsed_programme import ZONE, cera
from sqlmodel import select

from engine.cycle import Cycle, Told
from engine.database.connection import Database, open_database
from engine.database.migrating import migrate
from engine.database.records import DossierRow, ObligationRow, TransitionRow
from engine.rehearsal.acts import Act, write_acts
from engine.rehearsal.invented import InventedRound
from engine.rehearsal.log import read_acts
from engine.rehearsal.playing import Played, Player, who_opens
from engine.rehearsal.script import Plan, Recorded, Script
from engine.rehearsal.watching import View
from engine.rules.moments import SECOND


class NoLetters:
    """A round in which nobody is written to."""

    down: list[int]

    def __init__(self) -> None:
        self.down = []

    def notify(self, session: object, cause: object, told: list[Told], now: int) -> None: ...

    def carry(self, now: int) -> int | None:  # noqa: ARG002
        return None

    def break_down(self, until: int) -> None:
        self.down.append(until)


def play(script: Script, opened_by: str) -> tuple[Database, tuple[Played, ...], NoLetters]:
    database = open_database("sqlite://")
    migrate(database)
    letters = NoLetters()
    player = Player(Cycle(database, letters.notify), cera(), "2019", script, letters)
    played = tuple(one for step in player.play(opened_by) for one in step.played)
    return database, played, letters


def states(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return {row.number: row.state for row in session.exec(select(DossierRow)).all()}


@cache
def eight() -> tuple[dict[str, str], tuple[Played, ...], list[tuple[object, ...]]]:
    script = InventedRound(cera().workflow, cera().rounds["2019"], dossiers=8, seed=3)
    database, played, _ = play(script, script.opened_by)
    with database.reading() as session:
        moves = [
            (row.dossier_id, row.name, row.at)
            for row in session.exec(select(TransitionRow).order_by(TransitionRow.id)).all()  # type: ignore[arg-type]
        ]
    found = states(database)
    database.close()
    return found, played, moves


@pytest.mark.parametrize(
    ("dossiers", "ends"),
    [
        (0, {}),
        (1, {"completed": 1, "lapsed": 2}),
        (13, {"completed": 6, "declined": 6, "lapsed": 2, "withdrawn": 1}),
    ],
)
def test_a_round_of_any_size_comes_to_its_end(dossiers: int, ends: dict[str, int]) -> None:
    script = InventedRound(cera().workflow, cera().rounds["2019"], dossiers=dossiers, seed=5)
    database, _, _ = play(script, script.opened_by)
    assert Counter(states(database).values()) == ends
    with database.reading() as session:
        owed = Counter(row.dossier_id for row in session.exec(select(ObligationRow)).all())
    database.close()
    assert list(owed.values()) == [19] * min(6, ends.get("completed", 0))


def test_a_kept_log_plays_the_same_transitions_at_the_same_instants() -> None:
    found, played, moves = eight()
    text = write_acts(one.act for one in played)
    acts = read_acts(text, "log.csv", cera().workflow, ZONE)
    assert acts == tuple(one.act for one in played)
    database, again, letters = play(Recorded(acts), who_opens(acts))
    with database.reading() as session:
        replayed = [
            (row.dossier_id, row.name, row.at)
            for row in session.exec(select(TransitionRow).order_by(TransitionRow.id)).all()  # type: ignore[arg-type]
        ]
    assert (states(database), again, replayed) == (found, played, moves)
    assert len(letters.down) == 1
    database.close()


@pytest.mark.slow
def test_a_log_with_its_own_numbers_is_about_the_dossiers_it_started() -> None:
    _, played, _ = eight()
    renamed = [
        Act(o.act.instant, o.act.who, o.act.what, o.act.number.replace("CI19-0", "A/"), o.act.values) for o in played
    ]
    database, again, _ = play(Recorded(renamed), who_opens(renamed))
    assert [one.refused for one in again] == [one.refused for one in played]
    assert Counter(states(database).values()) == Counter(eight()[0].values())
    database.close()


def test_an_act_of_somebody_unknown_is_told_and_changes_nothing() -> None:
    instant = 1547110800 * SECOND
    act = Act(instant, "nobody@nowhere.example", "approve", values={"batch": "approval opens"})
    database, (played,), _ = play(Recorded([act]), "els@cera.example")
    assert played.refused == ('nobody in cera-impuls/2019 has the address "nobody@nowhere.example"',)
    database.close()


def test_a_plan_hands_out_acts_in_order_of_time_and_of_one_instant_in_the_order_they_were_put() -> None:
    plan = Plan()
    later, first, second = Act(20, "a", "later"), Act(10, "a", "first"), Act(10, "a", "second")
    plan.put(later, first, second)
    plan.at(10, lambda _view, now: (Act(now, "a", "now"), Act(15, "a", "in a moment")))
    looks: View = None  # type: ignore[assignment]
    taken = []
    while plan.next_instant() is not None:
        taken += [act.what for act in plan.take(looks)]
    assert taken == ["first", "second", "now", "in a moment", "later"]


def test_so_many_members_are_late_and_so_many_conflicts_are_declared() -> None:
    script = InventedRound(cera().workflow, cera().rounds["2019"], dossiers=5, seed=5, late=2, conflicts=3)
    database, played, _ = play(script, script.opened_by)
    database.close()
    acts = [one.act for one in played if not one.refused]
    conflicts = {(act.who, act.number) for act in acts if act.what == "conflict"}
    first_verdict = min(act.instant for act in acts if act.what == "verdict")
    late = {act.who for act in acts if act.what == "score" and act.instant > first_verdict}
    early = {act.who for act in acts if act.what == "score" and act.instant < first_verdict}
    assert (len(conflicts), len(late), late & early) == (3, 2, set())

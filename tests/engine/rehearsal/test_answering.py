"""In a rehearsal places that free are offered and answered, and the one that is turned down passes on."""

from collections import Counter

from learning_network import learning_network
from sqlmodel import select
from test_playing import NoLetters, states

from engine.cycle import Cycle
from engine.database.connection import open_database
from engine.database.migrating import migrate
from engine.database.records import TransitionRow
from engine.rehearsal.invented import InventedRound
from engine.rehearsal.playing import Player


def test_those_who_wait_are_offered_a_place_and_the_one_that_is_turned_down_passes_on() -> None:
    programme = learning_network(places=3, guard="")
    script = InventedRound(programme.workflow, programme.rounds["2030"], dossiers=6, seed=4)
    database = open_database("sqlite://")
    migrate(database)
    letters = NoLetters()
    player = Player(Cycle(database, letters.notify), programme, "2030", script, letters)
    played = [one for step in player.play(script.opened_by) for one in step.played]
    with database.reading() as session:
        made = Counter(row.name for row in session.exec(select(TransitionRow)).all())
    found = Counter(states(database).values())
    database.close()
    assert [one.refused for one in played if one.act.what in ("accept", "leave")] == [()] * 4
    assert (made["offer_next"] + made["skip_intake"], made["accept"], made["leave"]) == (4, 3, 1)
    assert found["finished"] == 3

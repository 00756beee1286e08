"""Two lists in one call, earlier dossiers, an interview and a waiting list are played to their end."""

import pytest
from on_disk import WRITTEN, programme_in
from sqlmodel import select
from test_playing import NoLetters, states

from engine.cycle import Cycle
from engine.database.connection import open_database
from engine.database.migrating import migrate
from engine.database.records import TransitionRow
from engine.rehearsal.invented import InventedRound
from engine.rehearsal.playing import Player


@pytest.mark.slow
def test_every_dossier_comes_to_an_end() -> None:
    programme = programme_in(WRITTEN / "residencies")
    script = InventedRound(programme.rules_of("2030"), programme.rounds["2030"], dossiers=8, seed=3)
    database = open_database("sqlite://")
    migrate(database)
    letters = NoLetters()
    player = Player(Cycle(database, letters.notify), programme, "2030", script, letters)
    for _ in player.play(script.opened_by):
        pass
    with database.reading() as session:
        moves = {row.name for row in session.exec(select(TransitionRow)).all()}
    found = states(database)
    database.close()
    assert set(found.values()) <= set(programme.workflow.ends_in)
    assert {"ask_short", "hear", "give", "come_back", "turn_down", "lapse"} <= moves

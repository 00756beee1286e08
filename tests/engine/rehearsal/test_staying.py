"""In a rehearsal most act while their days last, and the calendar takes the silence of the others for an answer."""

from collections import Counter

from own_days import places
from sqlmodel import select
from test_playing import NoLetters, states

from engine.cycle import Cycle
from engine.database.connection import open_database
from engine.database.migrating import migrate
from engine.database.records import TransitionRow
from engine.rehearsal.invented import InventedRound
from engine.rehearsal.playing import Player


def test_every_third_says_nothing_and_the_calendar_goes_on_without_it() -> None:
    programme = places()
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
    assert [one.refused for one in played if one.act.what == "accept"] == [()] * 4
    assert (made["accept"], made["give_up"] + made["begin"]) == (4, 2)
    assert set(found) == {"member", "lapsed"}

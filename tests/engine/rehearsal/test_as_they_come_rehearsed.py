"""In a rehearsal dossiers that come when they will are each read within their own time."""

from collections import Counter

from as_they_come import neighbours, on_days_of_each
from rolling import held
from sqlmodel import select
from test_playing import NoLetters, states

from engine.cycle import Cycle
from engine.database.connection import open_database
from engine.database.migrating import migrate
from engine.database.records import DeadlineRow
from engine.rehearsal.acts import APPROVE, SCORE, VERDICT
from engine.rehearsal.invented import InventedRound
from engine.rehearsal.playing import Player


def test_every_dossier_is_scored_in_its_own_time_and_comes_to_an_end() -> None:
    programme = neighbours()
    script = InventedRound(programme.workflow, programme.rounds["2030"], dossiers=5, seed=4)
    database = open_database("sqlite://")
    migrate(database)
    letters = NoLetters()
    player = Player(Cycle(database, letters.notify), programme, "2030", script, letters)
    played = [one for step in player.play(script.opened_by) for one in step.played]
    found = Counter(states(database).values())
    database.close()
    scored = [one for one in played if one.act.what == SCORE]
    assert scored
    assert [one.refused for one in scored if one.refused] == []
    assert set(found) == {"granted", "declined"}


def test_what_waits_for_a_day_of_its_own_is_read_decided_on_and_answered_around_that_day() -> None:
    programme = neighbours(on_days_of_each())
    script = InventedRound(programme.workflow, programme.rounds["2030"], dossiers=5, seed=4)
    database = open_database("sqlite://")
    migrate(database)
    letters = NoLetters()
    player = Player(Cycle(database, letters.notify), programme, "2030", script, letters)
    played = [one for step in player.play(script.opened_by) for one in step.played]
    found = Counter(states(database).values())
    with database.reading() as session:
        kinds = Counter(row.kind for row in session.exec(select(DeadlineRow)).all() if row.ending == "fired")
    database.close()
    verdicts = [one for one in played if one.act.what == VERDICT]
    assert verdicts
    assert [one.refused for one in played if one.act.what in (SCORE, VERDICT) and one.refused] == []
    assert kinds["timer verdicts"] > 0
    assert set(found) <= {"granted", "declined"}


def test_each_batch_of_an_intake_is_released_by_as_many_as_must_in_a_rehearsal() -> None:
    programme = held(needs="two people")
    script = InventedRound(programme.workflow, programme.rounds["2030"], dossiers=6, seed=3)
    database = open_database("sqlite://")
    migrate(database)
    letters = NoLetters()
    player = Player(Cycle(database, letters.notify), programme, "2030", script, letters)
    played = [one for step in player.play(script.opened_by) for one in step.played]
    found = Counter(states(database).values())
    database.close()
    approved = {one.act.values["batch"] for one in played if one.act.what == APPROVE and not one.refused}
    assert approved
    assert all(" batch " in batch for batch in approved)
    assert set(found) <= {"granted", "declined", "left", "draft"}  # whoever never hands in stays a draft

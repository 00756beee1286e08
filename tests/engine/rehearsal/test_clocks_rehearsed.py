"""In a rehearsal of a call that closes by the clocks of each applicant it closes for each at its own time."""

from collections import defaultdict
from datetime import date

from on_disk import completed, written
from sqlmodel import select
from test_playing import NoLetters

from engine.cycle import Cycle
from engine.database.connection import open_database
from engine.database.migrating import migrate
from engine.database.records import DeadlineRow, DossierRow, TransitionRow
from engine.files.reading import read_programme
from engine.rehearsal.acts import DELIVERY, START
from engine.rehearsal.invented import InventedRound
from engine.rehearsal.playing import Player
from engine.rules.moments import SECOND, day_starts, from_instant

GRACE = 60 * SECOND
HERE, WEST, EAST = "Europe/Brussels", "America/New_York", "Pacific/Auckland"
NOTE = """
[deliverable.note]
title    = "Note"
open_to  = "handed"
question = { words = { ask = "What else?", required = true } }
"""
"""what may be handed in as well until the call closes for whoever has handed in"""


def test_people_of_several_zones_hand_in_until_their_own_last_second_and_the_round_comes_to_its_end() -> None:
    files = written("small")
    dates = files["rounds/2030.toml"].replace('grace = "60 seconds" }', 'grace = "60 seconds", zone = "applicant" }')
    files |= {"rounds/2030.toml": dates, "workflow.toml": files["workflow.toml"] + NOTE}
    rules = read_programme("small", completed("small", files), "small")
    script = InventedRound(rules.workflow, rules.rounds["2030"], dossiers=6, seed=4)
    database = open_database("sqlite://")
    migrate(database)
    letters = NoLetters()
    player = Player(Cycle(database, letters.notify), rules, "2030", script, letters)
    played = [one for step in player.play(script.opened_by) for one in step.played]
    with database.reading() as session:
        dossiers = session.exec(select(DossierRow)).all()
        zones = {row.number: row.clocks or HERE for row in dossiers}
        numbers = {row.id: row.number for row in dossiers}
        moves: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        gone = session.exec(select(TransitionRow)).all()
        for row in gone:
            if row.name in ("lapse", "take_up"):
                moves[zones[numbers[row.dossier_id]]][row.name].add(row.at)
        left = session.exec(select(DeadlineRow).where(DeadlineRow.ended_at.is_(None))).all()  # type: ignore[union-attr]
    database.close()
    closes = {zone: day_starts(date(2030, 3, 2), zone) for zone in (HERE, WEST, EAST)}
    submitted = [one for one in played if one.act.what == "submit"]
    last = {zone: {one.refused for one in submitted if zones[one.act.number] == zone
                   and one.act.instant == closes[zone] + GRACE - SECOND} for zone in closes}  # fmt: skip
    late = {zone: {one.act.instant for one in submitted if zones[one.act.number] == zone and one.refused}
            for zone in closes}  # fmt: skip
    assert last == {zone: {()} for zone in closes}
    assert late == {zone: {at + GRACE} for zone, at in closes.items()}
    in_time = {one.act.number for one in submitted if one.act.instant < closes[zones[one.act.number]]}
    noted = {one.act.number for one in played if one.act.what == DELIVERY and "words" in one.act.values}
    assert (in_time, noted & in_time) == (in_time, in_time)
    assert {zone: dict(found) for zone, found in moves.items()} == {
        zone: {"lapse": {at}, "take_up": {at}} for zone, at in closes.items()
    }
    assert [row.key for row in left] == []
    assert {row.state for row in dossiers} <= set(rules.workflow.ends_in)
    began = [from_instant(one.act.instant, zones[one.act.number]).hour for one in played if one.act.what == START]
    assert [hour for hour in began if not 7 <= hour <= 23] == []

"""A programme whose gates go by marks, by rank, by money and by hand is rehearsed to its end."""

import re
from collections import Counter
from pathlib import Path

from sqlmodel import select
from test_playing import NoLetters, states

from engine.cycle import Cycle
from engine.database.connection import open_database
from engine.database.migrating import migrate
from engine.database.records import PlacementRow, RankedRow
from engine.files.reading import Programme, examine, read_programme
from engine.rehearsal.invented import InventedRound
from engine.rehearsal.playing import Player

WORKFLOW = Path(__file__).parents[1] / "cycle" / "programmes" / "panel" / "workflow.toml"
ROUND = """
[round]
title    = "Panel 2030"
number   = "PN30"
timezone = "Europe/Brussels"
mails_at = 09:00:00
holidays = "BE"

[phase]
call    = { from = 2030-01-07, to = 2030-03-01 }
reading = { from = 2030-03-04, to = 2030-03-29 }
work    = { from = 2030-06-03, to = 2032-06-02 }

[given]
budget = 90000
"""


def panel() -> Programme:
    """The panel, with a call that closes, in which two members agree soon."""
    rules = WORKFLOW.read_text(encoding="utf-8").replace('by   = "applicant"', 'by   = "applicant"\nduring = "call"', 1)
    rules = rules.replace("quorum = 2, majority = { scope = 2, worth = 7 }, rank_at_most = 2", "rank_at_most = 4")
    rules = rules.replace('from = ["draft", "handed", "heard", "reserve", "funded"]', 'from = ["handed", "funded"]')
    rules += '\n[transition.lapse]\nfrom = "draft"\nto = "withdrawn"\nwhen = "call closes"\n'
    files = {"workflow.toml": rules, "rounds/2030.toml": ROUND}
    _, complaints = examine("panel", files, "panel")
    for letter in {found for one in complaints for found in re.findall(r'the letter "([^"]+)"', str(one))}:
        files[f"letters/en/{letter}.md"] = "Subject\n\nText\n"
    return read_programme("panel", files, "panel")


def test_the_panel_marks_its_chair_puts_in_order_and_every_dossier_comes_to_an_end() -> None:
    programme = panel()
    script = InventedRound(programme.rules_of("2030"), programme.rounds["2030"], dossiers=8, seed=3)
    database = open_database("sqlite://")
    migrate(database)
    letters = NoLetters()
    player = Player(Cycle(database, letters.notify), programme, "2030", script, letters)
    played = [one for step in player.play(script.opened_by) for one in step.played]
    with database.reading() as session:
        ranked, placed = len(session.exec(select(RankedRow)).all()), len(session.exec(select(PlacementRow)).all())
    found = states(database)
    database.close()
    assert [one.refused for one in played if one.act.what in ("score", "order")] == [()] * len(
        [one for one in played if one.act.what in ("score", "order")]
    )
    assert (ranked > 0, placed > 0) == (True, True)
    assert set(found.values()) <= set(programme.workflow.ends_in), Counter(found.values())
    assert Counter(found.values())["done"] > 0

"""Does a rehearsal play what a programme may say that no shipped one does? Each was found by drawing them by lot."""

from databases import fresh
from sqlmodel import select
from test_playing import NoLetters

from engine.cycle import Cycle
from engine.database.records import DeadlineRow, DeliveryRow
from engine.files.reading import Programme, read_programme
from engine.rehearsal.invented import InventedRound
from engine.rehearsal.playing import Player

WORKFLOW = """
[workflow]
title     = "Odd grants"
format    = 1
language  = "en"
languages = ["en"]
currency  = "EUR"
begins_in = "draft"
ends_in   = ["done", "lapsed"]

[phase]
call = "Call"
work = "Work"

[strand]
small = "Small"
large = "Large"

[state]
draft  = { title = "Draft", phase = "call" }
inside = { title = "Inside", phase = "work" }
done   = { title = "Done" }
lapsed = { title = "Lapsed" }

[question.name]
ask      = "Name"
required = true

[deliverable.reply]
title    = "Reply"
open_to  = "inside"
question = { cost = { ask = "Cost", kind = "money", at_most = { small = 500, large = 5000 } } }

[transition.submit]
from    = "draft"
to      = "inside"
by      = "applicant"
during  = "call"
only_if = { form = "complete" }

[transition.lapse]
from = "draft"
to   = "lapsed"
when = "call closes"

[transition.finish]
from = "inside"
to   = "done"
when = "work closes"

[reminder.early]
about = "draft"
when  = "1 month before call closes"
tell  = { applicant = "early" }
"""
ROUND = """
[round]
title    = "Odd grants 2030"
number   = "OG30"
timezone = "Europe/Brussels"
mails_at = 09:00:00
holidays = "BE"

[phase]
call = { from = 2030-03-11, to = 2030-03-22 }
work = { from = 2030-04-01, to = 2030-06-28 }
"""


def odd() -> Programme:
    files = {"workflow.toml": WORKFLOW, "rounds/2030.toml": ROUND, "letters/en/early.md": "Early\n\nText\n"}
    return read_programme("odd", files, "")


def test_a_round_is_opened_before_the_first_that_happens_and_a_reply_keeps_the_limit_of_its_strand() -> None:
    programme, letters, database = odd(), NoLetters(), fresh()
    script = InventedRound(programme.rules_of("2030"), programme.rounds["2030"], dossiers=3, seed=1)
    player = Player(Cycle(database, letters.notify), programme, "2030", script, letters)
    played = [one for step in player.play(script.opened_by) for one in step.played]
    with database.reading() as session:
        reminded = session.exec(select(DeadlineRow).where(DeadlineRow.key == "reminder early 1")).one()
        replies = session.exec(select(DeliveryRow)).all()
    database.close()
    assert (player.opens_at < reminded.due_at, reminded.ending) == (True, "fired")
    assert [one.refused for one in played if one.act.what == "delivery"] == [()] * len(replies)
    assert len(replies) == 3

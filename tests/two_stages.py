"""A programme whose forms ask in every way that there is."""

from datetime import date, time
from email.headerregistry import Address
from functools import cache

from databases import fresh

from engine.cycle import Cycle
from engine.database.connection import Database
from engine.files.reading import Programme, examine, read_programme
from engine.rules.moments import to_instant
from notifications.outbox import Outbox

WORKFLOW = """
[workflow]
title     = "Green streets"
format    = 1
language  = "en"
languages = ["en"]
currency  = "EUR"
begins_in = "draft"
ends_in   = ["lapsed", "declined", "done"]

[committee.panel]
title = "Panel"

[phase]
call    = "Call"
reading = "Reading"
work    = "Work"

[state]
draft    = { title = "Draft", phase = "call" }
invited  = { title = "Invited to plan", phase = "reading" }
read     = { title = "Being read", phase = "reading" }
working  = { title = "At work", phase = "work" }
done     = { title = "Done" }
declined = { title = "Declined" }
lapsed   = { title = "Lapsed" }

[question.name]
ask      = "What is it called?"
required = true

[question.trees]
ask      = "How many trees?"
kind     = "number"
required = true
at_least = 1
at_most  = 500
help     = "Count only those that you plant."

[question.street]
ask      = "What sort of street?"
kind     = "choice"
choices  = ["A lane", "An avenue", "A square"]
required = true

[question.month]
ask     = "In which month do you plant?"
kind    = "choice"
choices = ["October", "November", "December", "January", "February", "March", "April"]

[question.owner]
ask      = "Who owns the square?"
kind     = "choice"
choices  = ["The town", "Somebody else"]
only_if  = { answer = { street = "A square" } }
required = true

[question.consent]
ask      = "The consent of the owner"
kind     = "file"
only_if  = { answer = { owner = "Somebody else" } }
required = true

[question.begins]
ask      = "On which day do you begin?"
kind     = "date"
required = true

[question.amount]
ask      = "How much do you ask for?"
kind     = "money"
at_least = 500
at_most  = 9000
required = true

[question.milestones]
ask     = "What will be ready when, and for how much?"
kind    = "schedule"
at_most = 9000

[deliverable.report]
title = "Report"

[deliverable.report.question]
planted = { ask = "How many trees stand?", kind = "number", required = true }
spent   = { ask = "What was spent, and when?", kind = "schedule", required = true }
bill    = { ask = "The bill", kind = "file", accept = ["pdf"] }
outcome = { ask = "Do they live?", kind = "choice", choices = ["All", "Some", "None"] }
why     = { ask = "Why not?", only_if = { answer = { outcome = ["Some", "None"] } }, required = true }
paving  = { ask = "Who mends the paving?", only_if = { answer = { street = "A square" } }, required = true }

[deliverable.plan]
title   = "Planting plan"
open_to = "invited"

[deliverable.plan.question]
what = { ask = "What do you plant, and where?", kind = "long_text", required = true }
map  = { ask = "The map", kind = "file", accept = ["pdf"] }

[deliverable.visit]
title   = "Report of the visit"
open_to = ["read", "invited"]
by      = "panel"

[deliverable.visit.question]
seen  = { ask = "What did you see?", kind = "long_text", required = true }
fit   = { ask = "Is the ground fit?", kind = "choice", choices = ["Yes", "No"], required = true }

[deliverable.advice]
title   = "Advice of the town"
open_to = "invited"
by      = "staff"

[deliverable.advice.question]
words = { ask = "What does the town say?", kind = "long_text", required = true }

[transition.hand_in]
from    = "draft"
to      = "read"
by      = "applicant"
during  = "call"
only_if = { form = "complete" }

[transition.lapse]
from = "draft"
to   = "lapsed"
when = "call closes"

[transition.invite]
from         = "read"
to           = "invited"
by           = "panel"
between      = ["reading opens", "1 week after reading opens"]
takes_effect = "2 weeks after reading opens"
tell         = { applicant = "invited" }

[transition.plan]
from    = "invited"
to      = "working"
by      = "applicant"
during  = "reading"
only_if = { delivered = "plan" }

[transition.forget]
from = "invited"
to   = "declined"
when = "reading closes"

[transition.begin]
from = "read"
to   = "working"
by   = "panel"

[transition.decline]
from = "read"
to   = "declined"
when = "reading closes"

[transition.replant]
from    = "working"
to      = "declined"
when    = "work closes"
only_if = { answer = { outcome = "None" } }
if_not  = { staff = "lives" }

[transition.finish]
from = "working"
to   = "done"
when = "work closes"

[meeting.table]
title   = "The panel at the table"
open_to = "panel"
during  = "reading"

[announcement.water]
when  = "1 week after work opens"
about = ["working", "invited"]
tell  = { everyone = "water", panel = "water" }

[obligation.report]
owed_by = "working"
during  = "work"
deliver = "report"
remind  = ["2 weeks"]
accepted_by = "panel"
"""
ROUND = """
[round]
title    = "Green streets 2030"
number   = "GS30"
timezone = "Europe/Brussels"
mails_at = 09:00:00
holidays = "BE"

[phase]
call    = { from = 2030-01-07, to = 2030-02-28 }
reading = { from = 2030-03-01, to = 2030-03-29 }
work    = { from = 2030-04-01, to = 2030-12-20 }

[[meeting.table]]
on    = 2030-03-06
from  = 10:00:00
to    = 12:00:00
place = "Town hall"
"""
KEY = "green-streets/2030"
SENDER = Address("Green streets", "streets", "green.example")
STAFF, CHAIR, APPLICANT = "els@green.example", "bo@panel.example", "an@lane.example"
ANSWERS = {
    "name": "Limes in the lane", "trees": 12, "street": "A lane", "begins": "2030-10-05", "amount": 4500,
    "milestones": [
        {"what": "The ground is ready", "day": "2030-10-01", "money": 1500},
        {"what": "The trees stand", "day": "2030-11-15", "money": 2999.5},
    ],
}  # fmt: skip


def files() -> dict[str, str]:
    """The folder of the programme."""
    return {
        "workflow.toml": WORKFLOW,
        "rounds/2030.toml": ROUND,
        "letters/en/invited.md": "You are invited\n\n{{ dossier.number }}\n",
        "letters/en/water.md": "Water them\n\nThe town brings water.\n",
        "letters/en/lives.md": "Something lives\n\nSee what grows there.\n",
    }


@cache
def programme() -> Programme:
    assert examine("green-streets", files(), "")[1] == []
    return read_programme("green-streets", files(), "")


def opened(database: Database | None = None) -> Cycle:
    """The acts of a database in which the round is open, with its staff."""
    cycle = Cycle(database or fresh(), Outbox(SENDER).queue)
    cycle.open_round(programme(), "2030", by=STAFF, now=instant(2030, 1, 2))
    for email, name, role in ((STAFF, "Els Smit", "staff"), (CHAIR, "Bo Adams", "panel")):
        cycle.add_person(
            KEY, email=email, name=name, language="en", role=role, chair=email == CHAIR, by=STAFF,
            now=instant(2030, 1, 2),
        )  # fmt: skip
    return cycle


def instant(year: int, month: int, day: int) -> int:
    """Ten in the morning of that day, in the round's zone."""
    return to_instant(date(year, month, day), time(10), "Europe/Brussels")


def started(cycle: Cycle, now: int) -> str:
    """A dossier begun by the applicant; its number."""
    return cycle.start_dossier(
        KEY, organisation="Lane residents", email=APPLICANT, name="An Linden", language="en", by=APPLICANT, now=now
    )

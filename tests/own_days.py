"""A small programme that uses every word for what happens to a dossier on days of its own."""

import re
from functools import cache

from engine.files.reading import Programme, examine, read_programme

RULES = """
[workflow]
title     = "Places"
format    = 1
language  = "en"
languages = ["en"]
currency  = "EUR"
begins_in = "draft"
ends_in   = ["member", "lapsed"]

[phase]
call = "Call"

[state]
draft   = { title = "Draft", phase = "call" }
offered = { title = "Place offered", phase = "call" }
member  = { title = "Member" }
lapsed  = { title = "Lapsed" }

[question.first_day]
ask  = "When would you begin?"
kind = "date"

[question.steps]
ask  = "What will be ready when?"
kind = "schedule"

[deliverable.details]
title    = "Bank details"
question = { account = { ask = "Account number", required = true } }

[transition.ask]
from   = "draft"
to     = "offered"
by     = "applicant"
during = "call"

[transition.lapse]
from = "draft"
to   = "lapsed"
when = "call closes"

[transition.accept]
from   = "offered"
to     = "member"
by     = "applicant"
within = "14 days"

[transition.give_up]
from  = "offered"
to    = "lapsed"
after = "14 days"
tell  = { applicant = "lapsed" }

[transition.begin]
from = "offered"
to   = "member"
when = "2 days before first_day"

[reminder.nudge]
about = "offered"
after = ["7 days", "12 days"]
tell  = { applicant = "answer-soon" }

[reminder.begins]
about = "offered"
when  = "1 week before first_day"
tell  = { applicant = "answer-soon" }

[obligation.details]
owed_by = "offered"
within  = "10 days"
deliver = "details"
only_if = { form = "complete" }
remind  = ["3 days", "3 days after"]

[obligation.step]
owed_by = "offered"
each    = "steps"
deliver = "details"
"""
DATES = """
[round]
title    = "Places 2030"
number   = "PL30"
timezone = "Europe/Brussels"
mails_at = 09:00:00
holidays = "BE"

[phase]
call = { from = 2030-01-07, to = 2030-03-01 }
"""


@cache
def places() -> Programme:
    files = {"workflow.toml": RULES, "rounds/2030.toml": DATES}
    _, complaints = examine("places", files, "places")
    for letter in {found for one in complaints for found in re.findall(r'the letter "([^"]+)"', str(one))}:
        files[f"letters/en/{letter}.md"] = "Subject\n\nText\n"
    return read_programme("places", files, "places")

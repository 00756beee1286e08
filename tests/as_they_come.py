"""A small programme in which dossiers come when they will, and each has windows of its own."""

import re
from datetime import date
from functools import cache

from engine.cycle import Cycle
from engine.files.reading import Programme, examine, read_programme
from engine.rules.moments import day_starts

KEY = "neighbours/2030"
STAFF, CHAIR, MEMBER = "staff@fund.example", "chair@jury.example", "member@jury.example"
DAY = 86_400_000_000


def instant(month: int, day: int) -> int:
    """The first instant of a day of 2030 in the round's zone."""
    return day_starts(date(2030, month, day), "Europe/Brussels")


CAME = instant(2, 1) + 10 * DAY // 24
LAST = instant(2, 23)
"""three weeks after 1 February are over at the end of the 22nd"""

RULES = """
[workflow]
title     = "Neighbours"
format    = 1
language  = "en"
languages = ["en"]
currency  = "EUR"
begins_in = "draft"
ends_in   = ["done", "declined"]

[committee.board]
title = "Board"

[phase]
call = "Call"

[state]
draft    = { title = "Draft", phase = "call" }
asked    = { title = "Asked", phase = "call" }
granted  = { title = "Granted", phase = "call" }
done     = { title = "Done" }
declined = { title = "Declined" }

[question.what]
ask      = "What will you do?"
required = true

[question.amount]
ask      = "How much do you ask for?"
kind     = "money"
at_most  = 500

[question.first_day]
ask  = "When do you begin?"
kind = "date"

[criterion.worth]
title = "Worth"
scale = [1, 10]

[assessment.reading]
title  = "Reading"
by     = "board"
about  = "asked"
within = "3 weeks"

[transition.ask]
from    = "draft"
to      = "asked"
by      = "applicant"
during  = "call"
only_if = { form = "complete" }

[transition.lapse]
from = "draft"
to   = "declined"
when = "call closes"

[transition.grant]
from    = "asked"
to      = "granted"
by      = "board"
only_if = { score_at_least = 6 }
sets    = "amount"
tell    = { applicant = "granted" }

[transition.decline]
from = "asked"
to   = "declined"
by   = "board"
tell = { applicant = "declined" }

[transition.give_up]
from  = "asked"
to    = "declined"
after = "4 weeks"
tell  = { applicant = "declined" }

[meeting.visit]
title     = "Visit"
open_to   = "granted"
within    = "30 days"
slots     = { minutes = 30 }
book_with = "board"

[meeting.talk]
title   = "Talk"
open_to = "granted"
between = ["first_day", "2 weeks after first_day"]

[obligation.talk]
owed_by = "granted"
during  = "call"
attend  = "talk"

[transition.finish]
from = "granted"
to   = "done"
by   = "staff"

[transition.stop]
from    = "granted"
to      = "declined"
by      = "applicant"
between = ["call opens", "first_day"]
"""
DATES = """
[round]
title    = "Neighbours 2030"
number   = "NB30"
timezone = "Europe/Brussels"
mails_at = 09:00:00
holidays = "BE"

[phase]
call = { from = 2030-01-07, to = 2030-12-20 }
"""


def on_days_of_each() -> str:
    """The rules with a reading, a verdict and a promise on days that each dossier has for itself."""
    rules = RULES
    for old, new in (
        ('within = "3 weeks"', 'between = ["first_day", "2 weeks after first_day"]'),
        ('after = "4 weeks"', 'after = "30 weeks"'),
        ('only_if = { score_at_least = 6 }\nsets    = "amount"\n',
         'only_if = { score_at_least = 6 }\nif_not = { staff = "held-back" }\n'
         'takes_effect = "3 weeks after first_day"\n'),
        ("[transition.give_up]",
         '[promise.answer]\ntitle = "An answer"\nbefore = "5 weeks after first_day"\nabout = "asked"\n'
         'tell = { staff = "late-answer" }\n\n[transition.give_up]'),
    ):  # fmt: skip
        assert old in rules, old
        rules = rules.replace(old, new)
    return rules


def files(rules: str = RULES, dates: str = DATES) -> dict[str, str]:
    """The programme's folder, with the letters it tells."""
    found = {"workflow.toml": rules, "rounds/2030.toml": dates}
    _, complaints = examine("neighbours", found, "neighbours")
    for letter in {name for one in complaints for name in re.findall(r'the letter "([^"]+)"', str(one))}:
        found[f"letters/en/{letter}.md"] = "Subject\n\nText\n"
    return found


@cache
def neighbours(rules: str = RULES, dates: str = DATES) -> Programme:
    return read_programme("neighbours", files(rules, dates), "neighbours")


def open_it(cycle: Cycle, programme: Programme) -> None:
    """Open the round, and give staff and the board their parts."""
    cycle.open_round(programme, "2030", by=STAFF, now=instant(1, 2))
    for email, role in ((STAFF, "staff"), (CHAIR, "board"), (MEMBER, "board")):
        cycle.add_person(
            KEY, email=email, name=email, language="en", role=role, chair=email == CHAIR, by=STAFF, now=instant(1, 2)
        )


def hand_in(cycle: Cycle, who: str = "anna", now: int = CAME, **answers: object) -> str:
    """A dossier of `who@applicant.example` that is handed in; gives its number."""
    email = f"{who}@applicant.example"
    number = cycle.start_dossier(KEY, organisation=who, email=email, name=who, language="en", by=email, now=now)
    cycle.answer(KEY, number, {"what": "Sweep", **answers}, by=email, now=now)
    cycle.act(KEY, number, "ask", by=email, now=now)
    return number

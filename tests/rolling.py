"""Which programme takes dossiers all year and judges them month by month in these tests?"""

from on_disk import written

from engine.files.reading import Programme, read_programme

FILES = written("rolling")
WORKFLOW, ROUND = FILES["workflow.toml"], FILES["rounds/2030.toml"]


HELD = """
[transition.ask_more]
from    = "read"
to      = "asked_more"
by      = "staff"
between = ["call closes", "2 weeks after call closes"]

[transition.told_more]
from = "asked_more"
to   = "declined"
when = "3 weeks after call closes"

[meeting.table]
title   = "At the table"
open_to = "board"
between = ["call closes", "2 weeks after call closes"]

[assessment.reading]
title    = "Reading"
by       = "board"
about    = "read"
between  = ["call closes", "12 days after call closes"]

[criterion.worth]
title = "Worth"
scale = [1, 10]
"""
"""words that stand between moments which come for each batch, beside verdicts that are held"""


def held(round: str | None = None, needs: str = "hold") -> Programme:
    """The same programme, whose verdicts are released month by month, with windows that each month has of its own."""
    effect = 'takes_effect = "2 weeks after call closes"'
    rules = WORKFLOW.replace(effect, f'{effect}\nrelease = "{needs}"')
    rules = rules.replace('granted  = {', 'asked_more = { title = "Asked more", phase = "call" }\ngranted  = {') + HELD
    return read_programme("rolling", files(round or ROUND + SESSIONS, rules), "")


SESSIONS = """
[[meeting.table]]
on   = 2030-02-06
from = 10:00:00

[[meeting.table]]
on   = 2030-03-06
from = 10:00:00
"""


def files(round: str = ROUND, workflow: str = WORKFLOW) -> dict[str, str]:
    """The programme's folder, with the letters it tells."""
    return {**FILES, "workflow.toml": workflow, "rounds/2030.toml": round}


def rolling(round: str = ROUND) -> Programme:
    return read_programme("rolling", files(round), "")

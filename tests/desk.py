"""Which programme takes requests until further notice in these tests?"""

from engine.files.reading import Programme, read_programme

WORKFLOW = """
[workflow]
title     = "Desk"
format    = 1
language  = "en"
languages = ["en"]
begins_in = "draft"
ends_in   = ["helped", "closed"]

[phase]
intake = "Requests"

[state]
draft  = { title = "Draft", phase = "intake" }
asked  = { title = "Asked", phase = "intake" }
helped = { title = "Helped" }
closed = { title = "Closed" }

[question.what]
ask      = "What do you need?"
required = true

[meeting.visit]
title   = "Visit"
open_to = "asked"
during  = "intake"

[transition.ask]
from    = "draft"
to      = "asked"
by      = "applicant"
during  = "intake"
only_if = { form = "complete" }
tell    = { applicant = "received" }

[transition.help]
from   = "asked"
to     = "helped"
by     = "staff"
during = "intake"
tell   = { applicant = "helped" }

[transition.close]
from   = "asked"
to     = "closed"
by     = "staff"
during = "intake"

[announcement.begin]
when = "intake opens"
tell = { everyone = "begin" }
"""
ROUND = """
[round]
title    = "Desk"
number   = "DE"
timezone = "Europe/Brussels"
mails_at = 09:00:00
holidays = "BE"

[phase]
intake = { from = 2030-01-07 }

[[meeting.visit]]
on    = 2055-05-05
place = "Ghent"
"""


def files(round: str = ROUND, workflow: str = WORKFLOW) -> dict[str, str]:
    """The programme's folder, with the letters it tells."""
    told = ("received", "helped", "begin")
    letters = {f"letters/en/{name}.md": "About it\n\nUntil {{ phase.intake.closes }}.\n" for name in told}
    return {"workflow.toml": workflow, "rounds/2030.toml": round, **letters}


LEAVE = """
[transition.leave]
from = "draft"
to   = "closed"
by   = "applicant"
"""


def desk(round: str = ROUND, *, always: bool = False) -> Programme:
    """The programme; where the round gives the phase an end, everybody can `always` come to an end after it."""
    staff = 'by     = "staff"\nduring = "intake"'
    workflow = WORKFLOW.replace(staff, 'by = "staff"') + LEAVE if always else WORKFLOW
    return read_programme("desk", files(round, workflow), "")

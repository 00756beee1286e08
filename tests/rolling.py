"""Which programme takes dossiers all year and judges them month by month in these tests?"""

from engine.files.reading import Programme, read_programme

WORKFLOW = """
[workflow]
title     = "Rolling grants"
format    = 1
language  = "en"
languages = ["en"]
begins_in = "draft"
ends_in   = ["granted", "declined", "left"]

[committee.board]
title = "Board"

[phase]
call = "Call"
rest = "The rest"

[state]
draft    = { title = "Draft", phase = "call" }
asked    = { title = "Asked", phase = "call" }
read     = { title = "Being read", phase = "call" }
granted  = { title = "Granted" }
declined = { title = "Declined" }
left     = { title = "Left" }

[question.what]
ask      = "What will you do?"
required = true

[transition.ask]
from    = "draft"
to      = "asked"
by      = "applicant"
during  = "call"
only_if = { form = "complete" }
tell    = { applicant = "received" }

[transition.leave]
from = ["draft", "asked"]
to   = "left"
by   = "applicant"

[transition.take_up]
from = "asked"
to   = "read"
when = "call closes"
tell = { applicant = "being-read" }

[transition.grant]
from         = "read"
to           = "granted"
by           = "board"
takes_effect = "2 weeks after call closes"
tell         = { applicant = "granted" }

[transition.decline]
from         = "read"
to           = "declined"
by           = "board"
takes_effect = "2 weeks after call closes"
tell         = { applicant = "declined" }

[reminder.unfinished]
about = "draft"
when  = "3 days before call closes"
tell  = { applicant = "unfinished" }

[promise.answer]
title  = "An answer within three weeks"
before = "3 weeks after call closes"
about  = "read"
tell   = { staff = "late" }

[announcement.next]
when = "call opens"
tell = { everyone = "next-batch" }
"""
ROUND = """
[round]
title    = "Rolling grants 2030"
number   = "RG30"
timezone = "Europe/Brussels"
mails_at = 09:00:00
holidays = "BE"

[phase]
call = { from = 2030-01-01, to = 2030-06-28, every = "1 month" }
rest = { from = 2030-07-01, to = 2030-12-31 }
"""
LETTERS = ("received", "being-read", "granted", "declined", "unfinished", "late", "next-batch")


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
    letters = {f"letters/en/{name}.md": "About it\n\nIt closes on {{ phase.call.closes }}.\n" for name in LETTERS}
    return {"workflow.toml": workflow, "rounds/2030.toml": round, **letters}


def rolling(round: str = ROUND) -> Programme:
    return read_programme("rolling", files(round), "")

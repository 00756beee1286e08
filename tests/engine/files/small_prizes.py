"""Which small programme is read aloud and drawn in these tests?"""

from collections.abc import Sequence

from engine.files.reading import Programme, read_programme
from engine.rules.workflow import Moment, State, Transition, Workflow

WORKFLOW = """
[workflow]
title     = "Small prizes"
format    = 1
language  = "en"
languages = ["en"]
currency  = "EUR"
begins_in = "draft"
ends_in   = ["won", "lost"]

[committee.jury]
title     = "Readers"
observers = ["The town"]

[phase]
call     = "Call"
decision = "Decision"

[state]
draft = { title = "Draft", phase = "call" }
read  = { title = "Being read", phase = "decision", shown = "With the readers" }
won   = { title = "Won", ahead = "The decision" }
lost  = { title = "Lost", frees_place = true }

[question.story]
ask       = "Your story"
kind      = "long_text"
max_words = 1
required  = true

[question.costs]
ask     = "What it costs"
kind    = "money"
at_most = 1500.5

[criterion.wit]
title  = "Wit"
weight = 2
scale  = [1, 5]

[deliverable.photo]
title = "Photo"

[deliverable.photo.question]
picture = { ask = "The photo", kind = "file", accept = ["png", "jpg"], required = true }

[meeting.evening]
title   = "Reading evening"
open_to = "read"
during  = "decision"
slots   = { count = 3, minutes = 20, pause = 1 }

[transition.hand_in]
from    = "draft"
to      = "read"
by      = "applicant"
between = ["call opens", "1 week after call opens"]
only_if = { form = "complete" }
tell    = { applicant = "received" }

[transition.drop]
from = "draft"
to   = "lost"
when = "decision opens"

[transition.win]
from    = "read"
to      = "won"
when    = "decision closes"
only_if = { at_most = 1, score_at_least = 3.5 }
if_not  = { staff = "not-won" }
order   = ["score", "wit", "received"]
ties    = "out"
release = "two people"
tell    = { applicant = "won", jury = "won-by" }

[transition.lose]
from         = "read"
to           = "lost"
by           = "jury"
during       = "decision"
takes_effect = "1 day after decision closes"
tell         = { applicant = "lost" }

[transition.leave]
from = ["draft", "read"]
to   = "lost"
by   = "applicant"

[obligation.photo]
owed_by = "read"
during  = "decision"
every   = "week"
times   = 2
deliver = "photo"
remind  = ["2 days"]

[reminder.hurry]
about   = "read"
when    = ["2 days before decision closes", "1 day before decision closes"]
only_if = { verdict = "missing" }
tell    = { jury = "hurry" }

[promise.answer]
title  = "An answer"
before = "decision closes"
about  = "read"
tell   = { staff = "late" }

[announcement.begin]
when = "call opens"
tell = { everyone = "begin" }
"""
ROUND = """
[round]
title    = "Small prizes 2021"
number   = "SP21"
timezone = "Europe/Brussels"
mails_at = 09:30:00
holidays = "BE"

[phase]
call     = { from = 2021-03-01T10:00:00, to = 2021-03-12T17:00:00, grace = "5 minutes" }
decision = { from = 2021-04-01, to = 2021-04-09 }

[[meeting.evening]]
on    = 2021-04-06
from  = 19:00:00
place = "Library"
"""
LETTERS = ("received", "not-won", "won", "won-by", "lost", "hurry", "late", "begin")


def small_prizes() -> Programme:
    """A programme of two phases and one language, in which each kind of table has something to say."""
    letters = {f"letters/en/{name}.md": f"About {name} {{{{ round.number }}}}\n\nDear all\n" for name in LETTERS}
    return read_programme("small-prizes", {"workflow.toml": WORKFLOW, "rounds/2021.toml": ROUND, **letters}, "")


def drawn(
    states: Sequence[str], ends: Sequence[str], moves: Sequence[tuple[str, Sequence[str], str, str]]
) -> Programme:
    """A programme with just these states and moves: (name, from, to, role or "calendar")."""
    workflow = Workflow(
        programme="drawn",
        title="Drawn",
        language="en",
        languages=("en",),
        begins_in=states[0],
        ends_in=tuple(ends),
        currency=None,
        committees={},
        phases={"call": "Call"},
        states={name: State(name, name.replace("_", " "), name, name, "call") for name in states},
        questions={},
        deliverables={},
        criteria={},
        meetings={},
        transitions={
            name: Transition(
                name,
                tuple(sources),
                target,
                by=None if role == "calendar" else role,
                when=Moment("call", "closes") if role == "calendar" else None,
            )
            for name, sources, target, role in moves
        },
        obligations={},
        reminders={},
        promises={},
        announcements={},
    )
    return Programme("drawn", workflow, {}, {}, {}, "", {})

"""A learning network that has a place for some, a list for the others, and every word that meetings and debts have."""

from functools import cache

from engine.files.reading import Programme, examine, read_programme

WORKFLOW = """
[workflow]
title     = "Learning network"
format    = 1
language  = "en"
languages = ["en"]
begins_in = "draft"
ends_in   = ["finished", "left"]

[committee.coaches]
title = "Coaches"

[phase]
call    = "Sign-up"
network = "Network"

[state]
draft    = { title = "Draft", phase = "call" }
waiting  = { title = "Waiting", phase = "network" }
offered  = { title = "Place offered", phase = "network" }
member   = { title = "Member", phase = "network" }
finished = { title = "Finished" }
left     = { title = "Left", frees_place = true }

[deliverable.log]
title = "Learning log"

[deliverable.log.question]
text = { ask = "What did you learn?", kind = "long_text" }

[meeting.evening]
title   = "Open evening"
open_to = "everyone"
during  = "call"
seats   = 1

[meeting.intake]
title     = "Intake call"
open_to   = "waiting"
during    = "network"
slots     = { minutes = 30 }
book_with = "coaches"

[meeting.session]
title         = "Session"
open_to       = "member"
during        = "network"
seats         = 18
answer_within = "3 days"

[meeting.talk]
title   = "Talk"
open_to = "member"
during  = "network"
slots   = { minutes = 20, pause = 5 }

[transition.sign_up]
from   = "draft"
to     = "waiting"
by     = "applicant"
during = "call"

[transition.offer_next]
from    = "waiting"
to      = "offered"
when    = "a place frees"
during  = "network"
only_if = { attended = "intake", at_most = 18 }
order   = ["received"]
if_not  = { staff = "no-intake-yet" }
tell    = { applicant = "place-offered" }

[transition.skip_intake]
from    = "waiting"
to      = "offered"
when    = "a place frees"
only_if = { at_most = 18 }
order   = ["received"]
ties    = "in"
if_not  = { staff = "no-intake-yet" }

[transition.accept]
from = "offered"
to   = "member"
by   = "applicant"

[transition.leave]
from = ["draft", "waiting", "offered", "member"]
to   = "left"
by   = "applicant"

[transition.close_list]
from = ["draft", "waiting"]
to   = "left"
when = "network closes"

[transition.finish]
from = "member"
to   = "finished"
when = "network closes"

[obligation.log]
owed_by     = "member"
during      = "network"
deliver     = "log"
remind      = ["1 week", "3 days after", "2 weeks after"]
accepted_by = "staff"
if_not      = { staff = "log-overdue" }

[obligation.session]
owed_by = "member"
during  = "network"
attend  = "session"
remind  = ["1 month after"]
"""
ROUND = """
[round]
title    = "Learning network 2030"
number   = "LN30"
timezone = "Europe/Brussels"
mails_at = 09:00:00
holidays = "BE"

[phase]
call    = { from = 2030-01-07, to = 2030-03-01 }
network = { from = 2030-03-04, to = 2030-06-28 }

[[meeting.session]]
on     = 2030-04-05
from   = 10:00:00
place  = "Ghent"
online = "https://meet.example/secret-room"

[[meeting.talk]]
on     = 2030-05-03
online = "https://meet.example/secret-room"
"""
LETTERS = ("log-overdue", "no-intake-yet", "place-offered")


@cache
def learning_network(*, places: int = 18, guard: str = 'attended = "intake", ') -> Programme:
    """The programme, with its letters: so many places, and what is asked besides of whoever is offered one."""
    letters = {f"letters/en/{letter}.md": f"About {letter}\n\nText\n" for letter in LETTERS}
    workflow = WORKFLOW.replace("at_most = 18", f"at_most = {places}").replace('attended = "intake", ', guard)
    files = {"workflow.toml": workflow, "rounds/2030.toml": ROUND, **letters}
    assert [str(one) for one in examine("learning-network", files, "")[1] if one.level == "error"] == []
    return read_programme("learning-network", files, "")

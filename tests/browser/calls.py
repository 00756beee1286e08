"""What does a committee do that no shipped programme leaves to it?

The open calls of the stories, with strands, and a committee that orders by hand, agrees on one score, sets marks aside,
advises, and accepts what is owed.
"""

from functools import cache
from pathlib import Path

from living_site import LivingSite

from engine.cycle import Imported
from engine.database.pages import dossiers
from engine.files.reading import Programme, read_folder, read_programme

REVIEW = """during   = "review"
criteria = ["technical"]
score    = "consensus"
"""
ADVICE = """
[deliverable.advice]
title    = "Advice of a member"
open_to  = "in_review"
by       = "board"
question = { words = { ask = "What do you advise?", kind = "long_text", required = true } }

[transition.grant_in_order]
from    = "in_review"
to      = "granted"
when    = "1 week after running opens"
only_if = { at_most = 3, budget_left = "amount" }
order   = ["committee"]
if_not  = { staff = "held-back" }

[transition.move_over]
from = "in_review"
to   = "in_review"
by   = "staff"
sets = "strand"
"""
WORDS = """
"Core" = "Kern"
"Commons" = "Gemeengoed"
"Advice of a member" = "Advies van een lid"
"What do you advise?" = "Wat adviseert u?"
"""
EDITS = {
    "[state]\n": '[strand]\ncore    = "Core"\ncommons = "Commons"\n\n[state]\n',
    'during   = "review"\ncriteria = []\n': REVIEW,
    'accepted_by = "staff"': 'accepted_by = "board"',
    "readers = 2\n": 'readers = 2\nset_aside = "reviewers"\n',
}
OCTOBER, STAFF = "free-internet/2024-october", "els@internet.example"
READER = "ann@reading.example"
BOARD = CHAIR, MEMBER = ("chair@board.example", "member@board.example")
PROPOSAL = {
    "abstract": "What it is, and what comes of it.", "kind": "Software", "licence": "GPL-3.0-or-later",
    "amount": 30_000, "milestones": [
        {"what": "Design", "day": "2025-02-15", "money": 10_000},
        {"what": "Release", "day": "2025-06-30", "money": 20_000},
    ],
}  # fmt: skip
FIRST, SECOND, GRANTED, SUBMITTED = (f"FI2410-00{place}" for place in (1, 2, 3, 4))


@cache
def calls() -> Programme:
    files = dict(read_folder(Path(__file__).parents[1] / "story" / "programmes" / "free-internet"))
    for old, new in EDITS.items():
        assert files["workflow.toml"].count(old) == 1, old
        files["workflow.toml"] = files["workflow.toml"].replace(old, new)
    files["workflow.toml"] += ADVICE
    files["words.nl.toml"] += WORDS
    return read_programme("free-internet", files, "")


def judge_proposals(living: LivingSite) -> None:
    """Two lie before the committee, of which one has marks and an advice; of a third a milestone is handed in."""
    cycle, now = living.site.cycle, living.site.now
    cycle.open_round(calls(), "2024-october", by=STAFF, now=now, as_of=now)
    for email, role in ((STAFF, "staff"), (READER, "reviewers"), *((one, "board") for one in BOARD)):
        cycle.add_person(
            OCTOBER, email=email, name="", language="en", role=role, chair=email in (CHAIR, READER), by=STAFF, now=now
        )  # fmt: skip
    cycle.import_dossiers(
        OCTOBER,
        [
            Imported(
                f"{who.title()} plc", address(who), who.title(), "en", state=state, received_at=now, strand="core",
                answers=PROPOSAL | {"title": f"Project {who}"},
            )
            for who, state in (
                ("acorn", "in_review"), ("beech", "in_review"), ("chestnut", "granted"), ("dogwood", "submitted")
            )
        ],
        by=STAFF, now=now,
    )  # fmt: skip
    cycle.declare_clear(OCTOBER, SUBMITTED, by=READER, now=now)
    for number in (FIRST, SECOND, GRANTED):
        for member in BOARD:
            cycle.declare_clear(OCTOBER, number, by=member, now=now)
    for member, mark in zip(BOARD, (6, 4), strict=True):
        cycle.score(OCTOBER, FIRST, {"technical": mark}, by=member, now=now)
    cycle.deliver(OCTOBER, FIRST, "advice", {"words": "Sound work."}, by=MEMBER, now=now)
    given = {"done": "See the repository.", "sum": 10_000}
    cycle.deliver(OCTOBER, GRANTED, "milestone", given, by=address("chestnut"), now=now)


def address(who: str) -> str:
    return f"{who}@projects.example"


def delivered(living: LivingSite) -> int:
    """The milestone that was handed in."""
    with living.site.database.reading() as session:
        head = dossiers.find(session, OCTOBER, GRANTED)
        assert head is not None
        return dossiers.whole(session, head).deliveries[-1].id

"""Does a letter say by whose clocks something ends, and is that when the guard says no?"""

from datetime import date
from functools import cache

import pytest
from as_they_come import CHAIR, DATES, DAY, KEY, RULES, STAFF, files, instant, open_it
from databases import BOTH, fresh_on
from letters_world import CONTACT, SENDER
from sqlmodel import col, select

from engine.cycle import Cycle
from engine.database.connection import Database
from engine.database.records import CauseRow, DossierRow, NotificationRow, ObligationRow
from engine.errors import Refused
from engine.files.reading import Programme, read_programme
from engine.rules.moments import day_starts
from notifications.outbox import Outbox
from notifications.rendering import Renderer

BY_THEIRS = DATES.replace("to = 2030-12-20 }", 'to = 2030-12-20, zone = "applicant" }')
EAST, WEST, HERE = "Pacific/Auckland", "Pacific/Honolulu", "Europe/Brussels"
RENDERER = Renderer(CONTACT)
"""one for all letters, which remembers what they share"""
OWED = """
[reminder.unfinished]
about = "draft"
when  = "3 days before call closes"
tell  = { applicant = "unfinished", board = "unfinished-ones" }

[deliverable.plan]
title    = "Plan"
question = { plan = { ask = "Your plan?", required = true } }

[deliverable.note]
title    = "Note"
question = { note = { ask = "What else?" } }

[obligation.plan]
owed_by = "asked"
within  = "30 days"
deliver = "plan"

[obligation.note]
owed_by = "asked"
during  = "call"
deliver = "note"
remind  = ["8 days"]
"""
LETTERS = {
    "letters/en/unfinished.md": "Draft\n\nUntil {{ phase.call.closes }}.\n",
    "letters/en/unfinished-ones.md": "Drafts\n\nUntil {{ phase.call.closes }}.\n",
    "letters/en/asked.md": "Asked\n\n{% for one in obligations %}{{ one.title }}: {{ one.last_day }}.\n{% endfor %}",
}


@cache
def programme() -> Programme:
    rules = RULES.replace('only_if = { form = "complete" }\n', 'only_if = { form = "complete" }\n'
                          'tell    = { applicant = "asked" }\n', 1)  # fmt: skip
    return read_programme("neighbours", {**files(rules + OWED, BY_THEIRS), **LETTERS}, "neighbours")


@pytest.fixture(params=BOTH)
def cycle(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    with fresh_on(request.param) as database:
        cycle = Cycle(database, Outbox(SENDER).queue)
        open_it(cycle, programme())
        yield cycle


def draft(cycle: Cycle, who: str, zone: str | None, now: int) -> str:
    email = f"{who}@applicant.example"
    number = cycle.start_dossier(
        KEY, organisation=who, email=email, name=who, language="en", by=email, now=now, clocks=zone
    )  # fmt: skip
    cycle.answer(KEY, number, {"what": "Sweep"}, by=email, now=now)
    return number


def said(database: Database, letter: str) -> dict[str, str]:
    """The text of each letter of that name, by whom it is to (the part before the @)."""
    found = {}
    with database.reading() as session:
        rows = session.exec(
            select(NotificationRow, CauseRow)
            .join(CauseRow, col(CauseRow.id) == col(NotificationRow.cause_id))
            .where(col(NotificationRow.letter) == letter)
        ).all()
        for row, cause in rows:
            _, text = RENDERER.filled_in(
                programme(), letter=letter, language="en", shared=cause.facts, facts=row.facts
            )  # fmt: skip
            found[row.address.partition("@")[0]] = text.replace("\\", "").strip()
    return found


def test_each_reads_the_last_moment_of_its_own_dossier_and_a_committee_that_there_are_several(cycle: Cycle) -> None:
    now = instant(12, 10)
    drafts = {who: draft(cycle, who, zone, now) for who, zone in (("anna", EAST), ("bert", WEST), ("carl", None))}
    cycle.advance(instant(12, 18))
    last = "Until Friday 20 December 2030, 24:00"
    assert said(cycle.database, "unfinished") == {
        "anna": f"{last} (Auckland time).", "bert": f"{last} (Honolulu time).", "carl": f"{last} (Brussels time).",
    }  # fmt: skip
    assert said(cycle.database, "unfinished-ones")[CHAIR.partition("@")[0]] == f"{last} (local time of each applicant)."
    for who, zone in (("anna", EAST), ("carl", HERE), ("bert", WEST)):  # as letters said, and the guard says no
        over, email = day_starts(date(2030, 12, 21), zone), f"{who}@applicant.example"
        cycle.advance(over - 1)
        cycle.answer(KEY, drafts[who], {"what": "Sweep more"}, by=email, now=over - 1)
        with pytest.raises(Refused):
            cycle.act(KEY, drafts[who], "ask", by=email, now=over)


def test_a_day_that_ends_by_the_clocks_of_the_round_is_told_so_to_who_lives_by_others(cycle: Cycle) -> None:
    now = instant(2, 1) + DAY // 2
    for who, zone in (("anna", EAST), ("carl", None)):
        number = draft(cycle, who, zone, now)
        cycle.act(KEY, number, "ask", by=f"{who}@applicant.example", now=now)
    with cycle.database.reading() as session:
        due = session.exec(
            select(DossierRow.organisation, ObligationRow.name, ObligationRow.due_at)
            .join(DossierRow, col(DossierRow.id) == col(ObligationRow.dossier_id))
        ).all()
    assert {(who, name): at for who, name, at in due} == {
        ("anna", "plan"): instant(3, 4), ("carl", "plan"): instant(3, 4),
        ("anna", "note"): day_starts(date(2030, 12, 21), EAST), ("carl", "note"): instant(12, 21),
    }  # fmt: skip
    plan, note = "Plan: Sunday 3 March 2030", "Note: Friday 20 December 2030"
    assert said(cycle.database, "asked") == {
        "anna": f"{plan} (Brussels time).\n{note} (Auckland time).", "carl": f"{plan}.\n{note} (Brussels time).",
    }  # fmt: skip


def test_all_are_told_of_more_time_by_their_own_clocks(cycle: Cycle) -> None:
    now = instant(12, 10)
    for who, zone in (("anna", EAST), ("carl", None)):
        draft(cycle, who, zone, now)
    cycle.extend(KEY, "call closes", date(2030, 12, 24), reason="Flood", by=STAFF, now=now + 1)
    with cycle.database.reading() as session:
        rows = session.exec(select(NotificationRow, CauseRow).join(
            CauseRow, col(CauseRow.id) == col(NotificationRow.cause_id)
        ).where(col(NotificationRow.letter) == "deadline-extended")).all()  # fmt: skip
        told = {
            row.address.partition("@")[0]: str(RENDERER.names_of(programme(), "en", cause.facts, row.facts)
                                               ["extension"].new)
            for row, cause in rows
        }  # fmt: skip
    last = "Tuesday 24 December 2030, 24:00"
    assert told == {"anna": f"{last} (Auckland time)", "carl": f"{last} (Brussels time)"}

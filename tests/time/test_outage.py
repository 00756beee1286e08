"""After ten days without an alarm everything that was due happens in order, as of its own instant, and soon."""

import time
from datetime import date
from email.headerregistry import Address

import pytest
from clocks import Clocks
from sqlmodel import col, select
from stage import BEFORE, STAFF, ZONE, Stage, applicant, at, programme

from engine.database.connection import Database
from engine.database.records import DeadlineRow, JournalRow, NotificationRow, RoundRow
from engine.rules.moments import from_instant
from notifications.outbox import Outbox

STEPS = 9
EACH = 25
"""so many deadlines of each round are due meanwhile"""
DOWN, UP = at("2030-02-20T12:00"), at("2030-03-02T12:00")
"""from when to when nothing runs"""
PATIENCE = 60
"""seconds in which all of it must have happened (T-12)"""

PHASES = tuple(f"step{day}" for day in range(STEPS))

WORKFLOW = f"""
[workflow]
title     = "Long outage"
format    = 1
language  = "en"
languages = ["en"]
begins_in = "draft"
ends_in   = ["done", "lapsed"]

[phase]
call = "Call"
{chr(10).join(f'{name} = "{name}"' for name in PHASES)}

[state]
draft  = {{ title = "Draft", phase = "call" }}
handed = {{ title = "Handed in", phase = "call" }}
read   = {{ title = "Being read" }}
done   = {{ title = "Done" }}
lapsed = {{ title = "Lapsed" }}

[transition.submit]
from   = "draft"
to     = "handed"
by     = "applicant"
during = "call"

[transition.lapse]
from = "draft"
to   = "lapsed"
when = "call closes"
tell = {{ applicant = "draft-lapsed" }}

[transition.take_up]
from = "handed"
to   = "read"
when = "call closes"

[transition.finish]
from = "read"
to   = "done"
when = "step8 closes"
tell = {{ applicant = "done" }}

[reminder.unfinished]
about = "draft"
when  = ["6 days before call closes", "4 days before call closes", "2 days before call closes"]
tell  = {{ applicant = "unfinished" }}
"""

ROUND = """
[round]
title    = "Long outage"
number   = "LO"
timezone = "Europe/Brussels"
mails_at = 09:00:00
holidays = "BE"

[phase]
call = { from = 2030-01-07, to = 2030-02-27 }
""" + "\n".join(f"{name} = {{ from = 2030-02-{21 + n // 2:02d}, to = 2030-03-01 }}" for n, name in enumerate(PHASES))


@pytest.mark.parametrize("rounds", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_after_ten_days_every_deadline_of_every_round_happens_once(
    database: Database, clocks: Clocks, rounds: int
) -> None:
    """T-12, T-13, R11: in order of time in each round, as of its own instant, with how late, and no stale reminder."""
    outbox = Outbox(Address("Fund", "fund", "fund.example"))
    stages = [
        Stage(database, programme(WORKFLOW, ROUND, name=f"outage{place}"), then=outbox.queue)
        for place in range(rounds)
    ]
    cycle = stages[0].cycle
    cycle.watch = clocks.watch()
    for stage in stages:
        stage.cycle.open_round(stage.programme, "2030", by=STAFF, now=BEFORE)
        stage.cycle.add_person(stage.key, email=STAFF, name="S", language="en", role="staff", by=STAFF, now=BEFORE)
        # written late and due early: the order is that of time, not of writing
        stage.cycle.extend(stage.key, "step0 closes", date(2030, 2, 22), reason="sooner", by=STAFF, now=BEFORE)
        numbers = [stage.draft(who, at("2030-02-01T10:00")) for who in ("anna", "bert")]
        stage.cycle.act(stage.key, numbers[0], "submit", by=applicant("anna"), now=at("2030-02-01T10:00"))
    clocks.go_on(DOWN - clocks.wall)
    cycle.advance(clocks.now())
    with database.reading() as session:
        overdue = session.exec(
            select(DeadlineRow.id).where(col(DeadlineRow.ended_at).is_(None), col(DeadlineRow.fires_at) <= UP)
        ).all()
    clocks.restart(after=UP - DOWN)
    cycle.watch = clocks.watch()
    began = time.monotonic()
    cycle.advance(clocks.now())
    took = time.monotonic() - began
    assert len(overdue) == EACH * rounds
    assert took <= PATIENCE
    with database.reading() as session:
        keys = dict(session.exec(select(RoundRow.id, RoundRow.key)).all())
        rows = {(row.round_id, row.key): row for row in session.exec(select(DeadlineRow)).all()}
        told = session.exec(
            select(JournalRow)
            .where(col(JournalRow.recorded_at) == UP, col(JournalRow.what).in_(("due", "missed")))
            .order_by(col(JournalRow.id))
        ).all()
        letters = session.exec(select(NotificationRow.letter, NotificationRow.valid_until)).all()
    assert {(row.round_id, row.details["name"]) for row in told} == {
        (row.round_id, row.key) for row in rows.values() if row.id in set(overdue)
    }
    assert len(told) == EACH * rounds
    for round_id in keys:
        mine = [rows[round_id, row.details["name"]] for row in told if row.round_id == round_id]
        assert mine == sorted(mine, key=lambda row: (row.fires_at, row.position, row.id or 0))
    for entry in told:
        row = rows[entry.round_id, entry.details["name"]]
        assert entry.at == row.due_at
        if entry.what == "due":
            assert entry.details["late_by"] == UP - row.fires_at
        else:
            assert (row.kind, row.valid_until is not None and row.valid_until <= UP) == ("reminder", True)
    assert sorted({letter for letter, _ in letters}) == ["done", "draft-lapsed"]
    assert [letter for letter, until in letters if until is not None and until <= UP] == []
    assert sum(row.kind == "reminder" and row.ending == "missed" for row in rows.values()) == 3 * rounds
    assert from_instant(UP, ZONE).isoformat() == "2030-03-02T12:00:00"

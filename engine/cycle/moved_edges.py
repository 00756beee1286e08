"""What does a dossier owe after an edge of a phase was moved for it, or its clocks or its strand have changed?"""

from dataclasses import replace
from datetime import date

from engine.cycle.obligations import due_after, set_obligation_deadlines
from engine.cycle.scene import Scene
from engine.database.records import DossierRow, ObligationRow
from engine.database.store import obligations_of, state_of, the_id
from engine.rules.agenda import Laid, last_day_before, obligation_windows, zone_of_owed
from engine.rules.facts import UNFULFILLED
from engine.rules.moments import Calendar
from engine.rules.workflow import Obligation


def follow_edge(
    scene: Scene, dossier: DossierRow, edge: str | None, before: Calendar, *, since: int | None = None
) -> bool:
    """Let what a dossier owes until an edge (None: until any) follow it, after that was moved; gives whether anything
    did.

    `before` is the dossier's calendar as it was. What was extended by itself keeps the last day it was given. Reminders
    before `since` (now, where it is not given) are not owed to anybody any more.
    """
    moved = False
    after = scene.calendar_of(dossier)
    for row in obligations_of(scene.session, the_id(dossier)):
        rule = scene.workflow.obligations[row.name]
        window = rule.window
        if window is None or state_of(row) not in UNFULFILLED:
            continue  # it is counted from where the dossier came, or it has come in
        if edge is None:
            new = owed_by(rule, row, before, after)
        elif edge == f"{window.end.phase} {window.end.edge}" and row.due_at == before.window(window)[1]:
            due_at = after.window(window)[1]
            new = Laid(row.position, row.opens_at, due_at, last_day_before(due_at, zone_of_owed(rule, after)), None)
        else:
            new = None
        if new is not None:
            _move(scene, row, new)
            moved = True
    if moved:
        scene.session.flush()
        set_obligation_deadlines(scene, dossier, since=scene.now if since is None else since)
    return moved


def owed_by(rule: Obligation, row: ObligationRow, before: Calendar, after: Calendar) -> Laid | None:
    """In which window something is owed that hangs on phases, when all dates of a dossier may be others; None where it
    stays.

    What was given a last day of its own keeps that, and it ends by the clocks by which the dossier goes then.
    """
    was, now = ({one.position: one for one in obligation_windows(rule, dates)} for dates in (before, after))
    old, new = was.get(row.position), now.get(row.position)
    last_day, zone = date.fromisoformat(row.last_day), zone_of_owed(rule, after)
    found = Laid(row.position, row.opens_at, row.due_at, last_day, None)
    if old and new and row.due_at == old.due_at:
        found = new
    elif zone != zone_of_owed(rule, before):
        found = replace(found, due_at=due_after(last_day, zone))
        if old and new and row.opens_at == old.opens_at:
            found = replace(found, opens_at=new.opens_at)
    return None if (found.opens_at, found.due_at) == (row.opens_at, row.due_at) else found


def _move(scene: Scene, row: ObligationRow, new: Laid) -> None:
    """Have something be owed in another window; what was overdue and is over by that too stays overdue."""
    row.opens_at, row.due_at, row.last_day = new.opens_at, new.due_at, new.last_day.isoformat()
    if new.due_at > scene.now:
        row.overdue_at = None
    scene.session.add(row)

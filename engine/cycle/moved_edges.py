"""What does a dossier owe after an edge of a phase was moved for it, or its clocks or its strand have changed?"""

from engine.cycle.obligations import set_obligation_deadlines
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
    before `since` (now, where it is not given) are not owed to anybody any more. Where all edges may be others, each
    year, month or week of what is owed follows, and so does when it opens.
    """
    moved = False
    after = scene.calendar_of(dossier)
    for row in obligations_of(scene.session, the_id(dossier)):
        rule = scene.workflow.obligations[row.name]
        window = rule.window
        if window is None:
            continue  # it is counted from where the dossier came
        if edge is None and rule.every is not None:
            moved = _follow_stretch(scene, rule, row, before, after) or moved
            continue
        hangs_on_it = edge in (None, f"{window.end.phase} {window.end.edge}")
        if hangs_on_it and state_of(row) in UNFULFILLED and row.due_at == before.window(window)[1]:
            opens_at, due_at = after.window(window)
            last_day = last_day_before(due_at, zone_of_owed(rule, after))
            _move(scene, row, Laid(row.position, row.opens_at if edge else opens_at, due_at, last_day, None))
            moved = True
    if moved:
        scene.session.flush()
        set_obligation_deadlines(scene, dossier, since=scene.now if since is None else since)
    return moved


def _follow_stretch(
    scene: Scene, rule: Obligation, row: ObligationRow, before: Calendar, after: Calendar
) -> bool:
    """Let one year, month or week of what is owed follow other dates, unless it was given a last day of its own."""
    was, now = ({one.position: one for one in obligation_windows(rule, dates)} for dates in (before, after))
    old, new = was.get(row.position), now.get(row.position)
    if old is None or new is None or old == new or row.due_at != old.due_at or state_of(row) not in UNFULFILLED:
        return False
    _move(scene, row, new)
    return True


def _move(scene: Scene, row: ObligationRow, new: Laid) -> None:
    """Have something be owed in another window; what was overdue and is over by that too stays overdue."""
    row.opens_at, row.due_at, row.last_day = new.opens_at, new.due_at, new.last_day.isoformat()
    if new.due_at > scene.now:
        row.overdue_at = None
    scene.session.add(row)

"""What does a dossier owe, until when, and who reminds it?"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import col, select

from engine.cycle.deadlines import put_deadline
from engine.cycle.scene import Scene
from engine.cycle.telling import obligation_facts
from engine.database.records import DeadlineRow, DossierRow, ObligationRow
from engine.database.store import obligations_of, state_of, the_id
from engine.faults import point
from engine.rules.agenda import ORDER, PLACES, last_day_before, obligation_windows, reminders_before
from engine.rules.moments import Calendar, day_starts, from_instant

OVERDUE = len(ORDER) * PLACES
REMIND = (len(ORDER) + 1) * PLACES
"""positions: after all that the round itself does at that instant"""


def lay_out(scene: Scene, dossier: DossierRow, *, at: int) -> None:
    """Write down all that the dossier's new state owes; what it already owes is not laid out again."""
    dossier_id = the_id(dossier)
    calendar = scene.calendar_of(dossier)
    for obligation in scene.workflow.obligations.values():
        if dossier.state not in obligation.owed_by:
            continue
        known = scene.session.exec(
            select(ObligationRow.id).where(
                col(ObligationRow.dossier_id) == dossier_id, col(ObligationRow.name) == obligation.name
            )
        ).first()
        if known is not None:
            continue
        for laid in obligation_windows(obligation, calendar):
            if scene.round.as_of is not None and laid.due_at < scene.round.as_of:
                continue  # it was due elsewhere, before the round came here
            scene.session.add(
                ObligationRow(
                    dossier_id=dossier_id,
                    name=obligation.name,
                    position=laid.position,
                    opens_at=laid.opens_at,
                    due_at=laid.due_at,
                    last_day=laid.last_day.isoformat(),
                    laid_out_at=at,
                )
            )
    scene.session.flush()
    point("obligations written")
    set_obligation_deadlines(scene, dossier, since=at)


def set_obligation_deadlines(scene: Scene, dossier: DossierRow, *, since: int) -> None:
    """Have the calendar remind of the dossier's open obligations, and find them overdue.

    Reminders before `since` are not owed to anybody any more. Unfired deadlines follow when a last day moves.
    """
    wanted: dict[str, tuple[str, int, int, int, int | None]] = {}
    for row in obligations_of(scene.session, the_id(dossier)):
        if state_of(row) != "open":
            continue
        wanted[f"overdue {dossier.number} {row.last_day}"] = (
            "overdue", OVERDUE, row.due_at, row.due_at + scene.settle, None,
        )  # fmt: skip
        spans = scene.workflow.obligations[row.name].remind
        instants = reminders_before(date.fromisoformat(row.last_day), spans, scene.calendar)
        for at, until in zip(instants, (*instants, row.due_at)[1:], strict=True):
            if at >= since:
                key = f"remind {dossier.number} {from_instant(at, scene.calendar.zone).date()}"
                # one letter reminds of all that is due; it is worth sending while any of it is
                known = wanted[key][4] if key in wanted else None
                wanted[key] = ("obligation reminder", REMIND, at, at, max(until, known or 0))
    unfired = scene.session.exec(
        select(DeadlineRow).where(
            col(DeadlineRow.dossier_id) == dossier.id,
            col(DeadlineRow.kind).in_(("overdue", "obligation reminder")),
            col(DeadlineRow.ended_at).is_(None),
        )
    ).all()
    for old in unfired:
        if old.key not in wanted:
            scene.session.delete(old)
    scene.session.flush()
    point("old deadlines of obligations gone")
    for key, (kind, place, at, fires_at, valid_until) in wanted.items():
        put_deadline(
            scene, key=key, kind=kind, name=dossier.number, moment=key, position=place, at=at, fires_at=fires_at,
            valid_until=valid_until, dossier=dossier,
        )  # fmt: skip


def follow_edge(scene: Scene, dossier: DossierRow, edge: str, before: Calendar) -> bool:
    """Let what a dossier owes until an edge follow it, after that edge was moved; gives whether anything did.

    `before` is the dossier's calendar as it was. What was extended by itself keeps the last day it was given.
    """
    moved = False
    after = scene.calendar_of(dossier)
    for row in obligations_of(scene.session, the_id(dossier)):
        window = scene.workflow.obligations[row.name].window
        hangs_on_it = f"{window.end.phase} {window.end.edge}" == edge
        if hangs_on_it and state_of(row) in ("open", "overdue") and row.due_at == before.instant(window.end):
            row.due_at, row.overdue_at = after.instant(window.end), None
            row.last_day = last_day_before(row.due_at, after.zone).isoformat()
            scene.session.add(row)
            moved = True
    if moved:
        scene.session.flush()
        set_obligation_deadlines(scene, dossier, since=scene.now)
    return moved


def reminded_now(scene: Scene, dossier: DossierRow, at: int) -> list[dict[str, object]]:
    """The open obligations of which the dossier is reminded at exactly that instant, for its letter."""
    found = []
    for row in obligations_of(scene.session, the_id(dossier)):
        obligation = scene.workflow.obligations[row.name]
        instants = reminders_before(date.fromisoformat(row.last_day), obligation.remind, scene.calendar)
        # after an outage the last reminder of several says it all
        if state_of(row) == "open" and at == max((one for one in instants if one <= scene.now), default=None):
            found.append(obligation_facts(scene.workflow, obligation, row.position, row.last_day))
    return found


def earliest_open(scene: Scene, dossier: DossierRow, *, attend: str = "", deliver: str = "") -> ObligationRow | None:
    """The obligation that an attendance or a delivery now would fulfil: the earliest due whose window has opened."""
    for row in obligations_of(scene.session, the_id(dossier)):
        obligation = scene.workflow.obligations[row.name]
        matches = (attend and obligation.attend == attend) or (deliver and obligation.deliver == deliver)
        if matches and state_of(row) in ("open", "overdue") and row.opens_at <= scene.now:
            return row
    return None


def owed(scene: Scene, dossier: DossierRow, name: str, position: int | None = None) -> Sequence[ObligationRow]:
    """The unfulfilled obligations of that name, or attending the meeting of that name, in the order they are due."""
    return [
        row
        for row in obligations_of(scene.session, the_id(dossier))
        if (row.name == name or scene.workflow.obligations[row.name].attend == name)
        and state_of(row) in ("open", "overdue")
        and position in (None, row.position)
    ]


def due_after(last_day: date, zone: str) -> int:
    """The first instant after an obligation's last day."""
    return day_starts(last_day + timedelta(days=1), zone)

"""What if a time zone's rules have changed since a deadline was worked out, or the holidays of a country?

Every deadline keeps its local time and the version of the zone data that made an instant of it. What has not fired is
worked out again when the version differs, or when another day is the next working day by now; what has fired stays.
"""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select

from engine.cycle.deadlines import put_agenda, put_due
from engine.cycle.obligations import due_after, set_obligation_deadlines
from engine.cycle.promising import follow_all_promises
from engine.cycle.scene import CALENDAR, Scene
from engine.cycle.timers import are_there, set_timers
from engine.database.records import DeadlineRow, DossierRow
from engine.database.store import obligations_of, state_of, the_id
from engine.faults import point
from engine.rules.agenda import agenda, obligation_windows, zone_of_owed
from engine.rules.moments import tzdata_version


def work_out_again(scene: Scene) -> None:
    """Work out all unfired deadlines of the round anew, if any was worked out with other zone data or holidays.

    The journal says which instants moved, and by how much.
    """
    unfired = _unfired(scene)
    before = {row.id: row.due_at for row in unfired if row.tzdata != tzdata_version()}
    if not before and not _other_days(scene, unfired):
        return
    before = before or {row.id: row.due_at for row in unfired}
    put_agenda(scene)
    dossiers = scene.session.exec(
        select(DossierRow).where(col(DossierRow.round_id) == scene.round_id).order_by(col(DossierRow.id))
    ).all()
    own = {row.key for row in _unfired(scene) if row.dossier_id is not None}
    for dossier in dossiers:
        for due in agenda(scene.workflow, scene.calendar_of(dossier), scene.settle):
            if due.key_of(dossier.number) in own:
                put_due(scene, due, dossier)
        _obligations(scene, dossier)
        if are_there(scene):
            set_timers(scene, dossier)
    follow_all_promises(scene)
    point("zone data followed")
    moved = {
        row.key: row.due_at - before[row.id]
        for row in _unfired(scene)
        if row.id in before and row.due_at != before[row.id]
    }
    scene.note("zone data changed", CALENDAR, version=tzdata_version(), moved_by_microseconds=moved or None)


def _other_days(scene: Scene, unfired: Sequence[DeadlineRow]) -> bool:
    """Whether deadlines of the round would be written with other instants now: other days are days off."""
    stands = {row.key: row.due_at for row in unfired}
    return any(stands.get(due.key, due.at) != due.at for due in agenda(scene.workflow, scene.calendar, scene.settle))


def _unfired(scene: Scene) -> list[DeadlineRow]:
    rows = scene.session.exec(
        select(DeadlineRow)
        .where(col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.ended_at).is_(None))
        .order_by(col(DeadlineRow.id))
    ).all()
    return list(rows)


def _obligations(scene: Scene, dossier: DossierRow) -> None:
    calendar = scene.calendar_of(dossier)
    owed = obligations_of(scene.session, the_id(dossier))
    open_ones = [row for row in owed if state_of(row) in ("open", "handed in")]
    for row in open_ones:
        windows = obligation_windows(scene.workflow.obligations[row.name], calendar, since=row.opens_at)
        laid = next((one for one in windows if one.position == row.position), None)
        if laid and laid.last_day.isoformat() == row.last_day:
            row.opens_at, row.due_at = laid.opens_at, laid.due_at
        else:  # extended by itself: its last day is its own
            zone = zone_of_owed(scene.workflow.obligations[row.name], calendar)
            row.due_at = due_after(date.fromisoformat(row.last_day), zone)
        scene.session.add(row)
    if open_ones:
        scene.session.flush()
        # not since now: what was missed while nothing ran is still to be written down as missed
        set_obligation_deadlines(scene, dossier, since=min(row.laid_out_at for row in open_ones))

"""How is it taken back that a dossier attended a meeting, or was excused, and what is open again?"""

from sqlmodel import col, select

from engine.cycle.obligations import set_obligation_deadlines
from engine.cycle.scene import CALENDAR, Scene
from engine.cycle.timers import follow_day
from engine.database.records import (
    AttendanceRow,
    DeadlineRow,
    DossierRow,
    ExcuseRow,
    ObligationRow,
    TransitionRow,
)
from engine.database.standing_moves import stands
from engine.errors import Refusal
from engine.faults import point
from engine.rules.workflow import Transition


def built_on(scene: Scene, dossier: DossierRow, meeting: str, *, since: int) -> Refusal | None:
    """Why an attendance or an excuse of that instant stays: a transition that asks for it has happened since."""
    asking = [one.name for one in scene.workflow.transitions.values() if _asks(one, meeting)]
    made = scene.session.exec(
        select(TransitionRow)
        .where(
            col(TransitionRow.dossier_id) == dossier.id, col(TransitionRow.name).in_(asking),
            col(TransitionRow.recorded_at) >= since, stands(),
        )
        .order_by(col(TransitionRow.id))
    ).first()  # fmt: skip
    if made is None:
        return None
    target = scene.workflow.states[made.target].title
    sentence = f'{dossier.number} is "{target}" because of this: it is not taken back any more'
    return Refusal("presence", sentence, {"because": "built", "number": dossier.number, "state": target})


def _asks(transition: Transition, meeting: str) -> bool:
    for guard in transition.guards:
        names = guard.value if isinstance(guard.value, tuple) else (guard.value,)
        if guard.word == "fulfilled" or (guard.word == "attended" and meeting in names):
            return True
    return False


def take_attendance_back(scene: Scene, dossier: DossierRow, row: AttendanceRow, *, by: str) -> None:
    """The dossier did not attend. Nothing may refer to the attendance any more."""
    scene.session.delete(row)
    scene.session.flush()
    point("attendance taken back")
    obligation = _open_again(scene, dossier, row.obligation_id)
    scene.note(
        "attendance taken back", by, dossier=dossier, meeting=row.meeting, was=str(row.recorded_at), reopens=obligation
    )


def take_excuse_back(scene: Scene, dossier: DossierRow, row: ExcuseRow, *, by: str) -> None:
    """The dossier is not excused. Nothing may refer to the excuse any more."""
    scene.session.delete(row)
    scene.session.flush()
    point("excuse taken back")
    obligation = _open_again(scene, dossier, row.obligation_id)
    scene.note("excuse taken back", by, dossier=dossier, of=row.of, was=str(row.recorded_at), reopens=obligation)


def _open_again(scene: Scene, dossier: DossierRow, obligation_id: int | None) -> str | None:
    """What was owed is owed again, and overdue where the calendar has passed its last day meanwhile."""
    if obligation_id is None:
        return None
    row = scene.session.get_one(ObligationRow, obligation_id)
    row.fulfilled_at, row.excused_at = None, None
    name = f"{row.name} {row.position}"
    passed = scene.session.exec(
        select(DeadlineRow.id).where(
            col(DeadlineRow.round_id) == scene.round_id,
            col(DeadlineRow.key) == f"overdue {dossier.number} {row.last_day}", col(DeadlineRow.ended_at).is_not(None),
        )
    ).first()  # fmt: skip
    if passed is not None and row.overdue_at is None:
        row.overdue_at = row.due_at
        scene.note("overdue", CALENDAR, at=row.due_at, dossier=dossier, obligation=name)
    scene.session.add(row)
    scene.session.flush()
    point("obligation opened again")
    set_obligation_deadlines(scene, dossier, since=scene.now)
    follow_day(scene, dossier)
    return name

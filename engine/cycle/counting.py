"""What does it count for a dossier that people came to a meeting for it, or are excused?

A dossier attends a meeting once, however many of its people come; it is excused when somebody is, nobody came, and
nobody else who was invited for it is expected any more. What counts is worked out anew after every change.
"""

from collections.abc import Sequence

from sqlmodel import col, func, select

from engine.cycle import recording
from engine.cycle.obligations import owed
from engine.cycle.reasons import refuse
from engine.cycle.reopening import built_on, take_attendance_back, take_excuse_back
from engine.cycle.scene import Scene
from engine.database.records import (
    AttendanceRow,
    DossierRow,
    ExcuseRow,
    InvitationRow,
    MeetingRow,
    ObligationRow,
    PresenceRow,
)
from engine.database.store import state_of, the_id
from engine.faults import point


def recount(scene: Scene, meeting: MeetingRow, dossier: DossierRow, *, by: str) -> None:
    """Have a dossier attend a meeting, or be excused from it, or neither, as the people say who are noted there.

    Raises Refused where something rests on what counted until now, and what `recording.attend` raises.
    """
    rows = scene.session.exec(
        select(PresenceRow)
        .where(col(PresenceRow.meeting_id) == meeting.id, col(PresenceRow.dossier_id) == dossier.id)
        .order_by(col(PresenceRow.id))
    ).all()
    came = [one for one in rows if one.ended_at is None and one.came]
    excused = [one for one in rows if one.ended_at is None and not one.came]
    attendance = next((one.attendance_id for one in rows if one.attendance_id is not None), None)
    excuse = next((one.excuse_id for one in rows if one.excuse_id is not None), None)
    is_excused = bool(excused) and not came and not _expected(scene, meeting, dossier, rows)
    if excuse is not None and not is_excused:
        its = scene.session.get_one(ExcuseRow, excuse)
        why = built_on(scene, dossier, _declared(scene, meeting), since=its.recorded_at)
        if why and came:
            return  # the excuse has had its effect, and stays beside the news that somebody came after all
        refuse([why])
        _link(scene, rows, "excuse_id", None)
        take_excuse_back(scene, dossier, its, by=by)
        excuse = None
    if attendance is not None and not came:
        noted = scene.session.get_one(AttendanceRow, attendance)
        refuse([built_on(scene, dossier, _declared(scene, meeting), since=noted.recorded_at)])
        _link(scene, rows, "attendance_id", None)
        take_attendance_back(scene, dossier, noted, by=by)
    elif came:
        _link(scene, [one for one in rows if one.ended_at is not None], "attendance_id", None)
        _link(scene, came, "attendance_id", attendance or _attend(scene, meeting, dossier, by=by))
    if is_excused:
        _link(scene, [one for one in rows if one.ended_at is not None], "excuse_id", None)
        _link(scene, excused, "excuse_id", excuse or _excuse(scene, meeting, dossier, excused[0], by=by))


def _link(scene: Scene, rows: Sequence[PresenceRow], name: str, id: int | None) -> None:
    for row in rows:
        setattr(row, name, id)
        scene.session.add(row)
    scene.session.flush()
    point("presence counted")


def _expected(scene: Scene, meeting: MeetingRow, dossier: DossierRow, rows: Sequence[PresenceRow]) -> bool:
    """Whether somebody who was invited for the dossier, and did not decline, may still come."""
    noted = [one.person_id for one in rows if one.ended_at is None]
    waiting = select(func.count()).where(
        col(InvitationRow.meeting_id) == meeting.id, col(InvitationRow.dossier_id) == dossier.id,
        col(InvitationRow.cancelled_at).is_(None), func.coalesce(col(InvitationRow.answer), "") != "declined",
        col(InvitationRow.person_id).not_in(noted),
    )  # fmt: skip
    return scene.session.exec(waiting).one() > 0


def _attend(scene: Scene, meeting: MeetingRow, dossier: DossierRow, *, by: str) -> int | None:
    """The attendance of the dossier; None where it came to this meeting another time, and need not come again."""
    declared = _declared(scene, meeting)
    if not _is_repeated(scene, declared):
        noted = scene.session.exec(
            select(AttendanceRow.id).where(
                col(AttendanceRow.dossier_id) == dossier.id, col(AttendanceRow.meeting) == declared
            )
        ).first()
        if noted is not None:
            elsewhere = select(PresenceRow.id).where(col(PresenceRow.attendance_id) == noted).limit(1)
            # noted by itself, it is this one; noted at another meeting of that name, it is that one's
            return None if scene.session.exec(elsewhere).first() else noted
    return the_id(recording.attend(scene, dossier, meeting.name, by=by, obligation=_booked_for(scene, meeting)))


def _excuse(scene: Scene, meeting: MeetingRow, dossier: DossierRow, row: PresenceRow, *, by: str) -> int | None:
    """The excuse of the dossier; None where nothing is owed any more that it could be excused from."""
    booked = _booked_for(scene, meeting)
    declared = _declared(scene, meeting)
    is_owed = any(one.attend == declared for one in scene.workflow.obligations.values())
    if is_owed and not owed(scene, dossier, declared):
        return None
    of = f"{booked.name} {booked.position}" if booked else declared
    return the_id(recording.excuse(scene, dossier, of, reason=row.reason or "", by=by))


def _declared(scene: Scene, meeting: MeetingRow) -> str:
    """By which name the rules speak of a meeting, where there is one for each strand or answer."""
    return scene.workflow.meeting(meeting.name).declared


def _booked_for(scene: Scene, meeting: MeetingRow) -> ObligationRow | None:
    """The obligation for which a meeting was booked, while it is owed."""
    row = scene.session.get(ObligationRow, meeting.obligation_id) if meeting.obligation_id else None
    return row if row is not None and state_of(row) in ("open", "overdue") else None


def _is_repeated(scene: Scene, name: str) -> bool:
    """Whether a meeting is owed several times, so that each attendance counts."""
    return any(one.attend == name and (one.every or one.times > 1) for one in scene.workflow.obligations.values())

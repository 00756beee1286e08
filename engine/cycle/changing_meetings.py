"""What becomes of the meetings of a dossier whose strand or answer has become another, where there is one for each?

It comes to the one of its new strand or answer: the slot, the seat and the invitation that it has in the former one, if
that is still to come, are given back, and it gets the next free slot of the other. What it attended stays attended.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from engine.cycle import seats
from engine.cycle.inviting import withdraw
from engine.cycle.scene import Scene
from engine.cycle.slots import free_slots, give_slots
from engine.database.coming import is_its
from engine.database.records import DossierRow, InvitationRow, MeetingRow, SeatRow, SlotRow
from engine.database.seats import OFFERED, WAITING
from engine.rules.workflow import EVERYONE, Meeting


def follow_scope(scene: Scene, dossier: DossierRow, per: str, *, by: str) -> None:
    """After its strand or its answer (`per`) has become another: the dossier comes to other meetings."""
    apart = [one for one in scene.workflow.meetings.values() if one.scope and one.per == per]
    former = [one for one in apart if one.open_to != EVERYONE and not is_its(scene.session, one, dossier)]
    for meeting in former:
        slots = scene.session.exec(
            select(SlotRow).where(
                col(SlotRow.dossier_id) == dossier.id, col(SlotRow.meeting) == meeting.name,
                col(SlotRow.starts_at) > scene.now,
            )
        ).all()  # fmt: skip
        if slots:
            free_slots(scene, meeting, slots, because="elsewhere", by=by)
    if former:
        _give_back_seats(scene, dossier, former, by=by)
        _withdraw_invitations(scene, dossier, former, by=by)
        give_slots(scene, dossier, dossier.state)


def _give_back_seats(scene: Scene, dossier: DossierRow, former: Sequence[Meeting], *, by: str) -> None:
    """A seat that somebody waits for, or is offered; one that they hold goes with their invitation."""
    rows = scene.session.exec(
        select(SeatRow)
        .join(MeetingRow, col(MeetingRow.id) == col(SeatRow.meeting_id))
        .where(*_to_come(scene, former), col(SeatRow.dossier_id) == dossier.id,
               col(SeatRow.state).in_((WAITING, OFFERED)))
        .order_by(col(SeatRow.id))
    ).all()  # fmt: skip
    for row in rows:
        seats.give_back(scene, row, by=by)


def _withdraw_invitations(scene: Scene, dossier: DossierRow, former: Sequence[Meeting], *, by: str) -> None:
    rows = scene.session.exec(
        select(InvitationRow)
        .join(MeetingRow, col(MeetingRow.id) == col(InvitationRow.meeting_id))
        .where(*_to_come(scene, former), col(InvitationRow.dossier_id) == dossier.id,
               col(InvitationRow.cancelled_at).is_(None), col(MeetingRow.dossier_id).is_(None))
        .order_by(col(InvitationRow.id))
    ).all()  # fmt: skip
    for row in rows:
        if not seats.give_back_invited(scene, row, by=by):
            withdraw(scene, row, by=by)


def _to_come(scene: Scene, former: Sequence[Meeting]) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a meeting is one of these, and that it has not begun."""
    begins = col(MeetingRow.starts_at)
    return (
        col(MeetingRow.round_id) == scene.round_id, col(MeetingRow.name).in_([one.name for one in former]),
        col(MeetingRow.cancelled_at).is_(None),
        or_(begins > scene.now, and_(begins.is_(None), col(MeetingRow.day) > scene.day_of(scene.now).isoformat())),
    )  # fmt: skip

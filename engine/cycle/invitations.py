"""Who is not to come to a meeting after all, and who is reminded to answer?"""

from collections.abc import Callable, Sequence

from sqlmodel import Session, col, select

from engine.cycle import inviting
from engine.cycle.meetings import standing_against
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.seats import give_back_invited
from engine.database.records import InvitationRow, MeetingRow, PersonRow
from engine.database.store import has_conflict, the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.roles import must_be_staff

Tell = Callable[[Session, PersonRow, InvitationRow, MeetingRow], bool]
"""writes one letter in the caller's transaction; False where one such stands already"""


def withdraw(scene: Scene, uid: str, *, reason: str | None, by: str) -> None:
    """Staff tell one person not to come after all. Withdrawn already, it stays so.

    A seat that they have goes to the next. Raises Refused, Unknown.
    """
    row = inviting.find_by_uid(scene, uid)
    actor = scene.person(by)
    refuse([
        must_be_staff(standing_of(scene, actor)),
        Refusal("conflict", "you have a conflict with this dossier")
        if row.dossier_id is not None and has_conflict(scene.session, row.dossier_id, the_id(actor)) else None,
        *(standing_against(scene, scene.session.get_one(MeetingRow, row.meeting_id)) if not row.cancelled_at else ()),
    ])  # fmt: skip
    why = (reason or "").strip() or None
    if row.cancelled_at is not None or not give_back_invited(scene, row, by=by, reason=why):
        inviting.withdraw(scene, row, reason=why, by=by)


def unanswered(scene: Scene, meeting: MeetingRow) -> Sequence[tuple[InvitationRow, PersonRow]]:
    """Everybody who is asked and has not answered."""
    return scene.session.exec(
        select(InvitationRow, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(InvitationRow.person_id))
        .where(
            col(InvitationRow.meeting_id) == meeting.id, col(InvitationRow.cancelled_at).is_(None),
            col(InvitationRow.answer).is_(None),
        )
        .order_by(col(InvitationRow.id))
    ).all()  # fmt: skip


def remind(scene: Scene, meeting: MeetingRow, *, tell: Tell, by: str) -> int:
    """Staff write to everybody who is asked and has not answered; gives to how many.

    Raises Refused when nobody is left to be written to, and for a meeting that has begun or does not take place.
    """
    refuse([must_be_staff(standing_of(scene, scene.person(by))), *standing_against(scene, meeting)])
    told = [person.email for row, person in unanswered(scene, meeting) if tell(scene.session, person, row, meeting)]
    point("invited people reminded")
    refuse([
        None if told else
        Refusal("nobody", "everybody has answered, or was reminded today", {"because": "answered"})
    ])  # fmt: skip
    scene.note("invited people reminded", by, meeting=the_id(meeting), people=len(told))
    return len(told)



"""Who asks for a seat at a meeting, takes one that is offered, or gives one back?"""

from sqlmodel import col, select

from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.seat_letters import GIVEN_BACK, WAITING_LETTER, tell
from engine.cycle.seat_offers import fill, forget_lapse
from engine.cycle.seat_rows import (
    against_seats,
    ask,
    begins,
    end,
    hold,
    meeting_of,
    person_of,
    rule_of,
    uninvite,
)
from engine.database.coming import is_open_to
from engine.database.records import ContactRow, DossierRow, InvitationRow, MeetingRow, PersonRow, SeatRow
from engine.database.seats import HELD, OFFERED, counts, open_seat
from engine.database.store import the_id
from engine.errors import Refusal
from engine.rules.workflow import EVERYONE, Meeting


def sign_up(scene: Scene, meeting: MeetingRow, person: PersonRow, *, number: str | None = None) -> SeatRow:
    """Somebody asks for a seat, and has one where one is free and nobody waits; else they are put on the list.

    Where a meeting is open to dossiers only they come for the one of that `number`, or for the first that they speak
    for. Raises Refused with every reason.
    """
    rule = rule_of(scene, meeting)
    dossier = comes_for(scene, rule, person, number)
    refuse([
        *against_seats(scene, meeting),
        _has_one(scene, meeting, person),
        Refusal(
            "seats", f'"{rule.title}" is not open to {person.email}', {"because": "not open", "meeting": rule.title}
        )
        if rule.open_to != EVERYONE and dossier is None else None,
    ])  # fmt: skip
    full = counts(scene.session, meeting).is_full
    row = ask(scene, meeting, person, dossier, by=person.email)
    if full:
        tell(scene, WAITING_LETTER, row, valid_until=begins(meeting))
    else:
        hold(scene, row, by=person.email)
    return row


def accept(scene: Scene, row: SeatRow, *, by: str) -> None:
    """Somebody takes the seat that is offered to them. Raises Refused once the offer is over."""
    refuse([_against_answer(scene, row)])
    forget_lapse(scene, row)
    hold(scene, row, by=by)


def refuse_offer(scene: Scene, row: SeatRow, *, by: str) -> None:
    """Somebody does not take the seat that is offered to them: it goes to the next. Raises Refused once it is over."""
    refuse([_against_answer(scene, row)])
    forget_lapse(scene, row)
    end(scene, row, "refused", by=by)
    fill(scene, meeting_of(scene, row))


def give_back(scene: Scene, row: SeatRow, *, by: str, reason: str | None = None) -> None:
    """Somebody will not come, or waits no longer; a seat that frees by it is offered to the next.

    Whoever had a seat is sent the withdrawal of their invitation; what staff do for somebody, they hear of. Raises
    Refused once the meeting has begun.
    """
    meeting = meeting_of(scene, row)
    refuse([
        Refusal("seats", "this seat is nobody's any more", {"because": "ended"}) if row.ended_at is not None else None,
        Refusal("seats", "this meeting has begun", {"because": "begun"}) if begins(meeting) <= scene.now else None,
    ])  # fmt: skip
    _give_back(scene, row, by=by, reason=reason)


def _give_back(scene: Scene, row: SeatRow, *, by: str, reason: str | None) -> None:
    was = row.state
    forget_lapse(scene, row)
    end(scene, row, "given back", by=by, reason=reason)
    if was == HELD:
        uninvite(scene, row, by=by, reason=reason)
    elif by != person_of(scene, row).email:
        tell(scene, GIVEN_BACK, row, was=was, reason=reason)
    fill(scene, meeting_of(scene, row))


def give_back_invited(scene: Scene, invitation: InvitationRow, *, by: str, reason: str | None = None) -> bool:
    """Somebody does not come to what they were invited to with their seat: it goes to the next; False without a seat.

    The invitation is withdrawn with it.
    """
    row = open_seat(scene.session, invitation.meeting_id, invitation.person_id)
    if row is None or row.state != HELD or row.dossier_id != invitation.dossier_id:
        return False
    _give_back(scene, row, by=by, reason=reason)
    return True


def comes_for(scene: Scene, rule: Meeting, person: PersonRow, number: str | None = None) -> DossierRow | None:
    """The dossier for which somebody comes: the one they name, or the first of theirs that the meeting is open to.

    None where the meeting is everyone's, and where they speak for no such dossier.
    """
    if rule.open_to == EVERYONE:
        return None
    theirs = (
        select(DossierRow)
        .join(ContactRow, col(ContactRow.dossier_id) == col(DossierRow.id))
        .where(
            col(DossierRow.round_id) == scene.round_id, col(ContactRow.person_id) == person.id,
            is_open_to(rule),
        )
        .order_by(col(DossierRow.number))
    )  # fmt: skip
    if number is not None:
        theirs = theirs.where(col(DossierRow.number) == number)
    return scene.session.exec(theirs).first()


def _has_one(scene: Scene, meeting: MeetingRow, person: PersonRow) -> Refusal | None:
    row = open_seat(scene.session, the_id(meeting), the_id(person))
    if row is not None and row.state == HELD:
        return Refusal("seat", f"{person.email} has a seat already", {"because": "held"})
    if row is not None and row.state == OFFERED:
        return Refusal("seat", f"a seat is offered to {person.email} already", {"because": "offered"})
    if row is not None:
        return Refusal("seat", f"{person.email} is on the waiting list already", {"because": "waiting"})
    asked = select(InvitationRow.id).where(
        col(InvitationRow.meeting_id) == meeting.id, col(InvitationRow.person_id) == person.id,
        col(InvitationRow.cancelled_at).is_(None),
    )  # fmt: skip
    if scene.session.exec(asked).first() is not None:
        return Refusal("seat", f"{person.email} is invited to this meeting already", {"because": "invited"})
    return None


def _against_answer(scene: Scene, row: SeatRow) -> Refusal | None:
    if row.state == "lapsed" or (row.state == OFFERED and (row.answer_by or 0) <= scene.now):
        return Refusal("offer", "this offer was not answered in time, and went to the next", {"because": "lapsed"})
    if row.state != OFFERED:
        return Refusal("offer", "no seat is offered here now", {"because": "none"})
    return None

"""Who is asked to come to a meeting, what do they hear when it changes, and what did they answer?

Each person has one entry in their own calendar for each meeting (and dossier) that they are asked to: a uid that never
changes, and a sequence that is one higher whenever its time or place changes, or it is withdrawn (RFC 5546, 2.1.4).
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlmodel import col, select

from engine.cycle.reasons import refuse
from engine.cycle.scene import CALENDAR, Scene
from engine.database.meetings import invitation_uid
from engine.database.records import DossierRow, InvitationRow, MeetingRow, PersonRow
from engine.database.store import the_id
from engine.errors import Refusal, Unknown
from engine.faults import point

INVITED, CHANGED, CANCELLED = "invitation", "invitation-changed", "invitation-cancelled"
"""the letters of an invitation, which no programme needs to write"""
ANSWERS = ("accepted", "tentative", "declined")
LONGEST = 2_000
"""characters of what somebody writes beside an answer"""
Via = Literal["page", "mail", "staff"]


def invite(
    scene: Scene,
    meeting: MeetingRow,
    person: PersonRow,
    *,
    role: str,
    dossier: DossierRow | None = None,
    times: tuple[int, int] | None = None,
    reason: str | None = None,
    by: str = CALENDAR,
    letter: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> InvitationRow:
    """Ask somebody to a meeting, or tell them what has changed about it; nothing is told where nothing has.

    `times` are from when until when (UTC microseconds) they are to be there, where that is not the whole meeting: their
    slot, or their part of the day. Somebody who was asked before, and was told not to come, is asked again. Where there
    is more to say than that, it is said by another `letter`, with `facts` besides those of the invitation.
    """
    starts_at, ends_at = times or (meeting.starts_at, meeting.ends_at)
    told: dict[str, Any] = {
        "day": meeting.day, "starts_at": starts_at, "ends_at": ends_at, "place": meeting.place,
        "online": meeting.online,
    }  # fmt: skip
    row = find(scene, meeting, person, dossier)
    if row is None:
        row = InvitationRow(
            uid=invitation_uid(scene.round, the_id(meeting), the_id(person), dossier.number if dossier else None),
            round_id=scene.round_id, meeting_id=the_id(meeting), person_id=the_id(person),
            dossier_id=dossier.id if dossier else None, role=role, sent_at=scene.now, has_a_part=times is not None,
            **told,
        )  # fmt: skip
        _keep(scene, row)
        point("invitation written")
        _note(scene, "invited", row, person, dossier, by, **told)
        _tell(
            scene, letter or INVITED, row, meeting, person, dossier, method="REQUEST", reason=reason, more=facts
        )  # fmt: skip
        return row
    was = {name: getattr(row, name) for name in told}
    if was == told and row.cancelled_at is None:
        return row
    again = row.cancelled_at is not None
    moved = again or any(was[name] != told[name] for name in ("day", "starts_at", "ends_at"))
    for name, value in told.items():
        setattr(row, name, value)
    row.sequence, row.sent_at, row.cancelled_at = row.sequence + 1, scene.now, None
    row.role, row.has_a_part = role, times is not None
    if moved:
        # who said yes to another hour has not said yes to this one (RFC 5546, 3.2.2)
        row.answer = row.answered_at = row.answered_via = row.answer_sequence = row.answer_stamp = None
        row.words = row.wants_other = None
    _keep(scene, row)
    point("invitation changed")
    _note(scene, "invitation changed", row, person, dossier, by, asks_again=moved, **told)
    _tell(
        scene, letter or (INVITED if again else CHANGED), row, meeting, person, dossier, method="REQUEST",
        reason=reason, was=None if again else was, more=facts,
    )  # fmt: skip
    return row


def withdraw(
    scene: Scene,
    row: InvitationRow,
    *,
    reason: str | None = None,
    by: str = CALENDAR,
    letter: str = CANCELLED,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Tell somebody that they need not come any more; whoever was told already hears nothing.

    `letter` and `facts` are as those of `invite`.
    """
    if row.cancelled_at is not None:
        return
    row.sequence, row.cancelled_at, row.sent_at = row.sequence + 1, scene.now, scene.now
    _keep(scene, row)
    point("invitation withdrawn")
    meeting = scene.session.get_one(MeetingRow, row.meeting_id)
    person = scene.session.get_one(PersonRow, row.person_id)
    dossier = scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id is not None else None
    _note(scene, "invitation withdrawn", row, person, dossier, by)
    _tell(scene, letter, row, meeting, person, dossier, method="CANCEL", reason=reason, more=facts)


def follow(scene: Scene, meeting: MeetingRow, *, reason: str | None = None, by: str = CALENDAR) -> int:
    """Tell everybody who is asked to the whole of a meeting what has changed about it; gives how many they are.

    Whoever has a part of it for themselves (a slot) hears of theirs from whoever gives the slots.
    """
    told = 0
    for row in invitations_to(scene, meeting):
        if meeting.cancelled_at is not None:
            withdraw(scene, row, reason=reason, by=by)
            told += 1
        elif not row.has_a_part:
            person = scene.session.get_one(PersonRow, row.person_id)
            dossier = scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id is not None else None
            invite(scene, meeting, person, role=row.role, dossier=dossier, reason=reason, by=by)
            told += 1
    return told


def answer(
    scene: Scene,
    row: InvitationRow,
    given: str,
    *,
    via: Via,
    by: str,
    sequence: int | None = None,
    stamp: int | None = None,
    words: str | None = None,
    wants_other: str | None = None,
) -> bool:
    """Write what somebody answered; False where it was known already, or where something newer is known.

    A calendar answers with the `sequence` it had seen and its own `stamp` (UTC microseconds): an answer to an earlier
    sequence, or one that is older than what is known, changes nothing. Raises Unknown for another word than ANSWERS,
    Refused with every reason.
    """
    if given not in ANSWERS:
        raise Unknown("answer", given, ANSWERS)
    words, wants_other = (text.strip() or None if text else None for text in (words, wants_other))
    if via == "mail":
        seen = row.sequence if sequence is None else sequence
        older = row.answer_stamp is not None and (stamp or 0) <= row.answer_stamp and row.answer_sequence == seen
        if row.cancelled_at is not None or seen != row.sequence or older or _is_over(scene, row):
            return False
    refuse([
        Refusal("invitation", "this invitation was withdrawn", {"because": "withdrawn"}) if row.cancelled_at else None,
        Refusal("invitation", "this meeting is over", {"because": "over"}) if _is_over(scene, row) else None,
        *(
            Refusal("words", f"an answer has {LONGEST} characters at most", {"because": "long", "most": LONGEST})
            if text and len(text) > LONGEST else None
            for text in (words, wants_other)
        ),
    ])  # fmt: skip
    same = (row.answer, row.words, row.wants_other) == (given, words, wants_other)
    row.answer_sequence, row.answer_stamp = row.sequence, scene.now if stamp is None else stamp
    if same:
        _keep(scene, row)
        return False
    row.answer, row.answered_at, row.answered_via, row.words = given, scene.now, via, words
    row.wants_other = wants_other
    _keep(scene, row)
    point("answer written")
    person = scene.session.get_one(PersonRow, row.person_id)
    dossier = scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id is not None else None
    said = hashlib.sha256(words.encode()).hexdigest() if words else None
    other = hashlib.sha256(wants_other.encode()).hexdigest() if wants_other else None
    _note(scene, "answered", row, person, dossier, by, answer=given, via=via, words=said, wants_other=other)
    return True


def find(
    scene: Scene, meeting: MeetingRow, person: PersonRow, dossier: DossierRow | None = None
) -> InvitationRow | None:
    """What asks that person to that meeting (for that dossier), or None."""
    return scene.session.exec(
        select(InvitationRow).where(
            col(InvitationRow.meeting_id) == meeting.id,
            col(InvitationRow.person_id) == person.id,
            col(InvitationRow.dossier_id) == dossier.id if dossier else col(InvitationRow.dossier_id).is_(None),
        )
    ).first()


def find_by_uid(scene: Scene, uid: str) -> InvitationRow:
    """The invitation with that uid. Raises Unknown where the round has none."""
    found = select(InvitationRow).where(col(InvitationRow.uid) == uid, col(InvitationRow.round_id) == scene.round_id)
    row = scene.session.exec(found).first()
    if row is None:
        raise Unknown(f"invitation in {scene.round.key}", uid)
    return row


def invitations_to(scene: Scene, meeting: MeetingRow) -> Sequence[InvitationRow]:
    """Everybody who is asked to a meeting now, in the order in which they were asked."""
    return scene.session.exec(
        select(InvitationRow)
        .where(col(InvitationRow.meeting_id) == meeting.id, col(InvitationRow.cancelled_at).is_(None))
        .order_by(col(InvitationRow.id))
    ).all()


def _is_over(scene: Scene, row: InvitationRow) -> bool:
    """Whether the meeting has ended; one without an end is over when its day is."""
    if row.ends_at is not None:
        return row.ends_at <= scene.now
    return scene.day_of(scene.now).isoformat() > row.day


def _keep(scene: Scene, row: InvitationRow) -> None:
    scene.session.add(row)
    scene.session.flush()


def _note(
    scene: Scene,
    what: str,
    row: InvitationRow,
    person: PersonRow,
    dossier: DossierRow | None,
    by: str,
    **details: Any,
) -> None:
    scene.note(what, by, dossier=dossier, uid=row.uid, person=person.email, sequence=row.sequence, **details)


def _tell(
    scene: Scene,
    letter: str,
    row: InvitationRow,
    meeting: MeetingRow,
    person: PersonRow,
    dossier: DossierRow | None,
    *,
    method: Literal["REQUEST", "CANCEL"],
    reason: str | None,
    was: dict[str, Any] | None = None,
    more: Mapping[str, Any] | None = None,
) -> None:
    facts = {
        "uid": row.uid,
        "method": method,
        "sequence": row.sequence,
        "meeting": meeting.name,
        "title": scene.workflow.meeting(meeting.name).title,
        "day": row.day,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "zone": meeting.zone,
        "place": row.place,
        "online": row.online,
        "reason": reason,
        "was": was,
        "path": f"/invitations/{row.uid}",
    }
    scene.tell_person(
        f"invitations {meeting.name} {meeting.position}", letter, person, role=row.role, dossier=dossier,
        facts={**(more or {}), "invitation": facts}, thread=row.uid,
    )  # fmt: skip

"""Who may come to a meeting, and is asked to it by staff?

A meeting that is open to states admits those who speak for a dossier that stands in one of them, or ever did, and the
committees that decide there with their observers; the staff of the round may be asked to any. A meeting of a committee
is for its members and observers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from engine.cycle.inviting import invite
from engine.cycle.meetings import standing_against
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.coming import is_open_to, was_open
from engine.database.records import ContactRow, DossierRow, MeetingRow, PersonRow, RoleRow
from engine.database.sitting import sits_at
from engine.database.store import is_contact, the_id
from engine.errors import Refusal
from engine.rules.roles import must_be_staff, observer_of
from engine.rules.seats import takes_sign_ups
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF, Meeting, Workflow


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who is asked to a meeting: as whom, and (for those who speak for it) for which dossier."""

    email: str
    role: str
    number: str | None = None


def admitted(scene: Scene, row: MeetingRow) -> list[Asked]:
    """Everybody whom a meeting is for: contacts of dossiers that are in its states now, and who judges these.

    One that is open to everyone, or has so many seats, is for nobody in particular: whoever wants to come signs up.
    """
    meeting = scene.workflow.meeting(row.name)
    return [*_contacts(scene, row, meeting), *_judges(scene, meeting)]


def _contacts(scene: Scene, row: MeetingRow, meeting: Meeting) -> Iterator[Asked]:
    if takes_sign_ups(meeting) or meeting.open_to == EVERYONE:
        return
    found = scene.session.exec(
        select(PersonRow.email, DossierRow.number)
        .join(ContactRow, col(ContactRow.person_id) == col(PersonRow.id))
        .join(DossierRow, col(DossierRow.id) == col(ContactRow.dossier_id))
        .where(
            scene.in_round, is_open_to(meeting),
            *([col(DossierRow.id) == row.dossier_id] if row.dossier_id is not None else []),
        )
        .order_by(col(DossierRow.id), col(ContactRow.id))
    ).all()  # fmt: skip
    yield from (Asked(email, APPLICANT, number) for email, number in found)


def _judges(scene: Scene, meeting: Meeting) -> Iterator[Asked]:
    committees = (meeting.committee,) if meeting.committee else judging(scene.workflow, meeting)
    roles = [role for committee in committees for role in (committee, observer_of(committee))]
    found = scene.session.exec(
        select(PersonRow.email, RoleRow.role)
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(col(RoleRow.round_id) == scene.round_id, col(RoleRow.role).in_(roles), sits_at(meeting))
        .order_by(col(RoleRow.id))
    ).all()
    yield from (Asked(email, role) for email, role in dict.fromkeys(found))


def judging(workflow: Workflow, meeting: Meeting) -> tuple[str, ...]:
    """The committees that decide on dossiers in the states that a meeting with slots is open to: they hear them."""
    if meeting.slots is None or meeting.open_to == EVERYONE:
        return ()
    states = set(meeting.open_to)
    return tuple(
        dict.fromkeys(
            committee
            for committee in workflow.committees
            for move in workflow.transitions.values()
            if move.by == committee and states & set(move.sources)
        )
    )


def ask_to_come(scene: Scene, row: MeetingRow, asked: Sequence[Asked], *, by: str) -> int:
    """Staff ask people to a meeting, each once; gives how many were not asked before, or hear of something new.

    Raises Unknown for a dossier that the round does not have, GrantcycleError for an address that nobody has, Refused
    with every reason; then nobody is asked.
    """
    person = scene.person(by)
    refuse([
        must_be_staff(standing_of(scene, person)),
        *standing_against(scene, row),
        None if asked else Refusal("invitation", "nobody is named", {"because": "nobody"}),
        *(_against(scene, row, one) for one in asked),
    ])  # fmt: skip
    heard = 0
    for one in asked:
        dossier = scene.dossier(one.number) if one.number else None
        invitation = invite(scene, row, scene.person(one.email), role=one.role, dossier=dossier, by=by)
        heard += invitation.sent_at == scene.now
    return heard


def _against(scene: Scene, row: MeetingRow, one: Asked) -> Refusal | None:
    meeting, person = scene.workflow.meeting(row.name), scene.person(one.email)
    if one.role == APPLICANT:
        dossier = scene.dossier(one.number or "")
        wrong = row.dossier_id not in (None, dossier.id) or not was_open(scene.session, meeting, dossier)
        if wrong:
            return Refusal(
                "state", f'"{meeting.title}" ({row.name}) is not open to {dossier.number} ({dossier.state})',
                {"because": "meeting", "meeting": meeting.title},
            )  # fmt: skip
        if not is_contact(scene.session, the_id(dossier), the_id(person)):
            return Refusal("contact", f"{one.email} does not speak for {dossier.number}", {"email": one.email})
        return None
    known = (STAFF, EVERYONE, *scene.workflow.committees, *map(observer_of, scene.workflow.committees))
    has = scene.session.exec(
        select(RoleRow.id).where(
            col(RoleRow.round_id) == scene.round_id, col(RoleRow.person_id) == person.id,
            col(RoleRow.role) == one.role,
        )
    ).first()  # fmt: skip
    if one.role not in known or has is None:
        sentence = f'{one.email} has no part "{one.role}" in {scene.round.key}'
        return Refusal("role", sentence, {"because": "no part"})
    return None

"""Who takes part in a round, and who is somebody to a dossier?"""

from sqlmodel import col, select

from engine.cycle.scene import Scene
from engine.database.connection import insert_once
from engine.database.records import ContactRow, DossierRow, PersonRow, RoleRow
from engine.database.store import find_person, is_contact, roles_of, the_id, ties_of
from engine.errors import GrantcycleError, Unknown
from engine.faults import point
from engine.rules.roles import Standing
from engine.rules.workflow import EVERYONE, STAFF


def put_person(scene: Scene, *, email: str, name: str, language: str) -> PersonRow:
    """The person with that address, made if nobody has it yet; a known person keeps name and language.

    Raises Unknown for a language that the workflow is not written in.
    """
    if language not in scene.workflow.languages:
        raise Unknown("language of this programme", language, scene.workflow.languages)
    person = find_person(scene.session, email)
    if person is None:
        if any(sign in email for sign in ",;\r\n\t <>") or "@" not in email.strip("@"):
            raise GrantcycleError(f"{email!r} is not one address")
        row = {"email": email.strip().lower(), "name": name, "language": language}
        insert_once(scene.session, PersonRow, [row], "email")  # another round may have met the same person just now
        point("person made")
        person = find_person(scene.session, email)
        assert person is not None
    return person


def add_contact(scene: Scene, dossier: DossierRow, person: PersonRow) -> None:
    """Let a person speak for a dossier; once is enough."""
    if not is_contact(scene.session, the_id(dossier), the_id(person)):
        scene.session.add(ContactRow(dossier_id=the_id(dossier), person_id=the_id(person), since=scene.now))
        scene.session.flush()
        point("contact added")


def add_role(scene: Scene, *, email: str, name: str, language: str, role: str, chair: bool, by: str) -> None:
    """Give a person a part in the round: `staff`, `everyone`, a committee, or `COMMITTEE observer`.

    Raises Unknown for another role.
    """
    committees = scene.workflow.committees
    known = (STAFF, EVERYONE, *committees, *(f"{committee} observer" for committee in committees))
    if role not in known:
        raise Unknown("role", role, known)
    if chair and role not in committees:
        raise GrantcycleError(f'only a committee has a chair, and "{role}" is none')
    person = put_person(scene, email=email, name=name, language=language)
    row = scene.session.exec(
        select(RoleRow).where(
            col(RoleRow.round_id) == scene.round_id, col(RoleRow.person_id) == person.id, col(RoleRow.role) == role
        )
    ).first()
    if row is None:
        row = RoleRow(round_id=scene.round_id, person_id=the_id(person), role=role, chair=chair, since=scene.now)
        scene.note("role given", by, person=person.email, role=role, chair=chair or None)
    elif row.chair != chair:
        row.chair = chair
        scene.note("role given", by, person=person.email, role=role, chair=chair)
    scene.session.add(row)
    scene.session.flush()
    point("role given")


def standing_of(scene: Scene, person: PersonRow, dossier: DossierRow | None = None) -> Standing:
    """Who a person is in the round and, if one is given, to a dossier."""
    roles = roles_of(scene.session, scene.round_id, the_id(person))
    contact, conflict = ties_of(scene.session, the_id(dossier), the_id(person)) if dossier else (False, False)
    return Standing(
        roles=frozenset(row.role for row in roles),
        chairs=frozenset(row.role for row in roles if row.chair),
        contact=contact,
        conflict=conflict,
    )

"""Who takes part in a round, and who is somebody to a dossier?"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database import standings
from engine.database.access import factors, sessions
from engine.database.connection import insert_once
from engine.database.records import ContactRow, DossierRow, PersonRow, RoleRow
from engine.database.store import find_person, is_contact, the_id
from engine.database.subscriptions import subscribers
from engine.errors import GrantcycleError, Refusal, Unknown
from engine.faults import point
from engine.rules.divided import check_scope, committee_of, scopes_of
from engine.rules.organisations import key_of
from engine.rules.roles import Standing, may_act_as, must_be_staff, observer_of
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF

TellOfFactor = Callable[[Session, PersonRow], object]
"""writes to a person whose second factor is gone, in the same transaction"""


@dataclass(frozen=True, slots=True)
class PartGiven:
    """A part in a round for somebody: `staff`, `everyone`, a committee, or `COMMITTEE observer`.

    Of committees of which there is one for each strand or answer it is in that of `scope`, or (none) in every one.
    """

    email: str
    name: str
    language: str
    role: str
    chair: bool = False
    scope: str = ""


def put_person(scene: Scene, *, email: str, name: str, language: str) -> PersonRow:
    """The person with that address, made if nobody has it yet; a known person keeps language and name, if there is one.

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
    if name.strip() and not person.name:
        person.name = name.strip()
        scene.session.add(person)
        scene.session.flush()
    return person


def add_contact(scene: Scene, dossier: DossierRow, person: PersonRow) -> None:
    """Let a person speak for a dossier; once is enough."""
    if not is_contact(scene.session, the_id(dossier), the_id(person)):
        scene.session.add(ContactRow(dossier_id=the_id(dossier), person_id=the_id(person), since=scene.now))
        scene.session.flush()
        point("contact added")


def add_role(
    scene: Scene, *, email: str, name: str, language: str, role: str, chair: bool, by: str, scope: str = ""
) -> None:
    """Give a person a part in the round: `staff`, `everyone`, a committee, or `COMMITTEE observer`.

    `scope` is the strand or the answer for whose committee it is, where there is one for each; without it the person
    sits in every one. Raises Unknown for another role, strand or answer, and Refused for who sits in every one already
    or in one of them, so that it is never in doubt which dossiers somebody sees.
    """
    committees = scene.workflow.committees
    known = (STAFF, EVERYONE, *committees, *map(observer_of, committees))
    if role not in known:
        raise Unknown("role", role, known)
    if chair and role not in committees:
        raise GrantcycleError(f'only a committee has a chair, and "{role}" is none')
    per = check_scope(scene.workflow, role, scope)
    person = put_person(scene, email=email, name=name, language=language)
    rows = scene.session.exec(
        select(RoleRow).where(
            col(RoleRow.round_id) == scene.round_id, col(RoleRow.person_id) == person.id, col(RoleRow.role) == role
        )
    ).all()
    row = next((one for one in rows if one.scope == scope), None)
    if row is None:
        refuse([_sits_already(scene, person, one, scope) for one in rows if "" in (one.scope, scope)])
        row = RoleRow(
            round_id=scene.round_id, person_id=the_id(person), role=role, chair=chair, since=scene.now, per=per,
            scope=scope,
        )  # fmt: skip
        scene.note(
            "role given", by, person=person.email, role=role, chair=chair or None, per=per or None, scope=scope or None
        )
    elif row.chair != chair:
        row.chair = chair
        scene.note(
            "role given", by, person=person.email, role=role, chair=chair, per=per or None, scope=scope or None
        )
    scene.session.add(row)
    scene.session.flush()
    point("role given")


def _sits_already(scene: Scene, person: PersonRow, row: RoleRow, scope: str) -> Refusal:
    """That somebody who sits in every committee of a name would sit in one of them too, or the other way round."""
    committee = committee_of(scene.workflow, row.role)
    assert committee is not None
    titles = scopes_of(scene.workflow, row.role)
    has, wanted = (titles.get(one, one) or "all" for one in (row.scope, scope))
    sentence = (
        f'{person.email} has the part "{row.role}" for {has} already, and would have it for {wanted} too; '
        "take the one away first"
    )
    facts = {"because": "scope", "email": person.email, "committee": committee.title, "has": has, "wanted": wanted}
    return Refusal("role", sentence, facts)


def give(scene: Scene, part: PartGiven, *, by: str) -> None:
    """`add_role`, as it stands in a list; a language that the workflow is not written in becomes its own."""
    language = part.language if part.language in scene.workflow.languages else scene.workflow.language
    add_role(
        scene, email=part.email, name=part.name, language=language, role=part.role, chair=part.chair, by=by,
        scope=part.scope,
    )  # fmt: skip


def enter_subscribers(scene: Scene) -> None:
    """Whoever asked to be told of the programme is told of a round that opens, as one of `everyone`."""
    told = select(RoleRow.person_id).where(col(RoleRow.round_id) == scene.round_id, col(RoleRow.role) == EVERYONE)
    known = set(scene.session.exec(told).all())
    for person in subscribers(scene.session, scene.workflow.programme):
        if the_id(person) not in known:
            scene.session.add(
                RoleRow(round_id=scene.round_id, person_id=the_id(person), role=EVERYONE, since=scene.now)
            )
            scene.note("role given", person.email, person=person.email, role=EVERYONE)
    scene.session.flush()
    point("subscribers entered")


def remove_contact(scene: Scene, dossier: DossierRow, *, email: str, by: str) -> None:
    """End somebody's access to a dossier; a contact of it, or staff, says so. Somebody must speak for it still.

    Raises Refused for who is no contact of it, and for the last one.
    """
    standing = standing_of(scene, scene.person(by), dossier)
    contacts = scene.session.exec(
        select(ContactRow, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(ContactRow.person_id))
        .where(col(ContactRow.dossier_id) == dossier.id)
    ).all()
    gone = [(row, person) for row, person in contacts if person.email == email.strip().lower()]
    refuse([
        None if standing.contact else must_be_staff(standing),
        None if gone else Refusal("contact", f"{email} does not speak for {dossier.number}", {"email": email}),
        Refusal(
            "contact", f"somebody must speak for {dossier.number}, and {email} is the last who does",
            {"because": "last", "email": email},
        )
        if gone and len(contacts) == 1 else None,
    ])  # fmt: skip
    for row, person in gone:
        scene.session.delete(row)
        scene.session.flush()
        point("contact removed")
        scene.note("contact removed", by, dossier=dossier, contact=person.email)


def introduce(scene: Scene, dossier: DossierRow, *, organisation: str | None, name: str | None, by: str) -> None:
    """A contact says on whose behalf a draft is written, and what she herself is called; None leaves it as it is.

    The organisation stands once the dossier is handed in. Raises Refused for who is no contact of the dossier.
    """
    person = scene.person(by)
    wanted = None if organisation is None else " ".join(organisation.split())
    changed = wanted is not None and wanted != dossier.organisation
    handed_in = dossier.state != scene.workflow.begins_in
    refuse([
        may_act_as(APPLICANT, standing_of(scene, person, dossier), scene.workflow),
        Refusal(
            "state", f'the dossier is "{dossier.state}": what was handed in is not changed any more',
            {"because": "handed in", "state": scene.workflow.states[dossier.state].title},
        )
        if changed and handed_in else None,
    ])  # fmt: skip
    called = " ".join(name.split()) if name is not None else ""
    renamed = bool(called) and called != person.name
    if changed and wanted is not None:
        dossier.organisation, dossier.organisation_key = wanted, key_of(wanted)
        scene.session.add(dossier)
    if renamed:
        person.name = called
        scene.session.add(person)
    if changed or renamed:
        scene.session.flush()
        point("introduced")
        scene.note(
            "introduced", by, dossier=dossier, organisation=wanted if changed else None,
            name=called if renamed else None,
        )  # fmt: skip


def remove_role(scene: Scene, *, email: str, role: str, by: str, scope: str = "") -> None:
    """Staff take a part in the round away from somebody; anybody ends being told (`everyone`) for themselves.

    Of a part for one strand or answer `scope` says which. What a member recorded stays. Raises Refused for a part that
    nobody has so, and for the last of the staff.
    """
    actor, person = scene.person(by), scene.person(email)
    rows = scene.session.exec(
        select(RoleRow).where(col(RoleRow.round_id) == scene.round_id, col(RoleRow.role) == role)
    ).all()
    gone = [row for row in rows if (row.person_id, row.scope) == (person.id, scope)]
    for_oneself = role == EVERYONE and actor.id == person.id
    refuse([
        None if for_oneself else must_be_staff(standing_of(scene, actor)),
        None if gone else
        Refusal("role", f'{person.email} has no part "{role}" in {scene.round.key}', {"because": "none to take"}),
        Refusal("last", f"somebody must run {scene.round.key}, and {person.email} is the last who does")
        if role == STAFF and gone and len(rows) == 1 else None,
    ])  # fmt: skip
    for row in gone:
        scene.session.delete(row)
        scene.session.flush()
        point("role taken")
        scene.note("role taken", by, person=person.email, role=role, scope=scope or None)


def forget_factor(scene: Scene, *, email: str, by: str, tell: TellOfFactor) -> int:
    """Staff take somebody's second factor away, because telephone and codes are lost; gives in how many browsers that
    person is signed out by it.

    Only of somebody with a part in the round, and never one's own: who has lost it cannot come here. Raises Refused.
    """
    actor, person = scene.person(by), scene.person(email)
    roles = standing_of(scene, person).roles - {EVERYONE}
    factor = factors.of_person(scene.session, the_id(person))
    refuse([
        must_be_staff(standing_of(scene, actor)),
        None if roles else
        Refusal("role", f"{person.email} has no part in {scene.round.key}", {"because": "no part"}),
        None if factor else Refusal("factor", f"{person.email} has no second factor", {"email": person.email}),
        Refusal("own", "nobody takes their own second factor away here; set up a new one on your account's page")
        if actor.id == person.id else None,
    ])  # fmt: skip
    factors.remove(scene.session, the_id(person), scene.now)
    point("factor removed")
    count = sessions.end_all(scene.session, the_id(person), "second factor removed", scene.now)
    point("sessions ended")
    tell(scene.session, person)
    scene.note("second factor removed", by, person=person.email)
    return count


def standing_of(scene: Scene, person: PersonRow, dossier: DossierRow | None = None) -> Standing:
    """Who a person is in the round and, if one is given, to a dossier."""
    return standings.standing_of(scene.session, scene.round_id, the_id(person), the_id(dossier) if dossier else None)

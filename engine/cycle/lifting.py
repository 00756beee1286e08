"""What do staff say of an applicant across rounds: that a rule is not held against a dossier, that two names are one?

A rule about other dossiers is lifted for one dossier and one guard, with a reason, and may be put back.
"""

from sqlmodel import col, select

from engine.cycle.late_moves import late_moves
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.across import lock_programme, names_of
from engine.database.records import DossierRow, LiftRow, PersonRow, SameOrganisationRow
from engine.database.store import the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.applying import ACROSS
from engine.rules.organisations import key_of
from engine.rules.roles import must_be_staff
from engine.rules.workflow import Workflow

LONGEST = 2_000
"""characters of a reason"""


def guards_across(workflow: Workflow) -> frozenset[str]:
    """The guards about other dossiers of the applicant that the rules use."""
    of_moves = (guard for move in workflow.transitions.values() for guard in move.guards)
    of_reminders = (guard for reminder in workflow.reminders.values() for guard in reminder.guards)
    return frozenset(guard.word for guard in (*of_moves, *of_reminders) if guard.word in ACROSS)


def lift(scene: Scene, dossier: DossierRow, guard: str, *, reason: str, by: str) -> None:
    """Staff let a dossier pass a guard about the applicant's other dossiers; what it kept back goes on at once.

    Raises Refused for who is not on the staff, without a reason, and for a guard that the rules do not use or that is
    lifted already.
    """
    person, reason = scene.person(by), reason.strip()
    refuse([
        *_may(scene, dossier, person),
        _known(scene, guard),
        None if reason else Refusal("reason", "say why the rule is not held against this dossier"),
        Refusal("reason", f"a reason has {LONGEST} characters at most", {"because": "long", "most": LONGEST})
        if len(reason) > LONGEST else None,
        Refusal("lift", f'"{guard}" is lifted for {dossier.number} already', {"because": "already"})
        if _standing(scene, dossier, guard) else None,
    ])  # fmt: skip
    scene.session.add(
        LiftRow(
            dossier_id=the_id(dossier), guard=guard, reason=reason, lifted_at=scene.now, lifted_by=the_id(person)
        )
    )
    scene.session.flush()
    point("guard lifted")
    scene.note("guard lifted", by, dossier=dossier, guard=guard, reason=reason)
    late_moves(scene, dossier)


def put_back(scene: Scene, dossier: DossierRow, guard: str, *, by: str) -> None:
    """Staff hold a guard against a dossier again; what it has passed meanwhile stands. Raises Refused."""
    person, row = scene.person(by), _standing(scene, dossier, guard)
    refuse([
        *_may(scene, dossier, person),
        None if row else Refusal("lift", f'"{guard}" is not lifted for {dossier.number}', {"because": "none"}),
    ])  # fmt: skip
    assert row is not None
    row.ended_at = scene.now
    scene.session.add(row)
    scene.session.flush()
    point("guard put back")
    scene.note("guard put back", by, dossier=dossier, guard=guard)


def join_names(scene: Scene, name: str, other: str, *, by: str) -> None:
    """Staff say that two names are those of one organisation, in every round of the programme.

    Whatever else is known to be the one is the other too. Raises Refused for who is not on the staff, for a name
    without letters, and for two that are the same already.
    """
    person, programme = scene.person(by), scene.workflow.programme
    lock_programme(scene.session, programme)
    key, same_as = key_of(name), key_of(other)
    known = names_of(scene.session, programme, same_as)
    refuse([
        must_be_staff(standing_of(scene, person)),
        None if key and same_as else Refusal("names", "a name has letters or digits", {"because": "blank"}),
        Refusal("names", f'"{name}" and "{other}" are the same organisation already', {"because": "already"})
        if key and key in known else None,
    ])  # fmt: skip
    label = next((row.same_as for row in _rows(scene, known)), same_as)
    for one in sorted(known | names_of(scene.session, programme, key)):
        _say(scene, one, label, person)
    late_moves(scene, *_dossiers_of(scene, names_of(scene.session, programme, key)))


def part_name(scene: Scene, name: str, *, by: str) -> None:
    """Staff say that a name is not that of the organisation with the other names after all. Raises Refused."""
    person, programme = scene.person(by), scene.workflow.programme
    lock_programme(scene.session, programme)
    key = key_of(name)
    known = names_of(scene.session, programme, key)
    refuse([
        must_be_staff(standing_of(scene, person)),
        None if len(known) > 1
        else Refusal("names", f'"{name}" is not joined to another name', {"because": "alone"}),
    ])  # fmt: skip
    left = [row for row in _rows(scene, known) if row.key != key]
    for row in _rows(scene, frozenset({key})):
        _end(scene, row, person)
    if len(left) == 1:
        _end(scene, left[0], person)
    for row in left if left[0].same_as == key and len(left) > 1 else ():
        _say(scene, row.key, left[0].key, person)
    late_moves(scene, *_dossiers_of(scene, known))


def _may(scene: Scene, dossier: DossierRow, person: PersonRow) -> list[Refusal | None]:
    standing = standing_of(scene, person, dossier)
    return [
        must_be_staff(standing),
        Refusal("conflict", "you have declared a conflict with this dossier") if standing.conflict else None,
    ]


def _known(scene: Scene, guard: str) -> Refusal | None:
    if guard in guards_across(scene.workflow):
        return None
    return Refusal("lift", f'the rules have no "{guard}" that could be lifted', {"because": "unknown"})


def _standing(scene: Scene, dossier: DossierRow, guard: str) -> LiftRow | None:
    return scene.session.exec(
        select(LiftRow).where(
            col(LiftRow.dossier_id) == dossier.id, col(LiftRow.guard) == guard, col(LiftRow.ended_at).is_(None)
        )
    ).first()


def _rows(scene: Scene, keys: frozenset[str]) -> list[SameOrganisationRow]:
    row = SameOrganisationRow
    found = scene.session.exec(
        select(row)
        .where(
            col(row.programme) == scene.workflow.programme, col(row.key).in_(keys), col(row.ended_at).is_(None)
        )
        .order_by(col(row.key))
    ).all()  # fmt: skip
    return list(found)


def _say(scene: Scene, key: str, same_as: str, person: PersonRow) -> None:
    for earlier in _rows(scene, frozenset({key})):
        if earlier.same_as == same_as:
            return
        _end(scene, earlier, person)
    scene.session.add(
        SameOrganisationRow(
            programme=scene.workflow.programme, key=key, same_as=same_as, round_id=scene.round_id,
            said_at=scene.now, said_by=the_id(person),
        )
    )  # fmt: skip
    scene.session.flush()
    point("names joined")
    scene.note("names joined", person.email, key=key, same_as=same_as)


def _end(scene: Scene, row: SameOrganisationRow, person: PersonRow) -> None:
    row.ended_at = scene.now
    scene.session.add(row)
    scene.session.flush()
    point("names parted")
    scene.note("names parted", person.email, key=row.key, same_as=row.same_as)


def _dossiers_of(scene: Scene, keys: frozenset[str]) -> list[DossierRow]:
    """The dossiers of the round whose organisation has one of the names."""
    wanted = select(DossierRow).where(
        col(DossierRow.round_id) == scene.round_id, col(DossierRow.organisation_key).in_(keys)
    )
    return list(scene.session.exec(wanted.order_by(col(DossierRow.id))).all())

"""Which member of a committee is asked first about a dossier, and who says so?

Whoever is assigned is asked first; what the workflow lets the others read they read all the same.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import insert, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.records import AssignmentRow, ConflictRow, ContactRow, DossierRow, PersonRow, RoleRow
from engine.database.sitting import sits_for
from engine.database.store import the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.assessing import UNDECLARED, assessment_in
from engine.rules.roles import judging_committee, must_be_staff

Pair = tuple[str, str]
"""a dossier's number, and the address of a member"""
AT_ONCE = 5_000
"""rows that one question names"""
T = TypeVar("T")


def assign(scene: Scene, committee: str, *, add: Sequence[Pair], remove: Sequence[Pair], by: str) -> int:
    """Ask members first about dossiers (`add`), and others no more (`remove`); gives how many changed anything.

    Raises Unknown for a committee, a dossier or a person that is not there; Refused, naming each pair, for who has a
    conflict, speaks for the dossier or is no member, and for a dossier that the committee does not decide on now.
    """
    if committee not in scene.workflow.committees:
        raise Unknown("committee", committee, scene.workflow.committees)
    actor = scene.person(by)
    dossiers = _dossiers(scene, {number for number, _ in (*add, *remove)})
    people = _people(scene, {email for _, email in (*add, *remove)})
    wanted = [(dossiers[number], people[_address(email)]) for number, email in dict.fromkeys(add)]
    refuse([
        must_be_staff(standing_of(scene, actor)),
        *_against(scene, committee, wanted),
    ])  # fmt: skip
    within = {the_id(one): _assessment_of(scene, one) for one in dossiers.values()}
    standing = _standing(scene, committee, within)
    gone = [
        (dossiers[number], people[_address(email)])
        for number, email in dict.fromkeys(remove)
        if (the_id(dossiers[number]), the_id(people[_address(email)])) in standing
    ]
    fresh = [one for one in dict.fromkeys((the_id(d), the_id(p)) for d, p in wanted) if one not in standing]
    named = {(the_id(dossier), the_id(person)): (dossier, person) for dossier, person in wanted}
    for rows in _parts(gone):
        _end(scene, [standing[the_id(dossier), the_id(person)] for dossier, person in rows], the_id(actor))
    for dossier, person in gone:
        scene.note(
            "unassigned", by, dossier=dossier, committee=committee, person=person.email,
            assessment=within[the_id(dossier)] or None,
        )  # fmt: skip
    if fresh:
        scene.session.connection().execute(
            insert(AssignmentRow),
            [
                {"dossier_id": dossier_id, "committee": committee, "person_id": person_id, "since": scene.now,
                 "assigned_by": actor.id, "assessment": within[dossier_id]}
                for dossier_id, person_id in fresh
            ],
        )  # fmt: skip
        point("assignments written")
    for one in fresh:
        dossier, person = named[one]
        scene.note(
            "assigned", by, dossier=dossier, committee=committee, person=person.email,
            assessment=within[the_id(dossier)] or None,
        )  # fmt: skip
    return len(gone) + len(fresh)


def end_assignments(
    scene: Scene, person: PersonRow | None, *, by: str, dossier: DossierRow | None = None, committee: str | None = None
) -> None:
    """Ask a member no more about a dossier that she steps back from, or about those of a committee that she leaves or
    that lie before another one of that name now."""
    rows = scene.session.exec(
        select(AssignmentRow, DossierRow, PersonRow.email)
        .join(DossierRow, col(DossierRow.id) == col(AssignmentRow.dossier_id))
        .join(PersonRow, col(PersonRow.id) == col(AssignmentRow.person_id))
        .where(
            *([col(AssignmentRow.person_id) == person.id] if person else []),
            col(AssignmentRow.ended_at).is_(None), scene.in_round,
            *([col(AssignmentRow.dossier_id) == dossier.id] if dossier else []),
            *([col(AssignmentRow.committee) == committee, ~_sits(col(AssignmentRow.person_id), committee)]
              if committee else []),
        )
        .order_by(col(DossierRow.number))
    ).all()  # fmt: skip
    if not rows:
        return
    _end(scene, [the_id(row) for row, _, _ in rows], the_id(scene.person(by)))
    for row, its, email in rows:
        scene.note(
            "unassigned", by, dossier=its, committee=row.committee, person=email,
            assessment=row.assessment or None,
        )  # fmt: skip


def _sits(person_id: Any, committee: str) -> sa.ColumnElement[bool]:
    """Whether somebody sits in the committee of that name before which a dossier lies."""
    part = aliased(RoleRow)
    return sa.exists().where(
        col(part.round_id) == col(DossierRow.round_id), col(part.person_id) == person_id, col(part.role) == committee,
        sits_for(part),
    )  # fmt: skip


def _end(scene: Scene, ids: Collection[int], actor_id: int) -> None:
    scene.session.connection().execute(
        update(AssignmentRow).where(col(AssignmentRow.id).in_(ids)).values(ended_at=scene.now, ended_by=actor_id)
    )
    point("assignments ended")


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


def _address(email: str) -> str:
    return email.strip().lower()


def _dossiers(scene: Scene, numbers: Collection[str]) -> dict[str, DossierRow]:
    found = {
        row.number: row
        for some in _parts(sorted(numbers))
        for row in scene.session.exec(select(DossierRow).where(scene.in_round, col(DossierRow.number).in_(some))).all()
    }
    if missing := sorted(set(numbers) - found.keys()):
        raise Unknown(f"dossier in {scene.round.key}", missing[0], found)
    return found


def _people(scene: Scene, emails: Collection[str]) -> Mapping[str, PersonRow]:
    addresses = {_address(email) for email in emails}
    rows = scene.session.exec(select(PersonRow).where(col(PersonRow.email).in_(addresses))).all()
    found = {row.email: row for row in rows}
    if missing := sorted(addresses - found.keys()):
        raise Unknown("person", missing[0], found)
    return found


def _assessment_of(scene: Scene, dossier: DossierRow) -> str:
    """The name of the assessment in which a dossier is read now."""
    found = assessment_in(scene.workflow, dossier.state)
    return found.name if found else UNDECLARED


def _standing(scene: Scene, committee: str, within: Mapping[int, str]) -> dict[tuple[int, int], int]:
    """(dossier, person) -> the id of the row, of every assignment that stands on these dossiers `within` these."""
    return {
        (row.dossier_id, row.person_id): the_id(row)
        for some in _parts([*within])
        for row in scene.session.exec(
            select(AssignmentRow).where(
                col(AssignmentRow.dossier_id).in_(some), col(AssignmentRow.committee) == committee,
                col(AssignmentRow.ended_at).is_(None),
            )
        ).all()
        if row.assessment == within[row.dossier_id]
    }  # fmt: skip


def _against(
    scene: Scene, committee: str, wanted: Sequence[tuple[DossierRow, PersonRow]]
) -> Iterator[Refusal]:
    """Why members may not be asked about dossiers: each is named, so that what is wrong can be put right."""
    ids = sorted({the_id(dossier) for dossier, _ in wanted})
    members = _members(scene, committee, ids)
    conflicts, contacts = _ties(scene, ConflictRow, ids), _ties(scene, ContactRow, ids)
    for dossier, person in wanted:
        pair, called = (the_id(dossier), the_id(person)), person.name or person.email
        if pair not in members:
            sentence = f"{called} is no member of the committee"
            yield Refusal("assign", sentence, {"because": "member", "member": called})
        elif pair in conflicts:
            sentence = f"{called} has a conflict with {dossier.number}"
            yield Refusal("assign", sentence, {"because": "conflict", "member": called, "number": dossier.number})
        elif pair in contacts:
            sentence = f"{called} speaks for {dossier.number}"
            yield Refusal("assign", sentence, {"because": "contact", "member": called, "number": dossier.number})
        if judging_committee(scene.workflow, dossier.state) != committee:
            sentence = f"the committee does not judge {dossier.number} now"
            yield Refusal("assign", sentence, {"because": "state", "number": dossier.number})


def _members(scene: Scene, committee: str, ids: Sequence[int]) -> set[tuple[int, int]]:
    """(dossier, person) of those who sit in the committee of that name before which each lies."""
    return {
        (dossier_id or 0, person_id)
        for some in _parts(ids)
        for dossier_id, person_id in scene.session.exec(
            select(DossierRow.id, RoleRow.person_id)
            .join(RoleRow, col(RoleRow.round_id) == col(DossierRow.round_id))
            .where(col(DossierRow.id).in_(some), col(RoleRow.role) == committee, sits_for())
        ).all()
    }


def _ties(scene: Scene, row: type[ConflictRow] | type[ContactRow], ids: Sequence[int]) -> set[tuple[int, int]]:
    return {
        (dossier_id, person_id)
        for some in _parts(ids)
        for dossier_id, person_id in scene.session.exec(
            select(row.dossier_id, row.person_id).where(col(row.dossier_id).in_(some))
        ).all()
    }

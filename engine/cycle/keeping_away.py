"""Whom does an applicant have kept away from a dossier, and which earlier dossier does it follow?

Members of a committee who are named by their address step back at once, before anybody reads: their names on the list
are staff's to know, and they are told nothing of it (docs/decisions/0030).
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from engine.cycle.assigning import end_assignments
from engine.cycle.scene import Scene
from engine.database.across import question_of_dossier
from engine.database.records import (
    AnswerRow,
    ClearanceRow,
    ConflictRow,
    ContactRow,
    DossierRow,
    PersonRow,
    RoleRow,
    RoundRow,
)
from engine.database.store import free_members, has_conflict, roles_of, the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.forms import people_of

REASON = "kept away by the applicant"


def wrong_dossier(scene: Scene, dossier: DossierRow, answers: Mapping[str, Any]) -> Refusal | None:
    """Why the earlier dossier that is named may not be, or None: somebody speaks for both, and it was handed in."""
    question = question_of_dossier(scene.workflow)
    named = answers.get(question or "")
    if not isinstance(named, str) or not named.strip():
        return None
    round_key, _, number = named.rpartition("/")
    mine = select(ContactRow.person_id).where(col(ContactRow.dossier_id) == dossier.id)
    found = scene.session.exec(
        select(DossierRow.id)
        .join(RoundRow, col(RoundRow.id) == col(DossierRow.round_id))
        .join(ContactRow, col(ContactRow.dossier_id) == col(DossierRow.id))
        .where(
            col(RoundRow.key) == round_key, col(RoundRow.programme) == scene.workflow.programme,
            col(DossierRow.number) == number, col(DossierRow.id) != dossier.id,
            col(DossierRow.received_at).is_not(None), col(ContactRow.person_id).in_(mine),
        )
    ).first()  # fmt: skip
    if found is not None:
        return None
    sentence = f'nobody who speaks for {dossier.number} has handed in "{named}"'
    return Refusal("answer", sentence, {"because": "not theirs"})


def keep_away(scene: Scene, dossier: DossierRow, *, by: str) -> None:
    """Close a dossier that was handed in to the members of committees whom it names by their address.

    Never so many that a committee could not decide: below its quorum staff must say who steps back.
    """
    for address in _named(scene, dossier):
        _step_back(scene, dossier, address, by)


def keep_member_away(scene: Scene, person: PersonRow, *, by: str) -> None:
    """Close to a new member of a committee the dossiers of the round that name their address."""
    question = _question(scene)
    if question is None:
        return
    mentions = (
        select(AnswerRow.dossier_id)
        .join(DossierRow, col(DossierRow.id) == col(AnswerRow.dossier_id))
        .where(
            col(DossierRow.round_id) == scene.round_id, col(AnswerRow.question) == question,
            col(DossierRow.received_at).is_not(None),
        )
    )  # fmt: skip
    for dossier_id in sorted(set(scene.session.exec(mentions).all())):
        dossier = scene.session.get_one(DossierRow, dossier_id)
        if person.email in _named(scene, dossier):
            _step_back(scene, dossier, person.email, by)


def _question(scene: Scene) -> str | None:
    return next((one.name for one in scene.workflow.questions.values() if one.kind == "conflicts"), None)


def _named(scene: Scene, dossier: DossierRow) -> tuple[str, ...]:
    """The addresses in the newest list of a dossier, in small letters."""
    question = _question(scene)
    if question is None:
        return ()
    value = scene.session.exec(
        select(AnswerRow.value)
        .where(col(AnswerRow.dossier_id) == dossier.id, col(AnswerRow.question) == question)
        .order_by(col(AnswerRow.version).desc())
        .limit(1)
    ).first()
    return addresses_in(value) if isinstance(value, str) else ()


def addresses_in(value: str) -> tuple[str, ...]:
    """The e-mail addresses among the people that an answer names, in small letters, each once."""
    words = (word.strip("<>()[],;:.").lower() for line in people_of(value) for word in line.split())
    return tuple(dict.fromkeys(word for word in words if "@" in word.strip("@")))


def _step_back(scene: Scene, dossier: DossierRow, address: str, by: str) -> None:
    session = scene.session
    rows = session.exec(
        select(PersonRow, RoleRow.role)
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(
            col(PersonRow.email) == address, col(RoleRow.round_id) == scene.round_id,
            col(RoleRow.role).in_(list(scene.workflow.committees)),
        )
    ).all()  # fmt: skip
    if not rows:
        return
    person = rows[0][0]
    committees = [role for _, role in rows]
    its = {row.role for row in roles_of(session, scene.round_id, the_id(person), the_id(dossier))}
    can_spare = all(_can_spare(scene, dossier, committee) for committee in committees if committee in its)
    if not can_spare or has_conflict(session, the_id(dossier), the_id(person)):
        return
    session.add(
        ConflictRow(
            dossier_id=the_id(dossier), person_id=the_id(person), reason=REASON, declared_at=scene.now, kept_away=True
        )
    )
    clearance = session.exec(
        select(ClearanceRow).where(
            col(ClearanceRow.dossier_id) == dossier.id, col(ClearanceRow.person_id) == person.id
        )
    ).first()
    if clearance:
        clearance.ended_at = scene.now
        session.add(clearance)
    session.flush()
    point("kept away")
    scene.note("conflict declared", by, dossier=dossier, reason=REASON, of=person.email)
    end_assignments(scene, person, by=by, dossier=dossier)


def _can_spare(scene: Scene, dossier: DossierRow, committee: str) -> bool:
    quorum = scene.workflow.committees[committee].quorum or 1
    return free_members(scene.session, scene.round_id, committee, the_id(dossier)) > quorum

"""Who may be asked to a meeting, and who has been asked already?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.coming import whose
from engine.database.pages.committee import without_conflict_of
from engine.database.records import (
    ContactRow,
    DossierRow,
    InvitationRow,
    MeetingRow,
    ObligationRow,
    PersonRow,
    RoleRow,
)
from engine.database.sitting import sits_at
from engine.rules.roles import observer_of
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF, Workflow


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody who may be asked to a meeting, as one `role`, for a dossier or for none."""

    person_id: int
    name: str
    email: str
    language: str
    role: str
    dossier_id: int | None = None
    number: str = ""
    organisation: str = ""
    is_asked: bool = False
    """whether an invitation stands"""

    @property
    def called(self) -> str:
        return self.name or self.email


def groups_of(workflow: Workflow, meeting: MeetingRow) -> tuple[str, ...]:
    """The roles as which people may be asked to a meeting, in the order in which they are offered.

    A meeting of a committee is for it and for staff; one that is booked for one dossier is between its people and the
    staff; slots are given by who plans the day. Everybody else signs up for what is open to everyone.
    """
    declared = workflow.meeting(meeting.name)
    committees = tuple(role for name in workflow.committees for role in (name, observer_of(name)))
    if declared.committee:
        return (declared.committee, observer_of(declared.committee), STAFF)
    if meeting.dossier_id is not None:
        return (APPLICANT, STAFF)
    if declared.slots is not None:
        return (*committees, STAFF)
    return (APPLICANT, *committees, STAFF)


def admitted(
    session: Session, workflow: Workflow, meeting: MeetingRow, roles: Sequence[str], *, looker: int
) -> Sequence[Admitted]:
    """Those of some roles who may be asked, applicants first, then by name; nobody of a dossier that the `looker` (a
    person) has a conflict with. Three questions, however many they are."""
    found: list[Admitted] = []
    asked = _asked(session, meeting)
    if APPLICANT in roles:
        contacts = session.connection().execute(_contacts(workflow, meeting, looker)).all()
        found += [replace(Admitted(*row), is_asked=(row.person_id, row.dossier_id) in asked) for row in contacts]
    others = [role for role in roles if role != APPLICANT]
    if others:
        rows: Sequence[Any] = session.connection().execute(
            sa.select(
                col(PersonRow.id).label("person_id"), col(PersonRow.name), col(PersonRow.email),
                col(PersonRow.language), col(RoleRow.role),
            )
            .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
            .where(
                col(RoleRow.round_id) == meeting.round_id, col(RoleRow.role).in_(others),
                sits_at(workflow.meeting(meeting.name)),
            )
            .distinct()
            .order_by(col(PersonRow.name), col(PersonRow.email))
        ).all()  # fmt: skip
        # somebody with two parts is asked once, as the first of them
        first = {row.person_id: row for role in reversed(others) for row in rows if row.role == role}
        found += [
            replace(Admitted(*row), is_asked=(row.person_id, None) in asked)
            for row in rows
            if first[row.person_id].role == row.role
        ]
    return found


def _asked(session: Session, meeting: MeetingRow) -> set[tuple[int, int | None]]:
    rows = session.connection().execute(
        sa.select(col(InvitationRow.person_id), col(InvitationRow.dossier_id)).where(
            col(InvitationRow.meeting_id) == meeting.id, col(InvitationRow.cancelled_at).is_(None)
        )
    )
    return {(person, dossier) for person, dossier in rows}


def _contacts(workflow: Workflow, meeting: MeetingRow, looker: int) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            col(PersonRow.id).label("person_id"), col(PersonRow.name), col(PersonRow.email), col(PersonRow.language),
            sa.literal(APPLICANT).label("role"), col(DossierRow.id).label("dossier_id"), col(DossierRow.number),
            col(DossierRow.organisation),
        )
        .join(ContactRow, col(ContactRow.person_id) == col(PersonRow.id))
        .join(DossierRow, col(DossierRow.id) == col(ContactRow.dossier_id))
        .where(*_of_meeting(workflow, meeting), without_conflict_of(looker))
        .order_by(col(DossierRow.number), col(PersonRow.name), col(PersonRow.email))
    )  # fmt: skip


def speaking(workflow: Workflow, meeting: MeetingRow) -> sa.Select[*tuple[Any, ...]]:
    """(person, dossier) of all who speak for the dossiers that a meeting is open to, or that owe it."""
    return (
        sa.select(col(ContactRow.person_id), col(ContactRow.dossier_id))
        .join(DossierRow, col(DossierRow.id) == col(ContactRow.dossier_id))
        .where(*_of_meeting(workflow, meeting))
    )


def _of_meeting(workflow: Workflow, meeting: MeetingRow) -> tuple[sa.ColumnElement[bool], ...]:
    declared = workflow.meeting(meeting.name)
    if meeting.dossier_id is not None:
        return (col(DossierRow.id) == meeting.dossier_id,)
    owing = [one.name for one in workflow.obligations.values() if one.attend == declared.declared]
    owes = sa.exists().where(
        col(ObligationRow.dossier_id) == col(DossierRow.id), col(ObligationRow.name).in_(owing),
        col(ObligationRow.fulfilled_at).is_(None), col(ObligationRow.excused_at).is_(None),
        col(DossierRow.state).not_in(workflow.ends_in),
    )  # fmt: skip
    states = () if declared.open_to == EVERYONE else declared.open_to
    return (
        col(DossierRow.round_id) == meeting.round_id, sa.or_(col(DossierRow.state).in_(states), owes), whose(declared),
    )  # fmt: skip

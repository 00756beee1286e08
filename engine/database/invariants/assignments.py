"""Is each member asked first about the dossiers that somebody assigned to her, and about no other?"""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import col

from engine.database.invariants.asking import FEW, Invariant, View, asks, both_ways
from engine.database.invariants.moves import RESTORE
from engine.database.records import AssignmentRow, DossierRow, PersonRow, RoleRow
from engine.database.sitting import sits_for

_HERE = (
    "FROM assignment a JOIN dossier d ON d.id = a.dossier_id JOIN person p ON p.id = a.person_id "
    "WHERE d.round_id = :round"
)
_OF = "SELECT a.dossier_id, a.committee, a.assessment, p.email"
_JOURNALED = (
    "SELECT dossier_id, details ->> 'committee' AS committee, COALESCE(details ->> 'assessment', '') AS assessment, "
    "details ->> 'person' AS email, recorded_at AS at, actor "
    "FROM journal WHERE round_id = :round AND what = "
)
_BY = "(SELECT b.email FROM person b WHERE b.id = a.{}) AS actor"



def _sits(view: View) -> Iterator[str]:
    """Who is asked first sits in the committee before which the dossier lies: its strand's, or its answer's."""
    if not view.may_answer(_HERE):
        return
    seat = sa.exists().where(
        col(RoleRow.round_id) == col(DossierRow.round_id), col(RoleRow.person_id) == col(AssignmentRow.person_id),
        col(RoleRow.role) == col(AssignmentRow.committee), sits_for(),
    )  # fmt: skip
    found = view.session.connection().execute(
        sa.select(col(DossierRow.number), col(PersonRow.email))
        .join(AssignmentRow, col(AssignmentRow.dossier_id) == col(DossierRow.id))
        .join(PersonRow, col(PersonRow.id) == col(AssignmentRow.person_id))
        .where(col(DossierRow.round_id) == view.round.id, col(AssignmentRow.ended_at).is_(None), ~seat)
        .order_by(col(DossierRow.number), col(PersonRow.email))
        .limit(FEW + 1)
    )
    for number, email in found:
        yield f"{number}: {email} is asked about it first, and does not sit in that committee"


ASSIGNMENTS = (
    Invariant(
        "assignments",
        "Whoever is asked first about a dossier was assigned to it, and is so until somebody ended it.",
        f"A member waits for what nobody asked of her, or nobody reads a dossier. {RESTORE}",
        (
            *both_ways(
                f"{_OF}, a.since AS at, {_BY.format('assigned_by')} {_HERE}",
                f"{_JOURNALED} 'assigned'",
                "dossier_id, committee, assessment, email, at, actor",
                "dossier {dossier_id}: {email} is assigned to it, and the journal does not know it",
                "dossier {dossier_id}: {email} was assigned to it, and is not",
            ),
            *both_ways(
                f"{_OF}, a.ended_at AS at, {_BY.format('ended_by')} {_HERE} "
                "AND COALESCE(a.ended_at, a.ended_by) IS NOT NULL",
                f"{_JOURNALED} 'unassigned'",
                "dossier_id, committee, assessment, email, at, actor",
                "dossier {dossier_id}: {email} is asked no more, and the journal does not know it",
                "dossier {dossier_id}: {email} was asked no more, and still is",
            ),
            asks(
                "SELECT d.number, p.email FROM assignment a JOIN dossier d ON d.id = a.dossier_id "
                "JOIN person p ON p.id = a.person_id JOIN conflict c ON c.dossier_id = a.dossier_id "
                "AND c.person_id = a.person_id WHERE d.round_id = :round AND a.ended_at IS NULL",
                "{number}: {email} is asked about it first, and has a conflict with it",
            ),
            _sits,
        ),
    ),
)

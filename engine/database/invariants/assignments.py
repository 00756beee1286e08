"""Is each member asked first about the dossiers that somebody assigned to her, and about no other?"""

from engine.database.invariants.asking import Invariant, asks, both_ways
from engine.database.invariants.moves import RESTORE

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
            asks(
                "SELECT d.number, p.email FROM assignment a JOIN dossier d ON d.id = a.dossier_id "
                "JOIN person p ON p.id = a.person_id WHERE d.round_id = :round AND a.ended_at IS NULL "
                "AND NOT EXISTS (SELECT 1 FROM role o WHERE o.round_id = d.round_id AND o.person_id = a.person_id "
                "AND o.role = a.committee AND (o.per <> 'strand' OR o.scope = d.strand))",
                "{number}: {email} is asked about it first, and does not sit in that committee",
            ),
        ),
    ),
)

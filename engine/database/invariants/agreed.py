"""Is the score that a committee is said to have agreed on the one that it agreed on?"""

from collections.abc import Iterator

from engine.database.invariants.asking import Invariant, Parameters, View, asks
from engine.database.invariants.moves import RESTORE

_JOURNALED = (
    "SELECT 1 FROM journal j WHERE j.dossier_id = a.dossier_id AND j.what = 'score agreed' AND j.actor = p.email "
    "AND j.recorded_at = a.agreed_at AND j.details ->> 'assessment' = a.assessment "
    "AND CAST(j.details -> 'marks' ->> a.criterion AS DOUBLE PRECISION) = a.mark "
    "AND COALESCE(j.details ->> 'scope', '') = a.scope"
)
_KEPT = (
    "SELECT 1 FROM agreed a JOIN person p ON p.id = a.agreed_by WHERE a.dossier_id = j.dossier_id "
    "AND a.agreed_at = j.recorded_at AND p.email = j.actor AND a.assessment = j.details ->> 'assessment'"
)


def _scales(view: View) -> Iterator[Parameters]:
    for criterion in view.workflow.criteria.values():
        yield {"criterion": criterion.name, "low": min(criterion.scale), "high": max(criterion.scale)}


AGREED = (
    Invariant(
        "agreed scores",
        "Each mark that a committee agreed on is on its scale, stands in the journal, and was replaced by a later one.",
        f"A dossier would be ranked by a score that nobody agreed on. {RESTORE}",
        (
            asks(
                "SELECT d.number, a.mark FROM agreed a JOIN dossier d ON d.id = a.dossier_id "
                "WHERE d.round_id = :round AND a.criterion = :criterion AND a.mark NOT BETWEEN :low AND :high",
                '{number}: {mark}, which was agreed, is off the scale of "{criterion}"',
                _scales,
            ),
            asks(
                "SELECT d.number, a.criterion FROM agreed a JOIN dossier d ON d.id = a.dossier_id "
                "JOIN person p ON p.id = a.agreed_by WHERE d.round_id = :round AND (a.replaced_at < a.agreed_at "
                "OR (a.replaced_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM agreed n "
                "WHERE n.dossier_id = a.dossier_id AND n.assessment = a.assessment AND n.criterion = a.criterion "
                f"AND n.agreed_at = a.replaced_at AND n.id <> a.id)) OR NOT EXISTS ({_JOURNALED}))",
                '{number}: the mark for "{criterion}" is not the one that was agreed on',
            ),
            asks(
                "SELECT d.number, j.actor FROM journal j JOIN dossier d ON d.id = j.dossier_id "
                f"WHERE j.round_id = :round AND j.what = 'score agreed' AND NOT EXISTS ({_KEPT})",
                "{number}: the score that {actor} entered as agreed is gone",
            ),
        ),
    ),
)

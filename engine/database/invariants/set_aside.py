"""Do those marks count that nobody set aside, and no others?"""

from engine.database.invariants.asking import Invariant, asks
from engine.database.invariants.moves import RESTORE

_OF = "j.dossier_id = a.dossier_id AND j.details ->> 'assessment' = a.assessment AND j.details ->> 'of' = m.email"
_SET = (
    f"SELECT 1 FROM journal j JOIN person p ON p.email = j.actor WHERE {_OF} AND j.what = 'marks set aside' "
    "AND j.recorded_at = a.set_at AND p.id = a.set_by AND j.details ->> 'reason' = a.reason"
)
_ENDED = (
    f"SELECT 1 FROM journal j JOIN person p ON p.email = j.actor WHERE {_OF} AND j.what = 'marks count again' "
    "AND j.recorded_at = a.ended_at AND p.id = a.ended_by"
)
_KEPT = (
    f"SELECT 1 FROM set_aside a JOIN person m ON m.id = a.person_id WHERE {_OF} "
    "AND (j.recorded_at = a.set_at AND j.what = 'marks set aside' "
    "OR j.recorded_at = a.ended_at AND j.what = 'marks count again')"
)

SET_ASIDE = (
    Invariant(
        "marks set aside",
        "What keeps marks from counting stands in the journal, with who said why, and so does what lets them count "
        "again.",
        f"A dossier would be judged by marks that do not count, or without some that do. {RESTORE}",
        (
            asks(
                "SELECT d.number, m.email FROM set_aside a JOIN dossier d ON d.id = a.dossier_id "
                f"JOIN person m ON m.id = a.person_id WHERE d.round_id = :round AND (NOT EXISTS ({_SET}) "
                f"OR ((a.ended_at IS NOT NULL OR a.ended_by IS NOT NULL) AND NOT EXISTS ({_ENDED})))",
                "{number}: the marks of {email} were not set aside, or counted again, as is kept",
            ),
            asks(
                "SELECT d.number, j.actor FROM journal j JOIN dossier d ON d.id = j.dossier_id "
                "WHERE j.round_id = :round AND j.what IN ('marks set aside', 'marks count again') "
                f"AND NOT EXISTS ({_KEPT})",
                "{number}: what {actor} set aside, or let count again, is gone",
            ),
        ),
    ),
)

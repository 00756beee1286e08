"""Did staff do what is said that they did to several dossiers at once, and what of it has been taken back?"""

import json
from collections.abc import Iterator

from engine.database.invariants.asking import Invariant, View, asks, both_ways
from engine.database.invariants.moves import RESTORE
from engine.database.standing_moves import TAKEN_BACK
from engine.database.undoable import GONE

_DONE = " UNION ALL ".join(
    f"SELECT b.id AS batch, 'batch {what}' AS what, b.transition AS name, b.{what}_at AS at, p.email AS actor, "
    f"{more} FROM batch b LEFT JOIN person p ON p.id = b.{what}_by "
    f"WHERE b.round_id = :round AND (b.{what}_at IS NOT NULL OR b.{what}_by IS NOT NULL)"
    for what, more in (
        ("made", "b.reason AS reason, CAST(b.undo_until AS TEXT) AS undo_until"),
        ("sent", "NULL AS reason, NULL AS undo_until"),
        ("undone", "NULL AS reason, NULL AS undo_until"),
    )
)
_JOURNALED = (
    "SELECT CAST(details ->> 'batch' AS BIGINT) AS batch, what, details ->> 'name' AS name, recorded_at AS at, actor, "
    "details ->> 'reason' AS reason, CAST(details ->> 'undo_until' AS TEXT) AS undo_until FROM journal "
    "WHERE round_id = :round AND what IN ('batch made', 'batch sent', 'batch undone')"
)



def _stood_before(view: View) -> Iterator[str]:
    """What acts are said to have found where they gave a new value, beside what the journal says of it."""
    for row in view.rows(
        "SELECT b.id, CAST(b.before AS TEXT) AS kept, CAST(j.details AS TEXT) AS said FROM batch b "
        "JOIN journal j ON j.round_id = b.round_id AND j.what = 'batch made' "
        "AND CAST(j.details ->> 'batch' AS BIGINT) = b.id WHERE b.round_id = :round ORDER BY b.id"
    ):
        if (json.loads(row.kept) if row.kept else None) != json.loads(row.said).get("before"):
            yield f"act {row.id} found something else where it gave a new value, in the journal's eyes"


BATCHES = (
    Invariant(
        "acts of staff",
        "Each act of staff on several dossiers moved as many as it says, all at its instant and by whoever made it; "
        "and it, its sending and its undoing stand in the journal.",
        f"Nobody can say who moved these dossiers together. {RESTORE}",
        (
            asks(
                "SELECT b.id, b.dossiers, COUNT(t.id) AS moved FROM batch b LEFT JOIN (transition t "
                "JOIN dossier d ON d.id = t.dossier_id) ON t.batch_id = b.id AND t.undoes_id IS NULL "
                "AND t.name = b.transition AND t.at = b.made_at AND t.person_id = b.made_by "
                "AND d.round_id = b.round_id WHERE b.round_id = :round GROUP BY b.id, b.dossiers "
                "HAVING b.dossiers <> COUNT(t.id) OR b.dossiers <> (SELECT COUNT(*) FROM transition o "
                "WHERE o.batch_id = b.id AND o.undoes_id IS NULL)",
                "act {id} is said to have moved {dossiers} dossiers, and moved {moved}",
            ),
            *both_ways(
                _DONE, _JOURNALED, "batch, what, name, at, actor, reason, undo_until",
                'act {batch}: "{what}" by {actor} does not stand so in the journal',
                'act {batch}: the journal knows of "{what}" by {actor}, and the act does not',
            ),
            _stood_before,
        ),
    ),
    Invariant(
        "taken back",
        "What was taken back is a move of an act that was undone, led the same dossier back at that instant, and was "
        "its last move that counted; an act is undone as a whole.",
        f"A dossier stands where nobody put it. {RESTORE}",
        (
            asks(
                "SELECT d.number FROM transition t JOIN dossier d ON d.id = t.dossier_id "
                "LEFT JOIN transition m ON m.id = t.undoes_id LEFT JOIN batch b ON b.id = m.batch_id "
                "WHERE d.round_id = :round AND (t.undoes_id IS NOT NULL OR t.name = :taken_back) AND (m.id IS NULL "
                "OR b.id IS NULL OR t.name <> :taken_back OR m.dossier_id <> t.dossier_id OR m.source <> t.target "
                "OR m.target <> t.source OR m.undoes_id IS NOT NULL OR m.deadline_id IS NOT NULL "
                "OR t.deadline_id IS NOT NULL OR t.id < m.id OR t.batch_id <> b.id OR b.undone_at IS NULL "
                "OR t.at <> b.undone_at OR t.person_id <> b.undone_by OR EXISTS (SELECT 1 FROM transition o "
                "WHERE o.dossier_id = t.dossier_id AND o.id > m.id AND o.id < t.id AND o.undoes_id IS NULL "
                "AND NOT EXISTS (SELECT 1 FROM transition u WHERE u.undoes_id = o.id AND u.id < t.id)))",
                "{number} was led back by no undoing",
                lambda _: [{"taken_back": TAKEN_BACK}],
            ),
            asks(
                "SELECT b.id FROM batch b WHERE b.round_id = :round AND b.undone_at IS NOT NULL AND EXISTS ("
                "SELECT 1 FROM transition t WHERE t.batch_id = b.id AND t.undoes_id IS NULL "
                "AND NOT EXISTS (SELECT 1 FROM transition u WHERE u.undoes_id = t.id))",
                "act {id} is said to be undone, and not all of its dossiers went back",
            ),
        ),
    ),
    Invariant(
        "letters of acts",
        "The letters of an act are those that tell of its moves; none has left while it could be undone, and none of "
        "an act that was undone.",
        "Somebody was told of what did not happen: write to them yourself, and say so in the journal.",
        (
            asks(
                "SELECT n.id FROM batch b JOIN notification n ON n.batch_id = b.id WHERE b.round_id = :round "
                "AND (n.round_id <> b.round_id OR (b.undone_at IS NOT NULL "
                "AND (n.status IN :gone OR n.attempts > 0 OR n.ended_at IS NULL)))",
                "letter {id} tells of what was undone",
                lambda _: [{"gone": list(GONE)}],
            ),
            asks(
                "SELECT n.id FROM notification n JOIN cause w ON w.id = n.cause_id "
                "LEFT JOIN batch b ON b.id = n.batch_id WHERE n.round_id = :round AND n.batch_id IS NOT NULL "
                "AND (b.id IS NULL OR w.at <> b.made_at OR w.name <> 'transition ' || b.transition)",
                "letter {id} tells of something else than the act that it is said to tell of",
            ),
            asks(
                "SELECT n.id FROM batch b JOIN notification n ON n.batch_id = b.id "
                "JOIN attempt a ON a.notification_id = n.id WHERE b.round_id = :round "
                "AND a.tried_at < COALESCE(b.sent_at, b.undo_until)",
                "letter {id} left while what it tells of could still be undone",
            ),
        ),
    ),
)

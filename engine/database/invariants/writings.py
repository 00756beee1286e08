"""Is what staff wrote still what they wrote: notes among themselves, and messages to those who speak for dossiers?"""

import hashlib
import json
from collections.abc import Iterator

from engine.database.invariants.asking import Invariant, View, both_ways
from engine.database.invariants.moves import RESTORE

_NOTES = """
    SELECT n.dossier_id, n.id AS note, p.email AS actor, n.written_at AS at, COALESCE(n.replaces, 0) AS replaces
    FROM note n JOIN dossier d ON d.id = n.dossier_id JOIN person p ON p.id = n.written_by WHERE d.round_id = :round
"""
_NOTES_JOURNALED = """
    SELECT dossier_id, CAST(details ->> 'note' AS BIGINT) AS note, actor, at,
        CAST(COALESCE(details ->> 'replaces', '0') AS BIGINT) AS replaces
    FROM journal WHERE round_id = :round AND what IN ('note written', 'note replaced')
"""
_ENDED = """
    SELECT n.dossier_id, n.id AS note, p.email AS actor, n.ended_at AS at, n.ending
    FROM note n JOIN dossier d ON d.id = n.dossier_id LEFT JOIN person p ON p.id = n.ended_by
    WHERE d.round_id = :round AND (n.ended_at IS NOT NULL OR n.ended_by IS NOT NULL OR n.ending IS NOT NULL)
"""
_ENDED_JOURNALED = """
    SELECT dossier_id, CAST(COALESCE(details ->> 'replaces', details ->> 'note') AS BIGINT) AS note, actor, at,
        CASE WHEN what = 'note replaced' THEN 'replaced' ELSE 'removed' END AS ending
    FROM journal WHERE round_id = :round AND what IN ('note replaced', 'note removed')
"""
_TOLD = """
    SELECT DISTINCT n.dossier_id, w.name, w.at FROM notification n JOIN cause w ON w.id = n.cause_id
    WHERE n.round_id = :round AND n.role = 'applicant' AND w.name LIKE 'message %'
"""
_TOLD_JOURNALED = """
    SELECT dossier_id, 'message ' || (details ->> 'message') AS name, at
    FROM journal WHERE round_id = :round AND what = 'message sent'
"""


def _words(view: View) -> Iterator[str]:
    rows = view.rows(
        "SELECT d.number, n.id, n.words, j.details ->> 'digest' AS digest FROM note n "
        "JOIN dossier d ON d.id = n.dossier_id JOIN journal j ON j.dossier_id = d.id "
        "AND j.what IN ('note written', 'note replaced') AND CAST(j.details ->> 'note' AS BIGINT) = n.id "
        "WHERE d.round_id = :round"
    )
    for row in rows:
        if hashlib.sha256(row.words.encode()).hexdigest() != row.digest:
            yield f"{row.number}: the words of note {row.id} are not the ones that were written"


def _messages(view: View) -> Iterator[str]:
    rows = view.rows(
        "SELECT name, CAST(facts -> 'message' AS TEXT) AS said FROM cause "
        "WHERE round_id = :round AND name LIKE 'message %'"
    )
    for row in rows:
        pinned = json.dumps(json.loads(row.said), sort_keys=True)
        if row.name != f"message {hashlib.sha256(pinned.encode()).hexdigest()[:16]}":
            yield f'the words of the {row.name} are not the ones that were written'


WRITINGS = (
    Invariant(
        "notes",
        "Each note of the staff stands in the journal, was ended by whom the journal says, and has its words.",
        f"A note was changed, added or taken away. {RESTORE}",
        (
            *both_ways(
                _NOTES, _NOTES_JOURNALED, "dossier_id, note, actor, at, replaces",
                "dossier {dossier_id}: note {note} by {actor} does not stand so in the journal",
                "dossier {dossier_id}: the journal knows of a note {note} by {actor} that is not there",
            ),
            *both_ways(
                _ENDED, _ENDED_JOURNALED, "dossier_id, note, actor, at, ending",
                "dossier {dossier_id}: the journal does not know that note {note} was {ending}",
                "dossier {dossier_id}: note {note} was {ending} in the journal's eyes, and not in fact",
            ),
            _words,
        ),
    ),
    Invariant(
        "messages",
        "Each message of the staff stands in the journal of every dossier it went to, and says what was written.",
        f"Somebody reads what nobody wrote, or was not written to. {RESTORE}",
        (
            *both_ways(
                _TOLD, _TOLD_JOURNALED, "dossier_id, name, at",
                "dossier {dossier_id}: the journal does not know of the {name}",
                "dossier {dossier_id}: nobody was written the {name} that the journal knows of",
            ),
            _messages,
        ),
    ),
)

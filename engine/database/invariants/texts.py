"""Does everything that was reworded, edited or written anew stand in the journal?"""

from collections.abc import Iterator

from engine.database.invariants.asking import Invariant, View, asks, both_ways
from engine.database.invariants.moves import RESTORE
from engine.database.store import the_id

_REWORDINGS = """
    SELECT w.before, w.after, w.at, p.email AS actor, COUNT(*) AS files
    FROM rewording w JOIN person p ON p.id = w.person_id WHERE w.round_id = :round
    GROUP BY w.before, w.after, w.at, p.email
"""
_REWORDINGS_JOURNALED = """
    SELECT details ->> 'before' AS before, details ->> 'after' AS after, at, actor,
        CAST(details ->> 'count' AS BIGINT) AS files
    FROM journal WHERE round_id = :round AND what = 'reworded'
"""
_EDITS = """
    SELECT e.notification_id AS number, COALESCE(e.subject, '') AS subject, COALESCE(e.body, '') AS body, e.at,
        p.email AS actor
    FROM edit e JOIN notification n ON n.id = e.notification_id JOIN person p ON p.id = e.person_id
    WHERE n.round_id = :round
"""
_EDITS_JOURNALED = """
    SELECT CAST(details ->> 'number' AS BIGINT) AS number, COALESCE(details ->> 'subject', '') AS subject,
        COALESCE(details ->> 'body', '') AS body, at, actor
    FROM journal WHERE round_id = :round AND what IN ('letter edited', 'letter edit taken back')
"""
_REPLACEMENTS = """
    SELECT r.replaces AS number, r.notification_id AS other, r.at, p.email AS actor
    FROM replacement r JOIN notification n ON n.id = r.notification_id JOIN person p ON p.id = r.person_id
    WHERE n.round_id = :round
"""
_REPLACEMENTS_JOURNALED = """
    SELECT CAST(details ->> 'number' AS BIGINT) AS number, CAST(details ->> 'by' AS BIGINT) AS other, at, actor
    FROM journal WHERE round_id = :round AND what = 'letter written anew'
"""


def _unbroken(view: View) -> Iterator[str]:
    """From the rules that the round was opened on to those that it has now, one rewording after the other."""
    opened = list(
        view.rows(
            "SELECT details ->> 'digest' AS digest FROM journal WHERE round_id = :round AND what = 'round opened'"
        )
    )
    now = opened[0].digest if opened else view.round.digest
    steps = view.rows(
        "SELECT before, after FROM rewording WHERE round_id = :round GROUP BY before, after, at ORDER BY MIN(id)"
    )
    for before, after in steps:
        if before != now:
            yield f"what was reworded as {after[:12]} was {before[:12]}, and the round had {now[:12]}"
        now = after
    if now != view.round.digest:
        yield f"round {the_id(view.round)} says {view.round.digest[:12]}, and was last reworded as {now[:12]}"


TEXTS = (
    Invariant(
        "rewordings",
        "A round's letters and words are those that it was opened with, but for what staff have changed since.",
        f"People would be told what nobody has written. {RESTORE}",
        (
            *both_ways(
                _REWORDINGS, _REWORDINGS_JOURNALED, "before, after, at, actor, files",
                "the journal does not know that {actor} changed {files} texts into {after}",
                "the journal knows that {actor} changed {files} texts into {after}, and they are not there",
            ),
            _unbroken,
        ),
    ),
    Invariant(
        "edited letters",
        "Each letter that was written by hand is of the round, and stands in the journal as it was written.",
        f"Somebody would read, or has read, what nobody wrote. {RESTORE}",
        (
            *both_ways(
                _EDITS, _EDITS_JOURNALED, "number, subject, body, at, actor",
                "the text that {actor} gave letter {number} does not stand so in the journal",
                "the journal knows of a text that {actor} gave letter {number}, and it is not there",
            ),
        ),
    ),
    Invariant(
        "letters written anew",
        "A letter that goes in place of another says the same to the same person, and the other never arrived.",
        f"Somebody would get another's letter, or the same twice. {RESTORE}",
        (
            *both_ways(
                _REPLACEMENTS, _REPLACEMENTS_JOURNALED, "number, other, at, actor",
                "the journal does not know that {actor} had letter {other} written in place of {number}",
                "the journal knows of letter {other} in place of {number}, and it is not there",
            ),
            asks(
                "SELECT n.id, o.id AS other FROM replacement r JOIN notification n ON n.id = r.notification_id "
                "JOIN notification o ON o.id = r.replaces WHERE n.round_id = :round AND (o.round_id <> n.round_id "
                "OR o.cause_id <> n.cause_id OR COALESCE(o.dossier_id, 0) <> COALESCE(n.dossier_id, 0) "
                "OR COALESCE(o.person_id, 0) <> COALESCE(n.person_id, 0) OR o.letter <> n.letter "
                "OR o.status NOT IN ('cancelled', 'failed') AND o.bounced_at IS NULL)",
                "letter {id} is not what letter {other} was, or both go",
            ),
        ),
    ),
)

"""Does everything that was reworded, edited or written anew stand in the journal?"""

from collections.abc import Iterator

from engine.database.invariants.asking import Invariant, View, asks, both_ways
from engine.database.invariants.moves import RESTORE
from engine.database.standing_moves import MAPPED
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
    """From the rules that the round was opened on to those that it has now, one change after the other."""
    now = ""
    for row in view.rows(
        "SELECT what, details ->> 'before' AS before, COALESCE(details ->> 'after', details ->> 'digest') AS after "
        "FROM journal WHERE round_id = :round AND what IN ('round opened', 'reworded', 'round replaced') ORDER BY id"
    ):
        if row.what != "round opened" and row.before != now:
            yield f"what was changed into {row.after[:12]} was {row.before[:12]}, and the round had {now[:12]}"
        now = row.after
    if now != view.round.digest:
        yield f"round {the_id(view.round)} says {view.round.digest[:12]}, and was last changed into {now[:12]}"


_VERSIONS = """
    SELECT CAST(v.position AS BIGINT) AS version, v.before, v.after, v.reason, CAST(v.dossiers AS BIGINT) AS dossiers,
        v.moves_before, v.at, p.email AS actor
    FROM version v JOIN person p ON p.id = v.person_id WHERE v.round_id = :round
"""
_VERSIONS_JOURNALED = """
    SELECT CAST(details ->> 'version' AS BIGINT) AS version, details ->> 'before' AS before,
        details ->> 'after' AS after, details ->> 'reason' AS reason,
        COALESCE(CAST(details ->> 'dossiers' AS BIGINT), 0) AS dossiers,
        CAST(details ->> 'after_move' AS BIGINT) AS moves_before, at, actor
    FROM journal WHERE round_id = :round AND what = 'round replaced'
"""


def _replaced_at(view: View) -> Iterator[str]:
    """The round says since when it has its rules, and its versions are numbered without a gap."""
    rows = list(view.rows("SELECT position, at FROM version WHERE round_id = :round ORDER BY position"))
    last = rows[-1].at if rows else None
    if view.round.replaced_at != last:
        yield f"round {the_id(view.round)} is said to have its rules since another instant than its last version"
    if [row.position for row in rows] != list(range(2, len(rows) + 2)):
        yield f"a version of round {the_id(view.round)} is missing"


TEXTS = (
    Invariant(
        "versions",
        "Each version of a round's rules and dates was decided by somebody, for a reason, and stands in the journal; "
        "the dossiers that were led to other states were led by it.",
        f"The round runs on rules that nobody decided on. {RESTORE}",
        (
            *both_ways(
                _VERSIONS, _VERSIONS_JOURNALED, "version, before, after, reason, dossiers, moves_before, at, actor",
                "the journal does not know that {actor} made version {version} of the rules",
                "the journal knows that {actor} made version {version} of the rules, and it is not there",
            ),
            _replaced_at,
            asks(
                "SELECT v.position, v.dossiers FROM version v WHERE v.round_id = :round AND (v.reason = '' "
                "OR v.dossiers <> (SELECT COUNT(*) FROM transition t JOIN dossier d ON d.id = t.dossier_id "
                f"WHERE d.round_id = v.round_id AND t.name = '{MAPPED}' AND t.recorded_at = v.at "
                "AND t.id > v.moves_before AND t.person_id = v.person_id AND t.reason = v.reason "
                "AND v.mapped ->> t.source = t.target))",
                "version {position} of the rules did not lead {dossiers} dossiers to other states",
            ),
            asks(
                "SELECT d.number FROM transition t JOIN dossier d ON d.id = t.dossier_id WHERE d.round_id = :round "
                f"AND t.name = '{MAPPED}' AND NOT EXISTS (SELECT 1 FROM version v WHERE v.round_id = d.round_id "
                "AND v.at = t.recorded_at AND v.mapped ->> t.source = t.target)",
                "{number} was led to another state by no version of the rules",
            ),
        ),
    ),
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

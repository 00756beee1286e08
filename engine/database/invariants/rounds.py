"""Is a round still the round that was opened, and its journal the one that was written?"""

from collections.abc import Iterator

from engine.database import journal
from engine.database.invariants.asking import Invariant, Parameters, View, asks, both_ways
from engine.database.invariants.moves import RESTORE
from engine.database.store import the_id
from engine.rules.divided import scopes
from engine.rules.roles import observer_of

_EXTENSIONS = """
    SELECT e.dossier_id, e.strand, e.of, e.old_day || COALESCE(' ' || e.old_hour, '') AS old,
        e.new_day || COALESCE(' ' || e.new_hour, '') AS new, e.reason, e.decided_at AS at, p.email AS actor,
        e.first_id AS first, e.undo_until AS undo, e.undoes_id AS undoes
    FROM extension e JOIN person p ON p.id = e.decided_by WHERE e.round_id = :round
"""
_EXTENSIONS_JOURNALED = """
    SELECT dossier_id, details ->> 'strand' AS strand, details ->> 'of' AS of, details ->> 'old' AS old,
        details ->> 'new' AS new,
        details ->> 'reason' AS reason, at, actor, CAST(details ->> 'first' AS BIGINT) AS first,
        CAST(details ->> 'undo_until' AS BIGINT) AS undo, CAST(details ->> 'undoes' AS BIGINT) AS undoes
    FROM journal WHERE round_id = :round AND what = 'extended'
"""
_ROLES = """
    SELECT p.email, o.role, CASE WHEN o.chair THEN 1 ELSE 0 END AS chair, o.per, o.scope
    FROM role o JOIN person p ON p.id = o.person_id WHERE o.round_id = :round
"""
_ROLES_JOURNALED = """
    SELECT email, role, chair, per, scope FROM (
        SELECT j.details ->> 'person' AS email, j.details ->> 'role' AS role, j.what,
            CASE WHEN CAST(j.details ->> 'chair' AS TEXT) IN ('1', 'true') THEN 1 ELSE 0 END AS chair,
            COALESCE(j.details ->> 'per', '') AS per, COALESCE(j.details ->> 'scope', '') AS scope,
            ROW_NUMBER() OVER (PARTITION BY j.details ->> 'person', j.details ->> 'role',
                COALESCE(j.details ->> 'scope', '') ORDER BY j.id DESC) AS back
        FROM journal j WHERE j.round_id = :round AND j.what IN ('role given', 'role taken')
    ) AS given WHERE back = 1 AND what = 'role given'
"""
_REQUESTS = """
    SELECT q.dossier_id, q.of, q.wanted, q.reason, q.asked_at AS at, p.email AS actor
    FROM extension_request q JOIN person p ON p.id = q.asked_by WHERE q.round_id = :round
"""
_REQUESTS_JOURNALED = """
    SELECT dossier_id, details ->> 'of' AS of, details ->> 'wanted' AS wanted, details ->> 'reason' AS reason, at, actor
    FROM journal WHERE round_id = :round AND what = 'extension asked'
"""
_ANSWERS = """
    SELECT q.dossier_id, q.of, q.outcome, q.answer, q.answered_at AS at, p.email AS actor
    FROM extension_request q LEFT JOIN person p ON p.id = q.answered_by
    WHERE q.round_id = :round AND COALESCE(q.answered_at, q.answered_by) IS NOT NULL
"""
_ANSWERS_JOURNALED = """
    SELECT dossier_id, details ->> 'of' AS of, details ->> 'outcome' AS outcome, details ->> 'answer' AS answer, at,
        actor
    FROM journal WHERE round_id = :round AND what = 'extension answered'
"""


def _chain(view: View) -> Iterator[str]:
    yield from journal.broken_links(view.session, the_id(view.round))


def _as_pinned(view: View) -> Iterator[str]:
    """The round's own row beside the file that it was opened from."""
    row = view.round
    file = view.programme.rounds.get(row.name)
    if file is None:
        yield f'its rules know of no round "{row.name}"'
        return
    kept = (row.key, row.programme, row.number, row.timezone)
    if kept != (file.key, view.programme.name, file.number, file.timezone):
        yield f"{row.key}, number {row.number}, in {row.timezone}: its file says otherwise"


def _committees(view: View) -> Iterator[Parameters]:
    committees = view.workflow.committees
    observers = (f"{committee} observer" for committee in committees)
    yield {"roles": ["staff", "everyone", *committees, *observers], "committees": list(committees)}


def _seats(view: View) -> Iterator[Parameters]:
    seats = [
        f"{role} {one.per} {scope}"
        for one in view.workflow.committees.values()
        for role in (one.name, observer_of(one.name))
        for scope in scopes(view.workflow, one.per)
    ]
    yield {"seats": seats or [""]}


ROUNDS = (
    Invariant(
        "journal",
        "The journal is the one that was written: no row was changed, added, moved or taken away.",
        "Somebody rewrote what happened. Compare the database with a backup, find out who had the file, and restore.",
        (_chain,),
    ),
    Invariant(
        "round",
        "A round is the one that was opened: its name, its number and its zone are those of the rules that it keeps.",
        f"Its dates may be read otherwise than they were published. {RESTORE}",
        (
            _as_pinned,
            asks(
                "SELECT r.key FROM round r WHERE r.id = :round AND 1 <> (SELECT COUNT(*) FROM journal j "
                "WHERE j.round_id = r.id AND j.what = 'round opened' AND j.at = r.opened_at "
                "AND j.details ->> 'round' = r.key AND COALESCE(CAST(j.details ->> 'as_of' AS BIGINT), -1) "
                "= COALESCE(r.as_of, -1))",
                "{key} was not opened as the journal says",
            ),
        ),
    ),
    Invariant(
        "parts",
        "Who has which part in a round, and since when, stands in the journal.",
        f"Somebody reads or decides who was never asked to. {RESTORE}",
        (
            *both_ways(
                _ROLES, _ROLES_JOURNALED, "email, role, chair, per, scope",
                'the journal does not give {email} the part "{role}" so',
                'the journal gives {email} the part "{role}", which is gone',
            ),
            asks(
                "SELECT p.email, o.role FROM role o JOIN person p ON p.id = o.person_id WHERE o.round_id = :round "
                "AND (o.role NOT IN :roles OR (o.chair AND o.role NOT IN :committees) OR NOT EXISTS ("
                "SELECT 1 FROM journal j WHERE j.round_id = o.round_id AND j.what = 'role given' AND j.at = o.since "
                "AND j.details ->> 'person' = p.email AND j.details ->> 'role' = o.role "
                "AND COALESCE(j.details ->> 'scope', '') = o.scope))",
                '{email} has not had the part "{role}" since then',
                _committees,
            ),
        ),
    ),
    Invariant(
        "seats of committees",
        "Whoever sits in a committee for one strand or answer does so by the rules, and in every one or in some.",
        f"Somebody reads dossiers of another committee, or none at all. {RESTORE}",
        (
            asks(
                "SELECT p.email, o.role, o.scope FROM role o JOIN person p ON p.id = o.person_id "
                "WHERE o.round_id = :round AND o.scope <> '' "
                "AND o.role || ' ' || o.per || ' ' || o.scope NOT IN :seats",
                '{email} has the part "{role}" for "{scope}", and the rules have none for that',
                _seats,
            ),
            asks(
                "SELECT p.email, o.role FROM role o JOIN person p ON p.id = o.person_id WHERE o.round_id = :round "
                "AND o.scope = '' AND EXISTS (SELECT 1 FROM role n WHERE n.round_id = o.round_id "
                "AND n.person_id = o.person_id AND n.role = o.role AND n.scope <> '')",
                '{email} has the part "{role}" for all, and for some once more',
            ),
        ),
    ),
    Invariant(
        "second factors",
        "Each second factor that staff took away is gone since then.",
        f"Somebody may sign in with what was lost. {RESTORE}",
        (
            asks(
                "SELECT j.details ->> 'person' AS email FROM journal j WHERE j.round_id = :round "
                "AND j.what = 'second factor removed' AND NOT EXISTS (SELECT 1 FROM factor f "
                "JOIN person p ON p.id = f.person_id WHERE p.email = j.details ->> 'person' "
                "AND f.ended_at = j.recorded_at)",
                "the second factor of {email} was taken away, and it stands",
            ),
        ),
    ),
    Invariant(
        "extensions",
        "Each extension moved a date, was decided by somebody, and stands in the journal with the same facts.",
        f"A date that people were told was moved by nobody. {RESTORE}",
        (
            *both_ways(
                _EXTENSIONS, _EXTENSIONS_JOURNALED,
                "dossier_id, strand, of, old, new, reason, at, actor, first, undo, undoes",
                'the extension of "{of}" from {old} to {new} does not stand so in the journal',
                'the journal knows of an extension of "{of}" from {old} to {new} that is not there',
            ),
            asks(
                "SELECT e.of, e.new_day FROM extension e LEFT JOIN dossier d ON d.id = e.dossier_id "
                "WHERE e.round_id = :round AND (d.round_id <> e.round_id OR e.reason = '' "
                "OR (e.old_day = e.new_day AND COALESCE(e.old_hour, '') = COALESCE(e.new_hour, '')))",
                'the extension of "{of}" to {new_day} moves nothing, or says not why',
            ),
        ),
    ),
    Invariant(
        "one decision",
        "What one decision moved was moved at one instant, by one person, for one reason; what was taken back was so "
        "in time, as it was, and none of its letters has left.",
        f"Somebody was told of a date that does not hold, or a date moved that nobody was told of. {RESTORE}",
        (
            asks(
                "SELECT e.of FROM extension e JOIN extension f ON f.id = e.first_id WHERE e.round_id = :round AND ("
                "f.round_id <> e.round_id OR f.first_id IS NOT NULL OR f.id > e.id OR f.decided_at <> e.decided_at "
                "OR f.decided_by <> e.decided_by OR f.reason <> e.reason "
                "OR COALESCE(f.undo_until, 0) <> COALESCE(e.undo_until, 0))",
                'the extension of "{of}" belongs to another decision than it says',
            ),
            asks(
                "SELECT e.of FROM extension e JOIN extension u ON u.id = e.undoes_id WHERE e.round_id = :round AND ("
                "u.round_id <> e.round_id OR u.of <> e.of OR COALESCE(u.dossier_id, 0) <> COALESCE(e.dossier_id, 0) "
                "OR u.undoes_id IS NOT NULL OR u.old_day <> e.new_day OR u.new_day <> e.old_day "
                "OR COALESCE(u.old_hour, '') <> COALESCE(e.new_hour, '') "
                "OR COALESCE(u.new_hour, '') <> COALESCE(e.old_hour, '') "
                "OR e.decided_at < u.decided_at OR e.decided_at >= COALESCE(u.undo_until, 0))",
                'what took back the extension of "{of}" does not fit it',
            ),
            asks(
                "SELECT e.of, e.new_day FROM extension e WHERE e.round_id = :round AND e.undoes_id IS NULL AND EXISTS ("
                "SELECT 1 FROM extension o JOIN extension u ON u.undoes_id = o.id "
                "WHERE COALESCE(o.first_id, o.id) = COALESCE(e.first_id, e.id)) "
                "AND NOT EXISTS (SELECT 1 FROM extension u WHERE u.undoes_id = e.id)",
                'of one decision the extension of "{of}" to {new_day} stands, and others were taken back',
            ),
            asks(
                "SELECT e.of, n.address FROM extension e JOIN extension u ON u.undoes_id = e.id "
                "JOIN cause c ON c.extension_id = e.id JOIN notification n ON n.cause_id = c.id "
                "WHERE e.round_id = :round AND n.status NOT IN ('cancelled', 'expired')",
                '{address} is told of the extension of "{of}", which was taken back',
            ),
            asks(
                "SELECT c.name FROM cause c LEFT JOIN extension e ON e.id = c.extension_id WHERE c.round_id = :round "
                "AND c.extension_id IS NOT NULL AND (e.round_id <> c.round_id OR e.first_id IS NOT NULL "
                "OR e.decided_at <> c.at)",
                'the letters of "{name}" tell of another decision than they say',
            ),
        ),
    ),
    Invariant(
        "requests",
        "Each request for more time, and its answer, stands in the journal; what was granted was extended by it.",
        f"Somebody waits for an answer that was given, or was answered by nobody. {RESTORE}",
        (
            *both_ways(
                _REQUESTS, _REQUESTS_JOURNALED, "dossier_id, of, wanted, reason, at, actor",
                'dossier {dossier_id}: the request of {actor} for "{of}" does not stand so in the journal',
                'dossier {dossier_id}: the journal knows of a request of {actor} for "{of}" that is not there',
            ),
            *both_ways(
                _ANSWERS, _ANSWERS_JOURNALED, "dossier_id, of, outcome, answer, at, actor",
                'dossier {dossier_id}: the answer of {actor} about "{of}" does not stand so in the journal',
                'dossier {dossier_id}: the journal knows of an answer of {actor} about "{of}" that is not there',
            ),
            asks(
                "SELECT d.number, q.of FROM extension_request q JOIN dossier d ON d.id = q.dossier_id "
                "WHERE q.round_id = :round AND (d.round_id <> q.round_id "
                "OR (q.answered_at IS NULL) <> (q.outcome IS NULL) OR q.outcome NOT IN ('granted', 'refused') "
                "OR (q.outcome = 'granted' AND NOT EXISTS (SELECT 1 FROM extension e "
                "WHERE e.dossier_id = q.dossier_id AND e.of = q.of AND e.decided_at = q.answered_at "
                "AND e.decided_by = q.answered_by)))",
                '{number}: what is said to have been answered about "{of}" was not',
            ),
        ),
    ),
    Invariant(
        "sent once",
        "What came of a form is kept with the form, its sender and the instant at which something was journaled.",
        f"A form that is sent again would be told something else. {RESTORE}",
        (
            asks(
                "SELECT o.act, o.actor FROM once o WHERE o.round_id = :round AND (o.outcome = '' OR NOT EXISTS ("
                "SELECT 1 FROM journal j WHERE j.round_id = o.round_id AND j.recorded_at = o.at "
                "AND LOWER(TRIM(j.actor)) = o.actor))",
                'nothing came of "{act}" by {actor}, and it is said to be done',
            ),
        ),
    ),
    Invariant(
        "approvals",
        "Each approval of a batch, and each that was taken back, was somebody's act; none stands twice.",
        f"Letters may leave that nobody has approved. {RESTORE}",
        (
            asks(
                'SELECT p.email, a.batch FROM "release" a JOIN person p ON p.id = a.person_id '
                "WHERE a.round_id = :round AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.round_id = a.round_id "
                "AND j.what = 'batch approved' AND j.actor = p.email AND j.details ->> 'batch' = a.batch "
                # what is left of a batch after a part of it has gone keeps its approvals
                "AND (j.recorded_at = a.approved_at OR (j.recorded_at < a.approved_at AND EXISTS ("
                "SELECT 1 FROM journal f WHERE f.round_id = a.round_id AND f.what = 'due' "
                "AND f.recorded_at = a.approved_at))))",
                '{email} is said to have approved "{batch}", and the journal does not know it',
            ),
            asks(
                'SELECT p.email, a.batch FROM "release" a JOIN person p ON p.id = a.person_id '
                "WHERE a.round_id = :round AND a.revoked_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM journal j "
                "WHERE j.round_id = a.round_id AND j.what = 'approval revoked' AND j.actor = p.email "
                "AND j.details ->> 'batch' = a.batch AND j.recorded_at = a.revoked_at)",
                '{email} is said to have taken back the approval of "{batch}", and the journal does not know it',
            ),
            asks(
                'SELECT p.email, a.batch FROM "release" a JOIN person p ON p.id = a.person_id '
                "WHERE a.round_id = :round AND a.revoked_at IS NULL "
                "GROUP BY p.email, a.batch, a.digest HAVING COUNT(*) > 1",
                '{email} has approved "{batch}" twice',
            ),
        ),
    ),
)

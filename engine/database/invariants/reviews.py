"""Is what staff said of what was handed in still what they said, and has everybody concerned heard of it?"""

from collections.abc import Iterator

from engine.database.invariants.asking import Invariant, Parameters, View, asks, both_ways
from engine.database.invariants.moves import RESTORE
from engine.database.invariants.obligations import reviewed_by_staff
from engine.rules.workflow import APPLICANT

_REVIEWS = """
    SELECT v.dossier_id, r.delivery_id, o.name || ' ' || o.position AS obligation, r.outcome,
        COALESCE(r.words, '') AS words, COALESCE(r.last_day, '') AS last_day, r.reviewed_at AS at, p.email AS actor
    FROM review r JOIN delivery v ON v.id = r.delivery_id JOIN obligation o ON o.id = r.obligation_id
    JOIN dossier d ON d.id = v.dossier_id JOIN person p ON p.id = r.reviewed_by WHERE d.round_id = :round
"""
_JOURNALED = """
    SELECT dossier_id, CAST(details ->> 'delivery' AS BIGINT) AS delivery_id, details ->> 'obligation' AS obligation,
        details ->> 'outcome' AS outcome, COALESCE(details ->> 'words', '') AS words,
        COALESCE(details ->> 'last_day', '') AS last_day, at, actor
    FROM journal WHERE round_id = :round AND what = 'reviewed'
"""
_AWAITED = (
    "SELECT v.received_at FROM delivery v WHERE v.obligation_id = o.id AND o.name IN :reviewed "
    "AND NOT EXISTS (SELECT 1 FROM review r WHERE r.delivery_id = v.id)"
)


def _reviewed(view: View) -> Iterator[Parameters]:
    yield {"reviewed": reviewed_by_staff(view)}


def _told_overdue(view: View) -> Iterator[Parameters]:
    for era, one in ((then, owed) for then in view.eras for owed in then.programme.workflow.obligations.values()):
        for role, letter in one.if_not.items():
            if role != APPLICANT:
                yield {"role": role, "letter": letter, "owed": f"{one.name} %", "since": era.since, "until": era.until}


REVIEWS = (
    Invariant(
        "reviews",
        "Each review stands in the journal, is of a version that was handed in before it and that the rules have "
        "reviewed, and says in words what is to be changed.",
        f"Nobody can show why a report counts, or was sent back. {RESTORE}",
        (
            *both_ways(
                _REVIEWS, _JOURNALED, "dossier_id, delivery_id, obligation, outcome, words, last_day, at, actor",
                'dossier {dossier_id}: that {actor} said "{outcome}" of {obligation} does not stand in the journal',
                'dossier {dossier_id}: the journal knows that {actor} said "{outcome}" of {obligation}, and nobody did',
            ),
            asks(
                "SELECT d.number, r.delivery_id FROM review r JOIN delivery v ON v.id = r.delivery_id "
                "JOIN obligation o ON o.id = r.obligation_id JOIN dossier d ON d.id = v.dossier_id "
                "WHERE d.round_id = :round AND (v.obligation_id <> o.id OR o.dossier_id <> d.id "
                "OR r.reviewed_at < v.received_at OR o.name NOT IN :reviewed "
                "OR r.outcome NOT IN ('accepted', 'changes asked') OR r.outcome = 'changes asked' AND r.words IS NULL)",
                "{number}: the review of delivery {delivery_id} is none that the rules know",
                _reviewed,
            ),
        ),
    ),
    Invariant(
        "awaits review",
        "What was handed in and is neither reviewed nor excused awaits review, since it came, and nothing else does.",
        f"A report lies unread, or is said to. {RESTORE}",
        (
            asks(
                "SELECT d.number, o.name, o.position FROM obligation o JOIN dossier d ON d.id = o.dossier_id "
                "WHERE d.round_id = :round AND o.handed_in_at IS NOT NULL AND (o.fulfilled_at IS NOT NULL "
                f"OR o.excused_at IS NOT NULL OR o.handed_in_at NOT IN ({_AWAITED}))",
                "{number}: {name} {position} is said to await review, and nothing of it does",
                _reviewed,
            ),
            asks(
                "SELECT d.number, o.name, o.position FROM obligation o JOIN dossier d ON d.id = o.dossier_id "
                "WHERE d.round_id = :round AND o.handed_in_at IS NULL AND o.excused_at IS NULL "
                f"AND EXISTS ({_AWAITED})",
                "{number}: {name} {position} awaits review, and nobody sees it",
                _reviewed,
            ),
        ),
    ),
    Invariant(
        "told of what is owed",
        "Whoever spoke for a dossier has the letter about each review and excuse of what it owes; whom the rules tell "
        "that something is overdue has the letter about it.",
        "Somebody does not know what is asked of them, or that it is missing: write to them yourself.",
        (
            asks(
                "SELECT d.number, p.email, r.outcome FROM review r JOIN delivery v ON v.id = r.delivery_id "
                "JOIN dossier d ON d.id = v.dossier_id JOIN contact c ON c.dossier_id = d.id "
                "AND c.since <= r.reviewed_at JOIN person p ON p.id = c.person_id WHERE d.round_id = :round "
                "AND NOT EXISTS (SELECT 1 FROM notification n JOIN cause w ON w.id = n.cause_id "
                "WHERE n.dossier_id = d.id AND n.person_id = p.id AND w.at = r.reviewed_at AND n.letter = "
                "CASE r.outcome WHEN 'accepted' THEN 'handed-in-accepted' ELSE 'changes-asked' END)",
                '{number}: {email} was not written that the review said "{outcome}"',
            ),
            asks(
                "SELECT d.number, p.email, o.name, o.position FROM obligation o JOIN dossier d ON d.id = o.dossier_id "
                "JOIN contact c ON c.dossier_id = d.id AND c.since <= o.excused_at JOIN person p ON p.id = c.person_id "
                "WHERE d.round_id = :round AND o.excused_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM notification n "
                "JOIN cause w ON w.id = n.cause_id WHERE n.dossier_id = d.id AND n.person_id = p.id "
                "AND w.at = o.excused_at AND n.letter = 'obligation-excused')",
                "{number}: {email} was not written that {name} {position} is excused",
            ),
            asks(
                "SELECT d.number, p.email FROM journal j JOIN dossier d ON d.id = j.dossier_id JOIN role x "
                "ON x.round_id = d.round_id AND x.role = :role AND x.since <= j.at JOIN person p ON p.id = x.person_id "
                "WHERE j.round_id = :round AND j.what = 'overdue' AND j.details ->> 'obligation' LIKE :owed "
                # at the very instant of a change either rules may have been those that it was found by
                "AND j.recorded_at > :since AND j.recorded_at < :until "
                "AND NOT EXISTS (SELECT 1 FROM conflict c WHERE c.dossier_id = d.id AND c.person_id = p.id) "
                "AND NOT EXISTS (SELECT 1 FROM notification n JOIN cause w ON w.id = n.cause_id "
                "WHERE n.round_id = d.round_id AND n.person_id = p.id AND w.at = j.at AND n.letter = :letter)",
                '{number}: {email} was not written "{letter}" when something was overdue',
                _told_overdue,
            ),
        ),
    ),
)

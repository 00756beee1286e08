"""Is what came of mail what the journal says: letters that came back, answers, addresses that were corrected?"""

from engine.database.invariants.asking import Invariant, asks, both_ways
from engine.database.invariants.moves import RESTORE

_MAIL = """
    SELECT id AS number, kind, outcome, why, digest, COALESCE(notification_id, 0) AS letter,
        COALESCE(dossier_id, 0) AS dossier, COALESCE(invitation_uid, '') AS uid, received_at AS at
    FROM received WHERE round_id = :round
"""
_MAIL_JOURNALED = """
    SELECT CAST(details ->> 'number' AS BIGINT) AS number, details ->> 'kind' AS kind,
        details ->> 'outcome' AS outcome, COALESCE(details ->> 'why', '') AS why, details ->> 'digest' AS digest,
        CAST(COALESCE(details ->> 'letter', '0') AS BIGINT) AS letter, COALESCE(dossier_id, 0) AS dossier,
        COALESCE(details ->> 'uid', '') AS uid, at
    FROM journal WHERE round_id = :round AND what = 'mail received'
"""
_HANDLED = """
    SELECT r.id AS number, r.handled_at AS at, p.email AS actor
    FROM received r LEFT JOIN person p ON p.id = r.handled_by
    WHERE r.round_id = :round AND (r.handled_at IS NOT NULL OR r.handled_by IS NOT NULL)
"""
_HANDLED_JOURNALED = """
    SELECT CAST(details ->> 'number' AS BIGINT) AS number, at, actor
    FROM journal WHERE round_id = :round AND what = 'mail handled'
"""
_CORRECTED = """
    SELECT c.old, c.new, c.at, p.email AS actor FROM correction c JOIN person p ON p.id = c.corrected_by
    WHERE c.round_id = :round
"""
_CORRECTED_JOURNALED = """
    SELECT details ->> 'old' AS old, details ->> 'new' AS new, at, actor
    FROM journal WHERE round_id = :round AND what = 'address corrected'
"""

RECEIVED = (
    Invariant(
        "mail that came in",
        "Each mail that answers a letter of the round stands in the journal, with what became of it.",
        f"A mail was added, changed or taken away. {RESTORE}",
        (
            *both_ways(
                _MAIL, _MAIL_JOURNALED, "number, kind, outcome, why, digest, letter, dossier, uid, at",
                "mail {number} ({kind}, {outcome}) does not stand so in the journal",
                "the journal knows of mail {number} ({kind}, {outcome}), and it is not there so",
            ),
            *both_ways(
                _HANDLED, _HANDLED_JOURNALED, "number, at, actor",
                "the journal does not know that {actor} has seen to mail {number}",
                "the journal knows that {actor} has seen to mail {number}, and it waits",
            ),
        ),
    ),
    Invariant(
        "letters that came back",
        "A letter is said to have come back because a mail says so, and it had left.",
        f"Somebody would be told that a letter did not arrive, or not be told. {RESTORE}",
        (
            asks(
                "SELECT n.id FROM notification n WHERE n.round_id = :round AND n.bounced_at IS NOT NULL "
                "AND NOT EXISTS (SELECT 1 FROM received r WHERE r.notification_id = n.id "
                "AND r.outcome = 'letter marked' AND r.received_at = n.bounced_at)",
                "letter {id} is said to have come back, and no mail says so",
            ),
            asks(
                "SELECT r.id, n.id AS letter FROM received r JOIN notification n ON n.id = r.notification_id "
                "WHERE n.round_id = :round AND r.outcome = 'letter marked' "
                "AND (n.bounced_at IS NULL OR n.bounced_at <> r.received_at "
                "OR NOT EXISTS (SELECT 1 FROM letter l WHERE l.notification_id = n.id))",
                "letter {letter} came back with mail {id}, and is not marked so",
            ),
        ),
        and_of_none=True,
    ),
    Invariant(
        "corrected addresses",
        "An address that was corrected stands in the journal, and its owner has the newest.",
        f"Letters would go to somebody else. {RESTORE}",
        (
            *both_ways(
                _CORRECTED, _CORRECTED_JOURNALED, "old, new, at, actor",
                "the journal does not know that {actor} has corrected {old} to {new}",
                "the journal knows that {actor} has corrected {old} to {new}, and it is not there",
            ),
            asks(
                "SELECT c.new, p.email FROM correction c JOIN person p ON p.id = c.person_id "
                "WHERE c.round_id = :round AND p.email <> c.new "
                "AND NOT EXISTS (SELECT 1 FROM correction l WHERE l.person_id = c.person_id AND l.id > c.id)",
                "somebody whose address was corrected to {new} has {email}",
            ),
        ),
    ),
)

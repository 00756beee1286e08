"""Has everybody been told what they must be told, once, and nobody what they may not know?"""

import json
from collections.abc import Iterator

from engine.database.health import UNSENT
from engine.database.invariants.asking import Invariant, Parameters, View, asks
from engine.database.invariants.moves import RESTORE
from engine.database.records import ACCOUNT
from engine.rules.divided import scopes_of
from engine.rules.workflow import APPLICANT, EVERYONE, Workflow

HOUR = 3_600_000_000
OPEN = (*UNSENT, "held")
OVER = ("sent", "failed", "cancelled", "expired")
_TRIED_FOR_IT = "SELECT COUNT(*) FROM attempt a WHERE a.notification_id = n.id AND a.outcome <> 'paused'"

_BEFORE_THEM = (
    "(o.scope = '' OR (o.per = 'strand' AND d.strand = :scope AND NOT EXISTS (SELECT 1 FROM journal j "
    "WHERE j.dossier_id = d.id AND j.what = 'strand changed' AND j.at > w.at)) "
    "OR EXISTS (SELECT 1 FROM answer a WHERE a.dossier_id = d.id AND a.question = o.per "
    "AND CAST(a.value AS TEXT) = :quoted AND NOT EXISTS (SELECT 1 FROM answer n WHERE n.dossier_id = d.id "
    "AND n.question = o.per AND (n.version > a.version OR n.given_at > w.at))))"
)
"""whether a dossier lay before the committee in which somebody sits; of one that has gone to another nobody can tell"""


def _tells_applicants(view: View) -> Iterator[Parameters]:
    for era in view.eras:
        for transition in era.programme.workflow.transitions.values():
            if letter := transition.tell.get(APPLICANT):
                yield {"transition": transition.name, "letter": letter, **era.moves}


def _tells_others(view: View) -> Iterator[Parameters]:
    for era in view.eras:
        rules = era.programme.rules_of(view.round.name)
        for told in _told_by(rules):
            for scope in ("", *scopes_of(rules, told["role"])):
                yield {**told, "digests": list(era.digests), "scope": scope, "quoted": json.dumps(scope)}


def _told_by(workflow: Workflow) -> Iterator[dict[str, str]]:
    for transition in workflow.transitions.values():
        cause = f"verdicts {transition.takes_effect}" if transition.takes_effect else f"transition {transition.name}"
        for role, letter in transition.tell.items():
            if role != APPLICANT:
                yield {"transition": transition.name, "cause": cause, "role": role, "letter": letter}
    for announcement in workflow.announcements.values():
        for role, letter in announcement.tell.items():
            if not (announcement.about and role == EVERYONE):  # who was concerned then nobody can tell any more
                yield {
                    "transition": "", "cause": f"announcement {announcement.name}", "role": role, "letter": letter
                }  # fmt: skip


OUTBOX = (
    Invariant(
        "applicants are told",
        "Whoever spoke for a dossier when it was moved has the letter that the rules give for that move.",
        "Somebody does not know what happened to their dossier: write to them yourself, and say so in the journal.",
        (
            asks(
                "SELECT d.number, p.email FROM transition t JOIN dossier d ON d.id = t.dossier_id "
                "JOIN contact c ON c.dossier_id = d.id AND c.since <= t.at JOIN person p ON p.id = c.person_id "
                "WHERE d.round_id = :round AND t.name = :transition AND t.id > :after_move AND t.id <= :last_move "
                "AND NOT EXISTS (SELECT 1 FROM notification n "
                "JOIN cause w ON w.id = n.cause_id WHERE n.dossier_id = d.id AND n.person_id = p.id "
                "AND n.letter = :letter AND w.at = t.at)",
                '{number}: {email} was not written "{letter}" after "{transition}"',
                _tells_applicants,
            ),
        ),
    ),
    Invariant(
        "everybody else is told",
        "Each member of a role that the rules tell of a move, or of a day, has the letter about it.",
        "Somebody who must act does not know it: tell them yourself.",
        (
            asks(
                "SELECT p.email FROM cause w JOIN role o ON o.round_id = w.round_id AND o.role = :role "
                "AND o.scope = :scope "
                "AND o.since <= w.at JOIN person p ON p.id = o.person_id WHERE w.round_id = :round "
                "AND w.name = :cause AND w.digest IN :digests "
                "AND (:transition = '' OR EXISTS (SELECT 1 FROM transition t "
                "JOIN dossier d ON d.id = t.dossier_id WHERE d.round_id = w.round_id AND t.name = :transition "
                f"AND t.at = w.at AND {_BEFORE_THEM})) "
                "AND NOT EXISTS (SELECT 1 FROM conflict c JOIN dossier d ON d.id = c.dossier_id "
                "WHERE c.person_id = p.id AND d.round_id = w.round_id) AND NOT EXISTS (SELECT 1 FROM notification n "
                "WHERE n.cause_id = w.id AND n.person_id = p.id AND n.letter = :letter)",
                '{email} was not written "{letter}" because of "{cause}"',
                _tells_others,
            ),
        ),
    ),
    Invariant(
        "told once",
        "One cause makes one letter of a kind, to one person, in one part, about one dossier.",
        "Somebody reads the same twice: cancel the second with grantcycle outbox cancel, if it has not left.",
        (
            asks(
                "SELECT MAX(n.id) AS id, n.letter, COUNT(*) AS times FROM notification n WHERE n.round_id = :round "
                # the one that another goes in place of has not arrived
                "AND NOT EXISTS (SELECT 1 FROM replacement r WHERE r.replaces = n.id) "
                "GROUP BY n.cause_id, n.person_id, n.letter, n.dossier_id, n.role HAVING COUNT(*) > 1",
                'letter {id} ("{letter}") says what another says: {times} in all',
            ),
        ),
        and_of_none=True,
    ),
    Invariant(
        "letters of the round",
        "A letter, its cause and its dossier are of one round; it is about one dossier when it goes to the applicant, "
        "and names that one.",
        f"Somebody would read about a dossier that is not theirs. {RESTORE}",
        (
            asks(
                "SELECT n.id FROM notification n JOIN cause w ON w.id = n.cause_id "
                "LEFT JOIN dossier d ON d.id = n.dossier_id WHERE n.round_id = :round AND (w.round_id <> n.round_id "
                "OR d.round_id <> n.round_id "
                "OR n.role <> :account AND (n.role = :applicant) <> (n.dossier_id IS NOT NULL) "
                "OR n.facts -> 'dossier' ->> 'number' <> d.number)",
                "letter {id} is not about what it is said to be about",
                lambda _: [{"applicant": APPLICANT, "account": ACCOUNT}],
            ),
            asks(
                "SELECT DISTINCT n.language, n.role FROM notification n WHERE n.round_id = :round "
                "AND (n.language NOT IN :languages OR n.role NOT IN :roles)",
                'a letter is written in "{language}" to "{role}", which the rules do not know',
                lambda view: [{"languages": list(view.workflow.languages), "roles": [*view.workflow.roles, ACCOUNT]}],
            ),
            asks(
                "SELECT w.name FROM cause w JOIN round r ON r.id = w.round_id WHERE w.round_id = :round "
                "AND w.facts -> 'round' ->> 'key' <> r.key",
                'the cause "{name}" tells of another round',
            ),
        ),
    ),
    Invariant(
        "letters of no round",
        "What belongs to no round is about an account, and about no dossier.",
        f"Nobody on a round's staff sees that letter. {RESTORE}",
        (
            asks(
                "SELECT n.id FROM notification n JOIN cause w ON w.id = n.cause_id WHERE n.round_id IS NULL "
                "AND (n.role <> :account OR n.dossier_id IS NOT NULL OR w.round_id IS NOT NULL)",
                "letter {id} belongs to no round, and tells of one",
                lambda _: [{"account": ACCOUNT}],
            ),
        ),
        of_a_round=False,
    ),
    Invariant(
        "conflicts are kept",
        "Nobody is written about a dossier with which they had a conflict of interest.",
        "What is confidential has reached somebody who stepped back: cancel the letter if it has not left, and tell "
        "the committee's chair.",
        (
            asks(
                "SELECT n.id, p.email, d.number FROM conflict c JOIN dossier d ON d.id = c.dossier_id "
                "JOIN person p ON p.id = c.person_id JOIN notification n ON n.person_id = c.person_id "
                f"AND n.round_id = d.round_id AND (n.dossier_id IS NULL OR n.role = '{ACCOUNT}') "
                "JOIN cause w ON w.id = n.cause_id WHERE d.round_id = :round AND w.at > c.declared_at "
                "AND CAST(n.facts AS TEXT) LIKE '%\"' || d.number || '\"%'",
                "letter {id} tells {email} about {number}",
            ),
        ),
    ),
    Invariant(
        "letters end",
        "A letter is waiting, held, leased or to be tried again, or it has ended; a lease has an end and is renewed.",
        "A letter may never leave, or leave twice: see it with grantcycle outbox show, and start the worker anew.",
        (
            asks(
                "SELECT n.id, n.status FROM notification n WHERE n.round_id = :round AND ("
                "n.status NOT IN :known OR (n.ended_at IS NOT NULL) <> (n.status IN :over) "
                "OR (n.leased_until IS NOT NULL) <> (n.status = 'leased') OR n.leased_until < :now - :hour "
                "OR n.attempts < 0 OR n.next_try_at < n.leaves_at AND n.attempts > 0 AND n.status = 'waiting')",
                'letter {id} is "{status}", and what is kept of it says otherwise',
                lambda _: [{"known": [*OPEN, *OVER], "over": list(OVER), "hour": HOUR}],
            ),
        ),
        and_of_none=True,
    ),
    Invariant(
        "expired letters",
        "A letter expires only when it had become worthless.",
        "Somebody was not reminded who should have been: write to them yourself.",
        (
            asks(
                "SELECT id FROM notification WHERE round_id = :round AND status = 'expired' "
                "AND (valid_until IS NULL OR ended_at < valid_until)",
                "letter {id} expired while it was still worth sending",
            ),
        ),
        and_of_none=True,
    ),
    Invariant(
        "sent letters",
        "What was sent was written first and a relay took it; what a relay took is not sent again.",
        "Whether somebody has their letter cannot be told, or they get it again: see grantcycle outbox show.",
        (
            asks(
                "SELECT n.id, n.status FROM notification n WHERE n.round_id = :round "
                "AND (n.status = 'sent') <> EXISTS (SELECT 1 "
                "FROM attempt a WHERE a.notification_id = n.id AND a.outcome = 'sent')",
                'letter {id} is "{status}", and what the relay said is something else',
            ),
            asks(
                "SELECT DISTINCT n.id FROM notification n JOIN attempt a ON a.notification_id = n.id "
                "LEFT JOIN letter l ON l.notification_id = n.id WHERE n.round_id = :round "
                "AND (l.written_at IS NULL OR a.tried_at < l.written_at "
                "OR a.outcome NOT IN ('sent', 'retry', 'failed', 'paused', 'ambiguous'))",
                "letter {id} was tried before it was written",
            ),
            asks(
                "SELECT n.id, n.attempts FROM notification n WHERE n.round_id = :round "
                f"AND n.attempts > ({_TRIED_FOR_IT})",
                "letter {id} is said to have been tried {attempts} times, and was not",
            ),
        ),
        and_of_none=True,
    ),
    Invariant(
        "addresses",
        "What has not left goes to the address that the person has.",
        "The letter would reach somebody else: cancel it with grantcycle outbox cancel.",
        (
            asks(
                "SELECT n.id, n.address FROM notification n JOIN person p ON p.id = n.person_id "
                "WHERE n.round_id = :round AND n.ended_at IS NULL AND n.address <> p.email "
                "AND NOT EXISTS (SELECT 1 FROM replacement r WHERE r.notification_id = n.id) "
                # what was written before the address was corrected goes where it was written to, or is written anew
                "AND NOT (EXISTS (SELECT 1 FROM correction c WHERE c.person_id = p.id AND c.old = n.address) "
                "AND (n.status IN ('leased', 'retry') "
                "OR EXISTS (SELECT 1 FROM letter l WHERE l.notification_id = n.id)))",
                "letter {id} would go to {address}, which is not the address of its reader",
            ),
        ),
        and_of_none=True,
    ),
    Invariant(
        "message ids",
        "Each letter has a Message-ID, and no other has the same.",
        f"A mail server takes two letters for one. {RESTORE}",
        (
            asks(
                "SELECT id FROM notification WHERE round_id = :round "
                "AND (message_id NOT LIKE '<%@%>' OR message_id LIKE '% %' OR LENGTH(message_id) < 36)",
                "letter {id} has no Message-ID that mail servers know",
            ),
            asks(
                "SELECT MAX(id) AS id, message_id FROM notification WHERE round_id = :round "
                "GROUP BY message_id HAVING COUNT(*) > 1",
                "letter {id} shares its Message-ID {message_id}",
            ),
        ),
        and_of_none=True,
    ),
)

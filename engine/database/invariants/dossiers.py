"""Is what was handed in kept as it came, and by whom it came?"""

import json
from collections.abc import Iterator

from engine.database.invariants.asking import Invariant, Parameters, View, asks, both_ways
from engine.database.invariants.moves import RESTORE
from engine.rules.forms import receipt_of

_ANSWERS = """
    SELECT d.number, d.received_at, d.receipt, a.question, CAST(a.value AS TEXT) AS value
    FROM dossier d LEFT JOIN answer a ON a.dossier_id = d.id AND a.given_at <= d.received_at
    WHERE d.round_id = :round AND d.receipt IS NOT NULL ORDER BY d.id, a.version
"""
_LAST_RECEIPT = """
    SELECT j.dossier_id, j.at, j.details ->> 'receipt' AS receipt,
        ROW_NUMBER() OVER (PARTITION BY j.dossier_id ORDER BY j.id DESC) AS back
    FROM journal j WHERE j.round_id = :round AND j.what = 'handed in'
"""
_SPEAKING = """
    SELECT dossier_id, email FROM (
        SELECT j.dossier_id, j.details ->> 'contact' AS email, j.what,
            ROW_NUMBER() OVER (PARTITION BY j.dossier_id, j.details ->> 'contact' ORDER BY j.id DESC) AS back
        FROM journal j WHERE j.round_id = :round
        AND j.what IN ('dossier started', 'contact added', 'contact removed')
    ) AS said WHERE back = 1 AND what <> 'contact removed'
"""


_LAST_STRAND = """
    SELECT dossier_id, strand FROM (
        SELECT j.dossier_id, j.details ->> 'strand' AS strand,
            ROW_NUMBER() OVER (PARTITION BY j.dossier_id ORDER BY j.id DESC) AS back
        FROM journal j WHERE j.round_id = :round AND j.what IN ('dossier started', 'strand changed')
    ) AS said WHERE back = 1 AND strand IS NOT NULL
"""


_LAST_CLOCKS = """
    SELECT dossier_id, clocks FROM (
        SELECT j.dossier_id, j.details ->> 'clocks' AS clocks,
            ROW_NUMBER() OVER (PARTITION BY j.dossier_id ORDER BY j.id DESC) AS back
        FROM journal j WHERE j.round_id = :round AND j.what IN ('dossier started', 'clocks changed')
    ) AS said WHERE back = 1 AND clocks IS NOT NULL
"""


def _strands(view: View) -> Iterator[Parameters]:
    yield {"strands": list(view.workflow.strands) or [""]}


def _receipts(view: View) -> Iterator[str]:
    of: tuple[str, int, str] | None = None
    answers: dict[str, object] = {}

    def wrong() -> Iterator[str]:
        if of and receipt_of(of[0], of[1], answers) != of[2]:
            yield f"{of[0]}: what is kept is not what the receipt was given for"

    for number, received_at, receipt, question, value in view.rows(_ANSWERS):
        if of is None or of[0] != number:
            yield from wrong()
            of, answers = (number, received_at, receipt), {}
        if question is not None:
            answers[question] = json.loads(value)
    yield from wrong()


def _questions(view: View) -> Iterator[Parameters]:
    yield {"questions": list({name for era in view.eras for name in era.programme.workflow.questions})}


def _last_number(view: View) -> Iterator[str]:
    """As `start_dossier` counts: what stands behind the last dash, where it is a number."""
    for (number,) in view.rows("SELECT number FROM dossier WHERE round_id = :round"):
        tail = number.rpartition("-")[2]
        if tail.isdigit() and int(tail) > view.round.last_number:
            yield f"{number} is beyond {view.round.last_number}, the last number that was given"


DOSSIERS = (
    Invariant(
        "started",
        "Each dossier was started once, and the journal says when, and which organisation it is of.",
        f"A dossier came in beside the engine, or its organisation was changed. {RESTORE}",
        both_ways(
            "SELECT id AS dossier_id, started_at AS at, organisation FROM dossier WHERE round_id = :round",
            "SELECT j.dossier_id, j.at, COALESCE(("
            "SELECT n.details ->> 'organisation' FROM journal n WHERE n.dossier_id = j.dossier_id "
            "AND n.what = 'introduced' AND n.details ->> 'organisation' IS NOT NULL ORDER BY n.id DESC LIMIT 1), "
            "j.details ->> 'organisation') AS organisation FROM journal j "
            "WHERE j.round_id = :round AND j.what = 'dossier started'",
            "dossier_id, at, organisation",
            'dossier {dossier_id} of "{organisation}" is not the one that the journal saw started',
            'the journal saw dossier {dossier_id} of "{organisation}" started, and there is none',
        ),
    ),
    Invariant(
        "strands",
        "Each dossier stands in one strand of the rules where they have any, as the journal says.",
        f"A dossier is judged among others than those it was started with. {RESTORE}",
        (
            asks(
                "SELECT number FROM dossier WHERE round_id = :round AND COALESCE(strand, '') NOT IN :strands",
                "{number} stands in no strand of the rules",
                _strands,
            ),
            *both_ways(
                "SELECT id AS dossier_id, strand FROM dossier WHERE round_id = :round AND strand IS NOT NULL",
                _LAST_STRAND, "dossier_id, strand",
                'dossier {dossier_id} stands in "{strand}", and nobody has said so',
                'dossier {dossier_id} stands in "{strand}" in the journal\'s eyes, and not in fact',
            ),
        ),
    ),
    Invariant(
        "clocks",
        "Each dossier goes by the clocks that the journal says, or by the round's.",
        f"Its last days end at another instant than its people were told. {RESTORE}",
        both_ways(
            "SELECT id AS dossier_id, clocks FROM dossier WHERE round_id = :round AND clocks IS NOT NULL",
            _LAST_CLOCKS, "dossier_id, clocks",
            "dossier {dossier_id} goes by {clocks}, and nobody has said so",
            "dossier {dossier_id} goes by {clocks} in the journal's eyes, and not in fact",
        ),
    ),
    Invariant(
        "numbers",
        "No dossier bears a number that the round has not given yet.",
        "The next dossier would be refused its number: set round.last_number to the highest.",
        (_last_number,),
    ),
    Invariant(
        "contacts",
        "Somebody speaks for each dossier, and the journal says since when.",
        f"Letters about the dossier reach nobody, or somebody whom nobody added. {RESTORE}",
        (
            asks(
                "SELECT d.number FROM dossier d WHERE d.round_id = :round "
                "AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.dossier_id = d.id)",
                "nobody speaks for {number}",
            ),
            asks(
                "SELECT d.number, p.email, c.since FROM contact c JOIN dossier d ON d.id = c.dossier_id "
                "JOIN person p ON p.id = c.person_id WHERE d.round_id = :round AND NOT EXISTS ("
                "SELECT 1 FROM journal j WHERE j.dossier_id = d.id AND j.at = c.since "
                "AND j.what IN ('dossier started', 'contact added') AND j.details ->> 'contact' = p.email)",
                "{number}: the journal does not say that {email} speaks for it",
            ),
            *both_ways(
                "SELECT c.dossier_id, p.email FROM contact c JOIN dossier d ON d.id = c.dossier_id "
                "JOIN person p ON p.id = c.person_id WHERE d.round_id = :round",
                _SPEAKING, "dossier_id, email",
                "dossier {dossier_id}: the journal does not say that {email} speaks for it still",
                "dossier {dossier_id}: {email} speaks for it in the journal's eyes, and not in fact",
            ),
        ),
    ),
    Invariant(
        "answers",
        "The versions of a dossier's answers have no gap, each was given at once by one person, in the journal's eyes.",
        f"An answer was removed, added or dated anew. {RESTORE}",
        (
            asks(
                "SELECT d.number, MAX(a.version) AS last FROM answer a JOIN dossier d ON d.id = a.dossier_id "
                "WHERE d.round_id = :round GROUP BY d.number "
                "HAVING MIN(a.version) <> 1 OR MAX(a.version) <> COUNT(DISTINCT a.version)",
                "{number}: its answers have a gap before version {last}",
            ),
            asks(
                "SELECT DISTINCT d.number, a.version FROM answer a JOIN dossier d ON d.id = a.dossier_id "
                "JOIN person p ON p.id = a.given_by WHERE d.round_id = :round AND NOT EXISTS ("
                "SELECT 1 FROM journal j WHERE j.dossier_id = d.id AND j.recorded_at = a.given_at "
                "AND j.actor = p.email AND j.what IN ('answers given', 'dossier started'))",
                "{number}: the journal does not say that answers {version} were given so",
            ),
            asks(
                "SELECT DISTINCT a.question FROM answer a JOIN dossier d ON d.id = a.dossier_id "
                "WHERE d.round_id = :round AND a.question NOT IN :questions",
                'an answer was given to "{question}", which nobody asks',
                _questions,
            ),
        ),
    ),
    Invariant(
        "receipts",
        "A receipt is the digest of what had been answered when the dossier was handed in.",
        "What an applicant handed in was changed afterwards: restore its answers; the receipt in the letter stands.",
        (_receipts,),
    ),
    Invariant(
        "received",
        "A dossier was received when, and as what, the journal says that it was last handed in.",
        f"Whether it was on time cannot be proved any more. {RESTORE}",
        (
            asks(
                "SELECT d.number FROM dossier d "
                f"JOIN ({_LAST_RECEIPT}) AS j ON j.dossier_id = d.id AND j.back = 1 WHERE d.round_id = :round "
                "AND (d.received_at IS NULL OR d.receipt IS NULL OR d.received_at <> j.at OR d.receipt <> j.receipt)",
                "{number} was handed in at another instant, or as something else, than the journal says",
            ),
            asks(
                "SELECT d.number FROM dossier d WHERE d.round_id = :round "
                "AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.dossier_id = d.id AND j.what = 'handed in') "
                "AND (d.receipt IS NOT NULL OR COALESCE(d.received_at, -1) <> COALESCE(("
                "SELECT MAX(CAST(j.details ->> 'received_at' AS BIGINT)) FROM journal j "
                "WHERE j.dossier_id = d.id AND j.what = 'dossier started'), -1))",
                "{number} is said to be received at another instant than when it was handed in or brought in",
            ),
        ),
    ),
    Invariant(
        "batches of intake",
        "A dossier stands in the batch in which the journal says that it was handed in, and in none where none is cut.",
        f"It would be judged with others than it was handed in with. {RESTORE}",
        (
            asks(
                "SELECT d.number FROM dossier d WHERE d.round_id = :round AND COALESCE(d.batch, 0) <> COALESCE(("
                "SELECT CAST(j.details ->> 'intake' AS INTEGER) FROM journal j WHERE j.dossier_id = d.id "
                "AND j.details ->> 'intake' IS NOT NULL ORDER BY j.id DESC LIMIT 1), 0)",
                "{number} stands in another batch than the journal says",
                lambda view: [{}] if view.programme.rounds[view.round.name].cut else [],
            ),
            asks(
                "SELECT number FROM dossier WHERE round_id = :round AND batch IS NOT NULL",
                "{number} stands in a batch, and no phase of the round is cut",
                lambda view: [] if view.programme.rounds[view.round.name].cut else [{}],
            ),
        ),
    ),
)

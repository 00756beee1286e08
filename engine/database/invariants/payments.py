"""Is what was promised to dossiers what the rules promise, and is it kept by what was paid and by nothing else?"""

from collections.abc import Iterator, Mapping

from sqlmodel import col, select

from engine.database.calendars import extended
from engine.database.invariants.asking import Invariant, Parameters, View, asks, both_ways
from engine.database.invariants.moves import RESTORE
from engine.database.meetings import meetings_of
from engine.database.promised import is_of_all, key_of, known_of, owed_to, promised_to
from engine.database.records import DeadlineRow, DossierRow, PromisedRow
from engine.database.store import extensions_of, the_id
from engine.rules.moments import Calendar
from engine.rules.paying import UNPAID, Owed, promises_to_pay
from engine.rules.timers import over_at
from engine.rules.workflow import APPLICANT

AT_ONCE = 500
"""dossiers that are in memory at a time"""
_PAYMENTS = """
    SELECT o.dossier_id, p.id AS payment, 'payment recorded' AS what, o.name, o.position, p.cents, p.day,
        p.reference AS words, p.recorded_at AS at, w.email AS actor
    FROM payment p JOIN promised o ON o.id = p.promised_id JOIN dossier d ON d.id = o.dossier_id
    JOIN person w ON w.id = p.recorded_by WHERE d.round_id = :round
    UNION ALL SELECT o.dossier_id, p.id, 'payment taken back', o.name, o.position, p.cents, '', COALESCE(p.reason, ''),
        p.taken_back_at, w.email
    FROM payment p JOIN promised o ON o.id = p.promised_id JOIN dossier d ON d.id = o.dossier_id
    JOIN person w ON w.id = p.taken_back_by WHERE d.round_id = :round AND p.taken_back_at IS NOT NULL
"""
_JOURNALED = """
    SELECT dossier_id, CAST(details ->> 'payment' AS BIGINT) AS payment, what, details ->> 'name' AS name,
        CAST(details ->> 'position' AS BIGINT) AS position, CAST(details ->> 'cents' AS BIGINT) AS cents,
        COALESCE(details ->> 'day', '') AS day,
        COALESCE(details ->> 'reference', details ->> 'reason', '') AS words, at, actor
    FROM journal WHERE round_id = :round AND what IN ('payment recorded', 'payment taken back')
"""
_PAID = (
    "COALESCE((SELECT SUM(p.cents) FROM payment p WHERE p.promised_id = o.id AND p.taken_back_at IS NULL), 0)"
)


def _promised(view: View) -> Iterator[str]:
    """Each dossier beside what the rules promise it where it stands, on its own dates."""
    session, workflow, promises = view.session, view.workflow, promises_to_pay(view.workflow)
    extensions = extensions_of(session, the_id(view.round))
    meetings = meetings_of(session, the_id(view.round))
    round = view.programme.rounds[view.round.name]
    for dossiers in _concerned(view):
        ids = [the_id(one) for one in dossiers]
        rows, known = promised_to(session, ids), known_of(session, workflow, ids, round.timezone)
        for dossier in dossiers:
            its = rows.get(the_id(dossier), {})
            calendar = extended(round, extensions, the_id(dossier), meetings, dossier.batch, dossier.strand)
            wanted = {
                (promise.name, owed.position): owed
                for promise in promises if dossier.state in promise.about
                for owed in owed_to(
                    workflow, promise, calendar, known[promise.name, the_id(dossier)], its, now=view.now
                )
            }  # fmt: skip
            yield from _compared(dossier, wanted, its, calendar)


def _concerned(view: View) -> Iterator[list[DossierRow]]:
    states = {state for one in promises_to_pay(view.workflow) for state in one.about}
    of, last = select(PromisedRow.dossier_id), 0
    while dossiers := view.session.exec(
        select(DossierRow)
        .where(
            col(DossierRow.round_id) == view.round.id, col(DossierRow.id) > last,
            col(DossierRow.state).in_(states) | col(DossierRow.id).in_(of),
        )
        .order_by(col(DossierRow.id))
        .limit(AT_ONCE)
    ).all():  # fmt: skip
        yield list(dossiers)
        last = the_id(dossiers[-1])


def _compared(
    dossier: DossierRow, wanted: Mapping[tuple[str, int], Owed], its: Mapping[tuple[str, int], PromisedRow],
    calendar: Calendar,
) -> Iterator[str]:  # fmt: skip
    for name, position in wanted.keys() - its.keys():
        yield f"{dossier.number}: {name} {position} is promised by the rules, and is owed by nobody"
    for (name, position), row in its.items():
        owed = wanted.get((name, position))
        if (owed is None) != (row.ended_at is not None):
            yield f"{dossier.number}: {name} {position} is owed where the rules do not owe it, or the other way round"
        elif owed is not None:
            last_day = owed.last_day.isoformat() if owed.last_day else None
            due_at = over_at(owed.last_day, calendar.zone) if owed.last_day else None
            # more than the sum only where more was paid before it became less
            wrong = row.cents < owed.cents or (row.cents > owed.cents and row.kept_at is None)
            if wrong or (row.what, row.last_day, row.due_at) != (owed.what, last_day, due_at):
                yield f"{dossier.number}: {name} {position} is not the sum that was promised, or not by its day"


def _minded(view: View) -> Iterator[str]:
    """What is still owed by a day of a dossier's own has a deadline that finds it unpaid, and no other day has."""
    minds = select(DeadlineRow.key, DeadlineRow.due_at).where(
        col(DeadlineRow.round_id) == view.round.id, col(DeadlineRow.kind) == UNPAID
    )
    every = {key: due_at for key, due_at in view.session.exec(minds).all()}  # noqa: C416  # a row is no pair
    unfired = set(
        view.session.exec(
            select(DeadlineRow.key).where(
                col(DeadlineRow.round_id) == view.round.id, col(DeadlineRow.kind) == UNPAID,
                col(DeadlineRow.ended_at).is_(None),
            )
        ).all()
    )  # fmt: skip
    owed = (
        select(PromisedRow, DossierRow)
        .join(DossierRow, col(DossierRow.id) == col(PromisedRow.dossier_id))
        .where(
            col(DossierRow.round_id) == view.round.id, col(PromisedRow.kept_at).is_(None),
            col(PromisedRow.ended_at).is_(None), col(PromisedRow.due_at).is_not(None),
        )
    )  # fmt: skip
    for row, dossier in view.session.exec(owed).all():
        if row.name not in view.workflow.promises or is_of_all(view.workflow, view.calendar, dossier, row):
            continue
        key = key_of(dossier, row)
        unfired.discard(key)
        if every.get(key) != row.due_at:
            yield f"{dossier.number}: nothing finds {row.name} {row.position} unpaid on {row.last_day}"
    for key in sorted(unfired):
        yield f'"{key}" would find something unpaid that is not owed'


def _told(view: View) -> Iterator[Parameters]:
    for era in view.eras:
        for one in promises_to_pay(era.programme.workflow):
            for role, letter in one.tell.items():
                if role != APPLICANT:
                    yield {"name": one.name, "role": role, "letter": letter, "since": era.since, "until": era.until}


PAYMENTS = (
    Invariant(
        "promised",
        "A dossier is promised the money that the rules promise where it stands: the sums that it asked, by their "
        "days.",
        f"Somebody would be paid too much, too little, or too late. {RESTORE}",
        (_promised,),
    ),
    Invariant(
        "payments",
        "Each payment, and each that was taken back, stands in the journal, and the journal knows of no other; whoever "
        "spoke for the dossier then has the letter about it.",
        f"Money was written down that nobody paid, or nobody can show that it was. {RESTORE} Where a letter is missing "
        "write to them yourself.",
        (
            *both_ways(
                _PAYMENTS, _JOURNALED,
                "dossier_id, payment, what, name, position, cents, day, words, at, actor",
                'dossier {dossier_id}: "{what}" ({payment}, {cents} cents) does not stand in the journal',
                'dossier {dossier_id}: the journal knows of "{what}" ({payment}, {cents} cents), and nothing else does',
            ),
            asks(
                "SELECT p.id FROM payment p JOIN promised o ON o.id = p.promised_id JOIN dossier d "
                "ON d.id = o.dossier_id WHERE d.round_id = :round AND (p.cents <= 0 "
                "OR (p.taken_back_at IS NULL) <> (p.taken_back_by IS NULL) "
                "OR (p.taken_back_at IS NULL) <> (p.reason IS NULL))",
                "payment {id} is none, or was half taken back",
            ),
            asks(
                f"SELECT d.number, p.email, t.what, t.cents FROM ({_PAYMENTS}) t JOIN dossier d ON d.id = t.dossier_id "
                "JOIN contact c ON c.dossier_id = d.id AND c.since <= t.at JOIN person p ON p.id = c.person_id "
                "WHERE NOT EXISTS (SELECT 1 FROM notification n JOIN cause w ON w.id = n.cause_id "
                "WHERE n.dossier_id = d.id AND n.person_id = p.id AND w.at = t.at AND n.letter = "
                "CASE t.what WHEN 'payment recorded' THEN 'money-paid' ELSE 'payment-taken-back' END)",
                '{number}: {email} was not written of "{what}" ({cents} cents)',
            ),
        ),
    ),
    Invariant(
        "kept with money",
        "What was promised is kept when what was paid reaches it, and no more was paid than was promised.",
        f"Somebody is paid twice, or waits for what is said to be paid. {RESTORE}",
        (
            asks(
                "SELECT d.number, o.name, o.position FROM promised o JOIN dossier d ON d.id = o.dossier_id "
                f"WHERE d.round_id = :round AND (o.kept_at IS NOT NULL) <> ({_PAID} >= o.cents)",
                "{number}: {name} {position} is said to be paid and is not, or the other way round",
            ),
            asks(
                "SELECT d.number, o.name, o.position FROM promised o JOIN dossier d ON d.id = o.dossier_id "
                f"WHERE d.round_id = :round AND ({_PAID} > o.cents OR o.cents <= 0)",
                "{number}: more was paid of {name} {position} than was promised",
            ),
        ),
    ),
    Invariant(
        "found unpaid",
        "What is still to be paid by a day of the dossier's own has a deadline that finds it unpaid; whoever is to "
        "hear of that has been written to.",
        f"Money that is owed would be forgotten. {RESTORE}",
        (
            _minded,
            asks(
                "SELECT d.number, p.email FROM journal j JOIN dossier d ON d.id = j.dossier_id JOIN role x "
                "ON x.round_id = d.round_id AND x.role = :role AND x.since <= j.at JOIN person p ON p.id = x.person_id "
                "WHERE j.round_id = :round AND j.what = 'not paid' AND j.details ->> 'name' = :name "
                "AND j.recorded_at > :since AND j.recorded_at < :until "
                "AND NOT EXISTS (SELECT 1 FROM conflict c WHERE c.dossier_id = d.id AND c.person_id = p.id) "
                "AND NOT EXISTS (SELECT 1 FROM notification n JOIN cause w ON w.id = n.cause_id "
                "WHERE n.round_id = d.round_id AND n.person_id = p.id AND w.at = j.at AND n.letter = :letter)",
                '{number}: {email} was not written "{letter}" when something was not paid',
                _told,
            ),
        ),
    ),
)

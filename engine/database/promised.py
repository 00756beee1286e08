"""What was promised to dossiers, and what of it was paid, as it stands in the tables?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.anchors import anchors_of_each
from engine.database.records import AnswerRow, DossierRow, ObligationRow, PaymentRow, PromisedRow
from engine.rules.agenda import last_day_before
from engine.rules.moments import Calendar, from_instant
from engine.rules.paying import UNPAID, Known, Owed, owed_by, promises_to_pay, waits_by_row
from engine.rules.workflow import Promise, Workflow

Rows = dict[tuple[str, int], PromisedRow]
"""(promise, row of the schedule) -> what one dossier was promised"""

STANDS = col(PaymentRow.taken_back_at).is_(None)
"""the condition that a payment was not taken back"""
STILL_OWED = sa.and_(col(PromisedRow.kept_at).is_(None), col(PromisedRow.ended_at).is_(None))
"""the condition that something of a promise is still to be paid"""


def promised_to(session: Session, dossiers: Sequence[int]) -> Mapping[int, Rows]:
    """dossier -> (promise, row) -> what it was promised."""
    found: dict[int, Rows] = defaultdict(dict)
    rows = select(PromisedRow).where(col(PromisedRow.dossier_id).in_(dossiers)).order_by(col(PromisedRow.id))
    for row in session.exec(rows).all():
        found[row.dossier_id][row.name, row.position] = row
    return found


def paid_of(session: Session, dossiers: Sequence[int]) -> Mapping[int, int]:
    """promised -> how many cents of it were paid, where any were."""
    rows = session.exec(
        select(PaymentRow.promised_id, sa.func.sum(PaymentRow.cents))
        .join(PromisedRow, col(PromisedRow.id) == col(PaymentRow.promised_id))
        .where(col(PromisedRow.dossier_id).in_(dossiers), STANDS)
        .group_by(col(PaymentRow.promised_id))
    ).all()
    return {promised: int(cents) for promised, cents in rows}


def known_of(
    session: Session, workflow: Workflow, dossiers: Sequence[int], zone: str
) -> Mapping[tuple[str, int], Known]:
    """(promise, dossier) -> what its sums follow from, in a constant number of questions; `zone` is the round's."""
    promises = promises_to_pay(workflow)
    answers = _answers_to(session, dossiers, [one.pay or "" for one in promises])
    anchors: Mapping[int, Mapping[str, date]] = {}
    if any(one.own is not None for one in promises):
        anchors = anchors_of_each(session, workflow, dossiers, zone)
    by_row = [one.own.anchor for one in promises if one.own is not None and waits_by_row(workflow, one)]
    accepted = _accepted_rows(session, dossiers, by_row, zone) if by_row else {}
    return {
        (promise.name, dossier): Known(
            answers.get((dossier, promise.pay or "")), anchors.get(dossier, {}),
            accepted.get((dossier, promise.own.anchor), {}) if promise.own is not None else {},
        )
        for promise in promises for dossier in dossiers
    }  # fmt: skip


def _answers_to(session: Session, dossiers: Sequence[int], questions: Sequence[str]) -> Mapping[tuple[int, str], Any]:
    """(dossier, question) -> the newest answer."""
    rows = session.exec(
        select(AnswerRow.dossier_id, AnswerRow.question, AnswerRow.value)
        .where(col(AnswerRow.dossier_id).in_(dossiers), col(AnswerRow.question).in_(questions))
        .order_by(col(AnswerRow.version))
    ).all()
    return {(dossier, question): value for dossier, question, value in rows}


def _accepted_rows(
    session: Session, dossiers: Sequence[int], obligations: Sequence[str], zone: str
) -> Mapping[tuple[int, str], Mapping[int, date]]:
    """(dossier, obligation) -> row -> the day on which what is owed by it was accepted."""
    rows = session.exec(
        select(ObligationRow).where(
            col(ObligationRow.dossier_id).in_(dossiers), col(ObligationRow.name).in_(obligations),
            col(ObligationRow.fulfilled_at).is_not(None),
        )
    ).all()  # fmt: skip
    found: dict[tuple[int, str], dict[int, date]] = defaultdict(dict)
    for row in rows:
        if row.fulfilled_at is not None:
            found[row.dossier_id, row.name][row.position] = from_instant(row.fulfilled_at, zone).date()
    return found


def still_to_be_paid(name: str, due_at: int) -> sa.ColumnElement[bool]:
    """The condition that a dossier is still owed something of a promise that was to be paid by that instant."""
    return sa.exists().where(
        col(PromisedRow.dossier_id) == col(DossierRow.id), col(PromisedRow.name) == name,
        col(PromisedRow.due_at) == due_at, STILL_OWED,
    )  # fmt: skip


def owed_to(
    workflow: Workflow, promise: Promise, calendar: Calendar, known: Known, its: Rows, *, now: int
) -> tuple[Owed, ...]:
    """What a promise comes to for a dossier that stands where it is owed, with the dossier's own `calendar`."""
    standing = [row.laid_out_at for (name, _), row in its.items() if name == promise.name and row.ended_at is None]
    came = from_instant(min(standing, default=now), calendar.zone).date()
    return owed_by(workflow, promise, calendar, known, came)


def key_of(dossier: DossierRow, row: PromisedRow) -> str:
    """The key of the deadline that finds a sum unpaid which is due on a day of the dossier's own."""
    return f"{UNPAID} {dossier.number} {row.last_day}"


def is_of_all(workflow: Workflow, calendar: Calendar, dossier: DossierRow, row: PromisedRow) -> bool:
    """Whether a sum is due by the moment that the rules name for everybody, at which the round itself looks at it.

    `calendar` is the round's.
    """
    promise = workflow.promises[row.name]
    if promise.before is None:
        return False
    of = calendar.of_batch(dossier.batch if promise.before.phase == calendar.cut else None)
    return row.last_day == last_day_before(of.instant(promise.before), of.zone).isoformat()

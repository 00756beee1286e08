"""What was promised to dossiers, and what of it was paid, as it stands in the tables?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.anchors import anchors_of
from engine.database.records import AnswerRow, DossierRow, ObligationRow, PaymentRow, PromisedRow
from engine.database.store import the_id
from engine.rules.agenda import last_day_before
from engine.rules.moments import Calendar, from_instant
from engine.rules.paying import UNPAID, Known, Owed, owed_by, waits_by_row
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


def answers_to(session: Session, dossiers: Sequence[int], questions: Sequence[str]) -> Mapping[tuple[int, str], Any]:
    """(dossier, question) -> the newest answer."""
    rows = session.exec(
        select(AnswerRow.dossier_id, AnswerRow.question, AnswerRow.value)
        .where(col(AnswerRow.dossier_id).in_(dossiers), col(AnswerRow.question).in_(questions))
        .order_by(col(AnswerRow.version))
    ).all()
    return {(dossier, question): value for dossier, question, value in rows}


def accepted_rows(session: Session, dossier_id: int, obligation: str) -> Mapping[int, int]:
    """row -> when what is owed by it was accepted (UTC microseconds)."""
    rows = session.exec(
        select(ObligationRow.position, ObligationRow.fulfilled_at).where(
            col(ObligationRow.dossier_id) == dossier_id, col(ObligationRow.name) == obligation,
            col(ObligationRow.fulfilled_at).is_not(None),
        )
    ).all()  # fmt: skip
    return {position: at for position, at in rows if at is not None}


def still_to_be_paid(name: str, due_at: int) -> sa.ColumnElement[bool]:
    """The condition that a dossier is still owed something of a promise that was to be paid by that instant."""
    return sa.exists().where(
        col(PromisedRow.dossier_id) == col(DossierRow.id), col(PromisedRow.name) == name,
        col(PromisedRow.due_at) == due_at, STILL_OWED,
    )  # fmt: skip


def owed_to(
    session: Session, workflow: Workflow, promise: Promise, dossier: DossierRow, calendar: Calendar, answer: Any,
    its: Rows, *, now: int,
) -> tuple[Owed, ...]:  # fmt: skip
    """What a promise comes to for a dossier that stands where it is owed, with the dossier's own `calendar`."""
    zone, dossier_id = calendar.zone, the_id(dossier)
    anchors: Mapping[str, date] = {}
    accepted: dict[int, date] = {}
    if promise.own is not None:
        anchors = anchors_of(session, workflow, dossier_id, zone)
        if waits_by_row(workflow, promise):
            then = accepted_rows(session, dossier_id, promise.own.anchor)
            accepted = {position: from_instant(at, zone).date() for position, at in then.items()}
    standing = [row.laid_out_at for (name, _), row in its.items() if name == promise.name and row.ended_at is None]
    came = from_instant(min(standing, default=now), zone).date()
    return owed_by(workflow, promise, calendar, Known(answer, anchors, accepted), came)


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

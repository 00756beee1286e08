"""For which dossiers is it over what may be done so long after they came where they stand?

The same as `engine.cycle.own_time` says of one dossier, for many at once.
"""

from collections.abc import Callable
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from engine.database.cohort.guards import newest
from engine.database.expressions import string_of
from engine.database.records import DossierRow, ExtensionRow, ObligationRow, TransitionRow
from engine.database.standing_moves import stands
from engine.rules.lateness import lead_of
from engine.rules.moments import Calendar, day_starts, from_instant
from engine.rules.timers import AFTER, WITHIN
from engine.rules.times import Moment, OwnMoment, Span, Window
from engine.rules.workflow import Assessment, Workflow


def moves_scoring(workflow: Workflow, assessment: Assessment, state: str) -> list[str]:
    """The extensions that say until when dossiers in a state are scored, the first that there is: its own, or that of
    a move that the calendar makes after as long."""
    moves = workflow.transitions.values()
    alike = [f"{one.name} {AFTER}" for one in moves if one.after == assessment.within and state in one.sources]
    return [f"{assessment.name} {WITHIN}", *alike]


def scoring_over(
    workflow: Workflow, assessment: Assessment, state: str, calendar: Calendar, now: int
) -> sa.ColumnElement[bool]:
    """The condition that a dossier (of DossierRow) in a state is scored no more: its time is over.

    Never, of an assessment that has one time for all. `now` is UTC microseconds.
    """
    if assessment.window is not None and assessment.window.recurs_with(calendar.cut):
        window, numbers = assessment.window, range(1, len(calendar.batches) + 1)
        ended = [number for number in numbers if _has_ended(window, calendar.of_batch(number), now)]
        return col(DossierRow.batch).in_(ended)
    if assessment.own_window is not None:
        return _has_come(assessment.own_window.end, calendar, now)
    if assessment.within is None:
        return sa.false()
    today = from_instant(now, calendar.zone).date()
    since = since_of_stay()
    each = [_moved_to(of, since) for of in moves_scoring(workflow, assessment, state)]
    moved = sa.func.coalesce(*each) if len(each) > 1 else each[0]
    begins = day_starts(first_that_lasts(assessment.within, today, calendar), calendar.zone)
    return sa.case((moved.is_not(None), moved < today.isoformat()), else_=since < begins)


def scoring_late(
    workflow: Workflow, assessment: Assessment, state: str, calendar: Calendar, now: int
) -> sa.ColumnElement[bool]:
    """The condition that a dossier (of DossierRow) in a state is scored now, and not for long any more.

    Never, of an assessment that has one time for all. `now` is UTC microseconds.
    """
    soon = scoring_over(workflow, assessment, state, calendar, now + lead_of(assessment))
    over = scoring_over(workflow, assessment, state, calendar, now)
    return sa.and_(soon, sa.not_(over), sa.not_(not_scored_yet(assessment, calendar, now)))


def _has_ended(window: Window, calendar: Calendar, now: int) -> bool:
    return now >= calendar.window(window)[1] + calendar.grace(window.end)


def not_scored_yet(assessment: Assessment, calendar: Calendar, now: int) -> sa.ColumnElement[bool]:
    """The condition that the day from which on a dossier (of DossierRow) is scored, its own, has not come or is not
    known; never, of an assessment without such days. `now` is UTC microseconds."""
    own = assessment.own_window
    return sa.false() if own is None else sa.not_(_has_come(own.start, calendar, now))


def _has_come(moment: Moment | OwnMoment, calendar: Calendar, now: int) -> sa.ColumnElement[bool]:
    """The condition that the instant of a moment has come for a dossier; it has not while nobody knows its day."""
    if isinstance(moment, Moment):
        return _of_parts(calendar, moment.phase, lambda one: one.instant(moment) <= now)
    today = from_instant(now, calendar.zone).date()
    if not moment.is_accepted:  # the day begins with its first instant
        given = newest(moment.anchor, string_of)
        before = _first_beyond(moment, today, calendar).isoformat()
        return sa.func.coalesce(sa.and_(given != "", given < before), sa.false())
    accepted, owed = aliased(ObligationRow), aliased(ObligationRow)
    its = (col(accepted.dossier_id) == col(DossierRow.id), col(accepted.name) == moment.anchor)
    last = sa.select(sa.func.max(accepted.fulfilled_at)).where(*its).correlate(DossierRow).scalar_subquery()
    is_open = sa.exists().where(
        col(owed.dossier_id) == col(DossierRow.id), col(owed.name) == moment.anchor,
        col(owed.fulfilled_at).is_(None), col(owed.excused_at).is_(None),
    )  # fmt: skip
    before_day = _first_beyond(moment, today - timedelta(days=1), calendar)
    came = sa.func.coalesce(last < day_starts(before_day, calendar.zone), sa.false())
    return sa.and_(came, ~is_open)


def _first_beyond(moment: OwnMoment, last: date, calendar: Calendar) -> date:
    """The earliest day of which a moment that hangs on it falls after `last`."""
    turn = -1 if moment.direction == "before" else 1

    def moved(day: date) -> date:
        return day if moment.span is None else calendar.shift(day, moment.span, turn)

    day = last if moment.span is None else calendar.shift(last, moment.span, -turn)
    while moved(day) <= last:
        day += timedelta(days=1)
    return day


def _of_parts(calendar: Calendar, phase: str, holds: Callable[[Calendar], bool]) -> sa.ColumnElement[bool]:
    """The condition that something holds by the dates of a dossier's strand and batch."""
    numbers = range(1, len(calendar.batches) + 1) if phase == calendar.cut else ()
    found = []
    for one in calendar.each:
        mine = col(DossierRow.strand) == one.strand
        if one.strand is None:
            mine = sa.func.coalesce(col(DossierRow.strand).not_in(calendar.apart), sa.true())
        for number in (None, *numbers):
            if holds(one.of_batch(number)):
                batch = col(DossierRow.batch)
                in_batch = sa.true() if not numbers else batch.is_(None) if number is None else batch == number
                found.append(sa.and_(mine, in_batch))
    return sa.or_(sa.false(), *found)


def since_of_stay() -> sa.ScalarSelect[int]:
    """Since when a dossier (of DossierRow) stands where it stands, as `engine.database.stays` has it."""
    move = aliased(TransitionRow)
    last = (
        sa.select(col(move.recorded_at))
        .where(col(move.dossier_id) == col(DossierRow.id), stands(move))
        .order_by(col(move.id).desc())
        .limit(1)
        .correlate(DossierRow)
        .scalar_subquery()
    )
    return sa.func.coalesce(last, col(DossierRow.started_at))  # type: ignore[return-value]


def first_that_lasts(span: Span, today: date, calendar: Calendar) -> date:
    """The earliest day from which so long reaches until today."""
    day = calendar.shift(today, span, -1)
    while calendar.shift(day, span, 1) < today:
        day += timedelta(days=1)
    while calendar.shift(day - timedelta(days=1), span, 1) >= today:
        day -= timedelta(days=1)
    return day


def _moved_to(of: str, since: sa.ColumnElement[int]) -> sa.ScalarSelect[str]:
    """The last day that a dossier was given for something since it came where it stands."""
    row, undoing = aliased(ExtensionRow), aliased(ExtensionRow)
    return (
        sa.select(col(row.new_day))
        .where(
            col(row.dossier_id) == col(DossierRow.id), col(row.of) == of, col(row.decided_at) >= since,
            col(row.undoes_id).is_(None), ~sa.exists().where(col(undoing.undoes_id) == col(row.id)),
        )
        .order_by(col(row.id).desc())
        .limit(1)
        .correlate(DossierRow)
        .scalar_subquery()
    )  # fmt: skip

"""What does a dossier owe, until when, and who reminds it?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import sqlalchemy as sa
from sqlmodel import col, select

from engine.cycle.deadlines import put_deadline
from engine.cycle.own_windows import instants_of
from engine.cycle.scene import Scene
from engine.cycle.telling import obligation_facts
from engine.database.cohort.gathered import GATHERED, Gathered, ids
from engine.database.cohort.guards import hold
from engine.database.cohort.moving import Planned, set_apart
from engine.database.cohort.moving import lay_out as lay_out_alike
from engine.database.records import DeadlineRow, DossierRow, ObligationRow
from engine.database.store import current_answers, facts_of, obligations_of, state_of, the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.agenda import (
    ORDER,
    PLACES,
    Laid,
    obligation_windows,
    reminders_after,
    reminders_before,
)
from engine.rules.facts import AWAITED, UNFULFILLED
from engine.rules.guards import judge
from engine.rules.moments import Calendar, day_starts, from_instant, tzdata_version
from engine.rules.workflow import Obligation

OVERDUE = len(ORDER) * PLACES
REMIND = (len(ORDER) + 1) * PLACES
"""positions: after all that the round itself does at that instant"""


def lay_out(
    scene: Scene, dossier: DossierRow, *, at: int, among: Sequence[Obligation] | None = None, since: int | None = None
) -> None:
    """Write down all that the dossier's new state owes (or what of it is `among` these) as of `at`, when it came there;
    what it already owes is not laid out again. Nobody is reminded of a day before `since` (`at`, if it is not given).
    """
    dossier_id = the_id(dossier)
    calendar = scene.calendar_of(dossier)
    for obligation in scene.workflow.obligations.values() if among is None else among:
        if dossier.state not in obligation.owed_by:
            continue
        known = scene.session.exec(
            select(ObligationRow.id).where(
                col(ObligationRow.dossier_id) == dossier_id, col(ObligationRow.name) == obligation.name
            )
        ).first()
        if known is not None:
            continue
        if obligation.guards and against_owing(scene, dossier, obligation):
            continue
        for laid in windows_for(scene, dossier, obligation, calendar, since=scene.now):
            if scene.round.as_of is not None and laid.due_at < scene.round.as_of:
                continue  # it was due elsewhere, before the round came here
            scene.session.add(
                ObligationRow(
                    dossier_id=dossier_id,
                    name=obligation.name,
                    position=laid.position,
                    opens_at=laid.opens_at,
                    due_at=laid.due_at,
                    last_day=laid.last_day.isoformat(),
                    laid_out_at=at,
                )
            )
    scene.session.flush()
    point("obligations written")
    set_obligation_deadlines(scene, dossier, since=at if since is None else since)


def windows_for(
    scene: Scene, dossier: DossierRow, obligation: Obligation, calendar: Calendar, *, since: int
) -> tuple[Laid, ...]:
    """All that a dossier owes by an obligation, by its own dates; `since` is when it came there."""
    days: list[date] = []
    if obligation.each is not None:
        rows = current_answers(scene.session, the_id(dossier)).get(obligation.each) or []
        days = [date.fromisoformat(row["day"]) for row in rows]
    own = None
    if obligation.own_window is not None:
        opens, closes = instants_of(scene, dossier, obligation.own_window)
        own = None if opens is None or closes is None else (opens, closes)
    return obligation_windows(obligation, calendar, since=since, days=days, own=own)


def follow_own_window(scene: Scene, dossier: DossierRow) -> None:
    """Have what a dossier owes between days of its own follow them: one was given, or changed, or something accepted.

    What was extended by itself keeps the last day it was given.
    """
    its = [
        one for one in scene.workflow.obligations.values() if one.own_window is not None
        and dossier.state in one.owed_by
    ]  # fmt: skip
    if not its:
        return
    extended = {row.of for row in scene.standing_extensions if row.dossier_id == dossier.id}
    rows = obligations_of(scene.session, the_id(dossier))
    for obligation in its:
        laid = {
            one.position: one
            for one in windows_for(scene, dossier, obligation, scene.calendar_of(dossier), since=scene.now)
        }
        for row in rows:
            one = laid.get(row.position) if row.name == obligation.name else None
            if one is None or state_of(row) not in UNFULFILLED or f"{row.name} {row.position}" in extended:
                continue
            row.opens_at, row.due_at, row.last_day = one.opens_at, one.due_at, one.last_day.isoformat()
            row.overdue_at = None if one.due_at > scene.now else row.overdue_at
            scene.session.add(row)
    scene.session.flush()
    point("own windows followed")
    # what could not be laid out as it came there, for want of a day
    lay_out(scene, dossier, at=dossier.entered_at, among=its, since=scene.now)


def against_owing(scene: Scene, dossier: DossierRow, obligation: Obligation) -> tuple[Refusal, ...]:
    """Why a dossier does not owe something that others in its state owe."""
    facts = facts_of(scene.session, scene.workflow, dossier, obligation.guards, when=scene.when)
    return judge(obligation.guards, facts, scene.workflow)


def set_obligation_deadlines(scene: Scene, dossier: DossierRow, *, since: int) -> None:
    """Have the calendar remind of what the dossier is to do, and find it overdue; what is overdue is reminded of still.

    Reminders before `since` are not owed to anybody any more. Unfired deadlines follow when a last day moves.
    """
    owed = [
        _Owed(row.name, date.fromisoformat(row.last_day), row.due_at, state_of(row) == "overdue")
        for row in obligations_of(scene.session, the_id(dossier))
        if state_of(row) in AWAITED
    ]
    wanted = {f"{one.word} {dossier.number} {one.day}": one for one in _planned(scene, owed, since=since)}
    unfired = scene.session.exec(
        select(DeadlineRow).where(
            col(DeadlineRow.dossier_id) == dossier.id,
            col(DeadlineRow.kind).in_(("overdue", "obligation reminder")),
            col(DeadlineRow.ended_at).is_(None),
        )
    ).all()
    for old in unfired:
        if old.key not in wanted:
            scene.session.delete(old)
    scene.session.flush()
    point("old deadlines of obligations gone")
    stand = {(row.key, row.due_at, row.fires_at, row.valid_until, row.tzdata) for row in unfired}
    tzdata = tzdata_version()
    for key, one in wanted.items():
        if (key, one.at, one.fires_at, one.valid_until, tzdata) in stand:
            continue
        put_deadline(
            scene, key=key, kind=one.kind, name=dossier.number, moment=key, position=one.position, at=one.at,
            fires_at=one.fires_at, valid_until=one.valid_until, dossier=dossier,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Owed:
    """Something that is to be done by its last day, or was: `due_at` is the first instant after it."""

    name: str
    last_day: date
    due_at: int
    is_overdue: bool = False


def _planned(scene: Scene, owed: Sequence[_Owed], *, since: int) -> list[Planned]:
    """The deadlines of what is owed: each day's once, reminders before `since` left out."""
    wanted: dict[tuple[str, str], Planned] = {}
    for one in owed:
        if not one.is_overdue:
            day = one.last_day.isoformat()
            wanted["overdue", day] = _plan(
                scene, "overdue", day, "overdue", OVERDUE, one.due_at, one.due_at + scene.settle, None
            )
        for at, until in _reminders(scene, one):
            if at >= since:
                day = from_instant(at, scene.calendar.zone).date().isoformat()
                # one letter reminds of all that is due; it is worth sending while any of it is
                known = wanted.get(("remind", day))
                worth = until if known is None else _longer(until, known.valid_until)
                wanted["remind", day] = _plan(scene, "remind", day, "obligation reminder", REMIND, at, at, worth)
    return list(wanted.values())


def _reminders(scene: Scene, owed: _Owed) -> Iterator[tuple[int, int | None]]:
    """When somebody is reminded of it, and until when that is worth sending: the last one after the day, for ever."""
    obligation = scene.workflow.obligations[owed.name]
    before = reminders_before(owed.last_day, obligation.remind, scene.calendar)
    after = reminders_after(owed.last_day, obligation.remind_after, scene.calendar)
    if not owed.is_overdue:
        yield from zip(before, (*before, owed.due_at)[1:], strict=True)
    yield from zip(after, (*after, None)[1:], strict=True)


def _longer(one: int | None, other: int | None) -> int | None:
    """The later of two ends; None is never."""
    return None if one is None or other is None else max(one, other)


def _plan(
    scene: Scene, word: str, day: str, kind: str, position: int, at: int, fires_at: int, valid_until: int | None
) -> Planned:
    local = from_instant(at, scene.calendar.zone).isoformat()
    return Planned(word, day, kind, position, at, fires_at, valid_until, local)


def lay_out_all(scene: Scene, gathered: Gathered, state: str, *, at: int) -> None:
    """`lay_out` for a cohort that has entered a state: alike for all but those with debts or dates of their own."""
    if not scene.workflow.obligations:
        return
    obligations = [one for one in scene.workflow.obligations.values() if state in one.owed_by]
    for dossier_id in set_apart(scene.session, gathered, [one.name for one in obligations], round_id=scene.round_id):
        lay_out(scene, scene.session.get_one(DossierRow, dossier_id), at=at)
    if any(one.each or one.own_window for one in obligations):  # what each of them owes stands in its own answers
        for dossier_id in ids(scene.session, gathered, ~GATHERED.c.owing):
            lay_out(scene, scene.session.get_one(DossierRow, dossier_id), at=at)
        return
    choices = ((calendar, whose, *owed) for calendar, whose in _by_dates(scene) for owed in
               _by_guards(scene, obligations))
    for calendar, whose, owing, holds in choices:
        among = holds if whose is None else whose if holds is None else sa.and_(whose, holds)
        laid = [
            (obligation.name, one)
            for obligation in owing
            for one in obligation_windows(obligation, calendar, since=scene.now)
            if scene.round.as_of is None or one.due_at >= scene.round.as_of
        ]
        planned = _planned(scene, [_Owed(name, one.last_day, one.due_at) for name, one in laid], since=at)
        lay_out_alike(
            scene.session, gathered, laid, planned, round_id=scene.round_id, zone=scene.calendar.zone,
            tzdata=tzdata_version(), at=at, among=among,
        )  # fmt: skip


def _by_dates(scene: Scene) -> Iterator[tuple[Calendar, sa.ColumnElement[bool] | None]]:
    """The dates by which dossiers owe, with the condition that they are these: each strand may have its own."""
    apart = scene.calendar.apart
    if not apart:
        yield scene.calendar, None
        return
    yield scene.calendar, sa.func.coalesce(col(DossierRow.strand).not_in(apart), sa.true())
    for strand in apart:
        yield scene.calendar.of_strand(strand), col(DossierRow.strand) == strand


def _by_guards(
    scene: Scene, obligations: Sequence[Obligation]
) -> Iterator[tuple[list[Obligation], sa.ColumnElement[bool] | None]]:
    """Each choice of obligations that a dossier may owe by their guards, with the condition that it is this one."""
    guarded = [one for one in obligations if one.guards]
    for choice in product((True, False), repeat=len(guarded)):
        owing = {one.name for one, holds in zip(guarded, choice, strict=True) if holds}
        conditions = [
            hold(one.guards, scene.workflow, when=scene.when) if holds
            else ~hold(one.guards, scene.workflow, when=scene.when)
            for one, holds in zip(guarded, choice, strict=True)
        ]
        yield (
            [one for one in obligations if not one.guards or one.name in owing],
            sa.and_(*conditions) if conditions else None,
        )


@dataclass(frozen=True, slots=True)
class Reminded:
    """Of what a dossier is reminded at one instant, for its letters: what is still to come in, and what has not."""

    before: list[dict[str, object]]
    after: list[dict[str, object]]


def reminded_now(scene: Scene, dossier: DossierRow, at: int) -> Reminded:
    """Of what the dossier is reminded at exactly that instant: before its last day what is open, and after it what is
    not handed in still."""
    found = Reminded([], [])
    for row in obligations_of(scene.session, the_id(dossier)):
        last_day, obligation = date.fromisoformat(row.last_day), scene.workflow.obligations[row.name]
        before = reminders_before(last_day, obligation.remind, scene.calendar)
        after = reminders_after(last_day, obligation.remind_after, scene.calendar)
        # after an outage the last reminder of several says it all
        if state_of(row) == "open" and at == _latest(before, scene.now):
            found.before.append(obligation_facts(row))
        if state_of(row) in AWAITED and at == _latest(after, scene.now):
            found.after.append(obligation_facts(row))
    return found


def _latest(instants: Sequence[int], now: int) -> int | None:
    return max((one for one in instants if one <= now), default=None)


def earliest_open(scene: Scene, dossier: DossierRow, *, attend: str = "", deliver: str = "") -> ObligationRow | None:
    """The obligation that an attendance or a delivery now would fulfil: the earliest due whose window has opened.

    Of one that is owed several times the first is meant, though it may have got a later day than the next.
    """
    found = [
        row
        for row in obligations_of(scene.session, the_id(dossier))
        if state_of(row) in AWAITED and row.opens_at <= scene.now and _asks_for(scene, row, attend, deliver)
    ]
    return min((row for row in found if row.name == found[0].name), key=lambda row: row.position, default=None)


def in_review(scene: Scene, dossier: DossierRow, deliver: str) -> ObligationRow | None:
    """What of that was handed in and awaits the word of staff, or None."""
    return next(
        (
            row
            for row in obligations_of(scene.session, the_id(dossier))
            if state_of(row) == "handed in" and scene.workflow.obligations[row.name].deliver == deliver
        ),
        None,
    )


def _asks_for(scene: Scene, row: ObligationRow, attend: str, deliver: str) -> bool:
    obligation = scene.workflow.obligations[row.name]
    return bool(attend and obligation.attend == attend) or bool(deliver and obligation.deliver == deliver)


def owed(scene: Scene, dossier: DossierRow, name: str, position: int | None = None) -> Sequence[ObligationRow]:
    """The unfulfilled obligations of that name, or attending the meeting of that name, in the order they are due."""
    return [
        row
        for row in obligations_of(scene.session, the_id(dossier))
        if (row.name == name or scene.workflow.obligations[row.name].attend == name)
        and state_of(row) in UNFULFILLED
        and position in (None, row.position)
    ]


def due_after(last_day: date, zone: str) -> int:
    """The first instant after an obligation's last day."""
    return day_starts(last_day + timedelta(days=1), zone)

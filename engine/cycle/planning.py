"""What would come of other rules or dates for a round that runs?

The change is carried out, and the calendar goes on to the end, in a transaction that is always taken back; and so it
goes on without the change. What is different between the two is what the change does.
"""

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from typing import Literal

import sqlalchemy as sa
from sqlmodel import col, select

from engine.cycle import Cycle, batches, due, firing
from engine.cycle.clocks import clocks_known
from engine.cycle.extending import of_dates, states_acting_until
from engine.cycle.fitting import calendar_with, reasons_not_to_run_on, states_to_map
from engine.cycle.plans import Gate, Moved, Plan, Text
from engine.cycle.replacing import replace_rules
from engine.cycle.scene import Scene, Shelf
from engine.cycle.trying import Trial, trying
from engine.database.cohort.guards import hold
from engine.database.consequences import Consequences, marks_of
from engine.database.forecast import Course, course_since
from engine.database.records import DossierRow, ObligationRow, PersonRow, RoleRow
from engine.database.store import places_held
from engine.errors import GrantcycleError
from engine.files.reading import Programme
from engine.rules.difference import Changed, Key, differences, said
from engine.rules.moments import Calendar
from engine.rules.times import Moment
from engine.rules.workflow import STAFF, Transition, Workflow

FOR_EVER = 2**62


def plan(
    cycle: Cycle,
    round_key: str,
    programme: Programme,
    *,
    now: int,
    mapped: Mapping[str, str] | None = None,
    until: int | None = None,
) -> Plan:
    """What would come of it if the round went on with that programme from `now` on; nothing of it is kept.

    Dossiers of each state in `mapped` would be led to the state beside it. With `until` (UTC microseconds) the
    calendar is only looked at to there. Raises Unknown when no such round is open, GrantcycleError for a round in which
    nobody could change the rules, as it has no staff.
    """
    mapped, end = mapped or {}, until if until is not None else FOR_EVER
    # what is only tried is read into a shelf of its own
    apart = Cycle(cycle.database, cycle.notify, cycle.settle, Shelf(), cycle.watch)
    with trying(apart, round_key, now) as trial:
        scene = trial.scene()
        reasons = reasons_not_to_run_on(scene, programme, mapped)
        same_round = not any(one.code == "round" for one in reasons)
        calendar = calendar_with(scene, programme) if same_round else scene.calendar
        old = apart.shelf.read(trial.session, scene.round.digest)
        before = _course(trial, end)
        facts = _facts(scene, old, programme, calendar)
        after, at_once, void = None, Consequences(), tuple[str, ...]()
        if not reasons and programme.digest != old.digest:
            after, at_once, void = _carried_out(trial, programme, mapped, end)
        return Plan(
            round_key, old.digest, programme.digest, end, *facts, tuple(reasons),
            states_to_map(scene, programme.workflow, mapped) if same_round else {}, dict(mapped), before, after,
            at_once, void,
        )  # fmt: skip


def _course(trial: Trial, until: int) -> Course:
    """How the calendar goes on, taken back again."""
    with trial.session.begin_nested() as tried:
        marks = marks_of(trial.session, trial.round_id)
        play(trial, until)
        course = course_since(trial.session, trial.round_id, marks)
        tried.rollback()
    return course


def _carried_out(
    trial: Trial, programme: Programme, mapped: Mapping[str, str], until: int
) -> tuple[Course, Consequences, tuple[str, ...]]:
    with trial.session.begin_nested() as tried:
        marks = marks_of(trial.session, trial.round_id)
        scene = trial.scene()
        somebody = _staff(scene)
        approved = {batch: batches.held(scene, batch) for batch in batches.begun(scene)}
        replace_rules(scene, trial.shelf, programme, mapped=mapped, reason="what would come of it", by=somebody)
        scene.finish()
        known = batches.batches(scene)
        void = tuple(
            batch for batch, one in approved.items()
            if one.approved_by and (batch not in known or not batches.held(scene, batch).approved_by)
        )  # fmt: skip
        at_once = trial.consequences()
        play(trial, until)
        course = course_since(trial.session, trial.round_id, marks)
        tried.rollback()
    return course, at_once, void


def _staff(scene: Scene) -> str:
    """One of the staff of the round: they alone may decide on its rules, and whoever looks needs not be one of them."""
    somebody = scene.session.exec(
        select(PersonRow.email)
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(col(RoleRow.round_id) == scene.round_id, col(RoleRow.role) == STAFF)
        .order_by(col(PersonRow.id))
    ).first()
    if somebody is None:
        raise GrantcycleError(f"{scene.round.key} has no staff yet, who alone change its rules: bring them in first")
    return somebody


def play(trial: Trial, until: int) -> None:
    """Let the calendar go on to an instant, all that is held approved in time."""
    now = trial.now
    while (deadline := due.next_due(trial.session, trial.round_id, until)) is not None:
        now = max(now, deadline.fires_at)
        scene = trial.scene(now)
        if (batch := firing.batch_held(scene, deadline)) is not None and not batches.held(scene, batch).released:
            batches.as_if_approved(scene, batch)
        for one in due.alike(trial.session, deadline):
            firing.fire(scene, one)
        scene.finish()


def _facts(
    scene: Scene, old: Programme, new: Programme, calendar: Calendar
) -> tuple[tuple[Changed, ...], tuple[Moved, ...], tuple[Text, ...], tuple[Gate, ...]]:
    return (
        (*differences(old.workflow, new.workflow), *_round_file(scene, old, new)),
        tuple(_dates(scene, new.workflow, calendar)),
        tuple(_texts(old, new)),
        tuple(_gates(scene, _rules(scene, old), _rules(scene, new))),
    )


def _round_file(scene: Scene, old: Programme, new: Programme) -> Iterator[Changed]:
    was, now = old.rounds.get(scene.round.name), new.rounds.get(scene.round.name)
    if was is None or now is None:
        return
    names = ("title", "number", "timezone", "mails_at", "holidays")
    keys = [Key(one, said(getattr(was, one)), said(getattr(now, one))) for one in names]
    grace = {phase: (said(dates.grace) if dates.grace else "") for phase, dates in was.phases.items()}
    for phase, dates in now.phases.items():
        keys.append(Key(f"{phase} grace", grace.get(phase, ""), said(dates.grace) if dates.grace else ""))
    for name in dict.fromkeys([*was.meetings, *now.meetings]):
        keys.append(Key(f"meeting {name}", said(was.meetings.get(name)), said(now.meetings.get(name))))
    for name in dict.fromkeys([*was.notices, *now.notices]):
        keys.append(Key(f"announcement {name}", said(was.notices.get(name)), said(now.notices.get(name))))
    if changed := tuple(key for key in keys if key.was != key.now):
        yield Changed("round", scene.round.name, "changed", changed)


def _dates(scene: Scene, workflow: Workflow, calendar: Calendar) -> Iterator[Moved]:
    for phase in dict.fromkeys([*scene.workflow.phases, *workflow.phases]):
        for edge in ("opens", "closes"):
            moment = Moment(phase, edge)
            apart = (*scene.calendar.strands_apart(phase), *calendar.strands_apart(phase))
            goes_by = any(phase in one.round.by_applicant for one in (scene.calendar, calendar))
            others = clocks_known(scene) if goes_by else ()
            parts: list[tuple[str | None, str | None]] = [(strand, None) for strand in (None, *dict.fromkeys(apart))]
            for strand, clocks in [*parts, *((None, one) for one in others)]:
                was, now = (
                    one.of_strand(strand).of_clocks(clocks).instant(moment) if phase in one.round.phases else None
                    for one in (scene.calendar, calendar)
                )
                if was != now:
                    yield Moved(str(moment), was, now, _concerned(scene, phase, strand, clocks), strand, clocks)


def _concerned(scene: Scene, phase: str, strand: str | None, clocks: str | None) -> int:
    acting = states_acting_until(scene, phase) - set(scene.workflow.ends_in)
    owing = [one.name for one in scene.workflow.obligations.values() if one.window and one.window.end.phase == phase]
    owes = sa.exists().where(
        col(ObligationRow.dossier_id) == col(DossierRow.id), col(ObligationRow.name).in_(owing),
        col(ObligationRow.fulfilled_at).is_(None), col(ObligationRow.excused_at).is_(None),
    )  # fmt: skip
    theirs = of_dates(scene, phase, strand)
    if clocks is not None:
        theirs = sa.and_(theirs, col(DossierRow.clocks) == clocks)
    return _number(scene, sa.and_(theirs, sa.or_(col(DossierRow.state).in_(acting), owes)))


def _number(scene: Scene, where: sa.ColumnElement[bool]) -> int:
    asked = sa.select(sa.func.count()).select_from(DossierRow).where(scene.in_round, where)
    count: int = scene.session.connection().execute(asked).scalar_one()
    return count


def _texts(old: Programme, new: Programme) -> Iterator[Text]:
    for file in sorted({*old.files, *new.files}):
        was, now = old.files.get(file), new.files.get(file)
        if was != now:
            kind: Literal["added", "removed", "changed"] = (
                "added" if was is None else "removed" if now is None else "changed"
            )
            lines = unified_diff((was or "").splitlines(), (now or "").splitlines(), file, file, lineterm="", n=2)
            yield Text(file, kind, tuple(lines))


def _rules(scene: Scene, programme: Programme) -> Workflow:
    """The rules with the numbers that the round gives; as they are where that text has no such round."""
    name = scene.round.name
    return programme.rules_of(name) if name in programme.rounds else programme.workflow


def _gates(scene: Scene, old: Workflow, new: Workflow) -> Iterator[Gate]:
    for name, move in new.transitions.items():
        was = old.transitions.get(name)
        if was is None or was.guards == move.guards:
            continue
        yield Gate(
            name, said(was.guards), said(move.guards), _may(scene, was, scene.workflow), _may(scene, move, new),
            _cap(was), _cap(move), places_held(scene.session, scene.workflow, scene.round_id, was.target),
        )  # fmt: skip


def _may(scene: Scene, move: Transition, workflow: Workflow) -> int:
    """How many dossiers stand before a transition of whom its guards hold now, its cap left out."""
    holds = hold(move.guards, workflow, when=scene.when)
    return _number(scene, sa.and_(col(DossierRow.state).in_(move.sources), holds))


def _cap(move: Transition) -> int | None:
    guard = move.guard("at_most")
    return guard.value if guard and isinstance(guard.value, int) else None

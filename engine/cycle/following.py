"""What has not happened yet, when a round's rules and dates are others from now on: deadlines, debts and meetings."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from engine.cycle import meetings
from engine.cycle.clocks import clocks_known
from engine.cycle.deadlines import has_happened_for_all, put_due, put_own_agenda
from engine.cycle.meetings import Sitting, as_sitting
from engine.cycle.obligations import against_owing, set_obligation_deadlines, windows_for
from engine.cycle.scene import Scene
from engine.cycle.slots import resettle
from engine.cycle.timers import set_timers
from engine.database.records import DeadlineRow, DossierRow, HeldBackRow, MeetingRow, ObligationRow
from engine.database.stays import stay_of
from engine.database.store import been_in, state_of, the_id
from engine.faults import point
from engine.files.reading import Programme
from engine.rules.agenda import Due, Laid, agenda, batch_of, obligation_windows
from engine.rules.facts import UNFULFILLED
from engine.rules.moments import Calendar
from engine.rules.round import Session as Written
from engine.rules.timers import MOVES, TIMERS, has_timers
from engine.rules.workflow import Obligation

OF_RULES = ("edge", "verdicts", "transition", "announcement", "reminder", "promise")
"""the kinds of deadlines that rules give"""
HEARD = ("announcement", "reminder", "promise")
"""what people hear because of a day, and not of an earlier one"""
PASSED = "passed"
"""how a deadline ends whose day had passed before there was a rule for it"""


@dataclass(frozen=True, slots=True)
class Before:
    """The rules, as their files said, and the dates that a round had until now."""

    programme: Programme
    calendar: Calendar


def follow_deadlines(scene: Scene) -> None:
    """Write the agenda anew: what no rule gives any more goes, what has fired stays, what is new or moved is written.

    A calendar move whose moment has passed happens at once, as for any late arrival. Nobody is reminded today of what
    was to be heard on a day that has passed.
    """
    new = {due.key: due for due in agenda(scene.workflow, scene.calendar, scene.settle)}
    held = {row.key: (row.due_at, row.moment) for row in _unfired(scene)}
    for row in _unfired(scene):
        if row.dossier_id is None and row.key not in new:
            scene.session.delete(row)
    scene.session.flush()
    point("deadlines without a rule gone")
    for due in new.values():
        if has_happened_for_all(scene, due):
            continue
        _settle(scene, put_due(scene, due), due, held)
    _follow_own(scene, held)
    _forget_held_back(scene)


def _unfired(scene: Scene) -> Sequence[DeadlineRow]:
    return scene.session.exec(
        select(DeadlineRow)
        .where(
            col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.ended_at).is_(None),
            col(DeadlineRow.kind).in_(OF_RULES),
        )
        .order_by(col(DeadlineRow.id))
    ).all()  # fmt: skip


def _settle(scene: Scene, row: DeadlineRow, due: Due, held: dict[str, tuple[int, str]]) -> None:
    """Let an unfired deadline be what the rules say of it now."""
    if row.ended_at is not None:
        return
    row.kind, row.name, row.moment, row.position = due.kind, due.name, due.moment, due.position
    if row.awaits_release and not _is_held(scene, row, held):
        row.awaits_release = False
    if row.kind in HEARD and row.fires_at <= scene.now and held.get(row.key, (None,))[0] != row.due_at:
        row.ended_at, row.ending = scene.now, PASSED
    scene.session.add(row)
    scene.session.flush()
    point("deadline followed")


def _is_held(scene: Scene, row: DeadlineRow, held: dict[str, tuple[int, str]]) -> bool:
    """Whether a deadline that waits for its batch to be approved still waits for that one."""
    batches = {batch_of(move) for move in scene.workflow.transitions.values()}
    return row.moment in batches and held[row.key][1] == row.moment


def _follow_own(scene: Scene, held: dict[str, tuple[int, str]]) -> None:
    """The same for the deadlines of dossiers that were given more time."""
    edges: dict[int, set[str]] = {}
    for extension in scene.standing_extensions:
        if extension.dossier_id is not None and extension.of.endswith((" opens", " closes")):
            edges.setdefault(extension.dossier_id, set()).add(extension.of)
    wanted: set[int | None] = set()
    for dossier_id, its in edges.items():
        dossier = scene.session.get_one(DossierRow, dossier_id)
        for edge in sorted(one for one in its if one.rpartition(" ")[0] in scene.workflow.phases):
            put_own_agenda(scene, dossier, edge)
        dues = {
            due.key_of(dossier.number): due
            for due in agenda(scene.workflow, scene.calendar_of(dossier), scene.settle)
            if any(due.moment == edge or due.moment.endswith(f" {edge}") for edge in its)
        }
        for row in _unfired(scene):
            if row.dossier_id == dossier_id and row.key in dues:
                wanted.add(row.id)
                _settle(scene, row, dues[row.key], held)
    for row in _unfired(scene):
        if row.dossier_id is not None and row.id not in wanted:
            scene.session.delete(row)
    scene.session.flush()
    point("own deadlines followed")


def _forget_held_back(scene: Scene) -> None:
    """Nobody is kept any more from a move that the rules do not make from where the dossier stands."""
    rows = scene.session.exec(
        select(HeldBackRow, DossierRow.state)
        .join(DossierRow, col(DossierRow.id) == col(HeldBackRow.dossier_id))
        .join(DeadlineRow, col(DeadlineRow.id) == col(HeldBackRow.deadline_id))
        .where(col(DossierRow.round_id) == scene.round_id, col(DeadlineRow.kind).in_(("transition", MOVES)))
    ).all()
    for row, state in rows:
        move = scene.workflow.transitions.get(row.transition)
        if move is None or state not in move.sources or move.by is not None:
            scene.session.delete(row)
    scene.session.flush()
    point("held back no more")


def follow_obligations(scene: Scene, was: Before) -> None:
    """Let what dossiers owe follow the rules and the dates: what is new is laid out, what goes is owed no more.

    What was fulfilled, excused or extended by itself stays as it is, and nobody owes what was due before it was asked.
    """
    rules = {one.name: one for one in scene.workflow.obligations.values() if one.owed_by}
    if was.programme.workflow.obligations == rules and all(
        obligation_windows(one, was.calendar.of_strand(strand).of_clocks(clocks))
        == obligation_windows(one, scene.calendar.of_strand(strand).of_clocks(clocks))
        for one in rules.values() for strand in (None, *was.calendar.apart, *scene.calendar.apart)
        for clocks in (None, *clocks_known(scene))
    ):
        return
    owing = select(ObligationRow.dossier_id).distinct()
    states = {state for one in rules.values() for state in one.owed_by}
    for dossier in scene.session.exec(
        select(DossierRow)
        .where(scene.in_round, col(DossierRow.id).in_(owing) | col(DossierRow.state).in_(states))
        .order_by(col(DossierRow.id))
    ).all():
        if dossier.state not in scene.workflow.ends_in:
            _follow_one(scene, was, dossier, rules)


def _follow_one(scene: Scene, was: Before, dossier: DossierRow, rules: dict[str, Obligation]) -> None:
    rows: dict[str, list[ObligationRow]] = {}
    for row in scene.session.exec(
        select(ObligationRow)
        .where(col(ObligationRow.dossier_id) == dossier.id)
        .order_by(col(ObligationRow.name), col(ObligationRow.position))
    ).all():
        rows.setdefault(row.name, []).append(row)
    calendar, dates = scene.calendar_of(dossier), was.calendar.of_strand(dossier.strand).of_clocks(
        dossier.clocks
    )
    for name, its in rows.items():
        rule = rules.get(name)
        if rule is None or not been_in(scene.session, dossier, rule.owed_by):
            _owe_no_more(scene, its, above=0)
            continue
        since = its[0].opens_at  # what is counted from where a dossier came stays counted from there
        laid = {one.position: one for one in windows_for(scene, dossier, rule, calendar, since=since)}
        old = was.programme.workflow.obligations.get(name)
        earlier = windows_for(scene, dossier, old, dates, since=since) if old else ()
        before = {one.position: one for one in earlier}
        for row in its:
            if row.position in laid and state_of(row) in UNFULFILLED:
                _move(scene, row, laid[row.position], before.get(row.position))
        _owe_no_more(scene, its, above=max(laid, default=0))
        more = [one for one in laid.values() if one.position > its[-1].position]
        _owe(scene, dossier, name, more, laid_out_at=its[-1].laid_out_at)
    for name, rule in rules.items():
        comes_to_owe = name not in rows and dossier.state in rule.owed_by and been_by_a_move(scene, dossier)
        if comes_to_owe and not against_owing(scene, dossier, rule):
            came = stay_of(scene.session, dossier).since
            windows = windows_for(scene, dossier, rule, calendar, since=came)
            _owe(scene, dossier, name, windows, laid_out_at=dossier.entered_at)
    scene.session.flush()
    point("debts followed")
    set_obligation_deadlines(scene, dossier, since=scene.now)


def been_by_a_move(scene: Scene, dossier: DossierRow) -> bool:
    """Whether a dossier stands where it stands because it was moved there, or brought in."""
    return dossier.state != scene.workflow.begins_in


def _move(scene: Scene, row: ObligationRow, laid: Laid, before: Laid | None) -> None:
    given_more_time = before is not None and row.last_day != before.last_day.isoformat()
    if given_more_time or laid.due_at <= scene.now or row.due_at == laid.due_at:
        return
    row.opens_at, row.due_at, row.last_day = laid.opens_at, laid.due_at, laid.last_day.isoformat()
    row.overdue_at = None
    scene.session.add(row)


def _owe_no_more(scene: Scene, rows: Sequence[ObligationRow], *, above: int) -> None:
    """Take away what is open beyond a position, from the last on, as far as nothing stands that was done for it."""
    for row in reversed(rows):
        if row.position <= above or state_of(row) not in ("open", "overdue"):
            return
        scene.session.delete(row)


def _owe(
    scene: Scene, dossier: DossierRow, name: str, laid: Sequence[Laid], *, laid_out_at: int
) -> None:
    for one in laid:
        if one.due_at > scene.now:
            scene.session.add(
                ObligationRow(
                    dossier_id=the_id(dossier), name=name, position=one.position, opens_at=one.opens_at,
                    due_at=one.due_at, last_day=one.last_day.isoformat(), laid_out_at=laid_out_at,
                )
            )  # fmt: skip


def follow_meetings(scene: Scene, was: Before, *, reason: str, by: str) -> None:
    """Let meetings follow the round file: moved and cancelled ones are told to who is asked to them, others planned.

    What staff have moved since the file was read stays where they put it, and so does what has begun.
    """
    old, new = (one.rounds[scene.round.name].meetings for one in (was.programme, scene.programme))
    person = scene.person(by)
    rows = {(row.name, row.position): row for row in _meetings(scene)}
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name, ()), new.get(name, ())
        for place in range(max(len(before), len(after))):
            row = rows.get((name, place + 1))
            if place >= len(before):
                meetings.put(scene, name, _sitting(after[place]), person)
            elif row is None or _same(as_sitting(row), before[place]) is False or meetings.standing_against(scene, row):
                continue
            elif place >= len(after):
                meetings.put_cancelled(scene, row, reason=reason, by=by)
            elif before[place] != after[place]:
                meetings.put_moved(scene, row, _sitting(after[place]), reason=reason, by=by)
    slots = was.programme.rules_of(scene.round.name).meetings
    for name, meeting in scene.workflow.meetings.items():
        if name in slots and slots[name].running_order != meeting.running_order and meeting.running_order:
            for row in _meetings(scene):
                if row.name == name and row.cancelled_at is None and not meetings.standing_against(scene, row):
                    resettle(scene, row, reason=reason, by=by)
    point("meetings followed")


def _meetings(scene: Scene) -> Sequence[MeetingRow]:
    return scene.session.exec(
        select(MeetingRow)
        .where(col(MeetingRow.round_id) == scene.round_id, col(MeetingRow.dossier_id).is_(None))
        .order_by(col(MeetingRow.id))
    ).all()


def _sitting(written: Written) -> Sitting:
    return Sitting(written.day, written.start, written.end, written.place, written.online)


def _same(held: Sitting, written: Written) -> bool:
    return (held.day, held.start, held.end, held.place, held.online) == (
        written.day, written.start, written.end, written.place, written.online
    )  # fmt: skip


def follow_timers(scene: Scene) -> None:
    """Have the calendar do with each dossier, so long after it came where it stands, what the rules say of that now."""
    has = select(DeadlineRow.dossier_id).where(
        col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.kind).in_(TIMERS),
        col(DeadlineRow.ended_at).is_(None),
    )  # fmt: skip
    states = [state for state in scene.workflow.states if has_timers(scene.workflow, state)]
    for dossier in scene.session.exec(
        select(DossierRow)
        .where(scene.in_round, col(DossierRow.id).in_(has) | col(DossierRow.state).in_(states))
        .order_by(col(DossierRow.id))
    ).all():
        set_timers(scene, dossier, since=scene.now)
    point("timers followed")

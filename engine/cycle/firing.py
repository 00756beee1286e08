"""What does the calendar do when something is due?

One deadline, one transaction: what it moves, what it tells, and that it has fired, are committed together.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time

from sqlalchemy import and_
from sqlmodel import col, select

from engine.cycle.announcing import announce
from engine.cycle.batches import held, in_parts, keep_released, moves_of
from engine.cycle.cohorts import Part, take
from engine.cycle.freeing import give_places
from engine.cycle.late_moves import late_moves
from engine.cycle.obligations import reminded_now
from engine.cycle.scene import CALENDAR, Scene
from engine.cycle.seat_offers import lapse
from engine.cycle.telling import LINES, obligation_facts
from engine.cycle.timers import ended_together
from engine.cycle.unpaid import find_unpaid, unpaid_to
from engine.cycle.verdicts import take_effect
from engine.database.cohort.gathered import Gathered, Wanted, numbers_of
from engine.database.cohort.guards import hold
from engine.database.cohort.standing import concerned, in_part
from engine.database.cohort.timers import Fallen, word_of
from engine.database.promised import still_to_be_paid
from engine.database.records import DeadlineRow, DossierRow, ObligationRow
from engine.database.seats import OFFER
from engine.errors import Refusal
from engine.faults import point
from engine.rules.agenda import batch_name, batch_of
from engine.rules.paying import UNPAID
from engine.rules.timers import DECIDES, MOVES, PROMISES, REMINDS, TIMERS, day_of
from engine.rules.times import EdgeName
from engine.rules.workflow import APPLICANT, Promise, title_of


def fire(scene: Scene, deadline: DeadlineRow, *, released: bool = False) -> None:
    """Do what a deadline says, as of its own instant, and mark it fired.

    Where dossiers have one each because of where they stand, all that are alike fire with it.

    What must be released first stays due until it is; `released` means that it just was, so it happens now.
    """
    at = scene.now if released else deadline.due_at
    scene.about_batch, scene.about_strand, scene.about_clocks = deadline.batch, deadline.strand, deadline.clocks
    if deadline.valid_until is not None and scene.now >= deadline.valid_until:
        # a reminder that comes too late would only confuse; a transition never expires
        if deadline.kind in TIMERS:
            ended_together(scene, deadline, "missed")
            return
        end(scene, deadline, "missed")
        point("reminder missed")
        scene.note("missed", CALENDAR, at=at, name=deadline.key)
        return
    if deadline.kind in TIMERS:
        ended_together(scene, deadline, "fired")
        _FIRE[deadline.kind](scene, deadline, at)
        return
    batch = batch_held(scene, deadline)
    seen = held(scene, batch) if batch else None
    moves = frozenset(moves_of(scene, batch)) if batch and in_parts(scene, batch) else None
    if seen and not seen.released:
        if not deadline.awaits_release:
            deadline.awaits_release = True
            point("waiting for release")
            scene.session.add(deadline)
            scene.note("waits for release", CALENDAR, at=at, batch=batch)
        return
    end(scene, deadline, "fired")
    late_by = scene.now - deadline.fires_at
    scene.note("due", CALENDAR, at=at, name=deadline.key, late_by=late_by if late_by > 0 else None)
    _FIRE[deadline.kind](scene, deadline, at)
    if seen and moves is not None:
        keep_released(scene, seen, moves)


def fire_again(scene: Scene, deadline: DeadlineRow) -> None:
    """Do what a deadline of one dossier would have done that has fired while the dossier stood elsewhere by mistake."""
    _FIRE[deadline.kind](scene, deadline, deadline.due_at)


def end(scene: Scene, deadline: DeadlineRow, ending: str) -> None:
    deadline.ended_at, deadline.ending, deadline.awaits_release = scene.now, ending, False
    point("marking a deadline")
    scene.session.add(deadline)
    scene.session.flush()
    point("deadline marked")


def batch_held(scene: Scene, deadline: DeadlineRow) -> str | None:
    """The batch that must be released before this deadline may do what it says, or None."""
    moment = None
    if deadline.kind == "transition":
        moment = batch_of(scene.workflow.transitions[deadline.name])
    if deadline.kind == "verdicts":
        held = (t for t in scene.workflow.transitions.values() if str(t.takes_effect) == deadline.moment)
        moment = next((batch for transition in held if (batch := batch_of(transition))), None)
    return None if moment is None else batch_name(moment, deadline.batch)


def _edge(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    """A phase's edge does nothing by itself: that it came is in the journal."""


def _verdicts(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    take_effect(scene, deadline.moment, in_part(deadline), at=at, leaves_at=at)


def _transition(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    transition = scene.workflow.transitions[deadline.name]
    if transition.frees:  # its window opens
        leaves_at = max(scene.now, scene.calendar.leaves_at(at))
        late_moves(scene, *give_places(scene, transition, at=at, leaves_at=leaves_at), at=at)
        return
    parts = [Part(deadline, concerned(deadline, transition.sources))]
    leaves_at = max(scene.now, scene.calendar.leaves_at(at))
    late_moves(scene, *take(scene, transition, parts, at=at, leaves_at=leaves_at, kept_for=deadline), at=at)


def _timer(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    transition = scene.workflow.transitions[deadline.name]
    own = Fallen(scene.round_id, word_of(deadline), deadline.due_at)
    parts = [Part(own, and_(col(DossierRow.state).in_(transition.sources), own.concerned))]
    leaves_at = max(scene.now, scene.calendar.leaves_at(at))
    late_moves(scene, *take(scene, transition, parts, at=at, leaves_at=leaves_at), at=at)


def _timer_reminder(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    reminder = scene.workflow.reminders[deadline.name]
    own = Fallen(scene.round_id, word_of(deadline), deadline.due_at)
    about = and_(col(DossierRow.state).in_(reminder.about), own.concerned)
    reminded = scene.gather(Wanted(and_(about, hold(reminder.guards, scene.workflow, when=scene.when))))
    point("own reminder judged")
    scene.tell_all(
        word_of(deadline).removeprefix("timer "), reminder.tell, reminded, at=at, leaves_at=max(scene.now, at),
        valid_until=deadline.valid_until,
    )  # fmt: skip


def _announcement(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    rules, notices = scene.workflow.announcements, scene.calendar.round.notices
    one = rules.get(deadline.name) or notices[deadline.name]
    announce(scene, deadline.key, one.tell, one.about, at=at, leaves_at=max(scene.now, at))


def _reminder(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    reminder = scene.workflow.reminders[deadline.name]
    about = concerned(deadline, reminder.about)
    reminded = scene.gather(Wanted(and_(about, hold(reminder.guards, scene.workflow, when=scene.when))))
    point("reminder judged")
    scene.tell_all(
        deadline.key, reminder.tell, reminded, at=at, leaves_at=max(scene.now, at), valid_until=deadline.valid_until
    )


def _promise(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    promise = scene.workflow.promises[deadline.name]
    assert promise.before is not None, "what is promised by a day of each dossier has no deadline of all"
    calendar = scene.calendar.of_batch(deadline.batch).of_strand(deadline.strand).of_clocks(deadline.clocks)
    due_by = calendar.instant(promise.before)
    stands = col(DossierRow.state).in_(promise.about)
    waits = still_to_be_paid(promise.name, due_by) if promise.pay else stands
    broken = scene.gather(Wanted(and_(waits, in_part(deadline))))
    edge = calendar.edge(promise.before.phase, promise.before.edge)
    _not_kept(
        scene, promise, broken, at=at, cause=deadline.key, day=calendar.day(promise.before), hour=edge.hour,
        edge=promise.before.edge, reasons=unpaid_to(scene, broken, promise) if promise.pay else None,
    )  # fmt: skip


def _timer_verdicts(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    own = Fallen(scene.round_id, word_of(deadline), deadline.due_at)
    take_effect(scene, deadline.moment, own.concerned, at=at, leaves_at=max(scene.now, at))


def _timer_promise(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    promise = scene.workflow.promises[deadline.name]
    assert promise.own is not None, "what is promised by a moment of all has no deadline of each"
    own = Fallen(scene.round_id, word_of(deadline), deadline.due_at)
    broken = scene.gather(Wanted(and_(col(DossierRow.state).in_(promise.about), own.concerned)))
    day, edge = day_of(promise.own, deadline.due_at, scene.calendar)
    _not_kept(scene, promise, broken, at=at, cause=f"promise {promise.name}", day=day, hour=None, edge=edge)


def _not_kept(
    scene: Scene, promise: Promise, broken: Gathered, *, at: int, cause: str, day: date, hour: time | None,
    edge: EdgeName, reasons: Mapping[int, tuple[Refusal, ...]] | None = None,
) -> None:  # fmt: skip
    """Note for which dossiers a promise was not kept by a day, if for any, and have those hear whom the rules name."""
    point("promise judged")
    scene.note(
        "promise not kept" if broken.size else "promise kept", CALENDAR, at=at, name=promise.name,
        dossiers=numbers_of(scene.session, broken, limit=LINES) or None,
        more=broken.size - LINES if broken.size > LINES else None,
    )  # fmt: skip
    before = {"day": day.isoformat(), "hour": hour.isoformat() if hour else None, "edge": edge}
    scene.tell_all(
        cause, promise.tell, broken, at=at, leaves_at=max(scene.now, at),
        extras={"promise": {"title": promise.title, "before": before}}, reasons=reasons,
    )  # fmt: skip


def _owing(scene: Scene, deadline: DeadlineRow) -> DossierRow | None:
    """The dossier of an obligation's deadline, or None when it has come to an end and owes nothing any more."""
    assert deadline.dossier_id is not None
    dossier = scene.session.get_one(DossierRow, deadline.dossier_id)
    return None if dossier.state in scene.workflow.ends_in else dossier


def _overdue(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    dossier = _owing(scene, deadline)
    if dossier is None:
        return
    rows = scene.session.exec(
        select(ObligationRow)
        .where(
            col(ObligationRow.dossier_id) == dossier.id,
            col(ObligationRow.due_at) == deadline.due_at,
            col(ObligationRow.fulfilled_at).is_(None),
            col(ObligationRow.excused_at).is_(None),
            col(ObligationRow.overdue_at).is_(None),
            col(ObligationRow.handed_in_at).is_(None),
        )
        .order_by(col(ObligationRow.name), col(ObligationRow.position))
    ).all()
    for row in rows:
        row.overdue_at = at
        point("obligation overdue")
        scene.session.add(row)
        scene.note("overdue", CALENDAR, at=at, dossier=dossier, obligation=f"{row.name} {row.position}")
    scene.session.flush()
    _tell_overdue(scene, dossier, rows, at)


def _tell_overdue(scene: Scene, dossier: DossierRow, rows: Sequence[ObligationRow], at: int) -> None:
    """Have those hear of it whom the rules name; one letter tells staff of every dossier that is late that day."""
    told: dict[tuple[str, str], list[ObligationRow]] = {}
    for row in rows:
        for role, letter in scene.workflow.obligations[row.name].if_not.items():
            told.setdefault((role, letter), []).append(row)
    for (role, letter), late in told.items():
        scene.tell(
            f"overdue {late[0].last_day}", {role: letter}, dossier, at=at,
            leaves_at=max(scene.now, scene.calendar.leaves_at(at)), reasons=tuple(_late(scene, row) for row in late),
            extras={"reminded": [obligation_facts(row) for row in late]} if role == APPLICANT else None,
        )  # fmt: skip


def _late(scene: Scene, row: ObligationRow) -> Refusal:
    sentence = f"{row.name} {row.position} has not come in (its last day was {row.last_day})"
    title = title_of(scene.workflow, scene.workflow.obligations[row.name])
    return Refusal("overdue", sentence, {"obligation": title, "last_day": row.last_day})


def _obligation_reminder(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    dossier = _owing(scene, deadline)
    if dossier is None:
        return
    reminded = reminded_now(scene, dossier, deadline.due_at)
    for letter, of in (("obligation-reminder", reminded.before), ("obligation-overdue", reminded.after)):
        if of:
            point("reminding of an obligation")
            scene.tell(
                deadline.key, {APPLICANT: letter}, dossier, at=at, leaves_at=max(scene.now, at),
                valid_until=deadline.valid_until, extras={"reminded": of},
            )  # fmt: skip


_FIRE: Mapping[str, Callable[[Scene, DeadlineRow, int], None]] = {
    "edge": _edge,
    "verdicts": _verdicts,
    "transition": _transition,
    "announcement": _announcement,
    "reminder": _reminder,
    MOVES: _timer,
    REMINDS: _timer_reminder,
    DECIDES: _timer_verdicts,
    PROMISES: _timer_promise,
    "promise": _promise,
    UNPAID: lambda scene, deadline, at: find_unpaid(scene, deadline, at=at),
    "overdue": _overdue,
    "obligation reminder": _obligation_reminder,
    # however late it lapses, whoever is next has the whole of their time from now on
    OFFER: lambda scene, deadline, _at: lapse(scene, deadline),
}

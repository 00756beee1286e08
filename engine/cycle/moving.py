"""How does a dossier enter a state, and what follows from it?"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, func, select

from engine.cycle.obligations import lay_out
from engine.cycle.scene import CALENDAR, Scene
from engine.database.records import DeadlineRow, DossierRow, HeldBackRow, PersonRow, SlotRow, TransitionRow
from engine.database.store import facts_of, places_held, the_id
from engine.errors import GrantcycleError, Refusal
from engine.rules.guards import judge_transition
from engine.rules.moments import to_instant
from engine.rules.workflow import Transition


def reasons_against(
    scene: Scene, dossier: DossierRow, transition: Transition, *, reason: str | None = None, caps: bool = True
) -> tuple[Refusal, ...]:
    """All that the guards of a transition have against a dossier now."""
    held = {}
    if caps and transition.guard("at_most"):
        held[transition.target] = places_held(
            scene.session, scene.workflow, scene.round_id, transition.target, besides=the_id(dossier)
        )
    facts = facts_of(scene.session, scene.workflow, dossier, places_held=held, reason=reason)
    return judge_transition(transition, facts, scene.workflow, caps=caps)


def enter(
    scene: Scene,
    dossier: DossierRow,
    transition: Transition,
    *,
    at: int,
    cause: str,
    person: PersonRow | None = None,
    deadline: DeadlineRow | None = None,
    reason: str | None = None,
    reasons: tuple[Refusal, ...] = (),
    leaves_at: int | None = None,
) -> None:
    """Move a dossier, as of `at`, and let everybody concerned be told.

    The machine has the last word: raises Refused with every one of `reasons`, or when the transition does not start
    from where the dossier stands.
    """
    source = dossier.state
    target = scene.machine.move(transition.name, source, reasons)
    changed = scene.session.connection().execute(
        update(DossierRow)
        .where(
            col(DossierRow.id) == dossier.id,
            col(DossierRow.state) == source,
            col(DossierRow.version) == dossier.version,
        )
        .values(state=target, entered_at=at, version=dossier.version + 1)
    )
    if changed.rowcount != 1:
        raise GrantcycleError(f"{dossier.number} was changed by somebody else at the same time; try again")
    scene.session.refresh(dossier)
    scene.session.add(
        TransitionRow(
            dossier_id=the_id(dossier),
            name=transition.name,
            source=source,
            target=target,
            at=at,
            recorded_at=scene.now,
            person_id=person.id if person else None,
            deadline_id=deadline.id if deadline else None,
            reason=reason,
        )
    )
    scene.session.flush()
    scene.note(
        "transition", person.email if person else CALENDAR,
        at=at, dossier=dossier, name=transition.name, source=source, target=target, reason=reason,
    )  # fmt: skip
    lay_out(scene, dossier, at=at)
    _give_slots(scene, dossier)
    # the minutes of a verdict stay with the committee, unless the rules ask for a reason: that one is for people
    said = reason if transition.takes_effect is None or transition.guard("reason") else None
    scene.tell(cause, transition.tell, dossier, at=at, leaves_at=leaves_at, reason=said)


def _give_slots(scene: Scene, dossier: DossierRow) -> None:
    """The next free slot of each meeting with a running order that is open to the dossier's new state."""
    for meeting in scene.workflow.meetings.values():
        sessions = scene.calendar.round.meetings.get(meeting.name, ())
        if meeting.slots is None or dossier.state not in meeting.open_to or not sessions or sessions[0].start is None:
            continue
        taken = scene.session.exec(
            select(func.max(SlotRow.position)).where(
                col(SlotRow.round_id) == scene.round_id, col(SlotRow.meeting) == meeting.name
            )
        ).one()
        position = (taken or 0) + 1
        if position > meeting.slots.count:
            continue
        begins = datetime.combine(sessions[0].day, sessions[0].start)
        begins += timedelta(minutes=(position - 1) * (meeting.slots.minutes + meeting.slots.pause))
        ends = begins + timedelta(minutes=meeting.slots.minutes)
        scene.session.add(
            SlotRow(
                round_id=scene.round_id,
                dossier_id=the_id(dossier),
                meeting=meeting.name,
                position=position,
                starts_at=to_instant(begins.date(), begins.time(), scene.calendar.zone),
                ends_at=to_instant(ends.date(), ends.time(), scene.calendar.zone),
            )
        )
        scene.session.flush()


def hold_back(
    scene: Scene,
    dossier: DossierRow,
    transition: Transition,
    deadline: DeadlineRow,
    reasons: Iterable[Refusal],
    *,
    at: int,
) -> None:
    """Note that a calendar move could not take a dossier, and tell those whom `if_not` names; once per moment."""
    sentences = [str(reason) for reason in reasons]
    known = scene.session.exec(
        select(HeldBackRow).where(
            col(HeldBackRow.deadline_id) == deadline.id,
            col(HeldBackRow.dossier_id) == dossier.id,
            col(HeldBackRow.transition) == transition.name,
        )
    ).first()
    if known:
        return
    scene.session.add(
        HeldBackRow(
            deadline_id=the_id(deadline),
            dossier_id=the_id(dossier),
            transition=transition.name,
            since=scene.now,
            reasons=sentences,
        )
    )
    scene.note("held back", CALENDAR, at=at, dossier=dossier, name=transition.name, reasons=sentences)
    assert not isinstance(transition.if_not, str), "the reader refuses chains"
    scene.tell(
        f"held back {transition.name}", transition.if_not, dossier, at=at,
        leaves_at=max(scene.now, scene.calendar.leaves_at(at)), reasons=tuple(sentences),
    )  # fmt: skip


def late_moves(scene: Scene, dossier: DossierRow) -> None:
    """Let the calendar take up what an act has made possible: late arrivals, and moves that a guard held back.

    A calendar move whose moment has passed takes a dossier at once when it enters `from` later, once per (moment,
    dossier); a move that was held back fires as soon as its guard holds.
    """
    waiting = [dossier]
    waiting += scene.session.exec(
        select(DossierRow)
        .join(HeldBackRow, col(HeldBackRow.dossier_id) == col(DossierRow.id))
        .where(col(DossierRow.round_id) == scene.round_id, col(DossierRow.id) != dossier.id)
        .order_by(col(HeldBackRow.id))
        .distinct()
    ).all()
    for candidate in waiting:
        while _one_late_move(scene, candidate):
            pass


def _one_late_move(scene: Scene, dossier: DossierRow) -> bool:
    for transition in scene.workflow.transitions.values():
        if transition.when is None or dossier.state not in transition.sources:
            continue
        deadline = deadline_for(scene, transition, dossier)
        if deadline is None or deadline.ending not in ("fired", "elsewhere"):
            continue
        taken = scene.session.exec(
            select(TransitionRow).where(
                col(TransitionRow.deadline_id) == deadline.id, col(TransitionRow.dossier_id) == dossier.id
            )
        ).first()
        if taken:
            continue
        reasons = reasons_against(scene, dossier, transition)
        if reasons:
            hold_back(scene, dossier, transition, deadline, reasons, at=scene.now)
            continue
        enter(scene, dossier, transition, at=scene.now, cause=f"transition {transition.name}", deadline=deadline)
        return True
    return False


def deadline_for(scene: Scene, transition: Transition, dossier: DossierRow) -> DeadlineRow | None:
    """The deadline that moves this dossier by a calendar transition: its own, by extension, or the round's."""
    rows = scene.session.exec(
        select(DeadlineRow).where(
            col(DeadlineRow.round_id) == scene.round_id,
            col(DeadlineRow.kind) == "transition",
            col(DeadlineRow.name) == transition.name,
        )
    ).all()
    own = [row for row in rows if row.dossier_id == dossier.id]
    return own[0] if own else next((row for row in rows if row.dossier_id is None), None)

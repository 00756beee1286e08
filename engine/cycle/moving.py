"""How does a dossier enter a state, and what follows from it?"""

from datetime import datetime, timedelta

from sqlalchemy import exists, update
from sqlmodel import col, func, select

from engine.cycle.obligations import lay_out
from engine.cycle.scene import CALENDAR, Scene
from engine.database.cohort.gathered import GATHERED, Gathered, ids
from engine.database.records import DeadlineRow, DossierRow, PersonRow, SlotRow, TransitionRow
from engine.database.store import facts_of, places_held, the_id
from engine.errors import GrantcycleError, Refusal
from engine.faults import point
from engine.rules.guards import judge_transition
from engine.rules.moments import Calendar, to_instant
from engine.rules.workflow import Meeting, Transition, reason_told


def reasons_against(
    scene: Scene, dossier: DossierRow, transition: Transition, *, reason: str | None = None, caps: bool = True
) -> tuple[Refusal, ...]:
    """All that the guards of a transition have against a dossier now."""
    held = {}
    if caps and transition.guard("at_most"):
        held[transition.target] = places_held(
            scene.session, scene.workflow, scene.round_id, transition.target, besides=the_id(dossier)
        )
    facts = facts_of(scene.session, scene.workflow, dossier, transition.guards, places_held=held, reason=reason)
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
    batch_id: int | None = None,
) -> None:
    """Move a dossier, as of `at`, and let everybody concerned be told; `batch_id` is the act of staff that moves it.

    The machine has the last word: raises Refused with every one of `reasons`, or when the transition does not start
    from where the dossier stands.
    """
    source = dossier.state
    target = scene.machine.move(transition.name, source, reasons)
    point("changing a state")
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
    point("state changed")
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
            batch_id=batch_id,
        )
    )
    scene.session.flush()
    point("history written")
    scene.note(
        "transition", person.email if person else CALENDAR, at=at, dossier=dossier,
        name=transition.name, source=source, target=target, reason=reason, batch=batch_id,
    )  # fmt: skip
    lay_out(scene, dossier, at=at)
    point("obligations laid out")
    give_slots(scene, dossier, dossier.state)
    point("slots given")
    scene.tell(cause, transition.tell, dossier, at=at, leaves_at=leaves_at, reason=reason_told(transition, reason))


def give_slots(scene: Scene, arrived: DossierRow | Gathered, state: str) -> None:
    """The next free slots of each meeting with a running order that is open to the state that was entered."""
    for meeting in scene.workflow.meetings.values():
        sessions = scene.calendar.round.meetings.get(meeting.name, ())
        order = meeting.running_order
        if order is None or state not in meeting.open_to or not sessions or sessions[0].start is None:
            continue
        taken = scene.session.exec(
            select(func.max(SlotRow.position)).where(
                col(SlotRow.round_id) == scene.round_id, col(SlotRow.meeting) == meeting.name
            )
        ).one()
        first = (taken or 0) + 1
        limit = None if order.count is None else max(order.count + 1 - first, 0)
        without = _without_slot(scene, arrived, meeting.name, limit=limit)
        for position, dossier_id in enumerate(without, start=first):
            starts_at, ends_at = slot_times(scene.calendar, meeting, position)
            scene.session.add(
                SlotRow(
                    round_id=scene.round_id, dossier_id=dossier_id, meeting=meeting.name, position=position,
                    starts_at=starts_at, ends_at=ends_at,
                )
            )  # fmt: skip
        scene.session.flush()


def slot_times(calendar: Calendar, meeting: Meeting, position: int) -> tuple[int, int]:
    """From when until when a place in the running order of a meeting lasts, in UTC microseconds."""
    session = calendar.round.meetings[meeting.name][0]
    assert meeting.slots is not None
    assert session.start is not None
    begins = datetime.combine(session.day, session.start)
    begins += timedelta(minutes=(position - 1) * (meeting.slots.minutes + meeting.slots.pause))
    ends = begins + timedelta(minutes=meeting.slots.minutes)
    zone = calendar.zone
    return to_instant(begins.date(), begins.time(), zone), to_instant(ends.date(), ends.time(), zone)


def _without_slot(scene: Scene, arrived: DossierRow | Gathered, meeting: str, *, limit: int | None) -> list[int]:
    """The first of those who have come that have no slot of a meeting yet."""
    if isinstance(arrived, Gathered):
        given = exists().where(col(SlotRow.dossier_id) == GATHERED.c.dossier_id, col(SlotRow.meeting) == meeting)
        return ids(scene.session, arrived, ~given, limit=limit)
    has = select(SlotRow.id).where(col(SlotRow.dossier_id) == arrived.id, col(SlotRow.meeting) == meeting)
    return [the_id(arrived)][:limit] if scene.session.exec(has).first() is None else []

"""How is an act of staff taken back, as long as nobody has heard of it?

Nothing that happened is rewritten: each move is undone by another, and what followed from it is taken away. Decision
0016 says why.
"""

from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from engine.cycle.firing import fire_again
from engine.cycle.late_moves import late_moves
from engine.cycle.new_values import take_back_value
from engine.cycle.obligations import set_obligation_deadlines
from engine.cycle.people import standing_of
from engine.cycle.promising import follow_promises
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.seen import ChangedSince
from engine.cycle.slots import free_slots, give_slots
from engine.cycle.timers import follow
from engine.database import undoable
from engine.database.caps import Budget, Cap, budgets_of, caps_of
from engine.database.cohort.gathered import Wanted
from engine.database.cohort.moving import OF_OBLIGATIONS
from engine.database.records import (
    BatchRow,
    DeadlineRow,
    DossierRow,
    ExtensionRow,
    NotificationRow,
    PersonRow,
    TransitionRow,
)
from engine.database.running_orders import meetings_open_to
from engine.database.standing_moves import TAKEN_BACK
from engine.database.store import the_id
from engine.database.taking_back import lead_back, owe_no_more, slots_without_reason
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.roles import must_be_staff


def undo(scene: Scene, number: int, *, by: str) -> BatchRow:
    """Take back an act of staff: its dossiers go back to where they were, and its letters will not leave.

    Any of the staff may. What is undone already stays as it is. Raises Unknown for an act that the round does not
    have, Refused once the first letter has left, the time is over or a place that was given back is taken,
    ChangedSince when something has happened to one of the dossiers since.
    """
    person, batch = _who_and_what(scene, number, by)
    if batch.undone_at is not None:
        return batch
    letters = _letters(scene, batch)
    refuse([_too_late(scene, batch, letters)])
    moves = scene.session.exec(
        select(TransitionRow, DossierRow)
        .join(DossierRow, col(DossierRow.id) == col(TransitionRow.dossier_id))
        .where(col(TransitionRow.batch_id) == batch.id, col(TransitionRow.undoes_id).is_(None))
        .order_by(col(TransitionRow.id).desc())
    ).all()
    if changes := undoable.happened_since(scene.session, scene.round_id, batch, [dossier for _, dossier in moves]):
        raise ChangedSince(changes)
    point("undoing")
    batch.undone_at, batch.undone_by = scene.now, the_id(person)
    scene.session.add(batch)
    scene.session.flush()
    point("batch undone")
    for letter in letters:
        if letter.ended_at is None:
            letter.status, letter.ended_at = "cancelled", scene.now
            letter.last_reply = f"taken back by {person.email}"
            scene.session.add(letter)
    scene.session.flush()
    point("letters taken back")
    held = _caps(scene, batch)
    _go_back(scene, batch, moves, person)
    refuse([_taken_since(scene, batch, held)])
    scene.note(
        "batch undone", by, batch=the_id(batch), name=batch.transition,
        dossiers=sorted(dossier.number for _, dossier in moves),
        letters=sum(letter.status == "cancelled" for letter in letters),
    )  # fmt: skip
    _let_the_calendar_go_on(scene, batch, [dossier for _, dossier in moves])
    return batch


def send_now(scene: Scene, number: int, *, by: str) -> BatchRow:
    """Let the letters of an act leave at once, and nobody undo it any more.

    Raises Unknown, and Refused when it has been undone.
    """
    person, batch = _who_and_what(scene, number, by)
    if batch.sent_at is not None:
        return batch
    refuse([
        Refusal("undone", "this has been undone: its letters were cancelled") if batch.undone_at is not None else None
    ])  # fmt: skip
    letters = _letters(scene, batch)
    batch.sent_at, batch.sent_by = scene.now, the_id(person)
    scene.session.add(batch)
    for letter in letters:
        if letter.status == "waiting" and letter.leaves_at > scene.now:
            letter.leaves_at = letter.next_try_at = scene.now
            scene.session.add(letter)
    scene.session.flush()
    point("batch sent")
    scene.note("batch sent", by, batch=the_id(batch), name=batch.transition)
    return batch


def _who_and_what(scene: Scene, number: int, by: str) -> tuple[PersonRow, BatchRow]:
    person = scene.person(by)
    refuse([must_be_staff(standing_of(scene, person))])
    batch = scene.session.exec(
        select(BatchRow).where(col(BatchRow.round_id) == scene.round_id, col(BatchRow.id) == number)
    ).first()
    if batch is None:
        raise Unknown(f"act of staff in {scene.round.key}", str(number))
    return person, batch


def _letters(scene: Scene, batch: BatchRow) -> Sequence[NotificationRow]:
    """The letters of an act, which no postman takes before this transaction ends."""
    return scene.session.exec(
        select(NotificationRow)
        .where(col(NotificationRow.batch_id) == batch.id)
        .order_by(col(NotificationRow.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _too_late(scene: Scene, batch: BatchRow, letters: Sequence[NotificationRow]) -> Refusal | None:
    """Why it is not undone any more: a letter has left, somebody let them leave, or the time is over."""
    left = next((letter for letter in letters if undoable.has_left(letter)), None)
    if left is not None:
        at = left.ended_at or left.next_try_at
        sentence = (
            f'the letter "{left.letter}" to {left.address} has left: only a correcting act with a reason helps now'
        )
        return Refusal("left", sentence, {"letter": left.letter, "address": left.address, "at": at})
    if batch.sent_at is not None:
        sentence = "somebody let its letters leave: only a correcting act with a reason helps now"
        return Refusal("left", sentence, {"because": "sent", "at": batch.sent_at})
    if batch.undo_until is None:
        sentence = "the calendar has gone on from it at once: only a correcting act with a reason helps now"
        return Refusal("left", sentence, {"because": "calendar"})
    if scene.now >= batch.undo_until and not any(letter.ended_at is None for letter in letters):
        sentence = "the time to undo it is over: only a correcting act with a reason helps now"
        return Refusal("left", sentence, {"because": "over", "at": batch.undo_until})
    for_all = select(ExtensionRow.id).where(
        col(ExtensionRow.round_id) == scene.round_id, col(ExtensionRow.dossier_id).is_(None),
        col(ExtensionRow.decided_at) >= batch.made_at,
    )  # fmt: skip
    if scene.session.exec(for_all).first() is not None:
        # whoever was elsewhere then does not have the new dates
        sentence = "a date of the round has been moved since: only a correcting act with a reason helps now"
        return Refusal("left", sentence, {"because": "dates"})
    return None


def _caps(scene: Scene, batch: BatchRow) -> dict[tuple[str, str | None], Cap | Budget]:
    """(state, or the transition that gives money; what is counted apart) -> its largest cap, or its budget, where there
    is one and the act may have given places and money back."""
    if not scene.workflow.states[scene.workflow.transitions[batch.transition].target].frees_place:
        return {}
    found: dict[tuple[str, str | None], Cap | Budget] = {}
    for transition in scene.workflow.transitions.values():
        for cap in caps_of(scene.session, scene.workflow, scene.round_id, transition):
            where = transition.target, cap.scope
            if where not in found or found[where].most < cap.most:
                found[where] = cap
        for budget in budgets_of(scene.session, scene.workflow, scene.round_id, transition):
            found[f"budget of {transition.name}", budget.scope] = budget
    return found


def _taken_since(
    scene: Scene, batch: BatchRow, before: Mapping[tuple[str, str | None], Cap | Budget]
) -> Refusal | None:
    """Why dossiers cannot have back the places that they gave: others have them, and there are no more."""
    for (state, strand), cap in _caps(scene, batch).items():
        if max(cap.most, before[state, strand].held) < cap.held:
            if isinstance(cap, Budget):
                sentence = "money that was given back is given to others: only a correcting act with a reason helps"
                return Refusal("left", sentence, {"because": "money"})
            title = scene.workflow.states[state].title
            sentence = f'a place in "{title}" that was given back is taken: only a correcting act with a reason helps'
            return Refusal("left", sentence, {"because": "place", "state": title})
    return None


def _go_back(
    scene: Scene, batch: BatchRow, moves: Sequence[tuple[TransitionRow, DossierRow]], person: PersonRow
) -> None:
    """Undo every move, the last one first, and take away what followed from it."""
    session, ids = scene.session, [the_id(dossier) for _, dossier in moves]
    lead_back(session, the_id(batch), len(moves), now=scene.now, person_id=the_id(person))
    for move, dossier in moves:
        scene.note(
            "transition", person.email, dossier=dossier, name=TAKEN_BACK, source=move.target, target=move.source,
            batch=the_id(batch),
        )  # fmt: skip
        session.expire(dossier)
    for _, dossier in moves:
        if batch.before is not None:
            take_back_value(scene, batch, dossier, batch.before.get(dossier.number), person)
    follow(scene, [dossier for _, dossier in moves], since=scene.now)
    follow_promises(scene, ids)
    for owing in owe_no_more(session, ids, laid_out_at=batch.made_at):
        set_obligation_deadlines(scene, session.get_one(DossierRow, owing), since=scene.now)
    for meeting in meetings_open_to(scene.workflow, scene.workflow.transitions[batch.transition].target):
        if rows := slots_without_reason(session, ids, meeting.name, tuple(meeting.open_to)):
            free_slots(scene, meeting, rows, because="undone", by=person.email)
            point("slots given back")
    for _, dossier in reversed(moves):  # the first that was moved had the first of their slots
        give_slots(scene, dossier, dossier.state, again=True)


def _let_the_calendar_go_on(scene: Scene, batch: BatchRow, dossiers: Sequence[DossierRow]) -> None:
    """What fell due meanwhile happens to the dossiers as if they had stood there; and a place may have become free."""
    ids = [the_id(dossier) for dossier in dossiers]
    meanwhile = col(DeadlineRow.ended_at) >= batch.made_at
    was_over = scene.workflow.transitions[batch.transition].target in scene.workflow.ends_in
    for deadline in scene.session.exec(
        select(DeadlineRow)
        .where(col(DeadlineRow.dossier_id).in_(ids), col(DeadlineRow.kind).in_(OF_OBLIGATIONS), meanwhile)
        .order_by(col(DeadlineRow.fires_at), col(DeadlineRow.position), col(DeadlineRow.id))
    ).all() if was_over else ():  # fmt: skip
        fire_again(scene, deadline)
    fell_due = scene.session.exec(
        select(DeadlineRow.id)
        .where(col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.kind) == "transition", meanwhile)
        .limit(1)
    ).first()
    late_moves(scene, scene.gather(Wanted(col(DossierRow.id).in_(ids if fell_due is not None else []))))

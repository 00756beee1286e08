"""What does the calendar take up after its moment: who arrives late, and who was held back?"""

from collections.abc import Sequence

from sqlmodel import col, select

from engine.cycle.cohorts import refusals_of_a_cohort
from engine.cycle.moving import enter
from engine.cycle.scene import CALENDAR, Scene
from engine.database.records import DeadlineRow, DossierRow, HeldBackRow, TransitionRow
from engine.database.store import the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.workflow import Transition


def hold_back(
    scene: Scene,
    dossier: DossierRow,
    transition: Transition,
    deadline: DeadlineRow,
    reasons: Sequence[Refusal],
    *,
    at: int,
    leaves_at: int,
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
    scene.session.flush()
    point("held back")
    scene.note("held back", CALENDAR, at=at, dossier=dossier, name=transition.name, reasons=sentences)
    assert not isinstance(transition.if_not, str), "the reader refuses chains"
    scene.tell(
        f"held back {transition.name}", transition.if_not, dossier, at=at, leaves_at=leaves_at,
        reasons=tuple(reasons),
    )  # fmt: skip


def late_moves(scene: Scene, *dossiers: DossierRow, at: int | None = None) -> None:
    """Let the calendar take up what has become possible: late arrivals, and moves that a guard held back.

    A calendar move whose moment has passed takes a dossier at once when it enters `from` later, once per (moment,
    dossier); a move that was held back fires as soon as its guard holds. Both as of `at`: the instant of the calendar's
    own move that brought the dossier there, or (None) now, by an act.
    """
    point("looking for late moves")
    arrived = {the_id(dossier) for dossier in dossiers}
    waiting = [
        *dossiers,
        *scene.session.exec(
            select(DossierRow)
            .join(HeldBackRow, col(HeldBackRow.dossier_id) == col(DossierRow.id))
            .where(col(DossierRow.round_id) == scene.round_id, col(DossierRow.id).not_in(arrived))
            .order_by(col(DossierRow.id))
            .distinct()
        ).all(),
    ]
    leaves_at = scene.now if at is None else max(scene.now, scene.calendar.leaves_at(at))
    as_of = scene.now if at is None else at
    # one move may free a place for another, so this goes on until nothing moves any more
    while any(_late_move(scene, dossier, at=as_of, leaves_at=leaves_at) for dossier in waiting):
        pass


def _late_move(scene: Scene, dossier: DossierRow, *, at: int, leaves_at: int) -> bool:
    for transition in scene.workflow.transitions.values():
        deadline = _passed(scene, transition, dossier)
        if deadline is None:
            continue
        reasons = refusals_of_a_cohort(scene, transition, _with_rivals(scene, transition, dossier))[the_id(dossier)]
        if reasons:
            hold_back(scene, dossier, transition, deadline, reasons, at=at, leaves_at=leaves_at)
            continue
        enter(
            scene, dossier, transition, at=at, cause=f"transition {transition.name}", deadline=deadline,
            leaves_at=leaves_at,
        )  # fmt: skip
        return True
    return False


def _with_rivals(scene: Scene, transition: Transition, dossier: DossierRow) -> list[DossierRow]:
    """The dossiers among which the places of a capped move are given: all whose moment has passed as well."""
    if transition.guard("at_most") is None:
        return [dossier]
    return [one for one in scene.dossiers_in(transition.sources) if _passed(scene, transition, one)]


def _passed(scene: Scene, transition: Transition, dossier: DossierRow) -> DeadlineRow | None:
    """The deadline by which a calendar transition could still take a dossier late, or None."""
    if transition.when is None or dossier.state not in transition.sources:
        return None
    deadline = deadline_for(scene, transition, dossier)
    if deadline is None or deadline.ending not in ("fired", "elsewhere"):
        return None
    taken = scene.session.exec(
        select(TransitionRow.id).where(
            col(TransitionRow.deadline_id) == deadline.id, col(TransitionRow.dossier_id) == dossier.id
        )
    ).first()
    return None if taken else deadline


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

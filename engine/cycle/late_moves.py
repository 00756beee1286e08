"""What does the calendar take up after its moment: who arrives late, and who was held back?"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col, select

from engine.cycle.cohorts import Part, has_room, take, waiting_for
from engine.cycle.freeing import give_places
from engine.cycle.scene import Scene
from engine.database.cohort.gathered import Gathered
from engine.database.cohort.timers import Fallen
from engine.database.records import DeadlineRow, DossierRow
from engine.database.store import the_id
from engine.faults import point
from engine.rules.timers import MOVES
from engine.rules.workflow import Transition


def late_moves(scene: Scene, *arrived: DossierRow | Gathered, at: int | None = None) -> None:
    """Let the calendar take up what has become possible: late arrivals, moves that a guard held back, free places.

    A calendar move whose moment has passed takes a dossier at once when it enters `from` later, once per (moment,
    dossier); a move that was held back fires as soon as its guard holds. Both as of `at`: the instant of the calendar's
    own move that brought the dossiers there, or (None) now, by an act. An act about one dossier changes what holds of
    another only where places are given.
    """
    point("looking for late moves")
    calendar = [transition for transition in scene.workflow.transitions.values() if transition.by is None]
    as_of = scene.now if at is None else at
    leaves_at = scene.now if at is None else max(scene.now, scene.calendar.leaves_at(at))
    here: Sequence[DossierRow | Gathered] = arrived
    # one move may lead to the next, or free a place for another, so this goes on until nothing moves any more
    while here:
        moved: list[Gathered] = []
        for transition in calendar:
            if transition.frees:
                moved += give_places(scene, transition, at=as_of, leaves_at=leaves_at)
            elif transition.is_timed:
                own = Fallen(scene.round_id, f"{MOVES} {transition.name} 1")
                if parts := _own_parts(scene, transition, own, [*here, *moved]):
                    moved += take(scene, transition, parts, at=as_of, leaves_at=leaves_at)
            elif parts := _parts(scene, transition, [*here, *moved]):
                moved += take(scene, transition, parts, at=as_of, leaves_at=leaves_at)
        here = moved


def _parts(scene: Scene, transition: Transition, arrived: Sequence[DossierRow | Gathered]) -> list[Part]:
    """Whom a transition whose moment has passed could take now, by the deadline that takes them."""
    capped = bool(transition.guard("at_most") or transition.guard("budget_left"))
    if not capped and not any(isinstance(one, Gathered) or one.state in transition.sources for one in arrived):
        return []
    deadlines = scene.session.exec(
        select(DeadlineRow)
        .where(
            col(DeadlineRow.round_id) == scene.round_id,
            col(DeadlineRow.kind) == "transition",
            col(DeadlineRow.name) == transition.name,
            col(DeadlineRow.ending).in_(("fired", "elsewhere")),
        )
        .order_by(col(DeadlineRow.id))
    ).all()
    if not deadlines:
        return []
    waiting = [Part(deadline, waiting_for(deadline, transition)) for deadline in deadlines]
    among = sa.or_(*(_is_one_of(one) for one in arrived))
    if not capped:
        return [Part(part.deadline, sa.and_(part.among, among)) for part in waiting]
    # who gets in is settled over all that wait: those who have just come, and all others as soon as there is a place
    come = sa.select(sa.exists().where(scene.in_round, sa.or_(*(part.among for part in waiting)), among))
    return waiting if has_room(scene, transition) or scene.session.connection().execute(come).scalar() else []


def _own_parts(
    scene: Scene, transition: Transition, own: Fallen, arrived: Sequence[DossierRow | Gathered]
) -> list[Part]:
    """Whom a transition whose time has come for each of them could take now: those whom a guard has held back."""
    among: sa.ColumnElement[bool] = col(DossierRow.state).in_(transition.sources)
    if transition.guard("at_most") is None:
        if not any(isinstance(one, Gathered) or one.state in transition.sources for one in arrived):
            return []
        among = sa.and_(among, sa.or_(*(_is_one_of(one) for one in arrived)))
    elif not has_room(scene, transition):
        return []
    return [Part(own, sa.and_(among, own.concerned))]


def _is_one_of(arrived: DossierRow | Gathered) -> sa.ColumnElement[bool]:
    if isinstance(arrived, Gathered):
        return col(DossierRow.id).in_(arrived.ids)
    return col(DossierRow.id) == the_id(arrived)

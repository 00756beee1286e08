"""Who gets a place that has become free?

A transition that waits for a place is the calendar's, and has no moment: it happens in the transaction that gave the
place back, and whenever there is one and somebody comes to wait. Decision 0018 says why.
"""

import sqlalchemy as sa
from sqlmodel import col

from engine.cycle.cohorts import Part, has_room, take
from engine.cycle.deadlines import find_deadline
from engine.cycle.scene import Scene
from engine.database.cohort.gathered import Gathered
from engine.database.records import DossierRow
from engine.faults import point
from engine.rules.agenda import key_of
from engine.rules.workflow import Transition


def give_places(scene: Scene, transition: Transition, *, at: int, leaves_at: int) -> list[Gathered]:
    """Move the first of those who wait into the places that are there, as of `at`; gives who has moved.

    Nobody moves outside the transition's window, nor before the calendar has opened it.
    """
    point("looking for a place")
    waits = col(DossierRow.state).in_(transition.sources)
    if not _is_open(scene, transition, at) or not has_room(scene, transition):
        return []
    anybody = sa.select(sa.exists().where(scene.in_round, waits))
    if not scene.session.connection().execute(anybody).scalar():
        return []
    return take(scene, transition, [Part(None, waits)], at=at, leaves_at=leaves_at)


def _is_open(scene: Scene, transition: Transition, at: int) -> bool:
    if transition.window is None:
        return True
    opens, closes = scene.calendar.window(transition.window)
    if not opens <= at < closes:
        return False
    opening = find_deadline(scene, key_of(transition))
    return opening is not None and opening.ended_at is not None

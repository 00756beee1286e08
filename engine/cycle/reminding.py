"""Who in a committee is reminded of what she has still to say?

By a letter that staff send at once, beside those that the rules send on their days. It lists what waits for its reader,
and so only what she may know of.
"""

from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.own_windows import not_scored_yet, scoring_late, scoring_over
from engine.database.pages.awaited import Waiting, waiting
from engine.database.pages.matrix import Table
from engine.database.records import PersonRow, RoleRow
from engine.database.store import the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.assessing import assessment_in, has_one_time
from engine.rules.lateness import term_of
from engine.rules.roles import judging_committee, must_be_staff
from engine.rules.workflow import Assessment

Tell = Callable[[Session, PersonRow, Waiting], bool]
"""writes one letter in the caller's transaction; False where one such stands already"""
LISTED = 100
"""dossiers that a letter names"""


def remind(scene: Scene, state: str, emails: Sequence[str], *, tell: Tell, by: str) -> Sequence[str]:
    """Write to each of these members of whom something is wanted of dossiers in a state; gives whom was written to.

    Raises Unknown for a state in which no committee judges; Refused when none of them is left to be written to.
    """
    committee = judging_committee(scene.workflow, state)
    if committee is None:
        known = [name for name in scene.workflow.states if judging_committee(scene.workflow, name)]
        raise Unknown("state in which a committee judges", state, known)
    refuse([must_be_staff(standing_of(scene, scene.person(by)))])
    wanted = {email.strip().lower() for email in emails}
    people = scene.session.exec(
        select(PersonRow)
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(
            col(RoleRow.round_id) == scene.round_id, col(RoleRow.role) == committee, col(PersonRow.email).in_(wanted)
        )
        .distinct()
        .order_by(col(PersonRow.email))
    ).all()
    left = waits_for(scene, state, [the_id(one) for one in people])
    told = {
        one.email: left[the_id(one)].count
        for one in people
        if the_id(one) in left and tell(scene.session, one, left[the_id(one)])
    }
    point("members reminded")
    refuse([None if told else Refusal("nobody", "nothing is wanted of these members, or they were reminded today")])
    scene.note("members reminded", by, committee=committee, state=state, people=told)
    return tuple(told)


def waits_for(
    scene: Scene, state: str, person_ids: Sequence[int], *, looker: int | None = None
) -> Mapping[int, Waiting]:
    """person -> the dossiers in a state of which something is wanted of her; nothing once it is too late.

    For somebody who looks (`looker`) without those that this person has a conflict with.
    """
    committee = judging_committee(scene.workflow, state)
    if committee is None or term_of(scene.workflow, scene.calendar, state).is_over(scene.now):
        return {}
    one = _of_own_time(scene, state)
    open_still = None
    if one:
        over = scoring_over(scene.workflow, one, state, scene.calendar, scene.now)
        open_still = sa.not_(sa.or_(over, not_scored_yet(one, scene.calendar, scene.now)))
    table = Table(scene.workflow, scene.round_id, committee, state, looker, open_still)
    return waiting(scene.session, table, person_ids, limit=LISTED)


def late_among(scene: Scene, state: str, person_ids: Sequence[int], *, looker: int | None = None) -> frozenset[int]:
    """Who of these people is late with dossiers in a state: by the term of all, or where each dossier has a time of its
    own with one of those of which it is soon over.

    For somebody who looks (`looker`) without those that this person has a conflict with.
    """
    committee, one = judging_committee(scene.workflow, state), _of_own_time(scene, state)
    if committee is None or one is None:
        is_late = committee is not None and term_of(scene.workflow, scene.calendar, state).is_late(scene.now)
        return frozenset(person_ids) if is_late else frozenset()
    near = scoring_late(scene.workflow, one, state, scene.calendar, scene.now)
    table = Table(scene.workflow, scene.round_id, committee, state, looker, near)
    return frozenset(waiting(scene.session, table, person_ids, limit=1))


def _of_own_time(scene: Scene, state: str) -> Assessment | None:
    """The assessment in which dossiers in a state are scored, where each of them has a time of its own for it."""
    one = assessment_in(scene.workflow, state)
    return one if one and not has_one_time(one, scene.calendar.cut) else None

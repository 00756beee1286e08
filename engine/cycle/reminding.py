"""Who in a committee is reminded of what she has still to say?

By a letter that staff send at once, beside those that the rules send on their days. It lists what waits for its reader,
and so only what she may know of.
"""

from collections.abc import Callable, Sequence

from sqlmodel import Session, col, select

from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.pages.matrix import Table, Waits, waiting
from engine.database.records import PersonRow, RoleRow
from engine.database.store import the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.lateness import term_of
from engine.rules.roles import deciding_committee, must_be_staff

Tell = Callable[[Session, PersonRow, Sequence[Waits]], bool]
"""writes one letter in the caller's transaction; False where one such stands already"""


def remind(scene: Scene, committee: str, emails: Sequence[str], *, tell: Tell, by: str) -> Sequence[str]:
    """Write to each of these members of whom something is wanted still; gives the addresses of those written to.

    Raises Unknown for a committee that is not there; Refused when none of them is left to be written to.
    """
    if committee not in scene.workflow.committees:
        raise Unknown("committee", committee, scene.workflow.committees)
    refuse([must_be_staff(standing_of(scene, scene.person(by)))])
    wanted = {email.strip().lower() for email in emails}
    people = scene.session.exec(
        select(PersonRow)
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(
            col(RoleRow.round_id) == scene.round_id, col(RoleRow.role) == committee, col(PersonRow.email).in_(wanted)
        )
        .order_by(col(PersonRow.email))
    ).all()
    left = waits_for(scene, committee, [the_id(one) for one in people])
    told = {one.email: len(left[the_id(one)]) for one in people
            if left.get(the_id(one)) and tell(scene.session, one, left[the_id(one)])}  # fmt: skip
    point("members reminded")
    refuse([None if told else Refusal("nobody", "nothing is wanted of these members, or they were reminded today")])
    scene.note("members reminded", by, committee=committee, people=told)
    return tuple(told)


def waits_for(scene: Scene, committee: str, person_ids: Sequence[int]) -> dict[int, list[Waits]]:
    """person -> the dossiers of which something is wanted of her, in every state in which it is not too late."""
    found: dict[int, list[Waits]] = {}
    for state in scene.workflow.states:
        if deciding_committee(scene.workflow, state) != committee:
            continue
        if term_of(scene.workflow, scene.calendar, state).is_over(scene.now):
            continue
        table = Table(scene.workflow, scene.round_id, committee, state)
        for person_id, dossiers in waiting(scene.session, table, person_ids).items():
            found.setdefault(person_id, []).extend(dossiers)
    return found

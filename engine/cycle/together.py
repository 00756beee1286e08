"""How do staff move several dossiers as one act?

All of those chosen, or none: one transaction, one batch. Its letters wait for a while, so that it can be undone.
"""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.cycle.acting import made_by_people, reasons_not_to_act
from engine.cycle.late_moves import late_moves
from engine.cycle.moving import enter
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.seen import must_be_as_seen
from engine.database.cohort.gathered import Wanted, choose
from engine.database.records import (
    BatchRow,
    ConflictRow,
    DossierRow,
    PersonRow,
)
from engine.database.store import the_id
from engine.errors import Refusal, Refused, Unknown
from engine.faults import point
from engine.rules.roles import must_be_staff
from engine.rules.workflow import APPLICANT, STAFF, Transition, Workflow

MOST = 500
"""dossiers in one act"""


class NotAll(Refused):
    """Some of the dossiers chosen may not be moved, so none was; `against` says why not, by number."""

    def __init__(self, against: Mapping[str, Sequence[Refusal]]) -> None:
        self.against = {number: tuple(reasons) for number, reasons in against.items()}
        super().__init__(dict.fromkeys(reason for reasons in self.against.values() for reason in reasons))


def moves_of_staff(workflow: Workflow) -> tuple[Transition, ...]:
    """The transitions that staff may make for many dossiers at once: their own, and those that they minute.

    What applicants do is theirs, with its questions; a verdict is recorded and not made.
    """
    by_staff = {STAFF, *workflow.committees}
    return tuple(one for one in workflow.transitions.values() if one.by in by_staff and one.takes_effect is None)


def chosen_dossiers(
    session: Session, round_id: int, numbers: Collection[str], person: PersonRow, *, key: str
) -> list[DossierRow]:
    """The dossiers of these numbers, in the order of arrival, as far as this person of the staff manages them.

    Raises Unknown for a number that the round does not have, or with which this person has a conflict, Refused for none
    at all and for more than MOST.
    """
    wanted = dict.fromkeys(numbers)
    refuse([
        None if wanted else Refusal("chosen", "choose at least one dossier", {"because": "none"}),
        Refusal(
            "chosen", f"at most {MOST} dossiers are moved at once, and {len(wanted)} are chosen",
            {"because": "too many", "most": MOST, "count": len(wanted)},
        )
        if len(wanted) > MOST else None,
    ])  # fmt: skip
    conflict = sa.exists().where(
        col(ConflictRow.dossier_id) == col(DossierRow.id), col(ConflictRow.person_id) == the_id(person)
    )
    rows = session.exec(
        select(DossierRow)
        .where(col(DossierRow.round_id) == round_id, col(DossierRow.number).in_(list(wanted)), ~conflict)
        .order_by(col(DossierRow.received_at).nulls_first(), col(DossierRow.id))
    ).all()
    for number in wanted.keys() - {row.number for row in rows}:
        raise Unknown(f"dossier in {key}", number)
    return list(rows)


def move_together(
    scene: Scene,
    numbers: Collection[str],
    name: str,
    *,
    by: str,
    reason: str | None,
    seen: int | None,
    undo_for: int,
) -> BatchRow:
    """Make one transition of all these dossiers, and let its letters wait for `undo_for` microseconds.

    Where the calendar goes on from it at once nothing can be undone, and nothing waits. Raises Unknown for a
    transition or a dossier that is not there, Refused when staff do not make it or none is chosen, ChangedSince when
    one of the dossiers is not as it was `seen`, NotAll when one of them may not be moved.
    """
    transition = made_by_people(scene, name)
    person = scene.person(by)
    standing = standing_of(scene, person)
    for_applicants = Refusal("role", f'"{name}" is for applicants to do, each by themselves', {"because": "contact"})
    refuse([must_be_staff(standing), for_applicants if transition.by == APPLICANT else None])
    dossiers = chosen_dossiers(scene.session, scene.round_id, numbers, person, key=scene.round.key)
    must_be_as_seen(scene, dossiers, seen)
    batch = BatchRow(
        round_id=scene.round_id, transition=name, reason=reason, dossiers=len(dossiers), made_at=scene.now,
        made_by=the_id(person), undo_until=scene.now + undo_for,
    )  # fmt: skip
    scene.session.add(batch)
    scene.session.flush()
    point("batch written")
    against: dict[str, list[Refusal]] = {}
    for dossier in dossiers:
        reasons = reasons_not_to_act(scene, dossier, transition, standing, reason=reason)
        if reasons:
            against[dossier.number] = reasons
            continue
        enter(
            scene, dossier, transition, at=scene.now, cause=f"transition {name}", person=person, reason=reason,
            batch_id=the_id(batch),
        )  # fmt: skip
    if against:
        raise NotAll(against)
    noted = scene.noted
    late_moves(scene, scene.gather(Wanted(choose(scene.session, scene.next_step(), [the_id(one) for one in dossiers]))))
    if scene.noted > noted:  # what the calendar does is undone by nobody
        batch.undo_until = None
        scene.session.add(batch)
        scene.session.flush()
    if batch.undo_until is not None:
        scene.batch_id, scene.letters_from = the_id(batch), batch.undo_until
    scene.note(
        "batch made", by, batch=the_id(batch), name=name, reason=reason, dossiers=[one.number for one in dossiers],
        undo_until=batch.undo_until,
    )  # fmt: skip
    return batch

"""How do staff move several dossiers as one act?

All of those chosen, or none: one transaction, one batch. Its letters wait for a while, so that it can be undone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.cycle.acting import made_by_people, reasons_not_to_act, window_refusal
from engine.cycle.cohorts import enter_all
from engine.cycle.late_moves import late_moves
from engine.cycle.new_values import give_value
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.seen import must_be_as_seen
from engine.database.caps import Budget, Cap, amount_asked, budgets_of, caps_of
from engine.database.cohort.gathered import Wanted, has_dates_of_its_own
from engine.database.cohort.guards import hold
from engine.database.cohort.scopes import called, scope_for
from engine.database.records import (
    BatchRow,
    ConflictRow,
    DossierRow,
    PersonRow,
)
from engine.database.records.fields import ID
from engine.database.store import free_members, the_id
from engine.errors import Refusal, Refused, Unknown
from engine.faults import point
from engine.rules.facts import Facts, to_six_places
from engine.rules.guards import judge
from engine.rules.roles import Standing, may_act_as, must_be_staff
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

    What applicants do is theirs, with its questions; a verdict is recorded and not made; and what gives a dossier a new
    value is done by itself, for the value is its own.
    """
    by_staff = {STAFF, *workflow.committees}
    moves = (one for one in workflow.transitions.values() if one.by in by_staff and one.takes_effect is None)
    return tuple(one for one in moves if one.sets is None)


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
    value: Any = None,
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
    if transition.sets is not None or value is not None:
        elsewhere = (scene.machine.from_here(transition.name, dossier.state) for dossier in dossiers)
        refuse([may_act_as(transition.by or "", standing, scene.workflow), *elsewhere])
        batch.before = {one.number: give_value(scene, one, transition, value, person) for one in dossiers}
        scene.session.add(batch)
        scene.session.flush()
    if against := reasons_not_to(scene, dossiers, transition, person, standing, reason=reason):
        raise NotAll(against)
    ids = [the_id(dossier) for dossier in dossiers]
    going = scene.gather(
        Wanted(
            col(DossierRow.id).in_(ids),
            person_id=sa.literal(the_id(person), ID), actor=sa.literal(person.email),
            reason=sa.literal(reason, sa.Text),
        )
    )  # fmt: skip
    enter_all(
        scene, going, transition, at=scene.now, cause=f"transition {name}", leaves_at=scene.now, batch_id=the_id(batch)
    )
    noted = scene.noted
    late_moves(scene, going)
    # what the calendar does is undone by nobody, nor what stands in somebody's own calendar
    if scene.noted > noted or scene.tells_by_name:
        batch.undo_until = None
        scene.session.add(batch)
        scene.session.flush()
    if batch.undo_until is not None:
        scene.batch_id, scene.letters_from = the_id(batch), batch.undo_until
    scene.note(
        "batch made", by, batch=the_id(batch), name=name, reason=reason, dossiers=[one.number for one in dossiers],
        undo_until=batch.undo_until, before=batch.before,
    )  # fmt: skip
    return batch


def reasons_not_to(
    scene: Scene,
    dossiers: Sequence[DossierRow],
    transition: Transition,
    person: PersonRow,
    standing: Standing,
    *,
    reason: str | None,
) -> dict[str, tuple[Refusal, ...]]:
    """What the rules have against a transition of each of these dossiers by somebody of the staff now, by number.

    Nothing of those that may go. Who may is asked in SQL, and who may not is told why one by one, as is whoever has
    dates of its own or a conflict in its committee. Under a cap the first that fit may, in the order given.
    """
    for_all = may_act_as(transition.by or "", standing, scene.workflow)
    recurs = transition.window is not None and transition.window.recurs_with(scene.calendar.cut)
    late = None if recurs else window_refusal(transition.window, scene.calendar, scene.now)
    may = set() if for_all or late else _may(scene, dossiers, transition, person, reason)
    against: dict[str, tuple[Refusal, ...]] = {}
    room = room_left(scene, transition)
    for dossier in dossiers:
        if elsewhere := scene.machine.from_here(transition.name, dossier.state):
            against[dossier.number] = (elsewhere,)  # what else is against a move from there is of no use to anybody
            continue
        if the_id(dossier) not in may:
            reasons = reasons_not_to_act(scene, dossier, transition, standing, reason=reason, caps=False, person=person)
            if reasons:
                against[dossier.number] = tuple(reasons)
                continue
        if full := room.take(scene, transition, dossier):
            against[dossier.number] = (full,)
    return against


def _may(
    scene: Scene, dossiers: Sequence[DossierRow], transition: Transition, person: PersonRow, reason: str | None
) -> set[int]:
    """The dossiers of which everything holds that the database can tell; caps aside."""
    ids = [the_id(dossier) for dossier in dossiers]
    holds = [
        col(DossierRow.id).in_(ids),
        col(DossierRow.state).in_(transition.sources),
        hold(
            transition.guards, scene.workflow, sa.literal(reason, sa.Text), when=scene.when,
            person=sa.literal(the_id(person), ID),
        ),
    ]
    window = transition.window
    if transition.within or transition.own_window or (window and window.recurs_with(scene.calendar.cut)):
        return set()  # each has its own days, or those of its batch
    if window is not None:
        holds.append(~has_dates_of_its_own())
        holds.append(sa.func.coalesce(col(DossierRow.strand).not_in(scene.calendar.apart), sa.true()))
    committee = scene.workflow.committees.get(transition.by or "")
    if committee is not None and committee.quorum:
        holds.append(~sa.exists().where(col(ConflictRow.dossier_id) == col(DossierRow.id)))
        if committee.per:
            return set()  # each has a committee of its own
        if free_members(scene.session, scene.round_id, committee.name, ids[0]) < committee.quorum:
            return set()
    found = scene.session.connection().execute(sa.select(col(DossierRow.id)).where(*holds)).scalars()
    return {one for one in found if one is not None}


@dataclass
class Room:
    """The places and the money that are left for dossiers that hold none yet, by what is counted apart.

    Under None stands what is counted over the whole round.
    """

    caps: dict[str | None, Cap]
    budgets: dict[str | None, Budget]
    places: dict[str | None, int]
    money: dict[str | None, float]

    def take(self, scene: Scene, transition: Transition, dossier: DossierRow) -> Refusal | None:
        """Take one more place, and the money that a dossier asks; why there is none, where there is none."""
        of = scope_for(scene.session, scene.workflow, transition, dossier)
        if of in self.caps:
            self.places[of] -= 1
            if self.places[of] < 0:
                return _too_many(scene, transition, self.caps[of])
        if of in self.budgets:
            asked = amount_asked(scene.session, dossier, self.budgets[of].question)
            left = self.money[of]
            if asked is None or asked > left:
                facts = Facts(dossier.number, dossier.state, money=asked, money_left=left)
                guard = transition.guard("budget_left")
                assert guard is not None
                return judge((guard,), facts, scene.workflow, transition.target)[0]
            self.money[of] = to_six_places(left - asked)
        return None


def room_left(scene: Scene, transition: Transition) -> Room:
    """The room that the cap and the budget of a transition leave; nothing is counted where it has none."""
    asked = scene.session, scene.workflow, scene.round_id, transition
    caps = {cap.scope: cap for cap in caps_of(*asked)}
    budgets = {budget.scope: budget for budget in budgets_of(*asked)}
    return Room(
        caps, budgets, {of: cap.left for of, cap in caps.items()}, {of: one.left for of, one in budgets.items()}
    )


def _too_many(scene: Scene, transition: Transition, cap: Cap) -> Refusal:
    title = scene.workflow.states[transition.target].title
    if cap.scope is not None:
        of = called(scene.workflow, cap.scope)
        return Refusal(
            "at_most", f'at most {cap.most} dossiers of "{of}" can be "{title}", and {cap.left} of those chosen fit',
            {"because": "chosen in a strand", "cap": cap.most, "state": title, "left": cap.left, "strand": of},
        )  # fmt: skip
    return Refusal(
        "at_most", f'at most {cap.most} dossiers of a round can be "{title}", and {cap.left} of those chosen fit',
        {"because": "chosen", "cap": cap.most, "state": title, "left": cap.left},
    )  # fmt: skip

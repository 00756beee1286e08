"""What would come of a plan for a day of slots: who is heard when, who hears of it, and what is against it?"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

from sqlmodel import col, select

from engine.cycle.order_invitations import Coming, coming, digest_of, roles_that_hear, ties_with
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.slots import dossiers_of, order_of
from engine.database.coming import is_open_now
from engine.database.records import ConflictRow, DossierRow, PersonRow, RoleRow
from engine.database.running_orders import (
    RunningOrder,
    day_of,
    first_of_reserve,
    has_running_order,
    turns,
)
from engine.database.sitting import sits_at
from engine.database.store import the_id
from engine.errors import Refusal, Unknown
from engine.rules.moments import LostHour
from engine.rules.running_order import Day, Plan, refuse_breaks
from engine.rules.suggested_order import Suggested, Wish, suggest

LONGEST_TITLE = 80
"""characters of what a break is called"""
MOST = 500
"""dossiers on a reserve list of which an order is suggested, or that are put in order"""


@dataclass(frozen=True)
class Judged:
    """What would come of a plan: its day, who is heard at which position, who would hear of it, what is against it."""

    order: RunningOrder
    plan: Plan
    day: Day
    places: Mapping[int, DossierRow]
    found: Sequence[Coming]
    against: Sequence[Refusal]

    @property
    def digest(self) -> str:
        """Of the plan, of what stands now, and of all that would be told."""
        kept = [written(self.plan), self.order.digest, digest_of(self.found)]
        return hashlib.sha256(json.dumps(kept).encode()).hexdigest()

    @property
    def untold(self) -> int:
        """How many people would hear something new."""
        return sum(one.kind != "unchanged" for one in self.found)


def written(plan: Plan) -> list[Any]:
    """A plan as JSON has it."""
    return [
        sorted(plan.places.items()), sorted(plan.locked), plan.first.isoformat() if plan.first else None,
        [[one.after, one.minutes, one.title] for one in plan.breaks], list(plan.reserve),
    ]  # fmt: skip


def must_order(scene: Scene, name: str) -> RunningOrder:
    """The running order of a meeting.

    Raises Unknown for a meeting without one, Refused while no day and hour are known for it.
    """
    known = [one.name for one in scene.workflow.meetings.values() if has_running_order(one)]
    if name not in known:
        raise Unknown("meeting with a running order", name, known)
    meeting = scene.workflow.meetings[name]
    order = order_of(scene, meeting)
    sentence = f'no day and hour are known for "{meeting.title}": say first when it takes place'
    missing = Refusal("meeting", sentence, {"because": "no hour", "meeting": meeting.title})
    refuse([missing if order is None else None])
    assert order is not None
    return order


def plan_of(scene: Scene, order: RunningOrder) -> Plan:
    """A running order as it stands, as a plan."""
    places = {position: dossier.number for position, dossier in dossiers_of(scene, order).items()}
    locked = frozenset(position for position, slot in order.slots.items() if slot.locked_at is not None)
    first = time.fromisoformat(order.row.first) if order.row and order.row.first else None
    return Plan(places, locked, first, order.day.breaks)


def suggestion(scene: Scene, name: str, *, keep: frozenset[int] = frozenset()) -> tuple[Plan, Suggested]:
    """An order in which nobody gets up needlessly, as a plan to look at, and what it could not honour.

    What is locked stays where it is, and what stands at the positions to `keep`.
    """
    order = must_order(scene, name)
    standing = plan_of(scene, order)
    reserve = first_of_reserve(scene.session, scene.round_id, order.meeting, limit=MOST)
    numbers = {the_id(one): one.number for one in (*dossiers_of(scene, order).values(), *reserve)}
    wishes = {
        numbers[one]: wish
        for one, turn in turns(scene.session, scene.round_id, name).items()
        if one in numbers and (wish := Wish.of(turn.wish, turn.hour))
    }
    roles = roles_that_hear(scene, order.meeting)
    hears = scene.session.exec(
        select(RoleRow.person_id).where(
            col(RoleRow.round_id) == scene.round_id, col(RoleRow.role).in_(roles), sits_at(order.meeting)
        )
    ).all()
    conflicts: dict[int, set[str]] = {person: set() for person in hears}
    for dossier_id, person_id in ties_with(scene, numbers, roles):
        if person_id in conflicts:
            conflicts[person_id].add(numbers[dossier_id])
    found = suggest(
        order.day, list(numbers.values()), wishes=wishes, conflicts=conflicts,
        locked={one: standing.places[one] for one in standing.locked | keep},
    )  # fmt: skip
    return replace(standing, places=found.places), found


def judge(scene: Scene, name: str, plan: Plan | None = None, *, person: PersonRow | None = None) -> Judged:
    """What would come of a plan (None: of what stands) that `person` of the staff would have.

    Raises what `must_order` raises, and Unknown for a dossier that the round does not have.
    """
    order = must_order(scene, name)
    if plan is None:
        plan = plan_of(scene, order)
    against: list[Refusal] = list(_against_breaks(order, plan))
    day = order.day
    try:
        breaks = () if against else plan.breaks
        day = day_of(scene.calendar, order.meeting, order.sitting, plan.first, breaks) or order.day
    except LostHour as problem:
        against.append(Refusal("slot", str(problem), {"because": "lost hour"}))
    dossiers = _dossiers(scene, (*plan.places.values(), *plan.reserve))
    against += _against_places(scene, order, plan, day, dossiers)
    places = {
        position: dossiers[number] for position, number in sorted(plan.places.items()) if 1 <= position <= day.count
    }
    against += _against_changes(scene, order, plan, day, places, person)
    found = coming(scene, order.meeting, order.sitting, day, places)
    return Judged(order, plan, day, places, found, against)


def _dossiers(scene: Scene, numbers: Sequence[str]) -> dict[str, DossierRow]:
    wanted = dict.fromkeys(numbers)
    rows = scene.session.exec(select(DossierRow).where(scene.in_round, col(DossierRow.number).in_(list(wanted)))).all()
    found = {row.number: row for row in rows}
    for number in wanted:
        if number not in found:
            raise Unknown(f"dossier in {scene.round.key}", number)
    return found


def _against_breaks(order: RunningOrder, plan: Plan) -> Iterator[Refusal]:
    yield from refuse_breaks(plan.breaks, order.day.count)
    if any(len(one.title) > LONGEST_TITLE for one in plan.breaks):
        sentence = f"what a break is called has {LONGEST_TITLE} characters at most"
        yield Refusal("break", sentence, {"because": "title", "most": LONGEST_TITLE})


def _against_places(
    scene: Scene, order: RunningOrder, plan: Plan, day: Day, dossiers: Mapping[str, DossierRow]
) -> Iterator[Refusal]:
    """Slots that lie outside the day, dossiers that do not come to the meeting, or would come twice."""
    heard = {slot.dossier_id for slot in order.slots.values()}
    twice = [number for number, times in Counter(plan.places.values()).items() if times > 1]
    for number in twice:
        yield Refusal("slot", f"{number} would have two slots", {"because": "twice", "number": number})
    for position, number in sorted(plan.places.items()):
        dossier = dossiers[number]
        if outside := day.outside(position):
            yield outside
        if the_id(dossier) not in heard and not is_open_now(scene.session, order.meeting, dossier):
            title = order.meeting.title
            sentence = f'{number} is "{dossier.state}", and "{title}" is not open to it'
            yield Refusal("slot", sentence, {"because": "state", "number": number, "meeting": title})


def _against_changes(
    scene: Scene,
    order: RunningOrder,
    plan: Plan,
    day: Day,
    places: Mapping[int, DossierRow],
    person: PersonRow | None,
) -> Iterator[Refusal]:
    """Slots that have begun, that are locked, or of a dossier with which whoever plans has a conflict."""
    before = {position: slot.dossier_id for position, slot in order.slots.items()}
    after = {position: the_id(dossier) for position, dossier in places.items()}
    timed = {slot.dossier_id: (slot.starts_at, slot.ends_at) for slot in order.slots.values()}
    changed = {
        dossier_id
        for position, dossier_id in after.items()
        if timed.get(dossier_id) != (day.at(position).starts_at, day.at(position).ends_at)
    } | (set(before.values()) - set(after.values()))
    begun = sorted(
        {
            position
            for position, slot in order.slots.items()
            if slot.dossier_id in changed and slot.starts_at <= scene.now
        }
        | {position for position, one in after.items() if one in changed and day.at(position).starts_at <= scene.now}
    )
    for position in begun:
        sentence = f"slot {position} has begun: who was heard is not moved any more"
        yield Refusal("slot", sentence, {"because": "past", "position": position})
    for position, slot in order.slots.items():
        if slot.locked_at is not None and position in plan.locked and after.get(position) != slot.dossier_id:
            sentence = f"slot {position} is locked: unlock it first"
            yield Refusal("slot", sentence, {"because": "locked", "position": position})
    if person is not None and changed:
        hers = scene.session.exec(
            select(ConflictRow.dossier_id).where(
                col(ConflictRow.person_id) == person.id, col(ConflictRow.dossier_id).in_(sorted(changed))
            )
        ).all()
        if hers:
            sentence = "you have declared a conflict with a dossier that would change places"
            yield Refusal("conflict", sentence, {"because": "slot"})

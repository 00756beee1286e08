"""Who gets which slot of a running order, and what happens to a slot that somebody gives back?

Who comes gets the next free slot, as long as nobody has been asked to come by the order; then a newcomer waits on the
reserve list until staff place it. Who leaves gives the slot back, and the first of the reserve list is asked in its
place at once, where people are asked already.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import and_, exists, true
from sqlmodel import col, select

from engine.cycle.order_invitations import carry_out, coming, of_dossiers
from engine.cycle.scene import CALENDAR, Scene
from engine.database.cohort.gathered import GATHERED, Gathered, ids
from engine.database.coming import is_its, whose
from engine.database.records import DossierRow, MeetingRow, SlotRow
from engine.database.running_orders import (
    RunningOrder,
    first_of_reserve,
    has_running_order,
    meetings_open_to,
    planned,
    running_order,
)
from engine.database.store import the_id
from engine.faults import point
from engine.rules.running_order import Day
from engine.rules.workflow import Meeting


def order_of(scene: Scene, meeting: Meeting) -> RunningOrder | None:
    """The running order of a meeting as it stands; None where there is none."""
    return running_order(scene.session, scene.round_id, scene.calendar, meeting)


def give_slots(
    scene: Scene, arrived: DossierRow | Gathered, state: str, *, again: bool = False, at: int | None = None
) -> None:
    """The next free slots of each meeting with a running order that is open to the state that was entered (as of `at`).

    Nobody who waits already is passed over, unless who comes had a slot before (`again`), and nobody is given a slot of
    an order by which people are asked to come.
    """
    for meeting in meetings_open_to(scene.workflow, state):
        order = order_of(scene, meeting)
        if order is None or order.published_at is not None or not order.free:
            continue
        without = _without_slot(scene, arrived, meeting, limit=len(order.free))
        if not without or (not again and _somebody_waits(scene, meeting, arrived)):
            continue
        for position, dossier_id in zip(order.free, without, strict=False):
            _put(scene, order, position, scene.session.get_one(DossierRow, dossier_id), by=CALENDAR, at=at)


def give_back(scene: Scene, left: DossierRow | Gathered, sources: Collection[str], target: str, *, at: int) -> None:
    """Take the slots to come from who has gone from `sources` to a state (as of `at`) that a meeting is not open to."""
    for meeting in scene.workflow.meetings.values():
        if not has_running_order(meeting) or target in meeting.open_to or set(meeting.open_to).isdisjoint(sources):
            continue
        of = col(SlotRow.dossier_id)
        rows = scene.session.exec(
            select(SlotRow)
            .where(
                col(SlotRow.round_id) == scene.round_id, col(SlotRow.meeting) == meeting.name,
                col(SlotRow.starts_at) > at, of.in_(left.ids) if isinstance(left, Gathered) else of == left.id,
            )
            .order_by(col(SlotRow.position))
        ).all()  # fmt: skip
        if rows:
            free_slots(scene, meeting, rows, because="left", by=CALENDAR, at=at)


def free_slots(
    scene: Scene, meeting: Meeting, rows: Sequence[SlotRow], *, because: str, by: str, at: int | None = None
) -> list[DossierRow]:
    """Take slots away (as of `at`) from who has them; where people are asked to come already, the first of the reserve
    list gets each, and everybody concerned hears of it. Gives who has come in."""
    order = order_of(scene, meeting)
    assert order is not None, "somebody has a slot of it"
    concerned = {row.dossier_id for row in rows}
    positions = [row.position for row in rows]
    for row in rows:
        take(scene, row, because=because, by=by, at=at)
    came: list[DossierRow] = []
    if order.published_at is None:
        return came
    to_come = [one for one in positions if one in order.day.places and order.day.at(one).starts_at > scene.now]
    reserve = first_of_reserve(scene.session, scene.round_id, meeting, besides=concerned, limit=len(to_come))
    for position, dossier in zip(to_come, reserve, strict=False):
        _put(scene, order, position, dossier, by=CALENDAR, at=at)
        came.append(dossier)
    tell(scene, meeting, only=concerned | {the_id(one) for one in came}, by=by)
    return came


def tell(
    scene: Scene, meeting: Meeting, *, only: Collection[int] | None = None, reason: str | None = None, by: str
) -> int:
    """Tell those whom it concerns how the order stands by which they are asked to come; gives how many hear of it.

    That is everybody, or `only` these dossiers' people with the members whose part of the day changes.
    """
    order = order_of(scene, meeting)
    if order is None:
        return 0
    found = coming(scene, meeting, order.sitting, order.day, dossiers_of(scene, order))
    counts = carry_out(scene, order.sitting, found if only is None else of_dossiers(found, only), reason=reason, by=by)
    return sum(count for kind, count in counts.items() if kind != "unchanged")


def dossiers_of(scene: Scene, order: RunningOrder) -> dict[int, DossierRow]:
    """position -> the dossier that is heard there."""
    wanted = [slot.dossier_id for slot in order.slots.values()]
    rows = scene.session.exec(select(DossierRow).where(col(DossierRow.id).in_(wanted))).all()
    by_id = {the_id(row): row for row in rows}
    return {position: by_id[slot.dossier_id] for position, slot in order.slots.items()}


def arrange(
    scene: Scene, order: RunningOrder, day: Day, places: Mapping[int, DossierRow], *, by: str, because: str = "reserve"
) -> None:
    """Write a running order: who is heard at which position of a day. Who has no place in it loses the slot."""
    before = {slot.dossier_id: slot for slot in order.slots.values()}
    after = {the_id(dossier): position for position, dossier in places.items()}
    for dossier_id, slot in before.items():
        if dossier_id not in after:
            take(scene, slot, because=because, by=by)
    staying = [slot for dossier_id, slot in before.items() if dossier_id in after]
    was = {slot.dossier_id: slot.position for slot in staying}
    moving = [slot for slot in staying if slot.position != after[slot.dossier_id]]
    for slot in moving:  # two rows may not stand at one position, not even between two statements
        slot.position = -slot.position
        scene.session.add(slot)
    scene.session.flush()
    point("slots lifted")
    for slot in staying:
        slot.position = after[slot.dossier_id]
        hours = day.at(slot.position)
        slot.starts_at, slot.ends_at = hours.starts_at, hours.ends_at
        scene.session.add(slot)
    scene.session.flush()
    point("slots moved")
    for slot in moving:
        scene.note(
            "slot moved", by, dossier=places[slot.position], meeting=order.meeting.name, position=slot.position,
            was=was[slot.dossier_id],
        )  # fmt: skip
    for position, dossier in places.items():
        if the_id(dossier) not in before:
            _put(scene, order, position, dossier, by=by, day=day)


def take(scene: Scene, slot: SlotRow, *, because: str, by: str, at: int | None = None) -> None:
    """Take a slot away: `because` it goes to the reserve list, was declined, its dossier left, it lies outside."""
    dossier = scene.session.get_one(DossierRow, slot.dossier_id)
    scene.session.delete(slot)
    scene.session.flush()
    point("slot taken")
    scene.note(
        "slot taken", by, at=at, dossier=dossier, meeting=slot.meeting, position=slot.position, because=because
    )  # fmt: skip


def resettle(scene: Scene, row: MeetingRow, *, reason: str | None, by: str) -> int:
    """Let a running order follow its meeting, which was moved or does not take place.

    What lies outside the day then loses its slot. Who is asked to come by the order hears of it; gives how many do.
    """
    meeting = scene.workflow.meeting(row.name)
    if not has_running_order(meeting) or row.dossier_id is not None:
        return 0
    order = order_of(scene, meeting)
    if order is None:
        _end(scene, meeting, by=by)
        return 0
    places = dossiers_of(scene, order)
    within = {position: dossier for position, dossier in places.items() if position in order.day.places}
    arrange(scene, order, order.day, within, by=by, because="outside")
    return tell(scene, meeting, reason=reason, by=by) if order.published_at is not None else 0


def _end(scene: Scene, meeting: Meeting, *, by: str) -> None:
    """Nobody is heard at a meeting that has no day; who was asked to come has heard so."""
    for slot in scene.session.exec(
        select(SlotRow)
        .where(col(SlotRow.round_id) == scene.round_id, col(SlotRow.meeting) == meeting.name)
        .order_by(col(SlotRow.position))
    ).all():
        take(scene, slot, because="no day", by=by)
    row, _ = planned(scene.session, scene.round_id, meeting.name)
    if row is not None and row.published_at is not None:
        row.published_at = row.published_by = None
        scene.session.add(row)
        scene.session.flush()
        point("order withdrawn")
        scene.note("running order withdrawn", by, meeting=meeting.name)


def _put(
    scene: Scene,
    order: RunningOrder,
    position: int,
    dossier: DossierRow,
    *,
    by: str,
    day: Day | None = None,
    at: int | None = None,
) -> None:
    hours = (day or order.day).at(position)
    scene.session.add(
        SlotRow(
            round_id=scene.round_id, dossier_id=the_id(dossier), meeting=order.meeting.name, position=position,
            starts_at=hours.starts_at, ends_at=hours.ends_at,
        )
    )  # fmt: skip
    scene.session.flush()
    point("slot given")
    scene.note("slot given", by, at=at, dossier=dossier, meeting=order.meeting.name, position=position)


def _without_slot(scene: Scene, arrived: DossierRow | Gathered, meeting: Meeting, *, limit: int) -> list[int]:
    """The first of those who have come that have no slot of a meeting yet, and that it is for."""
    if isinstance(arrived, Gathered):
        given = exists().where(col(SlotRow.dossier_id) == GATHERED.c.dossier_id, col(SlotRow.meeting) == meeting.name)
        its = exists().where(col(DossierRow.id) == GATHERED.c.dossier_id, whose(meeting)) if meeting.scope else true()
        return ids(scene.session, arrived, and_(~given, its), limit=limit)
    has = select(SlotRow.id).where(col(SlotRow.dossier_id) == arrived.id, col(SlotRow.meeting) == meeting.name)
    if not is_its(scene.session, meeting, arrived) or scene.session.exec(has).first() is not None:
        return []
    return [the_id(arrived)][:limit]


def _somebody_waits(scene: Scene, meeting: Meeting, arrived: DossierRow | Gathered) -> bool:
    """Whether somebody waited for a slot before these came."""
    besides = arrived.ids if isinstance(arrived, Gathered) else [the_id(arrived)]
    return bool(first_of_reserve(scene.session, scene.round_id, meeting, besides=besides))

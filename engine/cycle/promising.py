"""What money is a dossier owed, by which day, and who finds that it was not paid?

It follows from where the dossier stands, from what it answered, and from the rules: whatever of these has changed, it
is worked out again, and what was paid stays.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import col, select

from engine.cycle.deadlines import put_deadline
from engine.cycle.scene import Scene
from engine.database.promised import (
    STILL_OWED,
    Rows,
    is_of_all,
    key_of,
    known_of,
    owed_to,
    paid_of,
    promised_to,
)
from engine.database.records import DeadlineRow, DossierRow, PromisedRow
from engine.database.store import the_id
from engine.faults import point
from engine.rules.agenda import ORDER, PLACES
from engine.rules.moments import tzdata_version
from engine.rules.paying import UNPAID, Owed, promises_to_pay
from engine.rules.timers import over_at
from engine.rules.workflow import Promise

UNPAID_AT = (len(ORDER) + 2) * PLACES
"""its position: after what dossiers owe themselves"""
AT_ONCE = 500
"""dossiers that are in memory at a time"""


def follow_promises(scene: Scene, dossiers: Collection[int]) -> None:
    """Let what these dossiers (ids) are owed be what the rules say of them now, and have the calendar mind it."""
    promises = promises_to_pay(scene.workflow)
    if not promises and scene.round.replaced_at is None:
        return
    ids = sorted(dossiers)
    for start in range(0, len(ids), AT_ONCE):
        _follow(scene, promises, ids[start : start + AT_ONCE])


def follow_moment(scene: Scene, edge: str, dossier: DossierRow | None = None) -> None:
    """The same for whoever is paid by a moment that hangs on an edge (`call closes`) that was moved."""
    names = [
        one.name for one in promises_to_pay(scene.workflow)
        if one.before and f"{one.before.phase} {one.before.edge}" == edge
    ]  # fmt: skip
    if names:
        of = select(PromisedRow.dossier_id).where(
            col(PromisedRow.name).in_(names), col(PromisedRow.ended_at).is_(None)
        )
        theirs = col(DossierRow.id) == dossier.id if dossier else scene.in_round
        found = select(DossierRow.id).where(theirs, col(DossierRow.id).in_(of))
        follow_promises(scene, [one for one in scene.session.exec(found) if one is not None])


def follow_all_promises(scene: Scene) -> None:
    """The same for every dossier of the round that is owed money, or stands where it may be."""
    states = {state for one in promises_to_pay(scene.workflow) for state in one.about}
    of = select(PromisedRow.dossier_id)
    found = select(DossierRow.id).where(
        scene.in_round, col(DossierRow.state).in_(states) | col(DossierRow.id).in_(of)
    )
    follow_promises(scene, [one for one in scene.session.exec(found) if one is not None])


def _follow(scene: Scene, promises: Sequence[Promise], ids: Sequence[int]) -> None:
    session = scene.session
    dossiers = session.exec(select(DossierRow).where(col(DossierRow.id).in_(ids)).order_by(col(DossierRow.id))).all()
    rows, paid = promised_to(session, ids), paid_of(session, ids)
    known = known_of(session, scene.workflow, ids, scene.calendar.zone)
    for dossier in dossiers:
        its = rows.get(the_id(dossier), {})
        owing = [one for one in promises if dossier.state in one.about]
        wanted: dict[tuple[str, int], Owed] = {}
        calendar = scene.calendar_of(dossier) if owing else scene.calendar
        for promise in owing:
            knows = known[promise.name, the_id(dossier)]
            for owed in owed_to(scene.workflow, promise, calendar, knows, its, now=scene.now):
                wanted[promise.name, owed.position] = owed
        _write(scene, dossier, wanted, its, paid)
    session.flush()
    point("promises written")
    _mind(scene, dossiers)


def _write(
    scene: Scene, dossier: DossierRow, wanted: Mapping[tuple[str, int], Owed], its: Rows, paid: Mapping[int, int]
) -> None:
    for key, row in its.items():
        if key not in wanted:
            row.ended_at = row.ended_at or scene.now
            _count(scene, row, paid)
    for (name, position), owed in wanted.items():
        row = its.get((name, position)) or PromisedRow(
            dossier_id=the_id(dossier), name=name, position=position, cents=0, laid_out_at=scene.now
        )
        already = paid.get(row.id or 0, 0)
        if row.ended_at is not None:
            row.ended_at, row.laid_out_at = None, scene.now
        row.what, row.cents = owed.what, max(owed.cents, already)  # what was paid is not owed back
        row.last_day = owed.last_day.isoformat() if owed.last_day else None
        row.due_at = over_at(owed.last_day, scene.calendar.zone) if owed.last_day else None
        _count(scene, row, paid)


def _count(scene: Scene, row: PromisedRow, paid: Mapping[int, int]) -> None:
    """Keep the promise, or not, by what was paid of it."""
    row.kept_at = (row.kept_at or scene.now) if paid.get(row.id or 0, 0) >= row.cents else None
    scene.session.add(row)


def _mind(scene: Scene, dossiers: Sequence[DossierRow]) -> None:
    """Have the calendar find what was not paid by a day of the dossier's own; a day that all share is the round's."""
    session, ids = scene.session, [the_id(one) for one in dossiers]
    owed = session.exec(
        select(PromisedRow)
        .where(col(PromisedRow.dossier_id).in_(ids), STILL_OWED, col(PromisedRow.due_at).is_not(None))
        .order_by(col(PromisedRow.id))
    ).all()
    minded = session.exec(
        select(DeadlineRow).where(col(DeadlineRow.dossier_id).in_(ids), col(DeadlineRow.kind) == UNPAID)
    ).all()
    of = {the_id(one): one for one in dossiers}
    days: dict[str, tuple[DossierRow, int]] = {}
    for row in owed:
        dossier = of[row.dossier_id]
        if row.due_at is not None and not is_of_all(scene.workflow, scene.calendar, dossier, row):
            days[key_of(dossier, row)] = dossier, row.due_at
    for old in minded:
        if old.ended_at is None and old.key not in days:
            session.delete(old)
    session.flush()
    point("old deadlines of promises gone")
    ended = {row.key for row in minded if row.ended_at is not None}
    stand = {(row.key, row.due_at, row.tzdata) for row in minded}
    for key, (dossier, due_at) in days.items():
        if key not in ended and (key, due_at, tzdata_version()) not in stand:
            put_deadline(
                scene, key=key, kind=UNPAID, name=dossier.number, moment=key, position=UNPAID_AT, at=due_at,
                fires_at=due_at + scene.settle, valid_until=None, dossier=dossier,
            )  # fmt: skip

"""What will the calendar do, row by row?

Deadlines are rows: what is due is a question put to the database. Rows that have not fired are worked out again when
a date moves; rows that have fired never change.
"""

from sqlalchemy import or_
from sqlmodel import col, func, select

from engine.cycle.scene import CALENDAR, Scene
from engine.database.cohort.standing import FREEING
from engine.database.records import DeadlineRow, DossierRow
from engine.faults import point
from engine.rules.agenda import ORDER, PLACES, Due, agenda
from engine.rules.moments import from_instant, tzdata_version
from engine.rules.workflow import Transition


def put_deadline(
    scene: Scene,
    *,
    key: str,
    kind: str,
    name: str,
    moment: str,
    position: int,
    at: int,
    fires_at: int,
    valid_until: int | None,
    dossier: DossierRow | None = None,
    batch: int | None = None,
    strand: str | None = None,
    clocks: str | None = None,
) -> DeadlineRow:
    """Write a deadline, or move the unfired one of that key. One that has ended stays as it is."""
    row = scene.session.exec(
        select(DeadlineRow).where(col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.key) == key)
    ).first()
    if row is None:
        row = DeadlineRow(
            round_id=scene.round_id,
            dossier_id=dossier.id if dossier else None,
            batch=batch,
            strand=strand,
            clocks=clocks,
            key=key,
            kind=kind,
            name=name,
            moment=moment,
            position=position,
            local="",
            zone=scene.calendar.zone,
            tzdata="",
            due_at=at,
            fires_at=fires_at,
        )
    if row.ended_at is None:
        row.due_at, row.fires_at, row.valid_until = at, fires_at, valid_until
        row.local, row.tzdata = from_instant(at, scene.calendar.zone).isoformat(), tzdata_version()
        scene.session.add(row)
    scene.session.flush()
    point("deadline written")
    return row


def put_due(scene: Scene, due: Due, dossier: DossierRow | None = None) -> DeadlineRow:
    """Write one line of the agenda as a deadline, of the round or (by extension) of one dossier."""
    return put_deadline(
        scene,
        key=due.key_of(dossier.number) if dossier else due.key,
        kind=due.kind,
        name=due.name,
        moment=due.moment,
        position=due.position,
        at=due.at,
        fires_at=due.fires_at,
        valid_until=due.valid_until,
        dossier=dossier,
        batch=due.batch,
        strand=None if dossier else due.strand,
        clocks=None if dossier else due.clocks,
    )


def put_own_agenda(scene: Scene, dossier: DossierRow, edge: str) -> None:
    """Write what hangs on an edge (`call closes`) as deadlines of one dossier, for which that edge was moved."""
    point("writing an own agenda")
    for due in agenda(scene.workflow, scene.calendar_of(dossier), scene.settle):
        hangs_on_it = due.batch is None and (due.moment == edge or due.moment.endswith(f" {edge}"))
        if not hangs_on_it or due.kind not in ("edge", "transition", "reminder"):
            continue
        if due.kind == "transition" and scene.workflow.transitions[due.name].frees:
            continue  # places are the round's: one dossier does not get them longer than the others
        # what the round has done already is not done again for an instant that is past
        if due.fires_at > scene.now or not has_ended(scene, due):
            put_due(scene, due, dossier)


def put_freeing(scene: Scene, transition: Transition, *, at: int) -> DeadlineRow:
    """Write that a place was there as of `at`, for what it brings about: a deadline of its own that has just fired."""
    of = (col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.kind) == FREEING)
    count = scene.session.exec(
        select(func.count()).select_from(DeadlineRow).where(*of, col(DeadlineRow.name) == transition.name)
    ).one()
    number = count + 1
    key = f"place {transition.name} {number}"
    row = DeadlineRow(
        round_id=scene.round_id, key=key, kind=FREEING, name=transition.name, moment=str(transition.when),
        position=ORDER.index("transition") * PLACES + transition.position,
        local=from_instant(at, scene.calendar.zone).isoformat(), zone=scene.calendar.zone, tzdata=tzdata_version(),
        due_at=at, fires_at=at, ended_at=scene.now, ending="fired",
    )  # fmt: skip
    scene.session.add(row)
    scene.session.flush()
    point("freeing written")
    scene.note("place freed", CALENDAR, at=at, name=transition.name, freeing=number)
    return row


def find_deadline(scene: Scene, *keys: str) -> DeadlineRow | None:
    """The deadline of one of these keys, of a strand or by some clocks before that for all; None for none."""
    found = select(DeadlineRow).where(col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.key).in_(keys))
    for_all = col(DeadlineRow.strand).is_(None) & col(DeadlineRow.clocks).is_(None)
    return scene.session.exec(found.order_by(for_all).limit(1)).first()


def has_ended(scene: Scene, due: Due) -> int | None:
    """When a line of the agenda ended, for the strand, by the clocks or for all of whom it was; None where it has not.

    It may have ended for all before the strand had a date of its own.
    """
    row = find_deadline(scene, due.key, due.base)
    return row.ended_at if row else None


def put_agenda(scene: Scene) -> list[DeadlineRow]:
    """Write the agenda of the round as it stands now; what is on it no more, and has not fired, is forgotten."""
    point("writing the agenda")
    every = agenda(scene.workflow, scene.calendar, scene.settle)
    # a close that an extension gave to a phase and that was taken back, and a batch behind the end of its phase
    gone = select(DeadlineRow).where(
        col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.dossier_id).is_(None),
        col(DeadlineRow.ended_at).is_(None),
        or_(
            col(DeadlineRow.batch).is_not(None), col(DeadlineRow.strand).is_not(None),
            col(DeadlineRow.clocks).is_not(None), col(DeadlineRow.kind) == "edge",
        ),
        col(DeadlineRow.key).not_in([due.key for due in every]),
    )  # fmt: skip
    for row in scene.session.exec(gone).all():
        scene.session.delete(row)
    return [put_due(scene, due) for due in every if not has_happened_for_all(scene, due)]


def has_happened_for_all(scene: Scene, due: Due) -> bool:
    """Whether something happened for all before a strand, or some clocks, had a date of their own, whose instant for it
    is past too."""
    if not due.is_of_some or due.fires_at > scene.now:
        return False
    row = find_deadline(scene, due.key, due.base)
    if due.clocks is not None and (row is None or row.clocks is None):
        return True  # it came by these clocks before any dossier went by them
    return row is not None and row.strand is None and row.clocks is None and row.ended_at is not None

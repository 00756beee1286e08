"""How is an extension taken back, as long as nobody has heard of it?

The date goes back to where it was, as another recorded decision; the letters that told of the new one never leave. So
those concerned hear nothing, and the calendar is as if the date had never moved.
"""

from collections.abc import Sequence
from datetime import date, time

import sqlalchemy as sa
from sqlalchemy import true
from sqlmodel import col, select

from engine.cycle.deadlines import has_ended, put_agenda, put_due
from engine.cycle.decided import Decision, record
from engine.cycle.moved_edges import follow_edge
from engine.cycle.obligations import due_after, set_obligation_deadlines
from engine.cycle.own_time import is_own_time, own_times
from engine.cycle.people import standing_of
from engine.cycle.promising import follow_moment
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.timers import set_timers
from engine.database.cohort.moving import OF_OBLIGATIONS
from engine.database.records import CauseRow, DeadlineRow, DossierRow, ExtensionRow, NotificationRow, ObligationRow
from engine.database.store import obligations_of, state_of, the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.agenda import agenda, zone_of_owed
from engine.rules.moments import edge_instant
from engine.rules.roles import must_be_staff
from engine.rules.round import LocalEdge
from engine.rules.timers import TIMERS
from engine.rules.times import EdgeName

REASON = "taken back"


def take_back(scene: Scene, number: int, *, by: str) -> None:
    """Take back the decision whose first extension has that number, for all whom it concerned.

    Any of the staff may; what is taken back already stays as it is. Raises Unknown for a decision that the round does
    not have, Refused once the first letter has left, the time is over, the old date is past, or something built on it.
    """
    person = scene.person(by)
    refuse([must_be_staff(standing_of(scene, person))])
    rows = rows_of(scene, number)
    if not rows:
        raise Unknown(f"extension in {scene.round.key}", str(number))
    if scene.session.exec(select(ExtensionRow.id).where(col(ExtensionRow.undoes_id) == number)).first():
        return
    letters = _letters(scene, number)
    refuse(reasons_not_to_take_back(scene, rows, letters))
    point("taking an extension back")
    for letter in letters:
        letter.status, letter.ended_at, letter.last_reply = "cancelled", scene.now, f"taken back by {person.email}"
        scene.session.add(letter)
    scene.session.flush()
    point("letters of an extension taken back")
    decision = Decision(person, REASON)
    for row in reversed(rows):
        dossier = scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id else None
        if dossier is not None and is_own_time(scene, row.of):
            _put_own_time_back(scene, row, decision, dossier)
        elif _edge_of(scene, row) is None:
            _put_obligation_back(scene, row, decision)
        else:
            _put_edge_back(scene, row, decision, dossier)
    scene.note("extension taken back", by, extension=number, letters=len(letters))


def rows_of(scene: Scene, number: int) -> Sequence[ExtensionRow]:
    """What one decision moved, oldest first; nothing where there is none of that number, or it took another back."""
    return scene.session.exec(
        select(ExtensionRow)
        .where(
            col(ExtensionRow.round_id) == scene.round_id, col(ExtensionRow.undoes_id).is_(None),
            (col(ExtensionRow.id) == number) & col(ExtensionRow.first_id).is_(None)
            | (col(ExtensionRow.first_id) == number),
        )
        .order_by(col(ExtensionRow.id))
    ).all()  # fmt: skip


def _letters(scene: Scene, number: int) -> Sequence[NotificationRow]:
    """The letters of a decision, which no postman takes before this transaction ends; without those never to leave."""
    return scene.session.exec(
        select(NotificationRow)
        .join(CauseRow, col(CauseRow.id) == col(NotificationRow.cause_id))
        .where(col(CauseRow.extension_id) == number, col(NotificationRow.status).not_in(("cancelled", "expired")))
        .order_by(col(NotificationRow.id))
        .with_for_update(of=NotificationRow)
        .execution_options(populate_existing=True)
    ).all()


def reasons_not_to_take_back(
    scene: Scene, rows: Sequence[ExtensionRow], letters: Sequence[NotificationRow]
) -> list[Refusal | None]:
    """Why a decision is not taken back any more: what it moved, and the letters that tell of it."""
    until = rows[0].undo_until
    left = next((one for one in letters if one.status not in ("waiting", "held") or one.attempts), None)
    return [
        Refusal("stands", f"the letter to {left.address} has left: move the date once more, with a reason",
                {"because": "letter", "address": left.address}) if left else None,
        Refusal("stands", "this cannot be taken back: move the date once more, with a reason", {"because": "never"})
        if until is None else None,
        Refusal("stands", "the time to take it back is over: move it once more, with a reason", {"because": "over"})
        if until is not None and scene.now >= until and not left else None,
        *(_past_or_moved(scene, row) for row in rows),
    ]  # fmt: skip


def _past_or_moved(scene: Scene, row: ExtensionRow) -> Refusal | None:
    """Why one date does not go back: what it was is past, or it has been moved again."""
    edge, old, new = _edge_of(scene, row), _written(row.old_day, row.old_hour), _written(row.new_day, row.new_hour)
    dossier = scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id else None
    if dossier is not None and is_own_time(scene, row.of):
        past = due_after(old.day, scene.calendar.zone)
        stands = any(one.of == row.of and one.last_day == new.day for one in own_times(scene, dossier))
    elif edge is None:
        owed = _obligation(scene, row)
        past, stands = due_after(old.day, _zone_of(scene, row)), bool(owed and owed.last_day == row.new_day)
    else:
        calendar = scene.calendar_of(dossier) if dossier else scene.calendar.of_strand(row.strand)
        past, stands = edge_instant(old, edge[1], calendar.zone_of(edge[0])), calendar.edge(*edge) == new
    if past <= scene.now:
        return Refusal("past", f'"{row.of}" was on {row.old_day} before, which is past', {"day": row.old_day})
    if not stands:
        return Refusal("stands", f'"{row.of}" has been moved, or done, since', {"because": "moved"})
    if _has_fired_since(scene, row, is_edge=edge is not None):
        sentence = f'what hangs on "{row.of}" has happened by its new date: move it once more, with a reason'
        return Refusal("stands", sentence, {"because": "fired"})
    return None


def _has_fired_since(scene: Scene, row: ExtensionRow, *, is_edge: bool) -> bool:
    """Whether anything has happened because of the new date: a reminder that came at once, for one that is earlier."""
    hangs_on_it = (
        (col(DeadlineRow.moment) == row.of) | col(DeadlineRow.moment).endswith(f" {row.of}")
        if is_edge
        else col(DeadlineRow.kind).in_(TIMERS if is_own_time(scene, row.of) else OF_OBLIGATIONS)
    )
    fired = select(DeadlineRow.id).where(
        col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.ended_at) > row.decided_at,
        col(DeadlineRow.ending) == "fired", hangs_on_it,
        col(DeadlineRow.dossier_id) == row.dossier_id if row.dossier_id else col(DeadlineRow.dossier_id).is_(None),
        true() if row.strand is None else col(DeadlineRow.strand) == row.strand,
    )  # fmt: skip
    return scene.session.exec(fired.limit(1)).first() is not None


def _written(day: str, hour: str | None) -> LocalEdge:
    return LocalEdge(date.fromisoformat(day), time.fromisoformat(hour) if hour else None)


def _edge_of(scene: Scene, row: ExtensionRow) -> tuple[str, EdgeName] | None:
    """The phase and the edge that an extension moved; None for an obligation."""
    phase, _, name = row.of.rpartition(" ")
    if phase in scene.workflow.phases and name in ("opens", "closes"):
        return phase, "opens" if name == "opens" else "closes"
    return None


def _obligation(scene: Scene, row: ExtensionRow) -> ObligationRow | None:
    name, _, position = row.of.rpartition(" ")
    owed = obligations_of(scene.session, row.dossier_id or 0)
    return next(
        (one for one in owed if (one.name, str(one.position)) == (name, position) and state_of(one) == "open"), None
    )


def _zone_of(scene: Scene, row: ExtensionRow) -> str:
    """By whose clocks the last day of what was owed ends."""
    dossier = scene.session.get_one(DossierRow, row.dossier_id)
    return zone_of_owed(scene.workflow.obligations[row.of.rpartition(" ")[0]], scene.calendar_of(dossier))


def _put_obligation_back(scene: Scene, row: ExtensionRow, decision: Decision) -> None:
    old, owed = _written(row.old_day, None), _obligation(scene, row)
    dossier = scene.session.get_one(DossierRow, row.dossier_id)
    assert owed is not None, "refused before"
    record(scene, row.of, _written(row.new_day, None), old, decision, dossier=dossier, undoes=row)
    owed.due_at, owed.last_day = due_after(old.day, _zone_of(scene, row)), row.old_day
    scene.session.add(owed)
    scene.session.flush()
    point("obligation put back")
    set_obligation_deadlines(scene, dossier, since=row.decided_at)


def _put_own_time_back(scene: Scene, row: ExtensionRow, decision: Decision, dossier: DossierRow) -> None:
    old, new = _written(row.old_day, None), _written(row.new_day, None)
    record(scene, row.of, new, old, decision, dossier=dossier, undoes=row)
    set_timers(scene, dossier, since=row.decided_at)
    point("own time put back")


def _put_edge_back(scene: Scene, row: ExtensionRow, decision: Decision, dossier: DossierRow | None) -> None:
    concerned = [dossier] if dossier else _owing_until(scene, row.of, row.strand)
    before = {the_id(one): scene.calendar_of(one) for one in concerned}
    old, new = _written(row.old_day, row.old_hour), _written(row.new_day, row.new_hour)
    record(scene, row.of, new, old, decision, dossier=dossier, undoes=row, strand=row.strand)
    if dossier is None:
        put_agenda(scene)
    for one in [dossier] if dossier else with_own_deadlines(scene, row.of):
        _own_agenda(scene, one, row)
    for one in concerned:
        follow_edge(scene, one, row.of, before[the_id(one)], since=row.decided_at)
    follow_moment(scene, row.of, dossier)


def _owing_until(scene: Scene, edge: str, strand: str | None) -> list[DossierRow]:
    """The dossiers, those of a strand where one is given, that owe something until an edge."""
    names = [
        one.name
        for one in scene.workflow.obligations.values()
        if one.window and f"{one.window.end.phase} {one.window.end.edge}" == edge
    ]
    return list(
        scene.session.exec(
            select(DossierRow)
            .where(
                col(DossierRow.round_id) == scene.round_id,
                col(DossierRow.id).in_(select(ObligationRow.dossier_id).where(col(ObligationRow.name).in_(names))),
                true() if strand is None else col(DossierRow.strand) == strand,
            )
            .order_by(col(DossierRow.id))
        ).all()
    )


def with_own_deadlines(scene: Scene, edge: str) -> Sequence[DossierRow]:
    """The dossiers that have deadlines of their own that hang on an edge, and have not ended."""
    return scene.session.exec(
        select(DossierRow)
        .where(col(DossierRow.id).in_(select(DeadlineRow.dossier_id).where(*_own_unfired(scene, edge))))
        .order_by(col(DossierRow.id))
    ).all()


def _own_unfired(scene: Scene, edge: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.dossier_id).is_not(None),
        col(DeadlineRow.kind).in_(("edge", "transition", "reminder")), col(DeadlineRow.ended_at).is_(None),
        (col(DeadlineRow.moment) == edge) | col(DeadlineRow.moment).endswith(f" {edge}"),
    )  # fmt: skip


def _own_agenda(scene: Scene, dossier: DossierRow, row: ExtensionRow) -> None:
    """Have the dossier's own deadlines go where they were, or give way to the round's where it has no date of its own.

    What the round did while the dossier had another date is made up for it.
    """
    keeps_own = any(one.dossier_id == dossier.id and one.of == row.of for one in scene.standing_extensions)
    stale = {
        one.key: one
        for one in scene.session.exec(
            select(DeadlineRow).where(*_own_unfired(scene, row.of), col(DeadlineRow.dossier_id) == dossier.id)
        ).all()
    }
    point("own deadlines go back")
    for due in agenda(scene.workflow, scene.calendar_of(dossier), scene.settle):
        key = due.key_of(dossier.number)
        if key not in stale:
            continue
        ended_at = has_ended(scene, due)
        missed = ended_at is not None and ended_at >= row.decided_at
        if missed or (keeps_own and (due.fires_at > scene.now or ended_at is None)):
            del stale[key]
            put_due(scene, due, dossier)
    for one in stale.values():
        scene.session.delete(one)
    scene.session.flush()
    point("own deadlines gone")

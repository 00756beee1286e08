"""What does the calendar do with a dossier because it has stood somewhere for so long?

The deadlines are the dossier's own, and stand as long as it stays: they are laid out as it comes into a state by
whatever way, forgotten as it leaves, and moved by an extension. Decision 0024 says how the days are counted.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import col, select

from engine.cycle.deadlines import put_deadline
from engine.cycle.overtaking import overtake, overtake_all
from engine.cycle.promising import follow_promises
from engine.cycle.scene import Scene
from engine.database.anchors import anchors_of
from engine.database.cohort import timers as in_sql
from engine.database.cohort.gathered import Gathered, ids
from engine.database.records import DeadlineRow, DossierRow
from engine.database.stays import Stay, stay_of
from engine.database.store import the_id
from engine.faults import point
from engine.rules.moments import from_instant, tzdata_version
from engine.rules.paying import promises_to_pay
from engine.rules.timers import (
    AFTER,
    PROMISES,
    REMINDS,
    TIMERS,
    Given,
    Timer,
    day_of,
    hangs_on_own_day,
    has_timers,
    timers_from,
)
from engine.rules.workflow import Promise


def moved_days(scene: Scene, dossier: DossierRow, stay: Stay) -> Mapping[str, date]:
    """What was extended for a dossier since it came where it stands -> the last day that it was given."""
    return {
        row.of: date.fromisoformat(row.new_day)
        for row in scene.standing_extensions
        if row.dossier_id == dossier.id and row.decided_at >= stay.since
    }


def timers_of(scene: Scene, dossier: DossierRow, stay: Stay) -> list[Timer]:
    """All that the calendar does with a dossier where it stands, with what was extended for it."""
    moved = moved_days(scene, dossier, stay)
    has_own = hangs_on_own_day(scene.workflow, dossier.state)
    anchors = anchors_of(scene.session, scene.workflow, the_id(dossier), scene.calendar.zone) if has_own else {}
    ends = {name: moved[of] for name in scene.workflow.transitions if (of := f"{name} {AFTER}") in moved}
    return list(
        timers_from(
            scene.workflow, scene.calendar, dossier.state, since=stay.since, settle=scene.settle,
            given=Given(ends, anchors),
        )
    )  # fmt: skip


def promised_days(scene: Scene, dossier: DossierRow) -> list[tuple[Promise, date]]:
    """What a dossier is promised by a day of its own where it stands, with the day that people would name."""
    return [
        (promise, day_of(promise.own, one.at, scene.calendar)[0])
        for one in timers_of(scene, dossier, stay_of(scene.session, dossier)) if one.kind == PROMISES
        if (promise := scene.workflow.promises[one.name]).own is not None
    ]  # fmt: skip


def set_timers(scene: Scene, dossier: DossierRow, *, since: int | None = None) -> None:
    """Write what the calendar does with a dossier where it stands, forget what hung on where it stood, follow changes.

    What has ended in this stay is not done again. A reminder before `since` (UTC microseconds) is owed to nobody.
    """
    stay = stay_of(scene.session, dossier)
    overtake(scene, dossier)
    wanted = {
        f"{one.word} {dossier.number} {stay.number}": one
        for one in timers_of(scene, dossier, stay)
        if one.kind != REMINDS or since is None or one.at >= since
    }
    unfired = scene.session.exec(
        select(DeadlineRow).where(
            col(DeadlineRow.dossier_id) == dossier.id, col(DeadlineRow.kind).in_(TIMERS),
            col(DeadlineRow.ended_at).is_(None),
        )
    ).all()  # fmt: skip
    for old in unfired:
        if old.key not in wanted:
            scene.session.delete(old)
    scene.session.flush()
    point("timers of another stay gone")
    for key, one in wanted.items():
        row = put_deadline(
            scene, key=key, kind=one.kind, name=one.name, moment=one.moment, position=one.position, at=one.at,
            fires_at=one.fires_at, valid_until=one.valid_until, dossier=dossier,
        )  # fmt: skip
        if row.ended_at is None:  # the rules may have changed since it was written
            row.moment, row.position = one.moment, one.position
            scene.session.add(row)


def set_timers_of_all(scene: Scene, gathered: Gathered, state: str) -> None:
    """`set_timers` for a cohort that has just entered a state: one statement forgets, another writes."""
    in_sql.forget(scene.session, gathered)
    overtake_all(scene, gathered)
    if hangs_on_own_day(scene.workflow, state):
        for dossier_id in ids(scene.session, gathered):
            set_timers(scene, scene.session.get_one(DossierRow, dossier_id))
        return
    timers = list(timers_from(scene.workflow, scene.calendar, state, since=scene.now, settle=scene.settle))
    in_sql.lay_out(
        scene.session, gathered, timers, round_id=scene.round_id, zone=scene.calendar.zone, tzdata=tzdata_version(),
        local=[from_instant(one.at, scene.calendar.zone).isoformat() for one in timers],
    )  # fmt: skip


def are_there(scene: Scene) -> bool:
    """Whether the rules of the round have anything of the kind."""
    return any(has_timers(scene.workflow, state) for state in scene.workflow.states)


def follow_day(scene: Scene, dossier: DossierRow) -> None:
    """Have what hangs on a day of the dossier follow: it was given, or changed, or something was accepted."""
    if hangs_on_own_day(scene.workflow, dossier.state):
        set_timers(scene, dossier, since=scene.now)
    if any(dossier.state in one.about for one in promises_to_pay(scene.workflow)):
        follow_promises(scene, [the_id(dossier)])


def ended_together(scene: Scene, deadline: DeadlineRow, ending: str) -> None:
    """End what is due at one instant for several dossiers, as one deadline would."""
    scene.note_all(in_sql.end(scene.session, deadline, ending, now=scene.now))


def follow(scene: Scene, dossiers: Sequence[DossierRow], *, since: int) -> None:
    """Have the deadlines of dossiers that went back to an earlier stay stand as they did in it."""
    if are_there(scene):
        for dossier in dossiers:
            set_timers(scene, dossier, since=since)

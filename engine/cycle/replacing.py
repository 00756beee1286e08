"""How do other rules and dates take the place of those that a round runs on?

One decision of staff, in one transaction: the new text is pinned, the round goes on with it, and what has not happened
yet is worked out anew. What has happened stays: deadlines that have fired never change.
"""

from collections.abc import Mapping

from sqlalchemy import update
from sqlmodel import col, func, select

from engine.cycle import following
from engine.cycle.decided import Decision
from engine.cycle.extending import announce_move
from engine.cycle.fitting import reasons_not_to_run_on
from engine.cycle.late_moves import late_moves
from engine.cycle.obligations import lay_out
from engine.cycle.people import standing_of
from engine.cycle.promising import follow_all_promises
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene, Shelf
from engine.cycle.slots import give_back, give_slots
from engine.cycle.telling import edge_facts
from engine.database.cohort.gathered import Wanted
from engine.database.connection import insert_once
from engine.database.records import DossierRow, PersonRow, PinnedRow, TransitionRow, VersionRow
from engine.database.standing_moves import MAPPED
from engine.database.store import the_id
from engine.errors import Refusal
from engine.faults import point
from engine.files.reading import Programme
from engine.rules.moments import Calendar, edge_instant
from engine.rules.roles import must_be_staff
from engine.rules.times import EdgeName


def replace_rules(
    scene: Scene,
    shelf: Shelf,
    programme: Programme,
    *,
    mapped: Mapping[str, str],
    reason: str,
    by: str,
    opened: str | None = None,
) -> VersionRow | None:
    """Let the round go on with another text of its programme; gives its new version, None where that is what it has.

    The dossiers of each state in `mapped` are led to the state beside it. `opened` is the digest that the round had
    when whoever decides looked at it. Raises Refused with every reason: not staff, no reason given, overtaken by
    somebody else, or whatever `reasons_not_to_run_on` says. Nobody is written to because of it, but for whom a meeting
    moves, and those whom the new rules name when a date is moved for everybody.
    """
    person = scene.person(by)
    before = scene.round.digest
    refuse([must_be_staff(standing_of(scene, person))])
    if programme.digest == before:
        return None
    refuse([
        None if reason.strip() else Refusal("reason", "a written reason is required"),
        Refusal("changed", "the round was given other rules since you looked: look at the plan again",
                {"because": "rules"}) if opened not in (None, before) else None,
        *reasons_not_to_run_on(scene, programme, mapped),
    ])  # fmt: skip
    was = following.Before(shelf.read(scene.session, before), scene.calendar)
    version = _pin(scene, programme, mapped, reason.strip(), person)
    scene.go_by(shelf.get(scene.session, programme.digest, scene.now))
    following.follow_deadlines(scene)
    point("deadlines followed")
    for old, new in mapped.items():
        for dossier in scene.dossiers_in((old,)):
            _lead(scene, dossier, new, person, version.reason)
            version.dossiers += 1
    scene.session.add(version)
    following.follow_obligations(scene, was)
    point("obligations followed")
    follow_all_promises(scene)
    following.follow_timers(scene)
    following.follow_meetings(scene, was, reason=version.reason, by=by)
    _announce_moves(scene, was.calendar, Decision(person, version.reason))
    scene.note(
        "round replaced", by, version=version.position, before=before, after=version.after, reason=version.reason,
        mapped=dict(mapped) or None, dossiers=version.dossiers or None, after_move=version.moves_before,
    )  # fmt: skip
    going = col(DossierRow.state).not_in(scene.workflow.ends_in)
    late_moves(scene, scene.gather(Wanted(going)))
    return version


def _announce_moves(scene: Scene, was: Calendar, decision: Decision) -> None:
    """Tell those whom the rules name of each phase that has other dates now: of its close, where both edges moved."""
    for phase, dates in scene.calendar.round.phases.items():
        before = was.round.phases.get(phase)
        if before is None:
            continue
        edges: tuple[EdgeName, ...] = ("closes", "opens")
        edge = next((one for one in edges if _comes_at(was, phase, one) != _comes_at(scene.calendar, phase, one)), None)
        if edge is not None:
            old, new = was.whole(phase, edge), scene.calendar.whole(phase, edge)
            facts = edge_facts(old, edge, before.zone), edge_facts(new, edge, dates.zone)
            announce_move(scene, phase, *facts, decision)


def _comes_at(calendar: Calendar, phase: str, edge: EdgeName) -> int:
    return edge_instant(calendar.whole(phase, edge), edge, calendar.round.zone_of(phase))


def _pin(scene: Scene, programme: Programme, mapped: Mapping[str, str], reason: str, person: PersonRow) -> VersionRow:
    session, before = scene.session, scene.round.digest
    row = {
        "digest": programme.digest, "programme": programme.name, "files": dict(programme.files), "pinned_at": scene.now
    }  # fmt: skip
    insert_once(session, PinnedRow, [row], "digest")
    point("version pinned")
    last = session.exec(
        select(func.max(VersionRow.position)).where(col(VersionRow.round_id) == scene.round_id)
    ).one()
    version = VersionRow(
        round_id=scene.round_id, position=(last or 1) + 1, before=before, after=programme.digest, at=scene.now,
        person_id=the_id(person), reason=reason, mapped=dict(mapped), dossiers=0,
        moves_before=session.exec(select(func.max(TransitionRow.id))).one() or 0,
    )  # fmt: skip
    session.add(version)
    scene.round.digest, scene.round.replaced_at = programme.digest, scene.now
    session.add(scene.round)
    session.flush()
    point("version written")
    return version


def _lead(scene: Scene, dossier: DossierRow, target: str, person: PersonRow, reason: str) -> None:
    """Lead a dossier to a state of the new rules, from one that they do not have; nobody is told of it."""
    source = dossier.state
    scene.session.connection().execute(
        update(DossierRow)
        .where(col(DossierRow.id) == dossier.id)
        .values(state=target, entered_at=scene.now, version=dossier.version + 1)
    )
    scene.session.refresh(dossier)
    scene.session.add(
        TransitionRow(
            dossier_id=the_id(dossier), name=MAPPED, source=source, target=target, at=scene.now, recorded_at=scene.now,
            person_id=the_id(person), reason=reason,
        )
    )  # fmt: skip
    scene.session.flush()
    point("dossier led")
    scene.note("transition", person.email, dossier=dossier, name=MAPPED, source=source, target=target, reason=reason)
    lay_out(scene, dossier, at=scene.now)
    give_back(scene, dossier, (source,), target, at=scene.now)
    give_slots(scene, dossier, target, at=scene.now)

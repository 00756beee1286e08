"""How is a deadline moved, and who hears of it?

An extension is a recorded decision: the old date and the new one, the reason, and who decided. What has fired is not
moved.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, true
from sqlmodel import col, select

from engine.cycle.announcing import announce
from engine.cycle.deadlines import put_agenda, put_own_agenda
from engine.cycle.decided import LETTER, Decision, NotForAll, extras_of, record, tell
from engine.cycle.moved_edges import follow_edge
from engine.cycle.obligations import due_after, set_obligation_deadlines
from engine.cycle.own_time import extend_own_time, is_own_time
from engine.cycle.people import standing_of
from engine.cycle.promising import follow_moment
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.telling import edge_facts
from engine.database.cohort.gathered import Wanted, choose
from engine.database.records import DeadlineRow, DossierRow, ObligationRow
from engine.database.store import state_of, the_id
from engine.errors import Refusal, Refused, Unknown
from engine.faults import point
from engine.rules.agenda import zone_of_owed
from engine.rules.moments import Calendar, edge_instant, from_instant
from engine.rules.roles import must_be_staff
from engine.rules.round import LocalEdge
from engine.rules.strands import strand_refusal, together_in
from engine.rules.times import EdgeName, Moves
from engine.rules.workflow import APPLICANT


def extend(
    scene: Scene,
    what: str,
    to: date | datetime,
    *,
    reason: str,
    by: str,
    dossier: DossierRow | None,
    strand: str | None = None,
) -> None:
    """Move a deadline for all, for the dossiers of one strand, or for one dossier.

    It is called `call closes`, or as what is owed (`interim_report 2`), or as what is counted from the day on which a
    dossier came where it stands (`pass_on after`, `accept within`): that is of one only. `to` is the new last day, or a
    local day and hour. Only an edge of a phase is moved for a strand. Raises Unknown for a name that is none of these,
    Refused with every reason: not staff, no reason given, already past, no change.
    """
    dossiers = None if dossier is None else [dossier]
    extend_each(scene, what, to, reason=reason, by=by, dossiers=dossiers, strand=strand)


def extend_each(
    scene: Scene,
    what: str,
    to: date | datetime,
    *,
    reason: str,
    by: str,
    dossiers: Sequence[DossierRow] | None,
    undo_for: int | None = None,
    strand: str | None = None,
) -> Decision:
    """The same for several dossiers as one decision, or (None) for everybody, or for everybody in a strand: for all
    that are meant, or for none.

    With `undo_for` (microseconds) letters wait for so long, and the decision can be taken back. Raises what `extend`
    raises, and NotForAll where the reasons differ from dossier to dossier.
    """
    person = scene.person(by)
    refuse([
        must_be_staff(standing_of(scene, person)),
        None if reason.strip() else Refusal("reason", "a written reason is required"),
        None if dossiers is None or dossiers else Refusal("chosen", "say for which dossiers", {"because": "none"}),
        strand_refusal(scene.workflow, strand) if strand is not None else None,
        Refusal("strand", "some dossiers are meant, or those of a strand", {"because": "both"})
        if strand is not None and dossiers is not None else None,
    ])  # fmt: skip
    edge = LocalEdge(to.date(), to.time()) if isinstance(to, datetime) else LocalEdge(to)
    decision = Decision(person, reason, None if undo_for is None else scene.now + undo_for)
    if dossiers is None:
        _extend_one(scene, what, edge, decision, None, strand)
        return decision
    against: dict[str, Sequence[Refusal]] = {}
    for dossier in dossiers:
        try:
            _extend_one(scene, what, edge, decision, dossier)
        except Refused as refused:
            against[dossier.number] = refused.reasons
    if against:
        raise NotForAll(against)
    return decision


def _extend_one(
    scene: Scene, what: str, edge: LocalEdge, decision: Decision, dossier: DossierRow | None, strand: str | None = None
) -> None:
    phase, _, name = what.rpartition(" ")
    if phase in scene.workflow.phases and name in ("opens", "closes"):
        _extend_edge(scene, what, edge, decision, dossier=dossier, strand=strand)
        return
    if strand is not None:
        sentence = f'"{what}" is no edge of a phase: it is moved for all, or for single dossiers'
        raise Refused([Refusal("strand", sentence, {"because": "no edge"})])
    if is_own_time(scene, what):
        extend_own_time(scene, what, edge.day, decision, dossier=dossier)
        return
    obligation, position = (phase, int(name)) if phase and name.isdigit() else (what, None)
    if obligation not in scene.workflow.obligations:
        edges = [f"{known} closes" for known in scene.workflow.phases]
        raise Unknown("moment or obligation", what, [*edges, *scene.workflow.obligations])
    _extend_obligation(scene, obligation, position, edge.day, decision, dossier=dossier)


def _past_refusal(scene: Scene, instant: int) -> Refusal | None:
    if instant > scene.now:
        return None
    return Refusal("past", f"{from_instant(instant, scene.calendar.zone)} is past")


def _extend_edge(
    scene: Scene, what: str, edge: LocalEdge, decision: Decision, *, dossier: DossierRow | None, strand: str | None
) -> None:
    phase, _, name = what.rpartition(" ")
    edge_name: EdgeName = "opens" if name == "opens" else "closes"
    calendar = scene.calendar_of(dossier) if dossier else scene.calendar.of_strand(strand)
    old = calendar.edge(phase, edge_name)
    fired = _fired(scene, what, dossier, strand)
    of_batch = dossier.batch if dossier is not None and phase == scene.calendar.cut else None
    opens = edge if name == "opens" else calendar.edge(phase, "opens")
    closes = edge if name == "closes" else calendar.edge(phase, "closes")
    zone, told_in = calendar.zone_of(phase), calendar.goes_by(phase)
    in_order = edge_instant(opens, "opens", zone) < edge_instant(closes, "closes", zone)
    refuse([
        _past_refusal(scene, edge_instant(edge, edge_name, zone)),
        Refusal("same", f'"{what}" is on that date already') if edge == old else None,
        Refusal("fired", f'"{what}" has passed ({fired.local}): what it did is not undone by an extension')
        if fired else None,
        Refusal(
            "state", f'{dossier.number} was handed in: it stands in batch {of_batch}, and nothing hangs on "{what}"',
            {"because": "nothing hangs on it"},
        )
        if dossier is not None and of_batch is not None else None,
        None if in_order else Refusal("order", f'"{phase}" would close before it opens'),
        None if dossier else _against_strand(scene, phase, edge_name, strand),
    ])  # fmt: skip
    alone = [dossier] if dossier else _alone(scene, what, phase, strand)
    before = {the_id(one): scene.calendar_of(one) for one in alone}
    record(scene, what, old, edge, decision, dossier=dossier, strand=strand)
    if dossier is None:
        put_agenda(scene)
    for one in [dossier] if dossier else _with_own_edge(scene, what, strand):
        put_own_agenda(scene, one, what)
    for one in alone:
        was, now = before[the_id(one)].edge(phase, edge_name), scene.calendar_of(one).edge(phase, edge_name)
        if was == now:
            continue  # it had more time than all get now
        point("following an edge")
        owes = follow_edge(scene, one, what, before[the_id(one)])
        if owes or dossier or one.state in states_acting_until(scene, phase):
            title = scene.workflow.phases[phase]
            tell(scene, one, title, edge_facts(was, edge_name, told_in), edge_facts(now, edge_name, told_in), decision)
    follow_moment(scene, what, dossier)
    if dossier is None:
        facts = edge_facts(old, edge_name, told_in), edge_facts(edge, edge_name, told_in)
        if strand is None:
            announce_move(scene, phase, *facts, decision)
        _tell_all_others(scene, phase, strand, *facts, decision, before)


def announce_move(
    scene: Scene, phase: str, old: dict[str, object], new: dict[str, object], decision: Decision
) -> None:
    """Tell those whom the rules name that an edge of a phase was moved for everybody."""
    extras = extras_of(scene.workflow.phases[phase], old, new, decision)
    for announcement in scene.workflow.announcements.values():
        if announcement.when == Moves(phase):
            announce(
                scene, f"announcement {announcement.name}", announcement.tell, announcement.about, at=scene.now,
                leaves_at=decision.undo_until, extras=extras,
            )  # fmt: skip


def _against_strand(scene: Scene, phase: str, edge: EdgeName, strand: str | None) -> Refusal | None:
    """Why an edge is not moved for one strand by itself, or not for all, or None."""
    title = scene.workflow.phases[phase]
    if strand is None:
        if not set(scene.workflow.strands) <= set(scene.calendar.round.apart.get(phase, {})) or not \
                scene.workflow.strands:  # fmt: skip
            return None
        sentence = f'each strand has dates of its own in "{title}" ({phase}); say for which it is moved'
        return Refusal("strand", sentence, {"because": "which", "phase": title})
    if because := together_in(scene.workflow, scene.calendar.round, phase, edge):
        sentence = f'"{title}" ({phase}) is moved for all: {because[1]}'
        return Refusal("strand", sentence, {"because": because[0], "phase": title})
    return None


def of_dates(scene: Scene, phase: str, strand: str | None) -> ColumnElement[bool]:
    """The dossiers for which a strand's dates of a phase count; of none, those that have none of their own there."""
    if strand is not None:
        return col(DossierRow.strand) == strand
    apart = scene.calendar.strands_apart(phase)
    return func.coalesce(col(DossierRow.strand).not_in(apart), true()) if apart else true()


def _fired(scene: Scene, what: str, dossier: DossierRow | None, strand: str | None) -> DeadlineRow | None:
    """The edge's deadline, the dossier's own, the strand's or the round's, when it has ended."""
    strand = dossier.strand if dossier else strand
    # what has come by some clocks is moved for nobody any more, but for single dossiers for which it has not
    clocks = [dossier.clocks] if dossier else scene.calendar.others
    keys = [f"edge {what}", f"edge {what} strand {strand}", *(f"edge {what} clocks {one}" for one in clocks)]
    keys += [f"edge {what} {dossier.number}"] if dossier else []
    rows = scene.session.exec(
        select(DeadlineRow)
        .where(col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.key).in_(keys))
        .order_by(
            col(DeadlineRow.dossier_id).is_(None), col(DeadlineRow.strand).is_(None), col(DeadlineRow.clocks).is_(None)
        )
    ).all()
    if dossier is None and strand is None:
        return next((one for one in rows if one.ended_at is not None), None)
    return rows[0] if rows and rows[0].ended_at is not None else None


def _with_own_edge(scene: Scene, what: str, strand: str | None) -> Sequence[DossierRow]:
    """The dossiers, those of a strand, for which that edge was moved by itself before."""
    ids = {row.dossier_id for row in scene.standing_extensions if row.of == what and row.dossier_id is not None}
    theirs = of_dates(scene, what.rpartition(" ")[0], strand)
    asked = select(DossierRow).where(col(DossierRow.id).in_(ids), theirs)
    return scene.session.exec(asked.order_by(col(DossierRow.id))).all()


def states_acting_until(scene: Scene, phase: str) -> set[str]:
    """The states whose applicant can do something until an edge of that phase."""
    return {
        source
        for transition in scene.workflow.transitions.values()
        if transition.by == APPLICANT and transition.window and transition.window.end.phase == phase
        for source in transition.sources
    }


def _alone(scene: Scene, what: str, phase: str, strand: str | None) -> Sequence[DossierRow]:
    """The dossiers for which an edge of a phase is looked at one by one: it is their own, or they owe until then."""
    own = {row.dossier_id for row in scene.standing_extensions if row.of == what and row.dossier_id is not None}
    owing = {one.name for one in scene.workflow.obligations.values() if one.window and one.window.end.phase == phase}
    owes = select(ObligationRow.dossier_id).where(col(ObligationRow.name).in_(owing))
    return scene.session.exec(
        select(DossierRow)
        .where(
            col(DossierRow.round_id) == scene.round_id, col(DossierRow.state).not_in(scene.workflow.ends_in),
            col(DossierRow.id).in_(own) | col(DossierRow.id).in_(owes), of_dates(scene, phase, strand),
        )
        .order_by(col(DossierRow.received_at), col(DossierRow.id))
    ).all()  # fmt: skip


def _tell_all_others(
    scene: Scene, phase: str, strand: str | None, old: dict[str, object], new: dict[str, object], decision: Decision,
    told: Mapping[int, Calendar],
) -> None:  # fmt: skip
    """Tell those who can do something until an edge of a phase, all alike; those who were looked at have been told."""
    states = states_acting_until(scene, phase) - set(scene.workflow.ends_in)
    others = and_(
        col(DossierRow.state).in_(states), of_dates(scene, phase, strand),
        ~choose(scene.session, scene.next_step(), told),
    )  # fmt: skip
    extras = extras_of(scene.workflow.phases[phase], old, new, decision)
    leaves_at = scene.now if decision.undo_until is None else decision.undo_until
    gathered = scene.gather(Wanted(others))
    scene.tell_all(
        f"extension {scene.workflow.phases[phase]}", {APPLICANT: LETTER}, gathered, at=scene.now, leaves_at=leaves_at,
        extras=extras,
    )  # fmt: skip


def _extend_obligation(
    scene: Scene,
    name: str,
    position: int | None,
    last_day: date,
    decision: Decision,
    *,
    dossier: DossierRow | None,
) -> None:
    rule = scene.workflow.obligations[name]
    rows = scene.session.exec(
        select(ObligationRow, DossierRow)
        .join(DossierRow, col(DossierRow.id) == col(ObligationRow.dossier_id))
        .where(col(DossierRow.round_id) == scene.round_id, col(ObligationRow.name) == name)
        .order_by(col(DossierRow.number), col(ObligationRow.position))
    ).all()
    moved: dict[int, tuple[ObligationRow, DossierRow]] = {}
    for row, owner in rows:
        wanted = position in (None, row.position) and (dossier is None or dossier.id == owner.id)
        if wanted and state_of(row) in ("open", "overdue") and owner.state not in scene.workflow.ends_in:
            # without a position the earliest open one of each dossier is meant
            moved.setdefault(the_id(owner) if position is None else the_id(row), (row, owner))
    called = name if position is None else f"{name} {position}"
    # by the clocks of each, where they are not the same
    due = {
        the_id(owner): due_after(last_day, zone_of_owed(rule, scene.calendar_of(owner))) for _, owner in moved.values()
    }
    refuse([
        _past_refusal(scene, min(due.values(), default=due_after(last_day, zone_of_owed(rule, scene.calendar)))),
        None if moved else Refusal("obligation", f'nothing open is called "{called}"'),
        *(
            Refusal("order", f"{owner.number}: {name} {row.position} opens only after {last_day}")
            for row, owner in moved.values() if due[the_id(owner)] <= row.opens_at
        ),
    ])  # fmt: skip
    for row, owner in moved.values():
        old = LocalEdge(date.fromisoformat(row.last_day))
        new = LocalEdge(last_day)
        record(scene, f"{name} {row.position}", old, new, decision, dossier=owner)
        row.due_at, row.last_day, row.overdue_at = due[the_id(owner)], last_day.isoformat(), None
        scene.session.add(row)
        scene.session.flush()
        point("obligation extended")
        set_obligation_deadlines(scene, owner, since=scene.now)
        obligation = scene.workflow.obligations[name]
        title = (
            scene.workflow.meeting(obligation.attend).title
            if obligation.attend
            else scene.workflow.deliverables[obligation.deliver or ""].title
        )
        tell(scene, owner, title, edge_facts(old, "closes"), edge_facts(new, "closes"), decision)

"""What has a committee decided, and when does it take effect?

A verdict is not a transition. It is recorded, may be changed, and moves the dossier when it takes effect.
"""

from sqlalchemy import ColumnElement, and_, join
from sqlmodel import col, select

from engine.cycle.acting import window_refusal
from engine.cycle.cohorts import enter_all
from engine.cycle.deadlines import find_deadline
from engine.cycle.late_moves import late_moves
from engine.cycle.moving import enter, reasons_against
from engine.cycle.overtaking import end_verdict, hold_back
from engine.cycle.own_time import within_refusal
from engine.cycle.own_windows import own_window_refusal
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.cohort.gathered import Gathered, Wanted
from engine.database.cohort.guards import hold
from engine.database.cohort.moving import end_verdicts
from engine.database.cohort.standing import chair_has_a_conflict
from engine.database.records import DeadlineRow, DossierRow, PersonRow, VerdictRow
from engine.database.stays import stay_of
from engine.database.store import free_members, has_conflict, standing_verdict, the_id
from engine.errors import Refusal, Refused
from engine.faults import point
from engine.rules.roles import may_act_as, must_be_staff
from engine.rules.timers import DECIDES
from engine.rules.workflow import Transition


def _deadline(scene: Scene, transition: Transition, dossier: DossierRow) -> DeadlineRow | None:
    """When a verdict on a dossier takes effect; None while nobody has given the day of its own that it hangs on."""
    if transition.own_effect is not None:
        stay = stay_of(scene.session, dossier)
        return find_deadline(scene, f"{DECIDES} {transition.name} 1 {dossier.number} {stay.number}")
    moment = transition.effect
    assert moment is not None
    batch = f" batch {dossier.batch}" if moment.phase == scene.calendar.cut else ""
    apart = dossier.strand in scene.calendar.strands_apart(moment.phase)
    keys = [f"verdicts {moment}{batch}", *([f"verdicts {moment} strand {dossier.strand}"] if apart else [])]
    return find_deadline(scene, *keys)


def effect_of(scene: Scene, dossier: DossierRow, transition: Transition) -> int | None:
    """When a verdict on a dossier would take effect, or would have (UTC microseconds); None while nobody knows."""
    deadline = _deadline(scene, transition, dossier)
    return None if deadline is None else deadline.due_at


def _window_refusal(scene: Scene, dossier: DossierRow, transition: Transition) -> Refusal | None:
    """Why it is too early or too late for a verdict, by the dates of all or by the dossier's own."""
    return (
        window_refusal(transition.window, scene.calendar_of(dossier), scene.now)
        or own_window_refusal(scene, dossier, transition.own_window)
        or within_refusal(scene, dossier, transition)
    )


def record_verdict(scene: Scene, dossier: DossierRow, name: str, *, by: str, reason: str | None) -> None:
    """Record the committee's verdict, entered by its chair or minuted by staff; it replaces an earlier one.

    After its window only staff may, with a reason; once its moment has passed it takes effect at once. Raises Refused
    with every reason: caps and the quorum are judged here.
    """
    transition = scene.machine.transition(name)
    committee = scene.workflow.committees.get(transition.by or "")
    if transition.takes_effect is None or committee is None:
        sentence = f'"{name}" is not a verdict: it is a transition, by {transition.by or "the calendar"}'
        raise Refused([Refusal("verdict", sentence, {"because": "a move"})])
    person = scene.person(by)
    standing = standing_of(scene, person, dossier)
    deadline = _deadline(scene, transition, dossier)
    refusal = _window_refusal(scene, dossier, transition)
    if refusal and refusal.code == "late" and must_be_staff(standing) is None:
        refusal = None if reason and reason.strip() else Refusal("reason", "a late verdict needs a written reason")
    quorum = committee.quorum
    free = free_members(scene.session, scene.round_id, committee.name, the_id(dossier))
    refuse([
        may_act_as(committee.name, standing, scene.workflow),
        scene.machine.from_here(name, dossier.state),
        refusal,
        Refusal(
            "quorum", f"{quorum} members without a conflict must decide on {dossier.number}, and there are {free}",
            {"quorum": quorum, "free": free},
        )
        if quorum and free < quorum else None,
        *reasons_against(scene, dossier, transition, reason=reason, person=person),
    ])  # fmt: skip
    earlier = standing_verdict(scene.session, the_id(dossier))
    if earlier:
        end_verdict(scene, earlier, "replaced")
    minuted = committee.name not in standing.chairs
    verdict = VerdictRow(
        dossier_id=the_id(dossier), transition=name, recorded_at=scene.now, recorded_by=the_id(person),
        minuted=minuted, reason=reason,
    )  # fmt: skip
    scene.session.add(verdict)
    scene.session.flush()
    point("verdict written")
    scene.note(
        "verdict recorded", by, dossier=dossier, name=name, reason=reason, minuted=minuted or None,
        replaces=earlier.transition if earlier else None,
    )  # fmt: skip
    if deadline is not None and deadline.ended_at is not None:  # fired, here or elsewhere
        _take_effect(scene, dossier, verdict, at=scene.now, leaves_at=scene.now)
    late_moves(scene, dossier)


def withdraw_verdict(scene: Scene, dossier: DossierRow, *, by: str, reason: str | None) -> None:
    """Take the standing verdict back before it takes effect: the chair while verdicts are recorded, staff with a reason
    also later. No verdict stands afterwards, and its place is free again.

    Raises Refused with every reason.
    """
    person = scene.person(by)
    standing = standing_of(scene, person, dossier)
    verdict = standing_verdict(scene.session, the_id(dossier))
    if verdict is None:
        none = Refusal("verdict", f"no verdict stands on {dossier.number}", {"because": "none"})
        raise Refused([none])
    transition = scene.workflow.transitions[verdict.transition]
    assert transition.by is not None
    refusal = _window_refusal(scene, dossier, transition)
    if refusal and refusal.code == "late" and must_be_staff(standing) is None:
        refusal = None if reason and reason.strip() else Refusal("reason", "to take it back now needs a written reason")
    refuse([may_act_as(transition.by, standing, scene.workflow), refusal])
    end_verdict(scene, verdict, "withdrawn")
    scene.note("verdict withdrawn", by, dossier=dossier, name=verdict.transition, reason=reason)
    late_moves(scene, dossier)


def standing_verdicts(
    scene: Scene, moment: str, among: ColumnElement[bool] | None = None
) -> list[tuple[DossierRow, VerdictRow]]:
    """The verdicts that stand for a moment (`among` some dossiers), in the order of the dossiers' numbers."""
    names = [t.name for t in scene.workflow.transitions.values() if str(t.takes_effect) == moment]
    rows = scene.session.exec(
        select(DossierRow, VerdictRow)
        .join(VerdictRow, col(VerdictRow.dossier_id) == col(DossierRow.id))
        .where(
            col(DossierRow.round_id) == scene.round_id,
            col(VerdictRow.ended_at).is_(None),
            col(VerdictRow.transition).in_(names),
            *([] if among is None else [among]),
        )
        .order_by(col(DossierRow.number))
    ).all()
    return [(dossier, verdict) for dossier, verdict in rows]


def reasons_not_to_take_effect(scene: Scene, dossier: DossierRow, verdict: VerdictRow) -> tuple[Refusal, ...]:
    """What no longer holds of a verdict: state, facts and conflicts are judged again; its place is already held."""
    transition = scene.workflow.transitions[verdict.transition]
    wrong_state = scene.machine.from_here(transition.name, dossier.state)
    person = scene.session.get_one(PersonRow, verdict.recorded_by)
    conflict = not verdict.minuted and has_conflict(scene.session, the_id(dossier), verdict.recorded_by)
    return tuple(
        reason
        for reason in (
            wrong_state,
            Refusal(
                "conflict", "the chair who recorded the verdict has since declared a conflict", {"because": "since"}
            )
            if conflict
            else None,
            *reasons_against(scene, dossier, transition, reason=verdict.reason, caps=False, person=person),
        )
        if reason
    )


def take_effect(scene: Scene, moment: str, among: ColumnElement[bool], *, at: int, leaves_at: int) -> None:
    """The verdicts of a moment take effect, `among` the dossiers for which it has come; what no longer holds goes to
    `if_not`."""
    point("verdicts taking effect")
    arrived: list[Gathered | DossierRow] = []
    for transition in scene.workflow.transitions.values():
        if str(transition.takes_effect) == moment:
            going = scene.gather(_verdicts_that_hold(scene, transition, among))
            if going.size:
                end_verdicts(scene.session, going, now=scene.now)
                enter_all(scene, going, transition, at=at, cause=f"verdicts {moment}", leaves_at=leaves_at)
                arrived.append(going)
    for dossier, verdict in standing_verdicts(scene, moment, among):
        _take_effect(scene, dossier, verdict, at=at, leaves_at=leaves_at)
        arrived.append(dossier)
    late_moves(scene, *arrived, at=at)


def _verdicts_that_hold(scene: Scene, transition: Transition, among: ColumnElement[bool]) -> Wanted:
    """The dossiers with a standing verdict of which everything still holds, as `reasons_not_to_take_effect` has it."""
    dossiers = join(DossierRow, VerdictRow, col(VerdictRow.dossier_id) == col(DossierRow.id))
    return Wanted(
        where=and_(
            col(VerdictRow.transition) == transition.name,
            col(VerdictRow.ended_at).is_(None),
            col(DossierRow.state).in_(transition.sources),
            among,
            ~chair_has_a_conflict(),
            hold(
                transition.guards, scene.workflow, col(VerdictRow.reason), when=scene.when,
                person=col(VerdictRow.recorded_by),
            ),
        ),
        order=(col(DossierRow.number),),
        person_id=col(VerdictRow.recorded_by),
        actor=col(PersonRow.email),
        reason=col(VerdictRow.reason),
        verdict_id=col(VerdictRow.id),
        joined=join(dossiers, PersonRow, col(PersonRow.id) == col(VerdictRow.recorded_by)),
    )


def _take_effect(scene: Scene, dossier: DossierRow, verdict: VerdictRow, *, at: int, leaves_at: int) -> None:
    transition = scene.workflow.transitions[verdict.transition]
    reasons = reasons_not_to_take_effect(scene, dossier, verdict)
    cause = f"verdicts {transition.takes_effect}"
    if reasons:
        hold_back(scene, dossier, verdict, reasons, at=at, leaves_at=leaves_at)
        return
    person = scene.session.get_one(PersonRow, verdict.recorded_by)
    end_verdict(scene, verdict, "took effect")
    enter(
        scene, dossier, transition, at=at, cause=cause, person=person, reason=verdict.reason, leaves_at=leaves_at
    )  # fmt: skip

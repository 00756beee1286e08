"""What do committees and staff record about a dossier, besides verdicts?"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import col, select

from engine.cycle.acting import check_answers, refuse
from engine.cycle.late_moves import late_moves
from engine.cycle.obligations import earliest_open, owed
from engine.cycle.people import standing_of
from engine.cycle.scene import Scene
from engine.database.records import (
    AttendanceRow,
    ConflictRow,
    DeliveryRow,
    DossierRow,
    ExcuseRow,
    ObligationRow,
    RecommendationRow,
    ScoreRow,
)
from engine.database.store import been_in, has_conflict, the_id
from engine.errors import Refusal, Unknown, did_you_mean
from engine.faults import point
from engine.rules.forms import missing
from engine.rules.moments import day_starts, from_instant
from engine.rules.roles import may_act_as, may_judge, must_be_staff
from engine.rules.workflow import APPLICANT


def deciding_committee(scene: Scene, dossier: DossierRow) -> str | None:
    """The committee that decides on a dossier where it stands now, or None."""
    for transition in scene.workflow.transitions.values():
        if transition.by in scene.workflow.committees and dossier.state in transition.sources:
            return transition.by
    return None


def _not_under_decision(dossier: DossierRow, committee: str | None) -> Refusal | None:
    if committee:
        return None
    return Refusal("state", f'no committee decides on {dossier.number} while it is "{dossier.state}"')


def score(scene: Scene, dossier: DossierRow, marks: Mapping[str, float], *, by: str) -> None:
    """A member's marks, one a criterion; a new mark replaces the member's earlier one.

    Raises Refused for an unknown criterion, a mark off its scale, a conflict, or a dossier nobody decides on.
    """
    person = scene.person(by)
    committee = deciding_committee(scene, dossier)
    criteria = scene.workflow.criteria
    reasons: list[Refusal | None] = [_not_under_decision(dossier, committee)]
    if committee:
        reasons.append(may_judge(committee, standing_of(scene, person, dossier)))
    for name, mark in marks.items():
        if name not in criteria:
            reasons.append(Refusal("criterion", f'there is no criterion "{name}"{did_you_mean(name, criteria)}'))
            continue
        worst, best = criteria[name].scale
        if not min(worst, best) <= mark <= max(worst, best):
            reasons.append(Refusal("mark", f'"{name}" is marked from {worst} to {best}, and {mark:g} was given'))
    refuse(reasons)
    scene.session.connection().execute(
        update(ScoreRow)
        .where(
            col(ScoreRow.dossier_id) == dossier.id,
            col(ScoreRow.person_id) == person.id,
            col(ScoreRow.criterion).in_(marks),
            col(ScoreRow.replaced_at).is_(None),
        )
        .values(replaced_at=scene.now)
    )
    point("marks replaced")
    if marks:
        scene.session.connection().execute(
            insert(ScoreRow),
            [
                {"dossier_id": dossier.id, "criterion": name, "person_id": person.id, "mark": float(mark),
                 "scored_at": scene.now, "assessment": ""}
                for name, mark in marks.items()
            ],
        )  # fmt: skip
    point("marks written")
    scene.note("scored", by, dossier=dossier, marks=dict(marks))
    late_moves(scene, dossier)


def recommend(scene: Scene, dossier: DossierRow, words: str, *, by: str) -> None:
    """A member's written recommendation, which the applicant reads; it replaces the member's earlier one."""
    person = scene.person(by)
    committee = deciding_committee(scene, dossier)
    standing = standing_of(scene, person, dossier)
    refuse([
        _not_under_decision(dossier, committee),
        may_judge(committee, standing) if committee and must_be_staff(standing) else None,
        None if words.strip() else Refusal("words", "a recommendation is written in words"),
    ])  # fmt: skip
    assert committee is not None
    earlier = scene.session.exec(
        select(RecommendationRow).where(
            col(RecommendationRow.dossier_id) == dossier.id, col(RecommendationRow.person_id) == person.id,
            col(RecommendationRow.replaced_at).is_(None),
        )
    ).first()  # fmt: skip
    if earlier:
        earlier.replaced_at = scene.now
        scene.session.add(earlier)
        scene.session.flush()
    scene.session.add(
        RecommendationRow(
            dossier_id=the_id(dossier), person_id=the_id(person), committee=committee, words=words.strip(),
            written_at=scene.now,
        )
    )  # fmt: skip
    point("recommendation written")
    scene.note("recommended", by, dossier=dossier)
    late_moves(scene, dossier)


def declare_conflict(scene: Scene, dossier: DossierRow, *, by: str, reason: str | None) -> None:
    """A committee member steps back from a dossier: no marks, no recommendation, no letters about it from now on."""
    person = scene.person(by)
    standing = standing_of(scene, person, dossier)
    refuse([
        None if standing.roles & set(scene.workflow.committees) else
        Refusal("role", "only members of a committee declare a conflict"),
        Refusal("conflict", "you have already declared this conflict")
        if has_conflict(scene.session, the_id(dossier), the_id(person)) else None,
    ])  # fmt: skip
    scene.session.add(
        ConflictRow(dossier_id=the_id(dossier), person_id=the_id(person), reason=reason, declared_at=scene.now)
    )
    point("conflict written")
    scene.note("conflict declared", by, dossier=dossier, reason=reason)


def attend(scene: Scene, dossier: DossierRow, meeting_name: str, *, by: str) -> None:
    """Staff note that somebody came to a meeting for a dossier; it fulfils the earliest open obligation to come."""
    if meeting_name not in scene.workflow.meetings:
        raise Unknown("meeting", meeting_name, scene.workflow.meetings)
    person = scene.person(by)
    meeting = scene.workflow.meetings[meeting_name]
    obligation = earliest_open(scene, dossier, attend=meeting_name)
    recurring = any(o.attend == meeting_name and (o.every or o.times > 1) for o in scene.workflow.obligations.values())
    noted = scene.session.exec(
        select(AttendanceRow).where(
            col(AttendanceRow.dossier_id) == dossier.id, col(AttendanceRow.meeting) == meeting_name
        )
    ).first()
    sessions = scene.calendar.round.meetings.get(meeting_name, ())
    if sessions:
        begins = day_starts(min(session.day for session in sessions), scene.calendar.zone)
    else:
        begins = scene.calendar.window(meeting.window)[0]
    refuse([
        must_be_staff(standing_of(scene, person)),
        Refusal("state", f'"{meeting.title}" ({meeting_name}) is not open to {dossier.number} ({dossier.state})')
        if meeting.open_to != "everyone" and not been_in(scene.session, dossier, meeting.open_to) else None,
        Refusal("early", f'"{meeting.title}" begins on {from_instant(begins, scene.calendar.zone).date()}')
        if scene.now < begins else None,
        Refusal("attended", f"it is already noted that {dossier.number} came to {meeting_name}")
        if noted and obligation is None and not recurring else None,
    ])  # fmt: skip
    _fulfil(scene, obligation)
    scene.session.add(
        AttendanceRow(
            dossier_id=the_id(dossier), meeting=meeting_name, obligation_id=obligation.id if obligation else None,
            recorded_at=scene.now, recorded_by=the_id(person),
        )
    )  # fmt: skip
    scene.session.flush()
    point("attendance written")
    scene.note("attended", by, dossier=dossier, meeting=meeting_name, obligation=_named(obligation))
    late_moves(scene, dossier)


def excuse(scene: Scene, dossier: DossierRow, of: str, *, reason: str, by: str) -> None:
    """Staff excuse a dossier from a meeting or an obligation (`kick_off`, `coaching 4`), with a reason."""
    person = scene.person(by)
    name, _, tail = of.rpartition(" ")
    position = int(tail) if name and tail.isdigit() else None
    name = name if position is not None else of
    known = {*scene.workflow.meetings, *scene.workflow.obligations}
    if name not in known:
        raise Unknown("meeting or obligation", name, known)
    open_ones = owed(scene, dossier, name, position)
    is_owed = any(name in (o.name, o.attend) for o in scene.workflow.obligations.values())
    refuse([
        must_be_staff(standing_of(scene, person)),
        None if reason.strip() else Refusal("reason", "a written reason is required"),
        Refusal("obligation", f'{dossier.number} has nothing open called "{of}"')
        if is_owed and not open_ones else None,
    ])  # fmt: skip
    obligation = open_ones[0] if open_ones else None
    if obligation:
        obligation.excused_at = scene.now
        scene.session.add(obligation)
    scene.session.add(
        ExcuseRow(
            dossier_id=the_id(dossier), of=name, obligation_id=obligation.id if obligation else None, reason=reason,
            recorded_at=scene.now, recorded_by=the_id(person),
        )
    )  # fmt: skip
    scene.session.flush()
    point("excuse written")
    scene.note("excused", by, dossier=dossier, of=_named(obligation) or name, reason=reason)
    late_moves(scene, dossier)


def deliver(scene: Scene, dossier: DossierRow, name: str, answers: Mapping[str, Any], *, by: str) -> None:
    """A contact (or staff) hands in a deliverable; it fulfils the earliest open obligation to deliver it, late or not.

    Raises Refused when nothing asks for it now, or when its form is not complete.
    """
    deliverables = scene.workflow.deliverables
    if name not in deliverables:
        raise Unknown("deliverable", name, deliverables)
    person = scene.person(by)
    standing = standing_of(scene, person, dossier)
    obligation = earliest_open(scene, dossier, deliver=name)
    questions = deliverables[name].questions
    refuse([
        may_act_as(APPLICANT, standing, scene.workflow) if must_be_staff(standing) else None,
        None if obligation else
        Refusal("obligation", f'nothing asks {dossier.number} for "{deliverables[name].title}" ({name}) now'),
        *(refusal for refusal in check_answers(questions, answers) if refusal.code == "question"),
        *missing(questions, answers),
    ])  # fmt: skip
    assert obligation is not None
    late = scene.now >= obligation.due_at
    _fulfil(scene, obligation)
    scene.session.add(
        DeliveryRow(
            dossier_id=the_id(dossier), deliverable=name, obligation_id=obligation.id, answers=dict(answers),
            received_at=scene.now, late=late, delivered_by=the_id(person),
        )
    )  # fmt: skip
    scene.session.flush()
    point("delivery written")
    scene.note("delivered", by, dossier=dossier, deliverable=name, obligation=_named(obligation), late=late or None)
    late_moves(scene, dossier)


def _fulfil(scene: Scene, obligation: ObligationRow | None) -> None:
    if obligation:
        obligation.fulfilled_at = scene.now
        point("fulfilling an obligation")
        scene.session.add(obligation)


def _named(obligation: ObligationRow | None) -> str | None:
    return f"{obligation.name} {obligation.position}" if obligation else None

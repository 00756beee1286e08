"""What do staff record about a dossier, and what does an applicant deliver?"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from engine.cycle.answering import check_answers
from engine.cycle.late_moves import late_moves
from engine.cycle.obligations import earliest_open, in_review, owed
from engine.cycle.own_windows import window_of_meeting
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.telling import review_facts
from engine.cycle.timers import follow_day
from engine.database.coming import meeting_for, was_open
from engine.database.records import (
    AttendanceRow,
    DeliveryRow,
    DossierRow,
    ExcuseRow,
    ObligationRow,
)
from engine.database.store import current_answers, the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.asked import asked, counting
from engine.rules.forms import missing
from engine.rules.giving import asked_of
from engine.rules.meetings_apart import parts_of
from engine.rules.moments import day_starts, from_instant
from engine.rules.roles import may_hand_in, must_be_staff
from engine.rules.workflow import APPLICANT

EXCUSED = "obligation-excused"
"""the letter to whom need not do any more what was owed"""


def attend(
    scene: Scene, dossier: DossierRow, meeting_name: str, *, by: str, obligation: ObligationRow | None = None
) -> AttendanceRow:
    """Staff note that somebody came to a meeting for a dossier: its own, where there is one for each strand or answer.

    It fulfils the `obligation` for which that was booked, or else the earliest open one to come.
    """
    meant = parts_of(scene.workflow, meeting_name)
    if not meant:
        raise Unknown("meeting", meeting_name, [*scene.workflow.meetings_apart, *scene.workflow.meetings])
    person, meeting = scene.person(by), meeting_for(scene.session, scene.workflow, meeting_name, dossier) or meant[0]
    sessions, meeting_name = scene.calendar.round.meetings.get(meeting.name, ()), meeting.declared
    obligation = obligation or earliest_open(scene, dossier, attend=meeting_name)
    recurring = any(o.attend == meeting_name and (o.every or o.times > 1) for o in scene.workflow.obligations.values())
    noted = scene.session.exec(
        select(AttendanceRow).where(
            col(AttendanceRow.dossier_id) == dossier.id, col(AttendanceRow.meeting) == meeting_name
        )
    ).first()
    if sessions:
        begins = day_starts(min(session.day for session in sessions), scene.calendar.zone)
    else:
        begins = window_of_meeting(scene, dossier, meeting)[0] or scene.now
    refuse([
        must_be_staff(standing_of(scene, person)),
        Refusal(
            "state", f'"{meeting.title}" ({meeting_name}) is not open to {dossier.number} ({dossier.state})',
            {"because": "meeting", "meeting": meeting.title},
        )
        if not was_open(scene.session, meeting, dossier) else None,
        Refusal(
            "early", f'"{meeting.title}" begins on {from_instant(begins, scene.calendar.zone).date()}',
            {"because": "meeting", "meeting": meeting.title,
             "day": from_instant(begins, scene.calendar.zone).date().isoformat()},
        )
        if scene.now < begins else None,
        Refusal(
            "attended", f"it is already noted that {dossier.number} came to {meeting_name}",
            {"because": "noted", "meeting": meeting.title},
        )
        if noted and obligation is None and not recurring else None,
    ])  # fmt: skip
    _fulfil(scene, obligation)
    row = AttendanceRow(
        dossier_id=the_id(dossier), meeting=meeting_name, obligation_id=obligation.id if obligation else None,
        recorded_at=scene.now, recorded_by=the_id(person),
    )  # fmt: skip
    scene.session.add(row)
    scene.session.flush()
    point("attendance written")
    scene.note("attended", by, dossier=dossier, meeting=meeting_name, obligation=_named(obligation))
    late_moves(scene, dossier)
    return row


def excuse(scene: Scene, dossier: DossierRow, of: str, *, reason: str, by: str) -> ExcuseRow:
    """Staff excuse a dossier from a meeting or an obligation (`kick_off`, `coaching 4`), with a reason."""
    person = scene.person(by)
    name, _, tail = of.rpartition(" ")
    known = {*scene.workflow.meetings, *scene.workflow.meetings_apart, *scene.workflow.obligations}
    position = int(tail) if name and tail.isdigit() and of not in known else None
    name = name if position is not None else of
    if name not in known:
        raise Unknown("meeting or obligation", name, known)
    if name in scene.workflow.meetings and name not in scene.workflow.obligations:
        name = scene.workflow.meetings[name].declared
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
        obligation.excused_at, obligation.handed_in_at = scene.now, None
        scene.session.add(obligation)
    row = ExcuseRow(
        dossier_id=the_id(dossier), of=name, obligation_id=obligation.id if obligation else None, reason=reason,
        recorded_at=scene.now, recorded_by=the_id(person),
    )  # fmt: skip
    scene.session.add(row)
    scene.session.flush()
    point("excuse written")
    scene.note("excused", by, dossier=dossier, of=_named(obligation) or name, reason=reason)
    if obligation:
        scene.tell(
            f"excuse {_named(obligation)}", {APPLICANT: EXCUSED}, dossier, at=scene.now, reason=reason,
            extras={"review": review_facts(obligation)},
        )  # fmt: skip
        follow_day(scene, dossier)
    late_moves(scene, dossier)
    return row


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
    awaiting = None if obligation else in_review(scene, dossier, name)
    rule, questions = deliverables[name], asked_of(deliverables[name].questions, dossier.strand)
    unasked = obligation is None and awaiting is None and dossier.state in rule.open_to
    form = asked_of(scene.workflow.questions, dossier.strand)
    own = counting(form, current_answers(scene.session, the_id(dossier)))
    refuse([
        may_hand_in(rule, standing, scene.workflow),
        None if obligation or unasked else
        Refusal(
            "obligation", f'"{deliverables[name].title}" ({name}) of {dossier.number} was handed in and awaits review',
            {"because": "in review", "deliverable": deliverables[name].title},
        ) if awaiting else
        Refusal(
            "obligation",
            f'"{rule.title}" ({name}) is not handed in while {dossier.number} is "{dossier.state}"',
            {"because": "state", "deliverable": rule.title, "state": scene.workflow.states[dossier.state].title},
        ) if rule.open_to else
        Refusal(
            "obligation", f'nothing asks {dossier.number} for "{deliverables[name].title}" ({name}) now',
            {"because": "not asked", "deliverable": deliverables[name].title},
        ),
        *(refusal for refusal in check_answers(questions, answers) if refusal.code == "question"),
        *missing(questions, answers, own),
    ])  # fmt: skip
    late = obligation is not None and scene.now >= obligation.due_at
    answers = {name: value for name, value in answers.items() if name in asked(questions, answers, own)}
    if obligation and scene.workflow.obligations[obligation.name].accepted_by:
        obligation.handed_in_at = scene.now
        point("handing in for review")
        scene.session.add(obligation)
    else:
        _fulfil(scene, obligation)
    scene.session.add(
        DeliveryRow(
            dossier_id=the_id(dossier), deliverable=name, obligation_id=obligation.id if obligation else None,
            answers=dict(answers), received_at=scene.now, late=late, delivered_by=the_id(person),
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

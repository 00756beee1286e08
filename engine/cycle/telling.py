"""What must be said, to whom, because of one act or one moment?

The engine says what is told to which role about which dossiers, and pins the facts; who that is, in which language
and in which words, is for notifications to say, in the same transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, func, select

from engine.database.records import CauseRow, DossierRow, RecommendationRow, SlotRow, VerdictRow
from engine.database.store import current_answers, obligations_of, state_of, the_id
from engine.errors import Refusal
from engine.rules.forms import missing
from engine.rules.moments import Calendar, from_instant
from engine.rules.round import LocalEdge
from engine.rules.round import Session as MeetingSession
from engine.rules.workflow import EdgeName, Obligation, Workflow


@dataclass(frozen=True, slots=True)
class Told:
    """One letter of the workflow, told to one role.

    `about` are dossiers by id; `facts_of` holds for each what its letter may use (for the applicant), or its line in
    a bundle (for staff and committees). `leaves_at` and `valid_until` are UTC microseconds.
    """

    role: str
    letter: str
    about: tuple[int, ...]
    leaves_at: int
    valid_until: int | None = None
    facts_of: Mapping[int, dict[str, Any]] = field(default_factory=dict)
    extras: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None


Notify = Callable[[Session, CauseRow, Sequence[Told], int], None]
"""(session, cause, what is told, now): queues the notifications in the caller's transaction"""


def edge_facts(edge: LocalEdge, name: EdgeName) -> dict[str, Any]:
    return {"day": edge.day.isoformat(), "hour": edge.hour.isoformat() if edge.hour else None, "edge": name}


def _session_facts(session: MeetingSession) -> dict[str, Any]:
    return {
        "day": session.day.isoformat(),
        "start": session.start.isoformat() if session.start else None,
        "end": session.end.isoformat() if session.end else None,
        "place": session.place,
    }


def shared_facts(workflow: Workflow, calendar: Calendar) -> dict[str, Any]:
    """What all letters of one cause share: the names, dates and places of the round as they are now."""
    round = calendar.round
    return {
        "programme": workflow.title,
        "round": {
            "key": round.key,
            "title": round.title,
            "number": round.number,
            "timezone": round.timezone,
            "mails_at": round.mails_at.isoformat(),
        },
        "phases": {
            name: {
                "title": title,
                "opens": edge_facts(calendar.edge(name, "opens"), "opens"),
                "closes": edge_facts(calendar.edge(name, "closes"), "closes"),
            }
            for name, title in workflow.phases.items()
        },
        "meetings": {
            name: {
                "title": meeting.title,
                "sessions": [_session_facts(session) for session in round.meetings.get(name, ())],
            }
            for name, meeting in workflow.meetings.items()
        },
    }


def dossier_title(workflow: Workflow, dossier: DossierRow, answers: Mapping[str, Any]) -> str:
    """What people call a dossier: its first answer in plain text, or else its organisation."""
    texts = (answers.get(question.name) for question in workflow.questions.values() if question.kind == "text")
    return next((text for text in texts if text), dossier.organisation)


def obligation_facts(workflow: Workflow, obligation: Obligation, position: int, last_day: str) -> dict[str, Any]:
    if obligation.attend:
        title = workflow.meetings[obligation.attend].title
    else:
        assert obligation.deliver is not None
        title = workflow.deliverables[obligation.deliver].title
    return {
        "name": obligation.name,
        "title": title,
        "last_day": last_day,
        "meeting": obligation.attend,
        "deliverable": obligation.deliver,
        "position": position,
    }


def line_facts(
    session: Session, workflow: Workflow, dossier: DossierRow, reasons: Sequence[Refusal] = ()
) -> dict[str, Any]:
    """A dossier's line in a bundle to staff or to a committee."""
    return {
        "number": dossier.number,
        "title": dossier_title(workflow, dossier, current_answers(session, the_id(dossier))),
        "organisation": dossier.organisation,
        "state": workflow.states[dossier.state].title,
        "reasons": [{"code": reason.code, "sentence": reason.sentence, **reason.facts} for reason in reasons],
    }


def _recommendations_told(session: Session, dossier_id: int) -> list[str]:
    """The recommendations as they stood when the last verdict took effect: they reach the applicant with a verdict.

    What is written for the next verdict stays with the committee until that one takes effect.
    """
    last = session.exec(
        select(func.max(VerdictRow.ended_at)).where(
            col(VerdictRow.dossier_id) == dossier_id, col(VerdictRow.ending) == "took effect"
        )
    ).one()
    if last is None:
        return []
    rows = session.exec(
        select(RecommendationRow)
        .where(
            col(RecommendationRow.dossier_id) == dossier_id,
            col(RecommendationRow.written_at) <= last,
            col(RecommendationRow.replaced_at).is_(None) | (col(RecommendationRow.replaced_at) > last),
        )
        .order_by(col(RecommendationRow.id))
    ).all()
    return [row.words for row in rows]


def applicant_facts(
    session: Session, workflow: Workflow, calendar: Calendar, dossier: DossierRow, reason: str | None
) -> dict[str, Any]:
    """What a letter to the applicant may use. Nothing stands in it that the applicant may not know yet.

    `calendar` is the dossier's own, with its extensions.
    """
    dossier_id = the_id(dossier)
    answers = current_answers(session, dossier_id)
    amounts = (answers.get(question.name) for question in workflow.questions.values() if question.kind == "money")
    slot = session.exec(
        select(SlotRow).where(col(SlotRow.dossier_id) == dossier_id).order_by(col(SlotRow.starts_at))
    ).first()
    receiving = next(
        (
            t.window
            for t in workflow.transitions.values()
            if t.by == "applicant" and t.window and workflow.begins_in in t.sources
        ),
        None,
    )
    return {
        "dossier": {
            "number": dossier.number,
            "title": dossier_title(workflow, dossier, answers),
            "organisation": dossier.organisation,
            "amount": next((amount for amount in amounts if amount is not None), None),
            "state": workflow.states[dossier.state].shown,
        },
        "phases": {
            name: {
                "opens": edge_facts(calendar.edge(name, "opens"), "opens"),
                "closes": edge_facts(calendar.edge(name, "closes"), "closes"),
            }
            for name in workflow.phases
        },
        "received": from_instant(dossier.received_at, calendar.zone).isoformat() if dossier.received_at else None,
        "receipt": dossier.receipt,
        "grace": calendar.grace(receiving.end) // 1_000_000 if receiving else 0,
        "recommendations": _recommendations_told(session, dossier_id),
        "reason": reason,
        "missing": [
            question.ask
            for question in workflow.questions.values()
            if dossier.state == workflow.begins_in and missing({question.name: question}, answers)
        ],
        "slot": {
            "meeting": slot.meeting,
            "day": from_instant(slot.starts_at, calendar.zone).date().isoformat(),
            "start": from_instant(slot.starts_at, calendar.zone).time().isoformat(),
            "end": from_instant(slot.ends_at, calendar.zone).time().isoformat(),
            "position": slot.position,
        }
        if slot
        else None,
        "obligations": [
            obligation_facts(workflow, workflow.obligations[row.name], row.position, row.last_day)
            for row in obligations_of(session, dossier_id)
            if state_of(row) in ("open", "overdue")
        ],
    }

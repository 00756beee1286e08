"""What must be said, to whom, because of one act or one moment?

The engine says what is told to which role about which dossiers, and pins the facts; who that is, in which language
and in which words, is for notifications to say, in the same transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, Subquery
from sqlmodel import Session, col, func, select

from engine.database.coming import scopes_of_dossier
from engine.database.records import (
    CauseRow,
    DossierRow,
    ObligationRow,
    PaymentRow,
    PromisedRow,
    RecommendationRow,
    SlotRow,
    VerdictRow,
)
from engine.database.sitting import said_elsewhere
from engine.database.store import current_answers, obligations_of, state_of, the_id
from engine.errors import Refusal
from engine.rules.asked import counting
from engine.rules.budgets import asking
from engine.rules.facts import AWAITED
from engine.rules.forms import missing
from engine.rules.giving import asked_of
from engine.rules.meetings_apart import meeting_of, parts_of
from engine.rules.moments import SECOND, Calendar
from engine.rules.paying import from_cents
from engine.rules.round import LocalEdge, Round
from engine.rules.round import Session as MeetingSession
from engine.rules.times import EdgeName
from engine.rules.workflow import APPLICANT, Meeting, Workflow

LINES = 500
"""how many dossiers a bundle lists; it says how many more there are that its reader may know of"""


@dataclass(frozen=True, slots=True)
class Many:
    """So many dossiers about which the same is told; they stay in the database.

    `ids` gives them; `letters` has, for the applicants, the columns `place`, `dossier_id`, `number` and `facts` (JSON
    as text), for all but those that are told of one by one.
    """

    size: int
    ids: Select[tuple[int]]
    letters: Subquery | None = None


@dataclass(frozen=True, slots=True)
class Personal:
    """What is told to one person by name, for a dossier or for none.

    `facts` are what the letter may use besides what it shares with all others of its cause; letters of one `thread`
    leave in their order.
    """

    person_id: int
    dossier_id: int | None
    facts: Mapping[str, Any]
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One letter of the workflow, told to one role.

    `about` are dossiers by id; `facts_of` holds for each what its letter may use (for the applicant), or its line in
    a bundle (for staff and committees), of which there are `LINES` at most, or as many for each strand or answer that
    has a committee of its own. What is told of whole cohorts stands in `many`, and the others are told of `alone`.
    `leaves_at` and `valid_until` are UTC microseconds.
    """

    role: str
    letter: str
    about: tuple[int, ...]
    leaves_at: int
    valid_until: int | None = None
    facts_of: Mapping[int, dict[str, Any]] = field(default_factory=dict)
    extras: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    many: tuple[Many, ...] = ()
    alone: tuple[int, ...] = ()
    size: int = 0
    """about how many dossiers all in all, in a bundle"""
    batch_id: int | None = None
    """the act of staff that it tells of"""
    personal: tuple[Personal, ...] = ()
    """whom it is told to by name; nobody else of the role hears of it then"""


Notify = Callable[[Session, CauseRow, Sequence[Told], int], None]
"""(session, cause, what is told, now): queues the notifications in the caller's transaction"""


def edge_facts(edge: LocalEdge, name: EdgeName, zone: str | None = None) -> dict[str, Any]:
    """An edge for letters; `zone` is by whose clocks, of the round's where none is given."""
    facts = {"day": edge.day.isoformat(), "hour": edge.hour.isoformat() if edge.hour else None, "edge": name}
    return facts if zone is None else {**facts, "zone": zone}


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
            name: {"title": workflow.phases[name], **edges} for name, edges in edges_of(workflow, calendar).items()
        },
        "grace": _grace(workflow, calendar),
        "meetings": {
            **{name: _meeting_facts(round, meeting) for name, meeting in workflow.meetings.items()},
            **{name: _meetings_facts(round, workflow, name) for name in workflow.meetings_apart},
        },
    }


def _meeting_facts(round: Round, meeting: Meeting) -> dict[str, Any]:
    sessions = round.meetings.get(meeting.name, ())
    return {"title": meeting.title, "sessions": [_session_facts(session) for session in sessions]}


def _meetings_facts(round: Round, workflow: Workflow, name: str) -> dict[str, Any]:
    """For whoever hears of no dossier in particular: the days of the meetings of every strand or answer."""
    parts = [(one.title, _meeting_facts(round, one)) for one in parts_of(workflow, name)]
    sessions = [{**session, "of": title} for title, facts in parts for session in facts["sessions"]]
    return {"title": workflow.meetings_apart[name].title, "sessions": sessions}


def meetings_of_dossier(session: Session, workflow: Workflow, dossier: DossierRow) -> dict[str, str | None]:
    """The meeting that the dossier comes to, of each of which there is one for each strand or answer."""
    scopes = scopes_of_dossier(session, workflow, dossier)
    found = {name: meeting_of(workflow, name, scopes.__getitem__) for name in workflow.meetings_apart}
    return {name: one.name if one else None for name, one in found.items()}


def edges_of(workflow: Workflow, calendar: Calendar) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "opens": edge_facts(calendar.edge(name, "opens"), "opens", calendar.goes_by(name)),
            "closes": edge_facts(calendar.edge(name, "closes"), "closes", calendar.goes_by(name)),
        }
        for name in workflow.phases
    }


def _grace(workflow: Workflow, calendar: Calendar) -> int:
    """For how many seconds after its close a form is still received."""
    windows = (
        t.window for t in workflow.transitions.values() if t.by == APPLICANT and workflow.begins_in in t.sources
    )
    receiving = next((window for window in windows if window), None)
    return calendar.grace(receiving.end) // SECOND if receiving else 0


def dossier_title(workflow: Workflow, dossier: DossierRow, answers: Mapping[str, Any]) -> str:
    """What people call a dossier: its first answer in plain text, or else its organisation, or else its number."""
    counts = counting(asked_of(workflow.questions, dossier.strand), answers)
    texts = (counts.get(question.name) for question in workflow.questions.values() if question.kind == "text")
    return next((text for text in texts if text), dossier.organisation or dossier.number)


def obligation_facts(row: ObligationRow) -> dict[str, Any]:
    """Something owed; what it is called stands in the rules."""
    return {"name": row.name, "position": row.position, "last_day": row.last_day}


def review_facts(row: ObligationRow, words: str | None = None) -> dict[str, Any]:
    """What staff said of something owed: it is accepted, to be handed in again by its last day, or excused."""
    return {"of": obligation_facts(row), "words": words}


def payment_facts(payment: PaymentRow, row: PromisedRow, promise: str) -> dict[str, Any]:
    """Money that was paid: of a row of a schedule by what the dossier calls it, else of the promise by its title."""
    return {
        "promise": promise, "what": row.what, "amount": from_cents(payment.cents), "day": payment.day,
        "reference": payment.reference or None,
    }  # fmt: skip


def line_facts(
    session: Session, workflow: Workflow, dossier: DossierRow, reasons: Sequence[Refusal] = ()
) -> dict[str, Any]:
    """A dossier's line in a bundle to staff or to a committee."""
    return {
        "number": dossier.number,
        "title": dossier_title(workflow, dossier, current_answers(session, the_id(dossier))),
        "organisation": dossier.organisation,
        "state": workflow.states[dossier.state].title,
        **strand_facts(workflow, dossier.strand),
        "reasons": reasons_told(reasons),
    }


def strand_facts(workflow: Workflow, strand: str | None) -> dict[str, str]:
    """What the strand of a dossier is called, where the rules have any."""
    return {"strand": workflow.strands[strand]} if strand is not None else {}


def reasons_told(reasons: Sequence[Refusal]) -> list[dict[str, Any]]:
    """Why a dossier was held back, with what the sentences are made of."""
    return [{"code": reason.code, "sentence": reason.sentence, **reason.facts} for reason in reasons]


def _recommendations_told(session: Session, workflow: Workflow, dossier_id: int) -> list[str]:
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
            ~said_elsewhere(workflow, col(RecommendationRow.committee), RecommendationRow),
        )
        .order_by(col(RecommendationRow.id))
    ).all()
    return [row.words for row in rows]


def applicant_facts(
    session: Session, workflow: Workflow, own: Calendar | None, dossier: DossierRow, reason: str | None
) -> dict[str, Any]:
    """What a letter to the applicant may use. Nothing stands in it that the applicant may not know yet.

    `own` is the calendar of a dossier that has dates of its own. For a cohort `engine.database.cohort.letters` says
    the same.
    """
    dossier_id = the_id(dossier)
    answers = current_answers(session, dossier_id)
    counts = counting(asked_of(workflow.questions, dossier.strand), answers)
    amounts = (counts.get(question.name) for question in asking(workflow))
    slot = session.exec(
        select(SlotRow).where(col(SlotRow.dossier_id) == dossier_id).order_by(col(SlotRow.starts_at))
    ).first()
    return {
        **({"phases": edges_of(workflow, own)} if own else {}),
        **({"meetings": meetings_of_dossier(session, workflow, dossier)} if workflow.meetings_apart else {}),
        **({"clocks": own.clocks} if own and own.clocks else {}),
        "dossier": {
            "number": dossier.number,
            "title": dossier_title(workflow, dossier, answers),
            "organisation": dossier.organisation,
            "amount": next((amount for amount in amounts if amount is not None), None),
            "state": workflow.states[dossier.state].shown,
            **strand_facts(workflow, dossier.strand),
        },
        "received": dossier.received_at,
        "receipt": dossier.receipt,
        "recommendations": _recommendations_told(session, workflow, dossier_id),
        "reason": reason,
        "missing": [
            question.ask
            for question in workflow.questions.values()
            if dossier.state == workflow.begins_in
            and missing(asked_of(workflow.questions, dossier.strand), answers, among=(question.name,))
        ],
        "slot": {
            "meeting": slot.meeting,
            "starts_at": slot.starts_at,
            "ends_at": slot.ends_at,
            "position": slot.position,
        }
        if slot
        else None,
        "obligations": [
            obligation_facts(row) for row in obligations_of(session, dossier_id) if state_of(row) in AWAITED
        ],
    }

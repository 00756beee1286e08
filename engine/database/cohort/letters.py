"""What may the letters to the applicants of a cohort say? Their facts, as JSON that the database writes.

The same as `engine.cycle.telling.applicant_facts` says of one dossier.
"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.cohort.gathered import GATHERED, Gathered
from engine.database.cohort.guards import answered, newest
from engine.database.expressions import as_text, joined, quoted, said, string_of, text
from engine.database.records import (
    DossierRow,
    ObligationRow,
    RecommendationRow,
    SlotRow,
    VerdictRow,
)
from engine.rules.workflow import Workflow

Text = sa.ColumnElement[str]


def letters_of(
    session: Session,
    workflow: Workflow,
    gathered: Gathered,
    *where: sa.ColumnElement[bool],
    reason: bool,
    extras: Mapping[str, Any],
) -> sa.Subquery:
    """The rows `place`, `dossier_id`, `number` and `facts` for each dossier of a step that has no dates of its own.

    With `reason` the letters give the one that was gathered; `extras` are the same for all.
    """
    facts = said(
        '{"dossier": {"number": ', quoted(col(DossierRow.number)),
        ', "title": ', quoted(title(workflow)),
        ', "organisation": ', quoted(col(DossierRow.organisation)),
        ', "amount": ', _amount(workflow),
        ', "state": ', _shown(workflow),
        '}, "received": ', sa.func.coalesce(as_text(col(DossierRow.received_at)), "null"),
        ', "receipt": ', quoted(col(DossierRow.receipt)),
        ', "recommendations": [', _recommendations(session),
        '], "reason": ', quoted(GATHERED.c.reason) if reason else "null",
        ', "missing": [', _missing(workflow),
        '], "slot": ', _slot(workflow),
        ', "obligations": [', _obligations(workflow),
        f"], {json.dumps(dict(extras))[1:]}" if extras else "]}",
    )  # fmt: skip
    return (
        sa.select(GATHERED.c.place, GATHERED.c.dossier_id, col(DossierRow.number), facts.label("facts"))
        .join(DossierRow, col(DossierRow.id) == GATHERED.c.dossier_id)
        .where(gathered.rows, GATHERED.c.own.is_(False), *where)
        .subquery("letters")
    )


def title(workflow: Workflow) -> Text:
    """What people call a dossier: its first answer in plain text, or else its organisation."""
    texts = [
        sa.func.nullif(newest(question.name, string_of), "")
        for question in workflow.questions.values()
        if question.kind == "text"
    ]
    return sa.func.coalesce(*texts, col(DossierRow.organisation)) if texts else as_text(col(DossierRow.organisation))


def _amount(workflow: Workflow) -> Text:
    amounts = [
        sa.func.nullif(newest(question.name, as_text), "null")
        for question in workflow.questions.values()
        if question.kind == "money"
    ]
    return sa.func.coalesce(*amounts, "null") if amounts else text("null")


def _shown(workflow: Workflow) -> Text:
    return sa.case(
        *((col(DossierRow.state) == name, json.dumps(state.shown)) for name, state in workflow.states.items())
    )


def _recommendations(session: Session) -> Text:
    """Those that stood when the dossier's last verdict took effect."""
    if not session.connection().execute(sa.select(sa.exists().where(col(VerdictRow.ending) == "took effect"))).scalar():
        return text("")
    last = (
        sa.select(sa.func.max(col(VerdictRow.ended_at)))
        .where(col(VerdictRow.dossier_id) == col(DossierRow.id), col(VerdictRow.ending) == "took effect")
        .correlate(DossierRow)
        .scalar_subquery()
    )
    return (
        sa.select(joined(quoted(col(RecommendationRow.words)), col(RecommendationRow.id)))
        .where(
            col(RecommendationRow.dossier_id) == col(DossierRow.id),
            col(RecommendationRow.written_at) <= last,
            sa.or_(col(RecommendationRow.replaced_at).is_(None), col(RecommendationRow.replaced_at) > last),
        )
        .correlate(DossierRow)
        .scalar_subquery()
    )


def _missing(workflow: Workflow) -> Text:
    """What is still to be answered, while the dossier can be; empty afterwards."""
    asks = [
        sa.case((answered(question), ""), else_=f", {json.dumps(question.ask)}")
        for question in workflow.questions.values()
        if question.required
    ]
    if not asks:
        return text("")
    return sa.case(
        (col(DossierRow.state) == workflow.begins_in, sa.func.substr(said(*asks), 3)), else_=text("")
    )


def _slot(workflow: Workflow) -> Text:
    if not any(meeting.slots for meeting in workflow.meetings.values()):
        return text("null")
    first = (
        sa.select(
            said(
                '{"meeting": ', quoted(col(SlotRow.meeting)), ', "starts_at": ', as_text(col(SlotRow.starts_at)),
                ', "ends_at": ', as_text(col(SlotRow.ends_at)), ', "position": ', as_text(col(SlotRow.position)), "}",
            )
        )
        .where(col(SlotRow.dossier_id) == col(DossierRow.id))
        .order_by(col(SlotRow.starts_at))
        .limit(1)
        .correlate(DossierRow)
        .scalar_subquery()
    )  # fmt: skip
    return sa.func.coalesce(first, "null")


def _obligations(workflow: Workflow) -> Text:
    """What is open or overdue, in the order in which it is due."""
    if not workflow.obligations:
        return text("")
    owed = said(
        '{"name": ', quoted(col(ObligationRow.name)), ', "position": ', as_text(col(ObligationRow.position)),
        ', "last_day": ', quoted(col(ObligationRow.last_day)), "}",
    )  # fmt: skip
    due = sa.func.row_number().over(
        order_by=(col(ObligationRow.due_at), col(ObligationRow.name), col(ObligationRow.position))
    )
    open_ones = (
        sa.select(owed.label("owed"), due.label("due"))
        .where(
            col(ObligationRow.dossier_id) == col(DossierRow.id),
            col(ObligationRow.fulfilled_at).is_(None),
            col(ObligationRow.excused_at).is_(None),
        )
        .correlate(DossierRow)
        .subquery("open_ones")
    )
    return sa.select(joined(open_ones.c.owed, open_ones.c.due)).scalar_subquery()

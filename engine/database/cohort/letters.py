"""What may the letters to the applicants of a cohort say? Their facts, as JSON that the database writes.

The same as `engine.cycle.telling.applicant_facts` says of one dossier.
"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.cohort.gathered import GATHERED, Gathered
from engine.database.cohort.guards import counted, lacks
from engine.database.coming import whose
from engine.database.expressions import as_text, joined, quoted, said, string_of, text
from engine.database.records import (
    DossierRow,
    ObligationRow,
    RecommendationRow,
    SlotRow,
    VerdictRow,
)
from engine.database.sitting import said_elsewhere, scope_now
from engine.rules.budgets import asking
from engine.rules.meetings_apart import parts_of
from engine.rules.workflow import Workflow

Text = sa.ColumnElement[str]
Part = str | Text
"""a part of the facts: the same for all, or worked out for each"""


def letters_of(
    session: Session,
    workflow: Workflow,
    gathered: Gathered,
    *where: sa.ColumnElement[bool],
    reason: bool,
    extras: Mapping[str, Any],
    apart: Mapping[str, Mapping[str, Any]],
) -> sa.Subquery:
    """The rows `place`, `dossier_id`, `number` and `facts` for each dossier of a step that has no dates of its own.

    With `reason` the letters give the one that was gathered; `extras` are the same for all. `apart` are the phases of
    the strands that have dates of their own.
    """
    state = _one_state(session, gathered)
    facts = said(
        "{", _phases(apart), *_meetings(workflow), '"dossier": {"number": ', quoted(col(DossierRow.number)),
        ', "title": ', quoted(title(workflow)),
        ', "organisation": ', quoted(col(DossierRow.organisation)),
        ', "amount": ', _amount(workflow),
        ', "state": ', _shown(workflow, state), *_strand(workflow),
        '}, "received": ', sa.func.coalesce(as_text(col(DossierRow.received_at)), "null"),
        ', "receipt": ', quoted(col(DossierRow.receipt)),
        ', "recommendations": [', _recommendations(session, workflow),
        '], "reason": ', quoted(GATHERED.c.reason) if reason else "null",
        ', "missing": [', _missing(workflow, state),
        '], "slot": ', _slot(session, workflow, gathered),
        ', "obligations": [', _obligations(session, workflow, gathered),
        f"], {json.dumps(dict(extras))[1:]}" if extras else "]}",
    )  # fmt: skip
    return (
        sa.select(GATHERED.c.place, GATHERED.c.dossier_id, col(DossierRow.number), facts.label("facts"))
        .join(DossierRow, col(DossierRow.id) == GATHERED.c.dossier_id)
        .where(gathered.rows, GATHERED.c.own.is_(False), *where)
        .subquery("letters")
    )


def _any(session: Session, condition: sa.ColumnElement[bool]) -> bool:
    return bool(session.connection().execute(sa.select(condition)).scalar())


def lines_of(
    session: Session, workflow: Workflow, gathered: Gathered, *, limit: int, per: str | None = None
) -> dict[int, dict[str, Any]]:
    """dossier -> its line in a bundle, for the first of a step; the same as `engine.cycle.telling.line_facts`.

    With `per` for so many of each strand, or of each answer to that question.
    """
    each = sa.select(
        GATHERED.c.dossier_id, col(DossierRow.number), title(workflow).label("titled"), col(DossierRow.organisation),
        col(DossierRow.state), col(DossierRow.strand), GATHERED.c.place,
    ).join(DossierRow, col(DossierRow.id) == GATHERED.c.dossier_id).where(gathered.rows)  # fmt: skip
    if per is None:
        found = each.order_by(GATHERED.c.place).limit(limit)
    else:
        nth = sa.func.row_number().over(partition_by=scope_now(per), order_by=GATHERED.c.place).label("nth")
        placed = each.add_columns(nth).subquery("placed")
        found = sa.select(*list(placed.c)[:-1]).where(placed.c.nth <= limit).order_by(placed.c.place)
    rows = session.connection().execute(found)
    return {
        dossier_id: {
            "number": number,
            "title": titled,
            "organisation": organisation,
            "state": workflow.states[state].title,
            **({"strand": workflow.strands[strand]} if strand in workflow.strands else {}),
            "reasons": [],
        }
        for dossier_id, number, titled, organisation, state, strand, _place in rows
    }


def title(workflow: Workflow) -> Text:
    """What people call a dossier: its first answer in plain text, or else its organisation, or else its number."""
    texts = [
        sa.func.nullif(counted(question, workflow, string_of), "")
        for question in workflow.questions.values()
        if question.kind == "text"
    ]
    return sa.func.coalesce(*texts, sa.func.nullif(col(DossierRow.organisation), ""), col(DossierRow.number))


def _one_state(session: Session, gathered: Gathered) -> str | None:
    """The state in which all of a step stand, as they nearly always do."""
    states = sa.select(col(DossierRow.state)).join(GATHERED, GATHERED.c.dossier_id == col(DossierRow.id))
    found = session.connection().execute(states.where(gathered.rows).distinct().limit(2)).scalars().all()
    return found[0] if len(found) == 1 else None


def _amount(workflow: Workflow) -> Part:
    amounts = [sa.func.nullif(counted(question, workflow, as_text), "null") for question in asking(workflow)]
    return sa.func.coalesce(*amounts, "null") if amounts else "null"


def _shown(workflow: Workflow, state: str | None) -> Part:
    if state is not None:
        return json.dumps(workflow.states[state].shown)
    return sa.case(
        *((col(DossierRow.state) == name, json.dumps(state.shown)) for name, state in workflow.states.items())
    )


def _strand(workflow: Workflow) -> tuple[Part, ...]:
    """What the strand of a dossier is called, where the rules have any."""
    if not workflow.strands:
        return ()
    called = sa.case(*((col(DossierRow.strand) == name, json.dumps(title)) for name, title in workflow.strands.items()))
    return ', "strand": ', called


def _phases(apart: Mapping[str, Mapping[str, Any]]) -> Part:
    """From when to when each phase lasts, where that is said of the dossier's strand by itself."""
    if not apart:
        return ""
    own = {strand: f'"phases": {json.dumps(phases)}, ' for strand, phases in apart.items()}
    return sa.case(*((col(DossierRow.strand) == strand, said) for strand, said in own.items()), else_="")


def _meetings(workflow: Workflow) -> tuple[Part, ...]:
    """Which meeting is that of the dossier, where there is one for each strand or answer."""
    if not workflow.meetings_apart:
        return ()
    its: list[Part] = []
    for name in workflow.meetings_apart:
        parts = [(whose(one), json.dumps(one.name)) for one in parts_of(workflow, name)]
        its += [f'{", " if its else ""}{json.dumps(name)}: ', sa.case(*parts, else_="null") if parts else "null"]
    return '"meetings": {', *its, "}, "


def _recommendations(session: Session, workflow: Workflow) -> Part:
    """Those that stood when the dossier's last verdict took effect."""
    if not _any(session, sa.exists().where(col(VerdictRow.ending) == "took effect")):
        return ""
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
            ~said_elsewhere(workflow, col(RecommendationRow.committee), RecommendationRow),
        )
        .correlate(DossierRow)
        .scalar_subquery()
    )


def _missing(workflow: Workflow, state: str | None) -> Part:
    """What is still to be answered, while the dossier can be; empty afterwards."""
    if state not in (None, workflow.begins_in):
        return ""
    asks = [
        sa.case((~lacks(question, workflow), ""), else_=f", {json.dumps(question.ask)}")
        for question in workflow.questions.values()
        if question.required
    ]
    if not asks:
        return ""
    return sa.case(
        (col(DossierRow.state) == workflow.begins_in, sa.func.substr(said(*asks), 3)), else_=text("")
    )


def _slot(session: Session, workflow: Workflow, gathered: Gathered) -> Part:
    has_slot = sa.exists().where(col(SlotRow.dossier_id).in_(gathered.ids))
    if not any(meeting.slots for meeting in workflow.meetings.values()) or not _any(session, has_slot):
        return "null"
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


def _obligations(session: Session, workflow: Workflow, gathered: Gathered) -> Part:
    """What is open or overdue, in the order in which it is due."""
    owes = sa.exists().where(col(ObligationRow.dossier_id).in_(gathered.ids))
    if not workflow.obligations or not _any(session, owes):
        return ""
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
            col(ObligationRow.handed_in_at).is_(None),
        )
        .correlate(DossierRow)
        .subquery("open_ones")
    )
    return sa.select(joined(open_ones.c.owed, open_ones.c.due)).scalar_subquery()

"""May a dossier move? The guards as conditions of SQL.

Each is the same word as in `engine.rules.guards`, with the same answer; the sentences of a refusal are said there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col

from engine.database.cohort.scores import of_its_list, score, scored_lists
from engine.database.expressions import Expression, string_of
from engine.database.records import (
    AnswerRow,
    AttendanceRow,
    DeliveryRow,
    DossierRow,
    ExcuseRow,
    ObligationRow,
    RecommendationRow,
    VerdictRow,
)
from engine.rules.assessing import least
from engine.rules.guards import CAPS
from engine.rules.workflow import Guard, Question, Workflow

Condition = sa.ColumnElement[bool]
BLANK = "".join(chr(sign) for sign in range(0x3001) if chr(sign).isspace())
"""what Python's strip() takes off; nothing beyond U+3000 is white space"""


@dataclass(frozen=True, slots=True)
class Case:
    """What a guard asks for, on which rules, and the reason that is given with the move (if any can be)."""

    value: object
    workflow: Workflow
    reason: Expression | None


def newest(question: str, value: Callable[[Expression], sa.ColumnElement[str]]) -> sa.ScalarSelect[str]:
    """Of a dossier's newest answer to a question what `value` makes of it; nothing when there is none."""
    return (
        sa.select(value(col(AnswerRow.value)))
        .where(col(AnswerRow.dossier_id) == col(DossierRow.id), col(AnswerRow.question) == question)
        .order_by(col(AnswerRow.version).desc())
        .limit(1)
        .correlate(DossierRow)
        .scalar_subquery()
    )


def answered(question: Question) -> Condition:
    """Whether a question has an answer that is not blank. What is stored has been checked against its limits."""
    given = newest(question.name, string_of)
    return sa.func.coalesce(_stripped(given), "") != ""


def _stripped(given: Expression) -> sa.ColumnElement[str]:
    return sa.func.ltrim(sa.func.rtrim(given, BLANK), BLANK)


def _form(case: Case) -> Condition:
    return sa.and_(sa.true(), *(answered(one) for one in case.workflow.questions.values() if one.required))


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(name) for name in value) if isinstance(value, tuple) else (str(value),)


def _delivered(case: Case) -> Condition:
    return sa.and_(
        *(
            sa.exists().where(
                col(DeliveryRow.dossier_id) == col(DossierRow.id), col(DeliveryRow.deliverable) == name,
                # what staff accept counts when they have
                sa.or_(
                    col(DeliveryRow.obligation_id).is_(None),
                    sa.exists().where(
                        col(ObligationRow.id) == col(DeliveryRow.obligation_id),
                        col(ObligationRow.fulfilled_at).is_not(None),
                    ),
                ),
            )
            for name in _names(case.value)
        )
    )


def _attended(case: Case) -> Condition:
    def came(name: str) -> Condition:
        excused_from = [
            *({name} - set(case.workflow.obligations)),
            *(owed.name for owed in case.workflow.obligations.values() if (owed.attend or owed.name) == name),
        ]
        return sa.or_(
            sa.exists().where(col(AttendanceRow.dossier_id) == col(DossierRow.id), col(AttendanceRow.meeting) == name),
            sa.exists().where(col(ExcuseRow.dossier_id) == col(DossierRow.id), col(ExcuseRow.of).in_(excused_from)),
        )

    return sa.and_(*(came(name) for name in _names(case.value)))


def _fulfilled(_case: Case) -> Condition:
    return ~sa.exists().where(
        col(ObligationRow.dossier_id) == col(DossierRow.id),
        col(ObligationRow.fulfilled_at).is_(None),
        col(ObligationRow.excused_at).is_(None),
    )


def _recommendation(case: Case) -> Condition:
    written = sa.and_(
        col(RecommendationRow.dossier_id) == col(DossierRow.id), col(RecommendationRow.replaced_at).is_(None)
    )
    return sa.exists().where(written, of_its_list(case.workflow, RecommendationRow))


def _reason(case: Case) -> Condition:
    if case.reason is None:
        return sa.false()
    return sa.func.coalesce(_stripped(case.reason), "") != ""


def _verdict(_case: Case) -> Condition:
    return ~sa.exists().where(col(VerdictRow.dossier_id) == col(DossierRow.id), col(VerdictRow.ended_at).is_(None))


def _score_at_least(case: Case) -> Condition:
    assert isinstance(case.value, int | float | str)
    reached = [
        sa.and_(col(DossierRow.state).in_(states), score(case.workflow) >= least(case.workflow, one, case.value))
        for one, states in scored_lists(case.workflow)
    ]
    return sa.func.coalesce(sa.or_(sa.false(), *reached), sa.false())


CONDITIONS: Mapping[str, Callable[[Case], Condition]] = {
    "form": _form,
    "delivered": _delivered,
    "attended": _attended,
    "fulfilled": _fulfilled,
    "recommendation": _recommendation,
    "reason": _reason,
    "verdict": _verdict,
    "score_at_least": _score_at_least,
}
"""every guard but those about places, which are given over a whole cohort"""


def hold(guards: tuple[Guard, ...], workflow: Workflow, reason: Expression | None = None) -> Condition:
    """The condition that all guards of a dossier hold, those about places left out."""
    return sa.and_(
        sa.true(),
        *(CONDITIONS[guard.word](Case(guard.value, workflow, reason)) for guard in guards if guard.word not in CAPS),
    )

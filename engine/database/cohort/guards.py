"""May a dossier move? The guards as conditions of SQL.

Each is the same word as in `engine.rules.guards`, with the same answer; the sentences of a refusal are said there.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col

from engine.database.across import When
from engine.database.cohort import across
from engine.database.cohort.scores import complete_members, is_majority, of_its_list, score, scored_lists
from engine.database.expressions import Expression, field_of, string_of
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
from engine.database.sitting import said_elsewhere
from engine.rules.assessing import floor_of
from engine.rules.conditions import Guard
from engine.rules.guards import CAPS
from engine.rules.numbers import NUMBERS, amount, is_by_strand
from engine.rules.questions import Question
from engine.rules.workflow import STRAND, Assessment, Workflow, question_of

Condition = sa.ColumnElement[bool]
BLANK = "".join(chr(sign) for sign in range(0x3001) if chr(sign).isspace())
"""what Python's strip() takes off; nothing beyond U+3000 is white space"""


@dataclass(frozen=True, slots=True)
class Case:
    """What a guard asks for, on which rules, at which instant, by whom and for which reason (where there is any)."""

    value: object
    workflow: Workflow
    reason: Expression | None
    when: When | None = None
    person: Expression | None = None

    @property
    def at(self) -> When:
        """The instant at which it is judged, for the guards that look back."""
        assert self.when is not None
        return self.when


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


def is_asked(question: Question, workflow: Workflow) -> Condition:
    """Whether a question is asked, by the strand and the answers that count; where it hangs on nothing that costs
    nothing."""
    strands = [_stands_in(guard.value) for guard in question.only_if if guard.word == STRAND]
    named = (pair for guard in question.only_if if guard.word != STRAND for pair in _choices(guard.value))
    return sa.and_(sa.true(), *strands, *(answers_so(workflow, key, choices) for key, choices in named))


def counted(
    question: Question, workflow: Workflow, value: Callable[[Expression], sa.ColumnElement[str]]
) -> sa.ColumnElement[str]:
    """`newest`, of a question that is asked; nothing where it is not."""
    given = newest(question.name, value)
    return sa.case((is_asked(question, workflow), given)) if question.only_if else given


def lacks(question: Question, workflow: Workflow) -> Condition:
    """Whether a question is asked and has no answer."""
    return sa.and_(is_asked(question, workflow), ~answered(question))


def answers_so(workflow: Workflow, key: str, choices: tuple[str, ...]) -> Condition:
    """Whether a question is asked and has one of these answers, in the dossier's form or in what was delivered last."""
    question = question_of(workflow, key)
    given = newest(question.name, string_of) if question.of is None else _newest_delivered(question)
    return sa.and_(is_asked(question, workflow), sa.func.coalesce(given.in_(choices), sa.false()))


def _newest_delivered(question: Question) -> sa.ScalarSelect[str]:
    return (
        sa.select(field_of(col(DeliveryRow.answers), sa.literal(question.name)))
        .where(
            col(DeliveryRow.dossier_id) == col(DossierRow.id), col(DeliveryRow.deliverable) == question.of, _counts()
        )
        .order_by(col(DeliveryRow.id).desc())
        .limit(1)
        .correlate(DossierRow)
        .scalar_subquery()
    )


def _counts() -> Condition:
    """Whether a delivery counts: what somebody accepts does when they have."""
    return sa.or_(
        col(DeliveryRow.obligation_id).is_(None),
        sa.exists().where(
            col(ObligationRow.id) == col(DeliveryRow.obligation_id), col(ObligationRow.fulfilled_at).is_not(None)
        ),
    )


def _choices(value: object) -> Iterable[tuple[str, tuple[str, ...]]]:
    assert isinstance(value, Mapping)
    return value.items()


def _answer(case: Case) -> Condition:
    return sa.and_(*(answers_so(case.workflow, key, choices) for key, choices in _choices(case.value)))


def _stripped(given: Expression) -> sa.ColumnElement[str]:
    return sa.func.ltrim(sa.func.rtrim(given, BLANK), BLANK)


def _form(case: Case) -> Condition:
    required = (one for one in case.workflow.questions.values() if one.required)
    return sa.and_(sa.true(), *(~lacks(one, case.workflow) for one in required))


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(name) for name in value) if isinstance(value, tuple) else (str(value),)


def _delivered(case: Case) -> Condition:
    return sa.and_(
        *(
            sa.exists().where(
                col(DeliveryRow.dossier_id) == col(DossierRow.id), col(DeliveryRow.deliverable) == name, _counts()
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
        col(RecommendationRow.dossier_id) == col(DossierRow.id), col(RecommendationRow.replaced_at).is_(None),
        ~said_elsewhere(case.workflow, col(RecommendationRow.committee), RecommendationRow),
    )
    return sa.exists().where(written, of_its_list(case.workflow, RecommendationRow))


def _reason(case: Case) -> Condition:
    if case.reason is None:
        return sa.false()
    return sa.func.coalesce(_stripped(case.reason), "") != ""


def _verdict(_case: Case) -> Condition:
    return ~sa.exists().where(col(VerdictRow.dossier_id) == col(DossierRow.id), col(VerdictRow.ended_at).is_(None))


def _strand(case: Case) -> Condition:
    return _stands_in(case.value)


def _stands_in(strands: object) -> Condition:
    return sa.func.coalesce(col(DossierRow.strand).in_(_names(strands)), sa.false())


def _score_at_least(case: Case) -> Condition:
    assert isinstance(case.value, (str, *NUMBERS))
    reached = [
        sa.and_(col(DossierRow.state).in_(states), score(case.workflow) >= _floor(case, one))
        for one, states in scored_lists(case.workflow)
    ]
    return sa.func.coalesce(sa.or_(sa.false(), *reached), sa.false())


def _floor(case: Case, one: Assessment) -> Expression:
    """The least score that is asked for in an assessment, of each dossier by its strand."""
    assert isinstance(case.value, (str, *NUMBERS))
    rules, value = case.workflow, case.value
    if isinstance(value, str) or not is_by_strand(value, rules.given):
        return sa.literal(floor_of(rules, one, value).worth)
    of_each = {strand: floor_of(rules, one, value, strand).worth for strand in rules.strands}
    return sa.case(*((col(DossierRow.strand) == strand, sa.literal(number)) for strand, number in of_each.items()))


def number_of(case: Case, *, whole: float) -> Expression:
    """The number that a guard asks for, of each dossier by its strand; `whole` is what a share is a share of."""
    assert isinstance(case.value, NUMBERS)
    given = case.workflow.given
    if not is_by_strand(case.value, given):
        return sa.literal(float(amount(case.value, given, whole=whole)))
    of_each = {one: float(amount(case.value, given, one, whole)) for one in case.workflow.strands}
    return sa.case(*((col(DossierRow.strand) == one, sa.literal(number)) for one, number in of_each.items()))


def _score(case: Case) -> Condition:
    mean = score(case.workflow)
    return mean.is_(None) if case.value == "missing" else mean.is_not(None)


def _quorum(case: Case) -> Condition:
    return complete_members(case.workflow) >= case.value


def _majority(case: Case) -> Condition:
    assert isinstance(case.value, tuple)
    return sa.and_(*(is_majority(case.workflow, name, float(mark)) for name, mark in case.value))


CONDITIONS: Mapping[str, Callable[[Case], Condition]] = {
    "form": _form,
    "answer": _answer,
    "delivered": _delivered,
    "attended": _attended,
    "fulfilled": _fulfilled,
    "recommendation": _recommendation,
    "reason": _reason,
    "verdict": _verdict,
    "score": _score,
    "quorum": _quorum,
    "majority": _majority,
    "score_at_least": _score_at_least,
    "strand": _strand,
    "once_per": lambda case: across.once_per(case.value, case.workflow, case.at),
    "clear_of": lambda case: across.clear_of(case.value, case.workflow, case.at),
    "follows": lambda case: across.follows(case.value, case.workflow, case.at),
    "member_of": lambda case: across.sits_in(str(case.value), case.person),
}
"""every guard but those about places, which are given over a whole cohort"""


def hold(
    guards: tuple[Guard, ...],
    workflow: Workflow,
    reason: Expression | None = None,
    *,
    when: When | None = None,
    person: Expression | None = None,
) -> Condition:
    """The condition that all guards of a dossier hold, those about places left out.

    `when` it is judged, for guards that look back; `person` is the id of whoever acts, if anybody does.
    """
    return sa.and_(
        sa.true(),
        *(
            CONDITIONS[guard.word](Case(guard.value, workflow, reason, when, person))
            for guard in guards
            if guard.word not in CAPS
        ),
    )

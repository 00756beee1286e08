"""May these applicants, given all their other dossiers? The guards of `engine.rules.applying` as conditions of SQL."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from engine.database.across import When, question_of_dossier
from engine.database.expressions import Expression, string_of
from engine.database.records import (
    AnswerRow,
    ContactRow,
    DossierRow,
    LiftRow,
    RoleRow,
    RoundRow,
    SameOrganisationRow,
    TransitionRow,
)
from engine.database.sitting import sits_for
from engine.database.standing_moves import stands
from engine.rules.conditions import Once, Reach, Recent
from engine.rules.earlier import reaches_from
from engine.rules.workflow import Workflow

Condition = sa.ColumnElement[bool]


def once_per(value: object, workflow: Workflow, when: When) -> Condition:
    """Whether nobody of the dossier has handed in another one within reach."""
    assert isinstance(value, tuple)
    return sa.or_(_lifted("once_per"), sa.and_(sa.true(), *(_only_one(one, workflow, when) for one in value)))


def clear_of(value: object, workflow: Workflow, when: When) -> Condition:
    """Whether no earlier dossier of the organisation entered one of the states within reach."""
    assert isinstance(value, tuple)
    entered = [_entered(one, workflow, when, named=False) for one in value]
    return sa.or_(_lifted("clear_of"), ~sa.or_(sa.false(), *entered))


def follows(value: object, workflow: Workflow, when: When) -> Condition:
    """Whether an earlier dossier, the one that is named if one is asked for, entered one of the states within reach."""
    assert isinstance(value, tuple)
    return sa.or_(_lifted("follows"), *(_entered(one, workflow, when, named=True) for one in value))


def sits_in(committee: str, person: Expression | None) -> Condition:
    """Whether whoever acts is a member of the committee before which the dossier lies; nobody who is not there is."""
    if person is None:
        return sa.false()
    return sa.exists().where(
        col(RoleRow.round_id) == col(DossierRow.round_id), col(RoleRow.person_id) == person,
        col(RoleRow.role) == committee, sits_for(),
    )  # fmt: skip


def _alias(row: type[SQLModel]) -> Any:
    return aliased(row)


def _lifted(guard: str) -> Condition:
    return sa.exists().where(
        col(LiftRow.dossier_id) == col(DossierRow.id), col(LiftRow.guard) == guard, col(LiftRow.ended_at).is_(None)
    )


def _only_one(once: Once, workflow: Workflow, when: When) -> Condition:
    other, theirs = _alias(DossierRow), _alias(RoundRow)
    freed = [workflow.begins_in, *(state.name for state in workflow.states.values() if state.frees_place)]
    received, mine = col(DossierRow.received_at), col(DossierRow.round_id)
    first = sa.or_(
        received.is_(None),
        other.received_at < received,
        sa.and_(other.received_at == received, other.id < col(DossierRow.id)),
    )
    conditions = [
        *_of_the_programme(other, theirs, workflow), other.received_at.is_not(None), other.state.not_in(freed), first,
        *_since(once.reach, other.received_at, when),
    ]  # fmt: skip
    if once.reach.rounds is not None:
        apart = _rounds_from(other.round_id, mine, workflow) + _rounds_from(mine, other.round_id, workflow)
        conditions.append(apart < once.reach.rounds)
    if once.of == "organisation":
        return ~_of_the_organisation(other, workflow, conditions)
    return ~_of_the_people(other, workflow, conditions)


def _entered(recent: Recent, workflow: Workflow, when: When, *, named: bool) -> Condition:
    other, theirs, move = _alias(DossierRow), _alias(RoundRow), _alias(TransitionRow)
    entry = sa.exists().where(
        move.dossier_id == other.id, move.target == recent.state, stands(move), *_since(recent.reach, move.at, when)
    )
    conditions = [*_of_the_programme(other, theirs, workflow), entry]
    if recent.reach.rounds is not None:
        conditions.append(other.round_id <= col(DossierRow.round_id))
        conditions.append(_rounds_from(other.round_id, col(DossierRow.round_id), workflow) <= recent.reach.rounds)
    asked = question_of_dossier(workflow) if named else None
    if asked is None:
        return _of_the_organisation(other, workflow, conditions)
    answer = _alias(AnswerRow)
    newest = (
        sa.select(string_of(answer.value))
        .where(answer.dossier_id == col(DossierRow.id), answer.question == asked)
        .order_by(answer.version.desc())
        .limit(1)
        .correlate(DossierRow)
        .scalar_subquery()
    )
    return sa.exists().where(*conditions, newest == theirs.key + "/" + other.number)


def _of_the_programme(other: Any, theirs: Any, workflow: Workflow) -> list[Condition]:
    return [theirs.id == other.round_id, theirs.programme == workflow.programme, other.id != col(DossierRow.id)]


def _since(reach: Reach, at: Any, when: When) -> list[Condition]:
    start = reaches_from(reach, when.now, when.zone, when.holidays)
    return [] if start is None else [at >= start]


def _rounds_from(earlier: Any, later: Any, workflow: Workflow) -> sa.ScalarSelect[int]:
    """How many rounds of the programme were opened after the one, as far as the other."""
    between = _alias(RoundRow)
    return (
        sa.select(sa.func.count())
        .select_from(between)
        .where(between.programme == workflow.programme, between.id > earlier, between.id <= later)
        .correlate_except(between)
        .scalar_subquery()
    )


def _of_the_organisation(other: Any, workflow: Workflow, conditions: list[Condition]) -> Condition:
    """Whether another dossier of which that holds has the organisation's name, or one that staff say is its name."""
    mine = col(DossierRow.organisation_key)
    name, same = _alias(SameOrganisationRow), _alias(SameOrganisationRow)
    alike = sa.exists().where(mine != "", other.organisation_key == mine, *conditions)
    joined = sa.exists().where(
        name.programme == workflow.programme, name.key == mine, name.ended_at.is_(None),
        same.programme == workflow.programme, same.same_as == name.same_as, same.ended_at.is_(None),
        other.organisation_key == same.key, *conditions,
    )  # fmt: skip
    return sa.or_(alike, joined)


def _of_the_people(other: Any, workflow: Workflow, conditions: list[Condition]) -> Condition:
    """Whether somebody who speaks for the dossier speaks for another of which that holds, or handed it in."""
    mine, contact, move = _alias(ContactRow), _alias(ContactRow), _alias(TransitionRow)
    spoke = sa.exists().where(
        mine.dossier_id == col(DossierRow.id), contact.person_id == mine.person_id, other.id == contact.dossier_id,
        *conditions,
    )  # fmt: skip
    moved = sa.exists().where(
        mine.dossier_id == col(DossierRow.id), move.person_id == mine.person_id, move.source == workflow.begins_in,
        other.id == move.dossier_id, *conditions,
    )  # fmt: skip
    return sa.or_(spoke, moved)

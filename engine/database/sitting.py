"""Before which committee lies a dossier, where there is one for each strand or answer, and who sits in it?"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from engine.database.connection import in_parts
from engine.database.expressions import Expression, string_of
from engine.database.records import AnswerRow, ConflictRow, DossierRow, RoleRow
from engine.rules.divided import is_divided
from engine.rules.roles import observer_of, states_read_by
from engine.rules.workflow import EVERYONE, STAFF, STRAND, Meeting, Workflow

Condition = sa.ColumnElement[bool]


def sits_for(part: Any = RoleRow, dossier: Any = DossierRow) -> Condition:
    """Whether a part in the round is one for the dossier: those for one strand or answer are for its dossiers alone."""
    answer = (
        sa.select(string_of(col(AnswerRow.value)))
        .where(col(AnswerRow.dossier_id) == col(dossier.id), col(AnswerRow.question) == col(part.per))
        .order_by(col(AnswerRow.version).desc())
        .limit(1)
        .correlate(dossier, part)
        .scalar_subquery()
    )
    its = sa.case((col(part.per) == STRAND, col(dossier.strand)), else_=answer)
    return sa.or_(col(part.scope) == "", sa.func.coalesce(its == col(part.scope), sa.false()))


def sits_at(meeting: Meeting, part: Any = RoleRow) -> Condition:
    """The same as `engine.rules.meetings_apart.sits_at`, of the parts in a round."""
    if meeting.per is None or not meeting.scope:
        return sa.true()
    return sa.or_(col(part.per) != meeting.per, col(part.scope).in_(("", meeting.scope)))


def scope_now(per: str) -> sa.ColumnElement[str]:
    """The strand of a dossier, or its answer; no text where it has none."""
    if per == STRAND:
        return sa.func.coalesce(sa.cast(col(DossierRow.strand), sa.Text), "")
    answer = (
        sa.select(string_of(col(AnswerRow.value)))
        .where(col(AnswerRow.dossier_id) == col(DossierRow.id), col(AnswerRow.question) == per)
        .order_by(col(AnswerRow.version).desc())
        .limit(1)
        .correlate(DossierRow)
        .scalar_subquery()
    )
    return sa.func.coalesce(answer, "")


def of_its_committee(workflow: Workflow, committee: str | None, row: Any) -> Condition:
    """Whether what a committee as a whole said of a dossier (`row`) is of the one before which the dossier lies now."""
    one = workflow.committees.get(committee or "")
    if one is None or one.per is None:
        return sa.true()
    return sa.or_(col(row.scope) == "", col(row.scope) == scope_now(one.per))


def known_to(workflow: Workflow, person_id: int, *, as_chair: bool = False) -> Condition:
    """The dossiers that a person may know of for a seat that she has where they lie now (`as_chair`: that she leads),
    or as staff; any where no committee is divided, for then its states say so.
    """
    if not is_divided(workflow):
        return sa.true()
    mine = aliased(RoleRow)
    seats = [
        sa.and_(
            col(DossierRow.state).in_(states_read_by(workflow, name)),
            sa.and_(col(mine.role) == name, col(mine.chair))
            if as_chair else col(mine.role).in_((name, observer_of(name))),
        )
        for name in workflow.committees
    ]  # fmt: skip
    return sa.exists().where(
        col(mine.round_id) == col(DossierRow.round_id), col(mine.person_id) == person_id,
        sa.or_(col(mine.role) == STAFF, sa.and_(sa.or_(*seats), sits_for(mine))),
    )  # fmt: skip


def seated_beside(person_id: int) -> Condition:
    """The dossiers of rounds in which a person has a part that is one for them too: staff, or a seat in a committee."""
    mine = aliased(RoleRow)
    return sa.exists().where(
        col(mine.round_id) == col(DossierRow.round_id), col(mine.person_id) == person_id, col(mine.role) != EVERYONE,
        sits_for(mine),
    )  # fmt: skip


def said_elsewhere(workflow: Workflow, committee: str | Expression, row: Any) -> Condition:
    """Whether a member's words or marks about a dossier (`row`) are of one who sits in a committee of that name, and
    not in the one before which the dossier lies. Who has left counts as before.
    """
    return elsewhere(committee, row) if is_divided(workflow) else sa.false()


def elsewhere(committee: str | Expression | None, row: Any) -> Condition:
    """The same whatever the rules; without a committee of one who sits in some and in none before which it lies."""
    part, its = aliased(RoleRow), aliased(DossierRow)
    role = col(part.role).not_in((STAFF, EVERYONE)) if committee is None else col(part.role) == committee
    hers = [
        col(its.id) == col(row.dossier_id), col(part.round_id) == col(its.round_id),
        col(part.person_id) == col(row.person_id), role,
    ]  # fmt: skip
    return sa.and_(sa.exists().where(*hers), ~sa.exists().where(*hers, sits_for(part, its)))


def sitting_elsewhere(session: Session, workflow: Workflow, dossier_id: int, committee: str) -> frozenset[int]:
    """The people who sit in a committee of that name, and not in the one before which the dossier lies."""
    one = workflow.committees.get(committee)
    if one is None or one.per is None:
        return frozenset()
    rows = session.connection().execute(
        sa.select(col(RoleRow.person_id), sa.func.max(sa.case((sits_for(), 1), else_=0)))
        .join(DossierRow, col(DossierRow.round_id) == col(RoleRow.round_id))
        .where(col(DossierRow.id) == dossier_id, col(RoleRow.role) == committee)
        .group_by(col(RoleRow.person_id))
    )
    return frozenset(int(person) for person, sits in rows if not sits)


def scope_of(session: Session, workflow: Workflow, committee: str | None, dossier_id: int) -> str:
    """Of which strand or answer the committee is before which a dossier lies; no text where there is one for all."""
    one = workflow.committees.get(committee or "")
    if one is None or one.per is None:
        return ""
    return scope_over(session, one.per, dossier_id)


def scope_over(session: Session, per: str, dossier_id: int) -> str:
    """The strand of a dossier, or its answer to the question `per`; no text where it has none."""
    found = session.connection().execute(sa.select(scope_now(per)).where(col(DossierRow.id) == dossier_id))
    scope: str = found.scalar_one()
    return scope


def scopes_among(
    session: Session, workflow: Workflow, committee: str | None, dossiers: Sequence[int]
) -> dict[int, str]:
    """dossier -> the same, of several; nothing where there is one committee for all."""
    one = workflow.committees.get(committee or "")
    if one is None or one.per is None:
        return {}
    found: dict[int, str] = {}
    for some in in_parts(dossiers):
        rows = session.connection().execute(
            sa.select(col(DossierRow.id), scope_now(one.per)).where(col(DossierRow.id).in_(some))
        )
        found.update((dossier or 0, scope) for dossier, scope in rows)
    return found


def elsewhere_among(
    session: Session, dossiers: Sequence[int] | sa.Select[Any], roles: Sequence[str], *, free: bool = False
) -> frozenset[tuple[int, int]]:
    """(dossier, person) of those who have one of the roles in the dossier's round, and none for the dossier itself;
    with `free` without those who have a conflict with it.
    """
    conflict = sa.exists().where(
        col(ConflictRow.dossier_id) == col(DossierRow.id), col(ConflictRow.person_id) == col(RoleRow.person_id)
    )
    every = aliased(RoleRow)
    for_all = sa.exists().where(
        col(every.round_id) == col(RoleRow.round_id), col(every.person_id) == col(RoleRow.person_id),
        col(every.role).in_(roles), col(every.scope) == "",
    )  # fmt: skip
    found: set[tuple[int, int]] = set()
    for some in in_parts(dossiers) if isinstance(dossiers, Sequence) else (dossiers,):
        rows = session.connection().execute(
            sa.select(col(DossierRow.id), col(RoleRow.person_id))
            .join(RoleRow, col(RoleRow.round_id) == col(DossierRow.round_id))
            .where(col(DossierRow.id).in_(some), col(RoleRow.role).in_(roles), col(RoleRow.scope) != "",
                   ~for_all, ~conflict if free else sa.true())
            .group_by(col(DossierRow.id), col(RoleRow.person_id))
            .having(sa.func.max(sa.case((sits_for(), 1), else_=0)) == 0)
        )
        found.update((dossier or 0, person) for dossier, person in rows)
    return frozenset(found)

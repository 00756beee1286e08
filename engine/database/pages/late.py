"""Which members of committees have not said yet what is wanted of them, over several rounds, and of what is it late?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.expressions import Expression
from engine.database.own_windows import scoring_late
from engine.database.records import (
    AssignmentRow,
    ConflictRow,
    ContactRow,
    DossierRow,
    PersonRow,
    RecommendationRow,
    RoleRow,
    ScoreRow,
)
from engine.database.sitting import elsewhere, sits_for
from engine.rules.assessing import assessment_in, has_one_time
from engine.rules.moments import Calendar
from engine.rules.workflow import Assessment, Workflow


@dataclass(frozen=True, slots=True)
class Late:
    """A member of a committee of whom something is still wanted, of so many dossiers in a state."""

    round_id: int
    state: str
    name: str
    left: int


def late_members(
    session: Session, wanted: Mapping[tuple[int, str], Assessment], states: Mapping[tuple[int, str], int]
) -> list[Late]:
    """Who has not said all of the dossiers in these states: (round, state) -> in which assessment.

    Without criteria a recommendation is wanted. `states` says how many dossiers stand in each. Six questions at most.
    """
    if not wanted:
        return []
    rounds, names = {of for of, _ in wanted}, {state for _, state in wanted}
    here = sa.and_(col(DossierRow.round_id).in_(rounds), col(DossierRow.state).in_(names))
    return _left(session, wanted, states, here)


def late_with_some(session: Session, rounds: Sequence[tuple[int, Workflow, Calendar]], *, now: int) -> list[Late]:
    """Who has not said all of the dossiers that are scored until a day of their own which is near, over these rounds.

    Six questions at most, and none where all dossiers have one time. `now` is UTC microseconds.
    """
    near = {
        (of, state): (one, scoring_late(workflow, one, state, calendar, now))
        for of, workflow, calendar in rounds
        for state in workflow.states
        if (one := assessment_in(workflow, state)) and not has_one_time(one, calendar.cut)
    }
    if not near:
        return []
    here = sa.or_(
        *(
            sa.and_(col(DossierRow.round_id) == of, col(DossierRow.state) == state, condition)
            for (of, state), (_, condition) in near.items()
        )
    )
    each = col(DossierRow.round_id), col(DossierRow.state)
    rows = session.connection().execute(sa.select(*each, sa.func.count()).where(here).group_by(*each))
    counts = {(of, state): count for of, state, count in rows}
    wanted = {key: one for key, (one, _) in near.items() if key in counts}
    return _left(session, wanted, counts, here) if wanted else []


def _left(
    session: Session, wanted: Mapping[tuple[int, str], Assessment], states: Mapping[tuple[int, str], int],
    here: sa.ColumnElement[bool],
) -> list[Late]:  # fmt: skip
    """Who has not said all of the dossiers that are `here`, and of how many."""
    rounds = {of for of, _ in wanted}
    tied = _tied(session, here)
    members = session.connection().execute(
        sa.select(
            col(RoleRow.round_id), col(RoleRow.role), col(PersonRow.id), col(PersonRow.name), col(PersonRow.email),
            sa.func.max(sa.case((col(RoleRow.scope) != "", 1), else_=0)),
        )
        .join(PersonRow, col(PersonRow.id) == col(RoleRow.person_id))
        .where(col(RoleRow.round_id).in_(rounds))
        .group_by(
            col(RoleRow.round_id), col(RoleRow.role), col(PersonRow.id), col(PersonRow.name), col(PersonRow.email)
        )
        .order_by(sa.func.min(col(RoleRow.id)))
    ).all()
    divided = any(sits_in_one for *_, sits_in_one in members)
    apart = _before(session, here) if divided else {}
    done = _done(session, wanted, here, divided=divided)
    given = _given(session, here) if any(one.readers for one in wanted.values()) else {}
    found = []
    for (of, state), one in wanted.items():
        for round_id, role, person_id, name, email, sits_in_one in members:
            if (round_id, role) == (of, one.by):
                key = (of, state, person_id or 0)
                # where each dossier is given to some, nobody is given one that she has a tie with
                if sits_in_one:
                    all_of_them = apart.get((*key, role), 0)
                else:
                    all_of_them = states.get((of, state), 0) - tied.get(key, 0)
                wanted_of_her = given.get((*key, one.name), 0) if one.readers else all_of_them
                left = wanted_of_her - done.get(key, 0)
                if left > 0:
                    found.append(Late(of, state, name or email, left))
    return found


def late_dossiers(
    session: Session, workflow: Workflow, round_id: int, states: Sequence[str], calendar: Calendar, now: int
) -> frozenset[str]:
    """The numbers of the dossiers that are scored until a day of their own which is near; none where all have one time.

    Whoever has not said all of one of these is late with it. `now` is UTC microseconds.
    """
    known = [(state, one) for state in states if (one := assessment_in(workflow, state))]
    near = [
        sa.and_(col(DossierRow.state) == state, scoring_late(workflow, one, state, calendar, now))
        for state, one in known if not has_one_time(one, calendar.cut)
    ]  # fmt: skip
    if not near:
        return frozenset()
    found = sa.select(col(DossierRow.number)).where(col(DossierRow.round_id) == round_id, sa.or_(*near))
    return frozenset(session.connection().execute(found).scalars())


def _done(
    session: Session, wanted: Mapping[tuple[int, str], Assessment], here: sa.ColumnElement[bool], *, divided: bool
) -> dict[tuple[int, str, int], int]:
    """(round, state, person) -> of how many dossiers she has said all, those with which she has a tie left out; of
    those before her own committee, where some sit in one of several (`divided`)."""

    def foreign(row: type[ScoreRow | RecommendationRow]) -> sa.ColumnElement[bool]:
        return elsewhere(None, row) if divided else sa.false()

    free = sa.and_(~_tie(col(ScoreRow.person_id)), ~foreign(ScoreRow))
    marks = (
        sa.select(
            col(DossierRow.round_id).label("round_id"), col(DossierRow.state).label("state"),
            col(ScoreRow.person_id).label("person_id"), col(ScoreRow.assessment).label("assessment"),
            sa.func.count(sa.distinct(col(ScoreRow.criterion))).label("n"),
        )
        .join(DossierRow, col(DossierRow.id) == col(ScoreRow.dossier_id))
        .where(here, col(ScoreRow.replaced_at).is_(None), free)
        .group_by(col(DossierRow.id), col(DossierRow.round_id), col(DossierRow.state), col(ScoreRow.person_id),
                  col(ScoreRow.assessment))
        .subquery("marks")
    )  # fmt: skip
    each = marks.c.round_id, marks.c.state, marks.c.person_id, marks.c.assessment, marks.c.n
    scored = sa.select(*each, sa.func.count()).group_by(*each)
    found: dict[tuple[int, str, int], int] = {}
    for of, state, person, assessment, marked, count in session.connection().execute(scored):
        one = wanted.get((of, state))
        if one and one.name == assessment and one.criteria and marked >= len(one.criteria):
            found[of, state, person] = found.get((of, state, person), 0) + count
    row = RecommendationRow
    written = session.connection().execute(
        sa.select(
            col(DossierRow.round_id), col(DossierRow.state), col(row.person_id), col(row.assessment), sa.func.count()
        )
        .join(DossierRow, col(DossierRow.id) == col(row.dossier_id))
        .where(here, col(row.replaced_at).is_(None), ~_tie(col(row.person_id)), ~foreign(row))
        .group_by(col(DossierRow.round_id), col(DossierRow.state), col(row.person_id), col(row.assessment))
    )
    for of, state, person, assessment, count in written:
        one = wanted.get((of, state))
        if one and one.name == assessment and not one.criteria:
            found[of, state, person] = count
    return found


def _before(session: Session, here: sa.ColumnElement[bool]) -> dict[tuple[int, str, int, str], int]:
    """(round, state, person, role) -> before how many dossiers she sits that she has no tie with, of those who sit in
    a committee for one strand or answer."""
    each = col(DossierRow.round_id), col(DossierRow.state), col(RoleRow.person_id), col(RoleRow.role)
    rows = session.connection().execute(
        sa.select(*each, sa.func.count())
        .join(DossierRow, col(DossierRow.round_id) == col(RoleRow.round_id))
        .where(here, col(RoleRow.scope) != "", sits_for(), ~_tie(col(RoleRow.person_id)))
        .group_by(*each)
    )
    return {(of, state, person, role): count for of, state, person, role, count in rows}


def _given(session: Session, here: sa.ColumnElement[bool]) -> dict[tuple[int, str, int, str], int]:
    """(round, state, person, assessment) -> how many dossiers were given to her."""
    row = AssignmentRow
    each = col(DossierRow.round_id), col(DossierRow.state), col(row.person_id), col(row.assessment)
    rows = session.connection().execute(
        sa.select(*each, sa.func.count())
        .join(DossierRow, col(DossierRow.id) == col(row.dossier_id))
        .where(here, col(row.ended_at).is_(None), ~_tie(col(row.person_id)))
        .group_by(*each)
    )
    return {(of, state, person, assessment): count for of, state, person, assessment, count in rows}


def _tie(person_id: Expression) -> sa.ColumnElement[bool]:
    return sa.or_(
        *(
            sa.exists().where(col(row.dossier_id) == col(DossierRow.id), col(row.person_id) == person_id)
            for row in (ConflictRow, ContactRow)
        )
    )


def _tied(session: Session, here: sa.ColumnElement[bool]) -> dict[tuple[int, str, int], int]:
    """(round, state, person) -> with how many dossiers somebody has a tie."""
    ties = sa.union(
        *(
            sa.select(col(row.dossier_id).label("of"), col(row.person_id).label("who"))
            for row in (ConflictRow, ContactRow)
        )
    ).subquery("ties")
    rows = session.connection().execute(
        sa.select(col(DossierRow.round_id), col(DossierRow.state), ties.c.who, sa.func.count())
        .join(ties, ties.c.of == col(DossierRow.id))
        .where(here)
        .group_by(col(DossierRow.round_id), col(DossierRow.state), ties.c.who)
    )
    return {(of, state, person): count for of, state, person, count in rows}

"""How far has a member come with the dossiers of a committee, and what do chairs need beside the ranking?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.cohort.letters import title
from engine.database.cohort.scores import of_its_list
from engine.database.own_windows import not_scored_yet, scoring_over
from engine.database.pages.committee import without_conflict_of, without_ties_of
from engine.database.records import (
    AnswerRow,
    AssignmentRow,
    ClearanceRow,
    ConflictRow,
    ContactRow,
    DossierRow,
    PersonRow,
    RecommendationRow,
    RoleRow,
    ScoreRow,
    VerdictRow,
)
from engine.database.sitting import known_to, sits_for
from engine.rules.assessing import assessment_in, criteria_in, has_one_time
from engine.rules.budgets import asking
from engine.rules.divided import is_divided
from engine.rules.moments import Calendar
from engine.rules.workflow import Workflow

Progress = Literal["conflict", "theirs", "unanswered", "left", "done"]
"""there is a conflict, it is the member's own dossier, whether there is a conflict is not answered yet, something is
still wanting, or all is said"""


@dataclass(frozen=True, slots=True)
class Ties:
    """What a member has said of one dossier, or of `count` dossiers alike."""

    round_id: int
    state: str
    contact: bool
    conflict: bool
    cleared: bool
    marks: int
    """for how many criteria a mark stands"""
    recommended: bool
    given: bool
    """whether the dossier was given to the member to read"""
    count: int = 1
    number: str = ""
    organisation: str = ""

    def progress(self, workflow: Workflow) -> Progress:
        """How far the member has come with it."""
        if self.conflict:
            return "conflict"
        if self.contact:
            return "theirs"
        if not self.cleared:
            return "unanswered"
        return "done" if has_judged(workflow, self.state, self.marks, self.recommended) else "left"


    def is_asked(self, workflow: Workflow) -> bool:
        """Whether something is asked of the member: where dossiers are given to some, of those alone."""
        one = assessment_in(workflow, self.state)
        return one is not None and (one.readers is None or self.given)


def has_judged(workflow: Workflow, state: str, marks: int, recommended: bool) -> bool:
    """Whether a member has said all that is asked: every mark, or a recommendation where no marks are given."""
    criteria = criteria_in(workflow, state)
    return marks >= len(criteria) if criteria else recommended


def _exists(row: type[ConflictRow | ContactRow | RecommendationRow | ClearanceRow], person_id: int) -> sa.Exists:
    return sa.exists().where(col(row.dossier_id) == col(DossierRow.id), col(row.person_id) == person_id)


def _ties(workflow: Workflow, person_id: int) -> sa.Select[Any]:
    """Each dossier with what a person has said of it; not those from which the applicant has them kept away."""
    marks = (
        sa.select(sa.func.count(sa.distinct(col(ScoreRow.criterion))))
        .where(
            col(ScoreRow.dossier_id) == col(DossierRow.id),
            col(ScoreRow.person_id) == person_id,
            col(ScoreRow.replaced_at).is_(None),
            of_its_list(workflow, ScoreRow),
        )
        .correlate(DossierRow)
        .scalar_subquery()
    )
    return sa.select(
        col(DossierRow.round_id),
        col(DossierRow.state),
        _exists(ContactRow, person_id).label("contact"),
        _exists(ConflictRow, person_id).label("conflict"),
        _exists(ClearanceRow, person_id).where(col(ClearanceRow.ended_at).is_(None)).label("cleared"),
        marks.label("marks"),
        _exists(RecommendationRow, person_id)
        .where(col(RecommendationRow.replaced_at).is_(None), of_its_list(workflow, RecommendationRow))
        .label("recommended"),
        sa.exists()
        .where(
            col(AssignmentRow.dossier_id) == col(DossierRow.id), col(AssignmentRow.person_id) == person_id,
            col(AssignmentRow.ended_at).is_(None), of_its_list(workflow, AssignmentRow),
        )
        .label("given"),
    ).where(~_exists(ConflictRow, person_id).where(col(ConflictRow.kept_away)))


def counts(session: Session, person_id: int, rounds: Mapping[int, Workflow]) -> Sequence[Ties]:
    """How many dossiers of the rounds stand alike, by what a person has said of them; one question for all rules.

    Rounds whose workflows declare assessments, or a committee for each strand or answer, are asked about one by one.
    """
    alike = [id for id, workflow in rounds.items() if not workflow.assessments and not is_divided(workflow)]
    groups = [([id], rounds[id]) for id in rounds if id not in alike]
    groups += [(alike, rounds[alike[0]])] if alike else []
    return [ties for ids, workflow in groups for ties in _counted(session, workflow, person_id, ids)]


def _counted(session: Session, workflow: Workflow, person_id: int, round_ids: Sequence[int]) -> Sequence[Ties]:
    known = col(DossierRow.round_id).in_(round_ids), known_to(workflow, person_id)
    each = _ties(workflow, person_id).where(*known).subquery("each")
    rows: Any = session.connection().execute(sa.select(*each.c, sa.func.count()).group_by(*each.c))
    return [
        Ties(
            round_id, state, bool(contact), bool(conflict), bool(cleared), marks, bool(recommended), bool(given), count
        )
        for round_id, state, contact, conflict, cleared, marks, recommended, given, count in rows
    ]


def each(
    session: Session, workflow: Workflow, person_id: int, round_id: int, states: Sequence[str], *,
    conflicts: bool = False,
) -> Sequence[Ties]:
    """The dossiers of a round in these states by number, with what a person has said of each.

    With `conflicts` also those in other states with which the person has a conflict: where they stand is not told.
    """
    in_state = sa.and_(col(DossierRow.state).in_(states), known_to(workflow, person_id))
    wanted = sa.or_(in_state, _exists(ConflictRow, person_id)) if conflicts else in_state
    rows: Any = session.connection().execute(
        _ties(workflow, person_id)
        .add_columns(col(DossierRow.number), col(DossierRow.organisation))
        .where(col(DossierRow.round_id) == round_id, wanted)
        .order_by(col(DossierRow.number))
    )
    return [
        Ties(
            round, state, bool(contact), bool(conflict), bool(cleared), marks, bool(recommended), bool(given), 1,
            number, name,
        )
        for round, state, contact, conflict, cleared, marks, recommended, given, number, name in rows
    ]  # fmt: skip


def tied(session: Session, person_id: int, round_id: int, *, by_conflict: bool = False) -> Mapping[str, int]:
    """state -> with how many of its dossiers a person has a conflict, or (unless that is all) speaks for them."""
    free = without_conflict_of(person_id) if by_conflict else without_ties_of(person_id)
    rows = session.connection().execute(
        sa.select(col(DossierRow.state), sa.func.count())
        .where(col(DossierRow.round_id) == round_id, ~free)
        .group_by(col(DossierRow.state))
    )
    return {str(state): int(count) for state, count in rows}


def known_counts(
    session: Session, workflow: Workflow, person_id: int, round_id: int, *, by_conflict: bool
) -> Mapping[str, int]:
    """state -> how many of its dossiers a chair, or one of the staff (`by_conflict`), may know of and has no tie with.
    """
    free = without_conflict_of(person_id) if by_conflict else without_ties_of(person_id)
    rows = session.connection().execute(
        sa.select(col(DossierRow.state), sa.func.count())
        .where(col(DossierRow.round_id) == round_id, free, known_to(workflow, person_id, as_chair=True))
        .group_by(col(DossierRow.state))
    )
    return {str(state): int(count) for state, count in rows}


def not_scored_now(
    session: Session, workflow: Workflow, round_id: int, states: Sequence[str], calendar: Calendar, now: int
) -> frozenset[str]:
    """The numbers of the dossiers that cannot be scored now, by days of their own; none where all have one time."""
    known = [(state, one) for state in states if (one := assessment_in(workflow, state))]
    own = [(state, one) for state, one in known if not has_one_time(one, calendar.cut)]
    if not own:
        return frozenset()
    over = [
        sa.and_(
            col(DossierRow.state) == state,
            sa.or_(scoring_over(workflow, one, state, calendar, now), not_scored_yet(one, calendar, now)),
        )
        for state, one in own
    ]
    found = select(DossierRow.number).where(col(DossierRow.round_id) == round_id, sa.or_(*over))
    return frozenset(session.exec(found).all())


def titles(session: Session, workflow: Workflow, round_id: int, numbers: Sequence[str]) -> dict[str, str]:
    """number -> what people call the dossier."""
    rows = session.connection().execute(
        sa.select(col(DossierRow.number), title(workflow)).where(
            col(DossierRow.round_id) == round_id, col(DossierRow.number).in_(numbers)
        )
    )
    return {number: str(called) for number, called in rows}


def amounts(session: Session, workflow: Workflow, round_id: int, state: str) -> dict[str, float]:
    """number -> what is asked for, of the dossiers in a state that ask for money."""
    asked = next((one.name for one in asking(workflow)), None)
    if asked is None:
        return {}
    rows = session.exec(
        select(DossierRow.number, AnswerRow.value)
        .join(AnswerRow, col(AnswerRow.dossier_id) == col(DossierRow.id))
        .where(
            col(DossierRow.round_id) == round_id, col(DossierRow.state) == state, col(AnswerRow.question) == asked
        )
        .order_by(col(AnswerRow.version))
    ).all()
    return {number: value for number, value in rows if isinstance(value, int | float)}


def answers_to(session: Session, round_id: int, state: str, question: str) -> dict[str, str]:
    """number -> the newest answer to a question, as text, of the dossiers in a state that have answered it."""
    rows = session.exec(
        select(DossierRow.number, AnswerRow.value)
        .join(AnswerRow, col(AnswerRow.dossier_id) == col(DossierRow.id))
        .where(
            col(DossierRow.round_id) == round_id, col(DossierRow.state) == state, col(AnswerRow.question) == question
        )
        .order_by(col(AnswerRow.version))
    ).all()  # fmt: skip
    return {number: "" if value is None else str(value).strip() for number, value in rows}


def stepped_back(session: Session, round_id: int, committee: str, state: str) -> Mapping[str, int]:
    """number -> how many members of a committee have a conflict with the dossier, of those in a state."""
    rows = session.exec(
        select(DossierRow.number, sa.func.count())
        .join(ConflictRow, col(ConflictRow.dossier_id) == col(DossierRow.id))
        .join(RoleRow, col(RoleRow.person_id) == col(ConflictRow.person_id))
        .where(
            col(DossierRow.round_id) == round_id, col(DossierRow.state) == state,
            col(RoleRow.round_id) == round_id, col(RoleRow.role) == committee, sits_for(),
        )
        .group_by(col(DossierRow.number))
    ).all()  # fmt: skip
    return dict(rows)


def seated(session: Session, round_id: int, committee: str, state: str) -> Mapping[str, int]:
    """number -> how many sit in the committee of that name before which the dossier lies, of those in a state."""
    rows = session.exec(
        select(DossierRow.number, sa.func.count())
        .join(RoleRow, col(RoleRow.round_id) == col(DossierRow.round_id))
        .where(
            col(DossierRow.round_id) == round_id, col(DossierRow.state) == state, col(RoleRow.role) == committee,
            sits_for(),
        )
        .group_by(col(DossierRow.number))
    ).all()  # fmt: skip
    return dict(rows)


def letters_by_language(session: Session, round_id: int, numbers: Sequence[str]) -> Mapping[str, int]:
    """language -> how many people speak for these dossiers and read that language; one letter a dossier each."""
    rows = session.exec(
        select(PersonRow.language, sa.func.count())
        .join(ContactRow, col(ContactRow.person_id) == col(PersonRow.id))
        .join(DossierRow, col(DossierRow.id) == col(ContactRow.dossier_id))
        .where(col(DossierRow.round_id) == round_id, col(DossierRow.number).in_(numbers))
        .group_by(col(PersonRow.language))
        .order_by(col(PersonRow.language))
    ).all()
    return dict(rows)


def standing_on(session: Session, round_id: int, numbers: Sequence[str]) -> Mapping[str, str]:
    """number -> the transition of the verdict that stands on it."""
    rows = session.exec(
        select(DossierRow.number, VerdictRow.transition)
        .join(VerdictRow, col(VerdictRow.dossier_id) == col(DossierRow.id))
        .where(
            col(DossierRow.round_id) == round_id, col(DossierRow.number).in_(numbers),
            col(VerdictRow.ended_at).is_(None),
        )
    ).all()  # fmt: skip
    return dict(rows)

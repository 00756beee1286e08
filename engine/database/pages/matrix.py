"""How far is each member of a committee with each dossier that lies before it?

Everything comes of one table of members and dossiers, which stays in the database: a page takes the cells that it
shows, and counts are counted there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.cohort.letters import title
from engine.database.cohort.scores import complete_mean, of_list
from engine.database.pages.committee import without_conflict_of
from engine.database.records import (
    AssignmentRow,
    ClearanceRow,
    ConflictRow,
    ContactRow,
    DossierRow,
    PersonRow,
    RecommendationRow,
    RoleRow,
    ScoreRow,
    SetAsideRow,
)
from engine.database.sitting import scope_now, sits_for
from engine.rules.assessing import UNDECLARED, assessment_in, divisor, list_in, said_score
from engine.rules.workflow import Assessment, Workflow

Progress = Literal["conflict", "theirs", "unanswered", "done", "left"]
"""as `judging.Progress`, the first that holds"""
Filter = Literal["", "waiting", "conflicts", "quorum", "unasked"]
FILTERS: tuple[Filter, ...] = ("", "waiting", "conflicts", "quorum", "unasked")
"""all; something is wanted of somebody; somebody stepped back; too few are left to decide; nobody is asked first"""


@dataclass(frozen=True, slots=True)
class Table:
    """Which members and which dossiers: those of a round in one state, before a committee.

    Dossiers that whoever looks (`looker`, a person) has a conflict with are not there.
    """

    workflow: Workflow
    round_id: int
    committee: str
    state: str
    looker: int | None = None
    also: sa.ColumnElement[bool] | None = field(default=None, compare=False)
    """what must hold of a dossier besides"""
    scope: str | None = None
    """of which strand or answer the committee is, where there is one for each and one of them is meant"""

    @property
    def assessment(self) -> Assessment:
        """In which assessment the committee reads them, or has read them; of no criteria where it only decides."""
        one = assessment_in(self.workflow, self.state) or list_in(self.workflow, self.state)
        return one or Assessment(UNDECLARED, "", self.committee, (self.state,), ())

    @property
    def stand(self) -> tuple[sa.ColumnElement[bool], ...]:
        """The conditions that somebody is asked first about them."""
        return (
            col(AssignmentRow.committee) == self.committee, col(AssignmentRow.assessment) == self.assessment.name,
            col(AssignmentRow.ended_at).is_(None),
        )  # fmt: skip

    @property
    def before(self) -> sa.ColumnElement[bool]:
        """The condition that a dossier lies before the committee that is meant; all are where none is."""
        per = self.workflow.committees[self.committee].per
        return sa.true() if self.scope is None or per is None else scope_now(per) == self.scope

    @property
    def dossiers(self) -> sa.ColumnElement[bool]:
        """The condition that a dossier is one of them."""
        return sa.and_(
            col(DossierRow.round_id) == self.round_id,
            col(DossierRow.state) == self.state,
            sa.true() if self.looker is None else without_conflict_of(self.looker),
            sa.true() if self.also is None else self.also,
            self.before,
        )


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who sits in the committee, and her part of all that lies before it."""

    id: int
    name: str
    email: str
    language: str
    chair: bool
    assigned: int = 0
    """dossiers about which she is asked first"""
    asked: int = 0
    """those, and the ones for which nobody is asked first"""
    done: int = 0
    unanswered: int = 0
    conflicts: int = 0
    waiting: int = 0
    """of those that she is asked about: something is wanted of her still"""

    @property
    def called(self) -> str:
        return self.name or self.email


@dataclass(frozen=True, slots=True)
class Cell:
    """One member and one dossier."""

    progress: Progress
    assigned: bool
    waiting: bool
    mean: float | None
    """her score, once every mark is given, as people say it"""
    aside: bool = False
    """whether her marks were set aside, and do not count"""


@dataclass(frozen=True, slots=True)
class Line:
    """One dossier, with the members' cells by person id."""

    number: str
    title: str
    organisation: str
    cells: Mapping[int, Cell]

    @property
    def done(self) -> int:
        return sum(cell.progress == "done" for cell in self.cells.values())

    @property
    def assigned(self) -> int:
        return sum(cell.assigned for cell in self.cells.values())

    @property
    def free(self) -> int:
        """members without a conflict: those that the quorum counts"""
        return sum(cell.progress != "conflict" for cell in self.cells.values())

    @property
    def waiting(self) -> int:
        return sum(cell.waiting for cell in self.cells.values())


def _said(table: Table, *only: sa.ColumnElement[bool]) -> sa.Subquery:
    """dossier, person -> for how many criteria a mark stands, and what these marks come to."""
    one = table.assessment
    mean: Any = complete_mean(table.workflow, one)[0] if divisor(table.workflow, one) else sa.cast(sa.null(), sa.Float)
    return (
        sa.select(
            col(ScoreRow.dossier_id).label("dossier_id"), col(ScoreRow.person_id).label("person_id"),
            sa.func.count(sa.distinct(col(ScoreRow.criterion))).label("marks"), mean.label("mean"),
        )
        .join(DossierRow, col(DossierRow.id) == col(ScoreRow.dossier_id))
        .where(table.dossiers, of_list(one, one.criteria), *only)
        .group_by(col(ScoreRow.dossier_id), col(ScoreRow.person_id))
        .subquery("said")
    )  # fmt: skip


def _asked(table: Table) -> sa.Subquery:
    """Each dossier about which somebody is asked first."""
    return (
        sa.select(col(AssignmentRow.dossier_id).label("dossier_id"))
        .where(*table.stand)
        .distinct()
        .subquery("asked")
    )


def _beside(row: type[Any], *more: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """What joins a member's row about a dossier to both."""
    return sa.and_(col(row.dossier_id) == col(DossierRow.id), col(row.person_id) == col(RoleRow.person_id), *more)


def grid(table: Table, *only: sa.ColumnElement[bool]) -> sa.Subquery:
    """Every member beside every dossier (of those that hold `only`): what has come of it, and whether she is asked."""
    said, asked, criteria = _said(table, *only), _asked(table), table.assessment.criteria
    # where each dossier is given to some, nobody else is asked about it
    free = sa.false() if table.assessment.readers else asked.c.dossier_id.is_(None)
    judged = said.c.marks >= len(criteria) if criteria else col(RecommendationRow.id).is_not(None)
    assigned = col(AssignmentRow.id).is_not(None)
    progress = sa.case(
        (col(ConflictRow.id).is_not(None), "conflict"),
        (col(ContactRow.id).is_not(None), "theirs"),
        (col(ClearanceRow.id).is_(None), "unanswered"),
        (sa.func.coalesce(judged, sa.false()), "done"),
        else_="left",
    )
    joined = (
        sa.join(DossierRow, RoleRow, col(RoleRow.round_id) == col(DossierRow.round_id))
        .outerjoin(ConflictRow, _beside(ConflictRow))
        .outerjoin(ContactRow, _beside(ContactRow))
        .outerjoin(ClearanceRow, _beside(ClearanceRow, col(ClearanceRow.ended_at).is_(None)))
        .outerjoin(
            RecommendationRow,
            _beside(
                RecommendationRow, col(RecommendationRow.replaced_at).is_(None),
                col(RecommendationRow.assessment) == table.assessment.name,
            ),
        )
        .outerjoin(AssignmentRow, _beside(AssignmentRow, *table.stand))
        .outerjoin(
            SetAsideRow,
            _beside(
                SetAsideRow, col(SetAsideRow.assessment) == table.assessment.name, col(SetAsideRow.ended_at).is_(None)
            ),
        )
        .outerjoin(
            said,
            sa.and_(said.c.dossier_id == col(DossierRow.id), said.c.person_id == col(RoleRow.person_id)),
        )
        .outerjoin(asked, asked.c.dossier_id == col(DossierRow.id))
    )  # fmt: skip
    each = (
        sa.select(
            col(DossierRow.id).label("dossier_id"), col(DossierRow.number).label("number"),
            col(RoleRow.person_id).label("person_id"), progress.label("progress"),
            sa.case((assigned, 1), else_=0).label("assigned"),
            sa.case((sa.or_(assigned, free), 1), else_=0).label("asked"),
            sa.case((said.c.marks >= len(criteria), said.c.mean)).label("mean"),
            sa.case((col(SetAsideRow.id).is_not(None), 1), else_=0).label("aside"),
        )
        .select_from(joined)
        .where(table.dossiers, col(RoleRow.role) == table.committee, sits_for(), *only)
        .subquery("each")
    )  # fmt: skip
    wanted = sa.and_(each.c.asked == 1, each.c.progress.in_(("unanswered", "left")))
    return sa.select(*each.c, sa.case((wanted, 1), else_=0).label("waiting")).subquery("grid")


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far a committee is: its members, the chair first, then by name, and how many dossiers each filter shows."""

    members: Sequence[Member]
    counts: Mapping[Filter, int]


def members(session: Session, table: Table) -> Sequence[Member]:
    """Who sits in the committee, the chair first, then by name, without what they have before them."""
    leads = sa.func.max(sa.case((col(RoleRow.chair), 1), else_=0))
    rows = session.connection().execute(
        sa.select(col(PersonRow.id), col(PersonRow.name), col(PersonRow.email), col(PersonRow.language),
                  leads)
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(
            col(RoleRow.round_id) == table.round_id, col(RoleRow.role) == table.committee,
            sa.true() if table.scope is None else col(RoleRow.scope).in_(("", table.scope)),
        )
        .group_by(col(PersonRow.id), col(PersonRow.name), col(PersonRow.email), col(PersonRow.language))
        .order_by(leads.desc(), col(PersonRow.name), col(PersonRow.email))
    )  # fmt: skip
    return [Member(id or 0, name, email, language, bool(chair)) for id, name, email, language, chair in rows]


def progressed(session: Session, table: Table) -> Progressed:
    """The same with each member's part of the work, and what each filter shows: every cell is looked at once."""
    # said to both databases: else SQLite works them out for each of the two
    of = sa.select(grid(table)).cte("cells").prefix_with("MATERIALIZED").c
    by_member = sa.select(
        of.person_id, sa.func.sum(of.assigned),
        _count(sa.and_(of.asked == 1, of.progress.not_in(("conflict", "theirs")))),
        _count(sa.and_(of.asked == 1, of.progress == "done")), _count(of.progress == "unanswered"),
        _count(of.progress == "conflict"), sa.func.sum(of.waiting),
    ).group_by(of.person_id)  # fmt: skip
    each = (
        sa.select(*(one.label(name) for name, one in _having(table, of).items()))
        .group_by(of.dossier_id)
        .subquery("each")
    )
    # as many columns as the first half, of which the last says nothing; without members there are dossiers all the same
    every = sa.select(sa.func.count()).select_from(DossierRow).where(table.dossiers).scalar_subquery()
    by_filter = sa.select(sa.literal(0), every, *(_count(one) for one in each.c), sa.literal(0))
    rows = session.connection().execute(sa.union_all(by_member, by_filter)).all()
    counted = {int(row[0]): [int(number or 0) for number in row[1:]] for row in rows}
    shown = dict(zip(FILTERS, counted.pop(0), strict=False))
    people = members(session, table)
    return Progressed([_with_counts(one, counted.get(one.id, [0] * 6)) for one in people], shown)


def _with_counts(member: Member, counts: Sequence[int]) -> Member:
    assigned, asked, done, unanswered, conflicts, waiting = counts
    return replace(
        member, assigned=assigned, asked=asked, done=done, unanswered=unanswered, conflicts=conflicts, waiting=waiting
    )  # fmt: skip


def _narrowed(table: Table, shown: Filter) -> sa.ColumnElement[bool]:
    """The condition that a dossier is among those that a filter shows."""
    if shown == "":
        return sa.true()
    of = grid(table).c
    return col(DossierRow.id).in_(sa.select(of.dossier_id).group_by(of.dossier_id).having(_having(table, of)[shown]))


def _having(table: Table, of: Any) -> dict[Filter, sa.ColumnElement[bool]]:
    """What holds of all cells of a dossier that a filter shows."""
    quorum = table.workflow.committees[table.committee].quorum or 0
    return {
        "waiting": sa.func.sum(of.waiting) > 0,
        "conflicts": _count(of.progress == "conflict") > 0,
        "quorum": _count(of.progress != "conflict") < quorum,
        "unasked": sa.func.sum(of.assigned) == 0,
    }


def has(session: Session, table: Table, number: str) -> bool:
    """Whether a dossier of that number is in the table."""
    wanted = sa.select(sa.func.count()).select_from(DossierRow).where(table.dossiers, col(DossierRow.number) == number)
    return session.connection().execute(wanted).scalar_one() > 0


def page(session: Session, table: Table, shown: Filter = "", *, limit: int = 50, offset: int = 0) -> Sequence[Line]:
    """Some of the dossiers that a filter shows, by number, with every member's cell."""
    rows = session.connection().execute(
        sa.select(col(DossierRow.id), col(DossierRow.number), title(table.workflow), col(DossierRow.organisation))
        .where(table.dossiers, _narrowed(table, shown))
        .order_by(col(DossierRow.number))
        .limit(limit)
        .offset(offset)
    ).all()  # fmt: skip
    cells: dict[str, dict[int, Cell]] = {}
    of = grid(table, col(DossierRow.id).in_([row[0] for row in rows]))
    for one in session.connection().execute(sa.select(of)):
        mean = said_score(table.workflow, table.assessment, one.mean)
        cell = Cell(one.progress, bool(one.assigned), bool(one.waiting), mean, bool(one.aside))
        cells.setdefault(one.number, {})[one.person_id] = cell
    return [Line(number, called, of_whom, cells.get(number, {})) for _, number, called, of_whom in rows]


def pages(session: Session, table: Table, shown: Filter = "", *, size: int = 500) -> Iterator[Line]:
    """All of them, some in memory at a time."""
    offset = 0
    while lines := page(session, table, shown, limit=size, offset=offset):
        yield from lines
        offset += size

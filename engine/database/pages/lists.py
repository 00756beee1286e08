"""Which dossiers of a round are in a list, in which order, and what do they come to together?"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.cohort.letters import title
from engine.database.cohort.scores import scored as scored_by
from engine.database.pages import filtering, marks
from engine.database.pages.answers import answers_of, order_by, ordered_questions
from engine.database.pages.cards import Card, Facts, cards, facts, statement
from engine.database.pages.filtering import Filter, Rules
from engine.database.pages.kept import Kept, chain_end
from engine.database.records import ConflictRow, ContactRow, DossierRow, ObligationRow
from engine.rules.workflow import Workflow

SORTS = (
    "number", "title", "organisation", "state", "strand", "language", "amount", "received", "batch", "entered", "mean",
    "spread",
    "members", "due",
)  # fmt: skip
"""by what a list can be put in order; with a `-` before it the other way round. What is not there comes last."""
ANSWER = "answer."
"""begins the name of an order, or of a column, that is the answer to a question: `answer.trees`"""
FIRST = "number"
T = TypeVar("T")
BY_MARKS = ("mean", "spread", "members")


@dataclass(frozen=True, slots=True)
class Totals:
    """What the dossiers of a list come to."""

    count: int
    asked: float
    """money, of all that ask for some"""


def sorts(workflow: Workflow) -> Sequence[str]:
    """By what the dossiers of these rules can be put in order: SORTS, and what they answer."""
    return [*SORTS, *(f"{ANSWER}{one.name}" for one in ordered_questions(workflow))]


class Looking:
    """One look at the dossiers of a round by somebody of the staff, at one moment of the database.

    Dossiers that she has a conflict with, or speaks for, are not there for her in any answer.
    """

    def __init__(
        self,
        session: Session,
        kept: Kept,
        workflow: Workflow,
        *,
        digest: str,
        round_id: int,
        person_id: int,
        closes: int | None,
    ) -> None:
        self.session = session
        self.workflow = workflow
        self.round_id = round_id
        self._kept = kept
        self._digest = digest
        self.rules: Rules = kept.get(("rules", digest, closes), lambda: Rules(workflow, closes))
        self._closes = closes
        self.end, self.reached = chain_end(session, round_id)
        self.tied = _tied(session, round_id, person_id)

    def keep(self, question: tuple[Any, ...], work_out: Callable[[], T]) -> T:
        """An answer of the whole round, worked out once until something happens in it."""
        return self._kept.get((self.round_id, self.end, self.tied, self._closes, question), work_out)

    @property
    def here(self) -> list[sa.ColumnElement[bool]]:
        """The conditions that a dossier is one of those that can be seen."""
        own = [col(DossierRow.id).not_in(self.tied)] if self.tied else []
        return [col(DossierRow.round_id) == self.round_id, *own]

    def chosen(self, wanted: Filter, *columns: Any) -> sa.Select[Any]:
        """The question for something of the dossiers that a filter leaves."""
        question = sa.select(*columns).select_from(DossierRow).where(*self.here, *filtering.where(wanted, self.rules))
        if "differ" in wanted.only:
            scored = scored_by(self.workflow, marks.of_round(self.round_id))
            every = {state: marks.far_apart(self.workflow, state) for state in self.workflow.states}
            apart = [
                sa.and_(
                    col(DossierRow.state).in_([state for state, its in every.items() if its == floor]),
                    col(DossierRow.id).in_(sa.select(scored.c.dossier_id).where(scored.c.spread >= floor)),
                )
                for floor in sorted(set(every.values()) - {0.0})
            ]
            question = question.where(sa.or_(sa.false(), *apart))
        return question

    def totals(self, wanted: Filter) -> Totals:
        """How many dossiers a filter leaves, and what they ask for."""

        def work_out() -> Totals:
            each = self.chosen(wanted, filtering.amount(self.workflow).label("amount")).subquery("each")
            found = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(each.c.amount), 0.0))
            count, asked = self.session.connection().execute(found.select_from(each)).one()
            return Totals(count, float(asked))

        return work_out() if wanted.is_live else self.keep(("totals", wanted), work_out)

    def ids(self, wanted: Filter, sort: str = FIRST, *, limit: int | None = None, offset: int = 0) -> Sequence[int]:
        """Who is in the list, in its order; `sort` is one of `sorts`, with or without a `-`."""

        def work_out() -> Sequence[int]:
            question = self._ordered(wanted, sort).limit(limit).offset(offset)
            if limit is not None:
                return tuple(self.session.connection().execute(question).scalars())
            return array("q", self.session.connection().execute(question).scalars())

        if limit is None or wanted.is_live or sort.lstrip("-") == "language":
            return work_out()
        return self.keep(("ids", wanted, sort, limit, offset), work_out)

    def numbers(self, wanted: Filter, sort: str = FIRST) -> list[str]:
        """The numbers of all that a filter leaves, in order: what an act on all of them is about."""
        question = self._ordered(wanted, sort).with_only_columns(col(DossierRow.number))
        return list(self.session.connection().execute(question).scalars())

    def cards(self, ids: Sequence[int], *, keep: bool = True) -> list[Card]:
        """What is shown of these dossiers, in this order; kept for whoever looks at the same again, if wanted."""
        if not len(ids):
            return []
        question = self._kept.get(("cards", self._digest, self._closes), lambda: statement(self.rules))

        def work_out() -> Facts:
            return facts(self.session, question, ids)

        return cards(self.session, self.keep(("cards", tuple(ids)), work_out) if keep else work_out(), ids)

    def answers(self, ids: Sequence[int], questions: Sequence[str]) -> Mapping[int, Mapping[str, str]]:
        """dossier -> question -> what it answers, as text, where it does."""
        return answers_of(self.session, self.workflow, ids, [self.workflow.questions[one] for one in questions])

    def counts(self, *flags: str) -> Mapping[str, int]:
        """How many dossiers show each of the flags (of COUNTED), whatever is filtered."""

        def work_out() -> Mapping[str, int]:
            sums = [sa.func.coalesce(sa.func.sum(sa.case((filtering.flag(one, self.rules), 1), else_=0)), 0)
                    for one in flags]  # fmt: skip
            row = self.session.connection().execute(sa.select(*sums).select_from(DossierRow).where(*self.here)).one()
            return dict(zip(flags, map(int, row), strict=True))

        return self.keep(("counts", flags), work_out)

    def _ordered(self, wanted: Filter, sort: str) -> sa.Select[Any]:
        name, backwards = sort.lstrip("-"), sort.startswith("-")
        question = self.chosen(wanted, col(DossierRow.id))
        if name in BY_MARKS:
            scored = scored_by(self.workflow, marks.of_round(self.round_id))
            question = question.join(scored, scored.c.dossier_id == col(DossierRow.id), isouter=True)
            by: Any = scored.c[name]
        else:
            by = self._by(name)
        order = by.desc().nulls_last() if backwards else by.asc().nulls_last()
        # PostgreSQL sorts an index only as it was made: the number alone needs no word about what is not there
        first = (col(DossierRow.number).desc() if backwards else col(DossierRow.number),) if name == "number" else (
            order, col(DossierRow.number),
        )  # fmt: skip
        return question.order_by(*first)

    def _by(self, name: str) -> Any:
        if name.startswith(ANSWER):
            return order_by(self.workflow.questions[name.removeprefix(ANSWER)], self.workflow)
        if name == "title":
            return sa.func.lower(title(self.workflow))
        if name == "state":
            places = {state: place for place, state in enumerate(self.workflow.states)}
            return sa.case(*((col(DossierRow.state) == state, place) for state, place in places.items()))
        if name == "language":
            return filtering.language()
        if name == "amount":
            return filtering.amount(self.workflow)
        if name == "due":
            return (
                sa.select(sa.func.min(col(ObligationRow.due_at)))
                .where(
                    col(ObligationRow.dossier_id) == col(DossierRow.id), col(ObligationRow.fulfilled_at).is_(None),
                    col(ObligationRow.excused_at).is_(None), col(ObligationRow.handed_in_at).is_(None),
                )
                .correlate(DossierRow)
                .scalar_subquery()
            )  # fmt: skip
        return {
            "number": col(DossierRow.number),
            "organisation": sa.func.lower(col(DossierRow.organisation)),
            "received": col(DossierRow.received_at), "batch": col(DossierRow.batch),
            "strand": col(DossierRow.strand),
            "entered": col(DossierRow.entered_at),
        }[name]


def _ties(row: type[ConflictRow] | type[ContactRow]) -> sa.Select[Any]:
    return sa.select(col(row.dossier_id)).where(col(row.person_id) == sa.bindparam("person_id"))


_EITHER = sa.union(_ties(ConflictRow), _ties(ContactRow)).subquery("ties")
_TIED = (
    sa.select(col(DossierRow.id))
    .join(_EITHER, _EITHER.c.dossier_id == col(DossierRow.id))
    .where(col(DossierRow.round_id) == sa.bindparam("round_id"))
    .order_by(col(DossierRow.id))
)
"""put together once: every list asks it"""


def _tied(session: Session, round_id: int, person_id: int) -> tuple[int, ...]:
    """The dossiers of a round that somebody has a conflict with, or speaks for."""
    rows = session.connection().execute(_TIED, {"round_id": round_id, "person_id": person_id}).scalars()
    return tuple(one for one in rows if one is not None)

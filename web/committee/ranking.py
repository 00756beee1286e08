"""How do the dossiers that a committee decides on compare, and where is the line?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlmodel import Session
from starlette.responses import Response

from engine.database.looking import members
from engine.database.pages import judging
from engine.database.pages.marks import far_apart
from engine.database.pages.ranking import Line, Purse, RankedDossier, lines, purses, ranking
from engine.database.store import the_id
from engine.rules.assessing import criteria_of, list_in
from engine.rules.budgets import asking
from engine.rules.ranking import per_of
from engine.rules.roles import is_ordered, questions_seen, reading_committee
from engine.rules.workflow import STRAND, Assessment, Criterion, Workflow
from web.ask import Ask
from web.committee.mine import asked_page, round_calendar
from web.committee.seat import called, closing, decided_alike, decisions, seat_of
from web.policy import LEADS, somebody
from web.problems import NotThere
from web.rendering import render
from web.routes import Pages

pages = Pages()
A_PAGE = 200


@dataclass(frozen=True)
class Row:
    """A dossier in the ranking, with what chairs see beside it."""

    ranked: RankedDossier
    amount: float | None
    free: int
    """members of whom marks are wanted: those to whom it was given, or all who have no conflict with it"""
    ties: bool
    is_wide: bool
    fits: bool | None
    """above the line or below; None where there is no line, or nothing to rank by"""

    @property
    def number(self) -> str:
        return self.ranked.number


@dataclass(frozen=True)
class Spread:
    """How many dossiers of the list, and above the line, gave which answer to a question."""

    question: str
    counts: Sequence[tuple[str, int, int]]
    """(answer, empty where there is none; in the list; above the line)"""


@dataclass(frozen=True)
class Table:
    """The dossiers of one state from first to last."""

    state: str
    committee: str
    rows: Sequence[Row]
    line: Line | None
    """of the first decision that has a cap"""
    purses: Sequence[Purse]
    """the budgets that moves out of the state draw on"""
    is_ordered: bool
    """whether an order that the committee gives by hand counts here"""
    asked: float
    """money asked for by all"""
    within: float
    """money asked for by those above the line"""
    taken: float
    """money asked for by those on whom a decision with a cap stands"""
    has_money: bool
    unanswered: Sequence[tuple[str, str]]
    """(number, title) of dossiers of which a chair has not said yet whether she knows the applicant; not in the rows"""
    hidden: bool
    """whether the visitor has a conflict with dossiers of the round, which are not in the table wherever they stand"""
    criteria: Mapping[str, Criterion]
    """those whose marks count here; none where nothing is marked"""
    title: str = ""
    """of the assessment whose list it is, where the workflow declares some"""
    spread: Spread | None = None
    strand: str | None = None
    """whose dossiers these are; None for those of all"""
    strands: Sequence[str] = ()
    """those that have a ranking of their own"""
    together: bool = True
    """whether there is a ranking of all strands too"""
    agrees: bool = False
    """whether the score is one on which the committee agrees"""


def asked_strand(ask: Ask, state: str) -> str | None:
    """The strand whose ranking is asked for; the first where their places are counted apart, else all together."""
    workflow = ask.place.workflow
    wanted = ask.query.get("strand", "")
    if wanted in workflow.strands:
        return wanted
    return next(iter(workflow.strands), None) if is_apart(ask, state) else None


def is_apart(ask: Ask, state: str) -> bool:
    """Whether the places that are given to those in a state are counted apart for each strand."""
    workflow = ask.place.workflow
    deciding = decisions(workflow, state).values()
    return any(one.guard("at_most") and per_of(workflow, one) == STRAND for one in deciding)


def table_of(
    ask: Ask, session: Session, state: str, strand: str | None = None,
    among: sa.ColumnElement[bool] | None = None,
) -> Table:  # fmt: skip
    """The ranking of a state, or of one strand in it, as the visitor sees it: without the dossiers that she has a
    conflict with. `among` is what must hold of a dossier besides."""
    place, workflow = ask.place, ask.place.workflow
    round_id, person_id = the_id(place.round), somebody(ask).person_id
    committee = reading_committee(workflow, state) or ""
    assessment = list_in(workflow, state)
    is_staff = seat_of(ask).is_staff
    known = ranking(
        session, workflow, round_id, state, limit=100_000, without_ties=None if is_staff else person_id,
        without_conflict=person_id if is_staff else None, among=among,
    )  # fmt: skip
    closed = set() if is_staff else _not_cleared(session, workflow, person_id, round_id, state)
    known = [one for one in known if strand in (None, one.strand)]
    every = _ranked_anew([one for one in known if one.number not in closed])
    line = next((one for one in lines(session, workflow, round_id, state) if one.scope in (None, strand)), None)
    hides_money = not is_staff and money_of(workflow) not in questions_seen(place.standing, workflow, state)
    amounts = {} if hides_money else judging.amounts(session, workflow, round_id, state)
    stepped_back = judging.stepped_back(session, round_id, committee, state)
    if committee and workflow.committees[committee].per:
        sizes = judging.seated(session, round_id, committee, state)
    else:
        sizes = dict.fromkeys((one.number for one in known), members(session, round_id, committee))
    tying, readers = _tying(every), assessment.readers if assessment else None
    floor = far_apart(workflow, state)
    rows = [
        Row(
            one, amounts.get(one.number), readers or sizes.get(one.number, 0) - stepped_back.get(one.number, 0),
            one.number in tying,
            one.spread is not None and floor > 0 and one.spread >= floor,
            None if line is None or one.rank is None else place_in_order < line.places,
        )
        for place_in_order, one in enumerate(every)
    ]  # fmt: skip
    return Table(
        state, committee, rows, line, _purses(session, workflow, round_id, state), is_ordered(workflow, state),
        asked=sum(row.amount or 0 for row in rows),
        within=sum(row.amount or 0 for row in rows if row.fits),
        taken=sum(row.amount or 0 for row in rows if line and row.ranked.verdict == line.transition),
        has_money=any(row.amount is not None for row in rows),
        unanswered=sorted((one.number, one.title) for one in known if one.number in closed),
        hidden=bool(judging.tied(session, person_id, round_id, by_conflict=is_staff)),
        criteria=criteria_of(workflow, assessment),
        title=assessment.title if workflow.assessments and assessment else "",
        spread=_spread(session, workflow, round_id, state, assessment, rows),
        strand=strand, strands=tuple(workflow.strands), together=not is_apart(ask, state),
        agrees=assessment is not None and assessment.score == "consensus",
    )  # fmt: skip


def _purses(session: Session, workflow: Workflow, round_id: int, state: str) -> Sequence[Purse]:
    """The budgets that moves out of a state draw on; one that several moves to the same state draw on stands once."""
    found: dict[tuple[str, str | None], Purse] = {}
    for one in purses(session, workflow, round_id, state):
        found.setdefault((workflow.transitions[one.transition].target, one.scope), one)
    return list(found.values())


def money_of(workflow: Workflow) -> str:
    """The question that asks for money, or no text."""
    return next((one.name for one in asking(workflow)), "")


def _spread(
    session: Session, workflow: Workflow, round_id: int, state: str, one: Assessment | None, rows: Sequence[Row]
) -> Spread | None:
    if one is None or one.spread is None:
        return None
    given = judging.answers_to(session, round_id, state, one.spread)
    answers = {row.number: given.get(row.number, "") for row in rows}
    every, within = Counter(answers.values()), Counter(answers[row.number] for row in rows if row.fits)
    counts = [(answer, count, within[answer]) for answer, count in sorted(every.items(), key=lambda pair: -pair[1])]
    return Spread(workflow.questions[one.spread].ask, counts)


def _not_cleared(session: Session, workflow: Workflow, person_id: int, round_id: int, state: str) -> set[str]:
    return {one.number for one in judging.each(session, workflow, person_id, round_id, [state]) if not one.cleared}


def _ranked_anew(rows: Sequence[RankedDossier]) -> list[RankedDossier]:
    """The ranks as if there were no other dossiers than these: a gap would tell where the others stand."""
    first_of: dict[float, int] = {}
    for place_in_order, row in enumerate(rows, start=1):
        if row.mean is not None:
            first_of.setdefault(row.mean, place_in_order)
    return [replace(row, rank=None if row.mean is None else first_of[row.mean]) for row in rows]


def _tying(rows: Sequence[RankedDossier]) -> set[str]:
    of_rank: dict[int, list[str]] = {}
    for row in rows:
        if row.rank is not None:
            of_rank.setdefault(row.rank, []).append(row.number)
    return {number for numbers in of_rank.values() if len(numbers) > 1 for number in numbers}


def counts_for(ask: Ask, session: Session) -> dict[str, int]:
    """state -> how many dossiers of it there are for the visitor: without those that she has ties with."""
    return dict(
        judging.known_counts(
            session, ask.place.workflow, somebody(ask).person_id, the_id(ask.place.round),
            by_conflict=seat_of(ask).is_staff,
        )
    )  # fmt: skip


def states_to_rank(ask: Ask, counts: Mapping[str, int]) -> list[str]:
    """The states that the visitor can look at: those in which something stands, those under decision first."""
    return [state for state in seat_of(ask).ranked if counts.get(state)]


def asked_state(ask: Ask, session: Session, wanted: str) -> str:
    """The state whose ranking is asked for, or the first. Raises NotThere for one that the visitor does not rank."""
    ranked = seat_of(ask).ranked
    if wanted:
        if wanted not in ranked:
            raise NotThere
        return wanted
    if not ranked:
        raise NotThere
    standing = states_to_rank(ask, counts_for(ask, session))
    return standing[0] if standing else ranked[0]


@pages.get("/committee/{programme}/{round}/ranking", LEADS)
def show(ask: Ask) -> Response:
    """The dossiers of one state from first to last, and which of them get in."""
    place, workflow = ask.place, ask.place.workflow
    with ask.reading() as session:
        state = asked_state(ask, session, ask.query.get("state", ""))
        table = table_of(ask, session, state, asked_strand(ask, state))
        standing = counts_for(ask, session)
        calendar = round_calendar(session, place)
    count = max(1, -(-len(table.rows) // A_PAGE))
    page = min(asked_page(ask), count)
    options = decided_alike(workflow, state)
    return render(
        ask, "committee/ranking.html", table=table, rows=table.rows[(page - 1) * A_PAGE : page * A_PAGE],
        first=(page - 1) * A_PAGE, page=page, pages=count, seat=seat_of(ask),
        states=[(one, standing[one]) for one in states_to_rank(ask, standing)],
        closes=closing(workflow, calendar, state),
        options=[(name, called(ask, name)) for name in options],
        call=lambda name: called(ask, name) if name in workflow.transitions else name,
    )  # fmt: skip

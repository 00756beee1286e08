"""How do the dossiers compare, where do places and money end, and who comes next when a place comes free?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from sqlmodel import Session
from starlette.responses import Response

from engine.database.pages.ranking import agreed_of_all, given_places, means_by_member
from engine.database.store import the_id
from engine.rules.assessing import list_in
from engine.rules.marks import in_words
from engine.rules.normalising import normalised
from engine.rules.workflow import STRAND, Criterion
from web.ask import Ask
from web.committee.marks import score_said
from web.committee.mine import asked_page
from web.committee.ranking import A_PAGE, Row, Table, asked_strand, table_of
from web.committee.seat import called, closing, decisions
from web.policy import MANAGES
from web.routes import Pages
from web.staff.board.columns import Value
from web.staff.console import show
from web.staff.jury.desk import Desk, desk_of, must_desk
from web.staff.jury.sheet import as_file

pages = Pages()
AT = "/staff/{programme}/{round}/committee/ranking"


@dataclass(frozen=True)
class Alike:
    """A dossier's mean and rank if every member marked alike."""

    mean: float
    rank: int


@dataclass(frozen=True)
class More:
    """What staff see of a ranking beside what its chair does."""

    alike: Mapping[str, Alike]
    at_line: frozenset[str]
    """dossiers that tie across the line: the ranking does not say which of them get in"""
    reserve: Mapping[str, int]
    """number -> its place on the reserve list"""
    budget: float = 0
    used: float = 0
    budget_ends: int = -1
    """after so many rows the money is used; -1 where no line is drawn"""


def more_of(table: Table, rows: Sequence[Row], alike: Mapping[str, Alike], budget: float) -> More:
    """What follows from the order of the rows."""
    places = table.line.places if table.line else len(rows)
    at_line = _at_line(rows, places)
    below = [row for row in rows[places:] if row.ranked.rank is not None and row.ranked.verdict is None]
    reserve = {row.number: place for place, row in enumerate(below, start=1)} if table.line else {}
    used, ends = 0.0, -1
    if budget:
        ends = len(rows)
        for place, row in enumerate(rows):
            if used + (row.amount or 0) > budget:
                ends = place
                break
            used += row.amount or 0
    return More(alike, at_line, reserve, budget, used, ends)


def _at_line(rows: Sequence[Row], places: int) -> frozenset[str]:
    if not 0 < places < len(rows) or rows[places].ranked.rank is None:
        return frozenset()
    rank = rows[places].ranked.rank
    if rows[places - 1].ranked.rank != rank:
        return frozenset()
    return frozenset(row.number for row in rows if row.ranked.rank == rank)


def alike_of(ask: Ask, session: Session, desk: Desk, rows: Sequence[Row]) -> Mapping[str, Alike]:
    """The means if all marked alike, of the dossiers that are shown, with their ranks among these."""
    shown = {row.number for row in rows}
    means = means_by_member(session, desk.workflow, the_id(ask.place.round), desk.state)
    found = normalised({key: mean for key, mean in means.items() if key[0] in shown})
    ordered = sorted(found.values(), reverse=True)
    first = {mean: place for place, mean in reversed(list(enumerate(ordered, start=1)))}
    return {number: Alike(score_said(ask, desk.state, mean) or 0.0, first[mean]) for number, mean in found.items()}


def asked_budget(ask: Ask) -> float:
    """The sum that is asked about; 0 where none is, or where it is no sum."""
    try:
        given = Decimal(ask.query.get("budget", "").strip()[:20].replace(",", ".") or 0)
    except InvalidOperation:
        return 0
    return float(given) if given.is_finite() and 0 < given < 10**15 else 0


@dataclass(frozen=True)
class Ranked:
    """A ranking as staff look at it."""

    desk: Desk
    table: Table
    rows: Sequence[Row]
    more: More
    is_alike: bool


def look(ask: Ask, session: Session, desk: Desk) -> Ranked:
    """The ranking of a desk, as the address asks for it."""
    is_alike = ask.query.get("alike") == "1"
    if desk.scope is None:
        table = table_of(ask, session, desk.state, asked_strand(ask, desk.state))
    else:
        strand = desk.scope if desk.committee.per == STRAND else asked_strand(ask, desk.state)
        table = table_of(ask, session, desk.state, strand, desk.table.before)
        table = replace(table, strands=() if desk.committee.per == STRAND else table.strands)
    alike = alike_of(ask, session, desk, table.rows) if is_alike else {}
    budget = asked_budget(ask) or _budget_of(table)
    return Ranked(desk, table, table.rows, more_of(table, table.rows, alike, budget), is_alike)


def _budget_of(table: Table) -> float:
    """What the dossiers of a table can have of the round's own budget: what is left, and what they hold already."""
    purse = next((one for one in table.purses if one.scope is None), None)
    if purse is None:
        return 0
    return purse.left + sum(row.amount or 0 for row in table.rows if row.ranked.verdict == purse.transition)


@pages.get(AT, MANAGES)
def ranking(ask: Ask) -> Response:
    """The dossiers of one state from first to last."""
    with ask.reading() as session:
        desk = desk_of(ask, session)
        if desk is None:
            return show(ask, "staff/jury/nobody.html", desk=None)
        ranked = look(ask, session, desk)
    count = max(1, -(-len(ranked.rows) // A_PAGE))
    page = min(asked_page(ask), count)
    first = (page - 1) * A_PAGE
    return show(
        ask, "staff/jury/ranking.html", desk=desk, ranked=ranked, table=ranked.table, first=first, page=page,
        pages=count, rows=ranked.rows[first : first + A_PAGE], closes=closing(desk.workflow, desk.calendar, desk.state),
        options=[(name, called(ask, name)) for name in decisions(desk.workflow, desk.state)],
        call=lambda name: called(ask, name) if name in desk.workflow.transitions else name,
        budget=ask.query.get("budget", "")[:20],
    )  # fmt: skip


@pages.get(f"{AT}.csv", MANAGES)
def sheet(ask: Ask) -> Response:
    """The same as a file."""
    with ask.reading() as session:
        desk = must_desk(ask, session)
        ranked = look(ask, session, desk)
        round_id = the_id(ask.place.round)
        agreeing = list_in(desk.workflow, desk.state) if ranked.table.agrees else None
        places = given_places(session, desk.workflow, round_id, desk.state) if ranked.table.is_ordered else None
        agreed = agreed_of_all(session, desk.workflow, round_id, desk.state, agreeing) if agreeing else {}
    lines = list(_lines(ask, ranked, places, agreed))
    return as_file(f"{ask.place.round.name}-{desk.state}-{ask.say('ranking')}", lines)


def _lines(
    ask: Ask, ranked: Ranked, places: Mapping[str, int] | None, agreed: Mapping[str, Mapping[str, float]]
) -> Iterator[Sequence[Value]]:
    """`places` are those given by hand, where these count; `agreed` the marks that the committee agreed on."""
    say, workflow, more = ask.say, ranked.desk.workflow, ranked.more
    criteria = list(ranked.table.criteria.values()) if ranked.table.agrees else []
    advised = list(decisions(workflow, ranked.desk.state))
    yield [
        say("Rank"), say("Number"), say("Title"), say("Organisation"), say("Asked"),
        say("Agreed score") if ranked.table.agrees else say("Mean"), say("Spread"),
        say("Marked by"), say("Without a conflict"), *(say("Advised: %(decision)s", decision=called(ask, name))
        for name in advised), say("Verdict"), say("Within the line"), say("Reserve"),
        *([say("If all marked alike"), say("Rank if all marked alike")] if ranked.is_alike else []),
        *([say("Place in the order")] if places is not None else []),
        *(say("Agreed on: %(criterion)s", criterion=ask.said(one.title)) for one in criteria),
    ]  # fmt: skip
    for row in ranked.rows:
        one, alike = row.ranked, more.alike.get(row.number)
        yield [
            one.rank, row.number, one.title, one.organisation, row.amount, one.mean, one.spread, one.members, row.free,
            *(one.advised.get(name, 0) for name in advised),
            called(ask, one.verdict) if one.verdict and one.verdict in workflow.transitions else one.verdict,
            None if row.fits is None else say("yes") if row.fits else say("no"), more.reserve.get(row.number),
            *([alike.mean if alike else None, alike.rank if alike else None] if ranked.is_alike else []),
            *([places.get(row.number)] if places is not None else []),
            *(_mark(ask, one, agreed.get(row.number, {}).get(one.name)) for one in criteria),
        ]  # fmt: skip


def _mark(ask: Ask, criterion: Criterion, mark: float | None) -> Value:
    """A mark in a file: its word, or its number."""
    word = None if mark is None else in_words(criterion, mark)
    return mark if word is None else ask.said(word)

"""How far is a committee: who has said what of which dossier, and of whom is something wanted still?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from engine.database.pages import matrix
from engine.database.pages.assignments import last_assigned, reminded
from engine.database.pages.matrix import FILTERS, Cell, Filter, Line, Member
from engine.database.store import the_id
from web.ask import Ask
from web.committee.mine import asked_page
from web.keys import nonce
from web.policy import MANAGES, somebody
from web.routes import Pages
from web.staff.board.columns import Value
from web.staff.console import show
from web.staff.jury.desk import Desk, desk_of, must_desk
from web.staff.jury.sheet import as_file

pages = Pages()
A_PAGE = 50
UNDO = 10 * 60_000_000
"""for so long what somebody has just assigned is taken back with one button (microseconds)"""
LETTER = "opinions-wanted"


@dataclass(frozen=True)
class Told:
    """A cell as it is said: in a word, and with which tone."""

    word: str
    tone: str
    assigned: bool
    mean: float | None


def asked_filter(ask: Ask) -> Filter:
    """What the list is narrowed to; everything where the address says something unknown."""
    return next((one for one in FILTERS if one == ask.query.get("show", "")), "")


def said(ask: Ask, cell: Cell | None, *, late: bool) -> Told:
    """What stands in a cell; nobody who sits in the committee since this very moment has none."""
    if cell is None:
        return Told("–", "", False, None)
    words = {
        "conflict": (ask.say("conflict"), "bad"), "theirs": (ask.say("own dossier"), "bad"),
        "done": (ask.say("done"), "good"), "unanswered": (ask.say("not answered"), "neutral"),
        "left": (ask.say("open"), "neutral"),
    }  # fmt: skip
    word, tone = words[cell.progress]
    if cell.waiting and late:
        word, tone = (ask.say("late, not answered") if cell.progress == "unanswered" else ask.say("late")), "warn"
    elif cell.aside:
        word, tone = ask.say("set aside"), "warn"
    counts = cell.progress == "done" and not cell.aside
    return Told(word, tone, cell.assigned, cell.mean if counts else None)


@pages.get("/staff/{programme}/{round}/committee", MANAGES)
def progress(ask: Ask) -> Response:
    """The members beside the dossiers of one state."""
    shown = asked_filter(ask)
    with ask.reading() as session:
        desk = desk_of(ask, session)
        if desk is None:
            return show(ask, "staff/jury/nobody.html", desk=None)
        progressed = matrix.progressed(session, desk.table)
        members, counts = progressed.members, progressed.counts
        pages_of = max(1, -(-counts[shown] // A_PAGE))
        page = min(asked_page(ask), pages_of)
        lines = matrix.page(session, desk.table, shown, limit=A_PAGE, offset=(page - 1) * A_PAGE)
        told = reminded(session, the_id(ask.place.round), LETTER)
        fresh = last_assigned(session, desk.table, somebody(ask).person_id, ask.now - UNDO)
    marks = ask.query.get("marks") == "1"
    return show(
        ask, "staff/jury/progress.html", desk=desk, members=members, counts=counts, lines=lines, page=page,
        pages=pages_of, shown=shown, filters=filters(desk, shown, counts), reminded=told, fresh=fresh, marks=marks,
        cell=lambda line, member: said(ask, line.cells.get(member.id), late=desk.is_late_with(line.number)),
        once=nonce(),
        quorum=desk.committee.quorum or 0, has_marks=bool(desk.table.assessment.criteria),
    )  # fmt: skip


def filters(desk: Desk, shown: Filter, counts: Mapping[Filter, int]) -> list[tuple[str, str, bool]]:
    """What the dossiers can be narrowed to, each with how many it shows."""
    say = desk.ask.say
    called: dict[Filter, str] = {
        "": say("All"), "waiting": say("Late") if desk.is_late else say("Something open"),
        "conflicts": say("With a conflict"), "quorum": say("Too few left to decide"),
        "unasked": say("Nobody asked first"),
    }  # fmt: skip
    return [(f"{label} {counts[name]}", desk.link(show=name), name == shown) for name, label in called.items()]


@pages.get("/staff/{programme}/{round}/committee.csv", MANAGES)
def sheet(ask: Ask) -> Response:
    """The same as a file: one line a member and dossier, of what the filter shows."""
    with ask.reading() as session:
        desk = must_desk(ask, session)
        members = matrix.members(session, desk.table)
    head = [
        ask.say("Number"), ask.say("Title"), ask.say("Organisation"), ask.say("Member"), ask.say("Mail address"),
        ask.say("Asked first"), ask.say("Progress"), ask.say("Mark"),
    ]  # fmt: skip
    name = f"{ask.place.round.name}-{desk.state}-{ask.say('committee')}"
    return as_file(name, _rows(ask, desk, head, members))


def _rows(ask: Ask, desk: Desk, head: Sequence[str], members: Sequence[Member]) -> Iterator[Sequence[Value]]:
    yield head
    yes, no = ask.say("yes"), ask.say("no")
    with ask.reading() as session:
        for line in matrix.pages(session, desk.table, asked_filter(ask)):
            yield from (_row(ask, desk, line, member, yes, no) for member in members)


def _row(ask: Ask, desk: Desk, line: Line, member: Member, yes: str, no: str) -> Sequence[Value]:
    told = said(ask, line.cells.get(member.id), late=desk.is_late_with(line.number))
    return (
        line.number, line.title, line.organisation, member.called, member.email, yes if told.assigned else no,
        told.word, told.mean,
    )  # fmt: skip

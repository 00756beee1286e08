"""In which rounds does somebody sit in a committee, and how much is left there?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from engine.database.calendars import extended
from engine.database.pages import judging
from engine.database.pages.judging import Ties
from engine.database.pages.people import Part, parts_of
from engine.database.store import extensions_of_all
from engine.files.reading import Programme
from engine.rules.divided import committee_of
from engine.rules.moments import Calendar
from engine.rules.roles import Standing
from engine.rules.workflow import EVERYONE
from web.ask import Ask
from web.committee.seat import Seat, closing
from web.invitations.asked import still_ahead
from web.policy import SIGNED_IN, somebody
from web.rendering import render
from web.routes import Pages

pages = Pages()


@dataclass(frozen=True)
class Stage:
    """What lies before a committee in one state: how far somebody has come, and until when it is judged."""

    state: str
    total: int
    done: int
    unanswered: int
    closes: int | None
    """the first instant after"""

    @property
    def left(self) -> int:
        return self.total - self.done


@dataclass(frozen=True)
class RoundOfMine:
    """A round, and the visitor's parts in it."""

    key: str
    programme: Programme
    calendar: Calendar
    seat: Seat
    stages: Sequence[Stage]
    scopes: Mapping[str, Sequence[str]]
    """committee -> what the strands or the answers are called in whose committees the visitor sits, where some are"""

    @property
    def path(self) -> str:
        return f"/committee/{self.key}"

    def title(self, language: str) -> str:
        return self.programme.translate(self.calendar.round.title, language)

    def said(self, text: str, language: str) -> str:
        return self.programme.translate(text, language)


def stages_of(seat: Seat, calendar: Calendar, ties: Sequence[Ties]) -> list[Stage]:
    """What somebody judges in a round, state by state; states in which nothing lies are left out."""
    found = []
    for state in seat.judged:
        mine = [one for one in ties if one.state == state and one.is_asked(seat.workflow)]
        so_far = [(one.progress(seat.workflow), one.count) for one in mine]
        count = {name: sum(n for progress, n in so_far if progress == name) for name in ("unanswered", "left", "done")}
        if any(count.values()):
            closes = closing(seat.workflow, calendar, state)
            found.append(Stage(state, sum(count.values()), count["done"], count["unanswered"], closes))
    return found


def scopes_of_mine(programme: Programme, its: Sequence[Part]) -> Mapping[str, Sequence[str]]:
    """committee -> what the strands or the answers are called for which somebody has a part in it."""
    found: dict[str, list[str]] = {}
    for part in its:
        committee = committee_of(programme.workflow, part.role)
        if committee is not None and part.scope:
            found.setdefault(committee.name, []).append(programme.workflow.strands.get(part.scope, part.scope))
    return found


@pages.get("/committee", SIGNED_IN)
def rounds(ask: Ask) -> Response:
    """The rounds in which the visitor judges, reads along or minutes."""
    visitor, shelf = somebody(ask), ask.office.shelf
    parts: dict[str, list[Part]] = {}
    with ask.reading() as session:
        for part in parts_of(session, visitor.person_id):
            if part.role != EVERYONE:
                parts.setdefault(part.round, []).append(part)
        ids = [its[0].round_id for its in parts.values()]
        extensions = extensions_of_all(session) if ids else ()
        programmes = {its[0].digest: shelf.get(session, its[0].digest).programme for its in parts.values()}
        rules = {its[0].round_id: programmes[its[0].digest].workflow for its in parts.values()}
        ties = judging.counts(session, visitor.person_id, rules)
    found = []
    for key, its in parts.items():
        programme, id = programmes[its[0].digest], its[0].round_id
        name = key.partition("/")[2]
        calendar = extended(programme.rounds[name], [row for row in extensions if row.round_id == id])
        standing = Standing(
            roles=frozenset(one.role for one in its), chairs=frozenset(one.role for one in its if one.chair)
        )
        seat = Seat(standing, programme.workflow)
        if seat.parts and programme.workflow.committees:
            stages = stages_of(seat, calendar, [one for one in ties if one.round_id == id])
            found.append(RoundOfMine(key, programme, calendar, seat, stages, scopes_of_mine(programme, its)))
    return render(ask, "committee/rounds.html", rounds=found, invitations=still_ahead(ask))

"""Which rounds run, and how does it stand with each?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.responses import Response

from engine.database.calendars import extended
from engine.database.looking import open_rounds
from engine.database.pages.calls import OpenRound, as_open
from engine.database.pages.console import managed_rounds
from engine.database.pages.standing import Stands, stands
from engine.database.preparing import drafts
from engine.database.records import DraftRow
from engine.database.store import extensions_of_all
from engine.files.reading import Programme
from engine.rules.moments import Calendar
from engine.rules.times import Moment
from web.ask import Ask
from web.policy import STAFFS, somebody
from web.routes import Pages
from web.staff.console import show
from web.staff.rounds.moments import moment_said
from web.staff.rounds.typed import number

pages = Pages()
A_PAGE = 50


@dataclass(frozen=True)
class Line:
    """One round; `stands` only for those who run it."""

    round: OpenRound
    programme: Programme
    calendar: Calendar
    stands: Stands | None

    def title(self, language: str) -> str:
        return self.programme.translate(self.programme.rounds[self.round.name].title, language)

    def phases(self, now: int) -> Sequence[str]:
        """The titles of the phases that are open now."""
        return [
            title
            for name, title in self.programme.workflow.phases.items()
            if self.calendar.instant(Moment(name, "opens")) <= now < self.calendar.instant(Moment(name, "closes"))
        ]

    def is_over(self, now: int) -> bool:
        """Whether its last phase has closed."""
        return all(self.calendar.instant(Moment(name, "closes")) <= now for name in self.programme.workflow.phases)

    def begins(self) -> int:
        """When its first phase opens."""
        return min(self.calendar.instant(Moment(name, "opens")) for name in self.programme.workflow.phases)


@pages.get("/staff/rounds", STAFFS)
def rounds(ask: Ask) -> Response:
    """Every round, the last opened first, and those in the making."""
    before = ask.query.get("before", "")
    with ask.reading() as session:
        found = [as_open(row) for row in open_rounds(session, limit=A_PAGE + 1, before=number(before))]
        lines = _lines(ask, session, found[:A_PAGE])
        making: Sequence[DraftRow] = drafts.standing(session)
        session.expunge_all()
    older = found[A_PAGE - 1].id if len(found) > A_PAGE else None
    return show(ask, "staff/rounds/rounds.html", moment_said=moment_said, lines=lines, making=making, older=older)


def _lines(ask: Ask, session: Session, found: Sequence[OpenRound]) -> list[Line]:
    rules = ask.office.shelf.rules(session)
    managed = {one.id for one in managed_rounds(session, somebody(ask).person_id, limit=1_000)}
    standing = stands(session, [one.id for one in found if one.id in managed], ask.now)
    extensions = extensions_of_all(session)
    lines = []
    for one in found:
        programme = rules(one.digest)
        mine = [row for row in extensions if row.round_id == one.id]
        lines.append(Line(one, programme, extended(programme.rounds[one.name], mine), standing.get(one.id)))
    return lines

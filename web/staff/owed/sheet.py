"""How does what is owed leave as a file: one line for each dossier and each thing that it owes?"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from starlette.responses import Response

from engine.database.pages import owed
from engine.database.pages.owed import Of
from web import dates
from web.ask import Ask
from web.policy import MANAGES
from web.routes import Pages
from web.staff.board.columns import Value
from web.staff.jury.sheet import as_file
from web.staff.owed.progress import asked_filter
from web.staff.owed.saying import asked_of, called, words

pages = Pages()


@pages.get("/staff/{programme}/{round}/obligations.csv", MANAGES)
def sheet(ask: Ask) -> Response:
    """What the filter shows, as a file."""
    return as_file(f"{ask.place.round.name}-{ask.say('obligations')}", _rows(ask, asked_of(ask)))


def _rows(ask: Ask, of: Of) -> Iterator[Sequence[Value]]:
    say = ask.say
    yield [
        say("Number"), say("Title"), say("Organisation"), say("State"), say("Obligation"), say("Which"),
        say("Opens"), say("Last day"), say("Where it stands"), say("Since"), say("Late"),
    ]  # fmt: skip
    told, yes, no, zone = words(ask), say("yes"), say("no"), ask.place.zone

    def local(instant: int | None) -> datetime | None:
        return None if instant is None else dates.local(instant, zone).replace(tzinfo=None)

    with ask.reading() as session:
        for line in owed.pages(session, of, asked_filter(ask)):
            for cell in sorted(line.cells.values(), key=lambda one: (one.due_at, one.name, one.position)):
                yield (
                    line.number, line.title, line.organisation, ask.said(of.workflow.states[line.state].title),
                    called(ask, cell.name, cell.position, 1), cell.position, local(cell.opens_at), cell.last_day,
                    told[cell.told][0], local(cell.ended_at), yes if cell.late else no,
                )  # fmt: skip

"""How do the holders, offers and waiting list of a meeting leave as a file?"""

from collections.abc import Iterator, Sequence

from starlette.responses import Response

from engine.database.pages.seats import SeatLine, lines_of
from engine.database.seats import HELD, OFFERED, WAITING
from engine.database.store import the_id
from web import dates
from web.ask import Ask
from web.policy import MANAGES, somebody
from web.routes import Pages
from web.staff.board.columns import Value
from web.staff.jury.sheet import as_file
from web.staff.seats.gathered import the_sitting

pages = Pages()


@pages.get("/staff/{programme}/{round}/seats/{meeting}/list.csv", MANAGES)
def sheet(ask: Ask) -> Response:
    """Everybody who has a seat, an offer or a place in the list, in that order."""
    looker = somebody(ask).person_id
    with ask.reading() as session:
        one = the_sitting(ask, session)
        found = {state: lines_of(session, the_id(one.row), state, looker=looker) for state in (HELD, OFFERED, WAITING)}
    name = f"{ask.place.key.replace('/', '-')}-{one.row.name}-{one.row.position}"
    return as_file(name, _rows(ask, found))


def _rows(ask: Ask, found: dict[str, Sequence[SeatLine]]) -> Iterator[Sequence[Value]]:
    say, zone = ask.say, ask.place.zone
    titles = {HELD: say("Seat"), OFFERED: say("Offer"), WAITING: say("Waiting list")}
    answers = {"accepted": say("Comes"), "declined": say("Does not come"), "tentative": say("Not sure yet")}
    yield [
        say("State"), say("Place in the list"), say("Name"), say("Email address"), say("Language"), say("Dossier"),
        say("Asked for"), say("Answer until"), say("Seat since"), say("Their answer"), say("Reason"),
    ]  # fmt: skip

    def at(instant: int | None) -> str:
        return dates.local(instant, zone).strftime("%Y-%m-%d %H:%M:%S") if instant is not None else ""

    for state, lines in found.items():
        for place, line in enumerate(lines, start=1):
            seat, person = line.seat, line.person
            if line.hidden:
                hidden = say("of a dossier that you have a conflict with")
                yield [titles[state], place if state == WAITING else "", hidden]
                continue
            yield [
                titles[state], place if state == WAITING else "", person.name, person.email, person.language,
                line.number or "", at(seat.asked_at), at(seat.answer_by) if state == OFFERED else "", at(seat.held_at),
                answers.get(line.answer or "", ""), seat.reason or "",
            ]  # fmt: skip

"""What do staff change about the seats of a meeting: their number, somebody beside the list, a seat given back?"""

from starlette.responses import Response

from engine.database.pages.seats import SeatLine, lines_of
from engine.database.seats import HELD, OFFERED, WAITING
from engine.database.store import the_id
from engine.errors import GrantcycleError, Refused
from web.ask import Ask
from web.keys import nonce
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.seats.gathered import Sitting, the_sitting
from web.staff.seats.one import show_one

pages = Pages()
AT = "/staff/{programme}/{round}/seats/{meeting}"
LONGEST = 2_000


@pages.post(f"{AT}/number", MANAGES)
def number(ask: Ask) -> Response:
    """Another number of seats, or none: what frees by it is offered at once."""
    one = _sitting(ask)
    typed = ask.text("seats", 20)
    if typed and not (typed.isascii() and typed.isdecimal()):
        error = ask.say("Enter a whole number, or nothing where anybody may come")
        return show_one(ask, 422, errors=[error], given={"seats": typed})
    try:
        ask.office.cycle.change_seats(
            ask.place.key, the_id(one.row), int(typed) if typed else None, by=ask.email, now=ask.now,
            once=ask.text("once", 200) or nonce(),
        )  # fmt: skip
    except Refused as refused:
        return show_one(ask, 409, errors=_said(ask, refused), given={"seats": typed})
    return ask.go(one.path, ask.say("Kept. Whoever is next on the list hears of what came free."))


@pages.post(f"{AT}/beside", MANAGES)
def beside(ask: Ask) -> Response:
    """A seat for somebody beside the list, with a reason."""
    one = _sitting(ask)
    given = {name: ask.text(name, LONGEST) for name in ("email", "name", "language", "reason")}
    workflow = ask.place.workflow
    language = given["language"] if given["language"] in workflow.languages else workflow.language
    try:
        ask.office.cycle.seat_beside(
            ask.place.key, the_id(one.row), email=given["email"], name=given["name"], language=language,
            reason=given["reason"], one_more=bool(ask.text("one_more", 5)), by=ask.email, now=ask.now,
            once=ask.text("once", 200) or nonce(),
        )  # fmt: skip
    except Refused as refused:
        return show_one(ask, 409, errors=_said(ask, refused), given=given)
    except GrantcycleError:
        error = ask.say("Enter an email address in the right form, like name@example.com")
        return show_one(ask, 422, errors=[error], given=given)
    return ask.go(one.path, ask.say("%(email)s has a seat. The invitation is on its way.", email=given["email"]))


@pages.get(f"{AT}/give-back/{{seat}}", MANAGES)
def before_giving_back(ask: Ask) -> Response:
    """What giving back for somebody does, and a field for the reason."""
    one = _sitting(ask)
    return show(ask, "staff/seats/give_back.html", one=one, line=_line(ask, one), once=nonce(), reason="", errors=[])


@pages.post(f"{AT}/give-back/{{seat}}", MANAGES)
def give_back(ask: Ask) -> Response:
    """A seat, an offer or a place in the list is given back for somebody, who hears of it."""
    one = _sitting(ask)
    line = _line(ask, one)
    reason = ask.text("reason", LONGEST)
    if not reason:
        return show(
            ask, "staff/seats/give_back.html", 422, one=one, line=line, once=nonce(), reason=reason,
            errors=[ask.say("Write down the reason.")], has_errors=True,
        )  # fmt: skip
    ask.office.cycle.give_back_for(
        ask.place.key, the_id(line.seat), reason=reason, by=ask.email, now=ask.now,
        once=ask.text("once", 200) or nonce(),
    )  # fmt: skip
    return ask.go(one.path, ask.say("Given back. %(email)s hears of it.", email=line.person.email))


def _sitting(ask: Ask) -> Sitting:
    with ask.reading() as session:
        return the_sitting(ask, session)


def _line(ask: Ask, one: Sitting) -> SeatLine:
    """The seat in the path, which somebody has still, and which the visitor may know of. Raises NotThere."""
    looker = somebody(ask).person_id
    with ask.reading() as session:
        states = (HELD, OFFERED, WAITING)
        found = [line for state in states for line in lines_of(session, the_id(one.row), state, looker=looker)]
    line = next((line for line in found if str(line.seat.id) == ask.params["seat"] and not line.hidden), None)
    if line is None:
        raise NotThere
    return line


def _said(ask: Ask, refused: Refused) -> list[str]:
    return [said_by(ask, reason) for reason in refused.reasons]

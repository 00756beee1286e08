"""What do staff write down that people told them: when they would be heard, or that they do not come?"""

from starlette.responses import Response

from engine.rules.suggested_order import Wish
from web.ask import Ask
from web.policy import MANAGES
from web.problems import NotThere
from web.routes import Pages
from web.staff.plan.looking import PATH, Sheet, look, meeting_of, path_of

pages = Pages()


@pages.post(f"{PATH}/wish", MANAGES)
def wish(ask: Ask) -> Response:
    """Write when a dossier would be heard; nothing chosen takes a wish back."""
    number = _known(ask, ask.text("number", 100))
    kind, hour = ask.text("wish", 20), ask.text("hour", 5)
    wanted = Wish.of(kind, hour)
    ask.office.cycle.wish_slot(
        ask.place.key, number, meeting_of(ask).name, wanted, by=ask.email, now=ask.now,
        words=ask.text("words", 3_000) or None,
    )  # fmt: skip
    return ask.go(path_of(ask), ask.say("Saved."))


@pages.post(f"{PATH}/declined", MANAGES)
def declined(ask: Ask) -> Response:
    """Write that a dossier does not come; the first of the reserve list is asked in its place."""
    number = _known(ask, ask.text("number", 100))
    came = ask.office.cycle.decline_slot(
        ask.place.key, number, meeting_of(ask).name, by=ask.email, now=ask.now, once=ask.text("once", 200) or None
    )
    if came:
        return ask.go(path_of(ask), ask.say("Written down. %(numbers)s is asked instead.", numbers=", ".join(came)))
    return ask.go(path_of(ask), ask.say("Written down. Nobody waits for the slot."))


def _known(ask: Ask, number: str) -> str:
    """The number of a dossier of this running order. Raises NotThere for one that the visitor may not know of."""
    with ask.reading() as session:
        sheet: Sheet = look(ask, session)
    candidate = sheet.by_number.get(number)
    if candidate is None or candidate.hidden:
        raise NotThere
    return number

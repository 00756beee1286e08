"""What can be done with the dossiers that somebody has chosen, and what not, and why?"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from engine.cycle.offering import Offer, offers
from engine.database.store import find_person
from engine.errors import Refused
from web.ask import Ask
from web.committee.seat import called
from web.place import scene_of
from web.policy import MANAGES
from web.routes import Pages
from web.staff.bulk.chosen import Chosen, chosen, field, titles
from web.staff.bulk.doing import consequences_page
from web.staff.bulk.why import Why, nothing_chosen, why_not
from web.staff.console import show

pages = Pages()
AT = "/staff/{programme}/{round}/act"


@dataclass(frozen=True, slots=True)
class Offered:
    """One move as the page offers it."""

    name: str
    title: str
    state: str
    may: tuple[str, ...]
    why_not: tuple[Why, ...]
    asks_for_a_reason: bool


@pages.get(AT, MANAGES)
def look(ask: Ask) -> Response:
    """What can be done, or what one of it would cause: an address says it as a form does."""
    return _page(ask)


@pages.post(AT, MANAGES)
def look_from_a_form(ask: Ask) -> Response:
    """The same, from the form of the board or the table."""
    return _page(ask)


def _page(ask: Ask) -> Response:
    if ask.place.workflow.transitions.get(field(ask, "transition")):
        return consequences_page(ask)
    with ask.reading() as session:
        try:
            of = chosen(ask, session)
        except Refused as refused:
            return nothing_chosen(ask, refused)
        if elsewhere := _elsewhere(ask, of):
            return ask.go(elsewhere)
        scene = scene_of(ask.office.cycle, session, ask.place.key, ask.now)
        person = find_person(session, ask.email)
        assert person is not None
        found = offers(scene, of.dossiers, person)
        named = titles(ask, session, of.numbers)
    told = [_offered(ask, offer) for offer in found]
    return show(
        ask, "staff/bulk/offers.html", of=of, titles=named, count=len(of.numbers),
        can=[one for one in told if len(one.may) == len(of.numbers)],
        cannot=[one for one in told if len(one.may) < len(of.numbers)],
        others=[(label, text, _elsewhere(ask, of, name)) for name, label, text in _others(ask)],
        state_of={dossier.number: ask.said(ask.place.workflow.states[dossier.state].title) for dossier in of.dossiers},
    )  # fmt: skip


def _others(ask: Ask) -> Sequence[tuple[str, str, str]]:
    """(name, label, what it is) of what is done on pages of its own."""
    say = ask.say
    return (
        ("message", say("Send a message…"), say("Everybody who speaks for them reads it in their own language.")),
        ("extend", say("Give more time…"), say("A later deadline, with a reason; you see first who is affected.")),
        ("assign", say("Assign to members…"), say("Who of the committee is asked to judge them.")),
    )


def _elsewhere(ask: Ask, of: Chosen, name: str = "") -> str | None:
    """The page on which something else is done with the dossiers that are chosen, or None."""
    at = f"/staff/{ask.place.key}"
    wanted = name or field(ask, "do")
    parameter = {"message": ("message", "number"), "extend": ("extend", "dossier"), "assign": ("assign", "number")}
    if wanted not in parameter:
        return None
    path, of_what = parameter[wanted]
    return f"{at}/{path}?{urlencode([(of_what, number) for number in of.numbers])}"


def _offered(ask: Ask, offer: Offer) -> Offered:
    transition = offer.transition
    state = ask.said(ask.place.workflow.states[transition.target].title)
    return Offered(
        transition.name, called(ask, transition.name), state, offer.may, why_not(ask, offer.against),
        offer.asks_for_a_reason,
    )  # fmt: skip

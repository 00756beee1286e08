"""How do staff have a dossier go by other clocks?"""

from starlette.responses import Response

from engine.errors import Refused
from web.applicant.clocks import zones_by_continent
from web.applicant.looking import see
from web.ask import Ask
from web.dates import zone_name
from web.policy import MANAGES
from web.problems import NotThere
from web.routes import Pages
from web.staff.bulk.seen import seen_of
from web.staff.dossier.looking import HERE, page, path_of
from web.staff.dossier.meanwhile import reasons_said

pages = Pages()


@pages.get(HERE + "/clocks", MANAGES)
def choose(ask: Ask) -> Response:
    """The zones that there are."""
    return _page(ask)


@pages.post(HERE + "/clocks", MANAGES)
def change(ask: Ask) -> Response:
    """It goes by these from now on; sent again it does so already, and nothing changes."""
    place, zone = ask.place, ask.text("clocks", 100)
    if not place.by_applicant:
        raise NotThere
    if zone != (place.its_dossier.clocks or place.zone):
        try:
            ask.office.cycle.change_clocks(
                place.key, place.number, zone, by=ask.email, now=ask.now, seen=seen_of(ask)
            )
        except Refused as refused:
            return _page(ask, 409, reasons_said(ask, refused))
    city = zone_name(zone, ask.language)
    said = ask.say("%(number)s now goes by the clocks of %(city)s.", number=place.number, city=city)
    return ask.go(path_of(ask), said)


def _page(ask: Ask, status: int = 200, errors: list[str] | None = None) -> Response:
    place = ask.place
    if not place.by_applicant:
        raise NotThere
    return page(
        ask, "", "clocks.html", status, seen=see(ask), clocks=zones_by_continent(), errors=errors or [],
        chosen=ask.text("clocks", 100) or place.its_dossier.clocks or place.zone,
    )  # fmt: skip

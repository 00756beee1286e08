"""By whose clocks does a dossier go, as somebody who speaks for it says?"""

from collections.abc import Sequence
from functools import cache

from starlette.responses import Response

from engine.cycle.clocks import may_change
from engine.errors import Refused
from engine.files.days import zones
from web.applicant.looking import crumbs, see
from web.ask import Ask
from web.dates import zone_name
from web.place import scene_of
from web.policy import CONTACT
from web.problems import NotThere
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
CLOCKS = "/dossier/{programme}/{round}/{number}/clocks"
CONTINENTS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip
Zones = Sequence[tuple[str, Sequence[tuple[str, str]]]]
"""continent or ocean -> each zone and the place that it is called by"""


@cache
def zones_by_continent() -> Zones:
    """Every zone that is called by a place, in the order of the alphabet."""
    found: dict[str, list[tuple[str, str]]] = {one: [] for one in CONTINENTS}
    for zone in sorted(zones()):
        continent, _, place = zone.partition("/")
        if continent in found and place:
            found[continent].append((zone, place.replace("_", " ").replace("/", ", ")))
    return tuple(found.items())


def clocks_offered(ask: Ask) -> list[tuple[str, str]]:
    """The way to other clocks, where the dossier's dates still hang on them."""
    place = ask.place
    if not place.by_applicant:
        return []
    with ask.reading() as session:
        scene = scene_of(ask.office.cycle, session, place.key, ask.now)
        if not may_change(scene, scene.dossier(place.number)):
            return []
    city = zone_name(place.its_dossier.clocks or place.zone, ask.language)
    return [(ask.say("Time zone: %(city)s", city=city), f"{place.path}/clocks")]


@pages.get(CLOCKS, CONTACT)
def choose(ask: Ask) -> Response:
    """The zones that there are."""
    return _page(ask)


@pages.post(CLOCKS, CONTACT)
def change(ask: Ask) -> Response:
    """It goes by these from now on; sent again it does so already, and nothing changes."""
    place, zone = ask.place, ask.text("clocks", 100)
    if not place.by_applicant:
        raise NotThere
    if zone != (place.its_dossier.clocks or place.zone):
        try:
            ask.office.cycle.change_clocks(place.key, place.number, zone, by=ask.email, now=ask.now)
        except Refused as refused:
            return _page(ask, 422, [said_by(ask, one) for one in refused.reasons])
    return ask.go(place.path, ask.say("The dates of your dossier are those of %(city)s.",
                                      city=zone_name(zone, ask.language)))  # fmt: skip


def _page(ask: Ask, status: int = 200, errors: Sequence[str] = ()) -> Response:
    place = ask.place
    if not place.by_applicant:
        raise NotThere
    return render(
        ask, "applicant/clocks.html", status, seen=(seen := see(ask)), crumbs=crumbs(ask, seen), errors=errors,
        has_errors=bool(errors), clocks=zones_by_continent(),
        chosen=ask.text("clocks", 100) or place.its_dossier.clocks or place.zone,
    )  # fmt: skip

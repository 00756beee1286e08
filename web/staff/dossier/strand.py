"""How do staff put a dossier into another strand?"""

from starlette.responses import Response

from engine.errors import Refused
from web.applicant.looking import see
from web.ask import Ask
from web.policy import MANAGES
from web.problems import NotThere
from web.routes import Pages
from web.staff.bulk.seen import seen_of
from web.staff.dossier.acts import LONGEST
from web.staff.dossier.looking import HERE, page, path_of
from web.staff.dossier.meanwhile import reasons_said

pages = Pages()


@pages.get(HERE + "/strand", MANAGES)
def choose(ask: Ask) -> Response:
    """The strands that there are, and why it changes."""
    return _page(ask)


@pages.post(HERE + "/strand", MANAGES)
def change(ask: Ask) -> Response:
    """It stands there from now on; sent again it stands there already, and nothing changes."""
    place, wanted, reason = ask.place, ask.text("strand", 200), ask.text("reason", LONGEST)
    if not place.workflow.strands:
        raise NotThere
    errors = [] if wanted in place.workflow.strands else [ask.say("Choose one of these.")]
    errors += [] if reason else [ask.say("A reason is asked for here.")]
    if errors:
        return _page(ask, 422, errors)
    try:
        ask.office.cycle.change_strand(
            place.key, place.number, wanted, by=ask.email, now=ask.now, reason=reason, seen=seen_of(ask)
        )
    except Refused as refused:
        return _page(ask, 409, reasons_said(ask, refused))
    said = ask.said(place.workflow.strands[wanted])
    return ask.go(path_of(ask), ask.say("%(number)s now stands in “%(strand)s”.", number=place.number, strand=said))


def _page(ask: Ask, status: int = 200, errors: list[str] | None = None) -> Response:
    place = ask.place
    if not place.workflow.strands:
        raise NotThere
    strands = [(name, ask.said(title)) for name, title in place.workflow.strands.items()]
    return page(
        ask, "", "strand.html", status, seen=see(ask), strands=strands, errors=errors or [],
        chosen=ask.text("strand", 200) or place.its_dossier.strand, reason=ask.text("reason", LONGEST),
    )  # fmt: skip

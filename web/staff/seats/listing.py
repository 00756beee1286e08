"""For which meetings do people sign up, and how full are they?"""

from starlette.responses import Response

from web.ask import Ask
from web.policy import MANAGES
from web.routes import Pages
from web.staff.console import show
from web.staff.seats.gathered import sittings

pages = Pages()


@pages.get("/staff/{programme}/{round}/seats", MANAGES)
def seats(ask: Ask) -> Response:
    """Every meeting for which people sign up, with its seats, offers and waiting list."""
    with ask.reading() as session:
        found = sittings(ask, session)
    return show(ask, "staff/seats/meetings.html", found=found)

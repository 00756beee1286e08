"""Who has a seat at one meeting, to whom is one offered, and who waits, in which order?"""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from engine.database.pages.seats import answers_of, lines_of, past_lines_of
from engine.database.seats import HELD, OFFERED, WAITING
from engine.database.store import the_id
from web.ask import Ask
from web.keys import nonce
from web.policy import MANAGES, somebody
from web.routes import Pages
from web.staff.console import show
from web.staff.seats.gathered import the_sitting

pages = Pages()
A_PAGE = 100
PAST = 20
"""of those who have nothing there any more so many are shown, the last"""


@pages.get("/staff/{programme}/{round}/seats/{meeting}", MANAGES)
def meeting(ask: Ask) -> Response:
    """Holders with their answers, offers, the list in its order, and the forms that change them."""
    return show_one(ask)


def show_one(
    ask: Ask, status: int = 200, *, errors: Sequence[str] = (), given: dict[str, str] | None = None
) -> Response:
    """The page; after a form that was not taken, with why and with what was typed in it."""
    held_page, list_page = (_page(ask, name) for name in ("held", "list"))
    with ask.reading() as session:
        one = the_sitting(ask, session)
        id, looker = the_id(one.row), somebody(ask).person_id
        facts: dict[str, Any] = {
            "holders": lines_of(session, id, HELD, looker=looker, limit=A_PAGE, offset=(held_page - 1) * A_PAGE),
            "offers": lines_of(session, id, OFFERED, looker=looker, limit=A_PAGE),
            "waiting": lines_of(session, id, WAITING, looker=looker, limit=A_PAGE, offset=(list_page - 1) * A_PAGE),
            "past": past_lines_of(session, id, looker=looker, limit=PAST),
            "answers": answers_of(session, id),
        }
    return show(
        ask, "staff/seats/one.html", status, one=one, once=nonce(), errors=list(errors), has_errors=bool(errors),
        given={"email": "", "name": "", "language": "", "reason": "", "seats": "", **(given or {})},
        held_page=held_page, held_pages=_pages(one.counts.held), list_page=list_page,
        list_pages=_pages(one.counts.waiting), first=(list_page - 1) * A_PAGE, tongues=ask.place.workflow.languages,
        **facts,
    )  # fmt: skip


def _page(ask: Ask, name: str) -> int:
    """Which page of a list is asked for: `?held=2&list=1`."""
    text = ask.query.get(name, "1")
    return int(text) if text.isascii() and text.isdecimal() and int(text[:6]) > 0 else 1


def _pages(count: int) -> int:
    return max(-(-count // A_PAGE), 1)

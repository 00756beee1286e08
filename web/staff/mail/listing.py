"""Which mail has come in: what waits for somebody, and all of it."""

from starlette.responses import Response

from engine.database.pages.received import mails, waiting_mails
from engine.database.store import the_id
from web.ask import Ask
from web.policy import MANAGES, somebody
from web.routes import Pages
from web.staff.console import show
from web.staff.mail.saying import handled_words, kind_of, outcome_of, why_of

pages = Pages()
RECEIVED = "/staff/{programme}/{round}/received"
A_PAGE = 50


@pages.get(RECEIVED, MANAGES)
def received(ask: Ask) -> Response:
    """What waits, the newest first; or all that came."""
    everything, before = ask.query.get("show") == "all", ask.query.get("before", "")
    older_than = int(before) if before.isascii() and before.isdecimal() and len(before) < 18 else None
    looker, round_id = somebody(ask).person_id, the_id(ask.place.round)
    with ask.reading() as session:
        found = mails(session, round_id, looker, waiting=not everything, limit=A_PAGE + 1, before=older_than)
        waits = sum(count for count, _ in waiting_mails(session, [round_id], looker).values())
    here = f"/staff/{ask.place.key}/received"
    rows = [
        {"mail": one, "kind": kind_of(ask, one), "outcome": outcome_of(ask, one), "why": why_of(ask, one),
         "handled": handled_words(ask, one)}
        for one in found[:A_PAGE]
    ]  # fmt: skip
    older = found[A_PAGE - 1].id if len(found) > A_PAGE else None
    return show(
        ask, "staff/mail/received.html", rows=rows, here=here, everything=everything, crumbs=[],
        older=f"{here}?{'show=all&' if everything else ''}before={older}" if older else "",
        tabs=[
            (ask.say("Waits (%(n)s)", n=waits), here, not everything), (ask.say("All"), f"{here}?show=all", everything)
        ],
    )  # fmt: skip

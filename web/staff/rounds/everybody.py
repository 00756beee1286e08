"""Who takes part in any of the rounds that somebody runs?"""

from itertools import groupby

from starlette.responses import Response

from engine.database.pages.console import managed_rounds
from engine.database.pages.parts import everybody
from web.ask import Ask
from web.policy import STAFFS, somebody
from web.routes import Pages
from web.staff.console import show

pages = Pages()
A_PAGE = 50


@pages.get("/staff/people", STAFFS)
def people(ask: Ask) -> Response:
    """By address; each with their parts."""
    wanted, after = ask.query.get("q", "").strip()[:100], ask.query.get("after", "")[:320]
    with ask.reading() as session:
        ids = [one.id for one in managed_rounds(session, somebody(ask).person_id, limit=1_000)]
        found = everybody(session, ids, limit=A_PAGE + 1, after=after, like=wanted)
    persons = [(email, list(parts)) for email, parts in groupby(found, key=lambda one: one.email)]
    return show(
        ask, "staff/rounds/everybody.html", persons=persons[:A_PAGE], wanted=wanted,
        further=persons[A_PAGE - 1][0] if len(persons) > A_PAGE else None,
    )  # fmt: skip

"""With which settings does this installation run? They are shown, and changed where they stand."""

from itertools import groupby

from starlette.responses import Response

from web.ask import Ask
from web.policy import STAFFS
from web.routes import Pages
from web.staff.console import show

pages = Pages()


@pages.get("/staff/settings", STAFFS)
def settings(ask: Ask) -> Response:
    """Table by table, each with where its value comes from; of a secret only whether it is given."""
    found = ask.office.workshop.settings()
    tables = [(table, list(some)) for table, some in groupby(found, key=lambda one: one.table)]
    return show(ask, "staff/rounds/settings.html", tables=tables)

"""How is something sent that was kept while its sender signed in again?"""

from starlette.responses import Response

from engine.database.access import kept_forms
from engine.database.records import KeptFormRow
from web.ask import Ask
from web.errors import NOT_TYPED
from web.policy import SIGNED_IN, somebody
from web.problems import NotThere
from web.rendering import render
from web.routes import Pages

pages = Pages()


@pages.get("/kept/{nonce}", SIGNED_IN)
def kept(ask: Ask) -> Response:
    """What was kept, with one button that sends it: opening this page sends nothing."""
    row = _kept(ask)
    fields = [
        value if isinstance(value, str) else value["name"]
        for name, value in row.fields
        if name not in NOT_TYPED and value
    ]
    return render(ask, "signing_in/kept.html", row=row, fields=fields)


@pages.post("/kept/{nonce}/forget", SIGNED_IN)
def forget(ask: Ask) -> Response:
    """It is not wanted any more."""
    row = _kept(ask)
    with ask.office.database.transaction() as session:
        kept_forms.end(session, row.nonce, ask.now)
    return ask.go("/dossiers")


def _kept(ask: Ask) -> KeptFormRow:
    with ask.reading() as session:
        row = kept_forms.find(session, ask.params["nonce"], somebody(ask).person_id, ask.now)
    if row is None:
        raise NotThere
    return row

"""When does a meeting with one dossier take place, as staff propose it, accept it, or book it for an applicant?"""

from typing import Any

from starlette.responses import Response

from web.applicant.agreeing import Agreed, act, facts_of, found
from web.ask import Ask
from web.policy import MANAGES
from web.routes import Pages
from web.staff.dossier.looking import HERE, page, path_of

pages = Pages()
ONE = HERE + "/meeting/{of}"


@pages.get(ONE, MANAGES)
def agree(ask: Ask) -> Response:
    """What is booked, what was proposed, and what can be proposed or booked."""
    return _page(ask, found(ask))


@pages.post(ONE, MANAGES)
def answer(ask: Ask) -> Response:
    """Propose, accept, decline; book an hour for an applicant, or give it back."""
    agreed = found(ask)
    done, wrong = act(ask, agreed)
    if wrong:
        return _page(ask, found(ask), 422, errors=wrong, has_errors=True)
    return ask.go(path_of(ask, f"/meeting/{ask.params['of']}"), done)


def _page(ask: Ask, agreed: Agreed, status: int = 200, **facts: Any) -> Response:
    side = "applicant" if ask.place.standing.contact else "staff"
    return page(
        ask, "", "agree.html", status, at=path_of(ask, f"/meeting/{ask.params['of']}"),
        **facts_of(ask, agreed, side, **facts),
    )  # fmt: skip

"""How do staff minute one verdict of a committee on several dossiers at once?"""

from starlette.responses import Response

from web.ask import Ask
from web.committee.verdicts import decide_on_several, weighed
from web.policy import MANAGES
from web.routes import Pages
from web.staff.console import show
from web.staff.jury.desk import committee_path

pages = Pages()
AT = "/staff/{programme}/{round}/committee/ranking/verdicts"


@pages.get(AT, MANAGES)
def weigh(ask: Ask) -> Response:
    """What one verdict on the ticked dossiers will cause."""
    return show(ask, "staff/jury/minute.html", path=committee_path(ask), **weighed(ask))


@pages.post(AT, MANAGES)
def minute(ask: Ask) -> Response:
    """Record it, dossier by dossier in the order of the ranking; what is refused is said by name."""
    recorded = decide_on_several(ask)
    if not recorded.refused:
        return ask.go(f"{committee_path(ask)}/ranking?state={recorded.chosen.state}", recorded.notice(ask))
    return show(ask, "staff/jury/minuted.html", 409, path=committee_path(ask), **recorded.facts(ask))

"""Which hours does somebody on staff give for a meeting that is booked with staff?"""

from typing import Any

from starlette.responses import Response

from engine.rules.workflow import Meeting
from web.ask import Ask
from web.committee.hours import act, asked_meeting, facts_of
from web.policy import MANAGES
from web.routes import Pages
from web.staff.console import show
from web.staff.owed.progress import crumbs, path_of

pages = Pages()
HOURS = "/staff/{programme}/{round}/hours/{meeting}"


@pages.get(HOURS, MANAGES)
def hours(ask: Ask) -> Response:
    """The hours that somebody on staff gives."""
    return _page(ask, asked_meeting(ask))


@pages.post(HOURS, MANAGES)
def give(ask: Ask) -> Response:
    """Give hours, several at once, or take one back."""
    meeting = asked_meeting(ask)
    done, wrong = act(ask, meeting)
    if wrong:
        return _page(ask, meeting, 422, errors=wrong, has_errors=True)
    return ask.go(ask.path, done)


def _page(ask: Ask, meeting: Meeting, status: int = 200, **facts: Any) -> Response:
    way = [*crumbs(ask), (ask.say("Obligations"), path_of(ask))]
    return show(ask, "staff/owed/hours.html", status, crumbs=way, **facts_of(ask, meeting, **facts))

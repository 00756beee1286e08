"""Which meetings does a round have, when do they take place, and what is not planned yet?"""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response

from engine.cycle.meetings import as_sitting
from engine.database.pages import meetings
from engine.database.store import the_id
from engine.rules.divided import scopes
from engine.rules.meetings_apart import strand_of
from engine.rules.moments import is_never, window_at
from engine.rules.workflow import EVERYONE, Meeting
from web import dates
from web.ask import Ask
from web.committee.mine import asked_page
from web.policy import MANAGES, somebody
from web.routes import Pages
from web.staff.console import show
from web.staff.meet.looking import Shown, is_mandatory, shown
from web.staff.meet.warnings import of_day

pages = Pages()
AT = "/staff/{programme}/{round}/meetings"
A_PAGE = 50


@dataclass(frozen=True)
class Unplanned:
    """A meeting of the rules that has no day, or no hour; `path` leads to where one is given."""

    title: str
    why: str
    window: str
    path: str
    is_mandatory: bool


@pages.get(AT, MANAGES)
def every(ask: Ask) -> Response:
    """All meetings in order of time, what waits for a day or an hour, and what is booked with single dossiers."""
    place, page = ask.place, asked_page(ask)
    today = dates.local(ask.now, place.zone).date().isoformat()
    since = "" if ask.query.get("show") == "all" else today
    with ask.reading() as session:
        of_round = meetings.of_round(session, the_id(place.round))
        booked, total = meetings.booked(
            session, the_id(place.round), looker=somebody(ask).person_id, since=since, limit=A_PAGE,
            offset=(page - 1) * A_PAGE,
        )  # fmt: skip
        session.expunge_all()
    found = [shown(ask, one) for one in of_round if place.workflow.find_meeting(one.row.name)]
    return show(
        ask, "staff/meet/meetings.html", ahead=[one for one in found if not one.is_over(ask.now)],
        past=[one for one in found if one.is_over(ask.now)], unplanned=_unplanned(ask, found),
        booked=[shown(ask, one) for one in booked], total=total, page=page, pages=max(1, -(-total // A_PAGE)),
        mandatory={name for name in place.workflow.meetings if is_mandatory(ask, name)}, since=since,
        odd={the_id(one.row): of_day(ask, as_sitting(one.row)) for one in found if not one.is_over(ask.now)},
        open_to={name: open_to(ask, one) for name, one in place.workflow.meetings.items()},
    )  # fmt: skip


def open_to(ask: Ask, meeting: Meeting) -> str:
    """Whom a meeting is for, in words."""
    workflow = ask.place.workflow
    if meeting.open_to == EVERYONE:
        whom = ask.say("Everyone")
    elif meeting.committee:
        whom = ask.said(workflow.committees[meeting.committee].title)
    else:
        whom = ", ".join(ask.said(workflow.states[state].title) for state in meeting.open_to)
    return f"{whom} ({ask.said(scopes(workflow, meeting.per)[meeting.scope])})" if meeting.scope else whom


def window_said(ask: Ask, meeting: Meeting) -> str:
    """From which day to which the rules have a meeting take place."""
    calendar = ask.place.calendar
    if meeting.window is None:
        return ask.say("for each dossier on days of its own")
    opens, closes = window_at(calendar.of_strand(strand_of(meeting)), meeting.window, ask.now)
    first = dates.short_day(opens, ask.language, calendar.zone)
    if is_never(closes):
        return ask.say("%(first)s until further notice", first=first)
    last = dates.short_day(dates.last_day(closes, calendar.zone), ask.language)
    return first if first == last else ask.say("%(first)s to %(last)s", first=first, last=last)


def _unplanned(ask: Ask, found: list[Shown]) -> list[Unplanned]:
    """What of the rules waits for a day, and what for an hour; what can be in time no more is not waited for."""
    waiting, calendar = [], ask.place.calendar
    for name, meeting in ask.place.workflow.meetings.items():
        its = [one for one in found if one.row.name == name and one.row.cancelled_at is None]
        window, mandatory = window_said(ask, meeting), is_mandatory(ask, name)
        title, plan = ask.said(meeting.title), f"/staff/{ask.place.key}/meetings/plan?meeting={quote(name)}"
        if not its and meeting.window and window_at(calendar, meeting.window, ask.now)[1] > ask.now:
            waiting.append(Unplanned(title, ask.say("no day yet"), window, plan, mandatory))
        waiting += [
            Unplanned(title, ask.say("%(day)s, no hour yet", day=dates.short_day(one.leaf, ask.language)), window,
                      f"{one.path}/move", mandatory)
            for one in its
            if one.row.starts_at is None and not one.is_over(ask.now)
        ]  # fmt: skip
    return waiting

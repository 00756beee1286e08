"""What does staff see of a round along its days: as a picture, or as a list?"""

from urllib.parse import urlencode

from starlette.responses import Response

from engine.database.access import feeds
from engine.database.looking import counts_by_state
from engine.database.store import the_id
from web.ask import Ask
from web.committee.mine import asked_page
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.rendering import left
from web.routes import Pages
from web.staff.console import show as show_console
from web.staff.timeline.lines import KINDS, Line, lines_of
from web.staff.timeline.picture import timeline_of
from web.staff.timeline.warnings import warnings_of
from web.staff.timeline.wording import line_moment

pages = Pages()
A_PAGE = 50
WHEN = ("coming", "past", "all")


@pages.get("/staff/{programme}/{round}/timeline", MANAGES)
def timeline(ask: Ask) -> Response:
    """The picture, what is odd about the dates, and the calendar feed."""
    with ask.reading() as session:
        drawn = timeline_of(ask, session, counts_by_state(session, the_id(ask.place.round)))
        feed = feeds.of_person(session, somebody(ask).person_id)
    return show_console(
        ask, "staff/timeline/timeline.html", drawn=drawn, warnings=warnings_of(ask, ask.place.calendar),
        has_feed=feed is not None, at=f"/staff/{ask.place.key}",
    )  # fmt: skip


@pages.get("/staff/{programme}/{round}/timeline/list", MANAGES)
def as_list(ask: Ask) -> Response:
    """Everything that the calendar does and did, to be narrowed by kind, phase, and what is past."""
    when, kind, phase = (ask.query.get(name, "") for name in ("when", "kind", "phase"))
    when = when or "coming"
    if when not in WHEN or kind not in ("", *KINDS) or phase not in ("", *ask.place.workflow.phases):
        raise NotThere
    with ask.reading() as session:
        every = lines_of(ask, session)
    listed = [
        line for line in every
        if kind in ("", line.kind) and phase in ("", line.phase)
        and (when == "all" or line.is_past(ask.now) == (when == "past"))
    ]  # fmt: skip
    if when == "past":
        listed.reverse()
    count = max(1, -(-len(listed) // A_PAGE))
    page = min(asked_page(ask), count)
    at = f"/staff/{ask.place.key}"
    chosen = {"when": when, "kind": kind, "phase": phase}

    def narrowed(**other: str) -> str:
        given = {name: value for name, value in {**chosen, **other}.items() if value}
        return f"{at}/timeline/list?{urlencode(given)}"

    return show_console(
        ask, "staff/timeline/list.html", lines=[(line, _how_far(ask, line)) for line in _page(listed, page)],
        total=len(listed), page=page, pages=count, at=at, narrowed=narrowed, chosen=chosen, kinds=_kinds(ask),
        when_said=lambda line: line_moment(ask, line.at, closes=line.closes),
        when=[(name, label, narrowed(when=name)) for name, label in _whens(ask)],
    )  # fmt: skip


def _page(listed: list[Line], page: int) -> list[Line]:
    return listed[(page - 1) * A_PAGE : page * A_PAGE]


def _how_far(ask: Ask, line: Line) -> str:
    """How it ended, or how far off it is."""
    return line.ending or left(ask, line.at)


def _whens(ask: Ask) -> list[tuple[str, str]]:
    return [("coming", ask.say("Coming")), ("past", ask.say("Past")), ("all", ask.say("All"))]


def _kinds(ask: Ask) -> dict[str, str]:
    """What each kind of line is called."""
    return {
        "deadline": ask.say("Start or deadline"), "move": ask.say("Automatic move"), "reminder": ask.say("Reminder"),
        "announcement": ask.say("Announcement"), "promise": ask.say("Promise"), "owed": ask.say("Owed by dossiers"),
    }  # fmt: skip

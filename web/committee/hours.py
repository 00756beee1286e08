"""Which hours does somebody give for a meeting that is booked with them, and who has booked one?"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from engine.cycle.meetings import Sitting
from engine.database.pages import bookings
from engine.database.store import the_id
from engine.errors import GrantcycleError, Refused
from engine.rules.workflow import Meeting
from web import dates
from web.ask import Ask
from web.policy import JUDGES, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
ROWS = 5
HOURS = "/committee/{programme}/{round}/hours/{meeting}"
FIELDS = ("day", "from", "to")


def meetings_of(ask: Ask) -> list[Meeting]:
    """The meetings for which the visitor gives hours."""
    roles = ask.place.standing.roles
    return [one for one in ask.place.workflow.meetings.values() if one.book_with in roles]


def asked_meeting(ask: Ask) -> Meeting:
    """The meeting of the page. Raises NotThere for one that the visitor gives no hours for."""
    found = next((one for one in meetings_of(ask) if one.name == ask.params["meeting"]), None)
    if found is None:
        raise NotThere
    return found


def cut(day: date, start: time, end: time, minutes: int, pause: int) -> list[tuple[time, time]]:
    """A stretch of a day cut into hours of so many minutes, with a pause after each."""
    found, begins, until = [], datetime.combine(day, start), datetime.combine(day, end)
    while (ends := begins + timedelta(minutes=minutes)) <= until:
        found.append((begins.time(), ends.time()))
        begins = ends + timedelta(minutes=pause)
    return found


def read_hours(ask: Ask, meeting: Meeting) -> tuple[list[Sitting], list[str]]:
    """The hours of the form, and what is wrong with how they are written."""
    found: list[Sitting] = []
    wrong: list[str] = []
    place, online = ask.text("place", 200) or None, ask.text("online", 500) or None
    assert meeting.slots is not None
    for number in range(1, ROWS + 1):
        typed = [ask.text(f"{name}-{number}", 20) for name in FIELDS]
        if not any(typed):
            continue
        try:
            day, start, end = date.fromisoformat(typed[0]), time.fromisoformat(typed[1]), time.fromisoformat(typed[2])
        except ValueError:
            wrong.append(ask.say("Line %(number)s: give a day, and from when until when.", number=number))
            continue
        hours = cut(day, start, end, meeting.slots.minutes, meeting.slots.pause)
        if not hours:
            wrong.append(ask.say("Line %(number)s: less than %(minutes)s minutes.", number=number,
                                 minutes=meeting.slots.minutes))  # fmt: skip
        found += [Sitting(day, *one, place, online) for one in hours]
    if online and not online.startswith("https://"):
        wrong.append(ask.say("An address on line begins with https://."))
    return found, wrong


def facts_of(ask: Ask, meeting: Meeting, **facts: Any) -> dict[str, Any]:
    """What the page shows: the hours that were given and are still to come."""
    with ask.reading() as session:
        mine = bookings.hours(
            session, the_id(ask.place.round), meeting.name, since=ask.now, person_id=somebody(ask).person_id
        )
    typed = {f"{name}-{number}": ask.text(f"{name}-{number}", 20) for number in range(1, ROWS + 1) for name in FIELDS}
    return {
        "meeting": meeting, "hours": mine, "numbers": range(1, ROWS + 1), "typed": typed,
        "place_typed": ask.text("place", 200), "online_typed": ask.text("online", 500), "errors": [],
        "has_errors": False, "minutes": meeting.slots.minutes if meeting.slots else 0,
        "day": lambda written: dates.day(date.fromisoformat(written), ask.language), **facts,
    }  # fmt: skip


def act(ask: Ask, meeting: Meeting) -> tuple[str, Sequence[str]]:
    """Do what the form says: (what was done, in words, or empty; what is against it)."""
    cycle, key = ask.office.cycle, ask.place.key
    try:
        if ask.text("do", 20) == "remove":
            number = int(ask.text("hour", 18)) if ask.text("hour", 18).isdecimal() else 0
            cycle.remove_hour(key, number, by=ask.email, now=ask.now)
            return ask.say("Removed."), []
        hours, wrong = read_hours(ask, meeting)
        if wrong:
            return "", wrong
        count = cycle.give_hours(key, meeting.name, hours, by=ask.email, now=ask.now)
        return ask.words.ngettext("%(n)s hour given.", "%(n)s hours given.", count) % {"n": count}, []
    except Refused as refused:
        return "", list(dict.fromkeys(said_by(ask, one) for one in refused.reasons))
    except GrantcycleError:
        raise NotThere from None


@pages.get(HOURS, JUDGES)
def hours(ask: Ask) -> Response:
    """The hours that a member gives."""
    return _page(ask, asked_meeting(ask))


@pages.post(HOURS, JUDGES)
def give(ask: Ask) -> Response:
    """Give hours, several at once, or take one back."""
    meeting = asked_meeting(ask)
    done, wrong = act(ask, meeting)
    if wrong:
        return _page(ask, meeting, 422, errors=wrong, has_errors=True)
    return ask.go(ask.path, done)


def _page(ask: Ask, meeting: Meeting, status: int = 200, **facts: Any) -> Response:
    crumbs = [(ask.said(ask.place.round_title), ask.place.committee_path)]
    return render(ask, "committee/hours.html", status, crumbs=crumbs, **facts_of(ask, meeting, **facts))

"""How do staff plan a meeting, move it, and say that it does not take place?"""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from starlette.responses import Response

from engine.cycle.meetings import Sitting, as_sitting
from engine.database.pages import meetings
from engine.database.store import the_id
from engine.errors import Refusal, Refused
from engine.rules.moments import LostHour, to_instant
from web.ask import Ask
from web.keys import nonce
from web.policy import MANAGES
from web.problems import Conflict
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.meet.listing import AT, open_to, window_said
from web.staff.meet.looking import HERE, Shown, crumbs, is_mandatory, the_meeting
from web.staff.meet.warnings import of_day, of_others
from web.when import when_said, where_said

pages = Pages()
FIELDS = ("day", "start", "end", "place", "online", "seats", "reason")
LONGEST = {"place": 200, "online": 500, "reason": 2_000}
MOST_SEATS = 100_000


@pages.get(f"{AT}/plan", MANAGES)
def plan_page(ask: Ask) -> Response:
    """A form for one more time that a meeting takes place."""
    return _form(ask, None, dict.fromkeys(FIELDS, ""), [])


@pages.post(f"{AT}/plan", MANAGES)
def plan(ask: Ask) -> Response:
    """Planned, once what is odd about it has been seen."""
    given, name = _given(ask), ask.text("meeting", 200)
    if name not in ask.place.workflow.meetings:
        return _form(ask, None, given, [ask.say("Choose which meeting it is.")], status=422)
    sitting, errors = _read(ask, given)
    if errors or sitting is None:
        return _form(ask, None, given, errors, status=422)
    if ask.text("seen", 500) != _key(sitting) and (odd := _odd(ask, sitting, None)):
        return _form(ask, None, given, [], odd=odd, seen=_key(sitting))
    try:
        number = ask.office.cycle.plan_meeting(
            ask.place.key, name, sitting, by=ask.email, now=ask.now, once=ask.text("once", 200) or nonce()
        )
    except Refused as refused:
        return _form(ask, None, given, [said_by(ask, one) for one in refused.reasons], status=409)
    return ask.go(f"/staff/{ask.place.key}/meetings/{number}", ask.say("Planned. Nobody is asked to it yet."))


@pages.get(f"{HERE}/move", MANAGES)
def move_page(ask: Ask) -> Response:
    """Where and when it is now, to be changed."""
    meeting = the_meeting(ask)
    row = meeting.row
    given = {
        "day": row.day, "start": (row.start or "")[:5], "end": (row.end or "")[:5], "place": row.place or "",
        "online": row.online or "", "seats": str(row.seats or ""), "reason": "",
    }  # fmt: skip
    return _form(ask, meeting, given, [])


@pages.post(f"{HERE}/move", MANAGES)
def move(ask: Ask) -> Response:
    """First before and after, and who hears of it; then it is moved."""
    meeting, given = the_meeting(ask), _given(ask)
    given["seats"] = str(meeting.row.seats or "")  # how many there are is said where people sign up
    sitting, errors = _read(ask, given)
    if not given["reason"]:
        errors.append(ask.say("Say why. Everybody who is asked reads it."))
    if ask.text("do") == "back" or errors or sitting is None:
        return _form(ask, meeting, given, errors, status=422 if errors and ask.text("do") != "back" else 200)
    if sitting == as_sitting(meeting.row):
        return _form(ask, meeting, given, [ask.say("Nothing is different from how it is.")], status=422)
    if ask.text("do") != "move":
        return _before_and_after(ask, meeting, sitting, given)
    if ask.text("sequence", 20) != _state(meeting):
        raise Conflict("Somebody has changed this meeting meanwhile. Look at it again.")
    try:
        told = ask.office.cycle.move_meeting(
            ask.place.key, the_id(meeting.row), sitting, reason=given["reason"], by=ask.email, now=ask.now
        )
    except Refused as refused:
        return _form(ask, meeting, given, [said_by(ask, one) for one in refused.reasons], status=409)
    return ask.go(meeting.path, _told(ask, told, ask.say("Changed.")))


@pages.get(f"{HERE}/cancel", MANAGES)
def cancel_page(ask: Ask) -> Response:
    """What cancelling does, and to whom."""
    return _cancel(ask, the_meeting(ask), [])


@pages.post(f"{HERE}/cancel", MANAGES)
def cancel(ask: Ask) -> Response:
    """It does not take place."""
    meeting, reason = the_meeting(ask), ask.text("reason", LONGEST["reason"])
    if not reason:
        return _cancel(ask, meeting, [ask.say("Say why. Everybody who is asked reads it.")], status=422)
    if ask.text("sequence", 20) != _state(meeting):
        raise Conflict("Somebody has changed this meeting meanwhile. Look at it again.")
    try:
        told = ask.office.cycle.cancel_meeting(
            ask.place.key, the_id(meeting.row), reason=reason, by=ask.email, now=ask.now
        )
    except Refused as refused:
        return _cancel(ask, meeting, [said_by(ask, one) for one in refused.reasons], status=409)
    return ask.go(meeting.path, _told(ask, told, ask.say("Cancelled.")))


def _state(meeting: Shown) -> str:
    """What tells whether somebody else has changed it since a page of it was made."""
    return f"{meeting.row.changed_at}"


def _told(ask: Ask, told: int, done: str) -> str:
    if not told:
        return done
    people = ask.words.ngettext("%(n)s person hears of it now.", "%(n)s people hear of it now.", told)
    return f"{done} {people % {'n': told}}"


def _given(ask: Ask) -> dict[str, str]:
    return {name: ask.text(name, LONGEST.get(name, 20)) for name in FIELDS}


def _key(sitting: Sitting) -> str:
    """What of it was looked at: the warnings are not said twice for the same."""
    return "|".join(str(value or "") for value in (sitting.day, sitting.start, sitting.end, sitting.place))


def _read(ask: Ask, given: dict[str, str]) -> tuple[Sitting | None, list[str]]:
    """What was typed, and what of it is no day, no hour or no number."""
    errors = []
    hours: dict[str, time | None] = {"start": None, "end": None}
    try:
        day = date.fromisoformat(given["day"])
    except ValueError:
        day = None
        errors.append(ask.say("Give a day, for example %(day)s.", day="2019-05-09"))
    for name, said in (("start", ask.say("Begins at")), ("end", ask.say("Ends at"))):
        try:
            hours[name] = time.fromisoformat(given[name]) if given[name] else None
        except ValueError:
            errors.append(ask.say("%(field)s: give an hour such as 17:00.", field=said))
    if hours["end"] and not hours["start"]:
        errors.append(ask.say("Say when it begins, or leave both hours empty."))
    seats = given["seats"]
    if seats and not (seats.isascii() and seats.isdecimal() and 0 < int(seats) <= MOST_SEATS):
        errors.append(ask.say("Seats: give a number from 1 on, or leave it empty."))
    if given["online"] and not given["online"].startswith(("https://", "http://")):
        errors.append(ask.say("Online: give an address that begins with https://."))
    if errors or day is None:
        return None, errors
    return Sitting(
        day, hours["start"], hours["end"], given["place"] or None, given["online"] or None,
        int(seats) if seats else None,
    ), []  # fmt: skip


def _odd(ask: Ask, sitting: Sitting, meeting: Shown | None) -> list[str]:
    with ask.reading() as session:
        return [*of_day(ask, sitting), *of_others(ask, session, sitting, meeting.row if meeting else None)]


def _form(
    ask: Ask, meeting: Shown | None, given: dict[str, str], errors: Sequence[str], *, status: int = 200,
    odd: Sequence[str] = (), seen: str = "",
) -> Response:  # fmt: skip
    known = ask.place.workflow.meetings
    chosen = meeting.row.name if meeting else ask.text("meeting", 200) or ask.query.get("meeting", "")[:200]
    choices = [(name, ask.said(one.title), window_said(ask, one)) for name, one in known.items()]
    facts: dict[str, Any] = {}
    if chosen in known:
        facts = {"open_to": open_to(ask, known[chosen]), "window": window_said(ask, known[chosen])}
    return show(
        ask, "staff/meet/plan.html", status, meeting=meeting, given=given, errors=list(errors), odd=list(odd),
        seen=seen, chosen=chosen if chosen in known else "", choices=choices, once=ask.text("once", 200) or nonce(),
        has_errors=bool(errors), crumbs=crumbs(ask, meeting), **facts,
    )  # fmt: skip


def _before_and_after(ask: Ask, meeting: Shown, sitting: Sitting, given: dict[str, str]) -> Response:
    """What changes, line by line, who hears of it, and what is to be looked at. Nothing has moved yet."""
    row, zone, number = meeting.row, ask.place.zone, the_id(meeting.row)
    try:
        starts_at, ends_at = (
            to_instant(sitting.day, hour, zone) if hour else None for hour in (sitting.start, sitting.end)
        )
    except LostHour as lost:
        return _form(ask, meeting, given, [said_by(ask, Refusal("meeting", str(lost), {"because": "lost hour"}))],
                     status=422)  # fmt: skip
    after = when_said(ask, sitting.day.isoformat(), starts_at, ends_at, zone)
    where = where_said(ask, ask.said(sitting.place) if sitting.place else None, sitting.online)
    lines = [
        (ask.say("When"), meeting.when, after),
        (ask.say("Where"), meeting.where, where),
        (ask.say("Online"), row.online or "", sitting.online or ""),
    ]
    with ask.reading() as session:
        counts = meetings.counts(session, [number]).get(number, meetings.Counts())
    return show(
        ask, "staff/meet/move.html", meeting=meeting, lines=lines, given=given, odd=_odd(ask, sitting, meeting),
        counts=counts, sequence=_state(meeting), crumbs=crumbs(ask, meeting),
        asks_again=(row.day, row.starts_at, row.ends_at) != (sitting.day.isoformat(), starts_at, ends_at),
        is_told=any(before != then for _, before, then in lines),
    )  # fmt: skip


def _cancel(ask: Ask, meeting: Shown, errors: Sequence[str], *, status: int = 200) -> Response:
    with ask.reading() as session:
        counts = meetings.counts(session, [the_id(meeting.row)]).get(the_id(meeting.row), meetings.Counts())
    return show(
        ask, "staff/meet/cancel.html", status, meeting=meeting, counts=counts, errors=list(errors),
        has_errors=bool(errors), reason=ask.text("reason", LONGEST["reason"]), sequence=_state(meeting),
        crumbs=crumbs(ask, meeting), is_mandatory=is_mandatory(ask, meeting.row.name),
    )  # fmt: skip

"""How does somebody sign up for a meeting, answer an offer, or give a seat back?

Whoever is not signed in gets a letter with a link first, which leads back to one button: a seat is asked for by
somebody whose address is known to be theirs, and counts from then on.
"""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from email_validator import EmailNotValidError, validate_email
from limits import RateLimitItemPerMinute
from starlette.responses import Response

from engine.database.pages.seats import OwnSeat, seats_of
from engine.database.seats import OFFERED
from engine.errors import Refused
from engine.files.reading import Programme
from engine.rules.seats import begins_at
from web.ask import Ask
from web.invitations.asked import still_ahead
from web.keys import nonce
from web.policy import ROUND, ROUND_SIGNED_IN, SIGNED_IN, somebody
from web.problems import NotThere, TooMany
from web.public.meetings import LONGEST_NAME, Gathering, meeting_when, show_meeting, the_gathering
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages
from web.signing_in.letters import ask_for_letter

pages = Pages()
MINE = "/meetings"
SIGN_UPS = RateLimitItemPerMinute(30, 60)
"""of one person in an hour"""
TRAP = "website"
"""a field that no person sees: whatever fills it in is none"""
AT = "/call/{programme}/{round}/meetings/{meeting}/sign-up"


@pages.get(AT, ROUND_SIGNED_IN)
def confirm(ask: Ask) -> Response:
    """One button, for whoever has just signed in to take a seat: opening this page takes none."""
    one = the_gathering(ask)
    if one.own is not None or not one.is_open:
        return ask.go(one.path)
    visitor = somebody(ask)
    return render(
        ask, "public/sign_up.html", one=one, once=nonce(),
        name=visitor.name or ask.query.get("name", "")[:LONGEST_NAME], email=visitor.email,
        when=meeting_when(ask, one.row),
    )  # fmt: skip


@pages.post(AT, ROUND)
def sign_up(ask: Ask) -> Response:
    """A seat, or a place in the list; for a stranger a letter first."""
    one = the_gathering(ask)
    if ask.text(TRAP):
        return ask.go(one.path)
    if ask.visitor is None:
        return _sign_in_first(ask, one)
    visitor = somebody(ask)
    if not ask.office.throttle.count(f"seats of {visitor.email}", SIGN_UPS):
        raise TooMany("You have signed up and given back very often in the last hour. Please wait a bit.", 3600)
    name = ask.text("name", LONGEST_NAME)
    try:
        place = ask.office.cycle.sign_up(
            ask.place.key, one.row.id or 0, email=visitor.email, name=name, language=ask.letter_language, now=ask.now,
            once=ask.text("once", 200) or nonce(),
        )  # fmt: skip
    except Refused as refused:
        return show_meeting(ask, the_gathering(ask), 409, errors=[said_by(ask, one) for one in refused.reasons])
    if place is None:
        return ask.go(one.path, ask.say("You have a seat. The invitation for your calendar is on its way by mail."))
    return ask.go(one.path, ask.say("You are on the waiting list, in place %(place)s.", place=place))


def _sign_in_first(ask: Ask, one: Gathering) -> Response:
    """A letter to the address that was typed; what was wished for stands in the page that its link leads to."""
    typed, name = ask.text("email", 320), ask.text("name", LONGEST_NAME)
    if not one.is_open:
        return show_meeting(ask, one, 409, email=typed, name=name)
    try:
        email = validate_email(typed, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        error = ask.say("Enter an email address in the right form, like name@example.com")
        return show_meeting(ask, one, 422, errors=[error], email=typed, name=name)
    back = f"{one.path}/sign-up"
    named = f"{back}?{urlencode({'name': name})}" if name else back
    return ask.go(f"/sign-in/{ask_for_letter(ask, email, named if len(named) <= 500 else back)}")


@pages.post("/call/{programme}/{round}/seats/{seat}/answer", ROUND_SIGNED_IN)
def answer(ask: Ask) -> Response:
    """Yes or no to a seat that is offered."""
    takes = ask.text("answer", 10) == "yes"
    ask.office.cycle.answer_offer(
        ask.place.key, _seat(ask), takes=takes, by=ask.email, now=ask.now, once=ask.text("once", 200) or nonce()
    )
    if takes:
        return ask.go(MINE, ask.say("The seat is yours. The invitation for your calendar is on its way by mail."))
    return ask.go(MINE, ask.say("Thank you: the seat goes to the next on the list."))


@pages.get("/call/{programme}/{round}/seats/{seat}/give-back", ROUND_SIGNED_IN)
def before_giving_back(ask: Ask) -> Response:
    """What giving back does, and one button."""
    one = _own(ask)
    return render(ask, "public/give_back.html", one=one, once=nonce(), when=one.when)


@pages.post("/call/{programme}/{round}/seats/{seat}/give-back", ROUND_SIGNED_IN)
def give_back(ask: Ask) -> Response:
    """A seat, or a place in the list, is given back."""
    ask.office.cycle.give_back(
        ask.place.key, _seat(ask), by=ask.email, now=ask.now, once=ask.text("once", 200) or nonce()
    )
    return ask.go(MINE, ask.say("Thank you for telling us. Your place is free for somebody else."))


@dataclass(frozen=True)
class Mine:
    """One line of somebody's own meetings."""

    of: OwnSeat
    title: str
    round_title: str
    begins: int
    when: str
    day: date
    is_open: bool
    """whether the visitor has something there, and the meeting is to come"""

    @property
    def state(self) -> str:
        return self.of.seat.state

    @property
    def path(self) -> str:
        return f"/call/{self.of.round}/meetings/{self.of.meeting.id}"

    @property
    def seat_path(self) -> str:
        return f"/call/{self.of.round}/seats/{self.of.seat.id}"


@pages.get(MINE, SIGNED_IN)
def mine(ask: Ask) -> Response:
    """The visitor's meetings: seats, offers with the hour by which to answer, places in lists, and what is over."""
    with ask.reading() as session:
        found = seats_of(session, somebody(ask).person_id)
        rules = ask.office.shelf.rules(session)
        lines = [_line(ask, one, rules(one.digest)) for one in found]
    now = sorted((line for line in lines if line.is_open), key=lambda line: line.begins)
    known = {line.of.uid for line in now}
    asked = [one for one in still_ahead(ask) if one.invited.row.uid not in known and not one.is_cancelled]
    return render(
        ask, "public/my_meetings.html", once=nonce(), offers=[line for line in now if line.state == OFFERED],
        seats=[line for line in now if line.state != OFFERED], past=[line for line in lines if not line.is_open],
        asked=asked,
    )  # fmt: skip


def _line(ask: Ask, one: OwnSeat, programme: Programme) -> Mine:
    row, day = one.meeting, date.fromisoformat(one.meeting.day)
    rules = programme.rules_of(one.round.partition("/")[2])
    begins = begins_at(day, row.starts_at, row.zone)
    return Mine(
        one, programme.translate(rules.meeting(row.name).title, ask.language),
        programme.translate(programme.rounds[one.round.partition("/")[2]].title, ask.language), begins,
        meeting_when(ask, row), day, one.seat.ended_at is None and ask.now < begins,
    )  # fmt: skip


def _own(ask: Ask) -> Mine:
    """The visitor's own seat in the path, which can still be given back. Raises NotThere."""
    with ask.reading() as session:
        found = seats_of(session, somebody(ask).person_id)
    mine = [_line(ask, one, ask.place.programme) for one in found if one.round == ask.place.key]
    one = next((one for one in mine if str(one.of.seat.id) == ask.params["seat"] and one.is_open), None)
    if one is None:
        raise NotThere
    return one


def _seat(ask: Ask) -> int:
    """The id of a seat in the path. Raises NotThere for what is no id."""
    number = ask.params["seat"]
    if not (number.isascii() and number.isdecimal() and len(number) < 18):
        raise NotThere
    return int(number)

"""How does somebody ask to be told of a programme, and end it with one click?

Whoever is not signed in gets a letter with a link first, which leads back to one button: an address is written to only
once its owner has said so. To end it nobody signs in: what a letter's address holds is enough (RFC 8058).
"""

from email_validator import EmailNotValidError, validate_email
from limits import RateLimitItemPerMinute
from starlette.responses import Response

from engine.cycle.telling import edge_facts
from engine.database import subscriptions
from engine.database.store import the_id
from engine.errors import Unknown
from web.ask import Ask
from web.keys import nonce
from web.policy import PUBLIC, ROUND, somebody
from web.problems import NotThere, TooMany
from web.public.rounds import call_of
from web.rendering import render
from web.routes import Pages
from web.signing_in.letters import ask_for_letter

pages = Pages()
AT = "/call/{programme}/{round}/subscribe"
STOP = "/told-no-more/{nonce}"
ASKED = RateLimitItemPerMinute(20, 60)
"""of one person in an hour"""


@pages.get(AT, ROUND)
def confirm(ask: Ask) -> Response:
    """A field for a stranger's address; for whoever has just shown that theirs is theirs one button."""
    email = "" if ask.visitor is None else somebody(ask).email
    return render(ask, "public/tell_me.html", email=email, error="", has_errors=False)


@pages.post(AT, ROUND)
def subscribe(ask: Ask) -> Response:
    """To be told of this round, and of every later one of the programme; for a stranger a letter first."""
    if ask.visitor is None:
        return _sign_in_first(ask)
    visitor, place = somebody(ask), ask.place
    if not ask.office.throttle.count(f"asked to be told {visitor.email}", ASKED):
        raise TooMany("You have asked for this very often in the last hour. Please wait a bit.", 3600)
    ask.office.cycle.subscribe(
        place.key, email=visitor.email, name=visitor.name, language=ask.letter_language, now=ask.now, nonce=nonce()
    )
    _say_so(ask)
    return ask.go(place.call_path, ask.say("You will be told by mail."))


@pages.get(STOP, PUBLIC)
def before_stopping(ask: Ask) -> Response:
    """What it ends, and one button: a mail program that only looks at links ends nothing."""
    return render(ask, "public/told_no_more.html", ended=_is_ended(ask), path=ask.path)


@pages.post(STOP, PUBLIC, from_mail=True)
def stop(ask: Ask) -> Response:
    """Not to be told any more, in any round of the programme; sent twice it is the same."""
    try:
        ask.office.cycle.unsubscribe(ask.params["nonce"], now=ask.now)
    except Unknown as unknown:
        raise NotThere from unknown
    return render(ask, "public/told_no_more.html", ended=True, path=ask.path)


def _is_ended(ask: Ask) -> bool:
    with ask.reading() as session:
        found = subscriptions.of_nonce(session, ask.params["nonce"])
    if found is None:
        raise NotThere
    return found[0].ended_at is not None


def _say_so(ask: Ask) -> None:
    """Write to whoever has asked, with the way to end it; once for each time that they begin."""
    place, visitor = ask.place, somebody(ask)
    with ask.office.database.transaction() as session:
        row = subscriptions.standing(session, place.workflow.programme, visitor.person_id)
        if row is None:
            return
        facts = {
            "call": ask.said(place.round_title), "stop": f"{ask.office.base_url}/told-no-more/{row.nonce}",
            **_opening(ask),
        }  # fmt: skip
        ask.office.letters.queue(
            session, letter="subscribed", key=row.nonce, facts=facts, now=ask.now, address=visitor.email,
            name=visitor.name, language=ask.letter_language, round_id=the_id(place.round),
        )  # fmt: skip


def _opening(ask: Ask) -> dict[str, object]:
    """When the call opens, as the letter says it; nothing where it has opened."""
    place, call = ask.place, call_of(ask.place, ask.now)
    if call is None or call.state != "ahead" or place.handing_in is None or place.handing_in.window is None:
        return {}
    start = place.handing_in.window.start
    return {"opens": edge_facts(place.calendar.edge(start.phase, start.edge), start.edge)} if start.phase else {}


def _sign_in_first(ask: Ask) -> Response:
    try:
        email = validate_email(ask.text("email", 320), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        error = ask.say("Enter an email address in the right form, like name@example.com")
        return render(ask, "public/tell_me.html", 422, email="", error=error, has_errors=True)
    return ask.go(f"/sign-in/{ask_for_letter(ask, email.lower(), f'{ask.place.call_path}/subscribe')}")

"""What does a person set for themselves: name, language, second factor, where they are signed in?"""

from starlette.responses import Response

from engine.database.access import factors, persons, sessions
from web.ask import Ask
from web.cookies import LANGUAGE, SESSION
from web.office import LANGUAGES
from web.policy import SIGNED_IN, somebody
from web.problems import NotThere
from web.rendering import render
from web.routes import Pages

pages = Pages()
LONGEST_NAME = 200


@pages.get("/account", SIGNED_IN)
def account(ask: Ask) -> Response:
    visitor = somebody(ask)
    with ask.reading() as session:
        factor = factors.of_person(session, visitor.person_id)
        left = factors.recovery_codes_left(session, factor.id) if factor and factor.id else 0
        signed_in = sessions.of_person(session, visitor.person_id, ask.now)
    return render(ask, "account.html", sessions=signed_in, factor=factor, recovery_codes=left)


@pages.post("/account", SIGNED_IN)
def describe(ask: Ask) -> Response:
    """Another name, or another language for letters and pages."""
    visitor, language = somebody(ask), ask.text("language", 2)
    if language not in LANGUAGES:
        raise NotThere
    with ask.office.database.transaction() as session:
        persons.describe(session, visitor.person_id, name=ask.text("name", LONGEST_NAME), language=language)
    ask.cookies[LANGUAGE] = ask.language = language
    return ask.go("/account", ask.say("Saved."))


@pages.post("/account/session/{id}/end", SIGNED_IN)
def end_session(ask: Ask) -> Response:
    """Signed out in another browser."""
    visitor, id = somebody(ask), ask.params["id"]
    with ask.office.database.transaction() as session:
        number = int(id) if id.isdecimal() and len(id) < 18 else 0  # no database has a longer one
        theirs = sessions.end(session, visitor.person_id, number, "ended elsewhere", ask.now)
    if not theirs:
        raise NotThere
    return ask.go("/account", ask.say("That browser is signed out."))


@pages.post("/account/sign-out-everywhere", SIGNED_IN)
def sign_out_everywhere(ask: Ask) -> Response:
    with ask.office.database.transaction() as session:
        sessions.end_all(session, somebody(ask).person_id, "signed out", ask.now)
    ask.cookies[SESSION] = None
    return ask.go("/", ask.say("You are signed out everywhere."))

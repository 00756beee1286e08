"""Who speaks for a dossier, and how do staff change that?"""

from email_validator import EmailNotValidError, validate_email
from starlette.responses import Response

from engine.errors import Refused
from web.applicant.colleagues import LONGEST_NAME, tell_invited
from web.applicant.filling import clean
from web.applicant.looking import see
from web.ask import Ask
from web.policy import MANAGES
from web.routes import Pages
from web.staff.bulk.seen import seen_of
from web.staff.dossier.looking import HERE, path_of
from web.staff.dossier.meanwhile import reasons_said
from web.staff.dossier.overview import overview_page

pages = Pages()


@pages.post(HERE + "/people", MANAGES)
def add(ask: Ask) -> Response:
    """One more person speaks for the dossier, and is told so by mail."""
    place, seen = ask.place, see(ask)
    typed = {"email": ask.text("email", 320), "name": clean(ask.text("name", LONGEST_NAME))}
    try:
        email = validate_email(typed["email"], check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        error = ask.say("Enter an email address in the right form, like name@example.com")
        return overview_page(ask, 422, contact_error=error, typed=typed, has_errors=True)
    asked = ask.text("language", 2)
    language = asked if asked in place.workflow.languages else ask.letter_language
    if email not in {one.email for one in seen.dossier.contacts}:
        try:
            ask.office.cycle.add_contact(
                place.key, place.number, email=email, name=typed["name"], language=language, by=ask.email, now=ask.now,
                seen=seen_of(ask),
            )  # fmt: skip
        except Refused as refused:
            error = " ".join(reasons_said(ask, refused))
            return overview_page(ask, 409, contact_error=error, typed=typed, has_errors=True)
        tell_invited(ask, email, seen.title)
    return ask.go(path_of(ask), ask.say("%(email)s speaks for this dossier now, and is told so.", email=email))


@pages.post(HERE + "/people/remove", MANAGES)
def remove(ask: Ask) -> Response:
    """Somebody does not speak for the dossier any more."""
    place, email = ask.place, ask.text("email", 320).lower()
    try:
        ask.office.cycle.remove_contact(
            place.key, place.number, email=email, by=ask.email, now=ask.now, seen=seen_of(ask)
        )
    except Refused as refused:
        error = " ".join(reasons_said(ask, refused))
        return overview_page(ask, 409, contact_error=error, has_errors=True)
    return ask.go(path_of(ask), ask.say("%(email)s cannot open this dossier any more.", email=email))

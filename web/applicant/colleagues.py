"""Who works on a dossier together, and how does somebody come in or leave?"""

from email_validator import EmailNotValidError, validate_email
from limits import RateLimitItemPerMinute
from starlette.responses import Response

from engine.database.pages import dossiers
from engine.database.store import find_person
from web.applicant.filling import clean
from web.applicant.looking import Seen, crumbs, see
from web.ask import Ask
from web.policy import CONTACT, somebody
from web.problems import TooMany
from web.rendering import render
from web.routes import Pages

pages = Pages()
PEOPLE = "/dossier/{programme}/{round}/{number}/people"
LONGEST_NAME = 200
INVITATIONS = RateLimitItemPerMinute(20, 60)
"""that one person may send"""


@pages.get(PEOPLE, CONTACT)
def people(ask: Ask) -> Response:
    """Everybody who speaks for the dossier."""
    return _page(ask, see(ask))


@pages.post(PEOPLE, CONTACT)
def invite(ask: Ask) -> Response:
    """One more person speaks for the dossier, from now on, and is told so by mail."""
    place, seen = ask.place, see(ask)
    typed = {"email": ask.text("email", 320), "name": clean(ask.text("name", LONGEST_NAME))}
    try:
        email = validate_email(typed["email"], check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        error = ask.say("Enter an email address in the right form, like name@example.com")
        return _page(ask, seen, 422, error=error, typed=typed, has_errors=True)
    languages = place.workflow.languages
    language = ask.text("language", 2) if ask.text("language", 2) in languages else ask.letter_language
    if email not in {one.email for one in seen.dossier.contacts}:
        if not ask.office.throttle.count(f"invitations by {ask.email}", INVITATIONS):
            raise TooMany("You have invited many people in the last hour. Please wait a little.", 3600)
        ask.office.cycle.add_contact(
            place.key, place.number, email=email, name=typed["name"], language=language, by=ask.email, now=ask.now
        )
    tell_invited(ask, email, seen.title)
    notice = ask.say("%(email)s can now work on this dossier, and is told so.", email=email)
    return ask.go(f"{place.path}/people", notice)


@pages.post(PEOPLE + "/remove", CONTACT)
def remove(ask: Ask) -> Response:
    """Somebody does not speak for the dossier any more: a colleague, or whoever asks."""
    place, email = ask.place, ask.text("email", 320).lower()
    ask.office.cycle.remove_contact(place.key, place.number, email=email, by=ask.email, now=ask.now)
    if email == ask.email:
        return ask.go("/dossiers", ask.say("You do not speak for dossier %(number)s any more.", number=place.number))
    return ask.go(f"{place.path}/people", ask.say("%(email)s cannot open this dossier any more.", email=email))


def tell_invited(ask: Ask, email: str, title: str) -> None:
    """The invitation, once for each time that somebody comes in: a form that is sent again sends no second one."""
    place, visitor = ask.place, somebody(ask)
    with ask.office.database.transaction() as session:
        head = dossiers.find(session, place.key, place.number)
        assert head is not None
        since = next((one.since for one in dossiers.contacts(session, head.id) if one.email == email), None)
        if since is None:
            return  # whoever has just been removed again is told nothing
        ask.office.letters.queue(
            session, letter="co-applicant", key=f"{place.number} {email} {since}", person=find_person(session, email),
            facts={
                "by": visitor.name or visitor.email, "title": title, "link": f"{ask.office.base_url}{place.path}",
            },
            now=ask.now, dossier_id=head.id,
        )  # fmt: skip


def _page(ask: Ask, seen: Seen, status: int = 200, **facts: object) -> Response:
    given = {"error": None, "typed": {"email": "", "name": ""}, **facts}
    return render(
        ask, "applicant/people.html", status, seen=seen, crumbs=crumbs(ask, seen), contacts=seen.dossier.contacts,
        spoken=ask.place.workflow.languages, **given,
    )  # fmt: skip

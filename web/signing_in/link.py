"""How does somebody sign in with a link or a code?"""

from urllib.parse import urlencode

from email_validator import EmailNotValidError, validate_email
from starlette.responses import Response

from engine.database.access import sessions, signing_in
from engine.database.records import SignInRow
from web.ask import Ask, own_path
from web.cookies import LANGUAGE, SESSION
from web.keys import digest, nonce
from web.policy import PUBLIC
from web.rendering import render
from web.routes import Pages
from web.signing_in.letters import ask_for_letter

pages = Pages()
NOT_GOOD = "This link or code is not good any more. Ask for a new one: it takes a moment."


@pages.get("/sign-in", PUBLIC)
def sign_in(ask: Ask) -> Response:
    """The question for an address."""
    return render(ask, "signing_in/address.html", next=own_path(ask.query.get("next", "/")), email="", error=None)


@pages.post("/sign-in", PUBLIC)
def send_letter(ask: Ask) -> Response:
    """A letter is on its way, whether anybody has that address or not."""
    typed, next = ask.text("email", 320), own_path(ask.text("next", 500))
    try:
        email = validate_email(typed, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        error = ask.say("Enter an email address in the right form, like name@example.com")
        return render(
            ask, "signing_in/address.html", 422, next=next, email=typed, error=error, has_errors=True
        )
    return ask.go(f"/sign-in/{ask_for_letter(ask, email, next)}")


@pages.get("/sign-in/{nonce}", PUBLIC)
def look_in_your_mail(ask: Ask) -> Response:
    """The box for the code, on the page that people have open when they read the letter elsewhere."""
    return _code_page(ask, _standing(ask))


@pages.post("/sign-in/{nonce}", PUBLIC)
def with_code(ask: Ask) -> Response:
    """Signed in with the code, in the browser that asked for it."""
    row = _standing(ask)
    if row is None or not _is_here(ask, row):
        return _ask_anew(ask)
    if not ask.office.keys.is_code(row.nonce, ask.text("code", 20)):
        return _wrong_code(ask, row)
    return _signed_in(ask, row)


@pages.get("/sign-in/{nonce}/{token}", PUBLIC)
def follow(ask: Ask) -> Response:
    """One button: opening a link spends nothing, whoever opens it."""
    row = _standing_link(ask)
    if row is None:
        return _ask_anew(ask)
    return render(
        ask, "signing_in/follow.html", email=_masked(row.email), needs_code=not _is_enough(ask, row), error=None
    )


@pages.post("/sign-in/{nonce}/{token}", PUBLIC)
def with_link(ask: Ask) -> Response:
    """Signed in with the link; in another browser than the one that asked, with the code as well."""
    row = _standing_link(ask)
    if row is None:
        return _ask_anew(ask)
    if not _is_enough(ask, row) and not ask.office.keys.is_code(row.nonce, ask.text("code", 20)):
        return _wrong_code(ask, row, "signing_in/follow.html", email=_masked(row.email), needs_code=True)
    return _signed_in(ask, row)


@pages.post("/sign-out", PUBLIC)
def sign_out(ask: Ask) -> Response:
    """The session is over, here and in the table."""
    if ask.visitor:
        with ask.office.database.transaction() as session:
            sessions.end(session, ask.visitor.person_id, ask.visitor.id, "signed out", ask.now)
    ask.cookies[SESSION] = None
    return ask.go("/", ask.say("You are signed out."))


def _standing(ask: Ask) -> SignInRow | None:
    with ask.reading() as session:
        return signing_in.standing(session, ask.params["nonce"], ask.now)


def _standing_link(ask: Ask) -> SignInRow | None:
    if not ask.office.keys.is_token("sign-in", ask.params["nonce"], ask.params["token"]):
        return None
    return _standing(ask)


def _is_here(ask: Ask, row: SignInRow) -> bool:
    """Whether this is the browser that asked."""
    return row.browser == digest(ask.browser)


def _is_enough(ask: Ask, row: SignInRow) -> bool:
    """Whether the link alone signs in here: scanners that even press buttons do so in browsers of their own."""
    return row.browser == "" or _is_here(ask, row)


def _masked(email: str) -> str:
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain}"


def _code_page(ask: Ask, row: SignInRow | None) -> Response:
    # for a request that is over, or was never made, the same page: only a code tells them apart
    here = row is not None and _is_here(ask, row)
    return render(ask, "signing_in/code.html", email=row.email if row and here else None, error=None)


def _wrong_code(ask: Ask, row: SignInRow, template: str = "signing_in/code.html", **facts: object) -> Response:
    with ask.office.database.transaction() as session:
        signing_in.count_try(session, row.nonce)
    left = signing_in.TRIES - row.tries - 1
    if left <= 0:
        return _ask_anew(ask)
    error = ask.words.ngettext(
        "This is not the code from the letter. You can try once more.",
        "This is not the code from the letter. You can try %(left)s more times.",
        left,
    ) % {"left": left}
    return render(ask, template, 422, **{"email": row.email, "error": error, "has_errors": True, **facts})


def _ask_anew(ask: Ask) -> Response:
    return render(
        ask, "signing_in/address.html", 410, next="/", email="", error=ask.say(NOT_GOOD), has_errors=True
    )


def _signed_in(ask: Ask, row: SignInRow) -> Response:
    """Spend the request and begin a session, whose cookie is new."""
    token = nonce()
    with ask.office.database.transaction() as session:
        if not signing_in.spend(session, row.nonce, ask.now):
            return _ask_anew(ask)
        person = signing_in.person_of(session, row.email, row.language)
        assert person.id is not None
        if ask.visitor:
            sessions.end(session, ask.visitor.person_id, ask.visitor.id, "renewed", ask.now)
        agent = ask.request.headers.get("user-agent", "")
        sessions.begin(session, person.id, digest(token), agent, ask.now)
        signed_in = sessions.find(session, digest(token), ask.now)
    ask.cookies[SESSION] = token
    ask.cookies[LANGUAGE] = ask.language
    if signed_in and signed_in.is_staff:
        return ask.go(f"/second-factor?{urlencode({'next': row.next})}")
    return ask.go(row.next)

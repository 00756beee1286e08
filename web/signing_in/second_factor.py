"""How do staff prove more than an address?

An authenticator app (RFC 6238) and recovery codes. What signs a member of staff in by mail alone does nothing yet.
"""

import pyotp
import segno
from sqlmodel import Session
from starlette.responses import Response

from engine.database.access import factors, sessions
from engine.database.access.sessions import SignedIn
from engine.database.records import FactorRow
from web.ask import Ask, own_path
from web.cookies import SESSION
from web.keys import STEP, as_typed, digest, draw_recovery_codes, nonce
from web.policy import HALF_SIGNED_IN
from web.problems import Conflict, Forbidden
from web.rendering import render
from web.routes import EXPIRED, Pages

pages = Pages()
SECOND = 1_000_000


@pages.get("/second-factor", HALF_SIGNED_IN)
def second_factor(ask: Ask) -> Response:
    """The question for the authenticator's code, or the way to set one up."""
    next = own_path(ask.query.get("next", "/"))
    if _factor(ask) is None:
        return ask.go("/second-factor/set-up")
    return render(ask, "signing_in/second_factor.html", next=next, error=None)


@pages.post("/second-factor", HALF_SIGNED_IN)
def prove(ask: Ask) -> Response:
    """The code was right, or one of the recovery codes: the session may do what staff do, under a new cookie."""
    factor, next = _factor(ask), own_path(ask.text("next", 500))
    if factor is None or factor.id is None:
        return ask.go("/second-factor/set-up")
    if ask.office.throttle.is_barred(f"factor {factor.id}"):
        return render(ask, "signing_in/second_factor.html", 429, next=next, has_errors=True, error=ask.say(
            "There were too many wrong codes. Please wait a quarter of an hour."))  # fmt: skip
    given = "".join(ask.text("code", 40).lower().split())
    with ask.office.database.transaction() as session:
        step = _step_of(ask.office.keys.authenticator(factor.nonce), given, ask.now)
        right = step is not None and factors.spend_step(session, factor.id, step)
        right = right or factors.spend_recovery_code(session, factor.id, digest(given.replace("-", "")), ask.now)
        if right:
            _prove(ask, session)
    if not right:
        ask.office.throttle.count(f"factor {factor.id}")
        return render(ask, "signing_in/second_factor.html", 422, next=next, has_errors=True, error=ask.say(
            "This code is not right, or it was used before. The app shows a new one every 30 seconds."))  # fmt: skip
    return ask.go(next)


@pages.get("/second-factor/set-up", HALF_SIGNED_IN)
def set_up(ask: Ask) -> Response:
    """A new authenticator, to be scanned: nothing is kept before its first code is typed."""
    _may_set_up(ask)
    return _set_up_page(ask, nonce(), None)


@pages.post("/second-factor/set-up", HALF_SIGNED_IN)
def keep(ask: Ask) -> Response:
    """The authenticator works: it is kept, and the recovery codes are shown this once."""
    _may_set_up(ask)
    key = ask.text("nonce", 40)
    if not ask.office.keys.is_token("set-up", f"{ask.session_token} {key}", ask.text("seal", 60)):
        raise Forbidden(EXPIRED)
    step = _step_of(ask.office.keys.authenticator(key), "".join(ask.text("code", 20).split()), ask.now)
    if step is None:
        wrong = ask.say("This is not the code that the app shows. Is the clock of your telephone right?")
        return _set_up_page(ask, key, wrong)
    codes = draw_recovery_codes()
    visitor = _visitor(ask)
    with ask.office.database.transaction() as session:
        factors.put(session, visitor.person_id, key, step, map(digest, codes), ask.now)
        sessions.end_all(session, visitor.person_id, "second factor changed", ask.now, besides=visitor.id)
        _prove(ask, session)
        facts = {"at": ask.now, "change": "set_up"}
        ask.office.letters.queue(
            session, letter="second-factor-changed", key=key, facts=facts, now=ask.now, address=visitor.email,
            name=visitor.name, language=ask.language,
        )  # fmt: skip
    return render(ask, "signing_in/recovery_codes.html", codes=list(map(as_typed, codes)))


def _visitor(ask: Ask) -> SignedIn:
    assert ask.visitor is not None
    return ask.visitor


def _factor(ask: Ask) -> FactorRow | None:
    with ask.reading() as session:
        return factors.of_person(session, _visitor(ask).person_id)


def _may_set_up(ask: Ask) -> None:
    """Whoever has a second factor sets up another only after giving it."""
    if _factor(ask) is not None and _visitor(ask).proved_at is None:
        raise Conflict("You have a second factor already: give its code first.")


def _prove(ask: Ask, session: Session) -> None:
    """The session may do what staff do, from now on under another cookie (ASVS 5.0, 7.2.4)."""
    token = nonce()
    sessions.prove(session, _visitor(ask).id, ask.now)
    sessions.renew(session, _visitor(ask).id, digest(token))
    ask.cookies[SESSION] = ask.session_token = token


def _step_of(secret: str, given: str, now: int) -> int | None:
    """The step of time that a code belongs to, of this one and its neighbours; None for a wrong code."""
    totp = pyotp.TOTP(secret)
    here = now // SECOND // STEP
    return next((step for step in (here, here - 1, here + 1) if totp.at(step * STEP) == given), None)


def _set_up_page(ask: Ask, key: str, error: str | None) -> Response:
    secret = ask.office.keys.authenticator(key)
    address = pyotp.TOTP(secret).provisioning_uri(name=_visitor(ask).email, issuer_name=ask.office.name)
    return render(
        ask,
        "signing_in/set_up.html",
        422 if error else 200,
        nonce=key,
        seal=ask.office.keys.token("set-up", f"{ask.session_token} {key}"),
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        picture=segno.make(address, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff"),
        error=error,
        has_errors=bool(error),
    )

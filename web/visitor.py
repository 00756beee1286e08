"""Who is asking?

Known by a cookie whose digest stands in the table of sessions: asked at every request, so that whatever is ended is
ended with the next one.
"""

from fastapi import Request

from engine.database.access import sessions
from web.ask import Ask
from web.cookies import BROWSER, LANGUAGE, SESSION, read_cookie
from web.keys import digest, nonce
from web.office import LANGUAGES, Office
from web.words import best_language


def ask_of(request: Request, now: int) -> Ask:
    """The request, with whoever makes it."""
    office: Office = request.app.state.office
    token = read_cookie(request, office, SESSION)
    visitor = None
    if token:
        with office.database.reading() as session:
            visitor = sessions.find(session, digest(token), now)
        if visitor and not visitor.over and now - visitor.seen_at >= sessions.SEEN_EVERY:
            with office.database.transaction() as session:
                sessions.seen(session, visitor.id, now)
    browser = read_cookie(request, office, BROWSER)
    fresh = "" if browser else nonce()
    language, chosen = _language(request, office, visitor)
    ask = Ask(request, office, now, language, visitor, browser or fresh, token if visitor else "")
    if fresh:
        ask.cookies[BROWSER] = fresh
    if chosen:
        ask.cookies[LANGUAGE] = chosen
    return ask


def _language(request: Request, office: Office, visitor: sessions.SignedIn | None) -> tuple[str, str | None]:
    """The language of the answer, and whether it was chosen just now."""
    if (asked := request.query_params.get("lang")) in LANGUAGES:
        return asked, asked
    if (kept := read_cookie(request, office, LANGUAGE)) in LANGUAGES:
        return kept, None
    if visitor and visitor.language in LANGUAGES:
        return visitor.language, None
    return best_language(LANGUAGES, request.headers.get("accept-language", "")), None

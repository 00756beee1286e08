"""Which page is shown when another cannot be?

In the reader's language, without a word of how it came about: what went wrong inside is logged under a number, which is
all that the page tells.
"""

from collections.abc import Sequence

import structlog
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from engine.errors import Away, GrantcycleError, OutcomeUnknown, Refused, Unavailable, Unknown
from web.ask import Ask
from web.keys import nonce
from web.problems import NotThere, Problem, TooMany
from web.reasons import said_by
from web.rendering import render
from web.uploads.receiving import FormRefused

NOT_TYPED = ("csrf", "once", "kept", "seen", "go", "then", "do")
"""fields that a page puts into its forms"""
log = structlog.get_logger()


def problem_page(ask: Ask, problem: Exception) -> Response:
    """The page for a problem, with its status."""
    say = ask.say
    if isinstance(problem, NotThere | Unknown):
        return _not_there(ask)
    if isinstance(problem, TooMany):
        page = _page(ask, 429, say("Please wait a moment"), [say(problem.sentence, **problem.facts)])
        page.headers["Retry-After"] = str(problem.seconds)
        return page
    if isinstance(problem, FormRefused):
        typed = [text for name, text in problem.fields if name not in NOT_TYPED and text.strip()]
        sentence = problem.sentence.said(ask.words.gettext, ask.language)
        return _page(ask, problem.status, say("This form was not taken in"), [sentence], typed)
    if isinstance(problem, Problem):
        return _page(ask, problem.status, say("This did not work"), [say(problem.sentence, **problem.facts)])
    if isinstance(problem, Refused):
        return _page(ask, 409, say("This is not possible now"), [said_by(ask, reason) for reason in problem.reasons])
    if isinstance(problem, OutcomeUnknown):
        sentence = say(
            "The connection to the database broke while this was being saved. "
            "Look whether it is there before you send it again."
        )
        return _later(_page(ask, 503, say("We do not know whether this was saved"), [sentence]))
    if isinstance(problem, Away | Unavailable | OperationalError):
        log.error("a page could not be shown", path=ask.request.scope.get("route_path"), problem=type(problem).__name__)
        sentence = say("Nothing was changed, and nothing is lost. Please try again in a minute.")
        return _later(_page(ask, 503, say("The server cannot do this just now"), [sentence]))
    if isinstance(problem, HTTPException):
        return _not_there(ask) if problem.status_code == 404 else _wrong(ask, problem.status_code)
    if isinstance(problem, GrantcycleError):
        return _page(ask, 409, say("This did not work"), [str(problem)])
    number = nonce()[:8]
    log.exception("a page failed", number=number, problem=type(problem).__name__)
    sentence = say(
        "We have been told under the number %(number)s. Nothing that you had sent before is lost.", number=number
    )
    return _page(ask, 500, say("Something went wrong on our side"), [sentence])


def _not_there(ask: Ask) -> Response:
    sentence = ask.say("It may have been moved, or you may need to sign in with another address to see it.")
    return _page(ask, 404, ask.say("This page is not here"), [sentence])


def _wrong(ask: Ask, status: int) -> Response:
    sentence = ask.say("The browser asked for something that we do not offer.")
    return _page(ask, status, ask.say("This did not work"), [sentence])


def _later(page: Response) -> Response:
    page.headers["Retry-After"] = "60"
    return page


def _page(ask: Ask, status: int, title: str, sentences: list[str], typed: Sequence[str] = ()) -> Response:
    return render(ask, "problem.html", status, title=title, sentences=sentences, typed=typed)

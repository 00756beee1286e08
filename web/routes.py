"""How does a request find its page, and what is asked of it on the way?

A route is a path, a policy and a function of one `Ask`. There is no other way to add one, and the app does not start
with a route that has no policy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from web.ask import Ask
from web.cookies import set_cookies
from web.errors import problem_page
from web.forms import read_form
from web.keeping import done_with, keep_form, take_up
from web.policy import Policy
from web.problems import AnswerFirst, Forbidden, SignInFirst
from web.uploads.receiving import FormRefused
from web.visitor import ask_of

Page = Callable[[Ask], Response]
EXPIRED = "This form is not from a page of yours that is still open. Open the page again, and send it once more."


@dataclass(frozen=True, slots=True)
class Declared:
    """A page as it was declared."""

    method: str
    path: str
    policy: Policy
    page: Page
    from_mail: bool = False
    """sent by a mail program, which has no page of ours: what it may do stands in its address alone (RFC 8058)"""


class Pages:
    """The pages of one area."""

    def __init__(self) -> None:
        self.declared: list[Declared] = []

    def get(self, path: str, policy: Policy) -> Callable[[Page], Page]:
        """A page that is looked at; it changes nothing."""
        return self._declare("GET", path, policy)

    def post(self, path: str, policy: Policy, *, from_mail: bool = False) -> Callable[[Page], Page]:
        """What a form is sent to; with `from_mail` what a mail program sends without a page of ours, too."""
        return self._declare("POST", path, policy, from_mail=from_mail)

    def _declare(
        self, method: str, path: str, policy: Policy, *, from_mail: bool = False
    ) -> Callable[[Page], Page]:
        def declare(page: Page) -> Page:
            self.declared.append(Declared(method, path, policy, page, from_mail))
            return page

        return declare


def add_pages(app: FastAPI, areas: list[Pages]) -> None:
    """Put the pages into the app."""
    for declared in (one for area in areas for one in area.declared):
        methods = ["GET", "HEAD"] if declared.method == "GET" else [declared.method]
        route = Route(declared.path, _endpoint(declared), methods=methods, name=declared.page.__qualname__)
        route.policy = declared.policy  # type: ignore[attr-defined]  # what `must_declare` looks for
        app.router.routes.append(route)


def must_declare(app: FastAPI, without: tuple[str, ...]) -> None:
    """Raises RuntimeError for a route without a policy, other than those at the paths `without`."""
    for route in app.routes:
        if getattr(route, "path", None) not in without and not isinstance(getattr(route, "policy", None), Policy):
            raise RuntimeError(f"the route {getattr(route, 'path', route)} declares no policy")


def _endpoint(declared: Declared) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        now = request.state.arrived
        if declared.method == "GET":
            return await run_in_threadpool(_answer, declared, request, now, FormData())
        try:
            async with read_form(request) as form:
                return await run_in_threadpool(_answer, declared, request, now, form)
        except FormRefused as refused:
            return await run_in_threadpool(_refused, request, now, refused)

    return endpoint


def _refused(request: Request, now: int, refused: FormRefused) -> Response:
    """The page for a form that was not taken in at all, whoever sent it."""
    ask = ask_of(request, now)
    return set_cookies(ask, problem_page(ask, refused))


def _answer(declared: Declared, request: Request, now: int, form: FormData) -> Response:
    ask = ask_of(request, now)
    ask.form = form
    try:
        if declared.method == "POST" and not declared.from_mail:
            must_be_ours(ask)
            take_up(ask)
        declared.policy.check(ask)
        response = declared.page(ask)
        if response.status_code < 400:
            done_with(ask)
        if declared.method == "POST":
            ask.office.nudge()  # what was told just now leaves now
    except SignInFirst as first:
        response = _sign_in_first(ask, first)
    except AnswerFirst as first:
        response = ask.go(first.path)
    except Exception as problem:
        response = problem_page(ask, problem)
    return set_cookies(ask, response)


def must_be_ours(ask: Ask) -> None:
    """Raises Forbidden for a form that does not carry this visitor's own token (ASVS 5.0, 3.5.1)."""
    given = ask.form.get("csrf")
    if not isinstance(given, str) or not ask.office.keys.is_token("form", ask.session_token or ask.browser, given):
        raise Forbidden(EXPIRED)


def _sign_in_first(ask: Ask, first: SignInFirst) -> Response:
    """To the sign-in page, and back afterwards; what was sent is kept meanwhile."""
    if first.proof:
        return RedirectResponse(f"/second-factor?{urlencode({'next': ask.path})}", status_code=303)
    kept = keep_form(ask) if ask.request.method == "POST" else None
    back = kept or _page_at(ask)
    return RedirectResponse(f"/sign-in?{urlencode({'next': back})}", status_code=303)


def _page_at(ask: Ask) -> str:
    """The page that can be looked at where this was sent to, or the nearest one above it."""
    path = ask.path
    routes = [route for route in ask.request.app.routes if isinstance(route, Route)]
    looked_at = [route for route in routes if route.methods and "GET" in route.methods]
    while path and not any(route.path_regex.match(path) for route in looked_at):
        path = path.rpartition("/")[0]
    return path or "/"

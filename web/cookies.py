"""Which cookies does a browser keep for us?

None is read by a script or sent along from another site. Over HTTPS their names bind them to this very host (RFC
6265bis, `__Host-`).
"""

from starlette.requests import Request
from starlette.responses import Response

from web.ask import Ask
from web.office import Office

SESSION = "session"
BROWSER = "browser"
LANGUAGE = "language"
A_YEAR = 365 * 24 * 3600


def _name(office: Office, name: str) -> str:
    return f"__Host-{name}" if office.is_https else f"grantcycle-{name}"


def read_cookie(request: Request, office: Office, name: str) -> str:
    """What a browser brings along; empty where it brings none."""
    return request.cookies.get(_name(office, name), "")[:200]


def set_cookies(ask: Ask, response: Response) -> Response:
    """The same answer, with the cookies that the ask has gathered."""
    https = ask.office.is_https
    for name, value in ask.cookies.items():
        full = _name(ask.office, name)
        if value is None:
            response.delete_cookie(full, path="/", secure=https, httponly=True, samesite="lax")
        else:
            age = A_YEAR if name in (BROWSER, LANGUAGE) else None
            response.set_cookie(full, value, max_age=age, path="/", secure=https, httponly=True, samesite="lax")
    return response

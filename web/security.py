"""What does every answer say to a browser about safety, and which requests are turned away at the door?

Sources: OWASP ASVS 5.0, 3.4 and 3.5; Fetch Metadata (W3C); Content Security Policy 3 (W3C).
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
ELSEWHERE = (
    "Dit formulier komt van een andere site.\n"
    "Ce formulaire vient d’un autre site.\n"
    "This form was sent from another site.\n"
)
"""said at the door, before anybody knows who reads it"""
SAFE = ("GET", "HEAD", "OPTIONS")
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
    "Vary": "Cookie, Accept-Language",
}


class Security:
    """Puts the headers on every answer, stamps when a request arrived, and turns away what another site sends."""

    def __init__(self, app: ASGIApp, now: Callable[[], int], https: bool) -> None:
        self.app = app
        self.now = now
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # on time is what the server had received by then, however long it waits for its turn
        scope.setdefault("state", {})["arrived"] = self.now()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
                if self.https:
                    headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
            await send(message)

        if scope["method"] not in SAFE and not is_same_origin(Headers(scope=scope)):
            answer = PlainTextResponse(ELSEWHERE, status_code=403)
            await answer(scope, receive, sending)
            return
        await self.app(scope, receive, sending)


def is_same_origin(headers: Headers) -> bool:
    """Whether a request that may change something comes from a page of this site, as its browser says.

    A program that keeps no cookies may ask without saying so: there is nothing of anybody's to act with.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == headers.get("host")
    return "cookie" not in headers

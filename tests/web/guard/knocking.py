"""How do the tests of permissions put very many requests in little time? Straight to the app, without a socket."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote, urlencode

from visiting import Site

from engine.database.access import sessions
from engine.database.store import find_person, the_id
from web.cookies import BROWSER, SESSION
from web.keys import digest

BOUNDARY = "a-boundary-of-the-tests"
Fields = Mapping[str, str] | Sequence[tuple[str, str]]


@cache
def _runner() -> asyncio.Runner:
    return asyncio.Runner()


def close() -> None:
    """The loop is over, if there was one."""
    if _runner.cache_info().currsize:
        _runner().close()
        _runner.cache_clear()


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request was answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    def header(self, name: str) -> str:
        """Its value, the last where it stands twice; empty where it does not stand."""
        return next((value for one, value in reversed(self.headers) if one == name.lower()), "")

    @property
    def onward(self) -> str:
        """Where it leads, when it leads on."""
        return self.header("location")

    def all(self, name: str) -> list[str]:
        return [value for one, value in self.headers if one == name.lower()]


class Knocker:
    """One browser, known by cookies that the test chooses, so that two worlds can be asked in the same words."""

    def __init__(self, site: Site, token: str = "", language: str = "en") -> None:
        self.site = site
        self.language = language
        self.jar = {f"grantcycle-{BROWSER}": "b" * 22}
        self.token = token
        if token:
            self.jar[f"grantcycle-{SESSION}"] = token

    @property
    def csrf(self) -> str:
        """What every form of this browser carries."""
        return self.site.office.keys.token("form", self.token or "b" * 22)

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, fields: Fields = (), files: Sequence[tuple[str, str, bytes]] = ()) -> Answer:
        """A form of its own page, with its token."""
        given = [("csrf", self.csrf), *(fields.items() if isinstance(fields, Mapping) else fields)]
        if not files:
            return self.ask("POST", path, urlencode(given).encode(), "application/x-www-form-urlencoded")
        return self.ask("POST", path, _multipart(given, files), f"multipart/form-data; boundary={BOUNDARY}")

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        """One request; cookies that the answer sets are kept, but for the session and the browser."""
        answer = _runner().run(_ask(self.site.app, method, path, self._headers(kind), body))
        for one in answer.all("set-cookie"):
            name, _, value = one.partition(";")[0].partition("=")
            if name not in (f"grantcycle-{BROWSER}", f"grantcycle-{SESSION}"):
                self.jar[name] = "" if "Max-Age=0" in one else value.strip('"')
        return answer

    def _headers(self, kind: str) -> list[tuple[bytes, bytes]]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.jar.items() if value)
        sent = {"host": "testserver", "accept-language": self.language, "sec-fetch-site": "same-origin",
                "cookie": cookies, "content-type": kind}  # fmt: skip
        return [(name.encode(), value.encode()) for name, value in sent.items() if value]


def signed_in(site: Site, email: str, *, seen: int | None = None, proved: bool = True, which: int = 1) -> Knocker:
    """Somebody's browser, the `which`-th; `seen` (UTC microseconds) when it was last used, if not now."""
    token = f"session-{which}-of-{email}"
    with site.database.transaction() as session:
        person = find_person(session, email)
        assert person is not None, email
        sessions.begin(session, the_id(person), digest(token), "a test", seen or site.now, site.now if proved else None)
    return Knocker(site, token)


async def _ask(app: Any, method: str, path: str, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> Answer:
    plain, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": unquote(plain),
        "raw_path": plain.encode(), "query_string": query.encode(), "root_path": "", "scheme": "http",
        "headers": [*headers, (b"content-length", str(len(body)).encode())], "server": ("testserver", 80),
        "client": ("testclient", 50000), "state": {},
    }  # fmt: skip
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    status, told, parts = 0, [], []

    async def receive() -> Any:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal status, told
        if message["type"] == "http.response.start":
            status, told = message["status"], message["headers"]
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return Answer(status, tuple((name.decode().lower(), value.decode()) for name, value in told), b"".join(parts))


def _multipart(fields: Sequence[tuple[str, str]], files: Sequence[tuple[str, str, bytes]]) -> bytes:
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in fields]  # fmt: skip
    for name, file, content in files:
        named = file.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{named}"\r\n'
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()

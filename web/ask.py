"""What is asked of the server: by whom, when, in which language, with which form?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from engine.database.access.sessions import SignedIn
from web.office import LANGUAGES, Office
from web.place import Place
from web.words import Translations, translations

NOTICES = "notice"


@dataclass
class Ask:
    """One request."""

    request: Request
    office: Office
    now: int
    """when it arrived, in UTC microseconds: stamped before anything waits"""
    language: str
    visitor: SignedIn | None
    browser: str
    """the cookie of a browser that has visited us before, or a new one"""
    session_token: str = ""
    form: FormData = field(default_factory=FormData)
    cookies: dict[str, str | None] = field(default_factory=dict)
    """to be set with the answer; None takes one away"""
    seen_until: int = 0
    """how far the journal of a round went before a page of its console was made: what its forms carry as `seen`"""
    kept: str = ""
    """what this form takes up again that was kept"""

    def __post_init__(self) -> None:
        self._place: Place | None = None

    @property
    def place(self) -> Place:
        """The round, and perhaps the dossier, that the page is about: found by its policy."""
        assert self._place is not None
        return self._place

    @place.setter
    def place(self, found: Place) -> None:
        self._place = found

    @property
    def is_placed(self) -> bool:
        """Whether the page is about a round."""
        return self._place is not None

    @property
    def path(self) -> str:
        return self.request.url.path

    @property
    def params(self) -> Mapping[str, str]:
        """What stands in the path."""
        return self.request.path_params

    @property
    def query(self) -> Mapping[str, str]:
        """What stands behind the question mark."""
        return self.request.query_params

    @property
    def words(self) -> Translations:
        return translations(self.language)

    def say(self, sentence: str, **facts: object) -> str:
        """A sentence of ours in the reader's language."""
        said = self.words.gettext(sentence)
        return said % facts if facts else said

    @property
    def email(self) -> str:
        """Who acts. Only where a policy has asked for somebody who is signed in."""
        assert self.visitor is not None
        return self.visitor.email

    @property
    def csrf(self) -> str:
        """What every form of this visitor carries."""
        return self.office.keys.token("form", self.session_token or self.browser)

    @property
    def caller(self) -> str:
        """The address of whoever calls, as far as our own proxies name it."""
        hops = [hop.strip() for hop in self.request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
        client = self.request.client.host if self.request.client else ""
        trusted = self.office.trusted_proxies
        # only what our own proxies have added is believed: each adds whom it was called by at the end
        return hops[-trusted] if 0 < trusted <= len(hops) else client

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One look at the database."""
        with self.office.database.reading() as session:
            yield session

    def text(self, name: str, longest: int = 10_000) -> str:
        """A field of the form as it was typed, without blanks around it; empty where there is none."""
        value = self.form.get(name)
        return value.strip()[:longest] if isinstance(value, str) else ""

    def go(self, path: str, notice: str | None = None) -> Response:
        """On to another page of ours, which says the notice first."""
        if notice:
            self.cookies[NOTICES] = quote(notice)
        return RedirectResponse(path, status_code=303)

    def quoted(self, text: str) -> str:
        """A text between the quotation marks of the reader's language."""
        return self.say("“%(text)s”", text=text)

    def said(self, text: str) -> str:
        """What the programme of this page says, in the reader's language."""
        return self.place.said(text, self.language)

    @property
    def letter_language(self) -> str:
        """A language that the programme of this page writes letters in: the page's, if it is one."""
        workflow = self.place.workflow
        return self.language if self.language in workflow.languages else workflow.language

    def here_in(self, language: str) -> str:
        """The address of this page, whatever stands behind its question mark, in another language."""
        asked = [(name, value) for name, value in self.request.query_params.multi_items() if name != "lang"]
        return f"{self.path}?{urlencode([*asked, ('lang', language)])}"

    def facts(self) -> dict[str, Any]:
        """What every template may name."""
        return {
            "request": self.request,
            "lang": self.language,
            "languages": LANGUAGES,
            "visitor": self.visitor,
            "site": self.office,
            "csrf": self.csrf,
            "path": self.path,
            "here_in": self.here_in,
            "now": self.now,
            "seen_until": self.seen_until,
            **({"place": self._place, "said": self.said} if self._place else {}),
        }


def own_path(path: str) -> str:
    """A path of this site to go on to, or the start page for anything else (ASVS 5.0, 3.7.2)."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if plain and len(path) <= 500 else "/"

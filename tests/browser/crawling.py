"""What can be reached from a page? Every link, picture, style, script, frame and form by GET of the same site."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from playwright.sync_api import Page

LINKS = {"a": "href", "area": "href", "link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src",
         "object": "data"}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What one address answered."""

    path: str
    """with its query: `/call/impuls/2019?page=2`"""
    status: int
    kind: str
    """the media type, without parameters"""
    html: str
    """empty for what is no page"""
    came_from: str
    """the path of the first page that leads there; empty for the start"""


def crawl(visitor: Any, start: str, *, most: int = 300) -> dict[str, Found]:
    """What is reached from `start`, by path, as the visitor sees it; redirections are followed one by one.

    `visitor` is a page in the browser (with its cookies) or a test client, then `start` is a path. Of a form by GET
    every option of every choice is tried, the rest as it stands. Raises AssertionError beyond `most` addresses, for
    pages that lead on and on.
    """
    origin = _site(start)
    ask = _asker(visitor)
    found: dict[str, Found] = {}
    waiting = deque([(start, "")])
    known = {_path(start)}
    while waiting:
        url, came_from = waiting.popleft()
        status, kind, html, onward = ask(url)
        path = _path(url)
        found[path] = Found(path, status, kind, html, came_from)
        assert len(found) <= most, f"more than {most} addresses, the last of them {path} from {came_from}"
        for reached in (urljoin(url, one) for one in (*onward, *links(html))):
            if _site(reached) == origin and _path(reached) not in known:
                known.add(_path(reached))
                waiting.append((reached.partition("#")[0], path))
    return found


def dead(found: dict[str, Found]) -> list[str]:
    """What was reached and is not there, or fails: `status path from where`."""
    return [f"{one.status} {one.path} from {one.came_from}" for one in found.values() if one.status >= 400]


def pages(found: dict[str, Found]) -> dict[str, str]:
    """The HTML of every page that was found, by path, as `validate` takes it."""
    return {path: one.html for path, one in found.items() if one.html}


def links(html: str) -> list[str]:
    """Where a page leads by GET, as it is written there."""
    reader = _Links()
    reader.feed(html)
    reader.close()
    return reader.found


def _site(url: str) -> tuple[str, str]:
    return urlsplit(url)[:2]


def _path(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _asker(visitor: Any) -> Callable[[str], tuple[int, str, str, list[str]]]:
    """Asks for an address: its status, media type, HTML, and where it sends on to."""

    def ask(url: str) -> tuple[int, str, str, list[str]]:
        if isinstance(visitor, Page):
            answer = visitor.request.get(url, max_redirects=0)
            status, text = answer.status, answer.text
        else:
            answer = visitor.get(url, follow_redirects=False)
            status, text = answer.status_code, lambda: answer.text
        kind = answer.headers.get("content-type", "").partition(";")[0]
        onward = [answer.headers["location"]] if status in range(300, 400) and "location" in answer.headers else []
        return status, kind, text() if kind == "text/html" else "", onward

    return ask


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._action: str | None = None  # of the form that is being read, if it is one by GET
        self._fields: list[tuple[str, str]] = []
        self._choices: list[tuple[str, str]] = []
        self._select = ""
        self._option: tuple[bool, str | None] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if (where := given.get(LINKS.get(tag, ""))) and not where.startswith("#"):
            self.found.append(where)
        if tag == "form":
            self._action = given.get("action", "") if given.get("method", "get").lower() == "get" else None
            self._fields, self._choices = [], []
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select:
            self._end_option()
            self._option = ("selected" in given, given.get("value"))
        elif tag == "input" and given.get("name"):
            kind = given.get("type", "text")
            if kind in ("radio", "checkbox"):
                self._chosen(given["name"], given.get("value", "on"), "checked" in given)
            elif kind == "submit":
                self._choices.append((given["name"], given.get("value", "")))
            elif kind not in ("button", "image", "reset", "file"):
                self._fields.append((given["name"], given.get("value", "")))
        elif tag == "button" and given.get("type", "submit") == "submit" and given.get("name"):
            self._choices.append((given["name"], given.get("value", "")))

    def _chosen(self, name: str, value: str, is_chosen: bool) -> None:
        (self._fields if is_chosen else self._choices).append((name, value))

    def handle_data(self, data: str) -> None:
        self._text += data if self._option else ""

    def _end_option(self) -> None:
        if self._option:
            is_chosen, value = self._option
            self._chosen(self._select, " ".join(self._text.split()) if value is None else value, is_chosen)
        self._option, self._text = None, ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("option", "select"):
            self._end_option()
        if tag == "select":
            self._select = ""
        if tag == "form" and self._action is not None:
            base = self._action.partition("?")[0] or "?"
            sent = [self._fields]
            for name, value in self._choices:
                sent.append([*((n, v) for n, v in self._fields if n != name), (name, value)])
            self.found += [f"{base.rstrip('?')}?{urlencode(fields)}" for fields in sent]
            self._action = None

"""Who visits the pages? Debian's Chromium, in a fresh profile each time, while everything that goes wrong is noted.

A fault is a request to another machine, an answer of 500 or more, anything but a page that is answered with 400 or
more, a request that fails, an error in the console (what the Content-Security-Policy stops among them) and an
exception in a script.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright
from served import LOOPBACK

NARROW, WIDE = 390, 1440
"""the widths in pixels at which pages are looked at: a phone and a desk"""
HEIGHTS = {NARROW: 844}
LOCALES = {"nl": "nl-BE", "fr": "fr-BE", "en": "en-GB"}
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    # nothing leaves the machine, whatever a page asks for
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {LOOPBACK}",
)  # fmt: skip
ANSWERED = "Failed to load resource: the server responded with a status of "
"""the console's own words for an answer, which is judged as an answer"""


@dataclass
class Chromium:
    """A running browser, and the loop in which Playwright talks to it."""

    browser: Browser
    loop: asyncio.AbstractEventLoop

    @contextmanager
    def awake(self) -> Iterator[Browser]:
        """The browser, for as long as one test uses it.

        Between two calls Playwright leaves its loop marked as the running one of this thread, where tests with loops
        of their own run as well; outside this context the mark is taken away.
        """
        asyncio._set_running_loop(self.loop)
        try:
            yield self.browser
        finally:
            asyncio._set_running_loop(None)


@contextmanager
def running_chromium(path: str) -> Iterator[Chromium]:
    """A browser without a window, started and stopped."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        chromium = Chromium(browser, asyncio.get_running_loop())
        asyncio._set_running_loop(None)
        try:
            yield chromium
        finally:
            asyncio._set_running_loop(chromium.loop)
            browser.close()


@dataclass
class Faults:
    """What went wrong while a test visited pages, a sentence each."""

    noted: list[str] = field(default_factory=list)

    def taken(self, pattern: str = "") -> list[str]:
        """The faults in which the regular expression `pattern` is found, which fail the test no longer."""
        taken = [one for one in self.noted if re.search(pattern, one)]
        self.noted = [one for one in self.noted if one not in taken]
        return taken

    def watch(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.noted.append(f"exception in a script: {error.error}"))

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname != LOOPBACK:
            self.noted.append(f"request to another machine: {request.url}")

    def _failed(self, request: Request) -> None:
        # a page that is left while it loads, and a download, break off on purpose
        if urlsplit(request.url).hostname == LOOPBACK and request.failure != "net::ERR_ABORTED":
            self.noted.append(f"request failed: {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        page = response.request.resource_type == "document"
        if response.status >= (500 if page else 400):
            self.noted.append(f"answer {response.status}: {response.request.method} {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(ANSWERED):
            self.noted.append(f"error in the console: {message.text}")


@dataclass
class Visits:
    """The people who visit in one test, each in a profile of their own, with cookies of their own."""

    browser: Browser
    faults: Faults
    contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(
        self, url: str = "", *, javascript: bool = True, width: int = WIDE, dark: bool = False, language: str = "nl"
    ) -> Page:
        """Somebody new, at `url` if it is given; `page.context.new_page()` is a second tab of theirs."""
        context = self.browser.new_context(
            java_script_enabled=javascript,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            color_scheme="dark" if dark else "light",
            locale=LOCALES[language],
            timezone_id="Europe/Brussels",
            reduced_motion="reduce",
            service_workers="block",
        )
        self.contexts.append(context)
        self.faults.watch(context)
        page = context.new_page()
        if url:
            page.goto(url)
        return page

    def _end(self) -> None:
        for context in self.contexts:
            for page in context.pages:
                page.evaluate("0")  # what the page has said until now is heard before it closes
            context.close()

    @classmethod
    @contextmanager
    def paid(cls, chromium: Chromium, faults: Faults) -> "Iterator[Visits]":
        """Visits that end with the context. Raises AssertionError for faults that nobody has taken by then."""
        with chromium.awake() as browser:
            visits = cls(browser, faults)
            try:
                yield visits
            finally:
                visits._end()
        assert not faults.noted, "\n".join(faults.noted)

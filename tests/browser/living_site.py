"""Which installation do people visit in a browser? One that is served, at an hour of the test, and whose letters leave.

Letters go over SMTP to the catcher, and are read where it keeps them.
"""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page
from served import serving
from visiting import CALL, ROUND, SENDER, STAFF, Site, at, prepared

from engine.database.store import find_person
from notifications.catcher import LOOPBACK, Catcher, Caught, caught
from notifications.mailbox import CaughtMail
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import SmtpTransport
from web.app import create_app
from web.links import secrets_of

CONTACT = Address("Els Peeters", addr_spec=STAFF)
LINK = re.compile(r"https?://\S+/sign-in/[^\s)>]+")
CODE = re.compile(r"\b(\d{3} \d{3})\b")


@dataclass
class LivingSite:
    """A site, where it is served, and the folder of its mailbox."""

    site: Site
    address: str
    folder: Path
    read: int = field(default=0)
    """letters that somebody has looked at, by `new_letters`"""

    def it_is(self, text: str) -> None:
        """The clock shows that hour of Brussels, what was due until then happens, and its letters arrive."""
        self.site.clock.instant = at(text)
        self.site.cycle.advance(self.site.now)
        self.post()

    def later(self, *, minutes: int) -> None:
        """So much later, on the same day: nothing is due meanwhile."""
        self.site.clock.instant += minutes * 60_000_000

    def post(self) -> None:
        """All letters that wait leave now, and are caught."""
        # Playwright has marked its loop as the running one of this thread
        postman = threading.Thread(target=lambda: asyncio.run(self._deliver()), name="postman")
        postman.start()
        postman.join()

    async def _deliver(self) -> None:
        async with Catcher(self.folder) as catcher:
            transport, office = SmtpTransport(LOOPBACK, catcher.port), self.site.office
            await Postman(
                self.site.database, transport, Renderer(CONTACT), sender=SENDER, shelf=self.site.shelf,
                secrets=lambda nonce: secrets_of(office.keys, office.base_url, nonce),
            ).deliver(self.site.clock)  # fmt: skip

    def letters(self) -> list[Caught]:
        """Every letter that was caught, the first first."""
        return list(caught(self.folder))

    def new_letters(self) -> list[tuple[str, str]]:
        """(to whom, subject) of what was caught since somebody asked last, by address; codes are left out."""
        every = self.letters()
        fresh, self.read = every[self.read :], len(every)
        return sorted((one.recipient, CODE.sub("A code", " ".join(one.subject.split()))) for one in fresh)

    def sign_in_letter(self, email: str) -> tuple[str, str]:
        """The path of the link, and the code, in the newest sign-in letter to an address."""
        self.post()
        text = next(
            text
            for one in reversed(self.letters())
            if one.recipient == email and LINK.search(text := _text(one))
        )  # fmt: skip
        link, code = LINK.search(text), CODE.search(text)
        assert link is not None, text
        assert code is not None, text
        return urlsplit(link[0]).path, code[1]


def come_in(living: LivingSite, page: Page, email: str, *, proved: bool = True) -> None:
    """The browser of that page is signed in as somebody from now on; an empty address signs it out."""
    page.context.clear_cookies(name="grantcycle-session")
    if not email:
        return
    with living.site.database.reading() as session:
        is_known = find_person(session, email) is not None
    if not is_known:
        living.site.cycle.subscribe(ROUND, email=email, language="nl", now=living.site.now)
    token = living.site.session_of(email, proved=proved)
    page.context.add_cookies([{"name": "grantcycle-session", "value": token, "url": living.address}])


def _text(letter: Caught) -> str:
    body = letter.message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@contextmanager
def living_site(folder: Path, now: int = CALL) -> Iterator[LivingSite]:
    """The site of tests of pages, with everything it keeps under `folder`."""
    database = prepared(f"sqlite:///{folder / 'site.db'}")
    site = Site(database, now)
    site.office = replace(site.office, mailbox=CaughtMail(folder / "mailbox"))
    with serving(create_app(site.office)) as address:
        yield LivingSite(site, address, folder / "mailbox")
    database.close()

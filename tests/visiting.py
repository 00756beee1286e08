"""What does a test of pages visit? A whole installation in memory of one process, at a time that the test says."""

import atexit
import re
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from functools import cache
from pathlib import Path
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from databases import compiled_once, fresh
from starlette.testclient import TestClient

from engine.clock import StoppedClock
from engine.cycle import Cycle, Upload
from engine.cycle.scene import Shelf
from engine.database.access import sessions
from engine.database.connection import Database, open_database
from engine.database.store import find_person, the_id
from engine.files.reading import Programme, load
from engine.rules.moments import to_instant
from notifications.accounts import AccountLetters
from notifications.incoming.showing import read_mail
from notifications.outbox import Outbox
from notifications.previewing import Previews
from notifications.rendering import Renderer
from notifications.staff_desk import StaffDesk
from notifications.trying import LetterSamples
from notifications.wording import Wording
from web.app import create_app
from web.cookies import LANGUAGE, SESSION
from web.keys import Keys, digest, nonce
from web.office import Contact, Mailbox, Office

SHIPPED = Path(__file__).parents[1] / "workflows"
ROUND = "cera-impuls/2019"
STAFF, CHAIR, MEMBER, THIRD, FOURTH = (
    "els@impuls.example", "bo@jury.example", "noor@jury.example", "ine@jury.example", "sam@jury.example",
)  # fmt: skip
OBSERVER = "wim@demos.example"
APPLICANT, COLLEAGUE, STRANGER = "an@brug.example", "jef@brug.example", "eve@elders.example"
PEOPLE = (
    (STAFF, "Els Peeters", "nl", "staff", False),
    (CHAIR, "Bo Adams", "nl", "jury", True),
    (MEMBER, "Noor Claes", "fr", "jury", False),
    (THIRD, "Ine Ruys", "nl", "jury", False),
    (FOURTH, "Sam Otto", "en", "jury", False),
    (OBSERVER, "Wim Maes", "nl", "jury observer", False),
)
SENDER = Address("Impulsprogramma", "impuls", "impuls.example")
CONTACT = Address("Els Peeters", addr_spec=STAFF)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" \
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\nxref\n0 4\ntrailer<</Size 4/Root 1 0 R>>\n" \
    b"startxref\n180\n%%EOF\n"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


def at(text: str) -> int:
    """An instant on the clocks of Brussels: `2019-01-15 10:00`."""
    local = datetime.fromisoformat(text)
    return to_instant(local.date(), local.time(), "Europe/Brussels")


BEFORE, CALL, LAST_DAY = at("2018-12-01 10:00"), at("2019-01-15 10:00"), at("2019-03-01 23:50")


@cache
def cera() -> Programme:
    return load(SHIPPED / "cera-impuls")


@cache
def _portal() -> BlockingPortal:
    """The event loop in which every page is answered: making one for each takes as long as a short page."""
    running = start_blocking_portal()
    portal = running.__enter__()
    atexit.register(running.__exit__, None, None, None)
    return portal


class Visit:
    """One browser."""

    def __init__(self, site: "Site", language: str) -> None:
        self.site = site
        self.client = TestClient(site.app, raise_server_exceptions=False, follow_redirects=False)
        self.client.portal = _portal()
        self.client.headers["accept-language"] = language

    def get(self, path: str, **kept: Any) -> Any:
        return self.client.get(path, **kept)

    def csrf(self, path: str) -> str:
        """The token of the forms on a page."""
        found = CSRF.search(self.get(path).text)
        assert found is not None, path
        return found[1]

    def post(self, path: str, fields: Mapping[str, Any] | None = None, *, on: str | None = None, **more: Any) -> Any:
        """Send a form that stands on the page `on`; without one, on the sign-in page."""
        given = {"csrf": self.csrf(on or "/sign-in"), **(fields or {})}
        return self.client.post(path, data=given, headers={"sec-fetch-site": "same-origin"}, **more)


def put_round(database: Database) -> None:
    """Open the round, and give everybody their part."""
    cycle = Cycle(database, Outbox(SENDER).queue)
    cycle.open_round(cera(), "2019", by=STAFF, now=BEFORE)
    for email, name, language, role, chair in PEOPLE:
        cycle.add_person(
            ROUND, email=email, name=name, language=language, role=role, chair=chair, by=STAFF, now=BEFORE
        )  # fmt: skip


@cache
def _prepared() -> Any:
    """The driver's connection to a database with an open round, to be copied: opening it takes its time."""
    database = fresh()
    put_round(database)
    return database.writer.raw_connection().driver_connection


def prepared(url: str) -> Database:
    """A database with an open round, where `url` says."""
    database = compiled_once(open_database(url))
    connection = database.writer.raw_connection()
    _prepared().backup(connection.driver_connection)
    connection.close()
    return database


class Site:
    """An installation whose database has one open round."""

    def __init__(self, database: Database, now: int = CALL, mailbox: Mailbox | None = None) -> None:
        self.database = database
        self.clock = StoppedClock(BEFORE)
        self.shelf = Shelf()
        self.cycle = Cycle(database, Outbox(SENDER, (), self.shelf).queue, shelf=self.shelf)
        self.clock.instant = now
        letters = AccountLetters(SENDER, (), self.shelf)
        self.office = Office(
            database=database, cycle=self.cycle, clock=self.clock, shelf=self.shelf, keys=Keys(b"k" * 32),
            base_url="http://testserver", name="Impulsprogramma", zone="Europe/Brussels",
            contact=Contact("Els Peeters", STAFF), letters=letters, mailbox=mailbox,
            samples=LetterSamples(Renderer(SENDER), letters), desk=StaffDesk(database, SENDER, (), self.shelf),
            wording=Wording(CONTACT), previews=Previews(CONTACT, SENDER, self.shelf),
            read_mail=read_mail,
        )  # fmt: skip
        self.app = create_app(self.office)

    @property
    def now(self) -> int:
        return self.clock.instant

    def visit(self, email: str | None = None, language: str = "en", *, proved: bool = True) -> Visit:
        """A browser, signed in as somebody (staff with their second factor) or as nobody.

        Pages come in that language, whatever the person's own is; without one, in the person's own.
        """
        visit = Visit(self, language)
        visit.client.cookies.set(f"grantcycle-{LANGUAGE}", language, domain="testserver.local", path="/")
        if email:
            token = self.session_of(email, proved=proved)
            visit.client.cookies.set(f"grantcycle-{SESSION}", token, domain="testserver.local", path="/")
            if language:
                visit.client.cookies.set(f"grantcycle-{LANGUAGE}", language, domain="testserver.local", path="/")
        return visit

    def session_of(self, email: str, *, proved: bool = True) -> str:
        """Sign somebody in (staff with their second factor); gives what the cookie holds."""
        token = nonce()
        with self.database.transaction() as session:
            person = find_person(session, email)
            assert person is not None, email
            sessions.begin(session, the_id(person), digest(token), "a test", self.now, self.now if proved else None)
        return token

    def draft(self, email: str = APPLICANT, organisation: str = "De Brug", *, complete: bool = True) -> str:
        """A dossier in the making."""
        number = self.cycle.start_dossier(
            ROUND, organisation=organisation, email=email, name=email.partition("@")[0].title(), language="nl",
            by=email, now=self.now,
        )  # fmt: skip
        if complete:
            answers = {"title": f"Werk van {organisation}", "practice": "Samen koken en vertellen.",
                       "partner": "OCMW", "amount": 20_000}  # fmt: skip
            self.cycle.answer(ROUND, number, answers, by=email, now=self.now, files={"plan": Upload("plan.pdf", PDF)})
        return number

    def handed_in(self, email: str = APPLICANT, organisation: str = "De Brug") -> str:
        number = self.draft(email, organisation)
        self.cycle.act(ROUND, number, "submit", by=email, now=self.now)
        return number

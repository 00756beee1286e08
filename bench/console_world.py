"""In which round are the pages of the console asked, and how is one asked without a socket?

A round in preselection with any number of dossiers, each marked by a third of the members, set up by SQL in seconds.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from bench.dossiers import CALENDAR, ROUND, SENDER, SETTLED, STAFF, hand_in
from engine.clock import StoppedClock
from engine.cycle import Cycle
from engine.cycle.scene import Shelf
from engine.database.access import sessions
from engine.database.connection import Database
from engine.database.store import find_person, the_id
from engine.rules.times import Moment
from notifications.accounts import AccountLetters
from notifications.incoming.showing import read_mail
from notifications.outbox import Outbox
from notifications.previewing import Previews
from notifications.rendering import Renderer
from notifications.staff_desk import StaffDesk
from notifications.trying import LetterSamples
from notifications.wording import Wording
from web import areas
from web.app import create_app
from web.cookies import LANGUAGE, SESSION
from web.keys import Keys, digest
from web.office import Contact, Office

READING = CALENDAR.instant(Moment("preselection", "opens")) + 8 * 24 * 3_600_000_000
MEMBERS = 10
CRITERIA = ("participation", "artistic", "learning")
TOKEN = "a-session-of-the-staff"
NUMBER = "CI19-0000001"
PARAMETER = re.compile(r"{(\w+)}")


def fill(database: Database, dossiers: int) -> None:
    """The round in preselection: so many dossiers, and ten marks for each, by SQL."""
    hand_in(database, dossiers)
    cycle = Cycle(database, Outbox(SENDER).queue)
    for place in range(MEMBERS):
        cycle.add_person(
            ROUND, email=f"m{place}@jury.example", name=f"Member {place}", language="nl", role="jury",
            chair=place == 0, by=STAFF, now=SETTLED,
        )  # fmt: skip
    cycle.advance(READING)
    with database.transaction() as session:
        connection = session.connection()
        for place in range(MEMBERS):
            member = find_person(session, f"m{place}@jury.example")
            assert member is not None
            for criterion in CRITERIA:
                connection.exec_driver_sql(
                    "INSERT INTO score (dossier_id, assessment, criterion, person_id, mark, scored_at) "
                    f"SELECT id, '', '{criterion}', {the_id(member)}, 1 + (id * {place + 3} + {len(criterion)}) % 10, "
                    f"{READING} FROM dossier WHERE (id + {place}) % 3 = 0"
                )
        staff = find_person(session, STAFF)
        assert staff is not None
        sessions.begin(session, the_id(staff), digest(TOKEN), "a benchmark", READING, READING)


def office_of(database: Database) -> Office:
    """An installation over that database, whose clock stands still."""
    shelf = Shelf()
    cycle, letters = Cycle(database, Outbox(SENDER, shelf=shelf).queue, shelf=shelf), AccountLetters(SENDER, (), shelf)
    return Office(
        database=database, cycle=cycle, clock=StoppedClock(READING), shelf=shelf, keys=Keys(b"k" * 32),
        base_url="http://bench.example", name="Fund", zone="Europe/Brussels", contact=Contact("Ann", STAFF),
        letters=letters, samples=LetterSamples(Renderer(SENDER), letters), desk=StaffDesk(database, SENDER, (), shelf),
        wording=Wording(SENDER), previews=Previews(SENDER, SENDER, shelf),
        read_mail=read_mail,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answered:
    """What a page was answered with."""

    status: int
    body: bytes


class Visitor:
    """Somebody of the staff, signed in, whose requests go straight to the app."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.app = create_app(office)

    async def ask(self, path: str) -> Answered:
        """One page, through all that stands before it."""
        plain, _, query = path.partition("?")
        cookie = f"grantcycle-{SESSION}={TOKEN}; grantcycle-{LANGUAGE}=en"
        scope = {
            "type": "http", "method": "GET", "path": plain, "raw_path": plain.encode(), "query_string": query.encode(),
            "headers": [(b"host", b"bench.example"), (b"cookie", cookie.encode())], "http_version": "1.1",
            "scheme": "http", "server": ("bench.example", 80), "client": ("127.0.0.1", 1), "root_path": "",
            "asgi": {"version": "3.0"},
        }  # fmt: skip
        status, parts = 0, []
        done = asyncio.Event()

        async def receive() -> Mapping[str, Any]:
            if not done.is_set():
                done.set()
                return {"type": "http.request", "body": b"", "more_body": False}
            await asyncio.sleep(3600)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                parts.append(message.get("body", b""))

        await self.app(scope, receive, send)
        return Answered(status, b"".join(parts))


def pages_of_the_console() -> list[str]:
    """The address of every page of the console that somebody can look at in this round."""
    programme, _, name = ROUND.partition("/")
    given = {"programme": programme, "round": name, "number": NUMBER, "meeting": "pitch", "state": "in_preselection"}
    declared = [one for area in areas.ALL for one in area.declared if one.method == "GET"]
    paths = sorted({one.path for one in declared if one.path == "/staff" or one.path.startswith("/staff/")})
    return [PARAMETER.sub(lambda one: given.get(one[1], "1"), path) for path in paths]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The questions that are put to the database meanwhile."""
    sent: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    engines = {database.reader, database.writer}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", listen)

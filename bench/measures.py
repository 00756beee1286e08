"""What is measured, and beside what?"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from pathlib import Path

from jinja2 import Environment
from sqlmodel import col, select

from engine.cycle import Cycle, Upload
from engine.database.connection import Database, open_database
from engine.database.migrating import migrate
from engine.database.records import CauseRow, NotificationRow
from engine.files.reading import load
from engine.rules.moments import SECOND, Calendar
from engine.rules.workflow import Moment
from notifications.message import Envelope, compose
from notifications.outbox import Outbox
from notifications.rendering import Renderer

PROGRAMME = load(Path(__file__).parent.parent / "workflows" / "cera-impuls")
ROUND = "cera-impuls/2019"
CALENDAR = Calendar(PROGRAMME.rounds["2019"])
OPENS, CLOSES = (CALENDAR.instant(Moment("call", edge)) for edge in ("opens", "closes"))
SENDER, STAFF, CHAIR = Address("Fund", "fund", "fund.example"), "staff@fund.example", "chair@fund.example"
COHORT, ACTS, LETTERS = 300, 60, 200


@dataclass(frozen=True)
class Measure:
    """`ours` and `limit` set themselves up in a folder and give what is then timed; that gives how many it did."""

    name: str
    beside: str
    ours: Callable[[Path], Callable[[], int]]
    limit: Callable[[Path], Callable[[], int]]


def _cycle(folder: Path, dossiers: int) -> tuple[Database, Cycle, Sequence[str]]:
    """A round in its call with so many dossiers handed in, on a file that is synced at every commit."""
    database = open_database(f"sqlite:///{folder / 'ours.db'}")
    migrate(database)
    cycle = Cycle(database, Outbox(SENDER).queue)
    cycle.open_round(PROGRAMME, "2019", by=STAFF, now=OPENS - SECOND)
    for email, role in ((STAFF, "staff"), (CHAIR, "jury")):
        cycle.add_person(
            ROUND, email=email, name="Ann", language="nl", role=role, chair=role == "jury", by=STAFF, now=OPENS
        )
    numbers = []
    for place in range(dossiers):
        email = f"a{place}@applicants.example"
        number = cycle.start_dossier(
            ROUND, organisation="House", email=email, name="Bo", language="nl", by=email, now=OPENS
        )
        cycle.act(
            ROUND, number, "submit", by=email, now=OPENS, files={"plan": Upload("plan.pdf", b"%PDF-1.7")},
            answers={"title": "A plan", "practice": "Weekly", "partner": "A centre", "amount": 45000},
        )  # fmt: skip
        numbers.append(number)
    return database, cycle, numbers


def _bare(folder: Path, rows: int, commits: int) -> Callable[[], int]:
    """So many commits of so many rows of 200 bytes each, with SQLite and nothing else."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for statement in (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, x)",
    ):
        connection.execute(statement)

    def once() -> int:
        for _ in range(commits):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO t (x) VALUES (?)", [("x" * 200,)] * rows)
            connection.execute("COMMIT")
        connection.close()
        return commits

    return once


def _acts(folder: Path) -> Callable[[], int]:
    database, cycle, numbers = _cycle(folder, 1)
    now = CLOSES + 60 * SECOND
    cycle.advance(now)

    def once() -> int:
        for place in range(ACTS):
            marks = {"participation": 1 + place % 10, "artistic": 5, "learning": 5}
            cycle.score(ROUND, numbers[0], marks, by=CHAIR, now=now + place)
        database.close()
        return ACTS

    return once


def _cohort(folder: Path) -> Callable[[], int]:
    database, cycle, numbers = _cycle(folder, COHORT)

    def once() -> int:
        cycle.advance(CLOSES + 31 * SECOND)
        database.close()
        return len(numbers)

    return once


def _bare_cohort(folder: Path) -> Callable[[], int]:
    # a transition, a journal row and a letter for each dossier, in one transaction
    move = _bare(folder, rows=3 * COHORT, commits=1)
    return lambda: move() * COHORT


def _letters(folder: Path) -> Callable[[], int]:
    database, _, _ = _cycle(folder, 1)
    with database.reading() as session:
        row = session.exec(select(NotificationRow).where(col(NotificationRow.letter) == "submission-received")).one()
        cause = session.get_one(CauseRow, row.cause_id)
    renderer = Renderer(SENDER)

    def once() -> int:
        for place in range(LETTERS):
            letter = renderer.render(
                PROGRAMME, letter=row.letter, language=("nl", "fr", "en")[place % 3], role=row.role,
                shared=cause.facts, facts=row.facts,
            )  # fmt: skip
            compose(letter, Envelope(SENDER, SENDER, "Bo", row.address, "nl", row.message_id, row.leaves_at))
        database.close()
        return LETTERS

    return once


def _bare_letters(_folder: Path) -> Callable[[], int]:
    template = Environment().from_string("{{ name }} " + PROGRAMME.letters["nl"]["unfinished-draft"].split("{")[0] * 20)

    def once() -> int:
        for place in range(LETTERS):
            template.render(name=place)
        return LETTERS

    return once


MEASURES = (
    Measure("acts: a member's three marks", "one synced commit of 5 rows", _acts, lambda f: _bare(f, 5, ACTS)),
    Measure(f"a close of {COHORT} dossiers", "3 rows each in one commit", _cohort, _bare_cohort),
    Measure("letters rendered and composed", "a Jinja2 template rendered", _letters, _bare_letters),
)

"""How does a round come to have a million dossiers that were handed in, in seconds?

By set-based SQL, for what is measured comes afterwards. Everything that differs between dossiers differs here: numbers,
names, addresses, languages, titles, amounts, instants, receipts.
"""

from email.headerregistry import Address
from pathlib import Path

from sqlalchemy import Connection, text

from bench.databases import settle_down
from engine.cycle import Cycle
from engine.cycle.scene import Shelf
from engine.database.connection import Database
from engine.database.store import find_round
from engine.files.reading import load
from engine.rules.moments import SECOND, Calendar
from engine.rules.times import Moment
from notifications.outbox import Outbox

PROGRAMME = load(Path(__file__).parent.parent / "workflows" / "cera-impuls")
ROUND = "cera-impuls/2019"
CALENDAR = Calendar(PROGRAMME.rounds["2019"])
OPENS, CLOSES = (CALENDAR.instant(Moment("call", edge)) for edge in ("opens", "closes"))
SETTLED = CLOSES + 30 * SECOND
"""when the calendar fires the close of the call"""
SENDER, STAFF, CHAIR = Address("Fund", "fund", "fund.example"), "staff@fund.example", "chair@fund.example"
FIRST_DOSSIER, FIRST_PERSON = 3_000_000, 7_000_000
"""ids are given out from here, so that no other number in a row looks like one"""
NUMBER_OF = {"sqlite": "printf('%07d', i)", "postgresql": "lpad(i::text, 7, '0')"}
RECEIPT = {"sqlite": "lower(hex(randomblob(32)))", "postgresql": "encode(sha256(i::text::bytea), 'hex')"}
SERIES = {
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :dossiers) SELECT i FROM n) n",
    "postgresql": "generate_series(1, CAST(:dossiers AS BIGINT)) AS n(i)",
}


def cycle_on(database: Database) -> Cycle:
    """A cycle with the outbox that a worker has, its programme read already, as a worker's is after its first act."""
    shelf = Shelf()
    cycle = Cycle(database, Outbox(SENDER, shelf=shelf).queue)
    with database.reading() as session:
        shelf.get(session, find_round(session, ROUND).digest)
    cycle.batches(ROUND, OPENS)
    return cycle


def open_round(database: Database) -> None:
    """The Cera round, opened before its call, with one member of staff."""
    cycle = Cycle(database, Outbox(SENDER).queue)
    cycle.open_round(PROGRAMME, "2019", by=STAFF, now=OPENS - SECOND)
    cycle.add_person(ROUND, email=STAFF, name="Ann", language="nl", role="staff", by=STAFF, now=OPENS)


def hand_in(database: Database, dossiers: int) -> None:
    """The round up to a second before its call closes, with so many dossiers handed in, each with one contact."""
    open_round(database)
    with database.transaction() as session:
        connection = session.connection()
        _write(connection, dossiers)
    Cycle(database, Outbox(SENDER).queue).advance(CLOSES - SECOND)
    settle_down(database)


def _write(connection: Connection, dossiers: int) -> None:
    dialect = connection.dialect.name
    number, series, receipt = NUMBER_OF[dialect], SERIES[dialect], RECEIPT[dialect]
    late = f"(i * {SECOND} + 250000)"
    quoted = "'\"' || {} || '\"'".format
    answers = {
        "title": quoted(f"'A plan ' || {number}"),
        "practice": quoted("'Weekly, with twelve people of the neighbourhood'"),
        "partner": quoted("'A centre'"),
        "amount": "CAST(10000 + i % 30000 AS TEXT)",
        "plan": '\'{"name": "plan.pdf", "digest": "none", "size": 8}\'',
    }
    json = "::json" if dialect == "postgresql" else ""
    given = {"dossiers": dossiers, "round_id": 1, "opens": OPENS, "dossier": FIRST_DOSSIER, "person": FIRST_PERSON}
    statements = [
        f"INSERT INTO person (id, email, name, language) SELECT :person + i, 'a' || {number} || '@applicants.example', "
        f"'Bo ' || {number}, CASE i % 3 WHEN 0 THEN 'nl' WHEN 1 THEN 'fr' ELSE 'en' END FROM {series}",
        "INSERT INTO dossier (id, round_id, number, organisation, state, entered_at, started_at, received_at, receipt, "
        f"version) SELECT :dossier + i, :round_id, 'CI19-' || {number}, 'House ' || {number}, 'submitted', "
        f":opens + {late}, :opens, :opens + {late}, {receipt}, 2 FROM {series}",
        "INSERT INTO contact (dossier_id, person_id, since) "
        f"SELECT :dossier + i, :person + i, :opens FROM {series}",
        *(
            "INSERT INTO answer (dossier_id, question, version, value, given_at, given_by) "
            f"SELECT :dossier + i, '{question}', 1, ({value}){json}, :opens, :person + i FROM {series}"
            for question, value in answers.items()
        ),
        "INSERT INTO transition (dossier_id, name, source, target, at, recorded_at, person_id) "
        f"SELECT :dossier + i, 'submit', 'draft', 'submitted', :opens + {late}, :opens + {late}, "
        f":person + i FROM {series}",
    ]  # fmt: skip
    for statement in statements:
        used = {name: value for name, value in given.items() if f":{name}" in statement}
        connection.execute(text(statement.replace("::", "\\:\\:")), used)

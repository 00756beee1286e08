"""What does it cost to ask what is due, with nothing pending, with a million pending, and with a million that fired?"""

import time
from collections import defaultdict
from contextlib import ExitStack

from sqlalchemy import text

from bench.databases import Place, migrated, raw, settle_down
from bench.dossiers import OPENS, ROUND, SERIES, open_round
from bench.figures import Figures, Line, Wanted
from engine.cycle import due
from engine.database.connection import Database
from engine.database.store import find_round, the_id
from engine.rules.moments import SECOND

QUESTIONS = 500
NEXT = "SELECT fires_at FROM deadline WHERE ended_at IS NULL AND awaits_release IS FALSE ORDER BY fires_at LIMIT 1"
FAR = 40 * 365 * 24 * 3600 * SECOND
"""so far after the call opens nothing of the round itself is due"""


def put_pending(database: Database, pending: int, *, fired: bool = False) -> None:
    """So many deadlines, a second apart: far ahead, or fired before the call opened."""
    dialect = database.writer.dialect.name
    if not pending:
        return
    # counted away from the opening of the call, in the direction in which they lie
    instant = f"({OPENS} - (i + 60) * {SECOND})" if fired else f"({OPENS + FAR} + i * {SECOND})"
    ended = (instant, "'fired'") if fired else ("NULL", "NULL")
    with database.transaction() as session:
        session.connection().execute(
            text(
                "INSERT INTO deadline (round_id, key, kind, name, moment, position, local, zone, tzdata, due_at, "
                "fires_at, ended_at, ending, awaits_release) "
                "SELECT 1, 'pending ' || i, 'edge', 'pending', 'call opens', 0, '2059-01-01T00:00:00', "
                f"'Europe/Brussels', '2026.1', {instant}, {instant}, {ended[0]}, {ended[1]}, FALSE "
                f"FROM {SERIES[dialect]}"
            ),
            {"dossiers": pending},
        )
    settle_down(database)


def _microseconds(database: Database) -> float:
    """How long the three questions take that are asked when nothing is due: which rounds, which deadline, when next."""
    with database.reading() as session:
        round_id = the_id(find_round(session, ROUND))
        begun = time.perf_counter()
        for _ in range(QUESTIONS):
            assert list(due.rounds_due(session, OPENS + SECOND)) == []
            assert due.next_due(session, round_id, OPENS + SECOND) is None
            assert due.next_instant(session) is not None
        return (time.perf_counter() - begun) / QUESTIONS * 1_000_000


def _bare_microseconds(database: Database) -> float:
    """How long the bare driver takes to ask when something will be due next."""
    with raw(database) as cursor:
        begun = time.perf_counter()
        for _ in range(QUESTIONS):
            cursor.execute(NEXT)
            assert cursor.fetchone() is not None
        return (time.perf_counter() - begun) / QUESTIONS * 1_000_000


def measure(place: Place, pending: int, runs: int) -> Figures:
    """Microseconds for the questions with so many pending, beside the same with none."""
    found: dict[str, list[float]] = defaultdict(list)
    urls: list[str] = []
    with ExitStack() as stack:
        databases = {}
        for name, count, fired in (("pending", pending, False), ("nothing", 0, False), ("fired", pending, True)):
            urls.append(place.fresh())
            databases[name] = stack.enter_context(migrated(urls[-1]))
            open_round(databases[name])
            put_pending(databases[name], count, fired=fired)
        for _ in range(runs):
            # turn by turn, so that a machine that slows down slows down all of them
            for name, database in databases.items():
                found[name].append(_microseconds(database))
            found["bare"].append(_bare_microseconds(databases["pending"]))
    for url in urls:
        place.drop(url)
    ours = Line("ours", f"{pending:,} pending", tuple(found["pending"]))
    nothing = Line("ours", "nothing pending but the round's own agenda", tuple(found["nothing"]))
    past = Line("ours", f"{pending:,} that have fired", tuple(found["fired"]))
    bare = Line("limit", f"the bare driver asks when next, {pending:,} pending", tuple(found["bare"]))
    wanted = tuple(
        Wanted(f"{line.how}: within 2 times of nothing pending", line.median <= 2 * nothing.median)
        for line in (ours, past)
    )
    return Figures(
        f"what is due, and when next? {place.name}", "µs", (ours, nothing, past, bare), better="low", wanted=wanted
    )

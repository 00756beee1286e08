"""How long does the rehearsal of four years take, beside its own statements alone, and how much memory?"""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, event

from bench.child import in_a_child, peak_mb
from bench.databases import opened, raw
from bench.dossiers import PROGRAMME
from bench.figures import Figures, Line
from grantcycle.rehearsing import rehearse

SEED = 7
ENDS = ("COMMIT", "ROLLBACK")
Statements = list[tuple[str, Any, bool]]


def measure(dossiers: int, runs: int) -> Figures:
    """The Cera round 2019-2022 with so many invented dossiers, in seconds."""
    said = [in_a_child("rehearse", str(dossiers)) for _ in range(runs)]
    lines = (
        Line("ours", "the real engine, every letter included", tuple(one["seconds"] for one in said),
             max(one["peak_mb"] for one in said)),
        Line("limit", f"the bare driver repeats its {said[0]['statements']:,} statements and nothing else",
             tuple(one["bare_seconds"] for one in said)),
    )  # fmt: skip
    return Figures(f"the Cera round 2019-2022 rehearsed with {dossiers} dossiers", "s", lines, better="low")


def rehearsed(dossiers: int) -> dict[str, Any]:
    """One rehearsal in this process: how long it took, and how long its statements take alone."""
    begun = time.perf_counter()
    rehearse(PROGRAMME, "2019", dossiers=dossiers, seed=SEED)
    taken = time.perf_counter() - begun
    peak = peak_mb()
    # once more to note what it asks of the database; noting is not timed
    statements = _noted(dossiers)
    return {
        "seconds": taken, "peak_mb": peak, "bare_seconds": _repeated(statements), "statements": len(statements),
    }  # fmt: skip


def _noted(dossiers: int) -> Statements:
    noted: Statements = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        noted.append((statement, values, many))

    def commits(_connection: Any) -> None:
        noted.append(("COMMIT", (), False))

    def rolls_back(_connection: Any) -> None:
        noted.append(("ROLLBACK", (), False))

    heard = (("before_cursor_execute", note), ("commit", commits), ("rollback", rolls_back))
    for name, listener in heard:
        event.listen(Engine, name, listener)
    try:
        rehearse(PROGRAMME, "2019", dossiers=dossiers, seed=SEED)
    finally:
        for name, listener in heard:
            event.remove(Engine, name, listener)
    return noted


def _repeated(statements: Sequence[tuple[str, Any, bool]]) -> float:
    """How long the statements take on an empty database in memory."""
    with opened("sqlite://") as database, raw(database) as cursor:
        cursor.connection.rollback()
        begun = time.perf_counter()
        for statement, values, many in statements:
            # SQLAlchemy says `many` of a statement that it has made one of, too
            if many and values and isinstance(values[0], tuple):
                cursor.executemany(statement, values)
            elif statement in ENDS and not cursor.connection.in_transaction:
                continue
            else:
                cursor.execute(statement, values).fetchall()
        return time.perf_counter() - begun

"""Clocks that a test sets: of this machine, and of the database where that has one of its own."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import text
from stage import Stage

from engine.clock import Look
from engine.database.connection import Database
from engine.database.nodes import Node, this_node
from engine.database.watch import Watch

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
YEAR = 365 * DAY

OWN_CLOCK = (
    "CREATE SCHEMA shown",
    "CREATE TABLE shown.clock (micros bigint NOT NULL)",
    "INSERT INTO shown.clock VALUES (0)",
    "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS "
    "$$ SELECT timestamptz 'epoch' + micros * interval '1 microsecond' FROM shown.clock $$",
)
"""a clock_timestamp() that is found before PostgreSQL's own and shows what the test says"""


class Clocks:
    """The time that passes, and what the clocks make of it."""

    def __init__(self, database: Database, now: int) -> None:
        self.database = database
        self.wall = self.shared = now
        self.passed = HOUR
        self.boot = "first"
        if database.is_shared:
            with database.writer.begin() as connection:
                for statement in OWN_CLOCK:
                    connection.execute(text(statement))
                name = connection.execute(text("SELECT current_database()")).scalar_one()
                connection.execute(text(f"ALTER DATABASE {name} SET search_path = public, pg_catalog"))
            database.writer.dispose()
            database.reader.dispose()
        self._show()

    def now(self) -> int:
        return self.wall

    def look(self) -> Look | None:
        return Look(self.wall, self.passed, self.boot)

    def watch(self, sweep: float = 20, mark: Path | None = None, **other: Any) -> Watch:
        """A process that has just been started; `other` is what it says differently about itself."""
        return Watch(self.database, self, self.node(sweep, **other), mark)

    def node(self, sweep: float = 20, **other: Any) -> Node:
        return replace(this_node("worker", self, sweep), **other)

    def go_on(self, by: int) -> None:
        """Time passes, or the machine sleeps, which is the same to it."""
        self.wall, self.shared, self.passed = self.wall + by, self.shared + by, self.passed + by
        self._show()

    def set_by(self, by: int) -> None:
        """Somebody sets the clock that the database goes by."""
        self.wall, self.shared = self.wall + by, self.shared + by
        self._show()

    def skew_by(self, by: int) -> None:
        """Somebody sets this machine's clock alone."""
        self.wall += by

    def restart(self, after: int = 0) -> None:
        """The machine is started anew, when so much time has passed."""
        self.go_on(after)
        self.boot, self.passed = f"{self.boot}'", HOUR

    def _show(self) -> None:
        if self.database.is_shared:
            with self.database.writer.begin() as connection:
                connection.execute(text("UPDATE shown.clock SET micros = :now"), {"now": self.shared})


def fired(stage: Stage) -> Counter[str]:
    """How often the journal says of each deadline that it came."""
    return Counter(row.details["name"] for row in stage.journal("due"))

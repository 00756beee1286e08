"""What does the database say after a year: every row, by table, with the words that people use for it?"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Row
from sqlmodel import SQLModel

from engine.database import journal
from engine.database.connection import Database

_STEP = """
SELECT 'a dossier stands elsewhere than its last transition says' WHERE EXISTS (
  SELECT 1 FROM dossier d WHERE d.state != coalesce(
    (SELECT target FROM transition t WHERE t.dossier_id = d.id ORDER BY t.id DESC LIMIT 1), 'draft'))
UNION ALL SELECT 'two verdicts stand for one dossier' WHERE EXISTS (
  SELECT 1 FROM verdict WHERE ended_at IS NULL GROUP BY dossier_id HAVING count(*) > 1)
UNION ALL SELECT 'a move of the calendar took a dossier twice' WHERE EXISTS (
  SELECT 1 FROM transition WHERE deadline_id IS NOT NULL GROUP BY deadline_id, dossier_id HAVING count(*) > 1)
UNION ALL SELECT 'the last link has other rows than it says' WHERE EXISTS (
  SELECT 1 FROM (SELECT id, rows FROM journal_link ORDER BY id DESC LIMIT 1) l
  WHERE l.rows != (SELECT count(*) FROM journal j WHERE j.link_id = l.id))
UNION ALL SELECT 'something fired and is still marked as waiting' WHERE EXISTS (
  SELECT 1 FROM deadline WHERE ended_at IS NOT NULL AND (awaits_release OR ending IS NULL))
UNION ALL SELECT 'a letter was sent and does not know when' WHERE EXISTS (
  SELECT 1 FROM notification WHERE (ended_at IS NULL) = (status IN ('sent', 'failed', 'cancelled', 'expired')))
"""


def broken_at_this_step(cursor: Any) -> list[str]:
    """The invariants that are cheap enough to be asked after every step: a sentence for each that does not hold."""
    return [sentence for (sentence,) in cursor.execute(_STEP)]


@dataclass(frozen=True)
class Books:
    """Every row of every table, in the order in which they were written."""

    tables: Mapping[str, list[Row[Any]]]
    broken_chains: tuple[str, ...]

    def __getattr__(self, table: str) -> list[Row[Any]]:
        return self.tables[table]

    def lines(self) -> Iterator[str]:
        """Every row as a line of text, for a digest; the programmes' own texts stand aside."""
        for name, rows in self.tables.items():
            if name not in ("pinned", "letter"):
                for row in rows:
                    yield f"{name} {tuple(row)}"

    @cached_property
    def number(self) -> dict[int | None, str]:
        """What people call a dossier, by its id."""
        return {row.id: row.number for row in self.dossier}

    @cached_property
    def address(self) -> dict[int | None, str]:
        return {row.id: row.email for row in self.person}

    @cached_property
    def key(self) -> dict[int, str]:
        """What a round is called, by its id."""
        return {row.id: row.key for row in self.round}

    @cached_property
    def moves(self) -> dict[int, list[Row[Any]]]:
        """Every move of a dossier, oldest first."""
        found: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in self.transition:
            found[row.dossier_id].append(row)
        return found

    @cached_property
    def causes(self) -> dict[int, Row[Any]]:
        return {row.id: row for row in self.cause}

    def about(self, notification: Row[Any]) -> tuple[str, ...]:
        """The numbers of the dossiers that a letter is about."""
        if notification.dossier_id is not None:
            return (self.number[notification.dossier_id],)
        return tuple(line["number"] for line in notification.facts.get("dossiers", ()))

    def history(self, number: str) -> str:
        """One dossier in the journal, for whoever reads a failure."""
        ids = {one for one, known in self.number.items() if known == number}
        return "\n".join(
            f"    {row.at} (written {row.recorded_at}) {row.actor} {row.what} {row.details}"
            for row in self.journal
            if row.dossier_id in ids
        )


def read_books(database: Database, *only: str) -> Books:
    """All that is in a database (or only some tables of it), and whether anybody rewrote a journal."""
    with database.reading() as session:
        connection = session.connection()
        tables = {}
        for table in SQLModel.metadata.sorted_tables:
            if only and table.name not in only:
                continue
            by = table.columns.get("id")
            wanted = table.select().order_by(*([by] if by is not None else table.primary_key.columns))
            tables[table.name] = list(connection.execute(wanted).all())
        broken = [one for row in tables.get("round", ()) for one in journal.broken_links(session, row.id)]
    return Books(tables, tuple(broken))

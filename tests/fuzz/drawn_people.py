"""Who is there in a life drawn by lot, and what does everybody know who acts in it?"""

import random
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import col, select

from engine.cycle import Cycle
from engine.database.connection import Database
from engine.database.records import DossierRow
from engine.database.store import current_answers, the_id
from engine.files.reading import Programme
from engine.rehearsal.acting import Actors
from engine.rehearsal.inventing import Inventor
from engine.rules.moments import SECOND, Calendar, from_instant
from engine.rules.round import Round
from engine.rules.workflow import Workflow

DAY = 24 * 3600 * SECOND
STAFFS = ("els@fund.example", "jan@fund.example")
UNDO = 600 * SECOND


class People:
    """A round with its people; each act gives a word of what came of it, or None where there was nothing to do."""

    database: Database
    programme: Programme
    round: Round
    rules: Workflow
    key: str
    dice: random.Random
    cycle: Cycle
    actors: Actors
    calendar: Calendar
    inventor: Inventor
    speaks: dict[str, str]
    members: dict[str, tuple[str, ...]]
    others: tuple[Programme, ...]

    def reading(self) -> Any:
        return self.database.reading()

    def rows(self, table: Any, *where: Any) -> list[Any]:
        with self.reading() as session:
            rows = list(session.exec(select(table).where(*where).order_by(col(table.id))).all())
            session.expunge_all()
            return rows

    def answered(self, dossier: DossierRow) -> Mapping[str, Any]:
        with self.reading() as session:
            return current_answers(session, the_id(dossier))

    def row_of(self, table: Any, *where: Any) -> Any:
        rows = self.rows(table, *where)
        return self.dice.choice(rows) if rows else None

    def a_dossier(self) -> DossierRow | None:
        row: DossierRow | None = self.row_of(DossierRow)
        return row

    def staff(self) -> str:
        return self.dice.choice(STAFFS)

    def speaker(self, number: str) -> str:
        return self.speaks.get(number, STAFFS[0])

    def _day(self, now: int) -> date:
        return from_instant(now, self.calendar.zone).date()

"""How is the round of a programme that the stories tell of played, act by act?"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from pathlib import Path
from typing import Any

import pytest
from databases import fresh
from sqlmodel import col, func, select

from engine.cycle import Cycle
from engine.database.invariants import INVARIANTS, check
from engine.database.records import DossierRow, JournalRow, NotificationRow, RoundRow
from engine.errors import Refused
from engine.files.reading import load
from engine.rules.moments import to_instant
from notifications.outbox import Outbox

PROGRAMMES = Path(__file__).parent / "story" / "programmes"


@contextmanager
def refused(*codes: str) -> Iterator[None]:
    """What is done within is refused for these reasons."""
    with pytest.raises(Refused) as told:
        yield
    assert sorted(reason.code for reason in told.value.reasons) == sorted(codes)


class PlayedRound:
    """A round on a fresh database, with short names for what happens over and over."""

    def __init__(self, programme: str, round: str, parts: Sequence[tuple[str, str, bool]], opened: str) -> None:
        """`parts` are (address, role, whether they preside); the first of them opens it."""
        self.programme = load(PROGRAMMES / programme)
        self.zone = self.programme.rounds[round].timezone
        self.key = f"{programme}/{round}"
        self.staff = parts[0][0]
        self.database = fresh()
        self.cycle = Cycle(self.database, Outbox(Address("The programme", addr_spec=self.staff)).queue)
        self.open(round, parts, self.at(opened))

    def open(self, round: str, parts: Sequence[tuple[str, str, bool]], now: int) -> None:
        """Another round of the programme, with the same people."""
        self.cycle.open_round(self.programme, round, by=self.staff, now=now)
        for email, role, chair in parts:
            self.cycle.add_person(
                f"{self.programme.name}/{round}", email=email, name=email, language="en", role=role, chair=chair,
                by=self.staff, now=now,
            )  # fmt: skip

    def at(self, local: str) -> int:
        """The instant of a wall time in the round's zone."""
        wall = datetime.fromisoformat(local)
        return to_instant(wall.date(), wall.time(), self.zone)

    def draft(self, who: str, answers: Mapping[str, Any], now: int, key: str | None = None) -> str:
        """Somebody starts a dossier and answers its questions; gives its number."""
        email, key = address(who), key or self.key
        number = self.cycle.start_dossier(
            key, organisation=f"{who.title()} plc", email=email, name=who, language="en", by=email, now=now
        )
        self.cycle.answer(key, number, answers, by=email, now=now)
        return number

    def states(self, key: str | None = None) -> dict[str, str]:
        """number -> state"""
        with self.database.reading() as session:
            rows = session.exec(
                select(DossierRow).join(RoundRow).where(col(RoundRow.key) == (key or self.key))
                .order_by(col(DossierRow.number))
            ).all()  # fmt: skip
            return {row.number: row.state for row in rows}

    def letters(self, letter: str) -> list[str]:
        """To whom a letter was written."""
        with self.database.reading() as session:
            found = select(NotificationRow.address).where(col(NotificationRow.letter) == letter)
            return sorted(session.exec(found).all())

    def broken(self) -> list[tuple[str, tuple[str, ...]]]:
        """What must hold and does not."""
        with self.database.reading() as session:
            now = session.exec(select(func.max(JournalRow.recorded_at))).one()
            found = check(session, now, session.exec(select(RoundRow)).all(), invariants=INVARIANTS)
            return [(one.invariant.name, one.offending) for one in found if one.offending]


def address(who: str) -> str:
    """Where somebody who applies is written to."""
    return f"{who}@projects.example"

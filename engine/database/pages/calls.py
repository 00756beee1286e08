"""Which rounds are open, and on which dates?"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from engine.database.calendars import extended
from engine.database.meetings import meetings_of
from engine.database.pages import Rules
from engine.database.records import RoundRow
from engine.database.store import extensions_of, the_id
from engine.files.reading import Programme
from engine.rules.moments import Calendar


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round that was opened; `digest` is of the programme that it runs on."""

    id: int
    key: str
    programme: str
    name: str
    number: str
    timezone: str
    digest: str
    opened_at: int


def as_open(row: RoundRow) -> OpenRound:
    """What pages know of a round that was opened."""
    return OpenRound(
        the_id(row), row.key, row.programme, row.name, row.number, row.timezone, row.digest, row.opened_at
    )  # fmt: skip


def open_round(session: Session, key: str) -> OpenRound | None:
    """The round of that key, or None: whoever asks for one that is not there learns of no other."""
    row = session.exec(select(RoundRow).where(col(RoundRow.key) == key)).first()
    return as_open(row) if row else None


@dataclass(frozen=True, slots=True)
class Dated:
    """A round with its rules, and its dates as they are now."""

    round: OpenRound
    programme: Programme
    calendar: Calendar


def dated(session: Session, round: OpenRound, rules: Rules, dossier_id: int | None = None) -> Dated:
    """The round with the extensions that all got and, if one is given, those of a dossier."""
    programme = rules(round.digest)
    rows = extensions_of(session, round.id)
    meetings = meetings_of(session, round.id)
    return Dated(round, programme, extended(programme.rounds[round.name], rows, dossier_id, meetings))

"""What have staff written down about a dossier, for each other?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from engine.database.records import NoteRow, PersonRow
from engine.database.store import the_id


@dataclass(frozen=True, slots=True)
class Words:
    """What a note said from an instant on, and who wrote it; instants are UTC microseconds."""

    id: int
    words: str
    at: int
    by: str
    name: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it stands, and what it said before, the newest first; `removed` says who took it away, and when."""

    now: Words
    before: tuple[Words, ...] = ()
    removed: tuple[int, str] | None = None


def notes(session: Session, dossier_id: int) -> Sequence[Note]:
    """All notes on a dossier, those that were removed as well; the last that was touched comes first."""
    here = col(NoteRow.dossier_id) == dossier_id
    writers, enders = select(NoteRow.written_by).where(here), select(NoteRow.ended_by).where(here)
    wanted = select(PersonRow).where(col(PersonRow.id).in_(writers) | col(PersonRow.id).in_(enders))
    people = {the_id(one): one for one in session.exec(wanted).all()}
    rows = {
        the_id(row): row
        for row in session.exec(select(NoteRow).where(here).order_by(col(NoteRow.id))).all()
    }

    def said(row: NoteRow) -> Words:
        who = people[row.written_by]
        return Words(the_id(row), row.words, row.written_at, who.email, who.name)

    found = []
    for row in reversed(rows.values()):
        if row.ending == "replaced":
            continue
        before, earlier = [], rows.get(row.replaces or 0)
        while earlier is not None:
            before.append(said(earlier))
            earlier = rows.get(earlier.replaces or 0)
        removed = (row.ended_at or 0, people[row.ended_by].email) if row.ended_by is not None else None
        found.append(Note(said(row), tuple(before), removed))
    return found


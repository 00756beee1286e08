"""Which texts of a round were changed, by whom, and how did they read before?"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.records import LetterRow, NotificationRow, PersonRow, PinnedRow, RewordingRow, RoundRow


@dataclass(frozen=True, slots=True)
class Changed:
    """How often a file was changed, and the last of it: its place among all changes, and when."""

    times: int
    last: int
    at: int


@dataclass(frozen=True, slots=True)
class Version:
    """One text of a file: `digest` pins the folder that holds it, `by` is who wrote it, None for the first one."""

    digest: str
    at: int
    by: str | None


def changed_files(session: Session, round_id: int) -> Mapping[str, Changed]:
    """file -> what became of it, of those that were changed since the round was opened."""
    row = RewordingRow
    rows = session.connection().execute(
        sa.select(col(row.file), sa.func.count(), sa.func.max(col(row.id)), sa.func.max(col(row.at)))
        .where(col(row.round_id) == round_id)
        .group_by(col(row.file))
    )
    return {file: Changed(times, last or 0, at) for file, times, last, at in rows}


def versions_of(session: Session, round: RoundRow, file: str, *, limit: int = 100) -> list[Version]:
    """The texts that a file had, the newest first; the first of all is the one that the round was opened with."""
    rows = session.exec(
        select(RewordingRow, PersonRow.name, PersonRow.email)
        .join(PersonRow, col(PersonRow.id) == col(RewordingRow.person_id))
        .where(col(RewordingRow.round_id) == round.id, col(RewordingRow.file) == file)
        .order_by(col(RewordingRow.id).desc())
        .limit(limit)
    ).all()
    found = [Version(row.after, row.at, name or email) for row, name, email in rows]
    first = rows[-1][0].before if rows else round.digest
    return [*found, Version(first, round.opened_at, None)]


def text_at(session: Session, digest: str, file: str) -> str | None:
    """A file as that digest pins it, or None where it is not there."""
    pinned = session.get(PinnedRow, digest)
    return pinned.files.get(file) if pinned is not None else None


def last_writer(session: Session, round_id: int, file: str) -> str | None:
    """Who changed a file last, or None."""
    return session.exec(
        select(PersonRow.email)
        .join(RewordingRow, col(RewordingRow.person_id) == col(PersonRow.id))
        .where(col(RewordingRow.round_id) == round_id, col(RewordingRow.file) == file)
        .order_by(col(RewordingRow.id).desc())
        .limit(1)
    ).first()


def not_written_yet(session: Session, round_id: int, letter: str) -> int:
    """How many letters of that name are told already and not written: they keep the text of when they were told."""
    row = NotificationRow
    return session.connection().execute(
        sa.select(sa.func.count()).select_from(row).where(
            col(row.round_id) == round_id, col(row.letter) == letter, col(row.ended_at).is_(None),
            ~sa.exists().where(col(LetterRow.notification_id) == col(row.id)),
        )
    ).scalar_one()  # fmt: skip

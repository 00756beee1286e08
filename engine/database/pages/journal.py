"""What has happened in a round, for staff who look: some of it, or all of it a few rows at a time?"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from engine.database.records import ConflictRow, DossierRow, JournalRow, LinkRow

AT_ONCE = 1_000
"""rows in memory while all are read"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: of an `actor`, with `what`, about the dossier of a number, from one instant until before another.

    What is about a dossier that the `reader` (a person's id) has a conflict with is not told to her.
    """

    reader: int
    actor: str = ""
    what: str = ""
    number: str = ""
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: as of `at`, written at `recorded_at`, in one transaction with all of that `link`."""

    id: int
    link: int
    at: int
    recorded_at: int
    actor: str
    what: str
    number: str | None
    details: Mapping[str, Any]


def lines(session: Session, round_id: int, wanted: Wanted, *, limit: int, before: int | None = None) -> Sequence[Line]:
    """The last of them first; `before` is the id of the last one of the page before."""
    asked = _asked(round_id, wanted).order_by(col(JournalRow.id).desc()).limit(limit)
    if before is not None:
        asked = asked.where(col(JournalRow.id) < before)
    return [_line(row) for row in session.connection().execute(asked)]


def all_lines(session: Session, round_id: int, wanted: Wanted) -> Iterator[Line]:
    """All of them in the order in which they were written, a few in memory at a time."""
    asked = _asked(round_id, wanted).order_by(col(JournalRow.id)).execution_options(yield_per=AT_ONCE)
    with closing(session.connection().execute(asked)) as found:
        for row in found:
            yield _line(row)


def links(session: Session, round_id: int) -> tuple[int, int, str]:
    """How many links a round's chain has, how many rows they hold, and what the last one is chained to."""
    of_round = col(LinkRow.round_id) == round_id
    counted = select(func.count(), func.coalesce(func.sum(col(LinkRow.rows)), 0)).where(of_round)
    count, rows = session.exec(counted.select_from(LinkRow)).one()
    last = select(LinkRow.chained).where(of_round).order_by(col(LinkRow.position).desc()).limit(1)
    return count, int(rows), session.exec(last).first() or ""


def _line(row: Any) -> Line:
    return Line(row.id, row.position, row.at, row.recorded_at, row.actor, row.what, row.number, row.details)


def _asked(round_id: int, wanted: Wanted) -> sa.Select[Any]:
    row = JournalRow
    dossiers = sa.select(col(DossierRow.id)).where(
        col(DossierRow.round_id) == round_id, col(DossierRow.number) == wanted.number
    )
    tied = sa.select(col(ConflictRow.dossier_id)).where(col(ConflictRow.person_id) == wanted.reader)
    asked = (
        sa.select(
            col(row.id), col(LinkRow.position), col(row.at), col(row.recorded_at), col(row.actor), col(row.what),
            col(DossierRow.number), col(row.details),
        )
        .select_from(row)
        .join(LinkRow, col(LinkRow.id) == col(row.link_id))
        .outerjoin(DossierRow, col(DossierRow.id) == col(row.dossier_id))
        .where(
            col(row.round_id) == round_id, sa.or_(col(row.dossier_id).is_(None), col(row.dossier_id).not_in(tied))
        )
    )  # fmt: skip
    if wanted.actor:
        asked = asked.where(col(row.actor) == wanted.actor)
    if wanted.what:
        asked = asked.where(col(row.what) == wanted.what)
    if wanted.number:
        asked = asked.where(col(row.dossier_id).in_(dossiers))
    if wanted.since is not None:
        asked = asked.where(col(row.at) >= wanted.since)
    if wanted.until is not None:
        asked = asked.where(col(row.at) < wanted.until)
    return asked

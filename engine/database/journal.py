"""What has happened, and has nobody rewritten it?

The journal is append-only (triggers hold it) and chained per round: one link per transaction, over a digest of the
rows written in it, so that a cohort of any size costs one link.
"""

import hashlib
import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Subquery, func, insert, literal
from sqlmodel import Session, col, select

from engine.database.expressions import as_json, as_text, run_on, text
from engine.database.records import JournalRow, LinkRow
from engine.faults import point

START = "0" * 64
AT_ONCE = 10_000
"""rows that are held in memory while a digest is worked out"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: as of `at`, by `actor` (an address, or `calendar`)."""

    what: str
    at: int
    actor: str
    dossier_id: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cohort:
    """The same thing happening to many dossiers: one row each of `rows`, which stays in the database.

    `rows` has the columns `place` (their order), `dossier_id`, `actor` and `details` (JSON as text), and gives the same
    until the transaction ends.
    """

    what: str
    at: int
    rows: Subquery


def _line(at: int, recorded_at: int, dossier_id: int | None, actor: str, what: str, details: str) -> str:
    """A row as the chain reads it: its fields in one line, the details as the text that is kept."""
    return f"{at} {recorded_at} {'' if dossier_id is None else dossier_id} {len(actor)} {actor} {what} {details}\n"


def _line_in_sql(cohort: Cohort, recorded_at: int) -> ColumnElement[str]:
    """The same, worked out by the database for the rows of a cohort."""
    rows = cohort.rows.c
    return (
        text(f"{cohort.at} {recorded_at} ")
        .concat(as_text(rows.dossier_id))
        .concat(text(" "))
        .concat(as_text(func.length(rows.actor)))
        .concat(text(" "))
        .concat(rows.actor)
        .concat(text(f" {cohort.what} "))
        .concat(rows.details)
        .concat(text("\n"))
    )


def _lines(session: Session, part: Entry | Cohort, recorded_at: int) -> Iterator[tuple[str, int]]:
    """The lines of a part, some at a time as one text, and how many they are."""
    if isinstance(part, Entry):
        yield _line(part.at, recorded_at, part.dossier_id, part.actor, part.what, json.dumps(part.details)), 1
        return
    place = part.rows.c.place
    last, rows = 0, AT_ONCE
    while rows == AT_ONCE:  # fewer were the last
        following = (
            sa.select(_line_in_sql(part, recorded_at).label("line"), place)
            .where(place > last)
            .order_by(place)
            .limit(AT_ONCE)
            .subquery("following")
        )
        line = following.c
        written = sa.select(run_on(line.line, line.place), sa.func.count(), sa.func.max(line.place))
        lines, rows, last = session.connection().execute(written).one()
        if rows:
            yield lines, rows


_LAST = (
    sa.select(LinkRow).where(col(LinkRow.round_id) == sa.bindparam("round_id"))
    .order_by(col(LinkRow.position).desc()).limit(1)
)  # fmt: skip
"""put together once: every act asks it"""


def write(session: Session, round_id: int, parts: Sequence[Entry | Cohort], recorded_at: int) -> None:
    """Add what happened in one transaction to the journal of a round, as one link of its chain."""
    digest, rows = hashlib.sha256(), 0
    for part in parts:
        for lines, number in _lines(session, part, recorded_at):
            digest.update(lines.encode())
            rows += number
    if not rows:
        return
    point("journal digested")
    last = session.execute(_LAST, {"round_id": round_id}).scalars().first()
    before = last.chained if last else START
    added = session.connection().execute(
        insert(LinkRow).values(
            round_id=round_id,
            position=last.position + 1 if last else 1,
            rows=rows,
            digest=digest.hexdigest(),
            chained=_chained(before, digest.hexdigest()),
        )
    )
    assert added.inserted_primary_key is not None
    link_id = added.inserted_primary_key[0]
    point("link written")
    for is_entry, run in groupby(parts, lambda part: isinstance(part, Entry)):
        if is_entry:
            _put_entries(session, link_id, round_id, [part for part in run if isinstance(part, Entry)], recorded_at)
        else:
            for part in run:
                assert isinstance(part, Cohort)
                _put_cohort(session, link_id, round_id, part, recorded_at)
    point("journal written")


def _chained(before: str, digest: str) -> str:
    return hashlib.sha256(f"{before}{digest}".encode()).hexdigest()


def _put_entries(
    session: Session, link_id: int, round_id: int, entries: Sequence[Entry], recorded_at: int
) -> None:
    session.connection().execute(
        insert(JournalRow),
        [
            {
                "link_id": link_id,
                "round_id": round_id,
                "dossier_id": entry.dossier_id,
                "at": entry.at,
                "recorded_at": recorded_at,
                "actor": entry.actor,
                "what": entry.what,
                "details": entry.details,
            }
            for entry in entries
        ],
    )


def _put_cohort(session: Session, link_id: int, round_id: int, cohort: Cohort, recorded_at: int) -> None:
    rows = cohort.rows.c
    columns = ("link_id", "round_id", "dossier_id", "at", "recorded_at", "actor", "what", "details")
    session.connection().execute(
        insert(JournalRow).from_select(
            columns,
            sa.select(
                literal(link_id), literal(round_id), rows.dossier_id, literal(cohort.at), literal(recorded_at),
                rows.actor, text(cohort.what), as_json(rows.details),
            ).order_by(rows.place),
        )
    )  # fmt: skip


def read(session: Session, round_id: int, dossier_id: int | None = None) -> Sequence[JournalRow]:
    """The journal of a round, or of one dossier, in the order in which it was written."""
    rows = select(JournalRow).where(col(JournalRow.round_id) == round_id).order_by(col(JournalRow.id))
    if dossier_id is not None:
        rows = rows.where(col(JournalRow.dossier_id) == dossier_id)
    return session.exec(rows).all()


def broken_links(session: Session, round_id: int) -> tuple[str, ...]:
    """A sentence for each link whose rows are not the ones that were written; empty when the chain is whole."""
    return () if _is_whole(session, round_id) else _complaints(session, round_id)


def _kept_lines(session: Session, *where: ColumnElement[bool]) -> Generator[tuple[int, str]]:
    """(link, line) for each row, in the order in which rows were written, a few in memory at a time."""
    row = JournalRow.__table__.c  # type: ignore[attr-defined]  # SQLModel does not say that its tables have one
    rows = sa.select(
        row.link_id, row.at, row.recorded_at, row.dossier_id, row.actor, row.what, as_text(row.details)
    ).where(*where).order_by(col(JournalRow.id))  # fmt: skip
    with closing(session.connection().execute(rows.execution_options(yield_per=AT_ONCE))) as kept:
        for link_id, *fields in kept:
            yield link_id, _line(*fields)


def _digest(lines: Iterable[str]) -> tuple[str, int]:
    digest, rows = hashlib.sha256(), 0
    for line in lines:
        digest.update(line.encode())
        rows += 1
    return digest.hexdigest(), rows


def _is_whole(session: Session, round_id: int) -> bool:
    """Whether links and rows, read side by side, are those that were written."""
    kept = _kept_lines(session, col(JournalRow.round_id) == round_id)
    links = session.connection().execute(
        sa.select(*(col(one) for one in (LinkRow.id, LinkRow.position, LinkRow.rows, LinkRow.digest, LinkRow.chained)))
        .where(col(LinkRow.round_id) == round_id)
        .order_by(col(LinkRow.position))
        .execution_options(yield_per=AT_ONCE)
    )
    runs = groupby(kept, lambda row: row[0])
    before = START
    with closing(links), closing(kept):
        for expected, link in enumerate(links, start=1):
            run_of, run = next(runs, (None, iter(())))
            found = _digest(line for _, line in run)
            if (run_of, found, link.position) != (link.id, (link.digest, link.rows), expected):
                return False
            if link.chained != _chained(before, link.digest):
                return False
            before = link.chained
        if next(runs, None) is not None:
            return False
    astray = select(JournalRow.id).join(LinkRow, col(LinkRow.id) == col(JournalRow.link_id)).where(
        col(LinkRow.round_id) == round_id, col(JournalRow.round_id) != round_id
    )  # fmt: skip
    return session.exec(astray.limit(1)).first() is None


def _complaints(session: Session, round_id: int) -> tuple[str, ...]:
    """What is wrong, link by link."""
    complaints = []
    before, expected, newest = START, 1, 0
    links = session.exec(select(LinkRow).where(col(LinkRow.round_id) == round_id).order_by(col(LinkRow.position))).all()
    for link in links:
        found = _digest(line for _, line in _kept_lines(session, col(JournalRow.link_id) == link.id))
        ids = session.exec(
            select(JournalRow.id, JournalRow.round_id)
            .where(col(JournalRow.link_id) == link.id)
            .order_by(col(JournalRow.id))
        ).all()
        if link.position != expected:
            complaints.append(f"journal link {expected} is missing")
        strangers = any(of != round_id for _, of in ids)
        if found != (link.digest, link.rows) or not ids or strangers:
            complaints.append(f"the rows of journal link {link.position} are not the ones that were written")
        # the digest knows the order of rows within a link; that of the links is the order in which rows were written
        numbers = [number for number, _ in ids if number is not None]
        if numbers and numbers[0] <= newest:
            complaints.append(f"the rows of journal link {link.position} stand before those of an earlier one")
        newest = max([newest, *numbers])
        if _chained(before, link.digest) != link.chained:
            complaints.append(f"journal link {link.position} does not follow from the one before")
        before, expected = link.chained, link.position + 1
    strays = select(JournalRow.id).where(
        col(JournalRow.round_id) == round_id,
        col(JournalRow.link_id).not_in(select(LinkRow.id).where(col(LinkRow.round_id) == round_id)),
    )
    complaints += [f"journal row {number} belongs to no link of its round" for number in session.exec(strays)]
    return tuple(complaints)

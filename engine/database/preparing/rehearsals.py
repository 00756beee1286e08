"""Which rehearsals were asked for on the pages, how far are they, and what came of them?

One is played at a time. Whoever plays it is heard of every second; one that is not heard of any more was interrupted,
by whatever has ended its process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from engine.database.connection import insert_once
from engine.database.records import PersonRow, PinnedRow, RehearsalRow, ReportRow
from engine.database.store import the_id
from engine.errors import Refusal, Refused, Unknown
from engine.files.reading import Programme

SILENT = 30_000_000
"""after how many microseconds a rehearsal that is not heard of counts as interrupted"""
PLAYED, CANCELLED, FAILED, INTERRUPTED = "played", "cancelled", "failed", "interrupted"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a round is to be rehearsed."""

    dossiers: int
    seed: int
    late: int = 0
    conflicts: int = 1


def is_silent(row: RehearsalRow, now: int) -> bool:
    """Whether a rehearsal that has not ended is played by nobody any more."""
    return row.ended_at is None and now - row.seen_at > SILENT


def how(row: RehearsalRow, now: int) -> str:
    """`playing`, or how it ended."""
    return INTERRUPTED if is_silent(row, now) else row.ending or "playing"


def ask(session: Session, programme: Programme, round: str, wanted: Wanted, *, by: int, now: int) -> int:
    """Note that a round is to be rehearsed and give the rehearsal's id; `by` is a person's id.

    Raises Refused while another one is played.
    """
    for row in session.exec(select(RehearsalRow).where(col(RehearsalRow.ended_at).is_(None))).all():
        if is_silent(row, now):
            end(session, the_id(row), INTERRUPTED, now)
    pinned = {
        "digest": programme.digest, "programme": programme.name, "files": dict(programme.files), "pinned_at": now
    }  # fmt: skip
    insert_once(session, PinnedRow, [pinned])
    row = RehearsalRow(
        digest=programme.digest, programme=programme.name, round=round, dossiers=wanted.dossiers, seed=wanted.seed,
        late=wanted.late, conflicts=wanted.conflicts, asked_at=now, asked_by=by, seen_at=now,
    )  # fmt: skip
    session.add(row)
    try:
        session.flush()
    except IntegrityError as problem:
        raise Refused([
            Refusal("playing", "another rehearsal is being played; one at a time, so that no live round is slowed")
        ]) from problem  # fmt: skip
    return the_id(row)


def find(session: Session, id: int) -> RehearsalRow:
    """One rehearsal. Raises Unknown when there is none."""
    row = session.get(RehearsalRow, id)
    if row is None:
        raise Unknown("rehearsal", str(id))
    return row


def newest(session: Session, *, limit: int, before: int | None = None) -> Sequence[tuple[RehearsalRow, PersonRow]]:
    """Rehearsals with whoever asked for them, the last one first; `before` is a rehearsal's id."""
    wanted = (
        select(RehearsalRow, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(RehearsalRow.asked_by))
        .order_by(col(RehearsalRow.id).desc())
        .limit(limit)
    )
    if before is not None:
        wanted = wanted.where(col(RehearsalRow.id) < before)
    return session.exec(wanted).all()


def played_of(session: Session, programme: str, *, limit: int = 50) -> Sequence[RehearsalRow]:
    """The rehearsals of a programme that were played to their end, the last one first."""
    return session.exec(
        select(RehearsalRow)
        .where(col(RehearsalRow.programme) == programme, col(RehearsalRow.ending) == PLAYED)
        .order_by(col(RehearsalRow.id).desc())
        .limit(limit)
    ).all()


def approved(session: Session, digest: str, round: str) -> tuple[RehearsalRow, PersonRow] | None:
    """The last rehearsal of exactly these texts whose calendar somebody has approved, or None."""
    return session.exec(
        select(RehearsalRow, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(RehearsalRow.approved_by))
        .where(col(RehearsalRow.digest) == digest, col(RehearsalRow.round) == round)
        .order_by(col(RehearsalRow.approved_at).desc())
        .limit(1)
    ).first()


def outcome_of(session: Session, id: int) -> Mapping[str, Any]:
    """The warnings and the dates of a rehearsal that was played. Raises Unknown when there are none."""
    found = session.exec(select(ReportRow.outcome).where(col(ReportRow.rehearsal_id) == id)).first()
    if found is None:
        raise Unknown("report of rehearsal", str(id))
    return found


def report_of(session: Session, id: int) -> bytes:
    """The report of a rehearsal, packed with zlib. Raises Unknown when there is none."""
    found = session.exec(select(ReportRow.content).where(col(ReportRow.rehearsal_id) == id)).first()
    if found is None:
        raise Unknown("report of rehearsal", str(id))
    return found


def texts_of(session: Session, row: RehearsalRow) -> Mapping[str, str]:
    """The programme's texts as they were rehearsed."""
    return session.get_one(PinnedRow, row.digest).files


def hear(session: Session, id: int, now: int, *, done: int, total: int, doing: str) -> bool:
    """Note how far a rehearsal is; False when it is to end, because somebody cancelled it or it counts as ended."""
    heard = session.connection().execute(
        update(RehearsalRow)
        .where(col(RehearsalRow.id) == id, col(RehearsalRow.ended_at).is_(None))
        .values(seen_at=now, done=done, total=total, doing=doing)
    )
    asked = select(RehearsalRow.cancelled_at).where(col(RehearsalRow.id) == id)
    return heard.rowcount == 1 and session.exec(asked).first() is None


def cancel(session: Session, id: int, now: int) -> None:
    """Ask for the end of a rehearsal; whoever plays it ends it within a second or two, once is enough."""
    session.connection().execute(
        update(RehearsalRow)
        .where(
            col(RehearsalRow.id) == id, col(RehearsalRow.ended_at).is_(None), col(RehearsalRow.cancelled_at).is_(None)
        )
        .values(cancelled_at=now)
    )


def end(session: Session, id: int, ending: str, now: int, *, problem: str | None = None) -> None:
    """A rehearsal has ended, other than by being played to its end."""
    session.connection().execute(
        update(RehearsalRow)
        .where(col(RehearsalRow.id) == id, col(RehearsalRow.ended_at).is_(None))
        .values(ended_at=now, ending=ending, problem=problem)
    )


def put_outcome(
    session: Session, id: int, now: int, *, figures: Mapping[str, int], outcome: Mapping[str, Any], report: bytes
) -> None:
    """A rehearsal was played to its end: keep what came of it, once."""
    played = session.connection().execute(
        update(RehearsalRow)
        .where(col(RehearsalRow.id) == id, col(RehearsalRow.ended_at).is_(None))
        .values(ended_at=now, ending=PLAYED, seen_at=now, done=RehearsalRow.total, figures=dict(figures))
    )
    if played.rowcount == 1:
        session.add(ReportRow(rehearsal_id=id, content=report, outcome=dict(outcome)))
        session.flush()


def approve(session: Session, id: int, *, by: int, now: int) -> None:
    """Note that a person has looked at a rehearsal and finds its calendar right; the first who says so stands.

    Raises Refused for one that was not played to its end.
    """
    if find(session, id).ending != PLAYED:
        raise Refused([Refusal("unplayed", "only what was rehearsed to its end can be approved")])
    session.connection().execute(
        update(RehearsalRow)
        .where(col(RehearsalRow.id) == id, col(RehearsalRow.approved_at).is_(None))
        .values(approved_at=now, approved_by=by)
    )

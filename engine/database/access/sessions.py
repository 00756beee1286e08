"""In which browsers is a person signed in, and for how long?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, exists, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from engine.database.records import ContactRow, DeadlineRow, DossierRow, PersonRow, RoleRow, SessionRow
from engine.rules.workflow import EVERYONE, STAFF

HOUR = 3_600_000_000
IDLE_STAFF = 2 * HOUR
IDLE = 12 * HOUR
LONGEST = 14 * 24 * HOUR
"""a session ends by then, however busy it is"""
DAY = 24 * HOUR
SEEN_EVERY = 60_000_000
"""how exactly it is remembered when a session was last used (microseconds)"""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session and whose it is; `over` when it was left alone for too long, though nobody ended it."""

    id: int
    person_id: int
    email: str
    name: str
    language: str
    is_staff: bool
    """of any round"""
    has_part: bool
    """in any round: staff, or one of a committee, or an observer"""
    proved_at: int | None
    seen_at: int
    over: bool


def begin(session: Session, person_id: int, digest: str, agent: str, now: int, proved_at: int | None = None) -> int:
    """Sign a person in in one browser, and give the session's id."""
    row = SessionRow(
        digest=digest, person_id=person_id, agent=agent[:120], started_at=now, seen_at=now, proved_at=proved_at
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def _is(role: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(RoleRow.person_id) == col(PersonRow.id), role)


_FIND = (
    sa_select(
        col(SessionRow.id), col(SessionRow.person_id), col(PersonRow.email), col(PersonRow.name),
        col(PersonRow.language), _is(col(RoleRow.role) == STAFF).label("is_staff"),
        _is(col(RoleRow.role) != EVERYONE).label("has_part"), col(SessionRow.proved_at), col(SessionRow.seen_at),
        col(SessionRow.started_at),
    )
    .join(PersonRow, col(PersonRow.id) == col(SessionRow.person_id))
    .where(col(SessionRow.digest) == bindparam("digest"), col(SessionRow.ended_at).is_(None))
)  # fmt: skip
"""put together once: it is asked at every request"""


def find(session: Session, digest: str, now: int) -> SignedIn | None:
    """The session of a cookie, or None when there is none or somebody has ended it."""
    found = session.connection().execute(_FIND, {"digest": digest}).first()
    if found is None:
        return None
    id, person_id, email, name, language, is_staff, has_part, proved_at, seen_at, started_at = found
    idle = IDLE_STAFF if is_staff else IDLE
    over = now >= seen_at + idle or now >= started_at + LONGEST
    if over and not is_staff and now < seen_at + LONGEST:
        over = not _closes_within_a_day(session, person_id, now)
    return SignedIn(
        id or 0, person_id, email, name, language, bool(is_staff), bool(has_part), proved_at, seen_at, over
    )  # fmt: skip


def _closes_within_a_day(session: Session, person_id: int, now: int) -> bool:
    """Whether something closes today on a dossier of that person: then nobody is signed out."""
    closes = (
        select(DeadlineRow.id)
        .join(DossierRow, col(DossierRow.round_id) == col(DeadlineRow.round_id))
        .join(ContactRow, col(ContactRow.dossier_id) == col(DossierRow.id))
        .where(
            col(ContactRow.person_id) == person_id,
            col(DeadlineRow.ended_at).is_(None),
            col(DeadlineRow.due_at) > now - HOUR,
            col(DeadlineRow.due_at) <= now + DAY,
            col(DeadlineRow.moment).like("% closes"),
        )
        .limit(1)
    )
    return session.exec(closes).first() is not None


def seen(session: Session, id: int, now: int) -> None:
    """Note that a session was used."""
    session.connection().execute(
        update(SessionRow).where(col(SessionRow.id) == id, col(SessionRow.seen_at) < now).values(seen_at=now)
    )


def prove(session: Session, id: int, now: int) -> None:
    """Note that the second factor was given in a session."""
    session.connection().execute(update(SessionRow).where(col(SessionRow.id) == id).values(proved_at=now))


def renew(session: Session, id: int, digest: str) -> None:
    """Give a session another cookie, as whenever it may do more than before: the old one is dead."""
    session.connection().execute(update(SessionRow).where(col(SessionRow.id) == id).values(digest=digest))


def end(session: Session, person_id: int, id: int, ending: str, now: int) -> bool:
    """End one session of a person; False when it is not theirs or has ended."""
    ended = session.connection().execute(
        update(SessionRow)
        .where(col(SessionRow.id) == id, col(SessionRow.person_id) == person_id, col(SessionRow.ended_at).is_(None))
        .values(ended_at=now, ending=ending)
    )
    return ended.rowcount == 1


def end_all(session: Session, person_id: int, ending: str, now: int, *, besides: int | None = None) -> int:
    """End every session of a person, `besides` one; gives how many."""
    ended = session.connection().execute(
        update(SessionRow)
        .where(
            col(SessionRow.person_id) == person_id, col(SessionRow.ended_at).is_(None), col(SessionRow.id) != besides
        )
        .values(ended_at=now, ending=ending)
    )
    return ended.rowcount


def of_person(session: Session, person_id: int, now: int) -> Sequence[SessionRow]:
    """Where a person is signed in, newest first."""
    return session.exec(
        select(SessionRow)
        .where(
            col(SessionRow.person_id) == person_id,
            col(SessionRow.ended_at).is_(None),
            col(SessionRow.started_at) > now - LONGEST,
        )
        .order_by(col(SessionRow.seen_at).desc())
        .limit(50)
    ).all()

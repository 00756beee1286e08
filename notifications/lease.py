"""Which letter may leave now, and who has it?

The outbox as the postman sees it: what it may take, for how long, and what it gives back. Nothing here sends anything.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    false,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from engine.database.holds import standing
from engine.database.records import ACCOUNT, NotificationRow, RelayRow
from engine.faults import point
from notifications.account_facts import NONCE

MINUTE = 60_000_000
LEASE = MINUTE // 2
"""how long a letter of a process that died waits; a server may take longer over one, so leases are renewed"""
AT_ONCE = 500
"""ids in one statement"""
Part = TypeVar("Part")


@dataclass(slots=True)
class Leased:
    """A letter that is ours until `leased_until`: what of the outbox is needed to write and send it."""

    id: int
    key: str
    round_id: int | None
    cause_id: int
    dossier_id: int | None
    role: str
    letter: str
    language: str
    address: str
    message_id: str
    facts: dict[str, Any]
    urgent: bool
    next_try_at: int
    leased_until: int

    @property
    def named(self) -> dict[str, str | int | None]:
        """What a log says of it: which it is, and neither to whom nor what. The key begins with the round's name."""
        number = self.facts["dossier"]["number"] if self.dossier_id is not None else None
        round = self.key.partition(" | ")[0] if self.round_id is not None else None
        return {"round": round, "dossier": number, "letter": self.id, "named": self.letter}

    @property
    def nonce(self) -> str | None:
        """What its secrets are made of; None for a letter without any."""
        nonce: str | None = self.facts.get(NONCE) if self.role == ACCOUNT else None
        return nonce


_WANTED = [getattr(NotificationRow, name) for name in Leased.__dataclass_fields__ if name != "leased_until"]


def expire(session: Session, now: int) -> int:
    """End what is worth nothing any more, and give how many: reminders whose deadline passed while they waited.

    One that was on its way when its process died waits as well, once its lease has run out.
    """
    given_up = and_(col(NotificationRow.status) == "leased", col(NotificationRow.leased_until) <= now)
    ended = session.connection().execute(
        update(NotificationRow)
        .where(
            or_(col(NotificationRow.status).in_(("waiting", "retry", "held")), given_up),
            col(NotificationRow.valid_until) <= now,
        )
        .values(status="expired", ended_at=now, leased_until=None)
    )
    point("outbox expired")
    return ended.rowcount


@cache
def _unblocked() -> ColumnElement[bool]:
    """Nothing earlier to the same person about the same dossier, or of the same thread, is still on its way."""
    dossier, thread = aliased(NotificationRow), aliased(NotificationRow)

    def on_its_way(earlier: type[NotificationRow], *same: str) -> ColumnElement[bool]:
        return exists().where(
            *(col(getattr(earlier, name)) == col(getattr(NotificationRow, name)) for name in same),
            col(earlier.id) < col(NotificationRow.id),
            col(earlier.ended_at).is_(None),
        )

    return and_(~on_its_way(dossier, "dossier_id", "person_id"), ~on_its_way(thread, "thread"))


def take(session: Session, relay: str, now: int, *, free: int, busy: int) -> list[Leased]:
    """Lease up to `free` letters that may leave now, `busy` being on their way already.

    None while everything is held or the relay is paused; one at a time until a relay that was paused answers again.
    """
    if standing(session):
        return []
    paused = session.get(RelayRow, relay)
    if paused and paused.failures:
        free = min(free, 1 - busy)
    if paused and paused.paused_until > now:
        free = 0
    found = _may_leave(session, now, free) if free > 0 else []
    # one that has expired may be what held up others
    if len(found) < max(free, 1) and expire(session, now) and free > 0:
        found = _may_leave(session, now, free)
    for some in _chunks([letter.id for letter in found]):
        session.connection().execute(
            update(NotificationRow)
            .where(col(NotificationRow.id).in_(some))
            .values(status="leased", leased_until=now + LEASE)
        )
    for letter in found:
        letter.leased_until = now + LEASE
    return found


def _may_leave(session: Session, now: int, most: int) -> list[Leased]:
    """The first letters that may leave, in their order, urgent ones before all others.

    Each kind is read along its index, and no further than asked. Several postmen on one server skip what another is
    just taking; on SQLite only one of them writes anyway.
    """
    found = _first(session, now, most, urgent=True)
    return found + _first(session, now, most - len(found), urgent=False) if len(found) < most else found


def _is(*, urgent: bool) -> ColumnElement[bool]:
    """As the index has it: what is urgent is found among any number of others."""
    return col(NotificationRow.urgent) == (true() if urgent else false())


# asked for every handful of letters: building them anew would take longer than the answers
@cache
def _of_a_kind(status: str, *, urgent: bool) -> Select[Any]:
    """Up to `most` letters of one status that may leave at `now`."""
    since = col(NotificationRow.leased_until if status == "leased" else NotificationRow.next_try_at)
    now = bindparam("now", type_=BigInteger())
    return (
        select(*_WANTED)
        .where(
            col(NotificationRow.status) == status,
            _is(urgent=urgent),
            since <= now,
            or_(col(NotificationRow.valid_until).is_(None), col(NotificationRow.valid_until) > now),
            _unblocked(),
        )
        .order_by(since, col(NotificationRow.id))
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True, of=NotificationRow)
    )


@cache
def _soonest(status: str, *, urgent: bool) -> Select[Any]:
    """When the first letter of one status may leave."""
    since = col(NotificationRow.leased_until if status == "leased" else NotificationRow.next_try_at)
    wanted = select(since).where(col(NotificationRow.status) == status, _is(urgent=urgent)).order_by(since).limit(1)
    return wanted if status == "leased" else wanted.where(_unblocked())


def _first(session: Session, now: int, most: int, *, urgent: bool) -> list[Leased]:
    found: list[Leased] = []
    for status in ("waiting", "retry", "leased"):
        rows = session.connection().execute(_of_a_kind(status, urgent=urgent), {"now": now, "most": most})
        found += (Leased(**row._mapping, leased_until=now) for row in rows)
    found.sort(key=lambda letter: (letter.next_try_at, letter.id))
    return found[:most]


def renew(session: Session, letters: Iterable[Leased], now: int) -> None:
    """Keep the leases of letters that have used up half of them.

    A lease that has run out meanwhile and is another worker's by now stays lost.
    """
    point("lease renewing")
    for until, some in _by_lease(letter for letter in letters if letter.leased_until - now <= LEASE // 2):
        kept = session.connection().execute(
            update(NotificationRow)
            .where(*_still_ours(some, until))
            .values(leased_until=now + LEASE)
            .returning(col(NotificationRow.id))
        )
        ours = set(kept.scalars())
        for letter in some:
            if letter.id in ours:
                letter.leased_until = now + LEASE
    point("lease renewed")


def give_back(session: Session, letters: Iterable[Leased]) -> None:
    """Let others have letters that were leased and not tried: they wait as they did before."""
    point("lease returning")
    for until, some in _by_lease(letters):
        for tried, status in ((True, "retry"), (False, "waiting")):
            session.connection().execute(
                update(NotificationRow)
                .where(*_still_ours(some, until), (col(NotificationRow.attempts) > 0) == tried)
                .values(status=status, leased_until=None)
            )
    point("lease returned")


def end(row: NotificationRow, status: str, reply: str, now: int) -> None:
    """Write a letter's end."""
    row.status, row.last_reply, row.ended_at, row.leased_until = status, reply, now, None


def end_one(session: Session, letter: Leased, status: str, reply: str, now: int) -> None:
    """Write the end of a letter that is ours, and will not be sent."""
    session.connection().execute(
        update(NotificationRow)
        .where(*_still_ours([letter], letter.leased_until))
        .values(status=status, last_reply=reply, ended_at=now, leased_until=None)
    )


def _still_ours(letters: Sequence[Leased], until: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(NotificationRow.id).in_([letter.id for letter in letters]),
        col(NotificationRow.status) == "leased",
        col(NotificationRow.leased_until) == until,
    )


def _by_lease(letters: Iterable[Leased]) -> Iterable[tuple[int, Sequence[Leased]]]:
    """The letters by the end of their lease, so many together as one statement takes."""
    leases: dict[int, list[Leased]] = defaultdict(list)
    for letter in letters:
        leases[letter.leased_until].append(letter)
    return [(until, some) for until, ours in leases.items() for some in _chunks(ours)]


def _chunks(parts: Sequence[Part]) -> list[Sequence[Part]]:
    return [parts[start : start + AT_ONCE] for start in range(0, len(parts), AT_ONCE)]


def next_due(session: Session, relay: str) -> int | None:
    """The next instant at which something may leave, or None when nothing waits, or while everything is held."""
    if standing(session):
        return None
    known = []
    for status, urgent in product(("waiting", "retry", "leased"), (True, False)):
        first = session.connection().execute(_soonest(status, urgent=urgent)).scalar()
        known += [] if first is None else [first]
    paused = session.get(RelayRow, relay)
    return max(min(known), paused.paused_until if paused else 0) if known else None

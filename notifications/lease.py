"""Which letter may leave now, and what becomes of it after a try?

The outbox as the postman sees it: what it may take, for how long, and how long it waits after a failure. Nothing here
sends anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, and_, exists, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from engine.database.records import AttemptRow, NotificationRow, RelayRow
from engine.database.store import the_id
from notifications.transport import Reply

MINUTE = 60_000_000
HOUR = 60 * MINUTE
LEASE = MINUTE // 2
"""how long a letter of a process that died waits; a server may take longer over one, so leases are renewed"""
BACKOFF = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, *(24 * HOUR,) * 4)
"""how long a letter waits after its first try, its second ...; after five days it has failed"""
LONGEST_PAUSE = 15 * MINUTE
OUTCOMES = {"sent": "sent", "retry": "retry", "refused": "failed", "relay_down": "paused", "ambiguous": "ambiguous"}


@dataclass(frozen=True, slots=True)
class Fate:
    """What one try came to, for the letter that was leased until then."""

    notification_id: int
    leased_until: int
    tried_at: int
    reply: Reply


def expire(session: Session, now: int) -> None:
    """End what is worth nothing any more: reminders whose deadline passed while they waited.

    One that was on its way when its process died waits as well, once its lease has run out.
    """
    given_up = and_(col(NotificationRow.status) == "leased", col(NotificationRow.leased_until) <= now)
    session.connection().execute(
        update(NotificationRow)
        .where(
            or_(col(NotificationRow.status).in_(("waiting", "retry", "held")), given_up),
            col(NotificationRow.valid_until) <= now,
        )
        .values(status="expired", ended_at=now, leased_until=None)
    )


@cache
def _unblocked() -> ColumnElement[bool]:
    """Nothing earlier to the same person about the same dossier is still on its way."""
    earlier = aliased(NotificationRow)
    return ~exists().where(
        col(earlier.dossier_id) == col(NotificationRow.dossier_id),
        col(earlier.person_id) == col(NotificationRow.person_id),
        col(earlier.id) < col(NotificationRow.id),
        col(earlier.ended_at).is_(None),
    )


def take(session: Session, relay: str, now: int, *, free: int, busy: int) -> Sequence[NotificationRow]:
    """Lease up to `free` letters that may leave now, `busy` being on their way already.

    None while the relay is paused; one at a time until a relay that was paused answers again.
    """
    expire(session, now)
    paused = session.get(RelayRow, relay)
    if paused and paused.paused_until > now:
        return ()
    if paused and paused.failures:
        free = min(free, 1 - busy)
    if free <= 0:
        return ()
    rows = session.exec(
        select(NotificationRow)
        .where(
            or_(
                and_(col(NotificationRow.status).in_(("waiting", "retry")), col(NotificationRow.next_try_at) <= now),
                and_(col(NotificationRow.status) == "leased", col(NotificationRow.leased_until) <= now),
            ),
            _unblocked(),
        )
        .order_by(col(NotificationRow.next_try_at), col(NotificationRow.id))
        .limit(free)
    ).all()
    for row in rows:
        row.status, row.leased_until = "leased", now + LEASE
        session.add(row)
    return rows


def renew(session: Session, rows: Iterable[NotificationRow], now: int) -> None:
    """Keep the leases of letters that are still on their way and have used up half of them.

    A lease that has run out meanwhile and is another worker's by now stays lost.
    """
    for row in rows:
        if row.leased_until is None or row.leased_until - now > LEASE // 2:
            continue
        kept = session.connection().execute(
            update(NotificationRow)
            .where(
                col(NotificationRow.id) == row.id,
                col(NotificationRow.status) == "leased",
                col(NotificationRow.leased_until) == row.leased_until,
            )
            .values(leased_until=now + LEASE)
        )
        if kept.rowcount:
            row.leased_until = now + LEASE


def end(row: NotificationRow, status: str, reply: str, now: int) -> None:
    """Write a letter's end."""
    row.status, row.last_reply, row.ended_at, row.leased_until = status, reply, now, None


def record(session: Session, relay: str, fates: Iterable[Fate], now: int) -> list[str]:
    """Write down what came of some tries; gives each letter's status after it."""
    statuses = []
    paused = session.get(RelayRow, relay)
    for fate in fates:
        row = session.get_one(NotificationRow, fate.notification_id)
        kind, text = fate.reply.kind, fate.reply.text
        session.add(AttemptRow(notification_id=the_id(row), tried_at=fate.tried_at, outcome=OUTCOMES[kind], reply=text))
        # a lease that ran out may be another worker's by now; that a letter was sent is true all the same
        if row.ended_at is None and (kind == "sent" or row.leased_until == fate.leased_until):
            _apply(row, fate.reply, now)
            session.add(row)
        paused = _note_relay(session, paused, relay, fate.reply, now)
        statuses.append(row.status)
    return statuses


def _apply(row: NotificationRow, reply: Reply, now: int) -> None:
    if reply.kind == "relay_down":
        # the relay is paused, not the letter: this was no try of it
        row.status = "retry" if row.attempts else "waiting"
        row.leased_until, row.last_reply = None, reply.text
        # behind the others: if it is this letter that the relay hangs up on, they get through all the same
        row.next_try_at = now + MINUTE
        return
    row.attempts += 1
    if reply.kind == "sent":
        end(row, "sent", reply.text, now)
    elif reply.kind == "refused" or row.attempts > len(BACKOFF):
        end(row, "failed", reply.text, now)
    else:
        row.status, row.leased_until, row.last_reply = "retry", None, reply.text
        row.next_try_at = now + BACKOFF[row.attempts - 1]


def _note_relay(session: Session, row: RelayRow | None, name: str, reply: Reply, now: int) -> RelayRow | None:
    """Pause a relay that did not answer, longer each time, and trust one again that did."""
    if reply.kind != "relay_down":
        if row and row.failures:
            row.failures, row.paused_until = 0, min(row.paused_until, now)
            session.add(row)
        return row
    row = row or RelayRow(name=name, paused_until=now)
    if row.failures and row.paused_until > now:
        return row  # several letters met the same silence
    row.failures += 1
    row.paused_until = now + min(MINUTE << (row.failures - 1), LONGEST_PAUSE)
    row.last_reply = reply.text
    session.add(row)
    session.flush()
    return row


def next_due(session: Session, relay: str) -> int | None:
    """The next instant at which something may leave, or None when nothing waits."""
    waiting = session.exec(
        select(func.min(NotificationRow.next_try_at)).where(
            col(NotificationRow.status).in_(("waiting", "retry")), _unblocked()
        )
    ).one()
    leased = session.exec(
        select(func.min(NotificationRow.leased_until)).where(col(NotificationRow.status) == "leased")
    ).one()
    paused = session.get(RelayRow, relay)
    known = [instant for instant in (waiting, leased) if instant is not None]
    if not known:
        return None
    return max(min(known), paused.paused_until if paused else 0)

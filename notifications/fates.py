"""What becomes of a letter after a try, and of the relay that was tried?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session, col

from engine import events
from engine.database.connection import insert_once
from engine.database.records import AttemptRow, NotificationRow, RelayRow
from engine.faults import point
from notifications.lease import MINUTE
from notifications.transport import Reply

HOUR = 60 * MINUTE
BACKOFF = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, *(24 * HOUR,) * 4)
"""how long a letter waits after its first try, its second ...; after five days it has failed"""
LONGEST_PAUSE = 5 * MINUTE
"""after an outage letters go again this soon at the latest"""
OUTCOMES = {"sent": "sent", "retry": "retry", "refused": "failed", "relay_down": "paused", "ambiguous": "ambiguous"}
_CHANGED = ("status", "next_try_at", "leased_until", "attempts", "last_reply", "ended_at")
_CHANGE = (
    update(NotificationRow)
    .where(col(NotificationRow.id) == bindparam("the_letter"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGED})
)


@dataclass(frozen=True, slots=True)
class Fate:
    """What one try came to, for the letter that was leased until then."""

    notification_id: int
    leased_until: int
    tried_at: int
    reply: Reply


def record(session: Session, relay: str, fates: Iterable[Fate], now: int) -> list[str]:
    """Write down what came of some tries; gives each letter's status after it."""
    fates = list(fates)
    if not fates:
        return []
    point("fate recording")
    tried = {fate.notification_id for fate in fates}
    wanted = [getattr(NotificationRow, name) for name in ("id", *_CHANGED)]
    # in the order of their ids, so that two postmen never wait for one another
    rows = session.connection().execute(
        select(*wanted).where(col(NotificationRow.id).in_(tried)).order_by(col(NotificationRow.id)).with_for_update()
    )
    letters = {row.id: row._asdict() for row in rows}
    tries, statuses = [], []
    changed: dict[int, dict[str, Any]] = {}
    for fate in fates:
        letter, reply = letters[fate.notification_id], fate.reply
        tries.append(
            {"notification_id": letter["id"], "tried_at": fate.tried_at, "outcome": OUTCOMES[reply.kind],
             "reply": reply.text}
        )  # fmt: skip
        # a lease that ran out may be another worker's by now; that a letter was sent is true all the same
        if letter["ended_at"] is None and (reply.kind == "sent" or letter["leased_until"] == fate.leased_until):
            letter |= _after(letter["attempts"], reply, now)
            changed[letter["id"]] = letter
        statuses.append(letter["status"])
    session.connection().execute(insert(AttemptRow), tries)
    if changed:
        session.connection().execute(
            _CHANGE,
            [
                {"the_letter": letter["id"], **{f"new_{name}": letter[name] for name in _CHANGED}}
                for letter in changed.values()
            ],
        )
    _note_relay(session, relay, [fate.reply for fate in fates], now)
    point("fate recorded")
    return statuses


def _after(attempts: int, reply: Reply, now: int) -> dict[str, Any]:
    """What a try changes about a letter that was tried so many times before."""
    said: dict[str, Any] = {"last_reply": reply.text, "leased_until": None}
    if reply.kind == "relay_down":
        # the relay is paused, not the letter: this was no try of it. It goes behind the others: if it is this letter
        # that the relay hangs up on, they get through all the same
        return said | {"status": "retry" if attempts else "waiting", "next_try_at": now + MINUTE}
    said["attempts"] = attempts + 1
    if reply.kind == "sent":
        return said | {"status": "sent", "ended_at": now}
    if reply.kind == "refused" or attempts >= len(BACKOFF):
        return said | {"status": "failed", "ended_at": now}
    return said | {"status": "retry", "next_try_at": now + BACKOFF[attempts]}


def _note_relay(session: Session, name: str, replies: Iterable[Reply], now: int) -> None:
    """Pause a relay that did not answer, longer each time, and trust one again that did."""
    row = session.get(RelayRow, name, with_for_update=True)
    for reply in replies:
        if reply.kind != "relay_down":
            if row and row.failures:
                row.failures, row.paused_until = 0, min(row.paused_until, now)
            continue
        if row is None:
            insert_once(session, RelayRow, [{"name": name, "paused_until": now, "failures": 0, "last_reply": ""}])
            row = session.get_one(RelayRow, name, with_for_update=True)
        if row.failures and row.paused_until > now:
            continue  # several letters met the same silence
        row.failures += 1
        row.paused_until = now + min(MINUTE << (row.failures - 1), LONGEST_PAUSE)
        row.last_reply = reply.text
        point("relay paused")
        events.tell("relay paused", relay=name, failures=row.failures, seconds=(row.paused_until - now) // 1_000_000)
    if row:
        session.add(row)
        session.flush()

"""How does everything in the outbox leave, whatever breaks meanwhile?

A letter is leased in one transaction, frozen in the next, sent outside any, and its fate written in a last one. A
crash in between means that it is sent again, with the same Message-ID: at least once.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address

from sqlmodel import Session, col, select

from engine.clock import Clock
from engine.cycle.scene import Shelf
from engine.database.connection import Database, insert_once
from engine.database.records import CauseRow, DossierRow, LetterRow, NotificationRow, RoundRow
from engine.database.store import the_id
from engine.rules.moments import SECOND
from notifications.lease import LEASE, Fate, end, next_due, record, renew, take
from notifications.message import Envelope, Letter, compose
from notifications.outbox import message_id
from notifications.recipients import NOT_ALLOWED, may_write_to, read_address
from notifications.rendering import Renderer
from notifications.transport import Reply, Transport

AT_ONCE = 8
"""letters on their way at the same time"""
RENEW_SECONDS = LEASE / SECOND / 3


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round of the postman came to; `next_at` is when something may leave again."""

    sent: int
    retried: int
    failed: int
    next_at: int | None


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in words, and exactly as it is sent."""

    letter: Letter
    raw: bytes


def write(
    session: Session, renderer: Renderer, shelf: Shelf, sender: Address, row: NotificationRow, now: int
) -> Written:
    """A notification put into words, as of `now`, from what was pinned. Raises GrantcycleError when it cannot be."""
    cause = session.get_one(CauseRow, row.cause_id)
    round = session.get_one(RoundRow, row.round_id)
    dossier = session.get_one(DossierRow, row.dossier_id) if row.dossier_id is not None else None
    letter = renderer.render(
        shelf.get(session, cause.digest).programme,
        letter=row.letter,
        language=row.language,
        role=row.role,
        shared=cause.facts,
        facts=row.facts,
    )
    envelope = Envelope(
        sender=sender,
        reply_to=renderer.contact,
        name=row.facts["person"]["name"],
        address=read_address(row.address),
        language=row.language,
        message_id=row.message_id,
        written_at=now,
        thread=message_id(round.opened_at, f"{round.key} {dossier.number}", sender.domain) if dossier else None,
    )
    return Written(letter, compose(letter, envelope))


class Postman:
    """Sends what waits. Any number of them may work on one database.

    `sender` is whom letters come from; `allow` the addresses and domains that may be written to (none: everybody).
    """

    def __init__(
        self,
        database: Database,
        transport: Transport,
        renderer: Renderer,
        *,
        sender: Address,
        allow: Sequence[str] = (),
        shelf: Shelf | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        self.database = database
        self.transport = transport
        self.renderer = renderer
        self.sender = sender
        self.allow = tuple(allow)
        self.shelf = shelf or Shelf()
        self.at_once = at_once

    async def deliver(
        self,
        clock: Clock,
        each: Callable[[], object] = lambda: None,
        alive: Callable[[], object] = lambda: None,
    ) -> Delivered:
        """Send everything that may leave now, several letters at a time.

        `each` is called after every try, `alive` all the time: also while a slow server takes its minutes over one.
        """
        count: Counter[str] = Counter()
        on_their_way: dict[asyncio.Task[Fate], NotificationRow] = {}
        try:
            while True:
                alive()
                leased = self._lease(clock.now(), len(on_their_way))
                ready = self._freeze(leased, clock.now(), count)
                on_their_way |= {asyncio.create_task(self._send(row, raw, clock.now())): row for row, raw in ready}
                if on_their_way:
                    done, _ = await asyncio.wait(
                        on_their_way, timeout=RENEW_SECONDS, return_when=asyncio.FIRST_COMPLETED
                    )
                    fates = sorted((task.result() for task in done), key=lambda fate: fate.notification_id)
                    for task in done:
                        del on_their_way[task]
                    with self.database.transaction() as session:
                        count.update(record(session, self.transport.name, fates, clock.now()))
                        renew(session, on_their_way.values(), clock.now())
                    for _ in fates:
                        each()
                elif not leased:
                    break
        finally:
            for task in on_their_way:
                task.cancel()
            await self.transport.close()
        with self.database.reading() as session:
            next_at = next_due(session, self.transport.name)
        return Delivered(count["sent"], count["retry"], count["failed"], next_at)

    def _lease(self, now: int, busy: int) -> Sequence[NotificationRow]:
        with self.database.transaction() as session:
            return take(session, self.transport.name, now, free=self.at_once - busy, busy=busy)

    def _freeze(
        self, leased: Sequence[NotificationRow], now: int, count: Counter[str]
    ) -> list[tuple[NotificationRow, bytes]]:
        """The bytes of each letter: as they were frozen, or written now and frozen.

        One that may not or cannot be written ends here and holds up no other.
        """
        if not leased:
            return []
        written, ended = [], []
        ids = [the_id(row) for row in leased]
        with self.database.reading() as session:
            frozen = _frozen(session, ids)
            for row in leased:
                if not may_write_to(row.address, self.allow):
                    ended.append((row, "cancelled", NOT_ALLOWED))
                elif the_id(row) not in frozen:
                    try:
                        written.append((row, write(session, self.renderer, self.shelf, self.sender, row, now)))
                    except Exception as problem:  # whatever is wrong with one letter is only about that letter
                        ended.append((row, "failed", str(problem)))
        if written or ended:
            with self.database.transaction() as session:
                _keep(session, written, now)
                for row, status, reply in ended:
                    end(session.get_one(NotificationRow, row.id), status, reply, now)
                    count[status] += 1
                frozen = _frozen(session, ids)
        over = {the_id(row) for row, _, _ in ended}
        return [(row, frozen[the_id(row)]) for row in leased if the_id(row) not in over]

    async def _send(self, row: NotificationRow, raw: bytes, now: int) -> Fate:
        assert row.leased_until is not None
        try:
            reply = await self.transport.send(self.sender.addr_spec, read_address(row.address), raw)
        except Exception as problem:  # the same: it may not keep the others from leaving
            reply = Reply("retry", f"{type(problem).__name__}: {problem}")
        return Fate(the_id(row), row.leased_until, now, reply)


def _frozen(session: Session, ids: Sequence[int]) -> dict[int, bytes]:
    rows = session.exec(
        select(LetterRow.notification_id, LetterRow.raw).where(col(LetterRow.notification_id).in_(ids))
    ).all()
    return dict(rows)


def _keep(session: Session, written: Sequence[tuple[NotificationRow, Written]], now: int) -> None:
    """Freeze letters; what another worker froze first stays."""
    rows = [
        {
            "notification_id": the_id(row),
            "subject": one.letter.subject,
            "text": one.letter.text,
            "html": one.letter.html,
            "raw": one.raw,
            "written_at": now,
        }
        for row, one in written
    ]
    insert_once(session, LetterRow, rows)

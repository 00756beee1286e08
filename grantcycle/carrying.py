"""Who carries the letters of a round that is played in virtual time?"""

import asyncio
from collections.abc import Sequence
from email.headerregistry import Address

from sqlmodel import Session

from engine.clock import StoppedClock
from engine.cycle.scene import Shelf
from engine.cycle.telling import Told
from engine.database.connection import Database
from engine.database.records import CauseRow, RelayRow
from engine.rules.moments import SECOND
from notifications.fates import LONGEST_PAUSE
from notifications.outbox import Outbox
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import Mailbox, Transport


class Letters:
    """The outbox and the postman of a round that is played, who is only called when something may leave.

    `clock` shows the instant that is played, once letters are carried.
    """

    def __init__(
        self,
        database: Database,
        runner: asyncio.Runner,
        clock: StoppedClock,
        transport: Transport,
        *,
        sender: Address,
        renderer: Renderer,
        shelf: Shelf,
    ) -> None:
        self.clock = clock
        self.sent = 0
        self._database = database
        self._transport = transport
        self._runner = runner
        self._outbox = Outbox(sender, shelf=shelf)
        self._postman = Postman(database, transport, renderer, sender=sender, shelf=shelf)
        self._next: int | None = None
        self._down_until = 0
        self._silent_until = 0
        """no try before that can succeed, and each would only be followed by the next"""

    def queue(self, session: Session, cause: CauseRow, told: Sequence[Told], now: int) -> None:
        """The engine's Notify: queues what is told, and remembers when the first of it leaves."""
        self._outbox.queue(session, cause, told, now)
        known = [] if self._next is None else [self._next]
        self._next = min([*known, *(one.leaves_at for one in told)], default=None)

    def carry(self, now: int) -> int | None:
        """Send all that leaves by `now`; gives the instant of the next try."""
        if now < self._silent_until:
            return self._silent_until
        if self._next is None or self._next > now:
            return self._next
        self.clock.instant = now
        delivered = self._runner.run(self._postman.deliver(self.clock))
        self.sent += delivered.sent
        # what could not leave now is tried again later, never at this same instant
        self._next = None if delivered.next_at is None else max(delivered.next_at, now + SECOND)
        if self._next is not None and self._is_paused_for_longest(now):
            # the postman would try at this pace for as long as nobody answers, hundreds of times a day
            in_vain = max(-(-(self._down_until - self._next) // LONGEST_PAUSE), 0)
            self._next = self._silent_until = self._next + in_vain * LONGEST_PAUSE
        return self._next

    def _is_paused_for_longest(self, now: int) -> bool:
        if self._down_until <= now:
            return False
        with self._database.reading() as session:
            relay = session.get(RelayRow, self._transport.name)
            return relay is not None and relay.paused_until - now == LONGEST_PAUSE

    def break_down(self, until: int) -> None:
        """The relay does not answer until that instant, where it is a mailbox of ours."""
        if isinstance(self._transport, Mailbox):
            self._transport.down = (*self._transport.down, (0, until))
            self._down_until = max(self._down_until, until)

"""How does everything in the outbox leave, whatever breaks meanwhile?

Letters are leased in one transaction, frozen in the next, sent outside any, and their fates written in a last one. A
crash in between means that they are sent again, with the same Message-ID: at least once.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.headerregistry import Address
from typing import TypeVar

from sqlalchemy import StaticPool
from sqlmodel import Session

from engine import events
from engine.clock import Clock
from engine.cycle.scene import Shelf
from engine.database.connection import Database
from engine.faults import point
from engine.rules.moments import SECOND
from notifications.fates import OUTCOMES, Fate, record
from notifications.freezing import Pinned, Written, first_written, freeze, put_into_words, read_pinned
from notifications.lease import LEASE, Leased, end_one, give_back, next_due, renew, take
from notifications.recipients import NOT_ALLOWED, may_write_to, read_address
from notifications.rendering import Renderer
from notifications.secrets import Secrets
from notifications.transport import Reply, Transport
from notifications.unveiling import Veil

AT_ONCE = 8
"""letters on their way at the same time"""
LEASED_FOR_EACH = 25
"""letters leased, written and frozen together, for each that is on its way at the same time"""
IN_DOUBT = 50
"""letters whose fate is known and not yet written: so many at most are sent again after a crash"""
RECORD_SECONDS = 0.05
"""how long a fate waits for others to be written with it"""
RENEW_SECONDS = LEASE / SECOND / 3
FINISH_SECONDS = 5
"""how long letters that are on their way may take when the postman is told to stop"""
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round of the postman came to; `next_at` is when something may leave again."""

    sent: int
    retried: int
    failed: int
    next_at: int | None


class Postman:
    """Sends what waits. Any number of them may work on one database.

    `sender` is whom letters come from; `allow` the addresses and domains that may be written to (none: everybody);
    `at_once` how many letters are on their way at the same time, each over a connection of its own; `secrets` gives
    what a letter's nonce stands for (without it such a letter fails).
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
        secrets: Secrets | None = None,
    ) -> None:
        self.database = database
        self.transport = transport
        self.renderer = renderer
        self.sender = sender
        self.allow = tuple(allow)
        self.shelf = shelf or Shelf()
        self.at_once = at_once
        self.secrets = secrets
        self._walk: Walk | None = None

    def nudge(self) -> None:
        """Look at once for what is urgent, also in the middle of a round; in the event loop of the postman."""
        if self._walk:
            self._walk.nudge()

    async def deliver(
        self,
        clock: Clock,
        each: Callable[[], object] = lambda: None,
        alive: Callable[[], object] = lambda: None,
    ) -> Delivered:
        """Send everything that may leave now, several letters at a time.

        `each` is called after every try, `alive` all the time: also while a slow server takes its minutes over one.
        Told to stop, it finishes what is on its way, writes that down and gives back the rest.
        """
        walk = self._walk = Walk(self, clock, each)
        try:
            await walk.go(alive)
        except asyncio.CancelledError:
            await walk.finish()
            raise
        finally:
            self._walk = None
            await walk.end()
        with self.database.reading() as session:
            next_at = next_due(session, self.transport.name)
        count = walk.count
        return Delivered(count["sent"], count["retry"], count["failed"], next_at)


class Walk:
    """One round of the postman. A few carriers send what is ready, while more is made ready and fates are written.

    All that is asked of the database runs in one thread beside the event loop, in which deadlines ring as well; only a
    database in memory, whose one connection is everybody's, is asked from the loop itself. Letters are put into words
    in the loop, one at a time.
    """

    def __init__(self, postman: Postman, clock: Clock, each: Callable[[], object]) -> None:
        self.postman = postman
        self.clock = clock
        self.each = each
        self.count: Counter[str] = Counter()
        self._relay = postman.transport.name
        self._veil = Veil(postman.secrets)
        self._making: Sequence[Leased] = ()
        """letters that are being written"""
        self._ready: deque[tuple[Leased, bytes]] = deque()
        self._on_their_way: dict[int, Leased] = {}
        self._fates: list[Fate] = []
        self._being_recorded = 0
        self._oldest_fate = 0.0
        self._carriers: set[asyncio.Task[None]] = set()
        self._fetching: asyncio.Task[bool] | None = None
        self._recording: asyncio.Task[None] | None = None
        self._exhausted = False
        """nothing more may leave, as far as is known"""
        self._news = 0
        """how often it became possible that more may leave"""
        self._news_fetched = 0
        """the same, when what is being fetched was asked for: it does not know of more"""
        self._nudged = False
        """something urgent may have come"""
        self._stopped = False
        """no letter is begun: the relay did not answer, or the postman is to stop"""
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        """fewer letters are in doubt than may be"""
        one_connection = isinstance(postman.database.writer.pool, StaticPool)
        self._thread = None if one_connection else ThreadPoolExecutor(1, "postman")

    async def go(self, alive: Callable[[], object]) -> None:
        """Send until nothing may leave any more."""
        while True:
            alive()
            self._collect()
            if self._stopped and not self._carriers and not self._fetching:
                await self._give_back()
                self._stopped, self._exhausted = False, True
            self._send_out()
            if self._fates and not self._recording and self._record_now():
                self._recording = self._start(self._record())
            if not (self._carriers or self._fetching or self._recording or self._fates):
                return
            waited = RECORD_SECONDS if self._fates else RENEW_SECONDS
            try:
                async with asyncio.timeout(waited):
                    await self._wake.wait()
            except TimeoutError:
                # a server takes its time: meanwhile more may have come to be due
                self._exhausted = self._exhausted and waited != RENEW_SECONDS
            self._wake.clear()
            await self._renew()

    def nudge(self) -> None:
        self._nudged = True
        self._more_may_leave()
        self._wake.set()

    def _more_may_leave(self) -> None:
        self._news += 1
        self._exhausted = False

    def _collect(self) -> None:
        """Take note of what has ended; what went wrong in it goes wrong here."""
        for carrier in [carrier for carrier in self._carriers if carrier.done()]:
            self._carriers.remove(carrier)
            carrier.result()
        if self._fetching and self._fetching.done():
            # that there is nothing more may have been true only before the last news
            more, self._fetching = self._fetching.result(), None
            self._exhausted = not more and self._news == self._news_fetched
        if self._recording and self._recording.done():
            self._recording.result()
            self._recording = None

    def _send_out(self) -> None:
        """As many carriers as there is work for, and more to carry before they run out of it."""
        if self._stopped:
            return
        while len(self._carriers) < min(self.postman.at_once, len(self._ready)):
            self._carriers.add(self._start(self._carry()))
        most = self.postman.at_once * LEASED_FOR_EACH
        if not self._fetching and not self._exhausted and (self._nudged or len(self._ready) <= most // 2):
            self._nudged, self._news_fetched = False, self._news
            # what is urgent comes first among these, and is sent first: a few more are leased at most
            self._fetching = self._start(self._fetch(max(most - len(self._ready), self.postman.at_once)))

    def _start(self, work: Coroutine[object, object, Answer]) -> asyncio.Task[Answer]:
        task = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._wake.set())
        return task

    async def _ask(self, work: Callable[[Session], Answer]) -> Answer:
        """What a transaction gives, committed."""

        def transaction() -> Answer:
            with self.postman.database.transaction() as session:
                return work(session)

        if self._thread is None:
            return transaction()
        return await asyncio.get_running_loop().run_in_executor(self._thread, transaction)

    async def _fetch(self, free: int) -> bool:
        """Lease, write and freeze letters; gives whether more may leave, which there was no room for or waited for one
        of these that has ended."""
        now, postman = self.clock.now(), self.postman
        busy = len(self._ready) + len(self._on_their_way) + len(self._fates) + self._being_recorded
        point("postman leasing")
        leased = await self._ask(lambda session: take(session, self._relay, now, free=free, busy=busy))
        point("postman leased")
        if not leased:
            return False
        self._making = leased
        pinned = await self._ask(lambda session: read_pinned(session, postman.shelf, leased))
        written: list[tuple[Leased, Written]] = []
        ended: list[tuple[Leased, str, str]] = []
        for letter in leased:
            if not may_write_to(letter.address, postman.allow):
                ended.append((letter, "cancelled", NOT_ALLOWED))
            elif letter.id not in pinned.frozen:
                try:
                    written.append((letter, await self._put_into_words(pinned, letter, now)))
                except Exception as problem:  # whatever is wrong with one letter is only about that letter
                    ended.append((letter, "failed", str(problem)))
                point("letter written")
                await asyncio.sleep(0)  # the loop is not ours alone
        frozen = pinned.frozen | await self._ask(lambda session: _keep(session, written, ended, now))
        point("postman frozen")
        self.count.update(status for _, status, _ in ended)
        for letter, status, _ in ended:
            events.tell("letter", **letter.named, outcome=status)
        over = {letter.id for letter, _, _ in ended}
        veiled = [letter for letter in leased if letter.nonce is not None and letter.id not in over]
        over |= await self._unveil(pinned, veiled, frozen)
        ready = [(letter, frozen[letter.id]) for letter in leased if letter.id not in over]
        self._ready.extendleft(reversed([one for one in ready if one[0].urgent]))
        self._ready += [one for one in ready if not one[0].urgent]
        self._making = ()
        return len(leased) >= free or bool(over)

    async def _unveil(self, pinned: Pinned, letters: Sequence[Leased], frozen: dict[int, bytes]) -> set[int]:
        """Let letters that have secrets be sent with them; gives those that cannot be, and have failed."""
        if not letters:
            return set()
        postman, now = self.postman, self.clock.now()
        written_at = await self._ask(lambda session: first_written(session, [letter.id for letter in letters]))
        lifted, failed = self._veil.lift(pinned, postman.renderer, postman.sender, letters, written_at)
        frozen |= lifted
        if failed:
            await self._end(failed, now)
        point("secrets filled in")
        return {letter.id for letter, _ in failed}

    async def _end(self, failed: Sequence[tuple[Leased, str]], now: int) -> None:
        """Write the end of letters that cannot be sent."""

        def write(session: Session) -> None:
            for letter, why in failed:
                end_one(session, letter, "failed", why, now)

        await self._ask(write)
        self.count["failed"] += len(failed)
        for letter, _ in failed:
            events.tell("letter", **letter.named, outcome="failed")

    async def _put_into_words(self, pinned: Pinned, letter: Leased, now: int) -> Written:
        """A letter in words: in the loop, or in the thread where it is the first of its kind, which takes long."""
        renderer, sender = self.postman.renderer, self.postman.sender
        programme, _ = pinned.causes[letter.cause_id]
        if self._thread is None or renderer.has_read(programme, letter.language, letter.letter):
            return put_into_words(pinned, renderer, sender, letter, now)
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, put_into_words, pinned, renderer, sender, letter, now
        )

    async def _carry(self) -> None:
        """Send what is ready, one letter after the other."""
        while self._ready and not self._stopped:
            if len(self._fates) + self._being_recorded >= IN_DOUBT:
                self._room.clear()
                await self._room.wait()
                continue
            letter, raw = self._ready.popleft()
            now = self.clock.now()
            if letter.leased_until <= now:
                continue  # it may be another's by now
            self._on_their_way[letter.id] = letter
            reply = await self._send(letter, raw)
            del self._on_their_way[letter.id]
            self._note(Fate(letter.id, letter.leased_until, now, reply))

    async def _send(self, letter: Leased, raw: bytes) -> Reply:
        try:
            reply = await self.postman.transport.send(self.postman.sender.addr_spec, read_address(letter.address), raw)
        except Exception as problem:  # the same: it may not keep the others from leaving
            reply = Reply("retry", f"{type(problem).__name__}: {problem}")
        reply = self._veil.over(letter, reply)
        events.tell("letter", **letter.named, outcome=OUTCOMES[reply.kind], reply=reply.text[:3])
        return reply

    def _note(self, fate: Fate) -> None:
        """Keep a fate until it is written with some others, soon."""
        if not self._fates:
            self._oldest_fate = asyncio.get_running_loop().time()
        self._fates.append(fate)
        self._stopped = self._stopped or fate.reply.kind == "relay_down"
        if len(self._fates) in (1, IN_DOUBT // 2):
            self._wake.set()

    def _record_now(self) -> bool:
        waited = asyncio.get_running_loop().time() - self._oldest_fate
        return not self._carriers or len(self._fates) >= IN_DOUBT // 2 or waited >= RECORD_SECONDS

    async def _record(self) -> None:
        """Write the fates that are known, all in one transaction."""
        now, fates = self.clock.now(), sorted(self._fates, key=lambda fate: fate.notification_id)
        self._fates, self._being_recorded = [], len(fates)
        self.count.update(await self._ask(lambda session: record(session, self._relay, fates, now)))
        point("postman recorded")
        self._being_recorded = 0
        for _ in fates:
            self.each()
        # what comes after these letters may leave now
        self._more_may_leave()
        self._room.set()

    async def _renew(self) -> None:
        now = self.clock.now()
        ours = [*self._on_their_way.values(), *self._making, *(letter for letter, _ in self._ready)]
        aging = [letter for letter in ours if letter.leased_until - now <= LEASE // 2]
        if aging:
            await self._ask(lambda session: renew(session, aging, now))

    async def _give_back(self) -> None:
        letters = [*self._making, *(letter for letter, _ in self._ready)]
        self._making = ()
        self._ready.clear()
        if letters:
            await self._ask(lambda session: give_back(session, letters))
            point("postman returned")

    async def finish(self) -> None:
        """Told to stop: let what is on its way arrive, write it down, and give back the rest."""
        self._stopped = True
        self._room.set()
        for tasks in (self._carriers, {self._fetching} - {None}, {self._recording} - {None}):
            if tasks:
                await asyncio.wait(tasks, timeout=FINISH_SECONDS)  # type: ignore[type-var]
        if self._fates:
            await self._record()
        await self._give_back()

    async def end(self) -> None:
        """Leave nothing running."""
        tasks = [task for task in (*self._carriers, self._fetching, self._recording) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._thread:
            self._thread.shutdown()
        await self.postman.transport.close()


def _keep(
    session: Session, written: Sequence[tuple[Leased, Written]], ended: Sequence[tuple[Leased, str, str]], now: int
) -> dict[int, bytes]:
    """Freeze what was written, and end what could not be; gives what is sent of each letter."""
    for letter, status, reply in ended:
        end_one(session, letter, status, reply, now)
    return freeze(session, written, now)

"""Which parts does this installation run with?

The one room that knows every concrete class. What is asked for is made once, when it is asked for.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from email.headerregistry import Address
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from engine import events
from engine.alarm import Alarm, Alive
from engine.clock import Clock, WallClock
from engine.cycle import Cycle
from engine.cycle.scene import Shelf
from engine.database.connection import Database, open_database
from engine.database.invariants import INVARIANTS
from engine.database.listening import DEADLINES, LETTERS, listen
from engine.database.looking import notification, open_rounds
from engine.database.migrating import migrate
from engine.database.nodes import this_node
from engine.database.store import find_round
from engine.database.watch import Watch
from engine.errors import GrantcycleError, Refused
from engine.files.reading import Programme
from engine.rules.workflow import Workflow
from grantcycle.addresses import read_named_address
from grantcycle.finding import round_key
from grantcycle.letters import Shown
from grantcycle.pages import contact_of, installation_key
from grantcycle.rehearsal_stage import Stage
from grantcycle.settings import Settings, load_settings
from grantcycle.settings_shown import shown
from notifications.accounts import AccountLetters
from notifications.catcher import LOOPBACK, Catcher
from notifications.doorbell import Doorbell
from notifications.incoming.collecting import Collected, Collector, box_of
from notifications.incoming.showing import read_mail
from notifications.invariants import LETTERS as LETTERS_HOLD
from notifications.linting import lint
from notifications.mailbox import CaughtMail
from notifications.outbox import Outbox
from notifications.postman import Delivered, Postman
from notifications.previewing import Previews
from notifications.rendering import Renderer
from notifications.staff_desk import StaffDesk
from notifications.transport import SmtpTransport
from notifications.trying import LetterSamples
from notifications.wording import Wording
from web.keys import Keys
from web.links import secrets_of
from web.office import Office, Workshop

SECOND = 1_000_000
COLLECT_SECONDS = 60
"""between two looks into the mailbox"""
NOTHING_OPEN = "No round is open yet. Open one with: grantcycle open PROGRAMME/ROUND --as EMAIL"


class Wiring:
    """Everything put together, from the settings to the postman."""

    def __init__(
        self, config: Path | None = None, clock: Clock | None = None, settings: Settings | None = None
    ) -> None:
        self.config = config
        if settings:
            self.__dict__["settings"] = settings  # a cached property keeps its value here
        self.clock: Clock = clock or WallClock()
        self._shelf = Shelf()
        self.alarms: Sequence[Alarm] = ()
        """those that run in this process"""
        self.doorbell = Doorbell()
        """rung by whoever has written a letter that is to leave at once"""
        self.port: int | None = None
        """where pages are listened for, once they are"""
        self.part = "command"
        """what this process is to the others: `serve`, `worker`, or one command"""

    @cached_property
    def settings(self) -> Settings:
        return load_settings(self.config)

    @property
    def settle(self) -> int:
        """The settle period in microseconds."""
        return round(self.settings.engine.settle * SECOND)

    def now(self) -> int:
        """The instant at which this command line was received: one for all that it does."""
        return self.clock.now()

    @cached_property
    def database(self) -> Database:
        """The database. Raises GrantcycleError while there is none: looking makes none."""
        if not self.has_database():
            raise GrantcycleError(NOTHING_OPEN)
        return self.make_database()

    def make_database(self) -> Database:
        """The same, made if there is none yet: for what a round begins with."""
        database = open_database(self.settings.database.url)
        migrate(database)
        # a cached property keeps its value here; from now on it is found
        self.__dict__["database"] = database
        return database

    def has_database(self) -> bool:
        """Whether there is a database to look into."""
        try:
            address = make_url(self.settings.database.url)
        except ArgumentError:
            return True  # opening it says what is wrong
        return address.get_backend_name() != "sqlite" or Path(str(address.database)).is_file()

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """One look at the database; the rows that were read stay readable afterwards."""
        with self.database.reading() as session:
            yield session
            session.expunge_all()

    def is_open(self, key: str) -> bool:
        """Whether a round of that name runs in the database."""
        if not self.has_database():
            return False
        with self.looking() as session:
            return any(row.key == key for row in open_rounds(session))

    @cached_property
    def sender(self) -> Address:
        """Whom letters come from."""
        return read_named_address(self.settings.mail.sender)

    @cached_property
    def account_letters(self) -> AccountLetters:
        """Where letters are queued that answer no move of a dossier."""
        return AccountLetters(self.sender, self.settings.mail.allow, self._shelf, self.settings.web.timezone)

    @property
    def caught_mail(self) -> CaughtMail:
        """What the catcher keeps, for somebody who looks."""
        return CaughtMail(self.mailbox)

    @cached_property
    def cycle(self) -> Cycle:
        outbox = Outbox(self.sender, self.settings.mail.allow, self._shelf)
        return Cycle(self.database, outbox.queue, self.settle, self._shelf, self.watch)

    @cached_property
    def watch(self) -> Watch:
        """The watch over the clock, the other processes and the database; it starts when something is to be done."""
        node = this_node(self.part, self.clock, self.settings.engine.sweep)
        return Watch(self.database, self.clock, node, self.settings.folder / "data" / "last-seen.json")

    @cached_property
    def desk(self) -> StaffDesk:
        """Where staff act on letters."""
        return StaffDesk(self.database, self.sender, self.settings.mail.allow, self._shelf, self.base_url)

    @cached_property
    def _contact(self) -> Address:
        """Whom people answer to."""
        return read_named_address(self.settings.mail.reply_to, name_required=True)

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer(self._contact, site=self.base_url)

    @cached_property
    def previews(self) -> Previews:
        """How letters read, for somebody who looks."""
        return Previews(self._contact, self.sender, self._shelf, self.base_url)

    def letter(self, number: int) -> Shown:
        """One letter of the outbox in words. Raises GrantcycleError when there is none, or it cannot be written."""
        with self.looking() as session:
            row, _ = notification(session, number)
            shown = self.previews.show(session, row, self.now())
            return Shown(shown.is_frozen, row.status, shown.text, shown.html, shown.raw)

    @property
    def mailbox(self) -> Path:
        """Where the catcher keeps letters when no mail server is configured."""
        return self.settings.folder / "data" / "mailbox"

    @asynccontextmanager
    async def postman(self) -> AsyncIterator[Postman]:
        """The postman with the configured relay, or with the catcher where there is none."""
        mail = self.settings.mail
        _ = self.keys  # without them sign-in letters could not be sent: better not to start
        async with AsyncExitStack() as stack:
            if mail.host:
                transport = SmtpTransport(
                    mail.host,
                    mail.port,
                    starttls=mail.starttls,
                    username=mail.username.get_secret_value() if mail.username else None,
                    password=mail.password.get_secret_value() if mail.password else None,
                )
            else:
                catcher = await stack.enter_async_context(Catcher(self.mailbox))
                transport = SmtpTransport(LOOPBACK, catcher.port)
            yield Postman(
                self.database, transport, self._renderer, sender=self.sender, allow=mail.allow, shelf=self._shelf,
                at_once=mail.connections, secrets=self._secrets_of,
            )  # fmt: skip

    async def send(self, each: Callable[[], object]) -> Delivered:
        """Send everything that may leave now, once; `each` is called after every try.

        Raises Refused when this process may do nothing now.
        """
        self.watch.look()
        if self.watch.refusal:
            raise Refused([self.watch.refusal])
        async with self.postman() as postman:
            return await postman.deliver(self.clock, each)

    @cached_property
    def collector(self) -> Collector | None:
        """What reads the mailbox in which mail comes back, or None where none is configured.

        Raises GrantcycleError when its password is missing.
        """
        mail = self.settings.mail
        if not mail.inbox:
            return None
        password = mail.inbox_password.get_secret_value() if mail.inbox_password else None
        return Collector(
            box_of(mail.inbox, password, self.settings.folder), self.cycle, self.account_letters,
            officer=self._contact, base_url=lambda: self.base_url, server=mail.receiver,
        )  # fmt: skip

    def collect(self) -> Collected:
        """Read what came in, once. Raises GrantcycleError where no mailbox is configured, or it cannot be read."""
        if self.collector is None:
            raise GrantcycleError("no mailbox is configured: set [mail] inbox in config.toml")
        self.watch.look()
        return self.collector.collect(self.clock.now)

    async def collecting(self) -> None:
        """The mailbox, read every minute for as long as the process runs; what goes wrong is told, and tried again."""
        while True:
            try:
                collected = await asyncio.to_thread(self.collect)
            except GrantcycleError as problem:
                events.tell("inbox read", outcome="failed", problem=str(problem))
            except Exception as problem:  # a mailbox never stops the calendar
                events.tell("inbox read", outcome="failed", problem=type(problem).__name__)
            else:
                if collected.new or collected.failed:
                    self.doorbell.ring()  # the officer's letter leaves now
            await asyncio.sleep(COLLECT_SECONDS)

    def running(self, postman: Postman) -> Sequence[Coroutine[Any, Any, None]]:
        """What a process runs side by side, each until it is cancelled or the alarm dies.

        The letters have an alarm of their own, so that a slow relay never delays a deadline. On PostgreSQL the calendar
        has two, so that a long cohort in one round delays no other, and the process listens to what others commit.
        """
        sweep = self.settings.engine.sweep

        async def deliver(_now: int, alive: Alive) -> int | None:
            await asyncio.to_thread(self.watch.look)
            if self.watch.refusal:
                return None
            delivered = await postman.deliver(self.clock, alive=alive)
            if delivered.sent:
                # a copy of the database from before is noticed from here on
                await asyncio.to_thread(self.watch.look, beat=True)
            return delivered.next_at

        async def advance(now: int, alive: Alive) -> int | None:
            following = await asyncio.to_thread(self.cycle.advance, now, alive)
            self.doorbell.ring()  # what was told just now leaves now
            return following

        async def ahead(now: int) -> int | None:
            return await asyncio.to_thread(self.cycle.due_after, now)

        reading = [self.collecting()] if self.collector else []
        letters = Alarm(deliver, self.clock, sweep)
        calendar = [Alarm(advance, self.clock, sweep, ahead) for _ in range(2 if self.database.is_shared else 1)]
        self.alarms = (*calendar, letters)
        self.doorbell.answer(letters.nudge, postman.nudge)
        if not self.database.is_shared:
            return [*(alarm.run() for alarm in self.alarms), *reading]

        def moved() -> None:
            for alarm in calendar:
                alarm.nudge()

        wakes = {DEADLINES: moved, LETTERS: self.doorbell.ring}
        listening = listen(self.database, wakes, self.settings.database.direct_url)
        return [*(alarm.run() for alarm in self.alarms), listening, *reading]

    async def keeping_watch(self) -> None:
        """The watch over clock and database, for a process whose alarm does not look."""
        while True:
            await asyncio.to_thread(self.watch.look)
            await asyncio.sleep(self.settings.engine.sweep)

    @property
    def base_url(self) -> str:
        """How people reach the pages."""
        web = self.settings.web
        host = f"[{web.host}]" if ":" in web.host else web.host
        return web.base_url or f"http://{host}:{self.port or web.port}"

    @cached_property
    def keys(self) -> Keys:
        """What sign-in links and forms are made with."""
        shared = self.database.is_shared
        return Keys(installation_key(self.settings.web, self.settings.folder, shared=shared))

    def _secrets_of(self, nonce: str) -> Mapping[str, str]:
        """What a letter says in place of a nonce."""
        return secrets_of(self.keys, self.base_url, nonce)

    @cached_property
    def office(self) -> Office:
        """The installation, as its pages see it."""
        web = self.settings.web
        return Office(
            database=self.database,
            cycle=self.cycle,
            clock=self.clock,
            shelf=self._shelf,
            keys=self.keys,
            base_url=self.base_url,
            name=web.name,
            zone=web.timezone,
            contact=contact_of(self._contact),
            letters=self.account_letters,
            samples=LetterSamples(self._renderer, self.account_letters),
            desk=self.desk,
            previews=self.previews,
            wording=Wording(self._contact, self.base_url),
            read_mail=read_mail,
            mailbox=None if self.settings.mail.host else self.caught_mail,
            nudge=self.doorbell.ring,
            biggest_file=round(web.biggest_file * 1_000_000),
            undo_for=web.undo_minutes * 60 * SECOND,
            trusted_proxies=web.proxies,
            workshop=self.workshop,
        )

    @cached_property
    def stage(self) -> Stage:
        """Where rehearsals are played that somebody asks for on the pages."""
        return Stage(lambda: self.database, self.clock)

    @cached_property
    def workshop(self) -> Workshop:
        """What the pages prepare rounds with, and what they tell of this installation."""
        folder = self.settings.workflows.folder
        return Workshop(
            workflows=folder if folder.is_dir() else None,
            lint=lint,
            rehearsals=self.stage,
            settings=lambda: shown(self.settings, self.config),
            invariants=(*INVARIANTS, *LETTERS_HOLD),
        )

    def round_key(self, name: str) -> str:
        """How the database names the round that is meant on the command line."""
        return round_key(name, self.settings.workflows.folder)

    def programme_of(self, key: str) -> Programme:
        """The programme as the open round pins it. Raises Unknown when no such round is open."""
        with self.looking() as session:
            return self._shelf.get(session, find_round(session, key).digest).programme

    def text_of(self, session: Session, digest: str) -> Programme:
        """A programme as a digest pins it, as its files say."""
        return self._shelf.read(session, digest)

    def workflow_of(self, key: str) -> Workflow:
        """The rules that the open round runs on."""
        with self.looking() as session:
            row = find_round(session, key)
            return self._shelf.get(session, row.digest).programme.rules_of(row.name)

    def zone_of(self, key: str) -> str:
        """The time zone of an open round."""
        with self.looking() as session:
            return find_round(session, key).timezone

    def close(self) -> None:
        if "stage" in self.__dict__:
            self.stage.close()
        if "watch" in self.__dict__:
            self.watch.stop()
        if "database" in self.__dict__:
            self.database.close()

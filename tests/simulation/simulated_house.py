"""Who does the work in a simulated year: one process, its relay, and what breaks them?"""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.parser import BytesHeaderParser

from engine.clock import StoppedClock
from engine.cycle import Cycle
from engine.cycle.scene import Shelf
from engine.database.connection import Database
from notifications.outbox import Outbox
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import Reply

SENDER = Address("Small Grants", addr_spec="grants@funder.example")
CONTACT = Address("Els Example", addr_spec="els@funder.example")
SHELF = Shelf()
"""the programmes are read once for all years: they never change"""
RENDERER = Renderer(CONTACT)
_HEADERS = BytesHeaderParser()


class Died(BaseException):
    """The process dies here: nothing may catch this but the simulation."""


class Hiccup(Exception):
    """Something fails here, and the process lives on."""


class Process:
    """One process of the installation, with nothing of an earlier one but the database and the relay."""

    def __init__(self, database: Database, relay: "Relay | None" = None) -> None:
        outbox = Outbox(SENDER, shelf=SHELF)
        self.cycle = Cycle(database, outbox.queue)
        self.cycle.shelf = SHELF
        self.postman = Postman(database, relay, RENDERER, sender=SENDER, shelf=SHELF) if relay else None


@dataclass
class Taken:
    """One letter that the relay has taken."""

    at: int
    recipient: str
    raw: bytes
    answered: bool
    """whether the answer that it was taken came back"""


@dataclass
class Relay:
    """A relay that answers as the dice say, and knows what it has taken, by Message-ID.

    `trouble` is how often, of all letters, something goes wrong; `dies` whether the process may die in the middle.
    """

    clock: StoppedClock
    chance: random.Random
    trouble: float
    dies: bool
    name: str = "relay.example"
    taken: dict[str, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    refused: Counter[str] = field(default_factory=Counter)
    on_their_way: list[Taken] = field(default_factory=list)
    """what was taken since the postman last came home"""

    async def send(self, _sender: str, recipient: str, raw: bytes) -> Reply:
        letter = str(_HEADERS.parsebytes(raw)["Message-ID"])
        dice = self.chance.random() if self.trouble else 1.0
        if dice >= self.trouble:
            return self._take(letter, recipient, raw, Reply("sent", "250 kept"))
        what = self.chance.choice(("later", "later", "never", "down", "kept unheard", "lost unheard", "odd", "dies"))
        if what == "later":
            return Reply("retry", "451 greylisted")
        if what == "never":
            self.refused[letter] += 1
            return Reply("refused", "550 nobody here")
        if what == "down":
            return Reply("relay_down", "421 not now")
        if what == "kept unheard":
            return self._take(letter, recipient, raw, Reply("ambiguous", "no answer"))
        if what == "lost unheard":
            return Reply("ambiguous", "no answer")
        if what == "odd" or not self.dies:
            raise ConnectionResetError("reset by peer")
        if self.chance.random() < 0.5:
            self._take(letter, recipient, raw, Reply("ambiguous", "the process died"))
        raise Died("while a letter was on its way")

    def _take(self, letter: str, recipient: str, raw: bytes, reply: Reply) -> Reply:
        taken = Taken(self.clock.now(), recipient, raw, reply.kind == "sent")
        self.taken[letter].append(taken)
        self.on_their_way.append(taken)
        return reply

    def came_home(self, *, alive: bool) -> None:
        """The postman is back; if he died on the way, nobody knows what the relay answered him."""
        if not alive:
            for one in self.on_their_way:
                one.answered = False
        self.on_their_way.clear()

    async def close(self) -> None:
        """There is nothing to hang up."""

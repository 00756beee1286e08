"""What could people do in a round of a programme that nobody knows, sensible or not, and when?

All of it follows from a seed and from how the round stands when somebody acts. An act that the rules refuse is part of
it; anything else that comes back is a fault.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.headerregistry import Address

from drawn_debts import Debts
from drawn_decisions import Decisions
from drawn_dossiers import Dossiers
from drawn_judging import Judging
from drawn_meetings import Meetings
from drawn_people import DAY, STAFFS

from engine.clock import StoppedClock
from engine.cycle import Cycle
from engine.cycle.scene import Shelf
from engine.database.connection import Database
from engine.errors import GrantcycleError, Refused
from engine.files.reading import Programme
from engine.rehearsal.acting import Actors
from engine.rehearsal.inventing import Inventor
from engine.rehearsal.setting import ended, usual_opening
from engine.rules.agenda import agenda
from engine.rules.divided import scopes_of
from engine.rules.moments import SECOND, Calendar
from engine.rules.workflow import STAFF
from notifications.outbox import Outbox
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import Mailbox

HOUR = 3600 * SECOND
SENDER = Address("Drawn grants", addr_spec="grants@fund.example")


@dataclass
class Played:
    """What came of a life."""

    outcomes: list[str] = field(default_factory=list)
    """every act with what became of it"""
    met: Counter[str] = field(default_factory=Counter)

CALM = (
    *("moving",) * 6, "deciding", "scoring", "scoring", "recommending", "approving", "approving", "recusing",
    "setting_aside", "ordering", "delivering", "reviewing", "attending", "excusing", "paying", "paying", "assigning",
    "agreeing", "filling_again",
)  # fmt: skip
"""what happens in a round in which no date is moved"""
KINDS = (
    *CALM,
    "extending", "extending", "extending_each", "taking_back", "asking_more_time", "changing_strand", "lifting",
    "withdrawing_verdict", "moving_together", "undoing", "doing_and_undoing", "revoking", "planning_meeting",
    "moving_meeting", "inviting", "answering_invitation", "signing_up", "answering_offer", "changing_seats",
    "giving_hours", "booking_hour", "adding_contact", "replacing", "replacing",
)  # fmt: skip


class Life(Dossiers, Judging, Decisions, Debts, Meetings):
    """One round of a drawn programme, with its people; its first part, of a share `until` of all.

    `punctual`: what is due is done in time; otherwise only when somebody acts, as if the alarm had stopped. `letters`:
    whether a postman carries them.
    """

    def __init__(
        self, database: Database, programme: Programme, round_name: str, seed: int, *, acts: int = 60,
        dossiers: int = 5, punctual: bool = True, letters: bool = False, meddle: bool = True,
        until: float = 1.0, others: tuple[Programme, ...] = (),
    ) -> None:  # fmt: skip
        self.dice = random.Random(f"life {seed}")
        self.database, self.programme = database, programme
        self.round = programme.rounds[round_name]
        self.key = self.round.key
        self.rules = programme.rules_of(round_name)
        self.calendar = Calendar(ended(self.round))
        self.inventor = Inventor(seed, self.rules)
        self.shelf = Shelf()
        self.clock = StoppedClock(0)
        self.cycle = Cycle(database, Outbox(SENDER, shelf=self.shelf).queue, shelf=self.shelf)
        self.actors = Actors(self.cycle, self.rules, self.key)
        self.punctual, self.letters, self.meddle = punctual, letters, meddle
        self.acts, self.size, self.others = acts, dossiers, others
        self.played = Played()
        self.numbers: list[str] = []
        self.speaks: dict[str, str] = {}
        self.members: dict[str, tuple[str, ...]] = {
            name: tuple(f"{who}@{name}.example" for who in ("chair", "second", "third"))
            for name in self.rules.committees
        }
        self.mailbox = Mailbox(self.clock)
        self.postman = Postman(database, self.mailbox, Renderer(SENDER), sender=SENDER, shelf=self.shelf)
        self.opens_at = self.here = usual_opening(self.rules, self.calendar)
        dues = [due.at for due in agenda(self.rules, self.calendar, 0)]
        self.edges = sorted({*dues}) or [self.opens_at + 30 * DAY]
        self.last = max(self.edges)
        self.pause = None if until == 1.0 else self.opens_at + int((self.last - self.opens_at) * until)

    # ── The whole life ───────────────────────────────────────────────────────

    def play(self) -> Played:
        """Open the round, let people act, and go on until nothing is due any more."""
        self.cycle.open_round(self.programme, self.round.name, by=STAFFS[0], now=self.opens_at)
        self.appoint()
        with asyncio.Runner() as runner:
            self.runner = runner
            for now, act in self.plan():
                if self.pause and now > self.pause:
                    break
                self.go_to(now)
                self.do(act, now)
            self.go_to(self.pause or self.last + 800 * DAY)
        return self.played

    def appoint(self) -> None:
        now = self.opens_at
        languages = self.rules.languages
        people = [(email, STAFF, False, "") for email in STAFFS] + [("reader@public.example", "everyone", False, "")]
        for name, members in self.members.items():
            # the chair sits in every one of several committees of a name, the others in the first and in the last
            apart = list(scopes_of(self.rules, name))
            seats = ("", *(apart[:1] or [""]), *(apart[-1:] or [""]))
            people += [(email, name, place == 0, seats[place]) for place, email in enumerate(members)]
            people += [(f"observer@{name}.example", f"{name} observer", False, seats[2])]
        for guard in (one for move in self.rules.transitions.values() for one in move.guards):
            if guard.word == "member_of":
                people.append((STAFFS[0], str(guard.value), False, ""))
        for place, (email, role, chair, scope) in enumerate(people):
            self.cycle.add_person(
                self.key, email=email, name=email.partition("@")[0].title(), language=languages[place % len(languages)],
                role=role, chair=chair, scope=scope, by=STAFFS[0], now=now,
            )  # fmt: skip

    def go_to(self, now: int) -> None:
        """Let time pass."""
        if self.punctual or now > self.last + 700 * DAY:
            for _ in range(2000):
                coming = self.cycle.due_after(0)
                if coming is None or coming > now:
                    break
                self.here = max(self.here, coming)
                self.cycle.advance(self.here)
                self.carry(self.here)
        self.here = now
        self.cycle.advance(now)  # whoever acts looks first at how things stand, and so lets the calendar catch up
        self.carry(now)

    def carry(self, now: int) -> None:
        if self.letters:
            self.clock.instant = now
            self.runner.run(self.postman.deliver(self.clock))

    # ── When ─────────────────────────────────────────────────────────────────

    def plan(self) -> list[tuple[int, Callable[[int], str | None]]]:
        """Instants in order, each with somebody's act."""
        found: list[tuple[int, Callable[[int], str | None]]] = []
        hand_in = self.rules.transitions["submit"]
        assert hand_in.window is not None
        opens, closes = self.calendar.window(hand_in.window)
        for place in range(self.size):
            start = self.dice.randint(opens, max(opens, closes - DAY))
            sent = self.dice.choice((self.dice.randint(start, closes), self.dice.randint(start, closes), closes - 1))
            found += [(start, self.starting(place)), (start + 1, self.answering(place)),
                      (max(sent, start + 2), self.handing_in(place, hand_in.name))]  # fmt: skip
        for _ in range(self.acts):
            kind = self.dice.choice(KINDS if self.meddle else CALM)
            found.append((self.when(), getattr(self, kind)))
        found.sort(key=lambda one: one[0])
        return found

    def when(self) -> int:
        """Some time in the round, often near something that happens."""
        if self.dice.random() < 0.5:
            off = self.dice.choice((-DAY, -HOUR, -1, 0, 1, 30 * SECOND, HOUR, DAY, 3 * DAY, 8 * DAY))
            return max(self.opens_at + 1, self.dice.choice(self.edges) + off)
        return self.dice.randint(self.opens_at + 1, self.last)

    def do(self, act: Callable[[int], str | None], now: int) -> None:
        try:
            said = act(now)
        except Refused as refused:
            said = "refused: " + ", ".join(sorted({reason.code for reason in refused.reasons}))
            self.played.met[f"{getattr(act, '__name__', '?')} refused"] += 1
        except GrantcycleError as problem:
            said = f"not possible: {type(problem).__name__}"
        else:
            if said is not None:
                self.played.met[getattr(act, "__name__", "?")] += 1
        self.played.outcomes.append(f"{now} {getattr(act, '__name__', '?')} {said}")

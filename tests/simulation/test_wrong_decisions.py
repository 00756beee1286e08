"""M4: whatever is decided, undone, decided anew, approved and revoked, does everybody get the one right letter?

Random sequences around the day on which verdicts take effect. A mail's text says which decision it tells; it is
compared with the verdict that took effect, and what left with what the preview showed to whoever approved it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import cache

import pytest
from databases import fresh
from simulated_books import read_books
from simulated_house import Process, Relay
from simulated_people import APPLICANTS, DAY, HOUR, SECOND
from simulated_programmes import BATCH, CHAIR, MEMBER, OPENED, PEOPLE, STAFF, STAFF_2, THIRD, copy_of, programme
from simulated_years import playing

from engine.clock import StoppedClock
from engine.cycle import Imported
from engine.database.connection import Database
from engine.errors import Refused
from engine.rules.moments import Calendar
from engine.rules.times import Moment

VARIANTS = ("small", "pairs")
"""one person releases the letters, or two do"""
LETTER = {"choose": "granted", "decline": "not-granted"}
NUMBERS = 4


@dataclass(frozen=True)
class Reading:
    """A round whose jury is reading, to be copied: its database, its key, and when its verdicts take effect."""

    database: Database
    key: str
    numbers: tuple[str, ...]
    opens: int
    effect: int


@cache
def reading(variant: str) -> Reading:
    played = programme(variant)
    round = played.rounds["r03"]
    calendar = Calendar(round)
    database = fresh()
    process = Process(database)
    process.cycle.open_round(played, round.name, by=STAFF, now=OPENED)
    for email, role, chair in PEOPLE:
        process.cycle.add_person(
            round.key, email=email, name=email, language="en", role=role, chair=chair, by=STAFF, now=OPENED
        )
    opens = calendar.instant(Moment("reading", "opens"))
    rows = [
        Imported(f"House {place}", APPLICANTS[place], "somebody", "en", state="read", received_at=opens - DAY)
        for place in range(NUMBERS)
    ]
    numbers = tuple(process.cycle.import_dossiers(round.key, rows, by=STAFF, now=opens))
    process.cycle.add_contact(
        round.key, numbers[0], email=APPLICANTS[5], name="a second", language="en", by=STAFF, now=opens
    )
    for number in numbers[:-1]:  # nobody has recommended the last one yet
        process.cycle.recommend(round.key, number, "good", by=MEMBER, now=opens)
    return Reading(database, round.key, numbers, opens, calendar.hearing(Moment("notice", "opens")))


@dataclass
class Sequence:
    """One random sequence on one copy."""

    seed: int
    variant: str
    log: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    went: int = 0
    """how many moves the previews had shown when their batch went"""

    def play(self, runner: asyncio.Runner) -> None:
        start = reading(self.variant)
        self.key, self.numbers, self.effect = start.key, start.numbers, start.effect
        self.chance = random.Random(f"{self.variant} {self.seed}")
        self.database = copy_of(start.database)
        relay = Relay(StoppedClock(0), random.Random(f"relay {self.seed}"), 0, dies=False)
        self.process = Process(self.database, relay)
        try:
            self.now = start.opens + DAY
            for _ in range(self.chance.randint(4, 9)):
                self.now = self._later()
                self._step()
            self.now = max(self.now, self.effect) + DAY
            if self.chance.random() < 0.7:  # what was left lying is released in the end
                for by in (STAFF, STAFF_2):
                    self._watched(
                        f"{by} approves", lambda by=by: self.process.cycle.approve(self.key, BATCH, by=by, now=self.now)
                    )
            self._watched("everything comes to rest", lambda: self.process.cycle.advance(self.now))
            relay.clock.instant = self.now + DAY
            assert self.process.postman is not None
            runner.run(self.process.postman.deliver(relay.clock))
            self._judge(relay)
        finally:
            self.database.close()

    def _later(self) -> int:
        """Most of it before the day, some at its very edges, some after it."""
        if self.now >= self.effect:
            return self.now + self.chance.choice((SECOND, HOUR, DAY))
        if self.chance.random() < 0.15:
            return max(self.now, self.effect + self.chance.choice((-HOUR, -1, 0, 1, HOUR)))
        return self.now + self.chance.randint(1, (self.effect - self.now) // 5 + SECOND)

    def _step(self) -> None:
        cycle, key, now, chance = self.process.cycle, self.key, self.now, self.chance
        number = chance.choice(self.numbers)
        place = self.numbers.index(number)
        late = "the minutes came late" if now > self.effect - 10 * HOUR else None
        transition = chance.choice(("choose", "choose", "decline"))
        staff = chance.choice((STAFF, STAFF_2))
        acts: tuple[tuple[int, str, Callable[[], object]], ...] = (
            (8, f"chair {transition} {number}",
             lambda: cycle.verdict(key, number, transition, by=CHAIR, now=now)),
            (4, f"staff minute {transition} {number}",
             lambda: cycle.verdict(key, number, transition, by=staff, now=now, reason=late)),
            (6, f"{staff} approves", lambda: cycle.approve(key, BATCH, by=staff, now=now)),
            (2, f"{staff} revokes", lambda: cycle.revoke(key, BATCH, by=staff, now=now)),
            (2, f"conflict about {number}",
             lambda: cycle.declare_conflict(key, number, by=chance.choice((CHAIR, MEMBER, THIRD)), now=now)),
            (1, f"withdraw {number}", lambda: cycle.act(key, number, "withdraw", by=APPLICANTS[place], now=now)),
            (1, f"stop {number}", lambda: cycle.act(key, number, "stop", by=STAFF, now=now, reason="corrected")),
            (1, f"recommend {number}", lambda: cycle.recommend(key, number, "better", by=THIRD, now=now)),
        )  # fmt: skip
        if now >= self.effect:
            self._watched("the calendar catches up", lambda: cycle.advance(now))
        ((_, what, do),) = chance.choices(acts, [share for share, _, _ in acts])
        self._watched(what, do)

    def _watched(self, what: str, do: Callable[[], object]) -> None:
        """Do it, and if the batch goes by it, see that what is sent is what was shown just before."""
        may_go = self.now >= self.effect and self._pending()
        preview = self.process.cycle.preview(self.key, BATCH, self.now) if may_go else None
        sent = self._written() if may_go else Counter()
        try:
            do()
            outcome = "done"
        except Refused as refused:
            outcome = ", ".join(reason.code for reason in refused.reasons)
        if what != "the calendar catches up":
            self.log.append(f"{self.now} {what} -> {outcome}")
        if preview is None or self._pending():
            return
        shown = Counter(
            (planned.number, letter)
            for planned in preview.planned
            if not planned.against
            for role, letter in planned.letters
            if role == "applicant"
        )
        self.went += len(shown)
        left = {one for one, times in self._written().items() if times > sent[one]}
        if left != shown.keys():
            self.wrong.append(f"the preview showed {sorted(shown)}, and what went is {sorted(left)}")

    def _pending(self) -> bool:
        with self.database.reading() as session:
            found = session.connection().exec_driver_sql(
                f"SELECT 1 FROM deadline WHERE key = 'verdicts {BATCH}' AND ended_at IS NULL"
            )
            return found.first() is not None

    def _written(self) -> Counter[tuple[str, str]]:
        """How many decision letters are written about each dossier."""
        with self.database.reading() as session:
            found = session.connection().exec_driver_sql(
                "SELECT d.number, n.letter, count(DISTINCT n.cause_id) FROM notification n "
                "JOIN dossier d ON d.id = n.dossier_id WHERE n.letter IN ('granted', 'not-granted') GROUP BY 1, 2"
            )
            return Counter({(number, letter): times for number, letter, times in found})

    def _judge(self, relay: Relay) -> None:
        """Every mail as it was read, against the decisions that took effect."""
        books = read_books(self.database, "person", "dossier", "contact", "verdict", "transition")
        cases = [message_from_bytes(one.raw, policy=policy.default) for taken in relay.taken.values() for one in taken]
        read = Counter()
        for mail in cases:
            subject = str(mail["Subject"])
            if subject in LETTER.values():
                text = mail.get_body(("plain",)).get_content()
                (number,) = (one for one in self.numbers if one in text)
                if f"This is {subject}, about {number}." not in text:
                    self.wrong.append(f"{mail['To']} reads {text!r} under {subject}")
                read[str(mail["To"].addresses[0].addr_spec), number, subject] += 1
        wanted = Counter(
            (books.address[contact.person_id], books.number[verdict.dossier_id], LETTER[verdict.transition])
            for verdict in books.verdict
            if verdict.ending == "took effect"
            for contact in books.contact
            if contact.dossier_id == verdict.dossier_id
        )
        for one in wanted | read:
            if wanted[one] != read[one]:
                self.wrong.append(f"{one[0]} has {read[one]} mails {one[1:]}, and {wanted[one]} took effect")
        took = Counter(row.dossier_id for row in books.verdict if row.ending == "took effect")
        moved = Counter(row.dossier_id for row in books.transition if row.name in LETTER)
        if took != moved:
            self.wrong.append(f"verdicts took effect for {took}, and moved {moved}")


def sequences_are_right(seeds: range) -> Counter[str]:
    wrong, met = [], Counter[str]()
    with playing() as runner:
        for seed in seeds:
            one = Sequence(seed, VARIANTS[seed % len(VARIANTS)])
            one.play(runner)
            met.update(line.rpartition(" -> ")[2] for line in one.log)
            met["went"] += one.went
            if one.wrong:
                wrong.append("\n  ".join((f"sequence {seed} of {one.variant}:", *one.wrong, *one.log)))
    assert not wrong, f"{len(wrong)} of {len(seeds)}\n" + "\n".join(wrong[:3])
    return met


def test_thirty_sequences_of_decisions_tell_everybody_what_took_effect_and_once() -> None:
    met = sequences_are_right(range(219, 249))
    assert met["went"] > 25
    assert {"done", "gone", "approved", "empty", "quorum", "conflict", "late", "state", "at_most"} - met.keys() == set()


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1_000, 11_000, 1_000))
def test_ten_thousand_sequences(first: int) -> None:
    sequences_are_right(range(first, first + 1_000))

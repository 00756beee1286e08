"""What do people do in a simulated year, sensible or not, and when?

All of it follows from the dice alone and nothing from how the round stands: so the same year can be played with and
without faults. An act is one of the rehearsal's log, with the round that it is in; a dossier is named by its place
(`D3`), for its number is only known once it has been started.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from simulated_programmes import BATCH, CHAIR, MEMBER, PUBLIC, STAFF, STAFF_2, THIRD, Played

from engine.rehearsal.acts import (
    ACTS,
    ANSWER,
    APPROVE,
    ATTENDANCE,
    CONFLICT,
    CONTACT,
    DELIVERY,
    EXCUSE,
    EXTEND,
    RECOMMENDATION,
    REVOKE,
    SCORE,
    START,
    VERDICT,
    Act,
)
from engine.rules.moments import Calendar, from_instant
from engine.rules.times import Moment

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
SETTLE = 30 * SECOND
BRING_IN = "bring in"
"""staff bring a dossier in, in some state: not an act of the rehearsal's log"""
JURY = (CHAIR, MEMBER, THIRD)
APPLICANTS = tuple(f"{name}@applicant.example" for name in ("anna", "bert", "cleo", "dora", "emil", "fien", "gust"))
EVERYBODY = (STAFF, STAFF_2, *JURY, PUBLIC, *APPLICANTS, "nobody@nowhere.example")


@dataclass(frozen=True)
class Deed:
    """One act of one person, in the round of that key."""

    round: str
    act: Act


class Season:
    """Invents what happens in one round."""

    def __init__(self, chance: random.Random, played: Played, dossiers: int) -> None:
        self.chance = chance
        self.played = played
        self.calendar = Calendar(played.round)
        self.workflow = played.programme.workflow
        self.dossiers = [f"D{place}" for place in range(1, dossiers + 1)]
        self.speaks = {one: chance.choice(APPLICANTS) for one in self.dossiers}
        self.edges = [
            self.calendar.instant(Moment(phase, edge)) for phase in self.workflow.phases for edge in ("opens", "closes")
        ]
        self.first, self.last = min(self.edges), max(self.edges)
        self.deeds: list[Deed] = []

    # ── When ─────────────────────────────────────────────────────────────────

    def edge(self, phase: str, edge: str) -> int:
        return self.calendar.instant(Moment(phase, "opens" if edge == "opens" else "closes"))

    def near(self, instant: int) -> int:
        """At an edge, or within microseconds, settling, grace, hours or days of it."""
        off = self.chance.choice((0, 0, 1, SECOND, SETTLE, SETTLE + 1, 60 * SECOND, HOUR, 3 * HOUR, DAY, 3 * DAY))
        return instant + self.chance.choice((-1, 1)) * off

    def within(self, start: int, end: int) -> int:
        """Some time in a span, now and then near one of its ends."""
        if self.chance.random() < 0.2:
            return self.near(self.chance.choice((start, end)))
        return self.chance.randint(min(start, end - 1), end - 1)

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    # ── Who does what ────────────────────────────────────────────────────────

    def do(self, now: int, who: str, what: str, dossier: str = "", **values: str) -> None:
        self.deeds.append(Deed(self.played.round.key, Act(now, who, what, dossier, values)))

    def invent(self) -> list[Deed]:
        """All that happens, in order of time."""
        for dossier in self.dossiers:
            (self._wanders if self.often(0.08) else self._lives)(dossier)
        for _ in range(len(self.dossiers)):
            if self.often(0.7):
                self._nonsense()
        self._the_office()
        return self.deeds

    def _lives(self, dossier: str) -> None:
        """A dossier as it should go, more or less."""
        speaks = self.speaks[dossier]
        opens, closes = self.edge("call", "opens"), self.edge("call", "closes")
        begun = self.within(opens, closes)
        self.do(begun, speaks, START, dossier, organisation=f"House of {dossier}", name=dossier, language="en")
        if self.workflow.questions and self.often(0.92):
            amount = self.chance.choice(("4000", "2500", "3100", "1", "5000", "9000"))
            given = {"title": f"Work of {dossier}", "amount": amount}
            if self.often(0.1):
                given.pop("amount")
            self.do(begun + 1, speaks, ANSWER, dossier, **given)
        if self.often(0.25):
            other = self.chance.choice(APPLICANTS)
            self.do(self.within(begun, self.last), speaks, CONTACT, dossier, email=other, name="other", language="en")
        if self.often(0.9):
            self.do(self.within(begun, max(closes, begun + DAY)), speaks, "submit", dossier)
        elif self.often(0.8):
            return
        reading, read = self.edge("reading", "opens"), self.edge("reading", "closes")
        for member in JURY:
            if self.often(0.5):
                mark = str(self.chance.choice((1, 3, 5, 5, 5, 5, 5, 8, 11)))
                self.do(self.within(closes, read), member, SCORE, dossier, quality=mark)
        if self.often(0.12):
            self.do(self.within(closes, read + DAY), self.chance.choice(JURY), CONFLICT, dossier, reason="a cousin")
        if self.often(0.15):
            self.do(self.within(begun, self.last), speaks, "withdraw", dossier)
        if self.played.has_verdicts:
            hopes = self._is_decided(dossier, reading, self.edge("notice", "opens"))
            if self.often(0.9 if hopes else 0.15):
                self._works(dossier)
        else:
            self._waits(dossier, reading, read)

    def _wanders(self, dossier: str) -> None:
        """A dossier that staff bring in, in some state."""
        state = self.chance.choice(tuple(self.workflow.states))
        now = self.within(self.first, self.last)
        self.do(now, STAFF, BRING_IN, dossier, state=state, email=self.speaks[dossier])
        if self.played.has_verdicts and self.often(0.6):
            self.do(now + HOUR, MEMBER, RECOMMENDATION, dossier, words="it came late, and it is good")
            self.do(now + 2 * HOUR, STAFF, VERDICT, dossier, transition="choose", reason="brought in late")

    def _is_decided(self, dossier: str, reading: int, notice: int) -> bool:
        """Recommendations and verdicts; gives whether one of these might have chosen it."""
        transition = ""
        for member in JURY:
            if self.often(0.65):
                self.do(
                    self.within(reading, notice), member, RECOMMENDATION, dossier, words=f"words of {member[:5]}"
                )
        for _ in range(self.chance.choice((0, 1, 1, 1, 2, 3))):
            transition = self.chance.choice(("choose", "choose", "choose", "decline"))
            if self.often(0.12):
                late = notice + self.chance.randint(0, 12 * DAY)
                values = {"reason": "the minutes came late"} if self.often(0.8) else {}
                self.do(late, STAFF, VERDICT, dossier, transition=transition, **values)
            else:
                by = CHAIR if self.often(0.8) else self.chance.choice((STAFF, MEMBER))
                self.do(self.within(reading, notice), by, VERDICT, dossier, transition=transition)
        if transition and self.often(0.15):
            self.do(notice - self.chance.randint(HOUR, 4 * DAY), CHAIR, CONFLICT, dossier, reason="a late thought")
        return transition == "choose"

    def _works(self, dossier: str) -> None:
        kick_off, work, ends = self.edge("kick_off", "opens"), self.edge("work", "opens"), self.edge("work", "closes")
        if self.often(0.6):
            self.do(self.within(kick_off, work + DAY), STAFF, ATTENDANCE, dossier, meeting="kick_off")
        elif self.often(0.5):
            of = self.chance.choice(("kick_off", "kick_off 1", "report 1"))
            self.do(self.within(kick_off, ends), STAFF, EXCUSE, dossier, of=of, reason="illness")
        if self.often(0.4):  # one of whom nobody has to ask twice
            for place, asked in enumerate(("report", "accounts") * 4):
                given = {"report": "report.pdf"} if asked == "report" else {"spent": "3000"}
                when = work + DAY + (place // 2) * 30 * DAY
                self.do(when, self.speaks[dossier], DELIVERY, dossier, deliverable=asked, **given)
            self.do(ends + DAY, STAFF, "finish", dossier)
            return
        for _ in range(self.chance.randint(0, 3)):
            now = self.within(work, ends + 10 * DAY)
            if self.often(0.5):
                self.do(now, self.speaks[dossier], DELIVERY, dossier, deliverable="report", report="report.pdf")
            else:
                self.do(now, self.speaks[dossier], DELIVERY, dossier, deliverable="accounts", spent="3000")
        if self.often(0.3):
            self.do(self.within(work, ends + 20 * DAY), STAFF, "finish", dossier)
        if self.often(0.25):
            self.do(self.within(kick_off, ends), STAFF, "stop", dossier, reason="the house burned down")

    def _waits(self, dossier: str, reading: int, read: int) -> None:
        """What becomes of a dossier before the gate and after it."""
        if self.often(0.2):
            self.do(self.within(reading, read + 5 * DAY), CHAIR, "decline", dossier)
        if self.often(0.25):
            self.do(self.within(read, self.last), STAFF, "choose_by_hand", dossier, reason="the line was tied")
        if self.often(0.2):
            self.do(self.within(read, self.last), self.speaks[dossier], "withdraw", dossier)

    def _the_office(self) -> None:
        """What staff do for the whole round: more time for one or for all, and the release of letters."""
        moments = ["call closes", "reading closes", "work closes", "work opens"]
        if self.played.has_verdicts:
            moments += [BATCH, "kick_off closes", "kick_off 1", "report 1", "accounts"]
        for _ in range(self.chance.choice((0, 1, 1, 2))):
            moment = self.chance.choice(("call closes", self.chance.choice(moments)))
            phase, _, edge = moment.rpartition(" ")
            known = phase in self.workflow.phases and edge in ("opens", "closes")
            instant = self.edge(phase, edge) if known else self.edge("work", "opens")
            one = self.chance.choice(self.dossiers) if self.often(0.5) else ""
            day = from_instant(instant, self.calendar.zone).date() + timedelta(days=self.chance.randint(-2, 12))
            self.do(
                self.near(instant - self.chance.randint(0, 6) * DAY), self.chance.choice((STAFF, STAFF, CHAIR)), EXTEND,
                one, moment=moment, to=day.isoformat(), reason="flood",
            )  # fmt: skip
        if not self.played.has_verdicts:
            return
        notice = self.edge("notice", "opens")
        for _ in range(self.chance.randint(1, 5)):
            by = self.chance.choice((STAFF, STAFF, STAFF_2, STAFF_2, CHAIR))
            self.do(notice - 3 * DAY + self.chance.randint(0, 7 * DAY), by, APPROVE, batch=BATCH)
        if self.often(0.7):
            by = self.chance.choice((STAFF, STAFF_2))
            self.do(notice - 2 * DAY + self.chance.randint(0, 5 * DAY), by, REVOKE, batch=BATCH)

    def _nonsense(self) -> None:
        """Anything, by anybody, at any time; and what somebody did before, done once more."""
        if self.deeds and self.often(0.4):
            again = self.chance.choice(self.deeds).act
            who = again.who if self.often(0.7) else self.chance.choice(EVERYBODY)
            later = again.instant + self.chance.choice((0, 1, HOUR, DAY))
            self.do(later, who, again.what, again.number, **again.values)
            return
        dossier = self.chance.choice((*self.dossiers, "D99"))
        who = self.chance.choice(EVERYBODY)
        now = self.within(self.first - DAY, self.last + DAY)
        names = tuple(name for name in self.workflow.transitions if name not in ACTS)
        wild: tuple[Callable[[], None], ...] = (
            lambda: self.do(now, who, self.chance.choice(names), dossier),
            lambda: self.do(now, who, self.chance.choice(names), dossier, reason="because"),
            lambda: self.do(now, who, VERDICT, dossier, transition=self.chance.choice(names), reason="because"),
            lambda: self.do(now, who, SCORE, dossier, quality=str(self.chance.randint(-1, 12))),
            lambda: self.do(now, who, CONFLICT, dossier),
            lambda: self.do(now, who, EXTEND, moment="call closes", to="2030-06-01", reason="flood"),
            lambda: self.do(now, who, APPROVE, batch=BATCH),
        )
        self.chance.choice(wild)()


def deeds_of(chance: random.Random, rounds: Sequence[Played], dossiers: int) -> Iterator[Deed]:
    """What happens in all rounds of a year, in order of time, with so many dossiers in all at the most."""
    shares = [1] * len(rounds)
    for _ in range(max(0, dossiers - len(rounds))):
        shares[chance.randrange(len(rounds))] += 1
    deeds = [
        deed for played, share in zip(rounds, shares, strict=True) for deed in Season(chance, played, share).invent()
    ]
    # of one instant, in the order in which they were invented
    yield from sorted(deeds, key=lambda deed: deed.act.instant)

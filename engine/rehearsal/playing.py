"""How is a round played in virtual time?

`now` jumps from one instant at which something happens to the next: an act, a deadline, a letter that leaves. Nothing
waits and nothing reads a clock; the engine, the database and the outbox are the real ones.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from engine.cycle import Cycle
from engine.database.store import find_round, the_id
from engine.errors import GrantcycleError, Refused
from engine.files.reading import Programme
from engine.rehearsal.acting import Actors
from engine.rehearsal.acts import OUTAGE, PERSON, Act
from engine.rehearsal.log import read_when
from engine.rehearsal.script import Script
from engine.rehearsal.setting import usual_opening
from engine.rehearsal.watching import View
from engine.rules.moments import Calendar
from engine.rules.workflow import STAFF


class Carrier(Protocol):
    """Whoever carries the letters."""

    def carry(self, now: int) -> int | None:
        """Send all that leaves by `now`; gives the instant of the next try, or None when nothing is left to send."""
        ...

    def break_down(self, until: int) -> None:
        """Take no letters until that instant."""
        ...


@dataclass(frozen=True, slots=True)
class Played:
    """One act as it went; `refused` holds the reasons when it was refused."""

    act: Act
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One jump of the clock, and what was done there."""

    now: int
    played: tuple[Played, ...]


class Player:
    """Plays a script on a round."""

    def __init__(self, cycle: Cycle, programme: Programme, round_name: str, script: Script, carrier: Carrier) -> None:
        self.cycle = cycle
        self.programme = programme
        self.round = programme.rounds[round_name]
        self.script = script
        self.carrier = carrier
        first = script.next_instant()
        workflow = programme.rules_of(round_name)
        usual = usual_opening(workflow, Calendar(self.round))
        self.opens_at = min([usual, *([] if first is None else [first])])
        self.actors = Actors(cycle, workflow, self.round.key)

    def play(self, opened_by: str, until: int | None = None) -> Iterator[Step]:
        """Open the round, and go on until nothing will happen any more, or nothing until that instant."""
        opens_at = self.opens_at
        self.cycle.open_round(self.programme, self.round.name, by=opened_by, now=opens_at)
        with self.cycle.database.reading() as session:
            self._round_id = the_id(find_round(session, self.round.key))
        due, leaves = self.cycle.advance(opens_at), self.carrier.carry(opens_at)
        while True:
            coming = [instant for instant in (self.script.next_instant(), due, leaves) if instant is not None]
            if not coming or (until is not None and min(coming) > until):
                return
            now = min(coming)
            played: list[Played] = []
            if due is not None and due <= now:
                self.cycle.advance(now)
            while self.script.next_instant() == now:
                with self._look() as view:
                    acts = self.script.take(view)
                played += [self._play(act) for act in acts]
            with self._look() as view:
                self.script.watch(view)
                due = view.next_due()
            leaves = self.carrier.carry(now)
            yield Step(now, tuple(played))

    @contextmanager
    def _look(self) -> Iterator[View]:
        with self.cycle.database.reading() as session:
            yield View(session, self.programme.rules_of(self.round.name), self._round_id)

    def _play(self, act: Act) -> Played:
        if act.what == OUTAGE:
            self.carrier.break_down(read_when(act.values["until"], self.round.timezone))
            return Played(act)
        try:
            self.actors.perform(act)
        except Refused as refused:
            return Played(act, tuple(str(reason) for reason in refused.reasons))
        except GrantcycleError as problem:
            # a real log may name people or dossiers that were never there: told like a refusal, nothing has changed
            return Played(act, (str(problem),))
        return Played(act)


def who_opens(acts: Sequence[Act]) -> str:
    """Who opens the round of a log: the first of the staff it enters, or else whoever acts first."""
    staff = [act.who for act in acts if act.what == PERSON and act.values.get("role") == STAFF]
    return (staff or [act.who for act in acts] or ["rehearsal"])[0]

"""From when until when does each slot of a running order last?

Slots follow one another from the first one on: so many minutes each, the pause of the rules after each, and a break
where one is planned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from functools import cached_property

from engine.errors import Refusal
from engine.rules.moments import SECOND, day_starts, from_instant, to_instant
from engine.rules.workflow import Slots

MINUTE = 60 * SECOND
LONGEST_BREAK = 8 * 60
"""minutes"""
MOST = 200
"""slots of a day, where the rules do not say how many"""


@dataclass(frozen=True, slots=True)
class Break:
    """Time without a slot, after the slot of that position and its pause: a coffee, lunch."""

    after: int
    minutes: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class Timed:
    """When a slot, or a break, begins and ends; UTC microseconds."""

    starts_at: int
    ends_at: int


@dataclass(frozen=True)
class Day:
    """A day of slots: from `first` on, a local hour of `zone`.

    What reaches beyond `until` lies outside, an instant in UTC microseconds: the end of the local day, of the meeting
    or of its window, whichever comes first. What begins before `since`, the beginning of the window, does too.
    """

    day: date
    first: time
    zone: str
    slots: Slots
    breaks: tuple[Break, ...] = ()
    since: int | None = None
    until: int | None = None

    @property
    def times(self) -> tuple[Timed, ...]:
        """The hours of every slot, by position (1, 2, 3 ...), whether within the day or not."""
        return self._laid_out[0]

    @property
    def pauses(self) -> tuple[tuple[Break, Timed], ...]:
        """Every break with its hours, in order; without those after a slot that there is not."""
        return self._laid_out[1]

    @property
    def count(self) -> int:
        """How many slots there are: as the rules say, or as many as the day has room for."""
        return len(self.times)

    @cached_property
    def places(self) -> tuple[int, ...]:
        """The positions that lie within the day."""
        return tuple(position for position in range(1, self.count + 1) if self.outside(position) is None)

    def at(self, position: int) -> Timed:
        """The hours of the slot of that position."""
        return self.times[position - 1]

    def outside(self, position: int) -> Refusal | None:
        """Why there is no slot of that position on the day, or None."""
        if not 1 <= position <= self.count:
            sentence = f"there is no slot {position}: there are {self.count}"
            return Refusal("slot", sentence, {"because": "none", "position": position, "count": self.count})
        hours = self.at(position)
        if hours.ends_at > self._end or hours.starts_at < (hours.starts_at if self.since is None else self.since):
            starts, ends = (from_instant(one, self.zone) for one in (hours.starts_at, hours.ends_at))
            sentence = f"a slot outside the day: slot {position} would last from {starts:%H:%M} to {ends:%H:%M}"
            return Refusal(
                "slot", sentence,
                {"because": "outside", "position": position, "start": f"{starts:%H:%M}", "end": f"{ends:%H:%M}"},
            )  # fmt: skip
        return None

    @property
    def _end(self) -> int:
        midnight = day_starts(self.day + timedelta(days=1), self.zone)
        return midnight if self.until is None else min(midnight, self.until)

    @cached_property
    def _laid_out(self) -> tuple[tuple[Timed, ...], tuple[tuple[Break, Timed], ...]]:
        times: list[Timed] = []
        pauses: list[tuple[Break, Timed]] = []
        breaks = {one.after: one for one in self.breaks}
        at, length = to_instant(self.day, self.first, self.zone), self.slots.minutes * MINUTE
        for position in range(1, (self.slots.count or MOST) + 1):
            if self.slots.count is None and at + length > self._end:
                break
            times.append(Timed(at, at + length))
            at += (self.slots.minutes + self.slots.pause) * MINUTE
            if one := breaks.get(position):
                pauses.append((one, Timed(at, at + one.minutes * MINUTE)))
                at += one.minutes * MINUTE
        return tuple(times), tuple(pauses)


@dataclass(frozen=True, slots=True)
class Plan:
    """A running order as staff would have it: position -> dossier's number, which positions are locked, what follows.

    `first` is the local hour of the first slot, None for the hour at which the meeting begins; `reserve` is the order
    of those who wait, as far as staff put them in one.
    """

    places: Mapping[int, str] = field(default_factory=dict)
    locked: frozenset[int] = frozenset()
    first: time | None = None
    breaks: tuple[Break, ...] = ()
    reserve: tuple[str, ...] = ()

    def placed(self, position: int, number: str | None) -> "Plan":
        """The plan with a dossier (or none) at a position; who was there takes the other's place, or waits."""
        places = dict(self.places)
        before = places.pop(position, None)
        there = next((one for one, other in places.items() if other == number), None)
        if number is not None:
            places[position] = number
            if there is not None:
                del places[there]
                if before is not None:
                    places[there] = before
        return replace(self, places=dict(sorted(places.items())), locked=self.locked & places.keys())

    def swapped(self, one: int, other: int) -> "Plan":
        """The plan with what stands at two positions exchanged, where one may be empty."""
        if one == other:
            return self
        number = self.places.get(one)
        return self.placed(other, number) if number is not None else self.placed(one, self.places.get(other))


def refuse_breaks(breaks: Sequence[Break], count: int) -> list[Refusal]:
    """What is wrong with breaks, as they are given, of a day of so many slots."""
    found: list[Refusal] = []
    for position in sorted({one.after for one in breaks if [other.after for other in breaks].count(one.after) > 1}):
        sentence = f"there is one break at most after slot {position}"
        found.append(Refusal("break", sentence, {"because": "twice", "position": position}))
    for one in breaks:
        if not 1 <= one.after < count:
            sentence = f"a break stands between two slots: after slot 1 to {count - 1}, and not after {one.after}"
            found.append(
                Refusal("break", sentence, {"because": "where", "position": one.after, "last_slot": count - 1})
            )
        if not 1 <= one.minutes <= LONGEST_BREAK:
            sentence = f"a break lasts from 1 to {LONGEST_BREAK} minutes, and not {one.minutes}"
            found.append(
                Refusal("break", sentence, {"because": "minutes", "minutes": one.minutes, "most": LONGEST_BREAK})
            )
    return found

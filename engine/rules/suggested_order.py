"""In which order could dossiers be heard, so that nobody leaves the room more often than need be?

A proposal and no more: people look at it, change it, and only then is anybody asked to come.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Literal

from engine.rules.moments import from_instant
from engine.rules.running_order import Day

WishKind = Literal["morning", "afternoon", "not before", "not after"]
WISHES: tuple[WishKind, ...] = ("morning", "afternoon", "not before", "not after")
NOON = time(12)
AT_AN_EDGE, BESIDE_A_BREAK, IN_THE_MIDDLE = 1, 2, 4
"""what it costs that a member is away for some slots in a row: she comes later or leaves earlier, she stays away after
a break or before one, or she gets up while the others stay"""


@dataclass(frozen=True, slots=True)
class Wish:
    """When a dossier would be heard; `hour` is local, of what is not before or not after it."""

    kind: WishKind
    hour: time | None = None

    @classmethod
    def of(cls, kind: str | None, hour: str | None = None) -> "Wish | None":
        """A wish as it is written down, or as a form gives it; None for none, or for what is none."""
        known = next((one for one in WISHES if one == kind), None)
        if known is None:
            return None
        try:
            return cls(known, time.fromisoformat(hour) if hour and known.startswith("not ") else None)
        except ValueError:
            return cls(known)

    def is_met(self, starts: datetime, ends: datetime) -> bool:
        """Whether a slot of those local hours is one that was wished for. A morning's slot begins before noon."""
        if self.kind in ("morning", "afternoon"):
            return (starts.time() < NOON) == (self.kind == "morning")
        hour = self.hour or time(0)
        return starts.time() >= hour if self.kind == "not before" else ends.time() <= hour


@dataclass(frozen=True, slots=True)
class Away:
    """Slots in a row, from position `first` to `last`, during which a member is not in the room."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Suggested:
    """A proposal: position -> dossier; `left` have no slot, in their order; `unmet` whose wish is not met."""

    places: Mapping[int, str]
    left: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    away: Mapping[int, tuple[Away, ...]] = field(default_factory=dict)
    """member -> when she is out of the room"""


def suggest(
    day: Day,
    dossiers: Sequence[str],
    *,
    locked: Mapping[int, str] | None = None,
    wishes: Mapping[str, Wish] | None = None,
    conflicts: Mapping[int, AbstractSet[str]] | None = None,
) -> Suggested:
    """Place the dossiers (those first who have a slot, then the reserve list in its order) on a day.

    Those `locked` keep their position. All others are placed while there is room, the first before the last; wishes are
    honoured before anything else, then members (`conflicts`: member -> dossiers that she may not hear) get up as seldom
    as can be, then as few as can be change places. The same is given for the same.
    """
    fixed = {position: number for position, number in (locked or {}).items() if position in day.places}
    free = [position for position in day.places if position not in fixed]
    waiting = [number for number in dossiers if number not in fixed.values()]
    placed, left = waiting[: len(free)], tuple(waiting[len(free) :])
    table = _Table(day, fixed, wishes or {}, conflicts or {})
    # two beginnings, for what is no better by any one exchange may still not be the best
    apart = sorted(placed, key=lambda number: -sum(number in hers for hers in table.conflicts.values()))
    best = min((table.improved(dict(zip(free, start, strict=False)), placed, free) for start in (placed, apart)),
               key=lambda found: table.cost(found, placed))  # fmt: skip
    places = dict(sorted({**fixed, **best}.items()))
    return Suggested(
        places, left, unmet_wishes(day, places, table.wishes), {
            member: runs for member, hers in table.conflicts.items() if (runs := away(places, hers))
        },
    )  # fmt: skip


def away(places: Mapping[int, str], hers: AbstractSet[str]) -> tuple[Away, ...]:
    """When somebody is out of the room who may not hear some dossiers: an empty slot between them keeps her out."""
    runs: list[Away] = []
    hears = True
    for position in sorted(places):
        if places[position] not in hers:
            hears = True
        elif hears:
            runs.append(Away(position, position))
            hears = False
        else:
            runs[-1] = Away(runs[-1].first, position)
    return tuple(runs)


def unmet_wishes(day: Day, places: Mapping[int, str], wishes: Mapping[str, Wish]) -> tuple[str, ...]:
    """The dossiers whose wish their slot does not meet, by position."""
    return tuple(
        number for position, number in sorted(places.items())
        if number in wishes and not _is_met(day, position, wishes[number])
    )  # fmt: skip


def _is_met(day: Day, position: int, wish: Wish) -> bool:
    hours = day.at(position)
    return wish.is_met(from_instant(hours.starts_at, day.zone), from_instant(hours.ends_at, day.zone))


class _Table:
    """What an order is weighed against."""

    def __init__(
        self,
        day: Day,
        fixed: Mapping[int, str],
        wishes: Mapping[str, Wish],
        conflicts: Mapping[int, AbstractSet[str]],
    ) -> None:
        self.fixed = fixed
        self.wishes = wishes
        self.conflicts = {member: hers for member, hers in sorted(conflicts.items()) if hers}
        self.breaks = {one.after for one in day.breaks}
        self.unmet = {
            (number, position): not _is_met(day, position, wish)
            for number, wish in wishes.items()
            for position in day.places
        }

    def cost(self, free: Mapping[int, str], order: Sequence[str]) -> tuple[int, int, int]:
        """What speaks against an order: wishes that are not met, members who get up, dossiers that change places."""
        places = {**self.fixed, **free}
        unmet = sum(self.unmet.get((number, position), False) for position, number in free.items())
        before = {number: place for place, number in enumerate(order)}
        moved = sum(abs(place - before[free[position]]) for place, position in enumerate(sorted(free)))
        return unmet, sum(self._away(places, hers) for hers in self.conflicts.values()), moved

    def _away(self, places: Mapping[int, str], hers: AbstractSet[str]) -> int:
        first, last = min(places, default=0), max(places, default=0)
        total = 0
        for one in away(places, hers):
            if one.first == first or one.last == last:
                total += AT_AN_EDGE
            elif one.first - 1 in self.breaks or one.last in self.breaks:
                total += BESIDE_A_BREAK
            else:
                total += IN_THE_MIDDLE
        return total

    def improved(self, start: dict[int, str], order: Sequence[str], free: Sequence[int]) -> dict[int, str]:
        """The order that no exchange of two positions, and no move to an empty one, makes better."""
        here, cost = start, self.cost(start, order)
        while True:
            ways = ((self.cost(other, order), other) for other in _exchanges(here, free))
            best, other = min(ways, key=lambda way: way[0], default=(cost, here))
            if best >= cost:
                return here
            here, cost = other, best


def _exchanges(places: Mapping[int, str], free: Sequence[int]) -> list[dict[int, str]]:
    found = []
    for at, one in enumerate(free):
        for other in free[at + 1 :]:
            if one not in places and other not in places:
                continue
            changed = {position: places[position] for position in places if position not in (one, other)}
            if one in places:
                changed[other] = places[one]
            if other in places:
                changed[one] = places[other]
            found.append(changed)
    return found

"""Who reads which dossiers, so that everybody reads about as many?

A proposal and no more: people look at it, change it, and only then is anybody asked.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Reader:
    """A member who can be asked; `load` is how many dossiers she is asked to read already."""

    id: int
    language: str
    load: int = 0


@dataclass(frozen=True, slots=True)
class Unread:
    """A dossier that wants readers: who reads it already, and who may not, for a conflict or because she speaks for it.

    `languages` are those of the people who speak for it.
    """

    number: str
    languages: AbstractSet[str] = frozenset()
    read_by: AbstractSet[int] = frozenset()
    barred: AbstractSet[int] = frozenset()


@dataclass
class _Desk:
    """One reader at work: each dossier is one bit, so that a question about all of them is one operation."""

    reader: Reader
    may: int = 0
    """what she may be given in another's place"""
    given: int = 0

    @property
    def load(self) -> int:
        return self.reader.load + self.given.bit_count()


@dataclass(frozen=True, slots=True)
class Shared:
    """A proposal: dossier -> its new readers; `short` are dossiers for which not enough readers are free."""

    readers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    short: Mapping[str, int] = field(default_factory=dict)
    """number -> how many readers are wanting"""


def share(dossiers: Sequence[Unread], readers: Sequence[Reader], each: int, *, by_language: bool = False) -> Shared:
    """Give every dossier `each` readers, those that it has counted, and the readers loads as equal as can be.

    Nobody gets a dossier that she is barred from, or twice. With `by_language` readers who know a language of the
    dossier's people go before all others, however unequal the loads become. The same is given for the same, whatever
    the order of the arguments: the loads cannot be made more equal by any exchange, so they differ by one at most
    wherever that is possible.
    """
    ordered = sorted(dossiers, key=lambda one: one.number)
    desks = {one.id: _Desk(one) for one in sorted(readers, key=lambda one: one.id)}
    short: dict[str, int] = {}
    for place, dossier in enumerate(ordered):
        free = [desk for id, desk in desks.items() if id not in dossier.barred and id not in dossier.read_by]
        wanted = max(each - len(dossier.read_by), 0)
        if len(free) < wanted:
            short[dossier.number] = wanted - len(free)
        known = [desk for desk in free if desk.reader.language in dossier.languages] if by_language else []
        bit = 1 << place
        if len(known) >= wanted:
            _give(bit, known if by_language else free, wanted)
        else:
            # all who know the language read it, and the others make up the number
            for desk in known:
                desk.given |= bit
            _give(bit, [desk for desk in free if desk not in known], wanted - len(known))
    _level(list(desks.values()))
    return Shared(
        {
            dossier.number: given
            for place, dossier in enumerate(ordered)
            if (given := tuple(id for id, desk in desks.items() if desk.given >> place & 1))
        },
        short,
    )


def _give(bit: int, free: Sequence[_Desk], wanted: int) -> None:
    """Give one dossier to those of the free who have the least, and note with whom they could change."""
    for desk in sorted(free, key=lambda desk: (desk.load, desk.reader.id))[:wanted]:
        desk.given |= bit
    for desk in free:
        desk.may |= bit


def _level(desks: Sequence[_Desk]) -> None:
    """Hand dossiers on from who has most to who has least, through others where need be, until nothing is gained.

    No such path means that no exchange at all makes the loads more equal: what is shared out is a flow, and a flow that
    no cycle improves is the best there is.
    """
    while path := _path(desks):
        for giver, taker in pairwise(path):
            bit = _movable(giver, taker)
            bit &= -bit
            giver.given ^= bit
            taker.given |= bit


def _movable(giver: _Desk, taker: _Desk) -> int:
    """The dossiers that one reader may hand to another."""
    return giver.given & giver.may & taker.may & ~taker.given


def _path(desks: Sequence[_Desk]) -> list[_Desk]:
    """Along whom a dossier goes from a reader to one who has at least two less; nothing when there is no such way."""
    for giver in sorted(desks, key=lambda desk: (-desk.load, desk.reader.id)):
        came_from: dict[int, _Desk | None] = {giver.reader.id: None}
        line = [giver]
        for here in line:
            for taker in desks:
                if taker.reader.id in came_from or not _movable(here, taker):
                    continue
                came_from[taker.reader.id] = here
                if taker.load <= giver.load - 2:
                    return _back(taker, came_from)
                line.append(taker)
    return []


def _back(last: _Desk, came_from: Mapping[int, _Desk | None]) -> list[_Desk]:
    path: list[_Desk] = []
    here: _Desk | None = last
    while here is not None:
        path.append(here)
        here = came_from[here.reader.id]
    return path[::-1]

"""What does a plan say: what would other rules or dates do to a round that runs?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from engine.database.consequences import Consequences
from engine.database.forecast import Course
from engine.errors import Refusal
from engine.rules.difference import Changed

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Moved:
    """An edge of a phase that comes, goes or moves: as of when (UTC microseconds), and for how many dossiers.

    They are those whose applicants can do something until then, or owe it.
    """

    moment: str
    was: int | None
    now: int | None
    dossiers: int
    strand: str | None = None
    """of whose dossiers; None for those that have no date of their own"""
    clocks: str | None = None
    """by whose clocks; None for those that go by the round's"""


@dataclass(frozen=True, slots=True)
class Gate:
    """A transition whose guards change: of the dossiers that stand before it so many may pass, and so many might.

    `held` are the places that are held in its state now; a cap is None where there is none.
    """

    transition: str
    was: str
    now: str
    may_before: int
    may_after: int
    cap_before: int | None = None
    cap_after: int | None = None
    held: int = 0

    @property
    def over(self) -> int:
        """How many more places are held than there would be."""
        return 0 if self.cap_after is None else max(self.held - self.cap_after, 0)


@dataclass(frozen=True, slots=True)
class Text:
    """A file of letters or words that says something else: a unified difference."""

    file: str
    kind: Literal["added", "removed", "changed"]
    lines: tuple[str, ...]


@dataclass(slots=True)
class Told:
    """A letter to a role that does not go as it would have gone: how many in each language, and from when on.

    Only those are counted that differ: one that leaves on another day is one less then, and one more now.
    """

    role: str
    letter: str
    was: dict[str, int] = field(default_factory=dict)
    now: dict[str, int] = field(default_factory=dict)
    left_at: int | None = None
    """when the first of them would have left (UTC microseconds)"""
    leaves_at: int | None = None

    def put(self, language: str, at: int, was: int, now: int) -> None:
        if was > now:
            self.was[language] = self.was.get(language, 0) + was - now
            self.left_at = min(at, self.left_at or at)
        else:
            self.now[language] = self.now.get(language, 0) + now - was
            self.leaves_at = min(at, self.leaves_at or at)

    @property
    def moves(self) -> bool:
        """Whether as many go as would have gone, at another time."""
        return self.was == self.now


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change of a round's rules and dates does; `reasons` are why it would be refused.

    `before` and `after` tell how the calendar goes on until `until` without the change and with it, as if nobody did
    anything meanwhile and all that is held were approved in time; `after` is None where it would be refused.
    """

    round: str
    opened: str
    """the digest that the round has now"""
    digest: str
    until: int
    rules: tuple[Changed, ...]
    dates: tuple[Moved, ...]
    texts: tuple[Text, ...]
    gates: tuple[Gate, ...]
    reasons: tuple[Refusal, ...]
    to_map: Mapping[str, str | None]
    """state that the new rules lack, and in which dossiers stand -> the nearest of theirs"""
    mapped: Mapping[str, str]
    before: Course
    after: Course | None = None
    at_once: Consequences = field(default_factory=Consequences)
    """what the change itself does, before the calendar goes on"""
    void: tuple[str, ...] = ()
    """the batches whose approvals count no more, since they hold something else"""

    @property
    def changes(self) -> bool:
        """Whether there is any difference between what runs and what would."""
        return self.opened != self.digest

    @property
    def moves(self) -> Mapping[tuple[str, str, str, int], tuple[int, int]]:
        """The moves that are not made alike: how many without the change, and with it."""
        return _unlike(self.before.moves, self.after.moves) if self.after else {}

    @property
    def letters(self) -> Mapping[tuple[str, str, str, int], tuple[int, int]]:
        """The letters that do not go alike: how many without the change, and with it."""
        return _unlike(self.before.letters, self.after.letters) if self.after else {}

    @property
    def told(self) -> tuple[Told, ...]:
        """The same, each letter of a role by itself."""
        found: dict[tuple[str, str], Told] = {}
        for (role, letter, language, at), (was, now) in self.letters.items():
            one = found.setdefault((role, letter), Told(role, letter))
            one.put(language, at, was, now)
        return tuple(found.values())

    @property
    def debts(self) -> Mapping[tuple[str, int, str, str], tuple[int, int]]:
        """What is not owed alike: by how many without the change, and with it."""
        return _unlike(self.before.debts, self.after.debts) if self.after else {}

    @property
    def deadlines(self) -> Mapping[str, tuple[tuple[int, str | None] | None, tuple[int, str | None] | None]]:
        """The deadlines that come, go, move or end otherwise."""
        after = self.after.deadlines if self.after else self.before.deadlines
        keys = sorted({*self.before.deadlines, *after})
        pairs = {key: (self.before.deadlines.get(key), after.get(key)) for key in keys}
        return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}

    @property
    def elsewhere(self) -> Mapping[str, tuple[str, str]]:
        """The dossiers that stand elsewhere in the end: where without the change, and where with it."""
        after = self.after.states if self.after else self.before.states
        return {
            number: (state, after[number])
            for number, state in sorted(self.before.states.items())
            if after[number] != state
        }


def _unlike(before: Mapping[K, int], after: Mapping[K, int]) -> dict[K, tuple[int, int]]:
    keys = sorted({*before, *after}, key=repr)
    return {key: (before.get(key, 0), after.get(key, 0)) for key in keys if before.get(key, 0) != after.get(key, 0)}

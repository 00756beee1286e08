"""Which number does a rule mean: one that is written, a share, one that the round gives, or one for each strand?"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import GrantcycleError


@dataclass(frozen=True, slots=True)
class Share:
    """So many per cent of a whole, which the rule that asks says what it is."""

    percent: int | float

    def __str__(self) -> str:
        return f"{self.percent} %"


@dataclass(frozen=True, slots=True)
class Named:
    """A number that the rules call by name, and that every round gives under `[given]`."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class PartOf:
    """So many per cent of what another question is answered, by that question's key: `50 % of costs`."""

    share: Share
    of: str

    def __str__(self) -> str:
        return f"{self.share} of {self.of}"


@dataclass(frozen=True, slots=True)
class PerStrand:
    """One number for each strand, in the order of the file."""

    of: Mapping[str, int | float | Share | Named | PartOf]

    def __str__(self) -> str:
        return "{ " + ", ".join(f"{strand} = {number}" for strand, number in self.of.items()) + " }"


Plain = int | float
Number = Plain | Share | Named | PerStrand | PartOf
NUMBERS = (int, float, Share, Named, PerStrand, PartOf)
"""the same, for asking what a value is"""
Given = Number | tuple[str, ...]
"""what a round may give: a number, or a list of texts to choose from"""


def amount(
    number: Number, given: Mapping[str, Given], strand: str | None = None, whole: Plain | None = None
) -> int | float:
    """The number as it holds for a dossier of that strand, exact and not rounded.

    `given` is what the round gives by name, `whole` what a share is a share of. Raises GrantcycleError for a name that
    is not given, a strand without a number, and a share of nothing: the reader and the round's checks refuse all three.
    A part of an answer is the limit of another answer and nothing else: `engine.rules.limits` works it out.
    """
    if isinstance(number, Named):
        found = given.get(number.name)
        if found is None or isinstance(found, tuple | Named):
            raise GrantcycleError(f'the round gives no number "{number.name}"')
        return amount(found, given, strand, whole)
    if isinstance(number, PerStrand):
        if strand is None or strand not in number.of:
            raise GrantcycleError(f'there is no number for the strand "{strand}" in {number}')
        return amount(number.of[strand], given, strand, whole)
    if isinstance(number, Share):
        if whole is None:
            raise GrantcycleError(f"{number} of what is not known")
        return part_of(number, whole)
    if isinstance(number, PartOf):
        raise GrantcycleError(f"{number} is the limit of an answer")
    return number


def part_of(share: Share, whole: Plain) -> int | float:
    """So many per cent of a whole, exact and not rounded."""
    part = Fraction(str(share.percent)) * Fraction(str(whole)) / 100
    return int(part) if part.denominator == 1 else float(part)


def places(number: Number, given: Mapping[str, Given], strand: str | None = None, whole: int = 0) -> int:
    """How many places that is: the whole ones in it, so that a share is never exceeded. Raises as `amount` does."""
    return math.floor(amount(number, given, strand, whole))


def parts_of(number: Number, given: Mapping[str, Given]) -> Iterator[Plain | Share | Named | PartOf]:
    """What the number consists of once the round's names are filled in: itself, or one for each strand."""
    if isinstance(number, Named):
        found = given.get(number.name)
        if found is not None and not isinstance(found, tuple | Named):
            yield from parts_of(found, given)
            return
    if isinstance(number, PerStrand):
        for one in number.of.values():
            yield from parts_of(one, given)
        return
    yield number


def is_by_strand(number: Number, given: Mapping[str, Given]) -> bool:
    """Whether each strand has a number of its own, so that what it counts is counted for each strand."""
    return isinstance(fill_in(number, given), PerStrand)


def is_share(number: Number, given: Mapping[str, Given]) -> bool:
    """Whether any part of it is a share, so that somebody must say of what."""
    return any(isinstance(one, Share) for one in parts_of(number, given))


def fill_in(number: Number, given: Mapping[str, Given]) -> Number:
    """The same number with what the round gives in place of its names; a name that is not given stays."""
    if isinstance(number, Named):
        found = given.get(number.name)
        return number if found is None or isinstance(found, tuple) else found
    if isinstance(number, PerStrand):
        filled = {strand: fill_in(one, given) for strand, one in number.of.items()}
        # a name inside may itself be given one for each strand: then its own strand's counts
        return PerStrand(
            {strand: one.of[strand] if isinstance(one, PerStrand) else one for strand, one in filled.items()}
        )
    return number

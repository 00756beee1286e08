"""What is a mark worth, and how is it said?

Whatever the scale, more is better once marks are compared: a mark on a falling scale is read from the other end, and
a mark in words is worth its place, the worst 1.
"""

from collections.abc import Iterable

from engine.errors import GrantcycleError, did_you_mean
from engine.rules.workflow import Criterion


def falls(criterion: Criterion) -> bool:
    """Whether the best mark is the lowest number."""
    return criterion.scale[0] > criterion.scale[1]


def worth(criterion: Criterion, mark: float) -> float:
    """A mark as it is compared, between the ends of its scale: on `[9, 1]` the mark 1 is worth 9, and 9 is worth 1."""
    return sum(criterion.scale) - mark if falls(criterion) else mark


def place_of(criterion: Criterion, word: str) -> int:
    """The place of a mark in words, from 1, which is what is kept and what it is worth.

    Raises GrantcycleError with the nearest mark.
    """
    if word not in criterion.words:
        known = ", ".join(f'"{one}"' for one in criterion.words)
        hint = did_you_mean(word, criterion.words) or f"; known: {known}"
        raise GrantcycleError(f'"{criterion.name}" has no mark "{word}"{hint}')
    return criterion.words.index(word) + 1


def in_words(criterion: Criterion, mark: float) -> str | None:
    """The word of a mark, or None where it is a number."""
    place = int(mark)
    return criterion.words[place - 1] if 0 < place <= len(criterion.words) and place == mark else None


def is_on_scale(criterion: Criterion, mark: float) -> bool:
    """Whether it is a mark of the scale; of words each has a whole number."""
    worst, best = criterion.scale
    return min(worst, best) <= mark <= max(worst, best) and (not criterion.words or float(mark).is_integer())


def read_mark(criterion: Criterion, text: str) -> float:
    """A mark as somebody writes it: a word of the scale, or a number. Raises GrantcycleError where it is neither."""
    if criterion.words:
        return float(place_of(criterion, text.strip()))
    try:
        return float(text.strip().replace(",", "."))
    except ValueError as problem:
        raise GrantcycleError(f'{criterion.name}: "{text}" is not a mark; write a number') from problem


def written(criterion: Criterion, mark: float) -> str:
    """A mark as `read_mark` reads it again."""
    return in_words(criterion, mark) or f"{mark:g}"


def score_falls(criteria: Iterable[Criterion]) -> bool:
    """Whether a score over these criteria is said downwards, as its marks are: all that count have falling scales."""
    counting = [one for one in criteria if one.weight]
    return bool(counting) and all(falls(one) for one in counting)

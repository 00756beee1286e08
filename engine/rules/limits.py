"""Which limits has an answer that may be no more, or must be no less, than a part of another one?

`at_most = "50 % of costs"`: once the costs are known the limit is a number like any other; until they are, there is
none. What is stored keeps it: whoever changes the costs is held to it as whoever changes the amount is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine.rules.numbers import Number, PartOf, PerStrand, part_of
from engine.rules.questions import Question
from engine.rules.typed import is_number, is_row, total


def limited(question: Question, said: Mapping[str, Any]) -> Question:
    """The question, of one strand, with its limits as numbers, by the answers that there are, by key.

    A limit that is a part of an answer which is not there, or is none to its own question, is none yet.
    """
    if not isinstance(question.at_most, PartOf) and not isinstance(question.at_least, PartOf):
        return question
    return replace(question, at_most=_limit(question.at_most, said), at_least=_limit(question.at_least, said))


def wholes_of(question: Question) -> Iterator[str]:
    """The keys of the questions that its limits, in whichever strand, are a part of."""
    for number in (question.at_most, question.at_least):
        each = number.of.values() if isinstance(number, PerStrand) else (number,)
        yield from (one.of for one in each if isinstance(one, PartOf))


def _limit(number: Number | None, said: Mapping[str, Any]) -> Number | None:
    if not isinstance(number, PartOf):
        return number
    said_of = said.get(number.of)
    whole = total(said_of) if isinstance(said_of, list) and all(map(is_row, said_of)) else said_of
    return part_of(number.share, whole) if isinstance(whole, int | float) and is_number(whole) else None

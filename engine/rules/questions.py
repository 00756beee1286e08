"""What is a question of a form?"""

from dataclasses import dataclass
from typing import Literal

from engine.rules.conditions import Guard
from engine.rules.numbers import Named, Number

QuestionKind = Literal[
    "text", "long_text", "money", "file", "number", "choice", "date", "schedule", "dossier", "conflicts"
]
"""The kinds that are carried out so far; the vocabulary names the later ones."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is asked. A choice is answered by one of the texts of `choices`, a schedule by rows.

    `at_least` and `at_most` limit an amount, a number, or what the rows of a schedule come to. It stands in the form
    `of` a deliverable, or in the dossier's own, and is asked only if all of `only_if` hold. The choices may be called
    by a name, under which each round gives its own.
    """

    name: str
    ask: str
    kind: QuestionKind = "text"
    required: bool = False
    at_most: Number | None = None
    max_words: int | None = None
    accept: tuple[str, ...] = ()
    at_least: Number | None = None
    choices: tuple[str, ...] | Named = ()
    help: str | None = None
    only_if: tuple[Guard, ...] = ()
    of: str | None = None

    @property
    def key(self) -> str:
        """What it is called among the questions of all forms: `amount`, `report.planted`."""
        return f"{self.of}.{self.name}" if self.of else self.name

    @property
    def most(self) -> int | float | None:
        """The largest amount, once the round's numbers, the dossier's strand and its answers are filled in."""
        assert self.at_most is None or isinstance(self.at_most, int | float), f"{self.at_most} is not filled in"
        return self.at_most

    @property
    def least(self) -> int | float | None:
        """The smallest amount, likewise."""
        assert self.at_least is None or isinstance(self.at_least, int | float), f"{self.at_least} is not filled in"
        return self.at_least

    @property
    def offered(self) -> tuple[str, ...]:
        """What one may choose from, once the round's lists are filled in."""
        assert isinstance(self.choices, tuple), f"{self.choices} is not filled in"
        return self.choices

"""What can go wrong, and in which sentence is it told?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like `word`, or None when none comes close."""
    matches = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "…"?` when a known word comes close, else an empty text."""
    match = nearest(word, known)
    return f'; did you mean "{match}"?' if match else ""


def many(number: int, one: str, several: str = "") -> str:
    """`1 dossier`, `2 dossiers`; with another form for several where an s is not enough."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"


class GrantcycleError(Exception):
    """Something asked of grantcycle cannot be done; the message is a sentence (exit 1)."""


class Away(GrantcycleError):
    """The database does not answer; nothing was changed, and it may be asked again."""


class OutcomeUnknown(GrantcycleError):
    """The connection broke in the middle of a commit: nobody here knows whether it was kept."""


class Unavailable(GrantcycleError):
    """The database cannot do this now, and nothing was changed; the message says what to see to."""


class Damaged(GrantcycleError):
    """What is kept is not what was handed in; the message names it, and `grantcycle doctor` says what to do."""


class Unknown(GrantcycleError):
    """A name that nothing answers to; the nearest known one is offered."""

    def __init__(self, kind: str, name: str, known: Iterable[str] = ()) -> None:
        names = sorted(known)
        hint = did_you_mean(name, names)
        if not hint and names and len(names) <= 12:
            hint = f"; known: {', '.join(names)}"
        super().__init__(f'there is no {kind} "{name}"{hint}')
        self.kind, self.name = kind, name


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why an act is refused: a code for programs, a sentence for people.

    `facts` are what the sentence is made of, so that a letter can say it in another language.
    """

    code: str
    sentence: str
    facts: Mapping[str, str | int | float] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return self.sentence


class Refused(GrantcycleError):
    """An act that the rules do not allow now, with every reason; nothing has changed (exit 3)."""

    def __init__(self, reasons: Iterable[Refusal]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(reason.sentence for reason in self.reasons))

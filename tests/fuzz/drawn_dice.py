"""With which dice is a programme drawn, and what is written down of it?"""

import random
from dataclasses import dataclass, field
from typing import Any

from drawn_toml import file

from engine.files.vocabulary import WORKFLOW

Table = dict[str, Any]
LANGUAGES = ("nl", "fr", "en")
WORDS = ("Moka", "Zonda", "Tarn", "Quibo", "Velto", "Lurma", "Brink", "Osta", "Fenka", "Drulo", "Pavik", "Hesto")
"""words of no language, so that a word of the wrong one stands out where a programme is read aloud"""
SPANS = ("1 day", "2 days", "3 days", "5 days", "1 week", "10 days", "2 weeks", "3 working days", "1 month")
ENDS = ("done", "lapsed", "declined", "withdrawn", "stopped")
"""the states in which a dossier rests for good"""


def is_word(table: str, key: str) -> bool:
    """Whether the rules can say that today: what comes later is drawn as soon as it is there."""
    return any(one.name == key and one.status == "now" for of in WORKFLOW if of.name == table for one in of.keys)


@dataclass
class Drawn:
    """A programme by lot, as tables and as files."""

    seed: int
    rules: Table
    rounds: dict[str, Table]
    texts: dict[str, None] = field(default_factory=dict)
    """every text of it, in order"""
    letters: dict[str, str] = field(default_factory=dict)
    """letter -> the role that it is told to"""
    languages: list[str] = field(default_factory=list)
    """its own first, whatever a spoilt file says of them"""

    @property
    def name(self) -> str:
        return f"drawn-{self.seed}"

    @property
    def files(self) -> dict[str, str]:
        """The files as they would lie in a folder; the letters say no more than their name."""
        files = {"workflow.toml": file(self.rules)}
        files |= {f"rounds/{name}.toml": file(tables) for name, tables in self.rounds.items()}
        for language in self.languages:
            if language != self.languages[0]:
                files[f"words.{language}.toml"] = file({one: f"{one} {language}" for one in self.texts})
            for letter in self.letters:
                files[f"letters/{language}/{letter}.md"] = f"{letter} ({language})\n\n{letter}.\n"
        return files


class Dice:
    """Draws one programme: what all its parts are drawn with, and what one part knows of another."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(f"programme {seed}")
        self.drawn = Drawn(seed, {}, {})
        self.given: Table = {}
        self.moves: Table = {}
        self.states: Table = {}
        self.scored: dict[str, str] = {}
        """state -> the committee that scores there"""

    # ── Dice ─────────────────────────────────────────────────────────────────

    def often(self, share: float) -> bool:
        return self.dice.random() < share

    def one(self, *of: Any) -> Any:
        return self.dice.choice(of)

    def some(self, of: Any, least: int = 1) -> list[Any]:
        every = list(of)
        chosen = self.dice.sample(range(len(every)), self.dice.randint(least, len(every)))
        return [every[place] for place in sorted(chosen)]

    def text(self) -> str:
        """A text that stands nowhere yet."""
        said = f"{self.dice.choice(WORDS)} {self.dice.choice(WORDS).lower()} {len(self.drawn.texts) + 1}"
        self.drawn.texts[said] = None
        return said

    def letter(self, role: str) -> str:
        name = f"letter-{len(self.drawn.letters) + 1}"
        self.drawn.letters[name] = role
        return name

    def tell(self, *roles: str) -> Table:
        return {role: self.letter(role) for role in roles}

    def maybe(self, share: float, table: Table, **keys: Any) -> None:
        """Put keys into a table, each by lot; a value that is a function is only drawn when it is needed."""
        for key, given in keys.items():
            if given is not None and self.often(share):
                drawn = given() if callable(given) else given
                if drawn is not None:
                    table[key.rstrip("_")] = drawn

    def span(self, *, working: bool = True) -> str:
        return self.one(*(one for one in SPANS if working or "working" not in one))

    def moment(self, phase: str, *, edges: tuple[str, ...] = ("opens", "closes"), after: bool = False) -> str:
        """An edge of a phase, or some days from it."""
        edge = f"{phase} {self.one(*edges)}"
        if self.often(0.5):
            return edge
        return f"{self.span()} {'after' if after else self.one('before', 'after')} {edge}"

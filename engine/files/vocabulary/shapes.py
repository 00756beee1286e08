"""What is a table, a key, and a kind of value in the format?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["now", "later"]
Shape = Literal["one", "named", "entries", "texts", "numbers", "listed", "rows"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: how it is documented, its closed list of words if it has one, and its JSON Schema."""

    name: str
    says: str
    schema: Mapping[str, Any]
    words: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    """words that are recognised and refused as not supported yet"""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table. One that comes later is refused by name, so its kind is not looked at."""

    name: str
    kind: str
    says: str
    default: str = ""
    required: bool = False
    status: Status = "now"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file.

    Its shape says how it is written: "one" `[workflow]`, "named" `[transition.NAME]`, "entries"
    `[state] NAME = { … }`, "texts" `[phase] NAME = "…"`, "numbers"
    `[given] NAME = 18`, "listed" `[[meeting.NAME]]`, "rows" `[[extension]]`.
    """

    name: str
    shape: Shape
    says: str
    keys: tuple[Key, ...] = field(default=())
    status: Status = "now"
    required: bool = False

    @property
    def written(self) -> str:
        """How the table is written in a file."""
        return {
            "one": f"[{self.name}]",
            "named": f"[{self.name}.NAME]",
            "entries": f"[{self.name}] NAME = {{ … }}",
            "texts": f'[{self.name}] NAME = "…"',
            "numbers": f"[{self.name}] NAME = 18",
            "listed": f"[[{self.name}.NAME]]",
            "rows": f"[[{self.name}]]",
        }[self.shape]


def later(name: str, says: str) -> Key:
    """A key that the grammar has and that is not supported yet."""
    return Key(name, "later", says, status="later")


def key_of(keys: Iterable[Key], name: str) -> Key | None:
    """The key of that name, or None."""
    return next((key for key in keys if key.name == name), None)

"""What is wrong with a file, where, and in which sentence is it told?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from engine.errors import GrantcycleError

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong: `file:line: [table] key: sentence`. A warning does not stop anybody."""

    file: str
    line: int
    table: str | None
    key: str | None
    sentence: str
    level: Level = "error"

    def __str__(self) -> str:
        where = " ".join(part for part in (f"[{self.table}]" if self.table else "", self.key or "") if part)
        return ": ".join(part for part in (f"{self.file}:{self.line}", where, self.sentence) if part)


class Complaints(GrantcycleError):
    """A programme that is refused, with everything that is wrong with it."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(str(complaint) for complaint in self.complaints))

"""What was measured, of whom, and how do they compare?

Absolute figures belong to one machine and one load; ratios travel. So a measure always gives ours together with what
it is measured beside, taken in the same run.
"""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

Who = Literal["ours", "whole", "limit", "straightforward", "peer"]
"""The limit: what the machine could do at best. The straightforward way: what most people would write."""


@dataclass(frozen=True, slots=True)
class Line:
    """One way of doing the work: its figure in each run, in the unit of the whole."""

    who: Who
    how: str
    runs: tuple[float, ...]
    peak_mb: float | None = None
    """the highest resident memory of the process that did it"""

    @property
    def median(self) -> float:
        return median(self.runs)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a figure must show, and whether it did."""

    says: str
    met: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """One piece of work, done in several ways. `better` says whether a high or a low figure is the good one."""

    what: str
    unit: str
    lines: tuple[Line, ...]
    better: Literal["high", "low"] = "high"
    wanted: tuple[Wanted, ...] = ()

    @property
    def ours(self) -> Line:
        return next(line for line in self.lines if line.who == "ours")

    def ratio(self, line: Line) -> float:
        """How many times as good as `line` ours is: 0.5 of a limit, 10 times a peer."""
        a, b = self.ours.median, line.median
        return a / b if self.better == "high" else b / a

    def as_json(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "unit": self.unit,
            "better": self.better,
            "lines": [
                {
                    "who": line.who,
                    "how": line.how,
                    "median": line.median,
                    "least": min(line.runs),
                    "most": max(line.runs),
                    "runs": list(line.runs),
                    "ours_to_it": None if line is self.ours else self.ratio(line),
                    "peak_mb": line.peak_mb,
                }
                for line in self.lines
            ],
            "wanted": [{"says": wanted.says, "met": wanted.met} for wanted in self.wanted],
        }


def at_least(figures: Sequence[Line], who: Who, times: float, says: str) -> Wanted:
    """Whether ours is at least so many times the best line of `who` (a high figure being the good one)."""
    ours = next(line for line in figures if line.who == "ours")
    best = max(line.median for line in figures if line.who == who)
    return Wanted(says, ours.median >= times * best)


def seconds(once: Callable[[], object]) -> float:
    """How long `once` takes, nothing of it being the garbage of what came before."""
    gc.collect()
    begun = time.perf_counter()
    once()
    return time.perf_counter() - begun

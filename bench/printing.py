"""How are figures shown: a table for people, JSON for programs?"""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.figures import Figures, Line


def machine(places: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What the figures were measured on, and how busy it was; `places` are databases with their versions."""
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **dict(places),
    }


def show(figures: Figures, console: Console) -> None:
    """One piece of work as a table: each way of doing it, and how many times as good ours is."""
    table = Table(title=figures.what, title_justify="left", title_style="bold", expand=False)
    for name, justify in (
        ("who", "left"), ("how", "left"), (figures.unit, "right"), ("least to most", "right"), ("ours is", "right"),
        ("MB", "right"),
    ):  # fmt: skip
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for line in figures.lines:
        table.add_row(
            line.who, line.how, _number(line.median), f"{_number(min(line.runs))} to {_number(max(line.runs))}",
            _ratio(figures, line), "" if line.peak_mb is None else f"{line.peak_mb:,.0f}",
        )  # fmt: skip
    console.print(table)
    for wanted in figures.wanted:
        console.print(f"  wanted: {wanted.says}: {'yes' if wanted.met else '[red]no[/red]'}")
    console.print()


def _ratio(figures: Figures, line: Line) -> str:
    ratio = figures.ratio(line)
    return "" if line is figures.ours else f"{ratio:,.2f} x" if ratio >= 0.1 else f"{ratio:.2g} x"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}" if abs(value) >= 10 else f"{value:.2f}"


def write_json(
    file: Path, on: dict[str, Any], load: Sequence[tuple[float, float, float]], figures: Sequence[Figures]
) -> None:
    """All that was measured, with the load of the machine before and after."""
    said = {
        "machine": on,
        "load": {"before": load[0], "after": load[-1]},
        "figures": [one.as_json() for one in figures],
    }
    file.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

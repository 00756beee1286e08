"""How fast is it, beside the limit of the same machine in the same run?

Each line runs ours and its limit (as many rows with nothing around them; a bare template) one after the other, three
times, and prints the medians and their ratio. Absolute figures belong to one machine and one load; ratios travel.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.measures import MEASURES, Measure
from engine.files.reading import load
from grantcycle.rehearsing import rehearse

ROUNDS = 3
PROGRAMME = Path(__file__).parent.parent / "workflows" / "cera-impuls"


def per_second(once: Callable[[], int]) -> float:
    """How many things a second `once` does; it gives how many it did."""
    begun = time.perf_counter()
    done = once()
    return done / (time.perf_counter() - begun)


def run(measure: Measure, folder: Path) -> tuple[float, float]:
    """The medians of ours and of the limit, per second."""
    ours, limit = [], []
    for number in range(ROUNDS):
        here = folder / f"{measure.name}-{number}".replace(" ", "-")
        here.mkdir()
        ours.append(per_second(measure.ours(here)))
        limit.append(per_second(measure.limit(here)))
    return median(ours), median(limit)


def main() -> None:
    table = Table("what", "ours per second", "limit per second", "ratio", "the limit is")
    with tempfile.TemporaryDirectory() as folder:
        for measure in track(MEASURES, description="measuring", transient=True):
            ours, limit = run(measure, Path(folder))
            table.add_row(measure.name, f"{ours:,.0f}", f"{limit:,.0f}", f"{ours / limit:.3f}", measure.beside)
    console = Console()
    console.print(table)
    programme = load(PROGRAMME)
    seconds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        rehearse(programme, "2019", dossiers=62, seed=7)
        seconds.append(time.perf_counter() - begun)
    console.print(
        f"The Cera round 2019-2022 rehearsed: {median(seconds):.1f} s ({min(seconds):.1f} to {max(seconds):.1f})"
    )


if __name__ == "__main__":
    main()

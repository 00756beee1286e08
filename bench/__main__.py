"""Ours, the straightforward way and the limit, measured in the same run: `python -m bench --help`."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from bench import acts, cohort, lateness, letters, pending, rehearsing
from bench.databases import PLACES, Place
from bench.figures import Figures
from bench.peering import installed
from bench.printing import machine, show, write_json


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured, and how often."""

    dossiers: tuple[int, ...]
    pending: int
    deadlines: int
    """that fire while the lateness is taken, over `spread` seconds"""
    spread: float
    at_once: int
    acts: int
    letters: int
    rehearsed: int
    runs: int
    peers: bool = True
    """whether the other libraries are measured, where they are installed"""


WIDTH = 140
"""where there is no terminal whose width could be asked for"""
QUICK = Sizes((2_000,), 100_000, 50, 3.0, 200, 100, 300, 20, 1)
USUAL = Sizes((10_000, 100_000), 1_000_000, 200, 10.0, 1_000, 500, 2_000, 62, 3)
FULL = replace(USUAL, dossiers=(10_000, 100_000, 1_000_000))


def _cohort(place: Place, sizes: Sizes) -> Iterator[Figures]:
    limit = cohort.limit_of(place)
    for number, dossiers in enumerate(sizes.dossiers):
        # the other libraries go as fast with many as with few: once is enough
        yield cohort.measure(place, limit, dossiers, sizes.runs, peers=sizes.peers and not number)


def _pending(place: Place, sizes: Sizes) -> Iterator[Figures]:
    yield pending.measure(place, sizes.pending, sizes.runs)


def _lateness(place: Place, sizes: Sizes) -> Iterator[Figures]:
    yield from lateness.measure(place, sizes.pending, sizes.deadlines, sizes.spread, sizes.runs)
    yield lateness.measure_at_once(place, sizes.runs, sizes.at_once)


def _acts(place: Place, sizes: Sizes) -> Iterator[Figures]:
    yield acts.measure(place, sizes.acts, sizes.runs)


def _rehearsal(sizes: Sizes) -> Iterator[Figures]:
    yield rehearsing.measure(sizes.rehearsed, sizes.runs)


def _letters(sizes: Sizes) -> Iterator[Figures]:
    yield letters.measure(sizes.letters, sizes.runs)


ON_A_DATABASE: dict[str, Callable[[Place, Sizes], Iterator[Figures]]] = {
    "cohort": _cohort,
    "pending": _pending,
    "lateness": _lateness,
    "acts": _acts,
}
ON_NONE: dict[str, Callable[[Sizes], Iterator[Figures]]] = {"letters": _letters, "rehearsal": _rehearsal}


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_const", const=QUICK, dest="sizes", help="small sizes, one run: minutes")
    size.add_argument("--full", action="store_const", const=FULL, dest="sizes", help="with a cohort of a million")
    parser.add_argument("--only", action="append", choices=[*ON_A_DATABASE, *ON_NONE], help="may be given repeatedly")
    parser.add_argument("--on", action="append", choices=list(PLACES), help="by default both")
    parser.add_argument("--dossiers", type=int, nargs="+", help="sizes of the cohorts")
    parser.add_argument("--pending", type=int, help="deadlines pending while others are timed")
    parser.add_argument("--deadlines", type=int, help="deadlines whose lateness is taken")
    parser.add_argument("--spread", type=float, help="over how many seconds they are spread")
    parser.add_argument("--at-once", type=int, help="deadlines due at one instant")
    parser.add_argument("--acts", type=int, help="single acts")
    parser.add_argument("--letters", type=int, help="letters that leave")
    parser.add_argument("--rehearsed", type=int, help="dossiers of the rehearsal")
    parser.add_argument("--runs", type=int, help="of which the median is taken")
    parser.add_argument("--no-peers", action="store_true", help="leave the other libraries out")
    parser.add_argument("--folder", type=Path, help="where the databases are made: a disk, not memory")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all of it there as well")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a figure is not as it is wanted")
    parser.add_argument("--show-limit", action="store_true", help="print the statements of the cohort's limit and end")
    parser.set_defaults(sizes=USUAL)
    given = parser.parse_args(words)
    names = ("pending", "deadlines", "spread", "at_once", "acts", "letters", "rehearsed", "runs")
    changed = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    if given.dossiers:
        changed["dossiers"] = tuple(given.dossiers)
    if given.no_peers:
        changed["peers"] = False
    given.sizes = replace(given.sizes, **changed)
    return given


def _show_limit(console: Console, places: Sequence[Place]) -> None:
    for place in places:
        console.rule(place.name)
        for statement in cohort.limit_of(place).statements:
            console.print(f"{statement};\n", markup=False, highlight=False, soft_wrap=True)


def _measured(given: argparse.Namespace, places: Sequence[Place]) -> Iterator[Figures]:
    wanted = given.only or [*ON_A_DATABASE, *ON_NONE]
    for name, measure in ON_A_DATABASE.items():
        if name in wanted:
            for place in places:
                yield from measure(place, given.sizes)
    for name, alone in ON_NONE.items():
        if name in wanted:
            yield from alone(given.sizes)


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print; gives the exit code."""
    given = _arguments(words)
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    with ExitStack() as stack:
        places = [stack.enter_context(PLACES[name](given.folder)) for name in given.on or PLACES]
        if given.show_limit:
            _show_limit(console, places)
            return 0
        on = machine((place.name, place.version) for place in places)
        load = [os.getloadavg()]
        console.print(", ".join(f"{name} {value}" for name, value in on.items()))
        console.print(f"load {load[0][0]:.2f} before; each figure is the median of {given.sizes.runs}")
        if given.sizes.peers and not installed():
            console.print("Other libraries are not installed; make bench-peers brings them.")
        console.print()
        found = []
        for figures in _measured(given, places):
            show(figures, console)
            found.append(figures)
        load.append(os.getloadavg())
        console.print(f"load {load[-1][0]:.2f} after")
    if given.json:
        write_json(given.json, on, load, found)
    met = all(wanted.met for figures in found for wanted in figures.wanted)
    return 0 if met or not given.strict else 1


if __name__ == "__main__":
    # a polite kill ends the server and removes the databases, as Ctrl-C does
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())

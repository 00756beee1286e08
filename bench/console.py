"""How fast is the console with 10,000 dossiers and 100,000 scores? `python -m bench.console --help`.

The table of dossiers, signed in and with its policy checked, beside the same template rendered from memory and beside
the same list in Django; and every page of the console once, with its questions and its time.

What is compared is the processor's time, of one process each, straight at the app: on a machine that does other things
as well, it says the same as on a quiet one.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from inspect import isawaitable
from pathlib import Path
from statistics import median
from typing import Any

from jinja2 import Template

from bench.console_world import ROUND, Visitor, counted, fill, office_of, pages_of_the_console
from bench.databases import settle_down
from bench.peering import PYTHON, ROOT, installed
from engine.database.connection import Database, open_database
from engine.database.migrating import migrate
from engine.database.pages.kept import Kept

TABLE = f"/staff/{ROUND}/dossiers"
OF_TEMPLATE, OF_DJANGO = 0.4, 2.0
"""what is wanted: of the rate of the template alone, and of Django's"""


async def _rate(once: Callable[[], object], seconds: float) -> float:
    """How often in a second of the processor's time; what is to be awaited is awaited."""
    count, begun = 0, time.process_time()
    while time.process_time() - begun < seconds:
        result = once()
        if isawaitable(result):
            await result
        count += 1
    return count / (time.process_time() - begun)


def _from_memory(runner: asyncio.Runner, visitor: Visitor, path: str) -> Callable[[], str]:
    """What renders the page at `path` once more, with all that its template was given."""
    given: list[tuple[Template, tuple[Any, ...]]] = []
    usual = Template.render

    def catching(template: Template, *facts: Any, **named: Any) -> str:
        given.append((template, facts))
        return usual(template, *facts, **named)

    Template.render = catching  # type: ignore[method-assign]  # for one page
    try:
        runner.run(visitor.ask(path))
    finally:
        Template.render = usual  # type: ignore[method-assign]
    template, facts = given[-1]
    return lambda: template.render(*facts)


def _forgetting(visitor: Visitor) -> Visitor:
    """The same visitor, for whom nothing is kept from now on."""
    object.__setattr__(visitor.office, "kept", Kept())
    return visitor


def table_rates(database: Database, seconds: float, runs: int) -> dict[str, list[float]]:
    """Pages of the table in a second of work: whole, with nothing kept, and the template alone; they take turns."""
    visitor = Visitor(office_of(database))
    found: dict[str, list[float]] = {"ours": [], "ours, nothing kept": [], "its template from memory": []}
    with asyncio.Runner() as runner:
        template = _from_memory(runner, visitor, TABLE)
        ways: Sequence[Callable[[], object]] = (
            lambda: visitor.ask(TABLE), lambda: _forgetting(visitor).ask(TABLE), template,
        )  # fmt: skip
        for once in ways:
            runner.run(_rate(once, 0.1))
        for _ in range(runs):
            for name, once in zip(found, ways, strict=True):
                found[name].append(runner.run(_rate(once, seconds)))
    return found


def django_rates(file: Path, seconds: float, runs: int) -> list[float]:
    """The same list in Django, on a copy of the database; none where it is not installed."""
    if not installed():
        return []
    rates = []
    for run in range(runs):
        copy = file.with_name(f"django-{run}.db")
        copy.write_bytes(file.read_bytes())
        done = subprocess.run(
            [PYTHON, "-m", "bench.peers.django_list", str(copy), str(seconds)], cwd=ROOT, capture_output=True,
            text=True, check=False, timeout=600,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"Django failed:\n{done.stderr}")
        rates.append(float(done.stdout.splitlines()[-1]))
        copy.unlink()
    return rates


def every_page(database: Database) -> list[dict[str, Any]]:
    """Each page of the console: its status, questions, bytes and milliseconds, the first time and once more."""
    visitor, found = Visitor(office_of(database)), []
    with asyncio.Runner() as runner:
        runner.run(visitor.ask("/staff"))  # what a process does once is done
        for path in pages_of_the_console():
            took: list[float] = []
            for _ in range(2):
                with counted(database) as asked:
                    begun = time.perf_counter()
                    answer = runner.run(visitor.ask(path))
                    took.append(round(1000 * (time.perf_counter() - begun), 1))
            found.append({
                "page": path, "status": answer.status, "questions": len(asked), "bytes": len(answer.body),
                "first_ms": took[0], "again_ms": took[1],
            })  # fmt: skip
    return found


def measure(folder: Path, dossiers: int, seconds: float, runs: int) -> dict[str, Any]:
    """All of it, on a fresh database in `folder`."""
    file = folder / "console.db"
    database = open_database(f"sqlite:///{file}")
    migrate(database)
    fill(database, dossiers)
    settle_down(database)
    pages = every_page(database)
    rates = table_rates(database, seconds, runs)
    database.close()
    rates["Django"] = django_rates(file, seconds, runs)
    middle = {name: median(values) for name, values in rates.items() if values}
    ratios = {f"ours to {name}": middle["ours"] / rate for name, rate in middle.items() if name != "ours"}
    return {"dossiers": dossiers, "rates": rates, "ratios": ratios, "pages": pages}


def _print(found: dict[str, Any]) -> None:
    print(f"{found['dossiers']:,} dossiers; pages of the table in a second of the processor's time")
    for name, values in found["rates"].items():
        said = f"{median(values):8.1f}  ({min(values):.1f} to {max(values):.1f})" if values else "  not installed"
        print(f"  {name:28}{said}")
    for name, ratio in found["ratios"].items():
        print(f"  {name:44}{ratio:6.2f} x")
    print(f"{'page':64}{'status':>7}{'asks':>6}{'first':>10}{'again':>10}")
    for page in sorted(found["pages"], key=lambda page: -page["first_ms"]):
        took = f"{page['first_ms']:>7.1f} ms{page['again_ms']:>7.1f} ms"
        print(f"{page['page']:64}{page['status']:>7}{page['questions']:>6}{took}")


def is_met(found: dict[str, Any]) -> bool:
    """Whether the figures are as they are wanted."""
    ratios = found["ratios"]
    django = ratios.get("ours to Django", OF_DJANGO)
    return bool(ratios["ours to its template from memory"] >= OF_TEMPLATE and django >= OF_DJANGO)


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.console", description=__doc__)
    parser.add_argument("--dossiers", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=3.0, help="of work, for each rate")
    parser.add_argument("--runs", type=int, default=3, help="of which the median is taken")
    parser.add_argument("--folder", type=Path, help="where the database is made: a disk, not memory")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all of it there as well")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a figure is not as it is wanted")
    given = parser.parse_args(words)
    print(f"load {os.getloadavg()[0]:.2f} before")
    if not installed():
        print("Django is not installed; make bench-peers brings it.")
    with tempfile.TemporaryDirectory(prefix="bench-console-", dir=given.folder) as folder:
        found = measure(Path(folder), given.dossiers, given.seconds, given.runs)
    _print(found)
    print(f"load {os.getloadavg()[0]:.2f} after")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return 0 if is_met(found) or not given.strict else 1


if __name__ == "__main__":
    sys.exit(main())

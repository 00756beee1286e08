"""When the power is cut, is everything still there that was acknowledged?"""

import hashlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from disk import HERE, Disk, calls, library, watching
from sqlmodel import select

from engine.database import journal
from engine.database.connection import open_database
from engine.database.records import DossierRow, FileRow, RoundRow
from engine.errors import GrantcycleError

DOSSIERS = 60
MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Cuts:
    """What a number of power cuts did."""

    images: int
    lost: list[str]
    """acknowledged, and not there any more"""
    damaged: list[str]


def recorded(folder: Path, *more: str) -> Path:
    """The record of a program that hands in dossiers."""
    lib = library(folder)
    work, log = folder / "work", folder / "log"
    work.mkdir()
    subprocess.run(
        [sys.executable, HERE / "disk_work.py", work, str(DOSSIERS), *more],
        check=True, env=watching(lib, work, log),
    )  # fmt: skip
    return log


def look(path: Path, acknowledged: list[str], cuts: Cuts, where: str) -> None:
    """Open what a cut has left as a process does that starts again, and look for what was acknowledged."""
    handed_in = {word for word in acknowledged if word != "open"}
    try:
        database = open_database(f"sqlite:///{path}")
        with database.reading() as session:
            (whole,) = session.connection().exec_driver_sql("PRAGMA integrity_check").scalars().all()
            rows = session.exec(select(DossierRow)).all()
            there = {row.number for row in rows if row.state == "handed"}
            files = session.exec(select(FileRow)).all()
            broken = [link for row in session.exec(select(RoundRow)) for link in journal.broken_links(session, row.id)]
            wrong = [one.digest for one in files if hashlib.sha256(one.content).hexdigest() != one.digest]
        database.close()
    except GrantcycleError as problem:
        cuts.damaged.append(f"{where}: {problem}")
        return
    if whole != "ok" or broken or wrong or len(files) < len(there):
        cuts.damaged.append(f"{where}: {whole} {broken} {wrong} {len(files)} files of {len(there)}")
    cuts.lost.extend(f"{where}: {number}" for number in sorted(handed_in - there))


def cut(log: Path, folder: Path, times: int, seed: int = 1) -> Cuts:
    """Cut the power at random points of the record, and look at both images of each."""
    chance = random.Random(seed)
    seen = list(calls(log))
    begun = next(place for place, call in enumerate(seen) if call.path == "acks") + 1
    points = sorted(chance.randrange(begun, len(seen) + 1) for _ in range(times))
    cuts, disk, at = Cuts(2 * times, [], []), Disk(), 0
    for point in points:
        for call in seen[at:point]:
            disk.see(call)
        at = point
        for kept, by_chance in (("nothing", None), ("a part", chance)):
            disk.cut(folder, by_chance)
            look(folder / "round.db", disk.acknowledged, cuts, f"cut at {point} of {len(seen)}, {kept} kept")
    return cuts


@pytest.fixture
def image(tmp_path: Path) -> Iterator[Path]:
    """Where images are looked at: in memory, for here no disk is tested any more."""
    folder = MEMORY / f"gc-{os.getpid()}-{tmp_path.name}" if MEMORY.is_dir() else tmp_path / "images"
    yield folder / "image"
    shutil.rmtree(folder, ignore_errors=True)


def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path, image: Path) -> None:
    cuts = cut(recorded(tmp_path), image, 60)
    assert (cuts.lost, cuts.damaged) == ([], [])


@pytest.mark.slow
def test_where_less_is_synced_a_power_cut_is_seen_to_lose_something(tmp_path: Path, image: Path) -> None:
    """The sabotage twin: synchronous=NORMAL loses, and damages nothing."""
    cuts = cut(recorded(tmp_path, "normal"), image, 20)
    assert len(cuts.lost) > 0
    assert cuts.damaged == []


@pytest.mark.slow
def test_two_thousand_power_cuts_lose_nothing_that_was_acknowledged(tmp_path: Path, image: Path) -> None:
    cuts = cut(recorded(tmp_path), image, 2_000, seed=2)
    assert (cuts.lost, cuts.damaged) == ([], [])

"""A disk that is watched, that loses what was not synced, and that fails to sync, for programs of their own process.

What a program wrote is recorded by a small library in C, loaded before libc. A power cut is then worked out from the
record: at any point of it, what a file held when it was last synced is there, and of what was written since, nothing
is, or a random part, torn at 512 bytes. That a file was removed counts as kept at once.
"""

import os
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
HEAD = struct.Struct("<cHQI")
SECTOR = 512
"""what a disk writes whole or not at all (bytes)"""


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded call: W(rite), T(runcate), S(ync), F(ailed to sync) or U(nlink)."""

    what: str
    path: str
    place: int
    data: bytes


@cache
def library(folder: Path) -> Path:
    """The compiled library. Skips the test, aloud, where there is no C compiler for this system."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler or not sys.platform.startswith("linux"):
        pytest.skip("NOT TESTED: what a power cut leaves, and a sync that fails, need a C compiler (cc) on Linux")
    built = folder / "disk.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", built, HERE / "disk.c", "-ldl"], check=True)
    return built


def watching(lib: Path, folder: Path, log: Path, fails: Path | None = None) -> Mapping[str, str]:
    """The environment of a program whose writes under a folder are recorded."""
    more = {"LD_PRELOAD": str(lib), "DISK_UNDER": f"{folder}/", "DISK_LOG": str(log)}
    return {**os.environ, **more, **({"DISK_FAILS": str(fails)} if fails else {})}


def calls(log: Path) -> Iterator[Call]:
    """What was recorded, in its order."""
    with log.open("rb") as file:
        while head := file.read(HEAD.size):
            what, length, place, size = HEAD.unpack(head)
            path = file.read(length).decode()
            yield Call(what.decode(), Path(path).name, place, file.read(size) if what == b"W" else b"")


def _write(content: bytearray, place: int, data: bytes) -> None:
    if len(content) < place:
        content.extend(bytes(place - len(content)))
    content[place : place + len(data)] = data


@dataclass
class File:
    """A file on a disk that may lose its power: what is safe, and what has been written since."""

    safe: bytearray = field(default_factory=bytearray)
    since: list[Call] = field(default_factory=list)

    def sync(self) -> None:
        for call in self.since:
            self._apply(self.safe, call)
        self.since = []

    def after_a_cut(self, chance: random.Random | None) -> bytes:
        """What is there when the power comes back: nothing that was not synced, or (with `chance`) a part of it."""
        content = bytearray(self.safe)
        for call in self.since if chance else ():
            if call.what == "T":
                if chance.random() < 0.5:
                    self._apply(content, call)
                continue
            begins = call.place
            while begins < call.place + len(call.data):
                ends = min((begins // SECTOR + 1) * SECTOR, call.place + len(call.data))
                if chance.random() < 0.5:
                    _write(content, begins, call.data[begins - call.place : ends - call.place])
                begins = ends
        return bytes(content)

    @staticmethod
    def _apply(content: bytearray, call: Call) -> None:
        if call.what == "W":
            _write(content, call.place, call.data)
        elif len(content) > call.place:
            del content[call.place :]
        else:
            content.extend(bytes(call.place - len(content)))


class Disk:
    """The files of one folder as they stand at a point of the record."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.acknowledged: list[str] = []

    def see(self, call: Call) -> None:
        """Go on by one call."""
        if call.path == "acks":  # what was told to people is out in the world
            if call.what == "W":
                self.acknowledged += call.data.decode().split()
        elif call.path.endswith("-shm"):
            pass  # SQLite makes it anew
        elif call.what == "U":
            self.files.pop(call.path, None)
        elif call.what in "WT":
            self.files.setdefault(call.path, File()).since.append(call)
        elif call.path in self.files and call.what == "S":
            self.files[call.path].sync()
        elif call.path in self.files and call.what == "F":
            # the system may forget what it could not write, and take it for written
            self.files[call.path].since = []

    def cut(self, folder: Path, chance: random.Random | None) -> None:
        """Lay out what is there when the power comes back."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, file in self.files.items():
            (folder / name).write_bytes(file.after_a_cut(chance))

"""How is a rehearsal that somebody asked for on the pages played, and who hears how far it is?

A thread of this process starts another one (rehearsal_process.py), listens to it, and writes what it hears into the
database, where the pages of every process read it.
"""

import base64
import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import structlog

from engine.clock import Clock
from engine.database.connection import Database
from engine.database.preparing import rehearsals
from engine.errors import GrantcycleError

log = structlog.get_logger()
HEARD_EVERY = 1.0
"""seconds: how often the database is told, and asked whether somebody has cancelled"""
COMMAND = (sys.executable, "-m", "grantcycle.rehearsal_process")
TOLD = 500
"""signs of a problem that are kept"""
Line = dict[str, Any] | None
"""what the process said; None when it will say nothing more"""


@dataclass(frozen=True, slots=True)
class Playing:
    """The process that plays, and what it complains of."""

    process: "subprocess.Popen[str]"
    complaints: IO[bytes]


class Stage:
    """Where rehearsals are played."""

    def __init__(self, database: Callable[[], Database], clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._played: dict[int, tuple[threading.Thread, threading.Event]] = {}

    def play(self, id: int) -> None:
        """Begin to play a rehearsal that was asked for, and come back at once."""
        self._played = {one: played for one, played in self._played.items() if played[0].is_alive()}
        over = threading.Event()
        thread = threading.Thread(target=self._play, args=(id, over), name=f"rehearsal {id}", daemon=True)
        self._played[id] = (thread, over)
        thread.start()

    def close(self) -> None:
        """End what is being played here: it was interrupted. Waits until it has ended."""
        for thread, over in list(self._played.values()):
            over.set()
            thread.join(timeout=10)

    def wait(self, id: int, seconds: float) -> bool:
        """Wait until a rehearsal that is played here has ended; False when it has not by then."""
        thread, _ = self._played[id]
        thread.join(timeout=seconds)
        return not thread.is_alive()

    def _play(self, id: int, over: threading.Event) -> None:
        ending, problem = rehearsals.INTERRUPTED, None
        try:
            with _process() as playing:
                try:
                    said = self._ask(id, playing.process)
                except BrokenPipeError:  # it has ended before it was told anything
                    ending, problem = _how(playing)
                else:
                    ending, problem = self._listen(id, said, over, playing)
        except Exception as broken:  # whatever it is, the rehearsal has ended, and the pages say so
            log.exception("a rehearsal failed", rehearsal=id, problem=type(broken).__name__)
            ending, problem = rehearsals.FAILED, str(broken)[:TOLD]
        self._end(id, ending, problem)

    def _end(self, id: int, ending: str, problem: str | None) -> None:
        if ending == rehearsals.PLAYED:
            return
        try:
            with self._database().transaction() as session:
                rehearsals.end(session, id, ending, self._clock.now(), problem=problem)
        except GrantcycleError as away:
            # nobody hears of it any more, and that is what the pages say of it then
            log.warning("the end of a rehearsal could not be noted", rehearsal=id, problem=str(away))

    def _ask(self, id: int, process: "subprocess.Popen[str]") -> "queue.Queue[Line]":
        """Tell the process what to play; gives what it says."""
        with self._database().reading() as session:
            row = rehearsals.find(session, id)
            asked = {
                "programme": row.programme, "round": row.round, "files": dict(rehearsals.texts_of(session, row)),
                "dossiers": row.dossiers, "seed": row.seed, "late": row.late, "conflicts": row.conflicts,
            }  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        said: queue.Queue[Line] = queue.Queue()
        threading.Thread(target=_read, args=(process.stdout, said), daemon=True).start()
        return said

    def _listen(
        self, id: int, said: "queue.Queue[Line]", over: threading.Event, playing: Playing
    ) -> tuple[str, str | None]:
        """How it ended, and what went wrong if something did."""
        heard: dict[str, Any] = {"done": 0, "total": 0, "doing": ""}
        while not over.is_set():
            line = _newest(said)
            if line is None:
                return _how(playing)
            if "problem" in line:
                return rehearsals.FAILED, str(line["problem"])[:TOLD]
            if "report" in line:
                self._keep(id, line)
                return rehearsals.PLAYED, None
            heard |= line
            with self._database().transaction() as session:
                goes_on = rehearsals.hear(session, id, self._clock.now(), **heard)
            if not goes_on:
                return rehearsals.CANCELLED, None
        return rehearsals.INTERRUPTED, None

    def _keep(self, id: int, played: dict[str, Any]) -> None:
        with self._database().transaction() as session:
            rehearsals.put_outcome(
                session, id, self._clock.now(), figures=played["figures"], outcome=played["outcome"],
                report=base64.b64decode(played["report"]),
            )  # fmt: skip


@contextmanager
def _process() -> Iterator[Playing]:
    """The other process; it is gone when the block ends."""
    # no setting of this installation, and none of its secrets, is any business of a rehearsal
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GRANTCYCLE_")}
    with tempfile.TemporaryFile() as complaints:  # a file, not a pipe that could fill up with nobody reading it
        process = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, env=environment,
            text=True, encoding="utf-8",
        )  # fmt: skip
        try:
            yield Playing(process, complaints)
        finally:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(BrokenPipeError):  # what it was not told any more
                        stream.close()


def _read(stdout: IO[str], said: "queue.Queue[Line]") -> None:
    """Pass on what the process says, and that it says nothing more."""
    try:
        for line in stdout:
            said.put(json.loads(line))
    except ValueError:
        pass  # it was ended in the middle of a line, or its output was closed
    finally:
        said.put(None)


def _newest(said: "queue.Queue[Line]") -> Line:
    """What was said last, after a second in which it may be said; {} when nothing was, None when nothing will be."""
    newest: Line = {}
    try:
        newest = said.get(timeout=HEARD_EVERY)
        while newest is not None and not {"problem", "report"} & newest.keys():
            newest = said.get_nowait()
    except queue.Empty:
        pass
    return newest


def _how(playing: Playing) -> tuple[str, str | None]:
    """How a process ended that has not said so: killed from outside, or by a mistake of ours."""
    if playing.process.wait() < 0:
        return rehearsals.INTERRUPTED, None
    playing.complaints.seek(0)
    told = playing.complaints.read().decode(errors="replace").strip()
    log.error("a rehearsal failed", said=told[-4_000:])
    return rehearsals.FAILED, told.rpartition("\n")[2][:TOLD] or None

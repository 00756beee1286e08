"""How is `grantcycle` run many times in little time? Each time as a process of its own, that need not read the code."""

import multiprocessing
import os
import shutil
import sys
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp

SECONDS = 600
"""a command line that waits for ever has failed; one on a busy machine has not"""
_READ = multiprocessing.get_context("forkserver")
_CODE = "grantcycle.command_line"
_READ.set_forkserver_preload([_CODE, "web.app"])
"""the process from which the others are forked: it has read all code and has done nothing yet"""


@dataclass(frozen=True)
class Done:
    """What a command line came to: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


class Running:
    """A command line that a process of its own has begun in a folder: what it says, until it ends or is ended.

    `task` carries it out, which is `grantcycle` itself unless something is done to it first. It sees the `environment`
    beside that in which the tests began.
    """

    def __init__(
        self, words: Sequence[str], folder: Path, *, task: Callable[[], object] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        kept = mkdtemp()
        weakref.finalize(self, shutil.rmtree, kept)
        self._out, self._err = Path(kept, "out"), Path(kept, "err")
        given = (task, list(words), folder, self._out, self._err, dict(environment or {}))
        self._process = _READ.Process(target=_run, args=given)
        self._process.start()

    @property
    def out(self) -> str:
        """What it has written by now."""
        return _read(self._out)

    @property
    def err(self) -> str:
        """What it has said of errors by now, and its log."""
        return _read(self._err)

    def wait_for(self, words: str) -> None:
        """Come back once it has written these. Raises AssertionError when it ends, or waits for ever, without."""
        give_up = time.monotonic() + SECONDS
        while words not in self.out:
            assert self._process.exitcode is None or words in self.out, self.err
            assert time.monotonic() < give_up, self.out + self.err
            time.sleep(0.01)

    def ended(self, within: float = SECONDS) -> int | None:
        """How it ended: its exit code, or minus a signal; None when that does not come within so many seconds."""
        self._process.join(within)
        return self._process.exitcode

    def stop(self, within: float = 30) -> int | None:
        """End it as an administrator does, by force where it does not hear; gives how it ended."""
        self._process.terminate()
        if self.ended(within) is None:
            self.kill()
        return self._process.exitcode

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.join()


def grantcycle(words: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Done:
    """Run a command line in a folder to its end. Raises TimeoutError when that does not come in time."""
    running = Running(words, folder, environment=environment)
    code = running.ended()
    if code is None:
        running.kill()
        raise TimeoutError(f"not done after {SECONDS} s: grantcycle {' '.join(words)}")
    return Done(code, running.out, running.err)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _run(
    task: Callable[[], object] | None, words: list[str], folder: Path, out: Path, err: Path,
    environment: dict[str, str],
) -> None:  # fmt: skip
    # what cannot be read beforehand is passed over in silence, and each process would read all for itself
    assert _CODE in sys.modules
    os.chdir(folder)
    os.environ.update(environment)
    for descriptor, file in ((1, out), (2, err)):
        with file.open("wb") as written:
            os.dup2(written.fileno(), descriptor)
    sys.argv = ["grantcycle", *words]
    sys.exit((task or import_module(_CODE).main)())

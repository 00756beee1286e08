"""How is `grantcycle` run many times in little time? Each time as a process of its own, that need not read the code."""

import multiprocessing
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

SECONDS = 600
"""a command line that waits for ever has failed; one on a busy machine has not"""
_READ = multiprocessing.get_context("forkserver")
_CODE = "grantcycle.command_line"
_READ.set_forkserver_preload([_CODE])
"""the process from which the others are forked: it has read all code and has done nothing yet"""


@dataclass(frozen=True)
class Done:
    """What a command line came to: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


def grantcycle(words: Sequence[str], folder: Path) -> Done:
    """Run a command line in a folder to its end. Raises TimeoutError when that does not come in time."""
    with TemporaryDirectory() as kept:
        out, err = Path(kept, "out"), Path(kept, "err")
        process = _READ.Process(target=_run, args=(list(words), folder, out, err))
        process.start()
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"not done after {SECONDS} s: grantcycle {' '.join(words)}")
        return Done(process.exitcode, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


def _run(words: list[str], folder: Path, out: Path, err: Path) -> None:
    # what cannot be read beforehand is passed over in silence, and each process would read all for itself
    assert _CODE in sys.modules
    os.chdir(folder)
    for descriptor, file in ((1, out), (2, err)):
        with file.open("wb") as written:
            os.dup2(written.fileno(), descriptor)
    sys.argv = ["grantcycle", *words]
    import_module(_CODE).main()

"""What does it mean when SQLite fails, and when must the process end at once?

A full disk, a file that may not be written, a damaged page: the act is undone, and whoever asked for it hears what to
do. A disk that did not confirm a sync is another thing: what it was given may be gone, and later syncs succeed all the
same. Nothing may be acknowledged after it, so the process ends at once; what was kept is known when it starts again.
"""

import os
from typing import NoReturn

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from engine.errors import Unavailable

GIVEN_UP = 75
"""the exit code: a failure that may pass, start me again (EX_TEMPFAIL)"""
FULL, READ_ONLY, DISK, DAMAGED, NO_DATABASE = 13, 8, 10, 11, 26
"""SQLite's result codes: SQLITE_FULL, _READONLY, _IOERR, _CORRUPT and _NOTADB"""
NOT_SYNCED = (DISK | 4 << 8, DISK | 5 << 8, DISK)
"""SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC; the pysqlite3 wheel says of all failures of a disk only that, so there
any may be one of these"""
SENTENCES = {
    FULL: "the disk that holds {file} is full, and nothing was changed: make room, then do it again",
    READ_ONLY: "{file} may only be read, and nothing was changed: looking goes on; for anything else, let the file "
    "and its folder be written",
    DISK: "the disk that holds {file} does not do its work ({said}), and nothing was changed: see to the disk",
    DAMAGED: "{file} is damaged ({said}), and nothing was changed: stop grantcycle, keep a copy of the file and of "
    "{file}-wal, and restore the last backup",
}
SENTENCES[NO_DATABASE] = SENTENCES[DAMAGED]


def sentence_for(code: int, file: str, said: str) -> str | None:
    """What is told of a failure with that (extended) result code, or None for one that is about the question asked."""
    sentence = SENTENCES.get(code & 0xFF)
    return sentence.format(file=file, said=said) if sentence else None


def give_up(sentence: str) -> NoReturn:
    """End this process, whatever else it is doing."""
    os.write(2, f"{sentence}\n".encode())
    os._exit(GIVEN_UP)


def tell_failures(engine: Engine, file: str) -> None:
    """From now on, raise Unavailable for what is wrong with the file or its disk, and give up when a sync failed."""

    def failed(context: ExceptionContext) -> None:
        problem = context.original_exception
        code = getattr(problem, "sqlite_errorcode", None)
        if code in NOT_SYNCED:
            give_up(
                f"the disk that holds {file} failed ({problem}), and nothing can be promised any more: grantcycle ends "
                "here, and what was kept is known when it starts again"
            )
        sentence = sentence_for(code, file, str(problem)) if code is not None else None
        if sentence:
            raise Unavailable(sentence) from problem

    event.listen(engine, "handle_error", failed)

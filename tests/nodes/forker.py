"""A node that is started in a few milliseconds: `python forker.py URL`, then one line on standard input for each.

It has everything imported and read, and forks. A node runs the real alarm and the real engine until it is killed.
Answers each line with the new process's number; ends, and ends all its nodes, with its input.
"""

import asyncio
import os
import signal
import sys
import time

from many_rounds import SENDER
from sqlmodel import select

from engine.alarm import Alarm, Alive
from engine.clock import WallClock
from engine.cycle import Cycle
from engine.cycle.scene import Shelf
from engine.database.connection import Database, open_database
from engine.database.records import PinnedRow
from engine.errors import Away, GrantcycleError
from notifications.outbox import Outbox

SWEEP = 1.0


def node(url: str, shelf: Shelf) -> None:
    """What a worker does, in virtual peace: it never ends by itself."""
    database = open_database(url)
    cycle = Cycle(database, Outbox(SENDER, shelf=shelf).queue, shelf=shelf)

    async def advance(now: int, alive: Alive) -> int | None:
        return await asyncio.to_thread(cycle.advance, now, alive)

    async def ahead(now: int) -> int | None:
        return await asyncio.to_thread(cycle.due_after, now)

    asyncio.run(Alarm(advance, WallClock(), SWEEP, ahead).run())


def _opened(url: str) -> Database:
    """The database, once its server is there: it may be just being started anew."""
    while True:
        try:
            return open_database(url)
        except GrantcycleError:
            time.sleep(0.05)


def main(url: str) -> None:
    shelf = Shelf()
    database = _opened(url)
    while True:
        try:
            with database.reading() as session:
                for digest in session.exec(select(PinnedRow.digest)).all():
                    shelf.get(session, digest)
            break
        except Away:
            time.sleep(0.05)
    database.close()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    forked = []
    for _ in sys.stdin:
        sys.stdout.flush()
        number = os.fork()
        if number == 0:
            os.close(0)
            os.dup2(2, 1)  # what a node logs is no answer
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                while True:
                    try:
                        node(url, shelf)
                    except Exception as problem:  # the supervisor of a real node starts it anew
                        print(f"{type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
            finally:
                os._exit(1)
        forked.append(number)
        print(number, flush=True)
    for number in forked:
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    main(sys.argv[1])

"""`grantcycle serve`, which something happens to when a file named `hurt` appears: what, stands in it."""

import asyncio
import threading
import time
from pathlib import Path

from engine import faults
from engine.alarm import Alarm
from grantcycle.command_line import main

HURT = Path("hurt")
alarms: list[Alarm] = []
loops: list[asyncio.AbstractEventLoop] = []
run = Alarm.run


async def known(alarm: Alarm) -> None:
    alarms.append(alarm)
    loops.append(asyncio.get_running_loop())
    await run(alarm)


def hurt() -> None:
    # the file is there a moment before what stands in it
    while not (alarms and HURT.exists() and (what := HURT.read_text())):
        time.sleep(0.01)
    if what == "the scheduler is gone":
        for alarm in alarms:
            loops[0].call_soon_threadsafe(alarm._scheduler.remove_all_jobs)
    elif what == "the loop is blocked":
        loops[0].call_soon_threadsafe(time.sleep, 3_600)
    elif what == "every ring fails":
        faults.arm(_fails)
    elif what == "a ring hangs":
        faults.arm(_hangs)


def _fails(name: str) -> None:
    raise RuntimeError(f"hurt at {name}")


def _hangs(_name: str) -> None:
    threading.Event().wait()


def hurt_main() -> None:
    """A command line, to be carried out in a process of its own."""
    Alarm.run = known  # type: ignore[method-assign]
    threading.Thread(target=hurt, daemon=True).start()
    main()

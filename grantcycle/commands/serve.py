"""How does a round run by itself?"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TextIO

import structlog
import typer

from engine import events
from engine.alarm import AlarmDied
from engine.database.damage import must_be_whole, wrong_files
from engine.errors import GrantcycleError
from grantcycle import console
from grantcycle.commands.parameters import wiring_of
from grantcycle.logs import set_up
from grantcycle.metrics import Metrics
from grantcycle.pages import listen, pages_of, show_pages
from grantcycle.watchman import watch
from grantcycle.wiring import Wiring

log = structlog.get_logger()


def serve(context: typer.Context) -> None:
    """Everything in one process: the pages, the alarm that fires what is due, the postman, and the catcher where no
    mail server is configured. Stops on Ctrl-C; what was due meanwhile happens at the next start.

    Example: grantcycle serve
    """
    run(wiring_of(context), "serve")


def web(context: typer.Context) -> None:
    """The pages alone, with workers beside them that fire what is due and send the letters; any number may run.

    Example: grantcycle web
    """
    run(wiring_of(context), "web")


def worker(context: typer.Context) -> None:
    """The alarm and the postman alone, with a mail server; any number of workers may run.

    Example: grantcycle worker
    """
    wiring = wiring_of(context)
    if not wiring.settings.mail.host:
        raise GrantcycleError(
            "a worker sends letters, and no mail server is configured: "
            "set [mail] host in config.toml, or use grantcycle serve, which keeps letters in a mailbox"
        )
    run(wiring, "worker")


def run(
    wiring: Wiring,
    part: str,
    *,
    log_to: TextIO | None = None,
    watcher: events.Watcher | None = None,
    ready: Callable[[], str] | None = None,
) -> None:
    """Run that part of an installation until it is told to stop. Raises GrantcycleError when it cannot.

    What it says once it is there is `ready`; it logs to standard error, unless `log_to` says where, and tells `watcher`
    of all that it does.
    """
    wiring.part = part
    with _watched(wiring, log_to, watcher):
        must_be_whole(wiring.make_database())
        with wiring.looking() as session:
            # one bad attachment is told, and holds up nothing else
            for digest in wrong_files(session):
                log.error("an attachment is not what was handed in: restore it from the last backup", file=digest)
        wiring.watch.start()
        wiring.cycle.work_out_again(wiring.now())
        try:
            asyncio.run(_until_stopped(wiring, part, ready or (lambda: _ready(wiring, part))))
        except AlarmDied as died:
            raise GrantcycleError(f"the alarm gave up, so that a supervisor starts it anew: {died}") from died
    console.say("Stopped.")


@contextlib.contextmanager
def _watched(wiring: Wiring, log_to: TextIO | None, watcher: events.Watcher | None) -> Iterator[None]:
    """What goes on is logged, counted, and shown where [metrics] says."""
    metrics = Metrics(wiring.make_database(), wiring.clock)
    events.watch(set_up(wiring.clock, log_to), metrics.watcher, *([watcher] if watcher else []))
    port = wiring.settings.metrics.port
    server, thread = metrics.serve(port) if port else (None, None)
    try:
        yield
    finally:
        events.watch()
        if server and thread:
            server.shutdown()
            server.server_close()
            thread.join()


async def _until_stopped(wiring: Wiring, part: str, says: Callable[[], str]) -> None:
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on a loop
            asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    async with contextlib.AsyncExitStack() as stack:
        running: list[Coroutine[Any, Any, None]] = []
        opened = stack.enter_context(listen(wiring.settings.web)) if part != "worker" else None
        if opened:
            wiring.port = opened.getsockname()[1]
        # before the alarm begins: it would be silent meanwhile
        pages = pages_of(wiring.office) if opened else None
        if part != "web":
            postman = await stack.enter_async_context(wiring.postman())
            running += wiring.running(postman)
            watch(wiring.alarms, wiring.settings.engine.sweep)
        else:
            running.append(wiring.keeping_watch())
        ready = asyncio.Event()
        if opened and pages:
            running.append(show_pages(pages, opened, ready.set))
        else:
            ready.set()
        tasks = [asyncio.create_task(one) for one in running]
        waiting = asyncio.create_task(stopped.wait())
        starting = asyncio.create_task(ready.wait())
        await asyncio.wait([*tasks, waiting, starting], return_when=asyncio.FIRST_COMPLETED)
        if ready.is_set():
            console.say(says())
            sys.stdout.flush()
        done, pending = await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
        for task in (*pending, starting):
            task.cancel()
        await asyncio.gather(*pending, starting, return_exceptions=True)
        for task in done:
            task.result()


def _ready(wiring: Wiring, part: str) -> str:
    mail = wiring.settings.mail
    where = (
        f"Letters leave by {mail.host}:{mail.port}."
        if mail.host
        else f"No mail server is configured: letters are kept in {wiring.mailbox}."
    )
    pages = f"The pages are at {wiring.base_url}. " if part != "worker" else ""
    alarm = f"The alarm is set. {where} " if part != "web" else ""
    return f"{pages}{alarm}Stop with Ctrl-C."

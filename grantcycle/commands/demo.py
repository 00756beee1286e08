"""What does grantcycle look like in the middle of a selection, and how does a deadline fire?"""

import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Annotated, Any

import typer

from engine.database.access import factors
from engine.database.store import find_person, the_id
from engine.errors import GrantcycleError
from engine.rules.moments import SECOND, from_instant
from grantcycle import console
from grantcycle.commands.parameters import wiring_of
from grantcycle.commands.serve import run
from grantcycle.demo.chosen import PROGRAMME, SHIPPED
from grantcycle.demo.installing import Installed, install
from grantcycle.demo.playing import Somebody
from grantcycle.demo.telling import Link, Telling
from grantcycle.finding import find_round
from grantcycle.settings import settings_alone
from grantcycle.wiring import Wiring
from web.keys import STEP, as_typed, digest, draw_recovery_codes, nonce
from web.links import make_link

USUAL_PORT = 8000
ZONE = "Europe/Brussels"


def demo(
    context: typer.Context,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Where the pages are; else 8000, or any that is free.")
    ] = None,
    wait: Annotated[
        int, typer.Option(min=5, max=3600, metavar="SECONDS", help="How long it is until the next deadline.")
    ] = 150,
    keep: Annotated[bool, typer.Option("--keep", help="Keep what was made, to go on with later.")] = False,
) -> None:
    """A shipped round in the middle of its selection, played on the real engine and then run by the clock: pages,
    alarm, letters into a mailbox, and a link for each role. The next deadline comes in a few minutes. Stops on Ctrl-C.

    Example: grantcycle demo
    """
    wiring = wiring_of(context)
    found = find_round(f"{PROGRAMME}/{SHIPPED}", wiring.settings.workflows.folder)
    with _folder(keep=keep) as folder:
        now = wiring.now()
        opens, closes = _deadlines(now, wait)
        free = _port(port)
        with console.progress() as bar:
            task = bar.add_task("", total=1)

            def seen(done: int, total: int, what: str) -> None:
                bar.update(task, completed=done, total=total, description=console.plain(what))

            installed = install(
                folder, found.folder, opens=opens, closes=closes, now=now, port=free, progress=seen
            )  # fmt: skip
        installation = Wiring(installed.config, wiring.clock, settings_alone(installed.config))
        try:
            _serve(installation, installed, opens, closes)
        finally:
            installation.close()


@contextmanager
def _folder(*, keep: bool) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="grantcycle-demo-"))
    try:
        yield folder
    finally:
        if keep:
            console.say(f"Everything is kept in {folder}: go on with grantcycle --config {folder}/config.toml serve")
        else:
            shutil.rmtree(folder)


def _deadlines(now: int, wait: int) -> tuple[datetime, datetime]:
    """The next two deadlines, `wait` seconds from now and as long after: whole minutes where there is time for that."""
    first = from_instant(now, ZONE).replace(microsecond=0, tzinfo=None) + timedelta(seconds=wait)
    if wait >= 60:
        first += timedelta(seconds=-first.second % 60)
    return first, first + timedelta(seconds=wait if wait < 60 else 120)


def _port(wanted: int | None) -> int:
    """A port that is free now. Raises GrantcycleError when it is the wanted one that is not."""
    for port in [USUAL_PORT, 0] if wanted is None else [wanted]:
        with closing(socket.socket()) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(tried.getsockname()[1])
    raise GrantcycleError(f"port {wanted} is taken: give another with --port, or none for any that is free")


def _serve(wiring: Wiring, installed: Installed, opens: datetime, closes: datetime) -> None:
    """Run it until it is told to stop, and say what happens."""
    told = Telling(installed.programme, installed.round, installed.stage, opens, closes, base_url="")
    codes: dict[str, list[str]] = {}

    def link(one: Somebody) -> tuple[str, str]:
        if one.is_staff and not codes.get(one.email):
            codes[one.email] = _second_factor(wiring, one.email)
        address = make_link(wiring.office, one.email, wiring.now(), next=one.path)
        return address, as_typed(codes[one.email].pop()) if one.is_staff else ""

    def ready() -> str:
        told.base_url = wiring.base_url
        if sys.stdin.isatty():
            Thread(target=_new_links, args=(told, link), daemon=True).start()
        return told.beginning(link)

    def watcher(event: str, facts: dict[str, Any]) -> None:
        told.watch(event, facts, f"{from_instant(wiring.now(), ZONE):%H:%M:%S}")

    try:
        with (wiring.settings.folder / "log.txt").open("w", encoding="utf-8") as log:
            run(wiring, "serve", log_to=log, watcher=watcher, ready=ready)
    finally:
        told.close()


def _new_links(told: Telling, link: Link) -> None:
    while sys.stdin.readline():
        console.say(told.links(link))


def _second_factor(wiring: Wiring, email: str) -> list[str]:
    """Give a member of staff a second factor of which nobody has the authenticator, and its recovery codes."""
    codes, now = draw_recovery_codes(), wiring.now()
    with wiring.database.transaction() as session:
        person = find_person(session, email)
        assert person is not None, email
        factors.put(session, the_id(person), nonce(), now // (STEP * SECOND), map(digest, codes), now)
    return codes

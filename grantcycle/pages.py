"""How do the pages of this installation run?"""

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import Callable, Iterator
from email.headerregistry import Address
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from engine.errors import GrantcycleError
from grantcycle.settings import WebSettings
from web.office import Contact, Office

SHORTEST_KEY = 32


class _Server(uvicorn.Server):
    """A server that leaves the signals to the process around it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def installation_key(settings: WebSettings, folder: Path, *, shared: bool) -> bytes:
    """The key that sign-in links and forms are made with: from the settings, or a file that only we may read.

    Raises GrantcycleError for one that is too short, and where several machines would each draw their own.
    """
    if settings.key:
        key = settings.key.get_secret_value().encode()
        if len(key) < SHORTEST_KEY:
            raise GrantcycleError(f"GRANTCYCLE_WEB__KEY has {len(key)} letters and needs at least {SHORTEST_KEY}")
        return key
    if shared:
        raise GrantcycleError(
            "on PostgreSQL every process that shows pages or sends letters needs the same key: "
            f"give GRANTCYCLE_WEB__KEY, or GRANTCYCLE_WEB__KEY_FILE, with at least {SHORTEST_KEY} random letters"
        )
    file = folder / "data" / "key"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        drawn = file.with_name(f"key.{os.getpid()}")
        drawn.touch(mode=0o600)
        drawn.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(drawn, file)  # whoever is first: two processes that start at once have one key
        drawn.unlink()
    return file.read_bytes().strip()


def contact_of(reply_to: Address) -> Contact:
    """The person whom people write to, as the pages name them."""
    return Contact(reply_to.display_name, reply_to.addr_spec)


def listen(settings: WebSettings) -> socket.socket:
    """The socket that pages are asked for at. Raises GrantcycleError when somebody else has it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    opened = socket.socket(family)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((settings.host, settings.port))
    except OSError as problem:
        opened.close()
        raise GrantcycleError(
            f"the pages cannot be shown at {settings.host}:{settings.port} ({problem.strerror}): "
            "set another [web] port in config.toml, or GRANTCYCLE_WEB__PORT"
        ) from problem
    return opened


def pages_of(office: Office) -> ASGIApp:
    """The pages of an installation, put together: seconds on a busy machine, in which nothing else happens."""
    # every page is imported with it, which takes a third of the time of a command that shows none
    from web.app import create_app

    return create_app(office)


async def show_pages(pages: ASGIApp, opened: socket.socket, ready: Callable[[], object] = lambda: None) -> None:
    """Answer requests at a socket until this is cancelled."""
    config = uvicorn.Config(
        pages, log_config=None, access_log=False, server_header=False, proxy_headers=False,
        lifespan="off", timeout_graceful_shutdown=5, h11_max_incomplete_event_size=16_384,
    )  # fmt: skip
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[opened]))
    try:
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        ready()
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving

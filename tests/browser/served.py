"""How does a test serve an app? Under the real uvicorn, on a free port of this machine alone."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

LOOPBACK = "127.0.0.1"


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address of an ASGI app, such as `http://127.0.0.1:40123`; it starts up and shuts down with the context."""
    # at most a second is left to requests on their way, such as those of a page that was closed
    config = uvicorn.Config(
        app, http="h11", ws="none", loop="asyncio", log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind((LOOPBACK, 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="serving")
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the app did not start; what it logged says why"
                time.sleep(0.002)
            yield f"http://{LOOPBACK}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()

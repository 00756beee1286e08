"""A connection to the database that breaks when a test says: somewhere in what is sent, or around the commit."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

COMMIT = b"COMMIT\0"


@dataclass
class Cut:
    """Where the next connection breaks: after so many bytes in both directions, before or after the commit is sent."""

    after_bytes: int | None = None
    before_commit: bool = False
    after_commit: bool = False


class Proxy:
    """Listens on loopback and passes everything on to a server's socket, until `cut` says otherwise."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.cut: Cut | None = None
        self.passed = 0
        """bytes in both directions since `cut` was set"""
        self.cuts = 0
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    def set(self, cut: Cut | None) -> None:
        self.cut, self.passed = cut, 0

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0.05)  # what was aborted closes in the next rounds of the loop

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(str(self.socket))
        pipes = [
            asyncio.create_task(self._pass_on(reader, there[1], from_client=True)),
            asyncio.create_task(self._pass_on(there[0], writer, from_client=False)),
        ]
        try:
            await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pipe in pipes:
                pipe.cancel()
            for one in (writer, there[1]):
                one.transport.abort()

    async def _pass_on(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, from_client: bool) -> None:
        """Pass on what comes, until it ends or is cut."""
        with suppress(ConnectionError):
            while data := await source.read(65536):
                cut = self.cut
                room = len(data)
                if cut and cut.after_bytes is not None:
                    room = min(room, cut.after_bytes - self.passed)
                if cut and from_client and COMMIT in data and cut.before_commit:
                    room = data.index(COMMIT)
                if cut and not from_client and cut.after_commit and self._committing:
                    room = 0  # the server has done it, and nobody hears of it
                self._committing = from_client and COMMIT in data
                self.passed += room
                to.write(data[:room])
                await to.drain()
                if room < len(data):
                    self.cut, self.cuts = None, self.cuts + 1
                    return

    _committing = False

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        self._thread.start()
        self._ready.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
            self._loop.close()

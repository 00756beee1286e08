"""A mail server that takes everything at once and keeps nothing but their number, in a process of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection

LOOPBACK = "127.0.0.1"
END = b"\r\n.\r\n"


class _Session(asyncio.Protocol):
    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.waiting = b""
        self.in_letter = False
        transport.write(b"220 sink.example\r\n")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        answers = []
        while True:
            if self.in_letter:
                _, found, rest = self.waiting.partition(END)
                if not found:
                    break
                self.waiting, self.in_letter = rest, False
                _Session.taken += 1
                answers.append(b"250 taken\r\n")
            line, found, rest = self.waiting.partition(b"\r\n")
            if not found:
                break
            self.waiting = rest
            verb = line[:4].upper()
            if verb == b"DATA":
                self.in_letter = True
                answers.append(b"354 go on\r\n")
            elif verb == b"EHLO":
                answers.append(b"250-sink.example\r\n250 PIPELINING\r\n")
            else:
                answers.append(b"221 bye\r\n" if verb == b"QUIT" else b"250 fine\r\n")
        if answers:
            self.transport.write(b"".join(answers))


async def _serve(pipe: Connection) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Session, LOOPBACK, 0)
    pipe.send(server.sockets[0].getsockname()[1])
    asked = asyncio.Event()
    loop.add_reader(pipe.fileno(), asked.set)
    while True:
        await asked.wait()
        asked.clear()
        while pipe.poll():
            if not pipe.recv():
                return
            pipe.send(_Session.taken)


def _run(pipe: Connection) -> None:
    asyncio.run(_serve(pipe))


class Sink:
    """A running sink."""

    def __init__(self, port: int, pipe: Connection) -> None:
        self.port = port
        self._pipe = pipe

    def taken(self) -> int:
        """How many letters it has been given so far."""
        self._pipe.send(True)
        return int(self._pipe.recv())


@contextmanager
def running_sink() -> Iterator[Sink]:
    """A sink, stopped on leaving."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_run, args=(there,), daemon=True)
    process.start()
    there.close()  # only the process has it now: were it to die, `here` would hear
    try:
        yield Sink(here.recv(), here)
        here.send(False)
        process.join(10)
    finally:
        if process.is_alive():
            process.kill()
            process.join()

"""Mail servers on loopback that behave in a given way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP

LOOPBACK = "127.0.0.1"


@dataclass
class Sink:
    """A real SMTP server: `rcpt` and `data` answer in its place when they give something."""

    port: int = 0
    rcpt: Callable[[str], str | None] = lambda _: None
    data: Callable[[bytes], str | None] = lambda _: None
    drop_after_dot: int = 0
    """for how many letters the connection breaks when they have been taken"""
    received: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        answer = self.rcpt(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 fine"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.data(envelope.content)
        if answer is None:
            self.received.append((envelope.mail_from, envelope.rcpt_tos[0], envelope.content))
        if self.drop_after_dot:
            self.drop_after_dot -= 1
            server.transport.abort()
        return answer or "250 kept"


@asynccontextmanager
async def running(sink: Sink) -> AsyncIterator[Sink]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="sink.example", loop=loop), LOOPBACK, 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def scripted(*lines: bytes) -> AsyncIterator[int]:
    """A server that says one line for each that it hears, the first unasked, and then hangs up; gives its port."""
    talking: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talking.add(task)
        try:
            for number, line in enumerate(lines):
                if number:
                    await reader.readline()
                writer.write(line)
            await reader.readline()
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(talk, LOOPBACK, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        server.close()
        await server.wait_closed()


async def closed_port() -> int:
    """A port on which nobody listens."""
    server = await asyncio.start_server(lambda *_: None, LOOPBACK, 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port

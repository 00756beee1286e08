"""A mail server on loopback that goes wrong in one way, at one step, as often as it is told."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = "127.0.0.1"
CERTIFICATE = Path(__file__).with_name("loopback.pem")
"""a key for these tests, which is nobody's"""
ANSWERS = {
    "421 banner": ("banner", b"421 too busy\r\n"), "554 banner": ("banner", b"554 go away\r\n"),
    **{f"{code} {step}": (step, f"{code} not now\r\n".encode())
       for code in (421, 450, 451, 452) for step in ("mail", "rcpt", "data", "dot")},
    "550 one": ("rcpt", b"550 no such user\r\n"),
}  # fmt: skip
"""what is said in place of yes, at which step"""
BREAKS = {
    "refuse": "banner", "slow banner": "banner", "tls failure": "tls", "reset": "rcpt", "drop after data": "data",
    "drop after dot": "kept", "hang after dot": "kept", "1 kB/s": "body",
}  # fmt: skip
DOUBLES = ("drop after dot", "hang after dot")
"""the only faults after which a letter may arrive twice"""


def tls_of_server() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def tls_of_client() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))


@dataclass
class Relay:
    """`goes_wrong` is asked each time the step of the fault is reached, with how often it was before."""

    fault: str = ""
    goes_wrong: Callable[[int], bool] = lambda _: False
    port: int = 0
    received: list[tuple[str, bytes]] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)
    at_rcpt: Callable[[], object] = lambda: None

    def _fails(self, step: str, recipient: str = "") -> bool:
        at = ANSWERS[self.fault][0] if self.fault in ANSWERS else BREAKS.get(self.fault)
        if at != step or (self.fault == "550 one" and not recipient.startswith("amina")):
            return False
        self.reached[step] += 1
        return self.goes_wrong(self.reached[step] - 1)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            await self._talk(reader, writer)
            await writer.drain()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._fails("banner"):
            if self.fault == "slow banner":
                await asyncio.sleep(60)
            writer.write(ANSWERS.get(self.fault, ("", b""))[1])
            return
        writer.write(b"220 relay.example\r\n")
        recipient = ""
        while line := await reader.readline():
            verb = line[:4].upper()
            step = {b"MAIL": "mail", b"RCPT": "rcpt", b"DATA": "data"}.get(verb, "")
            if verb == b"RCPT":
                self.at_rcpt()
                recipient = line.decode().partition("<")[2].partition(">")[0]
            if step and self._fails(step, recipient):
                if self.fault not in ANSWERS:
                    return
                writer.write(ANSWERS[self.fault][1])
                if self.fault.startswith("421"):
                    return
            elif verb == b"STAR":
                writer.write(b"220 go on\r\n")
                if self._fails("tls"):
                    writer.write(b"this is no handshake\r\n")
                    return
                await writer.start_tls(tls_of_server())
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                if not await self._take(recipient, reader, writer):
                    return
            elif verb == b"EHLO":
                writer.write(b"250-relay.example\r\n250 STARTTLS\r\n")
            else:
                writer.write(b"250 fine\r\n")
            await writer.drain()

    async def _take(self, recipient: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """The letter itself; whether the conversation goes on."""
        slow = self._fails("body")
        content = b""
        while not content.endswith(b"\r\n.\r\n"):
            content += await reader.read(1024)
            await asyncio.sleep(SLOW_SECONDS if slow else 0)
        if self._fails("dot"):
            writer.write(ANSWERS[self.fault][1])
            return not self.fault.startswith("421")
        self.received.append((recipient, content[:-3].replace(b"\r\n..", b"\r\n.")))
        if self._fails("kept"):
            if self.fault == "hang after dot":
                await asyncio.sleep(60)
            return False
        for sign in b"250 kept\r\n":
            writer.write(bytes([sign]))
            await asyncio.sleep(SLOW_SECONDS / 10 if slow else 0)
        return True


SLOW_SECONDS = 0.01
"""what the tests take for the second in which 1 kB comes through"""


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[Relay]:
    talking: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talking.add(task)
        try:
            await relay.talk(reader, writer)
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(talk, LOOPBACK, 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        await asyncio.sleep(0)  # what was aborted closes its socket
        await server.wait_closed()

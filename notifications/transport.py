"""How does a letter get to a mail server, and what did the server say?

The only module that speaks SMTP to others. A relay that does not answer pauses the relay; what it says about one
letter is about that letter.
"""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import aiosmtplib

from engine.clock import Clock
from engine.errors import GrantcycleError
from engine.faults import point

Kind = Literal["sent", "retry", "refused", "relay_down", "ambiguous"]
CONNECT_SECONDS = 10
DATA_SECONDS = 600
"""how long a server may take over a letter it has been given (RFC 5321, 4.5.3.2.6)"""
CLOSING, TOO_LARGE = 421, 552


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one try. `ambiguous`: the letter was handed over, and no answer came."""

    kind: Kind
    text: str


class Transport(Protocol):
    """A way for letters to leave."""

    @property
    def name(self) -> str:
        """Which relay this is: what is paused when it does not answer."""
        ...

    async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
        """Hand over one letter. Never raises for what a relay or a network does."""
        ...

    async def close(self) -> None:
        """Hang up, once nothing more is to be sent for now."""
        ...


class SmtpTransport:
    """A real relay. Connections are used again until `close`."""

    def __init__(
        self,
        host: str,
        port: int = 25,
        *,
        starttls: bool = False,
        username: str | None = None,
        password: str | None = None,
        tls: ssl.SSLContext | None = None,
        data_seconds: float = DATA_SECONDS,
    ) -> None:
        if username and not (starttls or port == 465 or host in ("127.0.0.1", "::1", "localhost")):
            raise GrantcycleError(f"the password for {host} would travel unencrypted; set starttls = true")
        self.host, self.port, self.starttls = host, port, starttls
        self._login = (username, password)
        self._tls = tls
        self._data_seconds = data_seconds
        self._idle: list[aiosmtplib.SMTP] = []

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"

    async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
        reply = None
        while self._idle and reply is None:
            reply = await self._over(self._idle.pop(), sender, recipient, raw, used=True)
        if reply is not None:
            return reply
        try:
            client = await self._connected()
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as problem:
            return Reply("relay_down", f"{self.name}: {problem}")
        reply = await self._over(client, sender, recipient, raw, used=False)
        return reply or Reply("relay_down", f"{self.name}: closed as soon as it was opened")

    async def _over(
        self, client: aiosmtplib.SMTP, sender: str, recipient: str, raw: bytes, *, used: bool
    ) -> Reply | None:
        """What the server said; None where it had hung up since the connection was last used, and was told nothing."""
        try:
            reply = await _hand_over(client, sender, recipient, raw, self._data_seconds, used=used)
        except BaseException:
            client.close()
            raise
        if reply and client.is_connected and (reply.kind == "sent" or await _forgotten(client, reply)):
            self._idle.append(client)
        else:
            client.close()
        return reply

    async def _connected(self) -> aiosmtplib.SMTP:
        point("relay connecting")
        username, password = self._login
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.port == 465,
            start_tls=self.starttls if self.port != 465 else None,
            username=username,
            password=password,
            tls_context=self._tls,
            timeout=CONNECT_SECONDS,
        )
        try:
            await client.connect()
            await _greet(client)
            point("relay connected")
        except BaseException:
            client.close()
            raise
        return client

    async def close(self) -> None:
        while self._idle:
            client = self._idle.pop()
            try:
                await client.quit(timeout=CONNECT_SECONDS)
            except (aiosmtplib.SMTPException, OSError):
                client.close()


async def _forgotten(client: aiosmtplib.SMTP, reply: Reply) -> bool:
    """Whether a connection on which a letter was not taken can be used for the next."""
    if reply.kind not in ("retry", "refused"):
        return False
    try:
        await client.rset(timeout=CONNECT_SECONDS)
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True


async def _greet(client: aiosmtplib.SMTP) -> None:
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        await client.helo()


async def _hand_over(
    client: aiosmtplib.SMTP, sender: str, recipient: str, raw: bytes, data_seconds: float, *, used: bool
) -> Reply | None:
    """What the server said to a letter; None where a connection that was used before turns out to be closed."""
    try:
        await client.mail(sender)
    except aiosmtplib.SMTPResponseException as problem:
        if used and problem.code == CLOSING:
            return None
        # what is said about our own address is about us, not about this letter
        return _reply(problem, "refused" if problem.code == TOO_LARGE else "relay_down")
    except (aiosmtplib.SMTPException, OSError) as problem:
        return None if used and not client.is_connected else Reply("retry", str(problem))
    point("relay mail")
    try:
        await client.rcpt(recipient)
    except aiosmtplib.SMTPRecipientRefused as problem:
        return _reply(problem, "refused")
    except (aiosmtplib.SMTPException, OSError) as problem:
        return Reply("retry", str(problem))
    point("relay rcpt")
    try:
        code, text = await client.data(raw, timeout=data_seconds)
    except aiosmtplib.SMTPResponseException as problem:
        return _reply(problem, "refused")
    except (aiosmtplib.SMTPException, OSError) as problem:
        return Reply("ambiguous", f"no answer after the letter was handed over: {problem}")
    point("relay taken")
    return Reply("sent", f"{code} {text}")


def _reply(problem: aiosmtplib.SMTPResponseException, permanent: Kind) -> Reply:
    text = f"{problem.code} {problem.message}"
    if problem.code == CLOSING:
        return Reply("relay_down", text)
    return Reply("retry" if 400 <= problem.code < 500 and permanent == "refused" else permanent, text)


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter in a Mailbox, with the instant at which it came."""

    at: int
    sender: str
    recipient: str
    raw: bytes


class Mailbox:
    """A relay that keeps what it is given, for rehearsals; it does not answer within the `down` spans of instants."""

    name = "mailbox"

    def __init__(self, clock: Clock, down: Sequence[tuple[int, int]] = ()) -> None:
        self.clock = clock
        self.down = tuple(down)
        self.letters: list[Posted] = []

    async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
        now = self.clock.now()
        if any(start <= now < end for start, end in self.down):
            return Reply("relay_down", "mailbox: the relay does not answer")
        self.letters.append(Posted(now, sender, recipient, raw))
        return Reply("sent", "250 kept")

    async def close(self) -> None:
        """There is nothing to hang up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from smtp_sinks import LOOPBACK, Sink, closed_port, running, scripted

from engine.clock import StoppedClock
from engine.errors import GrantcycleError
from notifications.transport import Mailbox, Reply, SmtpTransport, Transport

RAW = b"From: a@funder.example\r\nSubject: x\r\n\r\n.dot\r\n..\r\nbody \xc3\xa9\r\n"


@asynccontextmanager
async def smtp() -> AsyncIterator[tuple[Transport, list[tuple[str, str, bytes]]]]:
    async with running(Sink()) as sink:
        transport = SmtpTransport(LOOPBACK, sink.port)
        yield transport, sink.received
        await transport.close()


@asynccontextmanager
async def mailbox() -> AsyncIterator[tuple[Transport, list[tuple[str, str, bytes]]]]:
    box = Mailbox(StoppedClock(0))
    received: list[tuple[str, str, bytes]] = []
    yield box, received
    received += [(letter.sender, letter.recipient, letter.raw) for letter in box.letters]


@pytest.mark.parametrize("kind", [smtp, mailbox])
async def test_a_transport_hands_over_exactly_the_bytes_it_is_given(kind: object) -> None:
    assert callable(kind)
    async with kind() as (transport, received):
        letters = [("a@funder.example", f"{name}@house.example", RAW) for name in ("x", "y")]
        replies = [await transport.send(*letter) for letter in letters]
        assert [reply.kind for reply in replies] == ["sent", "sent"]
        await transport.close()
        replies.append(await transport.send(*letters[0]))
        assert replies[2].kind == "sent"
    assert received == [*letters, letters[0]]


@pytest.mark.parametrize("silent", ["smtp", "mailbox"])
async def test_a_relay_that_does_not_answer_is_down(silent: str) -> None:
    clock = StoppedClock(5)
    box = Mailbox(clock, down=[(5, 10)])
    transport: Transport = box if silent == "mailbox" else SmtpTransport(LOOPBACK, await closed_port())
    assert (await transport.send("a@funder.example", "x@house.example", RAW)).kind == "relay_down"
    clock.instant = 10
    assert (await box.send("a@funder.example", "x@house.example", RAW)).kind == "sent"


@pytest.mark.parametrize(
    ("sink", "reply"),
    [
        (Sink(rcpt=lambda _: "451 greylisted"), Reply("retry", "451 greylisted")),
        (Sink(rcpt=lambda _: "550 no such user"), Reply("refused", "550 no such user")),
        (Sink(rcpt=lambda _: "421 closing"), Reply("relay_down", "421 closing")),
        (Sink(data=lambda _: "452 full"), Reply("retry", "452 full")),
        (Sink(data=lambda _: "554 spam"), Reply("refused", "554 spam")),
        (Sink(data=lambda _: "421 closing"), Reply("relay_down", "421 closing")),
    ],
)
async def test_what_a_server_answers_is_about_the_letter_unless_it_closes(sink: Sink, reply: Reply) -> None:
    async with running(sink):
        transport = SmtpTransport(LOOPBACK, sink.port)
        assert await transport.send("a@funder.example", "x@house.example", RAW) == reply
        await transport.close()
    assert sink.received == []


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ([b"554 go away\r\n"], "relay_down"),
        ([b"421 too busy\r\n"], "relay_down"),
        ([b"220 hello\r\n", b"502 what\r\n", b"502 what\r\n"], "relay_down"),
        ([b"220 hello\r\n", b"250 fine\r\n", b"550 not from you\r\n"], "relay_down"),
        ([b"220 hello\r\n", b"250 fine\r\n", b"451 later\r\n"], "relay_down"),
        ([b"220 hello\r\n", b"250 fine\r\n", b"552 too large\r\n"], "refused"),
        ([b"220 hello\r\n", b"250 fine\r\n", b"250 fine\r\n"], "retry"),
        ([b"220 hello\r\n", b"250 fine\r\n", b"250 fine\r\n", b"250 fine\r\n", b"354 go\r\n"], "ambiguous"),
        ([b"220 hello\r\n", b"250 fine\r\n", b"250 fine\r\n", b"250 fine\r\n", b"451 later\r\n"], "retry"),
    ],
)
async def test_where_the_connection_breaks_decides_what_is_known(lines: list[bytes], kind: str) -> None:
    async with scripted(*lines) as port:
        transport = SmtpTransport(LOOPBACK, port)
        assert (await transport.send("a@funder.example", "x@house.example", RAW)).kind == kind
        await transport.close()


async def test_a_server_that_hangs_after_the_final_dot_leaves_it_open() -> None:
    lines = [
        b"220 hello\r\n",
        b"250 fine\r\n",
        b"250 fine\r\n",
        b"250 fine\r\n",
        b"354 go\r\n",
        b"",
        b"",
        b"",
        b"",
        b"",
    ]
    async with scripted(*lines) as port:
        transport = SmtpTransport(LOOPBACK, port, data_seconds=0.05)
        assert (await transport.send("a@funder.example", "x@house.example", RAW)).kind == "ambiguous"
        await transport.close()


async def test_a_drop_after_the_final_dot_is_ambiguous_and_the_next_letter_gets_a_new_connection() -> None:
    async with running(Sink(drop_after_dot=1)) as sink:
        transport = SmtpTransport(LOOPBACK, sink.port)
        kinds = [(await transport.send("a@funder.example", "x@house.example", RAW)).kind for _ in range(2)]
        await transport.close()
    assert (kinds, len(sink.received)) == (["ambiguous", "sent"], 2)


async def test_letters_may_be_sent_at_the_same_time() -> None:
    async with running(Sink()) as sink:
        transport = SmtpTransport(LOOPBACK, sink.port)
        sends = [transport.send("a@funder.example", f"{number}@house.example", RAW) for number in range(5)]
        replies = await asyncio.gather(*sends)
        await transport.close()
    assert [reply.kind for reply in replies] == ["sent"] * 5
    assert sorted(recipient for _, recipient, _ in sink.received) == [f"{number}@house.example" for number in range(5)]


async def test_a_relay_without_encryption_gets_nothing_when_encryption_is_asked() -> None:
    async with running(Sink()) as sink:
        transport = SmtpTransport(LOOPBACK, sink.port, starttls=True)
        assert (await transport.send("a@funder.example", "x@house.example", RAW)).kind == "relay_down"
    assert sink.received == []


def test_a_password_never_travels_unencrypted() -> None:
    with pytest.raises(GrantcycleError, match="would travel unencrypted"):
        SmtpTransport("smtp.funder.example", 587, username="x", password="y")

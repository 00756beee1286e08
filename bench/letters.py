"""How many letters leave in a second: ours, the straightforward way, and bytes that were made beforehand?

Each letter has a text, a page and a file of 1 kB of its own, is for somebody else, and goes over eight connections to
the same sink in a process of its own. The straightforward way renders the same letter without frames, makes a fresh
`EmailMessage` of it, and hands it to aiosmtplib. The limit pipelines finished bytes and does nothing else.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import aiosmtplib
from sqlmodel import Session, col, insert, select

from bench.dossiers import OPENS, PROGRAMME, ROUND, SENDER, cycle_on, open_round
from bench.figures import Figures, Line, at_least
from bench.sink import LOOPBACK, Sink, running_sink
from engine.clock import StoppedClock
from engine.cycle import Upload
from engine.database.connection import Database, open_database
from engine.database.migrating import migrate
from engine.database.records import CauseRow, NotificationRow
from notifications.message import EPOCH, Attachment, Envelope, compose
from notifications.postman import Postman
from notifications.rendering import Letter, Renderer
from notifications.transport import SmtpTransport

CONNECTIONS = 8
LANGUAGES = ("nl", "fr", "en")
NAMES = ("Amina Example", "Élise “Lily” Duprés", "Bo Van den Example", "日本 語", "Łukasz Példa")
CONTACT = Address("Els Peeters", "els", "fund.example")


@dataclass(frozen=True)
class Person:
    """Whom a letter is for, and what is in it."""

    address: str
    language: str
    facts: dict[str, Any]
    file: bytes


@dataclass(frozen=True)
class Work:
    """So many letters of one cause."""

    letter: str
    role: str
    shared: dict[str, Any]
    people: Sequence[Person]
    written_at: int


def _handed_in(folder: Path) -> Database:
    """The Cera round in its call, with one dossier that was handed in by acts, on a file."""
    database = open_database(f"sqlite:///{folder / 'letters.db'}")
    migrate(database)
    open_round(database)
    cycle, email = cycle_on(database), "bo@house.example"
    number = cycle.start_dossier(
        ROUND, organisation="House", email=email, name="Bo", language="nl", by=email, now=OPENS
    )  # fmt: skip
    cycle.act(
        ROUND, number, "submit", by=email, now=OPENS, files={"plan": Upload("plan.pdf", b"%PDF-1.7")},
        answers={"title": "A plan", "practice": "Weekly", "partner": "A centre", "amount": 45000},
    )  # fmt: skip
    return database


def _work(folder: Path, letters: int) -> Work:
    database = _handed_in(folder)
    with database.reading() as session:
        row = session.exec(select(NotificationRow).where(col(NotificationRow.letter) == "submission-received")).one()
        cause = session.get_one(CauseRow, row.cause_id)
    database.close()
    people = [Person(f"p{n}@house.example", LANGUAGES[n % 3], _facts(row.facts, n), _file(n)) for n in range(letters)]
    return Work(row.letter, row.role, cause.facts, people, row.leaves_at)


def _facts(facts: dict[str, Any], number: int) -> dict[str, Any]:
    dossier = facts["dossier"] | {"number": f"CI19-{number:04}", "title": f"Théâtre de la nuit n° {number}"}
    return facts | {"person": {"name": NAMES[number % len(NAMES)]}, "dossier": dossier, "receipt": f"{number:064x}"}


def _file(number: int) -> bytes:
    return f"BEGIN:VCALENDAR\r\nUID:{number}@fund.example\r\n".encode().ljust(1000, b"x") + b"\r\nEND:VCALENDAR\r\n"


def _render(renderer: Renderer, work: Work, person: Person) -> Letter:
    return renderer.render(
        PROGRAMME, letter=work.letter, language=person.language, role=work.role, shared=work.shared, facts=person.facts
    )


def ours(renderer: Renderer, work: Work, number: int) -> bytes:
    """A letter as the postman writes it."""
    person = work.people[number]
    envelope = Envelope(
        SENDER, CONTACT, person.facts["person"]["name"], person.address, person.language,
        f"<{number:032x}@fund.example>", work.written_at, "<thread@fund.example>",
    )  # fmt: skip
    file = Attachment("invitation.ics", "text/calendar; charset=utf-8; method=REQUEST", person.file)
    return compose(_render(renderer, work, person), envelope, [file])


def straightforward(renderer: Renderer, work: Work, number: int) -> bytes:
    """The same letter as the standard library's documentation writes one."""
    person = work.people[number]
    letter = _render(renderer, work, person)
    message = EmailMessage(policy=SMTP)
    message["From"], message["Reply-To"] = SENDER, CONTACT
    message["To"] = Address(person.facts["person"]["name"], addr_spec=person.address)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(EPOCH)
    message["Message-ID"] = f"<{number:032x}@fund.example>"
    message["References"] = "<thread@fund.example>"
    message["Auto-Submitted"], message["X-Auto-Response-Suppress"] = "auto-generated", "OOF, AutoReply"
    message["Content-Language"] = person.language
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message.add_attachment(person.file, maintype="text", subtype="calendar", filename="invitation.ics")
    return message.as_bytes()


async def _ours(work: Work, port: int) -> None:
    renderer, transport = Renderer(CONTACT), SmtpTransport(LOOPBACK, port)
    numbers = iter(range(len(work.people)))

    async def one() -> None:
        for number in numbers:
            reply = await transport.send(SENDER.addr_spec, work.people[number].address, ours(renderer, work, number))
            assert reply.kind == "sent", reply

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    await transport.close()


async def _straightforward(work: Work, port: int) -> None:
    renderer = Renderer(CONTACT, frames=False)
    numbers = iter(range(len(work.people)))

    async def one() -> None:
        async with aiosmtplib.SMTP(hostname=LOOPBACK, port=port) as client:
            for number in numbers:
                raw = straightforward(renderer, work, number)
                await client.sendmail(SENDER.addr_spec, [work.people[number].address], raw)

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))


async def _limit(work: Work, port: int) -> None:
    raws = [ours(Renderer(CONTACT), work, 0)] * len(work.people)
    numbers = iter(range(len(raws)))

    async def one() -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        await reader.readline()
        opening = b"MAIL FROM:<a@fund.example>\r\nRCPT TO:<b@house.example>\r\nDATA\r\n"
        writer.write(opening)
        for number in numbers:
            for _ in range(3):
                await reader.readline()
            writer.write(raws[number] + b".\r\n" + opening)
            await reader.readline()
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))


async def _postman(work: Work, database: Database, port: int) -> float:
    """The whole: leases, frozen letters and fates in a database on a file. Gives the longest stall of the loop."""
    postman = Postman(database, SmtpTransport(LOOPBACK, port), Renderer(CONTACT), sender=SENDER)
    stall = 0.0

    async def watch() -> None:
        nonlocal stall
        while True:
            asleep = time.perf_counter()
            await asyncio.sleep(0.001)
            stall = max(stall, time.perf_counter() - asleep - 0.001)

    watching = asyncio.create_task(watch())
    delivered = await postman.deliver(StoppedClock(work.written_at + 1))
    watching.cancel()
    assert delivered.sent >= len(work.people), delivered
    return stall


def _queued(folder: Path, work: Work) -> Database:
    database = _handed_in(folder)
    with database.transaction() as session:
        row = session.exec(select(NotificationRow).where(col(NotificationRow.letter) == work.letter)).one()
        like = row.model_dump(exclude={"id"})
        _queue(session, like, work)
    return database


def _queue(session: Session, like: dict[str, Any], work: Work) -> None:
    rows = [
        like | {"key": f"{n}", "message_id": f"<{n:032x}@fund.example>", "facts": person.facts, "dossier_id": None,
                "address": person.address, "language": person.language}
        for n, person in enumerate(work.people)
    ]  # fmt: skip
    session.connection().execute(insert(NotificationRow), rows)


def _timed(work: Work, sink: Sink, way: Callable[[Work, int], Awaitable[None]]) -> float:
    before, begun = sink.taken(), time.perf_counter()
    asyncio.run(way(work, sink.port))  # type: ignore[arg-type]
    seconds = time.perf_counter() - begun
    assert sink.taken() - before == len(work.people)
    return len(work.people) / seconds


def _rounds(letters: int, rounds: int) -> Iterator[tuple[float, float, float, float, float]]:
    with tempfile.TemporaryDirectory() as folder, running_sink() as sink:
        (Path(folder) / "work").mkdir()
        work = _work(Path(folder) / "work", letters)
        few = Work(work.letter, work.role, work.shared, work.people[: max(1, letters // 4)], work.written_at)
        for number in range(rounds):
            here = Path(folder) / f"{number}"
            here.mkdir()
            database = _queued(here, work)
            begun = time.perf_counter()
            stall = asyncio.run(_postman(work, database, sink.port))
            postman = letters / (time.perf_counter() - begun)
            database.close()
            yield (
                _timed(work, sink, _ours),
                _timed(few, sink, _straightforward),
                _timed(work, sink, _limit),
                postman,
                stall,
            )


def measure(letters: int, runs: int) -> Figures:
    """So many letters in each of so many runs; the straightforward way, being slow, writes a quarter of them."""
    ours, plain, limit, postman, stalls = zip(*_rounds(letters, runs), strict=True)
    lines = (
        Line("ours", "rendered, serialised and sent", ours),
        Line("straightforward", "the same letter, a fresh EmailMessage each, aiosmtplib", plain),
        Line("limit", "finished bytes, pipelined", limit),
        Line("whole", f"ours, the whole postman with its database; longest stall {max(stalls) * 1000:.0f} ms", postman),
    )
    wanted = (at_least(lines, "straightforward", 5, "5 times the straightforward way"),)
    return Figures(f"{letters:,} letters to a fast sink", "letters/s", lines, wanted=wanted)

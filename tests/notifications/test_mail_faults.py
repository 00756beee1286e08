"""Whatever a relay does, no letter is lost, and only the gap after the final dot can double one."""

import asyncio
import time
from collections import Counter
from email import message_from_bytes

import pytest
from faulty_relay import ANSWERS, BREAKS, DOUBLES, LOOPBACK, Relay, running, tls_of_client
from letters_world import MINUTE, World
from sqlalchemy import insert, update
from sqlmodel import col, select

from engine import faults
from engine.database.records import AttemptRow, NotificationRow
from notifications.lease import LEASE
from notifications.postman import IN_DOUBT
from notifications.rendering import Renderer
from notifications.transport import Mailbox, Reply, SmtpTransport

FAULTS = (*ANSWERS, *BREAKS)
FREQUENCIES = ("first", "third", "every")
CELLS = [(fault, frequency) for fault in FAULTS for frequency in FREQUENCIES]
QUICK = [cell for cell in CELLS if cell[1] == "third" or cell[0] in ("550 one", "close after dot")]
"""the cells of every run: each fault now and then, and two of them however often it happens"""


def ids(received: list[tuple[str, bytes]]) -> list[str]:
    return [str(message_from_bytes(content)["Message-ID"]) for _, content in received]


async def until_done(world: World, transport: SmtpTransport, renderer: Renderer) -> None:
    """Deliver at each instant at which something may leave, until nothing does any more."""
    postman = world.postman(transport, renderer, at_once=3)
    for _ in range(2000):
        delivered = await postman.deliver(world.clock)
        if delivered.next_at is None:
            return
        world.clock.instant = max(delivered.next_at, world.clock.now())
    raise AssertionError("the postman never comes to an end")


def test_the_matrix_has_all_its_cells() -> None:
    assert len(CELLS) >= 36


@pytest.mark.parametrize(
    ("fault", "frequency"), [cell if cell in QUICK else pytest.param(*cell, marks=pytest.mark.slow) for cell in CELLS]
)
async def test_a_relay_that_goes_wrong_loses_nothing_and_doubles_nothing_but_after_the_dot(
    filed: World, renderer: Renderer, monkeypatch: pytest.MonkeyPatch, fault: str, frequency: str
) -> None:
    monkeypatch.setattr("notifications.transport.CONNECT_SECONDS", 0.25)
    filed.tell(filed.to_applicant(1), filed.to_applicant(2), filed.to_jury(1, 2))
    filed.tell(filed.to_applicant(1), filed.to_applicant(2), name="transition finish")
    heals = filed.clock.now() + 30 * MINUTE
    goes_wrong = {
        "first": lambda before: before == 0,
        "third": lambda before: before % 3 == 2,
        "every": lambda _: fault == "550 one" or filed.clock.now() < heals,
    }[frequency]
    async with running(Relay(fault, goes_wrong)) as relay:
        tls = {"starttls": True, "tls": tls_of_client()} if fault == "tls failure" else {}
        # only who waits for an answer that never comes is impatient: a busy machine is not a hanging one
        patience = 0.25 if fault == "hang after dot" else 60
        await until_done(filed, SmtpTransport(LOOPBACK, relay.port, data_seconds=patience, **tls), renderer)
    assert relay.reached.total() > 0
    refused = {"first": 1, "third": 0, "every": 2}[frequency] if fault == "550 one" else 0
    assert sorted(filed.statuses()) == ["failed"] * refused + ["sent"] * (6 - refused)
    came = Counter(ids(relay.received))
    assert set(came) == {row.message_id for row in filed.rows() if row.status == "sent"}
    assert (max(came.values()) > 1) == (fault in DOUBLES)
    assert len(set(relay.received)) == 6 - refused
    first = list(dict.fromkeys(ids(relay.received)))
    for person in ("amina@house.example", "bo@house.example"):
        written = [row.message_id for row in filed.rows() if row.address == person and row.status == "sent"]
        assert [letter for letter in first if letter in written] == written


POINTS = {
    "postman leasing", "outbox expired", "postman leased", "letter written", "letter freezing", "postman frozen",
    "relay connecting", "relay connected", "relay mail", "relay rcpt", "relay taken", "fate recording",
    "relay paused", "fate recorded", "postman recorded", "lease returning", "lease returned", "postman returned",
    "lease renewing", "lease renewed",
}  # fmt: skip


class Crash(BaseException):
    """The process dies: nothing catches this."""


async def eventful(world: World, renderer: Renderer, hook: object) -> tuple[Relay, set[str]]:
    """Some letters over a relay that is busy at first and takes half a lease over one, with a hook at each point.

    Gives also the letters that the relay had taken at a crash and whose fate was not written: they are in the gap.
    """
    gap: set[str] = set()
    world.tell(world.to_applicant(1), world.to_applicant(2), world.to_jury(1, 2))

    def dawdle() -> None:
        if relay.received:
            relay.at_rcpt = lambda: None
            world.clock.instant += LEASE // 2

    async with running(Relay("421 banner", lambda before: before == 0, at_rcpt=dawdle)) as relay:
        relay.at_rcpt = dawdle
        faults.arm(hook)  # type: ignore[arg-type]
        for _ in range(20):
            try:
                delivered = await world.postman(
                    SmtpTransport(LOOPBACK, relay.port), renderer, at_once=1
                ).deliver(world.clock)
            except Crash:
                faults.arm(None)
                await asyncio.sleep(0.02)  # what was under way comes to its end
                gap |= set(ids(relay.received)) - {row.message_id for row in world.rows() if row.status == "sent"}
                world.clock.instant += LEASE
                continue
            if delivered.next_at is None:
                break
            world.clock.instant = max(world.clock.now(), delivered.next_at)
        faults.arm(None)
    return relay, gap


async def test_every_step_of_a_letters_life_has_a_point(filed: World, renderer: Renderer) -> None:
    passed: list[str] = []
    await eventful(filed, renderer, passed.append)
    ours = {name.split()[0] for name in POINTS}
    assert {name for name in passed if name.split()[0] in ours} == POINTS


@pytest.mark.parametrize("at", ["first", pytest.param("third", marks=pytest.mark.slow)])
@pytest.mark.parametrize("point", sorted(POINTS))
async def test_a_crash_at_any_point_loses_nothing_and_doubles_nothing_but_in_the_gap(
    filed: World, renderer: Renderer, point: str, at: str
) -> None:
    passed = 0

    def die(name: str) -> None:
        nonlocal passed
        passed += name == point
        if name == point and passed == {"first": 1, "third": 3}[at]:
            raise Crash

    relay, gap = await eventful(filed, renderer, die)
    assert filed.statuses() == ["sent"] * 4
    came = Counter(ids(relay.received))
    assert set(came) == {row.message_id for row in filed.rows()}
    assert len(set(relay.received)) == 4
    assert {letter for letter, copies in came.items() if copies > 1} <= gap
    assert max(came.values()) <= 2


async def test_so_many_letters_at_most_are_in_doubt_at_a_crash(filed: World, renderer: Renderer) -> None:
    many(filed, 400, threads=400)

    def die(name: str) -> None:
        if name == "fate recording" and len(relay.received) > 50:
            time.sleep(0.5)  # the database takes its time, and the relay does not
            raise Crash

    async with running(Relay()) as relay:
        faults.arm(die)
        with pytest.raises(Crash):
            await filed.postman(SmtpTransport(LOOPBACK, relay.port), renderer).deliver(filed.clock)
        faults.arm(None)
        filed.clock.instant += LEASE
        await until_done(filed, SmtpTransport(LOOPBACK, relay.port), renderer)
    assert set(filed.statuses()) == {"sent"}
    assert 0 < len(relay.received) - 400 <= IN_DOUBT + 8
    assert len(set(relay.received)) == 400


def many(world: World, letters: int, threads: int = 40, *, again: bool = False) -> None:
    """Queue so many letters to one person, each of one of so many threads."""
    world.tell(world.to_applicant(1), name="transition finish" if again else "transition submit")
    row = world.rows()[-1]
    like, prefix = row.model_dump(exclude={"id"}), "again " if again else ""
    rows = [
        like | {"key": f"{prefix}{number}", "message_id": f"<{prefix[:1]}{number}@funder.example>", "dossier_id": None,
                "thread": f"uid {number % threads}"}
        for number in range(1, letters)
    ]  # fmt: skip
    with world.database.transaction() as session:
        session.connection().execute(insert(NotificationRow), rows)


async def test_a_later_letter_of_a_thread_never_overtakes_an_earlier_one(world: World, renderer: Renderer) -> None:
    many(world, 30, threads=2)
    tries: list[int] = []
    order: dict[str, int] = {row.message_id: row.id or 0 for row in world.rows()}

    class Moody(Mailbox):
        async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
            number = order[str(message_from_bytes(raw)["Message-ID"])]
            tries.append(number)
            await asyncio.sleep(0.001 * (number % 3))
            return Reply("retry", "451 later") if len(tries) % 4 == 0 else await super().send(sender, recipient, raw)

    box = Moody(world.clock)
    postman = world.postman(box, renderer)
    while (delivered := await postman.deliver(world.clock)).next_at is not None:
        world.clock.instant = delivered.next_at
    sent = [order[str(message_from_bytes(letter.raw)["Message-ID"])] for letter in box.letters]
    assert len(sent) == 30
    for thread in (0, 1):
        assert [number for number in sent if number > 1 and number % 2 == thread] == list(range(2 + thread, 31, 2))


async def test_letters_that_are_poisoned_do_not_delay_the_others(filed: World, renderer: Renderer) -> None:
    async def p99() -> float:
        begun = time.perf_counter()
        arrived: list[float] = []

        class Timed(Mailbox):
            async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
                arrived.append(time.perf_counter() - begun)
                return await super().send(sender, recipient, raw)

        await filed.postman(Timed(filed.clock), renderer).deliver(filed.clock)
        return sorted(arrived)[int(len(arrived) * 0.99)]

    many(filed, 200)
    clean = await p99()
    many(filed, 200, again=True)
    poisons = {
        210: {"address": "amina@house.example, v@evil.example"},
        220: {"letter": "nowhere"},
        230: {"facts": filed.rows()[0].facts | {"reason": "x" * 4_000_000}},
    }
    with filed.database.transaction() as session:
        for number, wrong in poisons.items():
            session.connection().execute(update(NotificationRow).where(col(NotificationRow.id) == number).values(wrong))
    poisoned = await p99()
    failed = {row.id: row.last_reply for row in filed.rows() if row.status != "sent"}
    assert set(failed) == set(poisons)
    assert str(failed[230]).endswith(" signs, and at most 1,000,000 are sent")
    assert poisoned <= 2 * clean + 0.5  # the machine has other things to do as well


async def outage(world: World, renderer: Renderer, letters: int, hours: int) -> None:
    """A relay that is away for hours while letters wait, and then takes ten a second."""
    many(world, letters)
    start = world.clock.now()
    back = start + hours * 60 * MINUTE

    class Slow(Mailbox):
        async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
            world.clock.instant += MINUTE // 600
            return await super().send(sender, recipient, raw)

    box = Slow(world.clock, down=[(0, back)])
    postman = world.postman(box, renderer)
    while (delivered := await postman.deliver(world.clock)).next_at is not None:
        world.clock.instant = max(world.clock.now(), delivered.next_at)
    order = {row.message_id: row.id for row in world.rows()}
    sent = [order[str(message_from_bytes(letter.raw)["Message-ID"])] for letter in box.letters]
    assert sorted(sent) == list(range(1, letters + 1))
    for thread in range(40):
        ours = [number for number in sent if number > 1 and (number - 1) % 40 == thread]
        assert ours == sorted(ours)
    assert {row.attempts for row in world.rows()} == {1}
    assert world.clock.now() - back <= 15 * MINUTE


async def test_after_an_outage_everything_leaves_in_its_order(world: World, renderer: Renderer) -> None:
    await outage(world, renderer, 200, hours=3)


@pytest.mark.slow
async def test_after_an_outage_of_a_day_five_thousand_letters_leave_in_their_order(
    filed: World, renderer: Renderer
) -> None:
    await outage(filed, renderer, 5000, hours=24)


async def test_told_to_stop_the_postman_writes_down_what_it_knows_and_gives_back_the_rest(
    filed: World, renderer: Renderer
) -> None:
    many(filed, 100, threads=100)
    box = Mailbox(filed.clock)

    class Halting(Mailbox):
        async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
            if len(box.letters) == 20:
                delivering.cancel()
                await asyncio.sleep(0.01)
            return await box.send(sender, recipient, raw)

    delivering = asyncio.create_task(filed.postman(Halting(filed.clock), renderer, at_once=2).deliver(filed.clock))
    with pytest.raises(asyncio.CancelledError):
        await delivering
    assert Counter(filed.statuses()) == {"sent": len(box.letters), "waiting": 100 - len(box.letters)}
    assert len(filed.read(select(AttemptRow))) == len(box.letters)

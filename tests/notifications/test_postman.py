import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import default

import pytest
from letters_world import DAY, MINUTE, World
from smtp_sinks import LOOPBACK, Sink, closed_port, running
from sqlmodel import select

import notifications.postman as postman_of
from engine.database.records import AttemptRow, LetterRow, NotificationRow
from notifications.fates import Fate, record
from notifications.lease import LEASE, take
from notifications.postman import Delivered
from notifications.rendering import Renderer
from notifications.transport import Mailbox, Reply, SmtpTransport


@dataclass
class Scripted:
    """A relay that answers as it is told, one reply after the other, and then takes everything."""

    replies: list[Reply] = field(default_factory=list)
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    name: str = "scripted"

    async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
        assert sender == "grants@funder.example"
        reply = self.replies.pop(0) if self.replies else Reply("sent", "250 fine")
        if reply.kind in ("sent", "ambiguous"):
            self.sent.append((recipient, raw))
        return reply

    async def close(self) -> None: ...


RETRY, REFUSED = Reply("retry", "451 later"), Reply("refused", "550 no such user")
DOWN, AMBIGUOUS = Reply("relay_down", "no answer"), Reply("ambiguous", "dropped")


def attempts(world: World) -> list[tuple[int, str]]:
    return [(row.notification_id, row.outcome) for row in world.read(select(AttemptRow))]


async def test_what_waits_is_sent_once_and_written_down(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1), world.to_applicant(2), world.to_jury(1, 2))
    box = Mailbox(world.clock)
    postman = world.postman(box, renderer)
    assert await postman.deliver(world.clock) == Delivered(sent=4, retried=0, failed=0, next_at=None)
    assert await postman.deliver(world.clock) == Delivered(sent=0, retried=0, failed=0, next_at=None)
    assert [letter.recipient for letter in box.letters] == [
        "amina@house.example", "bo@house.example", "jo@jury.example", "kim@jury.example",
    ]  # fmt: skip
    assert [(row.status, row.attempts, row.last_reply) for row in world.rows()] == [("sent", 1, "250 kept")] * 4
    assert attempts(world) == [(1, "sent"), (2, "sent"), (3, "sent"), (4, "sent")]
    assert {row.raw for row in world.read(select(LetterRow))} == {letter.raw for letter in box.letters}


class Late(postman_of.Walk):
    """A round in which nothing is found to lease, and that is known only after what was sent has been written down."""

    async def _fetch(self, free: int) -> bool:
        found = await super()._fetch(free)
        while not found and (self._carriers or self._fates or self._being_recorded):
            await asyncio.sleep(0)
        return found


async def test_what_waits_for_another_letter_leaves_in_the_same_round_whatever_is_known_first(
    world: World, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tell(world.to_applicant(1))
    world.tell(world.to_applicant(1), name="transition finish")
    monkeypatch.setattr(postman_of, "Walk", Late)
    postman = world.postman(Mailbox(world.clock), renderer)
    assert await postman.deliver(world.clock) == Delivered(sent=2, retried=0, failed=0, next_at=None)


async def test_a_letter_leaves_at_its_time_and_not_before(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1))
    world.clock.instant -= MINUTE
    postman = world.postman(Mailbox(world.clock), renderer)
    assert await postman.deliver(world.clock) == Delivered(0, 0, 0, world.clock.now() + MINUTE)
    world.clock.instant += MINUTE
    assert (await postman.deliver(world.clock)).sent == 1


async def test_letters_about_one_dossier_share_a_thread_and_bundles_have_none(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1), world.to_applicant(2), world.to_jury(1))
    world.tell(world.to_applicant(1), name="transition finish")
    box = Mailbox(world.clock)
    await world.postman(box, renderer).deliver(world.clock)
    messages = {row.raw: message_from_bytes(row.raw, policy=default) for row in box.letters}
    threads = [(message["To"].addresses[0].addr_spec, message["References"]) for message in messages.values()]
    ours = sorted({str(thread) for address, thread in threads if address == "amina@house.example"})
    assert len(ours) == 1
    assert sorted(address for address, thread in threads if thread is None) == ["jo@jury.example", "kim@jury.example"]
    assert sorted({str(thread) for _, thread in threads if thread}) != ours


@pytest.mark.parametrize(
    ("reply", "status", "outcome", "copies"),
    [(RETRY, "retry", "retry", 1), (AMBIGUOUS, "retry", "ambiguous", 2), (REFUSED, "failed", "failed", 0)],
)
async def test_what_the_server_said_decides_what_becomes_of_a_letter(
    world: World, renderer: Renderer, reply: Reply, status: str, outcome: str, copies: int
) -> None:
    world.tell(world.to_applicant(1))
    relay = Scripted([reply])
    postman = world.postman(relay, renderer)
    first = await postman.deliver(world.clock)
    assert (world.statuses(), attempts(world)) == ([status], [(1, outcome)])
    assert first.next_at == (None if status == "failed" else world.clock.now() + MINUTE)
    world.clock.instant += MINUTE
    await postman.deliver(world.clock)
    assert (world.statuses(), len(relay.sent)) == (["failed" if status == "failed" else "sent"], copies)
    assert len({raw for _, raw in relay.sent}) <= 1


async def test_a_letter_is_tried_for_five_days_and_then_has_failed(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1))
    start = world.clock.now()
    postman = world.postman(Scripted([RETRY] * 100), renderer)
    waits = []
    while (delivered := await postman.deliver(world.clock)).next_at is not None:
        waits.append((delivered.next_at - world.clock.now()) // MINUTE)
        world.clock.instant = delivered.next_at
    assert waits == [1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440, 1440]
    assert 4 * DAY < world.clock.now() - start < 5 * DAY
    assert (world.statuses(), world.rows()[0].last_reply) == (["failed"], "451 later")


async def test_a_dead_relay_pauses_the_relay_and_costs_no_letter_a_try(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1), world.to_applicant(2), world.to_jury(1, 2))
    start = world.clock.now()
    box = Mailbox(world.clock, down=[(start, start + 60 * MINUTE)])
    postman = world.postman(box, renderer)
    pauses = []
    while (delivered := await postman.deliver(world.clock)).next_at is not None:
        assert (delivered.sent, set(world.statuses())) == (0, {"waiting"})
        assert (await postman.deliver(world.clock)).next_at == delivered.next_at
        pauses.append((delivered.next_at - world.clock.now()) // MINUTE)
        world.clock.instant = delivered.next_at
    assert pauses == [1, 2, 4, *[5] * 11]
    assert [(row.status, row.attempts) for row in world.rows()] == [("sent", 1)] * 4
    # one letter met the silence, and the others did not try; after that one at a time went to see
    assert [outcome for _, outcome in attempts(world)] == ["paused"] * 14 + ["sent"] * 4


async def test_a_letter_that_the_relay_hangs_up_on_lets_the_others_through(world: World, renderer: Renderer) -> None:
    class Disliking(Scripted):
        async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
            return DOWN if recipient.startswith("amina") else await super().send(sender, recipient, raw)

    world.tell(world.to_applicant(1), world.to_applicant(2), world.to_jury(1))
    relay = Disliking()
    postman = world.postman(relay, renderer, at_once=1)
    first = await postman.deliver(world.clock)
    assert (first.sent, first.next_at) == (0, world.clock.now() + MINUTE)
    world.clock.instant += MINUTE
    second = await postman.deliver(world.clock)
    assert (second.sent, second.next_at) == (3, world.clock.now() + MINUTE)
    assert world.statuses() == ["waiting", "sent", "sent", "sent"]


async def test_what_waits_for_a_letter_that_cannot_be_written_leaves_in_the_same_round(
    world: World, renderer: Renderer
) -> None:
    world.tell(world.to_applicant(letter="nowhere"))
    world.tell(world.to_applicant(), name="transition finish")
    delivered = await world.postman(Mailbox(world.clock), renderer).deliver(world.clock)
    assert (delivered.sent, delivered.failed, delivered.next_at) == (1, 1, None)


async def test_a_letter_that_cannot_be_written_fails_and_delays_no_other(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1, letter="nowhere"), world.to_applicant(2), world.to_jury(1))
    box = Mailbox(world.clock)
    assert await world.postman(box, renderer).deliver(world.clock) == Delivered(
        sent=3, retried=0, failed=1, next_at=None
    )
    assert next((row.status, row.last_reply) for row in world.rows()) == (
        "failed", "letters/nl/nowhere.md:1: this letter is not written",
    )  # fmt: skip


async def test_a_transport_that_breaks_over_one_letter_sends_the_others(world: World, renderer: Renderer) -> None:
    class Breaking(Scripted):
        async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
            if recipient == "amina@house.example":
                raise RuntimeError("boom")
            return await super().send(sender, recipient, raw)

    world.tell(world.to_applicant(1), world.to_applicant(2))
    await world.postman(Breaking(), renderer).deliver(world.clock)
    assert [(row.status, row.last_reply) for row in world.rows()] == [
        ("retry", "RuntimeError: boom"), ("sent", "250 fine"),
    ]  # fmt: skip


async def test_a_later_letter_about_a_dossier_waits_for_the_end_of_the_earlier(
    world: World, renderer: Renderer
) -> None:
    world.tell(world.to_applicant(1))
    world.tell(world.to_applicant(1), world.to_applicant(2), name="transition finish")
    relay = Scripted([RETRY])
    postman = world.postman(relay, renderer)
    await postman.deliver(world.clock)
    assert world.statuses() == ["retry", "waiting", "sent"]
    world.clock.instant += MINUTE
    await postman.deliver(world.clock)
    assert world.statuses() == ["sent", "sent", "sent"]
    assert [recipient for recipient, _ in relay.sent] == ["bo@house.example"] + ["amina@house.example"] * 2
    ids = [message_from_bytes(raw)["Message-ID"] for _, raw in relay.sent[1:]]
    assert ids == [row.message_id for row in world.rows()[:2]]


async def test_a_reminder_whose_deadline_passed_while_it_waited_is_never_sent(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1, valid_until=world.clock.now() + 2 * MINUTE), world.to_applicant(2))
    relay = Scripted([RETRY])
    postman = world.postman(relay, renderer)
    await postman.deliver(world.clock)
    world.clock.instant += 2 * MINUTE
    await postman.deliver(world.clock)
    assert [(row.status, row.ended_at) for row in world.rows()] == [
        ("expired", world.clock.now()), ("sent", world.clock.now() - 2 * MINUTE),
    ]  # fmt: skip
    assert [recipient for recipient, _ in relay.sent] == ["bo@house.example"]


async def test_a_letter_is_written_once_and_stays_as_it_was_written(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1))
    relay = Scripted([AMBIGUOUS])
    await world.postman(relay, renderer).deliver(world.clock)
    with world.database.transaction() as session:
        row = session.exec(select(NotificationRow)).one()
        row.facts = {**row.facts, "person": {"name": "Somebody"}}
    world.clock.instant += MINUTE
    another = Renderer(Address("Somebody Else", addr_spec="else@funder.example"))
    await world.postman(relay, another).deliver(world.clock)
    assert (len(relay.sent), len(set(relay.sent))) == (2, 1)


@pytest.mark.parametrize("crash", ["before it was written", "before it was sent", "after it was sent"])
async def test_after_a_crash_the_lease_runs_out_and_the_same_letter_is_sent(
    world: World, renderer: Renderer, crash: str
) -> None:
    class Crash(BaseException):
        """The process dies: nothing catches this."""

    class Dying(Scripted):
        async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
            if crash == "after it was sent":
                await super().send(sender, recipient, raw)
            raise Crash

    class Unwritten(Renderer):
        def render(self, *_: object, **__: object) -> None:  # type: ignore[override]
            raise Crash

    world.tell(world.to_applicant(1))
    relay = Dying()
    dying = Unwritten(renderer.contact) if crash == "before it was written" else renderer
    with pytest.raises(Crash):
        await world.postman(relay, dying).deliver(world.clock)
    assert world.statuses() == ["leased"]
    alive = Scripted(sent=relay.sent)
    assert (await world.postman(alive, renderer).deliver(world.clock)).next_at == world.clock.now() + LEASE
    world.clock.instant += LEASE
    assert (await world.postman(alive, renderer).deliver(world.clock)).sent == 1
    assert (world.statuses(), len(alive.sent)) == (["sent"], 2 if crash == "after it was sent" else 1)
    assert {message_from_bytes(raw)["Message-ID"] for _, raw in alive.sent} == {world.rows()[0].message_id}
    assert len({raw for _, raw in alive.sent}) == 1


async def test_two_postmen_never_send_one_letter_twice(
    world: World, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.postman.LEASED_FOR_EACH", 1)
    world.tell(world.to_applicant(1), world.to_applicant(2), world.to_jury(1, 2))
    other = Scripted()
    counts = []

    class Nested(Scripted):
        async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
            counts.append((await world.postman(other, renderer).deliver(world.clock)).sent)
            return await super().send(sender, recipient, raw)

    relay = Nested()
    delivered = await world.postman(relay, renderer, at_once=1).deliver(world.clock)
    assert delivered.sent + sum(counts) == 4
    assert min(delivered.sent, sum(counts)) > 0
    assert sorted(recipient for recipient, _ in relay.sent + other.sent) == [
        "amina@house.example", "bo@house.example", "jo@jury.example", "kim@jury.example",
    ]  # fmt: skip


async def test_a_database_brought_to_a_staging_machine_writes_to_nobody_outside_the_list(
    world: World, renderer: Renderer
) -> None:
    world.tell(world.to_applicant(1), world.to_jury(1))
    box = Mailbox(world.clock)
    await world.postman(box, renderer, allow=["@jury.example"]).deliver(world.clock)
    assert world.statuses() == ["cancelled", "sent", "sent"]
    assert [letter.recipient for letter in box.letters] == ["jo@jury.example", "kim@jury.example"]


def faults() -> dict[str, Sink]:
    """Each fault as a server that has received nothing yet."""
    return {
        "greylisted once": Sink(rcpt=lambda _, seen=[]: seen.append(1) or ("451 later" if len(seen) == 1 else None)),  # type: ignore[func-returns-value,misc]
        "no such user": Sink(rcpt=lambda recipient: "550 nobody" if recipient.startswith("amina") else None),
        "full once": Sink(data=lambda _, seen=[]: seen.append(1) or ("452 full" if len(seen) == 1 else None)),  # type: ignore[func-returns-value,misc]
        "spam": Sink(data=lambda content: "554 spam" if b"amina" in content else None),
        "closing once": Sink(rcpt=lambda _, seen=[]: seen.append(1) or ("421 closing" if len(seen) == 1 else None)),  # type: ignore[func-returns-value,misc]
        "drops after the dot": Sink(drop_after_dot=1),
    }


@pytest.mark.parametrize("fault", faults())
async def test_over_real_smtp_nothing_is_lost_and_only_the_dot_can_double(
    world: World, renderer: Renderer, fault: str
) -> None:
    world.tell(world.to_applicant(1), world.to_applicant(2), world.to_jury(1, 2))
    async with running(faults()[fault]) as sink:
        postman = world.postman(SmtpTransport(LOOPBACK, sink.port), renderer)
        while (delivered := await postman.deliver(world.clock)).next_at is not None:
            world.clock.instant = delivered.next_at
    failed = {"no such user": 1, "spam": 1}.get(fault, 0)
    assert sorted(world.statuses()) == ["failed"] * failed + ["sent"] * (4 - failed)
    ids = [message_from_bytes(content)["Message-ID"] for _, _, content in sink.received]
    assert len(set(ids)) == 4 - failed
    assert len(ids) == len(set(ids)) + (fault == "drops after the dot")


async def test_letters_wait_for_a_mail_server_that_is_not_there(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1), world.to_jury(1))
    postman = world.postman(SmtpTransport(LOOPBACK, await closed_port()), renderer)
    assert await postman.deliver(world.clock) == Delivered(0, 0, 0, world.clock.now() + MINUTE)
    assert [(row.status, row.attempts) for row in world.rows()] == [("waiting", 0)] * 3


def test_what_comes_late_from_a_lease_that_ran_out_disturbs_nobody_unless_the_letter_was_sent(world: World) -> None:
    world.tell(world.to_applicant(1))
    now = world.clock.now()
    with world.database.transaction() as session:
        [old] = [row.leased_until for row in take(session, "relay", now, free=8, busy=0)]
        [new] = [row.leased_until for row in take(session, "relay", now + LEASE, free=8, busy=0)]
        assert old is not None
        assert record(session, "relay", [Fate(1, old, now, REFUSED)], now + LEASE) == ["leased"]
        assert record(session, "relay", [Fate(1, old, now, Reply("sent", "250 fine"))], now + LEASE) == ["sent"]
        assert new is not None
        assert record(session, "relay", [Fate(1, new, now + LEASE, REFUSED)], now + LEASE) == ["sent"]
    assert attempts(world) == [(1, "failed"), (1, "sent"), (1, "failed")]

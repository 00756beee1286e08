import asyncio

import pytest
from letters_world import World

from notifications.lease import LEASE, renew, take
from notifications.rendering import Renderer
from notifications.transport import Mailbox, Reply


def test_a_letter_that_is_still_on_its_way_keeps_its_lease(world: World) -> None:
    world.tell(world.to_applicant(1))
    now = world.clock.now()
    with world.database.transaction() as session:
        [mine] = take(session, "relay", now, free=8, busy=0)
    with world.database.transaction() as session:
        renew(session, [mine], now + LEASE // 2)
    assert mine.leased_until == now + LEASE // 2 + LEASE
    with world.database.transaction() as session:
        assert take(session, "relay", now + LEASE, free=8, busy=0) == []


def test_a_lease_that_somebody_else_has_taken_over_is_not_renewed(world: World) -> None:
    world.tell(world.to_applicant(1))
    now = world.clock.now()
    with world.database.transaction() as session:
        [mine] = take(session, "relay", now, free=8, busy=0)
    with world.database.transaction() as session:
        [theirs] = take(session, "relay", now + LEASE, free=8, busy=0)
    with world.database.transaction() as session:
        renew(session, [mine], now + LEASE)
    assert (mine.leased_until, theirs.leased_until) == (now + LEASE, now + 2 * LEASE)


def test_a_reminder_whose_process_died_on_the_way_is_not_sent_after_its_deadline(world: World) -> None:
    world.tell(world.to_applicant(1, valid_until=world.clock.now() + LEASE + 1))
    now = world.clock.now()
    with world.database.transaction() as session:
        assert len(take(session, "relay", now, free=8, busy=0)) == 1
    with world.database.transaction() as session:
        assert take(session, "relay", now + LEASE + 1, free=8, busy=0) == []
    [row] = world.rows()
    assert (row.status, row.ended_at, row.leased_until) == ("expired", now + LEASE + 1, None)


def test_a_reminder_that_is_still_on_its_way_at_its_deadline_is_not_given_up(world: World) -> None:
    world.tell(world.to_applicant(1, valid_until=world.clock.now() + 1))
    now = world.clock.now()
    with world.database.transaction() as session:
        take(session, "relay", now, free=8, busy=0)
    with world.database.transaction() as session:
        assert take(session, "relay", now + LEASE - 1, free=8, busy=0) == []
    assert world.statuses() == ["leased"]


async def test_a_postman_says_that_it_is_alive_while_a_slow_server_takes_its_time(
    world: World, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.postman.RENEW_SECONDS", 0.01)
    signs: list[int] = []

    class Slow(Mailbox):
        async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
            while len(signs) < 5:
                await asyncio.sleep(0.01)
            return await super().send(sender, recipient, raw)

    world.tell(world.to_applicant(1))
    postman = world.postman(Slow(world.clock), renderer)
    delivered = await postman.deliver(world.clock, alive=lambda: signs.append(1))
    assert (delivered.sent, len(signs) >= 5) == (1, True)

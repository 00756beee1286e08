"""Whoever waits in front of a screen for a code does not wait for a hundred thousand others."""

import asyncio
import threading
from collections.abc import Mapping

from account_letters import queue, secrets
from letters_world import World

from engine.database.records import NotificationRow
from notifications.doorbell import Doorbell
from notifications.lease import next_due, take
from notifications.rendering import Renderer
from notifications.transport import Mailbox, Reply

WAITING = 5_000
PATIENCE = 30


def bulk(world: World, number: int) -> None:
    """So many letters that wait, each about another dossier as far as the postman is concerned."""
    world.tell(world.to_jury(1))
    row = world.rows()[-1]
    kept = {name: getattr(row, name) for name in NotificationRow.model_fields if name != "id"}
    rows = [{**kept, "key": f"bulk {one}", "message_id": f"<bulk.{one}@funder.example>"} for one in range(number)]
    with world.database.transaction() as session:
        session.connection().execute(NotificationRow.__table__.insert(), rows)  # type: ignore[attr-defined]


def test_an_urgent_letter_is_in_the_next_lease_however_many_wait(world: World) -> None:
    bulk(world, WAITING)
    world.clock.instant += 1
    queue(world)
    now = world.clock.now()
    with world.database.transaction() as session:
        taken = take(session, "relay", now, free=8, busy=0)
    assert [letter.letter for letter in taken] == ["sign-in"] + ["to-read"] * 7


def test_a_second_try_of_an_urgent_letter_is_urgent_as_well(world: World) -> None:
    bulk(world, 20)
    queue(world)
    with world.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE notification SET status = 'retry' WHERE urgent")
    with world.database.transaction() as session:
        assert [one.letter for one in take(session, "relay", world.clock.now(), free=1, busy=0)] == ["sign-in"]
        assert next_due(session, "relay") == world.clock.now()


async def test_in_a_long_round_a_nudge_sends_what_is_urgent_next(filed: World, renderer: Renderer) -> None:
    queue(filed, key="the first of its kind takes longer to put into words")
    await filed.postman(Mailbox(filed.clock), renderer, secrets=secrets).deliver(filed.clock)
    bulk(filed, 400)
    sent: list[str] = []
    written, bell = asyncio.Event(), Doorbell()

    class Nudging(Mailbox):
        async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
            sent.append(recipient)
            if len(sent) == 10:
                await asyncio.to_thread(queue, filed)
                bell.ring()
            if len(sent) >= 10:
                await asyncio.wait_for(written.wait(), PATIENCE)
            return await super().send(sender, recipient, raw)

    def seen(nonce: str) -> Mapping[str, str]:
        written.set()
        return secrets(nonce)

    postman = filed.postman(Nudging(filed.clock), renderer, secrets=seen, at_once=2)
    bell.answer(postman.nudge)
    assert (await postman.deliver(filed.clock)).sent == 403
    # two are on their way when it is written; without the nudge, all that were ready went first
    assert sent.index("new@house.example") in (10, 11)


async def test_the_bell_is_heard_from_any_thread_and_rings_into_the_void_before_and_after() -> None:
    bell, heard = Doorbell(), asyncio.Event()
    bell.ring()
    bell.answer(heard.set)
    thread = threading.Thread(target=bell.ring)
    thread.start()
    await asyncio.wait_for(heard.wait(), 5)
    thread.join()
    elsewhere = Doorbell()

    async def brief() -> None:
        elsewhere.answer(heard.set)

    await asyncio.to_thread(asyncio.run, brief())
    elsewhere.ring()

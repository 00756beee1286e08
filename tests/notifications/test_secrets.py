"""A code and a link stand in the mail that leaves, and nowhere else: not in the database, a log, or a copy."""

import re
import sqlite3
import tempfile
from collections.abc import Mapping
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from account_letters import NONCE, queue, secrets, spoken
from letters_world import MINUTE, SENDER, World
from sqlmodel import SQLModel, select
from test_postman import AMBIGUOUS, RETRY, Scripted

from engine import events
from engine.database.records import AttemptRow, LetterRow
from engine.faults import arm
from notifications.freezing import write
from notifications.lease import LEASE
from notifications.rendering import Renderer
from notifications.secrets import BLANK, blank
from notifications.transport import Reply


class Killed(BaseException):
    """No exception that anything catches: the process is gone."""


def everything(world: World) -> str:
    """All that the database holds, as its dump says it (and on PostgreSQL every value of every table)."""
    database = world.database
    with database.reading() as session:
        if not database.is_shared:
            with tempfile.TemporaryDirectory() as folder:
                copied = Path(folder) / "copy.db"
                raw = session.connection().connection.driver_connection
                assert raw is not None
                raw.execute("COMMIT")
                raw.execute(f"VACUUM INTO '{copied}'")
                raw.execute("BEGIN")
                copy = sqlite3.connect(copied)
                said = "\n".join(copy.iterdump())
                copy.close()
            return said + "".join(
                bytes.fromhex(found).decode("latin-1") for found in re.findall(r"X'([0-9A-Fa-f]+)'", said)
            )
        return "\n".join(
            value.tobytes().decode("latin-1") if isinstance(value, memoryview) else
            value.decode("latin-1") if isinstance(value, bytes) else str(value)
            for table in SQLModel.metadata.sorted_tables
            for row in session.connection().execute(table.select())
            for value in row
        )  # fmt: skip


def found_in(text: str) -> list[str]:
    plain = text.replace("=\r\n", "").replace("=\\r\\n", "")
    return [word for word in spoken() if word in text or word in plain]


async def test_a_dump_of_the_database_cannot_sign_in(world: World, renderer: Renderer) -> None:
    told: list[tuple[str, dict[str, Any]]] = []
    events.watch(lambda event, facts: told.append((event, facts)))
    queue(world)
    relay = Scripted([Reply("retry", "451 later")])
    try:
        for _ in range(2):
            await world.postman(relay, renderer, secrets=secrets).deliver(world.clock)
            world.clock.instant += MINUTE
    finally:
        events.watch()
    [(_, sent)] = relay.sent
    assert len(found_in(sent.decode())) >= 2
    assert world.statuses() == ["sent"]
    assert found_in(everything(world)) == []
    assert NONCE in everything(world)
    assert [facts["outcome"] for _, facts in told] == ["retry", "sent"]
    assert found_in(str(told)) == []
    [kept] = world.read(select(LetterRow))
    assert kept.subject == f"{BLANK} is uw aanmeldcode"
    assert (kept.text.count(BLANK), kept.text.count("https://blanked.invalid/")) == (2, 1)


async def test_the_letter_says_both_secrets_and_the_subject_begins_with_the_code(
    world: World, renderer: Renderer
) -> None:
    queue(world)
    relay = Scripted()
    await world.postman(relay, renderer, secrets=secrets).deliver(world.clock)
    message = message_from_bytes(relay.sent[0][1], policy=default)
    known = secrets(NONCE)
    code = f"{known['code'][:3]} {known['code'][3:]}"
    text = message.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    html = message.get_body(("html",)).get_content()  # type: ignore[attr-defined]
    assert message["Subject"] == f"{code} is uw aanmeldcode"
    assert (text.count(known["link"]), html.count(f'href="{known["link"]}"'), text.count(code)) == (1, 1, 2)
    assert BLANK not in text + html


async def test_a_second_try_is_the_same_bytes(world: World, renderer: Renderer) -> None:
    queue(world)
    relay = Scripted([AMBIGUOUS])
    await world.postman(relay, renderer, secrets=secrets).deliver(world.clock)
    world.clock.instant += 2 * MINUTE
    await world.postman(relay, Renderer(renderer.contact), secrets=secrets).deliver(world.clock)
    assert [address for address, _ in relay.sent] == ["new@house.example"] * 2
    assert len({raw for _, raw in relay.sent}) == 1
    assert world.statuses() == ["sent"]


POINTS = (
    "postman leased", "letter written", "letter freezing", "postman frozen", "secrets filled in", "fate recording",
    "postman recorded",
)  # fmt: skip


async def test_wherever_the_postman_dies_the_same_letter_arrives(world: World, renderer: Renderer) -> None:
    for point in POINTS:
        queue(world, key=point)
        relay = Scripted()

        def hook(name: str, point: str = point) -> None:
            if name == point:
                raise Killed

        arm(hook)
        try:
            with pytest.raises(Killed):
                await world.postman(relay, renderer, secrets=secrets).deliver(world.clock)
        finally:
            arm(None)
        world.clock.instant += LEASE + 1
        await world.postman(relay, renderer, secrets=secrets).deliver(world.clock)
        sent_before = point in ("fate recording",)
        assert (point, len(relay.sent), len({raw for _, raw in relay.sent})) == (point, 1 + sent_before, 1)
    assert world.statuses() == ["sent"] * len(POINTS)
    assert found_in(everything(world)) == []


async def test_a_relay_that_quotes_the_letter_it_refuses_gives_nothing_away(world: World, renderer: Renderer) -> None:
    known = secrets(NONCE)
    code, token = known["code"], known["link"].rpartition("/")[2]
    quoting = Reply("refused", f"554 {code[:3]} {code[3:]} ({code}) and {known['link']} or {token} look like spam")
    queue(world)
    await world.postman(Scripted([quoting]), renderer, secrets=secrets).deliver(world.clock)
    said = f"554 {BLANK} ({BLANK}) and {BLANK} or {BLANK} look like spam"
    assert [(row.status, row.last_reply) for row in world.rows()] == [("failed", said)]
    assert [row.reply for row in world.read(select(AttemptRow))] == [said]


def _unknown(_: str) -> Mapping[str, str]:
    raise RuntimeError("no key")


def _no_code(nonce: str) -> Mapping[str, str]:
    return {"link": secrets(nonce)["link"]}


@pytest.mark.parametrize(
    ("given", "why"),
    [(None, "its secrets are not known to the process that sends letters"), (_unknown, "no key"), (_no_code, "'code'")],
)
async def test_a_letter_whose_secrets_are_not_known_fails_and_delays_no_other(
    world: World, renderer: Renderer, given: Any, why: str
) -> None:
    queue(world)
    world.tell(world.to_applicant(1))
    relay = Scripted([RETRY])
    await world.postman(relay, renderer, secrets=given).deliver(world.clock)
    assert [(row.status, row.last_reply) for row in world.rows()] == [("failed", why), ("retry", "451 later")]
    assert relay.sent == []


def test_whoever_looks_at_a_letter_sees_no_secret(world: World, renderer: Renderer) -> None:
    queue(world)
    with world.database.reading() as session:
        row = world.rows()[0]
        shown = write(session, renderer, world.outbox.shelf, SENDER, row, world.clock.now())
    assert shown.letter.subject == f"{BLANK} is uw aanmeldcode"
    assert found_in(shown.raw.decode() + shown.letter.text + shown.letter.html) == []


def test_a_short_part_of_a_link_is_not_blanked_everywhere() -> None:
    known = {"link": "https://a.example/in?t=ABCDEFGHIJKLMNOP", "code": "123456"}
    assert blank("450 in a queue: ABCDEFGHIJKLMNOP, 123 456", known) == f"450 in a queue: {BLANK}, {BLANK}"

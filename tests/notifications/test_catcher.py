from pathlib import Path

from letters_world import World
from smtp_sinks import LOOPBACK

from notifications.catcher import Catcher, caught
from notifications.rendering import Renderer
from notifications.transport import SmtpTransport


async def test_without_a_mail_server_letters_are_caught_over_real_smtp(
    world: World, renderer: Renderer, tmp_path: Path
) -> None:
    world.tell(world.to_applicant(1), world.to_applicant(2))
    async with Catcher(tmp_path / "mailbox") as catcher:
        postman = world.postman(SmtpTransport(LOOPBACK, catcher.port), renderer, at_once=1)
        assert (await postman.deliver(world.clock)).sent == 2
    assert [(letter.number, letter.sender, letter.recipient) for letter in caught(catcher.folder)] == [
        (1, "grants@funder.example", "amina@house.example"),
        (2, "grants@funder.example", "bo@house.example"),
    ]
    assert [letter.subject for letter in caught(catcher.folder)] == [
        "SG19-001: Songs from the night shift", "SG19-002: Songs from the night shift",
    ]  # fmt: skip


async def test_a_catcher_that_starts_again_keeps_what_it_had(tmp_path: Path) -> None:
    for number in (1, 2):
        async with Catcher(tmp_path) as catcher:
            transport = SmtpTransport(LOOPBACK, catcher.port)
            await transport.send("a@funder.example", f"x{number}@house.example", b"Subject: s\r\n\r\n.dot\r\n")
            await transport.close()
    letters = list(caught(tmp_path))
    assert [(letter.number, letter.recipient) for letter in letters] == [
        (1, "x1@house.example"), (2, "x2@house.example"),
    ]  # fmt: skip
    assert letters[0].message.get_content() == ".dot\r\n"
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["000001.eml", "000002.eml"]

"""Whoever looks into the mailbox sees what was caught, and nothing else on the disk."""

import random
from pathlib import Path

import pytest
from account_letters import queue, secrets
from letters_world import World
from smtp_sinks import LOOPBACK

from engine.errors import Unknown
from notifications.catcher import Catcher
from notifications.mailbox import CaughtFile, CaughtMail
from notifications.message import Attachment, Envelope, Letter, compose
from notifications.rendering import Renderer
from notifications.transport import SmtpTransport

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def keep(folder: Path, number: int, to: str = "bo@house.example", subject: str = "Hallo Zo\u00eb") -> bytes:
    from letters_world import CONTACT, SENDER

    raw = compose(
        Letter(subject, "tekst\n", "<p>page</p>"),
        Envelope(SENDER, CONTACT, "Bo", to, "nl", f"<{number}@x>", 1_551_427_200_000_000),
        [Attachment("pitch.ics", "application/ics", CALENDAR)],
    )
    raw = f"Return-Path: grants@funder.example\r\nDelivered-To: {to}\r\n".encode() + raw
    (folder / f"{number:06}.eml").write_bytes(raw)
    return raw


async def test_what_was_caught_is_listed_and_read(world: World, renderer: Renderer, tmp_path: Path) -> None:
    queue(world)
    async with Catcher(tmp_path / "mailbox") as catcher:
        transport = SmtpTransport(LOOPBACK, catcher.port)
        await world.postman(transport, renderer, secrets=secrets).deliver(world.clock)
    mail = CaughtMail(tmp_path / "mailbox")
    [line] = mail.page().lines
    letter = mail.letter(line.id)
    assert (line.id, line.to, line.date, line.message_id) == (
        "000001", "new@house.example", world.clock.now(), world.rows()[0].message_id,
    )  # fmt: skip
    assert (letter.line, letter.sender) == (line, "Small Grants <grants@funder.example>")
    assert line.subject in letter.text
    assert f"<title>{line.subject}</title>" in letter.html


def test_a_letter_has_its_files_and_a_calendar_its_text(tmp_path: Path) -> None:
    raw = keep(tmp_path, 1)
    mail = CaughtMail(tmp_path)
    letter = mail.letter("000001")
    assert letter.files == (
        CaughtFile("pitch.ics", "application/ics", len(CALENDAR), CALENDAR.decode()),
    )  # fmt: skip
    assert (letter.line.subject, letter.text.strip(), letter.html.strip()) == ("Hallo Zo\u00eb", "tekst", "<p>page</p>")
    assert dict(letter.headers)["Message-ID"] == "<1@x>"
    assert mail.raw("000001") == raw


def test_the_newest_come_first_in_pages_and_a_recipient_is_found(tmp_path: Path) -> None:
    for number in range(1, 8):
        keep(tmp_path, number, "anna@house.example" if number % 3 == 0 else "bo@house.example")
    mail = CaughtMail(tmp_path)
    first, second, beyond = (mail.page(page, size=5) for page in (1, 2, 9))
    assert [[line.id[-1] for line in page.lines] for page in (first, second, beyond)] == [list("76543"), list("21"), []]
    found = mail.page(to=" Anna@ ", size=5)
    assert ([line.id[-1] for line in found.lines], found.total, first.total) == (["6", "3"], 2, 7)


@pytest.mark.parametrize(
    "id",
    ["../000001", "000001.eml", "..", "", "000002", "/etc/passwd", "000001\x00", "%2e%2e", "\uff11" * 6, "secret"],
)  # fmt: skip
def test_only_the_id_of_a_letter_opens_a_file(tmp_path: Path, id: str) -> None:
    folder = tmp_path / "mailbox"
    folder.mkdir()
    keep(folder, 1)
    keep(tmp_path, 1)
    (folder / "secret.eml").write_text("Subject: no\n\n")
    (folder / "000002.eml").symlink_to(tmp_path / "000001.eml")
    mail = CaughtMail(folder)
    for read in (mail.raw, mail.letter):
        with pytest.raises(Unknown):
            read(id)
    assert [line.id for line in mail.page().lines] == ["000001"]


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    page = CaughtMail(tmp_path / "nowhere").page()
    assert (page.lines, page.total) == ((), 0)


def test_a_broken_file_is_listed_and_hides_no_other(tmp_path: Path) -> None:
    whole = keep(tmp_path, 1)
    chance = random.Random(4)
    broken = [
        b"", b"\x00\xff" * 50, whole[:300], b"Subject: =?utf-8?b?//8=?=\nDate: yesterday\n\nx", b"\n" * 9,
        b"Content-Type: text/plain; charset=klingon\n\n\xff", b"Content-Type: multipart/mixed; boundary=\n\n--\n",
        b"To: <<>@,;:\"\nFrom: \"\nDate: 1 Jan 99999 00:00:00 +9999\nContent-Transfer-Encoding: base64\n\n!",
        *(bytes(chance.randrange(256) if chance.random() < 0.03 else sign for sign in whole) for _ in range(60)),
    ]  # fmt: skip
    for number, content in enumerate(broken, start=2):
        (tmp_path / f"{number:06}.eml").write_bytes(content)
    mail = CaughtMail(tmp_path)
    page = mail.page(size=100)
    assert page.total == len(broken) + 1
    for line in page.lines:
        assert mail.letter(line.id).line.id == line.id
    assert page.lines[-1].subject == "Hallo Zo\u00eb"

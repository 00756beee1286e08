"""The mailbox in which mail comes back is read by hand, and by whatever runs, which never stops for it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from installation import Installation

from engine import events
from grantcycle import wiring as wiring_module
from grantcycle.wiring import Wiring

MAIL = b"From: An <an@brug.example>\r\nSubject: Hello\r\nMessage-ID: <a@brug.example>\r\n\r\nHello\r\n"


def maildir(installation: Installation, *mails: bytes) -> None:
    for name in ("new", "cur", "tmp"):
        (installation.folder / "box" / name).mkdir(parents=True)
    for place, raw in enumerate(mails):
        (installation.folder / "box" / "new" / str(place)).write_bytes(raw)
    settings = (installation.folder / "config.toml").read_text()
    installation.write("config.toml", f'{settings}\n[mail]\ninbox = "maildir:box"\n')


def test_what_came_in_is_told_and_read_once(opened: Installation) -> None:
    robot = MAIL.replace(b"Hello", b"Auto").replace(b"\r\n\r\n", b"\r\nAuto-Submitted: auto-replied\r\n\r\n")
    maildir(opened, MAIL, robot)
    assert opened.done("inbox", "--json").json == {
        "outcomes": {"before staff": 1, "ignored": 1}, "again": 0, "failed": 0,
    }  # fmt: skip
    assert opened.done("inbox").out == "Nothing new has come in.\n"
    (opened.folder / "box" / "new" / "2").write_bytes(MAIL.replace(b"Hello", b"Another"))
    (opened.folder / "box" / "new" / "3").write_bytes(MAIL)
    assert opened.done("inbox").out == "before staff: 1 mail; received before: 1 mail.\n"


def test_without_a_mailbox_or_with_a_wrong_one_it_says_so(opened: Installation) -> None:
    answer = opened("inbox")
    assert (answer.code, "no mailbox is configured: set [mail] inbox" in answer.err) == (1, True)
    maildir(opened)
    (opened.folder / "box" / "cur").rmdir()
    answer = opened("inbox")
    assert (answer.code, "there is no maildir" in answer.err) == (1, True)


async def test_a_process_goes_on_reading_whatever_goes_wrong(
    opened: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    maildir(opened, MAIL)
    told: list[tuple[str, object]] = []
    monkeypatch.setattr(wiring_module, "COLLECT_SECONDS", 0.01)
    monkeypatch.chdir(opened.folder)
    wiring = Wiring()
    (opened.folder / "box" / "cur").rename(opened.folder / "box" / "gone")
    events.watch(lambda event, facts: told.append((event, facts.get("outcome"))))
    reading = asyncio.create_task(wiring.collecting())
    try:
        await _until(lambda: ("inbox read", "failed") in told)
        (opened.folder / "box" / "gone").rename(opened.folder / "box" / "cur")
        await _until(lambda: ("mail received", "before staff") in told)
    finally:
        events.watch()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        wiring.close()


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


def test_a_password_stands_in_no_file(opened: Installation) -> None:
    settings = Path(opened.folder / "config.toml").read_text()
    opened.write("config.toml", f'{settings}\n[mail]\ninbox_password = "hush"\n')
    answer = opened("inbox")
    assert (answer.code, "GRANTCYCLE_MAIL__INBOX_PASSWORD" in answer.err, "hush" in answer.err) == (1, True, False)
    opened.write("config.toml", f'{settings}\n[mail]\ninbox = "imaps://els:hush@mail.example/INBOX"\n')
    answer = opened("inbox")
    assert (answer.code, "GRANTCYCLE_MAIL__INBOX_PASSWORD" in answer.err, "hush" in answer.err) == (1, True, False)

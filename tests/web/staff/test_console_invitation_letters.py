"""The letter of an invitation in the console and in the mailbox: what comes into its reader's calendar."""

import asyncio
import html
import re
from datetime import date, time
from pathlib import Path

import pytest
from post_office import OUTBOX, letters, three_again, words_in
from visiting import CONTACT, ROUND, SENDER, STAFF, Site

from engine.cycle.admitting import Asked
from engine.cycle.meetings import Sitting
from notifications.catcher import LOOPBACK, Catcher
from notifications.mailbox import CaughtMail
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import SmtpTransport
from web.calendars.card import card

WHERE = Sitting(date(2019, 5, 9), time(9, 30), time(12), "Brussels", "https://meet.example/room")


@pytest.fixture
def site() -> Site:
    """Somebody on staff is asked to the pitch; it is moved, and called off."""
    site = three_again()
    meeting = site.cycle.plan_meeting(ROUND, "pitch", WHERE, by=STAFF, now=site.now)
    site.cycle.invite(ROUND, meeting, [Asked(STAFF, "staff")], by=STAFF, now=site.now)
    site.cycle.move_meeting(
        ROUND, meeting, Sitting(date(2019, 5, 9), place="Ghent"), reason="A strike.", by=STAFF, now=site.now + 1
    )
    site.cycle.cancel_meeting(ROUND, meeting, reason="A flood.", by=STAFF, now=site.now + 2)
    site.clock.instant += 3
    return site


PITCH = "Pitch voor de selectiecommissie (Cera Impulsprogramma 2019-2022)"
SAID = {
    "invitation": ["an invitation", PITCH, "Thursday 9 May 2019, 09:30 (Brussels), until 12:00", "Brussels"],
    "invitation-changed": ["a change", PITCH, "Thursday 9 May 2019", "Ghent"],
    "invitation-cancelled": ["a cancellation", PITCH, "Thursday 9 May 2019", "Ghent"],
}  # fmt: skip


def told(values: list[str]) -> str:
    return " ".join(
        f"{label} {value}" for label, value in zip(("In the calendar", "What", "When", "Where"), values, strict=True)
    )


@pytest.mark.parametrize("letter", SAID)
def test_the_letter_shows_what_comes_into_the_calendar(site: Site, letter: str) -> None:
    [row] = letters(site, letter)
    words = words_in(site.visit(STAFF).get(f"{OUTBOX}/{row.id}"))
    assert told(SAID[letter]) in words


def test_the_files_of_the_letter_are_the_entry_twice(site: Site) -> None:
    [row] = letters(site, "invitation")
    page = site.visit(STAFF).get(f"{OUTBOX}/{row.id}?view=files").text
    assert page.count("METHOD:REQUEST") == 2
    assert "invite.ics" in page


def test_the_outbox_says_which_meeting_it_is_about(site: Site) -> None:
    assert "Meeting: Pitch to the selection committee" in words_in(site.visit(STAFF).get(OUTBOX))


def test_a_caught_invitation_shows_the_same(site: Site, tmp_path: Path) -> None:
    async def deliver() -> None:
        async with Catcher(tmp_path) as catcher:
            relay = SmtpTransport(LOOPBACK, catcher.port)
            postman = Postman(site.database, relay, Renderer(CONTACT), sender=SENDER)
            for _ in range(3):  # what waits for another of its thread may leave the next time round
                await postman.deliver(site.clock)

    asyncio.run(deliver())
    caught = CaughtMail(tmp_path)
    look = Site(site.database, site.now, mailbox=caught)
    visit = look.visit(STAFF)
    pages = [visit.get(f"/mailbox/{line.id}").text for line in caught.page(to=STAFF).lines]
    found = [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split()) for page in pages]
    assert [[letter for letter, said in SAID.items() if told(said) in words] for words in found] == [
        ["invitation-cancelled"], ["invitation-changed"], ["invitation"],
    ]  # fmt: skip


STRANGE = [
    "", "BEGIN:VCALENDAR", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "x" * 200_000,
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:never\r\nSEQUENCE:zero\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=../../etc/passwd:20270101T100000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
]  # fmt: skip


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_what_is_no_entry_is_not_told(text: str) -> None:
    class Strange:
        name, content_type, size = "x.ics", "text/calendar", len(text)

    Strange.text = text
    assert card(None, [Strange]) == []  # type: ignore[arg-type, list-item]

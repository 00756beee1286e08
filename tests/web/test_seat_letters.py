"""What do people read about their seat, in each language, and does their calendar follow?"""

import asyncio
import email
import email.policy
from collections.abc import Iterator
from datetime import date, time
from email.message import EmailMessage

import pytest
from seated import seated_site
from sqlmodel import col, select
from visiting import CONTACT, ROUND, SENDER, STAFF, Site, at

from engine.cycle.meetings import Sitting
from engine.database.records import NotificationRow, PersonRow, SeatRow
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import Mailbox

PAGES = "https://impuls.example"
SESSION = f"{PAGES}/call/{ROUND}/meetings/1"


@pytest.fixture
def site() -> Iterator[Site]:
    site = seated_site()
    yield site
    site.database.close()


class Post:
    """A relay that keeps every letter."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.box = Mailbox(site.clock)
        renderer = Renderer(CONTACT, site=PAGES)
        self.postman = Postman(site.database, self.box, renderer, sender=SENDER, shelf=site.shelf)

    def letters(self, who: str) -> list[tuple[str, str, str]]:
        """(subject, text, method of the calendar entry) of what has come to somebody since the last look."""
        asyncio.run(self.postman.deliver(self.site.clock))
        found = [one.raw for one in self.box.letters if one.recipient == f"{who}@public.example"]
        self.box.letters = [one for one in self.box.letters if one.recipient != f"{who}@public.example"]
        return [_read(raw) for raw in found]


def _read(raw: bytes) -> tuple[str, str, str]:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    text = next(part.get_content() for part in message.walk() if part.get_content_type() == "text/plain")
    entry = next((part for part in message.walk() if part.get_content_type() == "text/calendar"), None)
    return str(message["subject"]), " ".join(text.split()), str(entry.get_param("method")) if entry else ""


def act(site: Site, who: str, language: str = "en") -> None:
    site.clock.instant += 1_000_000
    site.cycle.sign_up(ROUND, 1, email=f"{who}@public.example", name=who.title(), language=language, now=site.now)


def give_back(site: Site, who: str) -> None:
    site.clock.instant += 1_000_000
    with site.database.reading() as session:
        seat = session.exec(
            select(SeatRow.id).join(PersonRow, col(PersonRow.id) == col(SeatRow.person_id))
            .where(col(PersonRow.email) == f"{who}@public.example", col(SeatRow.ended_at).is_(None))
        ).one()  # fmt: skip
    site.cycle.give_back(ROUND, seat or 0, by=f"{who}@public.example", now=site.now)


def test_the_whole_life_of_a_seat_reads_well_and_the_calendar_follows(site: Site) -> None:
    post = Post(site)
    for who in ("ann", "bob", "cas", "dee"):
        act(site, who)
    ((subject, text, method),) = post.letters("ann")
    assert (subject, method) == ("You have a seat: Information session, Thu 24 January", "REQUEST")
    assert "Thank you for signing up." in text
    assert SESSION in text
    assert "because you signed up for a meeting" in text
    ((subject, text, method),) = post.letters("dee")
    assert (subject, method) == ("Waiting list, place 2: Information session", "")
    assert "we offer you a seat by mail, and keep it for you for some days" in text
    post.letters("cas")
    give_back(site, "ann")
    ((subject, _, method),) = post.letters("ann")
    assert (subject, method) == ("Given back: Information session, Thu 24 January", "CANCEL")
    ((subject, text, method),) = post.letters("cas")
    assert (subject, method) == ("A seat for you, answer by Fri 18 January: Information session", "")
    assert "Answer by: Friday 18 January 2019" in text
    assert SESSION in text
    site.clock.instant = at("2019-01-19 00:01")
    site.cycle.advance(site.now)
    ((subject, text, _),) = post.letters("cas")
    assert subject == "The seat went to the next: Information session"
    assert "heard nothing by Friday 18 January 2019" in text
    assert post.letters("dee")[0][0].startswith("A seat for you, answer by Tue 22 January")


@pytest.mark.parametrize(
    ("language", "begins"),
    [
        ("nl", ["U hebt een plaats: Infosessie", "Wachtlijst, plaats 1", "Een plaats voor u, antwoord tot vr 18",
                "Verplaatst: Infosessie", "Gaat niet door: Infosessie"]),
        ("fr", ["Vous avez une place : Séance", "Liste d’attente, place 1",
                "Une place pour vous, réponse jusqu’au ven. 18 janvier", "Déplacé : Séance", "N’a pas lieu : Séance"]),
    ],
)  # fmt: skip
def test_every_letter_comes_in_the_readers_language_and_none_fails(
    site: Site, language: str, begins: list[str]
) -> None:
    post = Post(site)
    for who in ("ann", "bob", "cas"):
        act(site, who, language)
    give_back(site, "bob")
    sooner = Sitting(date(2019, 1, 23), time(10), time(13), "Gent")
    site.cycle.move_meeting(ROUND, 1, sooner, reason="storm", by=STAFF, now=site.now)
    site.cycle.cancel_meeting(ROUND, 1, reason="fire", by=STAFF, now=site.now)
    heard = [subject for who in ("ann", "cas") for subject, _, _ in post.letters(who)]
    for begin in begins:
        assert any(subject.startswith(begin) for subject in heard), (begin, heard)
    with site.database.reading() as session:
        failed = session.exec(select(NotificationRow.letter).where(col(NotificationRow.status) != "sent")).all()
    assert list(failed) == []

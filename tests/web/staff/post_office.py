"""What lies in the outbox in the tests of its pages?"""

import asyncio
import html
import re
from functools import cache
from typing import Any

from databases import fresh
from sqlmodel import col, select
from visiting import CONTACT, SENDER, Site, at, put_round

from engine.database.connection import Database
from engine.database.records import NotificationRow
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import Mailbox, Reply

HERE = "/staff/cera-impuls/2019"
OUTBOX = f"{HERE}/outbox"
RECEIVED = f"{OUTBOX}/cause?cause=transition+submit&of=submission-received"
READING = at("2019-03-09 10:00")


class Relay(Mailbox):
    """A mail server that does not know some people; `answers` says what it says of whom."""

    def __init__(self, site: Site, answers: dict[str, str] | None = None) -> None:
        super().__init__(site.clock)
        self.answers = answers or {}

    async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
        if said := self.answers.get(recipient):
            return Reply("refused", said)
        return await super().send(sender, recipient, raw)


def three(database: Database) -> Site:
    """Three dossiers, handed in; their letters wait."""
    put_round(database)
    site = Site(database)
    for place in range(1, 4):
        site.handed_in(f"an{place}@brug.example", f"De Brug {place}")
    return site


@cache
def _three() -> Any:
    return three(fresh()).database.writer.raw_connection().driver_connection


def three_again() -> Site:
    """The same, copied: to hand dossiers in takes its time."""
    database = fresh()
    connection = database.writer.raw_connection()
    _three().backup(connection.driver_connection)
    connection.close()
    return Site(database)


def post(site: Site, relay: Mailbox | None = None) -> Mailbox:
    """All that may leave now leaves."""
    box = relay or Relay(site)
    asyncio.run(Postman(site.database, box, Renderer(CONTACT), sender=SENDER).deliver(site.clock))
    return box


def letters(site: Site, name: str = "submission-received") -> list[NotificationRow]:
    with site.database.reading() as session:
        found = session.exec(
            select(NotificationRow).where(col(NotificationRow.letter) == name).order_by(col(NotificationRow.id))
        ).all()  # fmt: skip
        session.expunge_all()
        return list(found)


def status_of(site: Site, name: str = "submission-received") -> list[str]:
    return [row.status for row in letters(site, name)]


def words_in(answer: Any) -> str:
    """What a page says in its main part, without its tags."""
    main = answer.text[answer.text.find('class="console-main"') :].partition("</main>")[0]
    return html.unescape(" ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", main, flags=re.DOTALL).split()))


def hidden(answer: Any, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found is not None, name
    return html.unescape(found[1])


def cause_form(answer: Any, do: str, **more: str) -> dict[str, str]:
    """The form of a page of one cause with which all its letters are held, let go, skipped or retried."""
    fields = dict(re.findall(r'type="hidden" name="((?:in_\w+|newest))" value="([^"]*)"', answer.text))
    return {name: html.unescape(value) for name, value in fields.items()} | {"do": do, **more}

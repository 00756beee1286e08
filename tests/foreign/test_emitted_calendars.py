"""Is everything that leaves the installation for somebody's calendar, by mail or as a feed, what the database says?"""

import asyncio
from datetime import datetime
from email import message_from_bytes
from functools import cache

import pytest
from databases import fresh
from foreign_reading import Reading
from programs import NAMES, read_by_all
from sqlmodel import col, select
from visiting import CONTACT, ROUND, SENDER, STAFF, Site, put_round

from engine.cycle.admitting import Asked
from engine.database.records import InvitationRow, MeetingRow
from engine.database.store import find_round, the_id
from engine.rules.moments import to_instant
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import Mailbox

ZONE, HOUR = "Europe/Brussels", 3_600_000_000
HOURS = ("2027-01-15 14:00", "2027-07-15 14:00", "2027-03-28 03:30", "2027-10-31 03:30", "2027-10-31 02:30",
         "2039-01-15 14:00", "2039-07-15 14:00", "2041-03-31 03:30")  # fmt: skip
"""in winter, in summer, on both days on which the clocks change, in the hour that comes twice, and after 2038"""


@cache
def emitted() -> tuple[list[InvitationRow], list[str], dict[str, list[Reading]]]:
    """What somebody is asked to, what left because of it (mails, then their feed), and what is read of that."""
    database = fresh()
    put_round(database)
    site = Site(database)
    with database.transaction() as session:
        round_id = the_id(find_round(session, ROUND))
        for position, local in enumerate(HOURS, start=11):
            here = datetime.fromisoformat(local)
            at = to_instant(here.date(), here.time(), ZONE)
            session.add(
                MeetingRow(
                    round_id=round_id, name="pitch", position=position, day=here.date().isoformat(),
                    start=here.time().isoformat(), zone=ZONE, tzdata="2026", starts_at=at, ends_at=at + HOUR,
                    place="Leuven", planned_at=site.now, changed_at=site.now,
                )
            )  # fmt: skip
    with database.reading() as session:
        meetings = session.exec(select(MeetingRow.id).where(col(MeetingRow.position) > 10)).all()
    for meeting in meetings:
        site.cycle.invite(ROUND, meeting or 0, [Asked(STAFF, "staff")], by=STAFF, now=site.now)
    mailbox = Mailbox(site.clock)
    asyncio.run(Postman(database, mailbox, Renderer(CONTACT), sender=SENDER).deliver(site.clock))
    parts = [part for one in mailbox.letters for part in message_from_bytes(one.raw).walk()]
    texts = [
        part.get_payload(decode=True).decode() for part in parts if part.get_content_type() == "text/calendar"
    ]  # fmt: skip
    visit = site.visit(STAFF)
    assert visit.post("/feed", {}, on="/feed").status_code == 303
    page = visit.get("/feed").text
    texts.append(site.visit().get(page[page.index('href="/feed/') + 6 :].partition('"')[0]).text)
    with database.reading() as session:
        rows = list(session.exec(select(InvitationRow).order_by(col(InvitationRow.id))).all())
        session.expunge_all()
    return rows, texts, read_by_all(texts)


@pytest.mark.parametrize("program", NAMES)
def test_each_invitation_and_the_feed_are_read_as_what_the_database_says(program: str) -> None:
    rows, texts, readings = emitted()
    assert (len(rows), len(texts)) == (len(HOURS), len(HOURS) + 1)
    *mails, feed = readings[program]
    told = {row.uid: (row.starts_at, row.ends_at) for row in rows}
    seconds = {uid: tuple(at // 1_000_000 for at in hours if at) for uid, hours in told.items()}
    assert {event.uid: (event.start, event.end) for mail in mails for event in mail.events} == seconds
    assert {event.uid: (event.start, event.end) for event in feed.events if event.uid in told} == seconds
    assert [mail.error for mail in readings[program]] == [None] * len(texts)


def test_libical_accepts_each_of_them() -> None:
    _, _, readings = emitted()
    assert [one.accepted for one in readings["libical"]] == [True] * (len(HOURS) + 1)
    assert {one.method for one in readings["libical"]} == {"REQUEST", "PUBLISH"}

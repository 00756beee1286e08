"""The whole life of an invitation over real mail: Postfix and Dovecot from Debian, where they are installed."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from letters_world import CONTACT, KEY, MINUTE, SENDER, World
from mail_house import PASSWORD, MailHouse, what_is_missing
from mail_shape import complaints, entry_of
from sqlmodel import col, select
from tools import without

from engine.cycle import Cycle
from engine.cycle.admitting import Asked
from engine.cycle.meetings import Sitting
from engine.database.records import InvitationRow, LetterRow, NotificationRow, ReceivedRow
from notifications.accounts import AccountLetters
from notifications.incoming.boxes import ImapAddress
from notifications.incoming.collecting import Collected, Collector
from notifications.incoming.imap import ImapBox
from notifications.rendering import Renderer
from notifications.transport import SmtpTransport

BOX, OFFICER = SENDER.addr_spec, CONTACT.addr_spec
JO, KIM, AMINA, GONE = "jo@jury.example", "kim@jury.example", "amina@house.example", "gone@jury.example"
SITTING = Sitting(date(2019, 2, 7), time(9, 30), time(10), "Gent")


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailHouse]:
    if missing := what_is_missing():
        without(f"needs a mail server of its own: {missing}")
    folder = tmp_path_factory.mktemp("house")
    for one in (folder, *folder.parents[:3]):  # whoever the servers run as comes through
        if one != Path("/tmp"):
            one.chmod(0o755)
    with MailHouse(folder, [BOX, OFFICER, JO, KIM, AMINA]).open() as opened:
        yield opened


class Life:
    """A round whose letters leave over that server, and whose mailbox is read there."""

    def __init__(self, world: World, house: MailHouse) -> None:
        self.world, self.house = world, house
        self.cycle = Cycle(world.database, world.outbox.queue)
        where = ImapAddress("127.0.0.1", house.imap, BOX, "INBOX", is_tls=False)
        self.collector = Collector(
            ImapBox(where, PASSWORD), self.cycle, AccountLetters(SENDER), officer=CONTACT,
            base_url=lambda: "https://grants.example",
        )  # fmt: skip

    def post(self) -> None:
        """All that may leave leaves, and arrives or comes back."""
        self.world.clock.instant += MINUTE
        postman = self.world.postman(SmtpTransport("127.0.0.1", self.house.smtp), Renderer(CONTACT))
        asyncio.run(postman.deliver(self.world.clock))
        self.house.wait_until_idle()

    def collect(self) -> Collected:
        self.world.clock.instant += MINUTE
        return self.collector.collect(self.world.clock.now)

    def invitation(self, address: str) -> InvitationRow:
        person = self.world.person(address).id
        row = self.world.read(select(InvitationRow).where(col(InvitationRow.person_id) == person))[0]
        assert isinstance(row, InvitationRow)
        return row

    def sent(self, address: str) -> list[bytes]:
        """The invitations that were frozen for somebody."""
        rows = self.world.read(
            select(LetterRow.raw)
            .join(NotificationRow, col(NotificationRow.id) == col(LetterRow.notification_id))
            .where(col(NotificationRow.address) == address, col(NotificationRow.thread).is_not(None))
            .order_by(col(NotificationRow.id))
        )
        return [bytes(row) for row in rows]

    def bounced(self) -> list[tuple[str, str]]:
        rows = self.world.read(select(NotificationRow).where(col(NotificationRow.bounced_at).is_not(None)))
        return [(row.address, row.status) for row in rows]


def reply_to(invitation: bytes, answer: str) -> bytes:
    """What a calendar answers to an invitation that it got."""
    event = entry_of(invitation).walk("VEVENT")[0]
    ics = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//A calendar//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"UID:{event['UID']}\r\nSEQUENCE:{event['SEQUENCE']}\r\nDTSTAMP:20190204T080000Z\r\n"
        f"DTSTART;TZID=Romance Standard Time:20190207T093000\r\nORGANIZER:mailto:{BOX}\r\n"
        f"ATTENDEE;CN=Jo;PARTSTAT={answer}:mailto:{JO}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return (
        f"From: Jo <{JO}>\r\nTo: {BOX}\r\nSubject: Re: invitation\r\nMessage-ID: <{answer.lower()}@jury.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n" + ics
    ).encode()


def as_delivered(raw: bytes) -> bytes:
    """A mail without what servers write on it on its way, with the line ends that maildirs have."""
    return re.sub(rb"\A(?:(?:Return-Path|Delivered-To|Received):.*\n(?:[ \t].*\n)*)+", b"", raw.replace(b"\r\n", b"\n"))


def test_an_invitation_lives_over_real_mail(filed: World, house: MailHouse) -> None:
    world = filed
    life, now, by = Life(world, house), world.clock.now(), OFFICER
    cycle, key = life.cycle, KEY
    house.robot(AMINA, "I am away until March")
    cycle.answer(key, "SG19-001", {"amount": 100}, by=AMINA, now=now)
    cycle.act(key, "SG19-001", "submit", by=AMINA, now=now)
    cycle.add_person(key, email=GONE, name="Gone", language="nl", role="jury", by=by, now=now)
    meeting = cycle.plan_meeting(key, "visit", SITTING, by=by, now=now)
    asked = [Asked(AMINA, "applicant", "SG19-001"), Asked(JO, "jury"), Asked(GONE, "jury")]
    assert cycle.invite(key, meeting, asked, by=by, now=now) == 3
    life.post()

    # the invitation comes back from where nobody is called so, and marks its letter
    assert life.collect().outcomes == {"letter marked": 1}
    assert life.bounced() == [(GONE, "sent")]
    (kept,) = world.read(select(ReceivedRow))
    assert (kept.kind, kept.person_id, "550" in str(world.read(select(NotificationRow.bounce).where(
        col(NotificationRow.bounced_at).is_not(None)))[0])) == ("failure", world.person(GONE).id, True)  # fmt: skip

    # a calendar's answer flips the answer, once
    house.send(JO, BOX, reply_to(life.sent(JO)[0], "ACCEPTED"))
    house.wait_until_idle()
    assert life.collect() == Collected({"answer counted": 1})
    assert (life.invitation(JO).answer, life.invitation(JO).answered_via) == ("accepted", "mail")

    # it is moved, and cancelled: each arrives as it was written, after the other
    moved = replace(SITTING, day=date(2019, 2, 8))
    cycle.move_meeting(key, meeting, moved, reason="a strike", by=by, now=world.clock.now())
    life.post()
    house.send(JO, BOX, reply_to(life.sent(JO)[0], "DECLINED"))  # to the first day: too late
    cycle.cancel_meeting(key, meeting, reason="a flood", by=by, now=world.clock.now())
    life.post()
    for who in (JO, AMINA):
        got = [as_delivered(raw) for raw in house.raw(who) if b"text/calendar" in raw]
        assert got == [as_delivered(raw) for raw in life.sent(who)]
        assert [complaints(raw) for raw in got] == [[]] * 3
        said = [(str(entry_of(raw)["METHOD"]), entry_of(raw).walk("VEVENT")[0]["SEQUENCE"]) for raw in got]
        assert said == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    assert life.collect() == Collected({"letter marked": 2, "ignored": 1})
    assert life.invitation(JO).answer is None

    # the robot of somebody who is away has kept silent all the time, and would have spoken to a person
    assert [mail["From"] for mail in house.arrived(BOX) if AMINA in str(mail["From"])] == []
    house.send(OFFICER, AMINA, f"From: {OFFICER}\r\nTo: {AMINA}\r\nSubject: Are you there?\r\n\r\nEls\r\n".encode())
    assert "I am away until March" in house.wait_for(OFFICER, 1)[0].get_content()

    # a person answers, and the officer hears of it
    house.send(AMINA, BOX, f"From: {AMINA}\r\nTo: {BOX}\r\nSubject: Re: it\r\n"
               f"In-Reply-To: {_message_id(life.sent(AMINA)[0])}\r\n\r\nThank you.\r\n".encode())  # fmt: skip
    house.wait_until_idle()
    assert life.collect() == Collected({"before staff": 1})
    life.post()
    assert "https://grants.example/staff/small/2019/received" in _text(house.wait_for(OFFICER, 2)[1])
    reply = world.read(select(ReceivedRow).where(col(ReceivedRow.kind) == "reply"))[0]
    assert (reply.outcome, reply.person_id, reply.dossier_id) == ("before staff", world.person(AMINA).id, 1)

    # whatever was read is read once, and is still there
    assert life.collect() == Collected()
    assert len(house.arrived(BOX)) == 6


def _message_id(raw: bytes) -> str:
    found = re.search(rb"^Message-ID: (<[^>]+>)", raw, re.MULTILINE)
    assert found is not None
    return found[1].decode()


def _text(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())

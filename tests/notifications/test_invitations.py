"""Does an invitation arrive as one that every mail program can answer, in order, and say what it says in its letter?"""

import asyncio
import random
import re
from dataclasses import replace
from datetime import date, time
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hostile import HEADERS
from invited import LETTERS, MOVED, SITE, invitation_facts, invite
from letters_world import CONTACT, KEY, MINUTE, SENDER, World, shared_facts
from mail_shape import complaints, entry_of
from sqlmodel import select

from engine.cycle import Cycle
from engine.cycle.admitting import Asked
from engine.cycle.meetings import Sitting
from engine.database.records import InvitationRow, NotificationRow
from engine.errors import Refused
from engine.files.reading import Programme
from notifications.catcher import LOOPBACK, Catcher, caught
from notifications.escaping import BREAK
from notifications.mailbox import read_letter
from notifications.previewing import Previews
from notifications.rendering import Renderer
from notifications.staff_desk import StaffDesk
from notifications.transport import Mailbox, Reply, SmtpTransport

RENDERER = Renderer(CONTACT, site=SITE)
KEPT, RETRY, REFUSED = Reply("sent", "250 kept"), Reply("retry", "451 later"), Reply("refused", "550 no such user")
DOWN, AMBIGUOUS = Reply("relay_down", "no answer"), Reply("ambiguous", "dropped")
JO, AMINA = "jo@jury.example", "amina@house.example"


async def arrived(world: World, folder: Path) -> list[bytes]:
    """Send everything, over real SMTP; gives what the server keeps."""
    async with Catcher(folder) as catcher:
        postman = world.postman(SmtpTransport(LOOPBACK, catcher.port), RENDERER)
        await postman.deliver(world.clock)
    assert set(world.statuses()) == {"sent"}
    return [one.path.read_bytes() for one in caught(folder)]


async def test_what_arrives_is_an_invitation_as_mail_programs_want_them(world: World, tmp_path: Path) -> None:
    for sequence, language in enumerate(("nl", "fr", "en")):
        invite(world, JO, sequence, language=language)
        invite(world, AMINA, sequence, uid="visit-2@grants.example", dossier=1, role="applicant", language=language)
    mails = await arrived(world, tmp_path / "mailbox")
    assert [complaints(raw) for raw in mails] == [[]] * 6
    told = sorted(
        (str(event["UID"]), event["SEQUENCE"], str(entry_of(raw)["METHOD"]))
        for raw in mails for event in entry_of(raw).walk("VEVENT")
    )  # fmt: skip
    assert told == [
        (f"visit-{n}@grants.example", sequence, "CANCEL" if sequence == 2 else "REQUEST")
        for n in (1, 2) for sequence in range(3)
    ]  # fmt: skip


async def test_what_the_engine_tells_arrives_as_it_stands_in_the_database(world: World, tmp_path: Path) -> None:
    cycle, by, now = Cycle(world.database, world.outbox.queue), "els@funder.example", world.clock.now()
    sitting = Sitting(date(2019, 2, 7), time(9, 30), time(10), "Gent")
    cycle.answer(KEY, "SG19-001", {"amount": 100}, by=AMINA, now=now)
    cycle.act(KEY, "SG19-001", "submit", by=AMINA, now=now)
    meeting = cycle.plan_meeting(KEY, "visit", sitting, by=by, now=now)
    asked = [Asked(AMINA, "applicant", "SG19-001"), Asked(JO, "jury"), Asked(by, "staff")]
    assert cycle.invite(KEY, meeting, asked, by=by, now=now) == 3
    there = replace(sitting, place="Brugge", online="https://meet.example/x")
    cycle.move_meeting(KEY, meeting, there, reason="een staking", by=by, now=now + 1)
    cycle.move_meeting(KEY, meeting, replace(there, day=date(2019, 2, 8)), reason="nog een", by=by, now=now + 2)
    told: dict[str, list[tuple[str, int, str, str]]] = {}
    world.clock.instant += 3
    for raw in await arrived(world, tmp_path / "mailbox"):
        if b"Content-Type: text/calendar" not in raw:
            continue  # receipts
        assert complaints(raw) == []
        [event] = entry_of(raw).walk("VEVENT")
        hour = f"{event['DTSTART'].dt:%d %H:%M}"
        of = (str(entry_of(raw)["METHOD"]), event["SEQUENCE"], str(event["LOCATION"]), hour)
        told.setdefault(str(event["UID"]), []).append(of)
    rows = world.read(select(InvitationRow))
    assert told == {
        row.uid: [("REQUEST", 0, "Gent", "07 09:30"), ("REQUEST", 1, "Brugge", "07 09:30"),
                  ("REQUEST", 2, "Brugge", "08 09:30")]
        for row in rows
    }  # fmt: skip
    assert len(told) == 3


BREAKAGES = {
    rb"method=REQUEST": (b"method=CANCEL", "the mail says CANCEL, the calendar REQUEST"),
    rb"multipart/mixed": (b"multipart/related", "the parts are ["),
    rb"To: Jo Jury <jo@jury.example>": (b"To: x@y.example", "it goes to ['x@y.example'], and asks"),
    rb"From: Small Grants <grants@funder.example>": (b"From: x@y.example", "it comes from ['x@y.example']"),
    rb"component=VEVENT\r\n": (b"component=VEVENT\r\nContent-Disposition: attachment\r\n", "the calendar says how"),
    rb"invite\.ics\"": (b'x.ics"', "the file is no attachment invite.ics"),
    rb"charset=utf-8; method": (b"method", "the calendar is said to be"),
    rb"auto-generated": (b"no", "out-of-office robots would answer"),
    rb"Date: [^\r]*": (b"Date: Mon, 07 Jan 2019 09:00:01 +0000", "it was said at another time"),
    rb"(?s)component=VEVENT\r\nContent-Transfer-Encoding: base64": (
        b"component=VEVENT\r\nContent-Transfer-Encoding: 7bit", "text/calendar travels as 7bit"),
}  # fmt: skip


async def test_the_look_at_a_mail_finds_what_is_wrong_with_it(world: World, tmp_path: Path) -> None:
    invite(world, JO)
    [raw] = await arrived(world, tmp_path / "mailbox")
    for pattern, (instead, complaint) in BREAKAGES.items():
        broken = re.sub(pattern, instead, raw, count=1)
        assert broken != raw, pattern
        if b"7bit" in instead:  # then it is no calendar any more, and there is nothing else to say
            with pytest.raises(ValueError, match="Content line could not be parsed"):
                complaints(broken)
        else:
            assert any(found.startswith(complaint) for found in complaints(broken)), (pattern, complaints(broken))


async def test_the_entry_says_when_and_where_in_the_readers_language(world: World, tmp_path: Path) -> None:
    invite(world, AMINA, dossier=1, role="applicant", language="fr")
    invite(world, JO, 2, language="en")
    first, second = await arrived(world, tmp_path / "mailbox")
    [event] = entry_of(first).walk("VEVENT")
    assert {name: str(event[name]) for name in ("SUMMARY", "LOCATION", "URL", "DESCRIPTION", "CLASS")} == {
        "SUMMARY": "Visite (dossier SG19-001)", "LOCATION": "Bruxelles",
        "URL": f"{SITE}/invitations/visit-1@grants.example",
        "DESCRIPTION": f"Petites bourses\nRépondre\u00a0: {SITE}/invitations/visit-1@grants.example\n"
                       "Questions\u00a0: Els Example, els@funder.example",
        "CLASS": "PRIVATE",
    }  # fmt: skip
    starts = event["DTSTART"]
    assert f"{starts.dt:%Y-%m-%d %H:%M} {starts.params['TZID']}" == "2019-02-07 09:30 Europe/Brussels"
    [event] = entry_of(second).walk("VEVENT")
    assert {name: str(event[name]) for name in ("SUMMARY", "COMMENT", "CONFERENCE", "DESCRIPTION", "STATUS")} == {
        "SUMMARY": "Visit (Round)", "COMMENT": "De zaal staat onder water.", "CONFERENCE": "https://meet.example/room",
        "DESCRIPTION": "Small grants\nDe zaal staat onder water.\nOnline: https://meet.example/room\n"
                       "Questions: Els Example, els@funder.example",
        "STATUS": "CANCELLED",
    }  # fmt: skip


async def test_a_second_try_is_the_same_bytes_though_the_hour_is_another(world: World) -> None:
    invite(world, JO)
    relay = Tally([RETRY])
    for _ in range(2):
        await world.postman(relay, RENDERER).deliver(world.clock)
        world.clock.instant += MINUTE
    assert [len(relay.tried), len({raw for _, raw in relay.tried})] == [2, 1]
    assert entry_of(relay.tried[0][1]).walk("VEVENT")[0]["DTSTAMP"].dt.isoformat() == "2019-01-07T09:00:00+00:00"


async def test_a_letter_that_goes_to_another_address_asks_that_address(world: World, tmp_path: Path) -> None:
    invite(world, JO)
    desk = StaffDesk(world.database, SENDER, (), world.outbox.shelf)
    world.clock.instant += MINUTE
    desk.write_anew(1, address="jo.jury@new.example", by="els@funder.example", now=world.clock.now())
    async with Catcher(tmp_path) as catcher:
        await world.postman(SmtpTransport(LOOPBACK, catcher.port), RENDERER).deliver(world.clock)
    [raw] = [one.path.read_bytes() for one in caught(tmp_path)]
    assert complaints(raw) == []
    [event] = entry_of(raw).walk("VEVENT")
    assert (event["ATTENDEE"], event["UID"], event["SEQUENCE"]) == (
        "mailto:jo.jury@new.example", "visit-1@grants.example", 0,
    )  # fmt: skip


async def test_a_test_of_an_invitation_puts_nothing_into_the_calendar_of_whoever_looks(
    world: World, tmp_path: Path
) -> None:
    invite(world, JO)
    desk = StaffDesk(world.database, SENDER, (), world.outbox.shelf)
    desk.send_test(1, once="x", by="els@funder.example", now=world.clock.now())
    mails = await arrived(world, tmp_path / "mailbox")
    brings = {message_from_bytes(raw)["To"]: b"Content-Type: text/calendar" in raw for raw in mails}
    assert brings == {"Jo Jury <jo@jury.example>": True, "Jo Jury <els@funder.example>": False}


@pytest.mark.parametrize("site", [SITE, "http://127.0.0.1:8000"])
async def test_staff_write_an_invitation_by_hand_and_it_leads_to_the_page_and_brings_its_entry(
    filed: World, site: str
) -> None:
    invite(filed, JO)
    previews = Previews(CONTACT, SENDER, filed.outbox.shelf, site)
    with filed.database.reading() as session:
        row = session.get_one(NotificationRow, 1)
        subject, body = previews.text_of(session, row)
        asis, by_hand = (
            previews.show(session, row, filed.clock.now()),
            previews.show_edited(session, row, subject, body, filed.clock.now()),
        )
    assert (by_hand.html, by_hand.text) == (asis.html, asis.text)
    desk = StaffDesk(filed.database, SENDER, (), filed.outbox.shelf, site)
    desk.edit(1, subject=subject, body=f"{body}\n\nTot dan!", by="els@funder.example", now=filed.clock.now())
    with pytest.raises(Refused, match="leads nowhere from a mail"):
        desk.edit(1, subject="x", body="[x](http://evil.example/)", by="els@funder.example", now=filed.clock.now())
    mailbox = Mailbox(filed.clock)
    await filed.postman(mailbox, Renderer(CONTACT, site=site)).deliver(filed.clock)
    [letter] = mailbox.letters
    assert complaints(letter.raw) == []
    read = read_letter("", letter.raw)
    assert "Tot dan!" in read.text
    assert f'<a class="button" href="{site}/invitations/visit-1@grants.example"' in read.html


async def test_letters_about_one_invitation_share_a_thread_and_those_of_a_dossier_keep_theirs(
    world: World, tmp_path: Path
) -> None:
    for sequence in range(3):
        invite(world, JO, sequence)
        invite(world, AMINA, sequence, uid="visit-2@grants.example", dossier=1, role="applicant")
    world.tell(world.to_applicant(1))
    threads: dict[str, set[str]] = {}
    for raw in await arrived(world, tmp_path / "mailbox"):
        message = message_from_bytes(raw, policy=default)
        threads.setdefault(message["To"].addresses[0].addr_spec, set()).add(str(message["References"]))
    assert {email: len(found) for email, found in threads.items()} == {JO: 1, AMINA: 1}
    assert threads[JO] != threads[AMINA]
    assert threads[JO] != {"None"}


async def test_whatever_somebody_is_called_the_invitation_asks_one_person_to_one_event(
    filed: World, tmp_path: Path
) -> None:
    typed = [text.encode("utf-8", "ignore").decode() for text in HEADERS[::2]]
    for number, text in enumerate(typed):
        invite(
            filed, JO, number % 3, uid=f"{number}@grants.example", name=text, title=text.strip() or "x", place=text,
            online=text, reason=text,
        )  # fmt: skip
    mails = await arrived(filed, tmp_path / "mailbox")
    assert len(mails) == len(typed)
    assert [found for raw in mails if (found := complaints(raw))] == []


class Tally:
    """A relay that answers what it is told to, then takes everything."""

    name = "tally"

    def __init__(self, answers: list[Reply]) -> None:
        self.answers = answers
        self.tried: list[tuple[str, bytes]] = []
        """(what was answered, the letter)"""

    async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
        del sender, recipient
        reply = self.answers.pop(0) if self.answers else KEPT
        await asyncio.sleep(0)
        self.tried.append((reply.kind, raw))
        return reply

    async def close(self) -> None:
        pass


async def test_what_is_told_about_one_invitation_leaves_in_order_whoever_sends_it(world: World) -> None:
    draw = random.Random(6)
    relay = Tally([draw.choice((KEPT, KEPT, RETRY, AMBIGUOUS, REFUSED, DOWN)) for _ in range(30)])
    for sequence in range(3):
        for number in range(5):
            invite(world, JO, sequence, uid=f"{number}@grants.example")
    postmen = [world.postman(relay, RENDERER, at_once=3) for _ in range(3)]
    while not set(world.statuses()) <= {"sent", "failed"}:
        await asyncio.gather(*(postman.deliver(world.clock) for postman in postmen))
        world.clock.instant += 30 * MINUTE
    assert set(world.statuses()) == {"sent", "failed"}
    sequences: dict[str, list[int]] = {}
    for _, raw in relay.tried:
        [event] = entry_of(raw).walk("VEVENT")
        sequences.setdefault(str(event["UID"]), []).append(event["SEQUENCE"])
    assert len(relay.tried) > 15
    assert all(found == sorted(found) and set(found) == {0, 1, 2} for found in sequences.values())


# what the letters say


def written(programme: Programme, letter: str, language: str, **changed: Any) -> Any:
    sequence = LETTERS.index(letter)
    facts = {
        "person": {"name": "Amina Example"}, "dossier": {"number": "SG19-001", "title": "Liederen", "organisation": ""},
        "invitation": invitation_facts("u@x.example", sequence, **changed),
    }  # fmt: skip
    return RENDERER.render(
        programme, letter=letter, language=language, role="applicant", shared=shared_facts(programme), facts=facts
    )


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_asks_one_thing_and_says_the_hour_with_its_zone(
    programme: Programme, letter: str, language: str
) -> None:
    found = written(programme, letter, language)
    buttons = re.findall(r'<a class="button" href="([^"]*)"', found.html)
    assert buttons == ([] if letter == "invitation-cancelled" else [f"{SITE}/invitations/u@x.example"])
    zone = {"nl": "(Brusselse tijd)", "fr": "(heure de Bruxelles)", "en": "(Brussels time)"}[language]
    assert zone in re.sub(r"\s+(\| )?", " ", found.text)
    assert {"nl": "Waar: Brussel", "fr": "Où\u00a0: Bruxelles", "en": "Where: Brussels"}[language] in found.text
    assert "SG19-001" in found.subject
    assert ("https://meet.example/room" in found.text) == (letter != "invitation")
    assert "None" not in found.text


def test_the_text_of_an_invitation_reads_like_this(programme: Programme) -> None:
    assert written(programme, "invitation", "en").text.splitlines() == [
        "Small grants, dossier SG19-001", "",
        "Invitation for dossier SG19-001: Visit, Thu 7 February",
        "======================================================", "",
        "Dear Amina Example,", "",
        "You are invited to ‘Visit’ with dossier SG19-001, ‘Liederen’.", "",
        "  | When: Thursday 7 February 2019, 9:30 to 9:50 (Brussels time)", "  | Where: Brussels", "",
        "Answer this invitation:", f"{SITE}/invitations/u@x.example", "",
        "There you say whether you are coming, are not sure yet, or cannot come.",
        "Answering in your calendar works as well: the meeting comes with this", "mail.", "",
        "Without an answer your place stays as it is, but we do not know whether", "we can count on you.", "",
        "Questions? Reply to this email and Els Example will help you.", "",
        "Kind regards,", "", "Els Example, Small grants", "",
        "-- ", "You receive this message because you are invited on behalf of Small", "grants.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "again", "stands"),
    [("nl", "Antwoord opnieuw", "dan blijft uw antwoord gelden"), ("fr", "Répondez à nouveau", "reste valable"),
     ("en", "Please answer once more", "your answer stands")],
)  # fmt: skip
def test_another_hour_asks_again_and_another_place_does_not(
    programme: Programme, language: str, again: str, stands: str
) -> None:
    moved = " ".join(written(programme, "invitation-changed", language).text.split())
    there = " ".join(written(programme, "invitation-changed", language, was={**MOVED, "place": "Gent"}).text.split())
    assert {"nl": "Voordien: Gent.", "fr": "Auparavant : Gent.", "en": "Before: Gent."}[language] in there
    assert [again in moved, stands in moved, again in there, stands in there] == [True, False, False, True]


def test_an_invitation_without_hours_says_that_they_follow(programme: Programme) -> None:
    day = written(programme, "invitation", "nl", starts_at=None, ends_at=None).text
    assert "Het uur ligt nog niet vast" in day
    assert "Het uur ligt nog niet vast" not in written(programme, "invitation", "nl").text


def test_a_place_on_the_web_can_be_followed_and_no_other_text_can(programme: Programme) -> None:
    real = written(programme, "invitation", "nl", online="https://meet.example/a?b=1").text
    assert "https://meet.example/a?b=1" in real
    typed = written(programme, "invitation", "nl", online="zie https://evil.example/", reason="www.evil.example").text
    assert f"https:{BREAK}//evil{BREAK}.example" in typed
    assert "//evil.example" not in typed


def test_where_nobody_knows_the_pages_a_letter_asks_for_an_answer_in_the_calendar(programme: Programme) -> None:
    facts = {"person": {"name": "Amina"}, "invitation": invitation_facts("u@x.example")}
    letter = Renderer(CONTACT).render(
        programme, letter="invitation", language="en", role="jury", shared=shared_facts(programme), facts=facts
    )
    assert "Please answer in your calendar" in letter.text
    assert 'class="button' not in letter.html

"""What is played while the machine dies? Three small rounds, from their opening to their end, step by step.

Each step is one act of a person, one ring of the alarm, or one round of the postman, at an instant that is fixed.
"""

import asyncio
import hashlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from email.headerregistry import Address
from functools import cached_property
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[1] / "engine" / "cycle"))
from sqlmodel import col, select
from stage import (
    BEFORE,
    CALL,
    CHAIR,
    CLOSES,
    GATE,
    GATE_2030,
    GRACE,
    MEMBER,
    NETWORK,
    NETWORK_2030,
    NOTICE,
    PDF,
    PUBLIC,
    READING,
    SETTLE,
    SMALL,
    SMALL_2030,
    STAFF,
    STAFF_2,
    THIRD,
    WITH_MEETINGS,
    applicant,
    at,
    programme,
)

from engine.clock import StoppedClock
from engine.cycle import Cycle, Imported, Upload, deadlines, meetings, obligations, zone_data
from engine.cycle.meetings import Sitting
from engine.cycle.messages import Message, Words
from engine.cycle.order_plans import judge
from engine.cycle.receiving import FAILURE, REPLY, Failure, Mail
from engine.cycle.scene import Shelf
from engine.database.access import factors
from engine.database.connection import Database
from engine.database.pages.outbox import Cause, Wanted
from engine.database.records import (
    BatchRow,
    DeliveryRow,
    ExtensionRequestRow,
    ExtensionRow,
    HourRow,
    JournalRow,
    MeetingRow,
    NoteRow,
    NotificationRow,
    PersonRow,
    PresenceRow,
    ProposalRow,
    ReceivedRow,
    SeatRow,
)
from engine.database.store import find_person, find_round, the_id
from engine.files.reading import Programme
from engine.rules.moments import to_instant
from engine.rules.running_order import Break, Plan
from engine.rules.suggested_order import Wish
from notifications.accounts import AccountLetters
from notifications.desk_groups import Many
from notifications.outbox import Outbox
from notifications.postman import Delivered, Postman
from notifications.rendering import Renderer
from notifications.staff_desk import StaffDesk
from notifications.transport import SmtpTransport
from notifications.wording import Wording

SENDER = Address("Fund", addr_spec="letters@fund.example")
CONTACT = Address("Ann Example", addr_spec="ann@fund.example")
LOOPBACK = "127.0.0.1"
PUBLIC_2 = "another@public.example"
PATIENCE = 600_000_000
"""for how long the postman goes round (microseconds)"""
Numbered = (
    type[BatchRow] | type[DeliveryRow] | type[ExtensionRequestRow] | type[HourRow] | type[NoteRow]
    | type[PresenceRow] | type[ProposalRow] | type[ReceivedRow]
)  # fmt: skip
LATER_ZONES = "2099z"
"""a version of the zone data that comes out while the round runs"""
HOUR = 3_600_000_000
"""by so much it has the clocks of the round go otherwise, where a meeting is still to come (microseconds)"""


def secrets_of(nonce: str) -> dict[str, str]:
    """What a letter's nonce stands for."""
    made = hashlib.sha256(f"a key of the server/{nonce}".encode()).hexdigest()
    return {"link": f"https://fund.example/sign-in/{made}", "code": f"{int(made, 16) % 1_000_000:06}"}


class House:
    """What one process works with: the database, and all that is made anew when it starts."""

    renderer = Renderer(CONTACT)
    shelf = Shelf()
    """what was read once is there in every child: here the round is at stake, and not how fast a file is read"""

    def __init__(self, database: Database, port: int) -> None:
        self.database = database
        self.port = port
        outbox = Outbox(SENDER, shelf=self.shelf)
        self.cycle = Cycle(database, outbox.queue)
        self.cycle.shelf = self.shelf
        self.desk = StaffDesk(database, SENDER)

    def send_all(self, now: int) -> None:
        """Send what may leave now or in the next minutes: what a postman that died had taken waits for its lease."""
        following: int | None = now
        until = now + PATIENCE
        while following is not None and following < until:
            now = max(now, following) + 1
            following = self.send(now).next_at

    def sign_in(self, now: int) -> None:
        """Somebody whom nobody knows asks for a code."""
        facts = {"nonce": f"asked at {now}", "link_minutes": 15, "code_minutes": 10}
        with self.database.transaction() as session:
            AccountLetters(SENDER).queue(
                session, letter="sign-in", key=str(now), facts=facts, address="new@public.example", now=now
            )

    def send(self, now: int) -> Delivered:
        """Send what may leave, over real SMTP."""
        transport = SmtpTransport(LOOPBACK, self.port)
        postman = Postman(
            self.database, transport, self.renderer, sender=SENDER, shelf=self.shelf, secrets=secrets_of
        )  # fmt: skip
        return asyncio.run(postman.deliver(StoppedClock(now)))

    def has_done(self, step: "Step") -> bool:
        """Whether an act stands in the journal: by the one who did it, of the instant at which it came."""
        with self.database.reading() as session:
            found = select(JournalRow.id).where(
                col(JournalRow.recorded_at) == step.now, col(JournalRow.actor) == step.by
            )
            return session.exec(found.limit(1)).first() is not None

    def letter(self, name: str) -> int:
        """The number of the last letter of that name."""
        with self.database.reading() as session:
            found = select(NotificationRow.id).where(col(NotificationRow.letter) == name)
            number = session.exec(found.order_by(col(NotificationRow.id).desc())).first()
        assert number is not None
        return number

    def newest(self, row: Numbered) -> int:
        """The number of the last row of that kind: a server gives no number twice, so that none is known before."""
        with self.database.reading() as session:
            number = session.exec(select(row.id).order_by(col(row.id).desc())).first()
        assert number is not None
        return number

    def receive(self, letter: str, kind: str, digest: str, now: int) -> None:
        """A mail comes in about the last letter of that name that has left."""
        with self.database.reading() as session:
            found = select(NotificationRow).where(
                col(NotificationRow.letter) == letter, col(NotificationRow.status) == "sent"
            )
            row = session.exec(found.order_by(col(NotificationRow.id).desc())).first()
        assert row is not None
        failure = Failure((row.address,), "550 nobody") if kind == FAILURE else None
        mail = Mail(digest, "", row.address, "Re: it", kind, b"x", 1, (row.message_id,), failure)
        self.cycle.receive(mail, now=now)

    def meeting(self, name: str) -> int:
        """The number of the last meeting of that name."""
        with self.database.reading() as session:
            found = select(MeetingRow.id).where(col(MeetingRow.name) == name)
            number = session.exec(found.order_by(col(MeetingRow.id).desc())).first()
        assert number is not None
        return number

    def seat(self, email: str) -> int:
        """The number of somebody's last seat."""
        with self.database.reading() as session:
            found = select(SeatRow.id).join(PersonRow, col(PersonRow.id) == col(SeatRow.person_id))
            number = session.exec(found.where(col(PersonRow.email) == email).order_by(col(SeatRow.id).desc())).first()
        assert number is not None
        return number

    def extension(self) -> int:
        """The number of the last decision about a date."""
        with self.database.reading() as session:
            found = select(ExtensionRow.id).where(
                col(ExtensionRow.first_id).is_(None), col(ExtensionRow.undoes_id).is_(None)
            )
            number = session.exec(found.order_by(col(ExtensionRow.id).desc())).first()
        assert number is not None
        return number


@dataclass(frozen=True)
class Step:
    """One thing that is asked for at an instant; `by` says whose act it is, None what may be asked again any time."""

    now: int
    do: Callable[[House], object]
    by: str | None = None


class Chapter:
    """The steps of one part of a round, in their order."""

    def __init__(self, key: str, starts: int) -> None:
        self.key = key
        self.steps: list[Step] = []
        self._now = starts

    @property
    def now(self) -> int:
        """An instant of its own for each step, so that the journal tells one act from another."""
        self._now += 1_000
        return self._now

    def act(self, what: str, /, *given: object, by: str, **named: object) -> "Chapter":
        """An act of the cycle, by whom."""
        now = self.now
        self.steps.append(
            Step(now, lambda house: getattr(house.cycle, what)(self.key, *given, by=by, now=now, **named), by)
        )
        return self

    def of_meeting(self, what: str, name: str, /, *given: object, by: str, **named: object) -> "Chapter":
        """What staff do about the meeting of that name."""
        now = self.now

        def do(house: House) -> None:
            getattr(house.cycle, what)(self.key, house.meeting(name), *given, by=by, now=now, **named)

        self.steps.append(Step(now, do, by))
        return self

    def signs_up(self, name: str, email: str) -> "Chapter":
        """Somebody asks for a seat at the meeting of that name."""
        now = self.now

        def do(house: House) -> None:
            house.cycle.sign_up(
                self.key, house.meeting(name), email=email, language="en", now=now, once=f"seat {email}"
            )

        self.steps.append(Step(now, do, email))
        return self

    def of_seat(self, what: str, email: str, **named: object) -> "Chapter":
        """What somebody does about their own seat."""
        now = self.now
        self.steps.append(
            Step(now, lambda house: getattr(house.cycle, what)(self.key, house.seat(email), by=email, now=now, **named),
                 email)
        )  # fmt: skip
        return self

    def take_back(self, *, by: str) -> "Chapter":
        """Staff take the last decision about a date back."""
        now = self.now
        self.steps.append(
            Step(now, lambda house: house.cycle.take_back(self.key, house.extension(), by=by, now=now), by)
        )
        return self

    def of_newest(
        self, row: Numbered, what: str, /, *given: object, by: str, then: tuple[object, ...] = (), **named: object
    ) -> "Chapter":
        """What is done about the last row of a kind: its number stands between what is `given` and `then`."""
        now = self.now

        def do(house: House) -> None:
            getattr(house.cycle, what)(self.key, *given, house.newest(row), *then, by=by, now=now, **named)

        self.steps.append(Step(now, do, by))
        return self

    def desk(self, name: str, letter: str, *, by: str, **named: object) -> "Chapter":
        """What staff do with the last letter of that name."""
        now = self.now
        self.steps.append(
            Step(now, lambda house: getattr(house.desk, name)(house.letter(letter), by=by, now=now, **named), by)
        )
        return self

    def desk_of_all(self, name: str, many: Many, *, by: str) -> "Chapter":
        """What staff do with all letters of a cause."""
        now = self.now
        self.steps.append(Step(now, lambda house: getattr(house.desk, name)(self.key, many, by=by, now=now), by))
        return self

    def reword(self, file: str, text: str, *, by: str) -> "Chapter":
        """Staff give a letter another text."""
        now, judge = self.now, Wording(CONTACT).judge

        def change(house: House) -> None:
            with house.database.reading() as session:
                opened = find_round(session, self.key).digest
            house.cycle.reword(self.key, {file: text}, opened=opened, judge=judge, by=by, now=now)

        self.steps.append(Step(now, change, by))
        return self

    def order(self, meeting: str, plan: Plan | None = None, *, by: str) -> "Chapter":
        """Staff keep a plan for a day of slots, or (without one) publish what stands, as they see it would be told."""
        now = self.now

        def keep(house: House) -> None:
            with house.database.reading() as session:
                shown = judge(house.cycle.look(session, self.key, now), meeting, plan).digest
            if plan is None:
                house.cycle.publish_order(self.key, meeting, by=by, now=now, shown=shown)
            else:
                house.cycle.change_order(self.key, meeting, plan, by=by, now=now, shown=shown)

        self.steps.append(Step(now, keep, by))
        return self

    def calendar(self, now: int) -> "Chapter":
        """The alarm rings."""
        self._now = max(self._now, now)
        self.steps.append(Step(now, lambda house: house.cycle.advance(now)))
        return self

    def mail(self, letter: str, kind: str) -> "Chapter":
        """A mail comes in; brought twice, it is one. Whoever sees to it is told."""
        now = self.now
        self.steps.append(Step(now, lambda house: house.receive(letter, kind, f"{kind} {letter}", now)))
        self.steps.append(Step(now, lambda house: house.cycle.tell_of_mail(tell=lambda *_: None, now=now)))
        return self

    def sign_in(self) -> "Chapter":
        """Somebody asks for a code; asked twice at one instant, it is one letter."""
        now = self.now
        self.steps.append(Step(now, lambda house: house.sign_in(now)))
        return self

    def has_factor(self, email: str) -> "Chapter":
        """Somebody has set up a second factor by then."""
        now = self.now

        def set_up(house: House) -> None:
            with house.database.transaction() as session:
                person = find_person(session, email)
                assert person is not None
                if factors.of_person(session, the_id(person)) is None:
                    factors.put(session, the_id(person), "n" * 22, 1, ["c" * 64], now)

        self.steps.append(Step(now, set_up))
        return self

    def letters(self) -> "Chapter":
        """The postman goes round, and again for as long as something may leave in the next minutes."""
        now = self.now
        self.steps.append(Step(now, lambda house: house.send_all(now)))
        self._now += PATIENCE
        return self

    def zones_change(self) -> "Chapter":
        """A process starts with newer zone data, by which meetings to come begin at another instant."""
        now = self.now

        def start(house: House) -> None:
            newer = {"tzdata_version": lambda: LATER_ZONES}

            def later(day: date, hour: time, zone: str) -> int:
                return to_instant(day, hour, zone) + HOUR

            with (
                patch.multiple(zone_data, **newer), patch.multiple(deadlines, **newer),
                patch.multiple(obligations, **newer),
                patch.multiple(meetings, **newer, to_instant=later),
            ):  # fmt: skip
                house.cycle.work_out_again(now)

        self.steps.append(Step(now, start))
        return self

    def at(self, starts: int) -> "Chapter":
        """Time passes."""
        assert starts > self._now
        self._now = starts
        return self


def _begins(chapter: Chapter, played: Programme, *jury: tuple[str, bool]) -> Chapter:
    now = chapter.now
    chapter.steps.append(Step(now, lambda house: house.cycle.open_round(played, "2030", by=STAFF, now=now), STAFF))
    people = [(STAFF, "staff", False), *((email, "jury", chair) for email, chair in jury)]
    for email, role, chair in people:
        chapter.act("add_person", email=email, name=email, language="en", role=role, chair=chair, by=STAFF)
    return chapter


def _times(*days: str) -> list[Sitting]:
    return [Sitting(date.fromisoformat(day), time(10), time(11), "Ghent") for day in days]


class Story:
    """All rounds, from their opening to their end."""

    @cached_property
    def small(self) -> Programme:
        return programme(edits=WITH_MEETINGS)

    @cached_property
    def replaced(self) -> Programme:
        """The rules of the small round from its second year on: the work lasts longer, and is called otherwise."""
        rules = SMALL
        for old, new in WITH_MEETINGS.items():
            rules = rules.replace(old, new)
        rules = rules.replace('"working"', '"at_work"').replace("\nworking ", "\nat_work ")
        return programme(rules, SMALL_2030.replace("to = 2032-06-02", "to = 2032-08-02"))

    @cached_property
    def gate(self) -> Programme:
        return programme(GATE, GATE_2030, name="gate")

    @cached_property
    def network(self) -> Programme:
        one_place = {"{ at_most = 18 }": "{ at_most = 1 }"}
        return programme(NETWORK, NETWORK_2030, name="network", edits=one_place)

    @cached_property
    def steps(self) -> Sequence[Step]:
        """All that happens, in its order."""
        chapters = (
            self._opening(), self._drafts(), self._before_the_close(), self._close(), self._reading(), self._notice(),
            self._running_order(), self._kick_off(), self._work_opens(), self._agreeing(), self._reports(),
            self._accounts(), self._staff_and_letters(), self._gate(), self._network(), self._seats(),
        )  # fmt: skip
        return [step for chapter in chapters for step in chapter.steps]

    def _chapter(self, starts: int) -> Chapter:
        return Chapter(f"{self.small.name}/2030", starts)

    def _opening(self) -> Chapter:
        chapter = _begins(self._chapter(BEFORE), self.small, (CHAIR, True), (MEMBER, False), (THIRD, False))
        chapter.act("add_person", email=PUBLIC, name="Reader", language="en", role="everyone", by=STAFF)
        chapter.act("add_person", email=STAFF_2, name="Second", language="en", role="staff", by=STAFF)
        return chapter.calendar(at("2030-01-08T00:00")).letters()

    def _drafts(self) -> Chapter:
        chapter = self._chapter(CALL)
        for who in ("anna", "bert"):
            chapter.act(
                "start_dossier", organisation=f"House of {who}", email=applicant(who), name=who, language="en",
                by=applicant(who),
            )  # fmt: skip
        chapter.act(
            "add_contact", "SG30-001", email=applicant("friend"), name="Friend", language="en", by=applicant("anna")
        )
        chapter.act("add_contact", "SG30-001", email=applicant("guest"), name="", language="en", by=applicant("anna"))
        chapter.act("remove_contact", "SG30-001", email=applicant("guest"), by=applicant("anna"))
        chapter.act("introduce", "SG30-002", organisation="House of Bert", name="Bert B.", by=applicant("bert"))
        subscribed = chapter.now
        chapter.steps.append(
            Step(
                subscribed,
                lambda house: house.cycle.subscribe(chapter.key, email=PUBLIC_2, language="en", now=subscribed),
                PUBLIC_2,
            )
        )
        chapter.act("leave", by=PUBLIC_2)
        for place, who in enumerate(("anna", "bert"), start=1):
            chapter.act(
                "answer", f"SG30-00{place}", {"title": f"Work of {who}", "amount": 4000}, files={"plan": PDF},
                by=applicant(who),
            )  # fmt: skip
        rows = [
            Imported(f"House of {who}", applicant(who), who, "en", state="handed", received_at=CALL,
                     answers={"title": f"Work of {who}"})
            for who in ("cleo", "dora")
        ]  # fmt: skip
        chapter.act("import_dossiers", rows, by=STAFF)
        return chapter.sign_in().letters()

    def _before_the_close(self) -> Chapter:
        chapter = self._chapter(at("2030-02-20T12:00"))
        chapter.act(
            "act", "SG30-001", "submit", by=applicant("anna"), answers={"amount": 4500},
            files={"plan": Upload("later.pdf", b"%PDF-1.7 a better plan")}, once="the key of the form",
        )  # fmt: skip
        chapter.letters()
        chapter.act(
            "start_dossier", organisation="House of emil", email=applicant("emil"), name="Emil", language="en",
            by=applicant("emil"),
        )  # fmt: skip
        # the alarm slept: of two reminders the first is missed
        chapter.calendar(at("2030-02-26T09:01"))
        chapter.act(
            "ask_extension", "SG30-002", of="call closes", to=date(2030, 3, 20), reason="flood", by=applicant("bert")
        )
        chapter.of_newest(ExtensionRequestRow, "answer_extension", granted=True, words="flood", by=STAFF)
        chapter.act("extend", "call closes", datetime(2030, 3, 1, 18), reason="an hour of no power", by=STAFF)
        chapter.act(
            "extend_each", "call closes", date(2030, 3, 25), reason="frost", by=STAFF,
            dossiers=["SG30-002", "SG30-005"], undo_for=PATIENCE, once="the key of frost",
        )  # fmt: skip
        return chapter.take_back(by=STAFF_2).letters()

    def _close(self) -> Chapter:
        chapter = self._chapter(CLOSES)
        chapter.calendar(CLOSES + GRACE + SETTLE).letters()
        return chapter.calendar(at("2030-03-02T09:30")).letters()

    def _reading(self) -> Chapter:
        chapter = self._chapter(READING)
        for number in ("SG30-001", "SG30-003", "SG30-004"):
            chapter.act("score", number, {"quality": 7}, by=MEMBER)
            chapter.act("recommend", number, f"words for {number}", by=MEMBER)
        chapter.act("score", "SG30-001", {"quality": 8}, by=MEMBER)
        chapter.act("recommend", "SG30-001", "better words", by=MEMBER)
        for words in ("Who pays?", "Who pays for it?", ""):
            chapter.act("comment", "SG30-001", words, to="committee", by=MEMBER)
        asked = [("SG30-001", MEMBER), ("SG30-003", MEMBER), ("SG30-004", THIRD)]
        chapter.act("assign", "jury", add=asked, by=STAFF, once="the key of who reads what")
        chapter.act("assign", "jury", remove=[("SG30-003", MEMBER)], by=STAFF)
        chapter.act("remind_members", "read", [CHAIR], tell=lambda *_: True, by=STAFF)
        chapter.act("declare_clear", "SG30-004", by=THIRD)
        chapter.act("declare_conflict", "SG30-004", by=THIRD, reason="a cousin")
        chapter.act("verdict", "SG30-001", "decline", by=CHAIR)
        chapter.act("withdraw_verdict", "SG30-001", by=CHAIR)
        chapter.act("verdict", "SG30-001", "choose", by=CHAIR)
        chapter.act("verdict", "SG30-003", "choose", by=CHAIR)
        chapter.act("verdict", "SG30-004", "decline", by=CHAIR)
        chapter.act("approve", "notice opens", by=STAFF)
        return chapter.act("revoke", "notice opens", by=STAFF)

    def _notice(self) -> Chapter:
        """Nobody has approved in time: the verdicts wait, then go when somebody does."""
        chapter = self._chapter(NOTICE)
        chapter.calendar(NOTICE).act("approve", "notice opens", by=STAFF)
        return chapter.letters().calendar(at("2030-04-06T09:30")).letters()

    def _running_order(self) -> Chapter:
        """A day of slots is planned and published; one slot is turned down, and the day is called off and set again."""
        chapter = self._chapter(at("2030-04-10T10:00"))
        coffee = Plan({1: "SG30-001", 2: "SG30-003"}, frozenset({1}), time(9, 45), (Break(1, 15, "Coffee"),))
        chapter.order("kick_off", coffee, by=STAFF)
        chapter.act("wish_slot", "SG30-003", "kick_off", Wish("morning"), by=applicant("cleo"), words="The train")
        chapter.order("kick_off", by=STAFF).letters()
        chapter.act("decline_slot", "SG30-003", "kick_off", by=applicant("cleo"), once="the key of no")
        chapter.order("kick_off", coffee.swapped(2, 3), by=STAFF_2).letters()
        chapter.of_meeting("cancel_meeting", "kick_off", reason="snow", by=STAFF)
        chapter.act("plan_meeting", "kick_off", Sitting(date(2030, 5, 8), time(10)), by=STAFF, once="the key of a day")
        return chapter.order("kick_off", coffee, by=STAFF).letters()

    def _kick_off(self) -> Chapter:
        chapter = self._chapter(at("2030-05-06T10:00"))
        chapter.calendar(at("2030-05-06T10:00")).letters()
        chapter.act("extend", "kick_off", date(2030, 5, 10), reason="a strike", by=STAFF, dossier="SG30-003")
        chapter.at(at("2030-05-08T18:00"))
        # both who speak for it are ill; one comes after all, or so it seems, and then the dossier does
        for who in ("anna", "friend"):
            chapter.of_meeting(
                "record_presence", "kick_off", applicant(who), number="SG30-001", came=False, reason="ill", by=STAFF
            )
        chapter.of_meeting("record_presence", "kick_off", applicant("anna"), number="SG30-001", by=STAFF)
        chapter.of_newest(PresenceRow, "correct_presence", reason="her sister", by=STAFF_2)
        chapter.act("attend", "SG30-001", "kick_off", by=STAFF)
        return chapter.calendar(at("2030-05-12T10:00")).letters()

    def _work_opens(self) -> Chapter:
        chapter = self._chapter(at("2030-06-03T09:00"))
        chapter.calendar(at("2030-06-03T09:00")).letters()
        chapter.act("excuse", "SG30-003", "kick_off", reason="illness", by=STAFF)
        chapter.act("extend", "work closes", date(2032, 7, 1), reason="a slow year", by=STAFF)
        chapter.act(
            "extend_each", "report", date(2031, 8, 1), reason="illness", by=STAFF, dossiers=["SG30-001"],
            undo_for=PATIENCE,
        )  # fmt: skip
        chapter.take_back(by=STAFF_2)
        return chapter.letters()

    def _agreeing(self) -> Chapter:
        """Times are proposed, replaced, accepted; hours are given, booked, moved, given back and removed."""
        chapter, anna = self._chapter(at("2030-07-01T10:00")), applicant("anna")
        chapter.act("propose_times", "SG30-001", "coaching 1", _times("2030-09-02"), by=anna, once="the key of times")
        chapter.act(
            "propose_times", "SG30-001", "coaching 1", _times("2030-09-03", "2030-09-04"), words="Or later.", by=STAFF
        )
        chapter.of_newest(ProposalRow, "accept_time", "SG30-001", then=(2,), by=anna)
        chapter.of_meeting("remind_invited", "coaching", tell=lambda *_: True, by=STAFF)
        chapter.act("propose_times", "SG30-001", "coaching 1", _times("2030-09-05"), by=anna)
        chapter.of_newest(ProposalRow, "decline_times", "SG30-001", words="Too late.", by=STAFF_2)
        for day in ("2030-10-01", "2030-10-02"):
            chapter.act("give_hours", "talk", _times(day), by=MEMBER)
            chapter.of_newest(HourRow, "book_hour", "SG30-001", of="talk 1", by=anna, once=f"the key of {day}")
        chapter.of_newest(HourRow, "give_hour_back", "SG30-001", reason="a wedding", by=anna)
        return chapter.of_newest(HourRow, "remove_hour", by=MEMBER).letters()

    def _reports(self) -> Chapter:
        chapter = self._chapter(at("2031-05-10T10:00"))
        chapter.act(
            "deliver", "SG30-001", "report", {}, files={"report": PDF}, by=applicant("anna")
        )  # the calendar catches up with a year of silence first
        chapter.letters().calendar(at("2031-06-05T10:00")).letters()
        chapter.act("deliver", "SG30-003", "report", {}, files={"report": PDF}, by=applicant("cleo"))
        return chapter.act("act", "SG30-003", "stop", by=STAFF, reason="closed its doors").letters()

    def _accounts(self) -> Chapter:
        """Accounts that came in late are sent back once; a meeting is booked that newer zone data will move."""
        chapter, anna = self._chapter(at("2031-06-20T10:00")), applicant("anna")
        chapter.act("deliver", "SG30-001", "accounts", {"spent": 1}, by=anna)
        chapter.of_newest(
            DeliveryRow, "review", "SG30-001", accepted=False, words="Which year?", to=date(2031, 7, 20), by=STAFF,
            once="the key of which year",
        )  # fmt: skip
        chapter.act("deliver", "SG30-001", "accounts", {"spent": 2}, by=anna)
        chapter.of_newest(DeliveryRow, "review", "SG30-001", accepted=True, by=STAFF_2)
        chapter.act("propose_times", "SG30-001", "coaching 2", _times("2031-11-10"), by=anna)
        chapter.of_newest(ProposalRow, "accept_time", "SG30-001", then=(1,), by=STAFF).letters()
        chapter.act("replace_rules", self.replaced, reason="It goes on", mapped={"working": "at_work"}, by=STAFF)
        return chapter.letters()

    def _staff_and_letters(self) -> Chapter:
        chapter = self._chapter(at("2031-09-01T10:00"))
        chapter.zones_change().letters()
        chapter.act("write_note", "SG30-001", "They finish early.", by=STAFF, once="the key of a note")
        chapter.of_newest(NoteRow, "replace_note", "SG30-001", by=STAFF_2, then=("They want to finish early.",))
        asked = Message({"en": Words("A question", "Do you want to finish early?")})
        chapter.act("message", ["SG30-001"], asked, by=STAFF, once="the key of a message")
        for once in ("the key of a mistake", "the key of the act"):
            chapter.act(
                "move", ["SG30-001"], "stop", by=STAFF, reason="finished early", undo_for=PATIENCE, once=once,
                seen=1 << 40,
            )  # fmt: skip
            if once == "the key of a mistake":
                chapter.of_newest(BatchRow, "undo", by=STAFF_2)
        chapter.of_newest(BatchRow, "send_now", by=STAFF_2)
        chapter.has_factor(STAFF_2).act("forget_factor", email=STAFF_2, by=STAFF, tell=lambda _session, _person: None)
        chapter.desk("edit", "stopped", subject="Over", body="It is over.", by=STAFF)
        chapter.desk("write_anew", "stopped", address="house@new.example", hold=True, by=STAFF)
        chapter.desk_of_all("let_go_all", Many(Cause("transition stop", "stopped"), Wanted(), 1 << 40), by=STAFF)
        chapter.desk("hold", "stopped", by=STAFF_2).desk("send_test", "stopped", once="a form", by=STAFF)
        chapter.reword("letters/en/stopped.md", "Over\n\nIt is over.\n", by=STAFF).letters()
        chapter.mail("staff-message", FAILURE).mail("staff-message", REPLY)
        return chapter.of_newest(ReceivedRow, "handle_mail", by=STAFF_2)

    def _gate(self) -> Chapter:
        """Three are under a cap of two; the place that one gives back is taken up by the next."""
        chapter = Chapter(f"{self.gate.name}/2030", BEFORE + PATIENCE)
        _begins(chapter, self.gate, (CHAIR, True), (MEMBER, False))
        chapter.at(CALL + 2 * PATIENCE)
        for place, who in enumerate(("anna", "bert", "cleo"), start=1):
            chapter.act(
                "start_dossier", organisation=f"House of {who}", email=applicant(who), name=who, language="en",
                by=applicant(who),
            )  # fmt: skip
            chapter.act("act", f"SG30-00{place}", "submit", by=applicant(who))
            chapter.act("score", f"SG30-00{place}", {"quality": 4 + place}, by=MEMBER)
        chapter.calendar(at("2030-03-30T00:01")).letters()
        return chapter.act("act", "SG30-003", "withdraw", by=applicant("cleo")).letters()

    def _network(self) -> Chapter:
        """Two want the only place; the second has it once the first gives it back."""
        chapter = Chapter(f"{self.network.name}/2030", BEFORE + 2 * PATIENCE)
        _begins(chapter, self.network).at(at("2030-02-10T10:00"))
        for place, who in enumerate(("anna", "bert"), start=1):
            chapter.act(
                "start_dossier", organisation=f"House of {who}", email=applicant(who), name=who, language="en",
                by=applicant(who),
            )  # fmt: skip
            chapter.act("answer", f"LN30-00{place}", {"title": "To listen"}, by=applicant(who))
            chapter.act("act", f"LN30-00{place}", "sign_up", by=applicant(who))
        return chapter.act("act", "LN30-001", "not_now", by=applicant("anna")).letters()

    def _seats(self) -> Chapter:
        """Four want the two seats of an evening; offers are taken and lapse, and the evening is moved."""
        chapter = Chapter(f"{self.gate.name}/2030", at("2031-10-01T10:00"))
        chapter.act("plan_meeting", "evening", Sitting(date(2031, 10, 20), time(19)), by=STAFF, once="the evening")
        for who in ("ada", "ben", "cas", "dee"):
            chapter.signs_up("evening", f"{who}@public.example")
        chapter.of_seat("give_back", "ada@public.example")
        chapter.of_seat("answer_offer", "cas@public.example", takes=True)
        chapter.of_seat("give_back", "ben@public.example")
        chapter.of_meeting("change_seats", "evening", 3, by=STAFF)
        chapter.of_meeting("move_meeting", "evening", Sitting(date(2031, 10, 3), time(19)), reason="a strike", by=STAFF)
        return chapter.calendar(at("2031-10-03T20:00")).letters()

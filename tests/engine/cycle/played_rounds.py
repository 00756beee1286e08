"""Rounds in which everything has happened that leaves a row."""

import asyncio
from dataclasses import replace
from datetime import date, time
from email.headerregistry import Address
from typing import Any

from copies import play_once
from stage import (
    BEFORE,
    CALL,
    CHAIR,
    GATE,
    GATE_2030,
    MEMBER,
    NETWORK,
    NETWORK_2030,
    NOTICE,
    PANEL,
    PANEL_2030,
    PDF,
    READING,
    SCHOLARS,
    SCHOLARS_2030,
    SENDER,
    STAFF,
    STAFF_2,
    STAGES,
    STAGES_2030,
    THIRD,
    VISITED,
    WITH_MEETINGS,
    Stage,
    applicant,
    at,
    programme,
)

from engine.clock import StoppedClock
from engine.cycle.admitting import Asked
from engine.cycle.meetings import Sitting
from engine.cycle.messages import Message, Words
from engine.cycle.order_plans import judge
from engine.cycle.receiving import AUTOMATIC, FAILURE, REPLY, Failure, Mail
from engine.database.access import factors
from engine.database.connection import Database
from engine.database.preparing import drafts, rehearsals
from engine.database.records import DeliveryRow, InvitationRow, NotificationRow, ReceivedRow, RoundRow, SeatRow
from engine.database.store import find_person, the_id
from engine.rules.moments import SECOND
from engine.rules.running_order import Break, Plan
from engine.rules.suggested_order import Wish
from notifications.desk import Desk
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.staff_desk import StaffDesk
from notifications.transport import Mailbox
from notifications.wording import Wording

END = at("2031-07-01T09:00")
DAY = 86_400 * SECOND
FOLDED = "Zoë Van Wierdael-Plancquaert, of the house of songs"
"""a name that takes more than one line of a letter's head"""
UNDO = 600 * SECOND


def played_on(database: Database) -> Stage:
    """The small round of those that `play` plays, on an empty database; each run plays them once for all that look."""
    play_once("rounds", database, play)
    return Stage(database, programme(edits=WITH_MEETINGS | WITH_A_BLOCK))


def play(database: Database) -> Stage:
    """The small round until its second year, the gate's until it has closed, the network's list, with every letter."""
    gate = _play_gate(database)
    _play_network(database)
    _play_stages(database)
    _play_panel(database)
    _play_scholars(database)
    _play_visits(database)
    small = Stage(database, programme(edits=WITH_MEETINGS | WITH_A_BLOCK)).open()
    post = _Post(database)
    call(small)
    post.deliver(at("2030-02-27T10:00"))
    reading(small)
    post.deliver(READING + 5 * DAY)
    small.cycle.advance(NOTICE)
    Desk(database).hold(_a_letter(small, "granted"), by=STAFF, now=NOTICE)
    Desk(database).cancel(_a_letter(small, "not-granted"), by=STAFF, now=NOTICE)
    _write(small)
    post.deliver(NOTICE + DAY)
    _order(small)
    work(small)
    for now in (at("2031-05-20T09:00"), END):
        small.cycle.advance(now)
        gate.cycle.advance(now)
        post.deliver(now)
    _together(gate)
    post.deliver(END + 4)
    _prepare(database, small)
    _mail(small)
    # these letters wait
    _meet(gate)
    small.cycle.act(small.key, "SG30-002", "stop", by=STAFF, now=END, reason="The house has closed")
    _seat(gate)
    _across(small)
    return small


WITH_PAYMENTS = {
    "[criterion.scope]": '[question.steps]\nask = "What is ready when?"\nkind = "schedule"\n\n[criterion.scope]',
    "[reminder.unread]": (
        '[promise.grant]\ntitle = "Paid"\nabout = ["funded", "done"]\npay = "amount"\n'
        'before = "2 weeks after work opens"\ntell = { staff = "not-paid" }\n\n'
        '[promise.steps]\ntitle = "Steps"\nabout = "funded"\npay = "steps"\ntell = { staff = "not-paid" }\n\n'
        "[reminder.unread]"
    ),
}
"""edits of the panel's round: whoever is funded is paid by a day of all, and for each step by its own"""
STEPS = [
    {"what": "Design", "day": "2030-06-05", "money": 250.5}, {"what": "Release", "day": "2031-12-05", "money": 700},
]  # fmt: skip
WITH_A_BLOCK = {'only_if = { form = "complete" }': 'only_if = { form = "complete", clear_of = { stopped = "1 year" } }'}
"""edits of the small round: whoever was stopped does not hand in another dossier for a year"""


def _across(small: Stage) -> None:
    """A rule is lifted for two dossiers, and held against one of them again; of three names two are one still."""
    for number in ("SG30-001", "SG30-003"):
        small.cycle.lift(small.key, number, "clear_of", reason="it was no fault of theirs", by=STAFF, now=END + 10)
    small.cycle.put_back(small.key, "SG30-003", "clear_of", by=STAFF_2, now=END + 11)
    for name in ("House of bert", "The house of Bert"):
        small.cycle.join_names(small.key, name, "House of anna", by=STAFF, now=END + 12)
    small.cycle.part_name(small.key, "The house of Bert", by=STAFF_2, now=END + 13)


def _order(small: Stage) -> None:
    """A day of slots is planned and published; one of them is turned down, and given once more."""
    key, now = small.key, NOTICE + DAY
    plan = Plan({1: "SG30-001", 2: "SG30-002"}, frozenset({1}), time(9, 45), (Break(1, 15, "Coffee"),))
    small.cycle.change_order(key, "kick_off", plan, by=STAFF, now=now + 1)
    small.cycle.wish_slot(key, "SG30-002", "kick_off", Wish("not before", time(10)), by=STAFF_2, now=now + 2)
    small.cycle.publish_order(key, "kick_off", by=STAFF, now=now + 3, shown=_shown(small, None, now + 3))
    small.cycle.decline_slot(key, "SG30-002", "kick_off", by=applicant("bert"), now=now + 4, words="Not so early.")
    again = replace(plan.swapped(2, 3), reserve=())
    small.cycle.change_order(key, "kick_off", again, by=STAFF, now=now + 5, shown=_shown(small, again, now + 5))
    small.cycle.decline_slot(key, "SG30-001", "kick_off", by=STAFF_2, now=now + 6)


def _shown(stage: Stage, plan: Plan | None, now: int) -> str:
    with stage.database.reading() as session:
        return judge(stage.cycle.look(session, stage.key, now), "kick_off", plan).digest


def _together(gate: Stage) -> None:
    """One act of staff that is undone, and one whose letters are sent at once."""
    key, both = gate.key, ["GA30-001", "GA30-004"]
    mistake = gate.cycle.move(key, both, "decline", by=STAFF, now=END + 1, reason="a mistake", undo_for=DAY)
    gate.cycle.undo(key, mistake, by=STAFF_2, now=END + 2)
    meant = gate.cycle.move(key, both[:1], "decline", by=STAFF, now=END + 3, undo_for=DAY)
    gate.cycle.send_now(key, meant, by=STAFF_2, now=END + 4)


def _mail(small: Stage) -> None:
    """A letter comes back, is answered, and goes again to another address. Nobody's own address is corrected: then each
    question would be asked in another way (test_correcting)."""
    letters = (row for row in small.rows(NotificationRow) if row.status == "sent" and row.key.startswith(small.key))
    letter = min((row for row in letters if row.address == applicant("bert")), key=lambda row: row.id)
    failure = Failure((letter.address,), "550 nobody")
    for turn in ("1", "2", "2"):
        small.cycle.receive(
            mail(f"back {turn}", FAILURE, about=(letter.message_id,), failure=failure), now=END + 5
        )  # fmt: skip
    for digest, kind in {"a": REPLY, "b": AUTOMATIC, "c": REPLY}.items():
        small.cycle.receive(mail(digest, kind, about=(letter.message_id,)), now=END + 6)
    small.cycle.receive(mail("of nobody", REPLY), now=END + 6)
    StaffDesk(small.database, SENDER).write_anew(letter.id, address="bert@home.example", by=STAFF, now=END + 8)
    first = next(row.id for row in small.rows(ReceivedRow) if row.kind == REPLY)
    small.cycle.handle_mail(small.key, first, by=STAFF_2, now=END + 9)
    small.cycle.tell_of_mail(tell=lambda *_: None, now=END + 9)


def mail(digest: str, kind: str, **more: Any) -> Mail:
    return Mail(digest, "<a@b.example>", "somebody@home.example", "Re: it", kind, b"raw", 3, **more)


def _prepare(database: Database, small: Stage) -> None:
    """A lost second factor is taken away; another round is in the making, and its calendar was rehearsed."""
    with database.transaction() as session:
        person = find_person(session, STAFF_2)
        assert person is not None
        factors.put(session, the_id(person), "n" * 22, 1, ["c" * 64], END)
        by = the_id(person)
        drafts.make(session, programme="small", name="2032", source="small/2030", files={}, by=by, now=END)
        id = rehearsals.ask(session, programme(), "2030", rehearsals.Wanted(3, 7), by=by, now=END)
        rehearsals.hear(session, id, END + 1, done=1, total=2, doing="")
        rehearsals.put_outcome(session, id, END + 2, figures={"letters": 1}, outcome={}, report=b"x")
        rehearsals.approve(session, id, by=by, now=END + 3)
    small.cycle.forget_factor(small.key, email=STAFF_2, by=STAFF, now=END, tell=lambda *_: None)


def _meet(gate: Stage) -> None:
    """A meeting is planned, people are asked to it, it is moved, and another one is cancelled."""
    key = gate.key
    sitting = Sitting(date(2031, 9, 10), time(10), time(12), "Ghent", "https://meet.example/one")
    first = gate.cycle.plan_meeting(key, "open_day", sitting, by=STAFF, now=END + 5)
    second = gate.cycle.plan_meeting(key, "open_day", Sitting(date(2031, 9, 11)), by=STAFF_2, now=END + 6)
    everybody = [Asked(applicant("bert"), "applicant", "GA30-002"), Asked(CHAIR, "jury"), Asked(STAFF_2, "staff")]
    gate.cycle.invite(key, first, everybody, by=STAFF, now=END + 7)
    gate.cycle.invite(key, second, everybody[:1], by=STAFF, now=END + 7)
    for who, said in ((applicant("bert"), "accepted"), (CHAIR, "tentative")):
        uid = _asked(gate, first, who)
        gate.cycle.answer_invitation(key, uid, said, via="page", by=who, now=END + 8, words="Gladly.")
    gate.cycle.move_meeting(key, first, replace(sitting, place="Bruges"), reason="a leak", by=STAFF_2, now=END + 9)
    later = replace(sitting, start=time(11), place="Bruges")
    gate.cycle.move_meeting(key, first, later, reason="a strike", by=STAFF, now=END + 10)
    gate.cycle.answer_invitation(key, _asked(gate, first, CHAIR), "declined", via="mail", by=CHAIR, now=END + 11)
    gate.cycle.cancel_meeting(key, second, reason="nobody comes", by=STAFF, now=END + 12)
    gate.cycle.withdraw_invitation(key, _asked(gate, first, STAFF_2), reason="her day off", by=STAFF, now=END + 13)
    _come(gate, first)


def _come(gate: Stage, later: int) -> None:
    """People come, one after an excuse, one is excused beforehand, and two mistakes are put right."""
    key, bert, now = gate.key, applicant("bert"), END + 14
    today = gate.cycle.plan_meeting(key, "open_day", Sitting(date(2031, 7, 1), time(18)), by=STAFF, now=now)
    of = {"number": "GA30-002", "by": STAFF}
    gate.cycle.record_presence(key, later, bert, came=False, reason="a journey", now=now + 1, **of)
    gate.cycle.record_presence(key, today, bert, came=False, reason="ill", now=now + 2, **of)
    gate.cycle.record_presence(key, today, bert, now=now + 3, **of)
    gate.cycle.correct_presence(key, 3, by=STAFF_2, now=now + 4)
    gate.cycle.record_presence(key, today, bert, now=now + 5, **of)
    gate.cycle.record_presence(key, today, CHAIR, came=False, reason="a train", by=STAFF, now=now + 6)
    mistaken = gate.cycle.record_presence(key, today, STAFF_2, by=STAFF, now=now + 7)
    gate.cycle.correct_presence(key, mistaken, reason="it was her sister", by=STAFF_2, now=now + 8)


def _seat(gate: Stage) -> None:
    """People ask for seats: some have one, one takes an offer, one lets it lapse, staff seat somebody beside."""
    key, now = gate.key, END + 20
    evening = gate.cycle.plan_meeting(key, "evening", Sitting(date(2031, 9, 10), time(19)), by=STAFF, now=now)

    def seat(who: str) -> int:
        person = gate.person_id(f"{who}@public.example")
        return max(one.id for one in gate.rows(SeatRow) if one.person_id == person)

    def gives_back(who: str, now: int) -> None:
        gate.cycle.give_back(key, seat(who), by=f"{who}@public.example", now=now)

    for place, who in enumerate(("ada", "ben", "cas", "dee", "eli", "fay")):
        gate.cycle.sign_up(key, evening, email=f"{who}@public.example", language="en", name=who, now=now + 1 + place)
    gives_back("ada", now + 10)
    gate.cycle.answer_offer(key, seat("cas"), takes=True, by="cas@public.example", now=now + 11)
    gives_back("ben", now + 12)
    gate.cycle.advance(END + 5 * DAY)  # the offer to dee lapses, and goes to eli
    gate.cycle.seat_beside(
        key, evening, email="guest@public.example", name="Guest", language="en", reason="speaks there", by=STAFF,
        now=END + 5 * DAY, one_more=True,
    )  # fmt: skip
    sooner = Sitting(date(2031, 7, 8), time(19))
    gate.cycle.move_meeting(key, evening, sooner, reason="a strike", by=STAFF, now=END + 5 * DAY + 1)


def _asked(stage: Stage, meeting: int, who: str) -> str:
    person = stage.person_id(who)
    (uid,) = (one.uid for one in stage.rows(InvitationRow) if (one.meeting_id, one.person_id) == (meeting, person))
    return str(uid)


class _Post:
    def __init__(self, database: Database) -> None:
        self.clock = StoppedClock(0)
        # the relay sleeps until the first reminder is worth nothing any more
        mailbox = Mailbox(self.clock, down=[(0, at("2030-02-01T00:00"))])
        contact = Address("Els Example", addr_spec="els@fund.example")
        self.postman = Postman(database, mailbox, Renderer(contact), sender=SENDER)

    def deliver(self, now: int) -> None:
        self.clock.instant = now
        asyncio.run(self.postman.deliver(self.clock))


def _write(small: Stage) -> None:
    """Somebody gives letters other texts, and another address."""
    desk, number = StaffDesk(small.database, SENDER), _a_letter(small, "granted-list")
    for act in (lambda: desk.edit(number, subject="Chosen", body="Read the list.", by=STAFF, now=NOTICE),
                lambda: desk.take_edit_back(number, by=STAFF_2, now=NOTICE),
                lambda: desk.edit(number, subject="Chosen", body="Read it today.", by=STAFF, now=NOTICE),
                lambda: desk.write_anew(number, address="home@jury.example", by=STAFF, now=NOTICE)):  # fmt: skip
        act()
    desk.send_test(_a_letter(small, "granted-list"), once="a", by=STAFF, now=NOTICE)
    judge = Wording(SENDER).judge
    for text in ("Stop\n\nIt is over.\n", "Stop\n\nIt is over now.\n"):
        digest = small.rows(RoundRow)[-1].digest
        small.cycle.reword(
            small.key, {"letters/en/stopped.md": text}, opened=digest, judge=judge, by=STAFF, now=NOTICE
        )  # fmt: skip


def _a_letter(stage: Stage, letter: str) -> int:
    return max(row.id for row in stage.rows(NotificationRow) if row.letter == letter and row.status == "waiting")


def call(small: Stage) -> None:
    small.cycle.advance(at("2030-01-07T09:00"))
    for who in ("anna", "bert", "cleo", "eva"):
        small.draft(who)
    key = small.key
    small.cycle.answer(key, "SG30-001", {"title": "Songs"}, by=applicant("anna"), now=CALL + 1, files={"plan": PDF})
    small.cycle.add_contact(
        key, "SG30-001", email="second@applicant.example", name=FOLDED, language="en", by=applicant("anna"),
        now=CALL + 2,
    )  # fmt: skip
    small.cycle.add_contact(
        key, "SG30-001", email="third@applicant.example", name="", language="en", by=applicant("anna"), now=CALL + 3
    )
    small.cycle.remove_contact(key, "SG30-001", email="third@applicant.example", by=STAFF, now=CALL + 4)
    small.cycle.introduce(key, "SG30-001", organisation="House of songs", name="A.", by=applicant("anna"), now=CALL + 5)
    small.cycle.subscribe(key, email="curious@public.example", language="en", now=CALL + 6)
    small.cycle.leave(key, by="curious@public.example", now=CALL + 7)
    for number, who in enumerate(("anna", "bert", "cleo"), start=1):
        small.cycle.act(
            key, f"SG30-00{number}", "submit", by=applicant(who), now=CALL + 10 + number, once=f"key of {who}"
        )
    small.cycle.act(key, "SG30-004", "withdraw", by=applicant("eva"), now=CALL + 20)
    for who in ("dora", "fay"):
        small.draft(who, complete=False)
    small.cycle.ask_extension(key, "SG30-006", of="call closes", reason="slow", by=applicant("fay"), now=CALL + 25)
    small.cycle.answer_extension(key, 1, granted=False, words="too late", by=STAFF, now=CALL + 26)
    _writings(small)
    small.cycle.extend(key, "call closes", date(2030, 3, 5), reason="ill", by=STAFF, now=CALL + 30, dossier="SG30-005")
    several = small.cycle.extend_each(
        key, "call closes", date(2030, 3, 8), reason="flood", by=STAFF, now=CALL + 40,
        dossiers=["SG30-006", "SG30-005"], undo_for=UNDO, once="a key of staff",
    )  # fmt: skip
    small.cycle.take_back(key, several, by=STAFF_2, now=CALL + 50)
    # the first reminder is worth nothing any more when the machine wakes
    small.cycle.advance(at("2030-02-27T10:00"))


def _writings(small: Stage) -> None:
    key = small.key
    note = small.cycle.write_note(key, "SG30-001", "They called.", by=STAFF, now=CALL + 26)
    note = small.cycle.replace_note(key, "SG30-001", note, "They called twice.", by=STAFF_2, now=CALL + 27)
    small.cycle.remove_note(key, "SG30-001", note, by=STAFF, now=CALL + 28)
    small.cycle.write_note(key, "SG30-002", "A kind house.", by=STAFF, now=CALL + 28)
    words = {"en": Words("Open day", "Come and **see** us.")}
    small.cycle.message(key, ["SG30-001", "SG30-002"], Message(words), by=STAFF, now=CALL + 28)
    lacking = {"en": Words("Still to come", "Please send us this:")}
    small.cycle.message(key, ["SG30-005"], Message(lacking, asks=True), by=STAFF, now=CALL + 29)


def reading(small: Stage) -> None:
    key = small.key
    small.cycle.extend(key, "reading closes", date(2030, 4, 1), reason="a strike", by=STAFF_2, now=READING)
    for number in ("SG30-001", "SG30-002", "SG30-003"):
        small.cycle.recommend(key, number, f"words for {number}", by=MEMBER, now=READING + 1)
        small.cycle.score(key, number, {"quality": 6}, by=MEMBER, now=READING + 1)
    small.cycle.recommend(key, "SG30-001", "better words", by=MEMBER, now=READING + 2, advises="choose")
    for place, words in enumerate(("Sing louder.", "Sing on.")):
        small.cycle.comment(key, "SG30-001", words, to="applicant", by=MEMBER, now=READING + 2 + place)
    for place, words in enumerate(("Who pays?", "")):
        small.cycle.comment(key, "SG30-001", words, to="committee", by=MEMBER, now=READING + 12 + place)
    small.cycle.declare_clear(key, "SG30-001", by=MEMBER, now=READING + 2)
    small.cycle.declare_clear(key, "SG30-002", by=THIRD, now=READING + 2)
    small.cycle.score(key, "SG30-001", {"quality": 8}, by=MEMBER, now=READING + 2)
    asked = [(number, who) for number in ("SG30-001", "SG30-002") for who in (MEMBER, THIRD)]
    small.cycle.assign(key, "jury", add=asked, by=STAFF, now=READING + 2)
    small.cycle.assign(key, "jury", remove=[("SG30-001", THIRD)], by=STAFF_2, now=READING + 3)
    small.cycle.declare_conflict(key, "SG30-002", by=THIRD, now=READING + 3, reason="a cousin")
    small.cycle.declare_conflict(key, "SG30-003", by=STAFF, of=THIRD, now=READING + 3)
    small.cycle.declare_clear(key, "SG30-003", by=STAFF, of=CHAIR, now=READING + 3)
    small.cycle.remind_members(key, "read", [CHAIR], tell=lambda *_: True, by=STAFF, now=READING + 3)
    small.cycle.verdict(key, "SG30-001", "decline", by=CHAIR, now=READING + 3)
    small.cycle.withdraw_verdict(key, "SG30-001", by=CHAIR, now=READING + 4)
    small.cycle.verdict(key, "SG30-001", "choose", by=CHAIR, now=READING + 4)
    small.cycle.verdict(key, "SG30-002", "decline", by=CHAIR, now=READING + 4, reason="small")
    small.cycle.verdict(key, "SG30-002", "choose", by=STAFF, now=READING + 5, reason="heard again")
    small.cycle.verdict(key, "SG30-003", "decline", by=CHAIR, now=READING + 6)
    other = small.brought_in("gus", "read", READING + 6)
    small.cycle.verdict(key, other, "decline", by=CHAIR, now=READING + 6)
    small.cycle.act(key, "SG30-003", "withdraw", by=applicant("cleo"), now=READING + 7)
    small.cycle.approve(key, "notice opens", by=STAFF, now=READING + 8)
    small.cycle.revoke(key, "notice opens", by=STAFF, now=READING + 9)
    small.cycle.approve(key, "notice opens", by=STAFF_2, now=READING + 10)


def work(small: Stage) -> None:
    key = small.key
    small.cycle.attend(key, "SG30-001", "kick_off", by=STAFF, now=at("2030-05-08T18:00"))
    small.cycle.advance(at("2030-06-03T09:00"))
    small.cycle.excuse(key, "SG30-002", "kick_off", reason="a birth", by=STAFF, now=at("2030-06-10T09:00"))
    _agree(small)
    small.cycle.deliver(
        key, "SG30-001", "report", {}, by=applicant("anna"), now=at("2031-02-01T09:00"), files={"report": PDF}
    )
    small.cycle.excuse(key, "SG30-001", "accounts 1", reason="none", by=STAFF, now=at("2031-02-02T09:00"))
    small.cycle.ask_extension(
        key, "SG30-002", of="accounts", to=date(2031, 6, 20), reason="audit", by=applicant("bert"),
        now=at("2031-02-02T10:00"),
    )  # fmt: skip
    small.cycle.answer_extension(key, 2, granted=True, words="", by=STAFF, now=at("2031-02-03T09:00"))
    small.cycle.advance(at("2031-06-04T09:00"))
    small.cycle.deliver(
        key, "SG30-002", "report", {}, by=applicant("bert"), now=at("2031-06-05T09:00"), files={"report": PDF}
    )
    _review(small)


def _review(small: Stage) -> None:
    """Accounts that are overdue come in late, are sent back and accepted; others await review."""
    key = small.key
    small.cycle.advance(at("2031-06-24T09:00"))
    small.cycle.deliver(key, "SG30-002", "accounts", {"spent": 1}, by=applicant("bert"), now=at("2031-06-25T09:00"))
    small.cycle.review(
        key, "SG30-002", _newest(small), accepted=False, words="Which year?", to=date(2031, 7, 20), by=STAFF,
        now=at("2031-06-26T09:00"),
    )  # fmt: skip
    small.cycle.deliver(key, "SG30-002", "accounts", {"spent": 2}, by=applicant("bert"), now=at("2031-06-27T09:00"))
    small.cycle.review(key, "SG30-002", _newest(small), accepted=True, by=STAFF_2, now=at("2031-06-28T09:00"))
    small.cycle.deliver(key, "SG30-001", "accounts", {"spent": 3}, by=applicant("anna"), now=at("2031-06-29T09:00"))


def _agree(small: Stage) -> None:
    """Times are proposed, replaced, accepted and declined; hours are given, booked, moved, given back and removed."""
    key, anna, now = small.key, applicant("anna"), at("2030-07-01T10:00")

    def times(*days: str) -> list[Sitting]:
        return [Sitting(date.fromisoformat(day), time(10), time(11), "Ghent") for day in days]

    small.cycle.propose_times(key, "SG30-001", "coaching 1", times("2030-09-02"), by=anna, now=now)
    number = small.cycle.propose_times(
        key, "SG30-001", "coaching 1", times("2030-09-03", "2030-09-04"), words="Or later.", by=STAFF, now=now + 1
    )
    small.cycle.accept_time(key, "SG30-001", number, 2, by=anna, now=now + 2)
    number = small.cycle.propose_times(key, "SG30-001", "coaching 1", times("2030-09-05"), by=anna, now=now + 3)
    small.cycle.decline_times(key, "SG30-001", number, words="Too late.", by=STAFF_2, now=now + 4)
    for day in ("2030-10-01", "2030-10-02", "2030-10-03"):
        small.cycle.give_hours(key, "talk", times(day), by=MEMBER, now=now + 5)
    small.cycle.book_hour(key, "SG30-001", 1, of="talk 1", by=anna, now=now + 6)
    small.cycle.book_hour(key, "SG30-001", 2, of="talk 1", by=anna, now=now + 7)
    small.cycle.give_hour_back(key, "SG30-001", 2, by=anna, now=now + 8)
    small.cycle.book_hour(key, "SG30-002", 1, of="talk 1", by=applicant("bert"), now=now + 9)
    small.cycle.remove_hour(key, 3, by=MEMBER, now=now + 10)


def _newest(small: Stage) -> int:
    return max(the_id(row) for row in small.rows(DeliveryRow))


def _play_network(database: Database) -> None:
    """One place: it is given back twice, and nobody is left who came to the intake, as one must.

    A draft fades after a day, and who is away for two years is given up.
    """
    edits = {
        "{ at_most = 18 }": '{ attended = "intake", at_most = 1 }',
        'when    = "a place frees"\nduring  = "places"': 'when    = "a place frees"',
        'when = "places closes"': 'by   = "staff"',
        "[transition.come_back]": (
            '[transition.fade]\nfrom = "draft"\nto = "lapsed"\nafter = "1 day"\n\n'
            '[transition.give_up]\nfrom = "away"\nto = "left"\nafter = "2 years"\n\n'
            '[reminder.still_away]\nabout = "away"\nafter = "1 week"\ntell = { staff = "still-away" }\n\n'
            "[transition.come_back]"
        ),
    }
    network = Stage(database, programme(NETWORK, NETWORK_2030, name="network", edits=edits)).open()
    key, now = network.key, at("2030-02-10T10:00")
    for place, who in enumerate(("anna", "bert", "cleo", "dora")):
        number, email = network.draft(who, now + place, complete=False), applicant(who)
        network.cycle.answer(key, number, {"title": "To listen"}, by=email, now=now + place)
        network.cycle.act(key, number, "sign_up", by=email, now=now + place)
        if who in ("anna", "cleo"):
            network.cycle.attend(key, number, "intake", by=STAFF, now=now + place)
    network.draft("erin", now + 4, complete=False)
    network.cycle.act(key, "LN30-001", "pass_on", by=STAFF, now=now + DAY)
    network.cycle.act(key, "LN30-003", "not_now", by=applicant("cleo"), now=now + 2 * DAY)
    # the list is called otherwise from now on, by the board's decision
    called = NETWORK.replace('"waiting"', '"listed"').replace("\nwaiting ", "\nlisted  ")
    network.cycle.replace_rules(
        key, programme(called, NETWORK_2030, name="network", edits=edits), reason="clearer", by=STAFF_2,
        mapped={"waiting": "listed"}, now=now + 3 * DAY,
    )  # fmt: skip


def _play_stages(database: Database) -> None:
    """Three dossiers. Of one an expert's marks are set aside, counted again, and set aside after all; of two a panel
    agrees on a score, and on another after all."""
    stages = Stage(database, programme(STAGES, STAGES_2030.replace("SG30", "ST30"), name="stages"))
    key, now = stages.key, NOTICE - DAY
    stages.cycle.open_round(stages.programme, "2030", by=STAFF, now=BEFORE)
    for email, role, chair in (
        (STAFF, "staff", False), (CHAIR, "panel", True), (MEMBER, "panel", False), (THIRD, "experts", False),
    ):  # fmt: skip
        stages.cycle.add_person(
            key, email=email, name=email, language="en", role=role, chair=chair, by=STAFF, now=BEFORE
        )
    first, second = (stages.brought_in(who, "shortlist", CALL) for who in ("anna", "bert"))
    read = stages.brought_in("cleo", "handed", CALL)
    stages.cycle.assign(key, "experts", add=[(read, THIRD)], by=STAFF, now=READING)
    stages.cycle.score(key, read, {"quality": 1, "risk": 9, "scope": 1}, by=THIRD, now=READING)
    stages.cycle.set_aside(key, read, THIRD, reason="far from all others", by=STAFF, now=READING + 1)
    stages.cycle.count_again(key, read, THIRD, by=STAFF, now=READING + 2)
    stages.cycle.set_aside(key, read, THIRD, reason="nobody else is so far off", by=STAFF, now=READING + 3)
    stages.cycle.assign(key, "panel", add=[(first, MEMBER)], by=STAFF, now=now)
    stages.cycle.score(key, first, {"risk": 3}, by=MEMBER, now=now)
    stages.cycle.recommend(key, second, "Let us see", by=MEMBER, now=now)
    for place, mark in enumerate((4, 2)):
        stages.cycle.agree(key, first, {"risk": mark}, by=CHAIR, now=now + 1 + place)
    stages.cycle.agree(key, second, {"risk": 6}, by=STAFF, now=now + 3)


def _play_scholars(database: Database) -> None:
    """One dossier is read by the panel of two fields, one after the other, and put in order and scored by its board."""
    scholars = Stage(database, programme(SCHOLARS, SCHOLARS_2030, name="scholars"))
    key = scholars.key
    scholars.cycle.open_round(scholars.programme, "2030", by=STAFF, now=BEFORE)
    for email, role, scope in (
        (STAFF, "staff", ""), (MEMBER, "panel", "Arts"), (THIRD, "panel", "Law"), (THIRD, "panel", "Physics"),
        (CHAIR, "board", "young"),
    ):  # fmt: skip
        scholars.cycle.add_person(
            key, email=email, name=email, language="en", role=role, chair=role != "staff", scope=scope, by=STAFF,
            now=BEFORE,
        )  # fmt: skip
    number = scholars.draft("anna", CALL, complete=False, strand="young")
    answers = {"title": "Work of anna", "amount": 2000, "field": "Arts"}
    scholars.cycle.answer(key, number, answers, by=applicant("anna"), now=CALL)
    scholars.cycle.act(key, number, "submit", by=applicant("anna"), now=CALL)
    scholars.cycle.assign(key, "panel", add=[(number, MEMBER)], remove=[], by=STAFF, now=READING)
    for field, by in (("Law", MEMBER), ("Physics", THIRD)):
        scholars.cycle.score(key, number, {"quality": 7}, by=by, now=READING)
        scholars.cycle.recommend(key, number, f"words of {by}", by=by, now=READING)
        scholars.cycle.act(key, number, "send_on", answers={"field": field}, by=by, now=READING)
    scholars.cycle.assign(key, "panel", add=[(number, THIRD)], by=STAFF, now=READING + 1)
    now = at("2030-04-02T10:00")
    scholars.cycle.advance(now)
    scholars.cycle.assign(key, "board", add=[(number, CHAIR)], by=STAFF, now=now)
    scholars.cycle.agree(key, number, {"fit": 6}, by=CHAIR, now=now)
    scholars.cycle.give_order(key, "heard", [number], by=CHAIR, now=now)
    scholars.cycle.advance(at("2030-04-27T10:00"))


def _play_panel(database: Database) -> None:
    """Four before a panel: two are heard and put in order by hand, one is funded, one waits for money in reserve."""
    panel = Stage(
        database, programme(PANEL, PANEL_2030.replace("SG30", "PN30"), name="panel", edits=WITH_PAYMENTS)
    ).open()
    for place, (who, mark) in enumerate({"anna": 7, "bert": 7, "cleo": 6, "dora": None}.items()):
        number = panel.draft(who, CALL + place)
        panel.cycle.answer(panel.key, number, {"amount": 5000, "steps": STEPS}, by=applicant(who), now=CALL + place)
        panel.cycle.act(panel.key, number, "submit", by=applicant(who), now=CALL + place)
        for member in (MEMBER, CHAIR) if mark else ():
            panel.cycle.score(panel.key, number, {"scope": 2, "worth": mark}, by=member, now=CALL + place)
    for numbers in (["PN30-001", "PN30-002"], ["PN30-002"], ["PN30-002", "PN30-001"]):
        panel.cycle.advance(at("2030-04-02T10:00"))
        panel.cycle.give_order(panel.key, "heard", numbers, by=CHAIR, now=at("2030-04-02T10:00") + len(numbers))
    panel.cycle.advance(at("2030-06-10T10:00"))
    _pay(panel)


def _play_visits(database: Database) -> None:
    """What is decided after a visit is known on a day of each: of one it is, one leaves before, one waits for it."""
    edits = {
        'number   = "SG30"': 'number   = "VS30"', 'title    = "Small grants 2030"': 'title    = "Visits 2030"',
        'grace = "60 seconds" }': 'grace = "60 seconds", zone = "applicant" }',
    }  # fmt: skip
    visits = Stage(database, programme(name="visits", edits=VISITED | edits)).open()
    for who, day in (("anna", "2030-03-12"), ("bert", "2030-03-12"), ("cleo", "2031-09-01")):
        number = visits.draft(who)
        visits.cycle.answer(visits.key, number, {"visit": day}, by=applicant(who), now=CALL)
        visits.cycle.act(visits.key, number, "submit", by=applicant(who), now=CALL)
    for zone in ("Pacific/Auckland", "America/New_York"):
        visits.cycle.change_clocks(visits.key, "VS30-001", zone, by=applicant("anna"), now=CALL + 1)
    for number in ("VS30-001", "VS30-002", "VS30-003"):
        visits.cycle.recommend(visits.key, number, "good", by=MEMBER, now=READING)
        visits.cycle.verdict(visits.key, number, "decline", by=CHAIR, now=READING)
    visits.cycle.act(visits.key, "VS30-002", "leave", by=applicant("bert"), now=READING + DAY)
    visits.cycle.advance(at("2030-04-02T09:00"))


def _pay(panel: Stage) -> None:
    """The funded one is paid in parts, by the day of all and by days of its own; one payment was a mistake."""
    key, now = panel.key, at("2030-06-12T10:00")

    def pay(promise: str, amount: float, day: int, **more: Any) -> int:
        return panel.cycle.record_payment(
            key, "PN30-002", promise, amount, day=date(2030, 6, day), by=STAFF, now=now + day, **more
        )

    pay("grant", 2000, 11, reference="Bank 7")
    mistake = pay("grant", 3000, 12)
    panel.cycle.take_payment_back(key, mistake, reason="another account", by=STAFF_2, now=now + 20)
    pay("steps", 250.5, 12, position=1, once="a form of staff")
    panel.cycle.advance(at("2030-06-20T10:00"))


def _play_gate(database: Database) -> Stage:
    gate = Stage(database, programme(GATE, GATE_2030.replace("SG30", "GA30"), name="gate")).open()
    for place, (who, mark) in enumerate({"anna": 5, "bert": 9, "cleo": 7, "dora": None}.items()):
        number = gate.handed_in(who, CALL + place)
        if mark is not None:
            gate.cycle.score(gate.key, number, {"quality": mark}, by=MEMBER, now=CALL + place)
    return gate

"""Letters that staff change: another text, another address, a test, and all of a cause at once."""

import threading
from email import message_from_bytes
from email.policy import default

import pytest
from letters_world import CONTACT, KEY, SENDER, World
from sqlmodel import select

from engine.cycle.scene import Shelf
from engine.database.connection import Database
from engine.database.invariants import INVARIANTS, check
from engine.database.pages.outbox import Cause, Wanted
from engine.database.records import EditRow, JournalRow, LetterRow, NotificationRow, RoundRow
from engine.errors import GrantcycleError, Refused
from notifications.accounts import AccountLetters
from notifications.desk_groups import Many
from notifications.edited import to_begin_with
from notifications.freezing import read_frozen
from notifications.invariants import LETTERS
from notifications.lease import take
from notifications.previewing import Previews
from notifications.rendering import Renderer
from notifications.staff_desk import StaffDesk
from notifications.transport import Mailbox, Reply

STAFF = "els@funder.example"


class Refusing(Mailbox):
    """A relay that takes no letter."""

    async def send(self, _sender: str, _recipient: str, _raw: bytes) -> Reply:
        return Reply("refused", "550 5.1.1 no such user")


def desk_of(world: World) -> StaffDesk:
    return StaffDesk(world.database, SENDER)


def broken(database: Database, now: int) -> list[str]:
    """What `doctor` would say."""
    with database.reading() as session:
        rounds = session.exec(select(RoundRow)).all()
        every = [one for one in (*INVARIANTS, *LETTERS) if one.name.startswith(("letter", "told once", "address",
                 "edited", "rewording", "envelope", "message", "sent letters", "journal"))]  # fmt: skip
        found = check(session, now, rounds, invariants=every)
        return [f"{one.invariant.name}: {sentence}" for one in found for sentence in one.offending]


def noted(world: World) -> list[tuple[str, object]]:
    rows = world.read(select(JournalRow).where(JournalRow.what.like("letter%")))  # type: ignore[attr-defined]
    return [(row.what, row.details.get("number", row.details.get("count"))) for row in rows]


async def test_what_somebody_writes_by_hand_is_sent_in_place_of_what_the_programme_says(
    world: World, renderer: Renderer
) -> None:
    world.tell(world.to_applicant(1), world.to_applicant(2))
    desk, box = desk_of(world), Mailbox(world.clock)
    desk.edit(1, subject="Good news\n{{ x }}", body="Dear **Amina**,\r\n\r\n{{ nothing }} to fill in.", by=STAFF,
              now=world.clock.now())  # fmt: skip
    await world.postman(box, renderer).deliver(world.clock)
    [first] = [row for row in world.read(select(LetterRow)) if row.notification_id == 1]
    assert (first.subject, "{{ nothing }} to fill in." in first.text, "<strong" in first.html) == (
        "Good news {{ x }}", True, True,
    )  # fmt: skip
    assert (world.statuses(), noted(world), broken(world.database, world.clock.now())) == (
        ["sent", "sent"], [("letter edited", 1)], [],
    )  # fmt: skip


async def test_markup_and_scripts_in_an_edited_letter_are_text(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1))
    body = "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[Come](https://good.example)\x00\x1b"
    desk_of(world).edit(1, subject="<b>x</b>", body=body, by=STAFF, now=world.clock.now())
    await world.postman(Mailbox(world.clock), renderer).deliver(world.clock)
    [letter] = world.read(select(LetterRow))
    assert ("<script" in letter.html, "<img" in letter.html, "<b>x" in letter.html) == (False, False, False)
    assert ("&lt;script&gt;" in letter.html, 'href="https://good.example"' in letter.html) == (True, True)


NO_LETTERS = (
    ("", "Text", "subject"), ("x" * 201, "Text", "subject"), ("Hello", "  \n ", "body"),
    ("Hello", "x" * 50_001, "body"), ("Hello", "[here](http://plain.example)", "body"),
)  # fmt: skip


def test_a_text_that_is_no_letter_is_refused_and_nothing_changes(world: World) -> None:
    world.tell(world.to_applicant(1))
    for subject, body, code in NO_LETTERS:
        with pytest.raises(Refused) as refused:
            desk_of(world).edit(1, subject=subject, body=body, by=STAFF, now=world.clock.now())
        assert [one.code for one in refused.value.reasons] == [code]
    assert (world.read(select(EditRow)), noted(world)) == ([], [])


async def test_an_edit_that_is_taken_back_leaves_what_the_programme_says(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1))
    desk = desk_of(world)
    desk.edit(1, subject="Other", body="Other", by=STAFF, now=world.clock.now())
    desk.take_edit_back(1, by=STAFF, now=world.clock.now())
    await world.postman(Mailbox(world.clock), renderer).deliver(world.clock)
    [letter] = world.read(select(LetterRow))
    assert (letter.subject, broken(world.database, world.clock.now())) == ("SG19-001: Songs from the night shift", [])


def test_what_somebody_begins_with_reads_as_the_letter_does(world: World) -> None:
    world.tell(world.to_applicant(1))
    previews = Previews(CONTACT, SENDER, Shelf())
    with world.database.reading() as session:
        row = session.get_one(NotificationRow, 1)
        subject, body = previews.text_of(session, row)
        by_hand = previews.show_edited(session, row, subject, body, world.clock.now())
        asis = previews.show(session, row, world.clock.now())
    assert (by_hand.html, by_hand.text, "\\," in body) == (asis.html, asis.text, False)


def test_escapes_that_mean_something_stay() -> None:
    begun = to_begin_with("Hello", "1\\. No list\\, but O\\'Neil \\*with\\* a star\n\n\\- nor this")
    assert begun.body == "1\\. No list, but O'Neil \\*with\\* a star\n\n\\- nor this"


async def test_what_was_written_already_is_not_edited_but_written_anew(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1))
    desk, clock = desk_of(world), world.clock
    await world.postman(Refusing(clock), renderer).deliver(clock)
    assert world.statuses() == ["failed"]
    with pytest.raises(Refused, match="letter 1 is failed: only one that is waiting or retry or held can be edited"):
        desk.edit(1, subject="x", body="y", by=STAFF, now=clock.now())
    desk.retry(1, by=STAFF, now=clock.now())
    with pytest.raises(Refused, match="letter 1 has been written already"):
        desk.edit(1, subject="x", body="y", by=STAFF, now=clock.now())
    twice = {desk.write_anew(1, address=" Amina@Right.example ", by=STAFF, now=clock.now()) for _ in range(2)}
    assert (twice, world.statuses()) == ({2}, ["cancelled", "waiting"])
    with pytest.raises(Refused, match="letter 1 is cancelled"):
        desk.retry(1, by=STAFF, now=clock.now())
    await world.postman(Mailbox(clock), renderer).deliver(clock)
    old, new = world.rows()
    with world.database.reading() as session:
        raw = read_frozen(session, [1, 2])
    headers = message_from_bytes(raw[2], policy=default)
    assert (headers["To"].addresses[0].addr_spec, new.status, old.last_reply) == (
        "Amina@right.example", "sent", "replaced by letter 2",
    )  # fmt: skip
    assert (old.message_id != new.message_id, headers["Message-ID"], broken(world.database, clock.now())) == (
        True, new.message_id, [],
    )  # fmt: skip


async def test_a_failed_letter_that_another_goes_in_place_of_is_never_tried_again(
    world: World, renderer: Renderer
) -> None:
    world.tell(world.to_applicant(1))
    desk, clock = desk_of(world), world.clock
    await world.postman(Refusing(clock), renderer).deliver(clock)
    desk.write_anew(1, hold=True, by=STAFF, now=clock.now())
    with pytest.raises(Refused, match="letter 2 goes in place of letter 1"):
        desk.retry(1, by=STAFF, now=clock.now())
    with pytest.raises(Refused, match="none of these letters can be tried again"):
        desk.retry_all(KEY, Many(Cause("transition submit", "received", clock.now()), Wanted(), 99), by=STAFF,
                       now=clock.now())  # fmt: skip
    assert world.statuses() == ["failed", "held"]


def test_only_an_address_is_written_to(world: World) -> None:
    world.tell(world.to_applicant(1))
    for address in ("", "two@a.example, more@a.example", "a@b.example\r\nBcc: x@y.example"):
        with pytest.raises(GrantcycleError):
            desk_of(world).write_anew(1, address=address, by=STAFF, now=world.clock.now())
    assert world.statuses() == ["waiting"]


async def test_a_test_goes_to_whoever_asks_and_says_that_it_is_one(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1), world.to_jury(1, 2))
    desk, box = desk_of(world), Mailbox(world.clock)
    first = world.rows()[0]
    desk.hold(1, by=STAFF, now=world.clock.now())
    for once in ("a", "a", "b"):
        desk.send_test(1, once=once, by=STAFF, now=world.clock.now())
    desk.send_test(2, once="a", by=STAFF, now=world.clock.now())
    await world.postman(box, renderer).deliver(world.clock)
    tests = [row for row in world.rows() if row.address == STAFF]
    assert ([row.status for row in tests], world.rows()[0].status) == (["sent"] * 3, "held")
    letters = {row.notification_id: row for row in world.read(select(LetterRow))}
    tried = letters[tests[0].id or 0]
    assert (tried.subject.startswith("[Proef] SG19-001"), first.address in tried.text) == (True, True)
    assert broken(world.database, world.clock.now()) == []


async def test_all_letters_of_a_cause_are_held_and_let_go_but_for_what_came_after(
    world: World, renderer: Renderer
) -> None:
    at = world.clock.now()
    world.tell(world.to_applicant(1), world.to_applicant(2), at=at)
    many = Many(Cause("transition submit", "received", at), Wanted(), newest=2)
    desk, clock = desk_of(world), world.clock
    assert desk.hold_all(KEY, many, by=STAFF, now=at) == 2
    world.tell(world.to_applicant(1), at=at + 1)
    await world.postman(Mailbox(clock), renderer).deliver(clock)
    assert world.statuses() == ["held", "held", "waiting"]  # the third waits for the first
    assert desk.cancel_all(KEY, Many(many.cause, Wanted(language="nl", dossier="SG19-001"), 2), reason="no", by=STAFF,
                           now=at) == 1  # fmt: skip
    assert desk.let_go_all(KEY, many, by=STAFF, now=at) == 1
    await world.postman(Mailbox(clock), renderer).deliver(clock)
    assert world.statuses() == ["cancelled", "sent", "sent"]
    with pytest.raises(Refused, match="none of these letters can be held any more"):
        desk.hold_all(KEY, many, by=STAFF, now=at)
    assert (noted(world), broken(world.database, at)) == (
        [("letters held", 2), ("letters cancelled", 1), ("letters let go", 1)], [],
    )  # fmt: skip


async def test_failed_letters_of_a_cause_are_all_tried_again(world: World, renderer: Renderer) -> None:
    at = world.clock.now()
    world.tell(world.to_applicant(1), world.to_applicant(2))
    await world.postman(Refusing(world.clock), renderer).deliver(world.clock)
    many = Many(Cause("transition submit", "received", at), Wanted(status="failed"), 9)
    assert desk_of(world).retry_all(KEY, many, by=STAFF, now=at) == 2
    await world.postman(Mailbox(world.clock), renderer).deliver(world.clock)
    assert (world.statuses(), broken(world.database, at)) == (["sent", "sent"], [])


def test_what_tells_of_a_dossier_in_conflict_stays_as_it_is(world: World) -> None:
    world.tell(world.to_applicant(1), world.to_jury(1, 2))
    at, desk = world.clock.now(), desk_of(world)
    with world.database.transaction() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO conflict (dossier_id, person_id, declared_at) SELECT 1, id, 0 FROM person "
            f"WHERE email = '{STAFF}'"
        )
    for letter in (1, 2):
        with pytest.raises(Refused, match="you have a conflict with a dossier that this letter tells of"):
            desk.hold(letter, by=STAFF, now=at)
        with pytest.raises(Refused, match="you have a conflict"):
            desk.send_test(letter, once="x", by=STAFF, now=at)
    with pytest.raises(Refused, match="none of these"):
        desk.hold_all(KEY, Many(Cause("transition submit", "received", at), Wanted(), 9), by=STAFF, now=at)
    assert set(world.statuses()) == {"waiting"}


def test_a_letter_is_held_and_never_taken_or_taken_and_not_held(world: World, filed: World) -> None:
    """Whoever is first has it, whichever way the transactions fall."""
    raced = world if world.database.is_shared else filed
    outcomes = set()
    for turn in range(10):
        raced.tell(raced.to_applicant(1), name=f"turn {turn}")
        letter, now = max(row.id or 0 for row in raced.rows()), raced.clock.now()
        begin, held, taken = threading.Barrier(2), list[bool](), list[int]()

        def hold(letter: int, begin: threading.Barrier, held: list[bool], now: int = now) -> None:
            begin.wait()
            try:
                desk_of(raced).hold(letter, by=STAFF, now=now)
            except Refused:
                held.append(False)
            else:
                held.append(True)

        def lease(begin: threading.Barrier, taken: list[int], now: int = now) -> None:
            begin.wait()
            with raced.database.transaction() as session:
                taken.extend(one.id for one in take(session, "relay", now, free=50, busy=0))

        workers = [threading.Thread(target=hold, args=(letter, begin, held)),
                   threading.Thread(target=lease, args=(begin, taken))]  # fmt: skip
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        outcomes.add((held[0], letter in taken, raced.rows()[-1].status))
        with raced.database.transaction() as session:
            session.connection().exec_driver_sql(
                "UPDATE notification SET status = 'cancelled', ended_at = 1, leased_until = NULL"
            )
    assert outcomes
    assert outcomes <= {(True, False, "held"), (False, True, "leased")}


@pytest.mark.parametrize("first", ["hold", "lease"])
async def test_what_is_held_is_never_sent_and_what_was_taken_is_not_held(
    world: World, renderer: Renderer, first: str
) -> None:
    """The postman has leased and not yet sent, or finds it held: both ways letter and status agree in the end."""
    world.tell(world.to_applicant(1))
    desk, now, told = desk_of(world), world.clock.now(), []

    class Slow(Mailbox):
        async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:
            try:
                desk.hold(1, by=STAFF, now=now)
            except Refused as refused:
                told.append(str(refused))
            return await super().send(sender, recipient, raw)

    if first == "hold":
        desk.hold(1, by=STAFF, now=now)
    box = Slow(world.clock)
    await world.postman(box, renderer).deliver(world.clock)
    letters = (len(box.letters), world.statuses(), told)
    if first == "hold":
        assert letters == (0, ["held"], [])
    else:
        assert letters == (1, ["sent"], ["letter 1 is leased: only one that is waiting or retry can be held"])


def test_a_letter_that_signs_somebody_in_goes_to_nobody_else(world: World) -> None:
    now = world.clock.now()
    with world.database.transaction() as session:
        AccountLetters(SENDER).queue(
            session, letter="co-applicant", key="k", facts={"nonce": "n", "by": "Amina", "title": "Songs"}, now=now,
            address="new@house.example", language="nl", dossier_id=1,
        )  # fmt: skip
    desk = desk_of(world)
    with pytest.raises(Refused, match="goes to nobody but its reader"):
        desk.write_anew(1, address="els@funder.example", by=STAFF, now=now)
    with pytest.raises(Refused, match="for its reader alone"):
        desk.send_test(1, once="a", by=STAFF, now=now)
    with pytest.raises(Refused, match="for its reader alone"):
        desk.edit(1, subject="a", body="b", by=STAFF, now=now)
    assert desk.write_anew(1, by=STAFF, now=now) == 2
    assert ([row.address for row in world.rows()], broken(world.database, now)) == (["new@house.example"] * 2, [])

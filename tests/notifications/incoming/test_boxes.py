"""What is in a mailbox comes once and is never lost: not by a break in the middle, nor by whoever else reads there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from letters_world import CONTACT, SENDER, World
from mails_that_come import LETTER, plain_mail, report
from sqlmodel import col, select

from engine.cycle import Cycle
from engine.cycle.receiving import Mail
from engine.database.records import NotificationRow, ReceivedRow
from engine.errors import Away, GrantcycleError
from notifications.accounts import AccountLetters
from notifications.incoming import collecting, maildir
from notifications.incoming.boxes import Fetched, ImapAddress, read_inbox
from notifications.incoming.collecting import Collected, Collector, box_of
from notifications.incoming.maildir import Maildir


@pytest.fixture
def box(tmp_path: Path) -> Maildir:
    """A maildir with two mails that nobody has read, one that a mail program took over, and one that was read."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    mails = {"new/1.a": "first", "new/2.b": "second", "cur/0.c:2,": "taken over", "cur/3.d:2,FS": "read"}
    for name, text in mails.items():
        (tmp_path / name).write_bytes(plain_mail(text, to=""))
    return Maildir(tmp_path)


def collector(world: World, box: collecting.Box) -> Collector:
    cycle = Cycle(world.database, world.outbox.queue)
    return Collector(
        box, cycle, AccountLetters(SENDER), officer=CONTACT, base_url=lambda: "https://grants.example"
    )  # fmt: skip


def files(box: Maildir) -> list[str]:
    return sorted(f"{path.parent.name}/{path.name}" for path in box.folder.glob("*/*"))


def test_what_was_not_read_comes_oldest_first_and_is_marked_when_it_is_done(box: Maildir) -> None:
    with box.unread(2) as unread:
        for one in unread:
            one.done()
    assert files(box) == ["cur/0.c:2,S", "cur/1.a:2,S", "cur/3.d:2,FS", "new/2.b"]


def test_a_mail_that_is_not_done_comes_again(box: Maildir) -> None:
    for _ in range(2):
        with box.unread(9) as unread:
            assert [one.raw.splitlines()[-1] for one in unread] == [b"taken over", b"first", b"second"]


def test_of_a_mail_that_is_too_large_the_headers_come(box: Maildir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maildir, "LARGEST", 10)
    with box.unread(1) as unread:
        (one,) = unread
    assert (one.size, one.raw) == (len(plain_mail("taken over", to="")), plain_mail("taken over", to=""))


def test_a_mail_that_somebody_moves_meanwhile_is_not_missed_nor_an_error(box: Maildir) -> None:
    with box.unread(9) as unread:
        first = next(unread)
        (box.folder / "new" / "1.a").rename(box.folder / "cur" / "1.a:2,")
        rest = list(unread)
        first.done()
    assert [one.raw.splitlines()[-1] for one in rest] == [b"second"]
    with box.unread(9) as unread:
        assert [one.raw.splitlines()[-1] for one in unread] == [b"first", b"second"]


def test_a_folder_that_is_no_maildir_is_told(tmp_path: Path) -> None:
    with pytest.raises(GrantcycleError, match="there is no maildir"), Maildir(tmp_path).unread(1):
        pass


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("maildir:mail/impuls", Path("mail/impuls")),
        ("imap://els@127.0.0.1:10143", ImapAddress("127.0.0.1", 10143, "els", "INBOX", is_tls=False)),
        ("imaps://els%40impuls.example@mail.impuls.example/Grants%20box",
         ImapAddress("mail.impuls.example", 993, "els@impuls.example", "Grants box", is_tls=True)),
    ],
)  # fmt: skip
def test_a_setting_names_a_mailbox(text: str, found: object) -> None:
    assert read_inbox(text) == found


@pytest.mark.parametrize(
    "text", ["maildir:", "pop3://els@mail.example", "imap://mail.example", "imaps://els@mail.example:x/", "imaps://",
             "imaps://els@mail.example/?a=b", "imaps://els@mail.example/B%C3%BCro", "imaps://els@mail.example/a%0Ab"],
)  # fmt: skip
def test_what_names_none_is_refused(text: str) -> None:
    with pytest.raises(GrantcycleError):
        read_inbox(text)


def test_a_password_in_an_address_is_refused_and_not_told_again() -> None:
    with pytest.raises(GrantcycleError) as told:
        read_inbox("imaps://els:hush@mail.impuls.example/INBOX")
    assert ("hush" in str(told.value), "INBOX_PASSWORD" in str(told.value)) == (False, True)
    with pytest.raises(GrantcycleError, match="asks for a password"):
        box_of("imaps://els@mail.impuls.example/INBOX", None, Path())


def test_only_this_machine_is_spoken_to_in_the_clear() -> None:
    hosts = ("127.0.0.1", "localhost", "::1", "10.0.0.1", "mail.impuls.example", "127.0.0.1.evil.example")
    assert [ImapAddress(one, 143, "els", "INBOX", is_tls=False).is_loopback for one in hosts] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


def test_what_comes_in_is_kept_once_and_marked_after_it_is_kept(filed: World, box: Maildir) -> None:
    reading = collector(filed, box)
    assert reading.collect(filed.clock.now) == Collected({"before staff": 3})
    assert files(box) == ["cur/0.c:2,S", "cur/1.a:2,S", "cur/2.b:2,S", "cur/3.d:2,FS"]
    assert reading.collect(filed.clock.now) == Collected()
    (box.folder / "cur" / "1.a:2,S").rename(box.folder / "new" / "again")  # somebody put it back
    assert reading.collect(filed.clock.now) == Collected(again=1)
    letters = [row for row in filed.rows() if row.letter == "reply-received"]
    assert [(row.address, row.facts["count"], row.facts["link"]) for row in letters] == [
        (CONTACT.addr_spec, 3, "https://grants.example/staff"),
    ]  # fmt: skip


def test_one_that_cannot_be_kept_stays_and_keeps_no_other(
    filed: World, box: Maildir, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, kept = collector(filed, box), Cycle.receive

    def receive(cycle: Cycle, mail: Mail, *, now: int) -> str | None:
        if b"first" in mail.raw:
            raise RuntimeError("no room")
        return kept(cycle, mail, now=now)

    monkeypatch.setattr(Cycle, "receive", receive)
    assert reading.collect(filed.clock.now) == Collected({"before staff": 2}, failed=1)
    assert "new/1.a" in files(box)
    monkeypatch.setattr(Cycle, "receive", kept)
    assert reading.collect(filed.clock.now) == Collected({"before staff": 1})


def test_when_the_database_is_away_all_stays(filed: World, box: Maildir, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(box)

    def away(*_given: object, **_more: object) -> None:
        raise Away("the database does not answer")

    monkeypatch.setattr(Cycle, "receive", away)
    with pytest.raises(Away):
        collector(filed, box).collect(filed.clock.now)
    assert files(box) == before


class Breaks:
    """A mailbox whose server breaks off when a mail is to be marked as read."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    @contextmanager
    def unread(self, most: int) -> Iterator[Iterator[Fetched]]:  # noqa: ARG002  as every mailbox
        yield iter([Fetched(self.raw, None, self._done)])

    def _done(self) -> None:
        raise GrantcycleError("the mailbox cannot be read (broken pipe)")


def test_a_mail_that_was_kept_and_could_not_be_marked_counts_once(filed: World) -> None:
    filed.tell(filed.to_applicant())
    with filed.database.transaction() as session:
        letter = session.exec(select(NotificationRow).order_by(col(NotificationRow.id))).one()
        letter.status, letter.ended_at = "sent", filed.clock.now()
        session.add(letter)
        session.flush()
        raw = report(address=letter.address).replace(LETTER.encode(), letter.message_id.encode())
    for _ in range(2):
        with pytest.raises(GrantcycleError, match="broken pipe"):
            collector(filed, Breaks(raw)).collect(filed.clock.now)
    rows = filed.read(select(ReceivedRow))
    assert [(one.kind, one.outcome) for one in rows] == [("failure", "letter marked")]

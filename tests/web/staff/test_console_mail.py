"""Received mail in the browser: what waits, each mail as text, an address that is corrected once."""

from email import message_from_bytes
from email.policy import default

import pytest
from post_office import HERE, OUTBOX, Relay, letters, post, three_again, words_in
from sqlmodel import col, select
from visiting import STAFF, Site

from engine.cycle.receiving import AUTOMATIC, FAILURE, REPLY, Failure, Mail
from engine.database.records import ConflictRow, NotificationRow, PersonRow, ReceivedRow
from engine.database.store import the_id
from notifications.transport import Mailbox

RECEIVED = f"{HERE}/received"
WHO, RIGHT = "an2@brug.example", "anna@brug.example"
SCRIPT = (
    b"From: an2@brug.example\r\nContent-Type: text/html\r\n\r\n"
    b"<script>alert(1)</script><p>Thank <b>you</b> &amp; all</p>"
)


@pytest.fixture
def site() -> Site:
    """Three dossiers, handed in; their receipts have left."""
    site = three_again()
    post(site)
    return site


def receipt(site: Site, who: str = WHO) -> NotificationRow:
    return next(row for row in letters(site) if row.address == who)


def comes(
    site: Site, kind: str = REPLY, *, about: NotificationRow | None = None, digest: str = "1", **more: object
) -> int:
    """A mail comes in; gives its number."""
    given = {
        "message_id": "<a@brug.example>", "sender": WHO, "subject": "Re: <b>receipt</b>", "raw": SCRIPT,
        "size": len(SCRIPT), "about": (about.message_id,) if about else (), **more,
    }  # fmt: skip
    site.cycle.receive(Mail(digest=digest, kind=kind, **given), now=site.now)  # type: ignore[arg-type]
    with site.database.reading() as session:
        return max(session.exec(select(ReceivedRow.id)).all(), key=lambda one: one or 0) or 0


def came_back(site: Site, who: str = WHO) -> int:
    failure = Failure((who,), "550 5.1.1 unknown")
    return comes(site, FAILURE, about=receipt(site, who), sender="mailer-daemon@mx.example", failure=failure)


def test_an_empty_page_says_what_will_stand_there(site: Site) -> None:
    visit = site.visit(STAFF)
    assert "Nothing waits for you." in words_in(visit.get(RECEIVED))
    assert "No mail has come in yet." in words_in(visit.get(f"{RECEIVED}?show=all"))


def test_a_reply_waits_is_read_as_text_and_is_done(site: Site) -> None:
    number = comes(site, about=receipt(site))
    comes(site, AUTOMATIC, digest="robot", doubt="automatic")
    visit = site.visit(STAFF)
    form = f"{RECEIVED}/{comes(site, about=receipt(site), digest='another')}"
    assert "2 mails wait for an answer" in words_in(visit.get("/staff"))
    page = visit.get(RECEIVED)
    assert "Re: <b>receipt</b> from An2 · reply · CI19-002 waits for you" in words_in(page)
    one = visit.get(f"{RECEIVED}/{number}")
    assert ("<script>alert" in one.text, "Thank you &amp; all" in one.text, "Re: &lt;b&gt;receipt" in one.text) == (
        False, True, True,
    )  # fmt: skip
    assert f'href="{OUTBOX}/{receipt(site).id}"' in one.text
    answer = visit.post(f"{RECEIVED}/{number}", {}, on=f"{RECEIVED}/{number}")
    assert "Done: it waits no more." in visit.get(answer.headers["location"]).text
    assert "Waits (1)" in words_in(visit.get(RECEIVED))
    everything = words_in(visit.get(f"{RECEIVED}?show=all"))
    assert ("automatic answer" in everything, "saw to it" in everything) == (True, True)
    twice = visit.post(f"{RECEIVED}/{number}", {}, on=form)
    assert "Somebody had seen to it already." in visit.get(twice.headers["location"]).text


def test_the_mail_as_it_came_is_handed_out_and_never_shown(site: Site) -> None:
    number = comes(site, about=receipt(site))
    answer = site.visit(STAFF).get(f"{RECEIVED}/{number}/raw")
    assert (answer.content, answer.headers["content-type"], answer.headers["content-disposition"]) == (
        SCRIPT, "application/octet-stream", f'attachment; filename="mail-{number}.eml"',
    )  # fmt: skip


def test_a_reply_stands_with_the_letters_of_its_dossier(site: Site) -> None:
    number = comes(site, about=receipt(site))
    page = site.visit(STAFF).get(f"{HERE}/dossiers/CI19-002/letters")
    assert f'href="{RECEIVED}/{number}"' in page.text
    assert "Re: <b>receipt</b> from An2" in words_in(page)


def test_mail_of_no_round_is_for_whoever_looks_first(site: Site) -> None:
    comes(site)
    visit = site.visit(STAFF)
    assert "1 mail answers no letter of ours" in words_in(visit.get("/staff"))
    assert "It answers no letter that left from here." in words_in(visit.get(RECEIVED))


def test_whoever_has_a_conflict_with_the_dossier_does_not_see_its_mail(site: Site) -> None:
    number = comes(site, about=receipt(site))
    dossier = receipt(site).dossier_id
    assert dossier is not None
    with site.database.transaction() as session:
        person = session.exec(select(PersonRow).where(col(PersonRow.email) == STAFF)).one()
        session.add(ConflictRow(dossier_id=dossier, person_id=the_id(person), declared_at=site.now, reason=None))
    visit = site.visit(STAFF)
    assert "Nothing waits for you." in words_in(visit.get(RECEIVED))
    assert [visit.get(f"{RECEIVED}/{number}{tail}").status_code for tail in ("", "/raw")] == [404, 404]
    assert "waits for an answer" not in words_in(visit.get("/staff"))


def test_a_letter_that_came_back_is_told_and_its_address_corrected_once_with_the_letter_going_again(site: Site) -> None:
    number, letter = came_back(site), receipt(site)
    visit = site.visit(STAFF)
    assert "1 letter came back" in words_in(visit.get("/staff"))
    assert "Came back 1" in words_in(visit.get(f"{OUTBOX}?status=back"))
    page = visit.get(f"{OUTBOX}/{letter.id}")
    assert ("There is no such address" in page.text, f'href="{RECEIVED}/{number}"' in page.text) == (True, True)
    assert "came back" in words_in(visit.get(f"{HERE}/dossiers/CI19-002/letters"))
    form = f"{HERE}/address?of={WHO}"
    assert f'href="{HERE}/address?of=an2%40brug.example"' in page.text
    wrong = visit.post(f"{HERE}/address", {"of": WHO, "address": "an1@brug.example"}, on=form)
    assert (wrong.status_code, "Somebody else is known by that address." in wrong.text) == (422, True)
    fields = {"of": WHO, "address": RIGHT, "again": str(letter.id)}
    done = visit.post(f"{HERE}/address", fields, on=form)
    told = visit.get(done.headers["location"]).text
    assert f"From now on letters go to {RIGHT}. 1 letter goes again." in told
    box = post(site, Relay(site))
    assert sorted(sent_by(box)) == [
        (WHO, "Uw mailadres is verbeterd"), (RIGHT, "Uw mailadres is verbeterd"),
        (RIGHT, "We ontvingen uw dossier CI19-002"),
    ]  # fmt: skip
    assert "1 letter came back" not in words_in(visit.get("/staff"))
    assert "letter" in words_in(visit.get(f"{OUTBOX}/{letter.id}"))
    assert visit.get(form).status_code == 404
    assert site.visit(RIGHT).get("/").status_code == 200


def sent_by(box: Mailbox) -> list[tuple[str, str]]:
    """(to, subject) of what has left."""
    return [(one.recipient, str(message_from_bytes(one.raw, policy=default)["Subject"])) for one in box.letters]


def test_an_address_that_nothing_came_back_from_has_no_page(site: Site) -> None:
    visit = site.visit(STAFF)
    for of in ("", WHO, "nobody@brug.example", "%00", "' OR 1=1 --"):
        assert visit.get(f"{HERE}/address?of={of}").status_code == 404

"""What a mail is that comes in: certain where it is certain, and never a crash, whatever stands in it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails_that_come import (
    BOX,
    EXCHANGE,
    EXIM,
    EXIM_LATE,
    LETTER,
    POSTFIX,
    QMAIL,
    READER,
    calendar,
    calendar_mail,
    crlf,
    plain_mail,
    report,
)
from measured import cpu_time

from engine.cycle.receiving import KINDS, CalendarAnswer, Failure
from notifications.incoming.opened import READ, Opened
from notifications.incoming.understanding import understand

ACCEPTED = CalendarAnswer("meeting-1@impuls.example", READER, "accepted", 1, 1551430800000000)


def test_a_delivery_report_says_which_letter_did_not_arrive_where_and_why() -> None:
    mail = understand(report())
    assert (mail.kind, mail.about, mail.failure) == (
        "failure", (LETTER,), Failure((READER,), "550 5.1.1 nobody is called so here"),
    )  # fmt: skip


@pytest.mark.parametrize("returned_as", ["text/rfc822-headers", "message/rfc822", "message/global-headers"])
def test_the_letter_is_found_however_it_is_returned(returned_as: str) -> None:
    assert understand(report(returned_as=returned_as)).about == (LETTER,)


def test_the_address_that_was_written_to_is_known_where_mail_was_sent_on() -> None:
    mail = understand(report(address="noor@elsewhere.example", original="Noor@vzw.example"))
    assert mail.failure == Failure((READER, "noor@elsewhere.example"), "550 5.1.1 nobody is called so here")


def test_a_report_about_an_address_with_other_letters_is_read_as_well() -> None:
    mail = understand(report(address="utf-8; noor@vzw.example", kind="message/global-delivery-status"))
    assert (mail.kind, mail.failure and mail.failure.addresses) == ("failure", (READER,))


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1")])
def test_a_letter_that_is_late_has_not_failed(action: str, status: str) -> None:
    mail = understand(report(action, status))
    assert (mail.kind, mail.failure, mail.about) == ("delay", None, (LETTER,))


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_receipt_is_no_failure(action: str) -> None:
    assert understand(report(action, "2.0.0")).kind == "automatic"


def test_a_report_that_contradicts_itself_is_no_failure() -> None:
    assert understand(report("failed", "2.1.5")).kind == "automatic"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (EXIM, "SMTP error from remote mail server after RCPT TO: 550 no such user"),
        (QMAIL, "Sorry, no mailbox here by that name. (#5.1.1)"),
        (POSTFIX, "host mail.vzw.example said: 550 User unknown"),
        (EXCHANGE, "The e-mail account does not exist at the organization."),
    ],
    ids=["exim", "qmail", "postfix", "exchange"],
)
def test_what_servers_wrote_before_there_were_reports_is_understood(raw: bytes, said: str) -> None:
    mail = understand(raw)
    assert (mail.kind, mail.about, mail.failure) == ("failure", (LETTER,), Failure((READER,), said))


def test_a_warning_of_exim_is_no_failure() -> None:
    assert (understand(EXIM_LATE).kind, understand(EXIM_LATE).about) == ("delay", (LETTER,))


@pytest.mark.parametrize("raw", [EXIM, QMAIL, POSTFIX])
def test_a_person_who_quotes_a_failure_is_a_person(raw: bytes) -> None:
    said = raw.partition(b"\r\n\r\n")[2].decode()
    assert understand(plain_mail("Look what I got:\n\n" + said)).kind == "reply"


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; x=1", "Precedence: bulk",
     "Precedence: auto_reply", "X-Auto-Response-Suppress: All", "X-Autoreply: yes", "Return-Path: <>",
     "List-Id: <all.vzw.example>"],
)  # fmt: skip
def test_what_a_machine_writes_by_itself_is_no_reply(header: str) -> None:
    mail = understand(plain_mail("I am away until Monday.", header))
    assert (mail.kind, mail.doubt, mail.about[0]) == ("automatic", "automatic", LETTER)


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "Precedence: first-class", "Return-Path: <noor@vzw.example>"])
def test_what_a_person_writes_is_a_reply_to_the_nearest_letter(header: str) -> None:
    mail = understand(plain_mail("Thank you!", header))
    assert (mail.kind, mail.about, mail.sender, mail.doubt) == (
        "reply", (LETTER, "<first@thread.example>"), READER, ""
    )  # fmt: skip


@pytest.mark.parametrize("shape", ["bare", "alternative", "attached"])
def test_an_answer_of_a_calendar_is_read_in_each_shape_that_programs_send(shape: str) -> None:
    mail = understand(calendar_mail(calendar(), shape))
    assert (mail.kind, mail.answer, mail.doubt) == ("calendar", ACCEPTED, "")


def test_an_answer_that_a_calendar_sends_by_itself_is_an_answer() -> None:
    assert understand(calendar_mail(calendar(), headers="Auto-Submitted: auto-generated\n")).answer == ACCEPTED


def test_a_script_in_a_name_is_a_name_and_nothing_else() -> None:
    attendee = f'CN="<script>alert(1)</script>";PARTSTAT=ACCEPTED:MAILTO:{READER.upper()}'
    assert understand(calendar_mail(calendar(attendees=(attendee,)))).answer == ACCEPTED


def test_the_words_of_an_answer_are_kept() -> None:
    mail = understand(calendar_mail(calendar(more="COMMENT:I come at\\n15:00\n")))
    assert mail.answer is not None
    assert mail.answer.words == "I come at\n15:00"


@pytest.mark.parametrize(
    ("ics", "doubt"),
    [
        (calendar(attendees=(f"PARTSTAT=ACCEPTED:mailto:{READER}", "PARTSTAT=DECLINED:mailto:b@vzw.example")),
         "several attendees"),
        (calendar(method="COUNTER"), "counter"),
        (calendar(attendees=(f"PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:b@vzw.example\":mailto:{READER}",)),
         "delegated"),
        (calendar(attendees=()), "unreadable calendar"),
        (calendar(sequence="zero"), "unreadable calendar"),
        (calendar(sequence="-1"), "unreadable calendar"),
        (calendar(uid=""), "unreadable calendar"),
        (calendar(attendees=(f"PARTSTAT=NEEDS-ACTION:mailto:{READER}",)), "unreadable calendar"),
        (calendar(more="RECURRENCE-ID:20190403T120000Z\n"), "unreadable calendar"),
        (calendar(more="X:" + "a" * 200_000 + "\n"), "unreadable calendar"),
        (calendar().replace("VEVENT", "VTODO"), "unreadable calendar"),
    ],
    ids=["two attendees", "counter", "delegated", "nobody", "no number", "negative", "no uid", "no answer",
         "one of many", "huge", "broken"],
)  # fmt: skip
def test_an_answer_that_is_not_plain_goes_before_staff(ics: str, doubt: str) -> None:
    mail = understand(calendar_mail(ics))
    assert (mail.kind, mail.doubt) == ("calendar", doubt)


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH"])
def test_an_invitation_that_somebody_sends_along_is_no_answer(method: str) -> None:
    assert understand(calendar_mail(calendar(method=method))).kind == "reply"


def test_our_own_invitation_inside_a_report_is_no_answer() -> None:
    inner = calendar_mail(calendar()).decode().replace("<cal@vzw.example>", LETTER).replace("\r\n", "\n")
    mail = understand(report(returned_as="message/rfc822", returned=inner))
    assert (mail.kind, mail.answer, mail.about) == ("failure", None, (LETTER,))


@pytest.mark.parametrize(
    ("results", "vouched"),
    [
        ("mx.impuls.example; dmarc=pass header.from=vzw.example", True),
        ("mx.impuls.example 1; dkim=pass (2048-bit key) header.d=vzw.example; spf=fail", True),
        ("mx.impuls.example; spf=pass smtp.mailfrom=bounce@vzw.example", True),
        ("mx.impuls.example; dmarc=fail header.from=vzw.example; spf=pass smtp.mailfrom=a@evil.example", False),
        ("mx.impuls.example; dkim=pass header.d=evil.example", False),
        ("mx.impuls.example; dmarc=pass header.from=evil.example", False),
        ("mx.impuls.example; auth=pass smtp.auth=eve", False),
        ("mx.evil.example; dmarc=pass header.from=vzw.example", False),
        ("mx.impuls.example; none (dmarc=pass)", False),
        ("", False),
    ],
)
def test_a_sender_is_believed_as_far_as_our_own_server_vouches(results: str, vouched: bool) -> None:
    raw = plain_mail("Hello", f"Authentication-Results: {results}") if results else plain_mail("Hello")
    assert understand(raw, server="mx.impuls.example").is_vouched_for is vouched


def test_what_a_mail_brings_along_vouches_for_nothing() -> None:
    real = "Authentication-Results: mx.impuls.example; dmarc=fail header.from=vzw.example"
    forged = "Authentication-Results: mx.impuls.example; dmarc=pass header.from=vzw.example"
    assert understand(plain_mail("Hello", real, forged), server="mx.impuls.example").is_vouched_for is False


def test_the_same_mail_is_the_same_whichever_way_it_came() -> None:
    raw = plain_mail("Thank you!")
    delivered = b"Return-Path: <noor@vzw.example>\r\nReceived: from a by b\r\nX-Seen: 1\r\n" + raw + b"\r\n"
    digests = {understand(one).digest for one in (raw, delivered, delivered.replace(b"\r\n", b"\n"))}
    assert len(digests) == 1
    assert understand(plain_mail("Thank you.")).digest not in digests


TRAPS = {
    "nothing": b"",
    "no headers": b"\r\n\r\nhello",
    "NULs": plain_mail("a\x00b").replace(b"Re: You", b"Re: \x00You"),
    "no charset of that name": plain_mail("hallo").replace(b"charset=utf-8", b"charset=klingon"),
    "a charset that is a codec of another kind": plain_mail("hallo").replace(b"charset=utf-8", b"charset=rot13"),
    "header in a charset that does not exist": plain_mail("x").replace(b"Re: You", b"=?klingon?q?a?= =?utf-8?b?!?="),
    "deep": b"From: a@b.example\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(20_000)
    ),
    "as deep as is read": b"From: a@b.example\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(30)
    ) + b"x\r\n" * 300_000,
    "deep and long": b"From: a@b.example\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(400)
    ) + b"x\r\n" * 300_000,
    "scripts": b"Content-Type: text/html\r\n\r\n" + b"<script>" * 120_000,
    "addresses": b"Return-Path: <>\r\n\r\nThis is the qmail-send program at x. " + b"a@" * 400_000,
    "messages in messages": b"From: a@b.example\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
    "many parts": b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
                  + b"--b\r\n\r\nx\r\n" * 90_000,
    "many headers": b"".join(b"X-%d: y\r\n" % n for n in range(60_000)),
    "a header without end": b"References: " + b"<a@b.example> " * 70_000,
    "brackets": b"References: " + b"<" * 900_000,
    "tags": b"Content-Type: text/html\r\n\r\n" + b"<" * 900_000,
    "a base64 that is none": plain_mail("x").replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!"),
}  # fmt: skip


LONG = plain_mail("Dear Els, this is what we have done this year.\r\n" * 20_000)
"""as long as the longest trap, and nothing about it is odd"""
AT_MOST = 200
"""times as long as that one a trap takes: the worst takes 35, and what grows with the square of a mail thousands"""


@pytest.mark.parametrize("trap", TRAPS)
def test_a_mail_that_is_a_trap_is_a_mail_that_staff_look_at(trap: str) -> None:
    found: list[Any] = []
    taken = cpu_time(lambda: found.append(understand(TRAPS[trap])))
    (mail,) = found
    assert mail.kind in ("reply", "automatic")
    assert taken < AT_MOST * cpu_time(lambda: understand(LONG))
    assert "\x00" not in f"{mail.sender}{mail.subject}{mail.message_id}{mail.about}"


def test_a_page_is_read_as_its_words() -> None:
    page = (
        "<head><title>x</title><style>p {color: red}</style></head><p>Dear <b>Els</b>,</p><p>5 &lt; 6 &amp; so on<br>"
        "<script>alert('<p>')</script>Noor</p>"
    )
    raw = plain_mail(page).replace(b"text/plain", b"text/html")
    assert Opened(raw).text == "Dear Els,\n5 < 6 & so on\nNoor"


def test_of_a_large_mail_the_beginning_is_kept() -> None:
    raw = plain_mail("Thank you! " + "a" * 2_000_000)
    mail = understand(raw)
    assert (mail.kind, mail.size, len(mail.raw), mail.about[0]) == ("reply", len(raw), READ, LETTER)


def test_a_mail_that_is_not_fetched_goes_before_staff_with_its_headers() -> None:
    mail = understand(plain_mail("").partition(b"\r\n\r\n")[0] + b"\r\n\r\n", size=30_000_000)
    assert (mail.kind, mail.doubt, mail.size, mail.about[0], mail.sender) == (
        "reply", "large", 30_000_000, LETTER, READER,
    )  # fmt: skip


def test_two_senders_are_none() -> None:
    raw = crlf(f"From: a@vzw.example, b@vzw.example\nTo: {BOX}\n\nHello\n")
    assert understand(raw).sender == ""


SEEDS = (report(), EXIM, QMAIL, calendar_mail(calendar()), calendar_mail(calendar(), "attached"), plain_mail("Hello"))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 40), st.binary(max_size=30)), max_size=12),
)
def test_whatever_is_broken_in_a_mail_something_is_made_of_it(
    seed: bytes, cuts: list[tuple[int, int, bytes]]
) -> None:
    raw = seed
    for at, gone, put in cuts:
        raw = raw[:at] + put + raw[at + gone :]
    mail = understand(raw, server="mx.impuls.example")
    assert mail.kind in KINDS
    assert (mail.size, mail.raw) == (len(raw), raw)
    # what a database keeps as text
    f"{mail.sender}{mail.subject}{mail.message_id}{mail.about}{mail.failure}{mail.answer}".encode()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=3_000))
def test_bytes_that_are_no_mail_are_read_as_one(raw: bytes) -> None:
    assert understand(raw).kind in KINDS

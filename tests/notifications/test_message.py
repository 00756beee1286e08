from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime

import pytest
from hostile import HOSTILE
from letters_world import CONTACT, SENDER

from notifications.message import Attachment, Entry, Envelope, Letter, compose

LETTER = Letter("Beslissing over dossier SG19-001", "Dag Amina,\n.\nFrom here é\n", "<p>Dag Amina, é</p>\n")
HEADERS = [
    "From", "Reply-To", "To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted",
    "X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Language",
]  # fmt: skip


def envelope(name: str = "Amina Example", thread: str | None = "<dossier@funder.example>") -> Envelope:
    return Envelope(
        sender=SENDER, reply_to=CONTACT, name=name, address="amina@house.example", language="fr",
        message_id="<0123456789abcdef0123456789abcdef@funder.example>", written_at=1_551_430_800_000_000, thread=thread,
    )  # fmt: skip


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_headers_say_who_writes_to_whom_and_that_a_machine_does() -> None:
    message = parsed(compose(LETTER, envelope()))
    assert {name: str(value) for name, value in message.items() if name not in ("Content-Type", "MIME-Version")} == {
        "From": "Small Grants <grants@funder.example>",
        "Reply-To": "Els Example <els@funder.example>",
        "To": "Amina Example <amina@house.example>",
        "Subject": "Beslissing over dossier SG19-001",
        "Date": "Fri, 01 Mar 2019 09:00:00 +0000",
        "Message-ID": "<0123456789abcdef0123456789abcdef@funder.example>",
        "References": "<dossier@funder.example>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Content-Language": "fr",
    }
    assert parsedate_to_datetime(message["Date"]).timestamp() * 1_000_000 == 1_551_430_800_000_000
    assert "References" not in parsed(compose(LETTER, envelope(thread=None)))


def test_the_text_and_the_page_are_two_forms_of_one_letter() -> None:
    message = parsed(compose(LETTER, envelope()))
    parts = list(message.iter_parts())
    assert (message.get_content_type(), [part.get_content_type() for part in parts]) == (
        "multipart/alternative", ["text/plain", "text/html"],
    )  # fmt: skip
    assert [part.get_content().replace("\r\n", "\n") for part in parts] == [LETTER.text, LETTER.html]
    assert [part.get_content_charset() for part in parts] == ["utf-8", "utf-8"]


def test_the_same_letter_is_always_the_same_bytes() -> None:
    raw = compose(LETTER, envelope())
    assert compose(LETTER, envelope()) == raw
    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines) <= 998
    assert b"\n" not in b"".join(lines)


ENTRY = Entry("REQUEST", b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n" * 9)


def test_the_entry_of_a_calendar_is_a_third_form_of_the_letter_and_a_file() -> None:
    raw = compose(LETTER, envelope(), [Attachment("plan.txt", "text/plain; charset=utf-8", b"x")], ENTRY)
    message = parsed(raw)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "text/plain",
        "application/ics",
    ]  # fmt: skip
    *_, calendar, _, file = message.walk()
    assert calendar["Content-Type"] == "text/calendar; charset=\"utf-8\"; method=\"REQUEST\"; component=\"VEVENT\""
    assert (calendar["Content-Disposition"], file["Content-Disposition"]) == (
        None, 'attachment; filename="invite.ics"',
    )  # fmt: skip
    assert calendar.get_payload(decode=True) == file.get_payload(decode=True) == ENTRY.content
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert compose(LETTER, envelope(), entry=ENTRY) == compose(LETTER, envelope(), entry=ENTRY)


@pytest.mark.parametrize("method", ["", "request", "REQUEST; x=y", "REQUEST\r\nBcc: v@evil.example"])
def test_what_is_no_method_makes_no_entry(method: str) -> None:
    with pytest.raises(ValueError, match="is no method of a calendar"):
        Entry(method, b"")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_makes_a_header_or_a_recipient(text: str) -> None:
    clean = text.encode("utf-8", "ignore").decode()  # what cannot be encoded cannot be stored either
    raw = compose(Letter(clean, f"{clean}\n", f"<p>{clean}</p>"), envelope(name=clean))
    message = parsed(raw)
    assert [name for name in message.keys() if name != "References"] == [  # noqa: SIM118  names repeat
        name for name in HEADERS if name != "References"
    ]
    assert [address.addr_spec for address in message["To"].addresses] == ["amina@house.example"]
    assert [defect for header in ("To", "Subject") for defect in message[header].defects] == []
    assert len(list(message.walk())) == 3


@pytest.mark.parametrize(
    "name", ["Amina Example", "Élise “Lily” Example", "Example, Amina", 'A "B" C', "日本 語", "é" * 90]
)
def test_a_name_comes_back_as_it_was_written(name: str) -> None:
    # read by the older parser: the newer one of Python 3.11 puts spaces into long names
    written = message_from_bytes(compose(LETTER, envelope(name=name)))["To"]
    assert parseaddr(str(make_header(decode_header(written)))) == (name, "amina@house.example")

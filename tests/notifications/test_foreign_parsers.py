"""Two parsers that are not ours read a letter alike, and find in it what was put there and nothing else."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses

import pytest
from fast_mail_parser import parse_email
from hostile import CORPUS
from letters_world import CONTACT, SENDER, applicant_facts, shared_facts
from test_frames import changed, twin

from engine.files.reading import Programme
from notifications.escaping import one_line
from notifications.message import Attachment, Envelope, Letter, compose
from notifications.rendering import Renderer

FILE = Attachment("invitation.ics", "text/calendar; charset=utf-8; method=REQUEST", b"BEGIN:VCALENDAR\r\n" + bytes(999))
HEADERS = {
    "From", "Reply-To", "To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted",
    "X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Language",
}  # fmt: skip
LINK = re.compile(r"<a [^>]*>")


@dataclass(frozen=True)
class Read:
    """What a parser made of a letter."""

    headers: dict[str, list[str]]
    to: list[tuple[str, str]]
    subject: str
    text: list[str]
    html: list[str]
    files: list[tuple[str | None, str, bytes]]


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip("\n")


def unfolded(header: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", header)


def by_python(raw: bytes) -> Read:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    # the older decoder: the newer one of Python 3.11 puts spaces into long names
    old = {name: unfolded(value) for name, value in message_from_bytes(raw).items()}
    bodies = {part.get_content_type(): part for part in message.walk() if not part.is_multipart()}
    return Read(
        headers={name: message.get_all(name, []) for name in message.keys()},  # noqa: SIM118  names repeat
        to=[(decoded(name), address) for name, address in getaddresses([old["To"]])],
        subject=decoded(old["Subject"]),
        text=[lines(bodies["text/plain"].get_content())],
        html=[lines(bodies["text/html"].get_content())],
        files=[
            (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
            for part in message.iter_attachments()
        ],
    )


def decoded(text: str) -> str:
    return str(make_header(decode_header(text)))


def by_rust(raw: bytes) -> Read:
    mail = parse_email(raw)
    return Read(
        headers=mail.headers,
        to=[(address.display_name or "", address.address) for address in mail.to],
        subject=mail.subject,
        text=[lines(text) for text in mail.text_plain if text],
        html=[lines(html) for html in mail.text_html],
        files=[(file.filename, file.mimetype, file.content) for file in mail.attachments if file.filename],
    )


def letter_of(programme: Programme, renderer: Renderer, text: str) -> Letter:
    """A letter in which that text stands wherever somebody types one, written from a frame of harmless letters."""
    what = {"letter": "received", "language": "fr", "role": "applicant", "shared": shared_facts(programme)}
    facts = applicant_facts(programme)
    for _ in range(2):
        renderer.render(programme, facts=changed(facts, lambda _: twin(text)), **what)  # type: ignore[arg-type]
    return renderer.render(programme, facts=changed(facts, lambda _: text), **what)  # type: ignore[arg-type]


def envelope(name: str) -> Envelope:
    return Envelope(
        sender=SENDER, reply_to=CONTACT, name=name, address="amina@house.example", language="fr",
        message_id="<0123456789abcdef0123456789abcdef@funder.example>", written_at=1_551_430_800_000_000,
        thread="<dossier@funder.example>",
    )  # fmt: skip


def test_the_corpus_is_not_small() -> None:
    assert len(CORPUS) >= 200


FAST, SLOW = Renderer(CONTACT), Renderer(CONTACT, frames=False)


@pytest.mark.parametrize("text", CORPUS)
def test_two_parsers_read_what_was_written_and_nothing_of_what_was_tried(programme: Programme, text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()  # what cannot be encoded cannot be stored either
    letter = letter_of(programme, FAST, text)
    raw = compose(letter, envelope(text), [FILE])
    python, rust = by_python(raw), by_rust(raw)
    for read in (python, rust):
        assert set(read.headers) == HEADERS
        assert {name: len(values) for name, values in read.headers.items()} == dict.fromkeys(HEADERS, 1)
        assert [address for _, address in read.to] == ["amina@house.example"]
        assert read.subject == one_line(letter.subject)
        assert (read.text, read.html) == ([lines(letter.text)], [lines(letter.html)])
        assert read.files == [(FILE.name, "text/calendar", FILE.content)]
        assert LINK.findall(read.html[0]) == []
    assert python.to == [(one_line(text), "amina@house.example")]
    plain = compose(letter_of(programme, SLOW, text), envelope(text), [FILE])
    assert by_python(plain) == python
    assert by_rust(plain) == rust
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")


def test_most_of_the_corpus_was_written_from_frames(programme: Programme) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in CORPUS]
    encoded = [letter_of(programme, FAST, text).encoded is not None for text in texts]
    assert sum(encoded) > 0.9 * len(CORPUS)

"""Does a mail say that a letter did not arrive, and which?

As RFC 3464 has it, or as mail servers wrote before it, where there is no doubt: Exim, qmail, Postfix, Exchange.
"""

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from engine.cycle.receiving import DELAY, FAILURE, Failure
from notifications.incoming.opened import LINE, Opened, Part, headers_of, message_ids, plain

_ADDRESS = re.compile(r"[^\s<>,;:\"()@]{1,128}@[^\s<>,;:\"()@]{1,255}")
_FROM_SERVER = ("mailer-daemon@", "postmaster@", "mail-daemon@", "mdaemon@", "microsoftexchange")
_OWN_WORDS = (
    # (said by, the sentence that only it writes, for good)
    ("Exim", re.compile(r"This message was created automatically by mail delivery software"),
     re.compile(r"permanent error|could not be delivered to (?:one or more|all) of its\s+recipients", re.IGNORECASE)),
    ("qmail", re.compile(r"This is the qmail-send program at"),
     re.compile(r"This is a permanent error; I've given up")),
    ("Postfix", re.compile(r"This is the (?:Postfix|mail system) (?:program )?at"),
     re.compile(r"could\s+not\s+be\s+delivered\s+to\s+one\s+or\s+more\s+recipients")),
    ("Exchange", re.compile(r"Your message did not reach some or all of the intended recipients"),
     re.compile(r"The following recipient(?:\(s\)|s)? (?:could not|cannot) be reached")),
)  # fmt: skip
_LATE = re.compile(
    r"warning message only|has not (?:yet )?been delivered|delivery (?:is|has been) delayed|still being retried|"
    r"THIS IS A WARNING|YOU DO NOT NEED TO RESEND",
    re.IGNORECASE,
)
_COPY = re.compile(
    r"^(?:-{3,}.{0,120}(?:copy of (?:the|your) message|original message|undeliverable message).*)$",
    re.IGNORECASE | re.MULTILINE,
)
"""the line below which such a mail quotes the one that did not arrive"""
_ITS_ID = re.compile(r"^\s*>?\s*Message-ID:\s*(<[^<>\s@]{1,300}@[^<>\s@]{1,255}>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Report:
    """What a server says about a letter, and the Message-IDs that it may mean, the surest first."""

    kind: str
    failure: Failure | None
    about: tuple[str, ...]


def report_in(mail: Opened) -> Report | None:
    """What a mail server says of a letter that did not arrive (`failure`) or has not yet (`delay`); else None."""
    return _structured(mail) or _unstructured(mail)


def _structured(mail: Opened) -> Report | None:
    """RFC 3464 and 6533: what became of a message, for each of those it went to."""
    blocks = [block for part in mail.parts if part.kind.endswith("delivery-status") for block in _blocks(part)]
    told = [one for block in blocks if (one := _told(block)) is not None]
    failed = [one for one in told if one[0] == "failed"]
    if failed:
        addresses = tuple(dict.fromkeys(address for _, found, _ in failed for address in found))
        said = next((said for _, _, said in failed if said), "")
        return Report(FAILURE, Failure(addresses, said), _original(mail))
    if any(action == "delayed" for action, _, _ in told):
        return Report(DELAY, None, _original(mail))
    return None


def _blocks(part: Part) -> tuple[Message, ...]:
    """One set of fields for the message, and one for each recipient."""
    if part.kind == "message/delivery-status":
        return part.inner
    said = part.inner[0].as_string() if part.inner else part.text  # RFC 6533, which the library reads as one message
    return tuple(HeaderParser().parsestr(block) for block in re.split(r"\r?\n\s*\n", said.strip()))


def _told(block: Message) -> tuple[str, tuple[str, ...], str] | None:
    """(action, addresses, what was said) of one recipient; None for the fields of the whole message."""
    action = _field(block, "Action").lower()
    if not action:
        return None
    status = _field(block, "Status")
    named = [_field(block, name).partition(";")[2] for name in ("Original-Recipient", "Final-Recipient")]
    addresses = tuple(dict.fromkeys(found.lower() for one in named for found in _ADDRESS.findall(_unfolded(one))))
    said = _field(block, "Diagnostic-Code").partition(";")[2].strip() or status
    if action == "failed" and status.startswith("2"):
        return None  # who says both has not failed for certain
    return action, addresses, said[:LINE]


def _field(block: Message, name: str) -> str:
    return next(iter(headers_of(block, name)), "")


def _unfolded(address: str) -> str:
    """An address as xtext (RFC 3461) and UTF-8 addresses (RFC 6533) write it."""
    return re.sub(r"\+([0-9A-F]{2})", lambda sign: chr(int(sign[1], 16)), address)


def _original(mail: Opened) -> tuple[str, ...]:
    """The Message-IDs of what did not arrive: of the message that came back, else of what this one answers."""
    found: list[str] = []
    for part in mail.parts:
        if part.kind == "message/rfc822":
            found += [one for inner in part.inner for one in headers_of(inner, "Message-ID")]
        elif part.kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            said = [inner.as_string() for inner in part.inner] or [part.text]
            found += [one for text in said for one in _ITS_ID.findall(text)]
        elif part.kind == "message/global":
            found += [one for inner in part.inner for one in headers_of(inner, "Message-ID")]
    return message_ids(*found, mail.first("In-Reply-To"), mail.first("References"))


def _unstructured(mail: Opened) -> Report | None:
    """What servers say in words: only where one of them certainly wrote it."""
    text, sender = mail.text, mail.sender
    is_from_server = mail.first("Return-Path") == "<>" or sender.startswith(_FROM_SERVER) or not sender
    if not is_from_server or not text:
        return None
    told, _, copy = _parted(text)
    for _name, who, why in _OWN_WORDS:
        if not who.search(told):
            continue
        about = message_ids(*_ITS_ID.findall(copy), *_original(mail))
        if _LATE.search(told):
            return Report(DELAY, None, about)
        if why.search(told):
            return Report(FAILURE, _failure_told(mail, told), about)
    return None


def _parted(text: str) -> tuple[str, str, str]:
    line = _COPY.search(text)
    return (text[: line.start()], line.group(), text[line.end() :]) if line else (text, "", text)


def _failure_told(mail: Opened, told: str) -> Failure:
    named = mail.first("X-Failed-Recipients")
    lines = [line for line in told.splitlines() if _is_about_address(line)]
    addresses = _ADDRESS.findall(named) or [one for line in lines for one in _ADDRESS.findall(line)[:1]]
    after = told[told.find(lines[0]) + len(lines[0]) :].strip() if lines else ""
    reason = after.splitlines()[0] if after else ""
    inline = lines[0].strip().partition(">:")[2].strip() if lines else ""
    said = " ".join(plain(inline or reason).split())[:LINE]
    return Failure(tuple(dict.fromkeys(one.lower() for one in addresses)), said)


def _is_about_address(line: str) -> bool:
    """Whether a line begins with an address, as each of these servers lists those that failed."""
    return bool(re.match(rf"\s*<?{_ADDRESS.pattern}(?:>|\s|:|$)", line))

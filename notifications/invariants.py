"""Is each letter that was frozen the one that was pinned: to that person, under that Message-ID?"""

import re
from collections.abc import Iterator

from engine.database.invariants import Invariant
from engine.database.invariants.asking import View
from engine.database.records import ACCOUNT
from engine.errors import GrantcycleError
from notifications.cohort import Keys
from notifications.outbox import message_id
from notifications.recipients import read_address

HEAD = 8_000
"""bytes that hold a letter's headers"""
_HEADER = re.compile(rb"^(To|Message-ID): ([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", re.MULTILINE)
_PARTICULARS = re.compile(r" ([0-9a-f]{12})$")
"""what tells two letters of one cause about one dossier apart, at the end of a key"""
_BOX = re.compile(rb"<([^<>]*)>\s*$")


def _envelopes(view: View) -> Iterator[str]:
    rows = view.rows(
        "SELECT n.id, n.address, n.message_id, SUBSTR(l.raw, 1, :head) AS head FROM letter l "
        "JOIN notification n ON n.id = l.notification_id WHERE n.round_id = :round",
        head=HEAD,
    )
    for row in rows:
        headers = dict(_HEADER.findall(bytes(row.head).partition(b"\r\n\r\n")[0]))
        to = headers.get(b"To", b"").strip()
        box = _BOX.search(to)
        if not _is_of((box.group(1) if box else to).decode("ascii", "replace"), row.address):
            yield f"letter {row.id} is written to somebody else than {row.address}"
        if headers.get(b"Message-ID", b"").strip().decode("ascii", "replace") != row.message_id:
            yield f"letter {row.id} is written under another Message-ID than its own"


def _is_of(written: str, address: str) -> bool:
    if written == address:
        return True
    try:
        return written == read_address(address)
    except GrantcycleError:
        return False


def _message_ids(view: View) -> Iterator[str]:
    rows = view.rows(
        "SELECT n.id, n.key, n.message_id, n.dossier_id, n.role, w.at FROM notification n "
        "JOIN cause w ON w.id = n.cause_id WHERE n.round_id = :round"
    )
    for number, key, kept, dossier_id, role, at in rows:
        domain = kept.strip("<>").partition("@")[2]
        if role == ACCOUNT:
            if message_id(at, key, domain) != kept:
                yield f"letter {number} does not have the Message-ID that its key gives"
            continue
        of, person, what = ([*key.rsplit(" | ", 2), "", ""])[:3]
        if dossier_id is not None:
            particulars = _PARTICULARS.search(what)
            what = f"{dossier_id}.{particulars.group(1)}" if particulars else str(dossier_id)
        keys = Keys(of, view.round.opened_at, domain)
        if keys.message_id(what, person.removeprefix("person ")) != kept:
            yield f"letter {number} does not have the Message-ID that its key gives"


LETTERS = (
    Invariant(
        "envelopes",
        "A frozen letter is written to the address, and under the Message-ID, that were pinned.",
        "Somebody would read, or has read, another person's letter: stop the worker and see grantcycle outbox show.",
        (_envelopes,), thorough=True, and_of_none=True,
    ),
    Invariant(
        "letters' keys",
        "A letter's Message-ID follows from its key, so that a second try is the same letter.",
        "A mail server would take one letter for two: restore the database from before.",
        (_message_ids,), and_of_none=True,
    ),
)  # fmt: skip

"""Which entry of a calendar comes with the letter of an invitation?

It is made of what was pinned when the notification was written, and names nobody but the letter's reader and sender.
"""

from collections.abc import Mapping
from datetime import date
from email.headerregistry import Address
from typing import Any

from engine.calendars.entry import Invitation, Party, entry
from notifications.facts import INVITATION, Facts
from notifications.languages import words_of
from notifications.message import Entry

Names = Mapping[str, Any]


def entry_of(
    names: Names, facts: Facts, language: str, *, to: Party, sender: Address, contact: Address, now: int
) -> Entry:
    """The entry that comes with a letter to somebody who is reached at exactly this address, as of `now` (UTC
    microseconds). `facts` are those of the invitation, `names` all of the letter.

    Raises GrantcycleError where it cannot be one.
    """
    invitation = names[INVITATION]
    method = facts["method"]
    written = Invitation(
        uid=facts["uid"],
        method=method,
        sequence=facts["sequence"],
        title=_titled(names, language),
        zone=facts["zone"],
        day=date.fromisoformat(facts["day"]),
        starts_at=facts["starts_at"],
        ends_at=facts["ends_at"],
        place=invitation.place or "",
        online=invitation.online or "",
        description=_described(names, language, contact, asks=method == "REQUEST"),
        reason=invitation.reason or "",
        url=invitation.url,
    )
    return Entry(method, entry(written, to, Party(sender.display_name, sender.addr_spec), now))


def _titled(names: Names, language: str) -> str:
    """What an entry is called: in a calendar it stands among those of other houses."""
    dossier, title = names["dossier"], names[INVITATION].title
    of = words_of(language).dossier.format(number=dossier.number) if dossier else names["round"].title
    return f"{title} ({of})"


def _described(names: Names, language: str, contact: Address, *, asks: bool) -> str:
    invitation, words = names[INVITATION], words_of(language)
    said = [
        str(names["programme"]),
        invitation.reason,
        words.online.format(online=invitation.online) if invitation.online else None,
        words.answer.format(url=invitation.url) if invitation.url and asks else None,
        words.questions.format(name=contact.display_name, email=contact.addr_spec),
    ]
    return "\n".join(str(line) for line in said if line)

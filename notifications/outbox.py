"""What must be said, to whom, and is it written down before it is said?

Notifications are written in the transaction of what they tell of. "Once" is their unique key.
"""

import hashlib
import json
from collections.abc import Sequence
from email.headerregistry import Address
from typing import Any

from sqlmodel import Session

from engine.cycle.scene import Shelf
from engine.cycle.telling import Told
from engine.database.connection import insert_once
from engine.database.records import CauseRow, NotificationRow, RoundRow
from engine.database.store import the_id
from engine.errors import GrantcycleError
from engine.faults import point
from notifications.bundling import Addressed, address
from notifications.recipients import NOT_ALLOWED, may_write_to, read_address


class Outbox:
    """Where notifications are queued: `queue` is the engine's Notify.

    `sender` is the address that letters come from; `allow` the addresses and domains that a staging machine may write
    to (none: everybody).
    """

    def __init__(self, sender: Address, allow: Sequence[str] = (), shelf: Shelf | None = None) -> None:
        self.sender = sender
        self.allow = tuple(allow)
        self.shelf = shelf or Shelf()

    def queue(self, session: Session, cause: CauseRow, told: Sequence[Told], now: int) -> None:
        """Write what a cause tells into the caller's transaction; what stands there already is not written again."""
        letters = address(session, cause.round_id, told)
        if not letters:
            return
        round = session.get_one(RoundRow, cause.round_id)
        point("letters addressed")
        workflow = self.shelf.get(session, cause.digest).programme.workflow
        rows = []
        for letter in letters:
            key = _key(round.key, cause, letter)
            language = letter.person.language if letter.person.language in workflow.languages else workflow.language
            rows.append(
                {
                    "key": key,
                    "round_id": cause.round_id,
                    "cause_id": the_id(cause),
                    "dossier_id": letter.dossier_id,
                    "person_id": the_id(letter.person),
                    "role": letter.told.role,
                    "letter": letter.told.letter,
                    "language": language,
                    "address": letter.person.email,
                    "message_id": message_id(round.opened_at, key, self.sender.domain),
                    "facts": letter.facts,
                    "leaves_at": letter.told.leaves_at,
                    "valid_until": letter.told.valid_until,
                    "next_try_at": letter.told.leaves_at,
                    "attempts": 0,
                    **self._door(letter.person.email, now),
                }
            )
        point("notifications ready")
        insert_once(session, NotificationRow, rows, "key")
        point("notifications written")

    def _door(self, email: str, now: int) -> dict[str, Any]:
        """Whether a letter waits, or has ended before it began."""
        if not may_write_to(email, self.allow):
            return {"status": "cancelled", "last_reply": NOT_ALLOWED, "ended_at": now}
        try:
            read_address(email)
        except GrantcycleError as problem:
            return {"status": "failed", "last_reply": str(problem), "ended_at": now}
        return {"status": "waiting", "last_reply": None, "ended_at": None}


def message_id(opened_at: int, key: str, domain: str) -> str:
    """The Message-ID of what has that key in a round opened at that instant: fixed before the first try."""
    return f"<{hashlib.sha256(f'{opened_at}/{key}'.encode()).hexdigest()[:32]}@{domain}>"


def _key(round_key: str, cause: CauseRow, letter: Addressed) -> str:
    """What happens once: this letter to this person, because of this cause, about these dossiers."""
    numbers = [line["number"] for line in letter.facts.get("dossiers", ())]
    if letter.dossier_id is not None:
        numbers = [letter.facts["dossier"]["number"]]
    particulars = {name: letter.facts[name] for name in ("reminded", "extension", "promise") if name in letter.facts}
    digest = hashlib.sha256(json.dumps([numbers, particulars], sort_keys=True).encode()).hexdigest()[:12]
    parts = (round_key, cause.name, str(cause.at), letter.told.letter, f"person {the_id(letter.person)}", digest)
    return " | ".join(parts)

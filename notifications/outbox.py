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
from engine.faults import point
from notifications.bundling import Addressed, address
from notifications.cohort import Keys, queue_cohort
from notifications.recipients import NOT_ALLOWED, may_write_to

PARTICULARS = ("reminded", "extension", "promise")
"""what tells two letters apart that one cause makes about one dossier"""


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
        assert cause.round_id is not None, "what the rules tell belongs to a round"
        round = session.get_one(RoundRow, cause.round_id)
        point("letters addressed")
        workflow = self.shelf.get(session, cause.digest).programme.workflow
        rows = []
        for letter in address(session, cause.round_id, told):
            language = letter.person.language if letter.person.language in workflow.languages else workflow.language
            rows.append(
                {
                    **self._keys(round, cause, letter),
                    "round_id": cause.round_id,
                    "cause_id": the_id(cause),
                    "dossier_id": letter.dossier_id,
                    "person_id": the_id(letter.person),
                    "role": letter.told.role,
                    "letter": letter.told.letter,
                    "language": language,
                    "address": letter.person.email,
                    "facts": letter.facts,
                    "batch_id": letter.told.batch_id,
                    "thread": letter.thread,
                    "leaves_at": letter.told.leaves_at,
                    "valid_until": letter.told.valid_until,
                    "next_try_at": letter.told.leaves_at,
                    "attempts": 0,
                    **door(letter.person.email, self.allow, now),
                }
            )
        point("notifications ready")
        insert_once(session, NotificationRow, rows, "key")
        point("letters queued")
        for one in told:
            for many in one.many:
                if many.letters is not None:
                    keys = self._cohort_keys(round, cause, one.letter)
                    queue_cohort(session, cause, one, many.letters, keys, workflow, self.allow, now)
                    point("cohort queued")

    def _keys(self, round: RoundRow, cause: CauseRow, letter: Addressed) -> dict[str, str]:
        """What happens once (this letter to this person, because of this cause, about these dossiers), and its id."""
        keys = self._cohort_keys(round, cause, letter.told.letter)
        person = str(the_id(letter.person))
        # what is told to somebody by name is told apart by all that it says
        telling = letter.facts if letter.told.personal else PARTICULARS
        named = {name: letter.facts[name] for name in telling if name in letter.facts}
        if letter.dossier_id is None:
            numbers = [line["number"] for line in letter.facts.get("dossiers", ())]
            what = _digest([numbers, letter.facts.get("more"), named])
            return {"key": keys.key(person, what), "message_id": keys.message_id(what, person)}
        number = letter.facts["dossier"]["number"]
        what = f" {_digest(named)}" if named else ""
        return {
            "key": keys.key(person, f"{number}{what}"),
            "message_id": keys.message_id(f"{letter.dossier_id}{what.replace(' ', '.')}", person),
        }

    def _cohort_keys(self, round: RoundRow, cause: CauseRow, letter: str) -> Keys:
        # two decisions about one date may be of one instant
        name = cause.name if cause.extension_id is None else f"{cause.name} {cause.extension_id}"
        return Keys(f"{round.key} | {name} | {cause.at} | {letter}", round.opened_at, self.sender.domain)


def door(email: str, allow: Sequence[str], now: int) -> dict[str, Any]:
    """Whether a letter waits, or has ended before it began."""
    if not may_write_to(email, allow):
        return {"status": "cancelled", "last_reply": NOT_ALLOWED, "ended_at": now}
    return {"status": "waiting", "last_reply": None, "ended_at": None}


def _digest(what: object) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:12]


def message_id(opened_at: int, key: str, domain: str) -> str:
    """The Message-ID of what has that key in a round opened at that instant: fixed before the first try."""
    return f"<{hashlib.sha256(f'{opened_at}/{key}'.encode()).hexdigest()[:32]}@{domain}>"

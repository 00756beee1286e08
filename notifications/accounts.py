"""How is a letter queued that answers no move of a dossier: about signing in, an invitation, a receipt?

It is written in the transaction of what it tells of, as every other is, and leaves by the same outbox. What it says
comes with grantcycle (see shipped), and its secrets are made of its nonce when it leaves (see secrets).
"""

from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from typing import Any

from sqlmodel import Session, col, select

from engine.cycle.scene import Shelf
from engine.database.connection import inserting
from engine.database.records import ACCOUNT, CauseRow, ConflictRow, DossierRow, NotificationRow, PersonRow, RoundRow
from engine.database.store import the_id
from engine.errors import GrantcycleError
from engine.faults import point
from engine.rules.workflow import STAFF
from notifications.account_facts import judge, kind_of
from notifications.languages import WORDS
from notifications.outbox import door, message_id
from notifications.recipients import people_in
from notifications.shipped import pin

OTHERWISE = "en"
"""the language of whoever asks for one that letters cannot be framed in, where no programme says another"""


class AccountLetters:
    """Where letters about accounts are queued.

    `sender` is whom letters come from; `allow` the addresses and domains that may be written to (none: everybody);
    `timezone` the clocks on which instants are told that belong to no round.
    """

    def __init__(
        self, sender: Address, allow: Sequence[str] = (), shelf: Shelf | None = None, timezone: str = "UTC"
    ) -> None:
        self.sender = sender
        self.allow = tuple(allow)
        self.shelf = shelf or Shelf()
        self.timezone = timezone

    def queue(
        self,
        session: Session,
        *,
        letter: str,
        key: str,
        facts: Mapping[str, Any],
        now: int,
        person: PersonRow | None = None,
        address: str = "",
        name: str = "",
        language: str = "",
        valid_until: int | None = None,
        round_id: int | None = None,
        dossier_id: int | None = None,
    ) -> bool:
        """Write one letter into the caller's transaction; gives False where one of that `letter` and `key` stands.

        It goes to `person`, or to an `address` that need not belong to anybody known; `name` (may be empty) and
        `language` are said where there is no person, or in place of what the person has. `facts` are those that the
        letter is given (account_facts.KINDS), plain JSON; a `nonce` among them stands for its secrets. After
        `valid_until` (UTC microseconds) it is not sent any more. A dossier's letter belongs to the dossier's round.

        Raises GrantcycleError for a letter that is not known, for facts that it is not given, and without an address.
        """
        judge(letter, facts)
        address = person.email if person else address
        if not address:
            raise GrantcycleError(f'nobody is named to whom the letter "{letter}" goes')
        dossier = session.get_one(DossierRow, dossier_id) if dossier_id is not None else None
        if dossier is None and kind_of(letter).of_a_dossier:
            raise GrantcycleError(f'the letter "{letter}" is about a dossier, and none is named')
        round_id = dossier.round_id if dossier else round_id
        round = session.get_one(RoundRow, round_id) if round_id is not None else None
        language, shared = self.shared(session, round, language or (person.language if person else ""))
        said: dict[str, Any] = {"person": {"name": name or (person.name if person else "")}, **facts}
        if dossier:
            said["dossier"] = {"number": dossier.number}
        of = f"{round.key} | " if round else ""
        row = {
            "key": f"{of}account {letter} | {key}",
            "round_id": round_id,
            "dossier_id": dossier_id,
            "person_id": the_id(person) if person else None,
            "role": ACCOUNT,
            "letter": letter,
            "language": language,
            "address": address,
            "facts": said,
            "urgent": kind_of(letter).urgent,
            "leaves_at": now,
            "valid_until": valid_until,
            "next_try_at": now,
            "attempts": 0,
            **door(address, self.allow, now),
        }
        row["message_id"] = message_id(now, str(row["key"]), self.sender.domain)
        cause = CauseRow(
            round_id=round_id, name=f"account {letter}", at=now, facts=shared, digest=pin(session, now)
        )  # fmt: skip
        return _write_once(session, cause, row)

    def queue_to_staff(
        self,
        session: Session,
        *,
        letter: str,
        key: str,
        facts: Mapping[str, Any],
        now: int,
        dossier_id: int,
        valid_until: int | None = None,
    ) -> int:
        """The same to each of the staff of a dossier's round who has no conflict with it; gives how many were written.

        Raises as `queue` does.
        """
        dossier = session.get_one(DossierRow, dossier_id)
        stepped_back = select(ConflictRow.person_id).where(col(ConflictRow.dossier_id) == dossier_id)
        conflicts = set(session.exec(stepped_back).all())
        told = [one for one in people_in(session, dossier.round_id, STAFF) if the_id(one) not in conflicts]
        return sum(
            self.queue(
                session, letter=letter, key=f"{key} | person {the_id(one)}", facts=facts, now=now, person=one,
                valid_until=valid_until, dossier_id=dossier_id,
            )
            for one in told
        )  # fmt: skip

    def shared(self, session: Session, round: RoundRow | None, language: str) -> tuple[str, dict[str, Any]]:
        """In which language a letter is written, and what is pinned of where it comes from, in that language."""
        if round is None:
            written = language if language in WORDS else OTHERWISE
            return written, {"programme": self.sender.display_name or self.sender.domain, "timezone": self.timezone}
        programme = self.shelf.get(session, round.digest).programme
        workflow = programme.workflow
        written = language if language in workflow.languages else workflow.language
        title = programme.translate(programme.rounds[round.name].title, written)
        return written, {
            "programme": programme.translate(workflow.title, written),
            "timezone": round.timezone,
            "round": {"key": round.key, "title": title},
        }


def _write_once(session: Session, cause: CauseRow, row: Mapping[str, Any]) -> bool:
    """Write a letter with its cause, or neither where its key stands already."""
    point("account letter ready")
    with session.begin_nested() as both:
        session.add(cause)
        session.flush()
        insert = inserting(session, NotificationRow).values({**row, "cause_id": the_id(cause)})
        once = insert.on_conflict_do_nothing(index_elements=["key"]).returning(col(NotificationRow.id))
        written = session.connection().execute(once).scalar() is not None
        if not written:
            # what it is because of is not kept either: a cause cannot be taken away later
            both.rollback()
    point("account letter queued")
    return written

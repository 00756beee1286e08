"""How does what came in reach the engine, and whoever has to see to it?"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from pathlib import Path

import structlog
from sqlmodel import Session

from engine import events
from engine.cycle import Cycle
from engine.database.records import RoundRow
from engine.database.store import find_person
from engine.errors import Away, GrantcycleError, Refused
from notifications.accounts import AccountLetters
from notifications.incoming.boxes import Box, ImapAddress, read_inbox
from notifications.incoming.imap import ImapBox
from notifications.incoming.maildir import Maildir
from notifications.incoming.understanding import understand

AT_ONCE = 200
"""mails that are read in one go"""
LETTER = "reply-received"
log = structlog.get_logger()


@dataclass(frozen=True)
class Collected:
    """How many mails came, by what became of them; `again` were received before, `failed` could not be kept and stay
    where they are."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    again: int = 0
    failed: int = 0

    @property
    def new(self) -> int:
        return sum(self.outcomes.values())


class Collector:
    """Brings what is in a mailbox to the engine.

    `server` is the name under which our own receiving server says whom a mail comes from, `officer` whoever is told
    that mail waits, `base_url` how people reach the pages.
    """

    def __init__(
        self,
        box: Box,
        cycle: Cycle,
        letters: AccountLetters,
        *,
        officer: Address,
        base_url: Callable[[], str],
        server: str = "",
    ) -> None:
        self.box = box
        self.cycle = cycle
        self.letters = letters
        self.officer = officer
        self.base_url = base_url
        self.server = server

    def collect(self, now: Callable[[], int], most: int = AT_ONCE) -> Collected:
        """Read what was not read yet, and have whoever sees to it told of what waits.

        Raises GrantcycleError when the mailbox cannot be read or nothing may be done; what was kept by then is kept.
        """
        outcomes: Counter[str] = Counter()
        again = failed = 0
        with self.box.unread(most) as unread:
            for one in unread:
                try:
                    mail = understand(one.raw, size=one.size, server=self.server)
                    outcome = self.cycle.receive(mail, now=now())
                except (Away, Refused):
                    raise
                except Exception:  # one mail that cannot be kept may not keep the others; it stays in the mailbox
                    log.exception("a mail could not be kept")
                    failed += 1
                    continue
                one.done()
                if outcome is None:
                    again += 1
                else:
                    outcomes[outcome] += 1
                    events.tell("mail received", kind=mail.kind, outcome=outcome)
        self.cycle.tell_of_mail(tell=lambda *of: self._tell(*of, now=now()), now=now())
        return Collected(outcomes, again, failed)

    def _tell(self, session: Session, round_id: int | None, count: int, *, now: int) -> None:
        """Write to the officer, who finds the mails in the console: what they say stands in no letter."""
        round = session.get_one(RoundRow, round_id) if round_id is not None else None
        person = find_person(session, self.officer.addr_spec)
        path = f"/staff/{round.key}/received" if round else "/staff"
        self.letters.queue(
            session, letter=LETTER, key=f"{round_id or 0} {now}", now=now, round_id=round_id, person=person,
            address=self.officer.addr_spec, name=self.officer.display_name,
            facts={"count": count, "link": f"{self.base_url()}{path}"},
        )  # fmt: skip


def box_of(inbox: str, password: str | None, folder: Path) -> Box:
    """The mailbox that a setting names; a maildir's path begins in `folder`. Raises GrantcycleError."""
    where = read_inbox(inbox)
    if isinstance(where, ImapAddress):
        if password is None:
            raise GrantcycleError(
                f"the mailbox on {where.host} asks for a password: set GRANTCYCLE_MAIL__INBOX_PASSWORD or "
                "GRANTCYCLE_MAIL__INBOX_PASSWORD_FILE in the environment"
            )
        return ImapBox(where, password)
    return Maildir(folder / where)

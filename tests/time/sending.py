"""A postman for tests: takes what may leave, writes down that it was sent, and keeps a list."""

from engine.database.connection import Database
from notifications.fates import Fate, record
from notifications.lease import take
from notifications.transport import Reply

RELAY = "relay.example:25"


class Post:
    """What has left, by Message-ID: to whom, and which letter."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def deliver(self, database: Database, now: int) -> int:
        """Send everything that may leave now; gives how many letters did."""
        before = len(self.sent)
        while True:
            with database.transaction() as session:
                rows = take(session, RELAY, now, free=50, busy=0)
                fates = [
                    Fate(row.id, row.leased_until, now, Reply("sent", "250 taken"))
                    for row in rows
                    if row.id is not None and row.leased_until is not None
                ]
                letters = [(row.message_id, row.address, row.letter) for row in rows]
            if not fates:
                return len(self.sent) - before
            with database.transaction() as session:
                record(session, RELAY, fates, now)
            self.sent += letters

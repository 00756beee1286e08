"""What is there to be seen of mail that came in, and when?"""

from collections.abc import Iterator

from living_site import LivingSite
from look import Look
from sqlmodel import col, select
from visiting import ROUND, STAFF

from engine.cycle.receiving import AUTOMATIC, CALENDAR, FAILURE, REPLY, Failure, Mail
from engine.database.records import NotificationRow

AT = f"/staff/{ROUND}"
RECEIVED = f"{AT}/received"
WORDS = (
    b"From: an@brug.example\r\nTo: impuls@impuls.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Dear Els,\r\n\r\nThank you for the receipt. May we still add a second budget? We forgot the travel costs.\r\n\r\n"
    b"Kind regards,\r\nAn\r\n\r\n> We received your dossier\r\n> CI19-001\r\n"
)


def in_the_call(living: LivingSite) -> Iterator[Look]:
    yield Look("received-none", RECEIVED, STAFF)
    letter = _come(living)
    yield Look("received", RECEIVED, STAFF)
    yield Look("received-all", f"{RECEIVED}?show=all", STAFF)
    yield Look("received-one", f"{RECEIVED}/1", STAFF)
    yield Look("received-back", f"{RECEIVED}/4", STAFF)
    yield Look("outbox-back", f"{AT}/outbox/{letter.id}", STAFF)
    yield Look("address", f"{AT}/address?of={letter.address}", STAFF)


def _come(living: LivingSite) -> NotificationRow:
    """A reply, what a calendar proposes, what a robot says, and a letter that comes back; gives that letter."""
    site = living.site
    with site.database.reading() as session:
        found = select(NotificationRow).where(col(NotificationRow.letter) == "submission-received")
        letter = session.exec(found.where(col(NotificationRow.status) == "sent")).first()
    assert letter is not None
    about, address = (letter.message_id,), letter.address
    for place, (kind, subject, more) in enumerate([
        (REPLY, "Re: We ontvingen uw dossier", {}),
        (CALENDAR, "New time proposed: pitch day", {"doubt": "counter"}),
        (AUTOMATIC, "Out of office", {"doubt": "automatic"}),
        (FAILURE, "Undelivered Mail Returned to Sender", {"failure": Failure((address,), "550 5.1.1 User unknown")}),
    ], start=1):  # fmt: skip
        site.cycle.receive(
            Mail(f"look {place}", "", address, subject, kind, WORDS, len(WORDS), about, **more), now=site.now  # type: ignore[arg-type]
        )  # fmt: skip
    return letter


LOOKS = {"call": in_the_call}

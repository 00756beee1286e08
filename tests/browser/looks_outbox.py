"""What is there to be seen of letters, and when?"""

from collections.abc import Iterator

from living_site import LivingSite
from look import Look
from sqlmodel import col, select
from visiting import ROUND, STAFF

from engine.database.records import NotificationRow

AT = f"/staff/{ROUND}"
OUTBOX, LETTERS = f"{AT}/outbox", f"{AT}/letters"
RECEIVED = f"{OUTBOX}/cause?cause=transition+submit&of=submission-received"


def _a_letter(living: LivingSite, name: str) -> int:
    with living.site.database.reading() as session:
        return session.exec(select(NotificationRow.id).where(col(NotificationRow.letter) == name)).first() or 0


def in_the_call(living: LivingSite) -> Iterator[Look]:
    number = _a_letter(living, "submission-received")
    yield Look("outbox", OUTBOX, STAFF)
    yield Look("outbox-none", f"{OUTBOX}?person=nobody", STAFF)
    yield Look("outbox-cause", RECEIVED, STAFF)
    for view in ("", "phone", "dark", "text", "headers"):
        yield Look(f"outbox-letter{view and '-'}{view}", f"{OUTBOX}/{number}?view={view}", STAFF)
    yield Look("outbox-edit-late", f"{OUTBOX}/{number}/edit", STAFF)
    yield Look("letters", LETTERS, STAFF)
    yield Look("letters-one", f"{LETTERS}/awarded?language=fr", STAFF)
    yield Look("letters-versions", f"{LETTERS}/awarded/versions?language=fr", STAFF)
    yield Look("words", f"{AT}/words?language=fr", STAFF)
    yield Look("words-none", f"{AT}/words?language=fr&only=missing", STAFF)


def decided(_living: LivingSite) -> Iterator[Look]:
    yield Look("outbox-batch", f"{OUTBOX}/batch?batch=recommendations+opens", STAFF)
    yield Look("outbox-decided", OUTBOX, STAFF)


def over(_living: LivingSite) -> Iterator[Look]:
    yield Look("outbox-over", OUTBOX, STAFF)
    yield Look("outbox-batch-empty", f"{OUTBOX}/batch?batch=approval+opens", STAFF)


LOOKS = {"call": in_the_call, "decided": decided, "over": over}

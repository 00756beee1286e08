"""Invitations as they stand in the outbox, written by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

from letters_world import KEY, SENDER, World, shared_facts
from sqlmodel import select

from engine.database.records import CauseRow, NotificationRow, RoundRow
from notifications.outbox import message_id

SITE = "https://grants.example"
LETTERS = ("invitation", "invitation-changed", "invitation-cancelled")


def utc(text: str) -> int:
    since = datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1)


PLANNED = {
    "day": "2019-02-07", "starts_at": utc("2019-02-07 08:30"), "ends_at": utc("2019-02-07 08:50"), "place": "Brussel",
    "online": None,
}  # fmt: skip
MOVED = {
    "day": "2019-02-08", "starts_at": utc("2019-02-08 13:00"), "ends_at": utc("2019-02-08 13:20"), "place": "Brussel",
    "online": "https://meet.example/room",
}  # fmt: skip


def invitation_facts(uid: str, sequence: int = 0, **changed: Any) -> dict[str, Any]:
    """What is pinned of an invitation: asked at first, then moved, then called off."""
    return {
        "uid": uid, "method": "CANCEL" if sequence == 2 else "REQUEST", "sequence": sequence, "meeting": "visit",
        "title": "Bezoek", "zone": "Europe/Brussels", **(MOVED if sequence else PLANNED),
        "reason": "De zaal staat onder water." if sequence else None, "was": PLANNED if sequence == 1 else None,
        "path": f"/invitations/{uid}", **changed,
    }  # fmt: skip


def invite(
    world: World, email: str, sequence: int = 0, *, uid: str = "visit-1@grants.example", dossier: int | None = None,
    role: str = "jury", language: str = "nl", name: str | None = None, address: str | None = None, **changed: Any,
) -> None:  # fmt: skip
    """Queue the letter of that SEQUENCE to a person."""
    person, now = world.person(email), world.clock.now()
    said = {"name": person.name if name is None else name}
    facts: dict[str, Any] = {"person": said, "invitation": invitation_facts(uid, sequence, **changed)}
    if dossier is not None:
        facts["dossier"] = {"number": f"SG19-{dossier:03}", "title": "Liederen van de nacht", "organisation": "Huis"}
    with world.database.transaction() as session:
        round = session.exec(select(RoundRow)).one()
        cause = CauseRow(
            round_id=round.id, name=f"invitation {uid} {sequence}", at=now, facts=shared_facts(world.programme),
            digest=round.digest,
        )  # fmt: skip
        session.add(cause)
        session.flush()
        key = f"{KEY} | {cause.name} | {now} | {LETTERS[sequence]} | person {person.id} | {uid}"
        session.add(
            NotificationRow(
                key=key,
                round_id=round.id,
                cause_id=cause.id,
                dossier_id=dossier,
                person_id=person.id,
                role=role,
                letter=LETTERS[sequence],
                language=language,
                address=address or person.email,
                thread=uid,
                message_id=message_id(round.opened_at, key, SENDER.domain),
                facts=facts,
                status="waiting",
                leaves_at=now,
                next_try_at=now,
                attempts=0,
            )
        )

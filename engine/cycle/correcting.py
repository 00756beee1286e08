"""How is an address corrected at which letters come back?

Once, for all that its owner is here: who signs in with it, what has not left yet, and what the journal says of them.
"""

from collections.abc import Callable

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.access import factors, sessions
from engine.database.records import (
    ContactRow,
    CorrectionRow,
    DossierRow,
    LetterRow,
    NotificationRow,
    PersonRow,
    RoleRow,
    SessionRow,
)
from engine.database.store import find_person, the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.roles import must_be_staff
from engine.rules.workflow import EVERYONE, STAFF

ODD = ",;\r\n\t <>\"'()"
"""signs of more than one address, or of none"""
TellOfAddress = Callable[[Session, PersonRow, str], object]
"""writes to a person, and to the address that they had, that letters go elsewhere now"""


def correct(scene: Scene, *, email: str, to: str, by: str, tell: TellOfAddress) -> None:
    """Give somebody another address, for good; what is sent already is not changed.

    It goes only for whoever cannot be reached: a letter of this round came back from the address they have, and they
    have not signed in since. Nobody's account is taken over by it that whoever acts could not act for anyway: not that
    of staff, of somebody with a second factor, or of somebody who takes part in a round that they do not run. Raises
    Refused with every reason.
    """
    session, actor, person = scene.session, scene.person(by), scene.person(email)
    session.refresh(person, with_for_update=True)  # somebody may correct it from another round just now
    wanted = to.strip().lower()
    refuse([must_be_staff(standing_of(scene, actor))])
    refuse([
        *_wrong_address(session, person, wanted),
        _reachable(session, scene.round_id, person),
        *_beyond(scene, actor, person),
    ])  # fmt: skip
    old = person.email
    session.add(
        CorrectionRow(
            round_id=scene.round_id, person_id=the_id(person), old=old, new=wanted, at=scene.now,
            corrected_by=the_id(actor),
        )
    )  # fmt: skip
    person.email = wanted
    session.add(person)
    session.flush()
    point("address corrected")
    _redirect(session, person, old)
    point("letters redirected")
    sessions.end_all(session, the_id(person), "address corrected", scene.now)
    tell(session, person, old)
    scene.note("address corrected", by, old=old, new=wanted)


def is_failing(session: Session, person: PersonRow, round_id: int) -> bool:
    """Whether letters of a round, or of none, came back from the address that a person has, or were refused there, and
    nobody has signed in with it since."""
    row = NotificationRow
    theirs = (
        col(row.person_id) == the_id(person), col(row.address) == person.email,
        sa.or_(col(row.round_id) == round_id, col(row.round_id).is_(None)),
    )  # fmt: skip
    back = session.exec(select(sa.func.max(row.bounced_at)).where(*theirs, col(row.bounced_at).is_not(None))).one()
    refused = session.exec(
        select(sa.func.max(row.ended_at)).where(*theirs, col(row.status) == "failed", col(row.attempts) > 0)
    ).one()
    if back is None and refused is None:
        return False
    since = max(back or 0, refused or 0)
    came = select(SessionRow.id).where(col(SessionRow.person_id) == the_id(person), col(SessionRow.started_at) > since)
    return session.exec(came.limit(1)).first() is None


def _wrong_address(session: Session, person: PersonRow, wanted: str) -> list[Refusal | None]:
    one = wanted.strip("@").count("@") == wanted.count("@") == 1 and not any(sign in wanted for sign in ODD)
    taken = find_person(session, wanted) if one and wanted != person.email else None
    return [
        None if one else Refusal("address", f"{wanted!r} is not one address", {"because": "none"}),
        Refusal("address", f"{person.email} is the address that comes back", {"because": "same"})
        if wanted == person.email else None,
        Refusal("address", f"{wanted} is somebody else's here", {"because": "taken", "email": wanted})
        if taken else None,
    ]  # fmt: skip


def _reachable(session: Session, round_id: int, person: PersonRow) -> Refusal | None:
    if is_failing(session, person, round_id):
        return None
    sentence = f"no letter has come back from {person.email} since somebody signed in with it"
    return Refusal("address", sentence, {"because": "reached", "email": person.email})


def _beyond(scene: Scene, actor: PersonRow, person: PersonRow) -> list[Refusal | None]:
    """Why an account is not this actor's to touch."""
    session = scene.session
    roles = session.exec(select(RoleRow.round_id, RoleRow.role).where(col(RoleRow.person_id) == the_id(person))).all()
    runs = set(
        session.exec(
            select(RoleRow.round_id).where(col(RoleRow.person_id) == the_id(actor), col(RoleRow.role) == STAFF)
        )
    )
    speaks = session.exec(
        select(DossierRow.round_id)
        .join(ContactRow, col(ContactRow.dossier_id) == col(DossierRow.id))
        .where(col(ContactRow.person_id) == the_id(person))
    ).all()
    elsewhere = {of for of, role in roles if role != EVERYONE} | set(speaks)
    part = scene.round_id in {of for of, _ in roles} | set(speaks)
    secured = factors.of_person(session, the_id(person)) is not None
    return [
        None if part else
        Refusal("role", f"{person.email} has no part in {scene.round.key}", {"because": "no part"}),
        Refusal("address", "the address of somebody on staff is not corrected here", {"because": "staff"})
        if any(role == STAFF for _, role in roles) else None,
        Refusal("address", f"{person.email} has a second factor, and is asked in person",
                {"because": "factor", "email": person.email})
        if secured else None,
        Refusal("address", f"{person.email} takes part in a round that you do not run",
                {"because": "elsewhere", "email": person.email})
        if elsewhere - runs else None,
    ]  # fmt: skip


def _redirect(session: Session, person: PersonRow, old: str) -> None:
    """What has neither left nor been written yet goes to the address that is right."""
    row = NotificationRow
    written = sa.exists().where(col(LetterRow.notification_id) == col(row.id))
    session.connection().execute(
        sa.update(row)
        .where(
            col(row.person_id) == the_id(person), col(row.address) == old, col(row.ended_at).is_(None),
            col(row.status).in_(("waiting", "held")), ~written,
        )
        .values(address=person.email)
    )  # fmt: skip

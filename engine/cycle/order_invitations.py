"""Who is to be there when, by a running order, and what does each of them hear?

The people of a dossier come for its slot. A member or an observer of a committee comes from the first to the last slot
that she may hear, and hears nothing of the others.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlmodel import col, select

from engine.cycle.inviting import invite, withdraw
from engine.cycle.scene import CALENDAR, Scene
from engine.database.records import (
    ConflictRow,
    ContactRow,
    DossierRow,
    InvitationRow,
    MeetingRow,
    PersonRow,
    RoleRow,
)
from engine.database.sitting import elsewhere_among, sits_at
from engine.database.store import the_id
from engine.rules.roles import observer_of, reading_committee
from engine.rules.running_order import Day
from engine.rules.workflow import APPLICANT, Meeting

Kind = Literal["cancelled", "changed", "new", "unchanged"]
KINDS: tuple[Kind, ...] = ("cancelled", "changed", "new", "unchanged")
"""in the order in which people hear of them"""


@dataclass(frozen=True, slots=True)
class Coming:
    """One person and one meeting: when she is to be there (`times`, UTC microseconds; None: not any more)."""

    person: PersonRow
    role: str
    dossier: DossierRow | None
    times: tuple[int, int] | None
    row: InvitationRow | None
    kind: Kind

    @property
    def was(self) -> tuple[int, int] | None:
        """From when until when she was asked to be there before."""
        row = self.row
        if row is None or row.cancelled_at is not None or row.starts_at is None or row.ends_at is None:
            return None
        return row.starts_at, row.ends_at


def coming(scene: Scene, meeting: Meeting, row: MeetingRow, day: Day, places: Mapping[int, DossierRow]) -> list[Coming]:
    """Everybody whom a running order asks to come, or asks no more, with what they would hear of it."""
    invited = {
        (one.person_id, one.dossier_id): one
        for one in scene.session.exec(
            select(InvitationRow).where(col(InvitationRow.meeting_id) == row.id).order_by(col(InvitationRow.id))
        ).all()
    }
    found: list[Coming] = []
    for person, role, dossier, times in (*_speakers(scene, day, places), *_listeners(scene, meeting, day, places)):
        before = invited.pop((the_id(person), the_id(dossier) if dossier else None), None)
        found.append(Coming(person, role, dossier, times, before, _kind(row, before, times)))
    gone = [one for one in invited.values() if one.has_a_part and one.cancelled_at is None]
    for one in gone:
        person = scene.session.get_one(PersonRow, one.person_id)
        dossier = scene.session.get_one(DossierRow, one.dossier_id) if one.dossier_id is not None else None
        found.append(Coming(person, one.role, dossier, None, one, "cancelled"))
    return found


def _kind(row: MeetingRow, before: InvitationRow | None, times: tuple[int, int]) -> Kind:
    if before is None or before.cancelled_at is not None:
        return "new"
    told = (before.day, before.starts_at, before.ends_at, before.place, before.online)
    return "unchanged" if told == (row.day, *times, row.place, row.online) else "changed"


Asked = tuple[PersonRow, str, DossierRow | None, tuple[int, int]]


def _speakers(scene: Scene, day: Day, places: Mapping[int, DossierRow]) -> Iterator[Asked]:
    """The people of each dossier, by position."""
    contacts = scene.session.exec(
        select(ContactRow.dossier_id, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(ContactRow.person_id))
        .where(col(ContactRow.dossier_id).in_([the_id(one) for one in places.values()]))
        .order_by(col(ContactRow.id))
    ).all()
    for position, dossier in sorted(places.items()):
        hours = day.at(position)
        for dossier_id, person in contacts:
            if dossier_id == dossier.id:
                yield person, APPLICANT, dossier, (hours.starts_at, hours.ends_at)


def _listeners(scene: Scene, meeting: Meeting, day: Day, places: Mapping[int, DossierRow]) -> Iterator[Asked]:
    """Members and observers of the committees that hear these dossiers, each for her part of the day."""
    ids = {the_id(one): position for position, one in places.items()}
    roles = roles_that_hear(scene, meeting)
    people = scene.session.exec(
        select(PersonRow, RoleRow.role)
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(col(RoleRow.round_id) == scene.round_id, col(RoleRow.role).in_(roles), sits_at(meeting))
        .order_by(col(RoleRow.id))
    ).all()
    ties = ties_with(scene, ids, roles)
    seen: set[int] = set()
    for person, role in people:
        if the_id(person) in seen:
            continue
        seen.add(the_id(person))
        hers = sorted(position for dossier, position in ids.items() if (dossier, the_id(person)) not in ties)
        if hers:
            yield person, role, None, (day.at(hers[0]).starts_at, day.at(hers[-1]).ends_at)


def roles_that_hear(scene: Scene, meeting: Meeting) -> list[str]:
    """The roles of those who hear dossiers at a meeting: committees, and their observers."""
    committees = dict.fromkeys(reading_committee(scene.workflow, state) for state in meeting.open_to)
    return [role for one in committees if one for role in (one, observer_of(one))]


def ties_with(scene: Scene, dossiers: Collection[int], roles: Sequence[str]) -> set[tuple[int, int]]:
    """(dossier, person) of everybody who has a conflict with one of these dossiers, speaks for it, or has one of the
    roles only for other strands or answers than its own."""
    return set(elsewhere_among(scene.session, list(dossiers), roles)) | {
        (dossier_id, person_id)
        for row in (ConflictRow, ContactRow)
        for dossier_id, person_id in scene.session.exec(
            select(row.dossier_id, row.person_id).where(col(row.dossier_id).in_(list(dossiers)))
        ).all()
    }


def digest_of(found: Sequence[Coming]) -> str:
    """SHA-256 over whom is told what: what is published is what was shown."""
    lines = [
        [one.kind, one.person.email, one.role, one.dossier.number if one.dossier else "", one.times, one.was]
        for one in found
    ]
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


def carry_out(
    scene: Scene, row: MeetingRow, found: Sequence[Coming], *, reason: str | None = None, by: str = CALENDAR
) -> dict[Kind, int]:
    """Tell everybody what is new to them: first who need not come, last who is asked for the first time.

    Gives how many of each kind there are.
    """
    for kind in ("cancelled", "changed", "new"):
        for one in found:
            if one.kind != kind:
                continue
            if one.times is None:
                assert one.row is not None
                withdraw(scene, one.row, reason=reason, by=by)
            else:
                invite(
                    scene, row, one.person, role=one.role, dossier=one.dossier, times=one.times, reason=reason, by=by
                )
    return {kind: sum(one.kind == kind for one in found) for kind in KINDS}


def of_dossiers(found: Sequence[Coming], dossiers: Collection[int]) -> list[Coming]:
    """Those of the dossiers named, and those who are asked already and whose part of the day changes with them.

    What else is still to be told waits until staff look at it.
    """
    return [
        one
        for one in found
        if (the_id(one.dossier) in dossiers if one.dossier else one.kind in ("changed", "cancelled"))
    ]

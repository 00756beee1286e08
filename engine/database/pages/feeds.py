"""What stands in a person's own calendar: their dossiers, and the committees they sit on?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from engine.database.pages.committee import without_ties_of
from engine.database.pages.dossiers import Obligation, obligation
from engine.database.pages.people import Part
from engine.database.records import (
    ConflictRow,
    ContactRow,
    DeliveryRow,
    DossierRow,
    ExtensionRow,
    MeetingRow,
    ObligationRow,
    ReviewRow,
    RoleRow,
    RoundRow,
    SlotRow,
)
from engine.database.sitting import seated_beside
from engine.database.store import the_id

MOST = 200
"""dossiers, and parts in rounds, that one feed tells of"""


@dataclass(frozen=True, slots=True)
class Slot:
    """A dossier's place in a running order, the state it stands in, and when it was given that place."""

    number: str
    state: str
    meeting: str
    starts_at: int
    ends_at: int
    since: int


@dataclass(frozen=True, slots=True)
class Own:
    """A dossier that the person speaks for. `extensions` as they hold for it, oldest first."""

    round: str
    digest: str
    number: str
    state: str
    entered_at: int
    extensions: tuple[ExtensionRow, ...]
    slots: tuple[Slot, ...]
    obligations: tuple[Obligation, ...]
    changed_at: int
    """when anything of this last changed"""
    meetings: tuple[MeetingRow, ...] = ()
    """those of the round, and those booked for it"""
    strand: str | None = None
    clocks: str | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """A part in a round, with the running orders of it but for the dossiers that this person has ties with."""

    part: Part
    extensions: tuple[ExtensionRow, ...]
    slots: tuple[Slot, ...]
    changed_at: int
    meetings: tuple[MeetingRow, ...] = ()
    scopes: frozenset[tuple[str, str]] = frozenset()
    """(over what, which) of the strands or answers for which the part is; no text where it is one for all"""


def own_of(session: Session, person_id: int) -> Sequence[Own]:
    """The dossiers that a person speaks for, the last started first."""
    rows = session.exec(
        select(DossierRow, RoundRow)
        .join(ContactRow, col(ContactRow.dossier_id) == col(DossierRow.id))
        .join(RoundRow, col(RoundRow.id) == col(DossierRow.round_id))
        .where(col(ContactRow.person_id) == person_id)
        .order_by(col(DossierRow.id).desc())
        .limit(MOST)
    ).all()
    ids = [the_id(row) for row, _ in rows]
    extensions = session.exec(
        select(ExtensionRow)
        .where(
            col(ExtensionRow.round_id).in_({row.round_id for row, _ in rows}),
            or_(col(ExtensionRow.dossier_id).is_(None), col(ExtensionRow.dossier_id).in_(ids)),
        )
        .order_by(col(ExtensionRow.id))
    ).all()
    slots = session.exec(select(SlotRow).where(col(SlotRow.dossier_id).in_(ids)).order_by(col(SlotRow.id))).all()
    owed = session.exec(
        select(ObligationRow)
        .where(col(ObligationRow.dossier_id).in_(ids))
        .order_by(col(ObligationRow.due_at), col(ObligationRow.name), col(ObligationRow.position))
    ).all()
    held = session.exec(
        select(MeetingRow)
        .where(
            col(MeetingRow.round_id).in_({row.round_id for row, _ in rows}),
            or_(col(MeetingRow.dossier_id).is_(None), col(MeetingRow.dossier_id).in_(ids)),
        )
        .order_by(col(MeetingRow.id))
    ).all()
    reviewed = _last_reviewed(session, ids)
    found = []
    for row, of in rows:
        theirs = tuple(
            one for one in extensions if one.round_id == row.round_id and one.dossier_id in (None, row.id)
        )
        debts = [one for one in owed if one.dossier_id == row.id]
        ends = [at for one in debts for at in (one.laid_out_at, one.fulfilled_at, one.excused_at, one.handed_in_at)]
        instants = [at for at in (*ends, reviewed.get(row.id)) if at is not None]
        found.append(
            Own(
                of.key, of.digest, row.number, row.state, row.entered_at, theirs,
                tuple(_slot(one, row) for one in slots if one.dossier_id == row.id), tuple(map(obligation, debts)),
                max([row.entered_at, of.opened_at, *instants, *(one.decided_at for one in theirs)]),
                tuple(
                    one for one in held if one.round_id == row.round_id and one.dossier_id in (None, row.id)
                ),
                row.strand, row.clocks, the_id(row),
            )
        )  # fmt: skip
    return found


def _last_reviewed(session: Session, dossier_ids: Sequence[int]) -> dict[int | None, int]:
    """dossier -> when staff last said something of what it handed in: its last day may have moved then."""
    rows = session.exec(
        select(DeliveryRow.dossier_id, func.max(ReviewRow.reviewed_at))
        .join(ReviewRow, col(ReviewRow.delivery_id) == col(DeliveryRow.id))
        .where(col(DeliveryRow.dossier_id).in_(dossier_ids))
        .group_by(col(DeliveryRow.dossier_id))
    ).all()
    return {dossier_id: int(at) for dossier_id, at in rows}


def seats_of(session: Session, person_id: int) -> Sequence[Seat]:
    """A person's parts in rounds, the round opened last first."""
    rows = session.exec(
        select(RoleRow, RoundRow)
        .join(RoundRow, col(RoundRow.id) == col(RoleRow.round_id))
        .where(col(RoleRow.person_id) == person_id)
        .order_by(col(RoundRow.id).desc(), col(RoleRow.id))
        .limit(MOST)
    ).all()
    ids = {the_id(of) for _, of in rows}
    extensions = session.exec(
        select(ExtensionRow)
        .where(col(ExtensionRow.round_id).in_(ids), col(ExtensionRow.dossier_id).is_(None))
        .order_by(col(ExtensionRow.id))
    ).all()
    slots = session.exec(
        select(SlotRow, DossierRow)
        .join(DossierRow, col(DossierRow.id) == col(SlotRow.dossier_id))
        .where(col(SlotRow.round_id).in_(ids), without_ties_of(person_id), seated_beside(person_id))
        .order_by(col(SlotRow.id))
    ).all()
    held = session.exec(
        select(MeetingRow)
        .where(col(MeetingRow.round_id).in_(ids), col(MeetingRow.dossier_id).is_(None))
        .order_by(col(MeetingRow.id))
    ).all()
    declared = session.exec(
        select(DossierRow.round_id, ConflictRow.declared_at)
        .join(DossierRow, col(DossierRow.id) == col(ConflictRow.dossier_id))
        .where(col(ConflictRow.person_id) == person_id, col(DossierRow.round_id).in_(ids))
    ).all()
    found = []
    seen: set[tuple[int, str]] = set()
    for role, of in rows:
        if (the_id(of), role.role) in seen:
            continue  # who sits in several committees of one name has one calendar of them
        seen.add((the_id(of), role.role))
        theirs = tuple(one for one in extensions if one.round_id == of.id)
        order = tuple(_slot(slot, dossier) for slot, dossier in slots if slot.round_id == of.id)
        part = Part(the_id(of), of.key, of.digest, role.role, role.chair, role.since)
        changed = [of.opened_at, role.since, *(one.decided_at for one in theirs), *(slot.since for slot in order)]
        changed += [at for round_id, at in declared if round_id == of.id]
        its = tuple(one for one in held if one.round_id == of.id)
        sits = frozenset((one.per, one.scope) for one, at in rows if (at.id, one.role) == (of.id, role.role))
        found.append(Seat(part, theirs, order, max(changed), its, sits))
    return found


def _slot(row: SlotRow, dossier: DossierRow) -> Slot:
    return Slot(dossier.number, dossier.state, row.meeting, row.starts_at, row.ends_at, dossier.entered_at)

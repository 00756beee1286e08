"""What is there to know about one dossier, apart from what the committee says of it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from engine.database.pages.stored_files import StoredFile, as_file
from engine.database.records import (
    AnswerRow,
    ContactRow,
    DeliveryRow,
    DossierRow,
    ExtensionRequestRow,
    ExtensionRow,
    ObligationRow,
    PersonRow,
    ReviewRow,
    RoundRow,
    RunningOrderRow,
    SlotRow,
    TransitionRow,
)
from engine.database.standing_moves import stands
from engine.database.store import obligations_of, state_of, the_id
from engine.rules.facts import ObligationState


@dataclass(frozen=True, slots=True)
class Head:
    """A dossier itself, and the round that it is in; instants are UTC microseconds."""

    id: int
    round_id: int
    round: str
    digest: str
    number: str
    organisation: str
    state: str
    entered_at: int
    started_at: int
    received_at: int | None
    receipt: str | None
    batch: int | None = None
    """in which it was handed in, where a phase is cut"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One version of an answer, who gave it and when; `file` is what it stands for when it is one."""

    question: str
    version: int
    value: Any
    file: StoredFile | None
    given_at: int
    by: str


@dataclass(frozen=True, slots=True)
class Contact:
    email: str
    name: str
    since: int


@dataclass(frozen=True, slots=True)
class Move:
    """One transition; `by` is None where the calendar made it.

    `reason` is as whoever acted gave it: people outside read it as `engine.rules.workflow.reason_told` has it.
    """

    name: str
    source: str
    target: str
    at: int
    by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Obligation:
    name: str
    position: int
    opens_at: int
    due_at: int
    last_day: str
    state: ObligationState
    ended_at: int | None
    """when it was fulfilled or excused"""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What staff said of one version: `accepted` or `changes asked`; `by` is how whoever said it is called."""

    outcome: str
    words: str | None
    last_day: str | None
    """the last day for the next version, where it was given a new one"""
    at: int
    by: str


@dataclass(frozen=True, slots=True)
class Delivery:
    id: int
    deliverable: str
    obligation: tuple[str, int] | None
    answers: Mapping[str, Any]
    received_at: int
    late: bool
    by: str
    review: Reviewed | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A dossier's turn at a meeting; `asked` once its people were asked to come by the running order."""

    meeting: str
    position: int
    starts_at: int
    ends_at: int
    asked: bool


@dataclass(frozen=True, slots=True)
class Extension:
    """A deadline that was moved: for this dossier alone (`own`), or for all."""

    of: str
    old_day: str
    old_hour: str | None
    new_day: str
    new_hour: str | None
    reason: str
    decided_at: int
    own: bool


@dataclass(frozen=True, slots=True)
class Request:
    """A later deadline that was asked for; `outcome` is None while nobody has answered."""

    id: int
    number: str
    organisation: str
    of: str
    wanted: str | None
    reason: str
    asked_at: int
    asked_by: str
    answered_at: int | None
    outcome: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """All there is to know about one dossier, oldest first."""

    head: Head
    versions: tuple[Answer, ...]
    """every answer that was ever given"""
    contacts: tuple[Contact, ...]
    moves: tuple[Move, ...]
    obligations: tuple[Obligation, ...]
    """in the order in which they are due"""
    deliveries: tuple[Delivery, ...]
    slots: tuple[Slot, ...]
    extensions: tuple[Extension, ...]
    requests: tuple[Request, ...]

    @property
    def answers(self) -> dict[str, Answer]:
        """question -> the answer that counts."""
        return {one.question: one for one in self.versions}

    @property
    def values(self) -> dict[str, Any]:
        """question -> what the answer says that counts, as forms and `engine.rules.forms` have it."""
        return {one.question: one.value for one in self.versions}


def find(session: Session, round_key: str, number: str) -> Head | None:
    """The dossier of that number, or None: whoever asks for one that is not there learns of no other."""
    found = session.exec(
        select(DossierRow, RoundRow)
        .join(RoundRow, col(RoundRow.id) == col(DossierRow.round_id))
        .where(col(RoundRow.key) == round_key, col(DossierRow.number) == number)
    ).first()
    if found is None:
        return None
    row, of = found
    return Head(
        the_id(row), the_id(of), of.key, of.digest, row.number, row.organisation, row.state, row.entered_at,
        row.started_at, row.received_at, row.receipt, row.batch,
    )  # fmt: skip


def whole(session: Session, head: Head) -> Dossier:
    """The dossier with all that belongs to it."""
    return Dossier(
        head,
        _versions(session, head.id),
        contacts(session, head.id),
        _moves(session, head.id),
        tuple(obligation(row) for row in obligations_of(session, head.id)),
        _deliveries(session, head.id),
        _slots(session, head.id),
        _extensions(session, head),
        tuple(requests(session, head.round_id, dossier_id=head.id)),
    )


def _versions(session: Session, dossier_id: int) -> tuple[Answer, ...]:
    rows = session.exec(
        select(AnswerRow, PersonRow.email)
        .join(PersonRow, col(PersonRow.id) == col(AnswerRow.given_by))
        .where(col(AnswerRow.dossier_id) == dossier_id)
        .order_by(col(AnswerRow.version), col(AnswerRow.id))
    ).all()
    return tuple(
        Answer(row.question, row.version, row.value, as_file(row.value), row.given_at, by) for row, by in rows
    )  # fmt: skip


def contacts(session: Session, dossier_id: int) -> tuple[Contact, ...]:
    """Those who speak for a dossier, in the order in which they came."""
    rows = session.exec(
        select(ContactRow, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(ContactRow.person_id))
        .where(col(ContactRow.dossier_id) == dossier_id)
        .order_by(col(ContactRow.id))
    ).all()
    return tuple(Contact(person.email, person.name, row.since) for row, person in rows)


def _moves(session: Session, dossier_id: int) -> tuple[Move, ...]:
    rows = session.exec(
        select(TransitionRow, PersonRow.email)
        .join(PersonRow, col(PersonRow.id) == col(TransitionRow.person_id), isouter=True)
        .where(col(TransitionRow.dossier_id) == dossier_id, stands())
        .order_by(col(TransitionRow.id))
    ).all()
    return tuple(Move(row.name, row.source, row.target, row.at, by, row.reason) for row, by in rows)


def obligation(row: ObligationRow) -> Obligation:
    """What pages know of something that is owed."""
    ended = row.fulfilled_at if row.fulfilled_at is not None else row.excused_at
    return Obligation(row.name, row.position, row.opens_at, row.due_at, row.last_day, state_of(row), ended)


_BY = aliased(PersonRow)
"""who reviewed, or asked; made once: an alias makes each column of its table anew"""


def _deliveries(session: Session, dossier_id: int) -> tuple[Delivery, ...]:
    rows = session.execute(
        sa.select(DeliveryRow, ObligationRow, col(PersonRow.email), ReviewRow, _BY)
        .join(ObligationRow, col(ObligationRow.id) == col(DeliveryRow.obligation_id), isouter=True)
        .join(PersonRow, col(PersonRow.id) == col(DeliveryRow.delivered_by))
        .join(ReviewRow, col(ReviewRow.delivery_id) == col(DeliveryRow.id), isouter=True)
        .join(_BY, col(_BY.id) == col(ReviewRow.reviewed_by), isouter=True)
        .where(col(DeliveryRow.dossier_id) == dossier_id)
        .order_by(col(DeliveryRow.id))
    ).all()
    return tuple(
        Delivery(
            the_id(row), row.deliverable, (owed.name, owed.position) if owed else None, row.answers, row.received_at,
            row.late, by, _reviewed(said, who),
        )
        for row, owed, by, said, who in rows
    )  # fmt: skip


def _reviewed(row: ReviewRow | None, who: PersonRow | None) -> Reviewed | None:
    if row is None or who is None:
        return None
    return Reviewed(row.outcome, row.words, row.last_day, row.reviewed_at, who.name or who.email)


def _slots(session: Session, dossier_id: int) -> tuple[Slot, ...]:
    of_it = (col(RunningOrderRow.round_id) == col(SlotRow.round_id)) & (
        col(RunningOrderRow.meeting) == col(SlotRow.meeting)
    )
    rows = session.exec(
        select(SlotRow, RunningOrderRow.published_at)
        .join(RunningOrderRow, of_it, isouter=True)
        .where(col(SlotRow.dossier_id) == dossier_id)
        .order_by(col(SlotRow.starts_at))
    ).all()
    return tuple(Slot(row.meeting, row.position, row.starts_at, row.ends_at, at is not None) for row, at in rows)


def _extensions(session: Session, head: Head) -> tuple[Extension, ...]:
    rows = session.exec(
        select(ExtensionRow)
        .where(
            col(ExtensionRow.round_id) == head.round_id,
            sa.or_(col(ExtensionRow.dossier_id).is_(None), col(ExtensionRow.dossier_id) == head.id),
        )
        .order_by(col(ExtensionRow.id))
    ).all()
    return tuple(
        Extension(
            row.of, row.old_day, row.old_hour, row.new_day, row.new_hour, row.reason, row.decided_at,
            row.dossier_id is not None,
        )
        for row in rows
    )  # fmt: skip


def requests(
    session: Session,
    round_id: int,
    *,
    dossier_id: int | None = None,
    only_open: bool = False,
    limit: int = 200,
    after: int = 0,
) -> Sequence[Request]:
    """The requests for more time in a round, or of one dossier, oldest first; `after` is a request's id."""
    wanted = (
        select(ExtensionRequestRow, DossierRow, _BY.email)
        .join(DossierRow, col(DossierRow.id) == col(ExtensionRequestRow.dossier_id))
        .join(_BY, col(_BY.id) == col(ExtensionRequestRow.asked_by))
        .where(col(ExtensionRequestRow.round_id) == round_id, col(ExtensionRequestRow.id) > after)
        .order_by(col(ExtensionRequestRow.id))
        .limit(limit)
    )
    if dossier_id is not None:
        wanted = wanted.where(col(ExtensionRequestRow.dossier_id) == dossier_id)
    if only_open:
        wanted = wanted.where(col(ExtensionRequestRow.answered_at).is_(None))
    return [
        Request(
            the_id(row), dossier.number, dossier.organisation, row.of, row.wanted, row.reason, row.asked_at, by,
            row.answered_at, row.outcome, row.answer,
        )
        for row, dossier, by in session.exec(wanted).all()
    ]  # fmt: skip

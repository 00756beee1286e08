"""What has somebody to do with the rounds: their parts, their dossiers, their letters?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from engine.database.pages import Rules
from engine.database.records import (
    AnswerRow,
    ContactRow,
    DossierRow,
    LetterRow,
    NotificationRow,
    ObligationRow,
    RoleRow,
    RoundRow,
)
from engine.database.store import state_of, the_id
from engine.files.reading import Programme
from engine.rules.facts import ObligationState


@dataclass(frozen=True, slots=True)
class Part:
    """A part in a round: `staff`, `everyone`, a committee, or `COMMITTEE observer`."""

    round_id: int
    round: str
    digest: str
    role: str
    chair: bool
    since: int
    scope: str = ""
    """for whose strand or answer, of a committee of which there is one for each; empty for every one"""


def parts_of(session: Session, person_id: int, *, limit: int = 200) -> Sequence[Part]:
    """A person's parts in all rounds, in the round opened last first."""
    rows = session.exec(
        select(RoleRow, RoundRow)
        .join(RoundRow, col(RoundRow.id) == col(RoleRow.round_id))
        .where(col(RoleRow.person_id) == person_id)
        .order_by(col(RoundRow.id).desc(), col(RoleRow.id))
        .limit(limit)
    ).all()
    return [Part(the_id(of), of.key, of.digest, row.role, row.chair, row.since, row.scope) for row, of in rows]


@dataclass(frozen=True, slots=True)
class Owing:
    """Something that a dossier owes, and until when: the last local day, and the first instant after it."""

    name: str
    position: int
    last_day: str
    due_at: int
    state: ObligationState


@dataclass(frozen=True, slots=True)
class OwnDossier:
    """A dossier in the list of those who speak for it; `state` is the rules' name of it."""

    id: int
    round: str
    digest: str
    number: str
    organisation: str
    title: str
    state: str
    entered_at: int
    received_at: int | None
    owes_next: Owing | None
    strand: str | None = None
    clocks: str | None = None


def dossiers_of(
    session: Session, person_id: int, rules: Rules, *, limit: int = 50, before: int | None = None
) -> Sequence[OwnDossier]:
    """The dossiers that a person speaks for, in all rounds, the last started first; `before` is a dossier's id."""
    wanted = (
        select(DossierRow, RoundRow)
        .join(ContactRow, col(ContactRow.dossier_id) == col(DossierRow.id))
        .join(RoundRow, col(RoundRow.id) == col(DossierRow.round_id))
        .where(col(ContactRow.person_id) == person_id)
        .order_by(col(DossierRow.id).desc())
        .limit(limit)
    )
    if before is not None:
        wanted = wanted.where(col(DossierRow.id) < before)
    rows = session.exec(wanted).all()
    ids = [the_id(row) for row, _ in rows]
    titles = _titles(session, {the_id(row): rules(of.digest) for row, of in rows})
    owing = _owing(session, ids)
    return [
        OwnDossier(
            the_id(row), of.key, of.digest, row.number, row.organisation,
            titles.get(the_id(row)) or row.organisation or row.number, row.state, row.entered_at, row.received_at,
            owing.get(the_id(row)), row.strand, row.clocks,
        )
        for row, of in rows
    ]  # fmt: skip


def _titles(session: Session, programmes: Mapping[int, Programme]) -> dict[int, str]:
    """dossier -> its first answer in plain text."""
    asked = {
        dossier_id: [one.name for one in programme.workflow.questions.values() if one.kind == "text"]
        for dossier_id, programme in programmes.items()
    }
    rows = session.exec(
        select(AnswerRow.dossier_id, AnswerRow.question, AnswerRow.value)
        .where(
            col(AnswerRow.dossier_id).in_(list(asked)),
            col(AnswerRow.question).in_({name for names in asked.values() for name in names}),
        )
        .order_by(col(AnswerRow.version))
    ).all()
    newest = {(dossier_id, question): value for dossier_id, question, value in rows}
    return {
        dossier_id: next((str(text) for name in names if (text := newest.get((dossier_id, name)))), "")
        for dossier_id, names in asked.items()
    }


def _owing(session: Session, dossier_ids: Sequence[int]) -> dict[int, Owing]:
    """dossier -> what it owes next, of what is open or overdue."""
    rows = session.exec(
        select(ObligationRow)
        .where(
            col(ObligationRow.dossier_id).in_(dossier_ids),
            col(ObligationRow.fulfilled_at).is_(None),
            col(ObligationRow.excused_at).is_(None),
            col(ObligationRow.handed_in_at).is_(None),
        )
        .order_by(col(ObligationRow.due_at), col(ObligationRow.name), col(ObligationRow.position))
    ).all()
    found: dict[int, Owing] = {}
    for row in rows:
        found.setdefault(
            row.dossier_id, Owing(row.name, row.position, row.last_day, row.due_at, state_of(row))
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter that has left; `id` is its number in the outbox."""

    id: int
    subject: str
    sent_at: int


def letters_to(
    session: Session, person_id: int, dossier_id: int, *, limit: int = 50, before: int | None = None
) -> Sequence[SentLetter]:
    """The letters about a dossier that this person was sent, the newest first; those to others are theirs."""
    wanted = (
        select(NotificationRow.id, LetterRow.subject, NotificationRow.ended_at)
        .join(LetterRow, col(LetterRow.notification_id) == col(NotificationRow.id))
        .where(
            col(NotificationRow.dossier_id) == dossier_id,
            col(NotificationRow.person_id) == person_id,
            col(NotificationRow.status) == "sent",
        )
        .order_by(col(NotificationRow.id).desc())
        .limit(limit)
    )
    if before is not None:
        wanted = wanted.where(col(NotificationRow.id) < before)
    return [SentLetter(number or 0, subject, at or 0) for number, subject, at in session.exec(wanted).all()]


@dataclass(frozen=True, slots=True)
class LetterText:
    """What a letter says, as it was sent."""

    id: int
    subject: str
    text: str
    html: str
    sent_at: int


def letter(session: Session, person_id: int, number: int) -> LetterText | None:
    """A letter that was sent to this person; None for one that was not, or is not there."""
    row = session.exec(
        select(LetterRow, NotificationRow.ended_at)
        .join(NotificationRow, col(NotificationRow.id) == col(LetterRow.notification_id))
        .where(
            col(NotificationRow.id) == number,
            col(NotificationRow.person_id) == person_id,
            col(NotificationRow.status) == "sent",
        )
    ).first()
    return LetterText(number, row[0].subject, row[0].text, row[0].html, row[1] or 0) if row else None

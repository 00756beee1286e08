"""Which mail has come in for the staff of a round, and which letters have come back?

A mail about a dossier that somebody has a conflict with is not there for them; one that answers a list of dossiers is
not there for whoever has a conflict with any dossier of the round.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.pages.outbox import without_conflicts
from engine.database.records import (
    ACCOUNT,
    ConflictRow,
    DossierRow,
    LetterRow,
    NotificationRow,
    PersonRow,
    ReceivedRow,
    ReplacementRow,
)

WAITS = sa.and_(col(ReceivedRow.outcome) == "before staff", col(ReceivedRow.handled_at).is_(None))
"""that a mail waits for somebody"""
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class MailLine:
    """One mail in a list; `dossier` is the number of the one that it is about, `name` that of whoever wrote it, where
    somebody here has that address, `handled_by` of whoever has seen to it."""

    id: int
    received_at: int
    sender: str
    name: str
    subject: str
    kind: str
    outcome: str
    why: str
    dossier: str
    letter: int | None
    handled_at: int | None
    handled_by: str
    round_id: int | None

    @property
    def waits(self) -> bool:
        return self.outcome == "before staff" and self.handled_at is None


@dataclass(frozen=True, slots=True)
class CameBack:
    """A letter that did not arrive, and has not been written anew."""

    id: int
    letter: str
    subject: str
    address: str
    reply: str
    at: int
    dossier: str


def visible_to(person_id: int) -> Condition:
    """That a mail tells of no dossier that this person has a conflict with."""
    mail, conflict = ReceivedRow, ConflictRow
    tied = sa.exists().where(
        col(conflict.dossier_id) == col(mail.dossier_id), col(conflict.person_id) == person_id
    )  # fmt: skip
    about_many = sa.and_(
        col(mail.dossier_id).is_(None),
        sa.exists().where(
            col(NotificationRow.id) == col(mail.notification_id), col(NotificationRow.role) != ACCOUNT
        ),
        sa.exists().where(
            col(conflict.person_id) == person_id, col(conflict.dossier_id) == col(DossierRow.id),
            col(DossierRow.round_id) == col(mail.round_id),
        ),
    )  # fmt: skip
    return ~sa.or_(tied, about_many)


def of_round(round_id: int) -> Condition:
    """That a mail is of the round, or of none: then it is for whoever looks first."""
    return sa.or_(col(ReceivedRow.round_id) == round_id, col(ReceivedRow.round_id).is_(None))


def _lines(*of: Condition) -> sa.Select[Any]:
    mail, handled, wrote = ReceivedRow, sa.orm.aliased(PersonRow), sa.orm.aliased(PersonRow)
    wanted: Any = (
        sa.select(
            col(mail.id), col(mail.received_at), col(mail.sender), sa.func.coalesce(wrote.name, ""),
            col(mail.subject), col(mail.kind), col(mail.outcome), col(mail.why),
            sa.func.coalesce(col(DossierRow.number), ""), col(mail.notification_id), col(mail.handled_at),
            sa.case((handled.name == "", handled.email), else_=sa.func.coalesce(handled.name, "")),  # type: ignore[arg-type]
            col(mail.round_id),
        )
        .select_from(mail)
        .outerjoin(DossierRow, col(DossierRow.id) == col(mail.dossier_id))
        .outerjoin(handled, handled.id == col(mail.handled_by))  # type: ignore[arg-type]
        .outerjoin(wrote, wrote.email == col(mail.sender))  # type: ignore[arg-type]
        .where(*of)
    )  # fmt: skip
    return cast("sa.Select[Any]", wanted)


def mails(
    session: Session, round_id: int, looker: int, *, waiting: bool, limit: int = 50, before: int | None = None
) -> list[MailLine]:
    """Mails of a round, the newest first: those that wait for somebody, or all; `before` is a mail's number."""
    of = [of_round(round_id), visible_to(looker), *([WAITS] if waiting else [])]
    of += [] if before is None else [col(ReceivedRow.id) < before]
    rows = session.connection().execute(_lines(*of).order_by(col(ReceivedRow.id).desc()).limit(limit))
    return [MailLine(*row) for row in rows]


def mails_about(session: Session, dossier_id: int, *, limit: int = 50) -> list[MailLine]:
    """What people and calendars wrote back about one dossier, the newest first."""
    of = (col(ReceivedRow.dossier_id) == dossier_id, col(ReceivedRow.kind).in_(("reply", "calendar")))
    rows = session.connection().execute(_lines(*of).order_by(col(ReceivedRow.id).desc()).limit(limit))
    return [MailLine(*row) for row in rows]


def mail(session: Session, round_id: int, number: int, looker: int) -> tuple[MailLine, ReceivedRow] | None:
    """One mail; None where there is none for that person."""
    of = (col(ReceivedRow.id) == number, of_round(round_id), visible_to(looker))
    row = session.connection().execute(_lines(*of)).first()
    return (MailLine(*row), session.get_one(ReceivedRow, number)) if row else None


def is_visible(session: Session, number: int, looker: int) -> bool:
    """Whether a mail is there for somebody, of whatever round it is."""
    found = sa.select(col(ReceivedRow.id)).where(col(ReceivedRow.id) == number, visible_to(looker))
    return session.connection().execute(found).first() is not None


def waiting_mails(session: Session, rounds: Sequence[int], looker: int) -> dict[int, tuple[int, int]]:
    """round (0: of none) -> how many mails wait, and since when the oldest does."""
    row = ReceivedRow
    found = session.connection().execute(
        sa.select(col(row.round_id), sa.func.count(), sa.func.min(col(row.received_at)))
        .where(WAITS, sa.or_(col(row.round_id).in_(rounds), col(row.round_id).is_(None)), visible_to(looker))
        .group_by(col(row.round_id))
    )
    return {of or 0: (count, since) for of, count, since in found}


def _did_not_arrive() -> Condition:
    row = NotificationRow
    refused = sa.and_(col(row.status) == "failed", col(row.attempts) > 0)
    anew = sa.exists().where(col(ReplacementRow.replaces) == col(row.id))
    return sa.and_(sa.or_(col(row.bounced_at).is_not(None), refused), ~anew)


def came_back(
    session: Session, round_id: int, address: str, looker: int, *, limit: int = 20
) -> list[CameBack]:
    """The letters of a round that did not arrive at an address, the newest first."""
    row = NotificationRow
    make: Callable[..., CameBack] = CameBack
    rows = session.connection().execute(
        sa.select(
            col(row.id), col(row.letter), sa.func.coalesce(col(LetterRow.subject), ""), col(row.address),
            sa.func.coalesce(col(row.bounce), col(row.last_reply), ""),
            sa.func.coalesce(col(row.bounced_at), col(row.ended_at)), sa.func.coalesce(col(DossierRow.number), ""),
        )
        .outerjoin(LetterRow, col(LetterRow.notification_id) == col(row.id))
        .outerjoin(DossierRow, col(DossierRow.id) == col(row.dossier_id))
        .where(
            col(row.round_id) == round_id, col(row.address) == address, _did_not_arrive(), without_conflicts(looker)
        )
        .order_by(col(row.id).desc()).limit(limit)
    )  # fmt: skip
    return [make(*one) for one in rows]


def bounced_letters(session: Session, rounds: Sequence[int]) -> dict[int, int]:
    """round -> how many of its letters came back and have not been written anew."""
    row = NotificationRow
    anew = sa.exists().where(col(ReplacementRow.replaces) == col(row.id))
    found = session.exec(
        select(row.round_id, sa.func.count())
        .where(col(row.bounced_at).is_not(None), col(row.round_id).in_(rounds), ~anew)
        .group_by(col(row.round_id))
    ).all()
    return {of or 0: count for of, count in found}


def replacement_of(session: Session, notification_id: int) -> int | None:
    """The letter that goes in place of another, or None."""
    found = select(ReplacementRow.notification_id).where(col(ReplacementRow.replaces) == notification_id)
    return session.exec(found).first()


def mail_about_letter(session: Session, notification_id: int) -> int | None:
    """The mail with which a letter came back, or None."""
    marked = (col(ReceivedRow.notification_id) == notification_id, col(ReceivedRow.outcome) == "letter marked")
    return session.exec(select(ReceivedRow.id).where(*marked)).first()

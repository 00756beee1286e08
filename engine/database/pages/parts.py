"""Who has which part in a round, and when was each of them seen last?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func

from engine.database.records import FactorRow, PersonRow, RoleRow, RoundRow, SessionRow
from engine.rules.workflow import EVERYONE


@dataclass(frozen=True, slots=True)
class Member:
    """A person's part in a round; `seen_at` is when they last looked at a page, in UTC microseconds."""

    email: str
    name: str
    language: str
    round: str
    role: str
    chair: bool
    since: int
    seen_at: int | None
    has_factor: bool
    scope: str
    """for whose strand or answer, of a committee of which there is one for each; empty for every one"""


def members(session: Session, round_id: int) -> Sequence[Member]:
    """Everybody with a part in a round but those who only asked to be told, in the order in which they came."""
    asked = _asked().where(col(RoleRow.round_id) == round_id, col(RoleRow.role) != EVERYONE)
    return [Member(*row) for row in session.connection().execute(asked.order_by(col(RoleRow.id)))]


def everybody(
    session: Session, rounds: Sequence[int], *, limit: int, after: str = "", like: str = ""
) -> Sequence[Member]:
    """The parts of people in these rounds, by address: all parts of at most `limit` people whose address comes `after`.

    With `like` only of those in whose name or address that stands.
    """
    people = (
        sa.select(col(PersonRow.email))
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(col(RoleRow.round_id).in_(rounds), col(RoleRow.role) != EVERYONE, col(PersonRow.email) > after)
        .distinct()
        .order_by(col(PersonRow.email))
        .limit(limit)
    )
    if like:
        wanted = func.lower(like)
        holds = [func.lower(text).contains(wanted, autoescape=False) for text in (PersonRow.name, PersonRow.email)]
        people = people.where(sa.or_(*holds))
    asked = _asked().where(
        col(PersonRow.email).in_(people.subquery("people").select()),
        col(RoleRow.round_id).in_(rounds),
        col(RoleRow.role) != EVERYONE,
    )
    return [
        Member(*row)
        for row in session.connection().execute(
            asked.order_by(col(PersonRow.email), col(RoundRow.id).desc(), col(RoleRow.id))
        )
    ]


def told(session: Session, round_id: int) -> int:
    """How many people asked to be told of a round."""
    asked = sa.select(func.count()).where(col(RoleRow.round_id) == round_id, col(RoleRow.role) == EVERYONE)
    count: int = session.connection().execute(asked).scalar_one()
    return count


def _asked() -> sa.Select[Any]:
    seen = (
        sa.select(func.max(col(SessionRow.seen_at)))
        .where(col(SessionRow.person_id) == col(PersonRow.id))
        .scalar_subquery()
    )
    factor = sa.exists().where(col(FactorRow.person_id) == col(PersonRow.id), col(FactorRow.ended_at).is_(None))
    return (
        sa.select(
            col(PersonRow.email), col(PersonRow.name), col(PersonRow.language), col(RoundRow.key), col(RoleRow.role),
            col(RoleRow.chair), col(RoleRow.since), seen, factor, col(RoleRow.scope),
        )
        .join(PersonRow, col(PersonRow.id) == col(RoleRow.person_id))
        .join(RoundRow, col(RoundRow.id) == col(RoleRow.round_id))
    )  # fmt: skip

"""Which dossiers does somebody of the staff look for, in all rounds that they manage?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.cohort.letters import title
from engine.database.pages import Rules
from engine.database.pages.calls import OpenRound
from engine.database.pages.committee import without_ties_of
from engine.database.pages.filtering import says, speaks
from engine.database.records import ContactRow, DossierRow, PersonRow


@dataclass(frozen=True, slots=True)
class Hit:
    """A dossier that was looked for; `round` is its round's key."""

    round: str
    number: str
    organisation: str
    title: str
    state: str
    contact: str | None
    """whoever spoke for it first"""


def of_number(session: Session, managed: Sequence[OpenRound], person_id: int, number: str) -> Sequence[str]:
    """The rounds among these that have a dossier of exactly that number which the person may know of."""
    keys = {of.id: of.key for of in managed}
    rows = session.connection().execute(
        sa.select(col(DossierRow.round_id))
        .where(
            col(DossierRow.round_id).in_(list(keys)), col(DossierRow.number) == number, without_ties_of(person_id)
        )
        .limit(2)
    )  # fmt: skip
    return [keys[round_id] for (round_id,) in rows]


def search(
    session: Session, managed: Sequence[OpenRound], rules: Rules, person_id: int, wanted: str, *, limit: int = 51
) -> Sequence[Hit]:
    """Dossiers of these rounds in whose number, title, organisation or people that stands; in one question."""
    of_digest: dict[str, list[OpenRound]] = {}
    for of in managed:
        of_digest.setdefault(of.digest, []).append(of)
    parts: list[Any] = []
    for digest, rounds in of_digest.items():
        titled = title(rules(digest).workflow)
        found = sa.or_(
            says(col(DossierRow.number), wanted), says(col(DossierRow.organisation), wanted), says(titled, wanted),
            speaks(wanted),
        )  # fmt: skip
        parts.append(
            sa.select(
                col(DossierRow.id).label("id"), col(DossierRow.round_id).label("round_id"),
                col(DossierRow.number).label("number"), col(DossierRow.organisation).label("organisation"),
                titled.label("title"), col(DossierRow.state).label("state"),
            ).where(col(DossierRow.round_id).in_([of.id for of in rounds]), found, without_ties_of(person_id))
        )  # fmt: skip
    if not parts:
        return []
    every = sa.union_all(*parts).subquery("every")
    keys = {of.id: of.key for of in managed}
    of_hit = every.c
    rows = session.connection().execute(
        sa.select(of_hit.round_id, of_hit.number, of_hit.organisation, of_hit.title, of_hit.state, _contact(of_hit.id))
        .order_by(of_hit.round_id.desc(), of_hit.number)
        .limit(limit)
    )
    return [Hit(keys[round_id], *more) for round_id, *more in rows]


def _contact(dossier_id: sa.ColumnElement[int]) -> sa.ScalarSelect[str]:
    return (
        sa.select(col(PersonRow.email))
        .join(ContactRow, col(ContactRow.person_id) == col(PersonRow.id))
        .where(col(ContactRow.dossier_id) == dossier_id)
        .order_by(col(ContactRow.id))
        .limit(1)
        .scalar_subquery()
    )

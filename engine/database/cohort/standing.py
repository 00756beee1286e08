"""For which dossiers is a deadline, and which of them has it taken or held back already?"""

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from engine.database.records import ConflictRow, DeadlineRow, DossierRow, HeldBackRow, TransitionRow, VerdictRow
from engine.rules.agenda import base_of

Condition = sa.ColumnElement[bool]
_THEIRS = aliased(DeadlineRow)
"""made once: an alias makes each column of its table anew"""
FREEING = "freeing"
"""the kind of a deadline that nothing announced: a place was there, and it has fired as it was written"""


def concerned(deadline: DeadlineRow, states: tuple[str, ...]) -> Condition:
    """The dossiers in these states that a deadline is for: its own one, or all without a deadline of their own.

    One of a batch is for the dossiers of that batch, and for those that are in none yet; one of a strand, or by some
    clocks, for those of the strand, or with these.
    """
    in_states = sa.and_(col(DossierRow.state).in_(states), in_part(deadline))
    if deadline.dossier_id is not None:
        return sa.and_(col(DossierRow.id) == deadline.dossier_id, in_states)
    own = sa.exists().where(
        col(DeadlineRow.dossier_id) == col(DossierRow.id),
        col(DeadlineRow.key)
        == sa.literal(f"{base_of(deadline.key, deadline.strand, deadline.clocks)} ", sa.Text).concat(
            col(DossierRow.number)
        ),
    )
    return sa.and_(in_states, ~own)


def in_part(deadline: DeadlineRow) -> Condition:
    """The dossiers of the batch, of the strand, or with the clocks that a deadline is about; without, all that have
    none of their own."""
    of = of_batch(deadline.batch)
    if deadline.strand is not None:
        return sa.and_(of, col(DossierRow.strand) == deadline.strand)
    if deadline.clocks is not None:
        return sa.and_(of, col(DossierRow.clocks) == deadline.clocks)
    return sa.and_(
        of, _shares(deadline, "strand", col(DossierRow.strand)), _shares(deadline, "clocks", col(DossierRow.clocks))
    )


def _shares(deadline: DeadlineRow, word: str, part: sa.SQLColumnExpression[str | None]) -> Condition:
    """The dossiers for whose part of all, by that word in a key, nothing happens by itself."""
    key = sa.literal(f"{deadline.key} {word} ", sa.Text).concat(part)
    has_its_own = sa.exists().where(col(_THEIRS.round_id) == deadline.round_id, col(_THEIRS.key) == key)
    return sa.or_(part.is_(None), ~has_its_own)


def of_batch(batch: int | None) -> Condition:
    """The dossiers that something for a batch is about; all where it is for none."""
    return sa.true() if batch is None else sa.or_(col(DossierRow.batch) == batch, col(DossierRow.batch).is_(None))


def taken_by(deadline: DeadlineRow) -> Condition:
    """The dossiers that a deadline has moved: once per (moment, dossier)."""
    return sa.exists().where(
        col(TransitionRow.deadline_id) == deadline.id, col(TransitionRow.dossier_id) == col(DossierRow.id)
    )


def held_back_by(deadline: DeadlineRow, transition: str) -> Condition:
    """The dossiers that a deadline could not take; people were told of it once."""
    return sa.exists().where(
        col(HeldBackRow.deadline_id) == deadline.id,
        col(HeldBackRow.dossier_id) == col(DossierRow.id),
        col(HeldBackRow.transition) == transition,
    )


def held_back_here(transition: str) -> Condition:
    """The dossiers that a place could not be given to since they came where they stand; people were told of it once."""
    return sa.exists().where(
        col(HeldBackRow.dossier_id) == col(DossierRow.id),
        col(HeldBackRow.transition) == transition,
        col(HeldBackRow.since) >= col(DossierRow.entered_at),
    )


def chair_has_a_conflict() -> Condition:
    """Whether the chair who recorded a dossier's verdict has since declared a conflict; minutes of staff stand."""
    declared = sa.exists().where(
        col(ConflictRow.dossier_id) == col(DossierRow.id), col(ConflictRow.person_id) == col(VerdictRow.recorded_by)
    )
    return sa.and_(~col(VerdictRow.minuted), declared)

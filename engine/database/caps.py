"""How many places does a cap leave, in the round or in each strand?"""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.records import DossierRow
from engine.database.store import places_held
from engine.rules.numbers import NUMBERS, is_by_strand, is_share, places
from engine.rules.workflow import Transition, Workflow


@dataclass(frozen=True, slots=True)
class Cap:
    """The places in the state that a transition leads to: `most` there are, and `held` are held."""

    strand: str | None
    """whose places these are; None where those of all are counted together"""
    most: int
    held: int

    @property
    def left(self) -> int:
        return max(self.most - self.held, 0)


def strands_apart(workflow: Workflow, transition: Transition) -> tuple[str | None, ...]:
    """The strands whose places under a transition's cap are counted apart; (None,) where all are counted together."""
    cap = transition.guard("at_most")
    if cap is None:
        return ()
    assert isinstance(cap.value, NUMBERS)
    return tuple(workflow.strands) if is_by_strand(cap.value, workflow.given) else (None,)


def caps_of(
    session: Session, workflow: Workflow, round_id: int, transition: Transition, *,
    besides: int | Collection[int] | None = None,
) -> tuple[Cap, ...]:  # fmt: skip
    """The cap of a transition, for each strand whose places are counted apart; none without a cap.

    `besides` leaves out the places of one dossier, or of some.
    """
    return tuple(
        _cap(session, workflow, round_id, transition, strand, besides) for strand in strands_apart(workflow, transition)
    )


def cap_for(
    session: Session, workflow: Workflow, round_id: int, transition: Transition, strand: str | None, *,
    besides: int | Collection[int] | None = None,
) -> Cap | None:  # fmt: skip
    """The same for a dossier of one strand."""
    apart = strands_apart(workflow, transition)
    if not apart:
        return None
    return _cap(session, workflow, round_id, transition, None if apart == (None,) else strand, besides)


def _cap(
    session: Session, workflow: Workflow, round_id: int, transition: Transition, strand: str | None,
    besides: int | Collection[int] | None,
) -> Cap:  # fmt: skip
    guard = transition.guard("at_most")
    assert guard is not None
    assert isinstance(guard.value, NUMBERS)
    whole = handed_in(session, round_id, strand) if is_share(guard.value, workflow.given) else 0
    held = places_held(session, workflow, round_id, transition.target, besides=besides, strand=strand)
    return Cap(strand, places(guard.value, workflow.given, strand, whole), held)


def handed_in(session: Session, round_id: int, strand: str | None = None) -> int:
    """How many dossiers of a round, or of one strand, were handed in, whatever has become of them."""
    counted = sa.select(sa.func.count()).where(
        col(DossierRow.round_id) == round_id, col(DossierRow.received_at).is_not(None), in_strand(strand)
    )
    number: int = session.connection().execute(counted).scalar_one()
    return number


def in_strand(strand: str | None) -> sa.ColumnElement[bool]:
    """The condition that a dossier stands in that strand; any does where none is named."""
    return sa.true() if strand is None else col(DossierRow.strand) == strand

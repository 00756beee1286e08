"""Which dossiers does a calendar move take, where one move is tried after another?

As it stands now: each dossier goes the way of the first move of the chain that nothing is against, or stays with the
last. Caps and budgets are left out, as for every move that is foretold: they are shared out when it happens.
"""

import sqlalchemy as sa
from sqlmodel import col

from engine.database.across import When
from engine.database.cohort.guards import hold
from engine.database.cohort.ranks import among_the_first, is_ranked
from engine.database.records import DossierRow
from engine.rules.chains import tried_before
from engine.rules.workflow import Transition, Workflow

Condition = sa.ColumnElement[bool]


def may_go(workflow: Workflow, round_id: int, transition: Transition, when: When | None) -> Condition:
    """The condition that the guards of a move hold now; who has no rank yet is ranked among all who stand there."""
    holds = hold(transition.guards, workflow, when=when)
    if transition.guard("rank_at_most") is None:
        return holds
    known = is_ranked(round_id, workflow, transition)
    standing = sa.or_(known, col(DossierRow.state).in_(transition.sources))
    every = sa.and_(col(DossierRow.round_id) == round_id, standing)
    return sa.and_(
        holds,
        sa.or_(
            among_the_first(workflow, transition, round_id),
            sa.and_(~known, among_the_first(workflow, transition, round_id, among=every)),
        ),
    )


def falls_to(workflow: Workflow, round_id: int, transition: Transition, when: When | None) -> Condition:
    """The condition that a dossier stands where a move starts and falls to it, and not to another of its chain."""
    standing = col(DossierRow.state).in_(transition.sources)
    passed = [~may_go(workflow, round_id, one, when) for one in tried_before(workflow, transition)]
    goes_on = isinstance(transition.if_not, str)
    return sa.and_(standing, *passed, may_go(workflow, round_id, transition, when) if goes_on else sa.true())

"""How is a cohort ranked, and where does one dossier stand in its list?

Ranks are worked out once, at the moment, over all who stand there then. Whoever comes later is ranked as if it had been
there, and moves nobody else.
"""

from dataclasses import replace

import sqlalchemy as sa
from sqlmodel import col, func, select

from engine.cycle.scene import Scene
from engine.database.cohort.moving import ranked
from engine.database.cohort.ranks import Standing, is_ranked, rank_of, worked_out
from engine.database.records import DossierRow, RankedRow
from engine.database.store import the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.facts import Facts
from engine.rules.guards import judge
from engine.rules.ranking import list_of
from engine.rules.workflow import Transition


def keep_ranks(scene: Scene, transition: Transition, newcomers: sa.ColumnElement[bool], *, at: int) -> None:
    """Rank the newcomers who have none yet among all who have been ranked and among themselves, and keep that."""
    session, workflow, round_id = scene.session, scene.workflow, scene.round_id
    known = is_ranked(round_id, workflow, transition)
    of = worked_out(workflow, transition, sa.and_(scene.in_round, sa.or_(known, newcomers))).c
    after = session.exec(select(func.max(RankedRow.id)).where(col(RankedRow.round_id) == round_id)).one() or 0
    name = list_of(workflow, transition)
    already = sa.select(col(RankedRow.dossier_id)).where(
        col(RankedRow.round_id) == round_id, col(RankedRow.list) == name
    )
    fresh = sa.select(
        sa.literal(round_id, sa.BigInteger), sa.literal(name, sa.Text), of.scope, of.dossier_id, of.rank,
        sa.literal(scene.now, sa.BigInteger),
    ).where(of.dossier_id.not_in(already)).order_by(of.scope, of.rank, of.dossier_id)  # fmt: skip
    written = session.connection().execute(
        sa.insert(RankedRow).from_select(["round_id", "list", "scope", "dossier_id", "rank", "ranked_at"], fresh)
    )
    if written.rowcount:
        point("ranks kept")
        scene.note_all(ranked(round_id, after=after, at=at))


def rank_now(scene: Scene, dossier: DossierRow, transition: Transition) -> Standing | None:
    """Where a dossier stands: by the list that was kept, else as it would be worked out now."""
    session, workflow, round_id, of = scene.session, scene.workflow, scene.round_id, the_id(dossier)
    kept = rank_of(session, workflow, transition, round_id, of)
    if kept is not None:
        return kept
    waiting = sa.and_(scene.in_round, col(DossierRow.state).in_(transition.sources))
    among = sa.or_(sa.and_(scene.in_round, is_ranked(round_id, workflow, transition)), waiting)
    return rank_of(session, workflow, transition, round_id, of, among=among)


def reasons_of_rank(scene: Scene, dossier: DossierRow, transition: Transition) -> tuple[Refusal, ...]:
    """What the list that was kept has against a dossier."""
    guard = transition.guard("rank_at_most")
    if guard is None:
        return ()
    found = rank_of(scene.session, scene.workflow, transition, scene.round_id, the_id(dossier))
    facts = Facts(dossier.number, dossier.state, strand=dossier.strand)
    if found:
        facts = replace(facts, rank=found.rank, equals=found.equals, ranked=found.ranked)
    return judge((guard,), facts, scene.workflow, transition.target, ties=transition.ties)

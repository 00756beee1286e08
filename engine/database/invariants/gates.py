"""Are ranks and places by hand still as they were given, and is no more given away than there is?"""

from collections.abc import Iterator

from engine.database.caps import budgets_of, caps_of
from engine.database.invariants.asking import Invariant, Parameters, View, asks, both_ways
from engine.database.invariants.moves import RESTORE
from engine.database.store import the_id
from engine.rules.workflow import Transition

_RANKED_JOURNALED = """
    SELECT dossier_id, details ->> 'list' AS list, CAST(details ->> 'rank' AS INTEGER) AS rank,
        COALESCE(details ->> 'scope', '') AS scope, recorded_at AS ranked_at
    FROM journal WHERE round_id = :round AND what = 'ranked'
"""
_PLACEMENTS = """
    SELECT p.dossier_id, p.state, p.place, p.given_at, p.replaced_at, a.email AS actor, p.scope,
        ROW_NUMBER() OVER (PARTITION BY p.dossier_id, p.state ORDER BY p.id) AS n
    FROM placement p JOIN dossier d ON d.id = p.dossier_id JOIN person a ON a.id = p.given_by WHERE d.round_id = :round
"""
_PLACEMENTS_JOURNALED = """
    SELECT dossier_id, state, place, given_at, replaced_at, actor, scope,
        ROW_NUMBER() OVER (PARTITION BY dossier_id, state ORDER BY id) AS n
    FROM (
        SELECT j.id, j.dossier_id, j.actor, j.details ->> 'state' AS state, j.what, j.recorded_at AS given_at,
            CAST(j.details ->> 'place' AS INTEGER) AS place, COALESCE(j.details ->> 'scope', '') AS scope,
            LEAD(j.recorded_at) OVER (PARTITION BY j.dossier_id, j.details ->> 'state' ORDER BY j.id) AS replaced_at
        FROM journal j WHERE j.round_id = :round AND j.what IN ('placed', 'placement taken back')
    ) AS said WHERE what = 'placed'
"""


def _lists(view: View) -> Iterator[Parameters]:
    yield {"lists": [one.name for one in view.workflow.transitions.values() if one.guard("rank_at_most")]}


def _more_than_there_is(view: View) -> Iterator[str]:
    """Where more is given away than there is; a tie that is let in may exceed a cap, and never a budget."""
    for transition in view.workflow.transitions.values():
        asked = view.session, view.workflow, the_id(view.round), transition
        for budget in budgets_of(*asked):
            if budget.held > budget.most:
                of = f' of "{budget.scope}"' if budget.scope else ""
                yield f'"{transition.name}" gives {budget.held:.10g}, and the budget{of} is {budget.most:.10g}'
        if transition.per and _is_the_only_way(view, transition):
            for cap in caps_of(*asked):
                if cap.held > cap.most:
                    yield f'{cap.held} places are held in "{transition.target}" of "{cap.scope}", and {cap.most} may be'


def _is_the_only_way(view: View, transition: Transition) -> bool:
    """Whether nobody comes past the cap of a transition into its state, not even as one of those who tie."""
    ways = [one for one in view.workflow.transitions.values() if one.target == transition.target]
    return ways == [transition] and transition.ties != "in"


GATES = (
    Invariant(
        "ranks",
        "Each rank stands in the journal, is in a list that the rules have, and nobody has a rank that none leads to.",
        f"Somebody went on, or stayed, by another rank than was worked out. {RESTORE}",
        (
            *both_ways(
                "SELECT dossier_id, list, rank, scope, ranked_at FROM ranked WHERE round_id = :round",
                _RANKED_JOURNALED,
                "dossier_id, list, rank, scope, ranked_at",
                'dossier {dossier_id}: the journal does not know of its rank {rank} in "{list}"',
                'dossier {dossier_id}: its rank {rank} in "{list}" is gone',
            ),
            asks(
                "SELECT d.number, r.list FROM ranked r JOIN dossier d ON d.id = r.dossier_id "
                "WHERE r.round_id = :round AND (d.round_id <> r.round_id OR r.list NOT IN :lists OR r.rank < 1)",
                '{number} has a rank in "{list}", which is no list of this round',
                _lists,
            ),
        ),
    ),
    Invariant(
        "order by hand",
        "Each place that a committee gave by hand stands in the journal, and was replaced only by a later one.",
        f"A dossier was put before others, and nobody did so. {RESTORE}",
        both_ways(
            _PLACEMENTS, _PLACEMENTS_JOURNALED, "dossier_id, state, place, given_at, replaced_at, actor, scope, n",
            'dossier {dossier_id}: that {actor} gave it place {place} in "{state}" does not stand in the journal',
            'dossier {dossier_id}: the journal knows that {actor} gave it place {place} in "{state}", and nobody did',
        ),
    ),
    Invariant(
        "money",
        "No more money is given than the round has, and no more places than each part of it has.",
        "More was promised than there is: take a verdict back, or move a dossier to a state that frees its place.",
        (_more_than_there_is,),
    ),
)  # fmt: skip

"""Were places given when there were any, to whoever waited, and only then?"""

from collections.abc import Iterator

from engine.database.caps import caps_of
from engine.database.invariants.asking import FEW, Invariant, Parameters, View, asks
from engine.database.invariants.moves import RESTORE, STANDS
from engine.database.store import the_id
from engine.rules.agenda import key_of
from engine.rules.ranking import per_of
from engine.rules.workflow import STRAND

FOR_EVER = 2**62
_WAITS = f"""
    SELECT d.number FROM dossier d WHERE d.round_id = :round AND d.state IN :sources
    AND (:strand = '' OR d.strand = :strand)
    AND (NOT :opens OR EXISTS (
        SELECT 1 FROM deadline l WHERE l.round_id = d.round_id AND l.key = :key AND l.ended_at IS NOT NULL
    ))
    AND EXISTS (SELECT 1 FROM transition t WHERE t.dossier_id = d.id AND t.name <> 'brought in' AND {STANDS})
    AND NOT EXISTS (
        SELECT 1 FROM held_back h WHERE h.dossier_id = d.id AND h.transition = :transition AND h.since >= d.entered_at
    )
    AND NOT EXISTS (
        SELECT 1 FROM held_back h JOIN dossier o ON o.id = h.dossier_id WHERE o.round_id = d.round_id
        AND o.state IN :sources AND (:strand = '' OR o.strand = :strand)
        AND h.transition = :transition AND h.since >= o.entered_at
        AND h.reasons ->> 0 LIKE '% ranks %'
    )
"""
"""who was brought in stays where it was put until somebody acts, and nobody passes those whose rank is in question"""


def _waiting(view: View) -> Iterator[Parameters]:
    """What waits for a place, and from when until when it may be given one."""
    then = {move.name: move for era in view.eras for move in era.programme.workflow.transitions.values() if move.frees}
    for transition in then.values():
        # before other rules took their place places may have been given in another window
        bounded = transition.window if len(view.eras) == 1 else None
        opens, closes = view.calendar.window(bounded) if bounded else (0, FOR_EVER)
        yield {"transition": transition.name, "opens": opens, "closes": closes}


def _free_places(view: View) -> Iterator[str]:
    """Those who wait while a place is there that they could have had."""
    for transition in view.workflow.transitions.values():
        closes = view.calendar.window(transition.window)[1] if transition.window else FOR_EVER
        if not transition.frees or view.now >= closes or transition.guard("budget_left"):
            continue  # whoever is first may ask more money than is left, and nobody passes
        if per_of(view.workflow, transition) not in (None, STRAND):
            continue
        for cap in caps_of(view.session, view.workflow, the_id(view.round), transition):
            if not cap.left:
                continue
            for row in view.rows(
                f"{_WAITS} LIMIT {FEW + 1}", transition=transition.name, sources=list(transition.sources),
                key=key_of(transition), opens=transition.window is not None, strand=cap.scope or "",
            ):  # fmt: skip
                yield f'{row.number} waits for "{transition.name}", and of {cap.most} places {cap.held} are held'


FREEINGS = (
    Invariant(
        "freeings",
        "A freeing is of a transition that waits for a place, in its window, and moved somebody or held somebody back.",
        f"A place was given that nobody gave back. {RESTORE}",
        (
            asks(
                "SELECT key FROM deadline WHERE round_id = :round AND kind = 'freeing' AND name NOT IN :waiting",
                '"{key}" is the freeing of a place that nobody waits for',
                lambda view: [{"waiting": [one["transition"] for one in _waiting(view)]}],
            ),
            asks(
                "SELECT l.key FROM deadline l WHERE l.round_id = :round AND l.kind = 'freeing' "
                "AND l.name = :transition AND (l.due_at < :opens OR l.due_at >= :closes OR l.ended_at IS NULL "
                "OR l.dossier_id IS NOT NULL OR NOT (EXISTS (SELECT 1 FROM transition t WHERE t.deadline_id = l.id) "
                "OR EXISTS (SELECT 1 FROM held_back h WHERE h.deadline_id = l.id)))",
                '"{key}" came when no place is given, or brought nothing about',
                _waiting,
            ),
        ),
    ),
    Invariant(
        "no place is left empty",
        "While a place is there, nobody waits for one but who is held back by a guard, or stands behind a tie.",
        "Somebody waits beside an empty place: any act in the round gives it; if none does, move the dossier by hand.",
        (_free_places,),
    ),
)

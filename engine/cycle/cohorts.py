"""Who of a cohort fits under a cap, and in which order?"""

from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from engine.cycle.moving import reasons_against
from engine.cycle.scene import Scene
from engine.database.records import ConflictRow, DeadlineRow, DossierRow, RankingRow, ScoreRow
from engine.database.store import places_held, score_of, the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.ranking import Candidate, Ranked, rank
from engine.rules.workflow import Transition


def refusals_of_a_cohort(
    scene: Scene, transition: Transition, cohort: Sequence[DossierRow], *, kept_for: DeadlineRow | None = None
) -> dict[int, tuple[Refusal, ...]]:
    """What a calendar transition has against each dossier (by id) of a cohort, its cap judged over all of them.

    With `kept_for`, the ranking is kept as that deadline's. Nobody is let in beside the ranking: whoever ties at the
    last place stays out of it for as long as the tie lasts, though a place may be free.
    """
    against = {the_id(dossier): reasons_against(scene, dossier, transition, caps=False) for dossier in cohort}
    point("guards of a cohort judged")
    if transition.guard("at_most") is None:
        return against
    ids = {dossier.number: the_id(dossier) for dossier in cohort}
    scores = {number: score_of(scene.session, scene.workflow, dossier_id) for number, dossier_id in ids.items()}
    for place in _ranked(scene, transition, [one for one in cohort if not against[the_id(one)]], scores):
        dossier_id = ids[place.number]
        if not place.fits:
            code, words = ("tied", "ties at the last place") if place.tied_at_line else ("no_place", "no place is left")
            against[dossier_id] = (Refusal(code, f"{place.number} ranks {place.rank}: {words}", {"rank": place.rank}),)
        if kept_for:
            scene.session.add(
                RankingRow(
                    deadline_id=the_id(kept_for), dossier_id=dossier_id, rank=place.rank,
                    score=scores[place.number], moved=place.fits,
                )
            )  # fmt: skip
    scene.session.flush()
    point("ranking kept")
    return against


def _ranked(
    scene: Scene, transition: Transition, able: Sequence[DossierRow], scores: Mapping[str, float | None]
) -> tuple[Ranked, ...]:
    guard = transition.guard("at_most")
    assert guard is not None
    assert isinstance(guard.value, int)
    candidates = []
    for dossier in able:
        marks = {name: _mean_mark(scene, dossier, name) for name in transition.order if name in scene.workflow.criteria}
        candidates.append(
            Candidate(
                dossier.number, dossier.received_at or dossier.started_at, {**marks, "score": scores[dossier.number]}
            )
        )
    held = places_held(scene.session, scene.workflow, scene.round_id, transition.target)
    return rank(candidates, transition.order, max(guard.value - held, 0), transition.ties)


def _mean_mark(scene: Scene, dossier: DossierRow, criterion: str) -> float | None:
    """The mean of a criterion's marks over the members without a conflict; None without any."""
    conflicted = select(ConflictRow.person_id).where(col(ConflictRow.dossier_id) == dossier.id)
    marks = scene.session.exec(
        select(ScoreRow.mark).where(
            col(ScoreRow.dossier_id) == dossier.id, col(ScoreRow.criterion) == criterion,
            col(ScoreRow.replaced_at).is_(None), col(ScoreRow.person_id).not_in(conflicted),
        )
    ).all()  # fmt: skip
    return sum(marks) / len(marks) if marks else None

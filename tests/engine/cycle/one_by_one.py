"""What would the calendar do if it took every dossier by itself? The straightforward way, to hold the cohort's to.

Each move is the one that an act of a person makes: the guards in Python, one dossier after the other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import true
from sqlmodel import col, select

from engine.cycle import acting, firing, late_moves, opinions, recording, verdicts
from engine.cycle.deadlines import put_freeing
from engine.cycle.moving import enter, reasons_against
from engine.cycle.scene import CALENDAR, Scene
from engine.database.records import (
    ConflictRow,
    DeadlineRow,
    DossierRow,
    HeldBackRow,
    PlacementRow,
    RankedRow,
    RankingRow,
    ScoreRow,
    TransitionRow,
)
from engine.database.store import current_answers, facts_of, places_held, score_of, the_id
from engine.errors import Refusal
from engine.rules.facts import Facts, to_six_places
from engine.rules.guards import judge
from engine.rules.numbers import PerStrand, Share
from engine.rules.ranking import Candidate, list_of, order_of, rank
from engine.rules.workflow import Transition


def _concerned(scene: Scene, deadline: DeadlineRow, states: tuple[str, ...]) -> list[DossierRow]:
    if deadline.dossier_id is not None:
        dossier = scene.session.get_one(DossierRow, deadline.dossier_id)
        return [dossier] if dossier.state in states else []
    keys = scene.session.exec(select(DeadlineRow.key).where(col(DeadlineRow.round_id) == scene.round_id)).all()
    base = deadline.key.removesuffix(f" strand {deadline.strand}")
    return [
        one for one in scene.dossiers_in(states)
        if f"{base} {one.number}" not in keys and deadline.strand in (None, one.strand)
        and (deadline.strand is not None or f"{deadline.key} strand {one.strand}" not in keys)
    ]  # fmt: skip


def _refusals(
    scene: Scene, transition: Transition, cohort: list[DossierRow], kept_for: DeadlineRow | None = None, *, at: int
) -> dict[int, tuple[Refusal, ...]]:
    against = {the_id(one): reasons_against(scene, one, transition, caps=False) for one in cohort}
    for dossier_id, reasons in _refused_by_rank(scene, transition, cohort, at).items():
        against[dossier_id] += reasons
    guard = transition.guard("at_most")
    if guard is None:
        return against
    able = {one.number: one for one in cohort if not against[the_id(one)]}
    scores = {number: score_of(scene.session, scene.workflow, the_id(one)) for number, one in able.items()}
    candidates = [_candidate(scene, one, transition.order) for one in able.values()]
    for strand, cap in caps(scene, transition).items():
        here = [one for one in candidates if strand is None or able[one.number].strand == strand]
        _rank(scene, transition, strand, here, cap, able, scores, against, kept_for)
    scene.session.flush()
    return against


def money_left(scene: Scene, transition: Transition) -> float | None:
    """What is left of the budget that a transition draws on: what those hold who were funded, taken off one by one."""
    guard = transition.guard("budget_left")
    if guard is None:
        return None
    giving = [one.name for one in scene.workflow.transitions.values() if one.guard("budget_left")]
    frees = [one.name for one in scene.workflow.states.values() if one.frees_place]
    left = float(str(scene.workflow.given["budget"]))
    for dossier in scene.dossiers_in(tuple(scene.workflow.states)):
        moves = scene.session.exec(
            select(TransitionRow).where(col(TransitionRow.dossier_id) == dossier.id).order_by(col(TransitionRow.id))
        ).all()
        holds = False
        for move in moves:
            holds = (holds or move.name in giving) and move.target not in frees
        left -= _asked(scene, dossier, str(guard.value)) if holds else 0
    return left


def _asked(scene: Scene, dossier: DossierRow, question: str) -> float:
    return float(current_answers(scene.session, the_id(dossier))[question])


def caps(scene: Scene, transition: Transition) -> dict[str | None, int]:
    """The places that a cap leaves: of each strand where it has a number for each, else of all under None."""
    guard = transition.guard("at_most")
    assert guard is not None
    by_strand = isinstance(guard.value, PerStrand)
    assert isinstance(guard.value, int | Share | PerStrand)
    found: dict[str | None, int] = {}
    for strand in scene.workflow.strands if by_strand else (None,):
        number = guard.value.of[strand or ""] if isinstance(guard.value, PerStrand) else guard.value
        if isinstance(number, Share):
            here = [one for one in scene.dossiers_in(tuple(scene.workflow.states)) if strand in (None, one.strand)]
            number = int(sum(one.received_at is not None for one in here) * number.percent / 100)
        assert isinstance(number, int)
        in_strand = true() if strand is None else col(DossierRow.strand) == strand
        held = places_held(scene.session, scene.workflow, scene.round_id, transition.target, within=in_strand)
        found[strand] = max(number - held, 0)
    return found


def _rank(
    scene: Scene, transition: Transition, strand: str | None, candidates: list[Candidate], left: int,
    able: dict[str, DossierRow], scores: dict[str, float | None], against: dict[int, tuple[Refusal, ...]],
    kept_for: DeadlineRow | None,
) -> None:  # fmt: skip
    asked = transition.guard("budget_left")
    if asked:
        amounts = {one.number: _asked(scene, able[one.number], str(asked.value)) for one in candidates}
        candidates = [replace(one, amount=amounts[one.number]) for one in candidates]
    for place in rank(candidates, transition.order, left, transition.ties, money_left(scene, transition)):
        dossier_id = the_id(able[place.number])
        if not place.fits:
            code, words = ("tied", "ties at the last place") if place.tied_at_line else ("no_place", "no place is left")
            if place.wants == "money":
                code, words = "no_money", "the money that is left does not reach so far"
            against[dossier_id] = (Refusal(code, f"{place.number} ranks {place.rank}: {words}", {"rank": place.rank}),)
        if kept_for:
            scene.session.add(
                RankingRow(
                    deadline_id=the_id(kept_for), dossier_id=dossier_id, rank=place.rank, score=scores[place.number],
                    moved=place.fits, scope=strand or "",
                )
            )  # fmt: skip


def _candidate(scene: Scene, dossier: DossierRow, order: tuple[str, ...]) -> Candidate:
    marks = {name: _mean(scene, dossier, name) for name in order if name in scene.workflow.criteria}
    score = score_of(scene.session, scene.workflow, the_id(dossier))
    given = scene.session.exec(
        select(PlacementRow.place).where(
            col(PlacementRow.dossier_id) == dossier.id, col(PlacementRow.state) == dossier.state,
            col(PlacementRow.replaced_at).is_(None),
        )
    ).first()  # fmt: skip
    known = marks | {"score": score, "committee": given}
    return Candidate(dossier.number, dossier.received_at or dossier.started_at, known)


def _refused_by_rank(
    scene: Scene, transition: Transition, cohort: list[DossierRow], at: int
) -> dict[int, tuple[Refusal, ...]]:
    """Rank who has no rank yet among all who have one, keep that, and say who is not among the first."""
    guard = transition.guard("rank_at_most")
    if guard is None:
        return {}
    name = list_of(scene.workflow, transition)
    rows = scene.session.exec(select(RankedRow).where(col(RankedRow.list) == name)).all()
    kept = {row.dossier_id: row.rank for row in rows}
    every = [scene.session.get_one(DossierRow, one) for one in kept] + [one for one in cohort if one.id not in kept]
    order = order_of(transition)
    candidates = {one.number: _candidate(scene, one, order) for one in every}
    able = {
        number: one for number, one in candidates.items()
        if not any(one.marks[mark] is None for mark in order if mark != "received")
    }  # fmt: skip
    id_of = {one.number: the_id(one) for one in every}
    for place in rank(list(able.values()), order, 0, "ask"):
        dossier_id = id_of[place.number]
        if dossier_id not in kept:
            kept[dossier_id] = place.rank
            dossier = scene.session.get_one(DossierRow, dossier_id)
            scene.session.add(
                RankedRow(
                    round_id=scene.round_id, list=name, dossier_id=dossier_id, rank=place.rank, ranked_at=scene.now
                )
            )
            scene.note("ranked", CALENDAR, at=at, dossier=dossier, list=name, rank=place.rank)
    scene.session.flush()
    found: dict[int, tuple[Refusal, ...]] = {}
    for one in cohort:
        its = kept.get(the_id(one))
        facts = Facts(one.number, one.state, rank=its, equals=list(kept.values()).count(its) if its else 1)
        found[the_id(one)] = judge((guard,), facts, scene.workflow, transition.target, ties=transition.ties)
    return found


def _mean(scene: Scene, dossier: DossierRow, criterion: str) -> float | None:
    conflicted = select(ConflictRow.person_id).where(col(ConflictRow.dossier_id) == dossier.id)
    marks = scene.session.exec(
        select(ScoreRow.mark).where(
            col(ScoreRow.dossier_id) == dossier.id, col(ScoreRow.criterion) == criterion,
            col(ScoreRow.replaced_at).is_(None), col(ScoreRow.person_id).not_in(conflicted),
        )
    ).all()  # fmt: skip
    return to_six_places(sum(marks) / len(marks)) if marks else None


def _hold_back(
    scene: Scene, dossier: DossierRow, transition: Transition, deadline: DeadlineRow, reasons: tuple[Refusal, ...],
    *, at: int, leaves_at: int,
) -> None:  # fmt: skip
    if isinstance(transition.if_not, str):
        return  # another transition takes it up
    known = scene.session.exec(
        select(HeldBackRow).where(
            col(HeldBackRow.deadline_id) == deadline.id, col(HeldBackRow.dossier_id) == dossier.id,
            col(HeldBackRow.transition) == transition.name,
        )
    ).first()  # fmt: skip
    if known:
        return
    said = [str(reason) for reason in reasons]
    scene.session.add(
        HeldBackRow(
            deadline_id=the_id(deadline), dossier_id=the_id(dossier), transition=transition.name, since=scene.now,
            reasons=said,
        )
    )  # fmt: skip
    scene.session.flush()
    scene.note("held back", CALENDAR, at=at, dossier=dossier, name=transition.name, reasons=said)
    scene.tell(
        f"held back {transition.name}", transition.if_not, dossier, at=at, leaves_at=leaves_at, reasons=reasons
    )  # fmt: skip


def _transition(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    transition = scene.workflow.transitions[deadline.name]
    if transition.frees:
        _late_moves(scene, at=at)
        return
    cohort = _concerned(scene, deadline, transition.sources)
    against = _refusals(scene, transition, cohort, deadline, at=at)
    leaves_at = max(scene.now, scene.calendar.leaves_at(at))
    for dossier in cohort:
        if not against[the_id(dossier)]:
            enter(
                scene, dossier, transition, at=at, cause=f"transition {transition.name}", deadline=deadline,
                leaves_at=leaves_at,
            )  # fmt: skip
    for dossier in cohort:
        if reasons := against[the_id(dossier)]:
            _hold_back(scene, dossier, transition, deadline, reasons, at=at, leaves_at=leaves_at)
    _late_moves(scene, *cohort, at=at)


def _reminder(scene: Scene, deadline: DeadlineRow, at: int) -> None:
    reminder = scene.workflow.reminders[deadline.name]
    for dossier in _concerned(scene, deadline, reminder.about):
        facts = facts_of(scene.session, scene.workflow, dossier, reminder.guards, when=scene.when)
        if not judge(reminder.guards, facts, scene.workflow):
            scene.tell(
                deadline.key, reminder.tell, dossier, at=at, leaves_at=max(scene.now, at),
                valid_until=deadline.valid_until,
            )  # fmt: skip


def _take_effect(scene: Scene, moment: str, among: Any, *, at: int, leaves_at: int) -> None:
    standing = verdicts.standing_verdicts(scene, moment, among)
    place = {name: number for number, name in enumerate(scene.workflow.transitions)}
    fine, held = [], []
    for dossier, verdict in standing:
        against = verdicts.reasons_not_to_take_effect(scene, dossier, verdict)
        (held if against else fine).append((dossier, verdict))
    fine.sort(key=lambda pair: place[pair[1].transition])
    for dossier, verdict in [*fine, *held]:
        verdicts._take_effect(scene, dossier, verdict, at=at, leaves_at=leaves_at)
    _late_moves(scene, *(dossier for dossier, _ in standing), at=at)


def _late_moves(scene: Scene, *arrived: DossierRow, at: int | None = None) -> None:
    known = {the_id(one) for one in arrived}
    waiting = [
        *arrived,
        *scene.session.exec(
            select(DossierRow)
            .join(HeldBackRow, col(HeldBackRow.dossier_id) == col(DossierRow.id))
            .where(col(DossierRow.round_id) == scene.round_id, col(DossierRow.id).not_in(known))
            .order_by(col(DossierRow.id))
            .distinct()
        ).all(),
    ]
    leaves_at = scene.now if at is None else max(scene.now, scene.calendar.leaves_at(at))
    as_of = scene.now if at is None else at
    moving = True
    while moving:
        moving = False
        for transition in scene.workflow.transitions.values():
            if transition.frees:
                moved = [_give_places(scene, transition, at=as_of, leaves_at=leaves_at)]
            else:
                moved = [_late_move(scene, one, transition, at=as_of, leaves_at=leaves_at) for one in waiting]
            moving = moving or any(moved)


def _give_places(scene: Scene, transition: Transition, *, at: int, leaves_at: int) -> bool:
    """Let the first of those who wait have the places that are there."""
    if transition.window is not None:
        opens, closes = scene.calendar.window(transition.window)
        opened = select(DeadlineRow.ended_at).where(
            col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.key) == f"transition {transition.name}"
        )
        if not opens <= at < closes or scene.session.exec(opened).one() is None:
            return False
    left = caps(scene, transition)
    if not any(left.values()):
        return False
    waiting = scene.dossiers_in(transition.sources)
    against = _refusals(scene, transition, waiting, at=at)
    going = [one for one in waiting if not against[the_id(one)]]
    # a rank beyond the places is no reason: whoever has it waits
    def places_for(one: DossierRow) -> int:
        return left[None if None in left else one.strand]

    kept = [
        one for one in waiting
        if any(
            int(why.facts.get("rank", 0)) <= places_for(one) and why.code != "no_money" for why in against[the_id(one)]
        )
    ]  # fmt: skip
    known = scene.session.exec(select(HeldBackRow).where(col(HeldBackRow.transition) == transition.name)).all()
    fresh = [
        one for one in kept if not any(row.dossier_id == one.id and row.since >= one.entered_at for row in known)
    ]
    if not going and not fresh:
        return False
    freeing = put_freeing(scene, transition, at=at)
    for one in going:
        enter(
            scene, one, transition, at=at, cause=f"transition {transition.name}", deadline=freeing, leaves_at=leaves_at
        )  # fmt: skip
    for one in fresh:
        _hold_back(scene, one, transition, freeing, against[the_id(one)], at=at, leaves_at=leaves_at)
    return bool(going)


def _late_move(scene: Scene, dossier: DossierRow, transition: Transition, *, at: int, leaves_at: int) -> bool:
    deadline = _passed(scene, transition, dossier)
    if deadline is None:
        return False
    rivals = [dossier]
    if transition.guard("at_most"):
        rivals = [one for one in scene.dossiers_in(transition.sources) if _passed(scene, transition, one)]
    reasons = _refusals(scene, transition, rivals, at=at)[the_id(dossier)]
    if reasons:
        _hold_back(scene, dossier, transition, deadline, reasons, at=at, leaves_at=leaves_at)
        return False
    enter(
        scene, dossier, transition, at=at, cause=f"transition {transition.name}", deadline=deadline,
        leaves_at=leaves_at,
    )  # fmt: skip
    return True


def _passed(scene: Scene, transition: Transition, dossier: DossierRow) -> DeadlineRow | None:
    if transition.moment is None or dossier.state not in transition.sources:
        return None
    rows = scene.session.exec(
        select(DeadlineRow).where(
            col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.kind) == "transition",
            col(DeadlineRow.name) == transition.name,
        )
    ).all()  # fmt: skip
    own = [row for row in rows if row.dossier_id == dossier.id]
    of_strand = [row for row in rows if row.strand is not None and row.strand == dossier.strand]
    of_all = [row for row in rows if row.dossier_id is None and row.strand is None]
    deadline = next(iter((*own, *of_strand, *of_all)), None)
    if deadline is None or deadline.ending not in ("fired", "elsewhere"):
        return None
    taken = scene.session.exec(
        select(TransitionRow.id).where(
            col(TransitionRow.deadline_id) == deadline.id, col(TransitionRow.dossier_id) == dossier.id
        )
    ).first()
    return None if taken else deadline


@contextmanager
def one_by_one() -> Iterator[None]:
    """Have the engine move cohorts so for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(firing._FIRE, "transition", _transition)
        patch.setitem(firing._FIRE, "reminder", _reminder)
        patch.setattr(firing, "take_effect", _take_effect)
        for module in (late_moves, firing, verdicts, acting, opinions, recording):
            patch.setattr(module, "late_moves", _late_moves)
        yield

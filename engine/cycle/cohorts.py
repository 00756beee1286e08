"""How does the calendar take a cohort through a transition, whatever its size?

Who may go is asked in SQL (`engine.database.cohort`); why somebody may not is said by the guards, one by one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from engine.cycle.deadlines import put_freeing
from engine.cycle.moving import reasons_against
from engine.cycle.obligations import lay_out_all
from engine.cycle.promising import follow_promises
from engine.cycle.ranks import keep_ranks, reasons_of_rank
from engine.cycle.scene import Scene
from engine.cycle.slots import give_back, give_slots
from engine.cycle.telling import LINES
from engine.cycle.timers import are_there, set_timers_of_all
from engine.database.caps import amount_asked, asked_in, budgets_of, caps_of
from engine.database.cohort import moving
from engine.database.cohort.gathered import GATHERED, Gathered, Wanted, choose, ids
from engine.database.cohort.guards import hold
from engine.database.cohort.ranking import candidates
from engine.database.cohort.ranks import among_the_first
from engine.database.cohort.scopes import in_scope
from engine.database.cohort.standing import concerned, held_back_by, held_back_here, taken_by
from engine.database.cohort.timers import Fallen, own_deadline
from engine.database.records import DeadlineRow, DossierRow, HeldBackRow, RankingRow
from engine.database.records.fields import ID
from engine.database.store import the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.budgets import draws_on
from engine.rules.facts import Facts
from engine.rules.guards import judge
from engine.rules.paying import promises_to_pay
from engine.rules.ranking import Candidate, Ranked, rank
from engine.rules.workflow import Transition

AT_ONCE = 500
"""dossiers whose refusals are in memory at a time"""
Why = Callable[[DossierRow], tuple[Refusal, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """The dossiers that one deadline takes through a transition, or each its own that has fallen due.

    Without a deadline they wait for a place: what moves them is a freeing of its own, written when it is known that
    somebody moves, or that something keeps one of them back.
    """

    deadline: DeadlineRow | Fallen | None
    among: sa.ColumnElement[bool]


def take(
    scene: Scene,
    transition: Transition,
    parts: Sequence[Part],
    *,
    at: int,
    leaves_at: int,
    kept_for: DeadlineRow | None = None,
) -> list[Gathered]:
    """Move all that may go, as of `at`, and hold back the others; gives who has moved.

    A cap is judged over all parts; with `kept_for` the ranking is kept as that deadline's. Whom a transition refuses
    that names another is left to that one, which stands further down in the file.
    """
    if transition.guard("rank_at_most"):
        # what has happened elsewhere has its ranks there: nobody is ranked here against those who are gone
        fired = [
            part.among for part in parts if isinstance(part.deadline, DeadlineRow) and part.deadline.ending == "fired"
        ]
        keep_ranks(scene, transition, sa.or_(sa.false(), *fired), at=at)
    judged = _judge(scene, transition, parts, kept_for)
    moved = []
    for part in parts:
        going = scene.gather(Wanted(sa.and_(part.among, judged.may)))
        point("cohort found")
        # whoever is held back is gathered before anybody moves
        staying = None
        if transition.guards and not isinstance(transition.if_not, str):
            of = part.deadline
            known = held_back_here(transition.name)
            if isinstance(of, DeadlineRow):
                known = held_back_by(of, transition.name)
            stays = sa.and_(part.among, judged.is_kept, col(DossierRow.id).not_in(going.ids), ~known)
            staying = scene.gather(Wanted(stays))
        if not going.size and not (staying and staying.size):
            continue
        deadline = part.deadline or put_freeing(scene, transition, at=at)
        if going.size:
            cause = f"transition {transition.name}"
            enter_all(scene, going, transition, at=at, cause=cause, deadline=deadline, leaves_at=leaves_at)
            moved.append(going)
        if staying and staying.size:
            _hold_back(scene, staying, transition, deadline, judged.why, at=at, leaves_at=leaves_at)
    return moved


def has_room(scene: Scene, transition: Transition) -> bool:
    """Whether a transition leaves a place, and money, in one of the parts at least that are counted apart."""
    return any((one.places is None or one.places) and one.money != 0 for one in _rooms(scene, transition))


def enter_all(
    scene: Scene,
    gathered: Gathered,
    transition: Transition,
    *,
    at: int,
    cause: str,
    leaves_at: int,
    deadline: DeadlineRow | Fallen | None = None,
    batch_id: int | None = None,
) -> None:
    """Move all that were gathered, as of `at`, and let everybody concerned be told; `batch_id` is an act of staff."""
    for source in transition.sources:
        scene.machine.move(transition.name, source)
    scene.note_all(
        moving.move(
            scene.session, gathered, transition, at=at, now=scene.now, deadline_id=_ids_of(deadline),
            batch_id=batch_id,
        )
    )
    if are_there(scene):
        set_timers_of_all(scene, gathered, transition.target)
    lay_out_all(scene, gathered, transition.target, at=at)
    if promises_to_pay(scene.workflow):
        follow_promises(scene, ids(scene.session, gathered))
    give_back(scene, gathered, transition.sources, transition.target, at=at)
    give_slots(scene, gathered, transition.target, at=at)
    is_asked_for = transition.takes_effect is not None and transition.guard("reason") is not None
    gives_reason = is_asked_for or batch_id is not None
    scene.tell_all(cause, transition.tell, gathered, at=at, leaves_at=leaves_at, reason=gives_reason)


def _ids_of(deadline: DeadlineRow | Fallen | None) -> sa.ColumnElement[int]:
    """The deadline of each of those that were gathered."""
    if isinstance(deadline, Fallen):
        return own_deadline(deadline)
    return sa.cast(sa.literal(deadline.id if deadline else None), ID)


@dataclass(frozen=True, slots=True)
class _Room:
    """The places and the money that are left, in the round or in a part that is counted apart; None without an end."""

    scope: str | None
    places: int | None
    money: float | None


def _rooms(scene: Scene, transition: Transition) -> list[_Room]:
    asked = scene.session, scene.workflow, scene.round_id, transition
    caps = {cap.scope: cap.left for cap in caps_of(*asked)}
    budgets = {budget.scope: budget.left for budget in budgets_of(*asked)}
    return [_Room(scope, caps.get(scope), budgets.get(scope)) for scope in caps | budgets]


@dataclass(frozen=True, slots=True)
class _Judged:
    """The conditions under which a dossier may go, and is held back where it does not; and what says why."""

    may: sa.ColumnElement[bool]
    why: Why
    is_kept: sa.ColumnElement[bool] = field(default_factory=sa.true)


def _judge(
    scene: Scene, transition: Transition, parts: Sequence[Part], kept_for: DeadlineRow | None
) -> _Judged:

    def refusals(dossier: DossierRow) -> tuple[Refusal, ...]:
        against = reasons_against(scene, dossier, transition, caps=False)
        return (*against, *reasons_of_rank(scene, dossier, transition), *_no_amount(scene, dossier, transition))

    holds = hold(transition.guards, scene.workflow, when=scene.when)
    if transition.guard("rank_at_most"):
        holds = sa.and_(holds, among_the_first(scene.workflow, transition, scene.round_id))
    rooms = _rooms(scene, transition)
    if not rooms:
        return _Judged(holds, refusals)
    asked = draws_on(transition)
    if asked is not None:
        holds = sa.and_(holds, asked_in(asked).is_not(None))
    able = sa.and_(scene.in_round, sa.or_(*(part.among for part in parts)), holds)
    of: dict[int, Candidate] = {}
    places: dict[int, Ranked] = {}
    scopes: dict[int, str] = {}
    stuck: list[int] = []
    for room in rooms:
        within = in_scope(scene.workflow, transition, room.scope)
        here = candidates(scene.session, scene.workflow, transition.order, sa.and_(able, within), asked)
        number_of = {candidate.number: dossier_id for dossier_id, candidate in here.items()}
        for one in rank(list(here.values()), transition.order, room.places, transition.ties, room.money):
            places[number_of[one.number]] = one
            scopes[number_of[one.number]] = room.scope or ""
            in_reach = room.places is None or one.rank <= room.places
            if one.wants == "a better rank" or (one.wants == "marks" and in_reach):
                stuck.append(number_of[one.number])
        of |= here
    if kept_for and places:
        scene.session.connection().execute(
            sa.insert(RankingRow),
            [
                {"deadline_id": the_id(kept_for), "dossier_id": dossier_id, "rank": one.rank,
                 "score": of[dossier_id].marks["score"], "moved": one.fits, "scope": scopes[dossier_id]}
                for dossier_id, one in places.items()
            ],
        )  # fmt: skip
        point("ranking kept")

    def ranked_or_refused(dossier: DossierRow) -> tuple[Refusal, ...]:
        place = places.get(the_id(dossier))
        return (_outside(place),) if place else refusals(dossier)

    may = choose(scene.session, scene.next_step(), [one for one, place in places.items() if place.fits])
    if not transition.frees:
        return _Judged(may, ranked_or_refused)
    # who only finds no place waits for the next, as everybody there does: that is nothing that keeps a dossier back
    kept_from_a_place = choose(scene.session, scene.next_step(), stuck)
    return _Judged(may, ranked_or_refused, sa.or_(~holds, kept_from_a_place))


def _outside(place: Ranked) -> Refusal:
    """Why a place in a ranking is outside.

    Nobody is let in beside the ranking: whoever ties at the last place stays out of it for as long as the tie lasts,
    though a place may be free.
    """
    code, words = "no_place", "no place is left"
    if place.tied_at_line:
        code, words = "tied", "ties at the last place"
    elif place.wants == "money":
        code, words = "no_money", "the money that is left does not reach so far"
    return Refusal(code, f"{place.number} ranks {place.rank}: {words}", {"rank": place.rank})


def _no_amount(scene: Scene, dossier: DossierRow, transition: Transition) -> tuple[Refusal, ...]:
    """Why no money can be given to a dossier that does not say how much it asks."""
    guard = transition.guard("budget_left")
    if guard is None or amount_asked(scene.session, dossier, str(guard.value)) is not None:
        return ()
    return judge((guard,), Facts(dossier.number, dossier.state), scene.workflow, transition.target)


def _hold_back(
    scene: Scene,
    staying: Gathered,
    transition: Transition,
    deadline: DeadlineRow | Fallen,
    why: Why,
    *,
    at: int,
    leaves_at: int,
) -> None:
    """Note that a calendar move could not take these, and tell those whom `if_not` names; once per moment."""
    session = scene.session
    after = session.exec(select(func.max(HeldBackRow.id))).one() or 0
    first: dict[int, tuple[Refusal, ...]] = {}
    for start in range(0, staying.size, AT_ONCE):
        place = GATHERED.c.place
        here = (place > start, place <= start + AT_ONCE)
        of = _deadlines_of(session, staying, deadline, *here)
        dossiers = {
            the_id(row): row
            for row in session.exec(select(DossierRow).where(col(DossierRow.id).in_(staying.ids.where(*here))))
        }
        reasons: Mapping[int, tuple[Refusal, ...]] = {
            one: why(dossiers[one]) for one in ids(session, staying, *here)
        }
        assert all(reasons.values()), f"SQL refused {transition.name} for a dossier that no guard refuses"
        session.connection().execute(
            sa.insert(HeldBackRow),
            [
                {"deadline_id": of[one], "dossier_id": one, "transition": transition.name, "since": scene.now,
                 "reasons": [str(reason) for reason in against]}
                for one, against in reasons.items()
            ],
        )  # fmt: skip
        first |= reasons if len(first) < LINES else {}
    point("held back")
    scene.note_all(moving.held_back(transition.name, scene.round_id, after=after, at=at))
    assert not isinstance(transition.if_not, str), "whom another transition takes up is not held back"
    scene.tell_all(
        f"held back {transition.name}", transition.if_not, staying, at=at, leaves_at=leaves_at, reasons=first
    )  # fmt: skip


def _deadlines_of(
    session: Session, staying: Gathered, deadline: DeadlineRow | Fallen, *where: sa.ColumnElement[bool]
) -> Mapping[int, int]:
    """dossier -> the deadline that could not take it."""
    found = sa.select(GATHERED.c.dossier_id, _ids_of(deadline)).where(staying.rows, *where)
    return {row[0]: row[1] for row in session.connection().execute(found)}


def waiting_for(deadline: DeadlineRow, transition: Transition) -> sa.ColumnElement[bool]:
    """The dossiers that a deadline which has passed could still take."""
    return sa.and_(concerned(deadline, transition.sources), ~taken_by(deadline))

"""How does a dossier enter a state, and what follows from it?"""

from dataclasses import replace

from sqlalchemy import update
from sqlmodel import col

from engine.cycle.obligations import lay_out
from engine.cycle.promising import follow_promises
from engine.cycle.ranks import rank_now
from engine.cycle.scene import CALENDAR, Scene
from engine.cycle.slots import give_back, give_slots
from engine.cycle.timers import are_there, set_timers
from engine.database.caps import amount_asked, budget_for, cap_for
from engine.database.records import DeadlineRow, DossierRow, PersonRow, TransitionRow
from engine.database.store import facts_of, the_id
from engine.errors import GrantcycleError, Refusal
from engine.faults import point
from engine.rules.facts import Facts
from engine.rules.guards import judge_transition
from engine.rules.workflow import Transition, reason_told


def reasons_against(
    scene: Scene,
    dossier: DossierRow,
    transition: Transition,
    *,
    reason: str | None = None,
    caps: bool = True,
    person: PersonRow | None = None,
) -> tuple[Refusal, ...]:
    """All that the guards of a transition have against a dossier now, where a `person` acts or the calendar does."""
    facts = facts_of(
        scene.session, scene.workflow, dossier, transition.guards, reason=reason, when=scene.when,
        person_id=the_id(person) if person else None,
    )  # fmt: skip
    if caps:
        facts = _of_its_cohort(scene, dossier, transition, facts)
    return judge_transition(transition, facts, scene.workflow, caps=caps)


def _of_its_cohort(scene: Scene, dossier: DossierRow, transition: Transition, facts: Facts) -> Facts:
    """The facts with those about places, money and ranks, where the transition asks for them."""
    asked = scene.session, scene.workflow, scene.round_id, transition, dossier
    if cap := cap_for(*asked, besides=the_id(dossier)):
        held = {transition.target: cap.held}
        facts = replace(facts, places_held=held, handed_in=cap.handed_in, scope=cap.scope)
    if budget := budget_for(*asked, besides=the_id(dossier)):
        money = amount_asked(scene.session, dossier, budget.question)
        facts = replace(facts, money=money, money_left=budget.left, scope=budget.scope)
    if transition.guard("rank_at_most") and (found := rank_now(scene, dossier, transition)):
        facts = replace(facts, rank=found.rank, equals=found.equals, ranked=found.ranked)
    return facts


def enter(
    scene: Scene,
    dossier: DossierRow,
    transition: Transition,
    *,
    at: int,
    cause: str,
    person: PersonRow | None = None,
    deadline: DeadlineRow | None = None,
    reason: str | None = None,
    reasons: tuple[Refusal, ...] = (),
    leaves_at: int | None = None,
    batch_id: int | None = None,
) -> None:
    """Move a dossier, as of `at`, and let everybody concerned be told; `batch_id` is the act of staff that moves it.

    The machine has the last word: raises Refused with every one of `reasons`, or when the transition does not start
    from where the dossier stands.
    """
    source = dossier.state
    target = scene.machine.move(transition.name, source, reasons)
    # who leaves the draft without being handed in stands in the batch of that day
    intake = scene.calendar.batch_at(at) if dossier.batch is None else None
    point("changing a state")
    changed = scene.session.connection().execute(
        update(DossierRow)
        .where(
            col(DossierRow.id) == dossier.id,
            col(DossierRow.state) == source,
            col(DossierRow.version) == dossier.version,
        )
        .values(
            state=target, entered_at=at, version=dossier.version + 1,
            batch=intake if dossier.batch is None else dossier.batch,
        )
    )
    if changed.rowcount != 1:
        raise GrantcycleError(f"{dossier.number} was changed by somebody else at the same time; try again")
    point("state changed")
    scene.session.refresh(dossier)
    scene.session.add(
        TransitionRow(
            dossier_id=the_id(dossier),
            name=transition.name,
            source=source,
            target=target,
            at=at,
            recorded_at=scene.now,
            person_id=person.id if person else None,
            deadline_id=deadline.id if deadline else None,
            reason=reason,
            batch_id=batch_id,
        )
    )
    scene.session.flush()
    point("history written")
    scene.note(
        "transition", person.email if person else CALENDAR, at=at, dossier=dossier,
        name=transition.name, source=source, target=target, reason=reason, batch=batch_id, intake=intake,
    )  # fmt: skip
    if are_there(scene):
        set_timers(scene, dossier)
    lay_out(scene, dossier, at=at)
    point("obligations laid out")
    follow_promises(scene, [the_id(dossier)])
    give_back(scene, dossier, (source,), dossier.state, at=at)
    give_slots(scene, dossier, dossier.state, at=at)
    point("slots given")
    scene.tell(cause, transition.tell, dossier, at=at, leaves_at=leaves_at, reason=reason_told(transition, reason))

"""What is held until staff approve it, and who has?

A batch is everything held that goes at one moment. It is previewed from what stands now, and an approval is for
exactly that preview: when a verdict changes, it is void.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_
from sqlalchemy import select as sa_select
from sqlmodel import col, func, select

from engine.cycle.moving import reasons_against
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.verdicts import reasons_not_to_take_effect, standing_verdicts
from engine.database.cohort.branches import falls_to
from engine.database.cohort.standing import of_batch
from engine.database.records import DeadlineRow, DossierRow, PersonRow, ReleaseRow, VerdictRow
from engine.database.store import the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.agenda import batches_of, moment_and_intake
from engine.rules.roles import must_be_staff
from engine.rules.workflow import Transition, reason_told

AT_ONCE = 10_000
"""moves that are in memory at a time"""


@dataclass(frozen=True, slots=True)
class Planned:
    """One move of a batch, the letters it causes (role -> letter), and what would hold it back."""

    number: str
    transition: str
    letters: tuple[tuple[str, str], ...]
    against: tuple[str, ...] = ()
    reason: str | None = None
    """what the letters give as the reason"""


@dataclass(frozen=True, slots=True)
class Preview:
    """A batch as it would go now."""

    batch: str
    planned: tuple[Planned, ...]
    needed: int
    """how many people must approve it"""
    approved_by: tuple[int, ...]
    """who has approved exactly this, by person id"""

    @property
    def released(self) -> bool:
        """Whether nothing is held any more; an empty batch needs nobody."""
        return not self.planned or len(self.approved_by) >= self.needed


@dataclass(frozen=True, slots=True)
class Held:
    """What a batch holds, without saying it: approvals are for exactly what its digest is over."""

    batch: str
    digest: str
    size: int
    needed: int
    approved_by: tuple[int, ...]

    @property
    def released(self) -> bool:
        """Whether nothing is held any more; an empty batch needs nobody."""
        return not self.size or len(self.approved_by) >= self.needed


def batches(scene: Scene) -> dict[str, int]:
    """The batches of a workflow, and how many people must approve each."""
    found: dict[str, int] = {}
    for transition in scene.workflow.transitions.values():
        for batch in batches_of(transition, scene.calendar):
            found[batch] = max(found.get(batch, 1), 2 if transition.release == "two people" else 1)
    return found


def begun(scene: Scene) -> dict[str, int]:
    """Those that can hold anything yet: of a moment that comes for each batch of the intake, as far as it has come."""
    latest = scene.calendar.batch_at(scene.now) or 0
    return {batch: needed for batch, needed in batches(scene).items() if (moment_and_intake(batch)[1] or 0) <= latest}


def preview(scene: Scene, batch: str) -> Preview:
    """What a batch holds now. Raises Unknown for a moment at which nothing is held."""
    known = batches(scene)
    if batch not in known:
        raise Unknown("batch", batch, known)
    planned = []
    moment, intake = moment_and_intake(batch)
    for dossier, verdict in standing_verdicts(scene, moment, of_batch(intake)):
        transition = scene.workflow.transitions[verdict.transition]
        if transition.release != "auto":
            against = tuple(str(reason) for reason in reasons_not_to_take_effect(scene, dossier, verdict))
            reason = reason_told(transition, verdict.reason)
            planned.append(Planned(dossier.number, transition.name, tuple(transition.tell.items()), against, reason))
    for transition in _held_moves(scene, batch):
        going = falls_to(scene.workflow, scene.round_id, transition, scene.when)
        for dossier in scene.session.exec(
            select(DossierRow).where(scene.in_round, going, of_batch(intake))
            .order_by(col(DossierRow.received_at).nulls_first(), col(DossierRow.id))
        ).all():  # fmt: skip
            against = tuple(str(reason) for reason in reasons_against(scene, dossier, transition))
            planned.append(Planned(dossier.number, transition.name, tuple(transition.tell.items()), against))
    seen = held(scene, batch)
    return Preview(batch, tuple(planned), seen.needed, seen.approved_by)


def _held_moves(scene: Scene, batch: str) -> list[Transition]:
    transitions, (moment, _) = scene.workflow.transitions.values(), moment_and_intake(batch)
    return [one for one in transitions if one.release != "auto" and str(one.when) == moment]


Move = tuple[str, str, str | None]
"""a dossier's number, the transition, and the reason that its letters give"""


def moves_of(scene: Scene, batch: str) -> Iterator[Move]:
    """Every move of a batch as it stands, a few in memory at a time: verdicts by number, then the calendar's moves."""
    transitions, (moment, intake) = scene.workflow.transitions, moment_and_intake(batch)
    verdicts = [one.name for one in transitions.values() if one.release != "auto" and str(one.takes_effect) == moment]
    number, verdict = col(DossierRow.number), VerdictRow
    standing = (
        sa_select(number, col(verdict.transition), col(verdict.reason))
        .join(VerdictRow, col(verdict.dossier_id) == col(DossierRow.id))
        .where(
            scene.in_round, col(verdict.ended_at).is_(None), col(verdict.transition).in_(verdicts), of_batch(intake)
        )
        .order_by(number)
    )
    connection, streaming = scene.session.connection(), {"yield_per": AT_ONCE}
    for dossier, name, reason in connection.execute(standing, execution_options=streaming) if verdicts else ():
        yield dossier, name, reason_told(transitions[name], reason)
    for transition in _held_moves(scene, batch):
        waiting = (
            sa_select(number)
            .where(scene.in_round, falls_to(scene.workflow, scene.round_id, transition, scene.when), of_batch(intake))
            .order_by(col(DossierRow.received_at).nulls_first(), col(DossierRow.id))
        )
        for (dossier,) in connection.execute(waiting, execution_options=streaming):
            yield dossier, transition.name, None


def held(scene: Scene, batch: str) -> Held:
    """What a batch holds now, however much that is."""
    digest, size = hashlib.sha256(), 0
    for number, name, reason in moves_of(scene, batch):
        letters = list(scene.workflow.transitions[name].tell.items())
        digest.update(f"{json.dumps([number, name, letters, reason])}\n".encode())
        size += 1
    approvals = scene.session.exec(
        select(ReleaseRow.person_id).where(
            col(ReleaseRow.round_id) == scene.round_id, col(ReleaseRow.batch) == batch,
            col(ReleaseRow.digest) == digest.hexdigest(), col(ReleaseRow.revoked_at).is_(None),
        )
    ).all()  # fmt: skip
    return Held(batch, digest.hexdigest(), size, batches(scene)[batch], tuple(approvals))


def in_parts(scene: Scene, batch: str) -> bool:
    """Whether a batch goes at more than one instant: a calendar move at midnight, verdicts when people hear of it."""
    left = scene.session.exec(
        select(func.count()).where(
            _goes_with(scene, batch), col(DeadlineRow.kind).in_(("verdicts", "transition")),
            col(DeadlineRow.ended_at).is_(None),
        )
    ).one()  # fmt: skip
    return left > 1


def _goes_with(scene: Scene, batch: str) -> ColumnElement[bool]:
    """The condition that a deadline is that of a batch."""
    moment, intake = moment_and_intake(batch)
    of = col(DeadlineRow.batch).is_(None) if intake is None else col(DeadlineRow.batch) == intake
    return and_(col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.moment) == moment, of)


def approve(scene: Scene, batch: str, *, by: str, shown: str | None = None) -> Sequence[DeadlineRow]:
    """One person's approval of a batch as it stands; gives the deadlines that were waiting for it and may fire now.

    `shown` is the digest of what that person was shown: Refused when the batch is another by now.
    """
    person = scene.person(by)
    if batch not in batches(scene):
        raise Unknown("batch", batch, batches(scene))
    seen = held(scene, batch)
    refuse([
        must_be_staff(standing_of(scene, person)),
        None if seen.size else Refusal("empty", f'nothing is held at "{batch}" now'),
        Refusal("approved", f'{by} has already approved "{batch}" as it stands')
        if person.id in seen.approved_by else None,
        Refusal("changed", f'"{batch}" has changed since it was shown: look at it again', {"because": "batch"})
        if seen.size and shown not in (None, seen.digest) else None,
    ])  # fmt: skip
    _put_release(scene, seen, the_id(person))
    counts: dict[str, int] = {}
    for _, name, _ in moves_of(scene, batch):
        counts[name] = counts.get(name, 0) + 1
    scene.note("batch approved", by, batch=batch, counts=counts, needed=seen.needed)
    if len(seen.approved_by) + 1 < seen.needed:
        return ()
    return scene.session.exec(
        select(DeadlineRow).where(
            _goes_with(scene, batch), col(DeadlineRow.awaits_release).is_(True), col(DeadlineRow.ended_at).is_(None),
        ).order_by(col(DeadlineRow.position), col(DeadlineRow.id))
    ).all()  # fmt: skip


def as_if_approved(scene: Scene, batch: str) -> Sequence[DeadlineRow]:
    """Take a batch as approved by as many as must, and give the deadlines that then fire: only where it is tried."""
    seen = held(scene, batch)
    others = select(PersonRow.id).where(col(PersonRow.id).not_in(seen.approved_by)).order_by(col(PersonRow.id))
    for person_id in scene.session.exec(others.limit(max(seen.needed - len(seen.approved_by), 0))).all():
        assert person_id is not None
        _put_release(scene, seen, person_id)
    return scene.session.exec(
        select(DeadlineRow).where(
            _goes_with(scene, batch), col(DeadlineRow.kind).in_(("verdicts", "transition")),
            col(DeadlineRow.ended_at).is_(None),
        ).order_by(col(DeadlineRow.position), col(DeadlineRow.id))
    ).all()  # fmt: skip


def _put_release(scene: Scene, seen: Held, person_id: int) -> None:
    scene.session.add(
        ReleaseRow(
            round_id=scene.round_id, batch=seen.batch, person_id=person_id, digest=seen.digest, approved_at=scene.now
        )
    )  # fmt: skip
    scene.session.flush()
    point("approval put")


def keep_released(scene: Scene, seen: Held, moves: frozenset[Move]) -> None:
    """After a part of a batch has gone, let the approvals of the whole (`seen`, its `moves`) stand for what is left."""
    rest = held(scene, seen.batch)
    if seen.released and rest.size and moves >= frozenset(moves_of(scene, seen.batch)):
        for person_id in set(seen.approved_by) - set(rest.approved_by):
            _put_release(scene, rest, person_id)


def revoke(scene: Scene, batch: str, *, by: str) -> None:
    """Take an approval back, as long as the batch has not gone."""
    person = scene.person(by)
    if batch not in batches(scene):
        raise Unknown("batch", batch, batches(scene))
    rows = scene.session.exec(
        select(ReleaseRow).where(
            col(ReleaseRow.round_id) == scene.round_id, col(ReleaseRow.batch) == batch,
            col(ReleaseRow.person_id) == person.id, col(ReleaseRow.revoked_at).is_(None),
        )
    ).all()  # fmt: skip
    gone = scene.session.exec(
        select(DeadlineRow).where(
            _goes_with(scene, batch), col(DeadlineRow.ending) == "fired",
            col(DeadlineRow.kind).in_(("verdicts", "transition")),
        )
    ).first()  # fmt: skip
    refuse([
        must_be_staff(standing_of(scene, person)),
        None if rows else
        Refusal("approved", f'{by} has not approved "{batch}"', {"because": "none to take back"}),
        Refusal("gone", f'"{batch}" has already taken effect; only a correcting act with a reason helps now')
        if gone else None,
    ])  # fmt: skip
    for row in rows:
        row.revoked_at = scene.now
        scene.session.add(row)
    scene.session.flush()
    point("approval revoked")
    scene.note("approval revoked", by, batch=batch)

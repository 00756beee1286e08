"""What is held until staff approve it, and who has?

A batch is everything held that goes at one moment. It is previewed from what stands now, and an approval is for
exactly that preview: when a verdict changes, it is void.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from engine.cycle.acting import refuse
from engine.cycle.moving import reason_told, reasons_against
from engine.cycle.people import standing_of
from engine.cycle.scene import Scene
from engine.cycle.verdicts import reasons_not_to_take_effect, standing_verdicts
from engine.database.records import DeadlineRow, ReleaseRow
from engine.database.store import the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.agenda import batch_of
from engine.rules.roles import must_be_staff


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
    def digest(self) -> str:
        text = json.dumps([[p.number, p.transition, p.letters, p.reason] for p in self.planned], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def released(self) -> bool:
        """Whether nothing is held any more; an empty batch needs nobody."""
        return not self.planned or len(self.approved_by) >= self.needed


def batches(scene: Scene) -> dict[str, int]:
    """The batches of a workflow, and how many people must approve each."""
    found: dict[str, int] = {}
    for transition in scene.workflow.transitions.values():
        batch = batch_of(transition)
        if batch:
            found[batch] = max(found.get(batch, 1), 2 if transition.release == "two people" else 1)
    return found


def preview(scene: Scene, batch: str) -> Preview:
    """What a batch holds now. Raises Unknown for a moment at which nothing is held."""
    known = batches(scene)
    if batch not in known:
        raise Unknown("batch", batch, known)
    planned = []
    for dossier, verdict in standing_verdicts(scene, batch):
        transition = scene.workflow.transitions[verdict.transition]
        if transition.release != "auto":
            against = tuple(str(reason) for reason in reasons_not_to_take_effect(scene, dossier, verdict))
            reason = reason_told(transition, verdict.reason)
            planned.append(Planned(dossier.number, transition.name, tuple(transition.tell.items()), against, reason))
    for transition in scene.workflow.transitions.values():
        if transition.release != "auto" and str(transition.when) == batch:
            for dossier in scene.dossiers_in(transition.sources):
                against = tuple(str(reason) for reason in reasons_against(scene, dossier, transition))
                planned.append(Planned(dossier.number, transition.name, tuple(transition.tell.items()), against))
    seen = Preview(batch, tuple(planned), known[batch], ())
    approvals = scene.session.exec(
        select(ReleaseRow.person_id).where(
            col(ReleaseRow.round_id) == scene.round_id, col(ReleaseRow.batch) == batch,
            col(ReleaseRow.digest) == seen.digest, col(ReleaseRow.revoked_at).is_(None),
        )
    ).all()  # fmt: skip
    return Preview(batch, seen.planned, seen.needed, tuple(approvals))


def approve(scene: Scene, batch: str, *, by: str) -> Sequence[DeadlineRow]:
    """One person's approval of a batch as it stands; gives the deadlines that were waiting for it and may fire now."""
    person = scene.person(by)
    seen = preview(scene, batch)
    refuse([
        must_be_staff(standing_of(scene, person)),
        None if seen.planned else Refusal("empty", f'nothing is held at "{batch}" now'),
        Refusal("approved", f'{by} has already approved "{batch}" as it stands')
        if person.id in seen.approved_by else None,
    ])  # fmt: skip
    _put_release(scene, seen, the_id(person))
    counts: dict[str, int] = {}
    for planned in seen.planned:
        counts[planned.transition] = counts.get(planned.transition, 0) + 1
    scene.note("batch approved", by, batch=batch, counts=counts, needed=seen.needed)
    if len(seen.approved_by) + 1 < seen.needed:
        return ()
    return scene.session.exec(
        select(DeadlineRow).where(
            col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.moment) == batch,
            col(DeadlineRow.awaits_release).is_(True), col(DeadlineRow.ended_at).is_(None),
        ).order_by(col(DeadlineRow.position), col(DeadlineRow.id))
    ).all()  # fmt: skip


def _put_release(scene: Scene, seen: Preview, person_id: int) -> None:
    scene.session.add(
        ReleaseRow(
            round_id=scene.round_id, batch=seen.batch, person_id=person_id, digest=seen.digest, approved_at=scene.now
        )
    )  # fmt: skip
    scene.session.flush()
    point("approval put")


def keep_released(scene: Scene, seen: Preview) -> None:
    """After a part of a batch has gone, let the approvals of the whole (`seen`) stand for what is left of it.

    A batch may go in parts: a calendar move at midnight, the verdicts of that day when people hear of it.
    """
    rest = preview(scene, seen.batch)
    if (
        seen.released
        and rest.planned
        and {(one.number, one.transition, one.reason) for one in rest.planned}
        <= {(one.number, one.transition, one.reason) for one in seen.planned}
    ):
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
            col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.moment) == batch,
            col(DeadlineRow.ending) == "fired", col(DeadlineRow.kind).in_(("verdicts", "transition")),
        )
    ).first()  # fmt: skip
    refuse([
        must_be_staff(standing_of(scene, person)),
        None if rows else Refusal("approved", f'{by} has not approved "{batch}"'),
        Refusal("gone", f'"{batch}" has already taken effect; only a correcting act with a reason helps now')
        if gone else None,
    ])  # fmt: skip
    for row in rows:
        row.revoked_at = scene.now
        scene.session.add(row)
    scene.session.flush()
    point("approval revoked")
    scene.note("approval revoked", by, batch=batch)

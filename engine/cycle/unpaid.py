"""Who hears that money was not paid by its day, and what are they told?"""

from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from engine.cycle.scene import CALENDAR, Scene
from engine.cycle.telling import LINES
from engine.database.cohort.gathered import GATHERED, Gathered, ids
from engine.database.promised import STILL_OWED, is_of_all, paid_of
from engine.database.records import DeadlineRow, DossierRow, PromisedRow
from engine.database.store import the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.paying import from_cents
from engine.rules.workflow import Promise


def find_unpaid(scene: Scene, deadline: DeadlineRow, *, at: int) -> None:
    """Note what one dossier was to be paid by now and was not; one letter tells of all that is late that day."""
    assert deadline.dossier_id is not None
    dossier = scene.session.get_one(DossierRow, deadline.dossier_id)
    owed = _owed(scene, [deadline.dossier_id], deadline.due_at)
    late = [row for row in owed if not is_of_all(scene.workflow, scene.calendar, dossier, row)]
    paid = paid_of(scene.session, [deadline.dossier_id])
    of: dict[str, list[PromisedRow]] = {}
    for row in late:
        point("found unpaid")
        scene.note(
            "not paid", CALENDAR, at=at, dossier=dossier, name=row.name, position=row.position, last_day=row.last_day
        )
        of.setdefault(row.name, []).append(row)
    for name, rows in of.items():
        promise = scene.workflow.promises[name]
        before = {"day": rows[0].last_day, "hour": None, "edge": "closes"}
        scene.tell(
            f"unpaid {name} {rows[0].last_day}", promise.tell, dossier, at=at,
            leaves_at=max(scene.now, scene.calendar.leaves_at(at)),
            reasons=tuple(_said(promise, row, paid) for row in rows),
            extras={"promise": {"title": promise.title, "before": before}},
        )  # fmt: skip


def unpaid_to(scene: Scene, broken: Gathered, promise: Promise) -> Mapping[int, tuple[Refusal, ...]]:
    """What each of the first of these dossiers is still to be paid of a promise, said as reasons."""
    first = list(ids(scene.session, broken, GATHERED.c.place <= LINES))
    paid = paid_of(scene.session, first)
    found: dict[int, tuple[Refusal, ...]] = {}
    for row in _owed(scene, first, None):
        if row.name == promise.name:
            found[row.dossier_id] = (*found.get(row.dossier_id, ()), _said(promise, row, paid))
    return found


def _owed(scene: Scene, dossiers: Sequence[int], due_at: int | None) -> Sequence[PromisedRow]:
    found = select(PromisedRow).where(col(PromisedRow.dossier_id).in_(dossiers), STILL_OWED)
    found = found if due_at is None else found.where(col(PromisedRow.due_at) == due_at)
    return scene.session.exec(found.order_by(col(PromisedRow.name), col(PromisedRow.position))).all()


def _said(promise: Promise, row: PromisedRow, paid: Mapping[int, int]) -> Refusal:
    left = from_cents(row.cents - paid.get(the_id(row), 0))
    what = row.what or promise.title
    sentence = f'{left} of "{what}" has not been paid (its last day was {row.last_day})'
    return Refusal("unpaid", sentence, {"promise": what, "amount": left, "last_day": row.last_day or ""})

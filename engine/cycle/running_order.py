"""How do staff plan a day of slots, and ask people to come by it?

As long as nobody is asked to come, a plan is kept without a word to anybody. From then on every change is told in the
same transaction, to exactly those whom it concerns; so it is made only after a look at what would be told, and of
nothing else.
"""

import hashlib

from sqlalchemy import delete
from sqlmodel import col, select

from engine.cycle.order_invitations import KINDS, Kind, carry_out
from engine.cycle.order_plans import Judged, judge, must_order
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.slots import arrange, dossiers_of, order_of
from engine.database.coming import is_open_now
from engine.database.records import BreakRow, DossierRow, PersonRow, RunningOrderRow, SlotRow, TurnRow
from engine.database.running_orders import planned, turns
from engine.database.store import is_contact, the_id
from engine.errors import Refusal, Refused
from engine.faults import point
from engine.rules.roles import must_be_staff
from engine.rules.running_order import Plan
from engine.rules.suggested_order import WISHES, Wish

LONGEST_WORDS = 2_000
"""characters of what somebody writes beside a wish"""


def change_order(
    scene: Scene, name: str, plan: Plan, *, by: str, seen: str | None = None, shown: str | None = None
) -> dict[Kind, int]:
    """Keep a plan as the running order of a meeting; gives how many people hear what of it.

    `seen` is the digest of the order that it was made of. Where people are asked to come by the order already, `shown`
    is the digest of the judged plan whose invitations somebody has looked at. Raises what `judge` raises, and Refused
    with every reason; then nothing has changed, and nobody hears anything.
    """
    person, judged = _judged(scene, name, plan, by, seen)
    order = judged.order
    told = order.published_at is not None
    refuse([*judged.against, _not_as_shown(judged, shown) if told and judged.untold else None])
    _keep_day(scene, name, plan, by)
    arrange(scene, order, judged.day, judged.places, by=by)
    _keep_locks(scene, name, plan, person)
    _keep_reserve(scene, name, plan, by)
    return carry_out(scene, judged.order.sitting, judged.found, by=by) if told else dict.fromkeys(KINDS, 0)


def publish(scene: Scene, name: str, *, by: str, seen: str | None = None, shown: str | None) -> dict[Kind, int]:
    """Ask everybody to come by the order as it stands, or tell who has not heard how it stands; gives how many.

    `shown` is the digest of what somebody has looked at. Raises Refused with every reason.
    """
    person, judged = _judged(scene, name, None, by, seen)
    first = min((judged.day.at(position).starts_at for position in judged.places), default=0)
    refuse([
        *judged.against,
        None if judged.places else Refusal("slot", "nobody has a slot yet", {"because": "nobody"}),
        Refusal("slot", "this day is past", {"because": "day past"})
        if judged.places and first <= scene.now and judged.order.published_at is None else None,
        _not_as_shown(judged, shown),
    ])  # fmt: skip
    row = _row_of(scene, name)
    if row.published_at is None:
        row.published_at, row.published_by = scene.now, the_id(person)
        scene.session.add(row)
        scene.session.flush()
        point("order published")
    counts = carry_out(scene, judged.order.sitting, judged.found, by=by)
    scene.note("running order published", by, meeting=name, told=dict(counts))
    return counts


def note_wish(
    scene: Scene, dossier: DossierRow, name: str, wish: Wish | None, *, by: str, words: str | None = None
) -> None:
    """Write when a dossier would be heard (None: whenever), in words beside it; staff or its own people say so."""
    person = scene.person(by)
    order = must_order(scene, name)
    speaks = is_contact(scene.session, the_id(dossier), the_id(person))
    refuse([
        None if speaks else must_be_staff(standing_of(scene, person, dossier)),
        Refusal("slot", f"{dossier.number} does not come to this meeting", {"because": "elsewhere"})
        if not is_open_now(scene.session, order.meeting, dossier) else None,
        *_against_wish(wish, words),
    ])  # fmt: skip
    put_wish(scene, dossier, name, wish, person, words=words)


def put_wish(
    scene: Scene, dossier: DossierRow, name: str, wish: Wish | None, person: PersonRow, *, words: str | None
) -> None:
    """Write a wish that has been judged."""
    turn = turn_of(scene, dossier, name)
    hour = wish.hour.isoformat() if wish and wish.hour else None
    turn.wish, turn.hour, turn.words = wish.kind if wish else None, hour, words.strip() or None if words else None
    turn.wished_at, turn.wished_by = scene.now, the_id(person)
    keep_turn(scene, turn)
    said = hashlib.sha256(turn.words.encode()).hexdigest() if turn.words else None
    scene.note(
        "wish noted", person.email, dossier=dossier, meeting=name, wish=turn.wish, hour=turn.hour, words=said
    )  # fmt: skip


def turn_of(scene: Scene, dossier: DossierRow, name: str) -> TurnRow:
    """What is known of a dossier and a running order beside its slot, to be written on."""
    found = select(TurnRow).where(col(TurnRow.dossier_id) == dossier.id, col(TurnRow.meeting) == name)
    row = scene.session.exec(found).first()
    return row or TurnRow(round_id=scene.round_id, dossier_id=the_id(dossier), meeting=name)


def keep_turn(scene: Scene, turn: TurnRow) -> None:
    scene.session.add(turn)
    scene.session.flush()
    point("turn written")


def _against_wish(wish: Wish | None, words: str | None) -> list[Refusal]:
    found = []
    if wish is not None and (wish.kind not in WISHES or (wish.kind.startswith("not ") and wish.hour is None)):
        found.append(Refusal("wish", "say which hour it should not be before or after", {"because": "hour"}))
    if words and len(words.strip()) > LONGEST_WORDS:
        sentence = f"a wish has {LONGEST_WORDS} characters at most"
        found.append(Refusal("words", sentence, {"because": "long", "most": LONGEST_WORDS}))
    return found


def _judged(scene: Scene, name: str, plan: Plan | None, by: str, seen: str | None) -> tuple[PersonRow, Judged]:
    person = scene.person(by)
    refuse([must_be_staff(standing_of(scene, person))])
    order = must_order(scene, name)
    if seen is not None and seen != order.digest:
        sentence = "somebody has changed the running order since you looked at it"
        raise Refused([Refusal("changed", sentence, {"because": "order"})])
    judged = judge(scene, name, plan, person=person)
    point("order judged")
    return person, judged


def _not_as_shown(judged: Judged, shown: str | None) -> Refusal | None:
    if shown == judged.digest:
        return None
    sentence = "people would hear something else than you were shown: look at the invitations once more"
    return Refusal("changed", sentence, {"because": "invitations"})


def _row_of(scene: Scene, name: str) -> RunningOrderRow:
    row, _ = planned(scene.session, scene.round_id, name)
    if row is None:
        row = RunningOrderRow(round_id=scene.round_id, meeting=name, changed_at=scene.now)
        scene.session.add(row)
        scene.session.flush()
        point("running order written")
    return row


def _keep_day(scene: Scene, name: str, plan: Plan, by: str) -> None:
    """Write when the day begins, and its breaks."""
    row = _row_of(scene, name)
    _, breaks = planned(scene.session, scene.round_id, name)
    first = plan.first.isoformat() if plan.first else None
    wanted = tuple(sorted(plan.breaks, key=lambda one: one.after))
    if (row.first, breaks) == (first, wanted):
        return
    row.first, row.changed_at = first, scene.now
    scene.session.add(row)
    scene.session.connection().execute(delete(BreakRow).where(col(BreakRow.running_order_id) == row.id))
    for one in wanted:
        scene.session.add(BreakRow(running_order_id=the_id(row), after=one.after, minutes=one.minutes, title=one.title))
    scene.session.flush()
    point("day planned")
    scene.note(
        "running order planned", by, meeting=name, first=first,
        breaks=[[one.after, one.minutes, one.title] for one in wanted],
    )  # fmt: skip


def _keep_locks(scene: Scene, name: str, plan: Plan, person: PersonRow) -> None:
    """Lock the slots that the plan locks, and no others."""
    order = order_of(scene, scene.workflow.meetings[name])
    assert order is not None
    dossiers = dossiers_of(scene, order)
    for position, slot in order.slots.items():
        if (position in plan.locked) == (slot.locked_at is not None):
            continue
        locks = position in plan.locked
        slot.locked_at, slot.locked_by = (scene.now, the_id(person)) if locks else (None, None)
        scene.session.add(slot)
        scene.session.flush()
        point("slot locked")
        scene.note(
            "slot locked" if locks else "slot unlocked", person.email, dossier=dossiers[position], meeting=name,
            position=position,
        )  # fmt: skip


def _keep_reserve(scene: Scene, name: str, plan: Plan, by: str) -> None:
    """Put the reserve list in the order of the plan; and who has a slot again has turned none down."""
    known = turns(scene.session, scene.round_id, name)
    for place, number in enumerate(plan.reserve, start=1):
        dossier = scene.dossier(number)
        turn = known.get(the_id(dossier)) or turn_of(scene, dossier, name)
        if turn.place != place:
            turn.place = place
            keep_turn(scene, turn)
            scene.note("reserve put in order", by, dossier=dossier, meeting=name, place=place)
    with_slot = set(
        scene.session.exec(
            select(SlotRow.dossier_id).where(col(SlotRow.round_id) == scene.round_id, col(SlotRow.meeting) == name)
        ).all()
    )
    for dossier_id, turn in known.items():
        if dossier_id in with_slot and turn.declined_at is not None:
            turn.declined_at = turn.declined_by = None
            keep_turn(scene, turn)

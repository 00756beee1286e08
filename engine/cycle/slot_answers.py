"""What do the people of a dossier answer to their slot: we come, another one please, or not at all?

Who comes is one person's answer; another slot is asked for, and a slot turned down, for the dossier as a whole.
"""

from dataclasses import dataclass

from engine.cycle import inviting
from engine.cycle.order_plans import must_order
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.running_order import keep_turn, note_wish, turn_of
from engine.cycle.scene import Scene
from engine.cycle.slots import free_slots
from engine.database.records import DossierRow, InvitationRow, PersonRow, SlotRow
from engine.database.store import the_id
from engine.errors import Refusal
from engine.rules.roles import Standing, must_be_staff
from engine.rules.suggested_order import Wish


@dataclass(frozen=True, slots=True)
class _Asked:
    """A slot that somebody was asked to come for."""

    person: PersonRow
    slot: SlotRow
    invitation: InvitationRow | None


def confirm_slot(scene: Scene, dossier: DossierRow, name: str, *, by: str, words: str | None = None) -> None:
    """Somebody comes at the hour of the dossier's slot. Raises Refused for a slot that nobody was asked to come for."""
    asked = _asked(scene, dossier, name, by)
    assert asked.invitation is not None
    inviting.answer(scene, asked.invitation, "accepted", via="page", by=by, words=words)


def ask_other_slot(
    scene: Scene, dossier: DossierRow, name: str, *, words: str, by: str, wish: Wish | None = None
) -> None:
    """Somebody asks for another slot, in words and perhaps with a wish; until staff give one, this one stays theirs."""
    asked = _asked(scene, dossier, name, by)
    refuse([None if words.strip() else Refusal("words", "say what would suit you", {"because": "other slot"})])
    assert asked.invitation is not None
    note_wish(scene, dossier, name, wish, by=by, words=words)
    inviting.answer(scene, asked.invitation, "tentative", via="page", by=by, wants_other=words)


def decline_slot(
    scene: Scene, dossier: DossierRow, name: str, *, by: str, words: str | None = None
) -> list[DossierRow]:
    """The dossier's slot is given back, by its own people or by staff who heard so; gives who is asked in its place.

    All who were asked to come for it hear that they need not; the first of the reserve list is asked at once.
    """
    asked = _asked(scene, dossier, name, by, staff_too=True)
    if asked.invitation is not None:
        inviting.answer(scene, asked.invitation, "declined", via="page", by=by, words=words)
    turn = turn_of(scene, dossier, name)
    turn.declined_at, turn.declined_by = scene.now, the_id(asked.person)
    keep_turn(scene, turn)
    return free_slots(scene, scene.workflow.meetings[name], [asked.slot], because="declined", by=by)


def _asked(scene: Scene, dossier: DossierRow, name: str, by: str, *, staff_too: bool = False) -> _Asked:
    """The slot of a dossier, and what asks this person to come for it. Raises Refused with every reason."""
    person = scene.person(by)
    standing = standing_of(scene, person, dossier)
    order = must_order(scene, name)
    slot = next((one for one in order.slots.values() if one.dossier_id == dossier.id), None)
    invitation = inviting.find(scene, order.sitting, person, dossier)
    if invitation is not None and invitation.cancelled_at is not None:
        invitation = None
    is_open = slot is not None and order.published_at is not None
    refuse([
        _may_answer(standing, staff_too=staff_too),
        None if is_open else
        Refusal("slot", f"{dossier.number} has no slot to answer to", {"because": "no slot", "number": dossier.number}),
        Refusal("invitation", "this meeting is over", {"because": "over"})
        if slot is not None and slot.starts_at <= scene.now else None,
        Refusal("invitation", "you were not asked to come", {"because": "not asked"})
        if is_open and standing.contact and invitation is None else None,
    ])  # fmt: skip
    assert slot is not None
    return _Asked(person, slot, invitation)


def _may_answer(standing: Standing, *, staff_too: bool) -> Refusal | None:
    if standing.contact:
        return None
    if staff_too:
        return must_be_staff(standing)
    return Refusal("role", "only a contact of the dossier may do this", {"because": "contact"})

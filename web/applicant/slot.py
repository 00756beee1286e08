"""Does an applicant come for the dossier's slot, ask for another one, or turn it down?"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from engine.cycle.inviting import find
from engine.cycle.order_plans import must_order
from engine.database.records import InvitationRow
from engine.database.running_orders import RunningOrder, has_running_order
from engine.database.store import find_person
from engine.errors import Refused
from engine.rules.suggested_order import WISHES, Wish
from engine.rules.workflow import Meeting
from web import dates
from web.applicant.looking import crumbs, see
from web.ask import Ask
from web.keys import nonce
from web.policy import CONTACT
from web.problems import NotThere
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
AT = "/dossier/{programme}/{round}/{number}/slot/{meeting}"
LONGEST = 2_000


@dataclass(frozen=True)
class Own:
    """The dossier's slot as it was told, and what asks this person to come for it."""

    meeting: Meeting
    order: RunningOrder
    starts_at: int
    ends_at: int
    invitation: InvitationRow


@pages.get(AT, CONTACT)
def slot(ask: Ask) -> Response:
    """When to be where, what was answered, and the three answers."""
    return _page(ask, _own(ask))


@pages.post(AT, CONTACT)
def answer(ask: Ask) -> Response:
    """The answer, for good until another one is given."""
    own, given, words = _own(ask), ask.text("answer", 20), ask.text("words", LONGEST)
    cycle, key, number, name = ask.office.cycle, ask.place.key, ask.place.number, own.meeting.name
    errors: list[str] = []
    if given not in ("confirm", "other", "decline"):
        errors = [ask.say("Choose an answer.")]
    elif given == "other" and not words:
        errors = [ask.say("Say what would suit you.")]
    elif given == "other" and ask.text("wish").startswith("not ") and not ask.text("hour"):
        errors = [ask.say("Say which hour it should not be before or after.")]
    if errors:
        return _page(ask, own, errors, 422)
    try:
        if given == "confirm":
            cycle.confirm_slot(key, number, name, by=ask.email, now=ask.now, words=words or None)
            return ask.go(ask.place.path, ask.say("Thank you. We look forward to seeing you."))
        if given == "other":
            wish = Wish.of(ask.text("wish", 20), ask.text("hour", 5))
            cycle.ask_other_slot(key, number, name, words=words, by=ask.email, now=ask.now, wish=wish)
            said = ask.say("We look for another slot. Until you hear from us, this one stays yours.")
            return ask.go(ask.place.path, said)
        cycle.decline_slot(
            key, number, name, by=ask.email, now=ask.now, words=words or None, once=ask.text("once", 200) or nonce()
        )
    except Refused as refused:
        return _page(ask, own, [said_by(ask, reason) for reason in refused.reasons], 409)
    return ask.go(ask.place.path, ask.say("Thank you for telling us. The slot goes to somebody who waits for one."))


def _own(ask: Ask) -> Own:
    """Raises NotThere where nobody was asked to come for a slot of this dossier at that meeting."""
    meeting = ask.place.workflow.meetings.get(ask.params["meeting"])
    if meeting is None or not has_running_order(meeting):
        raise NotThere
    with ask.reading() as session:
        scene = ask.office.cycle.look(session, ask.place.key, ask.now)
        try:
            order = must_order(scene, meeting.name)
        except Refused as refused:
            raise NotThere from refused
        person = find_person(session, ask.email)
        own = next((one for one in order.slots.values() if one.dossier_id == ask.place.its_dossier.id), None)
        dossier = scene.dossier(ask.place.number)
        invitation = find(scene, order.sitting, person, dossier) if person else None
        if own is None or order.published_at is None or invitation is None or invitation.cancelled_at is not None:
            raise NotThere
        session.expunge_all()
    return Own(meeting, order, own.starts_at, own.ends_at, invitation)


def _page(ask: Ask, own: Own, errors: Sequence[str] = (), status: int = 200) -> Response:
    seen = see(ask)
    day = dates.local(own.starts_at, ask.place.zone).date()
    row = own.invitation
    chosen = {"accepted": "confirm", "tentative": "other", "declined": "decline"}.get(row.answer or "", "")
    return render(
        ask, "applicant/slot.html", status, seen=seen, crumbs=crumbs(ask, seen), own=own, row=row, day=day,
        leaf=dates.leaf(day, ask.language), wishes=WISHES, errors=list(errors), has_errors=bool(errors), once=nonce(),
        given=ask.text("answer", 20) or chosen, words=ask.text("words", LONGEST) or row.wants_other or row.words or "",
        wish=ask.text("wish", 20), hour=ask.text("hour", 5), has_begun=own.starts_at <= ask.now,
        others=len(seen.dossier.contacts) > 1,
    )  # fmt: skip

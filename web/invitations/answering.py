"""Does somebody come to a meeting that they are asked to? The page that a letter and a calendar lead to."""

from collections.abc import Sequence
from urllib.parse import quote

from starlette.responses import Response

from engine.database.pages import invitations
from engine.database.running_orders import has_running_order
from engine.errors import Refused, Unknown
from web.ask import Ask
from web.calendars.feed import feed, feed_headers
from web.calendars.invited import of_invitation
from web.calendars.source import source_of
from web.invitations.asked import Asked, asked
from web.place import find_place, scene_of
from web.policy import SIGNED_IN, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
LONGEST = 2_000
ANSWERS = ("accepted", "tentative", "declined")


@pages.get("/invitations/{uid}.ics", SIGNED_IN)
def calendar(ask: Ask) -> Response:
    """The meeting for a calendar program: the entry that the mail brought, if it did."""
    one = _own(ask)
    happening = of_invitation(one.invited, ask.place.programme, ask.language, ask.words.gettext, ask.office.base_url)
    content = feed(one.title, [happening], one.invited.meeting.zone, source_of(ask.office), private=True)
    headers = {**feed_headers(content), "Content-Disposition": 'attachment; filename="invitation.ics"'}
    return Response(content, headers=headers)


@pages.get("/invitations/{uid}", SIGNED_IN)
def invitation(ask: Ask) -> Response:
    """What, when, where, and who asks; and the answer."""
    return _page(ask, _own(ask))


@pages.post("/invitations/{uid}", SIGNED_IN)
def answer(ask: Ask) -> Response:
    """The answer of record, until it begins."""
    one, given, words = _own(ask), ask.text("answer", 20), ask.text("words", LONGEST)
    if slot := _slot_path(ask, one):
        return ask.go(slot)
    if given not in ANSWERS:
        return _page(ask, one, [ask.say("Choose an answer.")], 422)
    if given == "declined" and _is_mandatory(ask, one) and not words:
        return _page(ask, one, [ask.say("Say why you cannot come: this meeting is part of what was agreed.")], 422)
    try:
        ask.office.cycle.answer_invitation(
            one.invited.round, one.invited.row.uid, given, via="page", by=ask.email, now=ask.now, words=words or None
        )
    except Unknown as unknown:
        raise NotThere from unknown
    except Refused as refused:
        return _page(ask, one, [said_by(ask, reason) for reason in refused.reasons], 409)
    return ask.go(one.path, {
        "accepted": ask.say("Thank you. We look forward to seeing you."),
        "tentative": ask.say("Thank you. Tell us here as soon as you know."),
        "declined": ask.say("Thank you for telling us."),
    }[given])  # fmt: skip


def _own(ask: Ask) -> Asked:
    """The invitation in the path. Raises NotThere for none, and for somebody else's."""
    with ask.reading() as session:
        found = invitations.by_uid(session, ask.params["uid"][:200])
        if found is None or found.row.person_id != somebody(ask).person_id:
            raise NotThere
        session.expunge_all()
        ask.place = find_place(scene_of(ask.office.cycle, session, found.round, ask.now), found.row.person_id)
    return asked(ask, found, ask.place.programme)


def _is_mandatory(ask: Ask, one: Asked) -> bool:
    """Whether the dossier for which somebody comes owes it."""
    attended = (rule.attend for rule in ask.place.workflow.obligations.values())
    return one.invited.number is not None and ask.place.workflow.meeting(one.invited.meeting.name).declared in attended


def _slot_path(ask: Ask, one: Asked) -> str:
    """Where somebody answers who is asked to a slot: another one may be asked for there, or it goes to the next."""
    held = ask.place.workflow.meeting(one.invited.meeting.name)
    if not one.invited.row.has_a_part or one.invited.number is None or not has_running_order(held):
        return ""
    return f"/dossier/{one.invited.round}/{one.invited.number}/slot/{quote(held.name)}"


def _page(ask: Ask, one: Asked, errors: Sequence[str] = (), status: int = 200) -> Response:
    return render(
        ask, "invitations/invitation.html", status, one=one, row=one.invited.row, meeting=one.invited.meeting,
        is_over=one.begins <= ask.now if one.invited.row.starts_at is not None else one.over <= ask.now,
        is_mandatory=_is_mandatory(ask, one), slot_path=_slot_path(ask, one), errors=list(errors),
        has_errors=bool(errors),
        words=ask.text("words", LONGEST) if errors else one.invited.row.words or "",
    )  # fmt: skip

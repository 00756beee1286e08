"""How is what belongs to a running order said in words?"""

from engine.cycle.order_invitations import KINDS, Kind
from engine.database.pages.running_orders import Clash
from engine.rules.roles import observer_of
from engine.rules.suggested_order import Wish
from web import dates
from web.ask import Ask
from web.staff.plan.looking import Sheet, path_of


def tabs_of(ask: Ask, here: str) -> list[tuple[str, str, bool]]:
    """The pages of one running order."""
    path = path_of(ask)
    return [
        (ask.say("Running order"), path, here == "order"),
        (ask.say("Invitations"), f"{path}/invitations", here == "invitations"),
        (ask.say("Door list"), f"{path}/door", here == "door"),
        (ask.say("Run sheets"), f"{path}/sheets", here == "sheets"),
    ]


def wish_said(ask: Ask, wish: Wish) -> str:
    """When a dossier would be heard."""
    hour = f"{wish.hour:%H:%M}" if wish.hour else ""
    return {
        "morning": ask.say("in the morning"),
        "afternoon": ask.say("in the afternoon"),
        "not before": ask.say("not before %(hour)s", hour=hour),
        "not after": ask.say("over by %(hour)s", hour=hour),
    }[wish.kind]


def also_asked(ask: Ask, clash: Clash) -> str:
    """Where else somebody is asked to be."""
    starts, ends = (dates.hour(one, ask.place.zone, ask.language) for one in (clash.starts_at, clash.ends_at))
    meeting = ask.place.workflow.find_meeting(clash.meeting) if clash.round == ask.place.key else None
    called = ask.said(meeting.title) if meeting else f"{clash.meeting} ({clash.round})"
    return ask.say("%(meeting)s, %(start)s to %(end)s", meeting=called, start=starts, end=ends)


def role_said(ask: Ask, role: str) -> str:
    """As what somebody is asked to come."""
    committees = ask.place.workflow.committees
    for name, committee in committees.items():
        if role == name:
            return ask.said(committee.title)
        if role == observer_of(name):
            return ask.say("observer, %(committee)s", committee=ask.said(committee.title))
    return ask.say("for a dossier")


def count_said(ask: Ask, sheet: Sheet) -> str:
    """How many people would hear what: `3 new, 2 changed, 20 unchanged`."""
    counts = {kind: sum(one.kind == kind for one in sheet.judged.found) for kind in KINDS}
    words = {
        "new": ask.say("%(n)s new"), "changed": ask.say("%(n)s changed"), "cancelled": ask.say("%(n)s cancelled"),
        "unchanged": ask.say("%(n)s unchanged"),
    }  # fmt: skip
    order: tuple[Kind, ...] = ("new", "changed", "cancelled", "unchanged")
    return ", ".join(words[kind] % {"n": counts[kind]} for kind in order if counts[kind])

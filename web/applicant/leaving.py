"""What else can an applicant do with a dossier, such as take it back?

Whatever transition the programme leaves to the applicant, besides handing in.
"""

from starlette.responses import Response

from engine.cycle.acting import window_refusal
from engine.cycle.own_time import within_refusal
from engine.cycle.own_windows import own_window_refusal
from engine.errors import Refused
from engine.files.layout import happy_path
from engine.rules.roles import reading_committee
from engine.rules.workflow import APPLICANT, STAFF, Transition
from web.applicant.looking import Seen, crumbs, see
from web.applicant.new_value import new_value
from web.ask import Ask
from web.keys import nonce
from web.place import scene_of
from web.policy import CONTACT
from web.problems import NotThere
from web.rendering import render
from web.routes import Pages

pages = Pages()
ACT = "/dossier/{programme}/{round}/{number}/act/{transition}"


def offered(ask: Ask, state: str) -> list[tuple[str, str]]:
    """(what it is called, its path) of each thing that an applicant may do from that state now."""
    place = ask.place
    found = [
        one
        for one in _moves(ask)
        if state in one.sources and window_refusal(one.window, place.calendar, ask.now) is None
    ]
    if any(one.within or one.own_window for one in found):
        with ask.reading() as session:
            scene = scene_of(ask.office.cycle, session, place.key, ask.now)
            dossier = scene.dossier(place.number)
            found = [
                one for one in found
                if within_refusal(scene, dossier, one) is None
                and own_window_refusal(scene, dossier, one.own_window) is None
            ]  # fmt: skip
    return [(name_of(ask, one), f"{place.path}/act/{one.name}") for one in found]


def name_of(ask: Ask, transition: Transition) -> str:
    """What a move is called: by where it leads, for the programme gives moves no other name."""
    target = ask.said(ask.place.workflow.states[transition.target].shown)
    if is_way_on(ask, transition):
        return ask.say("Go on: %(state)s", state=target)
    if transition.target in ask.place.workflow.ends_in:
        return ask.say("End this dossier: %(state)s", state=target)
    return ask.say("Change this dossier to: %(state)s", state=target)


def is_way_on(ask: Ask, transition: Transition) -> bool:
    """Whether a move leads further on the way to a good end, such as an offer that is accepted."""
    path = happy_path(ask.place.workflow)
    if transition.target not in path:
        return False
    behind = path[: path.index(transition.target)]
    return any(state in behind for state in transition.sources)


@pages.get(ACT, CONTACT)
def confirm(ask: Ask) -> Response:
    """What it would do, in words."""
    transition, seen = _move(ask), see(ask)
    if seen.dossier.head.state == transition.target:
        return ask.go(ask.place.path)
    if seen.dossier.head.state not in transition.sources:
        raise NotThere
    return _page(ask, seen, transition)


@pages.post(ACT, CONTACT)
def act(ask: Ask) -> Response:
    """Done, once."""
    transition, place = _move(ask), ask.place
    reason = ask.text("reason")
    if transition.guard("reason") and not reason:
        return _page(ask, see(ask), transition, 422, has_errors=True)
    asked = new_value(ask, transition, see(ask).values)
    if asked and asked.error:
        return _page(ask, see(ask), transition, 422)
    try:
        state = ask.office.cycle.act(
            place.key, place.number, transition.name, by=ask.email, now=ask.now, reason=reason or None,
            answers={asked.name: asked.value} if asked else None,
            once=ask.text("once", 200) or nonce(),
        )  # fmt: skip
    except Refused:
        if see(ask).dossier.head.state == transition.target:
            return ask.go(place.path)
        raise
    return ask.go(place.path, ask.say("Done: %(state)s.", state=ask.said(place.workflow.states[state].shown)))


def _moves(ask: Ask) -> list[Transition]:
    place = ask.place
    return [
        one
        for one in place.workflow.transitions.values()
        if one.by == APPLICANT and one.takes_effect is None and one != place.handing_in
    ]


def _move(ask: Ask) -> Transition:
    found = next((one for one in _moves(ask) if one.name == ask.params["transition"]), None)
    if found is None:
        raise NotThere
    return found


def _page(ask: Ask, seen: Seen, transition: Transition, status: int = 200, *, has_errors: bool = False) -> Response:
    return render(
        ask, "applicant/act.html", status, seen=seen, crumbs=crumbs(ask, seen), title=name_of(ask, transition),
        consequences=_consequences(ask, seen, transition), transition=transition, has_errors=has_errors,
        needs_reason=transition.guard("reason") is not None, way_on=is_way_on(ask, transition),
        reason=ask.text("reason"),
        asked=new_value(ask, transition, seen.values),
        once=ask.text("once", 200) or nonce(),
    )  # fmt: skip


def _consequences(ask: Ask, seen: Seen, transition: Transition) -> list[str]:
    workflow, state = ask.place.workflow, seen.dossier.head.state
    shown = ask.said(workflow.states[transition.target].shown)
    said = [ask.say('From then on the dossier is called "%(state)s".', state=shown)]
    if transition.target in workflow.ends_in:
        said.append(
            ask.say("This cannot be undone.")
            if is_way_on(ask, transition)
            else ask.say("This cannot be undone: for another try you start a new dossier, while the call is open.")
        )
    if reading_committee(workflow, state) and not reading_committee(workflow, transition.target):
        said.append(ask.say("The committee does not read it any more."))
    if APPLICANT in transition.tell:
        people = ", ".join(one.email for one in seen.dossier.contacts)
        said.append(ask.say("Everybody who works on it gets a letter: %(people)s.", people=people))
    if STAFF in transition.tell:
        said.append(ask.say("The staff of the programme are told."))
    return said

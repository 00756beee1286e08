"""How does an applicant ask for a later day, and what was answered?"""

from collections.abc import Mapping
from datetime import date

from starlette.responses import Response

from engine.cycle.own_time import own_times
from engine.rules.timers import over_at
from engine.rules.workflow import Meeting
from web import dates
from web.applicant.filling import clean
from web.applicant.looking import Seen, crumbs, see, why_closed
from web.applicant.owing import open_obligations, title_of_obligation
from web.ask import Ask
from web.place import scene_of
from web.policy import CONTACT, somebody
from web.rendering import render
from web.routes import Pages

pages = Pages()
MORE_TIME = "/dossier/{programme}/{round}/{number}/extension"
FAR = 10
"""years ahead, beyond which a day is a slip of the pen"""


@pages.get(MORE_TIME, CONTACT)
def more_time(ask: Ask) -> Response:
    """The question, and the answers that there are."""
    return _page(ask, see(ask))


@pages.post(MORE_TIME, CONTACT)
def ask_for_it(ask: Ask) -> Response:
    """Staff are asked, once for each deadline until they have answered."""
    place, seen = ask.place, see(ask)
    choices = deadlines(ask, seen)
    of, reason = ask.text("of", 200), clean(ask.text("reason"))
    if of in {one.of for one in seen.dossier.requests if one.outcome is None}:
        return ask.go(f"{place.path}/extension", ask.say("This has been asked, and is not answered yet."))
    errors = {}
    if of not in choices:
        errors["of"] = ask.say("Choose for which deadline you need more time.")
    day = _day(ask.text("to", 10))
    today = dates.local(ask.now, place.zone).date()
    if day is None or day.year > today.year + FAR:
        errors["to"] = ask.say("Give a day, for example %(day)s.", day=today.isoformat())
    elif day < today or (of in choices and day <= choices[of][1]):
        errors["to"] = ask.say("Give a day after the one that holds now.")
    if not reason:
        errors["reason"] = ask.say("Say why you need more time.")
    if errors or day is None:
        return _page(ask, seen, 422, errors)
    number = ask.office.cycle.ask_extension(
        place.key, place.number, of=of, to=day, reason=reason, by=ask.email, now=ask.now
    )
    _tell_staff(ask, seen, number, choices[of][0], day, reason)
    return ask.go(f"{place.path}/extension", ask.say("Asked. Until it is answered the old day stands."))


def deadlines(ask: Ask, seen: Seen) -> dict[str, tuple[str, date]]:
    """As extensions call it -> (what it is, its last day): what can be asked about now, and has not been yet."""
    place = ask.place
    found = {}
    transition = place.handing_in
    if transition and transition.window and transition.window.end.span is None and not why_closed(ask, seen):
        end = transition.window.end
        if not place.calendar.never_closes(end.phase):
            found[str(end)] = (ask.said(place.workflow.phases[end.phase]), place.calendar.edge(end.phase, end.edge).day)
    with ask.reading() as session:
        scene = scene_of(ask.office.cycle, session, place.key, ask.now)
        state = place.workflow.states[seen.dossier.head.state]
        for own in own_times(scene, scene.dossier(place.number)):
            if own.is_for_applicant and over_at(own.last_day, place.zone) > ask.now:
                title = own.rule.title if isinstance(own.rule, Meeting) else state.shown
                found[own.of] = (ask.said(title), own.last_day)
    for owed in open_obligations(place.workflow, seen.dossier):
        obligation = place.workflow.obligations[owed.row.name]
        # what is owed several times is told apart by which of them it is
        which = f" {owed.row.position}" if obligation.every or obligation.times > 1 else ""
        found[owed.name] = (ask.said(owed.title) + which, date.fromisoformat(owed.row.last_day))
    asked = {one.of for one in seen.dossier.requests if one.outcome is None}
    return {of: said for of, said in found.items() if of not in asked}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _tell_staff(ask: Ask, seen: Seen, number: int, what: str, day: date, reason: str) -> None:
    place, visitor = ask.place, somebody(ask)
    facts = {
        "by": visitor.name or visitor.email, "title": seen.title, "of": what, "reason": reason,
        "until": {"day": day.isoformat(), "hour": None, "edge": "closes"},
        "link": f"{ask.office.base_url}{place.committee_path}/{place.number}",
    }  # fmt: skip
    with ask.office.database.transaction() as session:
        ask.office.letters.queue_to_staff(
            session, letter="extension-asked", key=f"request {number}", facts=facts, now=ask.now,
            dossier_id=seen.dossier.head.id,
        )  # fmt: skip


def _page(ask: Ask, seen: Seen, status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    typed = {name: ask.text(name) for name in ("of", "to", "reason")}
    asked = [(_called(ask, one.of), one) for one in reversed(seen.dossier.requests)]
    return render(
        ask, "applicant/extension.html", status, seen=seen, crumbs=crumbs(ask, seen), choices=deadlines(ask, seen),
        asked=asked, errors=errors or {}, typed=typed, has_errors=bool(errors), as_day=date.fromisoformat,
    )  # fmt: skip


def _called(ask: Ask, of: str) -> str:
    """What a request is about, as people call it."""
    workflow, (name, _, _) = ask.place.workflow, of.rpartition(" ")
    if name in workflow.obligations:
        return ask.said(title_of_obligation(workflow, name))
    if name in workflow.transitions:
        return " / ".join(ask.said(workflow.states[state].shown) for state in workflow.transitions[name].sources)
    return ask.said(workflow.phases.get(name, of))

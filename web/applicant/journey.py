"""Where is a dossier: which steps lie behind it, and which ahead, when?

Everything follows from the states it has entered and the round's dates, never from a verdict that has not taken
effect: as long as nothing has happened yet, two dossiers with other verdicts look the same.
"""

from collections.abc import Iterator

from engine.files.layout import happy_path
from engine.rules.agenda import effect_at
from engine.rules.moments import Calendar
from engine.rules.workflow import Transition, Workflow, reason_told
from web import dates
from web.applicant.looking import Seen
from web.ask import Ask


def steps_of(ask: Ask, seen: Seen) -> list[dict[str, str]]:
    """What the list of steps shows: done with its date, now, and what may still come with its expected date."""
    workflow, head = ask.place.workflow, seen.dossier.head
    zone, language = ask.place.zone, ask.language
    entered = [(workflow.begins_in, head.started_at), *((one.target, one.at) for one in seen.dossier.moves)]
    steps = [
        {
            "title": ask.say("Started") if state == workflow.begins_in else _shown(ask, state),
            "state": "done",
            "date": dates.short_day(at, language, zone),
        }
        for state, at in entered[:-1]
    ]
    now = {"title": _shown(ask, head.state), "state": "now", "date": dates.short_day(entered[-1][1], language, zone)}
    if seen.dossier.moves and (reason := _reason(workflow, seen)):
        now["note"] = reason
    if head.state in workflow.ends_in and head.state in happy_path(workflow):
        now["state"] = "done"
    ahead = [
        {"title": ask.said(workflow.states[state].ahead), "state": "ahead", "date": expected}
        for state, expected in _ahead(ask, workflow, [state for state, _ in entered])
    ]
    return _without_repeats([*steps, now, *ahead])


def _shown(ask: Ask, state: str) -> str:
    return ask.said(ask.place.workflow.states[state].shown)


def _reason(workflow: Workflow, seen: Seen) -> str | None:
    """Why the last move was made, where people outside are told."""
    last = seen.dossier.moves[-1]
    transition = workflow.transitions.get(last.name)
    return reason_told(transition, last.reason) if transition else None


def _ahead(ask: Ask, workflow: Workflow, entered: list[str]) -> Iterator[tuple[str, str]]:
    """The states that a dossier may still come to on its way to a good end, each with when that is expected."""
    if entered[-1] in workflow.ends_in:
        return
    path, still = happy_path(workflow), _reachable(workflow, entered[-1])
    reached = max((path.index(state) for state in entered if state in path), default=-1)
    for before, state in zip(path[reached:], path[reached + 1 :], strict=False):
        if state not in still:
            return  # its way leads elsewhere now
        ways = [one for one in workflow.transitions.values() if one.target == state and before in one.sources]
        known = [expected_day(workflow, ask.place.calendar, one) for one in ways]
        days = [day for day in known if day is not None and day > ask.now]
        said = dates.short_day(min(days), ask.language, ask.place.zone) if days else ""
        yield state, ask.say("expected %(day)s", day=said) if said else ""


def _reachable(workflow: Workflow, state: str) -> set[str]:
    """Every state to which some moves lead from there."""
    found, ahead = set[str](), [state]
    while ahead:
        here = ahead.pop()
        beyond = {one.target for one in workflow.transitions.values() if here in one.sources} - found
        found |= beyond
        ahead += beyond
    return found


def expected_day(workflow: Workflow, calendar: Calendar, transition: Transition) -> int | None:
    """When a move is expected: its moment, the one at which it takes effect, or the last instant of its window.

    Nobody can say when a place frees, nor for all what each dossier has a day of its own for.
    """
    if transition.effect:
        return effect_at(workflow, calendar, transition.effect)
    if transition.moment:
        return calendar.instant(transition.moment)
    if transition.frees or transition.own_effect:
        return None
    return calendar.window(transition.window)[1] - 1 if transition.window else None


def _without_repeats(steps: list[dict[str, str]]) -> list[dict[str, str]]:
    """States that people outside know by one name are one step: the earlier date, the later standing."""
    found: list[dict[str, str]] = []
    for step in steps:
        if found and found[-1]["title"] == step["title"] and step["state"] != "ahead":
            found[-1] = {**step, "date": found[-1]["date"]}
        else:
            found.append(step)
    return found

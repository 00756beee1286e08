"""Do the parts of a workflow fit together: can every state be reached, left, and brought to an end?"""

from collections.abc import Iterable, Mapping

from engine.files.chains import check_chains
from engine.files.gating import check_gates
from engine.files.giving import outside_the_scale
from engine.files.source import Source, Spot
from engine.rules.numbers import NUMBERS
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF, Guard, Question, Transition, Workflow


def judge_workflow(workflow: Workflow, source: Source) -> None:
    """Complain about whatever concerns several tables together."""
    whole = Spot(source, ())
    _check_general(workflow, whole)
    if not source.broken & {"workflow", "state", "transition"} and _names_states(workflow) <= set(workflow.states):
        _check_graph(workflow, whole)
        _check_stranding(workflow, whole)
        _check_places(workflow, whole)
        _check_hidden_moves(workflow, whole)
        check_chains(workflow, whole)
        check_gates(workflow, whole)
    _check_obligations(workflow, whole)
    _check_scores(workflow, whole)
    _check_uses(workflow, whole)


def _check_general(workflow: Workflow, whole: Spot) -> None:
    general = whole.at("workflow")
    if workflow.language not in workflow.languages:
        general.at("languages").complain(f'"{workflow.language}", the language of this file, is not among them')
    if workflow.begins_in in workflow.ends_in:
        general.at("begins_in").complain(f'"{workflow.begins_in}" is an end state; nothing would ever happen')
    if "workflow" not in whole.source.broken and workflow.currency is None and (asked := _money(workflow)):
        general.at("currency").complain(f'is required: "{asked}" asks for money')
    _check_titles({state.name: state.title for state in workflow.states.values()}, whole.at("state"), "title")
    _check_titles(workflow.phases, whole.at("phase"))
    if (
        "question" not in whole.source.broken
        and workflow.questions
        and not any(question.required for question in workflow.questions.values())
    ):
        for transition in workflow.transitions.values():
            if transition.guard("form"):
                whole.at("transition", transition.name, "only_if", "form").complain(
                    "always holds: no question of the dossier is required", "warning"
                )


def _check_titles(titles: Mapping[str, str], table: Spot, *key: str) -> None:
    seen: dict[str, str] = {}
    for name, title in titles.items():
        if title in seen:
            table.at(name, *key).complain(f'"{title}" is also the title of "{seen[title]}"; who could tell them apart?')
        seen.setdefault(title, name)


def _money(workflow: Workflow) -> str | None:
    forms: Iterable[dict[str, Question]] = (
        dict(workflow.questions),
        *(dict(deliverable.questions) for deliverable in workflow.deliverables.values()),
    )
    return next((name for form in forms for name, question in form.items() if question.kind == "money"), None)


def _names_states(workflow: Workflow) -> set[str]:
    moves = workflow.transitions.values()
    return {workflow.begins_in, *workflow.ends_in, *(name for move in moves for name in (*move.sources, move.target))}


def _onward(workflow: Workflow) -> dict[str, set[str]]:
    """State -> the states that can follow it at once."""
    onward: dict[str, set[str]] = {state: set() for state in workflow.states}
    for transition in workflow.transitions.values():
        for source in transition.sources:
            onward[source].add(transition.target)
    return onward


def _check_graph(workflow: Workflow, whole: Spot) -> None:
    onward = _onward(workflow)
    reached = _reach({workflow.begins_in}, onward)
    backward = {state: {other for other, targets in onward.items() if state in targets} for state in onward}
    ending = _reach(set(workflow.ends_in), backward)
    for state in workflow.states:
        place = whole.at("state", state)
        if state not in reached:
            place.complain(f'no way leads from "{workflow.begins_in}" to "{state}"')
        elif state not in workflow.ends_in and not onward[state]:
            place.complain(f'"{state}" is a dead end: no transition leads out of it, and "ends_in" does not name it')
        elif state not in ending:
            place.complain(f'no way leads from "{state}" to an end state')


def _reach(start: set[str], onward: dict[str, set[str]]) -> set[str]:
    reached, fresh = set(start), set(start)
    while fresh:
        fresh = {target for state in fresh for target in onward[state]} - reached
        reached |= fresh
    return reached


def _check_stranding(workflow: Workflow, whole: Spot) -> None:
    """A state whose every way out is an act of applicants or staff, or the wait for a place, in a window that ends.

    A calendar move takes a dossier even late, and staff may minute a late verdict: neither leaves anybody stranded.
    That each phase closes is certain as long as every phase must have a last day.
    """
    for state in workflow.states:
        out = [transition for transition in workflow.transitions.values() if state in transition.sources]
        if out and all(move.window and (move.frees or move.by in (APPLICANT, STAFF)) for move in out):
            ends = " and ".join(dict.fromkeys(f'"{move.window.end}"' for move in out if move.window))
            whole.at("state", state).complain(
                f'after {ends} a dossier may be stranded in "{state}": no calendar move, verdict or later act '
                "leads out of it"
            )


def _check_places(workflow: Workflow, whole: Spot) -> None:
    """Whoever waits for a place waits in vain where none is ever given back."""
    onward = _onward(workflow)
    for transition in workflow.transitions.values():
        follow = _reach({transition.target}, onward) if transition.frees else set()
        if transition.frees and not any(workflow.states[state].frees_place for state in follow):
            whole.at("transition", transition.name, "when").complain(
                f'no place ever frees: no state that can follow "{transition.target}" has frees_place = true'
            )


def _check_hidden_moves(workflow: Workflow, whole: Spot) -> None:
    """Of two calendar moves at one moment the first in the file wins; without a guard it leaves nothing over."""
    for transition in workflow.transitions.values():
        left = set(transition.sources)
        for earlier in workflow.transitions.values():
            if earlier.position < transition.position and _takes_all(earlier) and earlier.when == transition.when:
                left -= set(earlier.sources)
                if not left:
                    whole.at("transition", transition.name, "when").complain(
                        f'"{earlier.name}" has moved every such dossier at the same moment'
                    )
                    break


def _takes_all(transition: Transition) -> bool:
    return transition.when is not None and not transition.guards


def _check_obligations(workflow: Workflow, whole: Spot) -> None:
    for obligation in workflow.obligations.values():
        meeting = workflow.meetings.get(obligation.attend or "")
        if meeting is None or meeting.open_to == EVERYONE:
            continue
        shut = [state for state in obligation.owed_by if state not in meeting.open_to]
        if shut:
            whole.at("obligation", obligation.name, "attend").complain(
                f'the meeting "{obligation.attend}" is not open to "{shut[0]}", which owes it'
            )


def _check_scores(workflow: Workflow, whole: Spot) -> None:
    for kind, name, guards in _guards(workflow):
        for guard in guards:
            if guard.word == "majority" and "criterion" not in whole.source.broken:
                _check_marks(workflow, guard, whole.at(kind, name, "only_if", guard.word))
            if guard.word != "score_at_least" or not isinstance(guard.value, NUMBERS):
                continue
            if sentence := outside_the_scale(workflow, guard.value):
                whole.at(kind, name, "only_if", guard.word).complain(sentence)


def _check_marks(workflow: Workflow, guard: Guard, place: Spot) -> None:
    for name, mark in guard.marks:
        worst, best = workflow.criteria[name].scale
        if not worst <= float(mark) <= best:
            place.at(name).complain(f'nobody can give {mark}: "{name}" is marked from {worst:g} to {best:g}')


def _guards(workflow: Workflow) -> Iterable[tuple[str, str, tuple[Guard, ...]]]:
    for transition in workflow.transitions.values():
        yield "transition", transition.name, transition.guards
    for reminder in workflow.reminders.values():
        yield "reminder", reminder.name, reminder.guards


def _check_uses(workflow: Workflow, whole: Spot) -> None:
    """What is declared and asked of nobody, and what is asked for and cannot be given."""
    owed = {obligation.deliver for obligation in workflow.obligations.values()}
    acting = {transition.by for transition in workflow.transitions.values()}
    acting |= {meeting.book_with for meeting in workflow.meetings.values()}
    for kind, name, guards in _guards(workflow):
        for guard in guards:
            missing = [asked for asked in guard.names if asked not in owed] if guard.word == "delivered" else []
            if missing and "obligation" not in whole.source.broken:
                whole.at(kind, name, "only_if", guard.word).complain(
                    f'cannot hold: no obligation asks for "{missing[0]}", so nobody can hand it in'
                )
    for name in workflow.deliverables:
        if name not in owed and "obligation" not in whole.source.broken:
            whole.at("deliverable", name).complain("no obligation asks for it", "warning")
    for name in workflow.committees:
        if name not in acting and "transition" not in whole.source.broken:
            whole.at("committee", name).complain(
                "it decides nothing: no transition is made by it, and nobody books its hours", "warning"
            )

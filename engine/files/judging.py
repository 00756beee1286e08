"""Do the parts of a workflow fit together: can every state be reached, left, and brought to an end?"""

from collections.abc import Iterable, Mapping

from engine.files.assessing import check_assessments
from engine.files.chains import check_chains
from engine.files.divided import check_divided
from engine.files.gating import check_gates
from engine.files.giving import outside_the_scale
from engine.files.own_days import check_own_days
from engine.files.paying import check_payments
from engine.files.source import Source, Spot
from engine.files.strands import check_strands
from engine.rules.conditions import Guard
from engine.rules.marks import is_on_scale
from engine.rules.numbers import NUMBERS
from engine.rules.questions import Question
from engine.rules.roles import reading_committee
from engine.rules.round import NEVER, Round
from engine.rules.timers import least_days, most_days
from engine.rules.times import Moment, OwnMoment, Span, Window
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF, Transition, Workflow


def judge_workflow(workflow: Workflow, source: Source) -> None:
    """Complain about whatever concerns several tables together."""
    whole = Spot(source, ())
    _check_general(workflow, whole)
    if not source.broken & {"workflow", "state", "transition"} and _names_states(workflow) <= set(workflow.states):
        _check_graph(workflow, whole)
        _check_places(workflow, whole)
        _check_hidden_moves(workflow, whole)
        _check_timed_reminders(workflow, whole)
        check_chains(workflow, whole)
        check_gates(workflow, whole)
        check_divided(workflow, whole)
    _check_draft(workflow, whole)
    check_own_days(workflow, whole)
    _check_kinds(workflow, whole)
    _check_obligations(workflow, whole)
    check_payments(workflow, whole)
    check_assessments(workflow, whole)
    _check_readers(workflow, whole)
    _check_committee_meetings(workflow, whole)
    _check_scores(workflow, whole)
    check_strands(workflow, whole)
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
    _check_titles(workflow.strands, whole.at("strand"))
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


def _check_kinds(workflow: Workflow, whole: Spot) -> None:
    """One earlier dossier is followed up, and one list of people is kept away: a second one would be read by nobody."""
    for kind in ("dossier", "conflicts"):
        names = [one.name for one in workflow.questions.values() if one.kind == kind]
        for name in names[1:]:
            whole.at("question", name, "kind").complain(f'"{names[0]}" has the kind "{kind}" already; one is read')
    for name in (one.name for one in workflow.questions.values() if one.kind == "conflicts"):
        if not workflow.committees and "committee" not in whole.source.broken:
            whole.at("question", name, "kind").complain("keeps nobody away: there is no [committee.NAME]")


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
    asking = ("money", "schedule")
    return next((name for form in forms for name, question in form.items() if question.kind in asking), None)


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


def judge_stranding(workflow: Workflow, source: Source, rounds: Mapping[str, tuple[Round, Source]]) -> None:
    """Complain about a state whose every way out is an act of applicants or staff, or the wait for a place, in a window
    that ends.

    A calendar move takes a dossier even late, and staff may minute a late verdict: neither leaves anybody stranded, nor
    does a move that the calendar makes after so long. A window that is counted from where the dossier came always ends;
    a phase that lasts until further notice does not: so it is judged with each round, and where all agree, of the
    rules.
    """
    if source.broken & {"workflow", "state", "transition"} or not _names_states(workflow) <= set(workflow.states):
        return
    for state in workflow.states:
        if state in workflow.ends_in:
            continue  # there a dossier rests for good; what leads out of it for a while strands nobody
        out = [transition for transition in workflow.transitions.values() if state in transition.sources]
        if not out or not all(move.is_limited and (move.frees or move.by in (APPLICANT, STAFF)) for move in out):
            continue
        windows = [move.window for move in out if move.window]
        ends = " and ".join(dict.fromkeys(f'"{_end_of(move)}"' for move in out))
        sentence = (
            f'after {ends} a dossier may be stranded in "{state}": no calendar move, verdict or later act '
            "leads out of it"
        )
        ending = {name: one for name, one in rounds.items() if not any(_lasts(one[0], window) for window in windows)}
        if len(ending) == len(rounds):
            Spot(source, ()).at("state", state).complain(sentence)
            continue
        for _, of in ending.values():
            Spot(of, ("phase", next(window.end.phase for window in windows))).at("to").complain(sentence)


def _end_of(move: Transition) -> Moment | OwnMoment | Span | None:
    """With what the time for a move ends."""
    window = move.window or move.own_window
    return window.end if window else move.within


def _lasts(round: Round, window: Window) -> bool:
    if window.during is None:
        return False
    own = round.apart.get(window.during, {}).values()
    return all(one.closes == NEVER for one in (round.phases[window.during], *own))


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
    """Of two calendar moves at one moment the first in the file wins; without a guard it leaves nothing over.

    So does one that comes earlier, where both are counted from the day on which a dossier came.
    """
    for transition in workflow.transitions.values():
        left = set(transition.sources)
        for other in workflow.transitions.values():
            if other is not transition and not other.guards and (when := _comes_first(other, transition)):
                left -= set(other.sources)
                if not left:
                    key = "when" if transition.after is None else "after"
                    whole.at("transition", transition.name, key).complain(
                        f'"{other.name}" has moved every such dossier {when}'
                    )
                    break


def _comes_first(one: Transition, other: Transition) -> str | None:
    """Whether the calendar makes the one move at the same moment and before the other, or earlier; said in words."""
    earlier = one.position < other.position
    if one.after is not None and other.after is not None:
        if most_days(one.after) < least_days(other.after):
            return f"after {one.after}"
        return f"after the same {one.after}" if earlier and one.after == other.after else None
    return "at the same moment" if earlier and one.when is not None and one.when == other.when else None


def _check_timed_reminders(workflow: Workflow, whole: Spot) -> None:
    """Nobody is reminded of where a dossier stands once the calendar has surely taken it from there."""
    for reminder in workflow.reminders.values():
        for span in reminder.after:
            gone = [_surely_left(workflow, state) for state in reminder.about]
            ends = [end for end in gone if end is not None and most_days(end) < least_days(span)]
            if len(ends) == len(gone):
                states = " or ".join(f'"{state}"' for state in reminder.about)
                whole.at("reminder", reminder.name, "after").complain(
                    f'"{span}" comes when the calendar has taken every dossier out of {states}, after {ends[-1]}'
                )


def _surely_left(workflow: Workflow, state: str) -> Span | None:
    """After how long the calendar has taken every dossier out of a state; None where it may stay."""
    moves = workflow.transitions.values()
    spans = [one.after for one in moves if one.after is not None and state in one.sources and not one.guards]
    return min(spans, key=most_days, default=None)


def _check_draft(workflow: Workflow, whole: Spot) -> None:
    """A form is handed in until one day that all know, which is printed on each of them."""
    for transition in workflow.transitions.values():
        if transition.within and transition.by == APPLICANT and workflow.begins_in in transition.sources:
            whole.at("transition", transition.name, "within").complain(
                f'a dossier in "{workflow.begins_in}" is handed in until one day for all; write "during" or "between"'
            )


def _check_obligations(workflow: Workflow, whole: Spot) -> None:
    for obligation in workflow.obligations.values():
        question = workflow.questions.get(obligation.each or "")
        if question is not None and question.kind != "schedule":
            whole.at("obligation", obligation.name, "each").complain(
                f'"{obligation.each}" has the kind "{question.kind}": only a schedule has rows, each with its day'
            )
        handed_in = workflow.deliverables.get(obligation.deliver or "")
        if handed_in is not None and handed_in.by != APPLICANT:
            whole.at("obligation", obligation.name, "deliver").complain(
                f'"{handed_in.name}" is handed in by "{handed_in.by}"; what is owed is handed in by the applicant'
            )
        meeting = workflow.meetings.get(obligation.attend or "")
        if meeting is None or meeting.open_to == EVERYONE:
            continue
        shut = [state for state in obligation.owed_by if state not in meeting.open_to]
        if shut:
            whole.at("obligation", obligation.name, "attend").complain(
                f'the meeting "{obligation.attend}" is not open to "{shut[0]}", which owes it'
            )


def _check_committee_meetings(workflow: Workflow, whole: Spot) -> None:
    """Nobody comes for a dossier to a meeting of a committee."""
    for kind, name, guards in _guards(workflow):
        for guard in guards:
            for meeting in guard.names if guard.word == "attended" else ():
                if meeting in workflow.meetings and (committee := workflow.meetings[meeting].committee):
                    whole.at(kind, name, "only_if", guard.word).complain(
                        f'cannot hold: "{meeting}" is a meeting of "{committee}", and no dossier is asked to it'
                    )


def _check_readers(workflow: Workflow, whole: Spot) -> None:
    """A committee that hands something in, or accepts it, must be the one that reads the dossier there."""
    wanted: list[tuple[str, str, str, str | None, tuple[str, ...]]] = [
        ("deliverable", one.name, "by", one.by, one.open_to)
        for one in workflow.deliverables.values()
        if one.by in workflow.committees
    ]
    wanted += [
        ("obligation", one.name, "accepted_by", one.accepted_by, one.owed_by)
        for one in workflow.obligations.values()
        if one.accepted_by in workflow.committees
    ]
    for kind, name, key, committee, states in wanted:
        for state in states:
            reads = reading_committee(workflow, state) if state in workflow.states else committee
            if reads != committee:
                who = f'"{reads}"' if reads else "no committee"
                whole.at(kind, name, key).complain(f'{who} reads a dossier in "{state}", and not "{committee}"')
                break


def _check_scores(workflow: Workflow, whole: Spot) -> None:
    """A least score must be one that can come of the marks, wherever the guard is judged."""
    for kind, name, guards in _guards(workflow):
        where = _judged_in(workflow, kind, name)
        for guard in guards:
            if guard.word == "majority" and "criterion" not in whole.source.broken:
                _check_marks(workflow, guard, whole.at(kind, name, "only_if", guard.word))
            if guard.word != "score_at_least" or not workflow.criteria:
                continue
            assert isinstance(guard.value, (str, *NUMBERS))
            if sentence := outside_the_scale(workflow, guard.value, where):
                whole.at(kind, name, "only_if", guard.word).complain(sentence)


def _judged_in(workflow: Workflow, kind: str, name: str) -> tuple[str, ...]:
    """The states of the dossiers that the guards of a rule judge."""
    if kind == "transition":
        return workflow.transitions[name].sources
    if kind == "reminder":
        return workflow.reminders[name].about
    return workflow.obligations[name].owed_by if kind == "obligation" else ()


def _check_marks(workflow: Workflow, guard: Guard, place: Spot) -> None:
    for name, mark in guard.marks:
        criterion = workflow.criteria[name]
        if not is_on_scale(criterion, float(mark)):
            worst, best = criterion.scale
            place.at(name).complain(f'nobody can give {mark}: "{name}" is marked from {worst:g} to {best:g}')


def _guards(workflow: Workflow) -> Iterable[tuple[str, str, tuple[Guard, ...]]]:
    for transition in workflow.transitions.values():
        yield "transition", transition.name, transition.guards
    for reminder in workflow.reminders.values():
        yield "reminder", reminder.name, reminder.guards
    for obligation in workflow.obligations.values():
        yield "obligation", obligation.name, obligation.guards


def _check_uses(workflow: Workflow, whole: Spot) -> None:
    """What is declared and asked of nobody, and what is asked for and cannot be given."""
    owed = {obligation.deliver for obligation in workflow.obligations.values()}
    owed |= {deliverable.name for deliverable in workflow.deliverables.values() if deliverable.open_to}
    acting = {transition.by for transition in workflow.transitions.values()}
    acting |= {one.by for one in workflow.assessments.values()}
    acting |= {meeting.book_with for meeting in workflow.meetings.values()}
    acting |= {str(guard.value) for _, _, guards in _guards(workflow) for guard in guards if guard.word == "member_of"}
    acting |= {meeting.committee for meeting in workflow.meetings.values()}
    acting |= {deliverable.by for deliverable in workflow.deliverables.values()}
    acting |= {obligation.accepted_by for obligation in workflow.obligations.values()}
    for kind, name, guards in _guards(workflow):
        for guard in guards:
            missing = [asked for asked in guard.names if asked not in owed] if guard.word == "delivered" else []
            if missing and "obligation" not in whole.source.broken:
                whole.at(kind, name, "only_if", guard.word).complain(
                    f'cannot hold: no obligation asks for "{missing[0]}", and it is open to no state, so nobody can '
                    "hand it in"
                )
    for name in workflow.deliverables:
        if name not in owed and "obligation" not in whole.source.broken:
            whole.at("deliverable", name).complain("no obligation asks for it, and it is open to no state", "warning")
    for name in workflow.committees:
        if name not in acting and "transition" not in whole.source.broken:
            whole.at("committee", name).complain(
                "it decides nothing: no transition is made by it, nobody books its hours, and it hands nothing in",
                "warning",
            )

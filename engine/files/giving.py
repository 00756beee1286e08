"""Does a round give every number and every list that the rules call by name, and none besides?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.errors import did_you_mean
from engine.files.amounts import ANY, CEILING, LEAST, LIMIT, PLACES, SEATS, Sort, crossed, is_of, read_number
from engine.files.conditions import called, conditions_in, questions_in
from engine.files.divided import not_by_strand
from engine.files.source import Source, Spot, written
from engine.files.tables import entries
from engine.files.values import read_list
from engine.rules.assessing import criteria_of, divisor, ends, floor_of, list_in
from engine.rules.budgets import BUDGET, draws_on
from engine.rules.marks import score_falls
from engine.rules.numbers import Given, Named, Number, PerStrand, Share, fill_in, parts_of
from engine.rules.questions import Question
from engine.rules.workflow import Workflow

SORTS: Mapping[str, Sort] = {"at_most": PLACES, "rank_at_most": PLACES, "score_at_least": LIMIT}
"""the guards that take a number, and which"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule calls by name: the rule, its key, and what may stand there."""

    name: str
    rule: str
    key: str
    sort: Sort | None
    """None for a list of texts"""
    states: tuple[str, ...] = ()
    """for a guard: where the dossiers stand that it judges"""
    of: str = ""
    """for seats: the meeting"""


def asked_of_rounds(workflow: Workflow) -> Iterator[Asked]:
    """All that the rules call by name, in the order of the file."""
    for path, question in questions_in(workflow):
        yield from _asked_of_question(question, called(path))
    for meeting in workflow.meetings.values():
        for name in _names_in(meeting.seats):
            yield Asked(name, f"[meeting.{meeting.name}]", "seats", SEATS, of=meeting.name)
    for transition in workflow.transitions.values():
        if draws_on(transition):
            yield Asked(BUDGET, f"[transition.{transition.name}]", "budget_left", CEILING)
        for guard in transition.guards:
            for name in _names_in(guard.value):
                yield Asked(name, f"[transition.{transition.name}]", guard.word, SORTS.get(guard.word),
                            transition.sources)  # fmt: skip
    for reminder in workflow.reminders.values():
        for guard in reminder.guards:
            for name in _names_in(guard.value):
                yield Asked(name, f"[reminder.{reminder.name}]", guard.word, SORTS.get(guard.word),
                            reminder.about)  # fmt: skip


def _asked_of_question(question: Question, rule: str) -> Iterator[Asked]:
    for key, number, sort in (("at_least", question.at_least, LEAST), ("at_most", question.at_most, CEILING)):
        for name in _names_in(number):
            yield Asked(name, rule, key, sort)
    if isinstance(question.choices, Named):
        yield Asked(question.choices.name, rule, "choices", None)


def _names_in(number: object) -> list[str]:
    if isinstance(number, Named):
        return [number.name]
    if isinstance(number, PerStrand):
        return [one.name for one in number.of.values() if isinstance(one, Named)]
    return []


def read_given(source: Source) -> dict[str, Given]:
    """What stands under `[given]`, as far as it is well written."""
    found: dict[str, Given] = {}
    for name, value, spot in entries(source, "given"):
        read = read_list(value, spot) if isinstance(value, list) else read_number(ANY, named=False)(value, spot)
        if read is not None:
            found[name] = read
    return found


def judge_given(workflow: Workflow, given: Mapping[str, Given], source: Source) -> None:
    """Complain about what the rules ask for and the round does not give, gives of another sort, or gives in vain."""
    table = Spot(source, ("given",))
    raw = (source.data or {}).get("given")
    written_names = set(raw) if isinstance(raw, dict) else set()
    asked = list(asked_of_rounds(workflow))
    known = tuple(dict.fromkeys(one.name for one in asked))
    strangers = [name for name in written_names if name not in known]
    for name in strangers:
        table.at(name).unknown("rule that asks for", name, known)
    missing = [name for name in known if name not in written_names]
    # a misspelt name is complained about where it stands, and not once more where it is missing
    for name in missing if not strangers else missing[len(strangers) :]:
        one = next(one for one in asked if one.name == name)
        table.at(name).complain(f"is not given, and {one.rule} {one.key} asks for it")
    for one in asked:
        if one.name in given:
            _judge_one(workflow, one, given, table.at(one.name))
    if not source.has_errors:
        _judge_limits(workflow, given, table)
        _judge_choices(workflow, given, table)


def _judge_limits(workflow: Workflow, given: Mapping[str, Given], table: Spot) -> None:
    """Between the least and the most that a question takes there must be room, with the numbers of the round."""
    for path, question in questions_in(workflow):
        names = [*_names_in(question.at_least), *_names_in(question.at_most)]
        limits = (None if one is None else fill_in(one, given) for one in (question.at_least, question.at_most))
        if names and (too_small := crossed(*limits)):
            table.at(names[0]).complain(
                f"leaves nothing that would do: {called(path)} takes at least {too_small[0]} and at most "
                f"{too_small[1]}"
            )


def _judge_choices(workflow: Workflow, given: Mapping[str, Given], table: Spot) -> None:
    """A condition on an answer must name what can be chosen in the round."""
    asked = {question.key: question for _, question in questions_in(workflow)}
    for path, guards in conditions_in(workflow):
        for guard in guards:
            for key, wanted in guard.value.items() if isinstance(guard.value, Mapping) else ():
                choices = asked[key].choices if key in asked else ()  # what says too little was complained about
                if not isinstance(choices, Named) or not isinstance(known := given.get(choices.name), tuple):
                    continue
                for one in (one for one in wanted if one not in known):
                    asks = f'{called(path)} asks whether "{key}" is answered "{one}"'
                    table.at(choices.name).complain(f"{asks}, which is not given{did_you_mean(one, known)}")


def _judge_one(workflow: Workflow, one: Asked, given: Mapping[str, Given], spot: Spot) -> None:
    value, why = given[one.name], f"{one.rule} {one.key} asks for"
    if one.sort is None:
        if not isinstance(value, tuple):
            spot.complain(f"must be a list of texts: {why} it")
        return
    if isinstance(value, tuple):
        spot.complain(f"must be a number: {why} it")
        return
    if one.of and isinstance(value, PerStrand) and (not_for := not_by_strand(workflow.meetings[one.of].per)):
        spot.complain(f"gives one number for each strand for {one.rule} {one.key}, and {not_for}")
    for part in parts_of(value, {}):
        if isinstance(part, Share) and not one.sort.share:
            spot.complain(f'"{part}" is a share of nothing: {why} a number')
        elif not isinstance(part, Share) and not is_of(one.sort, part):
            spot.complain(f"{written(part)} is not {one.sort.says()}, which {why}")
    if one.key == "score_at_least" and (sentence := outside_the_scale(workflow, value, one.states)):
        spot.complain(f"{sentence}; {why} it")


def outside_the_scale(workflow: Workflow, number: Number | str, states: Iterable[str]) -> str | None:
    """Why no score could be so high, or every score is, in one of these states; a name is judged with its round."""
    scored = [name for one in workflow.assessments.values() for name in one.criteria]
    if not workflow.criteria or not workflow.criteria.keys() >= set(scored):
        return None  # a criterion that is badly written was complained about
    return next(filter(None, (_no_such_score(workflow, state, number) for state in states)), None)


def _no_such_score(workflow: Workflow, state: str, floor: Number | str) -> str | None:
    one = list_in(workflow, state)
    if one is not None and not set(one.criteria) <= set(workflow.criteria):
        return None  # a criterion that says too little was complained about
    if one is None or not divisor(workflow, one):
        return f'cannot hold: no score is given before a dossier is "{state}"'
    criteria = criteria_of(workflow, one)
    if isinstance(floor, str):
        scales = {criterion.words for criterion in criteria.values() if criterion.weight}
        if len(scales) != 1 or floor not in next(iter(scales)):
            return f'"{floor}" can be no score: not every criterion that counts has this mark'
        return f'"{floor}" can be no score where marks are added up; write a number' if one.score == "sum" else None
    low, high = ends(workflow, one)
    for part in parts_of(floor, {}):
        if not isinstance(part, Named) and not low < floor_of(workflow, one, part).worth <= high:
            if score_falls(criteria.values()):
                return f"{part} lies outside the scores that can be given: below {high:g}, down to {low:g}"
            return f"{part} lies outside the scores that can be given: above {low:g}, up to {high:g}"
    return None

"""What do a committee's members think of the dossiers before them?"""

from collections.abc import Iterator, Sequence

from engine.rehearsal.acts import CONFLICT, RECOMMENDATION, SCORE, Act
from engine.rehearsal.decisions import Decision, first_sitting
from engine.rehearsal.hours import office_hour, on_workday, part
from engine.rehearsal.inventing import Invented
from engine.rehearsal.phrases import phrases
from engine.rehearsal.setting import Setting
from engine.rehearsal.watching import Standing, View
from engine.rules.facts import weighted_score

LATE = (0.68, 0.9)
"""how far into the time of a decision those give their marks who are late with them: it first sits at 0.6"""
Marks = dict[str, dict[str, dict[str, float]]]
"""number -> member's address -> criterion -> mark"""


def read_and_score(setting: Setting, decision: Decision, view: View, now: int) -> Iterator[Act]:
    """All that the members do before they sit: conflicts, their marks, and a recommendation for each dossier.

    The marks are such that two dossiers tie at the last place, where there are more dossiers than places. Members who
    are late give theirs when the committee has met already.
    """
    chance, zone = setting.inventor.chance, setting.calendar.zone
    members = setting.members[decision.committee]
    before = view.dossiers_in(decision.win.sources)
    marks = marks_for(setting, before, members)
    ties = _ties(setting, _conflict(setting, decision, marks, members[-1]), marks, members)
    late = members[1 : 1 + setting.late]

    def some_day(first: float, last: float, until: int = first_sitting(setting, decision)) -> int:
        instant = part(decision.span, chance.uniform(first, last))
        return on_workday(instant, zone, office_hour(chance), within=(now, max(until, now + 1)))

    for dossier in before:
        if tied := ties.get(dossier.number):
            reason = phrases(setting.workflow.language).conflict
            yield Act(now, tied.email, CONFLICT, dossier.number, {"reason": reason})
        free = [member for member in members if member != tied]
        for member in free:
            given = marks[dossier.number][member.email]
            if given:
                values = {name: f"{mark:g}" for name, mark in given.items()}
                when = some_day(*LATE, decision.span[1]) if member in late else some_day(0.15, 0.5)
                yield Act(when, member.email, SCORE, dossier.number, values)
        writes = chance.choice(free)
        words = setting.inventor.recommendation(dossier.language)
        yield Act(some_day(0.4, 0.56), writes.email, RECOMMENDATION, dossier.number, {"words": words})


def _ties(setting: Setting, first: str | None, marks: Marks, members: Sequence[Invented]) -> dict[str, Invented]:
    """Dossier -> the member who has a conflict with it: as many as are wanted, the members in turn from the last."""
    wanted = setting.conflicts
    if first is None or wanted < 1:
        return {}
    others = [number for number in marks if number != first]
    more = setting.inventor.chance.sample(others, k=min(len(others), wanted - 1)) if wanted > 1 else []
    return {number: members[-1 - place % len(members)] for place, number in enumerate((first, *more))}


def marks_for(setting: Setting, dossiers: Sequence[Standing], members: Sequence[Invented]) -> Marks:
    """What each member would give: around the same merit, each a little otherwise."""
    chance, marks = setting.inventor.chance, Marks()
    for dossier in dossiers:
        merit = chance.triangular(0.2, 0.95, 0.6)
        marks[dossier.number] = {
            member.email: {
                criterion.name: _mark(criterion.scale, merit + chance.uniform(-0.2, 0.2))
                for criterion in setting.workflow.criteria.values()
            }
            for member in members
        }
    return marks


def _mark(scale: tuple[int | float, int | float], merit: float) -> float:
    worst, best = scale
    return float(round(worst + (best - worst) * min(1.0, max(0.0, merit))))


def _conflict(setting: Setting, decision: Decision, marks: Marks, member: Invented) -> str | None:
    """Choose the dossier that one member has a conflict with, and make two others tie at the last place."""
    criteria = setting.workflow.criteria
    numbers = list(marks)
    setting.inventor.chance.shuffle(numbers)
    line = decision.places or 0
    for candidate in numbers:

        def merit(number: str, candidate: str = candidate) -> tuple[float, str]:
            away = frozenset({member.email}) if number == candidate else frozenset[str]()
            return (-(weighted_score(criteria, marks[number], away) or 0.0), number)

        ranked = sorted(marks, key=merit)
        if not criteria or not 0 < line < len(ranked):
            return candidate
        if candidate not in ranked[line - 1 : line + 1]:
            _tie(setting, marks, ranked, line)
            return candidate
    return None


def _tie(setting: Setting, marks: Marks, ranked: Sequence[str], line: int) -> None:
    """The last that passes and the first that does not get the same marks, and nobody else scores the same."""
    criteria = setting.workflow.criteria
    last, next_one = ranked[line - 1], ranked[line]
    marks[next_one] = marks[last]
    tied = weighted_score(criteria, marks[last])
    first = next(iter(criteria.values()))
    for place, number in enumerate(ranked):
        if number in (last, next_one) or weighted_score(criteria, marks[number]) != tied:
            continue
        # one step for one member; towards the better end above the line, towards the worse one below it
        end, step = (first.scale[1], 1) if place < line else (first.scale[0], -1)
        for given in marks[number].values():
            if given[first.name] != end:
                given[first.name] += step if first.scale[0] < first.scale[1] else -step
                break

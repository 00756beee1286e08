"""What do a committee's members think of the dossiers before them?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.rehearsal.acts import ASSIGNMENT, CONFLICT, RECOMMENDATION, SCORE, Act
from engine.rehearsal.decisions import Decision, first_sitting
from engine.rehearsal.hours import office_hour, on_workday, part
from engine.rehearsal.inventing import Invented
from engine.rehearsal.phrases import phrases
from engine.rehearsal.setting import Setting
from engine.rehearsal.watching import Standing, View
from engine.rules.facts import weighted_score
from engine.rules.marks import written
from engine.rules.workflow import Criterion

LATE = (0.68, 0.9)
"""how far into the time of a decision those give their marks who are late with them: it first sits at 0.6"""
Marks = dict[str, dict[str, dict[str, float]]]
"""number -> member's address -> criterion -> mark"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a committee reads before it sits (or before the calendar goes on): whose dossiers, how long, on what."""

    committee: str
    states: tuple[str, ...]
    span: tuple[int, int]
    until: int
    """by when all but those who are late have said it"""
    places: int | None
    criteria: Mapping[str, Criterion]
    readers: int | None = None
    only: frozenset[str] | None = None
    """the numbers of the dossiers that are read now; all that are there, if None"""
    strand: str | None = None
    """of whose dossiers alone, where strands have dates of their own"""


def reading_for(setting: Setting, decision: Decision) -> Reading:
    """What is read before a decision, where the rules declare no assessment."""
    until, criteria = first_sitting(setting, decision), setting.workflow.criteria
    strand = decision.strand if setting.calendar.apart else None
    return Reading(
        decision.committee, decision.win.sources, decision.span, until, decision.places, criteria, strand=strand
    )


def read_and_score(setting: Setting, reading: Reading, view: View, now: int) -> Iterator[Act]:
    """All that the members do before they sit: conflicts, their marks, and a recommendation for each dossier.

    The marks are such that two dossiers tie at the last place, where there are more dossiers than places. Members who
    are late give theirs when the committee has met already.
    """
    there = [one for one in view.dossiers_in(reading.states) if reading.strand in (None, one.strand)]
    wanted = [one for one in there if reading.only is None or one.number in reading.only]
    for members, before in setting.before(reading.committee, view, wanted):
        yield from _read(setting, reading, members, before, now)


def _read(
    setting: Setting, reading: Reading, members: tuple[Invented, ...], before: Sequence[Standing], now: int
) -> Iterator[Act]:
    """The same of one committee."""
    chance, zone = setting.inventor.chance, setting.calendar.zone
    marks = marks_for(setting, before, members, reading.criteria, reading.readers)
    ties = _ties(setting, _conflict(setting, reading, marks, members[-1]), marks, members)
    late = members[1 : 1 + setting.late]

    def some_day(first: float, last: float, until: int = reading.until) -> int:
        instant = part(reading.span, chance.uniform(first, last))
        return on_workday(instant, zone, office_hour(chance), within=(now, max(until, now + 1)))

    for dossier in before:
        tied, reads = ties.get(dossier.number), [one for one in members if one.email in marks[dossier.number]]
        free = [one for one in reads if one != tied] or reads  # its only reader stays
        if tied and tied not in free:
            reason = phrases(setting.workflow.language).conflict
            yield Act(now, tied.email, CONFLICT, dossier.number, {"reason": reason})
        for member in free if reading.readers else ():
            values = {"committee": reading.committee, "member": member.email}
            yield Act(now, setting.staff[0].email, ASSIGNMENT, dossier.number, values)
        for member in free:
            given = marks[dossier.number][member.email]
            if given:
                values = {name: written(reading.criteria[name], mark) for name, mark in given.items()}
                when = some_day(*LATE, reading.span[1]) if member in late else some_day(0.15, 0.5)
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


def marks_for(
    setting: Setting, dossiers: Sequence[Standing], members: Sequence[Invented],
    criteria: Mapping[str, Criterion] | None = None, readers: int | None = None,
) -> Marks:
    """What each member would give (or so many `readers` of each dossier): around the same merit, a little otherwise.

    Without `criteria` on every one that the rules have.
    """
    criteria = setting.workflow.criteria if criteria is None else criteria
    chance, marks = setting.inventor.chance, Marks()
    for dossier in dossiers:
        merit = chance.triangular(0.2, 0.95, 0.6)
        reads = members if readers is None else chance.sample(members, min(readers, len(members)))
        marks[dossier.number] = {
            member.email: {
                criterion.name: _mark(criterion.scale, merit + chance.uniform(-0.2, 0.2))
                for criterion in criteria.values()
            }
            for member in reads
        }
    return marks


def _mark(scale: tuple[int | float, int | float], merit: float) -> float:
    worst, best = scale
    return float(round(worst + (best - worst) * min(1.0, max(0.0, merit))))


def _conflict(setting: Setting, reading: Reading, marks: Marks, member: Invented) -> str | None:
    """Choose the dossier that one member has a conflict with, and make two others tie at the last place."""
    criteria = reading.criteria
    numbers = list(marks)
    setting.inventor.chance.shuffle(numbers)
    line = reading.places or 0
    for candidate in numbers:

        def merit(number: str, candidate: str = candidate) -> tuple[float, str]:
            away = frozenset({member.email}) if number == candidate else frozenset[str]()
            return (-(weighted_score(criteria, marks[number], away) or 0.0), number)

        ranked = sorted(marks, key=merit)
        if not criteria or not 0 < line < len(ranked):
            return candidate
        if candidate not in ranked[line - 1 : line + 1]:
            _tie(criteria, marks, ranked, line)
            return candidate
    return None


def _tie(criteria: Mapping[str, Criterion], marks: Marks, ranked: Sequence[str], line: int) -> None:
    """The last that passes and the first that does not get the same marks, and nobody else scores the same."""
    last, next_one = ranked[line - 1], ranked[line]
    marks[next_one] = marks[last]
    tied = weighted_score(criteria, marks[last])
    first = next((one for one in criteria.values() if one.weight), None)
    if first is None:
        return
    for place, number in enumerate(ranked):
        if number in (last, next_one) or weighted_score(criteria, marks[number]) != tied:
            continue
        # one step for one member; towards the better end above the line, towards the worse one below it
        end, step = (first.scale[1], 1) if place < line else (first.scale[0], -1)
        for given in marks[number].values():
            if given[first.name] != end:
                given[first.name] += step if first.scale[0] < first.scale[1] else -step
                break

"""When do committees read what an assessment gives them, and what do they agree on?"""

from collections.abc import Iterator, Sequence
from datetime import time
from functools import partial
from itertools import product

from engine.rehearsal.acts import AGREED, VERDICT, Act
from engine.rehearsal.decisions import decisions, first_sitting
from engine.rehearsal.hours import DAY, HOUR, next_workday, on_workday, part
from engine.rehearsal.inventing import Invented
from engine.rehearsal.judging import Reading, read_and_score
from engine.rehearsal.phrases import phrases
from engine.rehearsal.setting import Setting
from engine.rehearsal.watching import Standing, View
from engine.rules.assessing import criteria_of
from engine.rules.marks import written
from engine.rules.moments import from_instant
from engine.rules.timers import instant_of, last_day_of, over_at
from engine.rules.times import Moment, Window
from engine.rules.workflow import Assessment, Transition

AGREEING, SITTING = time(9, 30), time(14)
"""half an hour before the committee sits on its verdicts, and when it decides on what it has read as it came"""
LOOKS_AGAIN, WAITS = 7 * DAY, 400 * DAY
"""when it looks again whether a day of a dossier has been given, and after how long it does no more"""


def assess(setting: Setting) -> None:
    """Put into the plan that each assessment is read and scored, and that its chair enters a score that was agreed."""
    zone = setting.calendar.zone
    strands = tuple(setting.workflow.strands) if setting.calendar.apart else (None,)
    for one, strand in product(setting.workflow.assessments.values(), strands):
        if one.within or one.own_window:
            continue  # each as it comes
        reading = _reading(setting, one, strand)
        begins = min(next_workday(part(reading.span, 0.06), zone, time(9)), part(reading.span, 0.14))
        setting.plan.at(begins, partial(read_and_score, setting, reading))
        if one.score == "consensus":
            agrees = on_workday(part(reading.span, 0.58), zone, AGREEING, within=reading.span)
            setting.plan.at(agrees, partial(_agree, setting, one, strand=strand))


def _reading(setting: Setting, one: Assessment, strand: str | None) -> Reading:
    """Whose dossiers are read in an assessment, and from when to when: of one strand, by its own dates."""
    workflow, calendar = setting.workflow, setting.calendar.of_strand(strand)
    about = (known for known in decisions(setting) if set(known.win.sources) & set(one.about))
    decision = next((known for known in about if strand in (None, known.strand)), None)
    window = calendar.window(one.window) if one.window else None
    if decision is not None and (window is None or window[0] >= decision.span[0]):
        span, until = decision.span, first_sitting(setting, decision)
    elif window is not None:
        span, until = window, part(window, 0.85)
    else:
        phases = [workflow.states[state].phase for state in one.about]
        named = next((phase for phase in phases if phase), next(iter(workflow.phases)))
        span = calendar.window(Window(Moment(named, "opens"), Moment(named, "closes"), named))
        until = part(span, 0.85)
    moves = [move for move in workflow.transitions.values() if set(move.sources) & set(one.about)]
    caps = [int(cap.value) for move in moves if (cap := move.guard("at_most")) and isinstance(cap.value, int)]
    places = min(caps, default=None)
    return Reading(one.by, one.about, span, until, places, criteria_of(workflow, one), one.readers, strand=strand)


class AsTheyCome:
    """The dossiers whose time to be scored is counted from where they came, or is given by days of their own: those
    that came together are read so."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._own = [one for one in setting.workflow.assessments.values() if one.within or one.own_window]
        states = {state for one in self._own for state in one.about}
        self._into = {one.name: one for one in setting.workflow.transitions.values() if one.target in states}
        self._last_id = 0

    def watch(self, view: View) -> None:
        """Put into the plan that each group of dossiers that has just come there is read and scored."""
        if not self._into:
            return
        moved, self._last_id = view.moved_after(self._last_id, self._into)
        groups: dict[tuple[str, int], set[str]] = {}
        for number, name, at in moved:
            groups.setdefault((self._into[name].target, at), set()).add(number)
        for (state, at), numbers in groups.items():
            for one in self._own:
                if state in one.about and one.within is not None:
                    span = (at, over_at(last_day_of(at, one.within, self.setting.calendar), self.setting.calendar.zone))
                    self._put(one, frozenset(numbers), span)
                elif state in one.about:
                    for number in sorted(numbers):
                        self.setting.plan.at(at, partial(self._wait, one, number, at + WAITS))

    def _wait(self, one: Assessment, number: str, until: int, view: View, now: int) -> Iterator[Act]:
        """Have a dossier read when the day of its own comes; look again in a week while nobody has given it."""
        assert one.own_window is not None
        if view.state(number) in one.about and now < until:
            days = view.own_days(number, self.setting.calendar.zone)
            edges = (one.own_window.start, one.own_window.end)
            opens, closes = (instant_of(edge, self.setting.calendar, days) for edge in edges)
            if opens is None:
                self.setting.plan.at(now + LOOKS_AGAIN, partial(self._wait, one, number, until))
            elif closes is None or closes - HOUR > max(opens, now):
                begins = max(opens, now)
                self._put(one, frozenset({number}), (begins, begins + LOOKS_AGAIN if closes is None else closes))
        return iter(())

    def _put(self, one: Assessment, numbers: frozenset[str], span: tuple[int, int]) -> None:
        setting, zone, at = self.setting, self.setting.calendar.zone, span[0]
        reading = Reading(
            one.by, one.about, span, part(span, 0.6), None, criteria_of(setting.workflow, one), one.readers, numbers
        )
        begins = max(at, min(next_workday(at, zone, time(9)), part(span, 0.14)))
        setting.plan.at(begins, partial(read_and_score, setting, reading))
        if one.score == "consensus":
            agrees = on_workday(part(span, 0.7), zone, AGREEING, within=span)
            setting.plan.at(agrees, partial(_agree, setting, one, only=numbers))
        sits = on_workday(part(span, 0.85), zone, SITTING, within=span)
        setting.plan.at(sits, partial(_decide_at_once, setting, one, numbers))


def _decide_at_once(
    setting: Setting, one: Assessment, numbers: frozenset[str], view: View, now: int
) -> Iterator[Act]:
    """The chair decides on what the committee has read, best what goes on; nothing that waits for a moment of
    all."""
    workflow = setting.workflow
    scores = view.scores(numbers)
    for chair, dossier in _led(setting, one.by, view, view.dossiers_in(one.about)):
        ways = [
            way
            for way in workflow.transitions.values()
            if way.by == one.by and way.effect is None and dossier.state in way.sources
            and _may_choose(way, scores.get(dossier.number))
        ]  # fmt: skip
        if dossier.number in numbers and ways:
            way = min(ways, key=lambda move: move.target in workflow.ends_in)
            day = from_instant(now, setting.calendar.zone).date()
            values = setting.inventor.new_value(
                workflow, way, dossier.language, dossier.strand, day, view.answers(dossier.number)
            )
            if way.guard("reason"):
                values["reason"] = phrases(workflow.language).waived
            what = VERDICT if way.takes_effect else way.name
            if way.takes_effect:
                values = {"transition": way.name, **values}
            yield Act(now, chair.email, what, dossier.number, values)


def _led(
    setting: Setting, committee: str, view: View, dossiers: Sequence[Standing]
) -> list[tuple[Invented, Standing]]:
    """Each dossier with the chair of the committee before which it lies, by number."""
    pairs = [(members[0], its) for members, these in setting.before(committee, view, dossiers) for its in these]
    return sorted(pairs, key=lambda pair: pair[1].number)


def _may_choose(way: Transition, score: float | None) -> bool:
    """Whether what a move asks for holds, as far as whoever decides can tell without trying."""
    for guard in way.guards:
        if guard.word == "score_at_least" and isinstance(guard.value, int | float):
            if score is None or score < guard.value:
                return False
        elif guard.word not in ("reason", "recommendation", "score"):
            return False
    return True


def _agree(
    setting: Setting,
    one: Assessment,
    view: View,
    now: int,
    *,
    only: frozenset[str] | None = None,
    strand: str | None = None,
) -> Iterator[Act]:
    """The chair enters for each dossier what most of the members would sign: a mark in the upper half of the scale."""
    chance = setting.inventor.chance
    for chair, dossier in _led(setting, one.by, view, view.dossiers_in(one.about)):
        if (only is not None and dossier.number not in only) or strand not in (None, dossier.strand):
            continue
        merit = chance.triangular(0.3, 1.0, 0.7)
        values = {}
        for name, criterion in criteria_of(setting.workflow, one).items():
            worst, best = criterion.scale
            values[name] = written(criterion, float(round(worst + (best - worst) * merit)))
        yield Act(now, chair.email, AGREED, dossier.number, values)

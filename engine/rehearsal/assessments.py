"""When do committees read what an assessment gives them, and what do they agree on?"""

from collections.abc import Iterator
from datetime import time
from functools import partial
from itertools import product

from engine.rehearsal.acts import AGREED, Act
from engine.rehearsal.decisions import decisions, first_sitting
from engine.rehearsal.hours import next_workday, on_workday, part
from engine.rehearsal.judging import Reading, read_and_score
from engine.rehearsal.setting import Setting
from engine.rehearsal.watching import View
from engine.rules.assessing import criteria_of
from engine.rules.marks import written
from engine.rules.workflow import Assessment, Moment, Window

AGREEING = time(9, 30)
"""half an hour before the committee sits on its verdicts"""


def assess(setting: Setting) -> None:
    """Put into the plan that each assessment is read and scored, and that its chair enters a score that was agreed."""
    zone = setting.calendar.zone
    strands = tuple(setting.workflow.strands) if setting.calendar.apart else (None,)
    for one, strand in product(setting.workflow.assessments.values(), strands):
        reading = _reading(setting, one, strand)
        begins = min(next_workday(part(reading.span, 0.06), zone, time(9)), part(reading.span, 0.14))
        setting.plan.at(begins, partial(read_and_score, setting, reading))
        if one.score == "consensus":
            agrees = on_workday(part(reading.span, 0.58), zone, AGREEING, within=reading.span)
            setting.plan.at(agrees, partial(_agree, setting, one, strand))


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
    return Reading(one.by, one.about, span, until, places, criteria_of(workflow, one), one.readers, strand)


def _agree(setting: Setting, one: Assessment, strand: str | None, view: View, now: int) -> Iterator[Act]:
    """The chair enters for each dossier what most of the members would sign: a mark in the upper half of the scale."""
    chair, chance = setting.members[one.by][0], setting.inventor.chance
    for dossier in (known for known in view.dossiers_in(one.about) if strand in (None, known.strand)):
        merit = chance.triangular(0.3, 1.0, 0.7)
        values = {}
        for name, criterion in criteria_of(setting.workflow, one).items():
            worst, best = criterion.scale
            values[name] = written(criterion, float(round(worst + (best - worst) * merit)))
        yield Act(now, chair.email, AGREED, dossier.number, values)

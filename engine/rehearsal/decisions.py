"""What do committees decide, and from when to when do they work on it?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from engine.rehearsal.acts import APPROVE, Act
from engine.rehearsal.hours import DAY, HOUR, MINUTE, on_workday, part
from engine.rehearsal.setting import Setting
from engine.rules.agenda import batches_of, effect_at, moment_and_intake
from engine.rules.guards import named
from engine.rules.times import Moment, Window
from engine.rules.workflow import Transition

APPROVING, SITTING = time(16, 30), time(10)


@dataclass(frozen=True, slots=True)
class Decision:
    """One committee's verdicts that take effect at one moment (UTC microseconds), on one strand or on all dossiers."""

    committee: str
    win: Transition
    lose: Transition | None
    span: tuple[int, int]
    """from the opening of its window until staff approve"""
    effect: int
    strand: str | None = None
    batch: int | None = None
    """of which batch, where its moment comes for each"""

    @property
    def places(self) -> int | None:
        """How many may pass, where one whole number says so for all; else None."""
        cap = self.win.guard("at_most")
        return int(cap.value) if cap and isinstance(cap.value, int) else None


def first_sitting(setting: Setting, decision: Decision) -> int:
    """When the committee sits for the first time: whoever reads has read by then."""
    within = decision.span
    return on_workday(part(within, 0.6), setting.calendar.zone, SITTING, within=within)


def approved_at(setting: Setting, effect: int) -> int:
    """When staff approve what happens at `effect`: in the afternoon of the last weekday before it."""
    within = (effect - 7 * DAY, effect)
    return on_workday(effect - DAY, setting.calendar.zone, APPROVING, within=within)


def decisions(setting: Setting) -> list[Decision]:
    """What committees decide, in the order of time."""
    groups: dict[tuple[str, str], list[Transition]] = {}
    for transition in setting.workflow.transitions.values():
        by = transition.by
        moment = transition.effect
        own = transition.own_effect and not _each_as_it_comes(setting, transition)
        is_timed = transition.window or own or (moment and moment.phase == setting.calendar.cut)
        if by and by in setting.workflow.committees and transition.takes_effect and is_timed:
            groups.setdefault((by, str(transition.takes_effect)), []).append(transition)
    found = []
    for (committee, _), strand, transitions in (
        (key, strand, some) for key, whole in groups.items() for strand, some in _by_strand(setting, whole)
    ):
        ends_in = setting.workflow.ends_in
        # a cap marks the verdict that everybody hopes for; without one it is what does not end the dossier
        win = min(transitions, key=lambda move: (not move.guard("at_most"), move.target in ends_in))
        lose = next((move for move in transitions if move is not win and move.sources == win.sources), None)
        cut = setting.calendar.cut
        recurs = cut is not None and win.effect is not None and win.effect.phase == cut
        for batch in range(1, len(setting.calendar.batches) + 1) if recurs else (None,):
            calendar = setting.calendar.of_batch(batch).of_strand(strand)
            if win.effect is None:
                begins, effect = calendar.window(win.window or _phase_of(setting, win))
                found.append(Decision(committee, win, lose, (begins, effect - HOUR), effect, strand, batch))
                continue
            effect = effect_at(setting.workflow, calendar, win.effect)
            begins, ends = calendar.window(win.window) if win.window else (0, effect)
            if recurs:
                # whoever reads has what came in the batch, once that is over
                begins = max(begins, calendar.instant(Moment(win.effect.phase, "closes")))
            span = (begins, max(begins + 2, min(ends, approved_at(setting, effect)) - HOUR))
            found.append(Decision(committee, win, lose, span, effect, strand, batch))
    return sorted(found, key=lambda decision: decision.effect)


def _each_as_it_comes(setting: Setting, move: Transition) -> bool:
    """Whether what is decided on is read on days of its own, so that it is decided on then."""
    about = (one for one in setting.workflow.assessments.values() if set(one.about) & set(move.sources))
    return any(one.within or one.own_window for one in about)


def _phase_of(setting: Setting, move: Transition) -> Window:
    """The phase in which a committee decides that has no window for it and no moment of all."""
    phases = [setting.workflow.states[state].phase for state in move.sources]
    named = next((phase for phase in phases if phase), next(iter(setting.workflow.phases)))
    return Window(Moment(named, "opens"), Moment(named, "closes"), named)


def _by_strand(
    setting: Setting, transitions: list[Transition]
) -> Iterator[tuple[str | None, list[Transition]]]:
    """The verdicts that go for each strand, where a guard asks for one, or strands have dates of their own; else all of
    them, for every dossier."""
    asked = {one.name: named(guard) for one in transitions if (guard := one.guard("strand"))}
    if not asked and not setting.calendar.apart:
        yield None, transitions
        return
    for strand in setting.workflow.strands:
        if here := [one for one in transitions if strand in asked.get(one.name, (strand,))]:
            yield strand, here


def approve_batches(setting: Setting) -> None:
    """Put into the plan that staff approve each batch in time: one of them, or both."""
    approvals: dict[str, tuple[int, int]] = {}
    for transition in setting.workflow.transitions.values():
        for batch in batches_of(transition, setting.calendar):
            calendar = setting.calendar.of_batch(moment_and_intake(batch)[1])
            if transition.effect:
                effect = effect_at(setting.workflow, calendar, transition.effect)
            else:
                assert transition.moment is not None
                effect = calendar.instant(transition.moment)
            needed = 2 if transition.release == "two people" else 1
            approvals[batch] = (effect, max(needed, approvals.get(batch, (0, 0))[1]))
    for batch, (effect, needed) in approvals.items():
        for place, person in enumerate(setting.staff[:needed]):
            instant = approved_at(setting, effect) + place * 20 * MINUTE
            setting.plan.put(Act(instant, person.email, APPROVE, values={"batch": batch}))

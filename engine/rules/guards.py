"""May this dossier move, and if not, why not?

Each guard is a word of a closed list, never an expression. It gives a refusal, a sentence, or None: the machine's
boolean is derived from the reasons, so nobody is ever told just "no".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.errors import Refusal
from engine.rules.facts import UNFULFILLED, Facts, best_score
from engine.rules.forms import missing
from engine.rules.giving import asked_of
from engine.rules.numbers import NUMBERS, amount, is_by_strand, places
from engine.rules.workflow import Guard, Transition, Workflow


@dataclass(frozen=True, slots=True)
class Case:
    """What a guard judges: the value it asks for, the dossier, and the state that would be entered (if any)."""

    value: object
    facts: Facts
    workflow: Workflow
    target: str | None


Judge = Callable[[Case], tuple[Refusal, ...]]
"""the case -> the reasons against, none when the guard holds"""

CAPS = frozenset({"at_most"})
"""Guards about the places of a round: judged when an act or a verdict is recorded, and over a cohort."""


def named(guard: Guard) -> tuple[str, ...]:
    """The names that a guard asks for: of deliverables, a meeting, strands."""
    return _names(guard.value)


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(name) for name in value) if isinstance(value, tuple) else (str(value),)


def _form(case: Case) -> tuple[Refusal, ...]:
    return missing(asked_of(case.workflow.questions, case.facts.strand), case.facts.answers)


def _delivered(case: Case) -> tuple[Refusal, ...]:
    return tuple(
        Refusal("delivered", f'"{title}" ({name}) has not been handed in', {"deliverable": title})
        for name, title in ((name, case.workflow.deliverables[name].title) for name in _names(case.value))
        if name not in case.facts.delivered
    )


def _attended(case: Case) -> tuple[Refusal, ...]:
    return tuple(
        Refusal("attended", f'nobody came for {case.facts.number} to "{title}" ({name})', {"meeting": title})
        for name, title in ((name, case.workflow.meetings[name].title) for name in _names(case.value))
        if name not in case.facts.attended
    )


def _fulfilled(case: Case) -> tuple[Refusal, ...]:
    return tuple(
        Refusal(
            "fulfilled",
            f"{owed.name} {owed.position} awaits review"
            if owed.state == "handed in"
            else f"{owed.name} {owed.position} is {owed.state} (its last day is {owed.last_day})",
            {"obligation": f"{owed.name} {owed.position}", "last_day": owed.last_day},
        )
        for owed in case.facts.owed
        if owed.state in UNFULFILLED
    )


def _recommendation(case: Case) -> tuple[Refusal, ...]:
    if case.facts.recommended:
        return ()
    return (Refusal("recommendation", f"no recommendation has been written for {case.facts.number}"),)


def _reason(case: Case) -> tuple[Refusal, ...]:
    if case.facts.reason and case.facts.reason.strip():
        return ()
    return (Refusal("reason", "a written reason is required"),)


def _verdict(case: Case) -> tuple[Refusal, ...]:
    if case.facts.verdict is None:
        return ()
    return (Refusal("verdict", f'{case.facts.number} has a verdict: "{case.facts.verdict}"'),)


def _score_at_least(case: Case) -> tuple[Refusal, ...]:
    assert isinstance(case.value, NUMBERS)
    floor = amount(case.value, case.workflow.given, case.facts.strand, whole=best_score(case.workflow))
    if case.facts.score is None:
        sentence = f"{case.facts.number} has no score, and at least {floor} is needed"
        return (Refusal("unscored", sentence, {"floor": floor}),)
    if case.facts.score < floor:
        score = f"{case.facts.score:.10g}"
        sentence = f"{case.facts.number} scores {score}, and at least {floor} is needed"
        return (Refusal("score", sentence, {"score": score, "floor": floor}),)
    return ()


def _at_most(case: Case) -> tuple[Refusal, ...]:
    assert isinstance(case.value, NUMBERS)
    assert case.target is not None
    given, strand = case.workflow.given, case.facts.strand
    cap = places(case.value, given, strand, case.facts.handed_in)
    held = case.facts.places_held.get(case.target, 0)
    if held < cap:
        return ()
    title = case.workflow.states[case.target].title
    if strand is not None and is_by_strand(case.value, given):
        of = case.workflow.strands[strand]
        return (
            Refusal(
                "at_most",
                f'at most {cap} dossiers of "{of}" ({strand}) may be "{title}" ({case.target}), and {held} places are '
                "held",
                {"because": "strand", "cap": cap, "state": title, "held": held, "strand": of},
            ),
        )
    return (
        Refusal(
            "at_most",
            f'at most {cap} dossiers of a round may be "{title}" ({case.target}), and {held} places are held',
            {"cap": cap, "state": title, "held": held},
        ),
    )


def _strand(case: Case) -> tuple[Refusal, ...]:
    wanted, stands = _names(case.value), case.facts.strand
    if stands in wanted:
        return ()
    titles = case.workflow.strands
    called = " or ".join(f'"{titles[one]}" ({one})' for one in wanted)
    in_which = f'in "{titles[stands]}" ({stands})' if stands is not None else "in no strand"
    return (
        Refusal(
            "strand", f"{case.facts.number} stands {in_which}, and this is for {called}",
            {"strand": titles.get(stands or "", ""), "wanted": " / ".join(titles[one] for one in wanted)},
        ),
    )  # fmt: skip


GUARDS: Mapping[str, Judge] = {
    "form": _form,
    "delivered": _delivered,
    "attended": _attended,
    "fulfilled": _fulfilled,
    "recommendation": _recommendation,
    "reason": _reason,
    "verdict": _verdict,
    "score_at_least": _score_at_least,
    "at_most": _at_most,
    "strand": _strand,
}


def judge(
    guards: tuple[Guard, ...], facts: Facts, workflow: Workflow, target: str | None = None, *, caps: bool = True
) -> tuple[Refusal, ...]:
    """Every reason against, in the order of the guards; empty when all hold.

    `caps=False` leaves out the guards about places, for a verdict that takes effect: its place was given when the
    verdict was recorded.
    """
    return tuple(
        reason
        for guard in guards
        if caps or guard.word not in CAPS
        for reason in GUARDS[guard.word](Case(guard.value, facts, workflow, target))
    )


def judge_transition(
    transition: Transition, facts: Facts, workflow: Workflow, *, caps: bool = True
) -> tuple[Refusal, ...]:
    """`judge` for the guards of a transition."""
    return judge(transition.guards, facts, workflow, transition.target, caps=caps)

"""May this dossier move, and if not, why not?

Each guard is a word of a closed list, never an expression. It gives a refusal, a sentence, or None: the machine's
boolean is derived from the reasons, so nobody is ever told just "no".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.errors import Refusal, many
from engine.rules.applying import clear_of, follows, once_per
from engine.rules.asked import all_counting
from engine.rules.assessing import criteria_of, floor_of, list_in, said_score
from engine.rules.conditions import Guard
from engine.rules.facts import UNFULFILLED, Facts
from engine.rules.forms import missing
from engine.rules.giving import asked_of
from engine.rules.marks import in_words, score_falls
from engine.rules.numbers import NUMBERS, is_by_strand, places
from engine.rules.ranking import within
from engine.rules.workflow import Ties, Transition, Workflow, question_of


@dataclass(frozen=True, slots=True)
class Case:
    """What a guard judges: the value it asks for, the dossier, and the state that would be entered (if any)."""

    value: object
    facts: Facts
    workflow: Workflow
    target: str | None
    ties: Ties = "ask"
    """what becomes of those who come equal at the last place"""


Judge = Callable[[Case], tuple[Refusal, ...]]
"""the case -> the reasons against, none when the guard holds"""

SCORED = frozenset({"score", "quorum", "majority", "score_at_least"})
"""Guards about the marks that the members of a committee give."""
CAPS = frozenset({"rank_at_most", "at_most", "budget_left"})
"""Guards about a whole cohort: judged when an act or a verdict is recorded, and for all who stand there together."""


def named(guard: Guard) -> tuple[str, ...]:
    """The names that a guard asks for: of deliverables, a meeting, strands."""
    return _names(guard.value)


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(name) for name in value) if isinstance(value, tuple) else (str(value),)


def _form(case: Case) -> tuple[Refusal, ...]:
    return missing(asked_of(case.workflow.questions, case.facts.strand), case.facts.answers)


def _answer(case: Case) -> tuple[Refusal, ...]:
    said = all_counting(case.workflow, case.facts.answers, case.facts.answered_later, case.facts.strand)
    assert isinstance(case.value, Mapping)
    reasons = []
    for key, choices in case.value.items():
        if said.get(key) not in choices:
            asked = question_of(case.workflow, key).ask
            wanted = " or ".join(f'"{choice}"' for choice in choices)
            sentence = f'"{asked}" ({key}) of {case.facts.number} is not answered {wanted}'
            facts = {"question": asked, "choices": ", ".join(choices)}
            reasons.append(Refusal("other_answer", sentence, facts))
    return tuple(reasons)


def _delivered(case: Case) -> tuple[Refusal, ...]:
    return tuple(
        Refusal("delivered", f'"{title}" ({name}) has not been handed in', {"deliverable": title})
        for name, title in ((name, case.workflow.deliverables[name].title) for name in _names(case.value))
        if name not in case.facts.delivered
    )


def _attended(case: Case) -> tuple[Refusal, ...]:
    return tuple(
        Refusal("attended", f'nobody came for {case.facts.number} to "{title}" ({name})', {"meeting": title})
        for name, title in ((name, case.workflow.meeting(name).title) for name in _names(case.value))
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


def _score(case: Case) -> tuple[Refusal, ...]:
    if case.value == "written" and case.facts.score is None:
        return (Refusal("no_score", f"nobody has scored {case.facts.number} completely"),)
    if case.value == "missing" and case.facts.score is not None:
        score = f"{case.facts.score:.10g}"
        return (Refusal("has_score", f"{case.facts.number} has a score: {score}", {"score": score}),)
    return ()


def _quorum(case: Case) -> tuple[Refusal, ...]:
    quorum = case.value
    assert isinstance(quorum, int)
    scored = case.facts.scored_by
    if scored >= quorum:
        return ()
    members = many(quorum, "member")
    sentence = f"{members} without a conflict must have scored {case.facts.number} completely; so far: {scored}"
    return (Refusal("few_scores", sentence, {"quorum": quorum, "scored": scored}),)


def _majority(case: Case) -> tuple[Refusal, ...]:
    assert isinstance(case.value, tuple)
    reasons = []
    for name, mark in case.value:
        criterion = case.workflow.criteria[name]
        given = case.facts.marks.get(name, {})
        so, marked = given.get(float(mark), 0), sum(given.values())
        if 2 * so <= marked or not marked:
            said = in_words(criterion, mark) or f"{mark:.10g}"
            sentence = (
                f'more than half of the members who marked {case.facts.number} must give "{criterion.title}" ({name}) '
                f"the mark {said}, and {so} of {marked} did"
            )
            reasons.append(
                Refusal(
                    "majority", sentence,
                    {"criterion": criterion.title, "mark": said, "gave": so, "marked": marked},
                )
            )  # fmt: skip
    return tuple(reasons)


def _score_at_least(case: Case) -> tuple[Refusal, ...]:
    assert isinstance(case.value, (str, *NUMBERS))
    one = list_in(case.workflow, case.facts.state)
    if one is None:
        return (Refusal("no_score", f"nobody has scored {case.facts.number} completely"),)
    floor = floor_of(case.workflow, one, case.value, case.facts.strand)
    # what is best is lowest where every scale falls
    falling = score_falls(criteria_of(case.workflow, one).values())
    needed = "at most" if falling else "at least"
    if case.facts.score is None:
        sentence = f"{case.facts.number} has no score, and {needed} {floor.said} is needed"
        wanted = {"floor": floor.said}
        return (Refusal("unscored_low", sentence, wanted) if falling else Refusal("unscored", sentence, wanted),)
    if case.facts.score < floor.worth:
        score = f"{said_score(case.workflow, one, case.facts.score):.10g}"
        sentence = f"{case.facts.number} scores {score}, and {needed} {floor.said} is needed"
        reached = {"score": score, "floor": floor.said}
        return (Refusal("score_low", sentence, reached) if falling else Refusal("score", sentence, reached),)
    return ()


def _rank_at_most(case: Case) -> tuple[Refusal, ...]:
    assert isinstance(case.value, NUMBERS)
    last = places(case.value, case.workflow.given, case.facts.strand, case.facts.ranked)
    rank, number = case.facts.rank, case.facts.number
    if rank is None:
        return (Refusal("no_rank", f"{number} has no rank: it was not marked, or not placed"),)
    if rank > last:
        return (
            Refusal("rank", f"{number} ranks {rank}, and only the first {last} go on", {"rank": rank, "line": last}),
        )
    if within(rank, case.facts.equals, last, case.ties):
        return ()
    return (Refusal("tied", f"{number} ranks {rank}: ties at the last place", {"rank": rank}),)


def _at_most(case: Case) -> tuple[Refusal, ...]:
    assert isinstance(case.value, NUMBERS)
    assert case.target is not None
    given, strand = case.workflow.given, case.facts.strand
    cap = places(case.value, given, strand, case.facts.handed_in)
    held = case.facts.places_held.get(case.target, 0)
    if held < cap:
        return ()
    title = case.workflow.states[case.target].title
    scope = case.facts.scope or (strand if is_by_strand(case.value, given) else None)
    if scope is not None:
        of = case.workflow.strands.get(scope, scope)
        return (
            Refusal(
                "at_most",
                f'at most {many(cap, "dossier")} of "{of}" may be "{title}" ({case.target}), and '
                f'{many(held, "place is", "places are")} held',
                {"because": "strand", "cap": cap, "state": title, "held": held, "strand": of},
            ),
        )
    return (
        Refusal(
            "at_most",
            f'at most {many(cap, "dossier")} of a round may be "{title}" ({case.target}), and '
            f'{many(held, "place is", "places are")} held',
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


def _budget_left(case: Case) -> tuple[Refusal, ...]:
    asked, left = case.facts.money, case.facts.money_left
    if asked is None:
        question = case.workflow.questions[str(case.value)].ask
        sentence = f'"{case.value}" is not answered: nobody can say how much money {case.facts.number} asks'
        return (Refusal("no_amount", sentence, {"question": question}),)
    if asked <= left:
        return ()
    sentence = f"{case.facts.number} asks {asked:.10g}, and {left:.10g} is left"
    return (Refusal("budget", sentence, {"amount": asked, "amount_left": left}),)


def _member_of(case: Case) -> tuple[Refusal, ...]:
    committee = str(case.value)
    if committee in case.facts.sits_in:
        return ()
    title = case.workflow.committees[committee].title
    return (Refusal("member_of", f'only members of "{title}" ({committee}) may do this', {"committee": title}),)


GUARDS: Mapping[str, Judge] = {
    "form": _form,
    "answer": _answer,
    "delivered": _delivered,
    "attended": _attended,
    "fulfilled": _fulfilled,
    "recommendation": _recommendation,
    "reason": _reason,
    "verdict": _verdict,
    "score": _score,
    "quorum": _quorum,
    "majority": _majority,
    "score_at_least": _score_at_least,
    "rank_at_most": _rank_at_most,
    "at_most": _at_most,
    "budget_left": _budget_left,
    "strand": _strand,
    "once_per": lambda case: once_per(case.value, case.facts),
    "clear_of": lambda case: clear_of(case.value, case.facts, case.workflow),
    "follows": lambda case: follows(case.value, case.facts, case.workflow),
    "member_of": _member_of,
}


def judge(
    guards: tuple[Guard, ...],
    facts: Facts,
    workflow: Workflow,
    target: str | None = None,
    *,
    caps: bool = True,
    ties: Ties = "ask",
) -> tuple[Refusal, ...]:
    """Every reason against, in the order of the guards; empty when all hold.

    `caps=False` leaves out the guards about a cohort, for a verdict that takes effect: its place was given when the
    verdict was recorded. `ties` is the rule of the transition for those who come equal at the last place.
    """
    return tuple(
        reason
        for guard in guards
        if caps or guard.word not in CAPS
        for reason in GUARDS[guard.word](Case(guard.value, facts, workflow, target, ties))
    )


def judge_transition(
    transition: Transition, facts: Facts, workflow: Workflow, *, caps: bool = True
) -> tuple[Refusal, ...]:
    """`judge` for the guards of a transition."""
    return judge(transition.guards, facts, workflow, transition.target, caps=caps, ties=transition.ties)

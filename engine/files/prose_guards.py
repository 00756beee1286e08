"""How is it said what must hold?"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.files.prose_applicants import clause_about_applicants
from engine.files.prose_words import Voice
from engine.rules.applying import ACROSS
from engine.rules.assessing import criteria_in, list_in
from engine.rules.conditions import Guard
from engine.rules.marks import in_words, score_falls
from engine.rules.meetings_apart import declared
from engine.rules.numbers import NUMBERS, Named, Number, PartOf, PerStrand, Share
from engine.rules.workflow import Deliverable, Meeting


def conditions(
    voice: Voice, guards: Iterable[Guard], states: tuple[str, ...], target: str | None = None
) -> str:
    """`if this and if that`, of dossiers in these states."""
    clauses = [clause for guard in guards for clause in _clauses(voice, guard, target, states)]
    return voice.both([voice.say("if", clause=clause) for clause in clauses])


def _least(voice: Voice, value: object, states: Iterable[str]) -> str:
    """What the score must be: where every scale of those states falls, the best is the lowest."""
    of = [one for state in states if (one := list_in(voice.workflow, state))]
    score = voice.say("mean score" if all(one.score == "mean" for one in of) else "one score")
    if isinstance(value, str):
        return voice.say("score_in_words", score=score, mark=voice.title(value))
    assert isinstance(value, NUMBERS)
    word = "score_at_most" if isinstance(value, int | float) and is_falling(voice, states) else "score_at_least"
    return _numbered(voice, word, value, "", score)


def is_falling(voice: Voice, states: Iterable[str]) -> bool:
    """Whether the best score is the lowest in one of these states."""
    return any(score_falls(criteria_in(voice.workflow, state).values()) for state in states)


def _clauses(voice: Voice, guard: Guard, target: str | None, states: Iterable[str]) -> list[str]:
    if guard.word == "majority":
        return [_majority(voice, name, mark) for name, mark in guard.marks]
    if isinstance(guard.value, PerStrand):
        return [
            voice.say(
                "for strand", strand=voice.strand(strand),
                clause=_clause(voice, replace(guard, value=one), target, states).removeprefix(voice.say("there")),
            )
            for strand, one in guard.value.of.items()
        ]  # fmt: skip
    return [_clause(voice, guard, target, states)]


def _clause(voice: Voice, guard: Guard, target: str | None, states: Iterable[str]) -> str:
    value = guard.value
    if guard.word == "score_at_least":
        return _least(voice, value, states)
    if guard.word == "quorum" and isinstance(value, int):
        return voice.count("scored by", value)
    if guard.word == "budget_left":
        return voice.say("budget_left", question=voice.title(voice.workflow.questions[str(value)].ask))
    if guard.word == "score":
        return voice.say(f"score {value}")
    if isinstance(value, NUMBERS):
        return _numbered(voice, guard.word, value, voice.states([target] if target else []))
    if guard.word in ACROSS or guard.word == "member_of":
        return clause_about_applicants(voice, guard)
    if guard.word == "strand":
        return voice.in_strands(guard.names)
    if isinstance(value, Mapping):
        return voice.answers(value)
    titled: Mapping[str, Deliverable | Meeting] = {}
    if guard.word == "delivered":
        titled = voice.workflow.deliverables
    elif guard.word == "attended":
        titled = {one.name: one for one in declared(voice.workflow)}
    return voice.say(
        guard.word, names=voice.both([voice.title(titled[name].title) for name in guard.names if name in titled])
    )


def _majority(voice: Voice, name: str, mark: float) -> str:
    criterion = voice.workflow.criteria[name]
    word = in_words(criterion, mark)
    return voice.say(
        "majority", criterion=voice.title(criterion.title), mark=voice.title(word) if word else voice.number(mark)
    )


def _numbered(voice: Voice, word: str, number: Number, target: str, score: str = "") -> str:
    """The clause of a guard that asks for a number, of places in a state or of a score: for one strand, or for all."""
    # each strand has a clause of its own, and a part of an answer is a limit of another answer
    assert not isinstance(number, PerStrand | PartOf)
    if isinstance(number, Share):
        return voice.say(f"{word} share", share=voice.share(number), target=target, score=score)
    if isinstance(number, Named):
        return voice.say(f"{word} given", name=number.name, target=target, score=score)
    if word == "at_most":
        return voice.count(word, int(number), target=target)
    return voice.say(word, number=voice.number(number), score=score)

"""Is a form complete, and what is an answer?"""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from engine.errors import Refusal, did_you_mean
from engine.rules.asked import asked, counting
from engine.rules.limits import limited
from engine.rules.numbers import PartOf
from engine.rules.questions import Question
from engine.rules.typed import MOST_ROWS, is_day, is_number, is_row, total

_DOSSIER = re.compile(r"[^/\s]+/[^/\s]+/[^/\s]+")
BROKEN = {"too much": "at_most", "too high": "at_most", "too little": "at_least", "too low": "at_least"}
"""why an answer will not do -> the limit that it breaks"""
MOST_PEOPLE = 50
"""people that one dossier may have kept away"""


def people_of(value: str) -> tuple[str, ...]:
    """The people that an answer of kind conflicts names, one on each line: a name, an address, or both."""
    return tuple(line for raw in value.splitlines() if (line := raw.strip(" ,;\t")))



def check_answer(question: Question, value: Any, said: Mapping[str, Any] | None = None) -> Refusal | None:
    """Why a given answer breaks its question's limits, or None when it keeps them.

    `said` are the other answers, by the key of their question, of which a limit may be a part.
    """
    refusal = _CHECKS.get(question.kind, _check_text)(limited(question, said or {}), value)
    broken = BROKEN.get(str(refusal.facts["because"])) if refusal else None
    limit = getattr(question, broken) if broken else None
    if refusal is None or not isinstance(limit, PartOf):
        return refusal
    return replace(refusal, sentence=f"{refusal.sentence}: {limit}")


def _wrong(question: Question, because: str, sentence: str, **facts: str | int | float) -> Refusal:
    return Refusal("answer", sentence, {"because": because, "question": question.ask, **facts})


def _check_money(question: Question, value: Any) -> Refusal | None:
    if not is_number(value) or value < 0:
        return _wrong(question, "no amount", f'"{question.name}" is not an amount')
    return _check_amount(question, value)


def _check_amount(question: Question, value: float) -> Refusal | None:
    """The limits of an amount, or of what the rows of a schedule come to."""
    name = question.name
    if question.most is not None and value > question.most:
        sentence = f'"{name}" is {value:,}, and at most {question.most:,} may be asked'
        return _wrong(question, "too much", sentence, amount=value, most_amount=question.most)
    if question.least is not None and value < question.least:
        sentence = f'"{name}" is {value:,}, and at least {question.least:,} must be asked'
        return _wrong(question, "too little", sentence, amount=value, least_amount=question.least)
    return None


def _check_number(question: Question, value: Any) -> Refusal | None:
    if not is_number(value):
        return _wrong(question, "no number", f'"{question.name}" is not a number')
    if question.most is not None and value > question.most:
        sentence = f'"{question.name}" is {value:,}, and {question.most:,} is the most'
        return _wrong(question, "too high", sentence, number=value, most=question.most)
    if question.least is not None and value < question.least:
        sentence = f'"{question.name}" is {value:,}, and {question.least:,} is the least'
        return _wrong(question, "too low", sentence, number=value, least=question.least)
    return None


def _check_choice(question: Question, value: Any) -> Refusal | None:
    if value in question.offered:
        return None
    choices = ", ".join(f'"{one}"' for one in question.offered)
    return _wrong(question, "no choice", f'"{value}" cannot be chosen for "{question.name}": {choices}')


def _check_date(question: Question, value: Any) -> Refusal | None:
    return None if is_day(value) else _wrong(question, "no day", f'"{question.name}" is not a day')


def _check_schedule(question: Question, value: Any) -> Refusal | None:
    if not isinstance(value, list) or not value or not all(is_row(row) for row in value):
        return _wrong(question, "no rows", f'"{question.name}" is not rows of what, a day and an amount')
    if len(value) > MOST_ROWS:
        sentence = f'"{question.name}" has {len(value)} rows, and at most {MOST_ROWS} are kept'
        return _wrong(question, "too many rows", sentence, rows=len(value), most=MOST_ROWS)
    return _check_amount(question, total(value))


def _check_file(question: Question, value: Any) -> Refusal | None:
    name = question.name
    if not isinstance(value, Mapping) or "name" not in value:
        return _wrong(question, "no file", f'"{name}" is not a file')
    _, dot, ending = str(value["name"]).rpartition(".")
    if question.accept and not (dot and ending.lower() in question.accept):
        sentence = f'"{value["name"]}" is not accepted for "{name}": {" or ".join(question.accept)} is'
        accepted = ", ".join(question.accept)
        return _wrong(question, "kind of file", sentence, file=str(value["name"]), accepted=accepted)
    if not value.get("size"):
        return _wrong(question, "empty file", f'"{value["name"]}" is empty', file=str(value["name"]))
    return None


def _check_text(question: Question, value: Any) -> Refusal | None:
    if not isinstance(value, str):
        return _wrong(question, "no text", f'"{question.name}" is not text')
    if question.kind == "dossier" and not _DOSSIER.fullmatch(value):
        return _wrong(question, "no dossier", f'"{question.name}" names no dossier: write PROGRAMME/ROUND/NUMBER')
    if question.kind == "conflicts" and len(people_of(value)) > MOST_PEOPLE:
        people = len(people_of(value))
        sentence = f'"{question.name}" names {people} people, and at most {MOST_PEOPLE} are kept away'
        return _wrong(question, "too many people", sentence, people=people, most=MOST_PEOPLE)
    words = len(value.split())
    if question.max_words is not None and words > question.max_words:
        sentence = f'"{question.name}" has {words} words, and at most {question.max_words} are read'
        return _wrong(question, "too many words", sentence, words=words, most=question.max_words)
    return None


_CHECKS: Mapping[str, Callable[[Question, Any], Refusal | None]] = {
    "money": _check_money,
    "number": _check_number,
    "choice": _check_choice,
    "date": _check_date,
    "schedule": _check_schedule,
    "file": _check_file,
}
"""by kind; the others are text"""


def missing(
    form: Mapping[str, Question],
    answers: Mapping[str, Any],
    elsewhere: Mapping[str, Any] | None = None,
    *,
    among: Collection[str] | None = None,
) -> tuple[Refusal, ...]:
    """What keeps a form from being complete, in the order of its questions; empty when it is complete.

    What is not asked is not missing: `elsewhere` are the answers that count in other forms, by their key. `among` are
    the questions to look at, all of them if it is left out.
    """
    reasons = []
    said = {**(elsewhere or {}), **counting(form, answers, elsewhere)}
    for question in asked(form, answers, elsewhere).values():
        if among is not None and question.name not in among:
            continue
        value = answers.get(question.name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if question.required:
                sentence = f'"{question.ask}" ({question.name}) is not answered'
                reasons.append(Refusal("form", sentence, {"question": question.ask}))
        elif reason := check_answer(question, value, said):
            reasons.append(reason)
    return tuple(reasons)


def known_questions(questions: Mapping[str, Question], names: Mapping[str, Any]) -> tuple[Refusal, ...]:
    """A refusal for each name that is no question of the form."""
    return tuple(
        Refusal("question", f'there is no question "{name}"{did_you_mean(name, questions)}')
        for name in names
        if name not in questions
    )


def received_text(number: str, received_at: int, answers: Mapping[str, Any]) -> str:
    """What was handed in under that number at that instant, as the one text over which its receipt is worked out."""
    return json.dumps(
        {"number": number, "received_at": received_at, "answers": answers},
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    )  # fmt: skip


def receipt_of(number: str, received_at: int, answers: Mapping[str, Any]) -> str:
    """SHA-256 over what was handed in under that number at that instant, as hexadecimal digits."""
    return hashlib.sha256(received_text(number, received_at, answers).encode()).hexdigest()

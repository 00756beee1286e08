"""Is a form complete, and what is an answer?"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from engine.errors import GrantcycleError, Refusal, did_you_mean
from engine.rules.workflow import Question

_MONEY = re.compile(
    r"(?P<whole>[0-9]{1,12}|[1-9][0-9]{0,2}(?P<group>[ .,\u00a0\u202f])[0-9]{3}(?:(?P=group)[0-9]{3}){0,2})"
    # one sign cannot part the thousands and the cents: 45.000.50 is a slip of the pen, not an amount
    r"(?:(?!(?P=group))[.,](?P<cents>[0-9]{1,2}))?"
)


_DOSSIER = re.compile(r"[^/\s]+/[^/\s]+/[^/\s]+")
MOST_PEOPLE = 50
"""people that one dossier may have kept away"""


def people_of(value: str) -> tuple[str, ...]:
    """The people that an answer of kind conflicts names, one on each line: a name, an address, or both."""
    return tuple(line for raw in value.splitlines() if (line := raw.strip(" ,;\t")))


def parse_money(text: str) -> int | float:
    """An amount as people type it: `45000`, `45.000`, `45 000,50`, `45,000.50`.

    Raises GrantcycleError when it is no amount (below a thousand milliards) or when it has more than two decimals.
    """
    amount = _MONEY.fullmatch(re.sub(r"^(€|EUR)\s*|\s*(€|EUR)$", "", text.strip()))
    if amount is None:
        raise GrantcycleError(f'"{text}" is not an amount; write for example 45000 or 45000.50')
    whole = int(re.sub(r"[^0-9]", "", amount["whole"]))
    cents = int((amount["cents"] or "").ljust(2, "0"))
    return float(f"{whole}.{cents:02}") if cents else whole


def parse_answer(question: Question, text: str) -> str | int | float:
    """An answer typed as text, as the question's kind has it. Files are not typed.

    Raises GrantcycleError with a sentence when the text is no answer to it.
    """
    if question.kind == "money":
        return parse_money(text)
    if question.kind == "file":
        raise GrantcycleError(f'"{question.name}" asks for a file, not for text')
    return text


def check_answer(question: Question, value: Any) -> Refusal | None:
    """Why a given answer breaks its question's limits, or None when it keeps them."""
    name = question.name

    def wrong(because: str, sentence: str, **facts: str | int | float) -> Refusal:
        return Refusal("answer", sentence, {"because": because, "question": question.ask, **facts})

    if question.kind == "money":
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
            return wrong("no amount", f'"{name}" is not an amount')
        if question.at_most is not None and value > question.at_most:
            sentence = f'"{name}" is {value:,}, and at most {question.at_most:,} may be asked'
            return wrong("too much", sentence, amount=value, most_amount=question.at_most)
        return None
    if question.kind == "file":
        if not isinstance(value, Mapping) or "name" not in value:
            return wrong("no file", f'"{name}" is not a file')
        _, dot, ending = str(value["name"]).rpartition(".")
        if question.accept and not (dot and ending.lower() in question.accept):
            sentence = f'"{value["name"]}" is not accepted for "{name}": {" or ".join(question.accept)} is'
            return wrong("kind of file", sentence, file=str(value["name"]), accepted=", ".join(question.accept))
        if not value.get("size"):
            return wrong("empty file", f'"{value["name"]}" is empty', file=str(value["name"]))
        return None
    if not isinstance(value, str):
        return wrong("no text", f'"{name}" is not text')
    if question.kind == "dossier" and not _DOSSIER.fullmatch(value):
        return wrong("no dossier", f'"{name}" names no dossier: write PROGRAMME/ROUND/NUMBER')
    if question.kind == "conflicts" and len(people_of(value)) > MOST_PEOPLE:
        sentence = f'"{name}" names {len(people_of(value))} people, and at most {MOST_PEOPLE} are kept away'
        return wrong("too many people", sentence, people=len(people_of(value)), most=MOST_PEOPLE)
    words = len(value.split())
    if question.max_words is not None and words > question.max_words:
        sentence = f'"{name}" has {words} words, and at most {question.max_words} are read'
        return wrong("too many words", sentence, words=words, most=question.max_words)
    return None


def missing(questions: Mapping[str, Question], answers: Mapping[str, Any]) -> tuple[Refusal, ...]:
    """What keeps a form from being complete, in the order of its questions; empty when it is complete."""
    reasons = []
    for question in questions.values():
        value = answers.get(question.name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if question.required:
                sentence = f'"{question.ask}" ({question.name}) is not answered'
                reasons.append(Refusal("form", sentence, {"question": question.ask}))
        elif reason := check_answer(question, value):
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

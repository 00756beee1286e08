"""How do answers typed on the command line become answers in a form?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.cycle import Upload
from engine.errors import GrantcycleError, Refused
from engine.rules.forms import known_questions
from engine.rules.questions import Question
from engine.rules.typed import parse_answer


def read_answers(questions: Mapping[str, Question], given: Mapping[str, str]) -> dict[str, Any]:
    """The texts as their questions have them.

    Raises Refused for names that are no question, GrantcycleError with all texts that are no answer.
    """
    if unknown := known_questions(questions, given):
        raise Refused(unknown)
    answers: dict[str, Any] = {}
    wrong: list[str] = []
    for name, text in given.items():
        try:
            answers[name] = parse_answer(questions[name], text)
        except GrantcycleError as problem:
            wrong.append(f"{name}: {problem}")
    if wrong:
        raise GrantcycleError("\n".join(wrong))
    return answers


def read_uploads(given: Mapping[str, str]) -> dict[str, Upload]:
    """The files at the paths. Raises GrantcycleError for one that cannot be read."""
    uploads: dict[str, Upload] = {}
    for name, text in given.items():
        path = Path(text)
        try:
            uploads[name] = Upload(path.name, path.read_bytes())
        except OSError as problem:
            raise GrantcycleError(f'{name}: the file "{path}" cannot be read ({problem.strerror})') from problem
    return uploads

"""Which fields does a form of questions have, and what was filled in?

What was typed stays as it was typed, right or wrong; what may be kept of it is judged by the engine's own rules.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData, UploadFile
from wtforms import FileField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm

from engine.cycle import Upload
from engine.database.pages import people
from engine.errors import GrantcycleError
from engine.rules.forms import MOST_PEOPLE, check_answer, parse_money
from engine.rules.workflow import Question
from web import dates
from web.ask import Ask
from web.forms import STEERING
from web.policy import somebody
from web.uploads.checking import check
from web.uploads.sentences import WRONG_ENDING, Sentence

PREFIX = "a-"
"""before the names of questions, so that none is taken for a field of our own"""
KINDS = {
    "text": StringField, "long_text": TextAreaField, "money": StringField, "file": FileField, "dossier": SelectField,
    "conflicts": TextAreaField,
}  # fmt: skip


@dataclass
class Filled:
    """What a form brought: answers and files that may be kept, and why the others may not."""

    answers: dict[str, Any] = field(default_factory=dict)
    """question -> the answer; None takes one back"""
    files: dict[str, Upload] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    """question -> the sentence beside its field"""
    warnings: list[str] = field(default_factory=list)
    """what to say of files that are kept all the same"""


def form_of(
    ask: Ask, questions: Mapping[str, Question], answers: Mapping[str, Any], *, typed: bool = False
) -> BaseForm:
    """The fields of these questions, with the answers that there are, or with what was typed."""
    form = BaseForm({name: _field(ask, one, answers.get(name)) for name, one in questions.items()}, prefix=PREFIX)
    shown = {name: _as_typed(answers.get(name)) for name, one in questions.items() if one.kind != "file"}
    form.process(_of_kind(ask.form, questions) if typed else None, data=shown)
    for name, one in questions.items():
        form[name].flags.required = one.required and not (one.kind == "file" and answers.get(name))
    return form


def _field(ask: Ask, question: Question, answer: Any) -> Any:
    if question.kind != "dossier":
        return KINDS[question.kind](ask.said(question.ask))
    choices = [("", ask.say("None")), *own_dossiers(ask)]
    if answer and answer not in dict(choices):
        choices.append((answer, answer.rpartition("/")[2]))
    offered = [SelectChoice(value, label) for value, label in choices]
    return SelectField(ask.said(question.ask), choices=offered, validate_choice=False)


def own_dossiers(ask: Ask) -> list[tuple[str, str]]:
    """(the answer that names it, what it is called) of the visitor's other dossiers of the programme, handed in."""
    place = ask.place
    with ask.reading() as session:
        found = people.dossiers_of(session, somebody(ask).person_id, ask.office.shelf.rules(session))
    programme = place.workflow.programme
    return [
        (f"{one.round}/{one.number}", f"{one.number} · {one.title}")
        for one in found
        if one.round.startswith(f"{programme}/") and one.received_at is not None
        and (one.round, one.number) != (place.key, place.number)
    ]


def read(ask: Ask, questions: Mapping[str, Question], form: BaseForm) -> Filled:
    """What may be kept of a form that was sent. The errors stand by their fields as well."""
    filled = Filled()
    for name, question in questions.items():
        if question.kind == "file":
            _read_file(ask, question, filled)
        elif PREFIX + name in ask.form:
            _read_text(ask, question, clean(form[name].data or ""), filled)
    for name, sentence in filled.errors.items():
        form[name].errors = [sentence]
    return filled


def clean(text: str) -> str:
    """A text as it is kept: lines end in one way, without characters that steer machines, nor blanks around it."""
    return STEERING.sub("", re.sub(r"\r\n?", "\n", text)).strip()


def _as_typed(answer: Any) -> str:
    if isinstance(answer, float):
        return f"{answer:.2f}"
    return "" if answer is None else str(answer)


def _of_kind(form: FormData, questions: Mapping[str, Question]) -> FormData:
    """What was sent under the names of the questions; a file in the place of a text, or the reverse, is nothing."""
    kinds = {PREFIX + name: UploadFile if one.kind == "file" else str for name, one in questions.items()}
    return FormData([(name, value) for name, value in form.multi_items() if isinstance(value, kinds.get(name, ()))])


def _read_text(ask: Ask, question: Question, text: str, filled: Filled) -> None:
    if not text:
        filled.answers[question.name] = None
        return
    value: str | int | float = text
    if question.kind == "money":
        try:
            value = parse_money(text)
        except GrantcycleError:
            filled.errors[question.name] = ask.say("Write an amount, for example 45000 or 45000.50.")
            return
    if check_answer(question, value) is None:
        filled.answers[question.name] = value
    else:
        filled.errors[question.name] = _complaint(ask, question, value)


def _complaint(ask: Ask, question: Question, value: str | int | float) -> str:
    """Why an answer breaks the limits of its question, in the reader's language."""
    if question.kind == "dossier":
        return ask.say("Choose one of your earlier dossiers.")
    if question.kind == "conflicts":
        return ask.say("At most %(most)s people can be kept away.", most=MOST_PEOPLE)
    if isinstance(value, str):
        count, most = len(value.split()), question.max_words or 0
        return ask.say(
            "This has %(count)s words, and at most %(most)s are read.",
            count=dates.number(count, ask.language), most=dates.number(most, ask.language),
        )  # fmt: skip
    currency = ask.place.workflow.currency
    return ask.say(
        "You ask for %(asked)s, and at most %(most)s can be given.",
        asked=dates.amount(value, currency, ask.language),
        most=dates.amount(question.at_most or 0, currency, ask.language),
    )


def _read_file(ask: Ask, question: Question, filled: Filled) -> None:
    sent = [one for one in ask.form.getlist(PREFIX + question.name) if isinstance(one, UploadFile) and one.filename]
    if not sent:
        return
    if len(sent) > 1:
        filled.errors[question.name] = ask.say("Several files came for one question. Choose the one that counts.")
        return
    (file,) = sent
    refusal = getattr(file, "refusal", None)
    if refusal is None:
        content = file.file.read()
        verdict = check(file.filename or "", content, question.accept, ask.office.biggest_file)
        refusal = verdict.refusal
        if refusal is None and check_answer(question, {"name": verdict.name, "size": verdict.size}):
            # where two endings mean one kind, the programme names the ones it takes
            refusal = Sentence(WRONG_ENDING, {"ending": verdict.ending, "accepted": question.accept})
    if refusal is not None:
        reason = refusal.said(ask.words.gettext, ask.language)
        filled.errors[question.name] = ask.say("%(file)s was not kept.", file=file.filename) + " " + reason
        return
    filled.files[question.name] = Upload(verdict.name, content)
    filled.warnings += [
        f"{verdict.name}: {warning.said(ask.words.gettext, ask.language)}" for warning in verdict.warnings
    ]

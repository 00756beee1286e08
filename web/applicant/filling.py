"""Which fields does a form of questions have, and what was filled in?

What was typed stays as it was typed, right or wrong; what may be kept of it is judged by the engine's own rules.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData, UploadFile
from wtforms import Field, FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm

from engine.cycle import Upload
from engine.database.pages import people
from engine.errors import GrantcycleError, Refusal
from engine.rules.forms import check_answer
from engine.rules.limits import wholes_of
from engine.rules.questions import Question
from engine.rules.typed import parse_answer, write_answer
from web import dates
from web.applicant.conditions import condition_said
from web.applicant.schedules import ScheduleField, is_cell, read_rows, typed_rows
from web.ask import Ask
from web.forms import STEERING
from web.policy import somebody
from web.reasons.sentence import N_
from web.uploads.checking import check
from web.uploads.sentences import WRONG_ENDING, Sentence

AMOUNTS = ("amount", "most_amount", "least_amount")
COMPLAINTS = {
    "too much": N_("This is %(amount)s, and at most %(most_amount)s will do."),
    "too little": N_("This is %(amount)s, and at least %(least_amount)s is needed."),
    "too high": N_("This is %(number)s, and at most %(most)s will do."),
    "too low": N_("This is %(number)s, and at least %(least)s is needed."),
    "too many rows": N_("These are %(rows)s rows, and at most %(most)s are kept."),
    "too many words": N_("This has %(words)s words, and at most %(most)s are read."),
    "no choice": N_("Choose one of the answers that are offered."),
    "no dossier": N_("Choose one of your earlier dossiers."),
    "too many people": N_("These are %(people)s people, and at most %(most)s are kept away."),
}
"""why an answer breaks its limits, said beside its field"""
PREFIX = "a-"
"""before the names of questions, so that none is taken for a field of our own"""
KINDS = {
    "text": StringField, "long_text": TextAreaField, "money": StringField, "file": FileField, "number": StringField,
    "date": StringField, "schedule": ScheduleField, "conflicts": TextAreaField,
}  # fmt: skip
MOST_BUTTONS = 6
"""choices that are shown one below the other; more are a list that opens"""


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
    ask: Ask,
    questions: Mapping[str, Question],
    answers: Mapping[str, Any],
    *,
    typed: bool = False,
    before: FormData | None = None,
) -> BaseForm:
    """The fields of these questions, with the answers that there are, with what was typed, or was typed `before`."""
    form = BaseForm({name: _field(ask, one, answers.get(name)) for name, one in questions.items()}, prefix=PREFIX)
    shown = {name: _as_typed(one, answers.get(name)) for name, one in questions.items() if one.kind != "file"}
    sent = ask.form if typed else before
    form.process(None if sent is None else _of_kind(sent, questions), data=shown)
    for name, one in questions.items():
        form[name].description = condition_said(ask, one)
        form[name].flags.required = one.required and not (one.kind == "file" and answers.get(name))
    return form


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


def read(
    ask: Ask, questions: Mapping[str, Question], form: BaseForm, stored: Mapping[str, Any] | None = None
) -> Filled:
    """What may be kept of a form that was sent. The errors stand by their fields as well.

    `stored` are the answers that there are already, by the key of their question.
    """
    filled = Filled()
    for name, question in questions.items():
        said = {**(stored or {}), **{questions[one].key: value for one, value in filled.answers.items()}}
        if question.kind == "file":
            _read_file(ask, question, filled)
        elif question.kind == "schedule":
            _read_schedule(ask, question, form[name], filled, said)
        elif PREFIX + name in ask.form:
            _read_text(ask, question, clean(form[name].data or ""), filled, said)
        before = (stored or {}).get(question.key)
        if name in filled.errors and before is not None and check_answer(question, before, said):
            # what stands there would break its limit as well: what that is a part of waits for an amount that will do
            for whole in wholes_of(question):
                filled.answers.pop(whole, None)
    for name, sentence in filled.errors.items():
        form[name].errors = [sentence]
    return filled


def clean(text: str) -> str:
    """A text as it is kept: lines end in one way, without characters that steer machines, nor blanks around it."""
    return STEERING.sub("", re.sub(r"\r\n?", "\n", text)).strip()


def _field(ask: Ask, question: Question, answer: Any) -> Field:
    """The field of a question, named in the reader's language."""
    title = ask.said(question.ask)
    if question.kind == "dossier":
        own = dict(own_dossiers(ask)) | ({answer: answer.rpartition("/")[2]} if answer else {})
        named = [SelectChoice(value, label) for value, label in own.items()]
        return SelectField(title, choices=[SelectChoice("", ask.say("None")), *named], validate_choice=False)
    if question.kind != "choice":
        return KINDS[question.kind](title)
    choices = [SelectChoice(choice, ask.said(choice)) for choice in question.offered]
    if len(choices) > MOST_BUTTONS:
        return SelectField(title, choices=[SelectChoice("", ask.say("No answer yet")), *choices])
    if not question.required:
        choices.append(SelectChoice("", ask.say("No answer")))
    return RadioField(title, choices=choices)


def _as_typed(question: Question, answer: Any) -> Any:
    if question.kind == "schedule":
        return [{**row, "money": _amount_as_typed(row["money"])} for row in answer or ()]
    if question.kind == "money" and answer is not None:
        return _amount_as_typed(answer)
    return write_answer(question, answer)


def _amount_as_typed(amount: float) -> str:
    return f"{amount:.2f}" if isinstance(amount, float) else str(amount)


def _of_kind(form: FormData, questions: Mapping[str, Question]) -> FormData:
    """What was sent under the names of the questions; a file in the place of a text, or the reverse, is nothing."""
    kinds = {PREFIX + name: UploadFile if one.kind == "file" else str for name, one in questions.items()}
    schedules = [f"{PREFIX}{name}-" for name, one in questions.items() if one.kind == "schedule"]
    return FormData([
        (name, value)
        for name, value in form.multi_items()
        if isinstance(value, kinds.get(name, ()))
        or (isinstance(value, str) and any(is_cell(name, prefix) for prefix in schedules))
    ])  # fmt: skip


def _read_schedule(
    ask: Ask, question: Question, field: ScheduleField, filled: Filled, said: Mapping[str, Any]
) -> None:
    if typed_rows(ask.form, f"{PREFIX}{question.name}-") is None:
        return
    rows, errors = read_rows(ask, field)
    if errors:
        filled.errors[question.name] = " ".join(errors)
    elif not rows:
        filled.answers[question.name] = None
    elif reason := check_answer(question, rows, said):
        filled.errors[question.name] = _complaint(ask, reason)
    else:
        filled.answers[question.name] = rows


def _read_text(ask: Ask, question: Question, text: str, filled: Filled, said: Mapping[str, Any]) -> None:
    if not text:
        filled.answers[question.name] = None
        return
    try:
        value = parse_answer(question, text)
    except GrantcycleError:
        filled.errors[question.name] = _unreadable(ask, question)
        return
    if reason := check_answer(question, value, said):
        filled.errors[question.name] = _complaint(ask, reason)
    else:
        filled.answers[question.name] = value


def _unreadable(ask: Ask, question: Question) -> str:
    """What to write instead of a text that is no such answer."""
    if question.kind == "date":
        return ask.say("Choose a day, or write it as 1/3/2019 (the day first).")
    if question.kind == "number":
        return ask.say("Write a number, for example 12 or 12.5.")
    return ask.say("Write an amount, for example 45000 or 45000.50.")


def _complaint(ask: Ask, reason: Refusal) -> str:
    """Why an answer breaks the limits of its question, as it is said beside the field, in the reader's language."""
    facts = dict(reason.facts)
    currency = ask.place.workflow.currency
    said = {
        name: dates.amount(float(value), currency, ask.language)
        if name in AMOUNTS else dates.number(float(value), ask.language)
        for name, value in facts.items() if isinstance(value, int | float)
    }  # fmt: skip
    return ask.say(COMPLAINTS[str(facts["because"])], **said)


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

"""Which new value does a move ask for, and what was given?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wtforms.form import BaseForm

from engine.rules.questions import Question
from engine.rules.workflow import STRAND, Transition
from web.applicant.filling import PREFIX, form_of, read
from web.ask import Ask


@dataclass(frozen=True)
class NewValue:
    """What a move sets, as a page asks for it: one of the strands, or the answer to a question."""

    name: str
    strands: list[tuple[str, str, bool]]
    """(name, title, whether it is chosen)"""
    form: BaseForm | None
    asked: Mapping[str, Question]
    value: Any
    """what was given; None for nothing, and for what cannot be kept"""
    error: str = ""


def new_value(
    ask: Ask, transition: Transition, answers: Mapping[str, Any], *, among_others: bool = False
) -> NewValue | None:
    """The field, with what stands there now or what was sent; None for a move that sets nothing.

    `among_others` it may be left open: it stands on a page where another move can be chosen.
    """
    place, sets = ask.place, transition.sets
    sent = ask.request.method == "POST"
    if sets is None:
        return None
    if sets == STRAND:
        chosen = ask.text(PREFIX + STRAND, 200) if sent else ""
        strands = [(name, ask.said(title), name == chosen) for name, title in place.workflow.strands.items()]
        known = chosen if chosen in place.workflow.strands else None
        wanting = sent and not known and not among_others
        return NewValue(sets, strands, None, {}, known, ask.say("Choose one of these.") if wanting else "")
    asked = {sets: place.workflow.questions[sets]}
    form = form_of(ask, asked, answers, typed=sent)
    form[sets].flags.required = not among_others
    form[sets].flags.with_another = among_others  # not optional either: needed once that other field says so
    if not sent:
        return NewValue(sets, [], form, asked, None)
    filled = read(ask, asked, form, answers)
    value = filled.answers.get(sets)
    wanting = value is None and not among_others
    error = filled.errors.get(sets, "") or (ask.say("Fill this in.") if wanting else "")
    if error:
        form[sets].errors = [error]
    return NewValue(sets, [], form, asked, value, error)

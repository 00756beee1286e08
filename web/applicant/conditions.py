"""Which questions of a form are shown, and how is it said when one is asked?

Without a script a page cannot ask one thing more as soon as another is answered: a question that hangs on one of the
same page is shown with its condition, one that hangs on another page is shown once it is asked.
"""

from collections.abc import Mapping
from typing import Any

from engine.rules.asked import asked, asked_about, of_another_strand
from engine.rules.questions import Question
from engine.rules.workflow import question_of
from web.ask import Ask


def shown(
    form: Mapping[str, Question],
    here: Mapping[str, Question],
    answers: Mapping[str, Any],
    elsewhere: Mapping[str, Any] | None = None,
) -> dict[str, Question]:
    """The questions of a page (`here`, of a form) that are asked, or that may be by what is answered on that page."""
    now = asked(form, answers, elsewhere)
    found: dict[str, Question] = {}
    for name, question in here.items():
        hangs_on = {key for guard in question.only_if for key in asked_about(guard)}
        if name in now or (hangs_on & {one.key for one in found.values()} and not of_another_strand(question)):
            found[name] = question
    return found


def condition_said(ask: Ask, question: Question) -> str:
    """When a question is asked, in the reader's language; empty where it always is."""
    sentences = []
    for guard in question.only_if:
        wanted = guard.value if isinstance(guard.value, Mapping) else {}
        for key, choices in wanted.items():
            said = ask.say(" or ").join(ask.quoted(ask.said(choice)) for choice in choices)
            about = ask.said(question_of(ask.place.workflow, key).ask)
            sentences.append(ask.say("Only if “%(question)s” is answered %(choices)s.", question=about, choices=said))
    return " ".join(sentences)

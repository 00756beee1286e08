"""How is the limit of an answer said, in the reader's language?"""

from engine.rules.numbers import Number, PartOf
from engine.rules.questions import Question
from engine.rules.workflow import question_of
from web import dates
from web.ask import Ask


def limit_said(ask: Ask, question: Question, limit: Number | None) -> str:
    """A limit of a question of one strand: an amount, a number, or a part of another answer; empty for none."""
    workflow = ask.place.workflow
    if isinstance(limit, PartOf):
        whole = ask.said(question_of(workflow, limit.of).ask)
        share = f"{dates.number(limit.share.percent, ask.language)}\N{NO-BREAK SPACE}%"
        return ask.say("%(share)s of “%(question)s”", share=share, question=whole)
    if not isinstance(limit, int | float):
        return ""
    return dates.number(limit, ask.language) if question.kind == "number" else \
        dates.amount(limit, workflow.currency, ask.language)  # fmt: skip

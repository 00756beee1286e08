"""Which question says how much money a dossier asks for?"""

from dataclasses import replace

from samples import sample_workflow

from engine.rules.budgets import asking
from engine.rules.conditions import Guard
from engine.rules.questions import Question


def test_it_is_that_on_which_the_budget_is_spent_and_else_the_first_that_asks_for_an_amount() -> None:
    money = {name: Question(name, name.title(), "money") for name in ("costs", "grant")}
    rules = replace(sample_workflow(), questions={"title": Question("title", "Title", "text"), **money})
    assert [one.name for one in asking(rules)] == ["costs", "grant"]
    name, award = next(iter(rules.transitions.items()))
    spends = replace(award, guards=(Guard("budget_left", "grant"),))
    assert [one.name for one in asking(replace(rules, transitions={**rules.transitions, name: spends}))] == ["grant"]
    assert asking(replace(rules, questions={})) == ()

"""What can be filtered by, and what is chosen already?"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.database.pages.filtering import FLAGS, choices_of
from engine.database.pages.ranges import FROM, UP_TO, ranged_questions
from engine.rules.budgets import asking
from engine.rules.questions import Question
from web.ask import Ask
from web.staff.board.wanted import Wanted, flag_words, language_words, verdict_words


@dataclass(frozen=True, slots=True)
class Choice:
    """One group of boxes: (value, words, whether it is ticked)."""

    name: str
    label: str
    options: Sequence[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class Range:
    """Two fields between which answers lie: their names, and what is typed in them. `kind` is that of the question."""

    label: str
    kind: str
    lowest: tuple[str, str]
    highest: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Choices:
    """The form of the filters."""

    groups: Sequence[Choice]
    amount_from: str
    amount_to: str
    organisation: str
    text: str
    has_money: bool
    ranges: Sequence[Range]


def choices(ask: Ask, wanted: Wanted) -> Choices:
    """The filters that mean something in this programme."""
    workflow, chosen = ask.place.workflow, wanted.filter
    flags = flag_words(ask)
    silent = set() if workflow.committees else {"conflict", "decided", "undecided", "differ"}
    if not workflow.criteria:
        silent.add("differ")
    verdicts = [name for name, one in workflow.transitions.items() if one.by in workflow.committees]
    languages, named = language_words(ask), verdict_words(ask)
    groups = [
        Choice("only", ask.say("Only those that show"),
               [(one, flags[one], one in chosen.only) for one in FLAGS if one not in silent]),
        Choice("state", ask.say("State"),
               [(name, ask.said(one.title), name in chosen.state) for name, one in workflow.states.items()
                if not one.retired]),
        Choice("strand", ask.say("Strand"),
               [(name, ask.said(title), name in chosen.strand) for name, title in workflow.strands.items()]),
        *(Choice("answer", ask.said(one.ask),
                 [(value, ask.said(choice), value in chosen.answer)
                  for value, (of, choice) in choices_of(workflow).items() if of.name == one.name])
          for one in workflow.questions.values() if one.kind == "choice"),
        Choice("language", ask.say("Language"),
               [(one, languages.get(one, one), one in chosen.language) for one in workflow.languages]),
        Choice("verdict", ask.say("Verdict"),
               [(one, named[one], one in chosen.verdict) for one in verdicts]),
        Choice("batch", ask.say("Batch"),
               [(one, one, one in chosen.batch) for one in map(str, range(1, len(ask.place.calendar.batches) + 1))]),
    ]  # fmt: skip
    amounts, bounds = dict(chosen.pairs()), dict(chosen.bounds)

    def field(side: str, question: Question) -> tuple[str, str]:
        name = f"{side}{question.name}"
        return name, bounds.get(name, "")

    ranges = [
        Range(ask.said(one.ask), one.kind, field(FROM, one), field(UP_TO, one)) for one in ranged_questions(workflow)
    ]
    return Choices(
        [one for one in groups if len(one.options) > 1],
        amounts.get("amount_from", ""), amounts.get("amount_to", ""), chosen.organisation, chosen.text,
        bool(asking(workflow)), ranges,
    )  # fmt: skip

"""How is a mark said on a page, and a score that comes of several?"""

from engine.rules.assessing import list_in, said_score
from engine.rules.marks import in_words
from engine.rules.workflow import Criterion
from web import dates
from web.ask import Ask


def mark_said(ask: Ask, criterion: Criterion, mark: float) -> str:
    """A mark as members chose it: its word, or its number."""
    word = in_words(criterion, mark)
    return dates.number(round(mark, 2), ask.language) if word is None else ask.said(word)


def score_said(ask: Ask, state: str, score: float | None) -> float | None:
    """A score of a dossier in that state as people read it: where every scale falls, the best is the lowest."""
    workflow = ask.place.workflow
    return said_score(workflow, list_in(workflow, state), score)

"""How is one dossier shown at a glance: its exceptions as chips, its marks as a bar?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.database.pages.cards import Card
from engine.database.pages.marks import far_apart
from engine.rules.assessing import assessment_in, ends, list_in, said_score
from engine.rules.workflow import Workflow
from web import dates
from web.ask import Ask
from web.committee.seat import called


@dataclass(frozen=True, slots=True)
class Shown:
    """A dossier with what is said about it. `dots` is (given, wanted), None where no marks are wanted."""

    card: Card
    chips: tuple[tuple[str, str], ...]
    """(tone, words): only what is out of the ordinary"""
    bar: int | None
    """the mean, of a hundred"""
    dots: tuple[int, int] | None
    answers: Mapping[str, str] = field(default_factory=dict)
    """to the questions whose columns are shown"""


class Showing:
    """Says what there is to say about the dossiers of one page."""

    def __init__(self, ask: Ask, members: Mapping[str, int]) -> None:
        self._ask = ask
        self._workflow: Workflow = ask.place.workflow
        self._members = members
        workflow = self._workflow
        self._apart = {state: far_apart(workflow, state) for state in workflow.states}
        self._lists = {state: list_in(workflow, state) for state in workflow.states}
        self._asked = {
            state: one.by for state in workflow.states if (one := assessment_in(workflow, state)) and one.criteria
        }

    def shown(self, card: Card, answers: Mapping[str, str] | None = None) -> Shown:
        """A dossier with its chips, bar and dots, and with what it answers where that is shown."""
        said = said_score(self._workflow, self._lists[card.state], card.mean)
        shown = replace(card, mean=said)
        return Shown(shown, tuple(self._chips(card)), self._bar(card), self.dots(card), answers or {})

    def dots(self, card: Card) -> tuple[int, int] | None:
        """How many members have given every mark, of how many who may; None where nobody is to mark it."""
        committee = self._asked.get(card.state)
        if committee is None:
            return None
        everybody = self._members.get(committee, 0) - card.stepped_back
        return card.members, max(everybody if card.asked_first is None else card.asked_first, card.members)

    def differ(self, card: Card) -> bool:
        """Whether members lie far apart."""
        return card.spread is not None and 0 < self._apart[card.state] <= card.spread

    def _bar(self, card: Card) -> int | None:
        one = self._lists[card.state]
        low, high = ends(self._workflow, one) if one else (0.0, 0.0)
        return None if card.mean is None or low == high else round(100 * (card.mean - low) / (high - low))

    def _chips(self, card: Card) -> list[tuple[str, str]]:
        say, ngettext = self._ask.say, self._ask.words.ngettext
        found = []
        if card.overdue:
            found.append(("bad", ngettext("%(n)s overdue", "%(n)s overdue", card.overdue) % {"n": card.overdue}))
        if card.held:
            found.append(("bad", say("Held back")))
        if card.asks:
            found.append(("warn", say("Asks for more time")))
        if card.missing and card.state not in self._workflow.ends_in:
            tone = "neutral" if card.state == self._workflow.begins_in else "bad"
            words = ngettext("%(n)s answer missing", "%(n)s answers missing", card.missing)
            found.append((tone, words % {"n": card.missing}))
        if card.late:
            found.append(("warn", say("Received late")))
        if self.differ(card):
            found.append(("warn", say("Scores differ %(spread)s", spread=self._number(card.spread or 0))))
        if card.conflicts:
            words = ngettext("%(n)s conflict", "%(n)s conflicts", card.conflicts)
            found.append(("warn", words % {"n": card.conflicts}))
        if card.extension:
            found.append(("info", say("Has more time")))
        if card.slot is not None:
            found.append(("good", dates.short_moment(card.slot, self._ask.place.zone, self._ask.language)))
        if card.verdict:
            found.append(("good", self.verdict(card.verdict)))
        return found

    def verdict(self, transition: str) -> str:
        """What a verdict is called."""
        return called(self._ask, transition) if transition in self._workflow.transitions else transition

    def _number(self, value: float) -> str:
        return dates.number(round(value, 1), self._ask.language)

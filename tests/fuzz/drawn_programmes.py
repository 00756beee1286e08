"""Which programmes could a foundation write that has never seen this code? Some, put together by lot.

Everything comes from one seed. A drawn programme makes sense: its phases follow each other, what is judged can be
judged, and every state has a way out. A test holds what is drawn to the vocabulary, and says which
word nobody draws yet.
"""

from drawn_dice import ENDS, LANGUAGES, WORDS, Dice, Drawn, Table, is_word
from drawn_guards import Guards
from drawn_owed import Owed
from drawn_questions import Questions
from drawn_rounds import Rounds
from drawn_steps import Steps
from drawn_told import TellsAll
from drawn_work import Work

__all__ = ["LANGUAGES", "WORDS", "Drawn", "draw"]


def draw(seed: int) -> Drawn:
    """The programme of a seed."""
    return Drawer(seed).draw()


class Drawer(Questions, Guards, Steps, Work, Owed, TellsAll, Rounds, Dice):
    """Puts the parts of one programme together."""

    def draw(self) -> Drawn:
        rules = self.drawn.rules
        languages = self.some(LANGUAGES)
        rules["workflow"] = {
            "title": self.text(), "format": 1, "language": self.one(*languages), "languages": languages,
            "begins_in": "draft", "ends_in": [], "currency": self.one("EUR", "USD", "GBP"),
        }  # fmt: skip
        own = rules["workflow"]["language"]
        self.drawn.languages = [own, *(one for one in languages if one != own)]
        self.middle = [f"step{place}" for place in range(1, self.dice.randint(1, 3) + 1)]
        self.phases = ["call", *self.middle, "work"]
        # in some nothing is counted from where a dossier came: what happens late there is what happens in time
        self.timed = self.often(0.6)
        self.rolling = self.timed and self.often(0.3)
        self.committees = ["jury", "panel"][: self.dice.randint(1, 2)] if self.often(0.85) else []
        self.criteria = ["quality", "reach", "scope"][: self.dice.randint(1, 3)] if self.committees else []
        self.strands = ["small", "large", "other"][: self.dice.randint(2, 3)] if self.often(0.3) else []
        self.draw_committees()
        rules["phase"] = {name: self.text() for name in self.phases}
        if self.strands:
            rules["strand"] = {name: self.text() for name in self.strands}
        rules["state"] = self.states
        self.draw_questions()
        self.draw_criteria()
        self.draw_states()
        rules["transition"] = self.moves
        self.draw_owed()
        self.draw_hand_in()
        for place, _ in enumerate(self.middle):
            self.draw_step(place)
        self.draw_work()
        self.draw_ways_out()
        self.draw_assessments()
        self.draw_told()
        rules["workflow"]["ends_in"] = [name for name in self.states if name in ENDS]
        self.tidy()
        self.draw_rounds()
        return self.drawn

    def draw_committees(self) -> None:
        if not self.committees:
            return
        self.drawn.rules["committee"] = {}
        for name in self.committees:
            table: Table = {"title": self.text()}
            self.maybe(0.3, table, observers=["Observer"], quorum=self.dice.randint(1, 2))
            if self.strands and is_word("committee", "per"):
                self.maybe(0.3, table, per="strand")
            self.drawn.rules["committee"][name] = table

    def draw_criteria(self) -> None:
        if self.criteria:
            self.drawn.rules["criterion"] = {}
        falls = self.often(0.15)
        words = self.often(0.15)
        marks = [self.text() for _ in range(self.dice.randint(2, 4))] if words else []
        for name in self.criteria:
            scale = marks or ([9, 1] if falls else self.one([1, 10], [0, 5], [1, 7]))
            table: Table = {"title": self.text(), "scale": scale}
            self.maybe(0.4, table, weight=self.one(1, 2, 0.5))
            self.drawn.rules["criterion"][name] = table
        if len(self.criteria) > 1 and self.often(0.2):
            self.drawn.rules["criterion"][self.criteria[-1]]["weight"] = 0
        self.falls, self.marks = falls, marks

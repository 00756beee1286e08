"""Which states does a drawn programme have, and what must hold for a move?"""

from typing import Any

from drawn_dice import Dice, Table

REACHES = ("ever", "2 rounds", "1 year", "20 working days")


class Guards(Dice):
    """Its states, and values for the guards."""

    def state(self, name: str, phase: str | None = None, **more: Any) -> None:
        table: Table = {"title": self.text(), **more}
        if phase:
            table["phase"] = phase
        self.maybe(0.3, table, shown=self.text, ahead=self.text)
        self.states[name] = table

    def draw_states(self) -> None:
        self.state("draft", "call")
        self.handed = self.often(0.4) or self.rolling
        if self.handed:
            self.state("handed", "call")
        for step in self.middle:
            self.state(f"in_{step}", step)
        self.state("working", "work")
        self.state("done")
        self.state("lapsed", frees_place=True)
        self.state("declined")
        self.state("withdrawn", frees_place=True)
        self.state("stopped", frees_place=self.often(0.7))
        self.first = "handed" if self.handed else f"in_{self.middle[0]}"

    def next_of(self, place: int) -> str:
        return f"in_{self.middle[place + 1]}" if place + 1 < len(self.middle) else "working"

    def guards(self, share: float, source: str, *words: str) -> Table:
        """Some of these guards, for dossiers that stand there."""
        table: Table = {}
        for word in words:
            if self.often(share):
                value = self.guard(word, source)
                if value is not None:
                    table[word] = value
        return table

    def guard(self, word: str, source: str) -> Any:
        """A value for that guard, or None where this programme has none."""
        scores = self.scored.get(source) is not None and bool(self.criteria)
        if word in ("recommendation", "verdict"):
            return {"recommendation": "written", "verdict": "missing"}[word] if self.scored.get(source) else None
        if word in ("score", "quorum", "majority", "score_at_least"):
            return self._scored(word) if scores else None
        if word == "member_of":
            return self.one(*self.committees) if self.committees else None
        drawn = {
            "form": lambda: "complete",
            "reason": lambda: "written",
            "fulfilled": lambda: "all",
            "rank_at_most": lambda: self.places(),
            "at_most": lambda: self.places(),
            "budget_left": lambda: self._budget(),
            "answer": lambda: self._answer(),
            "delivered": lambda: self.one(*self.unasked) if self.unasked else None,
            "attended": lambda: self.one(*self.come_to) if self.come_to else None,
            "strand": lambda: self.one(self.strands[0], self.strands[:-1]) if self.strands else None,
            "once_per": lambda: self.one(
                "person", "organisation", {"person": "1 round"}, {"organisation": "1 year"},
                {"person": "2 rounds", "organisation": "6 months"},
            ),
            "clear_of": lambda: {self.one("stopped", "declined"): self.one(*REACHES)},
            "follows": lambda: {self.one("done", "declined"): self.one(*REACHES)},
        }  # fmt: skip
        return drawn[word]()

    def _scored(self, word: str) -> Any:
        first = self.drawn.rules["criterion"][self.criteria[0]]
        worst, best = (1, len(self.marks)) if self.marks else first["scale"]
        if word == "score":
            return "written"
        if word == "quorum":
            return self.dice.randint(1, 2)
        if word == "majority":
            return {self.criteria[0]: self.one(*self.marks) if self.marks else self.one(best, (worst + best) // 2)}
        if self.marks:
            return self.one(*self.marks) if first.get("weight") != 0 else "40 %"
        return self.one("40 %", "60 %", self.named("floor", "50 %"))

    def _budget(self) -> str | None:
        if self.budget is None:
            return None
        self.given.setdefault("budget", self.one(1000, 9000, 50_000))
        return self.budget

    def _answer(self) -> Table | None:
        if self.choice is None:
            return None
        choices = self.choices(self.questions[self.choice])
        return {self.choice: self.one(choices[0], choices[:-1])}

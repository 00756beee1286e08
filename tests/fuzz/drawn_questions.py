"""Which questions does a drawn programme ask?"""

from typing import Any

from drawn_dice import Dice, Table


def is_whole(question: Table, kind: str) -> bool:
    """Whether a limit of a question of that kind may be a part of this one's answer."""
    of = question.get("kind")
    comparable = of == "number" if kind == "number" else of in ("money", "schedule")
    return comparable and question.get("required") is True and "only_if" not in question


class Questions(Dice):
    """Its questions, with their limits and what they hang on."""

    def draw_questions(self) -> None:
        kinds = ["text", *self.some(("long_text", "money", "number", "choice", "date", "schedule", "text"), 0)]
        if self.often(0.15):
            kinds.append("file")
        if self.often(0.15):
            kinds.append("dossier")
        if self.committees and self.often(0.15):
            kinds.append("conflicts")
        self.questions: Table = {}
        for place, kind in enumerate(kinds):
            name = "name" if place == 0 else f"{kind.replace('long_text', 'plan')}{place}"
            self.questions[name] = self.question(kind, required=place == 0 or kind == "money", before=self.questions)
        self.drawn.rules["question"] = self.questions
        self.money = next((name for name, one in self.questions.items() if one.get("kind") == "money"), None)
        self.day = next((name for name, one in self.questions.items() if one.get("kind") == "date"), None)
        self.schedule = next((name for name, one in self.questions.items() if one.get("kind") == "schedule"), None)
        self.choice = next(
            (name for name, one in self.questions.items() if one.get("kind") == "choice" and "only_if" not in one), None
        )
        self.budget = self.money if self.money and "only_if" not in self.questions[self.money] else None

    def question(self, kind: str, *, required: bool, before: Table, strands: bool = True) -> Table:
        """A question of that kind; `before` are those that it may depend on."""
        table: Table = {"ask": self.text()}
        if kind != "text" or self.often(0.3):
            table["kind"] = kind
        if required or (kind not in ("dossier",) and self.often(0.4)):
            table["required"] = True
        self.maybe(0.2, table, help=self.text)
        if kind in ("money", "number", "schedule"):
            self.maybe(0.5, table, at_most=lambda: self.most(strands), at_least=lambda: self.least(strands))
            wholes = [name for name, one in before.items() if strands and is_whole(one, kind)]
            if wholes and self.often(0.4):
                table["at_most"] = f"{self.one(50, 75, 100)} % of {self.one(*wholes)}"
                table.pop("at_least", None)
        if kind in ("text", "long_text"):
            self.maybe(0.3, table, max_words=self.dice.randint(5, 200))
        if kind == "file":
            self.maybe(0.5, table, accept=["pdf"])
        if kind == "choice":
            choices = [self.text() for _ in range(self.dice.randint(2, 4))]
            table["choices"] = self.named("choices", choices) if strands and self.often(0.2) else choices
        asked = [(name, one) for name, one in before.items() if one.get("kind") == "choice"]
        if strands and self.strands and not required and kind not in ("dossier", "conflicts") and self.often(0.2):
            table["only_if"] = {"strand": self.one(self.strands[0], self.strands[:-1])}
        if asked and kind not in ("dossier", "conflicts") and self.often(0.3) and not (required and kind == "money"):
            name, one = self.one(*asked)
            choices = self.choices(one)
            table["only_if"] = {**table.get("only_if", {}), "answer": {name: self.one(choices[0], choices[:-1])}}
        return table

    def choices(self, question: Table) -> list[str]:
        """What one may choose from, wherever it is written."""
        listed = question["choices"]
        return self.given[listed] if isinstance(listed, str) else listed  # type: ignore[no-any-return]

    def most(self, strands: bool) -> Any:
        """A ceiling: a number, one that the round gives, or one for each strand."""
        number = self.one(500, 5000, 20_000)
        if self.often(0.2):
            return self.named("most", number)
        if strands and self.strands and self.often(0.4):
            return {one: number + 100 * place for place, one in enumerate(self.strands)}
        return number

    def least(self, strands: bool) -> Any:
        """A floor, likewise."""
        if self.often(0.1):
            return self.named("least", 5)
        return dict.fromkeys(self.strands, 1) if strands and self.strands and self.often(0.2) else self.one(0, 1, 10)

    def named(self, stem: str, number: Any) -> str:
        """The number by a name that every round gives."""
        name = f"{stem}{len(self.given) + 1}"
        self.given[name] = number
        return name

    def places(self, *, shares: bool = True) -> Any:
        """How many places: few, so that they run out."""
        number: Any = self.dice.randint(1, 3)
        if shares and self.often(0.2):
            number = self.one("30 %", "50 %")
        if self.often(0.2):
            return self.named("places", number)
        if self.strands and self.often(0.3):
            return {one: self.one(1, 2, number) for one in self.strands}
        return number

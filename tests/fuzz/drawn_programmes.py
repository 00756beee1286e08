"""Which programmes could a foundation write that has never seen this code? Some, put together by lot.

Everything comes from one seed. A drawn programme makes sense: its phases follow each other, what is judged can be
judged, and every state has a way out. Which words there are is read from the vocabulary, so that a test can say which
of them nobody draws yet.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from drawn_toml import file

Table = dict[str, Any]
LANGUAGES = ("nl", "fr", "en")
WORDS = ("Moka", "Zonda", "Tarn", "Quibo", "Velto", "Lurma", "Brink", "Osta", "Fenka", "Drulo", "Pavik", "Hesto")
"""words of no language, so that a word of the wrong one stands out where a programme is read aloud"""
ZONES = ("Europe/Brussels", "Europe/Brussels", "Europe/London", "America/New_York", "Pacific/Auckland", "UTC")
REGIONS = ("BE", "NL", "FR", "GB-ENG", "US", "BE-VLG")
SPANS = ("1 day", "2 days", "3 days", "5 days", "1 week", "10 days", "2 weeks", "3 working days", "1 month")
DATED = ("2030-03-30", "2030-03-31", "2030-10-26", "2030-10-27", "2030-04-30")
"""days about which clocks are changed, and the end of a month"""


@dataclass
class Drawn:
    """A programme by lot, as tables and as files."""

    seed: int
    rules: Table
    rounds: dict[str, Table]
    texts: dict[str, None] = field(default_factory=dict)
    """every text of it, in order"""
    letters: dict[str, str] = field(default_factory=dict)
    """letter -> the role that it is told to"""

    @property
    def name(self) -> str:
        return f"drawn-{self.seed}"

    @property
    def files(self) -> dict[str, str]:
        """The files as they would lie in a folder; the letters say no more than their name."""
        languages = self.rules["workflow"]["languages"]
        own = self.rules["workflow"]["language"]
        files = {"workflow.toml": file(self.rules)}
        files |= {f"rounds/{name}.toml": file(tables) for name, tables in self.rounds.items()}
        for language in languages:
            if language != own:
                files[f"words.{language}.toml"] = file({one: f"{one} {language}" for one in self.texts})
            for letter in self.letters:
                files[f"letters/{language}/{letter}.md"] = f"{letter} ({language})\n\n{letter}.\n"
        return files


def draw(seed: int) -> Drawn:
    """The programme of a seed."""
    return Drawer(seed).draw()


class Drawer:
    """Draws one programme."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(f"programme {seed}")
        self.drawn = Drawn(seed, {}, {})
        self.given: Table = {}
        self.moves: Table = {}
        self.states: Table = {}
        self.scored: dict[str, str] = {}
        """state -> the committee that scores there"""

    # ── Dice ─────────────────────────────────────────────────────────────────

    def often(self, share: float) -> bool:
        return self.dice.random() < share

    def one(self, *of: Any) -> Any:
        return self.dice.choice(of)

    def some(self, of: Any, least: int = 1) -> list[Any]:
        every = list(of)
        chosen = self.dice.sample(range(len(every)), self.dice.randint(least, len(every)))
        return [every[place] for place in sorted(chosen)]

    def text(self) -> str:
        """A text that stands nowhere yet."""
        said = f"{self.dice.choice(WORDS)} {self.dice.choice(WORDS).lower()} {len(self.drawn.texts) + 1}"
        self.drawn.texts[said] = None
        return said

    def letter(self, role: str) -> str:
        name = f"letter-{len(self.drawn.letters) + 1}"
        self.drawn.letters[name] = role
        return name

    def tell(self, *roles: str) -> Table:
        return {role: self.letter(role) for role in roles}

    def maybe(self, share: float, table: Table, **keys: Any) -> None:
        """Put keys into a table, each by lot; a value that is a function is only drawn when it is needed."""
        for key, given in keys.items():
            if given is not None and self.often(share):
                drawn = given() if callable(given) else given
                if drawn is not None:
                    table[key.rstrip("_")] = drawn

    def span(self, *, working: bool = True) -> str:
        return self.one(*(one for one in SPANS if working or "working" not in one))

    def moment(self, phase: str, *, edges: tuple[str, ...] = ("opens", "closes"), after: bool = False) -> str:
        """An edge of a phase, or some days from it."""
        edge = f"{phase} {self.one(*edges)}"
        if self.often(0.5):
            return edge
        return f"{self.span()} {'after' if after else self.one('before', 'after')} {edge}"

    # ── The programme ────────────────────────────────────────────────────────

    def draw(self) -> Drawn:
        rules = self.drawn.rules
        languages = self.some(LANGUAGES)
        rules["workflow"] = {
            "title": self.text(), "format": 1, "language": self.one(*languages), "languages": languages,
            "begins_in": "draft", "ends_in": [], "currency": self.one("EUR", "USD", "GBP"),
        }  # fmt: skip
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

    # ── Questions ────────────────────────────────────────────────────────────

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
        return {one: 1 for one in self.strands} if strands and self.strands and self.often(0.2) else self.one(0, 1, 10)

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

    # ── States ───────────────────────────────────────────────────────────────

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

    # ── Guards ───────────────────────────────────────────────────────────────

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
            "clear_of": lambda: {self.one("stopped", "declined"): self.one("ever", "2 rounds", "1 year", "20 working days")},
            "follows": lambda: {self.one("done", "declined"): self.one("ever", "2 rounds", "1 year", "20 working days")},
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
            return self.one(*self.marks) if not first.get("weight") == 0 else "40 %"
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

    # ── Moves ────────────────────────────────────────────────────────────────

    def move(self, name: str, from_: Any, to: str, **keys: Any) -> Table:
        table = {"from": from_, "to": to, **{key.rstrip("_"): one for key, one in keys.items() if one is not None}}
        for key in ("only_if", "tell"):
            if table.get(key) == {}:
                del table[key]
        self.moves[name] = table
        return table

    def counted(self, table: Table, source: str) -> None:
        """Who comes first, where the calendar counts places; and over what they are counted."""
        guards = table.get("only_if", {})
        counts = {"at_most", "rank_at_most", "budget_left"} & set(guards)
        if not counts:
            return
        scored = self.scored.get(source) and self.criteria
        if "when" in table or "after" in table:
            table["order"] = self.one(["score", "received"], ["score"], ["received"], [self.criteria[0], "received"]) \
                if scored else ["received"]
            if (scored or len(self.committees) == 1) and self.often(0.15):
                table["order"] = ["committee"]
            self.maybe(0.4, table, ties=self.one("ask", "out", *(["in"] if "budget_left" not in guards else [])))
        by_strand = any(isinstance(guards.get(word), dict) for word in counts)
        if self.strands and not by_strand and self.often(0.3):
            table["per"] = "strand"
        elif self.choice and not by_strand and self.often(0.2):
            table["per"] = self.choice
        elif self.rolling and not by_strand and self.often(0.2):
            table["per"] = "batch"

    def draw_hand_in(self) -> None:
        only_if = {"form": "complete"} if self.often(0.9) else {}
        only_if |= self.guards(0.12, "draft", "once_per", "clear_of", "follows", "answer", "strand")
        submit = self.move("submit", "draft", self.first, by="applicant", during="call", only_if=only_if,
                           tell=self.tell("applicant"))  # fmt: skip
        if self.often(0.08):
            submit["only_if"] = {**submit.get("only_if", {}), "at_most": self.dice.randint(2, 4)}
        if self.rolling:
            self.move("lapse", "draft", "lapsed", after=self.one("3 weeks", "2 months"), tell=self.tell("applicant"))
            self.move("take_up", "handed", f"in_{self.middle[0]}", when="call closes", tell=self.tell("applicant"),
                      release=self.one(None, None, "hold"))  # fmt: skip
            return
        self.move("lapse", "draft", "lapsed", when="call closes", tell=self.tell("applicant"))
        if self.handed:
            release = self.one(None, None, "hold")
            self.move("take_up", "handed", f"in_{self.middle[0]}", when=self.one("call closes", "step1 opens"),
                      tell=self.one({}, self.tell("applicant")), release=release)  # fmt: skip

    def draw_step(self, place: int) -> None:
        step, source, target = self.middle[place], f"in_{self.middle[place]}", self.next_of(place)
        following = self.phases[self.phases.index(step) + 1]
        committee = self.one(*self.committees) if self.committees else None
        how = self.one(*(("verdict", "gate") if committee else ()), "staff", "queue", "pass",
                       *(["offer"] if self.timed else []))  # fmt: skip
        if committee and how in ("verdict", "gate", "queue"):
            self.scored[source] = committee
        getattr(self, f"draw_{how}")(step, source, target, following, committee)
        if self.often(0.2):
            self.sets(f"change_in_{step}", source)

    def draw_verdict(self, step: str, source: str, target: str, following: str, committee: str) -> None:
        if self.rolling and step == self.middle[0] and self.often(0.6):
            # each batch is decided on by itself
            effect = self.one("2 weeks after call closes", "3 weeks after call closes", None)
            window: Table = {"between": ["call closes", "13 days after call closes"]}
            self.draw_verdicts(step, source, target, following, committee, effect, window)
            return
        effect = self.one(f"{following} opens", f"{self.span()} after {step} closes", None)
        window = {"during": step} if self.often(0.6) else {"between": [f"{step} opens", f"{following} opens"]}
        if effect and not effect.startswith(following) and "between" in window:
            window = {"during": step}
        self.draw_verdicts(step, source, target, following, committee, effect, window)

    def draw_verdicts(
        self, step: str, source: str, target: str, following: str, committee: str, effect: str | None, window: Table
    ) -> None:
        """What the committee may decide, and what becomes of those on whom it has not."""
        release = self.one("auto", "hold", "two people") if effect else None
        only_if = self.guards(0.2, source, "recommendation", "score_at_least", "quorum", "majority", "attended",
                              "at_most", "budget_left", "strand", "answer", "delivered", "reason")  # fmt: skip
        choose = self.move(f"choose_{step}", source, target, by=committee, **window, only_if=only_if,
                           takes_effect=effect, release=release, tell=self.tell("applicant"))  # fmt: skip
        if effect and only_if:
            choose["if_not"] = self.tell("staff")
        if effect is None and self.often(0.3):
            choose["sets"] = self.value_to_set()
        self.counted(choose, source)
        decline = self.move(f"decline_{step}", source, "declined", by=committee, **window, takes_effect=effect,
                            release=release, tell=self.tell("applicant", *self.some(("staff",), 0)))  # fmt: skip
        if self.often(0.3):
            decline["only_if"] = {"reason": "written"}
            if effect:
                decline["if_not"] = self.tell("staff", committee)
        if self.often(0.3) and not self.rolling:
            self.move(f"sweep_{step}", source, "declined", when=f"1 month after {following} opens",
                      tell=self.tell("applicant"))  # fmt: skip

    def draw_gate(self, step: str, source: str, target: str, following: str, committee: str) -> None:
        when = self.one(f"{step} closes", f"{following} opens", f"{self.span()} after {step} closes")
        if self.rolling and step == self.middle[0] and self.often(0.6):
            when = self.one("2 weeks after call closes", "1 week after call closes")
        release = self.one("auto", "auto", "hold", "two people")
        only_if = self.guards(0.3, source, "score", "score_at_least", "quorum", "majority", "rank_at_most", "at_most",
                              "budget_left", "strand", "attended", "delivered", "answer", "recommendation")  # fmt: skip
        only_if = only_if or {"score": "written"}
        passed = self.move(f"pass_{step}", source, target, when=when, only_if=only_if, release=release,
                           tell=self.tell("applicant"))  # fmt: skip
        self.counted(passed, source)
        chain = [passed]
        if self.often(0.3):
            second = self.move(f"second_{step}", source, target, when=when, only_if={"score": "written"},
                               release=release, tell=self.tell("applicant"))  # fmt: skip
            more = self.guards(0.5, source, "answer", "strand", "recommendation")
            second["only_if"] |= more
            chain[-1]["if_not"] = f"second_{step}"
            chain.append(second)
        if self.often(0.8):
            chain[-1]["if_not"] = f"turn_down_{step}"
            chain.append(self.move(f"turn_down_{step}", source, "declined", when=when, only_if={"score": "written"},
                                   release=release, tell=self.tell("applicant")))  # fmt: skip
        chain[-1]["if_not"] = self.tell("staff", *self.some((committee,), 0))
        if self.often(0.3):
            self.move(f"set_aside_{step}", source, "declined", by="staff", only_if={"reason": "written"},
                      tell=self.one({}, self.tell("applicant")))  # fmt: skip
        else:
            end: Table = {"after": "10 months"} if self.timed else {"when": f"2 months after {following} opens"}
            self.move(f"sweep_{step}", source, "declined", **end, tell=self.tell("applicant"))

    def draw_staff(self, step: str, source: str, target: str, following: str, _committee: str | None) -> None:
        window: Table = self.one({}, {"during": step}, *([{"within": "1 month"}] if self.timed else []))
        only_if = self.guards(0.2, source, "reason", "attended", "at_most", "budget_left", "strand", "answer",
                              "delivered", "member_of", "fulfilled", "form")  # fmt: skip
        let_in = self.move(f"let_in_{step}", source, target, by="staff", **window, only_if=only_if,
                           tell=self.tell("applicant"))  # fmt: skip
        self.counted(let_in, source)
        end = f"{following} opens" if self.often(0.5) else f"{step} closes"
        self.move(f"close_{step}", source, "declined", when=end, tell=self.tell("applicant"))

    def draw_offer(self, step: str, source: str, target: str, following: str, _committee: str | None) -> None:
        span = self.span(working=False)
        self.move(f"accept_{step}", source, target, by="applicant", within=span, tell=self.tell("staff"),
                  only_if=self.guards(0.15, source, "delivered", "attended", "form"))  # fmt: skip
        if self.often(0.7):
            self.move(f"pass_on_{step}", source, "lapsed", after=span, tell=self.tell("applicant"))
        else:
            gone = self.move(f"silence_{step}", source, target, after=span, tell=self.tell("applicant"),
                             only_if={"form": "complete"}, if_not=self.tell("staff"))  # fmt: skip
            gone["only_if"] |= self.guards(0.2, source, "answer", "strand", "at_most")
            self.counted(gone, source)
            self.move(f"close_{step}", source, "declined", when=f"1 month after {following} opens",
                      tell=self.tell("applicant"))  # fmt: skip

    def draw_queue(self, step: str, source: str, target: str, following: str, _committee: str | None) -> None:
        only_if = {"at_most": self.places(shares=self.often(0.1)), **self.guards(0.2, source, "budget_left", "strand",
                   "answer", "score")}  # fmt: skip
        window: Table = self.one({}, {"during": step})
        table = self.move(f"place_{step}", source, target, when="a place frees", **window, only_if=only_if,
                          if_not=self.tell("staff"), tell=self.tell("applicant"))  # fmt: skip
        self.counted(table, source)
        if table["order"] == ["committee"]:
            table["order"] = ["received"]
        if self.timed and self.often(0.5):
            self.move(f"let_go_{step}", source, "declined", after=self.one("2 months", "6 weeks"),
                      tell=self.tell("applicant"))  # fmt: skip
        self.move(f"close_{step}", source, "declined", when=f"{following} opens", tell=self.tell("applicant"))

    def draw_pass(self, step: str, source: str, target: str, following: str, _committee: str | None) -> None:
        if self.timed and self.day and self.often(0.5):
            span = f"{self.span()} {self.one('before', 'after')} " if self.often(0.7) else ""
            moved = self.move(f"begin_{step}", source, target, when=f"{span}{self.day}", tell=self.tell("applicant"))
            if self.often(0.4):
                moved |= {"only_if": {"form": "complete", **self.guards(0.3, source, "answer", "delivered")},
                          "if_not": self.tell("staff")}  # fmt: skip
            self.move(f"close_{step}", source, "declined", when=f"2 months after {following} opens",
                      tell=self.tell("applicant"))  # fmt: skip
            return
        when = self.one(f"{step} closes", f"{following} opens", f"{self.span()} after {step} opens")
        self.move(f"go_on_{step}", source, target, when=when, tell=self.tell("applicant"),
                  release=self.one(None, "hold"))  # fmt: skip

    def sets(self, name: str, state: str) -> None:
        """Somebody gives a dossier a new value where it stands."""
        self.move(name, state, state, by=self.one("staff", "staff", "applicant"), sets=self.value_to_set(),
                  only_if=self.one({}, {"reason": "written"}))  # fmt: skip

    def value_to_set(self) -> str:
        """A question whose answer can be given anew, or the strand."""
        simple = [one for one, asked in self.questions.items()
                  if asked.get("kind", "text") in ("text", "money", "number", "choice", "date")]  # fmt: skip
        return str(self.one(*(["strand"] if self.strands else []), *simple))

    def draw_work(self) -> None:
        only_if = self.one({}, {"fulfilled": "all"}, self.guards(0.4, "working", "fulfilled", "delivered", "attended"))
        accepted = [one for one, owed in self.owed.items() if "accepted_by" in owed]
        when = self.one("work closes", "work closes", f"{self.span()} after work closes")
        finish = self.move("finish", "working", "done", when=when, only_if=only_if, tell=self.tell("applicant"))
        if only_if:
            finish["if_not"] = self.tell("staff")
            if self.often(0.4):
                finish["if_not"] = "end_without"
                self.move("end_without", "working", "stopped", when=when, tell=self.tell("applicant"))
        if self.timed and accepted and self.often(0.6):
            self.move("early", "working", "done", when=self.one(f"{self.span()} after ", "") + f"{accepted[0]} accepted",
                      only_if={"fulfilled": "all"}, if_not=self.tell("staff"), tell=self.tell("applicant"))  # fmt: skip
        if self.often(0.6):
            self.move("stop", "working", "stopped", by="staff", only_if={"reason": "written"},
                      tell=self.tell("applicant"))  # fmt: skip
        if self.often(0.3):
            self.sets("change_at_work", "working")
        if self.often(0.2):
            self.move("extend_work", "working", "working", by="staff", only_if={"reason": "written"})

    def draw_ways_out(self) -> None:
        waits = any(move.get("when") == "a place frees" for move in self.moves.values())
        if waits or self.often(0.7):
            leave = self.some([name for name in self.states if name not in ENDS and (name != "working" or not waits)])
            leave += ["working"] if waits else []
            window: Table = {}
            if self.timed and self.day and self.often(0.25):
                window = {"between": ["call opens", self.one(self.day, f"3 days before {self.day}")]}
                leave = [name for name in leave if name != "draft"] or ["working"]
            self.move("withdraw", leave, "withdrawn", by="applicant", **window, tell=self.one({}, self.tell("staff")))
        if self.timed and self.often(0.15):
            self.move("reopen", "withdrawn", self.first, by="staff", within=self.span(working=False),
                      only_if={"reason": "written"}, tell=self.tell("applicant"))  # fmt: skip

    def tidy(self) -> None:
        """Leave out what nothing leads to."""
        while True:
            reached = {"draft", *(move["to"] for move in self.moves.values())}
            for name in [one for one in self.states if one not in reached]:
                del self.states[name]
            gone = set()
            for name, move in self.moves.items():
                sources = [move["from"]] if isinstance(move["from"], str) else move["from"]
                left = [one for one in sources if one in self.states]
                move["from"] = left[0] if len(left) == 1 else left
                if not left:
                    gone.add(name)
            for name in gone:
                del self.moves[name]
            if not gone:
                break
        ends = self.drawn.rules["workflow"]["ends_in"]
        self.drawn.rules["workflow"]["ends_in"] = [one for one in ends if one in self.states]
        for move in self.moves.values():
            for word in ("clear_of", "follows"):
                recent = move.get("only_if", {}).get(word, {})
                if any(state not in self.states for state in recent):
                    del move["only_if"][word]
            if move.get("only_if") == {}:
                del move["only_if"]

    # ── What is owed ─────────────────────────────────────────────────────────

    def draw_owed(self) -> None:
        """Deliverables, meetings and obligations."""
        rules = self.drawn.rules
        self.unasked: list[str] = []
        self.come_to: list[str] = []
        self.owed: Table = {}
        deliverables: Table = {}
        meetings: Table = {}
        if self.often(0.35):
            step = self.one(*self.middle)
            deliverables["reply"] = {"title": self.text(), "question": self.form(), "open_to": [f"in_{step}"]}
            if self.often(0.3):
                deliverables["reply"]["by"] = self.one("applicant", "staff")
            self.unasked.append("reply")
        if self.often(0.5):
            step = self.one(*self.middle)
            meeting: Table = {"title": self.text(), "open_to": self.one([f"in_{step}"], "everyone"), "during": step}
            if self.often(0.3):
                following = self.phases[self.phases.index(step) + 1]
                del meeting["during"]
                meeting["between"] = [f"{step} opens", f"{following} opens"]
            self.slots_or_seats(meeting)
            meetings["pitch"] = meeting
            self.come_to.append("pitch")
        if self.committees and self.often(0.25):
            meetings["sitting"] = {"title": self.text(), "open_to": self.one(*self.committees), "during": "step1"}
        if self.often(0.7):
            deliverables["report"] = {"title": self.text(), "question": self.form()}
            self.obligation("report", deliver="report")
        if self.timed and self.schedule and "only_if" not in self.questions[self.schedule] and self.often(0.6):
            deliverables.setdefault("report", {"title": self.text(), "question": self.form()})
            self.owed["milestone"] = {"owed_by": "working", "each": self.schedule, "deliver": "report"}
            self.about_owed("milestone")
        if self.often(0.4):
            meetings["visit"] = {"title": self.text(), "open_to": "working", "during": "work"}
            if self.timed and self.often(0.35):
                del meetings["visit"]["during"]
                own = {"between": ["work opens", self.day]} if self.day and self.often(0.4) else {"within": "6 weeks"}
                meetings["visit"] |= {**own, "slots": {"minutes": 30}, "book_with": self.one("staff", *self.committees)}
            else:
                self.slots_or_seats(meetings["visit"], seats=False)
            self.obligation("visit", attend="visit")
        if self.timed and self.often(0.2):
            step = self.one(*self.middle)
            deliverables["paper"] = {"title": self.text(), "question": self.form()}
            self.owed["paper"] = {"owed_by": f"in_{step}", "within": self.span(), "deliver": "paper"}
            self.about_owed("paper")
            self.unasked.append("paper")
        for name, table in (("deliverable", deliverables), ("meeting", meetings), ("obligation", self.owed)):
            if table:
                rules[name] = table

    def form(self) -> Table:
        """The questions of a deliverable."""
        questions: Table = {}
        for place, kind in enumerate(self.some(("long_text", "money", "number", "choice", "date", "text", "file"))[:4]):
            name = f"{kind.replace('long_text', 'words')}{place}"
            questions[name] = self.question(kind, required=self.often(0.5), before=questions)
        return questions

    def slots_or_seats(self, meeting: Table, *, seats: bool = True) -> None:
        if meeting["open_to"] != "everyone" and self.often(0.5):
            slots: Table = {"minutes": self.one(15, 30)}
            self.maybe(0.5, slots, count=self.dice.randint(2, 8), pause=self.one(0, 5))
            meeting["slots"] = slots
            if self.often(0.4):
                meeting["book_with"] = self.one("staff", *self.committees)
        elif seats and self.timed and self.often(0.5):
            meeting["seats"] = self.one(2, 5, self.named("seats", 3))
            self.maybe(0.6, meeting, answer_within=self.one("1 day", "3 days", "2 working days"))

    def obligation(self, name: str, **what: str) -> None:
        table: Table = {"owed_by": "working"}
        table |= self.one({"during": "work"}, {"during": "work"},
                          *([{"within": self.one("1 month", "10 days", "2 weeks")}] if self.timed else []),
                          {"between": ["work opens", "work closes"]})  # fmt: skip
        if "during" in table:
            self.maybe(0.4, table, every=self.one("year", "month", "month", "week"), times=self.dice.randint(1, 2))
        elif "between" in table:
            self.maybe(0.2, table, times=2)
        self.owed[name] = table | what
        self.about_owed(name)

    def about_owed(self, name: str) -> None:
        table = self.owed[name]
        table |= {} if self.often(0.6) else {"only_if": self.guards(0.6, "", "form", "answer", "strand") or
                                             {"form": "complete"}}  # fmt: skip
        self.maybe(0.5, table, remind=lambda: self.some(("2 weeks", "3 days", "1 day after", "1 week after")))
        if "deliver" in table:
            self.maybe(0.5, table, accepted_by="staff")
        self.maybe(0.5, table, if_not=lambda: self.tell(self.one("staff", "applicant")))

    # ── Assessments, and what is told ────────────────────────────────────────

    def draw_assessments(self) -> None:
        if not self.scored or self.often(0.4):
            return
        table: Table = {}
        for place, (state, committee) in enumerate(self.scored.items()):
            step = state.removeprefix("in_")
            one: Table = {"title": self.text(), "by": committee, "about": self.one(state, [state])}
            following = self.phases[self.phases.index(step) + 1]
            one |= self.one({}, {"during": step}, {"between": [f"{step} opens", f"{following} opens"]},
                            *([{"within": self.span(working=False)}] if self.timed else []))  # fmt: skip
            names = [name for name, asked in self.questions.items() if asked.get("kind", "text") == "text"]
            self.maybe(0.4, one, readers=self.dice.randint(1, 3), score=self.one("mean", "sum", "consensus"),
                       reads=lambda: sorted({*names, *self.some(self.questions)}))  # fmt: skip
            if one.get("score") != "consensus":
                self.maybe(0.25, one, set_aside=self.one("staff", committee))
            if "reads" in one:
                one["reads"] = [name for name in one["reads"] if self.questions[name].get("kind") != "conflicts"]
                one["reads"] += self.some(self.drawn.rules.get("deliverable", ()), 0)
            if self.choice and self.often(0.4):
                one["spread"] = self.choice
            self.maybe(0.2, one, criteria=self.one(self.criteria, self.criteria))
            table[f"reading{place}"] = one
        self.drawn.rules["assessment"] = table

    def draw_told(self) -> None:
        """Reminders, promises and announcements."""
        rules = self.drawn.rules
        reminders: Table = {}
        if self.often(0.6):
            span = self.span(working=False)
            reminders["unfinished"] = {"about": "draft", "when": f"{span} before call closes",
                                       "tell": self.tell("applicant")}  # fmt: skip
            if self.often(0.3):
                reminders["unfinished"]["when"] = ["2 weeks before call closes", "1 day before call closes"]
        for state, committee in self.scored.items():
            if self.often(0.3):
                step = state.removeprefix("in_")
                reminders[f"undecided_{step}"] = {
                    "about": state, "when": f"{self.span()} before {step} closes",
                    "only_if": self.one({"verdict": "missing"}, {"score": "missing"}),
                    "tell": self.tell(committee, *self.some(("staff",), 0)),
                }  # fmt: skip
        if self.timed and self.day and self.often(0.5):
            reminders["soon"] = {"about": ["working"], "when": f"{self.span()} before {self.day}",
                                 "tell": self.tell("applicant")}  # fmt: skip
        if self.timed and self.often(0.3):
            reminders["still_there"] = {
                "about": self.one(*(f"in_{step}" for step in self.middle)), "after": self.one("3 days", ["1 day", "1 week"]),
                "tell": self.tell(self.one("applicant", "staff")),
            }  # fmt: skip
            if self.often(0.4):
                reminders["still_there"]["only_if"] = self.guards(0.5, "draft", "form", "answer", "strand") or \
                    {"form": "complete"}
        promises: Table = {}
        if self.often(0.4):
            promises["answer"] = {"title": self.text(), "before": f"{self.one('5 weeks', '6 weeks', '2 months')} after work opens",
                                  "about": f"in_{self.middle[-1]}", "tell": self.tell("staff")}  # fmt: skip
        announcements: Table = {}
        if self.often(0.4):
            announcements["open"] = {"when": self.moment("call", edges=("opens",), after=True),
                                     "tell": self.tell("everyone", *self.some(("staff",), 0))}  # fmt: skip
        if self.often(0.3):
            announcements["moved"] = {"when": f"{self.one(*self.phases)} moves", "tell": self.tell("everyone")}
        if self.often(0.3):
            announcements["at_work"] = {"when": f"{self.span()} after work opens", "about": "working",
                                        "tell": self.tell("everyone")}  # fmt: skip
        tables = (("reminder", reminders), ("promise", promises), ("announcement", announcements))
        rules |= {name: table for name, table in tables if table}

    # ── The rounds ───────────────────────────────────────────────────────────

    def draw_rounds(self) -> None:
        day = date(2030, 1, 7) + timedelta(days=self.dice.randint(0, 250))
        self.drawn.rounds["2030"] = self.round(day, "D30")
        if self.often(0.15):
            self.drawn.rounds["2031"] = self.several(day)
        elif self.often(0.15):
            self.drawn.rounds["2031"] = self.round(day + timedelta(days=365), "D31")

    def round(self, day: date, number: str) -> Table:
        """A round whose call opens on that day."""
        self.zone = self.one(*ZONES)
        table: Table = {"round": {
            "title": self.text(), "number": number, "timezone": self.zone,
            "mails_at": self.one(time(9), time(7, 30)), "holidays": self.one(*REGIONS),
        }}  # fmt: skip
        phases: Table = {}
        for name in self.phases:
            length = self.dice.randint(20, 60) if name == "call" else self.dice.randint(12, 50)
            length = self.dice.randint(40, 420) if name == "work" else length
            phases[name], day = self.phase(name, day, length)
            day += timedelta(days=self.dice.randint(1, 6) if self.often(0.8) else 0)
        table["phase"] = phases
        asked = _texts(self.drawn.rules)
        given = {name: one for name, one in self.given.items() if name == "budget" or name in asked}
        if given:
            table["given"] = given
        meetings = self.sessions(phases)
        if meetings:
            table["meeting"] = meetings
        if self.often(0.15):
            to = _last_day(phases["call"]) + timedelta(days=1)
            if not self.rolling and to < _first_day(phases["step1"]):
                table["extension"] = [{"of": "call closes", "to": to, "decided": to - timedelta(days=20),
                                       "reason": self.text()}]  # fmt: skip
        if self.often(0.2):
            table["announcement"] = [{"on": _first_day(phases["call"]) + timedelta(days=3),
                                      "tell": self.tell("everyone")}]  # fmt: skip
            self.maybe(0.4, table["announcement"][0], about=lambda: [f"in_{self.middle[0]}"])
        return table

    def phase(self, name: str, day: date, length: int) -> tuple[Table, date]:
        """The dates of a phase that opens on that day, and the day after its last."""
        if name in self.middle and self.often(0.08):
            return {"on": day, **({"roll": "next working day"} if self.often(0.3) else {})}, day + timedelta(days=5)
        last = day + timedelta(days=length)
        near = [date.fromisoformat(one) for one in DATED]
        near = [one for one in near if day + timedelta(days=11) < one < last + timedelta(days=20)]
        if near and self.often(0.4):
            last = self.one(*near)
        table: Table = {"from": day, "to": last}
        if self.often(0.2):
            table["from"] = datetime.combine(day, time(self.one(0, 9, 12)))
            table["to"] = datetime.combine(last, self.one(time(17), time(23, 59), time(12, 30)))
        if name == "call":
            self.maybe(0.25, table, grace=self.one("60 seconds", "5 minutes", "1 hour"))
            if self.rolling:
                table["every"] = "1 month" if (last - day).days > 32 and self.often(0.5) else "2 weeks"
        if "every" not in table:
            self.maybe(0.15, table, roll="next working day")
        if self.often(0.1):
            table["zone"] = self.one(*(zone for zone in ZONES if zone != self.zone))
        return table, last + timedelta(days=4 if "roll" in table else 1)

    def sessions(self, phases: Table) -> Table:
        found: Table = {}
        for name, meeting in self.drawn.rules.get("meeting", {}).items():
            phase = meeting.get("during") or meeting.get("between", ["work opens"])[0].split()[0]
            by_itself = "within" in meeting or self.day in meeting.get("between", ())
            if not by_itself and self.often(0.8):
                day = _first_day(phases[phase]) + timedelta(days=0 if "on" in phases[phase] else self.dice.randint(1, 8))
                session: Table = {"on": day}
                if self.often(0.8) or "slots" in meeting:
                    session["from"] = time(self.dice.randint(9, 14))
                    self.maybe(0.7, session, to=time(18))
                self.maybe(0.4, session, place=self.text, online="https://meet.example/room")
                found[name] = [session]
                if "on" not in phases[phase] and self.often(0.3):
                    found[name].append({**session, "on": day + timedelta(days=1)})
        return found

    def several(self, day: date) -> Table:
        """Several rounds in one file, a year later."""
        whole = self.round(day + timedelta(days=365), "X")
        extension = whole.pop("extension", None)
        own = whole["round"]
        del own["title"], own["number"]
        own["spring"] = {"title": self.text(), "number": "S31"}
        own["autumn"] = {"title": self.text(), "number": "A31", "later": self.one("6 months", "26 weeks")}
        if extension is not None:
            self.drawn.texts.pop(extension[0]["reason"], None)
        return whole


ENDS = ("done", "lapsed", "declined", "withdrawn", "stopped")


def _texts(table: Any) -> set[str]:
    """Every text that stands as a value in tables."""
    if isinstance(table, Mapping):
        return set().union(*(_texts(one) for one in table.values()))
    if isinstance(table, list):
        return set().union(*(_texts(one) for one in table))
    return {table} if isinstance(table, str) else set()


def _first_day(phase: Mapping[str, Any]) -> date:
    given = phase.get("on") or phase["from"]
    return given.date() if isinstance(given, datetime) else given  # type: ignore[no-any-return]


def _last_day(phase: Mapping[str, Any]) -> date:
    given = phase.get("on") or phase["to"]
    return given.date() if isinstance(given, datetime) else given  # type: ignore[no-any-return]

"""Who scores in a drawn programme, and who is told, reminded, promised or paid?"""


from drawn_dice import Dice, Table


class TellsAll(Dice):
    """Assessments, reminders, promises, announcements."""

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
                       reads=sorted({*names, *self.some(self.questions)}))  # fmt: skip
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
                "about": self.one(*(f"in_{step}" for step in self.middle)),
                "after": self.one("3 days", ["1 day", "1 week"]),
                "tell": self.tell(self.one("applicant", "staff")),
            }  # fmt: skip
            if self.often(0.4):
                reminders["still_there"]["only_if"] = self.guards(0.5, "draft", "form", "answer", "strand") or \
                    {"form": "complete"}
        promises: Table = {}
        if self.often(0.4):
            span = self.one("5 weeks", "6 weeks", "2 months")
            promises["answer"] = {"title": self.text(), "before": f"{span} after work opens",
                                  "about": f"in_{self.middle[-1]}", "tell": self.tell("staff")}  # fmt: skip
        if self.budget and self.often(0.4):
            promises["grant"] = {"title": self.text(), "about": ["working", "done"], "pay": self.budget,
                                 "before": self.paid_before(), "tell": self.tell("staff")}  # fmt: skip
        if self.schedule and "only_if" not in self.questions[self.schedule] and self.often(0.5):
            self.questions[self.schedule]["required"] = True
            promises["rows"] = {"title": self.text(), "about": ["working", "done"], "pay": self.schedule,
                                "tell": self.tell("staff")}  # fmt: skip
            if "milestone" in self.owed and "accepted_by" in self.owed["milestone"] and self.often(0.6):
                promises["rows"]["before"] = self.one("", f"{self.span()} after ") + "milestone accepted"
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

    def paid_before(self) -> str:
        """By when money is paid: a moment of the calendar, or of the dossier."""
        own = [f"{self.span()} after {self.day}"] if self.timed and self.day else []
        return str(self.one(f"{self.span()} after work opens", "work closes", *own))

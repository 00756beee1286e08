"""What is owed in a drawn programme, which meetings are there, and what can be handed in?"""


from drawn_dice import Dice, Table, is_word


class Owed(Dice):
    """Deliverables, meetings and obligations."""

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
            self.one_for_each(meeting)
            meetings["pitch"] = meeting
            self.come_to.append("pitch")
        if self.committees and self.often(0.25):
            meetings["sitting"] = {"title": self.text(), "open_to": self.one(*self.committees), "during": "step1"}
            self.one_for_each(meetings["sitting"])
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
                self.one_for_each(meetings["visit"])
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

    def one_for_each(self, meeting: Table) -> None:
        """There is one of a meeting for each strand or answer, by lot; then it may have seats for each strand."""
        asked = [] if self.choice is None else [self.choice]
        over = [*(["strand"] * 2 if self.strands else []), *asked]
        if "book_with" in meeting or not over or not is_word("meeting", "per") or self.often(0.65):
            return
        meeting["per"] = self.one(*over)
        if meeting["per"] in asked:
            self.questions[meeting["per"]]["required"] = True
        elif "seats" in meeting and self.often(0.8):
            meeting["seats"] = {strand: self.dice.randint(1, 4) for strand in self.strands}

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

"""What happens in a drawn programme once the work has begun, and what leads out of it?"""


from drawn_dice import ENDS, Dice, Table


class Work(Dice):
    """The end of the work, ways out, and what nothing leads to."""

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
            when = self.one(f"{self.span()} after ", "") + f"{accepted[0]} accepted"
            self.move("early", "working", "done", when=when, only_if={"fulfilled": "all"}, if_not=self.tell("staff"),
                      tell=self.tell("applicant"))  # fmt: skip
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

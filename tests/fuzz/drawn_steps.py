"""How does a dossier of a drawn programme come as far as the work?"""

from typing import Any

from drawn_dice import Dice, Table


class Steps(Dice):
    """Handing in, and what each step in the middle does."""

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
        apart = any("per" in one for one in self.drawn.rules.get("committee", {}).values())
        by_each = apart and table.get("order") == ["committee"]  # each committee gives its own order
        if self.strands and not by_strand and (by_each or self.often(0.3)):
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

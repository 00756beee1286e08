"""What do committees do in a life drawn by lot?"""

from contextlib import suppress

from drawn_people import STAFFS, People

from engine.database.records import (
    DossierRow,
)
from engine.errors import GrantcycleError


class Judging(People):
    """Marks, recommendations, conflicts, orders."""

    def scoring(self, now: int) -> str | None:
        """All members give marks where they may."""
        done = 0
        for row in self.rows(DossierRow):
            for member in (one for members in self.members.values() for one in members):
                if self.dice.random() < 0.7 and self.rules.criteria:
                    marks = {
                        name: float(self.dice.randint(int(min(one.scale)), int(max(one.scale))))
                        for name, one in self.rules.criteria.items()
                        if self.dice.random() < 0.9
                    }
                    with suppress(GrantcycleError):
                        self.cycle.declare_clear(self.key, row.number, by=member, now=now)
                    with suppress(GrantcycleError):
                        self.cycle.score(self.key, row.number, marks, by=member, now=now)
                        done += 1
        return f"{done} marks"

    def agreeing(self, now: int) -> str | None:
        row = self.a_dossier()
        if row is None or not self.rules.criteria:
            return None
        marks = {name: float(max(one.scale)) for name, one in self.rules.criteria.items()}
        self.cycle.agree(self.key, row.number, marks, by=STAFFS[0], now=now)
        return row.number

    def assigning(self, now: int) -> str | None:
        row = self.a_dossier()
        if row is None or not self.members:
            return None
        committee = self.dice.choice(list(self.members))
        pairs = [(row.number, one) for one in self.members[committee]]
        done = self.cycle.assign(self.key, committee, add=pairs[: self.dice.randint(1, 3)], by=self.staff(), now=now)
        return f"{row.number} {done}"

    def recommending(self, now: int) -> str | None:
        done = 0
        for row in self.rows(DossierRow):
            for members in self.members.values():
                with suppress(GrantcycleError):
                    self.cycle.declare_clear(self.key, row.number, by=members[1], now=now)
                with suppress(GrantcycleError):
                    self.cycle.recommend(self.key, row.number, f"words for {row.number}", by=members[1], now=now)
                    done += 1
        return f"{done} recommendations"

    def setting_aside(self, now: int) -> str | None:
        row = self.a_dossier()
        if row is None or not self.members:
            return None
        member = self.dice.choice(self.members[self.dice.choice(list(self.members))])
        if self.dice.random() < 0.7:
            self.cycle.set_aside(self.key, row.number, member, reason="an outlier", by=self.staff(), now=now)
        else:
            self.cycle.count_again(self.key, row.number, member, by=self.staff(), now=now)
        return f"{row.number} {member}"

    def recusing(self, now: int) -> str | None:
        row = self.a_dossier()
        if row is None or not self.members:
            return None
        member = self.dice.choice(self.members[self.dice.choice(list(self.members))])
        self.cycle.declare_conflict(self.key, row.number, by=member, now=now, reason="a cousin")
        return f"{row.number} {member}"

    def ordering(self, now: int) -> str | None:
        row = self.a_dossier()
        if row is None:
            return None
        numbers = [one.number for one in self.rows(DossierRow) if one.state == row.state]
        self.dice.shuffle(numbers)
        self.cycle.give_order(self.key, row.state, numbers, by=STAFFS[0], now=now)
        return f"{row.state} {len(numbers)}"

"""What do staff decide in a life drawn by lot?"""

from contextlib import suppress
from datetime import timedelta

from drawn_people import STAFFS, UNDO, People

from engine.database.records import (
    DossierRow,
    ExtensionRow,
)
from engine.errors import GrantcycleError


class Decisions(People):
    """Approvals, dates, strands, exceptions, other rules."""

    def approving(self, now: int) -> str | None:
        done = []
        for batch in self.cycle.batches(self.key, now):
            for who in STAFFS:
                with suppress(GrantcycleError):
                    self.cycle.approve(self.key, batch.batch, by=who, now=now)
                    done.append(batch.batch)
        return f"approved {done}" if done else None

    def revoking(self, now: int) -> str | None:
        batches = self.cycle.batches(self.key, now)
        if not batches:
            return None
        self.cycle.revoke(self.key, self.dice.choice(batches).batch, by=STAFFS[0], now=now)
        return "revoked"

    def extending(self, now: int) -> str | None:
        """A date is moved for everybody, or for one dossier."""
        row = self.a_dossier()
        one = row.number if row and self.dice.random() < 0.6 else None
        moments = [f"{phase} {edge}" for phase in self.rules.phases for edge in ("closes", "closes", "opens")]
        if one:
            moments += [f"{move.name} {'after' if move.after else 'within'}" for move in self.rules.transitions.values()
                        if move.after or move.within]  # fmt: skip
            moments += list(self.rules.obligations)
        to = self._day(now) + timedelta(days=self.dice.randint(1, 60))
        moment = self.dice.choice(moments)
        strand = self.dice.choice(list(self.rules.strands)) if self.rules.strands and not one else None
        self.cycle.extend(self.key, moment, to, reason="a flood", by=self.staff(), now=now, dossier=one, strand=strand)
        return f"{moment} {to} {one} {strand}"

    def extending_each(self, now: int) -> str | None:
        numbers = [row.number for row in self.rows(DossierRow)]
        if not numbers:
            return None
        chosen = self.dice.choice((None, numbers[:2]))
        moment = f"{self.dice.choice(list(self.rules.phases))} closes"
        to = self._day(now) + timedelta(days=self.dice.randint(1, 30))
        self.cycle.extend_each(
            self.key, moment, to, reason="a strike", by=self.staff(), now=now, dossiers=chosen, undo_for=UNDO
        )
        return f"{moment} {to} {chosen}"

    def taking_back(self, now: int) -> str | None:
        row = self.row_of(ExtensionRow)
        if row is None:
            return None
        self.cycle.take_back(self.key, row.id, by=self.staff(), now=now)
        return str(row.id)

    def asking_more_time(self, now: int) -> str | None:
        row = self.a_dossier()
        if row is None:
            return None
        of = self.dice.choice([*self.rules.obligations, "call closes"])
        to = self._day(now) + timedelta(days=self.dice.randint(1, 40))
        asked_for = self.cycle.ask_extension(
            self.key, row.number, of=of, to=to, reason="ill", by=self.speaker(row.number), now=now
        )  # fmt: skip
        self.cycle.answer_extension(
            self.key, asked_for, granted=self.dice.random() < 0.7, words="fine", by=self.staff(), now=now + 1
        )  # fmt: skip
        return f"{row.number} {of}"

    def changing_strand(self, now: int) -> str | None:
        row = self.a_dossier()
        if row is None or not self.rules.strands:
            return None
        strand = self.dice.choice(list(self.rules.strands))
        self.cycle.change_strand(self.key, row.number, strand, by=self.staff(), now=now, reason="asked")
        return f"{row.number} {strand}"

    def lifting(self, now: int) -> str | None:
        row = self.a_dossier()
        if row is None:
            return None
        guard = self.dice.choice(("once_per", "clear_of", "follows"))
        self.dice.choice((
            lambda: self.cycle.lift(self.key, row.number, guard, reason="no fault", by=STAFFS[0], now=now),
            lambda: self.cycle.put_back(self.key, row.number, guard, by=STAFFS[0], now=now),
        ))()  # fmt: skip
        return f"{row.number} {guard}"

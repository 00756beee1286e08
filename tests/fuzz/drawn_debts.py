"""What is delivered, attended, excused and paid in a life drawn by lot?"""

from contextlib import suppress
from datetime import timedelta

from drawn_people import STAFFS, People

from engine.database.records import (
    DeliveryRow,
    DossierRow,
    ObligationRow,
    PaymentRow,
)
from engine.errors import GrantcycleError
from engine.rehearsal.acts import DELIVERY, Act
from engine.rules.giving import asked_of
from engine.rules.workflow import APPLICANT


class Debts(People):
    """What is owed, by whomever."""

    def delivering(self, now: int) -> str | None:
        """Everybody hands in something that is owed, or open."""
        if not self.rules.deliverables:
            return None
        done = 0
        for row in self.rows(DossierRow):
            deliverable = self.rules.deliverables[self.dice.choice(list(self.rules.deliverables))]
            who = self.speaker(row.number) if deliverable.by == APPLICANT else STAFFS[0]
            questions = asked_of(deliverable.questions, row.strand)
            answers = self.inventor.answers(questions, self.rules.language, self._day(now), self.answered(row))
            with suppress(GrantcycleError):
                self.actors.perform(Act(now, who, DELIVERY, row.number, {"deliverable": deliverable.name, **answers}))
                done += 1
        return f"{done} delivered"

    def reviewing(self, now: int) -> str | None:
        numbers = {row.id: row.number for row in self.rows(DossierRow)}
        done = 0
        for row in self.rows(DeliveryRow):
            accepted = self.dice.random() < 0.6
            to = None if accepted else self._day(now) + timedelta(days=20)
            with suppress(GrantcycleError):
                self.cycle.review(
                    self.key, numbers[row.dossier_id], row.id, accepted=accepted, words="" if accepted else "once more",
                    to=to, by=self.staff(), now=now,
                )  # fmt: skip
                done += 1
        return f"{done} reviewed"

    def attending(self, now: int) -> str | None:
        if not self.rules.meetings:
            return None
        meeting = self.dice.choice(list(self.rules.meetings))
        done = 0
        for row in self.rows(DossierRow):
            if self.dice.random() < 0.7:
                with suppress(GrantcycleError):
                    self.cycle.attend(self.key, row.number, meeting, by=self.staff(), now=now)
                    done += 1
        return f"{meeting} {done}"

    def excusing(self, now: int) -> str | None:
        row = self.row_of(ObligationRow)
        names = [row.name] if row else list(self.rules.meetings)
        dossier = self.a_dossier()
        if not names or dossier is None:
            return None
        self.cycle.excuse(self.key, dossier.number, self.dice.choice(names), reason="ill", by=self.staff(), now=now)
        return f"{dossier.number} {names}"

    def paying(self, now: int) -> str | None:
        """Staff record that money was paid, or take a payment back."""
        promised = [one for one in self.rules.promises.values() if one.pay]
        if not promised:
            return None
        if (row := self.row_of(PaymentRow)) and self.dice.random() < 0.3:
            self.cycle.take_payment_back(self.key, row.id, reason="a slip", by=self.staff(), now=now)
            return f"{row.id} back"
        done = 0
        for dossier in self.rows(DossierRow):
            promise = self.dice.choice(promised)
            with suppress(GrantcycleError):
                self.cycle.record_payment(
                    self.key, dossier.number, promise.name, self.dice.choice((10, 100, 500)), day=self._day(now),
                    position=self.dice.randint(1, 2), by=self.staff(), now=now,
                )  # fmt: skip
                done += 1
        return f"{done} paid"

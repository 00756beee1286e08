"""What do applicants and staff do with dossiers in a life drawn by lot?"""

from collections.abc import Callable, Iterator
from contextlib import suppress

from drawn_people import STAFFS, UNDO, People

from engine.database.records import (
    BatchRow,
    DossierRow,
    NotificationRow,
)
from engine.errors import GrantcycleError
from engine.rehearsal.acts import ANSWER, START, Act
from engine.rules.asked import asked
from engine.rules.giving import asked_of
from engine.rules.moments import SECOND
from engine.rules.workflow import APPLICANT, STAFF


class Dossiers(People):
    """Starting, filling in, handing in, moving, taking back."""

    def starting(self, place: int) -> Callable[[int], str | None]:
        strand = self.dice.choice([*self.rules.strands, None]) or next(iter(self.rules.strands), None)
        language = self.dice.choice(self.rules.languages)
        organisation = f"House {place % 4}"
        email = f"p{place % 5}@house.example"

        def starting(now: int) -> str:
            values = {"organisation": organisation, "name": f"Person {place}", "language": language}
            number = f"D{place}"
            self.actors.perform(Act(now, email, START, number, values | ({"strand": strand} if strand else {})))
            self.speaks[self.actors.number(Act(now, email, START, number))] = email
            return number

        return starting

    def answering(self, place: int) -> Callable[[int], str | None]:
        def answering(now: int) -> str | None:
            number = self.actors.number(Act(now, "", ANSWER, f"D{place}"))
            row = next((one for one in self.rows(DossierRow) if one.number == number), None)
            return None if row is None else self._fill(row, now)

        return answering

    def _fill(self, row: DossierRow, now: int) -> str:
        questions = asked_of(self.rules.questions, row.strand)
        answers = self.inventor.answers(questions, self.rules.language, self._day(now))
        values = {name: answers[name] for name in asked(questions, answers) if name in answers}
        for name, question in questions.items():
            if question.kind == "conflicts" and self.rules.committees and self.dice.random() < 0.3:
                values[name] = self.dice.choice(next(iter(self.members.values())))
        if values:
            self.actors.perform(Act(now, self.speaker(row.number), ANSWER, row.number, values))
        return row.number

    def handing_in(self, place: int, move: str) -> Callable[[int], str | None]:
        def handing_in(now: int) -> str:
            number = self.actors.number(Act(now, "", ANSWER, f"D{place}"))
            self.cycle.act(self.key, number, move, by=self.speaker(number), now=now)
            return number

        return handing_in

    def filling_again(self, now: int) -> str | None:
        row = self.a_dossier()
        return None if row is None else self._fill(row, now)

    def adding_contact(self, now: int) -> str | None:
        row = self.a_dossier()
        if row is None:
            return None
        email = f"second{self.dice.randint(1, 3)}@house.example"
        if self.dice.random() < 0.7:
            self.cycle.add_contact(self.key, row.number, email=email, name="Second", language=self.rules.language,
                                   by=self.speaker(row.number), now=now)  # fmt: skip
        else:
            self.cycle.remove_contact(self.key, row.number, email=email, by=STAFFS[0], now=now)
        return f"{row.number} {email}"

    def replacing(self, now: int) -> str | None:
        """The round goes on with another text of its programme."""
        if not self.others:
            return None
        other = self.dice.choice(self.others)
        self.cycle.replace_rules(self.key, other, reason="the board wants it so", by=self.staff(), now=now)
        self.programme, self.rules = other, other.rules_of(self.round.name)
        self.round = other.rounds[self.round.name]
        self.actors.workflow = self.rules
        return other.digest[:6]

    def letters_of(self) -> Iterator[NotificationRow]:
        """Every letter of the round."""
        yield from self.rows(NotificationRow)

    def moving(self, now: int) -> str | None:
        """Somebody makes a move, as soon as one of a few that come to mind is taken."""
        for _ in range(4):
            with suppress(GrantcycleError):
                return self._move(now)
        return self._move(now)

    def _move(self, now: int) -> str | None:
        """Somebody makes a move that the rules know where the dossier stands, or any."""
        row = self.a_dossier()
        if row is None:
            return None
        ways = [one for one in self.rules.transitions.values() if one.by and row.state in one.sources]
        if not ways or self.dice.random() < 0.1:
            ways = [one for one in self.rules.transitions.values() if one.by]
        move = self.dice.choice(ways)
        reason = "so it was agreed" if move.guard("reason") or self.dice.random() < 0.3 else None
        known = self.answered(row)
        values = self.inventor.new_value(self.rules, move, self.rules.language, row.strand, self._day(now), known)
        given = values | ({"reason": reason} if reason else {})
        if move.by in self.rules.committees and move.sets:
            who = self.dice.choice((self.members[str(move.by)][0], STAFFS[0]))
            self.actors.perform(Act(now, who, move.name, row.number, given))
            return f"{move.name} {row.number}"
        if move.by in self.rules.committees:
            who = self.dice.choice((self.members[str(move.by)][0], STAFFS[0], self.members[str(move.by)][1]))
            self.cycle.verdict(self.key, row.number, move.name, by=who, now=now, reason=reason)
            return f"{move.name} {row.number}"
        who = self.speaker(row.number) if move.by == APPLICANT else self.staff()
        self.actors.perform(Act(now, who, move.name, row.number, given))
        return f"{move.name} {row.number}"

    def deciding(self, now: int) -> str | None:
        """A committee decides on everybody that stands before it, half and half."""
        verdicts = [one for one in self.rules.transitions.values() if one.by in self.rules.committees]
        if not verdicts:
            return None
        done = 0
        for row in self.rows(DossierRow):
            ways = [one for one in verdicts if row.state in one.sources]
            if ways and self.dice.random() < 0.8:
                move = self.dice.choice(ways)
                with suppress(GrantcycleError):
                    self.cycle.verdict(
                        self.key, row.number, move.name, by=self.members[str(move.by)][0], now=now, reason="as minuted"
                    )  # fmt: skip
                    done += 1
        return f"{done} verdicts"

    def withdrawing_verdict(self, now: int) -> str | None:
        row = self.a_dossier()
        if row is None:
            return None
        self.cycle.withdraw_verdict(self.key, row.number, by=self.staff(), now=now, reason="read again")
        return row.number

    def moving_together(self, now: int) -> str | None:
        """Staff move several at once, which can be undone for a while."""
        moves = [one for one in self.rules.transitions.values() if one.by == STAFF and one.sets is None]
        if not moves:
            return None
        move = self.dice.choice(moves)
        numbers = [row.number for row in self.rows(DossierRow) if row.state in move.sources]
        if not numbers:
            return None
        self.cycle.move(self.key, numbers, move.name, by=self.staff(), now=now, undo_for=UNDO, reason="all of them")
        return f"{move.name} {len(numbers)}"

    def undoing(self, now: int) -> str | None:
        row = self.row_of(BatchRow)
        if row is None:
            return None
        self.dice.choice((self.cycle.undo, self.cycle.undo, self.cycle.send_now))(
            self.key, row.id, by=self.staff(), now=now
        )
        return str(row.id)

    def doing_and_undoing(self, now: int) -> str | None:
        said = self.moving_together(now)
        if said is None:
            return None
        batch = self.rows(BatchRow)[-1]
        self.cycle.undo(self.key, batch.id, by=self.staff(), now=now + 60 * SECOND)
        return said

"""What could people do in a round of a programme that nobody knows, sensible or not, and when?

All of it follows from a seed and from how the round stands when somebody acts. An act that the rules refuse is part of
it; anything else that comes back is a fault.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from email.headerregistry import Address
from typing import Any

from sqlmodel import Session, col, select

from engine.clock import StoppedClock
from engine.cycle import Cycle
from engine.cycle.admitting import Asked
from engine.cycle.meetings import Sitting
from engine.cycle.scene import Shelf
from engine.database.connection import Database
from engine.database.records import (
    BatchRow,
    DeliveryRow,
    DossierRow,
    ExtensionRow,
    HourRow,
    InvitationRow,
    MeetingRow,
    NotificationRow,
    ObligationRow,
    PersonRow,
    RoundRow,
    SeatRow,
)
from engine.errors import GrantcycleError, Refused
from engine.files.reading import Programme
from engine.rehearsal.acting import Actors
from engine.rehearsal.acts import ANSWER, DELIVERY, START, Act
from engine.rehearsal.inventing import Inventor
from engine.rehearsal.setting import ended, usual_opening
from engine.rules.agenda import agenda
from engine.rules.asked import asked
from engine.rules.giving import asked_of
from engine.rules.moments import SECOND, Calendar, from_instant
from engine.rules.workflow import APPLICANT, STAFF
from notifications.outbox import Outbox
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import Mailbox

HOUR = 3600 * SECOND
DAY = 24 * HOUR
SENDER = Address("Drawn grants", addr_spec="grants@fund.example")
STAFFS = ("els@fund.example", "jan@fund.example")
UNDO = 600 * SECOND


@dataclass
class Played:
    """What came of a life."""

    outcomes: list[str] = field(default_factory=list)
    """every act with what became of it"""
    met: Counter[str] = field(default_factory=Counter)


class Life:
    """One round of a drawn programme, with its people; its first part, of a share `until` of all.

    `punctual`: what is due is done in time; otherwise only when somebody acts, as if the alarm had stopped. `letters`:
    whether a postman carries them.
    """

    def __init__(
        self, database: Database, programme: Programme, round_name: str, seed: int, *, acts: int = 60,
        dossiers: int = 5, punctual: bool = True, letters: bool = False, meddle: bool = True,
        until: float = 1.0, others: tuple[Programme, ...] = (),
    ) -> None:  # fmt: skip
        self.dice = random.Random(f"life {seed}")
        self.database, self.programme = database, programme
        self.round = programme.rounds[round_name]
        self.key = self.round.key
        self.rules = programme.rules_of(round_name)
        self.calendar = Calendar(ended(self.round))
        self.inventor = Inventor(seed, self.rules)
        self.shelf = Shelf()
        self.clock = StoppedClock(0)
        self.cycle = Cycle(database, Outbox(SENDER, shelf=self.shelf).queue, shelf=self.shelf)
        self.actors = Actors(self.cycle, self.rules, self.key)
        self.punctual, self.letters, self.meddle = punctual, letters, meddle
        self.acts, self.size, self.others = acts, dossiers, others
        self.played = Played()
        self.numbers: list[str] = []
        self.speaks: dict[str, str] = {}
        self.members: dict[str, tuple[str, ...]] = {
            name: tuple(f"{who}@{name}.example" for who in ("chair", "second", "third"))
            for name in self.rules.committees
        }
        self.mailbox = Mailbox(self.clock)
        self.postman = Postman(database, self.mailbox, Renderer(SENDER), sender=SENDER, shelf=self.shelf)
        self.opens_at = self.here = usual_opening(self.rules, self.calendar)
        dues = [due.at for due in agenda(self.rules, self.calendar, 0)]
        self.edges = sorted({*dues}) or [self.opens_at + 30 * DAY]
        self.last = max(self.edges)
        self.pause = None if until == 1.0 else self.opens_at + int((self.last - self.opens_at) * until)

    # ── The whole life ───────────────────────────────────────────────────────

    def play(self) -> Played:
        """Open the round, let people act, and go on until nothing is due any more."""
        self.cycle.open_round(self.programme, self.round.name, by=STAFFS[0], now=self.opens_at)
        self.appoint()
        with asyncio.Runner() as runner:
            self.runner = runner
            for now, act in self.plan():
                if self.pause and now > self.pause:
                    break
                self.go_to(now)
                self.do(act, now)
            self.go_to(self.pause or self.last + 800 * DAY)
        return self.played

    def appoint(self) -> None:
        now = self.opens_at
        languages = self.rules.languages
        people = [(email, STAFF, False) for email in STAFFS] + [("reader@public.example", "everyone", False)]
        for name, members in self.members.items():
            people += [(email, name, place == 0) for place, email in enumerate(members)]
            people += [(f"observer@{name}.example", f"{name} observer", False)]
        for guard in (one for move in self.rules.transitions.values() for one in move.guards):
            if guard.word == "member_of":
                people.append((STAFFS[0], str(guard.value), False))
        for place, (email, role, chair) in enumerate(people):
            self.cycle.add_person(
                self.key, email=email, name=email.partition("@")[0].title(), language=languages[place % len(languages)],
                role=role, chair=chair, by=STAFFS[0], now=now,
            )  # fmt: skip

    def go_to(self, now: int) -> None:
        """Let time pass."""
        if self.punctual or now > self.last + 700 * DAY:
            for _ in range(2000):
                coming = self.cycle.due_after(0)
                if coming is None or coming > now:
                    break
                self.here = max(self.here, coming)
                self.cycle.advance(self.here)
                self.carry(self.here)
        self.here = now
        self.carry(now)

    def carry(self, now: int) -> None:
        if self.letters:
            self.clock.instant = now
            self.runner.run(self.postman.deliver(self.clock))

    # ── When ─────────────────────────────────────────────────────────────────

    def plan(self) -> list[tuple[int, Callable[[int], str | None]]]:
        """Instants in order, each with somebody's act."""
        found: list[tuple[int, Callable[[int], str | None]]] = []
        first = [one for one in self.rules.transitions.values() if self.rules.begins_in in one.sources]
        name, window = next(
            ((one.name, one.window) for one in first if one.by == APPLICANT and one.window), ("submit", None)
        )
        opens, closes = self.calendar.window(window) if window else (self.opens_at, self.last)
        for place in range(self.size):
            start = self.dice.randint(opens, max(opens, closes - DAY))
            sent = self.dice.choice((self.dice.randint(start, closes), self.dice.randint(start, closes), closes - 1))
            found += [(start, self.starting(place)), (start + 1, self.answering(place)),
                      (max(sent, start + 2), self.handing_in(place, name))]  # fmt: skip
        for _ in range(self.acts):
            kind = self.dice.choice(KINDS if self.meddle else CALM)
            found.append((self.when(), getattr(self, kind)))
        found.sort(key=lambda one: one[0])
        return found

    def when(self) -> int:
        """Some time in the round, often near something that happens."""
        if self.dice.random() < 0.5:
            off = self.dice.choice((-DAY, -HOUR, -1, 0, 1, 30 * SECOND, HOUR, DAY, 3 * DAY, 8 * DAY))
            return max(self.opens_at + 1, self.dice.choice(self.edges) + off)
        return self.dice.randint(self.opens_at + 1, self.last)

    # ── Who does what ────────────────────────────────────────────────────────

    def do(self, act: Callable[[int], str | None], now: int) -> None:
        try:
            said = act(now)
        except Refused as refused:
            said = "refused: " + ", ".join(sorted({reason.code for reason in refused.reasons}))
            self.played.met[f"{getattr(act, '__name__', '?')} refused"] += 1
        except GrantcycleError as problem:
            said = f"not possible: {type(problem).__name__}"
        else:
            if said is not None:
                self.played.met[getattr(act, "__name__", "?")] += 1
        self.played.outcomes.append(f"{now} {getattr(act, '__name__', '?')} {said}")

    def reading(self) -> Any:
        return self.database.reading()

    def rows(self, table: Any, *where: Any) -> list[Any]:
        with self.reading() as session:
            rows = list(session.exec(select(table).where(*where).order_by(col(table.id))).all())
            session.expunge_all()
            return rows

    def row_of(self, table: Any, *where: Any) -> Any:
        rows = self.rows(table, *where)
        return self.dice.choice(rows) if rows else None

    def a_dossier(self) -> DossierRow | None:
        row: DossierRow | None = self.row_of(DossierRow)
        return row

    def staff(self) -> str:
        return self.dice.choice(STAFFS)

    def speaker(self, number: str) -> str:
        return self.speaks.get(number, STAFFS[0])

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

    def _day(self, now: int) -> date:
        return from_instant(now, self.calendar.zone).date()

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
        values = self.inventor.new_value(self.rules, move, self.rules.language, row.strand, self._day(now))
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
        self.cycle.extend(self.key, moment, to, reason="a flood", by=self.staff(), now=now, dossier=one)
        return f"{moment} {to} {one}"

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

    # ── What is owed ─────────────────────────────────────────────────────────

    def delivering(self, now: int) -> str | None:
        """Everybody hands in something that is owed, or open."""
        if not self.rules.deliverables:
            return None
        done = 0
        for row in self.rows(DossierRow):
            deliverable = self.rules.deliverables[self.dice.choice(list(self.rules.deliverables))]
            who = self.speaker(row.number) if deliverable.by == APPLICANT else STAFFS[0]
            questions = asked_of(deliverable.questions, row.strand)
            answers = self.inventor.answers(questions, self.rules.language, self._day(now))
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

    # ── Meetings ─────────────────────────────────────────────────────────────

    def _sitting(self, now: int) -> Sitting:
        day = self._day(now) + timedelta(days=self.dice.randint(1, 25))
        return Sitting(day, time(self.dice.randint(9, 12)), time(17), self.dice.choice((None, "Ghent")))

    def planning_meeting(self, now: int) -> str | None:
        if not self.rules.meetings:
            return None
        name = self.dice.choice(list(self.rules.meetings))
        return str(self.cycle.plan_meeting(self.key, name, self._sitting(now), by=self.staff(), now=now))

    def moving_meeting(self, now: int) -> str | None:
        row = self.row_of(MeetingRow)
        if row is None:
            return None
        if self.dice.random() < 0.75:
            self.cycle.move_meeting(self.key, row.id, self._sitting(now), reason="a strike", by=self.staff(), now=now)
        else:
            self.cycle.cancel_meeting(self.key, row.id, reason="a strike", by=self.staff(), now=now)
        return str(row.id)

    def inviting(self, now: int) -> str | None:
        row = self.row_of(MeetingRow)
        if row is None:
            return None
        asked_to = [Asked(self.speaker(one.number), APPLICANT, one.number) for one in self.rows(DossierRow)]
        asked_to += [Asked(STAFFS[0], STAFF)]
        asked_to += [Asked(members[0], name) for name, members in self.members.items()]
        done = 0
        for one in asked_to:
            with suppress(GrantcycleError):
                done += self.cycle.invite(self.key, row.id, [one], by=self.staff(), now=now)
        return f"{row.id} {done}"

    def answering_invitation(self, now: int) -> str | None:
        row = self.row_of(InvitationRow)
        if row is None:
            return None
        given = self.dice.choice(("accepted", "declined", "tentative"))
        self.cycle.answer_invitation(self.key, row.uid, given, via="staff", by=STAFFS[0], now=now)
        return f"{row.id} {given}"

    def signing_up(self, now: int) -> str | None:
        row = self.row_of(MeetingRow)
        if row is None:
            return None
        email = f"guest{self.dice.randint(1, 9)}@public.example"
        place = self.cycle.sign_up(
            self.key, row.id, email=email, language=self.rules.language, now=now, name=email[:6].title()
        )
        return f"{row.id} {email} {place}"

    def answering_offer(self, now: int) -> str | None:
        row = self.row_of(SeatRow)
        if row is None:
            return None
        with self.reading() as session:
            email = session.get_one(PersonRow, row.person_id).email
        if self.dice.random() < 0.5:
            self.cycle.answer_offer(self.key, row.id, takes=self.dice.random() < 0.6, by=email, now=now)
        else:
            self.cycle.give_back(self.key, row.id, by=email, now=now)
        return str(row.id)

    def changing_seats(self, now: int) -> str | None:
        row = self.row_of(MeetingRow)
        if row is None:
            return None
        self.cycle.change_seats(self.key, row.id, self.dice.choice((1, 2, 4, 8)), by=self.staff(), now=now)
        return str(row.id)

    def giving_hours(self, now: int) -> str | None:
        booked = [one for one in self.rules.meetings.values() if one.book_with]
        if not booked:
            return None
        meeting = self.dice.choice(booked)
        who = STAFFS[0] if meeting.book_with == STAFF else self.members[str(meeting.book_with)][0]
        return str(self.cycle.give_hours(self.key, meeting.name, [self._sitting(now)], by=who, now=now))

    def booking_hour(self, now: int) -> str | None:
        hour, dossier = self.row_of(HourRow), self.a_dossier()
        if hour is None or dossier is None:
            return None
        return str(self.cycle.book_hour(self.key, dossier.number, hour.id, by=self.speaker(dossier.number), now=now))

    # ── Dossiers and the rules ───────────────────────────────────────────────

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


def rounds(session: Session) -> list[RoundRow]:
    """The rounds of a database."""
    return list(session.exec(select(RoundRow)).all())


CALM = ("moving",) * 6 + ("deciding", "scoring", "scoring", "recommending", "approving", "approving", "recusing",
        "setting_aside", "ordering", "delivering", "reviewing", "attending", "excusing", "assigning", "agreeing", "filling_again")  # fmt: skip
"""what happens in a round in which no date is moved"""
KINDS = CALM + (
    "extending", "extending", "extending_each", "taking_back", "asking_more_time", "changing_strand", "lifting",
    "withdrawing_verdict", "moving_together", "undoing", "doing_and_undoing", "revoking", "planning_meeting",
    "moving_meeting", "inviting", "answering_invitation", "signing_up", "answering_offer", "changing_seats",
    "giving_hours", "booking_hour", "adding_contact", "replacing", "replacing",
)  # fmt: skip

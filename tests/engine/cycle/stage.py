"""On what do the tests of the cycle play: a small programme, a fresh database, and an ear that keeps what is told?"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from copies import Copy, is_empty
from sqlalchemy import event
from sqlmodel import Session, SQLModel, col, func, select
from steps import Way, step

from engine import faults
from engine.cycle import Cycle, Imported, Notify, Told, Upload
from engine.database import journal
from engine.database.connection import Database
from engine.database.invariants import INVARIANTS, check
from engine.database.records import CauseRow, DeadlineRow, DossierRow, JournalRow, PersonRow, RoundRow, TransitionRow
from engine.errors import Refused
from engine.files.reading import Programme, examine, read_programme
from engine.rules.moments import to_instant, tzdata_version
from notifications.outbox import Outbox

ZONE = "Europe/Brussels"
SECOND = 1_000_000
SETTLE = 30 * SECOND
GRACE = 60 * SECOND
STAFF, STAFF_2 = "staff@fund.example", "second@fund.example"
CHAIR, MEMBER, THIRD = "chair@jury.example", "member@jury.example", "third@jury.example"
PUBLIC = "reader@public.example"
SENDER = Address("Small grants", addr_spec="grants@fund.example")

PROGRAMMES = Path(__file__).parent / "programmes"


def _texts(name: str) -> tuple[str, str]:
    """The rules and the round of 2030 of a programme beside this file."""
    folder = PROGRAMMES / name
    return (folder / "workflow.toml").read_text("utf-8"), (folder / "rounds/2030.toml").read_text("utf-8")


SMALL, SMALL_2030 = _texts("small")
"""a call with a form, a jury's verdicts under a cap that are held, a kick-off, and yearly reports"""

GATE, GATE_2030 = _texts("gate")
"""a cohort that the calendar admits under a cap"""

STAGES, STAGES_2030 = _texts("stages")
"""two assessments: experts whose marks are added up, and a panel that agrees on one score"""

STRANDS, STRANDS_2030 = _texts("strands")
"""two lists in one call, each with its own cap, floor and ceiling; some of them the round gives"""

PANEL, PANEL_2030 = _texts("panel")
"""a cohort that goes on by what the members of a panel say, each for herself"""

ORCHARDS, ORCHARDS_2030 = _texts("orchards")
"""grants that are paid: one sum by a day of all, and the rows of a schedule each by its own"""

SCHOLARS, SCHOLARS_2030 = _texts("scholars")
"""a panel for each field and a board for each strand, which never see each other's dossiers"""

NETWORK, NETWORK_2030 = _texts("network")
"""a learning network: whoever waits is offered a place, as long as there are any and whenever one frees"""


REVIEWED = {
    'deliver = "accounts"\nremind  = ["7 days"]': (
        'deliver = "accounts"\nremind = ["7 days", "3 days after", "10 days after"]\n'
        'accepted_by = "staff"\nif_not = { staff = "accounts-overdue" }'
    )
}
"""edits of the small round: staff accept the accounts, hear when they are overdue, and their owner is reminded after"""


WITH_MEETINGS = REVIEWED | {
    '[transition.finish]': (
        '[meeting.coaching]\ntitle = "Coaching"\nopen_to = "working"\nduring = "work"\n\n'
        '[obligation.coaching]\nowed_by = "working"\nduring = "work"\nevery = "year"\nattend = "coaching"\n\n'
        '[meeting.talk]\ntitle = "Talk"\nopen_to = "working"\nduring = "work"\nbook_with = "jury"\n'
        'slots = { minutes = 30 }\n\n'
        '[obligation.talk]\nowed_by = "working"\nduring = "work"\nattend = "talk"\n\n[transition.finish]'
    )
}
"""the same, in which dossiers owe a meeting a year whose time is agreed on, and one for which the jury gives hours"""


VISITED = {
    'release      = "hold"\n\n[transition.decline]': (
        '[question.visit]\nask = "When may we come?"\nkind = "date"\n\n'
        '[transition.plan_visit]\nfrom = "read"\nto = "read"\nby = "staff"\nsets = "visit"\n\n[transition.decline]'
    ),
    'takes_effect = "notice opens"\ntell         = { applicant = "granted", jury = "granted-list" }': (
        'takes_effect = "3 weeks after visit"\ntell         = { applicant = "granted", jury = "granted-list" }'
    ),
    'takes_effect = "notice opens"\ntell         = { applicant = "not-granted" }\nrelease      = "hold"': (
        'takes_effect = "3 weeks after visit"\ntell         = { applicant = "not-granted" }\n\n'
        '[transition.leave]\nfrom = "read"\nto = "withdrawn"\nby = "applicant"\n\n'
        '[promise.after_the_visit]\ntitle = "An answer"\nbefore = "5 weeks after visit"\nabout = "read"\n'
        'tell = { staff = "late-answer" }'
    ),
    'when    = "3 days before notice opens"': 'when    = "1 day before reading closes"',
}
"""edits of the small round: what the jury decides after a visit is known three weeks after its day"""


def at(local: str) -> int:
    """The instant of a local wall time in the round's zone: `at("2030-03-01T17:00")`."""
    wall = datetime.fromisoformat(local)
    return to_instant(wall.date(), wall.time(), ZONE)


BEFORE = at("2029-12-01T10:00")
CALL = at("2030-02-01T10:00")
CLOSES = at("2030-03-02T00:00")
READING = at("2030-03-10T10:00")
NOTICE = at("2030-04-05T09:00")


def programme(
    workflow: str = SMALL, round: str = SMALL_2030, *, name: str = "small", edits: Mapping[str, str] | None = None
) -> Programme:
    """A programme of that text, each of `edits` (a text found once -> its replacement) made, with all its letters."""
    for old, new in (edits or {}).items():
        assert (workflow + round).count(old) == 1, f"{old!r} is not found once"
        workflow, round = workflow.replace(old, new), round.replace(old, new)
    return _read(workflow, round, name)


@cache
def _read(workflow: str, round: str, name: str) -> Programme:
    files = {"workflow.toml": workflow, "rounds/2030.toml": round}
    _, complaints = examine(name, files, name)
    for letter in {found for complaint in complaints for found in re.findall(r'the letter "([^"]+)"', str(complaint))}:
        files[f"letters/en/{letter}.md"] = "Subject\n\nText\n"
    return read_programme(name, files, name)


@dataclass(frozen=True)
class Heard:
    """One letter to one role, as notifications are told of it: `numbers` are the dossiers it is about."""

    cause: str
    at: int
    role: str
    letter: str
    numbers: tuple[str, ...]
    leaves_at: int
    told: Told
    now: int
    shared: Mapping[str, Any]

    @property
    def facts(self) -> dict[str, Any]:
        """What the letter about its one dossier may use."""
        (facts,) = self.told.facts_of.values()
        return facts


def _one_by_one(session: Session, told: Told) -> Told:
    """The same with every dossier of a cohort, and what its letter may say, in memory."""
    facts = dict(told.facts_of)
    for many in told.many:
        if many.letters is not None:
            rows = session.connection().execute(sa.select(many.letters).order_by(many.letters.c.place))
            facts |= {row.dossier_id: json.loads(row.facts) for row in rows}
    return replace(told, about=tuple(facts) or told.about, facts_of=facts)


class Ear:
    """Keeps what is told, once the transaction that tells it has been committed, and passes it on to `then`."""

    def __init__(self, then: Notify | None = None) -> None:
        self.heard: list[Heard] = []
        self.then = then
        self.broken_for: Callable[[CauseRow], bool] = lambda _cause: False

    def __call__(self, session: Session, cause: CauseRow, told: Sequence[Told], now: int) -> None:
        if self.broken_for(cause):
            raise RuntimeError("nobody listens")
        fresh = [
            Heard(
                cause.name, cause.at, one.role, one.letter,
                tuple(session.get_one(DossierRow, dossier).number for dossier in one.about),
                one.leaves_at, one, now, cause.facts,
            )
            for one in (_one_by_one(session, one) for one in told)
        ]  # fmt: skip
        if self.then:
            self.then(session, cause, told, now)
        event.listen(session, "after_commit", lambda _session: self.heard.extend(fresh), once=True)

    def letters(self, *, role: str | None = None, since: int = 0) -> list[tuple[str, str, tuple[str, ...]]]:
        """(role, letter, dossiers) in the order told; of one role, and from the `since`-th on, if asked."""
        return [(one.role, one.letter, one.numbers) for one in self.heard[since:] if role is None or one.role == role]

    def of(self, letter: str) -> list[Heard]:
        return [one for one in self.heard if one.letter == letter]


SCHEMA = ("storage", "append-only", "unique keys")
"""what no act changes, and is asked only where somebody tampers with it"""
OPENED: dict[tuple[object, ...], Copy] = {}
"""kind of database, rules and instants -> a database in which that round was opened, and nothing else"""
PLAYED: list["Stage"] = []
"""the stages on which the running test plays"""


class Stage:
    """One round on a fresh database, with short names for what tests do over and over.

    After the test everything that must hold in a database is asked of it, unless the test tampers on purpose and says
    so in `tampered`.
    """

    def __init__(self, database: Database, played: Programme | None = None, then: Notify | None = None) -> None:
        PLAYED.append(self)
        self.tampered = ""
        self.database = database
        self.ear = Ear(then or Outbox(SENDER).queue)
        self.cycle = Cycle(database, self.ear)
        self.programme = played or programme()
        self.key = f"{self.programme.name}/2030"
        self.way = Way()
        self._made = None if then else (self.cycle, self.ear, self.ear.broken_for)

    def open(self, now: int = BEFORE, as_of: int | None = None) -> "Stage":
        """Open the round and give staff, jury and the public their parts."""
        if faults._armed or not is_empty(self.database):
            return self.open_anew(now, as_of)
        kind, rules = self.database.writer.dialect.name, (self.programme.name, self.programme.digest)
        place = (kind, *rules, now, as_of, tzdata_version())
        if place in OPENED:
            OPENED[place].write(self.database)
        else:
            self.open_anew(now, as_of)
            if not self.ear.heard:
                OPENED[place] = Copy(self.database)
        self.way.stands(self.database, *place)
        return self

    @property
    def is_as_made(self) -> bool:
        """Whether acts are done, and heard of, as on any other stage."""
        return self._made == (self.cycle, self.ear, self.ear.broken_for)

    def open_anew(self, now: int = BEFORE, as_of: int | None = None) -> "Stage":
        """The same act by act, never by a copy, which takes the disk's room twice for a moment."""
        self.cycle.open_round(self.programme, "2030", by=STAFF, now=now, as_of=as_of)
        for email, role, chair in (
            (STAFF, "staff", False), (STAFF_2, "staff", False), (CHAIR, "jury", True), (MEMBER, "jury", False),
            (THIRD, "jury", False), (PUBLIC, "everyone", False),
        ):  # fmt: skip
            self.cycle.add_person(
                self.key, email=email, name=email, language="en", role=role, chair=chair, by=STAFF, now=now
            )
        return self

    def draft(self, who: str = "anna", now: int = CALL, *, complete: bool = True, strand: str | None = None) -> str:
        """Start a dossier for `who@applicant.example` and answer its questions."""
        email = applicant(who)
        number = self.cycle.start_dossier(
            self.key, organisation=f"House of {who}", email=email, name=who, language="en", by=email, now=now,
            strand=strand,
        )  # fmt: skip
        if complete and self.programme.workflow.questions:
            answers = {"title": f"Work of {who}", "amount": 2000 if strand else 4000}
            self.cycle.answer(self.key, number, answers, by=email, now=now)
        return number

    @step
    def handed_in(self, who: str = "anna", now: int = CALL, *, strand: str | None = None) -> str:
        number = self.draft(who, now, strand=strand)
        self.cycle.act(self.key, number, "submit", by=applicant(who), now=now)
        return number

    def brought_in(self, who: str, state: str, now: int) -> str:
        """A dossier that staff bring in, in that state."""
        row = Imported(
            f"House of {who}", applicant(who), who, "en", state=state, received_at=now,
            answers={"title": f"Work of {who}"},
        )  # fmt: skip
        (number,) = self.cycle.import_dossiers(self.key, [row], by=STAFF, now=now)
        return number

    @step
    def under_decision(self, *who: str, now: int = READING) -> list[str]:
        """Dossiers that the jury reads, each with a recommendation."""
        numbers = [self.handed_in(one) for one in who]
        for number in numbers:
            self.cycle.recommend(self.key, number, f"words for {number}", by=MEMBER, now=now)
        return numbers

    @step
    def chosen(self, *who: str) -> list[str]:
        """Dossiers that the jury chose, approved and taken effect on the day."""
        numbers = self.under_decision(*who)
        for number in numbers:
            self.cycle.verdict(self.key, number, "choose", by=CHAIR, now=READING)
        self.cycle.approve(self.key, "notice opens", by=STAFF, now=READING)
        self.cycle.advance(NOTICE)
        return numbers

    @step
    def working(self, *who: str) -> list[str]:
        """Dossiers that came to the kick-off and are at work."""
        numbers = self.chosen(*who)
        for number in numbers:
            self.cycle.attend(self.key, number, "kick_off", by=STAFF, now=at("2030-05-08T18:00"))
        self.cycle.advance(at("2030-06-03T09:00"))
        return numbers

    # ── Looking ──────────────────────────────────────────────────────────────

    def states(self) -> dict[str, str]:
        with self.database.reading() as session:
            rows = session.exec(select(DossierRow.number, DossierRow.state).order_by(col(DossierRow.number))).all()
            return dict(rows)

    def state(self, number: str) -> str:
        return self.states()[number]

    def transitions(self) -> list[tuple[str, str, str, str, int]]:
        """(dossier, name, source, target, at) of every move, in the order in which they were written."""
        with self.database.reading() as session:
            rows = session.exec(
                select(TransitionRow, DossierRow.number)
                .join(DossierRow, col(DossierRow.id) == col(TransitionRow.dossier_id))
                .order_by(col(TransitionRow.id))
            ).all()
            return [(number, row.name, row.source, row.target, row.at) for row, number in rows]

    def deadlines(self) -> dict[str, DeadlineRow]:
        with self.database.reading() as session:
            rows = session.exec(select(DeadlineRow).order_by(col(DeadlineRow.id))).all()
            session.expunge_all()
            return {row.key: row for row in rows}

    def journal(self, what: str | None = None) -> list[JournalRow]:
        """What happened, all of it or one kind, after making sure that nobody rewrote it."""
        with self.database.reading() as session:
            assert journal.broken_links(session, 1) == ()
            rows = [row for row in journal.read(session, 1) if what in (None, row.what)]
            session.expunge_all()
            return rows

    def rows(self, table: Any) -> list[Any]:
        """The rows of a table in the order of their keys: PostgreSQL puts new ones where old ones have gone."""
        with self.database.reading() as session:
            rows = list(session.exec(select(table).order_by(*sa.inspect(table).primary_key)).all())
            session.expunge_all()
            return rows

    def dump(self, now: int | None = None) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, once the calendar has caught up with `now`."""
        if now is not None:
            self.cycle.advance(now)
        with self.database.reading() as session:
            return {
                name: sorted(tuple(row) for row in session.connection().execute(table.select()))
                for name, table in sorted(SQLModel.metadata.tables.items())
            }

    def person_id(self, email: str) -> int:
        with self.database.reading() as session:
            row = session.exec(select(PersonRow).where(col(PersonRow.email) == email)).one()
            assert row.id is not None
            return row.id


    def broken(self, *, left_out: tuple[str, ...] = ()) -> list[tuple[str, tuple[str, ...]]]:
        """What does not hold in the database, each with what offends it."""
        with self.database.reading() as session:
            now = session.exec(select(func.max(JournalRow.recorded_at))).one() or BEFORE
            asked = [one for one in INVARIANTS if one.name not in left_out]
            found = check(session, now, session.exec(select(RoundRow)).all(), invariants=asked)
            return [(one.invariant.name, one.offending) for one in found if one.offending]


def ask_what_must_hold() -> None:
    """Ask it of every stage that the test has played on, and forget them."""
    played, PLAYED[:] = list(PLAYED), []
    for stage in played:
        if not stage.tampered:
            assert stage.broken(left_out=SCHEMA) == []


def applicant(who: str) -> str:
    return f"{who}@applicant.example"


@contextmanager
def refused(*codes: str) -> Iterator[list[str]]:
    """What is done inside is refused, for exactly these reasons in this order; gives their sentences."""
    sentences: list[str] = []
    with pytest.raises(Refused) as told:
        yield sentences
    assert tuple(reason.code for reason in told.value.reasons) == codes, told.value
    sentences += [str(reason) for reason in told.value.reasons]


PDF = Upload("plan.pdf", b"%PDF-1.7 a plan")


def sentences(facts: Mapping[str, Any]) -> list[str]:
    """Why a dossier's line in a bundle says that it was held back."""
    return [reason["sentence"] for reason in facts["reasons"]]

"""R17: does the product do what the description says, whatever people do in whatever order?

Hypothesis acts on the product and on a plain model of the small programme; after every act both must have refused it
for the same reasons, or moved the same dossiers, hold the same places and owe the same, and have told the same people.
"""

from collections import Counter
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any

import pytest
from databases import fresh, fresh_on
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from reference_model import CHAIR, GRACE, MEMBER, PUBLIC, SECOND, SETTLE, STAFF, THIRD, Codes, Round, at
from simulated_house import Process
from simulated_programmes import BATCH, SMALL, TEXTS, copy_of, make_programme
from sqlmodel import SQLModel

from engine.cycle import Upload
from engine.database.connection import Database
from engine.database.store import places_held
from engine.errors import Refused
from engine.files.reading import Programme

OPENED = at(date(2029, 12, 3))
KEY = "model/2030"
ROLES = ((STAFF, "staff", False), (CHAIR, "jury", True), (MEMBER, "jury", False), (THIRD, "jury", False),
         (PUBLIC, "everyone", False))  # fmt: skip
INSTANTS = sorted({
    at(day) + off for off in (-1, 0, 60 * SECOND, 90 * SECOND, 9 * 3600 * SECOND, 10 * 3600 * SECOND) for day in (
        date(2030, 1, 7), date(2030, 2, 26), date(2030, 3, 2), date(2030, 3, 4), date(2030, 3, 30), date(2030, 4, 2),
        date(2030, 4, 5), date(2030, 4, 6), date(2030, 5, 6), date(2030, 5, 8), date(2030, 5, 9), date(2030, 6, 3),
        date(2031, 5, 3), date(2031, 6, 3), date(2032, 6, 3),
    )
})  # fmt: skip
STAGES = ("call", "handed in", "recommended", "approved", "chosen", "working", "late at work", "a year on")
"""how far a round has come when hypothesis takes it over"""
MORE_TIME = "more time"
"""the same as the call, when it is over for all but for some who have been given more time"""
GIVEN_BACK = "given back"
"""the same as chosen, when one has withdrawn and its place went to another"""
UNRELEASED = "unreleased"
"""the same as recommended, when the day of the verdicts has come and nobody has approved their letters"""
PDF = Upload("plan.pdf", b"%PDF-1.7 a plan")
people = st.sampled_from((STAFF, CHAIR, MEMBER, THIRD, "a1", "a2"))
judges = st.sampled_from((CHAIR, CHAIR, CHAIR, STAFF, STAFF, MEMBER, "a1"))
office = st.sampled_from((STAFF, STAFF, STAFF, CHAIR))
mostly = st.sampled_from((True, True, True, True, False))
which = st.integers(0, 34)


def some(*states: str) -> Any:
    """A rule for when a dossier stands in one of these states; which one it is about is another matter."""
    return precondition(lambda self: any(one.state in states for one in self.model.dossiers.values()))


@cache
def small() -> Programme:
    return make_programme("model", SMALL, {"2030": (TEXTS / "small/rounds/2030.toml").read_text(encoding="utf-8")})


def address(who: str) -> str:
    return f"{who}@people.example"


def opened(database: Database) -> Database:
    cycle = Process(database).cycle
    cycle.open_round(small(), "2030", by=address(STAFF), now=OPENED)
    for who, role, chair in ROLES:
        cycle.add_person(
            KEY, email=address(who), name=who, language="en", role=role, chair=chair, by=address(STAFF), now=OPENED
        )
    return database


@cache
def _stage(stage: str) -> "Product":
    """A round that has come so far, to be copied."""
    product = Product()
    product.database = opened(product.database)
    product.play_to(stage)
    product.the_product_is_as_the_model_says()
    return product


class Product(RuleBasedStateMachine):
    """The product and its model, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.database = self.make_database()
        self.cycle = Process(self.database).cycle
        self.model = Round(OPENED)
        self.numbers: list[str] = []
        self.heard = 0

    def make_database(self) -> Database:
        return fresh()

    def teardown(self) -> None:
        self.database.close()

    # ── Both at once ─────────────────────────────────────────────────────────

    def both(self, model: Any, product: Any) -> bool:
        """The same act on both; gives whether it was done."""
        self.model.catch_up()
        wanted: Codes = model()
        found: Codes = ()
        try:
            product()
        except Refused as refused:
            found = tuple(reason.code for reason in refused.reasons)
        assert found == wanted, f"the product says {found}, and the model {wanted}"
        return not found

    def about(self, place: int, *states: str) -> str:
        """A dossier: four times of five one that stands where such an act is possible, if any does."""
        fit = [number for number in self.numbers if self.model.dossiers[number].state in states]
        among = fit if fit and place % 5 else self.numbers
        return among[place // 5 % len(among)]

    @property
    def now(self) -> int:
        return self.model.now

    # ── Time ─────────────────────────────────────────────────────────────────

    @rule(days=st.sampled_from((0, 1, 3, 10)), off=st.sampled_from((1, SECOND, 3600 * SECOND)), rings=st.booleans())
    def a_while_goes_by(self, days: int, off: int, rings: bool) -> None:
        self.go_to(self.now + days * 86_400 * SECOND + off, rings=rings)

    @rule(steps=st.integers(1, 6), rings=st.booleans())
    def something_comes_near(self, steps: int, rings: bool) -> None:
        later = [instant for instant in INSTANTS if instant > self.now]
        if later:
            self.go_to(later[min(steps, len(later)) - 1], rings=rings)

    def go_to(self, now: int, *, rings: bool) -> None:
        self.model.now = now
        if rings:
            self.model.catch_up()
            self.cycle.advance(now)

    # ── People ───────────────────────────────────────────────────────────────

    @initialize(stage=st.sampled_from((*STAGES, "call", "recommended", MORE_TIME, MORE_TIME, GIVEN_BACK, UNRELEASED)))
    def it_has_come_so_far(self, stage: str) -> None:
        self.begin(stage)

    def begin(self, stage: str) -> None:
        """Go on from a copy of a round that has come so far: there it is decided, and not on the way to it."""
        so_far = _stage(stage)
        self.database.close()
        self.database = copy_of(so_far.database)
        self.cycle = Process(self.database).cycle
        self.model, self.numbers, self.heard = deepcopy(so_far.model), list(so_far.numbers), so_far.heard

    def _closes(self) -> None:
        """The call closes: to the microsecond, with its grace and the time it takes to settle."""
        closes = at(date(2030, 3, 2))
        self.go_to(closes + GRACE - 1, rings=True)
        self.submit(5 * 2, None)  # in time, in the last microsecond
        self.go_to(closes + GRACE, rings=True)
        self.submit(5 * 3, None)
        for instant in (closes + GRACE + SETTLE - 1, closes + GRACE + SETTLE):
            self.go_to(instant, rings=True)
            self.the_product_is_as_the_model_says()

    def play_to(self, stage: str) -> None:
        """The round as it should go, up to a stage."""
        reached = STAGES.index({MORE_TIME: "call", GIVEN_BACK: "chosen", UNRELEASED: "recommended"}.get(stage, stage))
        self.go_to(at(date(2030, 2, 1)), rings=True)
        for place in range(4):
            self.start(f"a{place}", place < 3)
        if stage == MORE_TIME:
            for place in (0, 1, 2):
                self.extend(5 * place, 10, STAFF)
            self.extend(None, 1, STAFF)
            self.submit(5, None)
            self.go_to(at(date(2030, 3, 4)) + 3600 * SECOND, rings=True)
            self.submit(1, None)  # late for all others, and in time for this one
        if reached >= 1:
            for place in range(2):
                self.submit(5 * place, None)
            self.start("a1", complete=True)
            self.submit(5 * 4, None)
            self._closes()
            self.go_to(at(date(2030, 3, 10)), rings=True)
        if reached >= 2:
            for place in (0, 1, 4):
                self.recommend(5 * place, MEMBER)
        if reached >= 3:
            for place, decision in ((0, "choose"), (1, "choose"), (2, "decline")):
                self.decide(5 * place, decision, CHAIR, reason=False)
            self.approve_or_revoke(STAFF, revoke=False)
        if reached >= 4:
            self.go_to(at(date(2030, 4, 10)), rings=True)
        if stage == UNRELEASED:
            self.decide(5 * 0, "choose", CHAIR, reason=False)
            self.go_to(at(date(2030, 4, 10)), rings=True)
            self.decide(5 * 1, "choose", STAFF, reason=True)
        if stage == GIVEN_BACK:
            self.move(5 * 0, "withdraw", STAFF, own=True, reason=False)
            self.the_product_is_as_the_model_says()
            self.decide(5 * 4, "choose", STAFF, reason=True)
        if reached >= 5:
            self.go_to(at(date(2030, 5, 8)), rings=True)
            self.attend(0, STAFF)
            self.go_to(at(date(2030, 6, 4)), rings=True)
        if reached >= 6:
            self.attend(1, STAFF)  # it had been held back, and is at work from now on
        if reached >= 7:
            self.deliver(5 * 0, "report", STAFF, own=True)
            self.excuse(5 * 1, "report", STAFF)
            self.go_to(at(date(2031, 6, 5)), rings=True)

    @rule(who=st.sampled_from(("a1", "a5", "a6")), complete=st.booleans())
    @precondition(lambda self: len(self.numbers) < 7)
    def start(self, who: str, complete: bool) -> None:
        number = f"SG30-{len(self.numbers) + 1:03d}"

        def product() -> None:
            given = self.cycle.start_dossier(
                KEY, organisation=f"House of {who}", email=address(who), name=who, language="en", by=address(who),
                now=self.now,
            )  # fmt: skip
            assert given == number
            if complete:
                self.cycle.answer(KEY, number, {"title": "Work", "amount": 4000}, by=address(who), now=self.now)

        if self.both(lambda: self.model.start(who, number, complete), product):
            self.numbers.append(number)

    @rule(place=which, by=st.one_of(st.none(), people))
    @some("draft")
    def submit(self, place: int, by: str | None) -> None:
        number = self.about(place, "draft")
        who = by or self.model.dossiers[number].contact
        if self.knows(who):
            self.act_on(number, "submit", who, lambda: self.model.submit(self.model.dossiers[number], who))

    def knows(self, who: str) -> bool:
        """Whether the product has met somebody: an applicant once a dossier of theirs has been started."""
        return not who.startswith("a") or any(one.contact == who for one in self.model.dossiers.values())

    def act_on(self, number: str, name: str, by: str, model: Any, reason: str | None = None) -> None:
        self.both(model, lambda: self.cycle.act(KEY, number, name, by=address(by), now=self.now, reason=reason))

    @rule(place=which, name=st.sampled_from(("withdraw", "finish", "stop")), by=people, own=mostly, reason=mostly)
    @some("handed", "read", "chosen", "working")
    def move(self, place: int, name: str, by: str, own: bool, reason: bool) -> None:
        states = {"withdraw": ("handed", "read", "chosen"), "finish": ("working",), "stop": ("chosen", "working")}
        one = self.model.dossiers[self.about(place, *states[name])]
        who = (one.contact if name == "withdraw" else STAFF) if own else by
        if self.knows(who):
            self.act_on(
                one.number, name, who, lambda: self.model.move(one, name, who, reason=reason),
                "it had to be" if reason else None,
            )  # fmt: skip

    @rule(place=which, by=st.sampled_from((MEMBER, THIRD, CHAIR, STAFF, "a1")))
    @some("read")
    def recommend(self, place: int, by: str) -> None:
        one = self.model.dossiers[self.about(place, "read")]
        if self.knows(by):
            self.both(
                lambda: self.model.recommend(one, by),
                lambda: self.cycle.recommend(KEY, one.number, "good", by=address(by), now=self.now),
            )

    @rule(place=which, by=st.sampled_from((CHAIR, MEMBER, THIRD, STAFF)))
    @some("read", "chosen")
    def declare_conflict(self, place: int, by: str) -> None:
        one = self.model.dossiers[self.about(place, "read", "chosen")]
        if self.knows(by):
            self.both(
                lambda: self.model.conflict(one, by),
                lambda: self.cycle.declare_conflict(KEY, one.number, by=address(by), now=self.now),
            )

    @rule(place=which, decision=st.sampled_from(("choose", "choose", "decline")), by=judges, reason=st.booleans())
    @some("read")
    def decide(self, place: int, decision: str, by: str, reason: bool) -> None:
        one = self.model.dossiers[self.about(place, "read")]
        why = "minuted late" if reason else None
        if self.knows(by):
            self.both(
                lambda: self.model.verdict(one, decision, by, reason=reason),
                lambda: self.cycle.verdict(KEY, one.number, decision, by=address(by), now=self.now, reason=why),
            )

    @precondition(lambda self: self.model.batch() or self.model.approvals)
    @rule(by=st.sampled_from((STAFF, STAFF, STAFF, STAFF, CHAIR)), revoke=mostly.map(lambda most: not most))
    def approve_or_revoke(self, by: str, revoke: bool) -> None:
        model = self.model.revoke if revoke else self.model.approve
        product = self.cycle.revoke if revoke else self.cycle.approve
        self.both(lambda: model(by), lambda: product(KEY, BATCH, by=address(by), now=self.now))

    @rule(place=which, by=st.sampled_from((STAFF, STAFF, MEMBER)))
    @some("chosen")
    def attend(self, place: int, by: str) -> None:
        one = self.model.dossiers[self.about(place, "chosen")]
        self.both(
            lambda: self.model.attend(one, by),
            lambda: self.cycle.attend(KEY, one.number, "kick_off", by=address(by), now=self.now),
        )

    @rule(place=which, name=st.sampled_from(("kick_off", "report", "accounts")), by=office)
    @some("chosen", "working")
    def excuse(self, place: int, name: str, by: str) -> None:
        one = self.model.dossiers[self.about(place, "chosen", "working")]
        self.both(
            lambda: self.model.excuse(one, name, by),
            lambda: self.cycle.excuse(KEY, one.number, name, reason="illness", by=address(by), now=self.now),
        )

    @rule(place=which, name=st.sampled_from(("report", "accounts")), by=people, own=mostly)
    @some("working")
    def deliver(self, place: int, name: str, by: str, own: bool) -> None:
        one = self.model.dossiers[self.about(place, "working")]
        who = one.contact if own else by
        answers, files = ({}, {"report": PDF}) if name == "report" else ({"spent": 3000}, {})
        if self.knows(who):
            self.both(
                lambda: self.model.deliver(one, name, who),
                lambda: self.cycle.deliver(KEY, one.number, name, answers, by=address(who), now=self.now, files=files),
            )

    @rule(place=st.one_of(st.none(), which), day=st.sampled_from((-3, 1, 10)), by=office)
    @some("draft", "handed")
    def extend(self, place: int | None, day: int, by: str) -> None:
        """More time until the call closes, or less, for all or for one."""
        one = None if place is None else self.model.dossiers[self.about(place, "draft", "handed")]
        number = one.number if one else None
        to = date.fromordinal(self.model.call_ends(number).toordinal() + day)
        self.both(
            lambda: self.model.extend(one, to, by),
            lambda: self.cycle.extend(
                KEY, "call closes", to, reason="flood", by=address(by), now=self.now, dossier=number
            ),
        )

    # ── The same on both sides ───────────────────────────────────────────────

    @invariant()
    def the_product_is_as_the_model_says(self) -> None:
        model = self.model
        with self.database.reading() as session:
            connection = session.connection()
            states = dict(connection.exec_driver_sql("SELECT number, state FROM dossier").all())
            assert states == {one.number: one.state for one in model.dossiers.values()}
            owed = {
                (number, name, position): (
                    "fulfilled" if fulfilled else "excused" if excused else "overdue" if overdue else "open"
                )
                for number, name, position, fulfilled, excused, overdue in connection.exec_driver_sql(
                    "SELECT d.number, o.name, o.position, o.fulfilled_at, o.excused_at, o.overdue_at "
                    "FROM obligation o JOIN dossier d ON d.id = o.dossier_id"
                )
            }
            assert owed == {
                (one.number, *name): owes.state for one in model.dossiers.values() for name, owes in one.owes.items()
            }
            settled = "SELECT count(*) FROM obligation WHERE coalesce(fulfilled_at, excused_at) < overdue_at"
            assert connection.exec_driver_sql(settled).scalar_one() == 0
            assert places_held(session, small().workflow, 1, "chosen") == model.places_held()
            assert self._told_since(connection) == Counter(model.told)
            model.told.clear()

    def _told_since(self, connection: Any) -> Counter[Any]:
        """Who was told what since this was last asked."""
        table, dossier = SQLModel.metadata.tables["notification"], SQLModel.metadata.tables["dossier"]
        numbers = {row.id: row.number for row in connection.execute(dossier.select())}
        rows = connection.execute(table.select().where(table.c.id > self.heard).order_by(table.c.id)).all()
        if rows:
            self.heard = rows[-1].id
        return Counter(
            (
                row.address.partition("@")[0], row.letter,
                (numbers[row.dossier_id],) if row.dossier_id else tuple(
                    line["number"] for line in row.facts.get("dossiers", ())
                ),
            )
            for row in rows
        )  # fmt: skip


@pytest.mark.parametrize("stage", [*STAGES, MORE_TIME, GIVEN_BACK, UNRELEASED])
def test_a_round_comes_to_every_stage_as_the_model_says(stage: str) -> None:
    assert _stage(stage).model.dossiers.keys() == set(_stage(stage).numbers)


QUICK = settings(
    max_examples=12, stateful_step_count=25, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck), print_blob=True,
)  # fmt: skip
"""the same examples in every run; the long tier looks for new ones"""


def test_the_product_does_what_the_model_says() -> None:
    run_state_machine_as_test(Product, settings=QUICK)


@pytest.mark.slow
def test_the_product_does_what_the_model_says_for_a_long_time() -> None:
    run_state_machine_as_test(
        Product, settings=settings(QUICK, max_examples=2_000, stateful_step_count=60, derandomize=False)
    )


def test_the_product_does_what_the_model_says_on_postgresql() -> None:
    class OnPostgresql(Product):
        def make_database(self) -> Database:
            self.borrowed = fresh_on("postgresql")
            return opened(self.borrowed.__enter__())

        def begin(self, stage: str) -> None:
            self.play_to(stage)

        def teardown(self) -> None:
            self.borrowed.__exit__(None, None, None)

    run_state_machine_as_test(OnPostgresql, settings=settings(QUICK, max_examples=3, stateful_step_count=20))

"""A clock that is set holds what cannot be taken back; one that slept does not. Nothing fires early, or twice."""

import random
from dataclasses import dataclass
from email.headerregistry import Address

import pytest
from clocks import DAY, HOUR, SECOND, YEAR, Clocks, fired
from databases import BOTH, fresh_on
from sending import RELAY, Post
from stage import BEFORE, CALL, CLOSES, GRACE, SETTLE, STAFF, Stage, applicant, at, programme, refused

from engine.clock import WallClock
from engine.clock_guard import MOST
from engine.database import holds
from engine.database.connection import Database
from engine.database.records import DossierRow, HoldRow
from engine.database.watch import confirm_clock
from engine.errors import GrantcycleError
from notifications.lease import next_due
from notifications.outbox import Outbox

SWEEP = 20 * SECOND
EVE = at("2030-03-01T20:00")
"""four hours before the call closes"""


def hold_of(stage: Stage) -> HoldRow | None:
    with stage.database.reading() as session:
        hold = holds.standing(session)
        session.expunge_all()
        return hold


def go_to(stage: Stage, clocks: Clocks, instant: int) -> None:
    """Let time pass until then, with the alarm ringing."""
    clocks.go_on(instant - clocks.wall)
    stage.cycle.advance(clocks.now())


# ── What is a jump ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", [HOUR, 10 * YEAR, MOST + 1, -MOST - 1, -HOUR, -YEAR])
def test_a_clock_that_is_set_holds_everything_and_says_what_it_shows(stage: Stage, clocks: Clocks, by: int) -> None:
    """T-8, T-9."""
    clocks.set_by(by)
    assert stage.cycle.advance(clocks.now()) is None
    hold = hold_of(stage)
    assert hold is not None
    assert (hold.kind, hold.since, hold.facts["moved_by"]) == ("clock", clocks.wall, by)
    assert hold.why.startswith(f"the clock was set {'forward' if by > 0 else 'back'} by ")


@pytest.mark.parametrize("by", [MOST, -MOST, SECOND, -SECOND])
def test_what_time_servers_do_in_passing_holds_nothing(stage: Stage, clocks: Clocks, by: int) -> None:
    clocks.set_by(by)
    assert stage.cycle.advance(clocks.now()) is not None
    assert hold_of(stage) is None


def test_the_sentence_says_both_times(stage: Stage, clocks: Clocks) -> None:
    clocks.set_by(2 * HOUR + 180 * SECOND)
    stage.cycle.advance(clocks.now())
    hold = hold_of(stage)
    assert hold is not None
    assert hold.why == (
        "the clock was set forward by 2 hours 3 minutes: it shows 2029-12-01 11:03:00.000 UTC where "
        "2029-12-01 09:00:00.000 UTC was expected; if it is right now, say so with grantcycle clock confirm, "
        "and if not, set it right"
    )


@pytest.mark.parametrize("asleep", [HOUR, 10 * DAY])
def test_a_machine_that_slept_over_a_deadline_fires_at_once_and_says_how_late(
    stage: Stage, clocks: Clocks, asleep: int
) -> None:
    """T-11."""
    number = stage.handed_in()
    go_to(stage, clocks, EVE + 3 * HOUR)
    clocks.go_on(asleep + HOUR)
    stage.cycle.advance(clocks.now())
    assert hold_of(stage) is None
    (row,) = [row for row in stage.journal("due") if row.details["name"] == "transition take_up"]
    assert (row.at, row.details["late_by"]) == (CLOSES, clocks.wall - CLOSES - GRACE - SETTLE)
    assert stage.state(number) == "read"


# ── While it is held ────────────────────────────────────────────────────────


def test_nothing_fires_while_the_clock_is_in_doubt_and_all_of_it_once_somebody_says_it_is_right(
    stage: Stage, clocks: Clocks
) -> None:
    """T-8: the next ring, and every later one, holds; so does a process that starts afterwards."""
    draft, handed = stage.draft("anna"), stage.handed_in("bert")
    go_to(stage, clocks, EVE)
    before = fired(stage)
    clocks.set_by(10 * DAY)
    for _ in range(3):
        stage.cycle.advance(clocks.now())
        clocks.go_on(HOUR)
    stage.cycle.watch = clocks.watch(pid=4712)
    stage.cycle.advance(clocks.now())
    assert fired(stage) == before
    assert stage.states() == {draft: "draft", handed: "handed"}
    with refused("role"):
        confirm_clock(stage.cycle.watch, by=applicant("anna"))
    hold = confirm_clock(stage.cycle.watch, by=STAFF)
    assert (hold.ending, hold.ended_by) == ("confirmed", STAFF)
    stage.cycle.advance(clocks.now())
    assert stage.states() == {draft: "lapsed", handed: "read"}
    assert set(fired(stage).values()) == {1}
    (row,) = stage.journal("hold ended")
    assert (row.actor, row.details["ending"]) == (STAFF, "confirmed")
    with pytest.raises(GrantcycleError, match="nothing is held"):
        confirm_clock(stage.cycle.watch, by=STAFF)
    go_to(stage, clocks, clocks.wall + SWEEP)
    assert hold_of(stage) is None  # the clock as it is now is what the next look is compared with


def test_what_is_handed_in_while_the_clock_is_in_doubt_is_taken_and_flagged(stage: Stage, clocks: Clocks) -> None:
    """T-8."""
    go_to(stage, clocks, CALL)
    numbers = [stage.draft("anna", clocks.now()), stage.draft("bert", clocks.now())]
    stage.cycle.act(stage.key, numbers[0], "submit", by=applicant("anna"), now=clocks.now())
    clocks.set_by(HOUR)
    stage.cycle.advance(clocks.now())
    stage.cycle.act(stage.key, numbers[1], "submit", by=applicant("bert"), now=clocks.now())
    assert [row.details.get("held") for row in stage.journal("handed in")] == [None, "clock"]


def test_an_act_finds_the_jump_by_itself_and_fires_nothing_before_it(stage: Stage, clocks: Clocks) -> None:
    """No alarm has rung since; the close would be due by the clock that was set."""
    draft = stage.draft("anna")
    go_to(stage, clocks, EVE)
    clocks.set_by(2 * DAY)
    stage.cycle.act(stage.key, draft, "withdraw", by=applicant("anna"), now=clocks.now())
    assert stage.state(draft) == "withdrawn"
    assert hold_of(stage) is not None
    assert "transition lapse" not in fired(stage)


def test_no_letter_leaves_while_the_clock_is_in_doubt(database: Database, clocks: Clocks) -> None:
    """T-8: those that waited already do not either, and none of them runs out."""
    post, stage = Post(), Stage(database, then=Outbox(Address("Fund", "fund", "fund.example")).queue).open()
    stage.cycle.watch = clocks.watch()
    go_to(stage, clocks, CALL)
    post.deliver(database, clocks.now())
    stage.handed_in("anna", clocks.now())
    clocks.set_by(YEAR)
    stage.cycle.advance(clocks.now())
    with database.reading() as session:
        assert next_due(session, RELAY) is None
    assert post.deliver(database, clocks.now()) == 0
    confirm_clock(stage.cycle.watch, by=STAFF)
    assert post.deliver(database, clocks.now()) == 1
    assert [letter for _, _, letter in post.sent] == ["call-opens", "received"]


def test_a_batch_is_not_released_while_everything_is_held(stage: Stage, clocks: Clocks) -> None:
    (number,) = stage.under_decision("anna")
    go_to(stage, clocks, at("2030-03-10T10:00"))
    stage.cycle.verdict(stage.key, number, "choose", by="chair@jury.example", now=clocks.now())
    go_to(stage, clocks, at("2030-04-05T10:00"))
    clocks.set_by(HOUR)
    stage.cycle.advance(clocks.now())
    with refused("held"):
        stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=clocks.now())
    assert stage.state(number) == "read"
    confirm_clock(stage.cycle.watch, by=STAFF)  # type: ignore[arg-type]  # it is watched
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=clocks.now())
    assert stage.state(number) == "chosen"


def test_a_clock_that_is_set_right_again_ends_the_hold_by_itself(stage: Stage, clocks: Clocks) -> None:
    go_to(stage, clocks, EVE)
    clocks.set_by(YEAR)
    stage.cycle.advance(clocks.now())
    clocks.go_on(HOUR)
    clocks.set_by(-YEAR + 5 * SECOND)
    assert stage.cycle.advance(clocks.now()) is not None
    (hold,) = stage.rows(HoldRow)
    assert (hold.ending, hold.ended_by) == ("came back", None)
    go_to(stage, clocks, CLOSES + GRACE + SETTLE)
    assert set(fired(stage).values()) == {1}


# ── Backward ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", [-SECOND, -MOST, -HOUR, -YEAR])
def test_receipts_never_go_back_and_nothing_fires_twice(stage: Stage, clocks: Clocks, by: int) -> None:
    """T-9: the order of arrival is the order of the receipts, whatever the clock did between them."""
    go_to(stage, clocks, at("2030-02-15T10:00"))
    numbers = [stage.draft(who, clocks.now()) for who in ("anna", "bert", "cleo")]
    for who, number in zip(("anna", "bert", "cleo"), numbers, strict=True):
        stage.cycle.act(stage.key, number, "submit", by=applicant(who), now=max(clocks.now(), at("2030-01-08T10:00")))
        clocks.set_by(by)
        stage.cycle.advance(clocks.now())
        clocks.go_on(SWEEP)
    stamps = [row.received_at for row in sorted(stage.rows(DossierRow), key=lambda row: row.number)]
    assert stamps == sorted(stamps)
    assert None not in stamps
    if hold_of(stage):
        confirm_clock(stage.cycle.watch, by=STAFF)  # type: ignore[arg-type]  # it is watched
    go_to(stage, clocks, at("2030-03-03T00:00"))
    assert set(fired(stage).values()) == {1}
    assert [number for number, name, *_ in stage.transitions() if name == "take_up"] == numbers


# ── Over a start of the machine ─────────────────────────────────────────────


def test_a_machine_that_was_off_for_days_is_late_and_nothing_is_held(stage: Stage, clocks: Clocks) -> None:
    go_to(stage, clocks, EVE)
    clocks.restart(after=10 * DAY)
    stage.cycle.watch = clocks.watch()
    stage.cycle.advance(clocks.now())
    assert hold_of(stage) is None
    assert "edge call closes" in fired(stage)


def test_a_machine_that_starts_with_a_clock_that_stands_before_is_held_until_it_shows_the_time(
    stage: Stage, clocks: Clocks
) -> None:
    """An empty battery: the clock begins in 2015, and the time servers come later."""
    go_to(stage, clocks, EVE)
    clocks.restart(after=HOUR)
    clocks.set_by(-15 * YEAR)
    stage.cycle.watch = clocks.watch()
    stage.cycle.advance(clocks.now())
    assert hold_of(stage) is not None
    clocks.set_by(15 * YEAR)
    clocks.go_on(20 * SECOND)
    stage.cycle.advance(clocks.now())
    assert hold_of(stage) is None


def test_a_clock_that_was_set_forward_is_not_believed_because_the_machine_was_started_anew(
    stage: Stage, clocks: Clocks
) -> None:
    go_to(stage, clocks, EVE)
    clocks.set_by(YEAR)
    stage.cycle.advance(clocks.now())
    clocks.restart(after=HOUR)
    stage.cycle.watch = clocks.watch()
    stage.cycle.advance(clocks.now())
    assert hold_of(stage) is not None
    assert "edge call closes" not in fired(stage)


# ── Two clocks: this machine's and the database's ───────────────────────────


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("by", [-2 * SECOND, -500_001, 500_001, 2 * SECOND, YEAR])
def test_a_node_whose_clock_is_not_the_databases_takes_no_acts_and_fires_nothing(
    stage: Stage, clocks: Clocks, by: int
) -> None:
    """T-10: it alone; and it goes on by itself when they agree again."""
    draft = stage.draft("anna", CALL)
    go_to(stage, clocks, EVE)
    other = Stage(stage.database)
    other.cycle.watch = clocks.watch(pid=4712)
    clocks.go_on(CLOSES + GRACE + SETTLE - clocks.wall)
    clocks.skew_by(by)
    assert stage.cycle.advance(clocks.now()) is None
    with refused("skew") as sentences:
        stage.cycle.act(stage.key, draft, "withdraw", by=applicant("anna"), now=clocks.now())
    assert sentences[0].startswith("the clock of this machine shows ")
    assert sentences[0].endswith("Have both machines follow the same time servers (NTP)")
    assert stage.state(draft) == "draft"
    assert hold_of(stage) is None
    clocks.skew_by(-by)
    other.cycle.advance(clocks.now())
    assert stage.state(draft) == "lapsed"
    stage.cycle.advance(clocks.now())
    assert stage.cycle.watch is not None
    assert stage.cycle.watch.refusal is None


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("by", [-400_000, 400_000])
def test_less_than_half_a_second_is_no_difference(stage: Stage, clocks: Clocks, by: int) -> None:
    """T-10."""
    clocks.skew_by(by)
    clocks.go_on(HOUR)
    assert stage.cycle.advance(clocks.now()) is not None


# ── Anything ────────────────────────────────────────────────────────────────


@dataclass
class Model:
    """What should be: by how much the clock is off the time that really passed, and how much of that is trusted."""

    displaced: int = 0
    trusted: int = 0
    held: bool = False

    def looked(self) -> None:
        off = self.displaced - self.trusted
        self.held = abs(off) > 120 * SECOND
        if not self.held:
            self.trusted = self.displaced

    def confirmed(self) -> None:
        self.held, self.trusted = False, self.displaced


STEPS = ("pass", "pass", "pass", "sleep", "set", "set", "correct", "back", "again", "confirm")


def play_script(seed: int, database: Database) -> None:
    """One random script of a clock: time that passes, sleeps, jumps of a second to ten years, and back; new processes.

    Nothing fires while it should be held, nothing twice, nothing before its instant by the clock that is trusted.
    """
    chance = random.Random(seed)
    clocks = Clocks(database, BEFORE)
    stage = Stage(database, programme(name=f"script{seed}")).open()
    stage.cycle.watch = clocks.watch()
    stage.cycle.watch.start()
    model = Model()
    seen: set[str] = set()
    for place in range(20):
        step = chance.choice(STEPS)
        clocks.go_on(SWEEP)  # what is compared are looks of two sweeps
        if step == "pass":
            clocks.go_on(chance.randint(SECOND, 20 * DAY))
        elif step == "sleep":
            clocks.go_on(chance.randint(HOUR, 100 * DAY))
        elif step in ("set", "correct"):
            size = int(10 ** chance.uniform(6, 14.5 if step == "set" else 8))
            by = chance.choice([size, -size])
            if 0 < clocks.wall + by < at("2090-01-01T00:00"):
                clocks.set_by(by)
                model.displaced += by
        elif step == "back":
            clocks.set_by(model.trusted - model.displaced)
            model.displaced = model.trusted
        elif step == "again":
            stage.cycle.watch = clocks.watch(pid=place + 2)
        elif step == "confirm" and model.held:
            confirm_clock(stage.cycle.watch, by=STAFF)
            model.confirmed()
        model.looked()
        stage.cycle.advance(clocks.now())
        assert (hold_of(stage) is not None, seed, place, step) == (model.held, seed, place, step)
        ended = {key: row for key, row in stage.deadlines().items() if row.ended_at is not None}
        fresh = ended.keys() - seen
        assert not (model.held and fresh), (seed, place, step)
        for key in fresh:
            assert ended[key].fires_at <= clocks.now(), (seed, place, step, key)
        seen |= fresh
    assert set(fired(stage).values()) <= {1}
    assert len(stage.rows(HoldRow)) >= int(model.held)


def test_corrections_within_a_sweep_are_counted_together(stage: Stage, clocks: Clocks) -> None:
    for _ in range(3):
        clocks.set_by(-MOST)
        stage.cycle.advance(clocks.now())
        clocks.go_on(SECOND)
    assert hold_of(stage) is None
    clocks.go_on(SWEEP)
    stage.cycle.advance(clocks.now())
    hold = hold_of(stage)
    assert hold is not None
    assert hold.facts["moved_by"] == -3 * MOST


QUICK = [("sqlite", seed) for seed in range(8)] + [("postgresql", seed) for seed in range(16, 18)]


@pytest.mark.parametrize(("kind", "seed"), QUICK)
def test_whatever_the_clock_does_nothing_fires_early_or_twice(kind: str, seed: int) -> None:
    """R12, quick."""
    with fresh_on(kind) as database:
        play_script(seed, database)


@pytest.mark.slow
@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("seed", range(220))
def test_whatever_the_clock_does_for_long_nothing_fires_early_or_twice(kind: str, seed: int) -> None:
    """R12."""
    with fresh_on(kind) as database:
        play_script(seed, database)


def test_the_machines_own_clock_is_looked_at_beside_the_time_that_passes() -> None:
    first, second = WallClock().look(), WallClock().look()
    assert first is not None
    assert second is not None
    assert (first.boot, first.boot != "") == (second.boot, True)
    assert 0 <= second.passed - first.passed < 60 * SECOND

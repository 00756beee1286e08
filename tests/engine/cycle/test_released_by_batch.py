"""Is what comes for each batch of an intake released, and open, for that batch alone?"""

from datetime import date, time

from databases import fresh
from rolling import held
from stage import CHAIR, STAFF, STAFF_2, Stage, at
from test_own_windows import codes
from test_rolling_intake import handed_in, opened

from engine.cycle.meetings import Sitting
from engine.database.connection import Database

MOMENT = "2 weeks after call closes"
FEBRUARY, MARCH = f"{MOMENT} batch 1", f"{MOMENT} batch 2"


def played(database: Database) -> tuple[Stage, str, str]:
    """Two months, each with a dossier on which a verdict stands."""
    stage = opened(database, held())
    one, two = handed_in(stage, "anna", "2030-01-10T10:00"), handed_in(stage, "bert", "2030-02-05T10:00")
    stage.cycle.verdict(stage.key, one, "grant", by=CHAIR, now=at("2030-02-06T10:00"))
    return stage, one, two


def test_each_batch_is_previewed_and_released_by_itself(database: Database) -> None:
    stage, one, two = played(database)
    now = at("2030-02-07T10:00")
    previews = {seen.batch: [move.number for move in seen.planned] for seen in stage.cycle.batches(stage.key, now)}
    assert previews == {FEBRUARY: [one], MARCH: []}
    stage.cycle.approve(stage.key, FEBRUARY, by=STAFF, now=now)
    stage.cycle.advance(at("2030-03-02T10:00"))
    assert stage.states() == {one: "granted", two: "read"}
    stage.cycle.verdict(stage.key, two, "grant", by=CHAIR, now=at("2030-03-03T10:00"))
    stage.cycle.advance(at("2030-03-14T10:00"))
    assert stage.states()[two] == "read"  # nobody has released this one
    assert [(row.key, row.awaits_release) for row in stage.deadlines().values() if row.awaits_release] == [
        (f"verdicts {MARCH}", True)
    ]
    assert codes(lambda: stage.cycle.revoke(stage.key, MARCH, by=STAFF, now=at("2030-03-14T11:00"))) == ["approved"]
    stage.cycle.approve(stage.key, MARCH, by=STAFF, now=at("2030-03-15T10:00"))
    assert stage.states()[two] == "granted"
    assert [letter.numbers for letter in stage.ear.of("granted")] == [(one,), (two,)]


def test_an_approval_of_one_batch_is_none_of_another_and_is_taken_back_by_itself(database: Database) -> None:
    stage, one, two = played(database)
    stage.cycle.advance(at("2030-03-02T10:00"))
    assert stage.states()[one] == "read"
    stage.cycle.verdict(stage.key, two, "grant", by=CHAIR, now=at("2030-03-03T10:00"))
    stage.cycle.approve(stage.key, MARCH, by=STAFF, now=at("2030-03-04T10:00"))
    assert stage.states() == {one: "read", two: "read"}
    stage.cycle.revoke(stage.key, MARCH, by=STAFF, now=at("2030-03-05T10:00"))
    stage.cycle.advance(at("2030-03-14T10:00"))
    assert stage.states() == {one: "read", two: "read"}
    assert codes(lambda: stage.cycle.revoke(stage.key, FEBRUARY, by=STAFF, now=at("2030-03-14T11:00"))) == [
        "approved"
    ]


def test_a_verdict_of_another_batch_makes_no_approval_void() -> None:
    stage = opened(fresh(), held(needs="two people"))
    stage.cycle.add_person(
        stage.key, email=STAFF_2, name="Two", language="en", role="staff", by=STAFF, now=at("2030-01-02T10:00")
    )
    one, two = handed_in(stage, "anna", "2030-01-10T10:00"), handed_in(stage, "bert", "2030-02-05T10:00")
    stage.cycle.verdict(stage.key, one, "grant", by=CHAIR, now=at("2030-02-06T10:00"))
    stage.cycle.advance(at("2030-03-02T10:00"))
    stage.cycle.approve(stage.key, FEBRUARY, by=STAFF, now=at("2030-03-03T10:00"))
    stage.cycle.verdict(stage.key, two, "grant", by=CHAIR, now=at("2030-03-04T10:00"))
    stage.cycle.approve(stage.key, FEBRUARY, by=STAFF_2, now=at("2030-03-05T10:00"))
    assert stage.states() == {one: "granted", two: "read"}


def test_what_is_possible_between_moments_of_each_batch_is_so_for_its_own_dossiers(database: Database) -> None:
    stage, one, two = played(database)
    stage.cycle.advance(at("2030-03-02T10:00"))

    def ask(number: str, day: str) -> list[str]:
        now = at(f"{day}T10:00")
        return codes(lambda: stage.cycle.act(stage.key, number, "ask_more", by=STAFF, now=now))

    assert ask(one, "2030-03-03") == ["late"]
    assert ask(two, "2030-03-03") == []
    assert (
        codes(lambda: stage.cycle.score(stage.key, one, {"worth": 5}, by=CHAIR, now=at("2030-03-04T10:00")))
        == ["late"]
    )


def test_a_committee_meets_in_the_window_of_some_batch() -> None:
    stage, _, _ = played(fresh())

    def meet(day: date) -> list[str]:
        sitting, now = Sitting(day, time(10)), at("2030-02-07T10:00")
        return codes(lambda: stage.cycle.plan_meeting(stage.key, "table", sitting, by=STAFF, now=now))

    assert (meet(date(2030, 3, 5)), meet(date(2030, 3, 25))) == ([], ["meeting"])

"""May one strand have other dates than the others, by the file or by an extension, and does each go by its own?"""

from collections.abc import Iterator
from datetime import date

import pytest
from databases import fresh
from sqlmodel import col, select
from stage import (
    CALL,
    CHAIR,
    MEMBER,
    STAFF,
    STRANDS,
    STRANDS_2030,
    Stage,
    applicant,
    ask_what_must_hold,
    at,
    programme,
    refused,
)

from engine.cycle.planning import plan
from engine.database.calendars import extended
from engine.database.connection import Database
from engine.database.records import ExtensionRow, ObligationRow
from engine.files.reading import Programme
from engine.rules.moments import Calendar
from engine.rules.times import Moment

CALLS = "call     = { from = 2030-01-07, to = 2030-03-01, grace = \"60 seconds\" }"
APART = """
call.small = { from = 2030-01-07, to = 2030-02-15 }
call.large = { from = 2030-01-14, to = 2030-03-01, grace = "60 seconds" }"""
OWED = """

[deliverable.report]
title    = "Report"
question = { text = { ask = "What came of it?" } }

[obligation.report]
owed_by = "handed"
during  = "reading"
deliver = "report"
remind  = ["7 days"]

[transition.lapse]
from = "draft"
to   = "withdrawn"
when = "call closes"
tell = { applicant = "lapsed" }

[reminder.hurry]
about = "draft"
when  = "3 days before call closes"
tell  = { applicant = "hurry" }
"""
SMALL_CLOSES, LARGE_CLOSES = at("2030-02-16T00:00"), at("2030-03-02T00:00")


def two_dates(edits: dict[str, str] | None = None) -> Programme:
    """Two lists of which the small one closes two weeks earlier."""
    return programme(STRANDS + OWED, STRANDS_2030, name="strands", edits={CALLS: APART} | (edits or {}))


def one_date() -> Programme:
    return programme(STRANDS + OWED, STRANDS_2030, name="strands")


@pytest.fixture
def memory() -> Iterator[Database]:
    """A database of SQLite, where no question is asked that is not asked of both elsewhere."""
    opened = fresh()
    yield opened
    ask_what_must_hold()
    opened.close()


@pytest.fixture
def lists(memory: Database) -> Stage:
    return Stage(memory, two_dates()).open()


def test_a_phase_as_a_whole_spans_the_dates_of_its_strands() -> None:
    calendar = Calendar(two_dates().rounds["2030"])
    edges = [Moment("call", "opens"), Moment("call", "closes")]
    assert [calendar.instant(one) for one in edges] == [at("2030-01-07T00:00"), LARGE_CLOSES]
    assert [calendar.of_strand("small").instant(one) for one in edges] == [at("2030-01-07T00:00"), SMALL_CLOSES]
    assert [calendar.of_strand("large").instant(one) for one in edges] == [at("2030-01-14T00:00"), LARGE_CLOSES]
    assert calendar.of_strand("small").instant(Moment("reading", "closes")) == at("2030-03-30T00:00")


def test_each_strand_is_open_and_closes_on_its_own_days(lists: Stage) -> None:
    early = at("2030-01-08T10:00")
    with refused("early"):
        lists.draft("bert", early, strand="large")
    small, large = lists.draft("anna", early, strand="small"), lists.draft("bert", strand="large")
    waits = lists.draft("carl", early, strand="small")
    lists.cycle.act(lists.key, small, "submit", by=applicant("anna"), now=at("2030-02-15T23:00"))
    lists.cycle.advance(at("2030-02-16T00:01"))
    assert lists.states() == {small: "handed", large: "draft", waits: "withdrawn"}
    lists.cycle.act(lists.key, large, "submit", by=applicant("bert"), now=at("2030-03-01T23:00"))
    lists.cycle.advance(at("2030-03-02T00:05"))
    assert lists.states() == {small: "handed", large: "handed", waits: "withdrawn"}


def test_what_hangs_on_such_a_date_is_done_for_each_strand(lists: Stage) -> None:
    small, large = lists.draft("anna", strand="small"), lists.draft("bert", strand="large")
    keys = {key: row.strand for key, row in lists.deadlines().items() if "lapse" in key or "hurry" in key}
    assert keys == {
        "transition lapse strand small": "small", "transition lapse strand large": "large",
        "reminder hurry 1 strand small": "small", "reminder hurry 1 strand large": "large",
    }
    lists.cycle.advance(at("2030-02-13T10:00"))
    assert [one.numbers for one in lists.ear.of("hurry")] == [(small,)]
    lists.cycle.advance(at("2030-02-27T10:00"))
    assert [one.numbers for one in lists.ear.of("hurry")] == [(small,), (large,)]


def test_letters_say_the_dates_of_the_strand_whatever_they_are_about(lists: Stage) -> None:
    for who, strand in (("anna", "small"), ("bert", "large")):
        number = lists.handed_in(who, strand=strand)
        lists.cycle.score(lists.key, number, {"quality": 9}, by=MEMBER, now=CALL)
        lists.cycle.score(lists.key, number, {"quality": 9}, by=CHAIR, now=CALL)
    lists.cycle.advance(at("2030-03-30T00:01"))
    said = {
        facts["dossier"]["strand"]: facts["phases"]["call"]["closes"]["day"]
        for one in lists.ear.of("admitted") for facts in one.told.facts_of.values()
    }  # fmt: skip
    assert said["Small"] == "2030-02-15"


def test_a_dossier_that_changes_its_strand_goes_by_the_dates_of_the_new_one(lists: Stage) -> None:
    number = lists.draft("bert", strand="large")
    lists.cycle.advance(at("2030-02-20T10:00"))
    lists.cycle.change_strand(lists.key, number, "small", by=STAFF, now=at("2030-02-20T10:00"), reason="It is small.")
    assert lists.states() == {number: "withdrawn"}


def test_what_a_dossier_owes_follows_its_strand(memory: Database) -> None:
    reading = 'reading  = { from = 2030-03-04, to = 2030-03-29 }'
    later = 'reading = { from = 2030-03-04, to = 2030-03-29, large = { from = 2030-03-11, to = 2030-04-12 } }'
    stage = Stage(memory, programme(STRANDS + OWED, STRANDS_2030, name="strands", edits={reading: later})).open()
    small, large = (stage.handed_in(who, strand=who) for who in ("small", "large"))
    assert [row.last_day for row in stage.rows(ObligationRow)] == ["2030-03-29", "2030-04-12"]
    stage.cycle.change_strand(stage.key, small, "large", by=STAFF, now=CALL, reason="It is large.")
    assert [row.last_day for row in stage.rows(ObligationRow)] == ["2030-04-12", "2030-04-12"]
    assert f"overdue {small} 2030-04-12" in stage.deadlines()
    assert large != small


def test_staff_move_a_date_for_one_strand_alone(database: Database) -> None:
    stage = Stage(database, one_date()).open()
    small, large = stage.draft("anna", strand="small"), stage.draft("bert", strand="large")
    stage.cycle.extend(
        stage.key, "call closes", date(2030, 3, 8), reason="A flood.", by=STAFF, now=CALL, strand="large"
    )
    (row,) = stage.rows(ExtensionRow)
    assert (row.of, row.strand, row.old_day, row.new_day) == ("call closes", "large", "2030-03-01", "2030-03-08")
    assert [one.numbers for one in stage.ear.of("deadline-extended")] == [(large,)]
    stage.cycle.advance(at("2030-03-02T00:05"))
    assert stage.states() == {small: "withdrawn", large: "draft"}
    stage.cycle.advance(at("2030-03-09T00:05"))
    assert stage.states() == {small: "withdrawn", large: "withdrawn"}


def test_a_date_is_moved_for_one_strand_as_long_as_it_has_not_passed_there(memory: Database) -> None:
    stage = Stage(memory, one_date()).open()
    small, large = stage.draft("anna", strand="small"), stage.draft("bert", strand="large")

    def more_time(day: int, now: int, **whose: str) -> None:
        stage.cycle.extend(
            stage.key, "call closes", date(2030, 3, day), reason="A flood.", by=STAFF, now=now, **whose
        )

    more_time(8, CALL, strand="large")
    over = at("2030-03-02T00:05")
    stage.cycle.advance(over)
    more_time(15, over, strand="large")  # it is over for all others
    with refused("fired"):
        more_time(15, over, strand="small")
    with refused("fired"):
        more_time(15, over, dossier=small)
    more_time(22, over, dossier=large)
    stage.cycle.advance(at("2030-03-16T00:05"))
    assert stage.states() == {small: "withdrawn", large: "draft"}


def test_a_date_that_has_passed_for_a_strand_is_moved_for_none_of_its_dossiers(lists: Stage) -> None:
    number = lists.draft("anna", strand="small")
    lists.cycle.advance(at("2030-02-16T00:05"))
    with refused("fired"):
        lists.cycle.extend(
            lists.key, "call closes", date(2030, 3, 8), reason="Ill.", by=STAFF, now=at("2030-02-16T00:05"),
            dossier=number,
        )  # fmt: skip


def test_what_goes_by_the_clocks_of_each_applicant_is_moved_for_all_strands(memory: Database) -> None:
    by_theirs = {CALLS: CALLS.replace(" }", ', zone = "applicant" }')}
    stage = Stage(memory, programme(STRANDS + OWED, STRANDS_2030, name="strands", edits=by_theirs)).open()
    with refused("strand") as why:
        stage.cycle.extend(
            stage.key, "call closes", date(2030, 3, 8), reason="A flood.", by=STAFF, now=CALL, strand="large"
        )
    assert why == ['"Call" (call) is moved for all: it goes by the clocks of each applicant']


def test_a_date_that_was_moved_for_a_strand_can_be_put_back(memory: Database) -> None:
    stage = Stage(memory, one_date()).open()
    stage.draft("bert", strand="large")
    number = stage.cycle.extend_each(
        stage.key, "call closes", date(2030, 3, 8), reason="A flood.", by=STAFF, now=CALL, dossiers=None,
        strand="large", undo_for=60_000_000,
    )
    assert "transition lapse strand large" in stage.deadlines()
    stage.cycle.take_back(stage.key, number, by=STAFF, now=CALL + 1)
    assert "transition lapse strand large" not in stage.deadlines()


def test_more_time_for_all_takes_nothing_from_a_strand_that_had_more(memory: Database) -> None:
    stage = Stage(memory, one_date()).open()
    small, large = stage.draft("anna", strand="small"), stage.draft("bert", strand="large")
    stage.cycle.extend(
        stage.key, "call closes", date(2030, 3, 15), reason="A flood.", by=STAFF, now=CALL, strand="large"
    )
    stage.cycle.extend(stage.key, "call closes", date(2030, 3, 8), reason="A strike.", by=STAFF, now=CALL)
    assert [one.numbers for one in stage.ear.of("deadline-extended")] == [(large,), (small,)]
    stage.cycle.advance(at("2030-03-09T00:05"))
    assert stage.states() == {small: "withdrawn", large: "draft"}


def test_more_time_for_all_opens_nothing_again_that_has_closed_for_a_strand(memory: Database) -> None:
    stage = Stage(memory, one_date()).open()
    small, large = stage.draft("anna", strand="small"), stage.draft("bert", strand="large")
    stage.cycle.extend(
        stage.key, "call closes", date(2030, 2, 20), reason="A flood.", by=STAFF, now=CALL, strand="large"
    )
    over = at("2030-02-25T10:00")
    stage.cycle.advance(over)
    assert stage.states() == {small: "draft", large: "withdrawn"}
    stage.cycle.extend(stage.key, "call closes", date(2030, 3, 8), reason="A strike.", by=STAFF, now=over)
    assert [one.numbers for one in stage.ear.of("deadline-extended")] == [(large,), (small,)]
    with memory.reading() as session:
        rows = list(session.exec(select(ExtensionRow).order_by(col(ExtensionRow.id))).all())
    calendars = [extended(stage.programme.rounds["2030"], rows, strand=one) for one in ("small", "large")]
    assert [one.day(Moment("call", "closes")) for one in calendars] == [date(2030, 3, 8), date(2030, 2, 20)]


def test_dates_that_all_strands_have_are_moved_for_one_of_them(lists: Stage) -> None:
    with refused("strand") as why:
        lists.cycle.extend(lists.key, "call closes", date(2030, 3, 8), reason="A flood.", by=STAFF, now=CALL)
    assert why == ['each strand has dates of its own in "Call" (call); say for which it is moved']
    with refused("strand") as why:
        lists.cycle.extend(
            lists.key, "report", date(2030, 3, 8), reason="A flood.", by=STAFF, now=CALL, strand="small"
        )
    assert why == ['"report" is no edge of a phase: it is moved for all, or for single dossiers']
    lists.cycle.extend(
        lists.key, "call closes", date(2030, 2, 22), reason="A flood.", by=STAFF, now=CALL, strand="small"
    )
    assert lists.deadlines()["transition lapse strand small"].due_at == at("2030-02-23T00:00")


def test_a_dossier_with_more_time_of_its_own_keeps_it_in_its_strand(lists: Stage) -> None:
    number = lists.draft("anna", strand="small")
    lists.cycle.extend(
        lists.key, "call closes", date(2030, 2, 20), reason="Ill.", by=STAFF, now=CALL, dossier=number
    )
    lists.cycle.advance(at("2030-02-16T00:05"))
    assert lists.states() == {number: "draft"}
    lists.cycle.advance(at("2030-02-21T00:05"))
    assert lists.states() == {number: "withdrawn"}


def test_the_file_moves_a_date_for_one_strand_as_a_change_log() -> None:
    log = ('\n[[extension]]\nof = "call closes"\nto = 2030-03-08\ndecided = 2030-02-20\nreason = "A flood."\n'
           'strand = "large"\n')  # fmt: skip
    round = programme(STRANDS + OWED, STRANDS_2030 + log, name="strands").rounds["2030"]
    days = {one: Calendar(round).of_strand(one).day(Moment("call", "closes")).isoformat() for one in ("small", "large")}
    assert days == {"small": "2030-03-01", "large": "2030-03-08"}
    assert [(one.strand, one.was.day.isoformat(), one.to.day.isoformat()) for one in round.moved] == [
        ("large", "2030-03-01", "2030-03-08")
    ]


def test_a_plan_says_whose_dates_move_and_a_replaced_round_goes_by_them(database: Database) -> None:
    stage = Stage(database, one_date()).open()
    small, large = stage.draft("anna", strand="small"), stage.draft("bert", strand="large")
    apart = two_dates({"2030-01-14": "2030-01-07"})
    foreseen = plan(stage.cycle, stage.key, apart, now=CALL)
    assert foreseen.reasons == ()
    assert [(one.moment, one.strand, one.now, one.dossiers) for one in foreseen.dates] == [
        ("call closes", "small", SMALL_CLOSES, 1)
    ]
    stage.cycle.replace_rules(stage.key, apart, reason="Two calls.", by=STAFF, now=CALL)
    stage.cycle.advance(at("2030-02-16T00:05"))
    assert stage.states() == {small: "withdrawn", large: "draft"}

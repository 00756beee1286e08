"""Does a round run by the day on which its close counts, and does it follow when that is another day?"""

from dataclasses import replace
from datetime import date

import pytest
from databases import fresh
from stage import CALL, SETTLE, Stage, applicant, at, programme

from engine.database.connection import Database
from engine.rules.round import LocalEdge

ROLLED = programme(edits={
    'from = 2030-01-07, to = 2030-03-01, grace = "60 seconds"':
        'from = 2030-01-07, to = 2030-03-02, grace = "60 seconds", roll = "next working day"',
    '"3 days before call closes"': '"3 working days before call closes"',
})  # fmt: skip
"""the small round, whose call ends on a Saturday and so on Monday 4 March"""


def test_who_hands_in_on_the_day_that_counts_is_on_time_and_a_day_later_too_late(database: Database) -> None:
    stage = Stage(database, ROLLED).open()
    late, number = stage.draft("bert"), stage.draft("anna")
    stage.cycle.act(stage.key, number, "submit", by=applicant("anna"), now=at("2030-03-04T23:00"))
    stage.cycle.advance(at("2030-03-05T00:02"))
    assert stage.states() == {number: "read", late: "lapsed"}
    rows = stage.deadlines()
    assert {key: row.local for key, row in rows.items() if "call closes" in row.moment} == {
        "edge call closes": "2030-03-05T00:00:00", "transition lapse": "2030-03-05T00:00:00",
        "transition take_up": "2030-03-05T00:00:00", "reminder unfinished 1": "2030-02-18T09:00:00",
        "reminder unfinished 2": "2030-02-27T09:00:00",
    }  # fmt: skip


def test_a_running_round_follows_when_another_day_is_the_next_working_day(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(fresh(), ROLLED).open()
    stage.cycle.work_out_again(CALL)
    assert stage.journal("zone data changed") == []
    # by then the Monday has become a holiday
    round = ROLLED.rounds["2030"]
    call = replace(round.phases["call"], closes=LocalEdge(date(2030, 3, 5)))
    later = replace(ROLLED, rounds={"2030": replace(round, phases={**round.phases, "call": call})})
    stage.tampered = "the holidays of this process are others"
    read = stage.cycle.shelf._pinned
    for digest, (version, pinned) in list(read.items()):
        monkeypatch.setitem(read, digest, (version, replace(pinned, programme=later)))
    stage.cycle.work_out_again(CALL)
    row = stage.deadlines()["edge call closes"]
    assert (row.due_at, row.fires_at) == (at("2030-03-06T00:00"), at("2030-03-06T00:00") + 60_000_000 + SETTLE)
    (told,) = stage.journal("zone data changed")
    assert told.details["moved_by_microseconds"]["edge call closes"] == 86_400_000_000

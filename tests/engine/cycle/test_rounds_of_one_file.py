"""Do rounds that stand in one file run apart, each with its own numbers and dates?"""

from databases import fresh
from stage import BEFORE, SMALL, SMALL_2030, STAFF, Stage, applicant, at, programme

from engine.database.records import DeadlineRow, DossierRow

INSIDE = """
[round.spring]
title = "Spring"

[round.autumn]
title  = "Autumn"
number = "SG31"
later  = "6 months"
"""
SEVERAL = programme(SMALL, SMALL_2030 + INSIDE)


def test_two_rounds_of_one_file_run_side_by_side() -> None:
    stage = Stage(fresh(), SEVERAL)
    for name, when in (("2030-spring", "2030-02-01T10:00"), ("2030-autumn", "2030-08-01T10:00")):
        stage.key = f"small/{name}"
        stage.cycle.open_round(SEVERAL, name, by=STAFF, now=BEFORE)
        stage.draft("anna", now=at(when))
    assert stage.states() == {"SG30-001": "draft", "SG31-001": "draft"}
    with_more_time = at("2030-09-01T23:00")
    stage.cycle.advance(with_more_time)
    assert stage.states() == {"SG30-001": "lapsed", "SG31-001": "draft"}
    stage.cycle.act(stage.key, "SG31-001", "submit", by=applicant("anna"), now=with_more_time)
    stage.cycle.advance(at("2030-09-02T00:02"))
    assert [(row.number, row.state) for row in stage.rows(DossierRow)] == [("SG30-001", "lapsed"), ("SG31-001", "read")]
    closes = [row.local for row in stage.rows(DeadlineRow) if row.key == "edge call closes"]
    assert closes == ["2030-03-02T00:00:00", "2030-09-02T00:00:00"]

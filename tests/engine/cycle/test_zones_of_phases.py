"""Does a phase with clocks of its own open and close by them, and all else by the round's?"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from desk import LEAVE, ROUND, WORKFLOW, desk, files
from hypothesis import given
from hypothesis import strategies as st
from stage import BEFORE, STAFF, Stage, applicant, at

from engine.database.connection import Database
from engine.database.records import ObligationRow
from engine.files.prose import read_aloud
from engine.files.reading import read_programme
from engine.rules.moments import EPOCH, Calendar
from engine.rules.round import LocalEdge, PhaseDates
from engine.rules.times import Moment
from notifications.facts import Reader

NEW_YORK = "America/New_York"
THERE = ROUND.replace("from = 2030-01-07", f'from = 2030-01-07, to = 2055-12-01, zone = "{NEW_YORK}"')
PROGRAMME = desk(THERE, always=True)
ZONES = st.sampled_from(["America/New_York", "Pacific/Honolulu", "Asia/Tokyo", "Pacific/Kiritimati", "Asia/Kathmandu"])


@given(st.dates(date(2030, 1, 8), date(2032, 12, 31)), st.sampled_from([None, time(12), time(17, 30)]), ZONES)
def test_its_edges_are_the_instants_that_its_clocks_show(day: date, hour: time | None, zone: str) -> None:
    round = PROGRAMME.rounds["2030"]
    dates = PhaseDates(LocalEdge(date(2030, 1, 7), hour), LocalEdge(day, hour), zone=zone)
    calendar = Calendar(replace(round, phases={"intake": dates}))
    opens, closes = (calendar.instant(Moment("intake", edge)) for edge in ("opens", "closes"))
    there = ZoneInfo(zone)
    first = datetime.combine(date(2030, 1, 7), hour or time(0), tzinfo=there)
    last = datetime.combine(day if hour else day + timedelta(days=1), hour or time(0), tzinfo=there)
    assert EPOCH + timedelta(microseconds=opens) == first
    assert EPOCH + timedelta(microseconds=closes - (1 if hour else 0)) == last
    for edge, instant in (("opens", opens), ("closes", closes)):
        heard = calendar.hearing(Moment("intake", edge))  # type: ignore[arg-type]
        assert heard >= instant  # nobody hears that it is over before it is


def test_who_hands_in_before_midnight_there_is_on_time(database: Database) -> None:
    stage = Stage(database, PROGRAMME)
    stage.cycle.open_round(PROGRAMME, "2030", by=STAFF, now=BEFORE)
    email, evening = applicant("anna"), at("2055-12-02T05:59")  # one minute to midnight in New York
    number = stage.cycle.start_dossier(
        stage.key, organisation="Anna", email=email, name="Anna", language="en", by=email, now=evening
    )  # fmt: skip
    stage.cycle.answer(stage.key, number, {"what": "Advice"}, by=email, now=evening)
    stage.cycle.act(stage.key, number, "ask", by=email, now=evening)
    assert stage.states() == {number: "asked"}
    assert stage.deadlines()["edge intake closes"].due_at == at("2055-12-02T06:00")


def test_an_extension_names_a_day_of_the_same_clocks(database: Database) -> None:
    stage = Stage(database, PROGRAMME)
    stage.cycle.open_round(PROGRAMME, "2030", by=STAFF, now=BEFORE)
    stage.cycle.add_person(stage.key, email=STAFF, name="Staff", language="en", role="staff", by=STAFF, now=BEFORE)
    now = at("2055-02-01T10:00")
    stage.cycle.extend(stage.key, "intake closes", date(2055, 12, 5), reason="Snow", by=STAFF, now=now)
    assert stage.deadlines()["edge intake closes"].due_at == at("2055-12-06T06:00")


def test_letters_say_the_day_with_its_own_clocks() -> None:
    facts = {"day": "2055-03-01", "hour": None, "edge": "closes", "zone": NEW_YORK}
    reader = Reader(PROGRAMME, "en", "Europe/Brussels")
    assert str(reader.edge(facts)) == "Monday 1 March 2055, 24:00 (New York time)"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "by the clocks of New York (America/New_York)."),
     ("nl", "volgens de klok van New York (America/New_York)."),
     ("fr", "à l’heure de New York (America/New_York).")],
)  # fmt: skip
def test_its_clocks_are_read_aloud(language: str, words: str) -> None:
    text = read_aloud(PROGRAMME, PROGRAMME.rounds["2030"], language)
    assert words in text.replace("\u202f", " ").replace("\xa0", " ")


OWED = """
[deliverable.photo]
title    = "Photograph"
question = { where = { ask = "Where is it?", required = true } }

[obligation.photo]
owed_by = "asked"
during  = "intake"
every   = "year"
deliver = "photo"
remind  = ["3 days"]
"""
OWING = read_programme(
    "desk",
    files(
        THERE.replace("2055-12-01", "2031-12-01").replace("2055-05-05", "2030-05-06"),
        WORKFLOW.replace('by     = "staff"\nduring = "intake"', 'by = "staff"') + LEAVE + OWED,
    ),
    "",
)  # fmt: skip


def owing(database: Database) -> tuple[Stage, str]:
    stage = Stage(database, OWING)
    stage.cycle.open_round(OWING, "2030", by=STAFF, now=BEFORE)
    stage.cycle.add_person(stage.key, email=STAFF, name="Staff", language="en", role="staff", by=STAFF, now=BEFORE)
    email, now = applicant("anna"), at("2030-02-01T10:00")
    number = stage.cycle.start_dossier(
        stage.key, organisation="Anna", email=email, name="Anna", language="en", by=email, now=now
    )
    stage.cycle.answer(stage.key, number, {"what": "Advice"}, by=email, now=now)
    stage.cycle.act(stage.key, number, "ask", by=email, now=now)
    return stage, number


def laid(stage: Stage) -> list[tuple[str, int]]:
    return sorted((row.last_day, row.due_at) for row in stage.rows(ObligationRow))


def overdue(stage: Stage) -> dict[int, int | None]:
    return {row.position: row.overdue_at for row in stage.rows(ObligationRow)}


def test_what_is_owed_during_it_ends_with_a_day_of_its_clocks(database: Database) -> None:
    stage, number = owing(database)
    years = [("2031-01-06", at("2031-01-07T06:00")), ("2031-12-01", at("2031-12-02T06:00"))]
    assert laid(stage) == years
    assert stage.deadlines()[f"remind {number} 2031-01-03"].due_at == at("2031-01-03T09:00")
    stage.cycle.advance(at("2031-01-07T05:59"))
    assert overdue(stage) == {1: None, 2: None}
    stage.cycle.advance(at("2031-01-07T06:01"))
    assert overdue(stage) == {1: years[0][1], 2: None}


def test_more_time_for_it_and_the_time_taken_back_are_days_of_its_clocks(database: Database) -> None:
    stage, number = owing(database)
    now = at("2030-03-01T10:00")
    decision = stage.cycle.extend_each(
        stage.key, "photo 1", date(2031, 1, 20), reason="Snow", by=STAFF, now=now, dossiers=[number], undo_for=90
    )
    assert laid(stage)[0] == ("2031-01-20", at("2031-01-21T06:00"))
    stage.cycle.take_back(stage.key, decision, by=STAFF, now=now + 5)
    assert laid(stage)[0] == ("2031-01-06", at("2031-01-07T06:00"))
    stage.cycle.extend(stage.key, "intake closes", date(2031, 12, 5), reason="Snow", by=STAFF, now=now + 10)
    assert laid(stage)[1] == ("2031-12-05", at("2031-12-06T06:00"))


def test_prose_and_letters_say_by_whose_clocks_it_is_owed() -> None:
    text = read_aloud(OWING, OWING.rounds["2030"], "en")
    assert "On Monday 6 January 2031, by the clocks of New York (America/New_York) at the latest" in text
    reader = Reader(OWING, "en", "Europe/Brussels", zones={"intake": NEW_YORK})
    said = reader.obligation({"name": "photo", "position": 1, "last_day": "2031-01-06"})
    assert str(said.last_day) == "Monday 6 January 2031 (New York time)"

"""Does a phase with clocks of its own open and close by them, and all else by the round's?"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from desk import ROUND, desk
from hypothesis import given
from hypothesis import strategies as st
from stage import BEFORE, STAFF, Stage, applicant, at

from engine.database.connection import Database
from engine.files.prose import read_aloud
from engine.rules.moments import EPOCH, Calendar
from engine.rules.round import LocalEdge, PhaseDates
from engine.rules.workflow import Moment
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

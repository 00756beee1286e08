"""Does a phase that lasts until further notice take what comes, until an extension gives it an end?"""

from datetime import date

from databases import fresh
from desk import desk
from stage import BEFORE, SETTLE, STAFF, Stage, applicant, at, refused

from engine.cycle.trying import trying
from engine.database.connection import Database
from engine.rules.round import NEVER
from engine.rules.times import Moment

LATER = at("2044-06-01T10:00")
MINUTE = 60_000_000


def opened(database: Database) -> Stage:
    stage = Stage(database, desk())
    stage.cycle.open_round(stage.programme, "2030", by=STAFF, now=BEFORE)
    stage.cycle.add_person(stage.key, email=STAFF, name="Staff", language="en", role="staff", by=STAFF, now=BEFORE)
    return stage


def asked(stage: Stage, who: str, now: int) -> str:
    email = applicant(who)
    number = stage.cycle.start_dossier(
        stage.key, organisation=who, email=email, name=who, language="en", by=email, now=now
    )  # fmt: skip
    stage.cycle.answer(stage.key, number, {"what": "Advice"}, by=email, now=now)
    stage.cycle.act(stage.key, number, "ask", by=email, now=now)
    return number


def test_what_comes_in_years_later_is_taken_and_nothing_is_due(database: Database) -> None:
    stage = opened(database)
    number = asked(stage, "anna", LATER)
    stage.cycle.act(stage.key, number, "help", by=STAFF, now=LATER)
    assert stage.states() == {number: "helped"}
    assert sorted(stage.deadlines()) == ["announcement begin", "edge intake opens"]
    assert stage.cycle.advance(LATER) is None


def test_an_extension_gives_it_an_end_and_taking_that_back_takes_it_away(database: Database) -> None:
    stage = opened(database)
    number = asked(stage, "anna", LATER)
    what = {"reason": "The desk moves", "by": STAFF, "dossiers": None, "undo_for": 10 * MINUTE}
    end = stage.cycle.extend_each(stage.key, "intake closes", date(2044, 6, 30), now=LATER, **what)
    row = stage.deadlines()["edge intake closes"]
    assert (row.due_at, row.fires_at) == (at("2044-07-01T00:00"), at("2044-07-01T00:00") + SETTLE)
    stage.cycle.take_back(stage.key, end, by=STAFF, now=LATER + MINUTE)
    assert "edge intake closes" not in stage.deadlines()
    stage.cycle.extend_each(stage.key, "intake closes", date(2044, 6, 30), now=LATER + 2 * MINUTE, **what)
    with refused("late"):
        stage.cycle.act(stage.key, number, "help", by=STAFF, now=at("2044-07-01T00:01"))
    assert stage.deadlines()["edge intake closes"].ending == "fired"


def test_trying_an_end_changes_nothing() -> None:
    stage = opened(fresh())
    stage.cycle.advance(LATER)
    with trying(stage.cycle, stage.key, LATER) as trial:
        trial.extend(stage.key, "intake closes", date(2044, 6, 30), reason="Why", by=STAFF, now=LATER)
    with stage.database.reading() as session:
        calendar = stage.cycle.look(session, stage.key, LATER).calendar
    assert calendar.edge("intake", "closes") == NEVER
    assert calendar.instant(Moment("intake", "opens")) == at("2030-01-07T00:00")

"""Does whoever asked to be told hear when a date is moved, and what a round alone announces?"""

from datetime import date

from databases import fresh
from desk import LEAVE, ROUND, WORKFLOW, files
from stage import BEFORE, PUBLIC, STAFF, Stage, at

from engine.database.connection import Database
from engine.files.reading import read_programme

MOVED = """
[announcement.moved]
when = "intake moves"
tell = { everyone = "begin" }
"""
NOTICES = """
[[extension]]
of      = "intake opens"
to      = 2030-01-14
decided = 2030-01-02
reason  = "Snow"

[[announcement]]
on   = 2030-02-04
tell = { everyone = "helped" }
"""
PROGRAMME = read_programme(
    "desk", files(ROUND.replace("2030-01-07", "2030-01-07, to = 2055-12-31") + NOTICES,
                  WORKFLOW.replace('by     = "staff"\nduring = "intake"', 'by = "staff"') + LEAVE + MOVED), ""
)  # fmt: skip
NOW = at("2030-02-01T10:00")
MINUTE = 60_000_000


def opened(database: Database) -> Stage:
    stage = Stage(database, PROGRAMME)
    stage.cycle.open_round(PROGRAMME, "2030", by=STAFF, now=BEFORE)
    for email, role in ((STAFF, "staff"), (PUBLIC, "everyone")):
        stage.cycle.add_person(stage.key, email=email, name=email, language="en", role=role, by=STAFF, now=BEFORE)
    return stage


def test_people_hear_when_a_date_is_moved_for_all_with_the_old_and_the_new_one(database: Database) -> None:
    stage = opened(database)
    stage.cycle.extend(stage.key, "intake closes", date(2056, 3, 1), reason="Demand", by=STAFF, now=NOW)
    (moved,) = [one for one in stage.ear.heard if one.cause == "announcement moved"]
    assert (moved.role, moved.letter, moved.leaves_at) == ("everyone", "begin", NOW)
    assert moved.told.extras == {
        "extension": {
            "of": "Requests", "reason": "Demand",
            "old": {"day": "2055-12-31", "hour": None, "edge": "closes"},
            "new": {"day": "2056-03-01", "hour": None, "edge": "closes"},
        }
    }  # fmt: skip


def test_what_is_moved_and_can_be_taken_back_is_announced_once_it_cannot() -> None:
    stage = opened(fresh())
    stage.cycle.extend_each(
        stage.key, "intake closes", date(2056, 3, 1), reason="Demand", by=STAFF, now=NOW, dossiers=None,
        undo_for=10 * MINUTE,
    )  # fmt: skip
    (moved,) = [one for one in stage.ear.heard if one.cause == "announcement moved"]
    assert moved.leaves_at == NOW + 10 * MINUTE


def test_nobody_hears_when_one_dossier_gets_more_time() -> None:
    stage = opened(fresh())
    email = "anna@applicant.example"
    number = stage.cycle.start_dossier(
        stage.key, organisation="Anna", email=email, name="Anna", language="en", by=email, now=NOW
    )
    stage.cycle.extend(stage.key, "intake closes", date(2056, 3, 1), reason="Ill", by=STAFF, now=NOW, dossier=number)
    assert [one for one in stage.ear.heard if one.cause == "announcement moved"] == []


def test_a_notice_of_the_round_leaves_on_its_day_once(database: Database) -> None:
    stage = opened(database)
    stage.cycle.advance(at("2030-02-04T08:59"))
    assert stage.ear.of("helped") == []
    stage.cycle.advance(at("2030-02-05T10:00"))
    stage.cycle.advance(at("2030-02-06T10:00"))
    assert [(one.role, one.cause, one.at) for one in stage.ear.of("helped")] == [
        ("everyone", "announcement 2030-02-04", at("2030-02-04T09:00"))
    ]


def test_a_round_runs_by_the_date_that_was_moved_in_its_file() -> None:
    stage = opened(fresh())
    assert stage.deadlines()["edge intake opens"].local == "2030-01-14T00:00:00"

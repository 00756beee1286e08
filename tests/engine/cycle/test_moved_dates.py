"""Does whoever asked to be told hear when a date is moved, and what a round alone announces?"""

from datetime import date

from databases import fresh
from desk import LEAVE, ROUND, WORKFLOW, files
from stage import BEFORE, PUBLIC, STAFF, Stage, at

from engine.cycle.planning import plan
from engine.database.connection import Database
from engine.database.records import NotificationRow
from engine.files.reading import Programme, read_programme

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


def opened(database: Database, programme: Programme = PROGRAMME) -> Stage:
    stage = Stage(database, programme)
    stage.cycle.open_round(programme, "2030", by=STAFF, now=BEFORE)
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


def test_people_hear_of_a_date_that_other_rules_bring_once_and_the_plan_says_so(database: Database) -> None:
    stage = opened(database)
    round = PROGRAMME.files["rounds/2030.toml"].replace("to = 2055-12-31", "to = 2056-01-31")
    other = read_programme("desk", {**PROGRAMME.files, "rounds/2030.toml": round}, "")
    foreseen = plan(stage.cycle, stage.key, other, now=NOW)
    stage.cycle.replace_rules(stage.key, other, reason="Demand", by=STAFF, now=NOW)
    (moved,) = [one for one in stage.ear.heard if one.cause == "announcement moved"]
    assert moved.told.extras["extension"] == {
        "of": "Requests", "reason": "Demand",
        "old": {"day": "2055-12-31", "hour": None, "edge": "closes"},
        "new": {"day": "2056-01-31", "hour": None, "edge": "closes"},
    }  # fmt: skip
    assert foreseen.at_once.letters == 1


def test_nobody_hears_of_other_rules_that_move_no_date() -> None:
    stage = opened(fresh())
    other = read_programme("desk", {**PROGRAMME.files, "letters/en/begin.md": "Begun\n\nIt has.\n"}, "")
    stage.cycle.replace_rules(stage.key, other, reason="Clearer", by=STAFF, now=NOW)
    assert [one for one in stage.ear.heard if one.cause == "announcement moved"] == []


def test_a_notice_about_states_reaches_those_who_speak_for_a_dossier_there_and_nobody_else(database: Database) -> None:
    about = NOTICES.replace('tell = { everyone = "helped" }', 'about = "asked"\ntell = { everyone = "helped" }')
    programme = read_programme(
        "desk", {**PROGRAMME.files, "rounds/2030.toml": PROGRAMME.files["rounds/2030.toml"].replace(NOTICES, about)}, ""
    )
    stage = opened(database, programme)
    anna, bert = "anna@applicant.example", "bert@applicant.example"
    for email in (anna, anna, bert):
        number = stage.cycle.start_dossier(
            stage.key, organisation="House", email=email, name="One", language="en", by=email, now=NOW
        )
        if email == anna:
            stage.cycle.answer(stage.key, number, {"what": "Help"}, by=email, now=NOW)
            stage.cycle.act(stage.key, number, "ask", by=email, now=NOW)
    stage.cycle.advance(at("2030-02-04T10:00"))
    told = [(row.address, row.role) for row in stage.rows(NotificationRow) if row.letter == "helped"]
    assert told == [(anna, "everyone")]


def test_a_round_runs_by_the_date_that_was_moved_in_its_file() -> None:
    stage = opened(fresh())
    assert stage.deadlines()["edge intake opens"].local == "2030-01-14T00:00:00"

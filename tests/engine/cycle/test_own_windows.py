"""Is something possible for a dossier exactly as long as its own days say?"""

from collections.abc import Callable
from datetime import date, time
from functools import partial

from as_they_come import CAME, LAST, hand_in, neighbours, open_it
from databases import fresh
from stage import CHAIR, MEMBER, STAFF, Stage, applicant, at

from engine.cycle.meetings import Sitting
from engine.cycle.reminding import waits_for
from engine.database.connection import Database
from engine.database.records import DeliveryRow, DossierRow, HourRow, ObligationRow
from engine.database.store import current_answers, the_id
from engine.errors import Refused
from engine.files.reading import Programme


def opened(database: Database, programme: Programme | None = None) -> Stage:
    stage = Stage(database, programme or neighbours())
    open_it(stage.cycle, stage.programme)
    return stage


def asked(stage: Stage, who: str = "anna", now: int = CAME, **answers: object) -> str:
    return hand_in(stage.cycle, who, now, **answers)


def codes(act: Callable[[], object]) -> list[str]:
    """Why an act is refused; nothing where it is done."""
    try:
        act()
    except Refused as against:
        return [one.code for one in against.reasons]
    return []


def score(stage: Stage, number: str, now: int) -> list[str]:
    return codes(lambda: stage.cycle.score(stage.key, number, {"worth": 8}, by=MEMBER, now=now))


def wanted(stage: Stage, now: int) -> list[str]:
    """The dossiers of which something is wanted of a member still."""
    with stage.database.reading() as session:
        scene = stage.cycle.look(session, stage.key, now)
        waits = waits_for(scene, "asked", [the_id(scene.person(MEMBER))])
        return [one.number for waiting in waits.values() for one in waiting.first]


def test_each_dossier_is_scored_for_three_weeks_from_where_it_came_to_the_last_microsecond(database: Database) -> None:
    stage = opened(database)
    first, second = asked(stage), asked(stage, "bert", at("2030-02-10T10:00"))
    stage.cycle.score(stage.key, first, {"worth": 7}, by=MEMBER, now=LAST - 1)
    assert score(stage, first, LAST) == ["late"]
    assert score(stage, second, LAST) == []
    assert (wanted(stage, LAST - 1), wanted(stage, LAST)) == ([first, second], [second])


def test_staff_give_the_committee_more_time_for_one_dossier_and_the_applicant_hears_nothing(
    database: Database,
) -> None:
    stage = opened(database)
    number, other = asked(stage), asked(stage, "bert")
    heard = len(stage.ear.heard)
    stage.cycle.extend(
        stage.key, "reading within", date(2030, 2, 25), reason="Ill", by=STAFF, now=LAST - 5, dossier=number
    )
    assert stage.ear.heard[heard:] == []
    assert (score(stage, number, LAST), score(stage, other, LAST)) == ([], ["late"])
    assert (wanted(stage, at("2030-02-26T00:00") - 1), wanted(stage, at("2030-02-26T00:00"))) == ([number], [])
    assert score(stage, number, at("2030-02-26T00:00")) == ["late"]


def test_whose_silence_is_waited_for_longer_is_scored_longer_where_both_are_as_long(database: Database) -> None:
    rules = neighbours().files["workflow.toml"].replace('after = "4 weeks"', 'after = "3 weeks"')
    stage = opened(database, neighbours(rules))
    number = asked(stage)
    stage.cycle.extend(
        stage.key, "give_up after", date(2030, 3, 1), reason="Ill", by=STAFF, now=LAST - 5, dossier=number
    )
    assert (wanted(stage, LAST), wanted(stage, at("2030-03-02T00:00"))) == ([number], [])
    assert score(stage, number, LAST) == []


def granted(stage: Stage, who: str = "anna", now: int = CAME, **answers: object) -> str:
    number = asked(stage, who, now, **answers)
    stage.cycle.score(stage.key, number, {"worth": 8}, by=MEMBER, now=now + 1)
    stage.cycle.act(stage.key, number, "grant", by=CHAIR, now=now + 2, answers={"amount": 300})
    return number


def visit(day: int, month: int = 3) -> Sitting:
    return Sitting(date(2030, month, day), time(10), time(10, 30), "Ghent")


def test_a_committee_gives_the_amount_with_its_decision_within_the_limits_of_the_question(database: Database) -> None:
    stage = opened(database)
    number = asked(stage, amount=450)
    stage.cycle.score(stage.key, number, {"worth": 8}, by=MEMBER, now=CAME)

    def grant(by: str, **value: int) -> list[str]:
        return codes(
            lambda: stage.cycle.act(stage.key, number, "grant", by=by, now=CAME + 5, answers=value or None)
        )

    assert (grant(MEMBER, amount=300), grant(CHAIR), grant(CHAIR, amount=501)) == (["role"], ["sets"], ["answer"])
    assert grant(CHAIR, amount=300) == []
    (row,) = stage.rows(DossierRow)
    with stage.database.reading() as session:
        assert (row.state, current_answers(session, the_id(row))["amount"]) == ("granted", 300)


def test_an_hour_is_booked_within_thirty_days_of_where_each_dossier_came_and_no_later(database: Database) -> None:
    stage = opened(database)
    number, other = granted(stage), granted(stage, "bert", at("2030-02-10T10:00"))
    given = [visit(3), visit(4)]  # thirty days after 1 February are over at the end of 3 March
    stage.cycle.give_hours(stage.key, "visit", given, by=MEMBER, now=at("2030-02-11T10:00"))
    first, second = (row.id or 0 for row in stage.rows(HourRow))

    def book(dossier: str, who: str, hour: int) -> list[str]:
        now, by = at("2030-02-12T10:00"), applicant(who)
        return codes(lambda: stage.cycle.book_hour(stage.key, dossier, hour, by=by, now=now))

    assert book(number, "anna", second) == ["meeting"]
    assert (book(number, "anna", first), book(other, "bert", second)) == ([], [])


def test_staff_move_the_last_day_of_a_meeting_for_one_dossier_and_its_people_hear_of_it(database: Database) -> None:
    stage = opened(database)
    number = granted(stage)
    stage.cycle.give_hours(stage.key, "visit", [visit(20)], by=MEMBER, now=CAME + 9)
    (hour,) = (row.id or 0 for row in stage.rows(HourRow))
    book = partial(stage.cycle.book_hour, stage.key, number, hour, by=applicant("anna"), now=CAME + 11)
    assert codes(book) == ["meeting"]
    last = date(2030, 3, 20)
    stage.cycle.extend(stage.key, "visit within", last, reason="Ill", by=STAFF, now=CAME + 10, dossier=number)
    assert [one.letter for one in stage.ear.heard][-1] == "deadline-extended"
    assert codes(book) == []


def test_staff_plan_no_day_for_all_of_a_meeting_that_each_has_on_its_own() -> None:
    stage = opened(fresh())
    assert codes(lambda: stage.cycle.plan_meeting(stage.key, "visit", visit(3), by=STAFF, now=CAME)) == ["meeting"]


def test_times_are_proposed_between_days_of_the_dossier_itself_and_follow_its_answer(database: Database) -> None:
    stage = opened(database)
    number, unsaid = granted(stage, first_day="2030-03-04"), granted(stage, "bert")

    def propose(dossier: str, *days: int) -> list[str]:
        times = [visit(day) for day in days]
        return codes(
            lambda: stage.cycle.propose_times(stage.key, dossier, "talk 1", times, words="", by=STAFF, now=CAME + 5)
        )

    assert (propose(number, 4, 17), propose(number, 3), propose(number, 18)) == ([], ["meeting"], ["meeting"])
    assert propose(unsaid, 4) == ["early"]


def test_what_is_possible_until_a_day_of_the_dossier_is_possible_while_nobody_has_named_it(
    database: Database,
) -> None:
    stage = opened(database)
    first, second = granted(stage, first_day="2030-03-04"), granted(stage, "bert")
    begins = at("2030-03-04T00:00")

    def stop(number: str, who: str, now: int) -> list[str]:
        return codes(lambda: stage.cycle.act(stage.key, number, "stop", by=applicant(who), now=now))

    assert stop(first, "anna", begins) == ["late"]
    assert (stop(second, "bert", begins), stop(first, "anna", begins - 1)) == ([], [])


OWED = """
[deliverable.photo]
title    = "Photograph"
question = { where = { ask = "Where is it?", required = true } }

[obligation.photo]
owed_by = "granted"
between = ["first_day", "2 weeks after first_day"]
deliver = "photo"
remind  = ["3 days"]
"""


def test_what_is_owed_between_days_of_the_dossier_follows_the_day_that_it_names(database: Database) -> None:
    rules = neighbours().files["workflow.toml"].replace('kind = "date"', 'kind = "date"\nrequired = true') + OWED
    rules = rules.replace('sets    = "amount"', 'sets    = "first_day"')
    rules += '\n[transition.redate]\nfrom = "granted"\nto = "granted"\nby = "staff"\nsets = "first_day"\n'
    stage = opened(database, neighbours(rules))
    number = asked(stage, first_day="2030-03-04")
    stage.cycle.score(stage.key, number, {"worth": 8}, by=MEMBER, now=CAME + 1)
    stage.cycle.act(stage.key, number, "grant", by=CHAIR, now=CAME + 2, answers={"first_day": "2030-04-01"})

    def owed() -> list[tuple[str, int, int]]:
        rows = [row for row in stage.rows(ObligationRow) if row.name == "photo"]
        return [(row.last_day, row.opens_at, row.due_at) for row in rows]

    assert owed() == [("2030-04-14", at("2030-04-01T00:00"), at("2030-04-15T00:00"))]
    later = partial(stage.cycle.act, stage.key, number, "redate", by=STAFF)
    later(now=CAME + 3, answers={"first_day": "2030-05-06"})
    assert owed() == [("2030-05-19", at("2030-05-06T00:00"), at("2030-05-20T00:00"))]
    assert stage.deadlines()[f"remind {number} 2030-05-16"].ended_at is None
    assert f"remind {number} 2030-04-11" not in stage.deadlines()
    stage.cycle.extend(stage.key, "photo 1", date(2030, 6, 1), reason="Rain", by=STAFF, now=CAME + 4, dossier=number)
    later(now=CAME + 5, answers={"first_day": "2030-05-07"})
    assert [last for last, _, _ in owed()] == ["2030-06-01"]


def test_what_is_owed_until_a_day_that_comes_with_an_acceptance_is_laid_out_then(database: Database) -> None:
    owed = OWED.replace('"first_day", "2 weeks after first_day"', '"call opens", "10 days after plan accepted"') + (
        '[deliverable.plan]\ntitle = "Plan"\nquestion = { text = { ask = "How?", required = true } }\n\n'
        '[obligation.plan]\nowed_by = "granted"\nwithin = "20 days"\ndeliver = "plan"\naccepted_by = "staff"\n'
    )
    stage = opened(database, neighbours(neighbours().files["workflow.toml"] + owed))
    number = granted(stage)
    assert [row.name for row in stage.rows(ObligationRow)] == ["talk", "plan"]
    stage.cycle.deliver(stage.key, number, "plan", {"text": "So"}, by=applicant("anna"), now=CAME + 9)
    (delivery,) = stage.rows(DeliveryRow)
    stage.cycle.review(stage.key, number, delivery.id or 0, accepted=True, by=STAFF, now=CAME + 10)
    (photo,) = [row for row in stage.rows(ObligationRow) if row.name == "photo"]
    assert (photo.last_day, photo.due_at) == ("2030-02-11", at("2030-02-12T00:00"))


def test_an_applicant_cannot_ask_for_more_time_for_the_committee() -> None:
    stage = opened(fresh())
    number = asked(stage)

    def ask() -> None:
        stage.cycle.ask_extension(
            stage.key, number, of="reading within", to=date(2030, 3, 1), reason="Please", by=applicant("anna"), now=CAME
        )

    assert codes(ask) == ["state"]


def test_more_time_that_is_taken_back_counts_no_more() -> None:
    stage = opened(fresh())
    number, now = asked(stage), at("2030-02-15T10:00")
    decision = stage.cycle.extend_each(
        stage.key, "reading within", date(2030, 3, 5), reason="Ill", by=STAFF, now=now,
        dossiers=[number], undo_for=60_000_000,
    )  # fmt: skip
    stage.cycle.take_back(stage.key, decision, by=STAFF, now=now + 1)
    assert (wanted(stage, LAST - 1), wanted(stage, LAST)) == ([number], [])
    assert score(stage, number, LAST) == ["late"]

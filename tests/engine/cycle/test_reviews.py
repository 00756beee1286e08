"""What was handed in counts when staff accept it: what do they say of it, who hears of it, and what is overdue?"""

from collections.abc import Iterator
from datetime import date

import pytest
from databases import fresh_on
from sqlmodel import col, select
from stage import (
    CHAIR,
    REVIEWED,
    SETTLE,
    STAFF,
    STAFF_2,
    Stage,
    applicant,
    ask_what_must_hold,
    at,
    programme,
    refused,
)

from engine.cycle.seen import ChangedSince
from engine.database.changes import journal_position
from engine.database.cohort.guards import hold
from engine.database.connection import Database
from engine.database.records import DeliveryRow, DossierRow, ObligationRow, ReviewRow
from engine.database.store import delivered_by, state_of, the_id
from engine.errors import Unknown
from engine.rules.conditions import Guard

DUE = at("2031-06-03T00:00")
IN_TIME, READ = at("2031-05-30T10:00"), at("2031-06-05T10:00")


NUMBER = "SG30-001"


def _house(database: Database) -> Stage:
    stage = Stage(database, programme(edits=REVIEWED)).open()
    assert stage.working("anna") == [NUMBER]
    return stage


@pytest.fixture
def house() -> Iterator[Stage]:
    """The small round in which staff accept the accounts, with one dossier at work."""
    with fresh_on("sqlite") as database:
        yield _house(database)
        ask_what_must_hold()


@pytest.fixture
def house_on_both(database: Database) -> Stage:
    """The same, on each kind of database."""
    return _house(database)


def hand_in(stage: Stage, now: int, spent: int = 100, number: str = NUMBER, who: str = "anna") -> int:
    stage.cycle.deliver(stage.key, number, "accounts", {"spent": spent}, by=applicant(who), now=now)
    return max(the_id(row) for row in stage.rows(DeliveryRow))


def send_back(stage: Stage, delivery: int, now: int, to: date | None = None, **more: object) -> None:
    stage.cycle.review(
        stage.key, NUMBER, delivery, accepted=False, words="Name the partners.", to=to, by=STAFF, now=now, **more
    )  # fmt: skip


def first(stage: Stage) -> ObligationRow:
    """The first accounts that the dossier owes."""
    return next(row for row in stage.rows(ObligationRow) if (row.name, row.position) == ("accounts", 1))


def letters(stage: Stage, *names: str) -> list[tuple[str, int, str]]:
    return [(one.letter, one.leaves_at, one.role) for one in stage.ear.heard if one.letter in names]


def test_what_was_handed_in_on_time_awaits_review_and_is_neither_overdue_nor_reminded_of(house: Stage) -> None:
    hand_in(house, IN_TIME)
    house.cycle.advance(at("2031-07-01T10:00"))
    row = first(house)
    assert (state_of(row), row.handed_in_at, row.fulfilled_at, row.overdue_at) == ("handed in", IN_TIME, None, None)
    assert letters(house, "obligation-overdue", "accounts-overdue") == []
    assert [entry.details["obligation"] for entry in house.journal("overdue")] == ["report 1"]


def test_accepted_it_counts_from_then_on(house: Stage) -> None:
    delivery = hand_in(house, IN_TIME)
    said = house.cycle.review(house.key, NUMBER, delivery, accepted=True, words=" Well kept. ", by=STAFF, now=READ)
    row = first(house)
    assert (said, state_of(row), row.fulfilled_at, row.handed_in_at) == ("accepted", "fulfilled", READ, None)
    (heard,) = house.ear.of("handed-in-accepted")
    assert (heard.numbers, heard.role, heard.facts["review"]) == (
        (NUMBER,), "applicant",
        {"of": {"name": "accounts", "position": 1, "last_day": "2031-06-02"}, "words": "Well kept."},
    )  # fmt: skip
    assert house.journal("reviewed")[0].details == {
        "delivery": delivery, "obligation": "accounts 1", "outcome": "accepted", "words": "Well kept.",
    }  # fmt: skip


def test_changes_are_asked_in_words_and_the_next_version_is_reviewed_in_its_turn(house_on_both: Stage) -> None:
    one = hand_in(house_on_both, IN_TIME)
    send_back(house_on_both, one, READ, date(2031, 6, 20))
    row = first(house_on_both)
    assert (state_of(row), row.last_day, row.due_at) == ("open", "2031-06-20", at("2031-06-21T00:00"))
    (heard,) = house_on_both.ear.of("changes-asked")
    assert heard.facts["review"] == {
        "of": {"name": "accounts", "position": 1, "last_day": "2031-06-20"}, "words": "Name the partners.",
    }  # fmt: skip
    # the reminder before the new day, and nothing of the old one
    house_on_both.cycle.advance(at("2031-06-14T10:00"))
    assert [one.at for one in house_on_both.ear.of("obligation-reminder") if one.at > READ] == [at("2031-06-13T09:00")]
    two = hand_in(house_on_both, at("2031-06-15T10:00"), spent=120)
    house_on_both.cycle.review(house_on_both.key, NUMBER, two, accepted=True, by=STAFF_2, now=at("2031-06-16T10:00"))
    assert [(row.delivery_id, row.outcome, row.last_day) for row in house_on_both.rows(ReviewRow)] == [
        (one, "changes asked", "2031-06-20"), (two, "accepted", None),
    ]  # fmt: skip
    assert [(row.late, row.answers) for row in house_on_both.rows(DeliveryRow)] == [
        (False, {"spent": 100}), (False, {"spent": 120}),
    ]  # fmt: skip
    assert state_of(first(house_on_both)) == "fulfilled"


def test_the_next_version_goes_to_what_was_sent_back_though_the_next_year_has_begun(house: Stage) -> None:
    """Its new last day is later than that of the second accounts."""
    delivery = hand_in(house, IN_TIME)
    send_back(house, delivery, READ, date(2032, 8, 1))
    hand_in(house, at("2031-06-20T10:00"))
    assert sorted((row.position, state_of(row)) for row in house.rows(ObligationRow) if row.name == "accounts") == [
        (1, "handed in"), (2, "open"),
    ]  # fmt: skip


def test_what_is_sent_back_and_does_not_come_again_is_overdue_after_its_new_day(house: Stage) -> None:
    send_back(house, hand_in(house, IN_TIME), READ, date(2031, 6, 20))
    due = at("2031-06-21T00:00")
    house.cycle.advance(due + SETTLE)
    assert (state_of(first(house)), first(house).overdue_at) == ("overdue", due)
    assert letters(house, "accounts-overdue") == [("accounts-overdue", at("2031-06-21T09:00"), "staff")]


def test_without_a_new_day_it_keeps_the_one_it_has(house: Stage) -> None:
    send_back(house, hand_in(house, at("2031-05-20T10:00")), at("2031-05-21T10:00"))
    house.cycle.advance(at("2031-05-27T10:00"))
    house.cycle.advance(DUE + SETTLE)
    row = first(house)
    assert (state_of(row), row.last_day, row.overdue_at) == ("overdue", "2031-06-02", DUE)
    assert [one.at for one in house.ear.of("obligation-reminder") if one.at > at("2031-05-21T10:00")] == [
        at("2031-05-26T09:00")
    ]


def test_a_review_that_cannot_be_is_refused_with_every_reason(house: Stage) -> None:
    delivery = hand_in(house, IN_TIME)
    before = house.dump(READ)
    review = house.cycle.review
    with refused("role"):
        review(house.key, NUMBER, delivery, accepted=False, words=" ", by=CHAIR, now=READ)
    with refused("reason", "day") as said:
        review(house.key, NUMBER, delivery, accepted=False, words=" ", by=STAFF, now=READ)
    assert said[1] == "say until which day it may be handed in again: its last day, 2031-06-02, is past"
    with refused("day") as said:
        send_back(house, delivery, READ, date(2031, 6, 4))
    assert said == ["2031-06-04 is past"]
    with refused("reason"):
        review(house.key, NUMBER, delivery, accepted=True, words="x" * 10_001, by=STAFF, now=READ)
    with pytest.raises(Unknown):
        review(house.key, NUMBER, delivery + 7, accepted=True, by=STAFF, now=READ)
    assert house.dump() == before
    house.cycle.excuse(house.key, NUMBER, "accounts 1", reason="closed", by=STAFF, now=READ)
    with refused("reviewed") as said:
        review(house.key, NUMBER, delivery, accepted=True, by=STAFF, now=READ)
    assert said == ["accounts 1 is excused: nothing awaits review"]


def test_a_new_day_is_not_earlier_than_the_one_that_stands(house: Stage) -> None:
    delivery = hand_in(house, at("2031-05-20T10:00"))
    with refused("day") as said:
        send_back(house, delivery, at("2031-05-21T10:00"), date(2031, 6, 1))
    assert said == ["its last day is 2031-06-02 already"]


def test_who_has_a_conflict_or_speaks_for_the_dossier_reviews_nothing(house: Stage) -> None:
    delivery = hand_in(house, IN_TIME)
    house.cycle.add_person(house.key, email=STAFF, name="", language="en", role="jury", by=STAFF_2, now=READ)
    house.cycle.declare_conflict(house.key, NUMBER, by=STAFF, now=READ)
    house.cycle.add_contact(house.key, NUMBER, email=STAFF_2, name="", language="en", by=applicant("anna"), now=READ)
    for who in (STAFF, STAFF_2):
        with refused("conflict"):
            house.cycle.review(house.key, NUMBER, delivery, accepted=True, by=who, now=READ)


def test_the_second_of_two_reviewers_is_told_who_was_first(house: Stage) -> None:
    delivery = hand_in(house, IN_TIME)
    house.cycle.review(house.key, NUMBER, delivery, accepted=True, by=STAFF, now=READ)
    before = house.dump()
    with refused("reviewed") as said:
        house.cycle.review(house.key, NUMBER, delivery, accepted=False, words="No.", by=STAFF_2, now=READ + 1)
    assert said == [f"{STAFF} has reviewed this already: accepted"]
    assert house.dump() == before


def test_a_form_sent_twice_says_it_once_and_what_has_changed_meanwhile_is_shown(house: Stage) -> None:
    delivery = hand_in(house, IN_TIME)
    with house.database.reading() as session:
        seen = journal_position(session, 1)
    for _ in range(2):
        send_back(house, delivery, READ, date(2031, 6, 20), once="a key")
    assert len(house.rows(ReviewRow)) == 1
    with pytest.raises(ChangedSince):
        house.cycle.review(house.key, NUMBER, delivery, accepted=True, by=STAFF_2, now=READ, seen=seen)


def test_nothing_more_can_be_handed_in_while_it_awaits_review(house: Stage) -> None:
    hand_in(house, IN_TIME)
    with refused("obligation") as said:
        hand_in(house, IN_TIME + 1)
    assert said == [f'"Accounts" (accounts) of {NUMBER} was handed in and awaits review']


def test_a_dossier_is_not_finished_while_something_awaits_review(house: Stage) -> None:
    hand_in(house, IN_TIME)
    for of in ("report 1", "report 2", "accounts 2"):
        house.cycle.excuse(house.key, NUMBER, of, reason="closed", by=STAFF, now=READ)
    with refused("fulfilled") as said:
        house.cycle.act(house.key, NUMBER, "finish", by=STAFF, now=READ)
    assert said == ["accounts 1 awaits review"]


def test_what_is_waived_is_told_with_its_reason_also_where_it_awaits_review(house: Stage) -> None:
    hand_in(house, IN_TIME)
    house.cycle.excuse(house.key, NUMBER, "accounts 1", reason="The fund closed early", by=STAFF, now=READ)
    row = first(house)
    assert (state_of(row), row.handed_in_at) == ("excused", None)
    (heard,) = house.ear.of("obligation-excused")
    assert (heard.numbers, heard.facts["reason"], heard.facts["review"]["of"]["name"]) == (
        (NUMBER,), "The fund closed early", "accounts",
    )  # fmt: skip


def test_delivered_is_what_is_accepted_in_python_and_in_sql_alike(house_on_both: Stage) -> None:
    guard = (Guard("delivered", "accounts"),)

    def holds() -> tuple[bool, bool]:
        with house_on_both.database.reading() as session:
            row = session.exec(select(DossierRow)).one()
            found = session.exec(select(col(DossierRow.id)).where(hold(guard, house_on_both.programme.workflow))).all()
            return "accounts" in delivered_by(session, the_id(row)), the_id(row) in found

    answers = [holds()]
    delivery = hand_in(house_on_both, IN_TIME)
    answers.append(holds())
    house_on_both.cycle.review(house_on_both.key, NUMBER, delivery, accepted=True, by=STAFF, now=READ)
    answers.append(holds())
    assert answers == [(False, False), (False, False), (True, True)]


# ── The ladder ──────────────────────────────────────────────────────────────


def test_what_does_not_come_in_climbs_the_ladder_each_step_once(house_on_both: Stage) -> None:
    for now in ("2031-05-27", "2031-06-04", "2031-06-06", "2031-06-13", "2032-05-01"):
        house_on_both.cycle.advance(at(f"{now}T10:00"))
        house_on_both.cycle.advance(at(f"{now}T10:00") + 1)
    found = [
        (one.letter, one.role, one.leaves_at, [owed["name"] for owed in one.told.facts_of[1].get("reminded", [])])
        for one in house_on_both.ear.heard
        if one.letter in ("obligation-reminder", "obligation-overdue", "accounts-overdue") and one.at > at("2031-05-10")
    ]
    assert found == [
        ("obligation-reminder", "applicant", at("2031-05-27T10:00"), ["accounts", "report"]),
        ("accounts-overdue", "staff", at("2031-06-04T10:00"), []),
        ("obligation-overdue", "applicant", at("2031-06-06T10:00"), ["accounts"]),
        ("obligation-overdue", "applicant", at("2031-06-13T10:00"), ["accounts"]),
    ]  # fmt: skip


def test_one_letter_tells_staff_of_every_dossier_that_is_late_that_day(database: Database) -> None:
    stage = Stage(database, programme(edits=REVIEWED)).open()
    one, two = stage.working("anna", "bert")
    stage.cycle.advance(DUE + SETTLE)
    (heard,) = stage.ear.of("accounts-overdue")
    assert (heard.numbers, heard.leaves_at, heard.cause) == ((one, two), at("2031-06-03T09:00"), "overdue 2031-06-02")
    assert [[reason["obligation"] for reason in line["reasons"]] for line in heard.told.facts_of.values()] == [
        ["Accounts"], ["Accounts"],
    ]  # fmt: skip


def test_who_hands_it_in_late_is_reminded_no_more_and_late_it_stays(house: Stage) -> None:
    house.cycle.advance(at("2031-06-06T10:00"))
    delivery = hand_in(house, at("2031-06-07T10:00"))
    send_back(house, delivery, at("2031-06-08T10:00"), date(2031, 6, 30))
    hand_in(house, at("2031-06-20T10:00"))
    house.cycle.advance(at("2031-08-01T10:00"))
    assert [row.late for row in house.rows(DeliveryRow)] == [True, False]
    assert len(house.ear.of("obligation-overdue")) == 1


def test_more_time_stops_the_ladder_of_the_old_day(house: Stage) -> None:
    house.cycle.advance(at("2031-06-04T10:00"))
    house.cycle.extend(
        house.key, "accounts 1", date(2031, 7, 1), reason="flood", by=STAFF, now=at("2031-06-04T11:00"), dossier=NUMBER
    )
    house.cycle.advance(at("2031-07-05T10:00"))
    assert [one.at for one in house.ear.of("obligation-overdue")] == [at("2031-07-04T09:00")]


def test_after_an_outage_the_last_reminder_after_the_day_says_it_all(house: Stage) -> None:
    house.cycle.advance(at("2031-08-01T10:00"))
    assert [one.at for one in house.ear.of("obligation-overdue")] == [at("2031-06-12T09:00")]
    assert f"remind {NUMBER} 2031-06-05" in [row.details["name"] for row in house.journal("missed")]

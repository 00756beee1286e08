"""How do both sides agree on a time, and who books the hours that people give?"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from pathlib import Path

import pytest
from databases import BOTH, fresh, fresh_on
from stage import (
    CHAIR,
    MEMBER,
    STAFF,
    STAFF_2,
    WITH_MEETINGS,
    Stage,
    applicant,
    ask_what_must_hold,
    at,
    programme,
    refused,
)

from engine.cycle.meetings import Sitting
from engine.database.connection import Database
from engine.database.records import HourRow, InvitationRow, MeetingRow, PersonRow, ProposalRow
from engine.errors import Refused, Unknown

ONE, TWO = "SG30-001", "SG30-002"
JULY = at("2030-07-01T10:00")
ANNA = applicant("anna")


def _house(database: Database) -> Stage:
    stage = Stage(database, programme(edits=WITH_MEETINGS)).open()
    assert stage.working("anna", "bert") == [ONE, TWO]
    return stage


@pytest.fixture
def house() -> Iterator[Stage]:
    with fresh_on("sqlite") as database:
        yield _house(database)
        ask_what_must_hold()


@pytest.fixture
def house_on_both(database: Database) -> Stage:
    return _house(database)


def sitting(day: str, start: str = "10:00", end: str = "11:30", place: str | None = "Ghent") -> Sitting:
    return Sitting(date.fromisoformat(day), time.fromisoformat(start), time.fromisoformat(end), place)


def propose(
    stage: Stage, *times: Sitting, by: str = ANNA, now: int = JULY, words: str = "", of: str = "coaching 1"
) -> int:
    return stage.cycle.propose_times(stage.key, ONE, of, times, words=words, by=by, now=now)


def booked(stage: Stage) -> list[tuple[str, str | None, int, bool]]:
    """(day, start, sequence, cancelled) of the meetings that were booked."""
    rows = [row for row in stage.rows(MeetingRow) if row.dossier_id is not None]
    return [(row.day, row.start, row.sequence, row.cancelled_at is not None) for row in rows]


def asked(stage: Stage) -> list[tuple[str, str, int, bool]]:
    """(whom, day, sequence, withdrawn) of every invitation to such a meeting."""
    of = {row.id for row in stage.rows(MeetingRow) if row.dossier_id is not None}
    who = {row.id: row.email for row in stage.rows(PersonRow)}
    rows = [row for row in stage.rows(InvitationRow) if row.meeting_id in of]
    return sorted((who[row.person_id], row.day, row.sequence, row.cancelled_at is not None) for row in rows)


def test_what_one_side_proposes_the_other_accepts_and_both_are_asked_to_come(house_on_both: Stage) -> None:
    house = house_on_both
    number = propose(house, sitting("2030-09-10"), sitting("2030-09-12"), words="Either will do.")
    assert [(one.letter, one.role) for one in house.ear.heard if one.letter.startswith("times")] == [
        ("times-proposed-staff", "staff")
    ]
    house.cycle.accept_time(house.key, ONE, number, 2, by=STAFF, now=JULY + 1)
    assert booked(house) == [("2030-09-12", "10:00:00", 0, False)]
    assert asked(house) == [(ANNA, "2030-09-12", 0, False), (STAFF, "2030-09-12", 0, False)]
    assert [(row.ending, row.accepted) for row in house.rows(ProposalRow)] == [("accepted", 2)]


def test_a_booking_stands_until_another_time_is_accepted_and_then_everybody_hears(house_on_both: Stage) -> None:
    house = house_on_both
    house.cycle.accept_time(house.key, ONE, propose(house, sitting("2030-09-10")), 1, by=STAFF, now=JULY + 1)
    move = propose(house, sitting("2030-10-01", "14:00", "15:30"), by=STAFF, now=JULY + 2)
    assert booked(house) == [("2030-09-10", "10:00:00", 0, False)]
    house.cycle.accept_time(house.key, ONE, move, 1, by=ANNA, now=JULY + 3)
    assert booked(house) == [("2030-10-01", "14:00:00", 1, False)]
    assert asked(house) == [(ANNA, "2030-10-01", 1, False), (STAFF, "2030-10-01", 1, False)]


def test_declined_in_words_the_proposer_hears_and_the_booking_stands(house: Stage) -> None:
    house.cycle.accept_time(house.key, ONE, propose(house, sitting("2030-09-10")), 1, by=STAFF, now=JULY + 1)
    move = propose(house, sitting("2030-10-01"), now=JULY + 2)
    with refused("reason"):
        house.cycle.decline_times(house.key, ONE, move, words=" ", by=STAFF_2, now=JULY + 3)
    house.cycle.decline_times(house.key, ONE, move, words="We are away.", by=STAFF_2, now=JULY + 3)
    (heard,) = house.ear.of("times-declined")
    assert (heard.numbers, heard.facts["proposal"]["words"], heard.facts["proposal"]["moves"]) == (
        (ONE,), "We are away.", True,
    )  # fmt: skip
    assert booked(house) == [("2030-09-10", "10:00:00", 0, False)]


def test_other_times_take_the_place_of_those_before(house: Stage) -> None:
    first = propose(house, sitting("2030-09-10"))
    second = propose(house, sitting("2030-09-20"), by=STAFF, now=JULY + 1)
    assert [row.ending for row in house.rows(ProposalRow)] == ["replaced", None]
    with refused("times") as said:
        house.cycle.accept_time(house.key, ONE, first, 1, by=STAFF, now=JULY + 2)
    assert said == [f"{STAFF} has answered this already: replaced"]
    house.cycle.accept_time(house.key, ONE, second, 1, by=ANNA, now=JULY + 3)
    assert booked(house) == [("2030-09-20", "10:00:00", 0, False)]


def test_whoever_proposed_takes_it_back_without_a_word_and_does_not_accept_it_herself(house: Stage) -> None:
    number = propose(house, sitting("2030-09-10"))
    with refused("times") as said:
        house.cycle.accept_time(house.key, ONE, number, 1, by=ANNA, now=JULY + 1)
    assert said == ["your own side has proposed this: the other side answers it"]
    house.cycle.decline_times(house.key, ONE, number, by=ANNA, now=JULY + 2)
    assert ([row.ending for row in house.rows(ProposalRow)], house.ear.of("times-declined")) == (["withdrawn"], [])


def test_times_that_cannot_be_are_refused_with_every_reason(house: Stage) -> None:
    before = house.dump()
    with refused("meeting") as said:
        propose(house, sitting("2030-06-20"))
    assert said == ["2030-06-20 is past"]
    with refused("meeting"):
        propose(house, sitting("2030-09-10", "11:00", "10:00"))
    with refused("meeting") as said:
        propose(house, sitting("2033-09-10"))
    assert said == ['"Coaching" takes place from 2030-06-03 to 2032-06-02 (during work)']
    with refused("times", "times"):
        propose(house, *[sitting("2030-09-10")] * 4)
    with refused("times"):
        propose(house, sitting("2030-09-10", place=None))
    with refused("times"):
        propose(house)
    with refused("role"):
        propose(house, sitting("2030-09-10"), by=CHAIR)
    with pytest.raises(Unknown):
        propose(house, sitting("2030-09-10"), of="coaching 9")
    for of, codes in (("report 1", ["times"]), ("kick_off 1", ["times", "times"]), ("talk 1", ["times"])):
        with refused(*codes):
            propose(house, sitting("2030-09-10"), of=of)
    assert house.dump() == before


def test_a_form_sent_twice_proposes_once(house: Stage) -> None:
    numbers = {
        house.cycle.propose_times(house.key, ONE, "coaching 1", [sitting("2030-09-10")], by=ANNA, now=JULY, once="k")
        for _ in range(2)
    }
    assert len(numbers) == len(house.rows(ProposalRow)) == 1


# ── Hours ───────────────────────────────────────────────────────────────────


def give(stage: Stage, *hours: Sitting, by: str = MEMBER, now: int = JULY) -> int:
    return stage.cycle.give_hours(stage.key, "talk", hours, by=by, now=now)


HOURS = [sitting("2030-09-10", "10:00", "10:30"), sitting("2030-09-10", "10:30", "11:00")]


def book(stage: Stage, hour: int, number: str = ONE, who: str = ANNA, now: int = JULY + 1) -> int:
    return stage.cycle.book_hour(stage.key, number, hour, of="talk 1", by=who, now=now)


def hours(stage: Stage) -> list[tuple[str, bool]]:
    return sorted((row.start, row.booking_id is not None) for row in stage.rows(HourRow))


def test_an_hour_that_was_given_is_booked_moved_and_given_back(house_on_both: Stage) -> None:
    house = house_on_both
    assert (give(house, *HOURS), give(house, *HOURS)) == (2, 0)
    book(house, 1)
    assert (hours(house), asked(house)) == (
        [("10:00:00", True), ("10:30:00", False)], [(ANNA, "2030-09-10", 0, False), (MEMBER, "2030-09-10", 0, False)],
    )  # fmt: skip
    book(house, 2, now=JULY + 2)
    assert (hours(house), booked(house)) == (
        [("10:00:00", False), ("10:30:00", True)], [("2030-09-10", "10:30:00", 1, False)],
    )  # fmt: skip
    house.cycle.give_hour_back(house.key, ONE, 2, reason="ill", by=ANNA, now=JULY + 3)
    assert (hours(house), booked(house)) == (
        [("10:00:00", False), ("10:30:00", False)], [("2030-09-10", "10:30:00", 2, True)],
    )  # fmt: skip
    assert asked(house) == [(ANNA, "2030-09-10", 2, True), (MEMBER, "2030-09-10", 2, True)]
    book(house, 2, TWO, applicant("bert"), now=JULY + 4)
    assert hours(house) == [("10:00:00", False), ("10:30:00", True)]


def test_moved_to_the_hour_of_somebody_else_the_first_need_not_come(house: Stage) -> None:
    give(house, HOURS[0])
    give(house, HOURS[1], by=CHAIR)
    book(house, 1)
    book(house, 2, now=JULY + 2)
    assert asked(house) == [
        (ANNA, "2030-09-10", 1, False), (CHAIR, "2030-09-10", 0, False), (MEMBER, "2030-09-10", 1, True),
    ]  # fmt: skip


def test_within_a_day_only_staff_change_an_hour(house: Stage) -> None:
    give(house, *HOURS)
    book(house, 1)
    late = at("2030-09-09T10:00")
    with refused("hours") as said:
        book(house, 2, now=late + 1)
    assert said == ["it begins within a day: write to the staff"]
    with refused("hours"):
        house.cycle.give_hour_back(house.key, ONE, 1, by=ANNA, now=late + 1)
    house.cycle.give_hour_back(house.key, ONE, 1, by=STAFF, now=late + 2)
    assert hours(house) == [("10:00:00", False), ("10:30:00", False)]


def test_hours_that_cannot_be_given_or_booked_are_refused(house: Stage) -> None:
    give(house, *HOURS)
    with refused("role"):
        give(house, sitting("2030-09-11", "10:00", "10:30"), by=STAFF)
    with refused("hours") as said:
        give(house, sitting("2030-09-10", "10:15", "10:45"))
    assert said == ["two of these hours overlap"]
    with refused("meeting"):
        give(house, sitting("2030-06-11", "10:00", "10:30"))
    book(house, 1)
    with refused("hours") as said:
        book(house, 1, TWO, applicant("bert"))
    assert said == ["somebody else has booked this hour"]
    with refused("hours"):
        house.cycle.remove_hour(house.key, 1, by=MEMBER, now=JULY + 2)
    with refused("role"):
        house.cycle.remove_hour(house.key, 2, by=ANNA, now=JULY + 2)
    with refused("role"):
        book(house, 2, who=applicant("bert"))
    house.cycle.remove_hour(house.key, 2, by=MEMBER, now=JULY + 2)
    with pytest.raises(Unknown):
        book(house, 2, TWO, applicant("bert"), now=JULY + 3)


def test_an_hour_whose_meeting_staff_cancel_is_free_again(house: Stage) -> None:
    give(house, *HOURS)
    meeting = book(house, 1)
    house.cycle.cancel_meeting(house.key, meeting, reason="flood", by=STAFF, now=JULY + 2)
    book(house, 1, TWO, applicant("bert"), now=JULY + 3)
    assert hours(house) == [("10:00:00", True), ("10:30:00", False)]


@contextmanager
def _shared(kind: str, folder: Path) -> Iterator[Database]:
    """A database that two threads use at once, each over a connection of its own."""
    if kind != "sqlite":
        with fresh_on(kind) as database:
            yield database
        return
    database = fresh(f"sqlite:///{folder / 'race.db'}")
    yield database
    database.close()


@pytest.mark.parametrize("kind", BOTH)
def test_two_contacts_racing_for_one_hour_one_gets_it(kind: str, tmp_path: Path) -> None:
    with _shared(kind, tmp_path) as database:
        house = _house(database)
        give(house, HOURS[0])
        gate, found = threading.Barrier(2), []

        def race(number: str, who: str) -> None:
            gate.wait()
            try:
                found.append(book(house, 1, number, who))
            except Refused as refusal:
                found.append(str(refusal))

        racers = [threading.Thread(target=race, args=one) for one in ((ONE, ANNA), (TWO, applicant("bert")))]
        for one in racers:
            one.start()
        for one in racers:
            one.join()
        assert sorted(isinstance(one, int) for one in found) == [False, True]
        assert "somebody else has booked this hour" in [one for one in found if isinstance(one, str)]
        assert len(booked(house)) == 1
        ask_what_must_hold()

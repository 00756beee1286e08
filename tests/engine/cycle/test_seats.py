"""A meeting has so many seats and never one more taken; who comes first is served first, and what frees passes on."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, time
from functools import cache
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from databases import BOTH, fresh, opened, postgres_address
from sqlmodel import col, select
from stage import PLAYED, SETTLE, SMALL, SMALL_2030, STAFF, STAFF_2, Stage, applicant, ask_what_must_hold, at, programme

from engine.cycle.admitting import Asked, admitted
from engine.cycle.meetings import Sitting
from engine.database.connection import Database
from engine.database.pages.seats import lines_of
from engine.database.records import (
    ConflictRow,
    DeadlineRow,
    DossierRow,
    InvitationRow,
    MeetingRow,
    NotificationRow,
    PersonRow,
    SeatRow,
)
from engine.errors import Refused, Unknown
from engine.files.reading import Programme

MEETINGS = """
[meeting.session]
title         = "Information session"
open_to       = "everyone"
during        = "call"
seats         = 2
answer_within = "3 days"

[meeting.open_house]
title   = "Open house"
open_to = "everyone"
during  = "call"

[meeting.swift]
title   = "Workshop"
open_to = "handed"
during  = "call"
seats   = 1

"""
ROUND = (
    SMALL_2030
    + """
[[meeting.session]]
on    = 2030-02-20
from  = 19:00:00
to    = 21:00:00
place = "Ghent"

[[meeting.open_house]]
on = 2030-02-25

[[meeting.swift]]
on   = 2030-02-22
from = 10:00:00
"""
)
MONDAY = at("2030-02-11T10:00")
SECOND = 1_000_000
MINUTE = 60 * SECOND
BEGINS = at("2030-02-20T19:00")


def codes(act: Callable[[], object]) -> list[str]:
    """For which reasons an act is refused."""
    with pytest.raises(Refused) as told:
        act()
    return [reason.code for reason in told.value.reasons]


def seats_programme(seats: int = 2) -> Programme:
    workflow = SMALL.replace("[obligation.kick_off]", f"{MEETINGS}[obligation.kick_off]", 1)
    return programme(workflow.replace("seats         = 2", f"seats         = {seats}"), ROUND)


class Hall(Stage):
    """The small round with meetings that people sign up for."""

    def __init__(self, database: Database, seats: int = 2) -> None:
        super().__init__(database, seats_programme(seats))

    def meeting(self, name: str = "session") -> int:
        (row,) = (row for row in self.rows(MeetingRow) if row.name == name)
        return row.id

    def sign_up(self, who: str, now: int = MONDAY, name: str = "session", once: str | None = None) -> int | None:
        return self.cycle.sign_up(
            self.key, self.meeting(name), email=f"{who}@public.example", name=who, language="en", now=now, once=once
        )

    def seat(self, who: str) -> SeatRow:
        """The last of somebody's."""
        with self.database.reading() as session:
            return session.exec(
                select(SeatRow).join(PersonRow, col(PersonRow.id) == col(SeatRow.person_id))
                .where(col(PersonRow.email).startswith(who + "@")).order_by(col(SeatRow.id).desc())
            ).first()  # fmt: skip

    def states(self, name: str = "session") -> dict[str, str]:
        """who -> what they have at a meeting, in the order in which it was received."""
        with self.database.reading() as session:
            rows = session.exec(
                select(PersonRow.email, SeatRow.state).join(SeatRow, col(PersonRow.id) == col(SeatRow.person_id))
                .where(col(SeatRow.meeting_id) == self.meeting(name)).order_by(col(SeatRow.asked_at), col(SeatRow.id))
            ).all()  # fmt: skip
        return {email.partition("@")[0]: state for email, state in rows}

    def answer(self, who: str, now: int, *, takes: bool = True) -> None:
        self.cycle.answer_offer(self.key, self.seat(who).id, takes=takes, by=f"{who}@public.example", now=now)

    def give_back(self, who: str, now: int) -> None:
        self.cycle.give_back(self.key, self.seat(who).id, by=f"{who}@public.example", now=now)

    def letters(self, who: str) -> list[tuple[str, str | None]]:
        """Each letter to somebody, with the method of its invitation."""
        return [
            (row.letter, (row.facts.get("invitation") or {}).get("method"))
            for row in sorted(self.rows(NotificationRow), key=lambda row: row.id)
            if row.address == f"{who}@public.example"
        ]


@cache
def _opened() -> Any:
    """The driver's connection to a database with the open round, to be copied: opening it takes its time."""
    database = fresh()
    Hall(database).open()
    PLAYED.clear()
    return database.writer.raw_connection().driver_connection


@pytest.fixture
def hall() -> Iterator[Hall]:
    database = fresh()
    connection = database.writer.raw_connection()
    _opened().backup(connection.driver_connection)
    connection.close()
    yield Hall(database)
    ask_what_must_hold()
    database.close()


@pytest.fixture
def on_both(database: Database) -> Hall:
    return Hall(database).open()


def test_whoever_comes_first_has_a_seat_and_the_others_wait_in_their_order(hall: Hall) -> None:
    assert [hall.sign_up(who, MONDAY + place) for place, who in enumerate(("anna", "bert", "carl", "dora"))] == [
        None, None, 1, 2,
    ]  # fmt: skip
    assert hall.states() == {"anna": "held", "bert": "held", "carl": "waiting", "dora": "waiting"}
    assert hall.letters("anna") == [("seat-held", "REQUEST")]
    assert hall.letters("carl") == [("waiting-list", None)]
    (told,) = [row.facts["seat"] for row in hall.rows(NotificationRow) if row.letter == "waiting-list" and
               row.address.startswith("dora")]  # fmt: skip
    assert (told["place_in_list"], told["title"], told["day"]) == (2, "Information session", "2030-02-20")


def test_a_seat_that_frees_is_offered_to_the_first_until_the_end_of_the_third_day(hall: Hall) -> None:
    for place, who in enumerate(("anna", "bert", "carl", "dora")):
        hall.sign_up(who, MONDAY + place)
    hall.give_back("anna", MONDAY + MINUTE)
    until = at("2030-02-15T00:00")
    assert (hall.seat("carl").state, hall.seat("carl").answer_by) == ("offered", until)
    assert hall.deadlines()[f"seat offer {hall.seat('carl').id}"].fires_at == until + SETTLE
    assert hall.letters("anna") == [("seat-held", "REQUEST"), ("seat-given-back", "CANCEL")]
    assert hall.letters("carl") == [("waiting-list", None), ("seat-offered", None)]
    hall.answer("carl", until - 1)
    assert hall.states() == {"anna": "given back", "bert": "held", "carl": "held", "dora": "waiting"}
    assert [key for key in hall.deadlines() if key.startswith("seat offer")] == []
    assert hall.letters("carl")[-1] == ("seat-held", "REQUEST")


def test_an_offer_that_is_not_answered_lapses_and_passes_on_with_the_whole_of_its_time(hall: Hall) -> None:
    for place, who in enumerate(("anna", "bert", "carl", "dora")):
        hall.sign_up(who, MONDAY + place)
    hall.give_back("anna", MONDAY + MINUTE)
    hall.cycle.advance(at("2030-02-15T00:00") + SETTLE - 1)
    assert hall.states()["carl"] == "offered"
    # whoever answers after the last moment is late, though the calendar waits a little longer
    assert codes(lambda: hall.answer("carl", at("2030-02-15T00:00"))) == ["offer"]
    late = at("2030-02-16T08:00")  # nothing ran for a day
    assert codes(lambda: hall.answer("carl", late)) == ["offer"]
    assert hall.states() == {"anna": "given back", "bert": "held", "carl": "lapsed", "dora": "offered"}
    assert hall.seat("dora").answer_by == at("2030-02-20T00:00")
    assert hall.letters("carl")[-1] == ("offer-lapsed", None)
    hall.answer("dora", late + MINUTE, takes=False)
    assert hall.states()["dora"] == "refused"
    # nobody waits any more: whoever asks now has the seat at once
    assert hall.sign_up("eva", late + 2 * MINUTE) is None


def test_an_offer_ends_where_the_meeting_begins_and_nothing_is_offered_after(hall: Hall) -> None:
    for place, who in enumerate(("anna", "bert", "carl", "dora")):
        hall.sign_up(who, MONDAY + place)
    hall.give_back("anna", BEGINS - 60 * MINUTE)
    assert hall.seat("carl").answer_by == BEGINS
    hall.cycle.advance(BEGINS + SETTLE)
    assert hall.states() == {"anna": "given back", "bert": "held", "carl": "lapsed", "dora": "waiting"}
    for act in (lambda: hall.sign_up("eva", BEGINS), lambda: hall.give_back("bert", BEGINS)):
        assert codes(act) == ["seats"]
    assert hall.sign_up("eva", BEGINS, name="open_house") is None


def test_without_time_to_answer_a_seat_that_frees_is_the_next_ones_at_once(on_both: Hall) -> None:
    """The workshop is open to dossiers only, and each of its contacts may come."""
    hall = on_both
    first, second = hall.handed_in("anna", MONDAY - MINUTE), hall.handed_in("bert", MONDAY - MINUTE)
    hall.cycle.add_contact(
        hall.key, first, email="ad@applicant.example", name="Ad", language="en", by=applicant("anna"), now=MONDAY
    )

    def asks(email: str, now: int, number: str | None = None) -> int | None:
        return hall.cycle.sign_up(hall.key, hall.meeting("swift"), email=email, language="en", now=now, dossier=number)

    assert asks(applicant("anna"), MONDAY + 1) is None
    assert asks("ad@applicant.example", MONDAY + 2) == 1
    assert asks(applicant("bert"), MONDAY + 3, second) == 2
    assert codes(lambda: asks("nobody@public.example", MONDAY + 4)) == ["seats"]
    assert codes(lambda: asks(applicant("bert"), MONDAY + 4, first)) == ["seat", "seats"]
    hall.cycle.give_back(hall.key, hall.seat("anna").id, by=applicant("anna"), now=MONDAY + MINUTE)
    assert hall.states("swift") == {"anna": "given back", "ad": "held", "bert": "waiting"}
    assert hall.seat("ad").dossier_id == hall.seat("anna").dossier_id
    (invited,) = [row for row in hall.rows(InvitationRow) if row.cancelled_at is None]
    assert (invited.person_id, invited.dossier_id, invited.role) == (
        hall.seat("ad").person_id, hall.seat("ad").dossier_id, "applicant",
    )  # fmt: skip


def test_a_form_that_comes_twice_counts_once_and_nobody_has_two_seats(hall: Hall) -> None:
    assert hall.sign_up("anna", MONDAY, once="a") is None
    assert hall.sign_up("anna", MONDAY + 1, once="a") is None
    assert codes(lambda: hall.sign_up("anna", MONDAY + 2, once="b")) == ["seat"]
    for who in ("bert", "carl"):
        hall.sign_up(who, MONDAY + 3)
    assert codes(lambda: hall.sign_up("carl", MONDAY + 4)) == ["seat"]
    hall.give_back("anna", MONDAY + 5)
    assert codes(lambda: hall.sign_up("carl", MONDAY + 6)) == ["seat"]
    with pytest.raises(Unknown):
        hall.cycle.give_back(hall.key, hall.seat("bert").id, by="carl@public.example", now=MONDAY + 7)
    # who gave back and asks again is at the end, and is invited again under the same uid
    assert hall.sign_up("anna", MONDAY + 8) == 1
    hall.answer("carl", MONDAY + 9, takes=False)
    hall.answer("anna", MONDAY + 10)
    (row,) = [one for one in hall.rows(InvitationRow) if one.person_id == hall.seat("anna").person_id]
    assert (row.sequence, row.cancelled_at) == (2, None)


def test_a_form_that_arrived_earlier_and_is_carried_out_later_stands_before_in_the_list(hall: Hall) -> None:
    for place, who in enumerate(("anna", "bert", "carl")):
        hall.sign_up(who, MONDAY + place)
    assert hall.sign_up("late", MONDAY + 3 * SECOND) == 2
    assert hall.sign_up("early", MONDAY + 2 * SECOND) == 2
    # but not one that was kept for an hour: it stands behind those who were told their place meanwhile
    hall.sign_up("last", MONDAY + 60 * MINUTE)
    assert hall.sign_up("kept", MONDAY + 4 * SECOND) == 5
    assert list(hall.states()) == ["anna", "bert", "carl", "early", "late", "last", "kept"]


def test_staff_change_the_number_of_seats_and_nobody_loses_theirs(hall: Hall) -> None:
    for place, who in enumerate(("anna", "bert", "carl", "dora", "eva")):
        hall.sign_up(who, MONDAY + place)

    def change(seats: int | None, now: int) -> None:
        hall.cycle.change_seats(hall.key, hall.meeting(), seats, by=STAFF, now=now)

    change(3, MONDAY + MINUTE)
    assert hall.states() == {"anna": "held", "bert": "held", "carl": "offered", "dora": "waiting", "eva": "waiting"}
    for seats in (2, 3, 0):
        assert codes(lambda seats=seats: change(seats, MONDAY + 2 * MINUTE)) == ["seats"]
    hall.answer("carl", MONDAY + 3 * MINUTE, takes=False)
    assert hall.states()["dora"] == "offered"
    change(None, MONDAY + 4 * MINUTE)
    assert hall.states()["eva"] == "offered"
    assert hall.sign_up("fred", MONDAY + 5 * MINUTE) is None
    assert codes(lambda: hall.cycle.change_seats(
        hall.key, hall.meeting(), 9, by="anna@public.example", now=MONDAY)) == ["role"]  # fmt: skip


def test_staff_seat_somebody_beside_the_list_with_a_reason_and_take_nothing_from_those_who_wait(hall: Hall) -> None:
    for place, who in enumerate(("anna", "bert", "carl", "dora")):
        hall.sign_up(who, MONDAY + place)

    def beside(email: str, *, reason: str = "speaks there", one_more: bool = False) -> int:
        return hall.cycle.seat_beside(
            hall.key, hall.meeting(), email=email, name="Guest", language="en", reason=reason, by=STAFF,
            now=MONDAY + MINUTE, one_more=one_more,
        )  # fmt: skip

    assert codes(lambda: beside("guest@public.example")) == ["seats"]
    assert codes(lambda: beside("guest@public.example", reason=" ", one_more=True)) == ["reason"]
    beside("guest@public.example", one_more=True)
    (session,) = [row for row in hall.rows(MeetingRow) if row.name == "session"]
    assert session.seats == 3
    beside("dora@public.example", one_more=True)  # from the end of the list, and the first still waits
    assert hall.states() == {"anna": "held", "bert": "held", "carl": "waiting", "dora": "held", "guest": "held"}
    assert [(row.details["was"], row.details["seats"]) for row in hall.journal("seats changed")] == [(2, 3), (3, 4)]
    hall.cycle.give_back_for(hall.key, hall.seat("bert").id, reason="ill, by telephone", by=STAFF, now=MONDAY + MINUTE)
    beside("carl@public.example")  # an offer of theirs is their seat
    assert hall.states()["carl"] == "held"
    assert hall.letters("bert")[-1] == ("seat-given-back", "CANCEL")


def test_who_declines_the_invitation_gives_the_seat_back(hall: Hall) -> None:
    for place, who in enumerate(("anna", "bert", "carl")):
        hall.sign_up(who, MONDAY + place)
    (row,) = [one for one in hall.rows(InvitationRow) if one.person_id == hall.seat("anna").person_id]
    for given in ("tentative", "declined"):
        hall.cycle.answer_invitation(
            hall.key, row.uid, given, via="mail", by="anna@public.example", now=MONDAY + MINUTE, sequence=0,
            stamp=MONDAY + (given == "declined"),
        )  # fmt: skip
    assert hall.states() == {"anna": "given back", "bert": "held", "carl": "offered"}


def test_staff_who_withdraw_the_invitation_of_a_seat_give_it_to_the_next(hall: Hall) -> None:
    for place, who in enumerate(("anna", "bert", "carl")):
        hall.sign_up(who, MONDAY + place)
    (row,) = [one for one in hall.rows(InvitationRow) if one.person_id == hall.seat("anna").person_id]
    for _ in range(2):
        hall.cycle.withdraw_invitation(hall.key, row.uid, reason="a mistake", by=STAFF, now=MONDAY + MINUTE)
    assert hall.states() == {"anna": "given back", "bert": "held", "carl": "offered"}
    assert hall.letters("anna") == [("seat-held", "REQUEST"), ("seat-given-back", "CANCEL")]


def test_whoever_is_invited_already_needs_no_seat_and_a_meeting_with_seats_invites_nobody_by_itself(hall: Hall) -> None:
    number = hall.handed_in("anna", MONDAY - MINUTE)
    asked = Asked(applicant("anna"), "applicant", number)
    swift = hall.meeting("swift")
    with hall.database.reading() as session:
        scene = hall.cycle.look(session, hall.key, MONDAY)
        assert admitted(scene, session.get_one(MeetingRow, swift)) == []
    hall.cycle.invite(hall.key, swift, [asked], by=STAFF, now=MONDAY)
    again = codes(lambda: hall.cycle.sign_up(hall.key, swift, email=applicant("anna"), language="en", now=MONDAY))
    assert again == ["seat"]


def test_whoever_has_a_seat_or_waits_hears_that_a_meeting_is_moved_or_cancelled(on_both: Hall) -> None:
    hall = on_both
    for place, who in enumerate(("anna", "bert", "carl", "dora")):
        hall.sign_up(who, MONDAY + place)
    hall.give_back("anna", MONDAY + MINUTE)
    sooner = Sitting(date(2030, 2, 13), time(19), time(21), "Bruges")
    hall.cycle.move_meeting(
        hall.key, hall.meeting(), sooner, reason="The hall burnt down", by=STAFF, now=MONDAY + 2 * MINUTE
    )
    assert [hall.letters(who)[-1] for who in ("bert", "carl", "dora")] == [
        ("invitation-changed", "REQUEST"), ("waiting-list-moved", None), ("waiting-list-moved", None),
    ]  # fmt: skip
    assert hall.seat("carl").answer_by == at("2030-02-13T19:00")
    (row,) = [one for one in hall.rows(MeetingRow) if one.name == "session"]
    assert row.seats == 2
    hall.cycle.cancel_meeting(hall.key, hall.meeting(), reason="Nobody speaks", by=STAFF, now=MONDAY + 3 * MINUTE)
    assert [hall.letters(who)[-1] for who in ("bert", "carl", "dora")] == [
        ("invitation-cancelled", "CANCEL"), ("waiting-list-cancelled", None), ("waiting-list-cancelled", None),
    ]  # fmt: skip
    assert hall.states() == {"anna": "given back", "bert": "cancelled", "carl": "cancelled", "dora": "cancelled"}
    hall.cycle.advance(at("2030-02-21T10:00"))
    assert codes(lambda: hall.sign_up("eva", MONDAY + 4 * MINUTE)) == ["seats"]


def test_staff_see_nothing_of_somebody_who_comes_for_a_dossier_that_they_have_a_conflict_with(hall: Hall) -> None:
    number, swift = hall.handed_in("anna", MONDAY - MINUTE), hall.meeting("swift")
    hall.cycle.sign_up(hall.key, swift, email=applicant("anna"), language="en", now=MONDAY)
    looker, other = hall.person_id(STAFF), hall.person_id(STAFF_2)
    hall.tampered = "a conflict of which the journal does not know"
    with hall.database.transaction() as session:
        dossier = session.exec(select(DossierRow.id).where(col(DossierRow.number) == number)).one() or 0
        session.add(ConflictRow(dossier_id=dossier, person_id=looker, declared_at=MONDAY))
    with hall.database.reading() as session:
        seen = [[one.hidden for one in lines_of(session, swift, "held", looker=who)] for who in (looker, other)]
    assert seen == [[True], [False]]


def test_other_zone_data_move_the_hour_at_which_an_offer_lapses(hall: Hall) -> None:
    for place, who in enumerate(("anna", "bert", "carl")):
        hall.sign_up(who, MONDAY + place)
    hall.give_back("anna", MONDAY + MINUTE)
    key = f"seat offer {hall.seat('carl').id}"
    with hall.database.transaction() as session:
        row = session.exec(select(DeadlineRow).where(col(DeadlineRow.key) == key)).one()
        row.tzdata, row.due_at = "2029a", row.due_at + 60 * MINUTE
        session.add(row)
    hall.cycle.work_out_again(MONDAY + 2 * MINUTE)
    assert (hall.deadlines()[key].due_at, hall.deadlines()[key].tzdata != "2029a") == (at("2030-02-15T00:00"), True)


def taken_at_most(hall: Hall) -> tuple[int, int]:
    """How many seats were taken at the fullest moment, by what the journal says one after the other, and at the end."""
    taken: set[int] = set()
    most = 0
    for row in hall.journal():
        if row.what in ("seat offered", "seat held"):
            taken.add(row.details["seat"])
        elif row.what == "seat ended":
            taken.discard(row.details["seat"])
        most = max(most, len(taken))
    return most, len(taken)


@contextmanager
def address(kind: str, folder: Path) -> Iterator[str]:
    """Where an empty database of this version is that many connections share."""
    if kind == "postgresql":
        with postgres_address() as url:
            yield url
        return
    url = f"sqlite:///{folder / 'seats.db'}"
    fresh(url).close()
    yield url


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all at the same moment, each in a thread of its own; gives what came of each, or why it was refused."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except Refused as refused:
            return refused.reasons[0].code

    with ThreadPoolExecutor(len(acts)) as runners:
        return [future.result() for future in [runners.submit(one, act) for act in acts]]


@pytest.mark.parametrize("kind", BOTH)
def test_of_sixty_who_sign_up_in_one_second_eighteen_have_seats_and_the_others_wait_in_order(
    kind: str, tmp_path: Path
) -> None:
    with address(kind, tmp_path) as url:
        database = opened(url)
        hall = Hall(database, seats=18).open()
        people = [f"p{number:02}" for number in range(60)]
        step = SECOND // 60

        def signs_up(place: int) -> Callable[[], object]:
            return lambda: hall.sign_up(people[place], MONDAY + place * step)

        came = at_once(*(signs_up(place) for place in range(60)))
        assert came.count(None) == 18
        states = hall.states()
        waiting = [who for who in states if states[who] == "waiting"]
        assert (list(states), len(waiting)) == (people, 42)
        # six give back at once: the first six of the list are offered a seat, in the order of receipt
        holders = [who for who in states if states[who] == "held"]
        at_once(*(lambda who=who: hall.give_back(who, MONDAY + MINUTE) for who in holders[:6]))
        offered = [who for who, state in hall.states().items() if state == "offered"]
        assert (offered, taken_at_most(hall)) == (waiting[:6], (18, 18))
        # while they take it, refuse it and give back others sign up, and the calendar rings over and over
        busy = MONDAY + 2 * MINUTE
        at_once(
            *(lambda who=who: hall.answer(who, busy, takes=who in offered[:2]) for who in offered[:4]),
            *(lambda who=who: hall.give_back(who, busy) for who in holders[6:9]),
            *(lambda place=place: hall.sign_up(f"q{place}", busy + place) for place in range(3)),
            *(lambda: hall.cycle.advance(busy) for _ in range(4)),
        )
        assert [who for who, state in hall.states().items() if state == "offered"] == [*offered[4:], *waiting[6:11]]
        assert taken_at_most(hall) == (18, 18)
        # nobody answers: every offer lapses, and passes on to the next seven, once
        lapsed = at("2030-02-15T00:00") + SETTLE
        at_once(*(lambda: hall.cycle.advance(lapsed) for _ in range(4)))
        while hall.cycle.due_after(0) is not None and (hall.cycle.advance(lapsed) or 0) <= lapsed:
            pass
        assert [who for who, state in hall.states().items() if state == "lapsed"] == [*offered[4:], *waiting[6:11]]
        assert [who for who, state in hall.states().items() if state == "offered"] == waiting[11:18]
        assert taken_at_most(hall) == (18, 18)
        assert list(hall.states())[-3:] == ["q0", "q1", "q2"]
        ask_what_must_hold()
        database.close()

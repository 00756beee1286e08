"""Who is heard when, who is asked to come by it, and what does each of them hear when it changes?"""

import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from databases import BOTH, fresh, postgres_address
from stage import CHAIR, MEMBER, STAFF, STAFF_2, THIRD, Stage, applicant, ask_what_must_hold, at, programme, refused

from engine.cycle.admitting import Asked
from engine.cycle.meetings import Sitting
from engine.cycle.order_plans import judge, plan_of, suggestion
from engine.database.connection import Database, open_database
from engine.database.pages import running_orders as asked
from engine.database.records import InvitationRow, NotificationRow, RunningOrderRow, SlotRow, TurnRow
from engine.database.running_orders import RunningOrder, first_of_reserve
from engine.errors import GrantcycleError, Refused, Unknown
from engine.rules.moments import from_instant
from engine.rules.running_order import Break, Plan
from engine.rules.suggested_order import Wish

WHO = ("anna", "bert", "cleo", "dora", "emma", "fred")
MEETING = "kick_off"
APRIL = at("2030-04-10T10:00")
MORE = {"at_most = 2": "at_most = 6"}
OUT = {
    "[transition.stop]": '[transition.leave]\nfrom = "chosen"\nto = "stopped"\nby = "staff"\n\n'
    '[transition.admit]\nfrom = "read"\nto = "chosen"\nby = "jury"\n\n[transition.stop]'
}
"""staff may stop a dossier without a reason, and the jury choose one at any time"""
PLAYED = programme(edits={**MORE, **OUT})


@cache
def _prepared(count: int) -> Any:
    """The driver's connection to a database in which so many were chosen, to be copied."""
    database = fresh()
    Stage(database, PLAYED).open().chosen(*WHO[:count])
    return database.writer.raw_connection().driver_connection


class Day:
    """A kick-off of four slots, to which so many dossiers are chosen; on SQLite a copy of one prepared once."""

    def __init__(self, database: Database, count: int = 6) -> None:
        self.stage = Stage(database, PLAYED)
        if database.is_shared:
            self.stage.open().chosen(*WHO[:count])
        else:
            connection = database.writer.raw_connection()
            _prepared(count).backup(connection.driver_connection)
            connection.close()
        self.numbers = sorted(self.stage.states())
        self.cycle, self.key = self.stage.cycle, self.stage.key
        self.now = APRIL
        self._letters = 0

    def look(self) -> tuple[RunningOrder, Plan]:
        with self.stage.database.reading() as session:
            scene = self.cycle.look(session, self.key, self.now)
            found = judge(scene, MEETING)
            return found.order, plan_of(scene, found.order)

    @property
    def plan(self) -> Plan:
        return self.look()[1]

    def shown(self, plan: Plan | None = None) -> str:
        with self.stage.database.reading() as session:
            return judge(self.cycle.look(session, self.key, self.now), MEETING, plan).digest

    def change(self, plan: Plan, **given: Any) -> dict[str, int]:
        given = {"by": STAFF, "shown": self.shown(plan), **given}
        return dict(self.cycle.change_order(self.key, MEETING, plan, now=self.now, **given))

    def publish(self) -> dict[str, int]:
        self.now += 1
        told = self.cycle.publish_order(self.key, MEETING, by=STAFF, now=self.now, shown=self.shown())
        self.now += 1
        return dict(told)

    def order(self) -> dict[int, str]:
        return dict(self.plan.places)

    def reserve(self) -> list[str]:
        with self.stage.database.reading() as session:
            scene = self.cycle.look(session, self.key, self.now)
            rows = first_of_reserve(session, 1, scene.workflow.meetings[MEETING], limit=9)
            return [row.number for row in rows]

    def hours(self) -> list[str]:
        zone = self.look()[0].day.zone
        slots = sorted(self.stage.rows(SlotRow), key=lambda one: one.position)
        return [f"{from_instant(one.starts_at, zone):%H:%M}" for one in slots]

    def heard(self) -> list[tuple[str, str, int, str]]:
        """(address, method, sequence, from when) of every letter about an invitation since the last look."""
        rows = sorted(self.stage.rows(NotificationRow), key=lambda row: row.id)
        told = [row for row in rows if row.thread and row.letter.startswith("invitation")]
        fresh, self._letters = told[self._letters :], len(told)
        facts = [(row.address.partition("@")[0], row.facts["invitation"]) for row in fresh]
        return [
            (who, one["method"], one["sequence"], f"{from_instant(one['starts_at'], one['zone']):%H:%M}")
            for who, one in facts
        ]


@pytest.fixture
def day() -> Day:
    return Day(fresh())


@pytest.fixture
def both(database: Database) -> Day:
    """The same on either database, for what writes or asks in ways of its own."""
    return Day(database)


def test_who_comes_first_has_a_slot_and_the_others_wait_in_order(day: Day) -> None:
    assert (day.order(), day.reserve()) == (dict(enumerate(day.numbers[:4], start=1)), day.numbers[4:])
    assert day.hours() == ["10:00", "10:25", "10:50", "11:15"]


def test_a_plan_is_kept_without_a_word_to_anybody(both: Day) -> None:
    day = both
    a, b, c, d, e, _ = day.numbers
    wanted = replace(day.plan.swapped(1, 4).placed(2, e), first=time(9, 30), breaks=(Break(2, 15, "Coffee"),))
    assert day.change(replace(wanted, locked=frozenset({1}))) == dict.fromkeys(
        ("cancelled", "changed", "new", "unchanged"), 0
    )
    assert (day.order(), day.reserve()) == ({1: d, 2: e, 3: c, 4: a}, [b, day.numbers[5]])
    assert (day.hours(), day.plan.locked, day.heard()) == (["09:30", "09:55", "10:35", "11:00"], {1}, [])
    assert [(row.what, row.details["meeting"]) for row in day.stage.journal() if row.at == day.now] == [
        ("running order planned", MEETING), ("slot taken", MEETING), ("slot moved", MEETING), ("slot moved", MEETING),
        ("slot given", MEETING), ("slot locked", MEETING),
    ]  # fmt: skip


def test_everybody_is_asked_once_and_only_as_it_was_shown(day: Day) -> None:
    seen = day.shown()
    day.cycle.declare_conflict(day.key, day.numbers[0], by=THIRD, now=APRIL)
    with refused("changed"):
        day.cycle.publish_order(day.key, MEETING, by=STAFF, now=APRIL + 1, shown=seen)
    assert day.publish() == {"cancelled": 0, "changed": 0, "new": 7, "unchanged": 0}
    assert day.heard() == [
        ("anna", "REQUEST", 0, "10:00"), ("bert", "REQUEST", 0, "10:25"), ("cleo", "REQUEST", 0, "10:50"),
        ("dora", "REQUEST", 0, "11:15"), ("chair", "REQUEST", 0, "10:00"), ("member", "REQUEST", 0, "10:00"),
        ("third", "REQUEST", 0, "10:25"),
    ]  # fmt: skip
    assert (day.publish(), day.heard()) == ({"cancelled": 0, "changed": 0, "new": 0, "unchanged": 7}, [])
    (row,) = day.stage.rows(RunningOrderRow)
    assert row.published_at == APRIL + 1


def test_a_change_is_told_to_those_whom_it_concerns_and_to_nobody_else(both: Day) -> None:
    day = both
    day.publish()
    day.heard()
    a, b, *_ = day.numbers
    wanted = day.plan.swapped(1, 2)
    with refused("changed"):
        day.change(wanted, shown=day.shown(day.plan.swapped(1, 3)))
    assert day.change(wanted) == {"cancelled": 0, "changed": 2, "new": 0, "unchanged": 5}
    assert sorted(day.heard()) == [("anna", "REQUEST", 1, "10:25"), ("bert", "REQUEST", 1, "10:00")]
    day.now += 1
    assert day.change(day.plan.placed(1, day.numbers[4])) == {"cancelled": 1, "changed": 0, "new": 1, "unchanged": 6}
    assert day.heard() == [("bert", "CANCEL", 2, "10:00"), ("emma", "REQUEST", 0, "10:00")]
    assert (day.order()[1], day.reserve()) == (day.numbers[4], [b, day.numbers[5]])
    assert day.order()[2] == a


def test_a_slot_that_is_turned_down_goes_to_the_first_who_waits(both: Day) -> None:
    day = both
    day.publish()
    day.heard()
    a, b, c, d, e, f = day.numbers
    day.cycle.add_contact(
        day.key, b, email=applicant("zoe"), name="Zoe", language="en", by=applicant("bert"), now=day.now
    )
    day.publish()
    assert day.heard() == [("zoe", "REQUEST", 0, "10:25")]
    once = "k" * 22
    came = day.cycle.decline_slot(day.key, b, MEETING, by=applicant("bert"), now=day.now, words="Ill", once=once)
    assert (came, day.heard()) == (
        [e],
        [("bert", "CANCEL", 1, "10:25"), ("zoe", "CANCEL", 1, "10:25"), ("emma", "REQUEST", 0, "10:25")],
    )
    assert day.cycle.decline_slot(
        day.key, b, MEETING, by=applicant("bert"), now=day.now + 1, words="Ill", once=once
    ) == [e]
    assert (day.order(), day.reserve()) == ({1: a, 2: e, 3: c, 4: d}, [f])
    with refused("slot"):
        day.cycle.decline_slot(day.key, b, MEETING, by=applicant("bert"), now=day.now + 1)
    day.now += 2
    day.change(day.plan.placed(4, b))
    assert [(row.declined_at, row.declined_by) for row in day.stage.rows(TurnRow)] == [(None, None)]


def test_staff_write_down_that_a_slot_was_turned_down(day: Day) -> None:
    day.publish()
    assert day.cycle.decline_slot(day.key, day.numbers[0], MEETING, by=STAFF, now=day.now) == [day.numbers[4]]
    with refused("role"):
        day.cycle.decline_slot(day.key, day.numbers[1], MEETING, by=applicant("anna"), now=day.now)


def test_somebody_comes_and_somebody_asks_for_another_slot(day: Day) -> None:
    a, b, *_ = day.numbers
    with refused("slot"):
        day.cycle.confirm_slot(day.key, a, MEETING, by=applicant("anna"), now=day.now)
    day.publish()
    day.cycle.confirm_slot(day.key, a, MEETING, by=applicant("anna"), now=day.now)
    wish = Wish("not before", time(11))
    with refused("words"):
        day.cycle.ask_other_slot(day.key, b, MEETING, words=" ", by=applicant("bert"), now=day.now)
    day.cycle.ask_other_slot(day.key, b, MEETING, words="After school", by=applicant("bert"), now=day.now, wish=wish)
    answers = sorted(day.stage.rows(InvitationRow), key=lambda row: row.id)
    assert [(row.answer, row.wants_other) for row in answers][:3] == [
        ("accepted", None),
        ("tentative", "After school"),
        (None, None),
    ]
    with day.stage.database.reading() as session:
        plan, found = suggestion(day.cycle.look(session, day.key, day.now), MEETING)
    assert (plan.places[4], found.unmet) == (b, ())


def test_who_leaves_gives_the_slot_back_and_who_waits_is_asked(day: Day) -> None:
    a, b, c, _, e, _ = day.numbers
    day.cycle.act(day.key, a, "withdraw", by=applicant("anna"), now=day.now)
    assert (day.order()[2], 1 in day.order(), day.heard()) == (b, False, [])  # nobody is asked yet, and none fills it
    day.publish()
    day.heard()
    day.cycle.act(day.key, c, "withdraw", by=applicant("cleo"), now=day.now)
    assert day.heard() == [("cleo", "CANCEL", 1, "10:50"), ("emma", "REQUEST", 0, "10:50")]
    assert day.order()[3] == e


def test_staff_who_stop_several_free_their_slots_which_nobody_undoes(both: Day) -> None:
    day = both
    day.publish()
    day.heard()
    gone = day.numbers[:2]
    batch = day.cycle.move(day.key, gone, "leave", by=STAFF, now=day.now, undo_for=600_000_000)
    assert day.heard() == [
        ("anna", "CANCEL", 1, "10:00"), ("bert", "CANCEL", 1, "10:25"), ("emma", "REQUEST", 0, "10:00"),
        ("fred", "REQUEST", 0, "10:25"),
    ]  # fmt: skip
    with refused("left"):
        day.cycle.undo(day.key, batch, by=STAFF, now=day.now + 1)


def test_before_anybody_is_asked_an_act_on_several_is_undone_with_their_slots(day: Day) -> None:
    before = day.order()
    batch = day.cycle.move(day.key, day.numbers[1:3], "leave", by=STAFF, now=day.now, undo_for=600_000_000)
    assert day.order() == {1: day.numbers[0], 4: day.numbers[3]}
    day.cycle.undo(day.key, batch, by=STAFF, now=day.now + 1)
    assert (day.order(), day.reserve()) == (before, day.numbers[4:])


def test_a_newcomer_gets_a_free_slot_unless_somebody_waits_or_is_asked_already() -> None:
    day = Day(fresh(), 2)
    a, b = day.numbers
    free, passed, late = (day.stage.brought_in(who, "read", day.now) for who in ("gus", "hal", "ivy"))
    day.cycle.act(day.key, free, "admit", by=CHAIR, now=day.now)
    assert (day.order(), day.reserve()) == ({1: a, 2: b, 3: free}, [])
    day.change(day.plan.placed(1, None))
    day.cycle.act(day.key, passed, "admit", by=CHAIR, now=day.now + 1)
    assert (day.order(), day.reserve()) == ({2: b, 3: free}, [a, passed])
    day.change(day.plan.placed(1, a).placed(4, passed))
    day.cycle.act(day.key, b, "withdraw", by=applicant("bert"), now=day.now + 2)
    day.publish()
    day.cycle.act(day.key, late, "admit", by=CHAIR, now=day.now + 3)
    assert (day.order(), day.reserve()) == ({1: a, 3: free, 4: passed}, [late])


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (lambda plan, _: plan.placed(5, "SG30-005"), "there is no slot 5: there are 4"),
        (lambda plan, _: replace(plan, first=time(23)),
         "a slot outside the day: slot 3 would last from 23:50 to 00:10"),
        (lambda plan, _: replace(plan, breaks=(Break(4, 10),)),
         "a break stands between two slots: after slot 1 to 3, and not after 4"),
        (lambda plan, _: replace(plan, places={**plan.places, 2: "SG30-001"}), "SG30-001 would have two slots"),
        (lambda plan, _: plan.placed(1, "SG30-007"), 'SG30-007 is "draft", and "Kick-off meeting" is not open to it'),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused_with_what_is_wrong(
    day: Day, wanted: Callable[[Plan, Day], Plan], sentence: str
) -> None:
    day.stage.brought_in("gus", "draft", day.now)
    before = day.order()
    with pytest.raises(Refused) as told:
        day.change(wanted(day.plan, day), shown=None)
    assert sentence in [str(reason) for reason in told.value.reasons]
    assert day.order() == before


def test_what_is_locked_is_unlocked_first_and_what_has_begun_stays(day: Day) -> None:
    day.change(replace(day.plan, locked=frozenset({2})))
    with refused("slot") as sentences:
        day.change(day.plan.swapped(1, 2))
    assert sentences == ["slot 2 is locked: unlock it first"]
    day.change(replace(day.plan.swapped(1, 2), locked=frozenset()))
    day.now = at("2030-05-08T10:10")
    with refused("slot") as sentences:
        day.change(day.plan.swapped(1, 4))
    assert sentences == ["slot 1 has begun: who was heard is not moved any more"]
    with refused("slot") as sentences:
        day.cycle.publish_order(day.key, MEETING, by=STAFF, now=day.now, shown=day.shown())
    assert sentences == ["this day is past"]


def test_only_staff_without_a_conflict_move_a_dossier(day: Day) -> None:
    with refused("role"):
        day.change(day.plan.swapped(1, 2), by=CHAIR)
    day.cycle.add_person(day.key, email=STAFF_2, name="", language="en", role="jury", by=STAFF, now=day.now)
    day.cycle.declare_conflict(day.key, day.numbers[0], by=STAFF_2, now=day.now)
    with refused("conflict"):
        day.change(day.plan.swapped(1, 2), by=STAFF_2)
    day.change(day.plan.swapped(2, 3), by=STAFF_2)
    with pytest.raises(Unknown, match='no meeting with a running order "picnic"'):
        day.cycle.change_order(day.key, "picnic", Plan(), by=STAFF, now=day.now)


def test_a_meeting_that_is_moved_takes_its_slots_along_and_everybody_hears_of_theirs(day: Day) -> None:
    day.publish()
    day.heard()
    later = Sitting(date(2030, 5, 8), time(14), None, "Ghent")
    assert day.cycle.move_meeting(day.key, 1, later, reason="a strike", by=STAFF, now=day.now) == 7
    assert day.hours() == ["14:00", "14:25", "14:50", "15:15"]
    assert [(method, sequence) for _, method, sequence, _ in day.heard()] == [("REQUEST", 1)] * 7
    night = Sitting(date(2030, 5, 8), time(23, 10), None, "Ghent")
    day.cycle.move_meeting(day.key, 1, night, reason="a strike", by=STAFF, now=day.now + 1)
    assert (day.hours(), day.reserve()[:2]) == (["23:10", "23:35"], day.numbers[2:4])
    assert ("cleo", "CANCEL", 2, "14:50") in day.heard()
    day.cycle.cancel_meeting(day.key, 1, reason="snow", by=STAFF, now=day.now + 2)
    assert (day.stage.rows(SlotRow), {method for _, method, *_ in day.heard()}) == ([], {"CANCEL"})
    with refused("meeting"):
        day.cycle.change_order(day.key, MEETING, Plan(), by=STAFF, now=day.now + 3)


@pytest.mark.parametrize("kind", BOTH)
def test_of_two_who_take_one_slot_at_the_same_time_one_is_told(kind: str, tmp_path: Path) -> None:
    with postgres_address() if kind == "postgresql" else nullcontext(f"sqlite:///{tmp_path / 'round.db'}") as url:
        database = open_database(url) if kind == "postgresql" else fresh(url)
        take_one_slot_twice(Day(database))
        ask_what_must_hold()
        database.close()


def take_one_slot_twice(day: Day) -> None:
    """Two of the staff give the first slot to two dossiers, at once and from the same page."""
    seen = day.look()[0].digest
    plans = [day.plan.placed(1, number) for number in day.numbers[4:]]
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def take(plan: Plan) -> None:
        start.wait()
        try:
            day.cycle.change_order(day.key, MEETING, plan, by=STAFF, now=day.now, seen=seen)
            outcomes.append("kept")
        except GrantcycleError as refusal:
            outcomes.append(str(refusal))

    threads = [threading.Thread(target=take, args=(plan,)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept", "somebody has changed the running order since you looked at it"]
    assert day.order()[1] in day.numbers[4:]


def test_a_wish_is_of_staff_or_of_the_dossiers_own_people(day: Day) -> None:
    number = day.numbers[0]
    day.cycle.wish_slot(day.key, number, MEETING, Wish("afternoon"), by=STAFF, now=day.now)
    day.cycle.wish_slot(
        day.key, number, MEETING, Wish("not after", time(11)), by=applicant("anna"), now=day.now + 1, words="Train"
    )
    with refused("role"):
        day.cycle.wish_slot(day.key, number, MEETING, None, by=MEMBER, now=day.now)
    with refused("wish"):
        day.cycle.wish_slot(day.key, number, MEETING, Wish("not before"), by=STAFF, now=day.now)
    assert [(row.wish, row.hour, row.words, row.wished_at) for row in day.stage.rows(TurnRow)] == [
        ("not after", "11:00:00", "Train", day.now + 1)
    ]


def test_staff_put_the_reserve_list_in_order(day: Day) -> None:
    e, f = day.numbers[4:]
    day.change(replace(day.plan, reserve=(f, e)))
    day.publish()
    assert day.reserve() == [f, e]
    assert day.cycle.decline_slot(day.key, day.numbers[0], MEETING, by=STAFF, now=day.now) == [f]


def test_what_staff_look_at_is_the_same_on_either_database(both: Day) -> None:
    day = both
    a, b, *_ = day.numbers
    day.cycle.declare_conflict(day.key, b, by=MEMBER, now=day.now)
    day.cycle.plan_meeting(day.key, MEETING, Sitting(date(2030, 5, 8), time(11), None, "Ghent"), by=STAFF, now=day.now)
    day.cycle.move_meeting(
        day.key, 1, Sitting(date(2030, 5, 8), time(10), None, "ghent"), reason="a hall", by=STAFF, now=day.now
    )
    day.publish()
    day.cycle.invite(day.key, 2, [Asked(MEMBER, "jury")], by=STAFF, now=day.now)
    day.cycle.decline_slot(day.key, a, MEETING, by=STAFF, now=day.now)
    looker = day.stage.person_id(MEMBER)
    with day.stage.database.reading() as session:
        scene = day.cycle.look(session, day.key, day.now)
        order = judge(scene, MEETING).order
        found = asked.candidates(session, scene.workflow, 1, order, looker)
        who = asked.listeners(session, 1, ["jury"], [one.id for one in found])
        first, last = order.day.at(1).starts_at, order.day.at(4).ends_at
        elsewhere = asked.clashes(session, order.sitting, [one.id for one in who], first, last)
        rooms = asked.rooms(session, order)
    assert [(one.number, one.position, one.hidden, one.declined_at is None, one.answer) for one in found] == [
        (day.numbers[4], 1, False, True, "asked"), (b, 2, True, True, "asked"),
        (day.numbers[2], 3, False, True, "asked"), (day.numbers[3], 4, False, True, "asked"),
        (day.numbers[5], None, False, True, ""), (a, None, False, False, ""),
    ]  # fmt: skip
    assert [(one.email, [each.number for each in found if each.id in one.ties]) for one in who] == [
        (CHAIR, []),
        (MEMBER, [b]),
        (THIRD, []),
    ]
    assert [(one.meeting, one.starts_at) for one in elsewhere] == [(MEETING, at("2030-05-08T11:00"))]
    assert [(one.meeting, one.starts_at) for one in rooms] == [(MEETING, at("2030-05-08T11:00"))]

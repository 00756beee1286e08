"""So long after a dossier came where it stands the calendar moves it, and somebody is reminded of it."""

from collections.abc import Iterator, Mapping
from datetime import date

import pytest
from databases import BOTH, fresh, fresh_on
from sqlalchemy import event
from stage import (
    CALL,
    CHAIR,
    MEMBER,
    NETWORK,
    NETWORK_2030,
    NOTICE,
    READING,
    SECOND,
    STAFF,
    Stage,
    applicant,
    ask_what_must_hold,
    at,
    programme,
    refused,
)

from engine.cycle import Imported
from engine.database.connection import Database
from engine.database.records import DeliveryRow, ObligationRow
from engine.database.store import state_of
from engine.rules.timers import TIMERS

SIGN_UP = at("2030-02-10T10:00")
OFFERED = at("2030-02-11T14:30")
LAST = at("2030-02-15T00:00")
"""the end of the third day after 11 February"""
TIMED = {
    'to   = "passed_on"\nby   = "staff"\n': 'to   = "passed_on"\nafter = "3 days"\n',
    'to   = "away"\nby   = "applicant"\n': 'to   = "away"\nby   = "applicant"\nwithin = "3 days"\n',
    "[transition.leave]": (
        '[transition.seat]\nfrom = "offered"\nto = "member"\nby = "staff"\n\n'
        '[transition.offer_by_hand]\nfrom = "waiting"\nto = "offered"\nby = "staff"\n\n'
        '[reminder.nudge]\nabout = "offered"\nafter = ["1 day", "2 days"]\ntell = { applicant = "answer-soon" }\n\n'
        "[transition.leave]"
    ),
    "only_if = { at_most = 18 }": "only_if = { attended = \"intake\", at_most = 18 }",
}
"""edits of the learning network: an offer lapses after three days, and people are reminded of it on two of them"""


def timed(database: Database, edits: Mapping[str, str] | None = None) -> Stage:
    return Stage(database, programme(NETWORK, NETWORK_2030, name="network", edits={**TIMED, **(edits or {})})).open()


@pytest.fixture
def stage(database: Database) -> Stage:
    return timed(database)


@pytest.fixture
def here() -> Iterator[Stage]:
    opened = fresh("sqlite://")
    yield timed(opened)
    ask_what_must_hold()
    opened.close()


def offered(stage: Stage, *who: str, now: int = OFFERED) -> list[str]:
    numbers = []
    for one in who:
        number = stage.cycle.start_dossier(
            stage.key, organisation=one, email=applicant(one), name=one, language="en", by=applicant(one), now=SIGN_UP
        )
        stage.cycle.answer(stage.key, number, {"title": f"Work of {one}"}, by=applicant(one), now=SIGN_UP)
        stage.cycle.act(stage.key, number, "sign_up", by=applicant(one), now=SIGN_UP)
        stage.cycle.act(stage.key, number, "offer_by_hand", by=STAFF, now=now)
        numbers.append(number)
    return numbers


def own(stage: Stage) -> list[tuple[str, int, str | None]]:
    """The deadlines that dossiers have because of where they stand: what, when it is due, and how it ended."""
    return [
        (key.rpartition(" ")[0], row.due_at, row.ending) for key, row in stage.deadlines().items() if row.kind in TIMERS
    ]


def test_an_offer_lapses_at_the_end_of_its_last_day_and_the_letter_leaves_in_the_morning(stage: Stage) -> None:
    (anna,) = offered(stage, "anna")
    assert own(stage) == [
        (f"timer pass_on 1 {anna}", LAST, None),
        (f"timer reminder nudge 1 {anna}", at("2030-02-12T09:00"), None),
        (f"timer reminder nudge 2 {anna}", at("2030-02-13T09:00"), None),
    ]
    for day in ("2030-02-12T09:00", "2030-02-13T09:00"):
        stage.cycle.advance(at(day))
    stage.cycle.advance(LAST)
    assert stage.state(anna) == "offered"  # what arrived in time is still seen to
    stage.cycle.advance(LAST + stage.cycle.settle)
    assert stage.transitions()[-1] == (anna, "pass_on", "offered", "passed_on", LAST)
    assert [(one.role, one.numbers, one.leaves_at) for one in stage.ear.of("offer-lapsed")] == [
        ("applicant", (anna,), at("2030-02-15T09:00"))
    ]
    assert [(one.cause, one.numbers, one.at) for one in stage.ear.of("answer-soon")] == [
        ("reminder nudge 1", (anna,), at("2030-02-12T09:00")),
        ("reminder nudge 2", (anna,), at("2030-02-13T09:00")),
    ]


def test_who_answers_in_time_is_left_alone(here: Stage) -> None:
    anna, bert = offered(here, "anna", "bert")
    here.cycle.act(here.key, anna, "accept", by=applicant("anna"), now=OFFERED + SECOND)
    assert [key for key, _, ending in own(here) if ending is None and anna in key] == []
    here.cycle.advance(LAST + here.cycle.settle)
    assert here.states() == {anna: "member", bert: "passed_on"}


def test_whoever_comes_there_once_more_has_all_of_the_days_again(here: Stage) -> None:
    (anna,) = offered(here, "anna")
    here.cycle.act(here.key, anna, "not_now", by=applicant("anna"), now=at("2030-02-14T12:00"))
    here.cycle.act(here.key, anna, "come_back", by=applicant("anna"), now=at("2030-02-20T12:00"))
    here.cycle.act(here.key, anna, "offer_by_hand", by=STAFF, now=at("2030-02-21T12:00"))
    here.cycle.advance(at("2030-02-25T00:00"))
    assert here.state(anna) == "offered"
    here.cycle.advance(at("2030-02-25T00:00") + here.cycle.settle)
    assert here.state(anna) == "passed_on"


def test_those_who_came_on_one_day_are_moved_together(stage: Stage) -> None:
    numbers = offered(stage, "anna", "bert", "cleo")
    stage.cycle.advance(LAST + stage.cycle.settle)
    assert [(number, name) for number, name, *_ in stage.transitions()[-3:]] == [
        (number, "pass_on") for number in numbers
    ]
    assert [one.numbers for one in stage.ear.of("offer-lapsed")] == [tuple(numbers)]
    due = [row.details["name"].split()[:2] for row in stage.journal("due")]
    assert due.count(["timer", "pass_on"]) == 3


def test_after_an_outage_nobody_has_lost_days_and_a_reminder_that_is_worth_nothing_is_missed(here: Stage) -> None:
    (anna,) = offered(here, "anna")
    here.cycle.advance(at("2030-02-13T12:00"))
    assert [one.cause for one in here.ear.of("answer-soon")] == ["reminder nudge 2"]  # the first would say the same
    assert [row.details["name"].rpartition(" ")[0] for row in here.journal("missed")] == [
        f"timer reminder nudge 1 {anna}"
    ]


def test_one_dossier_gets_more_time_and_no_other(stage: Stage) -> None:
    anna, bert = offered(stage, "anna", "bert")
    stage.cycle.extend(
        stage.key, "pass_on after", date(2030, 2, 20), reason="ill", by=STAFF, now=OFFERED, dossier=anna
    )
    stage.cycle.advance(LAST + stage.cycle.settle)
    assert stage.states() == {anna: "offered", bert: "passed_on"}
    stage.cycle.advance(at("2030-02-21T00:00") + stage.cycle.settle)
    assert stage.state(anna) == "passed_on"
    assert [(one.numbers, one.facts["extension"]["new"]["day"]) for one in stage.ear.of("deadline-extended")] == [
        ((anna,), "2030-02-20")
    ]


def test_more_time_that_is_taken_back_is_as_if_it_had_never_been(here: Stage) -> None:
    (anna,) = offered(here, "anna")
    before = {key: row.due_at for key, row in here.deadlines().items()}
    number = here.cycle.extend_each(
        here.key, "pass_on after", date(2030, 2, 20), reason="ill", by=STAFF, now=OFFERED, dossiers=[anna],
        undo_for=600_000_000,
    )  # fmt: skip
    assert {key: row.due_at for key, row in here.deadlines().items()} != before
    here.cycle.take_back(here.key, number, by=STAFF, now=OFFERED + 1)
    assert {key: row.due_at for key, row in here.deadlines().items()} == before
    here.cycle.advance(LAST + here.cycle.settle)
    assert here.state(anna) == "passed_on"


def test_what_is_counted_for_each_is_extended_for_each(here: Stage) -> None:
    (anna,) = offered(here, "anna")
    over = LAST + here.cycle.settle

    def extend(day: str, dossier: str | None, now: int = OFFERED) -> None:
        here.cycle.extend(
            here.key, "pass_on after", date.fromisoformat(day), reason="ill", by=STAFF, now=now, dossier=dossier
        )

    with refused("chosen") as why:
        extend("2030-02-20", None)
    assert why == ['"pass_on after" is counted for each dossier by itself: say for which']
    with refused("same"):
        extend("2030-02-14", anna)
    with refused("past"):
        extend("2030-02-10", anna)
    here.cycle.advance(over)
    with refused("state") as why:
        extend("2030-02-20", anna, now=over)
    assert why == [f'{anna} is "passed_on": nothing hangs on "pass_on after"']


GUARDED = {
    'after = "3 days"\n': 'after = "3 days"\nonly_if = { attended = "intake" }\nif_not = { staff = "never-came" }\n',
}


def test_a_guard_holds_a_dossier_back_once_and_lets_it_go_as_soon_as_it_holds(database: Database) -> None:
    stage = timed(database, GUARDED)
    anna, bert = offered(stage, "anna", "bert")
    stage.cycle.attend(stage.key, bert, "intake", by=STAFF, now=OFFERED)
    stage.cycle.advance(LAST + stage.cycle.settle)
    assert stage.states() == {anna: "offered", bert: "passed_on"}
    assert [(one.role, one.numbers) for one in stage.ear.of("never-came")] == [("staff", (anna,))]
    stage.cycle.advance(at("2030-02-16T09:00"))
    with refused("fired"):
        stage.cycle.extend(
            stage.key, "pass_on after", date(2030, 2, 20), reason="ill", by=STAFF, now=LAST + 60 * SECOND, dossier=anna
        )
    came = at("2030-02-18T11:00")
    stage.cycle.attend(stage.key, anna, "intake", by=STAFF, now=came)
    assert stage.transitions()[-1] == (anna, "pass_on", "offered", "passed_on", came)
    assert len(stage.ear.of("never-came")) == 1


def test_an_act_that_is_taken_back_gives_the_days_back_that_were_left(stage: Stage) -> None:
    (anna,) = offered(stage, "anna")
    before = own(stage)
    later = at("2030-02-12T15:00")
    stage.cycle.advance(later)
    batch = stage.cycle.move(
        stage.key, [anna], "seat", by=STAFF, now=later, undo_for=600 * SECOND
    )
    assert [ending for _, _, ending in own(stage)] == ["fired"]
    stage.cycle.undo(stage.key, batch, by=STAFF, now=later + 60 * SECOND)
    assert sorted(own(stage)) == sorted(
        (key, due, "fired" if "nudge 1" in key else None) for key, due, _ in before
    )
    stage.cycle.advance(LAST + stage.cycle.settle)
    assert (stage.state(anna), len(stage.ear.of("answer-soon"))) == ("passed_on", 1)


def test_somebody_may_act_for_as_long_as_the_rules_say_and_no_longer(here: Stage) -> None:
    anna, bert = offered(here, "anna", "bert")
    late = LAST
    here.cycle.extend(
        here.key, "pass_on after", date(2030, 2, 20), reason="ill", by=STAFF, now=OFFERED, dossier=bert
    )
    with refused("late") as why:
        here.cycle.act(here.key, anna, "not_now", by=applicant("anna"), now=late)
    assert why == ["this was possible until the end of 2030-02-14 (Europe/Brussels); it is now 2030-02-15 00:00:00"]
    here.cycle.act(here.key, bert, "not_now", by=applicant("bert"), now=late)  # it ends when the calendar takes it
    assert here.state(bert) == "away"


def test_other_zone_data_move_what_has_not_fired(here: Stage) -> None:
    (anna,) = offered(here, "anna")
    with here.database.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE deadline SET tzdata = 'older', due_at = due_at - 3600000000, fires_at = fires_at - 3600000000 "
            "WHERE kind = 'timer'"
        )
    here.cycle.work_out_again(OFFERED)
    assert own(here)[0] == (f"timer pass_on 1 {anna}", LAST, None)


def test_who_is_brought_in_has_its_days_from_then_on(here: Stage) -> None:
    number = here.brought_in("dora", "offered", OFFERED)
    assert own(here)[0] == (f"timer pass_on 1 {number}", LAST, None)


OWED = {
    "[obligation.kick_off]": (
        '[deliverable.plan]\ntitle = "Plan"\nquestion = { plan = { ask = "Plan", required = true } }\n\n'
        '[deliverable.follow_up]\ntitle = "Follow-up"\n'
        'question = { told = { ask = "How is it?", required = true } }\n\n'
        '[obligation.plan]\nowed_by = "chosen"\nwithin = "10 days"\ndeliver = "plan"\n'
        'remind = ["3 days", "2 days after", "1 week after"]\nif_not = { staff = "plan-late" }\n\n'
        '[obligation.follow_up]\nowed_by = "working"\n'
        'between = ["1 month after work opens", "3 months after work opens"]\n'
        'deliver = "follow_up"\nonly_if = { delivered = "plan" }\n\n[obligation.kick_off]'
    )
}
"""edits of the small round: a plan is owed for ten days after being chosen, and news of it by those who have one"""


def laid_out(stage: Stage) -> list[tuple[int, str, str, str]]:
    return [
        (row.dossier_id, row.name, row.last_day, state_of(row))
        for row in stage.rows(ObligationRow)
        if row.name in ("plan", "follow_up")
    ]


def test_what_is_owed_for_so_long_is_asked_for_by_a_ladder_of_letters(database: Database) -> None:
    stage = Stage(database, programme(edits=OWED)).open()
    anna, _bert = stage.chosen("anna", "bert")
    assert laid_out(stage) == [(1, "plan", "2030-04-15", "open"), (2, "plan", "2030-04-15", "open")]
    stage.cycle.deliver(
        stage.key, anna, "plan", {"plan": "To build"}, by=applicant("anna"), now=at("2030-04-10T10:00")
    )
    for day in ("2030-04-12T09:00", "2030-04-16T00:01", "2030-04-17T09:00", "2030-04-22T09:00"):
        stage.cycle.advance(at(day))
    told = [
        (one.letter, one.role, one.numbers, one.now)
        for one in stage.ear.heard
        if one.letter in ("obligation-reminder", "plan-late", "obligation-overdue")
    ]
    assert told == [
        ("obligation-reminder", "applicant", ("SG30-002",), at("2030-04-12T09:00")),
        ("plan-late", "staff", ("SG30-002",), at("2030-04-16T00:01")),
        ("obligation-overdue", "applicant", ("SG30-002",), at("2030-04-17T09:00")),
        ("obligation-overdue", "applicant", ("SG30-002",), at("2030-04-22T09:00")),
    ]


def test_only_those_owe_it_of_whom_its_guards_hold_as_it_is_laid_out(database: Database) -> None:
    stage = Stage(database, programme(edits=OWED)).open()
    anna, bert = stage.chosen("anna", "bert")
    stage.cycle.deliver(
        stage.key, anna, "plan", {"plan": "To build"}, by=applicant("anna"), now=at("2030-04-10T10:00")
    )
    for number in (anna, bert):
        stage.cycle.attend(stage.key, number, "kick_off", by=STAFF, now=at("2030-05-08T18:00"))
    stage.cycle.advance(at("2030-06-03T09:00"))
    assert stage.states() == {anna: "working", bert: "working"}
    assert [row for row in laid_out(stage) if row[1] == "follow_up"] == [(1, "follow_up", "2030-09-02", "open")]
    assert f"overdue {bert} 2030-09-02" not in stage.deadlines()


OWN = {
    "[obligation.kick_off]": OWED["[obligation.kick_off]"].replace(
        'if_not = { staff = "plan-late" }', 'if_not = { staff = "plan-late" }\naccepted_by = "staff"'
    ),
    "[transition.withdraw]": (
        '[question.first_day]\nask = "When do you begin?"\nkind = "date"\n\n'
        '[reminder.soon]\nabout = "chosen"\nwhen = "7 days before first_day"\ntell = { applicant = "soon" }\n\n'
        '[transition.under_way]\nfrom = "chosen"\nto = "done"\nwhen = "2 weeks after plan accepted"\n'
        'tell = { applicant = "under-way" }\n\n[transition.withdraw]'
    ),
}
"""the same, where the calendar goes by a day that the dossier names, and by the one on which its plan is accepted"""


def test_the_calendar_goes_by_a_day_that_a_dossier_names_and_another_does_not(database: Database) -> None:
    stage = Stage(database, programme(edits=OWN)).open()
    number = stage.draft("anna")
    for day in ("2030-05-02", "2030-05-20"):  # it says another day while it still can
        stage.cycle.answer(stage.key, number, {"first_day": day}, by=applicant("anna"), now=CALL)
    stage.cycle.act(stage.key, number, "submit", by=applicant("anna"), now=CALL)
    bert = stage.handed_in("bert")
    for one in (number, bert):
        stage.cycle.recommend(stage.key, one, "good", by=MEMBER, now=READING)
        stage.cycle.verdict(stage.key, one, "choose", by=CHAIR, now=READING)
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=READING)
    stage.cycle.advance(NOTICE)
    assert own(stage) == [(f"timer reminder soon 1 {number}", at("2030-05-13T09:00"), None)]
    stage.cycle.advance(at("2030-05-13T09:00"))
    assert [one.numbers for one in stage.ear.of("soon")] == [(number,)]


def test_the_calendar_counts_from_the_day_on_which_something_was_accepted(database: Database) -> None:
    stage = Stage(database, programme(edits=OWN)).open()
    anna, bert = stage.chosen("anna", "bert")
    for who, number in (("anna", anna), ("bert", bert)):
        stage.cycle.deliver(
            stage.key, number, "plan", {"plan": "To build"}, by=applicant(who), now=at("2030-04-08T10:00")
        )
    assert own(stage) == []  # nothing of it is accepted yet
    (first, *_) = [row.id for row in stage.rows(DeliveryRow)]
    stage.cycle.review(
        stage.key, anna, first, accepted=True, words="", to=None, by=STAFF, now=at("2030-04-10T15:00")
    )
    over = at("2030-04-25T00:00")
    assert own(stage) == [(f"timer under_way 1 {anna}", over, None)]
    stage.cycle.advance(over + stage.cycle.settle)
    assert stage.states() == {anna: "done", bert: "chosen"}
    assert [(one.numbers, one.leaves_at) for one in stage.ear.of("under-way")] == [((anna,), at("2030-04-25T09:00"))]


MILESTONES = {
    "[obligation.kick_off]": (
        '[question.steps]\nask = "What will be ready when?"\nkind = "schedule"\n\n'
        '[deliverable.step]\ntitle = "Step"\nquestion = { done = { ask = "What is ready?", required = true } }\n\n'
        '[obligation.step]\nowed_by = "chosen"\neach = "steps"\ndeliver = "step"\nremind = ["1 week"]\n'
        'accepted_by = "staff"\n\n[obligation.kick_off]'
    )
}
"""edits of the small round: each dossier declares its own steps, and hands in each of them"""


def test_each_row_of_a_schedule_is_owed_until_its_day_or_until_the_day_on_which_the_dossier_came(
    database: Database,
) -> None:
    stage = Stage(database, programme(edits=MILESTONES)).open()
    rows = [
        {"what": "A plan", "day": "2030-03-15", "money": 1000},  # past as it is chosen
        {"what": "A stage", "day": "2030-06-30", "money": 2500},
        {"what": "A song", "day": "2030-05-31", "money": 500},
    ]
    numbers = [stage.draft(who) for who in ("anna", "bert")]
    stage.cycle.answer(stage.key, numbers[0], {"steps": rows}, by=applicant("anna"), now=CALL)
    for who, number in zip(("anna", "bert"), numbers, strict=True):
        stage.cycle.act(stage.key, number, "submit", by=applicant(who), now=CALL)
    for number in numbers:
        stage.cycle.recommend(stage.key, number, "good", by=MEMBER, now=READING)
        stage.cycle.verdict(stage.key, number, "choose", by=CHAIR, now=READING)
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=READING)
    stage.cycle.advance(NOTICE)
    steps = [row for row in stage.rows(ObligationRow) if row.name == "step"]
    assert [(row.dossier_id, row.position, row.last_day) for row in steps] == [
        (1, 1, "2030-04-05"), (1, 2, "2030-06-30"), (1, 3, "2030-05-31"),
    ]  # fmt: skip
    reminders = [row.due_at for row in stage.deadlines().values() if row.kind == "obligation reminder"]
    assert {at("2030-05-24T09:00"), at("2030-06-23T09:00")} <= set(reminders)


def test_a_dossier_that_is_brought_in_owes_the_rows_of_the_schedule_that_comes_with_it(database: Database) -> None:
    stage = Stage(database, programme(edits=MILESTONES)).open()
    rows = [{"what": "A stage", "day": "2030-06-30", "money": 2500}]
    one = Imported("House", applicant("anna"), "Anna", "en", state="chosen", received_at=CALL, answers={"steps": rows})
    stage.cycle.import_dossiers(stage.key, [one], by=STAFF, now=NOTICE)
    steps = [(row.position, row.last_day) for row in stage.rows(ObligationRow) if row.name == "step"]
    assert steps == [(1, "2030-06-30")]


READ = {
    "[reminder.undecided]": (
        '[reminder.still_read]\nabout = "read"\nafter = "7 days"\ntell = { staff = "still-read" }\n\n'
        '[transition.expire]\nfrom = "read"\nto = "declined"\nafter = "2 weeks"\n'
        'tell = { applicant = "expired" }\n\n[reminder.undecided]'
    )
}
"""edits of the small round: what has been read for two weeks expires"""


def statements(stage: Stage, now: int) -> int:
    """How many statements write something while the calendar catches up."""
    asked: list[str] = []
    engine = stage.database.writer

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("SELECT"):  # the ear of these tests looks at each dossier
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    stage.cycle.advance(now)
    event.remove(engine, "before_cursor_execute", count)
    return len(asked)


@pytest.mark.parametrize("kind", BOTH)
def test_a_cohort_of_any_size_gets_its_days_and_is_moved_in_as_many_statements(kind: str) -> None:
    counted = []
    for size in (2, 9):
        with fresh_on(kind) as database:
            stage = Stage(database, programme(edits=READ)).open()
            stage.cycle.advance(at("2030-02-26T09:00"))
            for number in range(size):
                stage.handed_in(f"who{number}", now=at("2030-02-27T10:00"))
            came = at("2030-03-02T00:02")
            counted.append([statements(stage, at(day)) for day in ("2030-03-02T00:02", "2030-03-09T09:00")])
            counted[-1].append(statements(stage, at("2030-03-17T00:01")))
            assert set(stage.states().values()) == {"declined"}
            assert {row.due_at for row in stage.deadlines().values() if row.kind == "timer"} == {at("2030-03-17T00:00")}
            assert came < at("2030-03-09T09:00") == stage.ear.of("still-read")[0].at
            ask_what_must_hold()
    assert counted[0] == counted[1]


def test_whom_the_calendar_moved_late_has_all_of_the_days_from_then_on(database: Database) -> None:
    stage = Stage(database, programme(edits=READ)).open()
    number = stage.handed_in("anna")
    stage.cycle.advance(at("2030-03-10T10:00"))  # nothing ran for eight days
    assert stage.transitions()[-1] == (number, "take_up", "handed", "read", at("2030-03-02T00:00"))
    assert own(stage) == [
        (f"timer expire 1 {number}", at("2030-03-25T00:00"), None),
        (f"timer reminder still_read 1 {number}", at("2030-03-17T09:00"), None),
    ]

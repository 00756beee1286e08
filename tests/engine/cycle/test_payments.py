"""Money is promised where a dossier stands, paid in parts, taken back, and missed when it does not come."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from stage import (
    CALL,
    CHAIR,
    MEMBER,
    ORCHARDS,
    ORCHARDS_2030,
    STAFF,
    STAFF_2,
    Stage,
    applicant,
    at,
    programme,
    refused,
    sentences,
)

from bench.console_world import counted
from engine.cycle.payable import Paid
from engine.cycle.paying import NotAllPaid
from engine.cycle.planning import plan
from engine.database.connection import Database
from engine.database.records import DeliveryRow, PaymentRow, PromisedRow
from engine.database.store import the_id
from engine.errors import Unknown

CHOSEN = at("2030-04-01T09:00")
DUE = at("2030-06-17T09:00")
"""when it is found that the grant was not paid: two weeks after 3 June"""
PLANTINGS = [
    {"what": "Pears", "day": "2030-05-10", "money": 1000.5}, {"what": "Plums", "day": "2030-03-10", "money": 500},
    {"what": "A gift of trees", "day": "2030-05-11", "money": 0},
]  # fmt: skip
UNDO = 600_000_000


def stage_with(database: Database, edits: dict[str, str] | None = None) -> Stage:
    return Stage(database, programme(ORCHARDS, ORCHARDS_2030, name="orchards", edits=edits)).open()


@pytest.fixture
def orchards(database: Database) -> Stage:
    return stage_with(database)


def handed_in(stage: Stage, *who: str) -> list[str]:
    numbers = []
    for one in who:
        number = stage.draft(one)
        stage.cycle.answer(stage.key, number, {"plantings": PLANTINGS}, by=applicant(one), now=CALL)
        stage.cycle.act(stage.key, number, "submit", by=applicant(one), now=CALL)
        numbers.append(number)
    return numbers


def chosen(stage: Stage, *who: str) -> list[str]:
    numbers = handed_in(stage, *who)
    stage.cycle.advance(CHOSEN)
    return numbers


def owed(stage: Stage) -> list[tuple[str, int, int, str | None, bool, bool]]:
    """(promise, row, cents, last day, whether it is kept, whether it is still owed), in the order of writing."""
    return [
        (row.name, row.position, row.cents, row.last_day, row.kept_at is not None, row.ended_at is None)
        for row in sorted(stage.rows(PromisedRow), key=the_id)
    ]


def pay(stage: Stage, number: str, promise: str, amount: float, day: str = "2030-05-02", **more: Any) -> int:
    given = {"by": STAFF, "now": at(f"{day}T10:00"), "day": date.fromisoformat(day), **more}
    return stage.cycle.record_payment(stage.key, number, promise, amount, **given)


ALL_OWED = [
    ("grant", 1, 400_000, "2030-06-16", False, True),
    ("plantings", 1, 100_050, "2030-05-10", False, True),
    ("plantings", 2, 50_000, "2030-04-01", False, True),
]
"""what was to be paid before the dossier came is to be paid that day, and of nothing nothing is promised"""


def test_whoever_comes_there_is_promised_what_it_asked_alone_or_in_a_cohort(orchards: Stage) -> None:
    numbers = chosen(orchards, "anna", "bert")
    assert owed(orchards) == [*ALL_OWED, *ALL_OWED]
    assert {row.what for row in orchards.rows(PromisedRow)} == {None, "Pears", "Plums"}
    alone = {key: row.due_at for key, row in orchards.deadlines().items() if row.kind == "unpaid"}
    assert alone == {
        f"unpaid {number} {day}": at(over) for number in numbers
        for day, over in (("2030-05-10", "2030-05-11T00:00"), ("2030-04-01", "2030-04-02T00:00"))
    }  # fmt: skip


def test_a_promise_is_kept_with_the_last_of_its_money_and_a_form_that_is_sent_twice_pays_once(orchards: Stage) -> None:
    (anna,) = chosen(orchards, "anna")
    first = pay(orchards, anna, "grant", 1500.25, reference="B\n 1", once="a form")
    assert pay(orchards, anna, "grant", 1500.25, reference="B\n 1", once="a form") == first
    assert owed(orchards)[0] == ("grant", 1, 400_000, "2030-06-16", False, True)
    second = pay(orchards, anna, "grant", 2499.75, "2030-05-03")
    assert owed(orchards)[0] == ("grant", 1, 400_000, "2030-06-16", True, True)
    assert [(row.cents, row.day, row.reference) for row in orchards.rows(PaymentRow)] == [
        (150_025, "2030-05-02", "B 1"), (249_975, "2030-05-03", ""),
    ]  # fmt: skip
    assert [row.details for row in orchards.journal("payment recorded")] == [
        {"payment": first, "name": "grant", "position": 1, "cents": 150_025, "day": "2030-05-02", "reference": "B 1"},
        {"payment": second, "name": "grant", "position": 1, "cents": 249_975, "day": "2030-05-03", "kept": True},
    ]
    orchards.cycle.advance(DUE)
    assert orchards.ear.of("not-paid")[-1].at < DUE
    assert orchards.journal("promise kept")[-1].details == {"name": "grant"}


def test_nobody_is_paid_more_than_is_left_before_it_is_owed_or_by_just_anybody(orchards: Stage) -> None:
    anna, bert = chosen(orchards, "anna", "bert")
    pay(orchards, anna, "grant", 3000)
    with refused("amount") as said:
        pay(orchards, anna, "grant", 1000.01)
    assert said == ["1000.01 is more than the 1000 that are left of 4000"]
    for amount, sentence in {
        0: "a payment is more than nothing", -5: "a payment is more than nothing", 0.005: "0.005 is no amount in cents"
    }.items():  # fmt: skip
        with refused("amount") as said:
            pay(orchards, anna, "grant", amount)
        assert said == [sentence]
    with refused("day", "reference"):
        pay(orchards, anna, "grant", 1, now=at("2030-05-01T10:00"), reference="x" * 141)
    with refused("payment") as said:
        pay(orchards, anna, "plantings", 1, position=3)
    assert said == [f'{anna} was promised no row 3 of "Plantings are paid for"']
    with pytest.raises(Unknown, match='there is no promise to pay "grants"; did you mean "grant"'):
        pay(orchards, anna, "grants", 1)
    with refused("role"):
        pay(orchards, anna, "grant", 1, by=CHAIR)
    with refused("role", "conflict"):
        pay(orchards, anna, "grant", 1, by=applicant("anna"))
    now = at("2030-05-02T11:00")
    orchards.cycle.declare_conflict(orchards.key, bert, by=MEMBER, now=now)
    orchards.cycle.add_person(orchards.key, email=MEMBER, name="", language="en", role="staff", by=STAFF, now=now)
    with refused("conflict"):
        pay(orchards, bert, "grant", 1, by=MEMBER)
    late = orchards.brought_in("late", "handed", CHOSEN)
    with refused("payment") as said:
        pay(orchards, late, "grant", 1)
    assert said == [f'{late} is "Handed in": "The grant is paid" is not owed there']


def test_what_is_not_paid_by_its_day_is_found_and_told_once(orchards: Stage) -> None:
    anna, bert = chosen(orchards, "anna", "bert")
    pay(orchards, bert, "plantings", 500, "2030-04-01", position=2)
    pay(orchards, anna, "grant", 1000, "2030-04-01")
    orchards.cycle.advance(at("2030-04-03T10:00"))
    assert [row.details for row in orchards.journal("not paid")] == [
        {"name": "plantings", "position": 2, "last_day": "2030-04-01"}
    ]
    (letter,) = orchards.ear.of("not-paid")
    (to_applicant,) = orchards.ear.of("we-are-late")
    assert (letter.numbers, letter.leaves_at, to_applicant.numbers) == ((anna,), at("2030-04-03T10:00"), (anna,))
    assert sentences(letter.facts) == ['500 of "Plums" has not been paid (its last day was 2030-04-01)']
    assert letter.told.extras == {
        "promise": {"title": "Plantings are paid for", "before": {"day": "2030-04-01", "hour": None, "edge": "closes"}}
    }
    orchards.cycle.advance(DUE)
    assert [one.details for one in orchards.journal("promise not kept")] == [
        {"name": "grant", "dossiers": [anna, bert]}
    ]
    last = orchards.ear.of("not-paid")[-1]
    said = [sentences(last.told.facts_of[one]) for one in last.told.about]
    assert dict(zip(last.numbers, said, strict=True)) == {
        anna: ['3000 of "The grant is paid" has not been paid (its last day was 2030-06-16)'],
        bert: ['4000 of "The grant is paid" has not been paid (its last day was 2030-06-16)'],
    }


def test_a_payment_that_was_a_mistake_is_taken_back_with_a_reason_and_is_owed_again(orchards: Stage) -> None:
    (anna,) = chosen(orchards, "anna")
    number = pay(orchards, anna, "plantings", 1000.5, position=1)
    kept = owed(orchards)[1]
    assert (kept, f"unpaid {anna} 2030-05-10" in orchards.deadlines()) == (
        ("plantings", 1, 100_050, "2030-05-10", True, True), False
    )
    with refused("reason"):
        orchards.cycle.take_payment_back(orchards.key, number, reason=" ", by=STAFF_2, now=at("2030-05-03T10:00"))
    for _ in range(2):
        orchards.cycle.take_payment_back(
            orchards.key, number, reason="another account", by=STAFF_2, now=at("2030-05-03T10:00")
        )
    assert owed(orchards) == ALL_OWED
    assert [row.details for row in orchards.journal("payment taken back")] == [
        {"payment": number, "name": "plantings", "position": 1, "cents": 100_050, "reason": "another account"}
    ]
    with pytest.raises(Unknown):
        orchards.cycle.take_payment_back(orchards.key, 99, reason="none", by=STAFF, now=at("2030-05-03T10:00"))
    orchards.cycle.advance(at("2030-05-12T10:00"))
    assert [row.details["position"] for row in orchards.journal("not paid")] == [2, 1]


def test_where_it_is_not_owed_nothing_is_missed_and_what_was_paid_stays(orchards: Stage) -> None:
    (anna,) = chosen(orchards, "anna")
    first = pay(orchards, anna, "plantings", 500, "2030-04-01", position=2)
    batch = orchards.cycle.move(orchards.key, [anna], "stop", by=STAFF, now=CHOSEN + 10**11, undo_for=UNDO)
    assert [(name, position, here) for name, position, *_, here in owed(orchards)] == [
        ("grant", 1, False), ("plantings", 1, False), ("plantings", 2, False)
    ]
    assert [row for row in orchards.deadlines().values() if row.kind == "unpaid" and row.ended_at is None] == []
    orchards.cycle.undo(orchards.key, batch, by=STAFF, now=CHOSEN + 10**11 + 5)
    assert [(name, position, here) for name, position, *_, here in owed(orchards)] == [
        ("grant", 1, True), ("plantings", 1, True), ("plantings", 2, True)
    ]
    again = orchards.cycle.move(orchards.key, [anna], "finish", by=STAFF, now=CHOSEN + 2 * 10**11, undo_for=UNDO)
    mistake = pay(orchards, anna, "grant", 1, "2030-04-01", now=CHOSEN + 2 * 10**11 + 1)
    with refused("changed"):  # a project that was paid meanwhile does not simply go back
        orchards.cycle.undo(orchards.key, again, by=STAFF, now=CHOSEN + 2 * 10**11 + 1)
    for number in (first, mistake):
        orchards.cycle.take_payment_back(orchards.key, number, reason="twice", by=STAFF, now=CHOSEN + 2 * 10**11 + 1)
    assert owed(orchards) == [
        ("grant", 1, 400_000, "2030-06-16", False, True), ("plantings", 1, 100_050, "2030-05-10", False, False),
        ("plantings", 2, 50_000, "2030-04-02", False, False),
    ]  # fmt: skip
    with refused("changed"):
        orchards.cycle.undo(orchards.key, again, by=STAFF, now=CHOSEN + 2 * 10**11 + 5)


def test_an_amount_that_is_set_anew_is_promised_anew_and_never_below_what_was_paid(orchards: Stage) -> None:
    (anna,) = chosen(orchards, "anna")
    pay(orchards, anna, "grant", 3000)
    with refused("paid") as said:
        orchards.cycle.act(
            orchards.key, anna, "cut", by=STAFF, now=at("2030-05-03T10:00"), answers={"amount": 2999.5}
        )
    assert said == ["3000 of it was paid already: it cannot become 2999.5"]
    orchards.cycle.act(orchards.key, anna, "cut", by=STAFF, now=at("2030-05-03T10:00"), answers={"amount": 3000})
    assert owed(orchards)[0] == ("grant", 1, 300_000, "2030-06-16", True, True)


def test_a_day_of_all_that_moves_takes_the_promise_along_and_whoever_comes_late_has_a_day_of_its_own(
    orchards: Stage,
) -> None:
    anna, bert = handed_in(orchards, "anna", "bert")
    orchards.cycle.act(orchards.key, anna, "choose_late", by=STAFF, now=CALL + 5)
    orchards.cycle.extend(orchards.key, "work opens", date(2030, 6, 5), reason="rain", by=STAFF, now=CALL + 6)
    assert owed(orchards)[0] == ("grant", 1, 400_000, "2030-06-18", False, True)
    orchards.cycle.advance(CHOSEN)
    orchards.cycle.act(orchards.key, bert, "stop", by=STAFF, now=CHOSEN)
    orchards.cycle.act(orchards.key, bert, "choose_late", by=STAFF, now=at("2030-07-01T10:00"))
    assert (owed(orchards)[3], f"unpaid {bert} 2030-07-01" in orchards.deadlines()) == (
        ("grant", 1, 400_000, "2030-07-01", False, True), True
    )


def test_an_extension_that_is_taken_back_takes_the_promise_back_too(orchards: Stage) -> None:
    chosen(orchards, "anna")
    now = at("2030-05-01T10:00")
    first = orchards.cycle.extend_each(
        orchards.key, "work opens", date(2030, 6, 5), reason="rain", by=STAFF, now=now, undo_for=UNDO,
        dossiers=None,
    )  # fmt: skip
    assert owed(orchards)[0][3] == "2030-06-18"
    orchards.cycle.take_back(orchards.key, first, by=STAFF, now=now + 5)
    assert owed(orchards)[0][3] == "2030-06-16"


ROW_BY_ROW = {'pay   = "plantings"': 'pay   = "plantings"\nbefore = "10 days after report accepted"'}


def test_a_row_is_to_be_paid_once_that_very_row_is_accepted(database: Database) -> None:
    stage = stage_with(database, ROW_BY_ROW)
    (anna,) = chosen(stage, "anna")
    with refused("payment") as said:
        pay(stage, anna, "plantings", 1)
    assert said == [f'"Pears" of {anna} is not to be paid yet: what it waits for has not come']
    stage.cycle.deliver(stage.key, anna, "report", {"words": "All of them."}, by=applicant("anna"), now=CHOSEN + 1)
    (delivery,) = stage.rows(DeliveryRow)
    # the report that is owed first, by the day of its row, is that of the plums
    stage.cycle.review(stage.key, anna, the_id(delivery), accepted=True, by=STAFF, now=CHOSEN + 2)
    assert [row[:4] for row in owed(stage)] == [
        ("grant", 1, 400_000, "2030-06-16"), ("plantings", 1, 100_050, "2030-04-11"), ("plantings", 2, 50_000, None)
    ]


def test_whoever_may_not_record_payments_is_not_told_that_they_were_recorded(orchards: Stage) -> None:
    anna, bert = chosen(orchards, "anna", "bert")
    day, now = date(2030, 5, 2), at("2030-05-02T10:00")
    every = [Paid(one, "grant", 4000, day) for one in (anna, bert)]
    assert orchards.cycle.record_payments(orchards.key, every, by=STAFF, now=now) == (2, 0)
    orchards.cycle.add_person(
        orchards.key, email=MEMBER, name="Mo", language="en", role="staff", by=STAFF, now=now
    )
    orchards.cycle.declare_conflict(orchards.key, bert, by=MEMBER, now=now, reason="a niece")

    def against(by: str, *of: Paid) -> dict[int, list[str]]:
        with pytest.raises(NotAllPaid) as told:
            orchards.cycle.record_payments(orchards.key, of, by=by, now=now + 1)
        return {place: [one.code for one in reasons] for place, reasons in told.value.against.items()}

    assert against(applicant("anna"), *every) == {0: ["role", "conflict"], 1: ["role"]}
    assert against(MEMBER, *every) == {1: ["conflict"]}
    assert against(STAFF, Paid(anna, "grant", float("nan"), day)) == {0: ["amount"]}


def test_a_list_of_payments_is_recorded_whole_or_not_and_once(orchards: Stage) -> None:
    anna, bert = chosen(orchards, "anna", "bert")
    day, now = date(2030, 5, 2), at("2030-05-02T10:00")
    every = [
        Paid(anna, "grant", 4000, day, reference="B 1"), Paid(bert, "grant", 4000, day, reference="B 2"),
        Paid(bert, "plantings", 500, day, 2),
    ]  # fmt: skip
    wrong = [*every, Paid(anna, "grant", 1, day), Paid("OR30-099", "grant", 1, day)]
    with pytest.raises(NotAllPaid) as told:
        orchards.cycle.record_payments(orchards.key, wrong, by=STAFF, now=now)
    assert {place: [one.code for one in reasons] for place, reasons in told.value.against.items()} == {
        3: ["amount"], 4: ["payment"]
    }
    assert orchards.rows(PaymentRow) == []
    assert orchards.cycle.record_payments(orchards.key, every[:1], by=STAFF, now=now) == (1, 0)
    assert orchards.cycle.record_payments(orchards.key, every, by=STAFF_2, now=now + 1) == (2, 1)
    assert sum(row.cents for row in orchards.rows(PaymentRow)) == 850_000


def test_equal_lines_of_one_list_are_payments_of_their_own_and_the_same_list_again_is_none(orchards: Stage) -> None:
    (anna,) = chosen(orchards, "anna")
    day, now = date(2030, 5, 2), at("2030-05-02T10:00")
    line = Paid(anna, "grant", 1000, day, reference="B  1")

    def brought(times: int, *more: Paid) -> tuple[int, int]:
        return orchards.cycle.record_payments(orchards.key, [line] * times + list(more), by=STAFF, now=now)

    assert [brought(2), brought(2), brought(1), brought(3, Paid(anna, "grant", 1000, day))] == [
        (2, 0), (0, 2), (0, 1), (2, 2)
    ]  # fmt: skip
    assert [row.reference for row in orchards.rows(PaymentRow)] == ["B 1", "B 1", "B 1", ""]
    assert [row.details.get("kept") for row in orchards.journal("payment recorded")] == [None, None, None, True]
    with pytest.raises(NotAllPaid) as told:
        brought(5)
    assert [*told.value.against] == [3, 4]
    orchards.cycle.take_payment_back(orchards.key, 1, reason="never left the bank", by=STAFF, now=now + 1)
    assert brought(3) == (1, 2)


def test_whoever_is_paid_hears_of_all_of_it_in_one_letter_and_of_a_mistake_in_another(orchards: Stage) -> None:
    anna, bert = chosen(orchards, "anna", "bert")
    day, now = date(2030, 5, 2), at("2030-05-02T10:00")
    every = [Paid(anna, "grant", 4000, day, reference="B 1"), Paid(anna, "plantings", 500, day, 2)]
    for _ in range(2):
        orchards.cycle.record_payments(orchards.key, [*every, Paid(bert, "grant", 1.5, day)], by=STAFF, now=now)
    orchards.cycle.take_payment_back(orchards.key, 2, reason="twice", by=STAFF, now=now)
    grant = {"promise": "The grant is paid", "what": None, "amount": 4000, "day": "2030-05-02", "reference": "B 1"}
    plums = {
        "promise": "Plantings are paid for", "what": "Plums", "amount": 500, "day": "2030-05-02", "reference": None
    }
    half = grant | {"amount": 1.5, "reference": None}
    told = [(one.numbers, one.role, one.facts["payments"]) for one in orchards.ear.of("money-paid")]
    assert told == [((anna,), "applicant", [grant, plums]), ((bert,), "applicant", [half])]
    assert [(one.numbers, one.facts["payments"]) for one in orchards.ear.of("payment-taken-back")] == [
        ((anna,), [plums])
    ]  # fmt: skip


def test_the_books_are_read_no_more_often_for_a_long_list_than_for_a_short_one(orchards: Stage) -> None:
    anna, *others = chosen(orchards, "anna", "bert", "cleo", "dora", "emil")
    orchards.cycle.advance(at("2030-05-02T10:00"))
    asked = []
    for numbers in ([anna], others):
        every = [Paid(number, "grant", part, date(2030, 5, 2)) for number in numbers for part in (1000, 3000)]
        with counted(orchards.database) as sent:
            recorded = orchards.cycle.record_payments(orchards.key, every, by=STAFF, now=at("2030-05-02T10:00"))
        assert recorded == (len(every), 0)
        asked.append(sum(one.startswith("SELECT") and ("promised" in one or "deadline" in one) for one in sent))
    assert asked[0] == asked[1]


def test_a_promise_by_which_somebody_was_paid_does_not_go_and_what_is_new_is_promised(orchards: Stage) -> None:
    (anna,) = chosen(orchards, "anna")
    pay(orchards, anna, "grant", 1000)
    now = at("2030-05-03T10:00")

    def replace(*edits: tuple[str, str]) -> Callable[[], object]:
        new = programme(ORCHARDS, ORCHARDS_2030, name="orchards", edits=dict(edits))
        return lambda: orchards.cycle.replace_rules(orchards.key, new, reason="the board", by=STAFF, now=now)

    gone = ORCHARDS[ORCHARDS.index("[promise.grant]") : ORCHARDS.index("[promise.plantings]")]
    with refused("payment") as said:
        replace((gone, ""))()
    assert said == ['"grant" would be gone, and 1 have been paid by it: take those payments back first']
    later = ('before = "2 weeks after work opens"', 'before = "4 weeks after work opens"')
    rows_gone = ORCHARDS[ORCHARDS.index("[promise.plantings]") :]
    new = programme(ORCHARDS, ORCHARDS_2030, name="orchards", edits={later[0]: later[1], rows_gone: ""})
    foreseen = plan(orchards.cycle, orchards.key, new, now=now)
    assert foreseen.debts == {
        ("grant", 1, "2030-06-16", "to be paid"): (1, 0), ("grant", 1, "2030-06-30", "to be paid"): (0, 1),
        ("plantings", 1, "2030-05-10", "not to be paid"): (0, 1), ("plantings", 1, "2030-05-10", "to be paid"): (1, 0),
        ("plantings", 2, "2030-04-01", "not to be paid"): (0, 1), ("plantings", 2, "2030-04-01", "to be paid"): (1, 0),
    }  # fmt: skip
    replace(later, (rows_gone, ""))()
    assert owed(orchards) == [
        ("grant", 1, 400_000, "2030-06-30", False, True), ("plantings", 1, 100_050, "2030-05-10", False, False),
        ("plantings", 2, 50_000, "2030-04-01", False, False),
    ]  # fmt: skip

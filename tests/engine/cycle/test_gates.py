"""Who comes through a gate that goes by marks, ranks, money and the order that a committee gives by hand?"""

from collections.abc import Iterable, Mapping

import pytest
from stage import (
    CALL,
    CHAIR,
    MEMBER,
    PANEL,
    PANEL_2030,
    STAFF,
    STAFF_2,
    THIRD,
    Stage,
    applicant,
    at,
    programme,
)

from engine.cycle.trying import trying
from engine.database.caps import budgets_of, money_held
from engine.database.connection import Database
from engine.database.records import PlacementRow, RankedRow, ReleaseRow
from engine.errors import Refused, Unknown

HEARD, ORDERED, WORKING = at("2030-03-30T00:01"), at("2030-05-02T10:00"), at("2030-06-04T10:00")
JUDGES = (MEMBER, CHAIR)


def panel(database: Database, edits: Mapping[str, str] | None = None) -> Stage:
    return Stage(database, programme(PANEL, PANEL_2030, name="panel", edits=edits)).open()


def before_it(stage: Stage, worth: Mapping[str, float | None], amounts: Mapping[str, int] | None = None) -> list[str]:
    """Dossiers that were handed in in this order, each marked so by two of the panel."""
    numbers = []
    for place, (who, mark) in enumerate(worth.items()):
        numbers.append(stage.draft(who, CALL + place))
        asked = {"amount": (amounts or {}).get(who, 4000)}
        stage.cycle.answer(stage.key, numbers[-1], asked, by=applicant(who), now=CALL + place)
        stage.cycle.act(stage.key, numbers[-1], "submit", by=applicant(who), now=CALL + place)
        if mark is not None:
            score(stage, numbers[-1], mark, JUDGES)
    return numbers


def score(stage: Stage, number: str, worth: float, members: Iterable[str], now: int = CALL + 100) -> None:
    for member in members:
        stage.cycle.score(stage.key, number, {"scope": 2, "worth": worth}, by=member, now=now)


def told(stage: Stage, letter: str) -> list[tuple[str, ...]]:
    return [one.numbers for one in stage.ear.of(letter)]


@pytest.fixture
def stage(database: Database) -> Stage:
    return panel(database)


def test_a_chain_gives_each_dossier_to_the_first_move_that_takes_it(stage: Stage) -> None:
    a, b, c, d, e = before_it(stage, {"a": 7, "b": 7, "c": 6, "d": 2, "e": None})
    stage.cycle.advance(HEARD)
    assert stage.states() == {a: "heard", b: "heard", c: "reserve", d: "declined", e: "handed"}
    assert (told(stage, "unread"), told(stage, "not-heard")) == ([(e,)], [])
    assert [(row.dossier_id, row.list, row.rank) for row in stage.rows(RankedRow)] == [
        (1, "hear", 1), (2, "hear", 1), (3, "hear", 3), (4, "hear", 4),
    ]  # fmt: skip


def test_whom_another_guard_refuses_keeps_its_rank_and_nobody_moves_up(stage: Stage) -> None:
    a, b, c = before_it(stage, {"a": 7, "b": 7, "c": 7})
    stage.cycle.score(stage.key, b, {"scope": 1}, by=CHAIR, now=CALL + 200)  # in scope for one of two only
    stage.cycle.score(stage.key, c, {"worth": 6}, by=CHAIR, now=CALL + 200)
    stage.cycle.advance(HEARD)
    assert stage.states() == {a: "heard", b: "reserve", c: "reserve"}


def test_who_is_scored_late_is_ranked_among_the_others_and_moves_nobody(database: Database) -> None:
    stage = panel(database, {"quorum = 2": "quorum = 1"})
    a, b, c = before_it(stage, {"a": 7, "b": 6, "c": None})
    stage.cycle.advance(HEARD)
    assert stage.states() == {a: "heard", b: "reserve", c: "handed"}
    score(stage, c, 7, [THIRD], now=HEARD + 5)
    assert stage.states() == {a: "heard", b: "reserve", c: "heard"}
    assert [(row.dossier_id, row.rank) for row in stage.rows(RankedRow)] == [(1, 1), (2, 2), (3, 1)]


def test_a_member_with_a_conflict_makes_no_quorum_and_no_majority(stage: Stage) -> None:
    a, b = before_it(stage, {"a": 7, "b": 7})
    stage.cycle.declare_conflict(stage.key, a, by=CHAIR, now=CALL + 300)
    stage.cycle.advance(HEARD)
    assert stage.states() == {a: "reserve", b: "heard"}


HELD = {
    f'if_not  = "{name}"\n': f'if_not  = "{name}"\nrelease = "two people"\n'
    for name in ("keep_in_reserve", "turn_down")
} | {'only_if = { score = "written"': 'release = "two people"\nonly_if = { score = "written"'}


def test_a_chain_is_released_whole(database: Database) -> None:
    stage = panel(database, HELD)
    a, b, c, d = before_it(stage, {"a": 7, "b": 7, "c": 6, "d": 2})
    stage.cycle.advance(HEARD)
    assert set(stage.states().values()) == {"handed"}
    (preview,) = stage.cycle.batches(stage.key, HEARD)
    assert [(one.number, one.transition, one.against) for one in preview.planned] == [
        (a, "hear", ()), (b, "hear", ()), (c, "keep_in_reserve", ()), (d, "turn_down", ()),
    ]  # fmt: skip
    for who in (STAFF, STAFF_2):
        stage.cycle.approve(stage.key, "reading closes", by=who, now=HEARD + 10)
    assert stage.states() == {a: "heard", b: "heard", c: "reserve", d: "declined"}


def test_an_approval_of_a_chain_is_void_when_a_dossier_takes_another_branch(database: Database) -> None:
    stage = panel(database, HELD)
    *_, d = before_it(stage, {"a": 7, "b": 7, "c": 6, "d": 2})
    stage.cycle.advance(HEARD)
    stage.cycle.approve(stage.key, "reading closes", by=STAFF, now=HEARD + 10)
    score(stage, d, 6.5, JUDGES, now=HEARD + 11)
    (preview,) = stage.cycle.batches(stage.key, HEARD + 12)
    assert (len(stage.rows(ReleaseRow)), preview.approved_by) == (1, ())


def funded(stage: Stage, worth: Mapping[str, float], amounts: Mapping[str, int], order: Iterable[str]) -> None:
    """The round until money is given, in this order."""
    before_it(stage, worth, amounts)
    stage.cycle.advance(HEARD)
    stage.cycle.give_order(stage.key, "heard", list(order), by=CHAIR, now=ORDERED)
    stage.cycle.advance(WORKING)


THREE_HEARD = {"rank_at_most = 2": "rank_at_most = 3"}


def test_money_stops_at_the_first_that_does_not_fit(database: Database) -> None:
    stage = panel(database, THREE_HEARD)
    funded(stage, {"a": 7, "b": 7, "c": 7}, {"a": 5000, "b": 6000, "c": 1000}, ["SG30-001", "SG30-002", "SG30-003"])
    # c asks little enough, and is not let in before b
    assert stage.states() == {"SG30-001": "funded", "SG30-002": "reserve", "SG30-003": "reserve"}


def test_the_cap_on_the_count_holds_beside_the_money(database: Database) -> None:
    stage = panel(database, THREE_HEARD)
    funded(stage, {"a": 7, "b": 7, "c": 7}, {"a": 1000, "b": 1000, "c": 1000}, ["SG30-003", "SG30-001", "SG30-002"])
    assert stage.states() == {"SG30-001": "funded", "SG30-002": "reserve", "SG30-003": "funded"}


def test_when_money_frees_the_first_in_reserve_is_promoted(database: Database) -> None:
    stage = panel(database, THREE_HEARD)
    funded(stage, {"a": 7, "b": 7, "c": 7}, {"a": 5000, "b": 6000, "c": 1000}, ["SG30-001", "SG30-002", "SG30-003"])
    stage.cycle.act(stage.key, "SG30-001", "withdraw", by=applicant("a"), now=WORKING + 1)
    assert stage.states() == {"SG30-001": "withdrawn", "SG30-002": "funded", "SG30-003": "funded"}


def test_who_waits_for_more_money_than_is_left_is_told_nothing(database: Database) -> None:
    stage = panel(database, THREE_HEARD)
    funded(stage, {"a": 7, "b": 7}, {"a": 5000, "b": 6000}, ["SG30-001", "SG30-002"])
    assert told(stage, "still-in-reserve") == []


def test_what_is_held_is_what_the_funded_ask(database: Database) -> None:
    stage = panel(database, THREE_HEARD)
    funded(stage, {"a": 7, "b": 7}, {"a": 5000, "b": 6000}, ["SG30-001", "SG30-002"])
    with stage.database.reading() as session:
        rules = stage.programme.rules_of("2030")
        assert money_held(session, rules, 1, "amount") == 5000.0
        assert money_held(session, rules, 1, "amount", besides=1) == 0.0
        (budget,) = budgets_of(session, rules, 1, rules.transitions["fund"])
        assert (budget.most, budget.held, budget.left) == (9000, 5000.0, 4000.0)


BY_VERDICT = {
    'when    = "work opens"\nonly_if = { at_most = 2, budget_left = "amount" }\nif_not  = "wait"\n'
    'order   = ["committee"]\n': (
        'by = "jury"\nduring = "reading"\ntakes_effect = "reading closes"\nif_not = { staff = "not-heard" }\n'
        'only_if = { at_most = 2, budget_left = "amount" }\n'
    ),
    'when    = "reading closes"\nonly_if = { quorum': 'when    = "call closes"\nonly_if = { quorum',
    'when    = "reading closes"\nonly_if = { rank': 'when    = "call closes"\nonly_if = { rank',
    'when    = "reading closes"\nonly_if = { score': 'when    = "call closes"\nonly_if = { score',
}
"""edits: the panel funds by its verdicts while it reads"""


def test_a_standing_verdict_holds_its_money(database: Database) -> None:
    stage = panel(database, BY_VERDICT)
    a, b = before_it(stage, {"a": 7, "b": 7}, {"a": 5000, "b": 4001})
    stage.cycle.advance(at("2030-03-10T10:00"))
    stage.cycle.verdict(stage.key, a, "fund", by=CHAIR, now=at("2030-03-10T10:00"))
    with pytest.raises(Refused) as refused:
        stage.cycle.verdict(stage.key, b, "fund", by=CHAIR, now=at("2030-03-10T10:01"))
    assert [str(one) for one in refused.value.reasons] == ["SG30-002 asks 4001, and 4000 is left"]
    stage.cycle.verdict(stage.key, a, "fund", by=CHAIR, now=at("2030-03-10T10:02"), reason="again")
    stage.cycle.withdraw_verdict(stage.key, a, by=CHAIR, now=at("2030-03-10T10:03"))
    stage.cycle.verdict(stage.key, b, "fund", by=CHAIR, now=at("2030-03-10T10:04"))
    stage.cycle.advance(WORKING)
    assert stage.states() == {a: "reserve", b: "funded"}


def test_the_order_by_hand_may_be_given_anew_and_says_nothing_twice(stage: Stage) -> None:
    a, b = before_it(stage, {"a": 7, "b": 7}, {"a": 5000, "b": 5000})
    stage.cycle.advance(HEARD)
    for numbers in ([a, b], [a, b], [b]):
        stage.cycle.give_order(stage.key, "heard", numbers, by=CHAIR, now=ORDERED)
    kept = [(row.dossier_id, row.place, row.replaced_at is None) for row in stage.rows(PlacementRow)]
    assert kept == [(1, 1, False), (2, 2, False), (2, 1, True)]
    stage.cycle.advance(WORKING)
    # who has no place in the order waits
    assert stage.states() == {a: "reserve", b: "funded"}


def test_only_the_chair_or_staff_give_the_order_and_nobody_with_a_conflict(stage: Stage) -> None:
    a, b = before_it(stage, {"a": 7, "b": 7})
    stage.cycle.advance(HEARD)

    def refused(by: str, numbers: list[str], state: str = "heard") -> list[str]:
        with pytest.raises(Refused) as found:
            stage.cycle.give_order(stage.key, state, numbers, by=by, now=ORDERED)
        return [f"{one.code} {one.facts.get('because', '')}".strip() for one in found.value.reasons]

    assert refused(MEMBER, [a]) == ["role chair"]
    assert refused(CHAIR, [a, a]) == ["order twice"]
    assert refused(CHAIR, [a], "handed") == ["order none", "order elsewhere"]
    with pytest.raises(Unknown):
        stage.cycle.give_order(stage.key, "heard", ["SG30-009"], by=CHAIR, now=ORDERED)
    stage.cycle.declare_conflict(stage.key, b, by=CHAIR, now=ORDERED)
    assert refused(CHAIR, [a]) == ["order tied"]
    stage.cycle.give_order(stage.key, "heard", [b, a], by=STAFF, now=ORDERED)
    assert [row.place for row in stage.rows(PlacementRow)] == [2, 1]


def test_what_is_tried_gives_no_order_and_no_rank(stage: Stage) -> None:
    before_it(stage, {"a": 7, "b": 7})
    with trying(stage.cycle, stage.key, HEARD):
        pass
    assert stage.rows(RankedRow) == []

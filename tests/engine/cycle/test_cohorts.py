"""Who gets in when the calendar moves a cohort under a cap, and who stays outside?"""

import pytest
from databases import fresh
from stage import (
    CALL,
    CHAIR,
    GATE,
    GATE_2030,
    MEMBER,
    SETTLE,
    STAFF,
    Stage,
    applicant,
    at,
        programme,
    refused,
    sentences,
)

from engine.database.records import RankingRow

CLOSES = at("2030-03-30T00:00")
FIRES = CLOSES + SETTLE


def scored(gate: Stage, **marks: float | None) -> dict[str, str]:
    """Dossiers handed in by these, marked so (None: not at all): who -> number."""
    numbers = {}
    for place, (who, mark) in enumerate(marks.items()):
        numbers[who] = gate.handed_in(who, CALL + place)
        if mark is not None:
            gate.cycle.score(gate.key, numbers[who], {"quality": mark}, by=MEMBER, now=CALL + place)
    return numbers


def inside(gate: Stage) -> list[str]:
    return [number for number, state in gate.states().items() if state == "inside"]


def ranking(gate: Stage) -> list[tuple[str, int, float | None, bool]]:
    numbers = list(gate.states())
    return [(numbers[row.dossier_id - 1], row.rank, row.score, row.moved) for row in gate.rows(RankingRow)]


def with_ties(ties: str, **edits: str) -> Stage:
    played = programme(GATE.replace('ties    = "ask"', f'ties    = "{ties}"'), GATE_2030, name="gate", edits=edits)
    return Stage(fresh(), played).open()


def test_the_best_get_in_and_the_ranking_is_kept(gate: Stage) -> None:
    of = scored(gate, anna=5, bert=9, cleo=7, dora=None)
    gate.cycle.advance(FIRES)
    assert inside(gate) == [of["bert"], of["cleo"]]
    assert gate.transitions()[-2:] == [
        (of["bert"], "admit", "handed", "inside", CLOSES), (of["cleo"], "admit", "handed", "inside", CLOSES),
    ]  # fmt: skip
    assert ranking(gate) == [
        (of["bert"], 1, 9.0, True), (of["cleo"], 2, 7.0, True), (of["anna"], 3, 5.0, False),
        (of["dora"], 4, None, False),
    ]  # fmt: skip
    (told,) = gate.ear.of("no-place")
    assert (told.numbers, told.leaves_at) == ((of["anna"], of["dora"]), at("2030-03-30T09:00"))
    assert [sentences(facts) for facts in told.told.facts_of.values()] == [
        [f"{of['anna']} ranks 3: no place is left"], [f"{of['dora']} ranks 4: no place is left"],
    ]  # fmt: skip


def test_the_unscored_stay_outside_though_a_place_is_free(gate: Stage) -> None:
    of = scored(gate, anna=5, bert=None)
    gate.cycle.advance(FIRES)
    assert inside(gate) == [of["anna"]]
    gate.cycle.score(gate.key, of["bert"], {"quality": 2}, by=MEMBER, now=FIRES + 1)
    assert inside(gate) == [of["anna"], of["bert"]]


@pytest.mark.parametrize(("ties", "let_in"), [("ask", ["anna"]), ("in", ["anna", "bert", "cleo"]), ("out", ["anna"])])
def test_ties_at_the_line_follow_the_rule(ties: str, let_in: list[str]) -> None:
    gate = with_ties(ties)
    of = scored(gate, anna=9, bert=7, cleo=7, dora=5)
    gate.cycle.advance(FIRES)
    assert inside(gate) == [of[who] for who in let_in]
    assert [who for who in of if of[who] in gate.ear.of("no-place")[0].numbers] == [w for w in of if w not in let_in]
    # an act about somebody else changes nothing about it
    gate.cycle.score(gate.key, of["dora"], {"quality": 4}, by=MEMBER, now=FIRES + 1)
    gate.cycle.advance(at("2030-05-01T10:00"))
    assert inside(gate) == [of[who] for who in let_in]


def test_staff_settle_a_tie_that_the_rules_leave_to_them() -> None:
    gate = with_ties("ask")
    of = scored(gate, anna=9, bert=7, cleo=7)
    gate.cycle.advance(FIRES)
    (told,) = gate.ear.of("no-place")
    assert [sentences(facts) for facts in told.told.facts_of.values()] == [
        [f"{of['bert']} ranks 2: ties at the last place"], [f"{of['cleo']} ranks 2: ties at the last place"],
    ]  # fmt: skip
    gate.cycle.act(gate.key, of["cleo"], "choose_by_hand", by=STAFF, now=FIRES + 1, reason="drawn by lot")
    assert inside(gate) == [of["anna"], of["cleo"]]
    with refused("at_most"):
        gate.cycle.act(gate.key, of["bert"], "choose_by_hand", by=STAFF, now=FIRES + 2, reason="drawn by lot")


def test_a_freed_place_goes_to_the_next_in_the_ranking(gate: Stage) -> None:
    of = scored(gate, anna=9, bert=8, cleo=6, dora=7)
    gate.cycle.advance(FIRES)
    now = at("2030-04-10T10:00")
    gate.cycle.act(gate.key, of["anna"], "withdraw", by=applicant("anna"), now=now)
    assert gate.transitions()[-1] == (of["dora"], "admit", "handed", "inside", now)
    assert inside(gate) == [of["bert"], of["dora"]]
    assert len(gate.ear.of("no-place")) == 1
    assert [row[3] for row in ranking(gate)] == [True, True, False, False]  # kept as it stood at the moment


def test_a_tie_ends_when_one_of_the_tied_leaves(gate: Stage) -> None:
    of = scored(gate, anna=9, bert=7, cleo=7)
    gate.cycle.advance(FIRES)
    gate.cycle.act(gate.key, of["cleo"], "withdraw", by=applicant("cleo"), now=FIRES + 1)
    assert inside(gate) == [of["anna"], of["bert"]]


def test_a_late_arrival_is_ranked_with_those_who_wait(gate: Stage) -> None:
    of = scored(gate, anna=9, bert=7, cleo=7)
    late = gate.draft("dora")
    gate.cycle.advance(FIRES)
    gate.cycle.act(gate.key, late, "submit", by=applicant("dora"), now=FIRES + 1)
    assert inside(gate) == [of["anna"]]  # not scored yet
    gate.cycle.score(gate.key, late, {"quality": 8}, by=MEMBER, now=FIRES + 2)
    assert inside(gate) == [of["anna"], late]


def test_places_held_before_the_moment_are_not_given_twice(gate: Stage) -> None:
    of = scored(gate, anna=9, bert=8, cleo=7)
    gate.cycle.act(gate.key, of["cleo"], "choose_by_hand", by=STAFF, now=CALL + 9, reason="agreed")
    gate.cycle.advance(FIRES)
    assert inside(gate) == [of["anna"], of["cleo"]]


def test_earlier_arrival_decides_where_the_order_says_so() -> None:
    gate = with_ties("ask", **{'order   = ["score"]': 'order   = ["score", "received"]'})
    of = scored(gate, anna=9, bert=7, cleo=7)
    gate.cycle.advance(FIRES)
    assert inside(gate) == [of["anna"], of["bert"]]


def test_the_marks_of_a_member_with_a_conflict_count_for_nothing() -> None:
    gate = with_ties(
        "ask", **{'order   = ["score"]': 'order   = ["quality"]', "at_most = 2 }\norder": "at_most = 1 }\norder"}
    )
    of = scored(gate, anna=5, bert=4)
    gate.cycle.score(gate.key, of["bert"], {"quality": 10}, by=CHAIR, now=CALL + 9)
    gate.cycle.declare_conflict(gate.key, of["bert"], by=CHAIR, now=CALL + 10)
    gate.cycle.advance(FIRES)
    assert inside(gate) == [of["anna"]]

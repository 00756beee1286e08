"""Does whoever makes a move give a new value with it, checked as any other, and taken back with the move?"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from stage import CALL, READING, STAFF, STRANDS, STRANDS_2030, Stage, applicant, programme

from engine.database.connection import Database
from engine.database.records import BatchRow, DossierRow, JournalRow
from engine.database.store import current_answers, the_id
from engine.errors import Refused

UNDO = 600_000_000
SETTING = {
    "[transition.decline]": (
        '[transition.move_over]\nfrom = "handed"\nto = "inside"\nby = "staff"\nsets = "strand"\n\n'
        '[transition.cut]\nfrom = "inside"\nto = "handed"\nby = "staff"\nsets = "amount"\n\n'
        '[transition.rename]\nfrom = "handed"\nto = "handed"\nby = "applicant"\nsets = "title"\n\n[transition.decline]'
    )
}


@pytest.fixture
def lists(database: Database) -> Stage:
    return Stage(database, programme(STRANDS, STRANDS_2030, name="strands", edits=SETTING)).open()


def answers(lists: Stage, number: str) -> Mapping[str, Any]:
    (of,) = [the_id(row) for row in lists.rows(DossierRow) if row.number == number]
    with lists.database.reading() as session:
        return current_answers(session, of)


def why_not(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as raised:
        act()
    return [str(reason) for reason in raised.value.reasons]


def acted(lists: Stage, number: str, name: str, by: str = STAFF, **value: Any) -> Callable[[], object]:
    return lambda: lists.cycle.act(lists.key, number, name, by=by, now=READING, answers=value)


def test_a_move_that_sets_the_strand_takes_it_along(lists: Stage) -> None:
    number = lists.handed_in("anna", strand="small")
    assert why_not(acted(lists, number, "move_over")) == ['"move_over" asks for a new value: "Small / Large"']
    assert why_not(acted(lists, number, "move_over", strand="huge")) == ['there is no strand "huge"']
    assert why_not(acted(lists, number, "move_over", applicant("anna"), strand="huge")) == [
        "only programme staff may do this"
    ]
    acted(lists, number, "move_over", strand="large")()
    assert [(row.strand, row.state) for row in lists.rows(DossierRow)] == [("large", "inside")]


def test_a_move_that_sets_an_answer_is_held_to_the_limits_of_its_question(lists: Stage) -> None:
    number = lists.handed_in("anna", strand="small")
    acted(lists, number, "move_over", strand="large")()
    assert why_not(acted(lists, number, "cut", amount=9001)) == ['"amount" is 9,001, and at most 9,000 may be asked']
    assert answers(lists, number)["amount"] == 2000
    acted(lists, number, "cut", amount=1500)()
    assert answers(lists, number)["amount"] == 1500
    (noted,) = [row for row in lists.rows(JournalRow) if row.what == "answers given" and row.actor == STAFF]
    assert noted.details == {"questions": ["amount"]}


def test_an_applicant_gives_it_after_the_call_though_the_form_is_closed(lists: Stage) -> None:
    number = lists.handed_in("anna", strand="small")
    acted(lists, number, "rename", applicant("anna"), title="Another name")()
    assert answers(lists, number)["title"] == "Another name"
    with_more = acted(lists, number, "rename", applicant("anna"), title="x", amount=500)
    assert why_not(with_more) == ['the dossier is "Handed in" (handed): what was handed in is not changed any more']


def test_nothing_is_set_where_the_move_sets_nothing(lists: Stage) -> None:
    number = lists.handed_in("anna", strand="small")
    again = lambda: lists.cycle.move(  # noqa: E731  as the others
        lists.key, [number], "choose_by_hand", by=STAFF, now=READING, undo_for=UNDO, reason="So.", value="large"
    )
    assert why_not(again) == ['"choose_by_hand" takes no new value']


@pytest.mark.parametrize(("name", "value"), [("move_over", "large"), ("cut", 700)])
def test_what_is_undone_puts_back_what_stood_there(lists: Stage, name: str, value: Any) -> None:
    number = lists.handed_in("anna", strand="small")
    if name == "cut":
        acted(lists, number, "move_over", strand="large")()
    before = (lists.rows(DossierRow)[0].strand, answers(lists, number))
    batch = lists.cycle.move(
        lists.key, [number], name, by=STAFF, now=READING + 1, undo_for=UNDO, value=value
    )
    assert (lists.rows(DossierRow)[0].strand, answers(lists, number)) != before
    assert [row.before for row in lists.rows(BatchRow)] == [{number: "small" if name == "move_over" else 2000}]
    lists.cycle.undo(lists.key, batch, by=STAFF, now=READING + 2)
    assert (lists.rows(DossierRow)[0].strand, answers(lists, number)) == before


def test_a_key_sent_twice_counts_once(lists: Stage) -> None:
    number = lists.handed_in("anna", CALL, strand="small")
    for _ in range(2):
        lists.cycle.act(
            lists.key, number, "move_over", by=STAFF, now=READING, answers={"strand": "large"}, once="a key"
        )
    assert [row.what for row in lists.rows(JournalRow)].count("strand changed") == 1

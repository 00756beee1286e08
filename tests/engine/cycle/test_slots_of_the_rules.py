"""Which slots do the rules give: as many as they count, one to each, or none where people book an hour?"""

from collections.abc import Iterator

import pytest
from databases import fresh
from stage import Stage, ask_what_must_hold, programme

from engine.database.records import SlotRow

COUNTED = "slots   = { count = 4, minutes = 20, pause = 5 }"
WHO = ("anna", "bert")


@pytest.fixture
def slots(request: pytest.FixtureRequest) -> Iterator[list[int]]:
    """The positions that two dossiers have been given in the kick-off."""
    database = fresh("sqlite://")
    stage = Stage(database, programme(edits={COUNTED: request.param})).open()
    stage.chosen(*WHO)
    yield sorted(row.position for row in stage.rows(SlotRow))
    ask_what_must_hold()
    database.close()


@pytest.mark.parametrize(
    ("slots", "given"),
    [
        ("slots   = { count = 1, minutes = 20 }", [1]),
        ("slots   = { minutes = 20 }", [1, 2]),
        ('slots   = { minutes = 20 }\nbook_with = "jury"', []),
    ],
    indirect=["slots"],
)
def test_slots_are_given_as_the_rules_say(slots: list[int], given: list[int]) -> None:
    assert slots == given

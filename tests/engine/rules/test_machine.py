"""Does a dossier move only as the workflow says, and is it told every reason when it does not?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import sample_workflow

from engine.errors import Refusal, Refused, Unknown
from engine.rules.machine import WorkflowMachine

WORKFLOW = sample_workflow()
MACHINE = WorkflowMachine(WORKFLOW)
REASONS = (Refusal("form", "the form is not complete"), Refusal("window", "the call has closed"))


def test_a_move_ends_in_its_target() -> None:
    assert MACHINE.move("submit", "draft") == "submitted"
    assert [MACHINE.move("withdraw", state) for state in ("draft", "submitted", "in_review", "awarded")] == [
        "withdrawn"
    ] * 4


def test_a_move_from_a_wrong_state_says_from_where_it_starts() -> None:
    with pytest.raises(Refused) as refused:
        MACHINE.move("submit", "awarded")
    assert refused.value.reasons == (Refusal("state", '"submit" starts from "draft", and the dossier is "awarded"'),)
    assert str(refused.value) == '"submit" starts from "draft", and the dossier is "awarded"'


def test_all_states_from_which_a_move_starts_are_told() -> None:
    assert MACHINE.from_here("withdraw", "completed") == Refusal(
        "state",
        '"withdraw" starts from "draft" or "submitted" or "in_review" or "awarded", and the dossier is "completed"',
    )
    assert MACHINE.from_here("withdraw", "draft") is None


def test_an_unknown_transition_is_told_with_the_nearest_one() -> None:
    for ask in (
        MACHINE.transition,
        lambda name: MACHINE.move(name, "draft"),
        lambda name: MACHINE.from_here(name, "draft"),
    ):
        with pytest.raises(Unknown) as unknown:
            ask("sumbit")
        assert str(unknown.value) == 'there is no transition "sumbit"; did you mean "submit"?'


def test_every_reason_against_a_move_is_carried() -> None:
    with pytest.raises(Refused) as refused:
        MACHINE.move("submit", "draft", REASONS)
    assert refused.value.reasons == REASONS
    assert str(refused.value) == "the form is not complete; the call has closed"


def test_the_wrong_state_stands_before_the_other_reasons() -> None:
    with pytest.raises(Refused) as refused:
        MACHINE.move("submit", "lapsed", REASONS)
    assert [reason.code for reason in refused.value.reasons] == ["state", "form", "window"]


def test_nothing_moves_but_by_a_transition_of_the_workflow() -> None:
    """Sabotage twin: with `auto_transitions=True` the machine has a trigger to_awarded that starts from anywhere, and
    both assertions go red."""
    assert list(MACHINE._machine.events) == list(WORKFLOW.transitions)
    assert not [name for name in MACHINE._machine.events if name.startswith("to_")]
    for state in WORKFLOW.states:
        with pytest.raises(Unknown):
            MACHINE.move(f"to_{state}", "draft")


def test_a_machine_remembers_no_dossier() -> None:
    with pytest.raises(Refused):
        MACHINE.move("submit", "draft", REASONS)
    assert MACHINE.move("submit", "draft") == "submitted"
    assert MACHINE.move("submit", "draft") == "submitted"


@given(name=st.sampled_from(sorted(WORKFLOW.transitions)), state=st.sampled_from(sorted(WORKFLOW.states)))
def test_the_machine_and_the_file_agree_on_every_move(name: str, state: str) -> None:
    transition = WORKFLOW.transitions[name]
    if state in transition.sources:
        assert MACHINE.move(name, state) == transition.target
    else:
        with pytest.raises(Refused):
            MACHINE.move(name, state)

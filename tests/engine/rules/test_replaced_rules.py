"""What is different between two workflows, what earlier rules leave behind, and where no way leads out any more."""

from dataclasses import replace
from pathlib import Path

from engine.files.reading import Programme, load, read_programme
from engine.rules.difference import Changed, Key, differences
from engine.rules.lasting import lasting
from engine.rules.moments import Calendar, to_instant
from engine.rules.stranding import states_with_a_way_out

CERA = load(Path(__file__).parents[3] / "workflows" / "cera-impuls")


def edited(*edits: tuple[str, str]) -> Programme:
    files = dict(CERA.files)
    for old, new in edits:
        assert old in files["workflow.toml"], old
        files["workflow.toml"] = files["workflow.toml"].replace(old, new)
    return read_programme(CERA.name, files, CERA.name)


def test_what_is_the_same_is_no_difference_wherever_it_stands_in_the_file() -> None:
    assert differences(CERA.workflow, CERA.workflow) == ()
    moved = dict(reversed(CERA.workflow.transitions.items()))
    assert differences(CERA.workflow, replace(CERA.workflow, transitions=moved)) == ()


def test_each_key_that_says_something_else_is_told_as_the_file_has_it() -> None:
    other = edited(
        ('{ recommendation = "written", at_most = 12 }', '{ recommendation = "written", at_most = 8 }'),
        ('when  = ["14 days before call closes", "3 days before call closes"]', 'when  = "5 days before call closes"'),
    )
    assert differences(CERA.workflow, other.workflow) == (
        Changed("transition", "shortlist", "changed", (
            Key("only_if", "recommendation = written, at_most = 12", "recommendation = written, at_most = 8"),
        )),
        Changed("reminder", "unfinished_draft", "changed", (
            Key("when", "14 days before call closes, 3 days before call closes", "5 days before call closes"),
        )),
    )  # fmt: skip


def test_a_rule_that_comes_and_one_that_goes_are_told_with_what_they_say() -> None:
    other = edited(('"draft"', '"sketch"'), ("\ndraft ", "\nsketch "))
    found = [(one.table, one.name, one.kind) for one in differences(CERA.workflow, other.workflow)]
    assert ("workflow", "", "changed") in found
    assert [one for one in found if one[0] == "state"] == [
        ("state", "draft", "removed"), ("state", "sketch", "added"),
    ]  # fmt: skip


def test_the_names_of_earlier_rules_stay_and_nothing_hangs_on_them() -> None:
    other = edited(('"draft"', '"sketch"'), ("\ndraft ", "\nsketch "), ("[transition.lapse]", "[transition.run_out]"))
    rules = lasting(other.workflow, [CERA.workflow])
    assert (rules.states["draft"].title, rules.states["draft"].retired) == ("Ontwerp", True)
    assert [name for name, state in rules.states.items() if state.retired] == ["draft"]
    gone = rules.transitions["lapse"]
    assert (gone.sources, gone.moment, gone.by, gone.tell, gone.target) == ((), None, None, {}, "lapsed")
    assert {name for name in rules.transitions if name not in other.workflow.transitions} == {"lapse"}
    for name, now in other.workflow.transitions.items():
        assert rules.transitions[name] == now


def test_a_window_that_has_closed_leads_nowhere_and_a_calendar_move_always_does() -> None:
    calendar = Calendar(CERA.rounds["2019"])
    workflow = CERA.workflow
    now = to_instant(calendar.round.phases["conference"].closes.day, calendar.round.mails_at, calendar.zone)
    assert states_with_a_way_out(workflow, calendar, now) == frozenset(workflow.states)
    # who waits only for the applicant has nothing to wait for once the call is over
    only = {name: move for name, move in workflow.transitions.items() if name not in ("lapse", "withdraw")}
    left = states_with_a_way_out(replace(workflow, transitions=only), calendar, now)
    assert frozenset(workflow.states) - left == {"draft"}
    early = to_instant(calendar.round.phases["call"].opens.day, calendar.round.mails_at, calendar.zone)
    assert states_with_a_way_out(replace(workflow, transitions=only), calendar, early) == frozenset(workflow.states)

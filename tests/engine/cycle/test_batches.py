"""Does nothing leave before it was approved, and nothing else than what was approved?"""

import pytest
from databases import fresh
from stage import CHAIR, MEMBER, NOTICE, READING, STAFF, STAFF_2, Stage, applicant, at, programme, refused

from engine.cycle import Planned
from engine.errors import Unknown

BATCH = "notice opens"


@pytest.fixture
def two_people() -> Stage:
    """The small round with both verdicts released by two people."""
    workflow_edits = {
        'tell         = { applicant = "granted", jury = "granted-list" }\nrelease      = "hold"':
        'tell         = { applicant = "granted", jury = "granted-list" }\nrelease      = "two people"',
    }  # fmt: skip
    return Stage(fresh(), programme(edits=workflow_edits)).open()


def decided(stage: Stage) -> tuple[str, str]:
    one, two = stage.under_decision("anna", "bert")
    stage.cycle.verdict(stage.key, one, "choose", by=CHAIR, now=READING)
    stage.cycle.verdict(stage.key, two, "decline", by=CHAIR, now=READING)
    return one, two


def test_the_preview_shows_every_move_and_its_letters(stage: Stage) -> None:
    one, two = decided(stage)
    preview = stage.cycle.preview(stage.key, BATCH, READING)
    assert preview.planned == (
        Planned(one, "choose", (("applicant", "granted"), ("jury", "granted-list"))),
        Planned(two, "decline", (("applicant", "not-granted"),)),
    )
    assert (preview.needed, preview.approved_by, preview.released) == (1, (), False)
    assert list(stage.cycle.batches(stage.key, READING)) == [preview]


def test_the_preview_shows_what_would_be_held_back(stage: Stage) -> None:
    one, two = decided(stage)
    stage.cycle.act(stage.key, two, "withdraw", by=applicant("bert"), now=READING)
    preview = stage.cycle.preview(stage.key, BATCH, READING)
    assert [(planned.number, planned.against) for planned in preview.planned] == [
        (one, ()), (two, ('"decline" starts from "read", and the dossier is "withdrawn"',)),
    ]  # fmt: skip


def test_a_held_batch_goes_at_its_moment_when_one_person_has_approved_it(either: Stage) -> None:
    one, two = decided(either)
    either.cycle.approve(either.key, BATCH, by=STAFF, now=READING)
    assert either.states() == {one: "read", two: "read"}
    either.cycle.advance(NOTICE)
    assert either.transitions()[-2:] == [
        (one, "choose", "read", "chosen", NOTICE), (two, "decline", "read", "declined", NOTICE),
    ]  # fmt: skip


def test_two_people_are_two_distinct_people(two_people: Stage) -> None:
    one, two = decided(two_people)
    two_people.cycle.approve(two_people.key, BATCH, by=STAFF, now=READING)
    with refused("approved") as sentences:
        two_people.cycle.approve(two_people.key, BATCH, by=STAFF, now=READING)
    assert sentences == [f'{STAFF} has already approved "{BATCH}" as it stands']
    two_people.cycle.advance(NOTICE)
    assert two_people.states() == {one: "read", two: "read"}
    two_people.cycle.approve(two_people.key, BATCH, by=STAFF_2, now=NOTICE + 1)
    assert two_people.states() == {one: "chosen", two: "declined"}


@pytest.mark.parametrize("by", [CHAIR, MEMBER, applicant("anna")])
def test_only_staff_approve(stage: Stage, by: str) -> None:
    decided(stage)
    before = stage.dump()
    with refused("role"):
        stage.cycle.approve(stage.key, BATCH, by=by, now=READING)
    assert stage.dump() == before


def test_an_approval_of_nothing_and_of_an_unknown_batch_is_refused(stage: Stage) -> None:
    with refused("empty") as sentences:
        stage.cycle.approve(stage.key, BATCH, by=STAFF, now=READING)
    assert sentences == [f'nothing is held at "{BATCH}" now']
    with pytest.raises(Unknown) as told:
        stage.cycle.approve(stage.key, "notice open", by=STAFF, now=READING)
    assert str(told.value) == 'there is no batch "notice open"; did you mean "notice opens"?'


@pytest.mark.parametrize("change", ["verdict", "another"])
def test_an_approval_is_void_when_a_verdict_changes(either: Stage, change: str) -> None:
    one, two, three = either.under_decision("anna", "bert", "cleo")
    either.cycle.verdict(either.key, one, "choose", by=CHAIR, now=READING)
    either.cycle.verdict(either.key, two, "decline", by=CHAIR, now=READING)
    either.cycle.approve(either.key, BATCH, by=STAFF, now=READING)
    assert either.cycle.preview(either.key, BATCH, READING).released
    if change == "verdict":
        either.cycle.verdict(either.key, one, "decline", by=CHAIR, now=READING)
    else:
        either.cycle.verdict(either.key, three, "decline", by=CHAIR, now=READING)
    assert not either.cycle.preview(either.key, BATCH, READING).released
    either.cycle.advance(NOTICE)
    assert set(either.states().values()) == {"read"}
    assert either.ear.of("granted") + either.ear.of("not-granted") == []


def test_an_approval_is_void_when_a_reason_that_letters_give_changes() -> None:
    asked = {'between      = ["reading opens", "notice opens"]\ntakes_effect = "notice opens"': (
        'between      = ["reading opens", "notice opens"]\nonly_if = { reason = "written" }\n'
        'if_not = { staff = "verdict-held-back" }\ntakes_effect = "notice opens"'
    )}  # fmt: skip
    stage = Stage(fresh(), programme(edits=asked)).open()
    (number,) = stage.under_decision("anna")
    stage.cycle.verdict(stage.key, number, "decline", by=CHAIR, now=READING, reason="too broad")
    stage.cycle.approve(stage.key, BATCH, by=STAFF, now=READING)
    stage.cycle.verdict(stage.key, number, "decline", by=CHAIR, now=READING, reason="too dull")
    assert not stage.cycle.preview(stage.key, BATCH, READING).released


def test_an_applicant_who_withdraws_does_not_stop_what_was_approved_for_the_others(either: Stage) -> None:
    one, two = decided(either)
    either.cycle.approve(either.key, BATCH, by=STAFF, now=READING)
    either.cycle.act(either.key, one, "withdraw", by=applicant("anna"), now=READING)
    either.cycle.advance(NOTICE)
    assert either.states() == {one: "withdrawn", two: "declined"}
    assert either.ear.of("granted") == []


def test_what_is_not_approved_in_time_does_not_move_rings_and_goes_on_approval_as_of_then(either: Stage) -> None:
    one, two = decided(either)
    assert either.cycle.advance(NOTICE) == at("2030-04-06T00:00") + 30_000_000  # the batch sets no alarm
    assert either.states() == {one: "read", two: "read"}
    assert [row.at for row in either.journal("waits for release")] == [NOTICE]
    either.cycle.advance(at("2030-04-06T09:00"))
    assert either.ear.of("promise-at-risk")[0].numbers == (one, two)
    with refused("late"):
        either.cycle.verdict(either.key, one, "decline", by=CHAIR, now=at("2030-04-06T10:00"))
    now = at("2030-04-08T11:00")
    either.cycle.approve(either.key, BATCH, by=STAFF, now=now)
    assert either.transitions()[-2:] == [
        (one, "choose", "read", "chosen", now), (two, "decline", "read", "declined", now),
    ]  # fmt: skip
    assert [heard.leaves_at for heard in either.ear.of("granted") + either.ear.of("not-granted")] == [now, now]
    either.cycle.advance(at("2030-04-30T10:00"))
    assert len(either.transitions()) == 6
    assert len(either.journal("waits for release")) == 1


def test_an_approval_can_be_revoked_until_the_batch_has_gone(either: Stage) -> None:
    decided(either)
    with refused("approved"):
        either.cycle.revoke(either.key, BATCH, by=STAFF, now=READING)
    either.cycle.approve(either.key, BATCH, by=STAFF, now=READING)
    either.cycle.revoke(either.key, BATCH, by=STAFF, now=READING)
    either.cycle.advance(NOTICE)
    assert set(either.states().values()) == {"read"}
    either.cycle.approve(either.key, BATCH, by=STAFF, now=NOTICE + 1)
    assert set(either.states().values()) == {"chosen", "declined"}
    before = either.dump()
    with refused("gone") as sentences:
        either.cycle.revoke(either.key, BATCH, by=STAFF, now=NOTICE + 2)
    assert sentences == [f'"{BATCH}" has already taken effect; only a correcting act with a reason helps now']
    assert either.dump() == before


def test_an_empty_batch_holds_nothing_up(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    stage.cycle.advance(NOTICE)
    assert stage.deadlines()[f"verdicts {BATCH}"].ending == "fired"
    stage.cycle.verdict(stage.key, number, "choose", by=STAFF, now=NOTICE + 1, reason="late minutes")
    assert stage.state(number) == "chosen"


def test_a_late_verdict_into_a_waiting_batch_waits_with_it(stage: Stage) -> None:
    decided(stage)
    late = stage.brought_in("cleo", "read", READING)
    stage.cycle.advance(NOTICE)
    stage.cycle.verdict(stage.key, late, "decline", by=STAFF, now=NOTICE + 1, reason="late minutes")
    assert set(stage.states().values()) == {"read"}
    stage.cycle.approve(stage.key, BATCH, by=STAFF, now=NOTICE + 2)
    assert stage.state(late) == "declined"


def test_a_batch_of_several_moves_is_approved_once() -> None:
    """Verdicts at 09:00 and a calendar move at 00:00 of the same day are one batch, and one approval is for both."""
    stage = Stage(
        fresh(),
        programme(
            edits={
                "[reminder.undecided]": """
[transition.close_handed]
from    = "handed"
to      = "declined"
when    = "notice opens"
release = "hold"
tell    = { applicant = "not-read" }

[reminder.undecided]""",
                'from = "handed"\nto   = "read"\nwhen = "call closes"': 'from = "handed"\nto = "read"\nby = "staff"',
            }
        ),
    ).open()
    read, handed = stage.handed_in("anna"), stage.handed_in("bert")
    stage.cycle.act(stage.key, read, "take_up", by=STAFF, now=READING)
    stage.cycle.verdict(stage.key, read, "decline", by=CHAIR, now=READING)
    stage.cycle.approve(stage.key, BATCH, by=STAFF, now=READING)
    stage.cycle.advance(NOTICE)
    assert stage.transitions()[-2:] == [
        (handed, "close_handed", "handed", "declined", at("2030-04-05T00:00")),
        (read, "decline", "read", "declined", NOTICE),
    ]

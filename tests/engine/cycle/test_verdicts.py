"""What has the committee decided, when does it take effect, and does anybody learn of it before?"""

import pytest
from databases import fresh
from stage import (
    CHAIR,
    MEMBER,
    NOTICE,
    READING,
    STAFF,
    THIRD,
    Stage,
    applicant,
    at,
        programme,
    refused,
    sentences,
)

from engine.database.records import VerdictRow

MIDNIGHT = at("2030-04-05T00:00")


def approve(stage: Stage) -> None:
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=READING)


def endings(stage: Stage) -> list[tuple[str, str | None]]:
    return [(row.transition, row.ending) for row in stage.rows(VerdictRow)]


def test_a_verdict_is_replaced_until_it_takes_effect(either: Stage) -> None:
    (number,) = either.under_decision("anna")
    for name in ("choose", "decline", "choose"):
        either.cycle.verdict(either.key, number, name, by=CHAIR, now=READING)
    assert endings(either) == [("choose", "replaced"), ("decline", "replaced"), ("choose", None)]
    assert either.state(number) == "read"
    approve(either)
    either.cycle.advance(NOTICE - 1)
    assert either.state(number) == "read"
    either.cycle.advance(NOTICE)
    assert either.transitions()[-1] == (number, "choose", "read", "chosen", NOTICE)
    assert endings(either)[-1] == ("choose", "took effect")
    with refused("state", "late"):
        either.cycle.verdict(either.key, number, "decline", by=CHAIR, now=NOTICE)


@pytest.mark.parametrize(("by", "codes"), [(MEMBER, ("role",)), (applicant("anna"), ("role",)), (STAFF, ())])
def test_a_verdict_is_entered_by_the_chair_or_minuted_by_staff(stage: Stage, by: str, codes: tuple[str, ...]) -> None:
    (number,) = stage.under_decision("anna")
    before = stage.dump()
    if codes:
        with refused(*codes):
            stage.cycle.verdict(stage.key, number, "choose", by=by, now=READING)
        assert stage.dump() == before
    else:
        stage.cycle.verdict(stage.key, number, "choose", by=by, now=READING)
        assert [row.minuted for row in stage.rows(VerdictRow)] == [True]


def test_the_window_of_a_verdict_is_exact(stage: Stage) -> None:
    one, two = stage.under_decision("anna", "bert")
    opens = at("2030-03-04T00:00")
    with refused("early"):
        stage.cycle.verdict(stage.key, one, "decline", by=CHAIR, now=opens - 1)
    stage.cycle.verdict(stage.key, one, "decline", by=CHAIR, now=MIDNIGHT - 1)
    with refused("late"):
        stage.cycle.verdict(stage.key, two, "decline", by=CHAIR, now=MIDNIGHT)


# ── Caps ─────────────────────────────────────────────────────────────────────


def test_a_cap_counts_standing_verdicts_and_a_freed_place_reopens(either: Stage) -> None:
    one, two, three = either.under_decision("anna", "bert", "cleo")
    for number in (one, two):
        either.cycle.verdict(either.key, number, "choose", by=CHAIR, now=READING)
    before = either.dump()
    with refused("at_most") as sentences:
        either.cycle.verdict(either.key, three, "choose", by=CHAIR, now=READING)
    assert sentences == ['at most 2 dossiers of a round may be "Chosen" (chosen), and 2 places are held']
    assert either.dump() == before
    either.cycle.verdict(either.key, one, "choose", by=CHAIR, now=READING)  # its own place is not in its way
    either.cycle.verdict(either.key, one, "decline", by=CHAIR, now=READING)
    either.cycle.verdict(either.key, three, "choose", by=CHAIR, now=READING)
    with refused("at_most"):
        either.cycle.verdict(either.key, one, "choose", by=CHAIR, now=READING)


def test_a_place_that_is_held_counts_until_a_state_frees_it(stage: Stage) -> None:
    one, two = stage.chosen("anna", "bert")
    stage.cycle.act(stage.key, two, "stop", by=STAFF, now=NOTICE + 1, reason="closed")  # "stopped" frees no place
    late = stage.brought_in("cleo", "read", NOTICE + 2)
    stage.cycle.recommend(stage.key, late, "good", by=MEMBER, now=NOTICE + 2)
    with refused("at_most"):
        stage.cycle.verdict(stage.key, late, "choose", by=STAFF, now=NOTICE + 3, reason="the post was slow")
    stage.cycle.act(stage.key, one, "withdraw", by=applicant("anna"), now=NOTICE + 4)
    stage.cycle.verdict(stage.key, late, "choose", by=STAFF, now=NOTICE + 5, reason="the post was slow")
    assert stage.state(late) == "chosen"


# ── Conflicts and the quorum ─────────────────────────────────────────────────


def test_a_chair_with_a_conflict_decides_nothing_and_staff_minute_what_the_others_decide(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    stage.cycle.declare_conflict(stage.key, number, by=CHAIR, now=READING)
    with refused("conflict"):
        stage.cycle.verdict(stage.key, number, "choose", by=CHAIR, now=READING)
    stage.cycle.verdict(stage.key, number, "choose", by=STAFF, now=READING)
    approve(stage)
    stage.cycle.advance(NOTICE)
    assert stage.state(number) == "chosen"


def test_a_verdict_whose_chair_declares_a_conflict_afterwards_is_held_back(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    stage.cycle.verdict(stage.key, number, "choose", by=CHAIR, now=READING)
    stage.cycle.declare_conflict(stage.key, number, by=CHAIR, now=READING)
    approve(stage)
    stage.cycle.advance(NOTICE)
    assert stage.state(number) == "read"
    assert endings(stage) == [("choose", "held back")]
    (told,) = stage.ear.of("verdict-held-back")
    assert sentences(told.told.facts_of[1]) == ["the chair who recorded the verdict has since declared a conflict"]


def test_the_quorum_counts_the_members_without_a_conflict(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    for member in (MEMBER, THIRD):
        stage.cycle.declare_conflict(stage.key, number, by=member, now=READING)
    for by in (CHAIR, STAFF):
        with refused("quorum") as sentences:
            stage.cycle.verdict(stage.key, number, "choose", by=by, now=READING)
    assert sentences == [f"2 members without a conflict must decide on {number}, and there are 1"]


# ── What changes before it takes effect ──────────────────────────────────────


def test_a_dossier_withdrawn_before_the_effect_frees_its_place_and_goes_to_staff(either: Stage) -> None:
    one, two, three = either.under_decision("anna", "bert", "cleo")
    for number in (one, two):
        either.cycle.verdict(either.key, number, "choose", by=CHAIR, now=READING)
    either.cycle.act(either.key, one, "withdraw", by=applicant("anna"), now=READING)
    either.cycle.verdict(either.key, three, "choose", by=CHAIR, now=READING)
    approve(either)
    told = len(either.ear.heard)
    either.cycle.advance(NOTICE)
    assert either.states() == {one: "withdrawn", two: "chosen", three: "chosen"}
    assert either.ear.letters(since=told) == [
        ("applicant", "granted", (two, three)),
        ("jury", "granted-list", (two, three)),
        ("staff", "verdict-held-back", (one,)),
    ]
    held = either.ear.of("verdict-held-back")[0]
    assert sentences(held.told.facts_of[1]) == ['"choose" starts from "read", and the dossier is "withdrawn"']
    assert [(row.details["name"], row.at) for row in either.journal("verdict held back")] == [("choose", NOTICE)]


def test_facts_are_judged_again_when_a_verdict_takes_effect() -> None:
    changed = {
        'by      = "staff"\nonly_if = { fulfilled = "all" }\ntell    = { applicant = "finished" }':
        'by      = "jury"\nonly_if = { attended = "kick_off" }\nif_not = { staff = "verdict-held-back" }\n'
        'takes_effect = "work closes"\ntell    = { applicant = "finished" }',
    }  # fmt: skip
    played = Stage(fresh(), programme(edits=changed)).open()
    (number,) = played.working("anna")
    played.cycle.verdict(played.key, number, "finish", by=CHAIR, now=at("2030-07-01T10:00"))
    with played.database.transaction() as session:
        played.tampered = "no act takes an attendance back yet, so it is taken out of the table"
        session.connection().exec_driver_sql("DELETE FROM attendance")
    played.cycle.advance(at("2032-07-01T10:00"))
    assert played.state(number) == "working"
    (told,) = played.ear.of("verdict-held-back")
    assert sentences(told.told.facts_of[1]) == [f'nobody came for {number} to "Kick-off meeting" (kick_off)']


def test_a_dossier_without_a_verdict_stays_and_the_promise_rings(stage: Stage) -> None:
    one, two = stage.under_decision("anna", "bert")
    stage.cycle.verdict(stage.key, one, "choose", by=CHAIR, now=READING)
    approve(stage)
    stage.cycle.advance(at("2030-04-02T09:00"))
    assert stage.ear.letters()[-2:] == [("jury", "undecided", (two,)), ("staff", "undecided", (two,))]
    rings = at("2030-04-06T09:00")
    stage.cycle.advance(rings - 1)
    assert stage.ear.of("promise-at-risk") == []
    stage.cycle.advance(rings)
    (ring,) = stage.ear.of("promise-at-risk")
    assert (ring.role, ring.numbers, ring.leaves_at) == ("staff", (two,), rings)
    assert ring.told.extras == {
        "promise": {"title": "Answer", "before": {"day": "2030-04-05", "hour": None, "edge": "closes"}}
    }
    assert stage.states() == {one: "chosen", two: "read"}


# ── Late verdicts ────────────────────────────────────────────────────────────


def test_a_late_verdict_by_staff_with_a_reason_takes_effect_at_once(either: Stage) -> None:
    one, two = either.under_decision("anna", "bert")
    either.cycle.verdict(either.key, one, "choose", by=CHAIR, now=READING)
    approve(either)
    now = at("2030-04-10T10:00")
    either.cycle.advance(now)
    with refused("late"):
        either.cycle.verdict(either.key, two, "choose", by=CHAIR, now=now, reason="we forgot")
    with refused("reason"):
        either.cycle.verdict(either.key, two, "choose", by=STAFF, now=now)
    either.cycle.verdict(either.key, two, "choose", by=STAFF, now=now, reason="the minutes came late")
    assert either.transitions()[-1] == (two, "choose", "read", "chosen", now)
    assert either.ear.letters()[-2:] == [("applicant", "granted", (two,)), ("jury", "granted-list", (two,))]
    assert either.ear.heard[-1].leaves_at == now


def test_a_late_verdict_before_its_moment_stands_until_the_moment(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    stage.cycle.verdict(stage.key, number, "decline", by=STAFF, now=MIDNIGHT + 1, reason="decided last night")
    assert stage.state(number) == "read"
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=MIDNIGHT + 2)
    stage.cycle.advance(NOTICE)
    assert stage.transitions()[-1] == (number, "decline", "read", "declined", NOTICE)


def test_a_late_verdict_takes_effect_at_once_where_its_moment_happened_elsewhere() -> None:
    stage = Stage(fresh()).open(now=at("2030-04-20T10:00"), as_of=at("2030-04-20T10:00"))
    now = at("2030-04-21T10:00")
    number = stage.brought_in("anna", "read", now)
    stage.cycle.verdict(stage.key, number, "decline", by=STAFF, now=now, reason="decided before we moved here")
    assert stage.transitions()[-1] == (number, "decline", "read", "declined", now)

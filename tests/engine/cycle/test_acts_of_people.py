"""Who may do what, and when, and does a refused act leave everything as it was?"""

import pytest
from databases import fresh
from stage import (
    CALL,
    CHAIR,
    CLOSES,
    GRACE,
    MEMBER,
    READING,
    STAFF,
    Stage,
    applicant,
    at,
        programme,
    refused,
)

from engine.cycle import Upload
from engine.database.records import AnswerRow
from engine.errors import GrantcycleError, Refused, Unknown

ANNA = applicant("anna")


def test_an_act_is_a_transition_a_journal_entry_and_a_letter(either: Stage) -> None:
    number = either.handed_in("anna")
    assert number == "SG30-001"
    assert either.transitions() == [(number, "submit", "draft", "handed", CALL)]
    assert [(row.actor, row.at, row.details) for row in either.journal("transition")] == [
        (ANNA, CALL, {"name": "submit", "source": "draft", "target": "handed"})
    ]
    assert either.ear.letters(role="applicant") == [("applicant", "received", (number,))]
    assert either.ear.of("received")[0].leaves_at == CALL


def test_dossiers_are_numbered_in_the_order_in_which_they_start(stage: Stage) -> None:
    assert [stage.draft(who) for who in ("anna", "bert", "cleo")] == ["SG30-001", "SG30-002", "SG30-003"]


@pytest.mark.parametrize("by", [applicant("bert"), STAFF, CHAIR, MEMBER])
def test_only_a_contact_of_the_dossier_may_do_what_the_applicant_does(stage: Stage, by: str) -> None:
    number = stage.draft("anna")
    stage.draft("bert")
    before = stage.dump()
    with refused("role") as sentences:
        stage.cycle.act(stage.key, number, "submit", by=by, now=CALL)
    assert sentences == ["only a contact of the dossier may do this"]
    assert stage.dump() == before


def test_a_second_contact_may_do_what_the_first_does(stage: Stage) -> None:
    number = stage.draft("anna")
    stage.cycle.add_contact(
        stage.key, number, email="Piet@House.example", name="Piet", language="en", by=ANNA, now=CALL
    )
    assert stage.cycle.act(stage.key, number, "submit", by="piet@house.example", now=CALL) == "handed"


def test_a_foreigner_may_not_add_a_contact(stage: Stage) -> None:
    number = stage.draft("anna")
    stage.draft("bert")
    before = stage.dump()
    with refused("role"):
        stage.cycle.add_contact(
            stage.key, number, email="x@x.example", name="X", language="en", by=applicant("bert"), now=CALL
        )
    assert stage.dump() == before


@pytest.mark.parametrize("by", [ANNA, CHAIR, MEMBER])
def test_only_staff_may_do_what_staff_do(stage: Stage, by: str) -> None:
    (number,) = stage.chosen("anna")
    now = at("2030-04-06T10:00")
    before = stage.dump(now)
    with refused("role"):
        stage.cycle.act(stage.key, number, "stop", by=by, now=now, reason="no more")
    assert stage.dump() == before


def test_staff_act_with_a_reason_that_is_kept_and_told(stage: Stage) -> None:
    (number,) = stage.chosen("anna")
    now = at("2030-04-06T10:00")
    with refused("reason"):
        stage.cycle.act(stage.key, number, "stop", by=STAFF, now=now, reason="  ")
    assert stage.cycle.act(stage.key, number, "stop", by=STAFF, now=now, reason="the house closed") == "stopped"
    assert stage.journal("transition")[-1].details["reason"] == "the house closed"
    assert stage.ear.of("stopped")[0].facts["reason"] == "the house closed"


def test_a_verdict_is_not_an_act_nor_is_a_move_of_the_calendar(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    with refused("verdict") as sentences:
        stage.cycle.act(stage.key, number, "choose", by=CHAIR, now=READING)
    assert sentences == ['"choose" is a verdict: record it, and it takes effect at "notice opens"']
    with refused("calendar") as sentences:
        stage.cycle.act(stage.key, number, "take_up", by=STAFF, now=READING)
    assert sentences == ['"take_up" is made by the calendar (call closes), not by a person']
    with refused("verdict"):
        stage.cycle.verdict(stage.key, number, "withdraw", by=CHAIR, now=READING)


def test_a_committee_acts_through_its_chair_and_staff_minute_for_it(gate: Stage) -> None:
    one, two, three = (gate.handed_in(who) for who in ("anna", "bert", "cleo"))
    with refused("role") as sentences:
        gate.cycle.act(gate.key, one, "decline", by=MEMBER, now=CALL)
    assert sentences == ['only the chair of "Jury" (jury) may do this, or staff who minute it']
    assert gate.cycle.act(gate.key, one, "decline", by=CHAIR, now=CALL) == "declined"
    gate.cycle.declare_conflict(gate.key, two, by=CHAIR, now=CALL)
    with refused("conflict"):
        gate.cycle.act(gate.key, two, "decline", by=CHAIR, now=CALL)
    assert gate.cycle.act(gate.key, two, "decline", by=STAFF, now=CALL) == "declined"
    assert gate.state(three) == "handed"


# ── Windows ──────────────────────────────────────────────────────────────────


def test_a_dossier_cannot_be_started_before_the_call_opens(either: Stage) -> None:
    opens = at("2030-01-07T00:00")
    before = either.dump()
    with refused("early") as sentences:
        either.draft("anna", opens - 1)
    assert sentences == [
        "this is possible from 2030-01-07 00:00:00 (Europe/Brussels); it is now 2030-01-06 23:59:59.999999"
    ]
    assert either.dump() == before
    assert either.draft("anna", opens) == "SG30-001"


def test_handing_in_is_on_time_to_the_last_microsecond_of_the_grace(either: Stage) -> None:
    last, late = either.draft("anna"), either.draft("bert")
    assert either.cycle.act(either.key, last, "submit", by=ANNA, now=CLOSES + GRACE - 1) == "handed"
    before = either.dump(CLOSES + GRACE)
    with refused("late") as sentences:
        either.cycle.act(either.key, late, "submit", by=applicant("bert"), now=CLOSES + GRACE)
    assert sentences == [
        "this was possible before 2030-03-02 00:00:00 and 60 seconds of grace (Europe/Brussels); "
        "it is now 2030-03-02 00:01:00"
    ]
    assert either.dump() == before


def test_starting_and_answering_end_where_handing_in_ends(stage: Stage) -> None:
    number = stage.draft("anna", complete=False)
    stage.cycle.answer(stage.key, number, {"title": "In time"}, by=ANNA, now=CLOSES + GRACE - 1)
    with refused("late"):
        stage.cycle.answer(stage.key, number, {"title": "Too late"}, by=ANNA, now=CLOSES + GRACE)
    with refused("late"):
        stage.draft("bert", CLOSES + GRACE)
    assert [row.value for row in stage.rows(AnswerRow)] == ["In time"]


def test_a_stated_hour_admits_that_very_instant() -> None:
    hours = {"to = 2030-03-01, grace": "to = 2030-03-01T17:00:00, grace", ', grace = "60 seconds"': ""}
    played = Stage(fresh(), programme(edits=hours)).open()
    one, two = played.draft("anna"), played.draft("bert")
    five = at("2030-03-01T17:00")
    assert played.cycle.act(played.key, one, "submit", by=ANNA, now=five) == "handed"
    with refused("late"):
        played.cycle.act(played.key, two, "submit", by=applicant("bert"), now=five + 1)


# ── Every reason at once, and nothing changed ────────────────────────────────


def test_every_reason_is_told_at_once_and_nothing_changes(either: Stage) -> None:
    number = either.draft("anna", complete=False)
    either.draft("bert")
    before = either.dump(CLOSES + GRACE)
    with refused("role", "late", "form", "form") as sentences:
        either.cycle.act(either.key, number, "submit", by=applicant("bert"), now=CLOSES + GRACE)
    assert sentences == [
        "only a contact of the dossier may do this",
        "this was possible before 2030-03-02 00:00:00 and 60 seconds of grace (Europe/Brussels); "
        "it is now 2030-03-02 00:01:00",
        '"Title" (title) is not answered',
        '"How much?" (amount) is not answered',
    ]
    assert either.dump() == before
    assert either.ear.letters(role="applicant") == []


def test_the_wrong_state_is_one_of_the_reasons(stage: Stage) -> None:
    number = stage.handed_in("anna")
    with refused("state") as sentences:
        stage.cycle.act(stage.key, number, "submit", by=ANNA, now=CALL)
    assert sentences == ['"submit" starts from "draft", and the dossier is "handed"']


def test_what_was_due_before_a_refused_act_has_happened_all_the_same(stage: Stage) -> None:
    number = stage.draft("anna")
    later = at("2030-03-05T10:00")
    with refused("state", "late"):
        stage.cycle.act(stage.key, number, "submit", by=ANNA, now=later)
    assert stage.transitions() == [(number, "lapse", "draft", "lapsed", CLOSES)]


def test_bad_answers_are_refused_with_every_reason_and_store_nothing(stage: Stage) -> None:
    number = stage.draft("anna")
    before = stage.dump()
    with refused("question", "answer", "answer") as sentences:
        stage.cycle.answer(
            stage.key, number, {"titel": "x", "amount": 5001}, by=ANNA, now=CALL,
            files={"plan": Upload("plan.docx", b"words")},
        )  # fmt: skip
    assert sentences == [
        'there is no question "titel"; did you mean "title"?',
        '"amount" is 5,001, and at most 5,000 may be asked',
        '"plan.docx" is not accepted for "plan": pdf is',
    ]
    assert stage.dump() == before


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("dossier", 'there is no dossier in small/2030 "SG30-01"; did you mean "SG30-001"?'),
        ("transition", 'there is no transition "submitt"; did you mean "submit"?'),
        ("round", 'there is no open round "small/2031"; did you mean "small/2030"?'),
        ("person", 'nobody in small/2030 has the address "nobody@x.example"'),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest_one(stage: Stage, what: str, sentence: str) -> None:
    number = stage.draft("anna")
    before = stage.dump()
    with pytest.raises(GrantcycleError) as told:
        stage.cycle.act(
            "small/2031" if what == "round" else stage.key,
            "SG30-01" if what == "dossier" else number,
            "submitt" if what == "transition" else "submit",
            by="nobody@x.example" if what == "person" else ANNA,
            now=CALL,
        )
    assert str(told.value) == sentence
    assert not isinstance(told.value, Refused)
    assert stage.dump() == before


def test_unknown_roles_and_languages_are_told_with_the_nearest_one(stage: Stage) -> None:
    before = stage.dump(CALL)
    for role, language, sentence in (
        ("jurry", "en", 'there is no role "jurry"; did you mean "jury"?'),
        ("jury", "nl", 'there is no language of this programme "nl"; known: en'),
    ):
        with pytest.raises(Unknown) as told:
            stage.cycle.add_person(
                stage.key, email="new@x.example", name="New", language=language, role=role, by=STAFF, now=CALL
            )
        assert str(told.value) == sentence
    for email in ("a@x.example, b@x.example", "a@x.example\nb@x.example", "nobody", "@x.example"):
        with pytest.raises(GrantcycleError, match="is not one address"):
            stage.cycle.add_person(stage.key, email=email, name="N", language="en", role="staff", by=STAFF, now=CALL)
    assert stage.dump() == before

"""Do the acts that pages offer do what they say, once, and refuse everything else?"""

from collections.abc import Callable
from datetime import date

import pytest
from stage import (
    CALL,
    CHAIR,
    GATE,
    GATE_2030,
    MEMBER,
    NOTICE,
    PDF,
    PUBLIC,
    READING,
    STAFF,
    STAFF_2,
    THIRD,
    Stage,
    applicant,
    at,
    programme,
    refused,
)

from engine.cycle import Upload
from engine.database.connection import Database
from engine.database.records import (
    ClearanceRow,
    CommentRow,
    ContactRow,
    DeliveryRow,
    DossierRow,
    ExtensionRequestRow,
    OnceRow,
    PersonRow,
    RecommendationRow,
    RoleRow,
    VerdictRow,
)
from engine.errors import Unknown

ANNA, BERT = applicant("anna"), applicant("bert")


# ── Once ─────────────────────────────────────────────────────────────────────


def start(stage: Stage, once: str | None, *, organisation: str = "House", by: str = ANNA, now: int = CALL) -> str:
    return stage.cycle.start_dossier(
        stage.key, organisation=organisation, email=by, name="Anna", language="en", by=by, now=now, once=once
    )


def test_a_form_that_is_sent_twice_starts_one_dossier_and_gives_its_number_again(stage: Stage) -> None:
    assert start(stage, "key 1") == "SG30-001"
    before = stage.dump()
    assert start(stage, "key 1", now=CALL + 9) == "SG30-001"
    assert stage.dump() == before
    assert start(stage, "key 2") == "SG30-002"
    assert (start(stage, None), start(stage, None)) == ("SG30-003", "SG30-004")


def test_a_key_of_another_person_act_round_or_content_is_refused(stage: Stage, database: Database) -> None:
    number = start(stage, "key 1")
    stage.cycle.answer(stage.key, number, {"title": "T", "amount": 1}, by=ANNA, now=CALL)
    gate = Stage(database, programme(GATE, GATE_2030, name="gate")).open()
    gate.cycle.advance(CALL)
    before = stage.dump()
    with refused("once") as sentences:
        start(stage, "key 1", by=BERT)
    assert sentences == ["the key of this form belongs to another form; open it again"]
    with refused("once"):
        stage.cycle.act(stage.key, number, "submit", by=ANNA, now=CALL, once="key 1")
    with refused("once"):
        start(gate, "key 1")
    with refused("once") as sentences:
        start(stage, "key 1", organisation="Another house")
    assert sentences == [
        "this form was sent before with other contents, and these were kept: look at them, and open it again"
    ]
    for key in ("", "  ", "k" * 201):
        with refused("once"):
            start(stage, key)
    assert stage.dump() == before


def test_handing_in_twice_gives_one_receipt(stage: Stage) -> None:
    number = stage.draft("anna")

    def submit(now: int, content: bytes = PDF.content) -> str:
        return stage.cycle.act(
            stage.key, number, "submit", by=ANNA, now=now, answers={"amount": 5}, once="the key",
            files={"plan": Upload("plan.pdf", content)},
        )  # fmt: skip

    assert submit(CALL) == "handed"
    before = stage.dump()
    assert submit(CALL + 1) == "handed"
    with refused("once"):
        submit(CALL + 1, b"%PDF another plan")
    assert stage.dump() == before
    stage.cycle.advance(READING)
    assert (submit(READING), stage.state(number)) == ("handed", "read")  # what was entered then, wherever it is now


def test_a_refused_form_does_not_use_up_its_key(stage: Stage) -> None:
    number = stage.draft("anna", complete=False)
    for _ in range(2):
        with refused("form", "form"):
            stage.cycle.act(stage.key, number, "submit", by=ANNA, now=CALL, once="key")
    assert stage.rows(OnceRow) == []
    answers = {"title": "T", "amount": 5}
    assert stage.cycle.act(stage.key, number, "submit", by=ANNA, now=CALL, answers=answers, once="key") == "handed"


def test_a_report_that_is_sent_twice_is_delivered_once(stage: Stage) -> None:
    (number,) = stage.working("anna")
    now = at("2031-02-01T09:00")
    for later in (0, 1):
        stage.cycle.deliver(
            stage.key, number, "report", {}, by=ANNA, now=now + later, files={"report": PDF}, once="report key"
        )
    assert len(stage.rows(DeliveryRow)) == 1
    with refused("obligation"):  # without the key it is another report, which nobody asks for
        stage.cycle.deliver(stage.key, number, "report", {}, by=ANNA, now=now + 2, files={"report": PDF})


# ── Who speaks for a dossier ─────────────────────────────────────────────────


def test_a_dossier_starts_with_nothing_but_an_address_and_is_handed_in_with_an_organisation(stage: Stage) -> None:
    number = stage.cycle.start_dossier(
        stage.key, organisation="", email=ANNA, name="", language="en", by=ANNA, now=CALL
    )
    stage.cycle.answer(stage.key, number, {"title": "T", "amount": 5}, by=ANNA, now=CALL)
    with refused("organisation") as sentences:
        stage.cycle.act(stage.key, number, "submit", by=ANNA, now=CALL)
    assert sentences == ["say first on whose behalf SG30-001 is handed in: it names no organisation"]
    stage.cycle.introduce(stage.key, number, organisation="  House   of Anna ", name="Anna  A.", by=ANNA, now=CALL + 1)
    (dossier,) = stage.rows(DossierRow)
    assert dossier.organisation == "House of Anna"
    assert {row.email: row.name for row in stage.rows(PersonRow)}[ANNA] == "Anna A."
    assert stage.journal("introduced")[0].details == {"organisation": "House of Anna", "name": "Anna A."}
    before = stage.dump()
    stage.cycle.introduce(stage.key, number, organisation="House of Anna", name="", by=ANNA, now=CALL + 2)
    assert stage.dump() == before
    assert stage.cycle.act(stage.key, number, "submit", by=ANNA, now=CALL + 3) == "handed"
    with refused("state"):
        stage.cycle.introduce(stage.key, number, organisation="Another", by=ANNA, now=CALL + 4)
    stage.cycle.introduce(stage.key, number, name="Anna B.", by=ANNA, now=CALL + 4)


def test_a_dossier_without_any_name_is_called_by_its_number(stage: Stage) -> None:
    number = stage.cycle.start_dossier(
        stage.key, organisation="", email=ANNA, name="", language="en", by=ANNA, now=CALL
    )
    stage.cycle.advance(at("2030-02-27T10:00"))
    assert stage.ear.of("unfinished")[0].facts["dossier"]["title"] == number


@pytest.mark.parametrize("by", [BERT, STAFF, CHAIR])
def test_nobody_else_introduces_themselves_for_it(stage: Stage, by: str) -> None:
    number = stage.draft("anna")
    stage.draft("bert")
    before = stage.dump()
    with refused("role"):
        stage.cycle.introduce(stage.key, number, organisation="Mine", by=by, now=CALL)
    assert stage.dump() == before


def test_a_contact_or_staff_end_a_co_applicants_access(stage: Stage) -> None:
    number = stage.draft("anna")
    stage.draft("bert")
    piet = "piet@house.example"
    for by in (ANNA, STAFF):
        stage.cycle.add_contact(stage.key, number, email=piet, name="", language="en", by=ANNA, now=CALL)
        with refused("role"):
            stage.cycle.remove_contact(stage.key, number, email=piet, by=BERT, now=CALL)
        stage.cycle.remove_contact(stage.key, number, email="Piet@House.example", by=by, now=CALL)
        with refused("role"):
            stage.cycle.answer(stage.key, number, {"title": "Mine"}, by=piet, now=CALL)
    assert len(stage.rows(ContactRow)) == 2
    with refused("contact") as sentences:
        stage.cycle.remove_contact(stage.key, number, email=ANNA, by=ANNA, now=CALL)
    assert sentences == [f"somebody must speak for {number}, and {ANNA} is the last who does"]
    with refused("contact"):
        stage.cycle.remove_contact(stage.key, number, email=BERT, by=ANNA, now=CALL)


def test_a_name_that_was_not_known_is_filled_in_and_one_that_was_is_kept(stage: Stage) -> None:
    number = stage.draft("anna")
    for name in ("", "Piet", "Peter"):
        stage.cycle.add_contact(stage.key, number, email="p@x.example", name=name, language="en", by=ANNA, now=CALL)
    assert {row.email: row.name for row in stage.rows(PersonRow)}["p@x.example"] == "Piet"


# ── Parts ────────────────────────────────────────────────────────────────────


def test_people_subscribe_and_leave_by_themselves(stage: Stage) -> None:
    for _ in range(2):
        stage.cycle.subscribe(stage.key, email="New@x.example", language="en", now=CALL)
    assert [row.details for row in stage.journal("role given")][-1] == {"person": "new@x.example", "role": "everyone"}
    stage.cycle.leave(stage.key, by="new@x.example", now=CALL)
    assert len(stage.rows(RoleRow)) == 6
    with refused("role"):
        stage.cycle.leave(stage.key, by="new@x.example", now=CALL)
    with pytest.raises(Unknown):
        stage.cycle.subscribe(stage.key, email="a@x.example", language="nl", now=CALL)


def test_only_staff_take_a_part_away_and_never_the_last_of_the_staff(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    for by in (CHAIR, PUBLIC, ANNA):
        with refused("role"):
            stage.cycle.remove_role(stage.key, email=MEMBER, role="jury", by=by, now=READING)
    stage.cycle.remove_role(stage.key, email=MEMBER, role="jury", by=STAFF, now=READING)
    with refused("role"):
        stage.cycle.score(stage.key, number, {"quality": 5}, by=MEMBER, now=READING)
    stage.cycle.remove_role(stage.key, email=STAFF_2, role="staff", by=STAFF, now=READING)
    with refused("last"):
        stage.cycle.remove_role(stage.key, email=STAFF, role="staff", by=STAFF, now=READING)
    with refused("role", "role"):
        stage.cycle.remove_role(stage.key, email=MEMBER, role="jury", by=STAFF_2, now=READING)


# ── What members say ─────────────────────────────────────────────────────────


def test_a_comment_and_a_note_are_replaced_and_taken_back(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")

    def standing() -> list[tuple[str, str]]:
        return [(row.reader, row.words) for row in stage.rows(CommentRow) if row.replaced_at is None]

    for place, (to, words) in enumerate(
        [("applicant", " Sing louder. "), ("committee", "Who pays?"), ("applicant", "Sing on."), ("committee", " ")]
    ):
        stage.cycle.comment(stage.key, number, words, to=to, by=MEMBER, now=READING + place)  # type: ignore[arg-type]
    assert standing() == [("applicant", "Sing on.")]
    before = stage.dump()
    stage.cycle.comment(stage.key, number, "Sing on.", to="applicant", by=MEMBER, now=READING + 9)
    stage.cycle.comment(stage.key, number, "", to="committee", by=MEMBER, now=READING + 9)
    assert stage.dump() == before
    assert [(row.what, row.details) for row in stage.journal() if "comment" in row.what] == [
        ("commented", {"reader": "applicant"}), ("commented", {"reader": "committee"}),
        ("commented", {"reader": "applicant"}), ("comment taken back", {"reader": "committee"}),
    ]  # fmt: skip
    with pytest.raises(Unknown):
        stage.cycle.comment(stage.key, number, "x", to="public", by=MEMBER, now=READING)  # type: ignore[arg-type]


ACTS: list[Callable[[Stage, str, str, int], None]] = [
    lambda stage, number, by, now: stage.cycle.comment(stage.key, number, "x", to="applicant", by=by, now=now),
    lambda stage, number, by, now: stage.cycle.comment(stage.key, number, "x", to="committee", by=by, now=now),
    lambda stage, number, by, now: stage.cycle.declare_clear(stage.key, number, by=by, now=now),
]


@pytest.mark.parametrize("act", ACTS)
def test_only_members_without_a_conflict_say_something_while_they_decide(
    stage: Stage, act: Callable[[Stage, str, str, int], None]
) -> None:
    number = stage.handed_in("anna")
    with refused("state"):
        act(stage, number, MEMBER, CALL)
    stage.cycle.advance(READING)
    stage.cycle.declare_conflict(stage.key, number, by=THIRD, now=READING)
    before = stage.dump()
    for by, code in ((THIRD, "conflict"), (STAFF, "role"), (ANNA, "role"), (PUBLIC, "role")):
        with refused(code):
            act(stage, number, by, READING)
    assert stage.dump() == before
    act(stage, number, MEMBER, READING)


def test_a_recommendation_advises_a_decision_that_is_open(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    stage.cycle.recommend(stage.key, number, "Yes", by=MEMBER, now=READING + 1, advises="choose")
    assert [row.advises for row in stage.rows(RecommendationRow)] == [None, "choose"]
    before = stage.dump()
    for advises in ("chose", "take_up", "withdraw", "stop"):
        with pytest.raises(Unknown):
            stage.cycle.recommend(stage.key, number, "Yes", by=MEMBER, now=READING + 2, advises=advises)
    assert stage.dump() == before


def test_an_answer_that_there_is_no_conflict_counts_until_there_is_one(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    for place in range(2):
        stage.cycle.declare_clear(stage.key, number, by=THIRD, now=READING + place)
    assert [(row.declared_at, row.ended_at) for row in stage.rows(ClearanceRow)] == [(READING, None)]
    stage.cycle.declare_conflict(stage.key, number, by=THIRD, now=READING + 5)
    assert [(row.declared_at, row.ended_at) for row in stage.rows(ClearanceRow)] == [(READING, READING + 5)]
    with refused("conflict"):
        stage.cycle.declare_clear(stage.key, number, by=THIRD, now=READING + 6)


def test_who_speaks_for_a_dossier_does_not_judge_it(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    stage.cycle.add_contact(stage.key, number, email=MEMBER, name="", language="en", by=ANNA, now=READING)
    with refused("conflict"):
        stage.cycle.score(stage.key, number, {"quality": 10}, by=MEMBER, now=READING)


# ── Verdicts that are taken back ─────────────────────────────────────────────


def test_a_verdict_that_is_taken_back_never_takes_effect_and_frees_its_place(stage: Stage) -> None:
    one, two, three = stage.under_decision("anna", "bert", "cleo")
    for number in (one, two):
        stage.cycle.verdict(stage.key, number, "choose", by=CHAIR, now=READING)
    with refused("at_most"):
        stage.cycle.verdict(stage.key, three, "choose", by=CHAIR, now=READING)
    for by in (MEMBER, ANNA):
        with refused("role"):
            stage.cycle.withdraw_verdict(stage.key, one, by=by, now=READING)
    stage.cycle.withdraw_verdict(stage.key, one, by=CHAIR, now=READING + 1, reason="heard again")
    with refused("verdict"):
        stage.cycle.withdraw_verdict(stage.key, one, by=CHAIR, now=READING + 1)
    stage.cycle.verdict(stage.key, three, "choose", by=CHAIR, now=READING + 2)
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=READING + 3)
    stage.cycle.advance(NOTICE)
    assert stage.states() == {one: "read", two: "chosen", three: "chosen"}
    assert [row.ending for row in stage.rows(VerdictRow)] == ["withdrawn", "took effect", "took effect"]
    assert [row.details for row in stage.journal("verdict withdrawn")] == [{"name": "choose", "reason": "heard again"}]


def test_after_the_window_only_staff_take_it_back_and_say_why(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    stage.cycle.verdict(stage.key, number, "choose", by=CHAIR, now=READING)
    stage.cycle.advance(NOTICE)  # nobody approved: it stands
    with refused("late"):
        stage.cycle.withdraw_verdict(stage.key, number, by=CHAIR, now=NOTICE + 1)
    with refused("reason"):
        stage.cycle.withdraw_verdict(stage.key, number, by=STAFF, now=NOTICE + 1, reason=" ")
    stage.cycle.withdraw_verdict(stage.key, number, by=STAFF, now=NOTICE + 1, reason="a mistake")
    assert stage.state(number) == "read"


# ── More time ────────────────────────────────────────────────────────────────

TWENTIETH = date(2030, 3, 20)


def ask(stage: Stage, number: str, of: str, to: date | None = None, *, by: str = ANNA, now: int = CALL) -> int:
    return stage.cycle.ask_extension(stage.key, number, of=of, to=to, reason="ill", by=by, now=now)


def test_more_time_is_asked_for_and_granted_in_one_act(stage: Stage) -> None:
    number = stage.draft("anna")
    request = ask(stage, number, "call closes", TWENTIETH)
    with refused("asked"):
        ask(stage, number, "call closes")
    with refused("role"):
        stage.cycle.answer_extension(stage.key, request, granted=True, words="", by=ANNA, now=CALL + 1)
    stage.cycle.answer_extension(stage.key, request, granted=True, words="", by=STAFF, now=CALL + 1)
    (row,) = stage.rows(ExtensionRequestRow)
    assert (row.outcome, row.answer, row.answered_at) == ("granted", None, CALL + 1)
    assert [one.details["new"] for one in stage.journal("extended")] == ["2030-03-20"]
    assert stage.ear.letters(role="applicant")[-1] == ("applicant", "deadline-extended", (number,))
    with refused("answered"):
        stage.cycle.answer_extension(stage.key, request, granted=False, words="no", by=STAFF, now=CALL + 2)
    assert stage.cycle.act(stage.key, number, "submit", by=ANNA, now=at("2030-03-15T10:00")) == "handed"


def test_what_is_refused_moves_nothing_and_may_be_asked_again(stage: Stage) -> None:
    number = stage.draft("anna")
    request = ask(stage, number, "call closes")
    with refused("day"):
        stage.cycle.answer_extension(stage.key, request, granted=True, words="ok", by=STAFF, now=CALL)
    with refused("reason"):
        stage.cycle.answer_extension(stage.key, request, granted=False, words=" ", by=STAFF, now=CALL)
    stage.cycle.answer_extension(stage.key, request, granted=False, words="All have the same.", by=STAFF, now=CALL)
    assert stage.journal("extended") == []
    again = ask(stage, number, "call closes")
    stage.cycle.answer_extension(stage.key, again, granted=True, words="ok", by=STAFF, now=CALL, to=TWENTIETH)
    assert len(stage.journal("extended")) == 1


def test_an_extension_that_is_refused_leaves_its_request_open(stage: Stage) -> None:
    number = stage.draft("anna")
    request = ask(stage, number, "call closes", TWENTIETH)
    before = stage.dump()
    with refused("past", "order"):
        stage.cycle.answer_extension(
            stage.key, request, granted=True, words="", by=STAFF, now=CALL, to=date(2029, 1, 1)
        )
    assert stage.dump() == before


def test_what_is_owed_may_be_asked_later_too(stage: Stage) -> None:
    (number,) = stage.working("anna")
    now = at("2031-06-10T10:00")  # it is overdue
    request = ask(stage, number, "report", date(2031, 7, 1), now=now)
    assert [row.of for row in stage.rows(ExtensionRequestRow)] == ["report 1"]
    stage.cycle.answer_extension(stage.key, request, granted=True, words="", by=STAFF, now=now)
    assert [(row.details["of"], row.details["new"]) for row in stage.journal("extended")] == [
        ("report 1", "2031-07-01")
    ]


@pytest.mark.parametrize(
    ("of", "to", "by", "codes"),
    [
        ("call closes", None, BERT, ("role",)),
        ("call closes", None, STAFF, ("role",)),
        ("reading closes", None, ANNA, ("state",)),
        ("report", None, ANNA, ("obligation",)),
        ("call closes", date(2030, 1, 1), ANNA, ("day", "day")),
        ("call closes", date(2030, 3, 1), ANNA, ("day",)),
    ],
)
def test_what_cannot_be_asked_is_refused(
    stage: Stage, of: str, to: date | None, by: str, codes: tuple[str, ...]
) -> None:
    number = stage.draft("anna")
    stage.draft("bert")
    before = stage.dump()
    with refused(*codes):
        ask(stage, number, of, to, by=by)
    with pytest.raises(Unknown):
        ask(stage, number, "call opens")
    assert stage.dump() == before


def test_after_the_close_nothing_is_asked_any_more(stage: Stage) -> None:
    number = stage.handed_in("anna")
    with refused("state"):
        ask(stage, number, "call closes")
    with pytest.raises(Unknown):
        stage.cycle.answer_extension(stage.key, 1, granted=False, words="no", by=STAFF, now=CALL)

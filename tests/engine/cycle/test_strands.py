"""Does each dossier stand in one strand, chosen when it is started, changed with a reason, and judged by itself?"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from stage import CALL, MEMBER, READING, STAFF, STRANDS, STRANDS_2030, Stage, applicant, at, programme

from engine.cycle import Imported
from engine.cycle.planning import plan
from engine.database import journal
from engine.database.caps import Cap, caps_of
from engine.database.connection import Database
from engine.database.records import DossierRow, JournalRow
from engine.errors import Refused
from engine.files.reading import Programme

RELEASED = at("2030-03-30T00:01")


def two_lists() -> Programme:
    return programme(STRANDS, STRANDS_2030, name="strands")


@pytest.fixture
def lists(database: Database) -> Stage:
    return Stage(database, two_lists()).open()


def why_not(act: Callable[[], object]) -> list[str]:
    """The sentences with which an act is refused."""
    with pytest.raises(Refused) as raised:
        act()
    return [str(reason) for reason in raised.value.reasons]


def started(lists: Stage, **given: Any) -> Callable[[], object]:
    who = applicant("anna")
    return lambda: lists.cycle.start_dossier(
        lists.key, organisation="House", email=who, name="Anna", language="en", by=who, now=CALL, **given
    )


def test_a_dossier_is_started_in_one_of_the_strands(lists: Stage) -> None:
    assert why_not(started(lists)) == ["say in which strand the dossier stands: small, large"]
    assert why_not(started(lists, strand="smal")) == ['there is no strand "smal"; did you mean "small"?']
    lists.draft("anna", strand="small")
    assert [(row.strand, row.organisation) for row in lists.rows(DossierRow)] == [("small", "House of anna")]


def test_no_strand_is_taken_where_the_rules_have_none(stage: Stage) -> None:
    assert why_not(started(stage, strand="small")) == ["small has no strands"]


def test_a_dossier_that_is_brought_in_says_its_strand(lists: Stage) -> None:
    row = Imported("House", applicant("bo"), "Bo", "en", state="handed", received_at=CALL, strand="large",
                   answers={"amount": 8000})  # fmt: skip
    (number,) = lists.cycle.import_dossiers(lists.key, [row], by=STAFF, now=CALL)
    assert [(one.number, one.strand) for one in lists.rows(DossierRow)] == [(number, "large")]


def test_the_limit_of_a_question_is_that_of_the_strand(lists: Stage) -> None:
    small, large = lists.draft("anna", strand="small"), lists.draft("bert", strand="large")
    asks = {"amount": 2001}
    assert why_not(lambda: lists.cycle.answer(lists.key, small, asks, by=applicant("anna"), now=CALL)) == [
        '"amount" is 2,001, and at most 2,000 may be asked'
    ]
    lists.cycle.answer(lists.key, large, asks, by=applicant("bert"), now=CALL)


def changed(lists: Stage, number: str, strand: str, *, by: str = STAFF, reason: str | None = "It asks for two years.",
            now: int = READING) -> Callable[[], object]:  # fmt: skip
    return lambda: lists.cycle.change_strand(lists.key, number, strand, by=by, now=now, reason=reason)


def test_staff_change_it_with_a_reason_that_the_journal_keeps(lists: Stage) -> None:
    number = lists.handed_in("anna", strand="small")
    assert why_not(changed(lists, number, "large", by=applicant("anna"))) == ["only programme staff may do this"]
    assert why_not(changed(lists, number, "large", reason=" ")) == ["a written reason is required"]
    assert why_not(changed(lists, number, "small")) == [f'{number} stands in "Small" already']
    assert why_not(changed(lists, number, "larg")) == ['there is no strand "larg"; did you mean "large"?']
    changed(lists, number, "large")()
    (noted,) = [row.details for row in lists.rows(JournalRow) if row.what == "strand changed"]
    assert noted == {"before": "small", "strand": "large", "reason": "It asks for two years."}


def test_answers_must_keep_the_limits_of_the_strand_that_a_dossier_comes_into(lists: Stage) -> None:
    number = lists.draft("anna", strand="large")
    lists.cycle.answer(lists.key, number, {"amount": 5000}, by=applicant("anna"), now=CALL)
    assert why_not(changed(lists, number, "small", now=CALL)) == ['"amount" is 5,000, and at most 2,000 may be asked']


def test_whoever_holds_a_place_comes_only_into_a_strand_that_has_one(lists: Stage) -> None:
    numbers = [lists.handed_in(who, strand=strand) for who, strand in (("a", "small"), ("b", "large"), ("c", "large"))]
    for number in numbers:
        lists.cycle.score(lists.key, number, {"quality": 8}, by=MEMBER, now=CALL)
    lists.cycle.advance(RELEASED)
    # one place in the small list, and half of the two in the large one: a tie there takes nobody
    assert lists.states() == dict(zip(numbers, ("inside", "handed", "handed"), strict=True))
    lists.cycle.score(lists.key, numbers[1], {"quality": 9}, by=MEMBER, now=RELEASED + 1)
    assert lists.states()[numbers[1]] == "inside"
    assert why_not(changed(lists, numbers[1], "small", now=RELEASED + 2)) == [
        'all 1 places of "Small" in "Inside" are held'
    ]
    assert why_not(changed(lists, numbers[2], "small", now=RELEASED + 2)) == [
        'with one dossier less there would be fewer places of "Large" in "Inside" than are held'
    ]


def caps(lists: Stage) -> tuple[Cap, ...]:
    rules = lists.programme.rules_of("2030")
    with lists.database.reading() as session:
        return caps_of(session, rules, 1, rules.transitions["admit"])


def test_places_are_counted_for_each_strand_and_a_share_is_one_of_its_own_dossiers(lists: Stage) -> None:
    for who in ("a", "b", "c", "d", "e"):
        lists.handed_in(who, strand="large")
    one = lists.handed_in("f", strand="small")
    lists.draft("g", strand="large")
    lists.cycle.act(lists.key, one, "choose_by_hand", by=STAFF, now=READING, reason="Now.")
    counted = [(cap.scope, cap.most, cap.held, cap.left) for cap in caps(lists)]
    assert counted == [("small", 1, 1, 0), ("large", 2, 0, 2)]
    two = lists.handed_in("h", strand="small")
    assert why_not(lambda: lists.cycle.act(lists.key, two, "choose_by_hand", by=STAFF, now=READING, reason="Too.")) == [
        'at most 1 dossier of "Small" may be "Inside" (inside), and 1 place is held'
    ]


def test_a_guard_on_strands_lets_the_others_wait(lists: Stage) -> None:
    small, large = (lists.handed_in(who, strand=who) for who in ("small", "large"))
    for number in (small, large):
        lists.cycle.act(lists.key, number, "choose_by_hand", by=STAFF, now=READING, reason="Now.") \
            if number == small else None  # fmt: skip
    more = lists.handed_in("bo", strand="large")
    lists.cycle.act(lists.key, more, "choose_by_hand", by=STAFF, now=READING, reason="Now.")
    lists.cycle.advance(at("2030-06-03T09:30"))
    assert lists.states() == {small: "done", large: "handed", more: "inside"}
    (told,) = lists.ear.of("goes-on")
    (line,) = told.told.facts_of.values()
    assert line["strand"] == "Large"
    assert line["reasons"] == [{
        "code": "strand", "sentence": f'{more} stands in "Large" (large), and this is for "Small" (small)',
        "strand": "Large", "wanted": "Small",
    }]  # fmt: skip


def test_a_change_of_strand_lets_the_calendar_take_up_what_has_become_possible(lists: Stage) -> None:
    first, second = (lists.handed_in(who, strand="large") for who in ("a", "b"))
    lists.cycle.act(lists.key, first, "choose_by_hand", by=STAFF, now=READING, reason="Now.")
    lists.cycle.advance(at("2030-06-03T09:30"))
    assert lists.states() == {first: "inside", second: "handed"}
    changed(lists, first, "small", now=at("2030-06-04T10:00"))()
    assert lists.states() == {first: "done", second: "handed"}


def test_letters_say_the_strand_to_one_and_to_many_alike(lists: Stage) -> None:
    for who, strand in (("a", "large"), ("b", "small"), ("c", "large")):
        number = lists.handed_in(who, strand=strand)
        lists.cycle.score(lists.key, number, {"quality": 9 if who != "c" else 8}, by=MEMBER, now=CALL)
    lists.cycle.advance(at("2030-03-26T10:00"))
    lists.cycle.advance(RELEASED)
    said = {
        facts["dossier"]["number"]: facts["dossier"]["strand"]
        for one in lists.ear.of("admitted") for facts in one.told.facts_of.values()
    }  # fmt: skip
    assert said == {"SG30-001": "Large", "SG30-002": "Small"}
    (reminder,) = lists.ear.of("prepare")
    assert sorted(reminder.numbers) == ["SG30-001", "SG30-003"]


def test_the_chain_of_the_journal_holds_a_change_of_strand(lists: Stage) -> None:
    changed(lists, lists.handed_in("anna", strand="small"), "large")()
    with lists.database.reading() as session:
        assert journal.broken_links(session, 1) == ()
    assert json.dumps([row.strand for row in lists.rows(DossierRow)]) == '["large"]'


def test_a_number_that_a_round_gives_otherwise_is_seen_before_it_is_given(lists: Stage) -> None:
    lists.handed_in("anna", strand="small")
    more = programme(STRANDS, STRANDS_2030.replace("few = 1", "few = 2"), name="strands")
    found = plan(lists.cycle, lists.key, more, now=READING)
    assert found.reasons == ()
    assert [(gate.transition, gate.was, gate.now) for gate in found.gates if gate.transition == "choose_by_hand"] == [
        ("choose_by_hand", "at_most = { small = 1, large = 50 % }, reason = written",
         "at_most = { small = 2, large = 50 % }, reason = written"),
    ]  # fmt: skip

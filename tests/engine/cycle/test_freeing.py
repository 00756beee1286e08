"""A place that frees goes at once to the first who waits for one, never to more than there are places."""

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from databases import BOTH, fresh, fresh_on
from stage import (
    NETWORK,
    NETWORK_2030,
    SECOND,
    STAFF,
    Stage,
    applicant,
    ask_what_must_hold,
    at,
    programme,
    refused,
    sentences,
)

from engine.cycle.scene import CALENDAR
from engine.database.connection import Database
from engine.database.records import HeldBackRow

SIGN_UP = at("2030-02-10T10:00")
UNDO_FOR = 600 * SECOND
LATER = at("2030-03-10T10:00")


def network(database: Database, places: int = 2, guards: str = "", edits: Mapping[str, str] | None = None) -> Stage:
    """The learning network with so many places, which are offered while further `guards` hold."""
    cap = {"only_if = { at_most = 18 }": f"only_if = {{ {guards}at_most = {places} }}"}
    return Stage(database, programme(NETWORK, NETWORK_2030, name="network", edits={**cap, **(edits or {})})).open()


@pytest.fixture
def here() -> Iterator[Database]:
    """A database in memory: that the others do the same the property test of cohorts holds."""
    opened = fresh("sqlite://")
    yield opened
    ask_what_must_hold()
    opened.close()


@pytest.fixture
def small(here: Database) -> Stage:
    """Two places."""
    return network(here)


def signed_up(stage: Stage, *who: str, now: int = SIGN_UP) -> list[str]:
    """Dossiers that signed up a second after one another."""
    numbers = []
    for place, one in enumerate(who):
        numbers.append(stage.cycle.start_dossier(
            stage.key, organisation=one, email=applicant(one), name=one, language="en", by=applicant(one), now=now
        ))  # fmt: skip
        stage.cycle.answer(stage.key, numbers[-1], {"title": "To listen"}, by=applicant(one), now=now)
        stage.cycle.act(stage.key, numbers[-1], "sign_up", by=applicant(one), now=now + place * SECOND)
    return numbers


def freeings(stage: Stage) -> list[str]:
    return [key for key, row in stage.deadlines().items() if row.kind == "freeing"]


def test_whoever_comes_while_there_is_a_place_has_it_at_once_and_the_others_wait(small: Stage) -> None:
    numbers = signed_up(small, "anna", "bert", "cleo", "dirk")
    assert list(small.states().values()) == ["offered", "offered", "waiting", "waiting"]
    assert [move[1:] for move in small.transitions() if move[0] == numbers[1]] == [
        ("sign_up", "draft", "waiting", SIGN_UP + SECOND), ("offer_next", "waiting", "offered", SIGN_UP + SECOND),
    ]  # fmt: skip
    assert small.ear.letters(role="applicant") == [
        ("applicant", "on-the-list", (numbers[0],)), ("applicant", "place-offered", (numbers[0],)),
        ("applicant", "on-the-list", (numbers[1],)), ("applicant", "place-offered", (numbers[1],)),
        ("applicant", "on-the-list", (numbers[2],)), ("applicant", "on-the-list", (numbers[3],)),
    ]  # fmt: skip
    assert freeings(small) == ["place offer_next 1", "place offer_next 2"]


def test_a_place_that_is_given_back_goes_to_the_first_of_the_list_in_the_same_transaction(
    database: Database,
) -> None:
    small = network(database)
    numbers = signed_up(small, "anna", "bert", "cleo", "dirk")
    heard = len(small.ear.heard)
    small.cycle.act(small.key, numbers[0], "pass_on", by=STAFF, now=LATER)
    assert list(small.states().values()) == ["passed_on", "offered", "offered", "waiting"]
    assert small.ear.letters(since=heard) == [
        ("applicant", "offer-lapsed", (numbers[0],)), ("applicant", "place-offered", (numbers[2],))
    ]  # fmt: skip
    assert {one.leaves_at for one in small.ear.heard[heard:]} == {LATER}
    last = small.journal()[-1].link_id
    assert [(row.what, row.actor, row.at) for row in small.journal() if row.link_id == last] == [
        ("transition", STAFF, LATER), ("place freed", CALENDAR, LATER), ("transition", CALENDAR, LATER),
    ]  # fmt: skip


def test_a_place_is_kept_by_whoever_accepts_it_and_given_back_by_whoever_leaves(small: Stage) -> None:
    numbers = signed_up(small, "anna", "bert", "cleo")
    small.cycle.act(small.key, numbers[0], "accept", by=applicant("anna"), now=LATER)
    assert small.state(numbers[2]) == "waiting"
    small.cycle.act(small.key, numbers[0], "leave", by=applicant("anna"), now=LATER + SECOND)
    assert small.state(numbers[2]) == "offered"


def test_one_dossier_may_be_offered_a_place_more_than_once_each_time_by_a_freeing_of_its_own(small: Stage) -> None:
    (number,) = signed_up(small, "anna")
    for round in (1, 2):
        small.cycle.act(small.key, number, "not_now", by=applicant("anna"), now=LATER + round * SECOND)
        small.cycle.act(small.key, number, "come_back", by=applicant("anna"), now=LATER + round * SECOND + 1)
    assert [move[1] for move in small.transitions()] == ["sign_up", *["offer_next", "not_now", "come_back"] * 2,
                                                         "offer_next"]  # fmt: skip
    assert freeings(small) == ["place offer_next 1", "place offer_next 2", "place offer_next 3"]
    assert small.ear.letters(role="applicant").count(("applicant", "place-offered", (number,))) == 3


def test_several_places_that_free_at_once_go_to_as_many_in_one_freeing(small: Stage) -> None:
    numbers = signed_up(small, "anna", "bert", "cleo", "dirk", "elsa")
    small.cycle.move(small.key, numbers[:2], "pass_on", by=STAFF, now=LATER, undo_for=UNDO_FOR)
    assert list(small.states().values()) == ["passed_on", "passed_on", "offered", "offered", "waiting"]
    assert freeings(small)[2:] == ["place offer_next 3"]


def test_when_the_window_opens_the_places_that_are_free_are_given_in_order(
    database: Database,
) -> None:
    small = network(database)
    early = signed_up(small, "anna", "bert", "cleo", now=at("2030-01-20T10:00"))
    assert list(small.states().values()) == ["waiting"] * 3
    heard = len(small.ear.heard)
    small.cycle.advance(at("2030-02-04T00:00"))
    assert list(small.states().values()) == ["offered", "offered", "waiting"]
    # a midnight of the calendar: the letters leave in the morning
    assert [(one.letter, one.numbers, one.leaves_at) for one in small.ear.heard[heard:]] == [
        ("place-offered", tuple(early[:2]), at("2030-02-04T09:00"))
    ]  # fmt: skip


def test_when_the_window_has_closed_no_place_is_given_any_more(here: Database) -> None:
    stays = {'when = "places closes"\ntell = { applicant = "no-place" }': 'when = "network closes"'}
    stage = network(here, edits=stays)
    numbers = signed_up(stage, "anna", "bert", "cleo")
    stage.cycle.act(stage.key, numbers[0], "pass_on", by=STAFF, now=at("2030-05-01T00:00"))
    assert list(stage.states().values()) == ["passed_on", "offered", "waiting"]


def test_what_the_calendar_frees_is_given_as_of_its_instant_however_late_it_comes(here: Database) -> None:
    lapse = '[transition.lapse_offer]\nfrom = "offered"\nto = "passed_on"\nwhen = "call closes"\n\n[transition.accept]'
    stage = network(here, edits={"[transition.accept]": lapse})
    numbers = signed_up(stage, "anna", "bert", "cleo")
    stage.cycle.advance(at("2030-06-01T10:00"))
    assert [move for move in stage.transitions() if move[0] == numbers[2]][1:] == [
        (numbers[2], "offer_next", "waiting", "offered", at("2030-03-02T00:00")),
        (numbers[2], "lapse_offer", "offered", "passed_on", at("2030-03-02T00:00")),
    ]  # fmt: skip


def test_who_could_have_a_place_and_is_held_back_by_another_guard_is_told_of_once(database: Database) -> None:
    stage = network(database, guards='attended = "intake", ')
    numbers = signed_up(stage, "anna", "bert", "cleo")
    (heard, *more) = [one for one in stage.ear.heard if one.letter == "no-intake-yet" and one.numbers == (numbers[0],)]
    assert (more, [sentences(facts) for facts in heard.told.facts_of.values()]) == (
        [], [[f'nobody came for {numbers[0]} to "Intake call" (intake)']]
    )  # fmt: skip
    stage.cycle.attend(stage.key, numbers[1], "intake", by=STAFF, now=LATER)
    assert list(stage.states().values()) == ["waiting", "offered", "waiting"]
    assert len(stage.rows(HeldBackRow)) == len(stage.ear.of("no-intake-yet")) == 3


def test_who_only_finds_no_place_is_not_held_back_and_nobody_is_told(small: Stage) -> None:
    numbers = signed_up(small, "anna", "bert", "cleo", "dirk")
    small.cycle.act(small.key, numbers[0], "pass_on", by=STAFF, now=LATER)
    assert (small.rows(HeldBackRow), small.ear.of("no-intake-yet")) == ([], [])


def test_a_tie_for_the_last_place_is_left_to_staff_who_hear_of_it_once(here: Database) -> None:
    stage = network(here)
    early = at("2030-01-20T10:00")
    for who in ("anna", "bert", "cleo"):
        signed_up(stage, who, now=early)  # all in the same microsecond
    stage.cycle.advance(at("2030-02-05T10:00"))
    assert list(stage.states().values()) == ["waiting"] * 3
    assert [sentences(facts) for facts in stage.ear.of("no-intake-yet")[0].told.facts_of.values()] == [
        [f"LN30-00{number} ranks 1: ties at the last place"] for number in (1, 2, 3)
    ]  # fmt: skip
    signed_up(stage, "dirk")
    assert len(stage.ear.of("no-intake-yet")) == 1


@pytest.mark.parametrize(("ties", "states"), [("in", ["offered"] * 3), ("out", ["waiting"] * 3)])
def test_a_tie_is_settled_as_the_rules_say(here: Database, ties: str, states: list[str]) -> None:
    stage = network(here, edits={'order   = ["received"]': f'order   = ["received"]\nties    = "{ties}"'})
    stage.tampered = "three places are held of two, by the rules" if ties == "in" else ""
    for who in ("anna", "bert", "cleo"):
        signed_up(stage, who, now=at("2030-01-20T10:00"))
    stage.cycle.advance(at("2030-02-05T10:00"))
    assert list(stage.states().values()) == states


def test_without_a_window_a_place_may_free_at_any_time(here: Database) -> None:
    stage = network(here, edits={'when    = "a place frees"\nduring  = "places"': 'when    = "a place frees"'})
    numbers = signed_up(stage, "anna", "bert", "cleo", now=at("2030-01-20T10:00"))
    assert list(stage.states().values()) == ["offered", "offered", "waiting"]
    assert "transition offer_next" not in stage.deadlines()
    stage.cycle.act(stage.key, numbers[1], "not_now", by=applicant("bert"), now=at("2030-01-21T10:00"))
    assert stage.state(numbers[2]) == "offered"


def test_a_date_of_one_dossier_alone_neither_delays_its_place_nor_gives_it_one(small: Stage) -> None:
    early = at("2030-01-20T10:00")
    (number,) = signed_up(small, "anna", now=early)
    small.cycle.extend(
        small.key, "places opens", date(2030, 2, 20), reason="ill", by=STAFF, now=early, dossier=number
    )  # fmt: skip
    assert f"transition offer_next {number}" not in small.deadlines()
    small.cycle.advance(at("2030-02-04T00:00"))
    assert small.state(number) == "offered"


def test_nobody_makes_the_move_by_hand(small: Stage) -> None:
    numbers = signed_up(small, "anna", "bert", "cleo")
    with refused("calendar") as told:
        small.cycle.act(small.key, numbers[2], "offer_next", by=STAFF, now=LATER)
    assert told == ['"offer_next" is made by the calendar (a place frees), not by a person']


def test_an_act_is_not_undone_once_its_place_was_taken(small: Stage) -> None:
    numbers = signed_up(small, "anna", "bert")
    now = SIGN_UP + 60 * SECOND
    batch = small.cycle.move(small.key, numbers[:1], "pass_on", by=STAFF, now=now, undo_for=UNDO_FOR)
    signed_up(small, "cleo", now=now + SECOND)
    with refused("left"):
        small.cycle.undo(small.key, batch, by=STAFF, now=now + 2 * SECOND)
    assert list(small.states().values()) == ["passed_on", "offered", "offered"]


def test_an_act_whose_place_nobody_took_is_undone(small: Stage) -> None:
    numbers = signed_up(small, "anna", "bert")
    now = SIGN_UP + 60 * SECOND
    batch = small.cycle.move(small.key, numbers[:1], "pass_on", by=STAFF, now=now, undo_for=UNDO_FOR)
    small.cycle.undo(small.key, batch, by=STAFF, now=now + 2 * SECOND)
    signed_up(small, "cleo", now=now + 3 * SECOND)
    assert list(small.states().values()) == ["offered", "offered", "waiting"]


def test_an_act_that_gave_a_place_away_at_once_is_final(small: Stage) -> None:
    numbers = signed_up(small, "anna", "bert", "cleo")
    now = SIGN_UP + 60 * SECOND
    batch = small.cycle.move(small.key, numbers[:1], "pass_on", by=STAFF, now=now, undo_for=UNDO_FOR)
    with refused("left"):
        small.cycle.undo(small.key, batch, by=STAFF, now=now + 2 * SECOND)


@pytest.fixture(params=BOTH)
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database that several threads have open at once."""
    if request.param == "postgresql":
        with fresh_on("postgresql") as opened:
            yield opened
            ask_what_must_hold()
        return
    opened = fresh(f"sqlite:///{tmp_path / 'network.db'}")
    yield opened
    ask_what_must_hold()
    opened.close()


def test_of_many_who_come_and_go_at_the_same_time_no_more_have_a_place_than_there_are(shared: Database) -> None:
    stage = network(shared, places=5)
    people = [f"p{place}" for place in range(12)]
    drafts = []
    for who in people:
        drafts.append((who, stage.cycle.start_dossier(
            stage.key, organisation=who, email=applicant(who), name=who, language="en", by=applicant(who), now=SIGN_UP
        )))  # fmt: skip
        stage.cycle.answer(stage.key, drafts[-1][1], {"title": "To listen"}, by=applicant(who), now=SIGN_UP)

    def comes(draft: tuple[str, str]) -> None:
        who, number = draft
        now = SIGN_UP + SECOND + people.index(who)
        stage.cycle.act(stage.key, number, "sign_up", by=applicant(who), now=now)

    def gives_back(number: str) -> None:
        stage.cycle.act(stage.key, number, "pass_on", by=STAFF, now=SIGN_UP + 2 * SECOND)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(comes, drafts))
        assert Counter(stage.states().values()) == {"offered": 5, "waiting": 7}
        list(pool.map(gives_back, [number for number, state in stage.states().items() if state == "offered"]))
    assert Counter(stage.states().values()) == {"passed_on": 5, "offered": 5, "waiting": 2}

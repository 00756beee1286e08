"""Does a rule about an applicant's other dossiers hold in every round, and do staff alone lift it, with a reason?"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from databases import BOTH, fresh, fresh_on
from prizes import Prizes
from stage import applicant, ask_what_must_hold, refused
from yearly_prizes import JUROR, STAFF, at, key

from engine import faults
from engine.cycle.together import NotAll
from engine.database.connection import Database
from engine.database.records import ConflictRow
from engine.errors import Refused


@contextmanager
def shared(kind: str, folder: Path) -> Iterator[Database]:
    """A database that two threads use at once, each over a connection of its own."""
    if kind == "postgresql":
        with fresh_on(kind) as database:
            yield database
            ask_what_must_hold()
        return
    database = fresh(f"sqlite:///{folder / 'grantcycle.db'}")
    yield database
    ask_what_must_hold()
    database.close()


@pytest.fixture
def quick() -> Iterator[Database]:
    """One database, where the same question is put to both of them elsewhere."""
    with fresh_on("sqlite") as opened:
        yield opened
        ask_what_must_hold()


@contextmanager
def watching(see: Callable[[str], object]) -> Iterator[None]:
    """Have `see` called at every point at which something may die."""
    faults.arm(see)
    try:
        yield
    finally:
        faults.arm(None)


def test_one_dossier_of_an_organisation_is_taken_in_a_round_however_its_name_is_written(quick: Database) -> None:
    play = Prizes(quick).open("2030")
    first = play.handed_in("2030", "anna", "Vzw De Brug")
    second = play.draft("2030", "bert", "V.Z.W. DE  BRÜG")
    with refused("once_per") as sentences:
        play.submit("2030", second, "bert")
    assert sentences == [
        "the same organisation has handed in another dossier on 2030-02-12, and one is taken in a round"
    ]
    play.move("2030", first, "withdraw", by=applicant("anna"), day="02-20T10:00")
    play.submit("2030", second, "bert", "02-21T10:00")
    assert play.stage.states() == {first: "withdrawn", second: "handed"}


def test_the_other_dossier_is_named_only_to_who_may_know_of_it(quick: Database) -> None:
    play = Prizes(quick).open("2030")
    first = play.handed_in("2030", "anna", "De Brug")
    play.cycle.add_contact(
        key("2030"), first, email=applicant("bert"), name="Bert", language="en", by=applicant("anna"),
        now=at("2030", "02-13T10:00"),
    )  # fmt: skip
    for who, which in (("bert", f"{first} (prizes/2030)"), ("carl", "another dossier")):
        number = play.draft("2030", who, "De Brug")
        with refused("once_per") as sentences:
            play.submit("2030", number, who, "02-14T10:00")
        assert sentences == [f"the same organisation has handed in {which} on 2030-02-12, and one is taken in a round"]


GUARDS = 'once_per = { organisation = "1 round" }, clear_of = { prize = "2 years" }'
PERSON = {GUARDS: 'once_per = "person"'}
TWO_ROUNDS = {GUARDS: 'once_per = { person = "2 rounds" }'}
FOLLOWS = {GUARDS: 'follows = { prize = "1 round", declined = "ever" }'}


def test_one_dossier_of_a_person_is_taken_in_all_rounds_also_when_they_left_it(database: Database) -> None:
    play = Prizes(database, PERSON).open("2030", "2031")
    first = play.handed_in("2030", "anna")
    now = at("2030", "02-20T10:00")
    play.cycle.add_contact(
        key("2030"), first, email=applicant("bert"), name="Bert", language="en", by=applicant("anna"), now=now
    )
    play.cycle.remove_contact(key("2030"), first, email=applicant("anna"), by=applicant("bert"), now=now)
    for who, organisation in (("anna", "Another house"), ("bert", "A third house")):
        number = play.draft("2031", who, organisation)
        with refused("once_per"):
            play.submit("2031", number, who)
        assert play.state(number) == "draft"


def test_of_two_rounds_in_a_row_one_is_answered_whichever_comes_first(quick: Database) -> None:
    play = Prizes(quick, TWO_ROUNDS).open("2030", "2030_bis", "2031")
    second = play.handed_in("2030_bis", "anna")
    for year in ("2030", "2031"):
        number = play.draft(year, "anna", "Another house")
        with refused("once_per") as sentences:
            play.submit(year, number, "anna")
        assert sentences == [
            f"somebody who speaks for this dossier has handed in {second} (prizes/2030_bis) on 2030-02-12, "
            "and one is taken in 2 rounds in a row"
        ]
    play.handed_in("2030", "bert")
    assert play.state(play.handed_in("2031", "bert")) == "handed"


def test_a_prize_keeps_an_organisation_away_until_the_day_two_years_later(quick: Database) -> None:
    play = Prizes(quick).open("2030", "2031", "2032")
    prize = play.awarded("2030", "anna", "De Brug")
    early = play.draft("2031", "anna", "De Brug")
    with refused("clear_of") as sentences:
        play.submit("2031", early, "anna")
    assert sentences == [
        f'{prize} (prizes/2030) of the same organisation became "Prize" (prize) on 2030-03-10, '
        "which counts until 2032-03-10"
    ]
    number = play.draft("2032", "anna", "De Brug")
    play.cycle.extend(
        key("2032"), "call closes", date(2032, 3, 20), reason="more time", by=STAFF, now=at("2032", "02-20T10:00")
    )
    with refused("clear_of"):
        play.submit("2032", number, "anna", "03-09T23:59")
    play.submit("2032", number, "anna", "03-10T00:00")
    assert play.state(number) == "handed"


def test_a_prize_that_was_taken_back_keeps_nobody_away(quick: Database) -> None:
    play = Prizes(quick).open("2030", "2031")
    number = play.handed_in("2030", "anna", "De Brug")
    play.cycle.advance(at("2030", "03-05T10:00"))
    now = at("2030", "03-10T10:00")
    batch = play.cycle.move(key("2030"), [number], "award", by=JUROR, now=now, reason=None, undo_for=10**9)
    play.cycle.undo(key("2030"), batch, by=JUROR, now=now + 1)
    assert play.state(play.handed_in("2031", "anna", "De Brug")) == "handed"


def test_the_calendar_holds_a_cohort_back_and_takes_it_once_staff_lift_the_rule(database: Database) -> None:
    play = Prizes(database).open("2030", "2030_bis")
    play.move("2030", play.handed_in("2030", "anna", "De Brug"), "decline_unread", day="02-20T10:00")
    held, free = play.handed_in("2030_bis", "bert", "De Brug"), play.handed_in("2030_bis", "carl")
    play.cycle.advance(at("2030", "03-05T10:00"))
    assert (play.state(held), play.state(free)) == ("handed", "read")
    (told,) = play.ear.of("not-taken-up")
    assert [line["reasons"][0]["sentence"] for line in told.told.facts_of.values()] == [
        'an earlier dossier of the same organisation became "Declined" (declined) on 2030-02-20'
    ]
    now = at("2030", "03-06T10:00")
    with refused("reason"):
        play.cycle.lift(key("2030_bis"), held, "clear_of", reason=" ", by=STAFF, now=now)
    with refused("role"):
        play.cycle.lift(key("2030_bis"), held, "clear_of", reason="ours", by=applicant("bert"), now=now)
    with refused("lift"):
        play.cycle.lift(key("2030_bis"), held, "follows", reason="ours", by=STAFF, now=now)
    play.cycle.lift(key("2030_bis"), held, "clear_of", reason="the first was ours to mend", by=STAFF, now=now)
    with refused("lift"):
        play.cycle.lift(key("2030_bis"), held, "clear_of", reason="again", by=STAFF, now=now)
    assert play.state(held) == "read"


def test_what_is_put_back_is_held_against_the_dossier_again(quick: Database) -> None:
    play = Prizes(quick).open("2030", "2031")
    play.awarded("2030", "anna", "De Brug")
    number, now = play.draft("2031", "anna", "De Brug"), at("2031", "02-11T10:00")
    play.cycle.lift(key("2031"), number, "clear_of", reason="another house by now", by=STAFF, now=now)
    play.cycle.put_back(key("2031"), number, "clear_of", by=STAFF, now=now)
    with refused("lift"):
        play.cycle.put_back(key("2031"), number, "clear_of", by=STAFF, now=now)
    with refused("clear_of"):
        play.submit("2031", number, "anna")


def test_a_second_application_follows_one_that_ended_so_recently(database: Database) -> None:
    play = Prizes(database, FOLLOWS).open("2030", "2030_bis", "2031")
    fresh = play.draft("2031", "carl")
    with refused("follows") as sentences:
        play.submit("2031", fresh, "carl")
    assert sentences == [
        'no earlier dossier of the same organisation became "Prize" (prize) or "Declined" (declined)'
    ]
    went = (("anna", "award", "2030"), ("bert", "decline", "2030"), ("dirk", "award", "2030_bis"))
    numbers = {}
    for who, _, year in went:
        number = numbers[who] = play.draft(year, who)
        play.cycle.lift(key(year), number, "follows", reason="the first year", by=STAFF, now=at(year, "02-11T10:00"))
        play.submit(year, number, who)
    play.cycle.advance(at("2030", "03-05T10:00"))
    for who, transition, year in went:
        play.move(year, numbers[who], transition, by=JUROR)
    found = {}
    for who in ("anna", "bert", "dirk"):
        number = play.draft("2031", who)
        try:
            play.submit("2031", number, who)
        except Refused as refusal:
            found[who] = [one.code for one in refusal.reasons]
        else:
            found[who] = [play.state(number)]
    assert found == {"anna": ["follows"], "bert": ["handed"], "dirk": ["handed"]}


def test_two_names_that_staff_join_are_one_organisation_until_they_part_them(database: Database) -> None:
    play = Prizes(database).open("2030", "2031")
    play.handed_in("2030", "anna", "De Brug")
    now = at("2030", "02-13T10:00")

    def may(who: str, organisation: str) -> bool:
        number = play.draft("2030", who, organisation)
        try:
            play.submit("2030", number, who, "02-14T10:00")
        except Refused as refusal:
            return [one.code for one in refusal.reasons] != ["once_per"]
        play.move("2030", number, "withdraw", by=applicant(who), day="02-14T11:00")
        return True

    assert may("bert", "Brug vzw")
    with refused("role"):
        play.cycle.join_names(key("2030"), "Brug vzw", "De Brug", by=applicant("anna"), now=now)
    with refused("names"):
        play.cycle.join_names(key("2030"), "de brug!", "De Brug", by=STAFF, now=now)
    play.cycle.join_names(key("2030"), "Brug vzw", "De Brug", by=STAFF, now=now)
    play.cycle.join_names(key("2031"), "Le Pont", "Brug VZW", by=STAFF, now=now)
    assert [may(who, name) for who, name in (("carl", "Brug vzw"), ("dirk", "LE PONT"), ("emma", "Een huis"))] == [
        False, False, True
    ]  # fmt: skip
    play.cycle.part_name(key("2030"), "De Brug", by=STAFF, now=now)
    assert [may(who, name) for who, name in (("fien", "Le Pont"), ("gust", "De Brug"))] == [True, False]
    play.cycle.part_name(key("2030"), "Le Pont", by=STAFF, now=now)
    with refused("names"):
        play.cycle.part_name(key("2030"), "Brug vzw", by=STAFF, now=now)


def test_only_members_of_the_committee_make_a_move_that_is_theirs(database: Database) -> None:
    play = Prizes(database).open("2030")
    number, other = play.handed_in("2030", "anna"), play.handed_in("2030", "bert")
    play.cycle.advance(at("2030", "03-05T10:00"))
    with refused("member_of") as sentences:
        play.move("2030", number, "award")
    assert sentences == ['only members of "Jury" (jury) may do this']
    play.move("2030", number, "award", by=JUROR)
    now = at("2030", "03-11T10:00")
    with pytest.raises(NotAll):
        play.cycle.move(key("2030"), [other], "award", by=STAFF, now=now, reason=None, undo_for=0)
    play.cycle.move(key("2030"), [other], "award", by=JUROR, now=now, reason=None, undo_for=0)
    assert play.stage.states() == {number: "prize", other: "prize"}


@pytest.mark.parametrize("kind", BOTH)
def test_of_two_dossiers_of_one_person_that_are_handed_in_at_once_in_two_rounds_one_is_refused(
    kind: str, tmp_path: Path
) -> None:
    with shared(kind, tmp_path) as database:
        play = Prizes(database, PERSON).open("2030", "2030_bis")
        years = ("2030", "2030_bis")
        numbers = [play.draft(year, "anna", f"House {year}") for year in years]
        both, found = threading.Barrier(2), []

        def race(year: str, number: str) -> None:
            both.wait()
            try:
                play.submit(year, number, "anna")
            except Refused as refusal:
                found.append([one.code for one in refusal.reasons])

        racers = [threading.Thread(target=race, args=one) for one in zip(years, numbers, strict=True)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        assert found == [["once_per"]]
        assert sorted(play.stage.states().values()) == ["draft", "handed"]


def test_who_hands_in_a_dossier_waits_for_who_hands_in_another_of_the_programme(tmp_path: Path) -> None:
    """Held still between judging and committing: the second is judged only when the first is there to be seen."""
    with shared("postgresql", tmp_path) as database:
        play = Prizes(database, PERSON).open("2030", "2030_bis")
        first, second = play.draft("2030", "anna"), play.draft("2030_bis", "anna", "Another house")
        judged, found = threading.Event(), []

        def second_one() -> None:
            try:
                play.submit("2030_bis", second, "anna")
            except Refused as refusal:
                found.append([one.code for one in refusal.reasons])

        later = threading.Thread(target=second_one)

        def wait(name: str) -> None:
            if name == "act judged" and not judged.is_set():
                judged.set()
                later.start()
                later.join(0.3)  # it cannot end while this one has judged and not committed
                found.append(["waits" if later.is_alive() else "has gone by"])

        with watching(wait):
            play.submit("2030", first, "anna")
        later.join()
        assert found == [["waits"], ["once_per"]]


ASKS = {
    '[transition.submit]': (
        '[question.earlier]\nask = "Which dossier does it follow?"\nkind = "dossier"\n\n'
        '[question.away]\nask = "Who must not read it?"\nkind = "conflicts"\n\n[transition.submit]'
    ),
    GUARDS: 'follows = { prize = "ever" }',
}


def test_the_dossier_that_is_named_must_be_ones_own_and_have_come_so_far(quick: Database) -> None:
    play = Prizes(quick, ASKS).open("2030", "2031")
    numbers = {}
    for who, organisation in (("anna", "De Brug"), ("bert", "De Brug")):
        numbers[who] = number = play.draft("2030", who, organisation)
        play.cycle.lift(key("2030"), number, "follows", reason="the first", by=STAFF, now=at("2030", "02-11T10:00"))
        play.submit("2030", number, who)
    play.cycle.advance(at("2030", "03-05T10:00"))
    play.move("2030", numbers["bert"], "award", by=JUROR)
    number, now = play.draft("2031", "anna", "De Brug"), at("2031", "02-11T10:00")
    with refused("follows") as sentences:
        play.submit("2031", number, "anna")
    assert sentences == ['the earlier dossier that is named did not become "Prize" (prize)']

    def name(text: str) -> None:
        play.cycle.answer(key("2031"), number, {"earlier": text}, by=applicant("anna"), now=now)

    for wrong in (f"prizes/2030/{numbers['bert']}", f"prizes/2031/{number}", "prizes/2030/SP30-009", "SP30-001"):
        with refused(*(["answer", "answer"] if wrong == "SP30-001" else ["answer"])):
            name(wrong)
    name(f"prizes/2030/{numbers['anna']}")
    with refused("follows"):
        play.submit("2031", number, "anna")
    play.move("2030", numbers["anna"], "award", by=JUROR, day="03-20T10:00")
    play.submit("2031", number, "anna")
    assert play.state(number) == "handed"


def test_who_is_named_by_address_steps_back_when_the_dossier_is_handed_in_but_never_the_last(quick: Database) -> None:
    play = Prizes(quick, ASKS).open("2030")
    other, late = "other@fund.example", "late@fund.example"

    def sits(email: str, day: str) -> None:
        now = at("2030", day)
        play.cycle.add_person(
            key("2030"), email=email, name=email, language="en", role="jury", by=STAFF, now=now
        )

    sits(other, "02-01T10:00")
    number, now = play.draft("2030", "anna"), at("2030", "02-11T10:00")
    away = f"Otto <{other.upper()}>\n{late}, our neighbour\nJo Roe\n{JUROR}"
    play.cycle.answer(key("2030"), number, {"away": away}, by=applicant("anna"), now=now)
    play.cycle.lift(key("2030"), number, "follows", reason="the first", by=STAFF, now=now)
    assert play.stage.rows(ConflictRow) == []
    play.submit("2030", number, "anna")
    people = {play.stage.person_id(email): email for email in (other, JUROR)}
    assert [(people[row.person_id], row.kept_away) for row in play.stage.rows(ConflictRow)] == [(other, True)]
    sits(late, "02-13T10:00")
    people[play.stage.person_id(late)] = late
    assert [people[row.person_id] for row in play.stage.rows(ConflictRow)] == [other, late]
    noted = [(row.actor, row.details["of"]) for row in play.stage.journal("conflict declared")]
    assert noted == [(applicant("anna"), other), (STAFF, late)]

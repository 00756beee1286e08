"""The lists of staff: each filter picks what it says, and what is kept is what would be worked out anew."""

from collections.abc import Callable, Iterator

import pytest
from asked import counted
from copies import play_once
from databases import BOTH, fresh, fresh_on
from played_rounds import END, call, reading, work
from sqlmodel import Session, col, select
from stage import (
    CALL,
    CHAIR,
    MEMBER,
    NOTICE,
    READING,
    STAFF,
    STAFF_2,
    THIRD,
    WITH_MEETINGS,
    Stage,
    applicant,
    programme,
)

from engine.database.connection import Database
from engine.database.pages import board, filtering
from engine.database.pages.cards import Card
from engine.database.pages.filtering import COUNTED, FLAGS, Filter, Meaningless
from engine.database.pages.kept import Kept
from engine.database.pages.lists import SORTS, Looking
from engine.database.records import DossierRow, ExtensionRow
from engine.database.store import current_answers, find_person, find_round, score_of, the_id
from engine.rules.moments import Calendar, Moment


@pytest.fixture(scope="module", params=BOTH)
def begun(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A round until its second year, with something for every filter to find; nobody changes it."""
    with fresh_on(request.param) as database:
        play_once("lists", database, play)
        yield Stage(database, programme(edits=WITH_MEETINGS))


def play(database: Database) -> None:
    small = Stage(database, programme(edits=WITH_MEETINGS)).open()
    for part in (call, reading):
        part(small)
    small.cycle.advance(NOTICE)
    work(small)
    small.cycle.advance(END)


def look(session: Session, stage: Stage, by: str = STAFF, kept: Kept | None = None) -> Looking:
    person, row = find_person(session, by), find_round(session, stage.key)
    assert person is not None
    closes = Calendar(stage.programme.rounds["2030"]).instant(Moment("call", "closes"))
    return Looking(
        session, kept or Kept(), stage.programme.workflow, digest=row.digest, round_id=the_id(row),
        person_id=the_id(person), closes=closes,
    )  # fmt: skip


def every_card(looking: Looking) -> list[Card]:
    return looking.cards(looking.ids(Filter()))


def test_a_card_says_what_the_rules_say_one_by_one(begun: Stage) -> None:
    """The same facts, worked out by what acts ask of one dossier."""
    with begun.database.reading() as session:
        cards = every_card(look(session, begun))
        rows = {row.number: row for row in session.exec(select(DossierRow).where(col(DossierRow.round_id) == 1)).all()}
        workflow = begun.programme.workflow
        asked = {number: current_answers(session, the_id(row)) for number, row in rows.items()}
        assert [one.number for one in cards] == sorted(rows)
        assert {one.number: (one.state, one.amount, one.title) for one in cards} == {
            number: (row.state, asked[number].get("amount"), asked[number].get("title") or row.organisation)
            for number, row in rows.items()
        }
        assert {one.number: one.mean for one in cards} == {
            number: score_of(session, workflow, the_id(row)) for number, row in rows.items()
        }
        assert {one.number: one.missing for one in cards} == {
            number: sum(name not in given for name in ("title", "amount")) for number, given in asked.items()
        }
        extended = set(session.exec(select(ExtensionRow.dossier_id)).all())
        assert {one.number for one in cards if one.extension} == {
            number for number, row in rows.items() if row.id in extended
        }
        assert {one.number: (one.conflicts, one.contact) for one in cards if one.conflicts} == {
            "SG30-002": (1, applicant("bert")), "SG30-003": (1, applicant("cleo")),
        }  # fmt: skip


SHOWS: dict[str, Callable[[Card], bool]] = {
    "overdue": lambda one: one.overdue > 0,
    "incomplete": lambda one: one.missing > 0 and one.state in ("draft", "handed", "read", "chosen", "working"),
    "late": lambda one: one.late,
    "extension": lambda one: one.extension,
    "asks": lambda one: one.asks,
    "conflict": lambda one: one.conflicts > 0,
    "held": lambda one: one.held,
    "decided": lambda one: one.verdict is not None,
    "undecided": lambda one: one.verdict is None and one.state == "read",
    "needs": lambda one: one.asks or one.held or one.overdue > 0,
}


def test_each_filter_picks_the_cards_that_show_it_and_its_count_is_theirs(begun: Stage) -> None:
    with begun.database.reading() as session:
        looking = look(session, begun)
        cards = every_card(looking)
        counts = looking.counts(*COUNTED)
        for name, shows in SHOWS.items():
            wanted = Filter(only=(name,))
            assert list(looking.ids(wanted)) == [one.id for one in cards if shows(one)], name
            assert (looking.totals(wanted).count, counts[name]) == (counts[name], sum(map(shows, cards))), name
        assert {*SHOWS, "differ"} == set(FLAGS)
        assert any(counts.values())


def test_filters_by_field_pick_what_they_say(begun: Stage) -> None:
    with begun.database.reading() as session:
        looking = look(session, begun)
        cards = every_card(looking)
        for wanted, fits in (
            (Filter(state=("declined", "withdrawn")), lambda one: one.state in ("declined", "withdrawn")),
            (Filter(amount_from=4000), lambda one: (one.amount or 0) >= 4000),
            (Filter(amount_to=3999.5), lambda one: one.amount is not None and one.amount <= 3999.5),
            (Filter(organisation="house of S"), lambda one: "songs" in one.organisation),
            (Filter(text="sg30-00"), lambda one: one.number.startswith("SG30-00")),
            (Filter(text="bert@"), lambda one: one.number == "SG30-002"),
            (Filter(text="100%_"), lambda _: False),
            (Filter(language=("en",)), lambda _: True),
            (Filter(language=("nl",)), lambda _: False),
        ):
            assert list(looking.ids(wanted)) == [one.id for one in cards if fits(one)], wanted


@pytest.mark.parametrize("sort", SORTS)
def test_an_order_turned_round_keeps_what_is_missing_at_its_end(begun: Stage, sort: str) -> None:
    of = {"received": "received_at", "entered": "entered_at", "due": "next_due"}.get(sort, sort)
    places = {state: place for place, state in enumerate(begun.programme.workflow.states)}
    with begun.database.reading() as session:
        looking = look(session, begun)
        shown: list[list[object]] = []
        for name in (sort, f"-{sort}"):
            cards = looking.cards(looking.ids(Filter(), name))
            values = [getattr(one, of) if of != "state" else places[one.state] for one in cards]
            values = [one.lower() if isinstance(one, str) and sort != "number" else one for one in values]
            missing = [one is None or (sort == "members" and one == 0) for one in values]
            assert missing == sorted(missing)
            shown.append([one for one, gone in zip(values, missing, strict=True) if not gone])
        assert shown == [sorted(shown[0]), sorted(shown[0], reverse=True)]  # type: ignore[type-var]  # of one kind each


def test_pages_of_a_list_are_the_list(begun: Stage) -> None:
    with begun.database.reading() as session:
        looking = look(session, begun)
        for sort in ("number", "-mean", "amount"):
            pages = [one for first in range(0, 12, 3) for one in looking.ids(Filter(), sort, limit=3, offset=first)]
            assert pages == list(looking.ids(Filter(), sort))


def test_the_board_counts_what_the_table_lists(begun: Stage) -> None:
    with begun.database.reading() as session:
        looking = look(session, begun)
        for wanted in (Filter(), Filter(only=("conflict",)), Filter(amount_from=4000)):
            columns = board.columns(looking, wanted)
            cards = looking.cards(looking.ids(wanted))
            assert {state: (one.count, one.asked) for state, one in columns.items()} == {
                state: (len(here), sum(one.amount or 0 for one in here))
                for state in columns
                for here in [[one for one in cards if one.state == state]]
            }  # fmt: skip


def test_marks_of_whoever_has_a_conflict_since_do_not_count() -> None:
    stage = Stage(fresh()).open()
    number = stage.handed_in("anna")
    for member, mark in ((MEMBER, 2), (CHAIR, 9)):
        stage.cycle.score(stage.key, number, {"quality": mark}, by=member, now=READING)
    stage.cycle.declare_conflict(stage.key, number, by=MEMBER, now=READING, reason="a cousin")
    with stage.database.reading() as session:
        (card,) = every_card(look(session, stage))
        assert (card.mean, card.spread, card.members, card.stepped_back) == (9.0, 0.0, 1, 1)


# ── Ties ─────────────────────────────────────────────────────────────────────


def test_dossiers_with_a_tie_are_in_no_answer(begun: Stage) -> None:
    """THIRD has a conflict with two; whoever speaks for one does not see it either."""
    with begun.database.reading() as session:
        own = {THIRD: {"SG30-002", "SG30-003"}, applicant("anna"): {"SG30-001"}}
        everything = {one.number for one in every_card(look(session, begun))}
        for who, tied in own.items():
            looking = look(session, begun, who)
            assert {one.number for one in every_card(looking)} == everything - tied
            assert looking.totals(Filter()).count == len(everything - tied)
            assert set(looking.numbers(Filter())) == everything - tied
            assert sum(one.count for one in board.columns(looking, Filter()).values()) == len(everything - tied)
            assert not {one.number for one in looking.cards(looking.ids(Filter(text="SG30-00")))} & tied


# ── From an address and back ─────────────────────────────────────────────────


def test_a_filter_is_the_same_after_its_way_through_an_address() -> None:
    workflow = programme().workflow
    wanted = Filter(
        only=("overdue", "late"), state=("read", "chosen"), language=("en",), verdict=("choose",), amount_from=10,
        amount_to=99.5, organisation="A & B", text="100% = 1",
    )  # fmt: skip
    assert filtering.read(wanted.pairs(), workflow) == filtering.Read(wanted)
    assert filtering.read(reversed(wanted.pairs()), workflow).filter == wanted
    assert wanted.without("only", "late").only == ("overdue",)
    assert wanted.without("amount_from").amount_from is None
    large = Filter(amount_from=1234567.5)
    assert filtering.read(large.pairs(), workflow) == filtering.Read(large)


def test_what_means_nothing_is_left_out_and_named() -> None:
    workflow = programme().workflow
    found = filtering.read(
        [("state", "nowhere"), ("only", "late"), ("only", "everything"), ("amount_from", "much"),
         ("amount_to", "1e400"), ("language", "xx"), ("utm", "x"), ("state", "")],
        workflow,
    )  # fmt: skip
    assert found.filter == Filter(only=("late",))
    assert found.meaningless == (
        Meaningless("state", "nowhere", "unknown"), Meaningless("only", "everything", "unknown"),
        Meaningless("amount_from", "much", "no amount"), Meaningless("amount_to", "1e400", "no amount"),
        Meaningless("language", "xx", "unknown"),
    )  # fmt: skip


# ── What is kept ─────────────────────────────────────────────────────────────


def everything(looking: Looking) -> object:
    """All answers that are kept, of several filters and orders."""
    return [
        (
            looking.totals(wanted), looking.counts(*COUNTED), board.columns(looking, wanted),
            [looking.cards(looking.ids(wanted, sort, limit=5)) for sort in ("number", "-mean")],
        )
        for wanted in (Filter(), Filter(only=("differ",), state=("read",)))
    ]  # fmt: skip


def test_what_is_kept_is_after_every_act_what_would_be_worked_out_anew() -> None:
    stage, kept = Stage(fresh()).open(), Kept()
    key, cycle = stage.key, stage.cycle
    numbers: list[str] = []

    def looks_alike() -> None:
        with stage.database.reading() as session:
            for who in (STAFF, THIRD):
                assert everything(look(session, stage, who, kept)) == everything(look(session, stage, who))

    def do(act: Callable[[], object]) -> None:
        act()
        looks_alike()

    looks_alike()
    for who in ("anna", "bert"):
        do(lambda who=who: numbers.append(stage.draft(who, complete=False)))
        do(lambda who=who: cycle.answer(
            key, numbers[-1], {"title": "T", "amount": 100}, by=applicant(who), now=CALL))  # fmt: skip
    do(lambda: cycle.answer(key, numbers[0], {"amount": 300}, by=applicant("anna"), now=CALL + 1))
    do(lambda: cycle.introduce(key, numbers[0], organisation="House", name="A", by=applicant("anna"), now=CALL + 2))
    do(lambda: cycle.ask_extension(key, numbers[1], of="call closes", reason="ill", by=applicant("bert"), now=CALL + 3))
    for who, number in zip(("anna", "bert"), numbers, strict=True):
        do(lambda who=who, number=number: cycle.act(key, number, "submit", by=applicant(who), now=CALL + 4))
    do(lambda: cycle.advance(READING))
    do(lambda: cycle.score(key, numbers[0], {"quality": 2}, by=MEMBER, now=READING))
    do(lambda: cycle.score(key, numbers[0], {"quality": 9}, by=CHAIR, now=READING))
    do(lambda: cycle.recommend(key, numbers[0], "words", by=MEMBER, now=READING))
    do(lambda: cycle.declare_conflict(key, numbers[0], by=THIRD, now=READING, reason="a cousin"))
    do(lambda: cycle.verdict(key, numbers[0], "choose", by=CHAIR, now=READING))
    do(lambda: cycle.add_contact(key, numbers[1], email=THIRD, name="", language="en", by=STAFF, now=READING))
    do(lambda: cycle.add_person(
        key, email="new@jury.example", name="N", language="en", role="jury", chair=False, by=STAFF, now=READING))
    do(lambda: cycle.act(key, numbers[1], "withdraw", by=applicant("bert"), now=READING + 1))  # fmt: skip


def test_who_speaks_for_a_dossier_is_shown_as_they_are_now(stage: Stage) -> None:
    """A person's language is no act of a round, and is asked anew."""
    kept, number = Kept(), stage.draft("anna")
    with stage.database.reading() as session:
        looking = look(session, stage, STAFF_2, kept)
        before = looking.cards(looking.ids(Filter(), limit=5))
    with stage.database.transaction() as session:
        person = find_person(session, applicant("anna"))
        assert person is not None
        person.language = "fr"
        session.add(person)
    with stage.database.reading() as session:
        looking = look(session, stage, STAFF_2, kept)
        after = looking.cards(looking.ids(Filter(), limit=5))
        assert [(one.number, one.language) for one in (*before, *after)] == [(number, "en"), (number, "fr")]
        assert looking.totals(Filter(language=("fr",))).count == 1


def test_lists_ask_as_often_whatever_the_size(stage: Stage) -> None:
    def asked() -> int:
        with stage.database.reading() as session, counted(stage.database) as sent:
            everything(look(session, stage))
        return len(sent)

    few = [stage.draft(f"w{place}") for place in range(2)]
    before = asked()
    for place in range(9):
        stage.draft(f"x{place}")
    assert (asked(), len(few)) == (before, 2)


def test_answers_that_nobody_asks_for_any_more_go_first() -> None:
    made: list[int] = []
    kept = Kept(most=2)

    def ask(key: int) -> int:
        return kept.get(key, lambda: made.append(key) or key)

    assert [ask(one) for one in (1, 2, 1, 3, 1, 2)] == [1, 2, 1, 3, 1, 2]
    assert made == [1, 2, 3, 2]

"""One rule, two engines, one answer: does a cohort move in SQL exactly as each of its dossiers would by itself?"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from email.headerregistry import Address
from typing import Any

import pytest
import sqlalchemy as sa
from databases import BOTH, fresh_on
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from one_by_one import one_by_one
from sqlmodel import SQLModel, col
from stage import (
    CALL,
    CHAIR,
    GATE,
    GATE_2030,
    MEMBER,
    NETWORK,
    NETWORK_2030,
    PANEL,
    PANEL_2030,
    READING,
    REVIEWED,
    STAFF,
    STRANDS,
    STRANDS_2030,
    THIRD,
    Stage,
    applicant,
    ask_what_must_hold,
    at,
    programme,
)

from engine.cycle import Imported
from engine.cycle.telling import LINES
from engine.database import journal
from engine.database.cohort.gathered import Wanted, gather
from engine.database.cohort.guards import CONDITIONS
from engine.database.cohort.moving import move
from engine.database.connection import Database
from engine.database.records import DossierRow, NotificationRow
from engine.errors import GrantcycleError
from engine.files.reading import Programme
from engine.rules.guards import CAPS, GUARDS
from notifications.outbox import Outbox

TITLES = st.sampled_from(
    ["Work", 'A "quoted" plan', "Été à la mer – 2030", "back\\slash", "  ", "\u2003\u00a0", "{}", "🎭"]
)
FEW, MANY = 0, 300


def test_every_guard_but_those_about_places_has_its_condition() -> None:
    assert set(CONDITIONS) == set(GUARDS) - CAPS


@dataclass(frozen=True)
class Fate:
    """What becomes of one dossier, as far as people have a say in it."""

    title: str
    amount: int | None
    submits: bool
    late: bool
    extended: bool
    second_contact: bool
    recommended: bool
    mark: int | None
    other_mark: int | None
    conflict: bool
    verdict: str | None
    withdraws: bool
    came: str | None
    delivers: bool


FATES = st.builds(
    Fate,
    title=TITLES,
    amount=st.sampled_from([None, 0, 1234, 4000]),
    submits=st.sampled_from([True, True, True, False]),
    late=st.booleans(),
    extended=st.sampled_from([True, False, False]),
    second_contact=st.booleans(),
    recommended=st.booleans(),
    mark=st.sampled_from([None, 3, 7, 7, 9]),
    other_mark=st.sampled_from([None, 4, 7]),
    conflict=st.sampled_from([True, False, False]),
    verdict=st.sampled_from([None, "choose", "choose", "decline"]),
    withdraws=st.sampled_from([True, False, False]),
    came=st.sampled_from([None, "attends", "excused", "excused late"]),
    delivers=st.booleans(),
)


@contextmanager
def _tried() -> Iterator[None]:
    """What is refused in one way must be refused in the other: it is no failure here."""
    try:
        yield
    except GrantcycleError:
        return


def play_small(stage: Stage, fates: list[Fate]) -> None:
    """The small round to its end, with these dossiers."""
    numbers: list[str] = []
    for place, fate in enumerate(fates):
        who = f"p{place}"
        numbers.append(stage.draft(who, CALL + place, complete=False))
        answers = {"title": fate.title} | ({} if fate.amount is None else {"amount": fate.amount})
        stage.cycle.answer(stage.key, numbers[-1], answers, by=applicant(who), now=CALL + place)
        if fate.second_contact:
            stage.cycle.add_contact(
                stage.key, numbers[-1], email=f"second-{who}@x.example", name='Bo "B" É', language="en", by=STAFF,
                now=CALL + place,
            )  # fmt: skip
    for number, fate in zip(numbers, fates, strict=True):
        if fate.extended:
            with _tried():
                stage.cycle.extend(
                    stage.key, "call closes", date(2030, 3, 10), reason="flood", by=STAFF,
                    now=at("2030-02-20T10:00"), dossier=number,
                )  # fmt: skip
    for late in (False, True):
        now = at("2030-03-05T10:00") if late else at("2030-02-27T10:00")
        for place, (number, fate) in enumerate(zip(numbers, fates, strict=True)):
            if fate.submits and fate.late is late:
                with _tried():
                    stage.cycle.act(stage.key, number, "submit", by=applicant(f"p{place}"), now=now + place)
    for place, (number, fate) in enumerate(zip(numbers, fates, strict=True)):
        now = READING + place
        with _tried():
            if fate.conflict:
                stage.cycle.declare_conflict(stage.key, number, by=MEMBER, now=now)
        with _tried():
            if fate.recommended:
                stage.cycle.recommend(stage.key, number, f"words “{fate.title}”", by=THIRD, now=now)
        with _tried():
            if fate.verdict:
                stage.cycle.verdict(stage.key, number, fate.verdict, by=CHAIR, now=now)
    for place, (number, fate) in enumerate(zip(numbers, fates, strict=True)):
        with _tried():
            if fate.withdraws:
                stage.cycle.act(
                    stage.key, number, "withdraw", by=applicant(f"p{place}"), now=at("2030-04-02T10:00") + place
                )
    with _tried():
        stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=at("2030-04-04T11:00"))
    for now, wanted in (("2030-05-08T18:00", ("attends", "excused")), ("2030-06-20T10:00", ("excused late",))):
        for number, fate in zip(numbers, fates, strict=True):
            with _tried():
                if fate.came in wanted and fate.came == "attends":
                    stage.cycle.attend(stage.key, number, "kick_off", by=STAFF, now=at(now))
                elif fate.came in wanted:
                    stage.cycle.excuse(stage.key, number, "kick_off", reason="ill", by=STAFF, now=at(now))
    for place, (number, fate) in enumerate(zip(numbers, fates, strict=True)):
        with _tried():
            if fate.delivers:
                stage.cycle.deliver(
                    stage.key, number, "accounts", {"spent": 10}, by=applicant(f"p{place}"),
                    now=at("2031-05-01T10:00") + place,
                )  # fmt: skip
    stage.cycle.advance(at("2031-09-01T10:00"))


def play_gate(stage: Stage, fates: list[Fate]) -> None:
    """The round with a cohort under a cap, to its end."""
    numbers = []
    for place, fate in enumerate(fates):
        numbers.append(stage.handed_in(f"p{place}", CALL + place % 3))
        for member, mark in ((MEMBER, fate.mark), (CHAIR, fate.other_mark)):
            if mark is not None:
                stage.cycle.score(stage.key, numbers[-1], {"quality": mark}, by=member, now=CALL + place)
        if fate.conflict:
            stage.cycle.declare_conflict(stage.key, numbers[-1], by=CHAIR, now=CALL + place)
    stage.cycle.advance(at("2030-03-30T00:01"))
    for place, (number, fate) in enumerate(zip(numbers, fates, strict=True)):
        now = at("2030-04-02T10:00") + place
        with _tried():
            if fate.withdraws:
                stage.cycle.act(stage.key, number, "withdraw", by=applicant(f"p{place}"), now=now)
        with _tried():
            if fate.recommended:
                stage.cycle.score(stage.key, number, {"quality": 8}, by=THIRD, now=now)
    stage.cycle.advance(at("2030-12-01T10:00"))


def play_panel(stage: Stage, fates: list[Fate]) -> None:
    """The round whose panel goes by its majority, to its end."""
    numbers = []
    for place, fate in enumerate(fates):
        numbers.append(stage.draft(f"p{place}", CALL + place % 3))
        answers = {"amount": 3000 + (fate.amount or 0)}
        stage.cycle.answer(stage.key, numbers[-1], answers, by=applicant(f"p{place}"), now=CALL + place % 3)
        stage.cycle.act(stage.key, numbers[-1], "submit", by=applicant(f"p{place}"), now=CALL + place % 3)
        given = ((MEMBER, fate.mark, 2), (CHAIR, fate.other_mark, 1 + fate.delivers), (THIRD, fate.amount, 2))
        for member, mark, scope in given:
            marks = {} if fate.late and member == MEMBER else {"scope": scope}
            marks |= {} if mark is None else {"worth": min(mark, 7)}
            with _tried():
                stage.cycle.score(stage.key, numbers[-1], marks, by=member, now=CALL + place)
        if fate.conflict:
            stage.cycle.declare_conflict(stage.key, numbers[-1], by=CHAIR, now=CALL + place)
    stage.cycle.advance(at("2030-03-30T00:01"))
    for place, (number, fate) in enumerate(zip(numbers, fates, strict=True)):
        now = at("2030-04-02T10:00") + place
        with _tried():
            if fate.recommended:
                stage.cycle.score(stage.key, number, {"scope": 2, "worth": 7}, by=THIRD, now=now)
        with _tried():
            if fate.verdict == "decline":
                stage.cycle.act(stage.key, number, "set_aside", by=CHAIR, now=now)
        with _tried():
            if fate.withdraws and fate.late:
                stage.cycle.act(stage.key, number, "withdraw", by=applicant(f"p{place}"), now=now)
    heard = [number for number, state in stage.states().items() if state == "heard"]
    stage.cycle.give_order(stage.key, "heard", heard[::-1][: 1 + len(fates) % 3], by=STAFF, now=at("2030-05-02T10:00"))
    stage.cycle.advance(at("2030-07-01T10:00"))
    for place, (number, fate) in enumerate(zip(numbers, fates, strict=True)):
        with _tried():
            if fate.withdraws:
                stage.cycle.act(
                    stage.key, number, "withdraw", by=applicant(f"p{place}"), now=at("2030-07-02T10:00") + place
                )
    stage.cycle.advance(at("2032-12-01T10:00"))
def play_strands(stage: Stage, fates: list[Fate]) -> None:
    """Two lists, each with a cap, a floor and a ceiling of its own, and dossiers that change from one to the other."""
    numbers = []
    for place, fate in enumerate(fates):
        strand = "small" if fate.late else "large"
        numbers.append(stage.handed_in(f"p{place}", CALL + place % 3, strand=strand))
        for member, mark in ((MEMBER, fate.mark), (CHAIR, fate.other_mark)):
            if mark is not None:
                stage.cycle.score(stage.key, numbers[-1], {"quality": mark}, by=member, now=CALL + place)
        if fate.came == "excused":
            other = "large" if fate.late else "small"
            stage.cycle.change_strand(stage.key, numbers[-1], other, by=STAFF, now=CALL + place, reason="asked")
    stage.cycle.advance(at("2030-03-30T00:01"))
    for place, (number, fate) in enumerate(zip(numbers, fates, strict=True)):
        now = at("2030-04-02T10:00") + place
        with _tried():
            if fate.withdraws:
                stage.cycle.act(stage.key, number, "withdraw", by=applicant(f"p{place}"), now=now)
        with _tried():
            if fate.recommended:
                stage.cycle.score(stage.key, number, {"quality": 8}, by=THIRD, now=now)
        with _tried():
            if fate.extended:
                stage.cycle.change_strand(stage.key, number, "small", by=STAFF, now=now, reason="too large")
    stage.cycle.advance(at("2030-12-01T10:00"))


def play_strand_dates(stage: Stage, fates: list[Fate]) -> None:
    """The same, where the dossiers of one list are judged, and owe, by other days."""
    play_strands(stage, fates)


def play_network(stage: Stage, fates: list[Fate]) -> None:
    """The learning network with two places, until its list is closed."""
    numbers = []
    fates = sorted(fates, key=lambda fate: fate.late)
    for place, fate in enumerate(fates):
        who, now = applicant(f"p{place}"), at("2030-02-10T10:00" if fate.late else "2030-01-28T10:00")
        numbers.append(stage.cycle.start_dossier(
            stage.key, organisation=f"House {place}", email=who, name="Bo", language="en", by=who, now=now
        ))  # fmt: skip
        stage.cycle.answer(stage.key, numbers[-1], {"title": fate.title}, by=who, now=now)
        with _tried():
            stage.cycle.act(stage.key, numbers[-1], "sign_up", by=who, now=now + place // 2)
    for place, (number, fate) in enumerate(zip(numbers, fates, strict=True)):
        now = at("2030-02-20T10:00") + place
        with _tried():
            if fate.came == "attends":
                stage.cycle.attend(stage.key, number, "intake", by=STAFF, now=now)
            elif fate.came:
                stage.cycle.excuse(stage.key, number, "intake", reason="ill", by=STAFF, now=now)
    for place, (number, fate) in enumerate(zip(numbers, fates, strict=True)):
        now, who = at("2030-03-20T10:00") + 2 * place, applicant(f"p{place}")
        with _tried():
            stage.cycle.act(stage.key, number, "not_now" if fate.withdraws else "accept", by=who, now=now)
        with _tried():
            stage.cycle.act(stage.key, number, "come_back" if fate.withdraws else "leave", by=who, now=now + 1)
    stage.cycle.advance(at("2030-12-01T10:00"))


def _rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    with database.reading() as session:
        return {
            name: [dict(row) for row in session.connection().execute(sa.select(table)).mappings()]
            for name, table in SQLModel.metadata.tables.items()
        }


def outcome(stage: Stage) -> dict[str, Any]:
    """All that a run leaves behind, told by names and numbers: ids and the order within a transaction may differ."""
    rows = _rows(stage.database)
    number = {row["id"]: row["number"] for row in rows["dossier"]}
    deadline = {row["id"]: row["key"] for row in rows["deadline"]}
    cause = {row["id"]: (row["name"], row["at"], json.dumps(row["facts"], sort_keys=True)) for row in rows["cause"]}
    link = {row["id"]: row["position"] for row in rows["journal_link"]}

    def told(row: dict[str, Any]) -> dict[str, Any]:
        named = {"dossier_id": number, "deadline_id": deadline, "cause_id": cause, "link_id": link}
        return {
            name: named[name].get(value) if name in named else value for name, value in row.items() if name != "id"
        }

    with stage.database.reading() as session:
        assert journal.broken_links(session, 1) == ()
    kept = (
        "dossier", "transition", "deadline", "held_back", "ranking", "ranked", "obligation", "slot", "verdict",
        "notification", "journal",
    )  # fmt: skip
    return {name: sorted(json.dumps(told(row), sort_keys=True, default=str) for row in rows[name]) for name in kept}


REPORTS = """

[deliverable.report]
title    = "Report"
question = { text = { ask = "What came of it?" } }

[obligation.report]
owed_by = ["handed", "inside"]
during  = "reading"
deliver = "report"
remind  = ["7 days"]
"""
PLAYED: Mapping[Callable[[Stage, list[Fate]], None], Callable[[], Programme]] = {
    play_small: lambda: programme(edits=REVIEWED),
    play_gate: lambda: programme(GATE, GATE_2030, name="gate"),
    play_panel: lambda: programme(PANEL, PANEL_2030, name="panel"),
    play_strands: lambda: programme(STRANDS, STRANDS_2030, name="strands"),
    play_strand_dates: lambda: programme(
        STRANDS + REPORTS, STRANDS_2030, name="strands", edits={"reading  = { from = 2030-03-04, to = 2030-03-29 }": (
            "reading = { from = 2030-03-04, to = 2030-03-29, large = { from = 2030-03-04, to = 2030-04-05 } }"
        )}
    ),
    play_network: lambda: programme(
        NETWORK, NETWORK_2030, name="network", edits={"{ at_most = 18 }": '{ attended = "intake", at_most = 2 }'}
    ),
}


def run(kind: str, play: Callable[[Stage, list[Fate]], None], fates: list[Fate], *, alone: bool) -> Any:
    played = PLAYED[play]()
    with fresh_on(kind) as database, one_by_one() if alone else nullcontext():
        outbox = Outbox(Address("Fund", "letters", "fund.example"), ("@applicant.example", "@jury.example"))
        stage = Stage(database, played, outbox.queue).open()
        play(stage, fates)
        ask_what_must_hold()
        return outcome(stage)


def _same(play: Callable[[Stage, list[Fate]], None], fates: list[Fate], *, kinds: Sequence[str] = BOTH) -> None:
    expected = run("sqlite", play, fates, alone=True)
    for kind in kinds:
        found = run(kind, play, fates, alone=False)
        for table, lines in expected.items():
            assert found[table] == lines, f"{table} on {kind}"


def test_a_bundle_lists_the_first_and_says_how_many_more_there_are(database: Database) -> None:
    outbox = Outbox(Address("Fund", "letters", "fund.example"))
    stage = Stage(database, then=outbox.queue).open()
    rows = [
        Imported(f"House {place}", f"p{place}@applicant.example", "Bo", "en", state="handed", received_at=CALL + place)
        for place in range(LINES + 3)
    ]
    numbers = stage.cycle.import_dossiers(stage.key, rows, by=STAFF, now=CALL)
    for number in (numbers[0], numbers[LINES]):  # one that is listed, and one that is not
        stage.cycle.declare_conflict(stage.key, number, by=MEMBER, now=CALL)
    stage.cycle.advance(at("2030-03-02T00:05"))
    told = {row.address: row.facts for row in stage.rows(NotificationRow) if row.letter == "to-read"}
    assert {who: (len(facts["dossiers"]), facts.get("more")) for who, facts in told.items()} == {
        CHAIR: (LINES, 3), MEMBER: (LINES - 1, 2), THIRD: (LINES, 3),
    }  # fmt: skip
    assert len([row for row in stage.rows(NotificationRow) if row.letter == "being-read"]) == LINES + 3


def test_a_dossier_that_has_left_meanwhile_stops_the_whole_move(stage: Stage) -> None:
    numbers = [stage.handed_in(who) for who in ("anna", "bert")]
    transition = stage.programme.workflow.transitions["take_up"]
    left = sa.update(DossierRow).where(col(DossierRow.number) == numbers[0]).values(state="withdrawn")

    def take_up_and_lose_one() -> None:
        with stage.database.transaction() as session:
            gathered = gather(session, 1, Wanted(col(DossierRow.state) == "handed"))
            session.connection().execute(left)
            move(session, gathered, transition, at=CALL, now=CALL, deadline_id=None)

    with pytest.raises(GrantcycleError, match="changed by somebody else"):
        take_up_and_lose_one()
    assert stage.states() == dict.fromkeys(numbers, "handed")


GOES_ALL_THE_WAY = Fate(
    title="Été", amount=4000, submits=True, late=False, extended=False, second_contact=True, recommended=True, mark=7,
    other_mark=4, conflict=False, verdict="choose", withdraws=False, came="attends", delivers=True,
)  # fmt: skip
IDLE = replace(GOES_ALL_THE_WAY, title="\u2003", amount=None, submits=False, verdict=None)
ROUNDS = (
    [
        GOES_ALL_THE_WAY,
        replace(GOES_ALL_THE_WAY, came="excused", delivers=False),
        replace(GOES_ALL_THE_WAY, verdict="decline"),
        replace(GOES_ALL_THE_WAY, verdict=None),
        IDLE,
        replace(IDLE, extended=True),
    ],
    [
        replace(GOES_ALL_THE_WAY, came=None),
        replace(GOES_ALL_THE_WAY, came="excused late", conflict=True),
        replace(GOES_ALL_THE_WAY, verdict="decline", withdraws=True),
        replace(GOES_ALL_THE_WAY, recommended=False),
        replace(GOES_ALL_THE_WAY, extended=True, late=True, title='"quoted"'),
        replace(IDLE, title="Work"),
    ],
    [replace(GOES_ALL_THE_WAY, withdraws=True), GOES_ALL_THE_WAY, replace(GOES_ALL_THE_WAY, mark=None)],
)
"""rounds that between them meet every rule, whatever else is drawn"""


def _examples(number: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """So many rounds that are drawn, after those that are written down."""
    return settings(
        max_examples=number or 1, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        phases=(Phase.explicit, Phase.generate) if number else (Phase.explicit,),
    )  # fmt: skip


@_examples(FEW)
@example(fates=ROUNDS[0])
@example(fates=ROUNDS[1])
@example(fates=ROUNDS[2])
@given(fates=st.lists(FATES, min_size=1, max_size=6))
def test_a_round_goes_the_same_way_as_a_cohort_and_one_by_one(fates: list[Fate]) -> None:
    _same(play_small, fates)


@_examples(FEW)
@example(fates=[*ROUNDS[0], replace(GOES_ALL_THE_WAY, mark=9), replace(GOES_ALL_THE_WAY, conflict=True)])
@given(fates=st.lists(FATES, min_size=2, max_size=7))
def test_a_cohort_under_a_cap_goes_the_same_way(fates: list[Fate]) -> None:
    _same(play_gate, fates)


@_examples(0)
@example(fates=[
    *ROUNDS[0], replace(GOES_ALL_THE_WAY, mark=3), replace(GOES_ALL_THE_WAY, conflict=True),
    replace(GOES_ALL_THE_WAY, mark=None, other_mark=None, amount=None, recommended=False),
])  # fmt: skip
@given(fates=st.lists(FATES, min_size=2, max_size=7))
def test_what_most_of_a_panel_say_goes_the_same_way(fates: list[Fate]) -> None:
    _same(play_panel, fates)


@_examples(0)
@example(fates=[
    *ROUNDS[0], replace(GOES_ALL_THE_WAY, mark=9, late=True), replace(GOES_ALL_THE_WAY, mark=3, late=True),
    replace(GOES_ALL_THE_WAY, mark=9, extended=True), replace(GOES_ALL_THE_WAY, mark=9, withdraws=True, late=True),
])
@given(fates=st.lists(FATES, min_size=4, max_size=7))
def test_two_lists_in_one_call_go_the_same_way(fates: list[Fate]) -> None:
    _same(play_strands, fates)


def test_lists_with_days_of_their_own_go_the_same_way() -> None:
    fates = [
        GOES_ALL_THE_WAY, replace(GOES_ALL_THE_WAY, mark=9, late=True), replace(GOES_ALL_THE_WAY, mark=9),
        replace(GOES_ALL_THE_WAY, mark=3, late=True), replace(GOES_ALL_THE_WAY, mark=9, extended=True),
    ]  # fmt: skip
    _same(play_strand_dates, fates)


@_examples(0)
@example(fates=[
    GOES_ALL_THE_WAY, replace(GOES_ALL_THE_WAY, withdraws=True), replace(GOES_ALL_THE_WAY, came=None),
    replace(GOES_ALL_THE_WAY, came="excused"), replace(GOES_ALL_THE_WAY, late=True), IDLE,
])  # fmt: skip
@given(fates=st.lists(FATES, min_size=2, max_size=7))
def test_places_that_free_go_the_same_way(fates: list[Fate]) -> None:
    _same(play_network, fates)


@pytest.mark.slow
@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("play", PLAYED, ids=lambda play: play.__name__)
@_examples(MANY)
@given(fates=st.lists(FATES, max_size=9))
def test_many_rounds_go_the_same_way(
    kind: str, play: Callable[[Stage, list[Fate]], None], fates: list[Fate]
) -> None:
    _same(play, fates, kinds=[kind])

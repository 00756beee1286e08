"""However the alarm sleeps, does everything happen that would have happened, as of the same instants, and once?

The acts of people are fixed, and so are their instants. In one run the alarm rings exactly on time; in the other it
rings when hypothesis says, is silent for months, rings twice at once, and the process is restarted in between.
"""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from email.headerregistry import Address
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "engine" / "cycle"))
from databases import fresh
from stage import (
    BEFORE,
    CALL,
    CHAIR,
    GRACE,
    MEMBER,
    PDF,
    READING,
    STAFF,
    Heard,
    Stage,
    applicant,
    at,
        programme,
)

from engine.cycle import Cycle
from engine.database.connection import Database
from engine.database.records import NotificationRow
from engine.files.reading import Programme
from notifications.outbox import Outbox

FIRST, LAST = BEFORE, at("2033-01-01T00:00")
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""a folder that waits for no disk: several processes' worth of commits are tested here, not the disk"""
PEOPLE = ("anna", "bert", "cleo", "dora", "emil", "fien", "gust", "hugo", "inez", "joos", "kato", "lies")


@dataclass(frozen=True)
class Act:
    """One act of a person at a fixed instant."""

    now: int
    do: Callable[[Stage, int], object]


def script(people: Sequence[str]) -> list[Act]:
    """What people do: one has an extension and lapses, one withdraws, one is absent and late, one is stopped."""
    acts: list[Act] = []
    number = {who: f"SG30-{place:03d}" for place, who in enumerate(people, start=1)}

    def by(now: int, do: Callable[[Stage, int], object]) -> None:
        acts.append(Act(now, do))

    for place, who in enumerate(people):
        by(CALL + place, lambda stage, now, who=who: stage.draft(who, now))
        if place != 0:  # the first lapses, or is extended and then lapses
            instant = at("2030-02-20T12:00") + place
            if place == 1:
                instant = at("2030-03-02T00:00") + GRACE - 1  # in the last microsecond
            by(
                instant,
                lambda stage, now, who=who: stage.cycle.act(
                    stage.key, number[who], "submit", by=applicant(who), now=now
                ),
            )
    by(
        at("2030-02-27T10:00"),
        lambda stage, now: stage.cycle.extend(
            stage.key, "call closes", date(2030, 3, 20), reason="flood", by=STAFF, now=now, dossier=number[people[0]]
        ),
    )
    read = people[1:]
    for place, who in enumerate(read):
        by(
            READING + place,
            lambda stage, now, who=who: stage.cycle.recommend(stage.key, number[who], "good", by=MEMBER, now=now),
        )
    for place, who in enumerate(read[:-1]):  # the last is left without a verdict
        name = "choose" if place < 2 else "decline"
        by(
            READING + 100 + place,
            lambda stage, now, who=who, name=name: stage.cycle.verdict(stage.key, number[who], name, by=CHAIR, now=now),
        )
    by(
        at("2030-04-03T10:00"),
        lambda stage, now: stage.cycle.act(stage.key, number[read[2]], "withdraw", by=applicant(read[2]), now=now),
    )
    by(at("2030-04-03T11:00"), lambda stage, now: stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=now))
    by(
        at("2030-05-08T18:00"),
        lambda stage, now: stage.cycle.attend(stage.key, number[read[0]], "kick_off", by=STAFF, now=now),
    )
    by(
        at("2030-06-20T10:00"),  # absent from the kick-off, excused when work has long begun
        lambda stage, now: stage.cycle.excuse(
            stage.key, number[read[1]], "kick_off", reason="illness", by=STAFF, now=now
        ),
    )
    by(
        at("2031-05-20T10:00"),
        lambda stage, now: stage.cycle.deliver(
            stage.key, number[read[0]], "report", {}, files={"report": PDF}, by=applicant(read[0]), now=now
        ),
    )
    by(
        at("2031-06-20T10:00"),  # late
        lambda stage, now: stage.cycle.deliver(
            stage.key, number[read[1]], "report", {}, files={"report": PDF}, by=applicant(read[1]), now=now
        ),
    )
    by(
        at("2031-09-01T10:00"),
        lambda stage, now: stage.cycle.act(
            stage.key, number[read[1]], "stop", by=STAFF, now=now, reason="closed its doors"
        ),
    )
    return sorted(acts, key=lambda act: act.now)


@dataclass(frozen=True)
class Outcome:
    """What a run leaves behind: its transitions, its letters, and its reminders, said or missed."""

    transitions: list[tuple[str, str, str, str, int]]
    states: dict[str, str]
    overdue: list[tuple[int, int | None, str]]
    held_back: list[tuple[int, int | None]]
    letters: Counter[tuple[str, int, str, str, str]]
    reminders: Counter[tuple[str, int, str, str, str]]
    missed: frozenset[str]
    outbox: frozenset[str]
    """the keys of what was queued for the postman, reminders left out"""


def outcome(stage: Stage) -> Outcome:
    said: Counter[tuple[str, int, str, str, str]] = Counter()
    reminders: Counter[tuple[str, int, str, str, str]] = Counter()
    for heard in stage.ear.heard:
        for number in heard.numbers or ("",):
            kind = reminders if _is_reminder(heard) else said
            kind[heard.cause, heard.at, heard.role, heard.letter, number] += 1
    return Outcome(
        stage.transitions(),
        stage.states(),
        [(row.at, row.dossier_id, row.details["obligation"]) for row in stage.journal("overdue")],
        [(row.at, row.dossier_id) for row in stage.journal("held back")],
        said,
        reminders,
        frozenset(row.details["name"] for row in stage.journal("missed")),
        frozenset(row.key for row in stage.rows(NotificationRow) if "| remind" not in row.key),
    )


def on_stage(database: Database, played: Programme) -> Stage:
    """The round with the real outbox behind the ear."""
    return Stage(database, played, Outbox(Address("Fund", "letters", "fund.example")).queue).open()


def _is_reminder(heard: Heard) -> bool:
    return heard.cause.startswith(("reminder ", "remind "))


def on_time(played: Programme, people: Sequence[str]) -> Outcome:
    """The run in which the alarm rings at each instant at which something is due, and never otherwise."""
    database = fresh()
    stage = on_stage(database, played)

    def ring_until(now: int) -> None:
        following = stage.cycle.advance(FIRST)
        while following is not None and following <= now:
            following = stage.cycle.advance(following)

    for act in script(people):
        ring_until(act.now)
        act.do(stage, act.now)
    ring_until(LAST)
    result = outcome(stage)
    database.close()
    return result


@dataclass(frozen=True)
class Ring:
    now: int
    twice: str
    """no, in a row, or at once"""
    restarted: bool


RINGS = st.lists(
    st.builds(
        Ring,
        # around the instants that matter, and anywhere
        st.one_of(
            st.integers(FIRST, LAST),
            st.sampled_from(
                [
                    at(local) + offset
                    for local in (
                        "2030-01-07T00:00", "2030-03-02T00:00", "2030-03-02T00:01", "2030-03-21T00:00",
                        "2030-04-05T00:00", "2030-04-05T09:00", "2030-04-06T09:00", "2030-06-03T00:00",
                        "2031-05-26T09:00", "2031-06-03T00:00",
                    )
                    for offset in (-1, 0, 30_000_000, 90_000_000)
                ]
            ),
        ),
        st.sampled_from(["no", "no", "in a row", "at once"]),
        st.booleans(),
    ),
    max_size=12,
)  # fmt: skip


def asleep(played: Programme, people: Sequence[str], rings: Sequence[Ring], url: str) -> Outcome:
    """The run in which the alarm rings at these instants only, besides once at the very end."""
    database = fresh(url)
    stage = on_stage(database, played)
    happens: list[Act | Ring] = sorted([*script(people), *rings, Ring(LAST, "at once", True)], key=lambda one: one.now)
    for one in happens:
        if isinstance(one, Act):
            one.do(stage, one.now)
            continue
        if one.restarted:
            stage.cycle = Cycle(database, stage.ear)
        if one.twice == "at once":
            with ThreadPoolExecutor(2) as threads:
                for waiting in [
                    threads.submit(Cycle(database, stage.ear).advance, one.now),
                    threads.submit(stage.cycle.advance, one.now),
                ]:
                    waiting.result()
        else:
            for _ in range(2 if one.twice == "in a row" else 1):
                stage.cycle.advance(one.now)
    result = outcome(stage)
    database.close()
    return result


@cache
def variant(name: str) -> Programme:
    """The small programme, or one in which a calendar move of midnight waits for the verdicts of that morning."""
    at_once = 'when    = "work opens"\nonly_if = { attended = "kick_off" }\nif_not  = { staff = "kick-off-missed" }'
    return programme(edits={at_once: 'when    = "notice opens"'} if name == "late arrivals" else None)


@cache
def expected(name: str, people: tuple[str, ...]) -> Outcome:
    return on_time(variant(name), people)


def compare(name: str, people: tuple[str, ...], rings: Sequence[Ring]) -> None:
    wanted = expected(name, people)
    with TemporaryDirectory(dir=MEMORY) as folder:
        found = asleep(variant(name), people, rings, f"sqlite:///{folder}/sleep.db")
    assert found.transitions == wanted.transitions
    assert found.states == wanted.states
    assert found.overdue == wanted.overdue
    assert found.held_back == wanted.held_back
    assert found.outbox == wanted.outbox
    assert found.letters == wanted.letters  # none lost, none said twice
    assert max(found.letters.values()) == 1
    assert max(found.reminders.values(), default=0) <= 1
    for lost in wanted.reminders - found.reminders:
        assert lost[0] in found.missed
    assert not found.reminders - wanted.reminders


def test_on_time_the_round_goes_as_it_should() -> None:
    found = expected("as it is", PEOPLE[:6])
    assert found.states == {
        "SG30-001": "lapsed", "SG30-002": "working", "SG30-003": "stopped", "SG30-004": "withdrawn",
        "SG30-005": "declined", "SG30-006": "read",
    }  # fmt: skip
    assert found.missed == frozenset()
    assert len(found.outbox) == 33
    assert (len(found.transitions), len(found.overdue), len(found.held_back)) == (18, 6, 1)


@pytest.mark.parametrize("name", ["as it is", "late arrivals"])
@settings(max_examples=2)
@given(rings=RINGS)
def test_whenever_the_alarm_rings_the_same_happens_as_of_the_same_instants(name: str, rings: list[Ring]) -> None:
    compare(name, PEOPLE[:6], rings)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["as it is", "late arrivals"])
@settings(max_examples=150)
@given(rings=RINGS)
def test_a_longer_night_with_more_dossiers(name: str, rings: list[Ring]) -> None:
    compare(name, PEOPLE, rings)

"""Who comes at the very moment at which something fires: one of the two is first, and the other finds it so.

Two real threads on real connections; each race has a round of its own.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import col, select
from stage import BEFORE, CALL, CLOSES, GRACE, SETTLE, STAFF, Stage, applicant, at, programme

from engine.database.connection import Database
from engine.database.records import DeadlineRow, DossierRow, JournalRow, RoundRow, TransitionRow
from engine.database.store import current_answers, the_id
from engine.errors import Refused
from engine.files.reading import Programme

FIRES = CLOSES + GRACE + SETTLE
QUICK, LONG = 3, 200
"""races of each of the five kinds"""

WORKFLOW = """
[workflow]
title     = "Race"
format    = 1
language  = "en"
languages = ["en"]
begins_in = "draft"
ends_in   = ["read", "lapsed"]

[phase]
call = "Call"

[state]
draft  = { title = "Draft", phase = "call" }
handed = { title = "Handed in", phase = "call" }
read   = { title = "Being read" }
lapsed = { title = "Lapsed" }

[question.plan]
ask      = "Plan"
required = true

[transition.submit]
from    = "draft"
to      = "handed"
by      = "applicant"
during  = "call"
only_if = { form = "complete" }

[transition.lapse]
from = "draft"
to   = "lapsed"
when = "call closes"

[transition.take_up]
from = "handed"
to   = "read"
when = "call closes"
"""
ROUND = """
[round]
title    = "Race"
number   = "RA"
timezone = "Europe/Brussels"
mails_at = 09:00:00
holidays = "BE"

[phase]
call = { from = 2030-01-07, to = 2030-03-01, grace = "60 seconds" }
"""


def race_programme(place: int) -> Programme:
    return programme(WORKFLOW, ROUND, name=f"race{place}")


class Race:
    """One round with a draft that has its answers, before its call closes."""

    def __init__(self, database: Database, place: int, runners: ThreadPoolExecutor, drafts: int = 1) -> None:
        self.stage = Stage(database, race_programme(place))
        self.stage.cycle.open_round(self.stage.programme, "2030", by=STAFF, now=BEFORE)
        self.cycle, self.key = self.stage.cycle, self.stage.key
        self.cycle.add_person(self.key, email=STAFF, name="S", language="en", role="staff", by=STAFF, now=CALL)
        self.numbers = []
        for who in range(drafts):
            number = self.cycle.start_dossier(
                self.key, organisation="O", email=applicant(f"a{who}"), name="A", language="en",
                by=applicant(f"a{who}"), now=CALL,
            )  # fmt: skip
            self.cycle.answer(self.key, number, {"plan": "on time"}, by=applicant(f"a{who}"), now=CALL)
            self.numbers.append(number)
        self._runners = runners

    def run(self, *acts: Callable[[], Any]) -> list[str]:
        """Do all at once; gives of each `done`, or the code of its first refusal."""
        start = Barrier(len(acts))

        def one(act: Callable[[], Any]) -> str:
            start.wait()
            try:
                act()
            except Refused as refused:
                return refused.reasons[0].code
            return "done"

        return [future.result() for future in [self._runners.submit(one, act) for act in acts]]

    def fire(self, now: int = FIRES) -> Callable[[], Any]:
        return lambda: self.cycle.advance(now)

    def submit(self, now: int, place: int = 0) -> Callable[[], Any]:
        return lambda: self.cycle.act(
            self.key, self.numbers[place], "submit", by=applicant(f"a{place}"), now=now
        )

    def states(self) -> dict[str, tuple[str, bool]]:
        """number -> its state, and whether it has a receipt"""
        with self.stage.database.reading() as session:
            rows = session.exec(
                select(DossierRow).join(RoundRow, col(RoundRow.id) == col(DossierRow.round_id))
                .where(col(RoundRow.key) == self.key)
            ).all()  # fmt: skip
            return {row.number: (row.state, row.receipt is not None) for row in rows}

    def due(self) -> Counter[tuple[str, int]]:
        """How often each deadline fired, and as of when."""
        with self.stage.database.reading() as session:
            rows = session.exec(
                select(JournalRow).join(RoundRow, col(RoundRow.id) == col(JournalRow.round_id))
                .where(col(RoundRow.key) == self.key, col(JournalRow.what) == "due")
            ).all()  # fmt: skip
            return Counter((row.details["name"], row.at) for row in rows)

    def deadline(self, key: str) -> DeadlineRow:
        with self.stage.database.reading() as session:
            row = session.exec(
                select(DeadlineRow).join(RoundRow, col(RoundRow.id) == col(DeadlineRow.round_id))
                .where(col(RoundRow.key) == self.key, col(DeadlineRow.key) == key)
            ).one()  # fmt: skip
            session.expunge(row)
            return row


def extend(race: Race, to: date | datetime, now: int, dossier: str | None = None) -> Callable[[], Any]:
    return lambda: race.cycle.extend(
        race.key, "call closes", to, reason="flood", by=STAFF, now=now, dossier=dossier
    )


def moved_later(race: Race) -> str:
    """T-15: the close is extended while it fires. Extended and not fired, or fired and told so; never both."""
    fired, extended = race.run(race.fire(), extend(race, date(2030, 3, 8), FIRES - 1))
    race.cycle.advance(FIRES)  # as the alarm does: whoever extends holds the round, and the rest is left over meanwhile
    (number,) = race.numbers
    row = race.deadline("edge call closes")
    assert fired == "done"
    if extended == "done":
        assert (row.ended_at, row.due_at, race.states()) == (None, at("2030-03-09T00:00"), {number: ("draft", False)})
    else:
        assert (extended, row.due_at, race.states()) == ("fired", CLOSES, {number: ("lapsed", False)})
    return extended


def moved_earlier(race: Race) -> str:
    """T-14: the close is brought forward while the alarm rings. It fires once, as of the new instant, now or soon."""
    now = at("2030-02-20T11:59:59")
    sooner = at("2030-02-20T12:00") + 1
    later = sooner + GRACE + SETTLE
    fired, edited = race.run(race.fire(later), extend(race, datetime(2030, 2, 20, 12), now))
    assert (fired, edited) == ("done", "done")
    first = race.deadline("edge call closes").ended_at
    race.cycle.advance(later)
    assert race.due() - Counter({("edge call opens", at("2030-01-07T00:00")): 1}) == Counter(
        {(key, sooner): 1 for key in ("edge call closes", "transition lapse", "transition take_up")}
    )
    return "fired at once" if first else "fired after"


def extended_for_one(race: Race) -> str:
    """T-16: one dossier gets more time while the close fires: it waits for its own, or has lapsed as the others."""
    mine, other = race.numbers
    fired, extended = race.run(race.fire(), extend(race, date(2030, 3, 8), FIRES - 1, mine))
    race.cycle.advance(FIRES)
    assert fired == "done"
    expected = "draft" if extended == "done" else "lapsed"
    assert race.states() == {mine: (expected, False), other: ("lapsed", False)}
    assert extended in ("done", "fired")
    race.cycle.advance(at("2030-03-09T01:00"))
    assert race.states()[mine] == ("lapsed", False)
    return extended


def handed_in_at_the_last(race: Race) -> str:
    """T-18: on time to the last microsecond of grace, late from then on; a receipt if and only if it is read."""
    last = CLOSES + GRACE - 1
    fired, first, second, late = race.run(
        race.fire(), race.submit(last, 0), race.submit(CLOSES - 1, 1), race.submit(last + 1, 2)
    )
    race.cycle.advance(FIRES)
    assert fired == "done"
    assert late in ("late", "state")
    found = race.states()
    for number, (state, receipt) in found.items():
        assert (state, receipt) in (("read", True), ("lapsed", False)), number
    told = {race.numbers[0]: first, race.numbers[1]: second, race.numbers[2]: late}
    assert {number: result == "done" for number, result in told.items()} == {
        number: receipt for number, (_, receipt) in found.items()
    }
    return first


def handed_in_twice(race: Race) -> str:
    """T-20, T-21: of two of the same request one is taken; what is sent after it replaces nothing."""
    now = CLOSES - 1
    results = race.run(
        race.submit(now), race.submit(now),
        lambda: race.cycle.answer(race.key, race.numbers[0], {"plan": "later"}, by=applicant("a0"), now=CLOSES + GRACE),
        race.fire(),
    )  # fmt: skip
    race.cycle.advance(FIRES)
    (number,) = race.numbers
    taken = sum(result == "done" for result in results[:2])
    assert results[2] in ("late", "state")
    assert (taken, race.states()[number]) in ((1, ("read", True)), (0, ("lapsed", False)))
    with race.stage.database.reading() as session:
        moves = session.exec(
            select(TransitionRow.name).join(DossierRow, col(DossierRow.id) == col(TransitionRow.dossier_id))
            .join(RoundRow, col(RoundRow.id) == col(DossierRow.round_id)).where(col(RoundRow.key) == race.key)
            .order_by(col(TransitionRow.id))
        ).all()  # fmt: skip
        dossier = session.exec(
            select(DossierRow).join(RoundRow, col(RoundRow.id) == col(DossierRow.round_id))
            .where(col(RoundRow.key) == race.key)
        ).one()  # fmt: skip
        assert current_answers(session, the_id(dossier)) == {"plan": "on time"}
    assert list(moves) == (["submit", "take_up"] if taken else ["lapse"])
    return str(taken)


KINDS: dict[Callable[[Race], str], int] = {
    moved_later: 1, moved_earlier: 1, extended_for_one: 2, handed_in_at_the_last: 3, handed_in_twice: 1,
}  # fmt: skip


def run_races(database: Database, kind: Callable[[Race], str], times: int) -> Counter[str]:
    with ThreadPoolExecutor(4) as runners:
        return Counter(kind(Race(database, place, runners, KINDS[kind])) for place in range(times))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_race_ends_as_if_one_had_come_after_the_other(database: Database, kind: Callable[[Race], str]) -> None:
    assert run_races(database, kind, QUICK).total() == QUICK


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_thousand_races_end_so_and_both_ways(database: Database, kind: Callable[[Race], str]) -> None:
    outcomes = run_races(database, kind, LONG)
    assert outcomes.total() == LONG
    if database.is_shared:
        assert len(outcomes) == 2, outcomes  # whoever always wins is no race

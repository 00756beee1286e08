"""Is a phase cut into batches that follow each other without a gap, and does what recurs come once for each?"""

from dataclasses import replace
from datetime import date, time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rolling import rolling

from engine.rules.agenda import agenda
from engine.rules.moments import Calendar, edge_instant, from_instant
from engine.rules.round import LocalEdge, PhaseDates, Round
from engine.rules.times import Moment, Span, Window

CALL = Window(Moment("call", "opens"), Moment("call", "closes"), "call")


def cut(opens: LocalEdge, closes: LocalEdge, every: Span) -> Calendar:
    round = rolling().rounds["2030"]
    return Calendar(replace(round, phases={**round.phases, "call": PhaseDates(opens, closes, every=every)}))


HOURS = st.sampled_from([None, time(12), time(23, 59)])
EDGES = st.builds(LocalEdge, st.dates(date(2029, 1, 1), date(2030, 6, 30)), HOURS)
SPANS = st.builds(Span, st.integers(1, 3), st.sampled_from(["week", "month", "day", "year"]))


@given(EDGES, st.integers(1, 400), SPANS, st.data())
def test_every_instant_of_the_phase_lies_in_exactly_one_batch(
    opens: LocalEdge, days: int, every: Span, data: st.DataObject
) -> None:
    closes = LocalEdge(date.fromordinal(opens.day.toordinal() + days), opens.hour)
    calendar = cut(opens, closes, every)
    starts, ends = calendar.window(CALL)
    edges = [
        (edge_instant(first, "opens", calendar.zone), edge_instant(last, "closes", calendar.zone))
        for first, last in calendar.batches
    ]
    assert (edges[0][0], edges[-1][1]) == (starts, ends)
    for (_, before), (after, _) in pairwise(edges):
        # a stated hour is inclusive, 23:59 to the end of the day: what is in both belongs to the one that ends
        assert 0 <= before - after <= 60_000_000
    instant = data.draw(st.integers(starts, ends - 1))
    holding = [number for number, (one, other) in enumerate(edges, start=1) if one <= instant < other]
    assert calendar.batch_at(instant) == min(holding)
    assert calendar.batch_at(ends) == len(edges)


def test_months_are_counted_from_the_first_day() -> None:
    calendar = Calendar(rolling().rounds["2030"])
    assert [(one.day.isoformat(), other.day.isoformat()) for one, other in calendar.batches] == [
        ("2030-01-01", "2030-01-31"), ("2030-02-01", "2030-02-28"), ("2030-03-01", "2030-03-31"),
        ("2030-04-01", "2030-04-30"), ("2030-05-01", "2030-05-31"), ("2030-06-01", "2030-06-28"),
    ]  # fmt: skip


def test_what_recurs_is_due_for_each_batch_and_the_phase_itself_once() -> None:
    programme = rolling()
    calendar = Calendar(programme.rounds["2030"])
    found = agenda(programme.workflow, calendar, 30_000_000)
    of_call = [one for one in found if one.name in ("take_up", "call closes", "call opens")]
    assert [(one.key, one.batch, one.local) for one in of_call][:4] == [
        ("edge call opens", None, "2030-01-01T00:00:00"),
        ("edge call closes batch 1", 1, "2030-02-01T00:00:00"),
        ("transition take_up batch 1", 1, "2030-02-01T00:00:00"),
        ("edge call closes batch 2", 2, "2030-03-01T00:00:00"),
    ]
    assert [one.key for one in found if one.kind == "edge" and one.batch is None] == [
        "edge call opens", "edge call closes", "edge rest opens", "edge rest closes"
    ]  # fmt: skip
    assert len([one for one in found if one.kind == "verdicts"]) == 6
    assert len({one.key for one in found}) == len(found)


def test_a_dossier_lives_by_the_dates_of_its_batch_and_the_phase_stays_whole() -> None:
    calendar = Calendar(rolling().rounds["2030"])
    third = calendar.of_batch(3)
    closes = Moment("call", "closes")
    assert from_instant(third.instant(closes), calendar.zone).isoformat() == "2030-04-01T00:00:00"
    assert third.window(CALL) == calendar.window(CALL)
    later = Calendar(calendar.round, {"call closes": LocalEdge(date(2030, 7, 5))})
    assert [one[1].day.isoformat() for one in later.batches[-2:]] == ["2030-06-30", "2030-07-05"]


def test_without_a_cut_there_is_no_batch() -> None:
    round: Round = rolling().rounds["2030"]
    whole = replace(round, phases={**round.phases, "call": replace(round.phases["call"], every=None)})
    calendar = Calendar(whole, batch=3)
    assert (calendar.batches, calendar.batch_at(0), calendar.batch) == ((), None, None)


@pytest.mark.parametrize("batch", [0, 7, 100])
def test_a_batch_behind_a_phase_that_was_shortened_ends_with_the_phase(batch: int) -> None:
    calendar = Calendar(rolling().rounds["2030"], batch=batch or 6)
    assert calendar.edge("call", "closes") == LocalEdge(date(2030, 6, 28))

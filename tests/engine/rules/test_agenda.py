"""Is all that will become due laid out at the right instant and in the right order?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import between, by_name, dates, during, edge, moment, sample_round, sample_workflow

from engine.rules.agenda import Laid, agenda, batch_of, obligation_windows, reminders_before
from engine.rules.moments import Calendar
from engine.rules.times import Span
from engine.rules.workflow import Announcement, Obligation, Promise, Reminder, Transition, Workflow

SECOND = 1_000_000
DAY = 86_400 * SECOND
SETTLE = 30 * SECOND


def utc(text: str) -> int:
    since = datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1)


def keys(workflow: Workflow, calendar: Calendar) -> list[str]:
    return [due.key for due in agenda(workflow, calendar, SETTLE)]


def test_the_whole_agenda_of_a_small_round() -> None:
    found = [
        (due.key, due.at, due.fires_at - due.at, due.local, due.moment)
        for due in agenda(sample_workflow(), Calendar(sample_round()), SETTLE)
    ]
    at_close = utc("2019-03-01 23:00")
    assert found == [
        ("edge call opens", utc("2018-12-16 23:00"), 0, "2018-12-17T00:00:00", "call opens"),
        ("announcement call_opens", utc("2018-12-17 08:00"), 0, "2018-12-17T09:00:00", "call opens"),
        ("reminder unfinished 1", utc("2019-02-15 08:00"), 0, "2019-02-15T09:00:00", "14 days before call closes"),
        ("reminder unfinished 2", utc("2019-02-26 08:00"), 0, "2019-02-26T09:00:00", "3 days before call closes"),
        ("edge call closes", at_close, SETTLE, "2019-03-02T00:00:00", "call closes"),
        ("transition lapse", at_close, SETTLE, "2019-03-02T00:00:00", "call closes"),
        ("transition take_up", at_close, SETTLE, "2019-03-02T00:00:00", "call closes"),
        ("edge decision opens", utc("2019-05-19 22:00"), 0, "2019-05-20T00:00:00", "decision opens"),
        ("verdicts decision opens", utc("2019-05-20 07:00"), 0, "2019-05-20T09:00:00", "decision opens"),
        ("edge decision closes", utc("2019-05-20 22:00"), SETTLE, "2019-05-21T00:00:00", "decision closes"),
        ("promise answer", utc("2019-05-21 07:00"), 0, "2019-05-21T09:00:00", "decision closes"),
        ("edge rollout opens", utc("2019-08-31 22:00"), 0, "2019-09-01T00:00:00", "rollout opens"),
        ("edge rollout closes", utc("2022-08-30 22:00"), SETTLE, "2022-08-31T00:00:00", "rollout closes"),
    ]


def everything_at_one_instant() -> tuple[Workflow, Calendar]:
    """All kinds hang on the same 9:00, moves in an order that is not the alphabet's, verdicts at two moments."""
    opens = moment("decision opens")
    workflow = sample_workflow(
        transitions=by_name(
            Transition("zeal", ("draft",), "submitted", when=opens, position=0),
            Transition("award", ("in_review",), "awarded", by="jury", takes_effect=moment("rollout opens"), position=1),
            Transition("ardour", ("submitted",), "in_review", when=opens, position=2),
            Transition("decline", ("in_review",), "declined", by="jury", takes_effect=opens, position=3),
        ),
        reminders=by_name(Reminder("remember", ("draft",), (opens,), position=0)),
        promises=by_name(Promise("answer", "An answer", opens, ("draft",), position=0)),
        announcements=by_name(Announcement("news", opens, position=0)),
    )
    same = dates("2019-05-20 09:00", "2019-05-21")
    return workflow, Calendar(sample_round({"decision": same, "rollout": same}))


def test_at_one_instant_the_edge_comes_first_then_verdicts_then_moves_in_the_order_of_the_file() -> None:
    workflow, calendar = everything_at_one_instant()
    at = [due for due in agenda(workflow, calendar, SETTLE) if due.at == utc("2019-05-20 07:00")]
    assert [due.key for due in at] == [
        "edge decision opens",
        "edge rollout opens",
        "verdicts rollout opens",
        "verdicts decision opens",
        "transition zeal",
        "transition ardour",
        "announcement news",
        "reminder remember 1",
        "promise answer",
    ]
    assert len({due.fires_at for due in at}) == 1


def test_each_verdict_moment_is_due_once_however_many_verdicts_hang_on_it() -> None:
    assert keys(sample_workflow(), Calendar(sample_round())).count("verdicts decision opens") == 1


def test_only_a_close_waits_for_grace_and_settle() -> None:
    """A sabotage of `wait` to a constant turns this red for every opening."""
    call = dates("2018-12-17 10:00", "2019-03-01 17:00", timedelta(minutes=5))
    waits = {
        due.key: due.fires_at - due.at
        for due in agenda(sample_workflow(), Calendar(sample_round({"call": call})), SETTLE)
        if due.fires_at != due.at
    }
    assert waits == {
        "edge call closes": 300 * SECOND + SETTLE,
        "transition lapse": 300 * SECOND + SETTLE,
        "transition take_up": 300 * SECOND + SETTLE,
        "edge decision closes": SETTLE,
        "edge rollout closes": SETTLE,
    }


def test_what_people_hear_of_at_a_stated_close_waits_as_the_close_does() -> None:
    decision = dates("2019-05-20", "2019-05-20 17:00", timedelta(minutes=1))
    due = {due.key: due for due in agenda(sample_workflow(), Calendar(sample_round({"decision": decision})), SETTLE)}
    promise = due["promise answer"]
    assert promise.at == utc("2019-05-20 15:00") + 1
    assert promise.fires_at - promise.at == 60 * SECOND + SETTLE


def test_a_move_before_a_close_settles_but_has_no_grace() -> None:
    early = replace(sample_workflow().transitions["lapse"], when=moment("1 day before call closes"))
    workflow = sample_workflow(transitions={"lapse": early})
    call = dates("2018-12-17", "2019-03-01", timedelta(minutes=5))
    due = {due.key: due for due in agenda(workflow, Calendar(sample_round({"call": call})), SETTLE)}
    assert (due["transition lapse"].at, due["transition lapse"].fires_at) == (
        utc("2019-02-28 23:00"),
        utc("2019-02-28 23:00") + SETTLE,
    )


# ── Reminders ───────────────────────────────────────────────────────────────


def reminded(*when: str) -> list[tuple[int, int | None]]:
    workflow = sample_workflow(reminders=by_name(Reminder("r", ("draft",), tuple(moment(text) for text in when))))
    due = {due.key: due for due in agenda(workflow, Calendar(sample_round()), SETTLE)}
    return [(due[f"reminder r {n}"].at, due[f"reminder r {n}"].valid_until) for n in range(1, len(when) + 1)]


def test_a_reminder_is_worth_nothing_once_the_next_one_or_its_deadline_has_come() -> None:
    first, second, close = utc("2019-02-15 08:00"), utc("2019-02-26 08:00"), utc("2019-03-01 23:00")
    assert reminded("14 days before call closes", "3 days before call closes") == [(first, second), (second, close)]
    # whichever stands first in the file
    assert reminded("3 days before call closes", "14 days before call closes") == [(second, close), (first, second)]


def test_a_reminder_of_what_is_over_does_not_run_out() -> None:
    assert reminded("1 day after call closes") == [(utc("2019-03-02 08:00"), None)]
    assert reminded("call opens") == [(utc("2018-12-17 08:00"), None)]


def test_a_reminder_on_the_last_day_itself_is_valid_to_its_end() -> None:
    assert reminded("0 days before call closes") == [(utc("2019-03-01 08:00"), utc("2019-03-01 23:00"))]


def test_an_extension_moves_the_close_its_reminders_and_their_validity() -> None:
    extended = Calendar(sample_round(), {"call closes": edge("2019-03-08 12:00")})
    due = {due.key: due for due in agenda(sample_workflow(), extended, SETTLE)}
    assert due["transition lapse"].at == utc("2019-03-08 11:00") + 1
    assert due["reminder unfinished 2"].at == utc("2019-03-05 08:00")
    assert due["reminder unfinished 2"].valid_until == utc("2019-03-08 11:00") + 1
    assert due["edge decision opens"].at == utc("2019-05-19 22:00")


def test_obligation_reminders_leave_in_the_morning_earliest_first() -> None:
    spans = (Span(7, "day"), Span(1, "month"), Span(1, "day"))
    assert reminders_before(date(2019, 4, 1), spans, Calendar(sample_round())) == (
        utc("2019-03-01 08:00"),
        utc("2019-03-25 08:00"),
        utc("2019-03-31 07:00"),
    )


# ── Batches ─────────────────────────────────────────────────────────────────


def test_letters_are_released_with_the_moment_at_which_they_go() -> None:
    transitions = sample_workflow().transitions
    assert batch_of(transitions["award"]) == "decision opens"
    assert batch_of(transitions["turn_down"]) is None  # released by itself
    assert batch_of(replace(transitions["lapse"], release="two people")) == "call closes"
    assert batch_of(replace(transitions["submit"], release="hold")) is None  # has no moment to be held for


# ── Obligations ─────────────────────────────────────────────────────────────


def owed(**changes: object) -> Obligation:
    return replace(sample_workflow().obligations["coaching"], **changes)  # type: ignore[arg-type]


def test_what_is_owed_once_has_the_whole_window() -> None:
    once = obligation_windows(owed(every=None, times=1), Calendar(sample_round()))
    assert once == (Laid(1, utc("2019-08-31 22:00"), utc("2022-08-30 22:00"), date(2022, 8, 30), None),)


def test_nine_coachings_three_a_year_and_the_last_year_ends_with_the_phase() -> None:
    years = [
        (utc("2019-08-31 22:00"), utc("2020-08-31 22:00"), date(2020, 8, 31), 1),
        (utc("2020-08-31 22:00"), utc("2021-08-31 22:00"), date(2021, 8, 31), 2),
        (utc("2021-08-31 22:00"), utc("2022-08-30 22:00"), date(2022, 8, 30), 3),
    ]
    assert obligation_windows(owed(), Calendar(sample_round())) == tuple(
        Laid(3 * (year - 1) + n, opens, due, last, year) for opens, due, last, year in years for n in (1, 2, 3)
    )


@pytest.mark.parametrize(
    ("every", "rollout", "last_days"),
    [
        ("month", ("2019-01-31", "2019-05-15"), ["2019-02-27", "2019-03-30", "2019-04-29", "2019-05-15"]),
        ("month", ("2019-09-01", "2019-10-31"), ["2019-09-30", "2019-10-31"]),
        ("week", ("2019-03-25", "2019-04-09"), ["2019-03-31", "2019-04-07", "2019-04-09"]),
        ("year", ("2020-02-29", "2022-06-30"), ["2021-02-27", "2022-02-27", "2022-06-30"]),
        ("year", ("2019-09-01", "2019-12-01"), ["2019-12-01"]),
        ("year", ("2019-09-01 10:00", "2021-08-31 12:00"), ["2020-08-31", "2021-08-31"]),
    ],
)
def test_stretches_are_counted_from_the_opening(every: str, rollout: tuple[str, str], last_days: list[str]) -> None:
    laid = obligation_windows(owed(every=every, times=1), Calendar(sample_round({"rollout": dates(*rollout)})))
    assert [str(one.last_day) for one in laid] == last_days
    assert [one.year for one in laid] == list(range(1, len(last_days) + 1))


def test_a_window_that_opens_with_a_close_begins_the_day_after() -> None:
    after = owed(window=between("call closes", "rollout closes"), times=1)
    first = obligation_windows(after, Calendar(sample_round()))[0]
    assert (first.opens_at, first.last_day) == (utc("2019-03-01 23:00"), date(2020, 3, 1))


def test_an_extended_phase_lets_the_last_year_end_later() -> None:
    extended = Calendar(sample_round(), {"rollout closes": edge("2022-08-31")})
    laid = obligation_windows(owed(), extended)
    assert (len(laid), laid[-1].last_day) == (9, date(2022, 8, 31))


@given(
    opens=st.dates(date(2018, 1, 1), date(2028, 12, 31)),
    length=st.integers(0, 1_200),
    every=st.sampled_from(["year", "month", "week"]),
    times=st.integers(1, 3),
)
def test_stretches_fill_the_window_without_gap_or_overlap(opens: date, length: int, every: str, times: int) -> None:
    calendar = Calendar(sample_round({"rollout": dates(str(opens), str(opens + timedelta(days=length)))}))
    laid = obligation_windows(owed(every=every, times=times), calendar)
    assert [one.position for one in laid] == list(range(1, len(laid) + 1))
    stretches = [(one.opens_at, one.due_at) for one in laid[::times]]
    assert stretches == [(one.opens_at, one.due_at) for one in laid[times - 1 :: times]]
    assert (stretches[0][0], stretches[-1][1]) == calendar.window(during("rollout"))
    assert all(end == start for (_, end), (start, _) in pairwise(stretches))
    assert all(start < end for start, end in stretches)
    assert [one.last_day for one in laid] == sorted(one.last_day for one in laid)

"""A Prometheus server reads here what is late, what stands where, and what this process has done."""

import urllib.request
from collections.abc import Iterator

import pytest
from databases import BOTH, fresh_on
from prometheus_client.parser import text_string_to_metric_families
from stage import CALL, CLOSES, GRACE, SETTLE, STAFF, Stage, applicant, refused

from engine import events
from engine.clock import StoppedClock
from engine.database.connection import Database
from engine.errors import GrantcycleError
from engine.rules.moments import SECOND
from grantcycle import metrics as module
from grantcycle.metrics import LOOPBACK, Metrics

pytestmark = pytest.mark.usefixtures("_nobody_watches")
FIRED = CLOSES + GRACE + SETTLE


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with fresh_on(request.param) as opened:
        yield opened


def samples(text: str) -> dict[tuple[str, ...], float]:
    """(name, label values ...) -> value"""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def read(metrics: Metrics) -> dict[tuple[str, ...], float]:
    server, thread = metrics.serve(0)
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{server.server_port}/metrics") as answer:
            return samples(answer.read().decode())
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_it_says_how_it_stands_and_what_was_done(database: Database) -> None:
    clock = StoppedClock(CALL)
    stage = Stage(database).open()
    metrics = Metrics(database, clock)
    events.watch(metrics.watcher)
    stage.handed_in("anna")
    stage.draft("bert", complete=False)
    with refused("form", "form"):
        stage.cycle.act(stage.key, "SG30-002", "submit", by=applicant("bert"), now=CALL)
    stage.cycle.advance(FIRED + SECOND)
    metrics.watcher("letter", {"outcome": "sent"})
    metrics.watcher("relay paused", {})
    metrics.watcher("rang", {"outcome": "done"})
    metrics.watcher("round failed", {})
    clock.instant = FIRED + 61 * SECOND
    found = read(metrics)
    pending = sum(row.ended_at is None for row in stage.deadlines().values())
    assert {name: found[name] for name in found if name[0].startswith("grantcycle_") and "bucket" not in name[0]} == {
        ("grantcycle_database_up",): 1,
        ("grantcycle_overdue_seconds",): 0,
        # the first letter left for nobody: no postman runs here
        ("grantcycle_unsent_seconds",): found["grantcycle_unsent_seconds",],
        ("grantcycle_rounds",): 1,
        ("grantcycle_deadlines_pending",): pending,
        ("grantcycle_deadlines_overdue",): 0,
        ("grantcycle_dossiers", "lapsed"): 1,
        ("grantcycle_dossiers", "read"): 1,
        ("grantcycle_letters", "waiting"): found["grantcycle_letters", "waiting"],
        ("grantcycle_acts_total", "start_dossier", "done"): 2,
        ("grantcycle_acts_total", "answer", "done"): 1,
        ("grantcycle_acts_total", "act", "done"): 1,
        ("grantcycle_acts_total", "act", "refused"): 1,
        ("grantcycle_deadlines_fired_total", "edge", "fired"): 2,
        ("grantcycle_deadlines_fired_total", "announcement", "fired"): 1,
        ("grantcycle_deadlines_fired_total", "reminder", "missed"): 2,
        ("grantcycle_deadlines_fired_total", "transition", "fired"): 2,
        ("grantcycle_deadline_late_seconds_count",): found["grantcycle_deadline_late_seconds_count",],
        ("grantcycle_deadline_late_seconds_sum",): found["grantcycle_deadline_late_seconds_sum",],
        ("grantcycle_deadline_seconds_count",): found["grantcycle_deadline_seconds_count",],
        ("grantcycle_deadline_seconds_sum",): found["grantcycle_deadline_seconds_sum",],
        ("grantcycle_cohort_dossiers_count",): 2,
        ("grantcycle_cohort_dossiers_sum",): 2,
        ("grantcycle_letters_tried_total", "sent"): 1,
        ("grantcycle_relay_pauses_total",): 1,
        ("grantcycle_alarm_rings_total", "done"): 1,
        ("grantcycle_round_failures_total",): 1,
    }


def test_what_is_late_grows_until_it_happens(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_SECONDS", 0.0)
    clock = StoppedClock(FIRED)
    stage = Stage(database).open()
    stage.cycle.advance(FIRED - SECOND)
    metrics = Metrics(database, clock)
    for later in (0, 90):
        clock.instant = FIRED + later * SECOND
        assert read(metrics)["grantcycle_overdue_seconds",] == later
    stage.cycle.advance(clock.instant)
    assert read(metrics)["grantcycle_overdue_seconds",] == 0


def test_the_database_is_asked_every_few_seconds_at_most(database: Database) -> None:
    stage = Stage(database).open()
    metrics = Metrics(database, StoppedClock(CALL))
    stage.draft("anna")
    before = read(metrics)
    stage.draft("bert")
    assert read(metrics)["grantcycle_dossiers", "draft"] == before["grantcycle_dossiers", "draft"] == 1


def test_the_rarest_of_very_many_states_are_counted_together(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_STATES", 1)
    stage = Stage(database).open()
    for who in ("anna", "bert"):
        stage.draft(who)
    stage.handed_in("cleo")
    found = read(Metrics(database, StoppedClock(CALL)))
    assert {name[1]: value for name, value in found.items() if name[0] == "grantcycle_dossiers"} == {
        "draft": 2, "(others)": 1,
    }  # fmt: skip


def test_a_port_that_is_taken_is_told() -> None:
    with fresh_on("sqlite") as database:
        metrics = Metrics(database, StoppedClock(CALL))
        server, thread = metrics.serve(0)
        try:
            with pytest.raises(GrantcycleError, match=rf"^\[metrics\] port {server.server_port} cannot be used: "):
                metrics.serve(server.server_port)
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def test_an_unknown_person_counts_as_refused(database: Database) -> None:
    stage = Stage(database).open()
    metrics = Metrics(database, StoppedClock(CALL))
    events.watch(metrics.watcher)
    with pytest.raises(GrantcycleError):
        stage.cycle.attend(stage.key, "SG30-009", "kick_off", by=STAFF, now=CALL)
    assert read(metrics)["grantcycle_acts_total", "attend", "refused"] == 1

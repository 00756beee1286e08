"""What does a Prometheus server read here?

Counters and histograms are fed by the events of this process. What stands in the database is asked of it when somebody
reads, at most every few seconds, in questions that an index answers.
"""

import time
from collections.abc import Iterator
from threading import Lock, Thread
from typing import Any
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError

from engine.clock import Clock
from engine.database.connection import Database
from engine.database.health import health
from engine.database.looking import counts_of_deadlines, counts_of_dossiers, counts_of_letters, open_rounds
from engine.errors import GrantcycleError

LOOPBACK = "127.0.0.1"
KEPT_SECONDS = 5.0
"""for how long an answer of the database is good: however often somebody reads, it is asked no more often"""
MOST_STATES = 50
"""states with a line of their own; dossiers in the rarest of more are counted together"""
LATE_BUCKETS = (0.005, 0.025, 0.1, 0.5, 1, 5, 30, 300, 3600, 86_400)
COHORT_BUCKETS = (0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
SECONDS_BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30, 60, 300)


class Metrics:
    """The numbers of one process. `watcher` is told of every event; a server on loopback shows them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Standing(database, clock))
        self._acts = self._counter("grantcycle_acts", "Acts of people", "act", "outcome")
        self._deadlines = self._counter("grantcycle_deadlines_fired", "Deadlines seen to", "kind", "outcome")
        self._late = self._histogram("grantcycle_deadline_late_seconds", "Seconds that it was late", LATE_BUCKETS)
        self._cohort = self._histogram("grantcycle_cohort_dossiers", "Dossiers that a deadline moved", COHORT_BUCKETS)
        self._took = self._histogram("grantcycle_deadline_seconds", "Seconds that a deadline took", SECONDS_BUCKETS)
        self._letters = self._counter("grantcycle_letters_tried", "Tries at sending a letter", "outcome")
        self._pauses = self._counter("grantcycle_relay_pauses", "Pauses of a relay that did not answer")
        self._rings = self._counter("grantcycle_alarm_rings", "Times that an alarm looked what is due", "outcome")
        self._failures = self._counter("grantcycle_round_failures", "Rounds whose next deadline could not be fired")

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, registry=self.registry)

    def _histogram(self, name: str, about: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(name, about, buckets=buckets, registry=self.registry)

    def watcher(self, event: str, facts: dict[str, Any]) -> None:
        """Count one event."""
        if event == "act":
            self._acts.labels(facts["act"], facts["outcome"]).inc()
        elif event == "deadline":
            self._deadlines.labels(facts["kind"], facts["outcome"]).inc()
            if facts["outcome"] == "fired":
                self._late.observe(facts["late_by"])
                self._took.observe(facts["seconds"])
                if facts["kind"] in ("transition", "verdicts"):
                    self._cohort.observe(facts["dossiers"])
        elif event == "letter":
            self._letters.labels(facts["outcome"]).inc()
        elif event == "relay paused":
            self._pauses.inc()
        elif event == "rang":
            self._rings.labels(facts["outcome"]).inc()
        elif event == "round failed":
            self._failures.inc()

    def serve(self, port: int) -> tuple[WSGIServer, Thread]:
        """Show them on loopback, in a thread of its own. Raises GrantcycleError when the port is taken."""
        try:
            return start_http_server(port, LOOPBACK, self.registry)
        except OSError as problem:
            raise GrantcycleError(f"[metrics] port {port} cannot be used: {problem.strerror}") from problem


class _Standing(Collector):
    """What stands in the database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = Lock()
        self._kept: list[GaugeMetricFamily] = []
        self._good_until = 0.0

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is asked when the numbers are registered."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with self._lock:
            if time.monotonic() >= self._good_until:
                self._kept = self._ask()
                self._good_until = time.monotonic() + KEPT_SECONDS
            yield from self._kept

    def _ask(self) -> list[GaugeMetricFamily]:
        now = self._clock.now()
        try:
            with self._database.reading() as session:
                late = health(session, now)
                rounds = len(open_rounds(session))
                dossiers = counts_of_dossiers(session)
                letters = counts_of_letters(session)
                pending, overdue = counts_of_deadlines(session, now)
        except DBAPIError:
            return [_gauge("grantcycle_database_up", "Whether the database answers", 0)]
        common = sorted(dossiers, key=lambda state: (-dossiers[state], state))[:MOST_STATES]
        states = {state: dossiers[state] for state in sorted(common)}
        if rest := sum(dossiers.values()) - sum(states.values()):
            states["(others)"] = rest
        return [
            _gauge("grantcycle_database_up", "Whether the database answers", 1),
            _gauge("grantcycle_overdue_seconds", "Age of the oldest overdue deadline", late.overdue(now) / 1_000_000),
            _gauge("grantcycle_unsent_seconds", "Age of the oldest unsent letter", late.unsent(now) / 1_000_000),
            _gauge("grantcycle_rounds", "Rounds that are open", rounds),
            _gauge("grantcycle_deadlines_pending", "Deadlines that have not fired", pending),
            _gauge("grantcycle_deadlines_overdue", "Deadlines that should have fired", overdue),
            _gauges("grantcycle_dossiers", "Dossiers by state", "state", states),
            _gauges("grantcycle_letters", "Letters by status", "status", letters),
        ]


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def _gauges(name: str, about: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family

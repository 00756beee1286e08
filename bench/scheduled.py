"""How does APScheduler do as the memory, with its own SQLAlchemy job store?

Its default grace would drop what is a second late; it is switched off, so that all jobs run.
"""

import pickle
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine, LargeBinary, bindparam, create_engine, text

from bench.databases import Place
from bench.dossiers import SERIES
from bench.figures import seconds
from engine.clock import WallClock
from engine.rules.moments import EPOCH, SECOND

START = 2 * SECOND
READERS = 3
_work: dict[str, Any] = {}


def _as_sqlalchemy(url: str) -> Engine:
    """The address as most people would open it."""
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


def run_job(due: int) -> None:
    """What a job does: a row of history and a few queued notifications, in one transaction."""
    with _work["engine"].begin() as connection:
        connection.execute(text("INSERT INTO history (due) VALUES (:due)"), {"due": due})
        connection.execute(
            text("INSERT INTO queued (key, status) VALUES (:key, 'waiting')"),
            [{"key": f"{due} {reader} {_work['clock'].now()}"} for reader in range(READERS)],
        )
    _work["done"].append((due, _work["clock"].now()))
    if len(_work["done"]) == _work["wanted"]:
        _work["finished"].set()


def _scheduler(engine: Engine) -> BackgroundScheduler:
    return BackgroundScheduler(
        timezone=UTC,
        jobstores={"default": SQLAlchemyJobStore(engine=engine)},
        job_defaults={"misfire_grace_time": None, "coalesce": True},
    )


def _tables(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE history (due BIGINT)"))
        connection.execute(text("CREATE TABLE queued (key VARCHAR(80) UNIQUE, status VARCHAR(9))"))


def put_scheduled(url: str, pending: int) -> None:
    """An empty database with so many jobs pending, far ahead."""
    engine = _as_sqlalchemy(url)
    _tables(engine)
    scheduler = _scheduler(engine)
    scheduler.start(paused=True)
    run_date = datetime(2059, 1, 1, tzinfo=UTC)
    job = scheduler.add_job(run_job, "date", run_date=run_date, args=[0], id="sample")
    # none of them is ever read, so that one state serves for all
    state = pickle.dumps(job.__getstate__(), pickle.HIGHEST_PROTOCOL)
    scheduler.shutdown()
    if pending:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO apscheduler_jobs (id, next_run_time, job_state) "
                    f"SELECT 'pending ' || i, :far + i, :state FROM {SERIES[connection.dialect.name]}"
                ).bindparams(bindparam("state", type_=LargeBinary)),
                {"far": run_date.timestamp(), "state": state, "dossiers": pending},
            )
    engine.dispose()


def _schedule(scheduler: BackgroundScheduler, instants: list[int], engine: Engine) -> None:
    _work.update(
        engine=engine, clock=WallClock(), done=[], wanted=len(instants), finished=threading.Event()
    )  # fmt: skip
    for place, due in enumerate(instants):
        scheduler.add_job(
            run_job, "date", run_date=EPOCH + timedelta(microseconds=due), args=[due], id=f"{due} {place}"
        )


def theirs(url: str, deadlines: int, spread: float) -> list[float]:
    """How many ms after its instant each of so many jobs, spread over so many seconds, was committed."""
    engine = _as_sqlalchemy(url)
    scheduler = _scheduler(engine)
    scheduler.start(paused=True)
    # adding jobs takes its time as well: they are all there before the first is due
    first = WallClock().now() + START + deadlines * SECOND // 100
    _schedule(scheduler, [first + round(place * spread * SECOND / deadlines) for place in range(deadlines)], engine)
    scheduler.resume()
    if not _work["finished"].wait(spread + 60):
        raise RuntimeError(f"only {len(_work['done'])} of {deadlines} jobs ran")
    scheduler.shutdown()
    engine.dispose()
    return [(at - due) / 1_000 for due, at in _work["done"]]


def all_at_once(place: Place, jobs: int) -> float:
    """How many seconds so many jobs take that are due at one instant."""
    url = place.fresh()
    put_scheduled(url, 0)
    engine = _as_sqlalchemy(url)
    scheduler = _scheduler(engine)
    scheduler.start(paused=True)
    _schedule(scheduler, [WallClock().now()] * jobs, engine)

    def once() -> None:
        scheduler.resume()
        if not _work["finished"].wait(120):
            raise RuntimeError(f"only {len(_work['done'])} of {jobs} jobs ran")

    taken = seconds(once)
    scheduler.shutdown()
    engine.dispose()
    place.drop(url)
    return taken

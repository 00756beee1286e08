"""A live round whose dates lie seconds ahead: real processes, a real SMTP conversation, kill -9."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from databases import postgres_address
from sqlmodel import col, select

from engine.clock import WallClock
from engine.database import journal
from engine.database.records import DeadlineRow, DossierRow, JournalRow, NotificationRow, TransitionRow
from engine.database.store import find_round
from engine.files.reading import load
from engine.rules.moments import SECOND, from_instant
from grantcycle.wiring import Wiring

ZONES = ("Europe/Brussels", "Asia/Tokyo")
ZONE = next(zone for zone in ZONES if from_instant(WallClock().now(), zone).hour != 23)
"""one in which it is not nearly midnight: an hour written in the last minute of a day means to the end of that day"""
ROUND = "tiny/now"
SETTLE = 1.0
WORKFLOW = """
[workflow]
title     = "Tiny grants"
format    = 1
language  = "en"
languages = ["en"]
begins_in = "draft"
ends_in   = ["read", "lapsed"]

[phase]
call = "Call"

[state]
draft     = { title = "Draft", phase = "call" }
submitted = { title = "Submitted", phase = "call" }
read      = { title = "Being read" }
lapsed    = { title = "Not handed in" }

[question.title]
ask      = "Title"
required = true

[transition.submit]
from    = "draft"
to      = "submitted"
by      = "applicant"
during  = "call"
only_if = { form = "complete" }
tell    = { applicant = "received" }

[transition.lapse]
from = "draft"
to   = "lapsed"
when = "call closes"
tell = { applicant = "lapsed" }

[transition.take_up]
from = "submitted"
to   = "read"
when = "call closes"
tell = { applicant = "taken-up", staff = "taken-up-list" }
"""
LETTERS = {
    "received": "Received: {{ dossier.number }}\n\nWe have it.\n",
    "lapsed": "Lapsed: {{ dossier.number }}\n\nThe call closed on {{ phase.call.closes }}.\n",
    "taken-up": "Taken up: {{ dossier.number }}\n\nWe are reading it.\n",
    "taken-up-list": "To read\n\n{% for dossier in dossiers %}- {{ dossier.number }}\n{% endfor %}\n",
}
STAFF, DRAFTS, HANDED_IN = "staff@fund.example", 3, 4


class Sink:
    """A mail server that keeps what it accepts."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, str]] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802  aiosmtpd's name
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.received.append((envelope.rcpt_tos[0], str(mail["Subject"]), str(mail["Message-ID"])))
        return "250 kept"


@pytest.fixture
def sink() -> Iterator[Sink]:
    kept = Sink()
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    yield kept
    controller.stop()


def _write(folder: Path, closes: datetime, port: int, database: str = "sqlite:///data/grantcycle.db") -> Path:
    programme = folder / "workflows" / "tiny"
    (programme / "rounds").mkdir(parents=True)
    (programme / "letters" / "en").mkdir(parents=True)
    (programme / "workflow.toml").write_text(WORKFLOW)
    (programme / "rounds" / "now.toml").write_text(
        dedent(f"""
        [round]
        title    = "Tiny grants, now"
        number   = "TG"
        timezone = "{ZONE}"
        mails_at = 09:00:00
        holidays = "BE"

        [phase]
        call = {{ from = {(closes - timedelta(seconds=8)).isoformat()}, to = {closes.isoformat()} }}
        """)
    )
    for name, text in LETTERS.items():
        (programme / "letters" / "en" / f"{name}.md").write_text(text)
    config = folder / "config.toml"
    config.write_text(
        dedent(f"""
        [database]
        url = "{database}"

        [mail]
        host     = "127.0.0.1"
        port     = {port}
        sender   = "Tiny grants <grants@fund.example>"
        reply_to = "Ann Example <ann@fund.example>"

        [engine]
        settle = {SETTLE}
        sweep  = 0.5
        """)
    )
    return config


def _serve(config: Path) -> subprocess.Popen[bytes]:
    with (config.parent / "stderr").open("ab") as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", "grantcycle", "--config", str(config), "serve"],
            cwd=config.parent,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env={**os.environ, "GRANTCYCLE_CONFIG": "", "GRANTCYCLE_WEB__KEY": "one key for all that serve " * 2},
        )


def _sleep_until(instant: int) -> None:
    time.sleep(max(instant - WallClock().now(), 0) / SECOND)


@pytest.mark.parametrize(
    "killed_after_close",
    [pytest.param(-1.0, id="before", marks=pytest.mark.slow), pytest.param(SETTLE, id="at"),
     pytest.param(SETTLE + 0.4, id="after", marks=pytest.mark.slow)],
)  # fmt: skip
def test_a_close_fires_once_and_its_letters_arrive_though_the_process_is_killed(
    tmp_path: Path, sink: Sink, killed_after_close: float
) -> None:
    _play(tmp_path, sink, killed_after_close)


@pytest.mark.slow
@pytest.mark.parametrize("killed_after_close", [SETTLE, SETTLE + 0.2], ids=["at", "after"])
def test_of_two_that_serve_one_postgresql_one_is_killed_and_the_other_does_it_all(
    tmp_path: Path, sink: Sink, killed_after_close: float
) -> None:
    with postgres_address() as database:
        _play(tmp_path, sink, killed_after_close, database)


def _play(tmp_path: Path, sink: Sink, killed_after_close: float, postgresql: str | None = None) -> None:
    """Kill what serves and start it anew; on PostgreSQL two serve, and nobody starts the dead one."""
    now = WallClock().now()
    closes = from_instant(now, ZONE).replace(microsecond=0) + timedelta(seconds=11)
    config = _write(tmp_path, closes, sink.port, postgresql) if postgresql else _write(tmp_path, closes, sink.port)
    wiring = Wiring(config)
    wiring.make_database()
    programme = load(tmp_path / "workflows" / "tiny")
    wiring.cycle.open_round(programme, "now", by="ops@fund.example", now=now)
    wiring.cycle.add_person(ROUND, email=STAFF, name="Sam", language="en", role="staff", by="ops@fund.example", now=now)
    serving, other = _serve(config), _serve(config) if postgresql else None
    try:
        with wiring.database.reading() as session:
            opens = session.exec(select(DeadlineRow).where(col(DeadlineRow.key) == "edge call opens")).one()
            close = session.exec(select(DeadlineRow).where(col(DeadlineRow.key) == "transition take_up")).one()
        _sleep_until(opens.due_at)
        for place in range(DRAFTS + HANDED_IN):
            email = f"a{place}@applicants.example"
            number = wiring.cycle.start_dossier(
                ROUND, organisation=f"Organisation {place}", email=email, name=f"Applicant {place}", language="en",
                by=email, now=WallClock().now(),
            )  # fmt: skip
            if place < HANDED_IN:
                wiring.cycle.answer(ROUND, number, {"title": "A plan"}, by=email, now=WallClock().now())
                wiring.cycle.act(ROUND, number, "submit", by=email, now=WallClock().now())
        _sleep_until(close.due_at + round(killed_after_close * SECOND))
        serving.send_signal(signal.SIGKILL)
        serving.wait()
        serving = other or _serve(config)
        expected = 2 * HANDED_IN + DRAFTS + 1
        # letters that were on their way when it died wait for half a minute
        deadline = time.monotonic() + 75
        while time.monotonic() < deadline and not _all_sent(wiring, expected):
            time.sleep(0.1)
    finally:
        serving.terminate()
        # it may be told to stop before it has quite begun
        assert serving.wait(timeout=20) in (0, -signal.SIGTERM)
    with wiring.database.reading() as session:
        round_id = find_round(session, ROUND).id
        assert round_id is not None
        states = Counter(session.exec(select(DossierRow.state)).all())
        moves = session.exec(select(TransitionRow).where(col(TransitionRow.deadline_id).is_not(None))).all()
        fired = [row for row in session.exec(select(JournalRow)).all() if row.what == "due"]
        queued = session.exec(select(NotificationRow)).all()
        assert journal.broken_links(session, round_id) == ()
    wiring.close()
    assert states == {"read": HANDED_IN, "lapsed": DRAFTS}
    assert len(moves) == HANDED_IN + DRAFTS
    assert {move.at for move in moves} == {close.due_at}
    assert [min(move.recorded_at - close.fires_at, 0) for move in moves] == [0] * len(moves)
    assert Counter(row.details["name"] for row in fired) == {
        "edge call opens": 1, "edge call closes": 1, "transition lapse": 1, "transition take_up": 1,
    }  # fmt: skip
    assert Counter(notification.status for notification in queued) == {"sent": expected}
    # a letter may arrive twice only in the gap after the final dot, and then with the same Message-ID
    assert {message_id for _, _, message_id in sink.received} == {row.message_id for row in queued}
    assert len({(to, subject) for to, subject, _ in sink.received}) == expected
    assert len(set(sink.received)) == expected


def _all_sent(wiring: Wiring, expected: int) -> bool:
    with wiring.database.reading() as session:
        statuses = session.exec(select(NotificationRow.status)).all()
    return len(statuses) == expected and set(statuses) == {"sent"}

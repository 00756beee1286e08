"""Is anything lost on the day of the deadline? `python -m bench.deadline_day --help`.

A whole installation as `grantcycle serve` runs it, and a crowd on the same machine that hands in over HTTP. Afterwards
each receipt is compared with its row and the digests of its files, and `doctor` looks over all of it.
"""

import argparse
import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import select

from bench.crowd import Applicant, clock, hand_in
from engine.clock import WallClock
from engine.cycle import Cycle, Imported
from engine.database.access import sessions
from engine.database.connection import Database, open_database
from engine.database.migrating import migrate
from engine.database.records import AnswerRow, DeadlineRow, DossierRow, PersonRow, TransitionRow
from engine.database.store import the_id
from engine.files.reading import read_programme
from grantcycle.pages import installation_key
from grantcycle.settings import WebSettings
from web.keys import Keys, digest, nonce

ZONE = "Europe/Brussels"
WORKFLOW = """
[workflow]
title = "Deadline day"
format = 1
language = "en"
languages = ["en"]
begins_in = "draft"
ends_in = ["received", "lapsed"]
[phase]
call = "Call"
[state]
draft = { title = "Draft", phase = "call" }
received = { title = "Received", phase = "call" }
lapsed = { title = "Lapsed" }
[question]
title = { ask = "Title", required = true }
plan = { ask = "Plan", kind = "file", accept = ["pdf"], required = true }
budget = { ask = "Budget", kind = "file", accept = ["pdf"] }
statutes = { ask = "Statutes", kind = "file", accept = ["pdf"] }
[transition.submit]
from = "draft"
to = "received"
by = "applicant"
during = "call"
only_if = { form = "complete" }
tell = { applicant = "received" }
[transition.lapse]
from = "draft"
to = "lapsed"
when = "call closes"
tell = { applicant = "lapsed" }
"""
LETTER = "Your dossier {{ dossier.number }}\n\nDear {{ contact.name }}, this is about {{ dossier.number }}.\n"
ROUND = """
[round]
title = "Today"
number = "D"
timezone = "Europe/Brussels"
mails_at = 09:00:00
holidays = "BE"
[phase]
call = {{ from = {opens:%Y-%m-%d}, to = {closes:%Y-%m-%dT%H:%M:%S} }}
"""
KEY = "deadline-day/today"
STAFF = "staff@deadline.example"


def _prepare(folder: Path, closes: datetime, count: int) -> tuple[Database, list[tuple[str, str]]]:
    """An installation with so many complete drafts but for their files; gives each one's number and session."""
    (folder / "config.toml").write_text("[web]\nport = 0\n", encoding="utf-8")
    opens = closes - timedelta(days=2)
    files = {
        "workflow.toml": WORKFLOW, "rounds/today.toml": ROUND.format(opens=opens, closes=closes),
        "letters/en/received.md": LETTER, "letters/en/lapsed.md": LETTER,
    }  # fmt: skip
    (folder / "data").mkdir()
    database = open_database(f"sqlite:///{folder}/data/grantcycle.db")
    migrate(database)
    cycle, now = Cycle(database, lambda *_: None), WallClock().now()
    before = now - 30 * 3_600_000_000
    cycle.open_round(read_programme("deadline-day", files, ""), "today", by=STAFF, now=before, as_of=before)
    cycle.add_person(KEY, email=STAFF, name="Staff", language="en", role="staff", by=STAFF, now=before)
    people = [f"a{number}@crowd.example" for number in range(count)]
    rows = [Imported(f"House {place}", one, "A", "en", answers={"title": "T"}) for place, one in enumerate(people)]
    numbers = cycle.import_dossiers(KEY, rows, by=STAFF, now=now)
    cookies = [nonce() for _ in people]
    with database.transaction() as session:
        ids = {person.email: the_id(person) for person in session.exec(select(PersonRow)).all()}
        for person, cookie in zip(people, cookies, strict=True):
            sessions.begin(session, ids[person], digest(cookie), "bench", now)
    return database, list(zip(numbers, cookies, strict=True))


def _start(folder: Path, part: str) -> tuple[subprocess.Popen[str], str, int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "grantcycle", part], cwd=folder, stdout=subprocess.PIPE, text=True,
        stderr=(folder / "log").open("a"), env={**os.environ, "PYTHONTZPATH": ""},
    )  # fmt: skip
    assert process.stdout is not None
    said = re.search(r"http://([\d.]+):(\d+)", process.stdout.readline())
    assert said is not None, (folder / "log").read_text()
    return process, said[1], int(said[2])


def _judge(database: Database, crowd: Sequence[Applicant], closes: float) -> dict[str, Any]:
    """What became of each: a receipt that has its row and its files' digests, or not."""
    with database.reading() as session:
        rows = {row.number: row for row in session.exec(select(DossierRow)).all()}
        kept: dict[int, dict[str, str]] = {}
        for answer in session.exec(select(AnswerRow)).all():
            if isinstance(answer.value, dict):
                kept.setdefault(answer.dossier_id, {})[answer.question] = answer.value["digest"]
    found = {"received": 0, "lost": 0, "on time and refused": 0, "late": 0, "other": 0}
    for one in crowd:
        row = rows[one.path.rpartition("/")[2]]
        has_receipt = one.statuses[-1:] == [303] and one.location.endswith("/receipt")
        stands = row.receipt is not None and kept.get(the_id(row)) == one.digests
        if has_receipt:
            found["received" if stands else "lost"] += 1
        elif one.sent_at <= closes:
            found["on time and refused"] += 1
        else:
            found["late" if one.statuses[-1:] == [409] else "other"] += 1
    return found


def _shares(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "most": 1.0}
    return {name: round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3) for name, share in at.items()}


def measure(
    crowd_of: Sequence[tuple[float, dict[str, int]]], seconds_to_close: float, webs: int
) -> dict[str, Any]:
    """Let a crowd hand in: when each begins and how large their files are; the call closes so many seconds on.

    Beside `serve` stand so many processes of pages alone, and each applicant asks one of them.
    """
    with tempfile.TemporaryDirectory(prefix="deadline-day-") as name:
        folder = Path(name)
        prepared = clock()
        margin = 20 + len(crowd_of) / 100
        closes = datetime.fromtimestamp(int(prepared + margin + seconds_to_close), ZoneInfo(ZONE)).replace(tzinfo=None)
        closes_at = closes.replace(tzinfo=ZoneInfo(ZONE)).timestamp() + 0.000001
        database, drafts = _prepare(folder, closes, len(crowd_of))
        keys = Keys(installation_key(WebSettings(), folder, shared=False))
        crowd = [
            Applicant(f"/dossier/{KEY}/{number}", cookie, keys.token("form", cookie), begins, files)
            for (number, cookie), (begins, files) in zip(drafts, crowd_of, strict=True)
        ]
        processes = [_start(folder, part) for part in ("serve", *["web"] * webs)]
        try:
            time.sleep(max(0.0, closes_at - seconds_to_close - clock()))
            asyncio.run(hand_in([(host, port) for _, host, port in processes], crowd))
            while clock() < closes_at + 45 and seconds_to_close < 200:
                time.sleep(1)
            fired = _fired_after(database, closes_at)
        finally:
            for process, _, _ in processes:
                process.send_signal(signal.SIGINT)
                process.wait()
        found = _judge(database, crowd, closes_at)
        doctor = subprocess.run(
            [sys.executable, "-m", "grantcycle", "doctor", "--json"], cwd=folder, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        database.close()
        return {
            **found,
            "statuses": sorted({str(one.statuses) for one in crowd}),
            "upload and hand in": _shares([one.handed_in for one in crowd]),
            "upload": _shares([one.uploaded for one in crowd]),
            "close fired after (s)": fired,
            "doctor": "green" if json.loads(doctor.stdout)["green"] else doctor.stdout,
        }


def _fired_after(database: Database, closes_at: float) -> float | None:
    """How many seconds after its due instant the close was carried out; None when it was not yet."""
    with database.reading() as session:
        row = session.exec(select(DeadlineRow).where(DeadlineRow.key == "transition lapse")).one()
        moved = session.exec(select(TransitionRow.recorded_at).where(TransitionRow.name == "lapse")).first()
    if row.ended_at is None:
        return None
    return round((moved or row.ended_at) / 1_000_000 - closes_at, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.deadline_day", description=__doc__)
    parser.add_argument("what", choices=["steady", "burst"])
    parser.add_argument("--rate", type=float, default=25, help="steady: submissions a second")
    parser.add_argument("--seconds", type=float, default=120, help="steady: for how long")
    parser.add_argument("--size", type=int, default=2_000_000, help="bytes of a file")
    parser.add_argument("--applicants", type=int, default=500, help="burst: in the last minute, half in its last 10 s")
    parser.add_argument("--webs", type=int, default=1, help="processes of pages alone, beside serve")
    given = parser.parse_args()
    if given.what == "steady":
        count = int(given.rate * given.seconds)
        crowd = [(place / given.rate, {"plan": given.size}) for place in range(count)]
        figures = measure(crowd, given.seconds + 600, given.webs)
    else:
        draw = random.Random(7)
        early = given.applicants // 2
        # handing in takes a moment: who begins in the very last second has not sent it by then
        begins = [draw.uniform(0, 50) for _ in range(early)]
        begins += [draw.uniform(50, 59) for _ in range(given.applicants - early)]
        names = ("plan", "budget", "statutes")
        crowd = [(one, dict.fromkeys(names, given.size)) for one in sorted(begins)]
        figures = measure(crowd, 60, given.webs)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()

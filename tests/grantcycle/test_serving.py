"""`serve` and `worker` run for as long as nobody stops them, and say where the letters go."""

import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
from installation import ROUND, Installation

from grantcycle.metrics import LOOPBACK

PATIENCE = 600
"""how often a test looks before it gives up"""


def _serve(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "grantcycle", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_serve_catches_up_keeps_letters_and_stops_when_asked(opened: Installation) -> None:
    process = _serve(opened.folder, "serve")
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        pages = re.match(r"The pages are at (http://127\.0\.0\.1:\d+)\. ", said)
        assert pages is not None, said
        assert said[pages.end() :] == (
            "The alarm is set. No mail server is configured: "
            f"letters are kept in {opened.folder}/data/mailbox. Stop with Ctrl-C.\n"
        )
        with urllib.request.urlopen(pages[1]) as page:
            assert (page.status, b"<h1" in page.read()) == (200, True)
        for _ in range(PATIENCE):
            with sqlite3.connect(opened.folder / "cycle.db") as database:
                (left,) = database.execute("select count(*) from deadline where ended_at is null").fetchone()
            if not left:
                break
            time.sleep(0.1)
        assert left == 0
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    assert (process.returncode, out) == (0, "Stopped.\n")
    lines = [json.loads(line) for line in err.splitlines()]
    assert {(line["event"], line["level"], line["round"]) for line in lines if line["event"] != "letter"} == {
        ("deadline", "info", ROUND)
    }
    entries = opened.done("agenda", ROUND, "--json").json["agenda"]
    assert {entry["ending"] for entry in entries if entry["kind"] != "meeting"} == {"fired", "missed"}


def test_a_worker_without_a_mail_server_is_refused(opened: Installation) -> None:
    answer = opened("worker")
    assert (answer.code, answer.err) == (
        1,
        "a worker sends letters, and no mail server is configured: set [mail] host in config.toml, or use "
        "grantcycle serve, which keeps letters in a mailbox\n",
    )


def test_a_database_that_a_newer_grantcycle_wrote_is_left_alone(opened: Installation) -> None:
    with sqlite3.connect(opened.folder / "cycle.db") as database:
        database.execute("update alembic_version set version_num = '9999'")
    answer = opened("status")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("the database was written by a newer grantcycle")


def test_letters_are_sent_held_let_go_and_cancelled_by_number(opened: Installation) -> None:
    start = (
        "dossiers", "start", ROUND, "--organisation", "De Brug", "--name", "An Jans", "--email", "an@brug.example",
        "--language", "nl", "--as", "an@brug.example",
    )  # fmt: skip
    opened.done(*start)
    opened.done("act", ROUND, "CI19-001", "withdraw", "--as", "an@brug.example")
    staff = ("--as", "els@impuls.example")
    opened.done("outbox", "hold", "1", *staff)
    opened.done("outbox", "cancel", "2", *staff)
    assert opened.done("outbox", "send").out == "1 letter sent.\n"
    opened.done("outbox", "let-go", "1", *staff)
    assert "Status: waiting (not written yet: this is how it would read now)" in opened.done("outbox", "show", "1").out
    assert opened.done("outbox", "send", "--json").json == {"sent": 1, "retried": 0, "failed": 0}
    listed = opened.done("outbox", "list", ROUND, "--json").json["letters"]
    assert [(one["id"], one["letter"], one["status"]) for one in listed] == [
        (1, "withdrawn", "sent"), (2, "dossier-withdrawn", "cancelled"), (3, "dossier-withdrawn", "sent"),
    ]  # fmt: skip
    assert opened("outbox", "cancel", "1", *staff).code == 3
    shown = opened.done("outbox", "show", "1")
    assert shown.out.startswith("Status: sent\nFrom: Impulsprogramma <impuls@impuls.example>\n")
    assert "An Jans" in opened.done("outbox", "show", "1", "--html").out
    caught = (opened.folder / "data" / "mailbox" / "000002.eml").read_bytes()
    raw = opened.done("outbox", "show", "1", "--raw").out.encode()
    assert caught.endswith(raw)


def test_its_numbers_are_read_on_loopback_where_the_settings_say(opened: Installation) -> None:
    with socket.create_server((LOOPBACK, 0)) as free:
        port = free.getsockname()[1]
    opened.write("config.toml", (opened.folder / "config.toml").read_text() + f"\n[metrics]\nport = {port}\n")
    process = _serve(opened.folder, "serve")
    try:
        assert process.stdout is not None
        assert "The alarm is set." in process.stdout.readline()
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/metrics") as answer:
            told = answer.read().decode()
        assert "grantcycle_rounds 1.0\n" in told
        heard = {one.laddr.ip for one in psutil.Process(process.pid).net_connections() if one.status == "LISTEN"}
        assert heard == {LOOPBACK}
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()

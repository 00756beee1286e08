"""A program that hands in dossiers for as long as it is let, and writes down each one that was acknowledged.

    python disk_work.py FOLDER DOSSIERS [normal]

The acknowledgements stand in FOLDER/acks, one number a line. `normal` is the sabotage: SQLite is told to sync less.
"""

import hashlib
import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]
sys.path.insert(0, str(Path(__file__).parents[1] / "engine" / "cycle"))
from databases import fresh  # noqa: E402
from stage import CALL, Stage, applicant  # noqa: E402

from engine.cycle import Upload  # noqa: E402
from engine.database.connection import open_database  # noqa: E402


def main() -> None:
    folder, dossiers = Path(sys.argv[1]), int(sys.argv[2])
    path = folder / "round.db"
    known = path.exists()
    database = open_database(f"sqlite:///{path}") if known else fresh(f"sqlite:///{path}")
    stage = Stage(database)
    if not known:
        stage.open()
    if sys.argv[3:] == ["normal"]:
        raw = database.writer.raw_connection()
        assert raw.driver_connection is not None
        raw.driver_connection.execute("PRAGMA synchronous=NORMAL")
        raw.close()
    acks = os.open(folder / "acks", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(acks, b"open\n")
    states = stage.states()
    for place in range(dossiers):
        who, number, now = f"a{place}", f"SG30-{place + 1:03d}", CALL + place
        if states.get(number) == "handed":
            continue
        if number not in states:
            assert stage.draft(who, now, complete=False) == number
        content = b"%PDF-1.7 " + hashlib.sha256(who.encode()).digest() * 2_000
        stage.cycle.act(
            stage.key, number, "submit", by=applicant(who), now=now, answers={"title": who, "amount": 4000},
            files={"plan": Upload("plan.pdf", content)},
        )  # fmt: skip
        os.write(acks, f"{number}\n".encode())
    database.close()


if __name__ == "__main__":
    main()

"""A Cera round that runs, at three hours of its life, to be copied; and how it goes on when all is approved in time."""

from datetime import datetime
from email.headerregistry import Address
from functools import cache
from pathlib import Path
from typing import Any

from databases import fresh
from sqlmodel import col, select

from engine.cycle import Cycle, Upload, due
from engine.database.connection import Database
from engine.database.records import DeadlineRow, RoundRow
from engine.files.reading import Programme, load
from engine.rules.moments import to_instant
from notifications.outbox import Outbox

KEY = "cera-impuls/2019"
STAFF, SECOND = "els@impuls.example", "jan@impuls.example"
JURY = tuple(f"{name}@jury.example" for name in ("ada", "bo", "cem", "dirk"))
PDF = Upload("plan.pdf", b"%PDF-1.4 a plan")
HOURS = ("2019-02-10T10:00", "2019-03-20T10:00", "2019-05-12T10:00", "2020-02-10T10:00")
"""in the call; while the committee reads; after the pitch; in the first year of the rollout"""
REPORT = {"report": PDF}


@cache
def cera() -> Programme:
    return load(Path(__file__).parents[3] / "workflows" / "cera-impuls")


def at(local: str) -> int:
    wall = datetime.fromisoformat(local)
    return to_instant(wall.date(), wall.time(), "Europe/Brussels")


def cycle_on(database: Database) -> Cycle:
    return Cycle(database, Outbox(Address("Impuls", addr_spec="impuls@fund.example")).queue)


def copy_of(hour: str) -> Database:
    """The round as it stands at one of the hours, in a database of its own."""
    database = fresh()
    connection = database.writer.raw_connection()
    _running()[hour].backup(connection.driver_connection)
    connection.close()
    return database


@cache
def _running() -> dict[str, Any]:
    database, kept = fresh(), {}
    cycle = cycle_on(database)
    _open(cycle)
    for hour, happens in zip(HOURS, (_call, _preselection, _pitch, _rollout), strict=True):
        happens(cycle, at(hour))
        cycle.advance(at(hour))
        copy = fresh().writer.raw_connection()
        database.writer.raw_connection().driver_connection.backup(copy.driver_connection)
        kept[hour] = copy.driver_connection
    return kept


def _open(cycle: Cycle) -> None:
    opened = at("2018-12-01T10:00")
    cycle.open_round(cera(), "2019", by=STAFF, now=opened)
    people = [(STAFF, "staff"), (SECOND, "staff"), ("paul@public.example", "everyone")]
    people += [(one, "jury") for one in JURY]
    for email, role in people:
        cycle.add_person(
            KEY, email=email, name=email, language="nl", role=role, chair=email == JURY[0], by=STAFF, now=opened
        )


def _call(cycle: Cycle, now: int) -> None:
    cycle.advance(at("2018-12-18T10:00"))
    began = at("2019-01-15T10:00")
    for place, who in enumerate("abcdefgh"):
        language = ("nl", "fr", "nl", "en")[place % 4]
        email = f"{who}@applicant.example"
        number = cycle.start_dossier(
            KEY, organisation=f"House {who}", email=email, name=who, language=language, by=email, now=began + place
        )
        if who == "h":
            continue
        answers = {"title": "Songs", "practice": "We sing.", "partner": "A choir", "amount": 20_000 + place}
        cycle.answer(KEY, number, answers, by=email, now=began + place, files={"plan": PDF})
        if who in "abcdef":
            cycle.act(KEY, number, "submit", by=email, now=began + 100 + place)
    cycle.extend(
        KEY, "call closes", datetime(2019, 3, 5).date(), reason="ill", by=STAFF, now=now - 5, dossier="CI19-008"
    )


def _preselection(cycle: Cycle, now: int) -> None:
    cycle.advance(at("2019-03-10T10:00"))
    for number in ("CI19-001", "CI19-002", "CI19-003", "CI19-004"):
        for member in JURY[:3]:
            marks = {"participation": 7, "artistic": 6, "learning": 5}
            cycle.score(KEY, number, marks, by=member, now=now - 50)
        cycle.recommend(KEY, number, "Good words.", by=JURY[1], now=now - 40)
    for number in ("CI19-001", "CI19-002", "CI19-003"):
        cycle.verdict(KEY, number, "shortlist", by=JURY[0], now=now - 30)
    cycle.verdict(KEY, "CI19-004", "pass_over", by=JURY[0], now=now - 30)


def _pitch(cycle: Cycle, now: int) -> None:
    cycle.approve(KEY, "recommendations opens", by=STAFF, now=at("2019-03-30T10:00"))
    cycle.advance(at("2019-04-02T10:00"))
    for number in ("CI19-001", "CI19-002"):
        cycle.attend(KEY, number, "pitch", by=STAFF, now=at("2019-05-09T18:00"))
        cycle.verdict(KEY, number, "award", by=JURY[0], now=now - 30)
    cycle.verdict(KEY, "CI19-003", "turn_down", by=JURY[0], now=now - 30)


def _rollout(cycle: Cycle, now: int) -> None:
    for who in (STAFF, SECOND):
        cycle.approve(KEY, "approval opens", by=who, now=at("2019-05-19T10:00"))
    cycle.advance(at("2019-05-21T10:00"))
    for number in ("CI19-001", "CI19-002"):
        cycle.attend(KEY, number, "kick_off", by=STAFF, now=at("2019-06-20T18:00"))
    cycle.advance(at("2019-09-02T10:00"))
    cycle.attend(KEY, "CI19-001", "coaching", by=STAFF, now=now - 20)
    cycle.deliver(KEY, "CI19-001", "interim_report", {}, by="a@applicant.example", now=now - 10, files=REPORT)
    cycle.excuse(KEY, "CI19-002", "site_visit 1", reason="a birth", by=STAFF, now=now - 5)


def go_on(database: Database, until: int) -> None:
    """Let the calendar go on, each batch approved by as many as must just before its moment."""
    cycle = cycle_on(database)
    while True:
        with database.reading() as session:
            instant = due.next_instant(session)
            round = session.exec(select(RoundRow)).one()
            if instant is None or instant > until:
                return
            moments = session.exec(
                select(DeadlineRow.moment).where(
                    col(DeadlineRow.round_id) == round.id, col(DeadlineRow.fires_at) == instant,
                    col(DeadlineRow.ended_at).is_(None), col(DeadlineRow.kind).in_(("verdicts", "transition")),
                )
            ).all()  # fmt: skip
        if moments:
            for preview in cycle.batches(KEY, instant - 1):
                if preview.batch in moments and not preview.released:
                    for who in (STAFF, SECOND)[: preview.needed]:
                        cycle.approve(KEY, preview.batch, by=who, now=instant - 1)
        cycle.advance(instant)

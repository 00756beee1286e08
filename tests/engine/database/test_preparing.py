"""Rounds in the making and rehearsals, on both databases: nothing is overwritten, one is played at a time."""

import pytest
from database_rows import a_person
from sqlmodel import select

from engine.database.connection import Database
from engine.database.preparing import drafts, rehearsals
from engine.database.preparing.rehearsals import SILENT, Wanted
from engine.database.records import DraftRow, PinnedRow, RehearsalRow
from engine.errors import Refused, Unknown
from engine.files.reading import Programme, folder_digest

NOW = 1_550_000_000_000_000
FILES = {"workflow.toml": "[workflow]\n"}
PLAYED = {"figures": {"letters": 3}, "outcome": {"letters": []}, "report": b"packed"}


def programme(name: str = "small") -> Programme:
    """As much of one as is kept of it."""
    return Programme(name, None, {}, {}, {}, folder_digest(FILES), FILES)  # type: ignore[arg-type]


def person(database: Database) -> int:
    with database.transaction() as session:
        return a_person(session)


def ask(database: Database, by: int, now: int = NOW) -> int:
    with database.transaction() as session:
        return rehearsals.ask(session, programme(), "2030", Wanted(3, 7), by=by, now=now)


def test_a_draft_is_changed_by_whoever_has_seen_the_last_change_and_ends_once(database: Database) -> None:
    by = person(database)
    with database.transaction() as session:
        id = drafts.make(session, programme="small", name="2031", source="upload", files=FILES, by=by, now=NOW)
    with database.transaction() as session:
        drafts.change(session, id, {"workflow.toml": "x = 1\n"}, seen=NOW, now=NOW)  # at the same instant
    with pytest.raises(Refused), database.transaction() as session:
        drafts.change(session, id, FILES, seen=NOW, now=NOW + 9)
    with pytest.raises(Refused), database.transaction() as session:
        drafts.end(session, id, "opened", NOW + 9, seen=NOW)
    with database.reading() as session:
        (row,) = drafts.standing(session)
        assert (row.files, row.changed_at) == ({"workflow.toml": "x = 1\n"}, NOW + 1)
    with database.transaction() as session:
        drafts.end(session, id, "opened", NOW + 9, seen=NOW + 1)
    with pytest.raises(Refused), database.transaction() as session:
        drafts.end(session, id, "thrown away", NOW + 10)
    with database.reading() as session:
        assert (session.get_one(DraftRow, id).ending, list(drafts.standing(session))) == ("opened", [])
        with pytest.raises(Unknown):
            drafts.find(session, id)


def test_one_rehearsal_is_played_at_a_time_until_it_ends_or_is_not_heard_of(database: Database) -> None:
    by = person(database)
    first = ask(database, by)
    with pytest.raises(Refused) as refused:
        ask(database, by, NOW + SILENT)
    assert [one.code for one in refused.value.reasons] == ["playing"]
    with database.transaction() as session:
        assert rehearsals.hear(session, first, NOW + SILENT, done=1, total=9, doing="2030-01") is True
    with pytest.raises(Refused):
        ask(database, by, NOW + 2 * SILENT)
    second = ask(database, by, NOW + 2 * SILENT + 1)  # the first one was not heard of for too long
    with database.transaction() as session:
        assert rehearsals.hear(session, first, NOW, done=2, total=9, doing="") is False  # and is to end
        rehearsals.put_outcome(session, first, NOW, **PLAYED)  # too late: it counts as interrupted
    with database.reading() as session:
        listed = rehearsals.newest(session, limit=9)
        assert [(row.id, rehearsals.how(row, NOW + 2 * SILENT + 2)) for row, _ in listed] == [
            (second, "playing"), (first, "interrupted"),
        ]  # fmt: skip
        with pytest.raises(Unknown):
            rehearsals.report_of(session, first)
        assert len(session.exec(select(PinnedRow)).all()) == 1  # the same texts are kept once


def test_a_rehearsal_is_cancelled_kept_and_approved_once(database: Database) -> None:
    by = person(database)
    id = ask(database, by)
    with pytest.raises(Refused) as refused, database.transaction() as session:
        rehearsals.approve(session, id, by=by, now=NOW)
    assert [one.code for one in refused.value.reasons] == ["unplayed"]
    with database.transaction() as session:
        rehearsals.cancel(session, id, NOW + 1)
        assert rehearsals.hear(session, id, NOW + 2, done=0, total=0, doing="") is False
        rehearsals.end(session, id, rehearsals.CANCELLED, NOW + 3)
        rehearsals.end(session, id, rehearsals.FAILED, NOW + 4)  # it has ended already
        assert rehearsals.find(session, id).ending == "cancelled"
    played = ask(database, by, NOW + 5)
    for now in (NOW + 6, NOW + 7):
        with database.transaction() as session:
            rehearsals.put_outcome(session, played, now, **PLAYED)
            rehearsals.approve(session, played, by=by, now=now)
    with database.reading() as session:
        row = rehearsals.find(session, played)
        assert (row.ended_at, row.approved_at, row.figures) == (NOW + 6, NOW + 6, {"letters": 3})
        assert rehearsals.report_of(session, played) == b"packed"
        found = rehearsals.approved(session, programme().digest, "2030")
        assert found is not None
        assert found[0].id == played
        assert rehearsals.approved(session, "other texts", "2030") is None
        assert session.get_one(RehearsalRow, id).approved_at is None

"""A database that was restored from a copy sends nothing a second time before somebody says what was sent."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from email.headerregistry import Address
from pathlib import Path

import pytest
from clocks import DAY, HOUR, SECOND, Clocks, fired
from databases import BOTH, fresh, postgres_address
from sending import Post
from servers import PostgresServer
from sqlalchemy.engine import make_url
from stage import BEFORE, CALL, STAFF, Stage, applicant, at, refused

from engine.database import holds
from engine.database.connection import Database, open_database
from engine.database.copies import read_mark
from engine.database.records import HoldRow
from engine.errors import GrantcycleError
from notifications.outbox import Outbox
from notifications.resuming import resume

SENDER = Address("Fund", "fund", "fund.example")
COPIED = at("2030-02-10T10:00")
LOST = at("2030-03-05T10:00")
"""when the machine with the newer database is lost"""
RESTORED = at("2030-03-06T09:00")


class Place:
    """Where a database lies, with a copy beside it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.server = PostgresServer(Path(str(make_url(url).query["host"]))) if url.startswith("postgresql") else None
        self.name = str(make_url(url).database)

    def copy(self) -> None:
        if self.server:
            self.server.execute(f"CREATE DATABASE {self.name}_copy TEMPLATE {self.name}")
        else:
            source = open_database(self.url)
            with source.writer.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql(f"VACUUM INTO '{self.name}.copy'")
            source.close()

    def restore(self) -> None:
        """Put the copy in the place of what is there."""
        if self.server:
            self.server.execute(
                f"DROP DATABASE {self.name} WITH (FORCE)", f"CREATE DATABASE {self.name} TEMPLATE {self.name}_copy",
                f"ALTER DATABASE {self.name} SET search_path = public, pg_catalog",
            )  # fmt: skip
        else:
            for end in ("-wal", "-shm"):
                Path(self.name + end).unlink(missing_ok=True)
            # beside the old file first: a file system may give the number of a deleted one again
            shutil.copy(f"{self.name}.copy", f"{self.name}.new")
            Path(f"{self.name}.new").replace(self.name)

    def clear(self) -> None:
        if self.server:
            self.server.execute(f"DROP DATABASE {self.name}_copy WITH (FORCE)")


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "postgresql":
        with postgres_address() as address:
            place = Place(address)
            yield place
            place.clear()
    else:
        address = f"sqlite:///{tmp_path / 'grantcycle.db'}"
        fresh(address).close()
        yield Place(address)


class Played:
    """A round that was copied, went on and sent its letters, and was lost."""

    def __init__(self, place: Place, mark: Path) -> None:
        self.place, self.mark, self.post = place, mark, Post()
        database = open_database(place.url)
        self.clocks = Clocks(database, BEFORE)
        stage = self.open(database)
        stage.open()
        self.go_to(stage, CALL)
        self.draft, self.handed = stage.draft("anna", self.clocks.now()), stage.draft("bert", self.clocks.now())
        stage.cycle.act(stage.key, self.handed, "submit", by=applicant("bert"), now=self.clocks.now())
        self.go_to(stage, COPIED)
        database.close()
        place.copy()
        database = open_database(place.url)
        stage = self.open(database)
        for instant in (at("2030-02-15T10:00"), at("2030-02-26T10:00"), LOST):
            self.go_to(stage, instant)
        self.states, self.sent = stage.states(), list(self.post.sent)
        self.moves = stage.transitions()
        database.close()

    def open(self, database: Database) -> Stage:
        """A process that starts on the database, as it is in its place now."""
        stage = Stage(database, then=Outbox(SENDER).queue)
        self.clocks.database = database
        stage.cycle.watch = self.clocks.watch(mark=self.mark)
        return stage

    def go_to(self, stage: Stage, instant: int) -> None:
        self.clocks.go_on(instant - self.clocks.wall)
        stage.cycle.advance(self.clocks.now())
        if self.post.deliver(stage.database, self.clocks.now()):
            assert stage.cycle.watch is not None
            stage.cycle.watch.look(beat=True)

    def restored(self) -> Stage:
        self.place.restore()
        database = open_database(self.place.url)
        self.clocks.database = database
        self.clocks.go_on(RESTORED - self.clocks.wall)
        stage = self.open(database)
        for _ in range(3):
            stage.cycle.advance(self.clocks.now())
            self.post.deliver(database, self.clocks.now())
            self.clocks.go_on(HOUR)
        return stage


@pytest.fixture
def played(place: Place, tmp_path: Path) -> Played:
    return Played(place, tmp_path / "kept" / "last-seen.json")


def test_a_restored_copy_fires_and_sends_nothing_until_staff_have_said_what_was_sent(played: Played) -> None:
    """T-30: play, copy, play on, restore the copy, start."""
    assert Counter(letter for _, _, letter in played.sent) == {
        "call-opens": 1, "received": 1, "unfinished": 2, "draft-lapsed": 1, "being-read": 1, "to-read": 3,
    }  # fmt: skip
    stage = played.restored()
    assert played.post.sent == played.sent
    (hold,) = [row for row in stage.rows(HoldRow) if row.ended_at is None]
    assert hold.kind == "restored"
    assert hold.why == (
        "the database is a copy of 2030-02-10 09:00 UTC and had gone on until 2030-03-05 09:00 UTC: letters after the "
        "copy may have been sent already, and would be sent again. What people did after it is not in it; "
        "see grantcycle restore --help"
    )
    with refused("role"):
        resume(stage.cycle, by=applicant("anna"), now=played.clocks.now(), sent_until=LOST)
    with refused("future"):
        resume(stage.cycle, by=STAFF, now=played.clocks.now(), sent_until=played.clocks.now() + 1)
    taken = resume(stage.cycle, by=STAFF, now=played.clocks.now(), sent_until=LOST)
    stage.cycle.advance(played.clocks.now())
    played.post.deliver(stage.database, played.clocks.now())
    assert (played.post.sent, stage.states(), stage.transitions()) == (played.sent, played.states, played.moves)
    assert taken == len(played.sent) - 2  # the first two had been sent before the copy was made
    assert set(fired(stage).values()) == {1}
    with pytest.raises(GrantcycleError, match="nothing is held"):
        resume(stage.cycle, by=STAFF, now=played.clocks.now(), sent_until=LOST)
    stage.database.close()


def test_what_was_not_sent_is_sent_when_staff_say_so_and_under_the_same_ids(played: Played) -> None:
    """Every letter that still has a use leaves again; a reader who has it already sees that it is the same."""
    stage = played.restored()
    assert resume(stage.cycle, by=STAFF, now=played.clocks.now(), sent_until=None) == 0
    stage.cycle.advance(played.clocks.now())
    played.post.deliver(stage.database, played.clocks.now())
    again = Counter(played.post.sent[len(played.sent) :])
    assert set(again) <= set(played.sent)
    assert Counter(letter for _, _, letter in again.elements()) == {"draft-lapsed": 1, "being-read": 1, "to-read": 3}
    assert stage.states() == played.states
    (ended,) = stage.journal("hold ended")
    assert (ended.actor, ended.details["ending"]) == (STAFF, "sent again")
    stage.database.close()


def test_a_copy_is_noticed_by_its_place_where_the_file_beside_it_was_lost_too(played: Played) -> None:
    played.mark.unlink()
    stage = played.restored()
    assert played.post.sent == played.sent
    (hold,) = stage.rows(HoldRow)
    assert "in another place" in hold.why
    stage.database.close()


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_copy_is_noticed_where_the_file_beside_it_was_restored_as_well(played: Played) -> None:
    """The whole folder is put back, as it was: the count says nothing, the place does."""
    played.place.restore()
    database = open_database(played.place.url)
    with database.reading() as session:
        name, beats = session.connection().exec_driver_sql("SELECT name, beats FROM installation").one()
    database.close()
    played.mark.write_text(json.dumps({"installation": name, "beats": beats, "seen_at": COPIED}))
    stage = played.restored()
    assert played.post.sent == played.sent
    (hold,) = stage.rows(HoldRow)
    assert "in another place" in hold.why
    stage.database.close()


def test_a_process_that_is_started_again_holds_nothing(place: Place, tmp_path: Path) -> None:
    """With its mark, without it, after days, and beside others that have gone on."""
    mark = tmp_path / "last-seen.json"
    database = open_database(place.url)
    clocks = Clocks(database, BEFORE)
    for round_ in range(4):
        watch = clocks.watch(mark=mark)
        watch.start()
        clocks.go_on((1 + round_) * DAY)
        watch.look()
        watch.stop()
        if round_ == 1:
            mark.unlink()
        if round_ == 2:
            clocks.watch(mark=tmp_path / "another.json").start()
    with database.reading() as session:
        assert holds.all_standing(session) == []
    database.close()
    place.copy()  # what the fixture clears


def test_the_mark_is_whole_or_the_one_before_and_a_broken_one_is_none(place: Place, tmp_path: Path) -> None:
    mark = tmp_path / "kept" / "last-seen.json"
    database = open_database(place.url)
    clocks = Clocks(database, BEFORE)
    watch = clocks.watch(mark=mark)
    watch.start()
    first = read_mark(mark)
    clocks.go_on(20 * SECOND)
    watch.look()
    second = read_mark(mark)
    assert first is not None
    assert second is not None
    assert (second.installation, second.beats, second.seen_at) == (
        first.installation, first.beats + 1, first.seen_at + 20 * SECOND,
    )  # fmt: skip
    assert [path.name for path in mark.parent.iterdir()] == ["last-seen.json"]
    mark.write_text("{")
    assert read_mark(mark) is None
    database.close()
    place.copy()

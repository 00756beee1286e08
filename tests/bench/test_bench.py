"""Does the benchmark measure what it says, on both databases? At toy size, and without a stopwatch."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from servers import roomy_folder
from sqlmodel import col, func, select

from bench import __main__ as command
from bench import cohort, lateness
from bench.child import in_a_child, peak_mb
from bench.databases import PLACES, Place, migrated, opened, raw, sqlite_place
from bench.dossiers import ROUND, SETTLED, cycle_on, hand_in
from bench.figures import Figures, Line, Wanted, at_least
from bench.limit import Limit, differences, fire, learn
from bench.peering import PEERS, installed, peers_of
from bench.pending import put_pending
from bench.row_by_row import COMMIT_EVERY, PeerDossier, PeerHistory, PeerNotification, move, set_up
from bench.scheduled import put_scheduled, theirs
from engine.cycle.due import next_instant
from engine.database import journal
from engine.database.records import DeadlineRow, DossierRow, NotificationRow, TransitionRow
from engine.database.store import current_answers, find_dossier, find_round, the_id

DOSSIERS = 20
SMALL = ("--dossiers", str(DOSSIERS), "--pending", "50", "--deadlines", "4", "--spread", "0.4", "--at-once", "4",
         "--acts", "3", "--letters", "8", "--rehearsed", "3", "--runs", "1", "--no-peers")  # fmt: skip


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where databases are fast: what is tested here is not the disk."""
    made = roomy_folder()
    yield made
    shutil.rmtree(made)


class Ready:
    """A place whose new databases have every table already: making them takes long, and is tested elsewhere."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.name, self.version = place.name, place.version
        self._empty = place.fresh()
        with migrated(self._empty):
            pass

    def fresh(self) -> str:
        return self._place.copy(self._empty)

    def copy(self, url: str) -> str:
        return self._place.copy(url)

    def drop(self, url: str) -> None:
        self._place.drop(url)


@pytest.fixture(scope="module", params=list(PLACES))
def place(request: pytest.FixtureRequest, folder: Path) -> Iterator[Place]:
    with PLACES[request.param](folder) as made:
        yield Ready(made)


@pytest.fixture(scope="module")
def on_sqlite(folder: Path) -> Iterator[Place]:
    with sqlite_place(folder) as made:
        yield Ready(made)


@pytest.fixture(scope="module")
def whole(on_sqlite: Place) -> Limit:
    """The limit on a file."""
    return learn(on_sqlite)


@pytest.fixture(scope="module")
def limit(place: Place) -> Limit:
    return learn(place)


def test_the_limit_writes_the_rows_that_ours_writes(place: Place, limit: Limit) -> None:
    assert differences(place, limit) == ()


@pytest.mark.parametrize("missing", ["journal", "notification", "transition", "dossier", "deadline"])
def test_a_limit_that_does_less_than_ours_is_found_out(on_sqlite: Place, whole: Limit, missing: str) -> None:
    def is_it(statement: str) -> bool:
        return statement.startswith((f'INSERT INTO "{missing}"', f"UPDATE {missing} "))

    fewer = replace(whole, statements=tuple(one for one in whole.statements if not is_it(one)))
    assert len(fewer.statements) < len(whole.statements)
    assert {found.partition(":")[0] for found in differences(on_sqlite, fewer)} == {missing}


def test_a_limit_that_writes_shorter_rows_than_ours_is_found_out(on_sqlite: Place, whole: Limit) -> None:
    thin = replace(whole, statements=tuple(one.replace('"organisation": ', '"o": ') for one in whole.statements))
    assert {found.partition(":")[0] for found in differences(on_sqlite, thin)} == {"notification"}


@pytest.mark.slow
def test_a_limit_that_leaves_dossiers_out_is_not_compared_with(on_sqlite: Place, whole: Limit) -> None:
    few = replace(
        whole, statements=tuple(one.replace("d.state = 'submitted'", "d.id < 3000010") for one in whole.statements)
    )
    with pytest.raises(cohort.LimitDiffers, match="ours left"):
        cohort.measure(on_sqlite, few, DOSSIERS, 1, peers=False)


@pytest.mark.slow
def test_such_a_limit_is_not_compared_with_on_any_database(place: Place, limit: Limit) -> None:
    few = replace(
        limit, statements=tuple(one.replace("d.state = 'submitted'", "d.id < 3000010") for one in limit.statements)
    )
    with pytest.raises(cohort.LimitDiffers, match="ours left"):
        cohort.measure(place, few, DOSSIERS, 1, peers=False)


def test_dossiers_are_there_in_bulk_as_if_they_had_been_handed_in(place: Place) -> None:
    with migrated(place.fresh()) as database:
        hand_in(database, DOSSIERS)
        with database.reading() as session:
            dossier = find_dossier(session, find_round(session, ROUND), "CI19-0000007")
            assert current_answers(session, the_id(dossier)) == {
                "title": "A plan 0000007",
                "practice": "Weekly, with twelve people of the neighbourhood",
                "partner": "A centre",
                "amount": 10_007,
                "plan": {"name": "plan.pdf", "digest": "none", "size": 8},
            }
            assert next_instant(session) == SETTLED
        cycle_on(database).advance(SETTLED)
        with database.reading() as session:
            moved = select(func.count()).select_from(TransitionRow).where(col(TransitionRow.name) == "take_up")
            assert session.exec(moved).one() == DOSSIERS
            states = session.exec(select(DossierRow.state, func.count()).group_by(col(DossierRow.state))).all()
            assert [tuple(row) for row in states] == [("in_preselection", DOSSIERS)]
            letters = select(func.count(func.distinct(NotificationRow.address)))
            assert session.exec(letters).one() == DOSSIERS
            assert journal.broken_links(session, the_id(find_round(session, ROUND))) == ()


def test_a_copy_is_another_database(place: Place) -> None:
    url = place.fresh()
    with migrated(url) as database:
        hand_in(database, 1)
    copy = place.copy(url)
    with opened(copy) as database, raw(database) as cursor:
        cursor.execute("DELETE FROM contact")
    with opened(url) as database, raw(database) as cursor:
        assert cursor.execute("SELECT count(*) FROM contact").fetchone()[0] == 1
    for made in (url, copy):
        place.drop(made)


def test_one_by_one_every_dossier_is_moved_and_told(place: Place) -> None:
    many = 2 * COMMIT_EVERY + 1
    with opened(place.fresh()) as database:
        set_up(database, many)
        move(database, SETTLED)
        with database.reading() as session:
            counts = [
                session.exec(select(func.count()).select_from(one)).one() for one in (PeerHistory, PeerNotification)
            ]
            assert counts == [many, many]
            assert set(session.exec(select(PeerDossier.state)).all()) == {"in_preselection"}


def _measured_on(database: str) -> list[str]:
    return [
        f"a close of {DOSSIERS} dossiers, {database}",
        f"what is due, and when next? {database}",
        f"lateness, 50th percentile of 4 deadlines in 0.4 s, 50 pending, {database}",
        f"lateness, 99th percentile of 4 deadlines in 0.4 s, 50 pending, {database}",
        f"4 deadlines due at once, {database}",
        f"single acts, three marks each, {database}",
    ]


REHEARSED = "the Cera round 2019-2022 rehearsed with 3 dossiers"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "measured"),
    [
        (["--on", "sqlite", "--only", "cohort", "--only", "pending", "--only", "acts"],
         [_measured_on("SQLite")[place] for place in (0, 1, 5)]),
        pytest.param(
            ["--on", "sqlite"], [*_measured_on("SQLite"), "8 letters to a fast sink", REHEARSED],
            marks=pytest.mark.slow,
        ),
        (["--on", "postgresql", "--only", "pending", "--only", "acts"], _measured_on("PostgreSQL")[1::4]),
        pytest.param(
            ["--only", "cohort", "--only", "lateness"],
            [*(_measured_on(name)[0] for name in ("SQLite", "PostgreSQL")),
             *(what for name in ("SQLite", "PostgreSQL") for what in _measured_on(name)[2:5])],
            marks=pytest.mark.slow,
        ),
    ],
)  # fmt: skip
def test_every_measure_gives_ours_what_it_is_beside_and_their_ratio(
    words: list[str], measured: list[str], tmp_path: Path, folder: Path
) -> None:
    file = tmp_path / "bench.json"
    assert command.main([*SMALL, *words, "--folder", str(folder), "--json", str(file)]) == 0
    said = json.loads(file.read_text())
    assert [one["what"] for one in said["figures"]] == measured
    for one in said["figures"]:
        ours, *others = one["lines"]
        assert (ours["who"], ours["ours_to_it"], len(ours["runs"])) == ("ours", None, 1)
        assert len(others) > 0
        for line in others:
            good, bad = (ours, line) if one["better"] == "high" else (line, ours)
            assert line["ours_to_it"] == good["median"] / bad["median"]


def test_the_memory_of_a_child_is_its_own(on_sqlite: Place) -> None:
    url = on_sqlite.fresh()
    with migrated(url) as database:
        hand_in(database, 1)
    ballast = bytearray(b"x") * 600_000_000
    said = in_a_child("fire", url)
    assert peak_mb() > len(ballast) / 1_000_000 > 2 * said["peak_mb"]
    assert said["peak_mb"] >= said["before_mb"] > 20


def test_lateness_is_from_the_instant_at_which_a_deadline_might_fire_to_its_commit(on_sqlite: Place) -> None:
    url = on_sqlite.fresh()
    with migrated(url) as database:
        lateness.open_now(database)
        put_pending(database, 10)
        late = lateness.ours(url, 3, 0.3)
        assert len(late) == 3
        assert min(late) > 0
        with database.reading() as session:
            fired = select(func.count()).select_from(DeadlineRow).where(
                col(DeadlineRow.ending) == "fired", col(DeadlineRow.kind) == "announcement"
            )  # fmt: skip
            assert session.exec(fired).one() == 3
            letters = select(func.count()).select_from(NotificationRow)
            assert session.exec(letters).one() == 3 * lateness.READERS


def test_the_other_scheduler_commits_every_job_that_is_due_and_none_that_is_not(on_sqlite: Place) -> None:
    url = on_sqlite.fresh()
    put_scheduled(url, 10)
    late = theirs(url, 3, 0.3)
    assert len(late) == 3
    assert min(late) > 0
    with opened(url) as database, raw(database) as cursor:
        assert cursor.execute("SELECT count(*) FROM history").fetchone()[0] == 3
        assert cursor.execute("SELECT count(*) FROM queued").fetchone()[0] == 9
        # ten far ahead, and the one that they were made like
        assert cursor.execute("SELECT count(*) FROM apscheduler_jobs").fetchone()[0] == 11


def test_what_is_wanted_and_not_met_is_an_error_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (Line("ours", "", (1.0,)), Line("limit", "", (3.0,)))
    figures = Figures("moves", "per second", lines, wanted=(at_least(lines, "limit", 0.5, "half of the limit"),))
    monkeypatch.setattr(command, "ON_NONE", {"rehearsal": lambda _sizes: iter([figures])})
    words = ["--only", "rehearsal", "--on", "sqlite"]
    assert (command.main(words), command.main([*words, "--strict"])) == (0, 1)


def test_a_ratio_says_how_many_times_as_good_ours_is() -> None:
    ours, other = Line("ours", "", (10.0, 30.0, 20.0)), Line("peer", "", (5.0,))
    assert Figures("moves", "per second", (ours, other)).ratio(other) == 4.0
    assert Figures("waits", "ms", (ours, other), better="low").ratio(other) == 0.25


def test_what_is_wanted_of_peers_is_wanted_of_the_best_of_them() -> None:
    lines = [Line("ours", "", (20.0,)), Line("peer", "", (2.0,)), Line("peer", "", (4.0,)), Line("limit", "", (90.0,))]
    assert at_least(lines, "peer", 5, "five times") == Wanted("five times", True)
    assert at_least(lines, "peer", 5.5, "more") == Wanted("more", False)


@pytest.mark.slow
@pytest.mark.skipif(not installed(), reason="the other libraries are not installed (make bench-peers)")
def test_every_peer_moves_every_dossier(place: Place) -> None:
    lines = peers_of(place, DOSSIERS, 1)
    assert len(lines) == len(PEERS) - (place.name == "SQLite")
    assert all(line.median > 0 for line in lines)


def test_the_limit_can_be_read(capsys: pytest.CaptureFixture[str], whole: Limit) -> None:
    assert command.main(["--show-limit", "--on", "sqlite"]) == 0
    assert "\n".join(f"{one};\n" for one in whole.statements) in capsys.readouterr().out


def test_the_limit_moves_all_dossiers_in_one_transaction(place: Place, limit: Limit) -> None:
    url = place.fresh()
    with migrated(url) as database:
        hand_in(database, DOSSIERS)
        broken = replace(limit, statements=(*limit.statements, "INSERT INTO nowhere VALUES (1)"))
        with pytest.raises(Exception, match="nowhere"):
            fire(database, broken)
        with database.reading() as session:
            assert set(session.exec(select(DossierRow.state)).all()) == {"submitted"}
    place.drop(url)

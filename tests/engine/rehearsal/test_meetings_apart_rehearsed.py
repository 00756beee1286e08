"""Does a rehearsal play a programme with a meeting for each strand, and for each answer, to its end?"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from on_disk import completed, written
from sqlmodel import Session, col, select
from test_playing import NoLetters

from engine.cycle import Cycle
from engine.database.connection import open_database
from engine.database.migrating import migrate
from engine.database.records import AnswerRow, AttendanceRow, DossierRow, SlotRow
from engine.files.reading import Programme, read_programme
from engine.rehearsal.invented import InventedRound
from engine.rehearsal.playing import Played, Player
from engine.rules.moments import from_instant

OWED = '[obligation.hearing]\nowed_by = "heard"\nduring  = "hearing"\nattend  = "hearing"\nremind  = ["2 days"]\n'
APART = ", town = { from = 2030-04-08, to = 2030-04-26 }"
DAYS = {"school": "2030-04-02", "town": "2030-04-09"}
PLANNED = {"East Flanders": "2030-06-15", "Antwerp": "2030-06-22"}


def choirs(*, is_owed: bool) -> Programme:
    """The hearing is owed, in weeks that differ by strand; or it is only asked for, in the same weeks."""
    files = written("choirs")
    if not is_owed:
        files["workflow.toml"] = files["workflow.toml"].replace(OWED, "")
        files["rounds/2030.toml"] = files["rounds/2030.toml"].replace(APART, "")
    return read_programme("choirs", completed("choirs", files), "choirs")


@contextmanager
def rehearsed(programme: Programme) -> Iterator[tuple[list[Played], Session]]:
    """What invented people did, and a look at the round afterwards."""
    nobody, database = NoLetters(), open_database("sqlite://")
    migrate(database)
    script = InventedRound(programme.rules_of("2030"), programme.rounds["2030"], dossiers=6, seed=5)
    player = Player(Cycle(database, nobody.notify), programme, "2030", script, nobody)
    played = [one for step in player.play(script.opened_by) for one in step.played]
    with database.reading() as session:
        yield played, session
    database.close()


@pytest.mark.parametrize(
    "is_owed", [pytest.param(True, marks=pytest.mark.slow, id="owed"), pytest.param(False, id="only asked for")]
)
def test_each_comes_to_its_own_hearing_and_workshop_on_its_own_day(is_owed: bool) -> None:
    programme = choirs(is_owed=is_owed)
    with rehearsed(programme) as (played, session):
        came = session.exec(
            select(DossierRow, AttendanceRow).join(DossierRow, col(DossierRow.id) == col(AttendanceRow.dossier_id))
        ).all()
        days = {(row.number, one.meeting): str(from_instant(one.recorded_at, "Europe/Brussels").date())
                for row, one in came}  # fmt: skip
        strand = {row.number: row.strand or "" for row, _ in came}
        province = {
            row.number: answer.value
            for row, answer in session.exec(
                select(DossierRow, AnswerRow)
                .join(AnswerRow, col(AnswerRow.dossier_id) == col(DossierRow.id))
                .where(col(AnswerRow.question) == "province")
                .order_by(col(AnswerRow.version))
            ).all()
        }
        slots = session.exec(
            select(SlotRow.meeting, DossierRow.strand).join(DossierRow, col(DossierRow.id) == col(SlotRow.dossier_id))
        ).all()
        states = {row.state for row in session.exec(select(DossierRow))}
    assert [one for one in played if one.refused and one.act.what in ("attendance", "verdict")] == []
    assert {(number, day) for (number, meeting), day in days.items() if meeting == "hearing"} == {
        (number, DAYS[one]) for number, one in strand.items()
    }  # fmt: skip
    assert {DAYS[one] for one in strand.values()} == set(DAYS.values())
    workshops = {(number, day) for (number, meeting), day in days.items() if meeting == "workshop"}
    assert workshops
    assert {(number, day) for number, day in workshops if province[number] in PLANNED} == {
        (number, PLANNED[province[number]]) for number, _ in workshops if province[number] in PLANNED
    }  # fmt: skip
    assert {meeting for meeting, _ in slots} == {"hearing.school", "hearing.town"}
    assert [(meeting, of) for meeting, of in slots if meeting != f"hearing.{of}"] == []
    assert states == {"sung", "declined"}

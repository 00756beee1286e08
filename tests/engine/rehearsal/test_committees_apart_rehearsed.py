"""Does a rehearsal play a programme with a panel for each field and a board for each strand to its end?"""

from on_disk import WRITTEN, programme_in
from sqlmodel import col, select
from test_playing import NoLetters

from engine.cycle import Cycle
from engine.database.connection import open_database
from engine.database.migrating import migrate
from engine.database.records import AgreedRow, AnswerRow, DossierRow, PlacementRow, RoleRow, ScoreRow
from engine.rehearsal.invented import InventedRound
from engine.rehearsal.playing import Player

JUDGING = ("score", "recommendation", "conflict", "agreed", "order", "verdict")
FIELDS = ("Arts", "Law", "Physics")


def test_each_dossier_is_marked_by_the_members_of_its_own_panel_alone() -> None:
    programme, nobody = programme_in(WRITTEN / "scholars"), NoLetters()
    database = open_database("sqlite://")
    migrate(database)
    script = InventedRound(programme.rules_of("2030"), programme.rounds["2030"], dossiers=8, seed=5)
    player = Player(Cycle(database, nobody.notify), programme, "2030", script, nobody)
    played = [one for step in player.play(script.opened_by) for one in step.played]
    refused = [(one.act.what, one.refused) for one in played if one.refused and one.act.what in JUDGING]
    with database.reading() as session:
        field = {
            row.dossier_id: row.value
            for row in session.exec(select(AnswerRow).order_by(col(AnswerRow.version)))
            if row.question == "field"
        }
        seats = {(row.person_id, row.role): row.scope for row in session.exec(select(RoleRow))}
        marks = session.exec(select(ScoreRow)).all()
        boards = {(row.id, row.strand) for row in session.exec(select(DossierRow))}
        agreed = {(row.dossier_id, row.scope) for row in session.exec(select(AgreedRow))}
        placed = {(row.dossier_id, row.scope) for row in session.exec(select(PlacementRow))}
    database.close()
    assert refused == []
    assert marks
    read = [row for row in marks if row.assessment == "reading"]
    assert {(seats[row.person_id, "panel"], field[row.dossier_id]) for row in read} <= {(one, one) for one in FIELDS}
    assert (agreed <= boards, placed <= boards, bool(agreed), bool(placed)) == (True, True, True, True)

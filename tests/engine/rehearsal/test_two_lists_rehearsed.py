"""Does a rehearsal play a call with two lists to its end, each within its own places?"""

from collections import Counter
from collections.abc import Callable

import pytest
from sqlmodel import select
from two_lists import two_dates, two_lists

from engine.cycle import Cycle
from engine.database.connection import open_database
from engine.database.migrating import migrate
from engine.database.records import DossierRow, TransitionRow
from engine.files.reading import Programme
from engine.rehearsal.invented import InventedRound
from engine.rehearsal.playing import Player
from engine.rules.moments import Calendar
from engine.rules.times import Moment


class Silent:
    """Carries no letters."""

    def notify(self, *_told: object) -> None: ...

    def carry(self, _now: int) -> int | None:
        return None

    def break_down(self, until: int) -> None: ...


@pytest.mark.parametrize("played", [two_lists, two_dates])
def test_the_committee_fills_the_places_of_each_list(played: Callable[[], Programme]) -> None:
    database, nobody = open_database("sqlite://"), Silent()
    migrate(database)
    programme = played()
    script = InventedRound(programme.rules_of("2019"), programme.rounds["2019"], dossiers=10, seed=3)
    shortlisted = Calendar(programme.rounds["2019"]).instant(Moment("pitch", "closes"))
    player = Player(Cycle(database, nobody.notify), programme, "2019", script, nobody)
    for _ in player.play(script.opened_by, until=shortlisted):
        pass
    with database.reading() as session:
        strand = {row.id: row.strand for row in session.exec(select(DossierRow))}
        passed = [
            strand[row.dossier_id] for row in session.exec(select(TransitionRow)) if row.name == "shortlist"
        ]
    database.close()
    assert set(strand.values()) == {"small", "large"}
    assert Counter(passed) == {"small": 1, "large": 3}


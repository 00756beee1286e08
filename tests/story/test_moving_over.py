"""The Cera round, which moves from one database to the other in the middle and goes on as if nothing had been."""

from collections.abc import Callable

import pytest
from databases import BOTH, fresh_on
from rehearsals import cera, rehearsed

from engine.database.connection import Database
from engine.database.copying import move
from grantcycle import rehearsing
from grantcycle.rehearsing import Rehearsed, rehearse

DOSSIERS, SEED, MOVED_IN = 3, 4, "2019-05"
"""the month in which verdicts stand that have not taken effect"""


def played(url: str, progress: Callable[[int, int, str], None]) -> Rehearsed:
    return rehearse(cera(), "2019", dossiers=DOSSIERS, seed=SEED, database_url=url, progress=progress)


@pytest.mark.slow
@pytest.mark.parametrize("kind", BOTH)
def test_a_round_that_moves_in_the_middle_tells_the_same_story(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stayed = rehearsed(DOSSIERS, SEED)  # before the databases are exchanged under a rehearsal
    other = next(one for one in BOTH if one != kind)
    with fresh_on(kind) as old, fresh_on(other) as new:
        playing = Database(old.writer, old.reader)
        monkeypatch.setattr(rehearsing, "open_database", lambda _url: playing)

        def progress(_day: int, _days: int, said: str) -> None:
            if said.startswith(MOVED_IN) and playing.writer is old.writer:
                move(old, new)
                playing.writer, playing.reader = new.writer, new.reader

        moved = played("the other one", progress)
        assert playing.writer is new.writer
    assert moved.journal_lines() == stayed.journal_lines()
    assert moved.outbox_lines() == stayed.outbox_lines()
    assert [(mail.subject, mail.html) for mail in moved.mails] == [(mail.subject, mail.html) for mail in stayed.mails]

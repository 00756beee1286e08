"""Do invented staff pay in time what was promised, and does a log that says so play?"""

from collections import Counter
from pathlib import Path

from engine.files.reading import load
from grantcycle.rehearsing import rehearse

PROGRAMME = Path(__file__).parents[2] / "story" / "programmes" / "free-internet"


def test_a_programme_that_pays_is_played_to_its_end_and_nobody_waits_for_money() -> None:
    seen = rehearse(load(PROGRAMME), "2024-october", dossiers=3, seed=3)
    happened = Counter(event.what for event in seen.journal)
    assert (happened["payment recorded"], happened["not paid"]) == (4, 0)
    kept = [event.details["position"] for event in seen.journal if event.details.get("kept")]
    assert sorted(kept) == [1, 2, 3]  # the first of them in two parts
    assert Counter(one.state for one in seen.dossiers)["completed"] == 1

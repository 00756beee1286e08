"""Do invented people bring a round whose intake is cut into batches to its end?"""

from collections import Counter

import pytest
from rolling import rolling

from grantcycle.rehearsing import rehearse


@pytest.mark.slow
def test_every_batch_is_judged_and_answered_with_nobody_left_over() -> None:
    played = rehearse(rolling(), "2030", dossiers=8, seed=3)
    states = Counter(dossier.state for dossier in played.dossiers)
    assert states["granted"] + states["declined"] == 8
    assert set(states) == {"granted", "declined", "draft"}

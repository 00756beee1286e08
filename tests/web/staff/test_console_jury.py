"""What do staff see of a committee, and what do they do about who reads what?"""

import sys
from pathlib import Path

import pytest
from visiting import ROUND, STAFF, Site

sys.path.insert(0, str(Path(__file__).parents[1] / "committee"))
from jury_room import before_the_jury

HERE = f"/staff/{ROUND}/committee"


@pytest.mark.parametrize("tail", ["", "/conflicts", "/suggest", "/remind", "/ranking", "/assign", ".csv", "/ranking.csv", "/../verdicts"])
def test_smoke(site: Site, tail: str) -> None:
    before_the_jury(site, 3)
    page = site.visit(STAFF).get(f"/staff/{ROUND}/verdicts" if "verdicts" in tail else HERE + tail)
    assert page.status_code == 200

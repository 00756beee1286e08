"""Do staff find dossiers by what was chosen in their form?"""

import re

from two_stages import ANSWERS, APPLICANT, KEY, STAFF, instant, opened, started
from visiting import Site

NOW = instant(2030, 1, 15)
TABLE = f"/staff/{KEY}/dossiers"


def test_dossiers_are_found_by_the_answers_that_were_chosen_in_them() -> None:
    cycle = opened()
    for street, month in (("A lane", "March"), ("An avenue", "March"), ("An avenue", "April")):
        number = started(cycle, NOW)
        cycle.answer(KEY, number, {**ANSWERS, "street": street, "month": month}, by=APPLICANT, now=NOW)
    visit = Site(cycle.database, NOW).visit(STAFF)

    def found(query: str) -> list[str]:
        return sorted(set(re.findall(r'/dossiers/(GS30-\d+)\?', visit.get(f"{TABLE}?{query}").text)))

    street, month = "answer=street%3DAn+avenue", "answer=month%3DMarch"
    assert found(street) == ["GS30-002", "GS30-003"]
    assert found(f"{street}&{month}") == ["GS30-002"]
    assert found(f"{street}&answer=street%3DA+lane") == ["GS30-001", "GS30-002", "GS30-003"]
    page = visit.get(f"{TABLE}?{street}").text
    assert 'name="answer" value="street=An avenue" checked' in page
    assert "What sort of street? An avenue" in page
    assert "there is no “street=A path” in this round" in visit.get(f"{TABLE}?answer=street%3DA+path").text

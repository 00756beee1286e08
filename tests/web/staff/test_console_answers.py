"""Do staff find dossiers by what was chosen in their form?"""

import csv
import io
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


def test_numbers_choices_and_days_have_columns_of_their_own_and_put_the_list_in_order() -> None:
    cycle = opened()
    for number, (street, trees, begins, more) in enumerate((
        ("A square", 12, "2030-10-05", {"owner": "The town"}), ("A lane", 100, "2030-02-01", {"month": "April"}),
        ("An avenue", 9.5, "2030-11-30", {"owner": "The town", "month": "October"}),
    )):  # fmt: skip
        answers = {**ANSWERS, "street": street, "trees": trees, "begins": begins, **more}
        cycle.answer(KEY, started(cycle, NOW + number), answers, by=APPLICANT, now=NOW)
    started(cycle, NOW)
    visit = Site(cycle.database, NOW).visit(STAFF)
    columns = "columns=answer.trees,answer.street,answer.month,answer.owner,answer.begins"

    def sheet(sort: str) -> list[list[str]]:
        text = visit.get(f"{TABLE}.csv?{columns}&sort={sort}").text.removeprefix("\ufeff")
        return list(csv.reader(io.StringIO(text)))

    head, *rows = sheet("number")
    assert head[1:3] == ["How many trees?", "What sort of street?"]
    assert rows == [
        ["GS30-001", "12", "A square", "", "The town", "2030-10-05"],
        ["GS30-002", "100", "A lane", "April", "", "2030-02-01"],
        ["GS30-003", "9.5", "An avenue", "October", "", "2030-11-30"],  # of an avenue nobody asks who owns it
        ["GS30-004", "", "", "", "", ""],
    ]
    orders = {
        "-answer.trees": "2134", "answer.street": "2314", "answer.month": "3214", "answer.begins": "2134",
        "answer.owner": "1234",
    }  # fmt: skip
    for sort, order in orders.items():
        assert "".join(row[0][-1] for row in sheet(sort)[1:]) == order, sort
    page = visit.get(f"{TABLE}?{columns}&sort=-answer.trees").text
    assert ('data-label="On which day do you begin?">5 Oct' in page, 'value="answer.trees" checked' in page) == (
        True, True
    )  # fmt: skip
    assert visit.get(f"{TABLE}.xlsx?{columns}").content[:2] == b"PK"
    assert "there is no “answer.name” in this round" in visit.get(f"{TABLE}?columns=answer.name").text
    assert "there is no “answer.consent” in this round" in visit.get(f"{TABLE}?sort=answer.consent").text

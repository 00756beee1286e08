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


def test_dossiers_are_found_between_two_numbers_or_days_each_of_them_within() -> None:
    cycle = opened()
    for street, trees, begins in (
        ("A square", 12, "2030-10-05"), ("A lane", 100, "2030-02-01"), ("A lane", 9.5, "2030-11-30"),
    ):  # fmt: skip
        answers = {**ANSWERS, "street": street, "trees": trees, "begins": begins}
        cycle.answer(KEY, started(cycle, NOW), answers, by=APPLICANT, now=NOW)
    started(cycle, NOW)  # it says nothing yet
    visit = Site(cycle.database, NOW).visit(STAFF)

    def found(query: str) -> str:
        text = visit.get(f"{TABLE}.csv?{query}").text.removeprefix("\ufeff")
        return "".join(row[0][-1] for row in list(csv.reader(io.StringIO(text)))[1:])

    assert {query: found(query) for query in (
        "from.trees=12", "to.trees=12", "from.trees=9,5&to.trees=12", "from.trees=12.5&to.trees=99", "from.trees=",
        "from.begins=2030-10-05", "to.begins=5/10/2030", "from.begins=2030-02-02&to.begins=2030-11-29",
        "from.trees=10&answer=street%3DA+lane",
    )} == {
        "from.trees=12": "12", "to.trees=12": "13", "from.trees=9,5&to.trees=12": "13",
        "from.trees=12.5&to.trees=99": "", "from.trees=": "1234", "from.begins=2030-10-05": "13",
        "to.begins=5/10/2030": "12", "from.begins=2030-02-02&to.begins=2030-11-29": "1",
        "from.trees=10&answer=street%3DA+lane": "2",
    }  # fmt: skip


def test_a_range_is_told_kept_in_every_link_taken_away_and_left_out_where_it_means_nothing() -> None:
    cycle = opened()
    cycle.answer(KEY, started(cycle, NOW), {**ANSWERS, "trees": 250.125, "begins": "2030-10-05"}, by=APPLICANT,
                 now=NOW)  # fmt: skip
    visit = Site(cycle.database, NOW).visit(STAFF)
    query = "from.trees=250.1250&to.begins=5/10/2030"
    page = visit.get(f"{TABLE}?{query}").text
    assert "1 of 1 dossiers" in page
    for words in ("How many trees? from 250.125", "On which day do you begin? up to 5 Oct 2030"):
        assert words in page, words
    kept = "from.trees=250.1250&amp;to.begins=2030-10-05"
    assert (f"dossiers.csv?{kept}" in page, f'name="query" value="{kept}"' in page) == (True, True)
    assert 'href="/staff/' + KEY + '/dossiers?to.begins=2030-10-05"' in page  # the chip takes its own part away
    assert 'name="from.trees" inputmode="decimal" maxlength="20" value="250.1250"' in page
    assert re.search(r'name="to.begins" type="date"[^>]* value="2030-10-05"', page)
    assert visit.get(f"/staff/{KEY}?{query}").status_code == 200  # the board means the same by it
    view = {"name": "Many trees", "page": "table", "query": query}
    assert visit.post(f"/staff/{KEY}/views", view, on=TABLE).status_code == 303
    assert "Many trees" in visit.get(TABLE).text
    nonsense = visit.get(f"{TABLE}?from.trees=many&to.begins=soon&from.shoe=43").text
    for sentence in (
        "“many” is not a number, and was left out: write for example 12 or 12.5.",
        "“soon” is not a day, and was left out: write for example 1/3/2019.",
        "Answer: there is no “shoe” in this round, and it was left out.",
    ):
        assert sentence in nonsense, sentence


def test_a_schedule_has_a_column_that_says_what_it_comes_to_and_puts_nothing_in_order() -> None:
    cycle = opened()
    cycle.answer(KEY, started(cycle, NOW), ANSWERS, by=APPLICANT, now=NOW)
    started(cycle, NOW)
    visit = Site(cycle.database, NOW).visit(STAFF)
    columns = "columns=answer.milestones"
    text = visit.get(f"{TABLE}.csv?{columns}").text.removeprefix("\ufeff")
    assert list(csv.reader(io.StringIO(text)))[1:] == [["GS30-001", "4499.5"], ["GS30-002", ""]]
    page = visit.get(f"{TABLE}?{columns}").text
    assert ('class="num">€4,499.50</td>' in page, "sort=-answer.milestones" in page) == (True, False)
    assert "there is no “answer.milestones” in this round" in visit.get(f"{TABLE}?sort=answer.milestones").text

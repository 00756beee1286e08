"""What do staff see of the seats of a meeting, and what do they change?"""

import csv
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from visiting import ROUND, STAFF, Site

sys.path.insert(0, str(Path(__file__).parents[1]))
from seated import seated_site, sign_up

HERE = f"/staff/{ROUND}/seats"
ONE = f"{HERE}/1"


@pytest.fixture
def site() -> Iterator[Site]:
    site = seated_site()
    sign_up(site, "ann", "bob", "cas", "dee")
    yield site
    site.database.close()


def rows(page: Any, label: str) -> list[list[str]]:
    """What stands in each cell of a table, in words."""
    body = page.text.partition(f'aria-label="{label}"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in body.split("</tr>") if "<t" in row]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def test_the_list_of_meetings_says_how_full_each_is(site: Site) -> None:
    page = site.visit(STAFF).get(HERE)
    assert rows(page, "Meetings") == [
        ["Information session 1", "Thursday 24 January 2019, 10:00 to 13:00 (Brussels)", "2", "2", "0", "2", "Full"],
        ["Information session 2", "Wednesday 30 January 2019, 10:00 to 13:00 (Brussels)", "2", "0", "0", "0", "Open"],
        ["Information session 3", "Thursday 31 January 2019, 10:00 to 13:00 (Brussels)", "2", "0", "0", "0", "Open"],
        ["Closing conference", "Thursday 1 December 2022", "no limit", "0", "0", "0", "Open"],
    ]


def test_holders_offers_and_the_list_stand_in_their_order(site: Site) -> None:
    staff = site.visit(STAFF)
    page = staff.get(ONE)
    assert [row[0] for row in rows(page, "Who has a seat")] == ["Ann ann@public.example", "Bob bob@public.example"]
    assert [row[:2] for row in rows(page, "Waiting list")] == [
        ["Cas cas@public.example", "1"], ["Dee dee@public.example", "2"],
    ]  # fmt: skip
    changed = staff.post(f"{ONE}/number", {"seats": "3", "once": "a"}, on=ONE)
    assert (changed.status_code, changed.headers["location"]) == (303, ONE)
    offered = rows(staff.get(ONE), "Offered")
    assert [(row[0], row[2]) for row in offered] == [
        ("Cas cas@public.example", "Friday 18 January 2019, 24:00 (Brussels)")
    ]


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("1", 409, "2 seats are held or offered, and nobody loses theirs: there cannot be fewer."),
        ("2", 409, "There are as many seats already."),
        ("0", 409, "A meeting has from 1 to 100,000 seats."),
        ("many", 422, "Enter a whole number"),
    ],
)
def test_a_number_of_seats_that_cannot_be_is_refused_in_words(site: Site, typed: str, status: int, said: str) -> None:
    answer = site.visit(STAFF).post(f"{ONE}/number", {"seats": typed}, on=ONE)
    assert answer.status_code == status
    assert said in answer.text
    assert f'value="{typed}"' in answer.text


def test_somebody_is_seated_beside_the_list_with_a_reason_and_one_seat_more(site: Site) -> None:
    staff, guest = site.visit(STAFF), {"email": "guest@public.example", "name": "Guest", "language": "fr"}
    full = staff.post(f"{ONE}/beside", {**guest, "reason": "speaks there"}, on=ONE)
    assert (full.status_code, "All 2 seats are taken" in full.text) == (409, True)
    assert 'value="guest@public.example"' in full.text
    assert "speaks there" in full.text
    for given, said in (({"reason": "", "one_more": "yes"}, "Write down the reason."),
                        ({"reason": "x", "one_more": "yes", "email": "no address"}, "in the right form")):  # fmt: skip
        refused = staff.post(f"{ONE}/beside", {**guest, **given}, on=ONE)
        assert said in refused.text, said
    done = staff.post(f"{ONE}/beside", {**guest, "reason": "speaks there", "one_more": "yes"}, on=ONE)
    assert done.status_code == 303
    holders = rows(staff.get(ONE), "Who has a seat")
    assert holders[-1][0] == "Guest guest@public.example"
    assert "beside the list: speaks there" in holders[-1][1]
    assert len(rows(staff.get(ONE), "Waiting list")) == 2


def test_staff_give_a_seat_back_for_somebody_with_a_reason(site: Site) -> None:
    staff = site.visit(STAFF)
    path = re.search(rf"{ONE}/give-back/\d+", staff.get(ONE).text)
    assert path is not None
    assert "Ann loses the seat" in staff.get(path[0]).text
    assert staff.post(path[0], {"reason": " "}, on=path[0]).status_code == 422
    assert staff.post(path[0], {"reason": "ill"}, on=path[0]).headers["location"] == ONE
    page = staff.get(ONE)
    assert [row[0] for row in rows(page, "Who has a seat")] == ["Bob bob@public.example"]
    assert [row[0] for row in rows(page, "Offered")] == ["Cas cas@public.example"]
    assert staff.get(path[0]).status_code == 404


def test_the_file_holds_everybody_and_no_formula(site: Site) -> None:
    site.cycle.sign_up(ROUND, 1, email="eve@public.example", name="=1+1", language="nl", now=site.now + 1)
    text = site.visit(STAFF).get(f"{ONE}/list.csv").content.decode("utf-8-sig")
    head, *lines = list(csv.reader(io.StringIO(text)))
    assert head[:4] == ["State", "Place in the list", "Name", "Email address"]
    assert [line[:4] for line in lines] == [
        ["Seat", "", "Ann", "ann@public.example"], ["Seat", "", "Bob", "bob@public.example"],
        ["Waiting list", "1", "Cas", "cas@public.example"], ["Waiting list", "2", "Dee", "dee@public.example"],
        ["Waiting list", "3", "'=1+1", "eve@public.example"],
    ]  # fmt: skip


def test_what_happened_to_seats_is_told_in_words_in_the_journal(site: Site) -> None:
    said = site.visit(STAFF).get(f"/staff/{ROUND}/journal").text
    for sentence in (
        "cas@public.example asked for a seat: Information session 1",
        "ann@public.example has a seat: Information session 1",
    ):
        assert sentence in said


def test_a_thousand_who_wait_cost_no_more_questions_than_two(site: Site) -> None:
    from sqlalchemy import event

    def questions() -> int:
        asked: list[str] = []
        staff = site.visit(STAFF)
        listen = lambda _c, _cursor, statement, *_: asked.append(statement)  # noqa: E731  taken off again by name
        event.listen(site.database.reader, "before_cursor_execute", listen)
        page = staff.get(ONE)
        event.remove(site.database.reader, "before_cursor_execute", listen)
        assert page.status_code == 200
        return len(asked)

    few = questions()
    sign_up(site, *(f"p{number}" for number in range(110)))
    assert questions() == few
    assert len(rows(site.visit(STAFF).get(f"{ONE}?list=2"), "Waiting list")) == 12

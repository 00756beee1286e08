"""Is an amount that may be half of the costs held to them on the page, whichever of the two changes?"""

import pytest
from played_round import PlayedRound
from visiting import Site, Visit

from engine.database.store import current_answers

STAFF, WHO = "office@competition.example", "alder@projects.example"
KEY, HERE = "meridian/2018", "/dossier/meridian/2018/M3-001"
BUDGET = f"{HERE}/section/budget"
MONEY = {"a-costs": "4000000", "a-grant": "2000000", "a-industry": "1200000"}


@pytest.fixture
def visit() -> Visit:
    play = PlayedRound("meridian", "2018", ((STAFF, "staff", False),), "2018-06-01T10:00")
    now = play.at("2018-06-20T10:00")
    play.draft("alder", {"title": "Alder"}, now)
    return Site(play.database, now).visit(WHO)


def send(visit: Visit, **typed: str) -> tuple[int, str]:
    fields = {**MONEY, **{f"a-{name}": value for name, value in typed.items()}, "go": "back"}
    answer = visit.post(BUDGET, fields, on=BUDGET)
    return answer.status_code, answer.text


def kept(visit: Visit) -> dict[str, object]:
    with visit.site.database.reading() as session:
        answers = current_answers(session, 1)
    return {name: answers.get(name) for name in ("costs", "grant", "industry")}


def test_the_field_says_which_part_it_may_be(visit: Visit) -> None:
    page = visit.get(BUDGET).text
    assert "From £2,000,000 to 50\N{NO-BREAK SPACE}% of “What are the total project costs?”." in page
    assert "50\N{NO-BREAK SPACE}% of “What are the total project costs?”" in visit.get("/call/meridian/2018").text


def test_what_is_more_than_that_part_is_said_by_its_field_and_the_costs_are_kept(visit: Visit) -> None:
    status, page = send(visit, grant="2500000")
    assert (status, page.count("This is £2,500,000, and at most £2,000,000 will do.")) == (422, 2)
    assert kept(visit) == {"costs": 4_000_000, "grant": None, "industry": 1_200_000}


def test_costs_that_change_wait_for_an_amount_that_goes_with_them(visit: Visit) -> None:
    assert send(visit)[0] == 303
    status, page = send(visit, costs="5000000")
    assert (status, page.count("This is £1,200,000, and at least £1,500,000 is needed.")) == (422, 2)
    assert 'value="5000000"' in page
    assert kept(visit) == {"costs": 4_000_000, "grant": 2_000_000, "industry": 1_200_000}
    assert send(visit, costs="5000000", industry="1500000")[0] == 303
    assert kept(visit) == {"costs": 5_000_000, "grant": 2_000_000, "industry": 1_500_000}

"""A chair, or staff for her, puts the dossiers of a state in order by hand, where the rules ask for it."""

import re

import pytest
from jury_room import HERE, before_the_jury, cleared
from sqlmodel import col, select
from test_other_programmes import a_site
from visiting import CHAIR, MEMBER, ROUND, STAFF, Site

from engine.database.records import PlacementRow

PAGE = f"{HERE}/ranking/order"


def by_hand(rules: str) -> str:
    """The jury's order decides, should nobody have recorded a verdict."""
    move = (
        '[transition.first_by_hand]\nfrom = "in_preselection"\nto = "shortlisted"\nwhen = "pitch opens"\n'
        'only_if = { at_most = 12 }\nif_not = { staff = "verdict-held-back" }\norder = ["committee"]\n\n'
    )
    return rules.replace("[transition.shortlist]", move + "[transition.shortlist]")


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    return a_site(monkeypatch, by_hand)


def placed(site: Site) -> list[tuple[int, int]]:
    with site.database.reading() as session:
        stands = select(PlacementRow).where(col(PlacementRow.replaced_at).is_(None))
        return [(row.dossier_id, row.place) for row in session.exec(stands.order_by(col(PlacementRow.dossier_id)))]


def test_the_chair_gives_places_and_finds_them_again(site: Site) -> None:
    a, b = before_the_jury(site, 2)
    cleared(site, a, CHAIR)
    cleared(site, b, CHAIR)
    visit = site.visit(CHAIR)
    assert "ranking/order?state=" in visit.get(f"{HERE}/ranking").text
    saved = visit.post(PAGE, {"state": "in_preselection", f"place_{a}": "2", f"place_{b}": "1"}, on=PAGE)
    assert (saved.status_code, placed(site)) == (303, [(1, 2), (2, 1)])
    page = visit.get(PAGE).text
    assert re.findall(r'name="place_(\S+)"[^>]* value="(\d*)"', page) == [(b, "1"), (a, "2")]
    sheet = site.visit(STAFF).get(f"/staff/{ROUND}/committee/ranking.csv?state=in_preselection").text.splitlines()
    place = sheet[0].split(",").index("Place in the order")
    assert sorted((line.split(",")[1], line.split(",")[place]) for line in sheet[1:]) == [(a, "2"), (b, "1")]


def test_two_that_have_one_place_are_said_by_name_and_nothing_typed_is_lost(site: Site) -> None:
    a, b = before_the_jury(site, 2)
    visit = site.visit(STAFF)
    again = visit.post(PAGE, {"state": "in_preselection", f"place_{a}": "1", f"place_{b}": "1"}, on=PAGE)
    assert (again.status_code, placed(site)) == (422, [])
    assert f"{a} has this place too." in again.text
    assert again.text.count('value="1"') == 2
    odd = visit.post(PAGE, {"state": "in_preselection", f"place_{a}": "first"}, on=PAGE)
    assert (odd.status_code, "Write a whole number from 1." in odd.text) == (422, True)


def test_whoever_has_a_conflict_with_one_of_them_leaves_it_to_staff(site: Site) -> None:
    a, b = before_the_jury(site, 2)
    cleared(site, a, CHAIR)
    site.cycle.declare_conflict(ROUND, b, by=CHAIR, now=site.now)
    visit = site.visit(CHAIR)
    refused = visit.post(PAGE, {"state": "in_preselection", f"place_{a}": "1"}, on=PAGE)
    assert (refused.status_code, placed(site)) == (409, [])
    assert "The staff minute the order of the others." in refused.text
    assert b not in refused.text
    site.visit(STAFF).post(PAGE, {"state": "in_preselection", f"place_{a}": "2", f"place_{b}": "1"}, on=PAGE)
    assert placed(site) == [(1, 2), (2, 1)]


def test_a_member_gives_no_order(site: Site) -> None:
    a, _ = before_the_jury(site, 2)
    cleared(site, a, MEMBER)
    assert site.visit(MEMBER).get(PAGE).status_code == 404


def test_where_no_order_counts_there_is_no_page(site: Site) -> None:
    before_the_jury(site, 1)
    assert site.visit(STAFF).get(f"{PAGE}?state=shortlisted").status_code == 404

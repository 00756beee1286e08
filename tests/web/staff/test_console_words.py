"""The console and the applicant's pages of a round in which places free."""

from collections.abc import Iterator

import pytest
from databases import fresh
from learning_network import learning_network
from visiting import STAFF, Site, at, put_round

ROUND = "learning-network/2030"
HERE = f"/staff/{ROUND}"
WHO = ("anna@house.example", "bert@house.example", "cleo@house.example", "dora@house.example")
NOW = at("2030-03-11 10:00")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """One place: Anna has turned it down, Bert is offered it, Cleo and Dora wait."""
    database = fresh()
    put_round(database)
    made = Site(database, NOW)
    programme = learning_network(places=1, guard="")
    before, signs = at("2030-01-02 10:00"), at("2030-02-01 10:00")
    made.cycle.open_round(programme, "2030", by=STAFF, now=before)
    made.cycle.add_person(ROUND, email=STAFF, name="Els", language="en", role="staff", by=STAFF, now=before)
    for place, email in enumerate(WHO):
        number = made.cycle.start_dossier(
            ROUND, organisation=f"House {place}", email=email, name="Bo", language="en", by=email, now=signs + place
        )
        made.cycle.act(ROUND, number, "sign_up", by=email, now=signs + place)
    made.cycle.act(ROUND, "LN30-001", "leave", by=WHO[0], now=NOW)
    yield made
    database.close()


def test_the_place_went_to_the_next(site: Site) -> None:
    board = site.visit(STAFF).get(f"{HERE}/dossiers").text
    assert [f"LN30-00{number}" in board for number in (1, 2, 3, 4)] == [True] * 4


@pytest.mark.parametrize(
    "path",
    ["", "/dossiers", "/dossiers/LN30-002", "/dossiers/LN30-003", "/timeline", "/timeline/list", "/workflow",
     "/workflow/state/waiting", "/workflow/state/offered", "/journal", "/letters", "/outbox"],
)  # fmt: skip
def test_every_page_of_the_round_is_shown(site: Site, path: str) -> None:
    page = site.visit(STAFF).get(f"{HERE}{path}?lang=en")
    assert (page.status_code, "secret-room" in page.text) == (200, False)


def test_a_state_says_that_one_leaves_it_when_a_place_frees(site: Site) -> None:
    visit = site.visit(STAFF)
    page = visit.get(f"{HERE}/workflow/state/waiting?lang=en").text
    assert "by itself when a place frees, from" in page
    page = visit.get(f"{HERE}/workflow/state/waiting?lang=nl").text
    assert "vanzelf als er een plaats vrijkomt" in page


def test_the_journal_tells_when_a_place_was_free(site: Site) -> None:
    page = site.visit(STAFF).get(f"{HERE}/journal?lang=en").text
    assert page.count("A place was free for “offer next”") == 1


def test_the_timeline_names_the_day_from_which_places_are_given(site: Site) -> None:
    page = site.visit(STAFF).get(f"{HERE}/timeline/list?lang=en&when=past").text
    assert "Places are given: “Place offered”" in page


@pytest.mark.parametrize(("who", "number"), [(2, 1), (3, 2)])
def test_who_waits_reads_where_in_the_line_it_stands_and_so_do_staff(site: Site, who: int, number: int) -> None:
    dossier = f"LN30-00{who + 1}"
    applicants = site.visit(WHO[who]).get(f"/dossier/{ROUND}/{dossier}?lang=en").text
    assert f"You wait for a place, and are number {number} on the waiting list." in applicants
    staffs = site.visit(STAFF).get(f"{HERE}/dossiers/{dossier}?lang=en").text
    assert f"It becomes “Place offered” when a place frees. It is number {number} on the waiting list." in staffs

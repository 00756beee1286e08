"""Are dates shown as they are: until further notice, and on the day that counts with the one that is written?"""

import re

import pytest
from databases import fresh
from desk import ROUND, desk
from rolling import rolling
from visiting import CHAIR, STAFF, Site, at

from engine.files.reading import Programme

KEY = "desk/2030"
NOW = at("2030-02-01 10:00")
PAGES = (
    "/", f"/call/{KEY}", f"/call/{KEY}/start", f"/call/{KEY}/calendar.ics", f"/staff/{KEY}", f"/staff/{KEY}/timeline",
    f"/staff/{KEY}/timeline?zoom=round", f"/staff/{KEY}/timeline/list?when=all", f"/staff/{KEY}/extend",
    f"/staff/{KEY}/extend?moment=intake+closes", f"/staff/{KEY}/meetings", f"/staff/{KEY}/workflow/state/draft",
)  # fmt: skip


def site_of(programme: Programme) -> Site:
    site = Site(fresh(), now=NOW)
    site.cycle.open_round(programme, "2030", by=STAFF, now=at("2029-12-01 10:00"))
    site.cycle.add_person(KEY, email=STAFF, name="Els", language="en", role="staff", by=STAFF, now=NOW)
    return site


@pytest.mark.parametrize("path", PAGES)
def test_no_page_shows_a_day_that_never_comes(path: str) -> None:
    answer = site_of(desk()).visit(STAFF, language="en").get(path)
    assert answer.status_code == 200
    assert re.findall(r"(?<!\d)9000|8999|\d{6} days", answer.text) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "until further notice"), ("nl", "tot nader order"), ("fr", "jusqu’à nouvel ordre")],
)
def test_a_call_without_a_last_day_is_open_until_further_notice(language: str, words: str) -> None:
    visit = site_of(desk()).visit(STAFF, language=language)
    assert all(words in visit.get(path).text for path in ("/", f"/call/{KEY}"))


def test_an_applicant_reads_no_last_day() -> None:
    site = site_of(desk())
    number = site.cycle.start_dossier(
        KEY, organisation="House", email="an@brug.example", name="An", language="en", by="an@brug.example", now=NOW
    )
    visit = site.visit("an@brug.example", language="en")
    paths = ("/dossiers", f"/dossier/{KEY}/{number}", f"/dossier/{KEY}/{number}/tasks")
    assert [re.findall("9000|8999", visit.get(path).text) for path in paths] == [[], [], []]


def test_a_close_that_rolls_is_shown_with_the_day_that_is_written() -> None:
    rolled = ROUND.replace("from = 2030-01-07", 'from = 2030-01-07, to = 2055-05-08, roll = "next working day"')
    programme = desk(rolled, always=True)
    visit = site_of(programme).visit(STAFF, language="en")
    assert "8 May 2055 is a day on which nobody works" in visit.get(f"/call/{KEY}").text
    assert "the round says 8 May 2055, on which nobody works" in visit.get(f"/staff/{KEY}/timeline/list?when=all").text


def rolling_site() -> tuple[Site, list[str]]:
    """The round that is cut into months, with two dossiers of January and one of February, in the middle of that."""
    site, key = Site(fresh(), now=at("2030-02-10 10:00")), "rolling/2030"
    site.cycle.open_round(rolling(), "2030", by=STAFF, now=at("2029-12-01 10:00"))
    for email, role in ((STAFF, "staff"), (CHAIR, "board")):
        site.cycle.add_person(
            key, email=email, name=email, language="en", role=role, chair=role == "board", by=STAFF,
            now=at("2029-12-01 10:00"),
        )  # fmt: skip
    numbers = []
    for who, day in (("an", "01-10"), ("bo", "01-20"), ("cy", "02-05")):
        email, now = f"{who}@brug.example", at(f"2030-{day} 10:00")
        number = site.cycle.start_dossier(
            key, organisation=f"House of {who}", email=email, name=who, language="en", by=email, now=now
        )
        site.cycle.answer(key, number, {"what": "Build"}, by=email, now=now)
        site.cycle.act(key, number, "ask", by=email, now=now)
        numbers.append(number)
    site.cycle.advance(site.now)
    return site, numbers


def test_staff_see_of_which_batch_a_dossier_is_and_pick_those_of_one() -> None:
    site, (one, two, other) = rolling_site()
    visit = site.visit(STAFF, language="en")
    table = visit.get("/staff/rolling/2030/dossiers?all=1&columns=number&columns=batch").text
    assert [number in table for number in (one, two, other)] == [True, True, True]
    picked = visit.get("/staff/rolling/2030/dossiers?batch=1").text
    assert [f"/dossiers/{number}" in picked for number in (one, two, other)] == [True, True, False]
    assert "Batch 1" in picked
    assert "Batch 2" in visit.get("/staff/rolling/2030/timeline/list?when=all").text
    assert re.search(r"Batch</dt>\s*<dd[^>]*>\s*2", visit.get(f"/staff/rolling/2030/dossiers/{other}").text)


def test_an_applicant_and_a_committee_see_the_dates_of_their_batch() -> None:
    site, (one, _, other) = rolling_site()
    receipt = site.visit("cy@brug.example", language="en").get(f"/dossier/rolling/2030/{other}/receipt").text
    assert re.search(r"Batch</dt>\s*<dd[^>]*>\s*2", receipt)
    board = site.visit(CHAIR, language="en")
    assert [board.get(path).status_code for path in ("/committee/rolling/2030", "/committee/rolling/2030/ranking")] == [
        200, 200
    ]  # fmt: skip
    assert site.cycle.verdict("rolling/2030", one, "grant", by=CHAIR, now=site.now) is None

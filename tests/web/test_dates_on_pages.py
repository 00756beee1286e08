"""Are dates shown as they are: until further notice, and on the day that counts with the one that is written?"""

import re

import pytest
from databases import fresh
from desk import ROUND, desk
from visiting import STAFF, Site, at

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

"""Are the dates of a strand shown wherever dates are, and can staff move them for one strand alone?"""

from collections.abc import Iterator

import pytest
from databases import fresh
from sqlmodel import select
from two_lists import two_dates
from visiting import APPLICANT, BEFORE, CALL, PEOPLE, ROUND, STAFF, Site, at

from engine.database.records import ExtensionRow

AT = f"/staff/{ROUND}"
REASON = {"reason": "A flood.", "hour": ""}


@pytest.fixture(scope="module")
def opened() -> Iterator[Site]:
    site = Site(fresh(), BEFORE)
    site.cycle.open_round(two_dates(), "2019", by=STAFF, now=site.now)
    for email, name, language, role, chair in PEOPLE:
        site.cycle.add_person(
            ROUND, email=email, name=name, language=language, role=role, chair=chair, by=STAFF, now=site.now
        )  # fmt: skip
    site.clock.instant = CALL
    site.cycle.advance(site.now)
    for strand in ("small", "large"):
        site.cycle.start_dossier(
            ROUND, organisation="De Brug", email=APPLICANT, name="An", language="nl", by=APPLICANT, now=site.now,
            strand=strand,
        )  # fmt: skip
    yield site
    site.database.close()


def test_the_page_of_the_call_gives_the_dates_of_each_strand(opened: Site) -> None:
    page = opened.visit(APPLICANT).get(f"/call/{ROUND}").text
    assert ("Call (Small)" in page, "15 February 2019" in page, "Call (Large)" in page, "1 March 2019" in page) == (
        True, True, True, True
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/", f"/call/{ROUND}", f"/call/{ROUND}/start"])
def test_whoever_looks_for_a_call_reads_until_when_each_strand_may_be_handed_in(opened: Site, path: str) -> None:
    now = opened.clock.instant
    page = opened.visit(APPLICANT).get(path).text
    assert [day in page for day in ("until Friday 15 February 2019", "until Friday 1 March 2019")] == [True, True]
    opened.clock.instant = at("2019-02-20 10:00")
    try:
        page = opened.visit(APPLICANT).get(path).text
    finally:
        opened.clock.instant = now
    assert ["closed on 15 Feb" in page, "until Friday 1 March 2019" in page] == [True, True]


def test_the_page_of_the_call_says_what_each_strand_is_asked_and_may_ask(opened: Site) -> None:
    page = opened.visit(APPLICANT).get(f"/call/{ROUND}").text
    assert ("In which town? <span class=\"quiet-text\">(Large)" in page) is True
    assert ("€20,000 (Small)" in page, "€45,000 (Large)" in page) == (True, True)


def test_whoever_applies_reads_the_dates_of_the_strand(opened: Site) -> None:
    visit = opened.visit(APPLICANT)
    pages = {strand: visit.get(f"/dossier/{ROUND}/{number}").text for strand, number in (
        ("small", "CI19-001"), ("large", "CI19-002")
    )}  # fmt: skip
    assert ["15 February" in pages[strand] for strand in ("small", "large")] == [True, False]
    assert ["1 March" in pages[strand] for strand in ("small", "large")] == [False, True]


def test_calendars_of_others_have_an_event_for_each_strand(opened: Site) -> None:
    feed = opened.visit().get(f"/call/{ROUND}/calendar.ics").text.replace("\r\n ", "")
    assert (feed.count("(Small)"), feed.count("(Large)"), "20190216" in feed, "20190302" in feed) == (2, 2, True, True)


def test_the_timeline_has_a_line_for_each_strand(opened: Site) -> None:
    visit = opened.visit(STAFF)
    page = visit.get(f"{AT}/timeline/list?when=all").text
    assert ("“Call (Small)” closes" in page, "“Call (Large)” closes" in page) == (True, True)
    assert visit.get(f"{AT}/timeline").status_code == 200


def test_staff_move_the_date_of_one_strand(opened: Site) -> None:
    visit, page = opened.visit(STAFF), f"{AT}/extend"
    form = visit.get(page).text
    assert ('value="call closes small"' in form, 'value="call closes"' in form) == (True, False)
    asked = {"moment": "call closes small", "whom": "all", "numbers": "", "day": "2019-02-22", **REASON}
    foreseen = visit.post(page, {**asked, "do": "preview"}, on=page)
    assert (foreseen.status_code, "“Call (Small)” closes" in foreseen.text) == (200, True)
    done = visit.post(page, {**asked, "do": "extend", "once": "a key"}, on=page)
    with opened.database.reading() as session:
        (row,) = session.exec(select(ExtensionRow)).all()
    assert (done.status_code, row.of, row.strand, row.new_day) == (303, "call closes", "small", "2019-02-22")
    assert "“Call (Small)” closes" in visit.get(f"{AT}/extensions").text
    assert "Small" in visit.get(f"{AT}/journal").text

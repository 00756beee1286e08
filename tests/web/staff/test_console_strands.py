"""Do people choose a strand on the pages, and do staff find, change and rank dossiers by it?"""

from collections.abc import Iterator

import pytest
from databases import fresh
from sqlmodel import col, select
from two_lists import two_lists
from visiting import APPLICANT, CALL, PEOPLE, ROUND, STAFF, Site, at

from engine.database.records import DossierRow, JournalRow

NUMBER = "CI19-001"
AT = f"/staff/{ROUND}"
HERE = f"{AT}/dossiers/{NUMBER}"
START = f"/call/{ROUND}/start"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site(fresh(), at("2018-12-01 10:00"))
    site.cycle.open_round(two_lists(), "2019", by=STAFF, now=site.now)
    for email, name, language, role, chair in PEOPLE:
        site.cycle.add_person(
            ROUND, email=email, name=name, language=language, role=role, chair=chair, by=STAFF, now=site.now
        )  # fmt: skip
    site.cycle.subscribe(ROUND, email=APPLICANT, language="en", now=site.now)
    site.clock.instant = CALL
    site.cycle.advance(site.now)
    yield site
    site.database.close()


def stored(site: Site) -> list[tuple[str, str | None]]:
    with site.database.reading() as session:
        return [(row.number, row.strand) for row in session.exec(select(DossierRow).order_by(col(DossierRow.id)))]


def reasons(site: Site) -> list[object]:
    with site.database.reading() as session:
        return [row.details.get("reason") for row in session.exec(select(JournalRow)) if row.what == "strand changed"]


def brought_in(site: Site, *strands: str) -> list[str]:
    """Dossiers that the committee reads, one in each of these strands."""
    return [
        site.cycle.start_dossier(
            ROUND, organisation=f"Huis {place}", email=f"p{place}@huis.example", name="An", language="nl", by=STAFF,
            now=site.now, state="in_preselection", strand=strand,
        )
        for place, strand in enumerate(strands)
    ]  # fmt: skip


def test_whoever_starts_a_dossier_chooses_its_strand(site: Site) -> None:
    visit = site.visit(APPLICANT)
    assert 'type="radio" id="strand-small" name="strand" value="small"' in visit.get(START).text
    refused = visit.post(START, on=START)
    assert (refused.status_code, "Choose one of these." in refused.text, stored(site)) == (422, True, [])
    assert visit.post(START, {"strand": "huge"}, on=START).status_code == 422
    started = visit.post(START, {"strand": "small", "once": "a key"}, on=START)
    assert (started.status_code, stored(site)) == (303, [(NUMBER, "small")])


def test_the_form_knows_the_limit_of_the_strand(site: Site) -> None:
    who = {"organisation": "", "email": APPLICANT, "name": "An", "language": "nl", "by": APPLICANT, "now": site.now}
    small, large = (site.cycle.start_dossier(ROUND, strand=strand, **who) for strand in ("small", "large"))
    visit = site.visit(APPLICANT)
    sections = {number: visit.get(f"/dossier/{ROUND}/{number}/check").status_code for number in (small, large)}
    assert sections == {small: 200, large: 200}
    assert "Small" in visit.get(f"/dossier/{ROUND}/{small}").text


def test_the_form_asks_what_its_strand_is_asked_from_the_list_of_the_round(site: Site) -> None:
    who = {"organisation": "De Brug", "email": APPLICANT, "name": "An", "language": "nl", "by": APPLICANT}
    small, large = (
        site.cycle.start_dossier(ROUND, strand=strand, now=site.now, **who) for strand in ("small", "large")
    )
    visit = site.visit(APPLICANT)
    asked = {number: visit.get(f"/dossier/{ROUND}/{number}/section/project").text for number in (small, large)}
    assert ["In which town?" in asked[number] for number in (small, large)] == [False, True]
    assert ("Aalst" in asked[large], "Liège" in asked[large]) == (True, True)
    page = f"/dossier/{ROUND}/{large}/section/project"
    visit.post(page, {"a-town": "Luik"}, on=page)
    assert "Liège" in visit.get(f"/dossier/{ROUND}/{large}/check").text


def test_staff_put_a_dossier_into_another_strand_and_say_why(site: Site) -> None:
    brought_in(site, "small")
    visit = site.visit(STAFF)
    assert ("Small" in visit.get(HERE).text, f"{HERE}/strand" in visit.get(HERE).text) == (True, True)
    page = f"{HERE}/strand"
    without = visit.post(page, {"strand": "large", "reason": ""}, on=page)
    assert (without.status_code, "A reason is asked for here." in without.text) == (422, True)
    assert visit.post(page, {"strand": "huge", "reason": "So."}, on=page).status_code == 422
    again = visit.post(page, {"strand": "small", "reason": "So."}, on=page)
    assert (again.status_code, "The dossier stands in this strand already." in again.text) == (409, True)
    moved = visit.post(page, {"strand": "large", "reason": "Two years."}, on=page)
    assert (moved.status_code, stored(site), reasons(site)) == (303, [(NUMBER, "large")], ["Two years."])
    assert "Put into another strand." in visit.get(f"{HERE}/journal").text


def test_the_table_has_a_column_and_a_filter_for_strands(site: Site) -> None:
    brought_in(site, "small", "large", "large")
    visit = site.visit(STAFF)
    listed = visit.get(f"{AT}/dossiers?strand=large").text
    assert [number in listed for number in ("CI19-001", "CI19-002", "CI19-003")] == [False, True, True]
    file = visit.get(f"{AT}/dossiers.csv?all=1").text
    assert ("Strand" in file, file.count("Large"), file.count("Small")) == (True, 2, 1)


def test_each_strand_has_a_ranking_with_its_own_line(site: Site) -> None:
    brought_in(site, "small", "large", "small")
    visit = site.visit(STAFF)
    at_first, other = (visit.get(f"{AT}/committee/ranking{query}").text for query in ("", "?strand=large"))
    assert [[number in page for number in ("CI19-001", "CI19-002", "CI19-003")] for page in (at_first, other)] == [
        [True, False, True], [False, True, False],
    ]  # fmt: skip
    assert ("of 1 places given" in at_first, "of 3 places given" in other) == (True, True)


def test_a_move_that_sets_a_new_value_asks_for_it(site: Site) -> None:
    brought_in(site, "small")
    visit, page = site.visit(STAFF), f"{HERE}/act/move_over"
    assert 'name="a-strand"' in visit.get(page).text
    assert (visit.post(page, on=page).status_code, stored(site)) == (422, [(NUMBER, "small")])
    assert visit.post(page, {"a-strand": "large", "once": "one"}, on=page).status_code == 303
    assert stored(site) == [(NUMBER, "large")]
    lower = f"{HERE}/act/lower"
    wrong = visit.post(lower, {"a-amount": "45001"}, on=lower)
    assert (wrong.status_code, 'value="45001"' in wrong.text) == (422, True)
    assert visit.post(lower, {"a-amount": "30000", "once": "two"}, on=lower).status_code == 303
    assert "30" in visit.get(f"{HERE}/answers").text

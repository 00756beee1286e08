"""What do staff see of what is owed, what do they say of what was handed in, and what do its owners see of that?"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest
from databases import opened
from sqlmodel import col, func, select
from visiting import APPLICANT, PDF, ROUND, STAFF, Site, Visit, at, prepared

from engine.cycle import Upload
from engine.database.records import ConflictRow, DeliveryRow, ObligationRow, ReviewRow
from engine.database.store import find_dossier, find_person, find_round, state_of, the_id

OWED = f"/staff/{ROUND}/obligations"
OTHER = "jan@atelier.example"
NOW = at("2020-09-10 10:00")


@cache
def _second_year() -> Any:
    """The driver's connection to such a round, to be copied: playing two years takes its time."""
    database = prepared("sqlite://")
    site = Site(database, at("2019-06-18 10:00"))
    for email, organisation in ((APPLICANT, "De Brug"), (OTHER, "Atelier")):
        number = site.cycle.start_dossier(
            ROUND, organisation=organisation, email=email, name="", language="nl", by=STAFF, now=site.now,
            state="awarded",
        )  # fmt: skip
        site.cycle.attend(ROUND, number, "kick_off", by=STAFF, now=at("2019-06-21 10:00"))
    site.cycle.advance(at("2019-09-02 10:00"))
    first = hand_in(site, at("2020-08-10 10:00"))
    site.cycle.review(
        ROUND, "CI19-001", first, accepted=False, words="Noem de partners.", to=date(2020, 9, 20), by=STAFF,
        now=at("2020-08-20 10:00"),
    )  # fmt: skip
    site.cycle.advance(NOW - 1)
    hand_in(site, NOW - 1)
    return database.writer.raw_connection().driver_connection


@pytest.fixture
def site() -> Iterator[Site]:
    """Two dossiers in the second year: one report awaits review in its second version, one has not come in."""
    database = opened("sqlite://")
    connection = database.writer.raw_connection()
    _second_year().backup(connection.driver_connection)
    connection.close()
    yield Site(database, NOW)
    database.close()


def hand_in(site: Site, now: int, number: str = "CI19-001", who: str = APPLICANT) -> int:
    """The interim report; gives its delivery."""
    site.cycle.deliver(
        ROUND, number, "interim_report", {}, by=who, now=now, files={"report": Upload("verslag.pdf", PDF)}
    )
    with site.database.reading() as session:
        return session.exec(select(func.max(DeliveryRow.id))).one() or 0


def cells(page: Any, number: str) -> dict[str, str]:
    """column -> what stands in the row of a dossier, in words."""
    row = next(row for row in page.text.partition('<table class="owed">')[2].split("<tr>") if f">{number}<" in row)
    found = re.findall(r'<td data-label="([^"]*)">(.*?)</td>', row, re.S)
    return {label: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for label, text in found}


def review_form(visit: Visit) -> str:
    """The page of what has waited longest."""
    found = re.search(rf"/staff/{ROUND}/dossiers/CI19-001/review/\d+", visit.get(f"{OWED}/review").text)
    assert found is not None
    return found[0]


def fields(visit: Visit, path: str, **given: str) -> dict[str, str]:
    page = visit.get(path).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return {**hidden, **given}


def report_of(site: Site, number: str = "CI19-001") -> ObligationRow:
    with site.database.reading() as session:
        dossier = find_dossier(session, find_round(session, ROUND), number)
        wanted = (col(ObligationRow.name) == "interim_report", col(ObligationRow.position) == 1)
        row = session.exec(select(ObligationRow).where(col(ObligationRow.dossier_id) == dossier.id, *wanted)).one()
        session.expunge(row)
        return row


def test_the_matrix_says_in_words_where_everything_stands(site: Site) -> None:
    page = site.visit(STAFF).get(OWED)
    ours, theirs = cells(page, "CI19-001"), cells(page, "CI19-002")
    assert (ours["Annual interim report 1"], theirs["Annual interim report 1"]) == (
        "Awaits review 10 Sept 20", "Overdue 31 Aug 20",
    )  # fmt: skip
    assert (ours["Kick-off (mandatory)"], ours["Learning network coaching session 4"]) == (
        "Fulfilled 21 Jun 19", "Open 31 Aug 21",
    )  # fmt: skip
    assert len(ours) == 16


def test_the_filters_show_who_is_overdue_and_who_waits_for_us(site: Site) -> None:
    visit = site.visit(STAFF)
    shown = {
        name: re.findall(r">(CI19-\d+)</a><span", visit.get(f"{OWED}?show={name}").text)
        for name in ("", "overdue", "review", "month")
    }
    assert shown == {
        "": ["CI19-001", "CI19-002"], "overdue": ["CI19-001", "CI19-002"], "review": ["CI19-001"], "month": [],
    }  # fmt: skip


def test_the_file_has_a_line_for_each_thing_that_is_owed(site: Site) -> None:
    text = site.visit(STAFF).get(f"{OWED}.csv?show=review").text.lstrip("\ufeff")
    head, *lines = csv.reader(io.StringIO(text))
    assert (head[4], head[8], len(lines)) == ("Obligation", "Where it stands", 16)
    assert next(line[5:] for line in lines if line[4] == "Annual interim report") == [
        "1", "2019-09-01 00:00", "2020-09-20", "Awaits review", "2020-09-10 09:59", "no",
    ]  # fmt: skip


def test_promises_stand_beside_with_what_became_of_them(site: Site) -> None:
    page = site.visit(STAFF).get(OWED).text.partition("What this programme has promised")[2]
    assert re.findall(r'<span class="chip" data-tone="(\w+)">([^<]+)</span>', page) == [
        ("good", "Kept"), ("good", "Kept"),
    ]  # fmt: skip


def test_who_has_a_conflict_finds_nothing_of_that_dossier(site: Site) -> None:
    with site.database.transaction() as session:
        dossier, person = find_dossier(session, find_round(session, ROUND), "CI19-001"), find_person(session, STAFF)
        assert person is not None
        session.add(ConflictRow(dossier_id=the_id(dossier), person_id=the_id(person), declared_at=NOW))
    visit = site.visit(STAFF)
    pages = [visit.get(path).text for path in (OWED, f"{OWED}/review", f"{OWED}.csv")]
    assert [one for page in pages for one in re.findall("CI19-001", page)] == []


def test_the_file_and_the_words_of_before_stand_beside_the_decision(site: Site) -> None:
    visit = site.visit(STAFF)
    page = visit.get(review_form(visit)).text
    assert "Version 2 of 2" in page
    assert page.count("verslag.pdf</a>") == 2
    assert "Noem de partners." in page


def test_accepted_it_counts_and_what_waits_next_is_shown(site: Site) -> None:
    visit = site.visit(STAFF)
    path = review_form(visit)
    sent = visit.post(path, fields(visit, path, do="accept", words=""), on=path)
    assert (sent.status_code, sent.headers["location"]) == (303, OWED)
    assert state_of(report_of(site)) == "fulfilled"
    assert "This version has been reviewed." in visit.get(path).text


def test_without_words_nothing_is_sent_back_and_nothing_typed_is_lost(site: Site) -> None:
    visit = site.visit(STAFF)
    path = review_form(visit)
    sent = visit.post(path, fields(visit, path, do="changes", words="", to="2020-10-01"), on=path)
    assert (sent.status_code, 'value="2020-10-01"' in sent.text) == (422, True)
    assert "Say what is to be changed" in sent.text
    sent = visit.post(path, fields(visit, path, do="changes", words="Nog iets.", to="gisteren"), on=path)
    assert (sent.status_code, ">Nog iets.</textarea>" in sent.text) == (422, True)
    assert state_of(report_of(site)) == "handed in"


def test_sent_back_the_applicant_reads_why_and_until_when(site: Site) -> None:
    visit = site.visit(STAFF)
    path = review_form(visit)
    sent = visit.post(path, fields(visit, path, do="changes", words="Ook de cijfers.", to="2020-10-05"), on=path)
    assert sent.status_code == 303
    assert (state_of(report_of(site)), report_of(site).last_day) == ("open", "2020-10-05")
    applicant = site.visit(APPLICANT)
    here = f"/dossier/{ROUND}/CI19-001"
    assert "Ook de cijfers." in applicant.get(f"{here}/deliver/interim_report").text
    plan = applicant.get(f"{here}/plan").text
    assert ("Please change: Ook de cijfers." in plan, "to 5 October 2020" in plan) == (True, True)
    assert "Changes asked" in applicant.get(here).text


def test_a_form_sent_twice_reviews_once_and_the_second_reviewer_is_told(site: Site) -> None:
    visit = site.visit(STAFF)
    path = review_form(visit)
    given = fields(visit, path, do="accept", words="Goed.")
    assert [visit.post(path, given, on=path).status_code for _ in range(2)] == [303, 303]
    with site.database.reading() as session:
        assert session.exec(select(func.count(ReviewRow.id))).one() == 2
    again = visit.post(path, {**given, "once": "another key", "seen": ""}, on=path)
    assert (again.status_code, "Els Peeters has accepted this already." in again.text) == (409, True)


def test_while_we_read_it_the_applicant_is_asked_nothing(site: Site) -> None:
    with site.database.reading() as session:
        rows = session.exec(select(ObligationRow)).all()
        assert {row.name for row in rows} == {"kick_off", "coaching", "site_visit", "interim_report"}
    plan = site.visit(APPLICANT).get(f"/dossier/{ROUND}/CI19-001/plan").text
    found = re.findall(r'<span class="name">(?:<a[^>]*>)?([^<]+?)(?:</a>)?\s*<span class="why">', plan)
    assert len(found) == 19
    assert re.findall(r"<h2[^>]*>(\d{4})</h2>", plan) == ["2019", "2020", "2021", "2022"]
    assert "We are reading it" in plan


def test_a_dossier_that_owes_nothing_has_no_plan() -> None:
    other = Site(prepared("sqlite://"))
    number = other.draft()
    page = other.visit(APPLICANT).get(f"/dossier/{ROUND}/{number}/plan")
    assert (page.status_code, "Nothing is asked of you over the years." in page.text) == (200, True)
    other.database.close()


def test_before_the_award_the_page_says_when_it_fills() -> None:
    database = prepared("sqlite://")
    visit = Site(database).visit(STAFF)
    assert "It stands here from then on." in visit.get(OWED).text
    assert "All that was handed in has been reviewed." in visit.get(f"{OWED}/review").text
    database.close()

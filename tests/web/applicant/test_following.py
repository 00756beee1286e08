"""Does an applicant find where a dossier is and what is asked, and nothing before its time?"""

import re

import pytest
from applying import (
    awarded,
    declined,
    head,
    judged,
    known,
    once_of,
    path,
    post,
    save,
    shortlisted,
    start,
    submit,
    under_way,
)
from databases import fresh
from on_disk import completed, written
from visiting import APPLICANT, COLLEAGUE, MEMBER, PDF, ROUND, STAFF, Site, Visit, at

from engine.cycle import Imported
from engine.database.looking import letters, open_rounds
from engine.database.pages import dossiers
from engine.files.reading import read_programme

KEYS = re.compile(r'(name="(?:csrf|once)" value="|token of )[^"]+')


def told(site: Site, number: str, letter: str) -> list[str]:
    """The addresses to which a letter about a dossier is on its way."""
    with site.database.reading() as session:
        (round,) = open_rounds(session)
        return [one.address for one in letters(session, round.id) if (one.dossier, one.letter) == (number, letter)]


def test_the_status_says_where_a_dossier_is_and_by_when_people_hear(site: Site) -> None:
    known(site, APPLICANT)
    number = site.handed_in()
    site.clock.instant = at("2019-03-05 10:00")
    site.cycle.advance(site.now)
    page = site.visit(APPLICANT).get(path(number)).text
    for said in ("Nothing to do now", "Your dossier is with: Independent selection committee.",
                 "You hear from us by Sunday 31 March 2019.", "Submitted</b>", "expected 31 Mar 2019",
                 "Who can see this", "els@impuls.example", "plan.pdf"):  # fmt: skip
        assert said in page, said
    assert "In preselectie" not in page  # what staff call it


@pytest.mark.parametrize("verdict", ["pass_over", "shortlist"])
def test_before_a_verdict_takes_effect_nothing_differs(site: Site, verdict: str) -> None:
    known(site, APPLICANT)
    number = site.handed_in()
    site.clock.instant = at("2019-03-20 10:00")
    site.cycle.advance(site.now)
    visit = site.visit(APPLICANT)
    pages = ("", "/messages", "/receipt", "/extension", "/people", "/act/withdraw")
    before = {tail: KEYS.sub("", visit.get(path(number, tail)).text) for tail in pages}
    before["list"] = visit.get("/dossiers").text
    judged(site, number, verdict)
    site.cycle.approve(ROUND, "recommendations opens", by=STAFF, now=site.now)
    after = {tail: KEYS.sub("", visit.get(path(number, tail)).text) for tail in pages}
    after["list"] = visit.get("/dossiers").text
    assert after == before


async def test_a_refusal_comes_with_kind_words_and_those_of_the_committee_but_not_its_notes(site: Site) -> None:
    known(site, APPLICANT)
    number = site.handed_in()
    declined(site, number)
    await post(site)
    page = site.visit(APPLICANT).get(path(number)).text
    for said in ("Thank you for the work", "Zoek een partner in de buurt.", "Warm en helder."):
        assert said in page, said
    assert "Twijfel over het budget" not in page
    assert 'data-tone="bad"' not in page


async def test_letters_are_there_to_read_again_by_whom_they_were_sent_to(site: Site) -> None:
    known(site, APPLICANT, COLLEAGUE)
    number = site.handed_in()
    await post(site)
    site.cycle.add_contact(ROUND, number, email=COLLEAGUE, name="Jef", language="en", by=APPLICANT, now=site.now)
    visit, colleague = site.visit(APPLICANT), site.visit(COLLEAGUE)
    (href,) = set(re.findall(rf'"({path(number)}/message/\d+)"', visit.get(path(number)).text))
    assert number in visit.get(href).text
    frame = visit.get(f"{href}/page")
    assert frame.headers["content-security-policy"].startswith("sandbox;")
    assert [colleague.get(href).status_code, colleague.get(f"{href}/page").status_code] == [404, 404]
    assert "No letter has left yet" in colleague.get(path(number)).text
    other = site.draft(APPLICANT, "Elders")
    assert visit.get(href.replace(number, other)).status_code == 404


def test_a_place_in_the_running_order_is_said_with_its_hours(site: Site) -> None:
    known(site, APPLICANT)
    number = site.handed_in()
    shortlisted(site, number)
    page = site.visit(APPLICANT).get(path(number)).text
    assert "Thursday 9 May 2019, 09:30 to 09:50" in page
    assert "By the clocks of Brussels." in page


def test_a_dossier_is_taken_back_once_with_its_consequences_said_before(site: Site) -> None:
    known(site, APPLICANT)
    number = site.handed_in()
    visit, here = site.visit(APPLICANT), path(number, "/act/withdraw")
    page = visit.get(here)
    assert "End this dossier: Withdrawn" in page.text
    assert "The staff of the programme are told." in page.text
    assert head(site, number).state == "submitted"
    for key in (once_of(page), once_of(page), "another"):
        sent = visit.post(here, {"once": key}, on=path(number, "/people"))
        assert (sent.status_code, sent.headers["location"]) == (303, path(number))
    assert head(site, number).state == "withdrawn"
    assert len(told(site, number, "withdrawn")) == 1
    assert visit.get(here).headers["location"] == path(number)


def test_a_report_is_asked_for_handed_in_once_and_receipted(site: Site) -> None:
    known(site, APPLICANT)
    number = site.handed_in()
    under_way(site, number)
    visit, here = site.visit(APPLICANT), path(number, "/deliver/interim_report")
    status = visit.get(path(number)).text
    assert f'href="{here}"' in status
    page = visit.get(here)
    assert "The last day is Monday 31 August 2020." in page.text
    empty = visit.post(here, {"once": once_of(page)}, on=here)
    assert (empty.status_code, "This is asked for, and not there yet." in empty.text) == (422, True)
    fields, file = {"once": once_of(page)}, [("a-report", ("verslag.pdf", PDF))]
    assert [visit.post(here, fields, on=here, files=file).status_code for _ in range(2)] == [303, 303]
    with site.database.reading() as session:
        found = dossiers.find(session, ROUND, number)
        assert found is not None
        whole = dossiers.whole(session, found)
    assert [(one.obligation, one.late) for one in whole.deliveries] == [(("interim_report", 1), False)]
    assert told(site, number, "delivered") == [APPLICANT]
    again = visit.get(here).text
    assert ("We are reading what you handed in." in again, "verslag.pdf" in again) == (True, True)
    delivered = visit.get(path(number, f"/delivered/{whole.deliveries[0].id}/report"))
    assert (delivered.status_code, delivered.content) == (200, PDF)


def test_a_file_stays_with_a_form_that_is_not_right_yet_for_its_sender_and_that_form_alone(site: Site) -> None:
    known(site, APPLICANT, COLLEAGUE)
    number = site.handed_in()
    under_way(site, number)
    site.cycle.add_contact(ROUND, number, email=COLLEAGUE, name="Jef", language="en", by=APPLICANT, now=site.now)
    site.clock.instant = at("2022-09-05 10:00")
    site.cycle.advance(site.now)
    visit, here = site.visit(APPLICANT), path(number, "/deliver/financial_report")
    wrong = visit.post(here, {"a-spent": "veel"}, on=here, files=[("a-report", ("cijfers.pdf", PDF))])
    assert (wrong.status_code, 'value="veel"' in wrong.text) == (422, True)
    assert "cijfers.pdf is kept: you need not choose it again." in wrong.text
    found = re.search(r'name="held-report" value="([^"]+)"', wrong.text)
    assert found is not None
    held = found[1].replace("&#34;", '"')
    assert site.visit(COLLEAGUE).post(here, {"a-spent": "1", "held-report": held}, on=here).status_code == 422
    final = path(number, "/deliver/final_report")
    assert visit.post(final, {"held-report": held}, on=final).status_code == 422
    forged = held.replace("cijfers", "andere")
    assert visit.post(here, {"a-spent": "1", "held-report": forged}, on=here).status_code == 422
    assert visit.post(here, {"a-spent": "19.500", "held-report": held}, on=here).status_code == 303
    page = visit.get(here).text
    assert ("cijfers.pdf" in page, "€19,500" in page) == (True, True)


def test_more_time_is_asked_for_once_and_staff_hear_of_it(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    number = start(visit)
    here = path(number, "/extension")
    wrong = visit.post(here, {"of": "call closes", "to": "2019-02-01", "reason": " "}, on=here)
    assert wrong.status_code == 422
    for said in ("Give a day after the one that holds now.", "Say why you need more time.", 'value="2019-02-01"'):
        assert said in wrong.text
    for to in ("", "31/12/2019", "9999-12-31", "2019-02-30"):
        assert visit.post(here, {"of": "call closes", "to": to, "reason": "Ziek"}, on=here).status_code == 422
    assert visit.post(here, {"of": "pitch closes", "to": "2019-06-01", "reason": "Ziek"}, on=here).status_code == 422
    fields = {"of": "call closes", "to": "2019-03-08", "reason": "Onze boekhouder is <ziek>"}
    assert [visit.post(here, fields, on=here).status_code for _ in range(2)] == [303, 303]
    assert told(site, number, "extension-asked") == [STAFF]
    page = visit.get(here).text
    assert ("Not answered yet" in page, "Onze boekhouder is &lt;ziek&gt;" in page) == (True, True)
    site.cycle.answer_extension(ROUND, 1, granted=True, words="Beterschap", by=STAFF, now=site.now)
    assert "Granted" in visit.get(here).text
    assert "Open until Friday 8 March 2019, 24:00 (Brussels)" in visit.get(path(number)).text
    site.clock.instant = at("2019-03-05 10:00")
    site.cycle.advance(site.now)
    late = site.visit(APPLICANT)
    assert save(late, number, "project", {"a-title": "Met uitstel"}).status_code == 303


def test_a_file_is_handed_out_to_its_readers_and_only_the_version_that_counts_to_the_committee(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    number = site.draft()
    save(visit, number, "documents", {}, files=[("a-plan", ("nieuw plan.pdf", PDF + b"\n"))])
    submit(visit, number)
    site.clock.instant = at("2019-03-20 10:00")
    site.cycle.advance(site.now)
    visit, member, staff = site.visit(APPLICANT), site.visit(MEMBER), site.visit(STAFF)
    assert member.get(path(number, "/file/plan/2")).status_code in (303, 404)
    site.cycle.declare_clear(ROUND, number, by=MEMBER, now=site.now)

    def may(one: Visit) -> list[int]:
        return [one.get(path(number, f"/file/plan/{version}")).status_code for version in (1, 2, 3)]

    assert (may(visit), may(staff), may(member)) == ([200, 200, 404], [200, 200, 404], [404, 200, 404])
    assert visit.get(path(number, "/file/plan/2")).content == PDF + b"\n"
    assert "1 earlier version" in visit.get(path(number)).text


def test_a_feed_tells_its_owners_dates_under_one_address_until_it_is_renewed(site: Site) -> None:
    known(site, APPLICANT)
    number = site.handed_in()
    shortlisted(site, number)
    visit, nobody = site.visit(APPLICANT), site.visit()
    assert "You have no address yet" in visit.get("/feed").text

    def address() -> str:
        visit.post("/feed", on="/feed")
        found = re.search(r'href="(/feed/[^"]+\.ics)"', visit.get("/feed").text)
        assert found is not None
        return found[1]

    first = address()
    feed = nobody.get(first)
    assert feed.headers["content-type"] == "text/calendar; charset=utf-8"
    assert ("DTSTART;TZID=Europe/Brussels:20190509T093000" in feed.text, number in feed.text) == (True, True)
    second = address()
    assert [nobody.get(first).status_code, nobody.get(second).status_code] == [404, 200]
    assert nobody.get(second.replace(".ics", "x.ics")).status_code == 404
    visit.post("/feed/end", on="/feed")
    assert nobody.get(second).status_code == 404
    site.clock.instant = at("2019-04-03 10:00")
    member = site.visit(MEMBER)
    member.post("/feed", on="/feed")
    found = re.search(r'href="(/feed/[^"]+\.ics)"', member.get("/feed").text)
    assert found is not None
    assert number in nobody.get(found[1]).text
    site.cycle.declare_conflict(ROUND, number, by=MEMBER, now=site.now)
    assert number not in nobody.get(found[1]).text


def test_an_award_asks_for_the_meeting_that_it_obliges_to(site: Site) -> None:
    known(site, APPLICANT)
    number = site.handed_in()
    awarded(site, number)
    page = site.visit(APPLICANT).get(path(number)).text
    assert ("Kick-off (mandatory)" in page, "Thursday 20 June 2019" in page, "Leuven" in page) == (True, True, True)


def test_nobody_reads_ahead_what_cannot_come_any_more() -> None:
    """Where rules name a refusal as their first end, no way leads to it from the reserve list."""
    files = completed("panel", written("panel"))
    rules = files["workflow.toml"].replace('["done", "declined", "withdrawn"]', '["declined", "done", "withdrawn"]')
    site, key, email = Site(fresh(), at("2030-01-02 10:00")), "panel/2030", "a@applicant.example"
    assert rules != files["workflow.toml"]
    panel = read_programme("panel", {**files, "workflow.toml": rules}, "panel")
    site.cycle.open_round(panel, "2030", by=STAFF, now=site.now)
    site.cycle.add_person(key, email=STAFF, name="Els", language="en", role="staff", by=STAFF, now=site.now)
    numbers = site.cycle.import_dossiers(
        key, [Imported("A", email, "A", "en", state=state) for state in ("handed", "reserve")], by=STAFF, now=site.now
    )
    pages = [site.visit(email).get(f"/dossier/{key}/{number}").text for number in numbers]
    assert ["Declined" in page for page in pages] == [True, False]

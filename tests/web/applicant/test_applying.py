"""Can somebody start a dossier with nothing but an address, fill it in, and hand it in?"""

import hashlib
import json

from applying import ANSWERS, answers, filled_in, head, known, path, save, start, submit, upload
from visiting import APPLICANT, COLLEAGUE, PDF, ROUND, STRANGER, Site, at

from engine.database.looking import contacts_of, letters, open_rounds


def test_a_dossier_starts_with_nothing_but_an_address_and_is_handed_in_part_by_part(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    number = start(visit)
    assert (head(site, number).organisation, head(site, number).state) == ("", "draft")
    tasks = visit.get(path(number)).text
    assert tasks.count("Not started") == 4
    assert "0 of 4 parts done" in tasks
    assert "6 answers are missing" in tasks
    assert save(visit, number, "you", {"organisation": "De Brug", "name": "An Mols"}).status_code == 303
    assert save(visit, number, "project", ANSWERS).status_code == 303
    assert "2 of 4 parts done" in visit.get(path(number)).text
    assert save(visit, number, "budget", {"a-amount": "€ 20.000,50"}).status_code == 303
    assert upload(visit, number).headers["location"] == path(number)
    assert "4 of 4 parts done" in visit.get(path(number)).text
    kept = answers(site, number)
    assert kept.pop("plan") == {"name": "plan.pdf", "digest": hashlib.sha256(PDF).hexdigest(), "size": len(PDF)}
    assert kept == {"title": "Werk van De Brug", "practice": "Samen koken en vertellen.", "partner": "OCMW",
                    "amount": 20_000.5}  # fmt: skip
    assert submit(visit, number).headers["location"] == path(number, "/receipt")
    handed_in = head(site, number)
    assert (handed_in.state, handed_in.received_at) == ("submitted", site.now)


def test_the_receipt_is_what_stands_in_the_row_and_the_fingerprint_of_what_was_received(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    number = filled_in(visit)
    site.clock.instant = at("2019-02-24 16:42:07")
    visit = site.visit(APPLICANT)
    submit(visit, number)
    kept, page = head(site, number), visit.get(path(number, "/receipt")).text
    received = visit.get(path(number, "/received.json"))
    assert hashlib.sha256(received.content).hexdigest() == kept.receipt
    assert json.loads(received.content)["answers"]["plan"]["digest"] == hashlib.sha256(PDF).hexdigest()
    for said in (kept.receipt or "", hashlib.sha256(PDF).hexdigest(), number, "24 February 2019, 16:42:07",
                 "UTC+0100", "plan.pdf", "none"):  # fmt: skip
        assert said in page
    file = visit.get(path(number, "/file/plan/3"))
    assert (file.status_code, file.content) == (200, PDF)
    assert file.headers["content-disposition"] == 'attachment; filename="plan.pdf"'


def test_a_form_sent_twice_counts_once_and_a_late_click_shows_the_receipt(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    number = filled_in(visit)
    csrf = visit.csrf(path(number, "/check"))
    fields = {"declared": "yes", "once": "the same key", "csrf": csrf}
    sent = [visit.client.post(path(number, "/submit"), data=fields, headers={"sec-fetch-site": "same-origin"})
            for _ in range(2)]  # fmt: skip
    for later in ({"once": "another"}, {"once": "another", "declared": ""}):
        sent.append(visit.client.post(path(number, "/submit"), data={**fields, **later},
                                      headers={"sec-fetch-site": "same-origin"}))  # fmt: skip
    assert {(one.status_code, one.headers["location"]) for one in sent} == {(303, path(number, "/receipt"))}
    assert visit.get(path(number, "/check")).headers["location"] == path(number, "/receipt")
    with site.database.reading() as session:
        (round,) = open_rounds(session)
        told = [one.letter for one in letters(session, round.id) if one.dossier == number]
    assert told == ["submission-received"]


def test_starting_twice_with_one_form_gives_one_dossier(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    here = f"/call/{ROUND}/start"
    both = [visit.post(here, {"once": "one form"}, on=here).headers["location"] for _ in range(2)]
    assert both == [path("CI19-001")] * 2
    assert visit.get("/dossiers").text.count('href="/dossier/') == 1


def test_nothing_is_handed_in_without_the_declaration_or_with_answers_missing(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    number = filled_in(visit)
    undeclared = submit(visit, number, declared="")
    assert (undeclared.status_code, "Tick the box below" in undeclared.text) == (422, True)
    save(visit, number, "budget", {"a-amount": ""})
    missing = visit.post(path(number, "/submit"), {"declared": "yes", "once": "x"}, on=path(number, "/people"))
    assert missing.status_code == 409
    assert f'href="{path(number, "/section/budget#a-amount")}"' in missing.text
    assert head(site, number).state == "draft"


def test_before_and_after_the_call_there_is_a_page_and_no_dossier(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    here = f"/call/{ROUND}/start"
    for instant, sentence in (("2018-12-10 10:00", "not open yet"), ("2019-03-05 10:00", "This call is over")):
        site.clock.instant = at(instant)
        visit = site.visit(APPLICANT)
        assert sentence in visit.get(here).text
        late = visit.post(here, {"once": instant}, on="/dossiers")
        assert (late.status_code, sentence in late.text) == (409, True)
    assert "No dossier yet" in visit.get("/dossiers").text


def test_what_is_typed_when_the_call_closes_stays_on_the_page(site: Site) -> None:
    known(site, APPLICANT)
    site.clock.instant = at("2019-03-01 23:59")
    visit = site.visit(APPLICANT)
    number = filled_in(visit)
    here = path(number, "/section/project")
    csrf = visit.csrf(here)
    site.clock.instant = at("2019-03-02 00:00")
    fields = {"csrf": csrf, "a-title": "Te laat <b>getikt</b>", "a-practice": ANSWERS["a-practice"]}
    for step in range(2):
        late = visit.client.post(here, data=fields, headers={"sec-fetch-site": "same-origin"})
        assert late.status_code == 409
        assert "Te laat &lt;b&gt;getikt&lt;/b&gt;" in late.text
        why = ("The call closed on", "This dossier was not handed in.")
        assert [sentence in late.text for sentence in why] == [step == 0, step == 1]
        typed_by_itself = visit.client.post(f"{here}/draft", data=fields, headers={"sec-fetch-site": "same-origin"})
        assert typed_by_itself.status_code == 409
        site.clock.instant = at("2019-03-02 00:05")
        site.cycle.advance(site.now)
    assert head(site, number).state == "lapsed"
    assert answers(site, number)["title"] == "Werk van De Brug"
    too_late = visit.client.post(path(number, "/submit"), data={"csrf": csrf, "declared": "yes", "once": "z"},
                                 headers={"sec-fetch-site": "same-origin"})  # fmt: skip
    assert (too_late.status_code, head(site, number).received_at) == (409, None)


def test_a_colleague_comes_in_gets_one_letter_works_along_and_leaves(site: Site) -> None:
    known(site, APPLICANT, STRANGER)
    visit = site.visit(APPLICANT)
    number = start(visit)
    people = path(number, "/people")
    wrong = visit.post(people, {"email": "no address", "name": "Jef"}, on=people)
    assert (wrong.status_code, 'value="no address"' in wrong.text, 'value="Jef"' in wrong.text) == (422, True, True)
    for _ in range(2):
        assert visit.post(people, {"email": COLLEAGUE.upper(), "name": "Jef"}, on=people).status_code == 303
    with site.database.reading() as session:
        (round,) = open_rounds(session)
        assert [one.address for one in letters(session, round.id) if one.letter == "co-applicant"] == [COLLEAGUE]
        assert [one.email for one in contacts_of(session, head(site, number).id)] == [APPLICANT, COLLEAGUE]
    colleague = site.visit(COLLEAGUE)
    assert save(colleague, number, "project", {"a-title": "Van Jef"}).status_code == 303
    left = colleague.post(f"{people}/remove", {"email": COLLEAGUE}, on=people)
    assert left.headers["location"] == "/dossiers"
    assert colleague.get(path(number)).status_code == 404
    last = visit.post(f"{people}/remove", {"email": APPLICANT}, on=people)
    assert (last.status_code, visit.get(path(number)).status_code) == (409, 200)
    assert answers(site, number)["title"] == "Van Jef"


def test_an_old_form_does_not_take_a_colleagues_words_away(site: Site) -> None:
    known(site, APPLICANT, COLLEAGUE)
    visit = site.visit(APPLICANT)
    number = start(visit)
    save(visit, number, "project", ANSWERS)
    site.cycle.add_contact(ROUND, number, email=COLLEAGUE, name="Jef", language="en", by=APPLICANT, now=site.now)
    opened = visit.get(path(number, "/section/project")).text.partition('name="seen" value="')[2].partition('"')[0]
    save(site.visit(COLLEAGUE), number, "project", {"a-title": "Van Jef", "seen": opened})
    save(visit, number, "project", {**ANSWERS, "a-partner": "CAW", "seen": opened})
    assert (answers(site, number)["title"], answers(site, number)["partner"]) == ("Van Jef", "CAW")
    save(visit, number, "project", {**ANSWERS, "a-title": "Toch van An", "seen": opened})
    save(visit, number, "project", {**ANSWERS, "seen": opened})
    assert answers(site, number)["title"] == "Werk van De Brug"


def test_a_stranger_finds_nothing_under_a_number_that_is_there_or_is_not(site: Site) -> None:
    known(site, APPLICANT, STRANGER)
    number, stranger = filled_in(site.visit(APPLICANT)), site.visit(STRANGER)
    tails = (
        "", "/section/you", "/check", "/receipt", "/received.json", "/people", "/extension", "/messages", "/message/1",
        "/file/plan/1", "/act/withdraw", "/deliver/interim_report", "/delivered/1/report",
    )  # fmt: skip
    for tail in tails:
        foreign, unknown = stranger.get(path(number, tail)), stranger.get(path("CI19-999", tail))
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert foreign.text.replace(number, "N") == unknown.text.replace("CI19-999", "N"), tail
    for tail in ("/submit", "/people", "/people/remove", "/section/you", "/act/withdraw", "/extension"):
        assert stranger.post(path(number, tail), {"declared": "yes", "email": STRANGER}).status_code == 404
    assert head(site, number).state == "draft"


def test_forged_fields_change_nothing(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    number = filled_in(visit)
    before = answers(site, number)
    forged = {"a-nobody": "x", "a-plan": "no file", "state": "awarded", "organisation": "X", "a-amount": "1",
              "number": "CI19-999", "held-plan": "x"}  # fmt: skip
    assert save(visit, number, "project", forged).status_code == 303
    assert save(visit, number, "project", {}, files=[("a-title", ("t.pdf", PDF))]).status_code == 303
    assert answers(site, number) == before
    assert (head(site, number).organisation, head(site, number).state) == ("De Brug", "draft")
    for tail in ("/section/nothing", "/act/submit", "/act/award", "/act/nothing", "/deliver/nothing", "/file/plan/x",
                 "/file/title/1", "/message/x", "/message/99999999999999999999", "/delivered/x/report"):  # fmt: skip
        assert visit.get(path(number, tail)).status_code == 404, tail

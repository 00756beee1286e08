"""Do staff see, and release, the letters of each batch of an intake by itself?"""

import re

from databases import fresh
from rolling import held
from visiting import Site, at

STAFF, CHAIR, KEY = "staff@fund.example", "chair@jury.example", "rolling/2030"
VERDICTS = f"/staff/{KEY}/verdicts"


def played() -> tuple[Site, str]:
    """A month that is over, with a dossier on which a verdict stands."""
    site = Site(fresh(), at("2030-01-02 10:00"))
    site.cycle.open_round(held(), "2030", by=STAFF, now=at("2029-12-01 10:00"))
    for email, role in ((STAFF, "staff"), (CHAIR, "board")):
        site.cycle.add_person(
            KEY, email=email, name=email, language="en", role=role, chair=role == "board", by=STAFF, now=site.now
        )
    email, now = "anna@applicant.example", at("2030-01-10 10:00")
    number = site.cycle.start_dossier(
        KEY, organisation="Anna", email=email, name="Anna", language="en", by=email, now=now
    )
    site.cycle.answer(KEY, number, {"what": "Build"}, by=email, now=now)
    site.cycle.act(KEY, number, "ask", by=email, now=now)
    site.cycle.verdict(KEY, number, "grant", by=CHAIR, now=at("2030-02-06 10:00"))
    site.clock.instant = at("2030-02-07 10:00")
    return site, number


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_each_batch_that_has_begun_stands_there_with_its_own_verdicts_and_is_released_on_its_page() -> None:
    site, number = played()
    visit = site.visit(STAFF)
    page = words(visit.get(VERDICTS).text)
    assert [f"batch {n}" in page for n in (1, 2, 3)] == [True, True, False]
    path = f"{VERDICTS}/2-weeks-after-call-closes-batch-1"
    its = visit.get(path)
    assert (its.status_code, "Granted 1 Declined 0 In all 1" in words(its.text)) == (200, True)
    hidden = dict(re.findall(r'type="hidden" name="(digest|shown)" value="([^"]+)"', its.text))
    assert visit.post(path, {"do": "approve", **hidden}, on=path).status_code == 303
    site.cycle.advance(at("2030-02-15 10:00"))
    assert [seen.released for seen in site.cycle.batches(KEY, site.now)] == [True, True]
    with site.database.reading() as session:
        scene = site.cycle.look(session, KEY, site.now)
        assert scene.dossier(number).state == "granted"


def test_what_waits_for_an_approval_names_the_batch_and_not_another() -> None:
    site, _ = played()
    assert "1 verdict waits until its letters are approved" in words(site.visit(STAFF).get("/staff").text)
    site.cycle.approve(KEY, "2 weeks after call closes batch 1", by=STAFF, now=site.now)
    assert "waits until its letters" not in words(site.visit(STAFF).get("/staff").text)


def test_whoever_comes_reads_with_which_batch_a_dossier_is_judged_and_until_when() -> None:
    site, _ = played()
    sentence = "by Thursday 28 February 2030, 24:00 (Brussels) is judged together, as batch 2."
    assert sentence in words(site.visit().get("/call/rolling/2030").text)
    email = "bert@applicant.example"
    mine = site.cycle.start_dossier(KEY, organisation="B", email=email, name="B", language="en", by=email, now=site.now)
    site.cycle.answer(KEY, mine, {"what": "Build"}, by=email, now=site.now)
    assert sentence in words(site.visit(email).get(f"/dossier/{KEY}/{mine}/check").text)

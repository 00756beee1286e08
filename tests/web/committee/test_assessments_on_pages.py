"""What members, chairs and staff see where the rules say who scores what, on which answers, and on which scale."""

import re

import pytest
from jury_room import HERE, PITCH, before_the_jury, cleared, marked, say
from test_other_programmes import a_site
from visiting import CHAIR, FOURTH, MEMBER, OBSERVER, ROUND, STAFF, THIRD, Site

READING, FILE = "in_preselection", "/dossier/cera-impuls/2019"
CONSOLE = "/staff/cera-impuls/2019/committee"


def with_assessments(rules: str) -> str:
    """Two members read each dossier, without the amount and the plan; at the pitch the committee agrees on a score."""
    graded = re.sub(r'(\[criterion\.learning\]\n(?:.*\n)*?)scale  = \[1, 10\]', r'\1scale  = ["C", "B", "A"]', rules)
    assert graded != rules
    return graded + (
        '\n[assessment.reading]\ntitle   = "Onafhankelijke selectiecommissie"\nby      = "jury"\n'
        'about   = "in_preselection"\nreaders = 2\nreads   = ["title", "partner", "practice"]\nspread  = "partner"\n'
        '\n[assessment.pitch]\ntitle    = "Pitch voor de selectiecommissie"\nby       = "jury"\n'
        'about    = "shortlisted"\ncriteria = ["artistic"]\nscore    = "consensus"\n'
    )


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Site:
    """One dossier that was given to two members, who have no conflict."""
    site = a_site(monkeypatch, with_assessments)
    (number,) = before_the_jury(site, 1)
    site.cycle.assign(ROUND, "jury", add=[(number, MEMBER), (number, THIRD)], by=STAFF, now=site.now)
    cleared(site, number, MEMBER, THIRD, FOURTH, CHAIR)
    return site


NUMBER = "CI19-001"


def test_the_committee_sees_the_answers_that_it_reads_and_no_others(read: Site) -> None:
    plan = f"{FILE}/{NUMBER}/file/plan/1"
    seen = {}
    for email in (MEMBER, CHAIR, OBSERVER, STAFF):
        visit = read.visit(email)
        page = visit.get(f"{HERE}/{NUMBER}?lang=nl").text
        asked = "Welk bedrag" in page or "€" in page
        seen[email] = (asked, "/file/plan/" in page, visit.get(plan).status_code)
    assert seen == {
        MEMBER: (False, False, 404), CHAIR: (False, False, 404), OBSERVER: (False, False, 404),
        STAFF: (True, True, 200),
    }  # fmt: skip


def test_a_chair_sees_no_sums_in_the_ranking_of_what_hides_them(read: Site) -> None:
    ranking = f"{HERE}/ranking?state={READING}&lang=en"
    assert ["€" in read.visit(email).get(ranking).text for email in (CHAIR, STAFF)] == [False, True]


def test_marks_in_words_are_chosen_and_said_as_words(read: Site) -> None:
    visit = read.visit(MEMBER)
    page = visit.get(f"{HERE}/{NUMBER}").text
    assert re.findall(r'name="mark_learning"[^>]*value="(\d)"[^>]*><span>(\w)', page) == [
        ("1", "C"), ("2", "B"), ("3", "A"),
    ]  # fmt: skip
    assert say(visit, NUMBER, {"mark_learning": "4"}).status_code == 422
    marks = {"mark_participation": "8", "mark_artistic": "7", "mark_learning": "3"}
    assert say(visit, NUMBER, marks).status_code == 303
    read.cycle.score(
        ROUND, NUMBER, {"participation": 5, "artistic": 5, "learning": 2}, by=THIRD, now=read.now
    )
    assert "<dd>B</dd>" in visit.get(f"{HERE}/{NUMBER}").text
    scores = read.visit(STAFF).get(f"/staff/cera-impuls/2019/dossiers/{NUMBER}/scores")
    assert sorted(re.findall(r'data-label="[^"]*">([AB])<', scores.text)) == ["A", "B"]


def test_who_was_not_given_a_dossier_reads_it_and_is_asked_nothing(read: Site) -> None:
    visit = read.visit(FOURTH)
    page = visit.get(f"{HERE}/{NUMBER}?lang=en").text
    assert ("was given to other members" in page, "mark_artistic" in page) == (True, False)
    assert "0 of" not in visit.get(f"{HERE}?lang=en").text
    assert "0 of 1 done" in read.visit(MEMBER).get(f"{HERE}?lang=en").text


def test_answers_are_counted_beside_the_list(read: Site) -> None:
    for email in (CHAIR, STAFF):
        page = read.visit(email).get(f"{HERE}/ranking?state={READING}&lang=en").text
        assert ("Above the line" in page, "it decides nothing" in page) == (True, True)
    console = read.visit(STAFF).get(f"{CONSOLE}/ranking?state={READING}&lang=en").text
    assert "it decides nothing" in console


def test_the_chair_enters_the_score_that_was_agreed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_site(monkeypatch, with_assessments)
    (number,) = before_the_jury(site, 1)
    cleared(site, number, CHAIR, MEMBER)
    site.cycle.recommend(ROUND, number, "Kom vertellen", by=MEMBER, now=site.now)
    site.cycle.verdict(ROUND, number, "shortlist", by=CHAIR, now=site.now)
    site.cycle.approve(ROUND, "recommendations opens", by=STAFF, now=site.now)
    site.clock.instant = PITCH
    site.cycle.advance(site.now)
    here = f"{HERE}/{number}/agreed"
    assert site.visit(MEMBER).get(here).status_code == 404
    chair = site.visit(CHAIR)
    assert chair.post(here, {}, on=here).status_code == 422
    assert chair.post(here, {"mark_artistic": "7"}, on=here).status_code == 303
    assert chair.post(here, {"mark_artistic": "7"}, on=here).status_code == 303
    ranking = chair.get(f"{HERE}/ranking?state=shortlisted&lang=en").text
    assert re.findall(r'data-label="Agreed score">([^<]+)<', ranking) == ["7"]
    sheet = site.visit(STAFF).get(f"{CONSOLE}/ranking.csv?state=shortlisted").content.decode("utf-8-sig").splitlines()
    heads, values = sheet[0].split(","), sheet[1].split(",")
    assert {name: values[heads.index(name)] for name in ("Agreed score", heads[-1])} == {
        "Agreed score": "7", heads[-1]: "7",
    }  # fmt: skip


def test_a_chair_sets_marks_aside_and_everybody_reads_why(monkeypatch: pytest.MonkeyPatch) -> None:
    assessment = (
        '\n[assessment.reading]\ntitle     = "Onafhankelijke selectiecommissie"\nby        = "jury"\n'
        'about     = "in_preselection"\nset_aside = "jury"\n'
    )
    site = a_site(monkeypatch, lambda rules: rules + assessment)
    (number,) = before_the_jury(site, 1)
    for member, mark in ((MEMBER, 9), (THIRD, 8), (FOURTH, 1)):
        marked(site, number, member, mark)
    page, said = f"{HERE}/{number}/set-aside", f"{HERE}/{number}"
    chair = site.visit(CHAIR)
    assert chair.get(page).status_code == 303  # first she says whether she knows the applicant
    cleared(site, number, CHAIR)
    assert "Score now: 6" in _text(chair.get(f"{page}?lang=en").text)
    none = chair.post(page, {"of": FOURTH, "reason": " ", "then": "aside"}, on=page)
    assert (none.status_code, "Write down the reason." in none.text) == (409, True)
    gone = chair.post(page, {"of": FOURTH, "reason": "Far from the others", "then": "aside"}, on=page)
    twice = chair.post(page, {"of": FOURTH, "reason": "Far from the others", "then": "aside"}, on=page)
    assert [gone.status_code, twice.status_code] == [303, 303]
    after = chair.get(f"{page}?lang=en").text
    assert ("Far from the others" in after, "8.5" in after) == (True, True)
    assert "Far from the others" in site.visit(MEMBER).get(said).text
    staff = site.visit(STAFF)
    scores = staff.get(f"/staff/cera-impuls/2019/dossiers/{number}/scores?lang=en").text
    assert [word in scores for word in ("Far from the others", "set aside", "8.5", page)] == [True] * 4
    assert "set aside" in staff.get(f"{CONSOLE}?state={READING}&marks=1&lang=en").text
    assert staff.post(page, {"of": FOURTH, "then": "count"}, on=page).status_code == 303
    assert "Far from the others" not in staff.get(page).text
    assert [site.visit(email).get(page).status_code for email in (MEMBER, OBSERVER)] == [404, 404]
    history = staff.get(f"/staff/cera-impuls/2019/dossiers/{number}/journal?lang=en").text
    assert [f"The marks of {FOURTH} {end}." in history for end in ("were set aside", "count again")] == [True, True]


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))

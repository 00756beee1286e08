"""What becomes of a form that brings what it should not, or what nobody expects?"""

import io
import re
import zipfile
from html import unescape
from urllib.parse import parse_qs, urlsplit

from applying import ANSWERS, answers, filled_in, known, path, save, start, submit, upload
from counting import queries
from visiting import APPLICANT, PDF, ROUND, Site, at

from engine.database.pages import dossiers

NAUGHTY = (
    "<script>alert(1)</script>",
    "'; DROP TABLE answer; --",
    "{{ 7 * 7 }} {% raw %} %(x)s %s ${7*7}",
    "Ω≈ç√∫˜µ≤≥÷ 你好 مرحبا 👩‍👩‍👧‍👦",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!",
    "‮right to left‬",
    "../../etc/passwd",
    "null",
    "-1e309",
    '"><img src=x onerror=alert(1)>',
    "line one\nline two\n\n  indented",
    "&lt;already &amp; escaped&gt;",
)


def packed(size: int) -> bytes:
    """An archive that unpacks to so many bytes of nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * size)
    return out.getvalue()


BAD_FILES = (
    ("leeg.pdf", b"", "is empty"),
    ("mistyped.pdf", b"PK\x03\x04 no pdf", "says &#34;pdf&#34;"),
    ("plan.docx", packed(1_000), "ends in &#34;docx&#34;"),
    ("encrypted.pdf", PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 9 0 R"), "locked with a password"),
    ("program.exe", b"MZ" + PDF, "ends in &#34;exe&#34;"),
    ("bomb.pdf", packed(50_000_000), "This looks like"),
)
"""name, content, what is said of it"""


def test_a_bad_file_is_refused_with_a_sentence_by_its_field_and_the_old_one_stays(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    number = filled_in(visit)
    before = answers(site, number)
    for name, content, sentence in BAD_FILES:
        answer = upload(visit, number, name, content)
        beside = answer.text.partition('id="a-plan-error"')[2].partition("</p>")[0]
        assert (answer.status_code, f"{name} was not kept." in beside, sentence in beside) == (422, True, True), beside
    assert answers(site, number) == before


def test_a_file_that_is_too_large_is_refused_by_itself_and_a_form_that_is_by_a_page(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    number = start(visit)
    large = upload(visit, number, content=PDF + b"\0" * site.office.biggest_file)
    assert (large.status_code, "larger than 10 MB" in large.text) == (422, True)
    here = path(number, "/section/project")
    fields = {"csrf": visit.csrf(here), "a-title": "Blijft <staan>"}
    many = visit.client.post(
        here, data=fields, files=[("a-plan", (f"{n}.pdf", PDF)) for n in range(40)],
        headers={"sec-fetch-site": "same-origin"},
    )  # fmt: skip
    assert many.status_code == 413
    assert "Blijft &lt;staan&gt;" in many.text
    thousands = visit.client.post(
        here, data={**fields, **{f"x{n}": "y" for n in range(3_000)}}, headers={"sec-fetch-site": "same-origin"}
    )
    assert thousands.status_code == 413
    assert answers(site, number) == {}


def test_of_several_answers_those_that_are_right_are_kept_and_the_others_stay_on_the_page(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    number = start(visit)
    long = " ".join(["woord"] * 601)
    wrong = save(visit, number, "project", {**ANSWERS, "a-practice": long})
    assert wrong.status_code == 422
    assert "This has 601 words, and at most 600 are read." in wrong.text
    assert long in wrong.text
    assert answers(site, number) == {"title": "Werk van De Brug", "partner": "OCMW"}
    for typed, sentence in (("veel", "Write an amount"), ("45.000.50", "Write an amount"),
                            ("45001", "This is €45,001, and at most €45,000 will do.")):  # fmt: skip
        wrong = save(visit, number, "budget", {"a-amount": typed})
        assert (wrong.status_code, sentence in wrong.text, f'value="{typed}"' in wrong.text) == (422, True, True)
    save(visit, number, "budget", {"a-amount": "45.000"})
    assert answers(site, number)["amount"] == 45_000
    save(visit, number, "budget", {"a-amount": ""})
    assert answers(site, number)["amount"] is None
    assert re.search(r'name="a-amount"[^>]* value=""', visit.get(path(number, "/section/budget")).text)


def test_whatever_is_typed_is_kept_and_shown_unharmed(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    for first in range(0, len(NAUGHTY), 4):
        title, practice, partner, organisation = NAUGHTY[first : first + 4]
        number = start(visit)
        save(visit, number, "you", {"organisation": organisation, "name": title})
        save(visit, number, "project", {"a-title": title, "a-practice": practice, "a-partner": partner})
        kept = answers(site, number)
        assert [kept[name] for name in ("title", "practice", "partner")] == [title, practice, partner]
        save(visit, number, "budget", {"a-amount": "1"})
        upload(visit, number, f"{partner}.pdf")
        pages = {
            "": (title, organisation), "/section/project": (title, practice, partner), "/people": (title,),
            "/section/you": (organisation,), "/check": (title, practice, partner, organisation),
        }  # fmt: skip
        for tail, shown in pages.items():
            page = visit.get(path(number, tail)).text
            for naughty in shown:
                assert " ".join(naughty.split()) in " ".join(unescape(page).split()), tail
            assert ("<script>alert" in page, "<img src=x" in page) == (False, False)
        assert submit(visit, number).status_code == 303
        assert " ".join(practice.split()) in " ".join(unescape(visit.get(path(number, "/receipt")).text).split())


def test_what_a_page_saves_by_itself_is_kept_and_too_much_of_it_is_not(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    number = start(visit)
    here = path(number, "/section/project")
    saved = visit.post(f"{here}/draft", {"a-title": "Half een ti"}, on=here)
    assert (saved.status_code, saved.json()) == (200, {"saved": "10:00"})
    long = visit.post(f"{here}/draft", {"a-practice": "w " * 700}, on=here)
    assert long.status_code == 422
    assert answers(site, number) == {"title": "Half een ti"}
    visit.post(f"{here}/draft", {"a-title": "Half een ti"}, on=here)
    save(visit, number, "project", {"a-title": "Half een ti"})
    with site.database.reading() as session:
        found = dossiers.find(session, ROUND, number)
        assert found is not None
        assert len(dossiers.whole(session, found).versions) == 1  # the same again is no new version


def test_a_submit_of_the_last_minute_counts_as_of_when_it_came_though_the_session_was_over(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    number = filled_in(visit)
    csrf = visit.csrf(path(number, "/check"))
    site.clock.instant = at("2019-03-01 23:59:50")
    fields = {"csrf": csrf, "declared": "yes", "once": "last minute", "a-title": "Nog net"}
    headers = {"sec-fetch-site": "same-origin"}
    by_itself = path(number, "/section/project/draft")
    for _ in range(6):
        assert visit.client.post(by_itself, data=fields, headers=headers).status_code == 303
    over = visit.client.post(path(number, "/submit"), data=fields, headers=headers)
    assert over.status_code == 303
    assert "kept" in over.headers["location"]
    site.clock.instant = at("2019-03-02 00:00:10")
    again = site.visit(APPLICANT)
    (kept,) = parse_qs(urlsplit(over.headers["location"]).query)["next"]
    page = again.get(kept)
    assert page.status_code == 200
    sent = again.post(path(number, "/submit"), {"kept": kept.rpartition("/")[2]}, on=kept)
    assert sent.headers["location"] == path(number, "/receipt")
    assert "23:59:50" in again.get(path(number, "/receipt")).text


def test_a_page_asks_the_database_as_often_for_many_as_for_one(site: Site) -> None:
    known(site, APPLICANT)
    visit = site.visit(APPLICANT)
    number = filled_in(visit)
    pages = ("/dossiers", path(number), path(number, "/section/documents"), path(number, "/check"),
             path(number, "/people"), path(number, "/messages"), path(number, "/extension"))  # fmt: skip
    for page in pages:
        visit.get(page)
    few = {page: queries(site, visit, page) for page in pages}
    for n in range(30):
        site.draft(APPLICANT, f"Vereniging {n}", complete=n % 2 == 0)
        upload(visit, number, content=PDF + b"\n" * n)
        site.cycle.add_contact(ROUND, number, email=f"c{n}@brug.example", name="", language="nl", by=APPLICANT,
                               now=site.now)  # fmt: skip
    assert {page: queries(site, visit, page) for page in pages} == few
    submit(visit, number)
    one = queries(site, visit, path(number))
    assert one == queries(site, visit, path(site.handed_in()))

"""Letters and words in the browser: what is missing, what they may name, how they read, and what changed."""

import html
import re
from typing import Any

import pytest
from post_office import HERE, hidden, letters, post, three_again, words_in
from sqlmodel import select
from visiting import MEMBER, ROUND, STAFF, Site, Visit

from engine.database.invariants import INVARIANTS, check
from engine.database.records import LetterRow, PinnedRow, RewordingRow, RoundRow
from engine.database.store import find_round
from web.staff.wording.comparing import in_one, side_by_side
from web.staff.wording.toml_words import with_words

LETTERS, WORDS = f"{HERE}/letters", f"{HERE}/words"
RECEIVED = f"{LETTERS}/submission-received?language=nl"
AWARDED = f"{LETTERS}/awarded?language=fr"
SECOND = "jan@impuls.example"
TEXT = {"subject": "Reçu : {{ dossier.number }}", "body": "Bonjour {{ person.name }},\n\nMerci."}


@pytest.fixture
def site() -> Site:
    """Three dossiers handed in, and two on staff."""
    made = three_again()
    made.cycle.add_person(
        ROUND, email=SECOND, name="Jan", language="nl", role="staff", chair=False, by=STAFF, now=made.now
    )
    return made


def keep(visit: Visit, path: str, fields: dict[str, str], opened: str = "") -> Any:
    return visit.post(path, {**fields, "opened": opened or hidden(visit.get(path), "opened")}, on=path)


def pinned(site: Site) -> dict[str, str]:
    with site.database.reading() as session:
        return dict(session.get_one(PinnedRow, find_round(session, ROUND).digest).files)


def count(site: Site, row: type[Any]) -> int:
    with site.database.reading() as session:
        return len(session.exec(select(row)).all())


def cells(visit: Visit, letter: str) -> list[str]:
    """How a letter stands in each language."""
    page = visit.get(LETTERS).text
    row = page.partition(f">{letter}</a>")[2].partition("</tr>")[0]
    return re.findall(r'<span class="chip"[^>]*>([^<]*)</span>', row)


def test_letters_stand_in_the_order_of_the_cycle_with_every_language(site: Site) -> None:
    words = words_in(site.visit(STAFF).get(LETTERS))
    places = [words.find(name) for name in ("submission-received We", "draft-lapsed", "invited-to-pitch", "awarded D",
                                            "rollout-started", "completed", "deadline-extended")]  # fmt: skip
    assert places == sorted(places)
    assert "Submitted: to the applicant from 17 Dec 2018" in words
    assert cells(site.visit(STAFF), "deadline-extended") == ["Comes along"] * 3


def test_a_kept_letter_is_marked_and_those_that_translate_it_are_behind(site: Site) -> None:
    visit = site.visit(STAFF)
    assert cells(visit, "awarded") == ["Written"] * 3
    assert keep(visit, f"{LETTERS}/awarded?language=nl", TEXT).status_code == 303
    assert cells(visit, "awarded") == ["Changed", "Behind", "Behind"]
    assert keep(visit, AWARDED, TEXT).status_code == 303
    assert cells(visit, "awarded") == ["Changed", "Changed", "Behind"]
    assert "1 text is older than the one it translates." in words_in(visit.get(LETTERS))


def test_what_is_kept_is_said_from_then_on_and_what_was_told_before_is_not(site: Site) -> None:
    visit = site.visit(STAFF)
    assert "3 letters are told already and not written yet" in words_in(visit.get(RECEIVED))
    assert keep(visit, RECEIVED, {"subject": "Ontvangen: {{ dossier.number }}", "body": "Dank u."}).status_code == 303
    site.handed_in("later@brug.example", "De Brug 4")
    post(site)
    with site.database.reading() as session:
        subjects = [session.get_one(LetterRow, row.id).subject for row in letters(site)]
        rounds = session.exec(select(RoundRow)).all()
        wrong = [one.offending for one in check(session, site.now, rounds) if one.offending]
    assert subjects == [*(f"We ontvingen uw dossier CI19-00{place}" for place in (1, 2, 3)), "Ontvangen: CI19-004"]
    assert wrong == []
    assert len(INVARIANTS) > 30


def test_only_letters_and_words_differ_from_what_was_pinned(site: Site) -> None:
    before = pinned(site)
    keep(site.visit(STAFF), AWARDED, TEXT)
    after = pinned(site)
    assert {file for file in after if after[file] != before.get(file)} == {"letters/fr/awarded.md"}
    assert after["letters/fr/awarded.md"] == "Reçu : {{ dossier.number }}\n\nBonjour {{ person.name }},\n\nMerci.\n"


@pytest.mark.parametrize(
    ("subject", "body", "said"),
    [
        ("{{ dossier.numer }}", "Bonjour", '"dossier" has no "numer"; did you mean "number"?'),
        ("Bonjour", "Un\n\nDeux {{ persn.name }}", 'Line 3: this letter is not given "persn"; did you mean "person"?'),
        ("", "Bonjour", "the first line of a letter is its subject, and it is empty"),
        ("Bonjour", "", "the letter says nothing below its subject"),
        ("Bonjour", "{% if dossier %}", "Unexpected end of template"),
        ("Bonjour", "[ici](https://x.example/{{ dossier.number }})", "a link must be written out in the letter"),
        ("Bonjour", "{{ ''.__class__.__mro__ }}", "access to attribute '__class__'"),
        ("{{ dossier.title * 40 }}", "Bonjour", "characters, and at most 78 are shown"),
        ("Bonjour", "{% for x in range(99999999) %}x{% endfor %}", "Range too big"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_nothing_typed_is_lost(
    site: Site, subject: str, body: str, said: str
) -> None:
    visit, before = site.visit(STAFF), pinned(site)
    answer = keep(visit, AWARDED, {"subject": subject, "body": body})
    assert (answer.status_code, said in words_in(answer)) == (422, True)
    assert html.escape(body, quote=False).replace("'", "&#39;") in answer.text.replace("&#34;", '"')
    assert (pinned(site), count(site, RewordingRow)) == (before, 0)


def test_a_letter_is_looked_at_while_it_is_written_with_a_real_dossier(site: Site) -> None:
    visit, preview = site.visit(STAFF), f"{LETTERS}/awarded/preview?language=fr"
    frame = visit.post(preview, {**TEXT, "number": "CI19-002"}, on=AWARDED)
    assert ("Reçu : CI19-002" in frame.text, "Bonjour An2," in frame.text) == (True, True)
    assert frame.headers["content-security-policy"].startswith("sandbox;")
    naughty = visit.post(preview, {"subject": "<script>", "body": "<script>alert(1)</script>"}, on=AWARDED)
    assert "<script" not in naughty.text
    wrong = visit.post(preview, {**TEXT, "number": "CI19-999"}, on=AWARDED)
    assert (wrong.status_code, "CI19-999" in wrong.text, count(site, RewordingRow)) == (422, True, 0)
    broken = visit.post(preview, {"subject": "{{ dossier.numer }}", "body": "x"}, on=AWARDED)
    assert "did you mean &quot;number&quot;?" in broken.text


def test_what_a_letter_may_name_stands_beside_it_with_what_it_says(site: Site) -> None:
    words = words_in(site.visit(STAFF).get(f"{AWARDED}&number=CI19-001"))
    assert "{{ dossier.title }} Werk van De Brug 1" in words
    assert "{{ phase.call.closes }} vendredi 1er mars 2019 à 24 h (heure de Bruxelles)" in words
    assert "{% for one in obligations %} 7 now; of each: {{ one.name }} {{ one.title }}" in words


def test_of_two_who_write_the_second_is_shown_the_difference(site: Site) -> None:
    first, second = site.visit(STAFF), site.visit(SECOND)
    opened = hidden(second.get(AWARDED), "opened")
    keep(first, AWARDED, TEXT)
    mine = {"subject": "À moi {{ dossier.number }}", "body": "Bonjour {{ person.name }},\n\nC’est moi."}
    answer = keep(second, AWARDED, mine, opened)
    assert answer.status_code == 409
    assert "els@impuls.example has kept another text since you opened it. Nothing was overwritten." in words_in(answer)
    assert ("<del>Reçu : {{ dossier.number }}</del>" in answer.text, "<ins>C’est moi.</ins>" in answer.text) == (
        True, True,
    )  # fmt: skip
    assert pinned(site)["letters/fr/awarded.md"].startswith("Reçu")
    assert keep(second, AWARDED, mine, hidden(answer, "opened")).status_code == 303  # knowing what was there
    assert pinned(site)["letters/fr/awarded.md"].startswith("À moi")


def test_an_older_text_comes_back_and_its_difference_is_readable_without_colour(site: Site) -> None:
    visit, versions = site.visit(STAFF), f"{LETTERS}/awarded/versions?language=fr"
    first = pinned(site)["letters/fr/awarded.md"]
    keep(visit, AWARDED, TEXT)
    page = visit.get(versions)
    assert "<ins>Reçu : {{ dossier.number }}</ins>" in page.text
    assert "<ins>+ Reçu : {{ dossier.number }}</ins>" in visit.get(f"{versions}&way=beside").text
    assert "1 earlier version" in words_in(visit.get(AWARDED))
    form = {"digest": hidden(page, "digest"), "opened": hidden(page, "opened"), "language": "fr"}
    assert visit.post(versions, form, on=versions).status_code == 303
    assert (pinned(site)["letters/fr/awarded.md"], count(site, RewordingRow)) == (first, 2)
    stale = visit.post(versions, {**form, "opened": "gone"}, on=versions)
    assert (stale.status_code, count(site, RewordingRow)) == (303, 2)  # it reads so already
    never = visit.post(versions, {**form, "digest": "0" * 64}, on=versions)
    assert (never.status_code, "This letter never read so." in words_in(never)) == (409, True)


def test_the_files_can_be_downloaded_as_they_are_kept(site: Site) -> None:
    visit = site.visit(STAFF)
    keep(visit, AWARDED, TEXT)
    letter, words = visit.get(f"{LETTERS}/awarded/file?language=fr"), visit.get(f"{WORDS}/file?language=fr")
    assert letter.content.decode() == pinned(site)["letters/fr/awarded.md"]
    assert words.content.decode() == pinned(site)["words.fr.toml"]
    assert letter.headers["content-disposition"] == 'attachment; filename="awarded.md"'


def field_of(page: Any, original: str) -> str:
    found = re.search(rf'<label for="(w\d+)"[^>]*>{re.escape(html.escape(original))}</label>', page.text)
    assert found is not None, original
    return found[1]


def test_words_are_kept_and_said_on_pages_at_once(site: Site) -> None:
    visit, words = site.visit(STAFF), f"{WORDS}?language=fr"
    page = visit.get(words)
    form = {field_of(page, "Oproep"): 'L’appel "2019" \\ #1', "opened": hidden(page, "opened")}
    assert visit.post(words, form, on=words).status_code == 303
    assert "L’appel &#34;2019&#34;" in site.visit(STAFF, "fr").get("/call/cera-impuls/2019").text
    assert '"Oproep" = "L’appel \\"2019\\" \\\\ #1"' in pinned(site)["words.fr.toml"]
    assert pinned(site)["words.fr.toml"].startswith("# ") or "#" in pinned(site)["words.fr.toml"]


def test_words_that_two_change_are_both_kept_and_the_same_word_is_not_overwritten(site: Site) -> None:
    first, second, words = site.visit(STAFF), site.visit(SECOND), f"{WORDS}?language=fr"
    page = second.get(words)
    opened = hidden(page, "opened")
    call, pitch = field_of(page, "Oproep"), field_of(page, "Pitch")
    every = {name: html.unescape(value) for name, value in re.findall(r'name="(w\d+)" value="([^"]*)"', page.text)}
    first.post(words, {**every, call: "L’appel", "opened": opened}, on=words)
    assert second.post(words, {**every, pitch: "Le pitch", "opened": opened}, on=words).status_code == 303
    assert ('"Oproep" = "L’appel"' in pinned(site)["words.fr.toml"], '"Pitch" = "Le pitch"' in
            pinned(site)["words.fr.toml"]) == (True, True)  # fmt: skip
    answer = second.post(words, {**every, call: "Mon appel", "opened": opened}, on=words)
    assert answer.status_code == 409
    assert f"{SECOND} has kept meanwhile: “L’appel”" in words_in(answer)
    assert 'value="Mon appel"' in answer.text
    assert '"Oproep" = "L’appel"' in pinned(site)["words.fr.toml"]


def test_a_translation_that_is_taken_away_is_refused_where_it_stands(site: Site) -> None:
    visit, words, before = site.visit(STAFF), f"{WORDS}?language=fr", pinned(site)
    page = visit.get(words)
    answer = visit.post(words, {field_of(page, "Oproep"): "  ", "opened": hidden(page, "opened")}, on=words)
    assert (answer.status_code, "Every text has a translation." in words_in(answer)) == (422, True)
    assert pinned(site) == before


def test_words_are_found(site: Site) -> None:
    visit = site.visit(STAFF)
    assert "No text is like this." in words_in(visit.get(f"{WORDS}?language=fr&find=zzz"))
    assert "All 58 texts" in words_in(visit.get(f"{WORDS}?language=fr&find=oproep"))
    answers = [visit.get(f"{WORDS}{query}").status_code for query in ("?language=nl", "?language=xx", "")]
    assert answers == [404, 404, 200]


def test_what_is_not_there_is_not_there(site: Site) -> None:
    visit = site.visit(STAFF)
    paths = ("nothing", "awarded?language=de", "..%2f..%2fworkflow", "awarded/versions?language=xx",
             "awarded/file?language=xx")  # fmt: skip
    assert [visit.get(f"{LETTERS}/{path}").status_code for path in paths] == [404] * len(paths)
    assert site.visit(MEMBER).get(LETTERS).status_code == 404


def test_a_file_of_words_keeps_its_order_and_its_comments() -> None:
    text = '# phases\n"a" = "A" # first\n\n# states\n"b" = \'B\'\n"c" = """C"""\n'
    assert with_words(text, {"b": 'B "2"'}) == (
        '# phases\n"a" = "A" # first\n\n# states\n"b" = "B \\"2\\""\n"c" = """C"""\n'
    )
    assert with_words(text, {"d": "D", "a": ""}).endswith('"c" = """C"""\n"d" = "D"\n')
    assert with_words("", {"a\nb": "x\x7fy"}) == '"a\\nb" = "x\\u007fy"\n'
    several = '"a" = """\nA"""\n"b" = "B"\n'
    assert with_words(several, {"a": "Z"}) == '"a" = "Z"\n"b" = "B"\n'


def test_two_texts_are_compared_line_by_line() -> None:
    assert in_one("a\nb\nc", "a\nB\nc\nd") == [(" ", "a"), ("-", "b"), ("+", "B"), (" ", "c"), ("+", "d")]
    assert side_by_side("a\nb", "b\nc\nd") == [
        ("a", "", "gone"), ("b", "b", "same"), ("", "c", "added"), ("", "d", "added"),
    ]  # fmt: skip

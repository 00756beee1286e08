"""Is a sound file taken, and everything else refused with the sentence that helps?"""

import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_files import EICAR, TYPES, archive, jpeg, locked, lying, office, ole, open_document, pdf, png
from measured import cpu_time

from web.uploads import sentences
from web.uploads.archives import ENTRIES, UNPACKED
from web.uploads.checking import check
from web.uploads.sentences import MSGIDS, Sentence, Size

MB = 1_000_000
LIMIT = 20 * MB
ALL = ("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "jpg", "png", "csv", "txt", "doc", "zip")
SOUND = {
    "plan.pdf": pdf(),
    "with blanks before.pdf": pdf(header=b"\xef\xbb\xbf\r\n%PDF-1.4\n"),
    "from a printer.pdf": pdf(header=b"\x1b%-12345X@PJL SET PAGES=1\r\n%PDF-1.4\n"),
    "with nulls after.pdf": pdf() + bytes(700),
    "opens at a page.pdf": pdf(b"/OpenAction [3 0 R /Fit]"),
    "budget.xlsx": office("xlsx"),
    "plan.docx": office("docx"),
    "pitch.pptx": office("pptx", {"ppt/embeddings/chart.xlsx": office("xlsx")}),
    "plan.odt": open_document("odt", {"Basic/script-lc.xml": b"<libraries/>"}),
    "budget.ods": open_document("ods"),
    "pitch.odp": open_document("odp"),
    "old.doc": ole("WordDocument"),
    "photo.jpg": jpeg(),
    "photo.JPEG": jpeg(b"made by a camera"),
    "logo.png": png(),
    "figures.csv": "naam;bedrag\r\nJosé;45000\r\n".encode("cp1252"),
    "notes.txt": "é".encode("utf-16"),
    "all.zip": archive({"plan.pdf": pdf(), "inner.zip": archive({"a.txt": b"a"})}),
}


def refusal(name: str, content: bytes, *accept: str, limit: int = LIMIT) -> str | None:
    """The msgid of the refusal, or None."""
    found = check(name, content, accept or ALL, limit).refusal
    return found and found.msgid


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_is_taken(name: str) -> None:
    found = check(name, SOUND[name], ALL, LIMIT)
    assert (found.name, found.refusal, found.warnings, found.size) == (name, None, (), len(SOUND[name]))


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_is_taken_where_any_may_come(name: str) -> None:
    assert check(name, SOUND[name], (), LIMIT).refusal is None


# ── Size, ending, kind ──────────────────────────────────────────────────────


def test_an_empty_file_and_one_byte_too_much_are_refused() -> None:
    content = pdf()
    assert refusal("plan.pdf", b"") == sentences.EMPTY
    assert refusal("plan.pdf", content, limit=len(content)) is None
    assert refusal("plan.pdf", content, limit=len(content) - 1) == sentences.TOO_LARGE


def test_the_sentence_names_what_is_asked_and_what_came() -> None:
    assert str(check("plan.zip", archive({}), ("pdf", "docx"), LIMIT).refusal) == (
        'The name of this file ends in "zip". What is asked here: pdf, docx. Save it so and choose it.'
    )
    assert str(check("plan.pdf", archive({"a": b"a"}), ("pdf",), LIMIT).refusal) == (
        'This looks like a ZIP archive, and its name says "pdf". Open it in the program you made it with, '
        'save it as "pdf", and choose it again.'
    )
    assert str(check("plan.pdf", pdf(), ("pdf",), 100).refusal).startswith("This file is larger than 100 bytes.")


@pytest.mark.parametrize("name", ["plan.pdf.exe", "plan", "plan.", ".pdf", "plan.p\u0440f", "plan.docm", "plan.svg"])
def test_an_ending_that_is_not_asked_is_refused_whatever_is_inside(name: str) -> None:
    found = check(name, pdf(), ("pdf",), LIMIT)
    assert found.refusal is not None
    assert found.refusal.msgid in (sentences.WRONG_ENDING, sentences.NO_ENDING)


@pytest.mark.parametrize("ending", ["exe", "html", "svg", "js", "docm", "lnk"])
def test_what_can_run_is_refused_where_any_may_come(ending: str) -> None:
    found = check(f"plan.{ending}", b"x", (), LIMIT).refusal
    assert found == Sentence(sentences.DANGEROUS, {"ending": ending})


@pytest.mark.parametrize(
    "content", [b"MZ\x90\0", b"\x7fELF", b"#!/bin/sh\n", b"\n<!DOCTYPE  html><p>", b"<svg onload=x>"]
)
def test_a_program_or_a_page_under_an_unknown_ending_is_refused(content: bytes) -> None:
    assert check("plan.xyz", content + b"x" * 40, (), LIMIT).refusal is not None
    assert check("plan.xyz", b"some data", (), LIMIT).refusal is None


@pytest.mark.parametrize(
    ("content", "looks"),
    [
        (office("docx"), "a Word document"), (office("xlsx"), "an Excel workbook"),
        (open_document("odt"), "an OpenDocument text"), (ole("WordDocument"), "a document of an older Office"),
        (png(), "a picture"), (jpeg(), "a picture"), (b"GIF89a" + bytes(30), "a picture"),
        (b"MZ" + bytes(99), "a program"),
        (b"<html><body>", "a web page"), (b"Rar!\x1a\x07\x00" + bytes(30), "an archive"), (b"A plan.", "plain text"),
        (b"{\\rtf1 A plan}", "an RTF document"), (b"ID3\x03" + bytes(30), "sound or film"),
    ],
)  # fmt: skip
def test_what_is_no_pdf_is_called_what_it_looks_like(content: bytes, looks: str) -> None:
    found = check("plan.pdf", content, ("pdf",), LIMIT).refusal
    assert found == Sentence(sentences.WRONG_CONTENT, {"looks": sentences.looks(_key(looks)), "ending": "pdf"})


def _key(looks: str) -> str:
    return next(key for key, word in sentences.LOOKS.items() if word == looks)


@pytest.mark.parametrize("asked", ["docx", "xlsx", "pptx", "odt", "ods", "odp", "png", "jpg", "doc", "txt"])
def test_no_kind_passes_for_another(asked: str) -> None:
    others = {name: content for name, content in SOUND.items() if not name.lower().endswith((asked, "jpeg"))}
    assert {name for name, content in others.items() if refusal(f"x.{asked}", content, asked) is None} <= (
        {"figures.csv"} if asked == "txt" else set()
    )


# ── Damaged, locked, with macros ────────────────────────────────────────────


def test_a_file_that_was_cut_short_is_called_damaged() -> None:
    for name, content in SOUND.items():
        if not name.endswith(("csv", "txt", "doc")):
            found = check(name, content[: len(content.rstrip(b"\0")) // 2], ALL, LIMIT).refusal
            assert found is not None, name
            assert found.msgid == sentences.BROKEN, name


def test_a_pdf_without_an_end_or_a_header_is_damaged_also_when_it_is_tiny() -> None:
    assert refusal("a.pdf", b"%PDF-1.4\nstartxref\n") == sentences.BROKEN
    assert refusal("a.pdf", pdf().replace(b"startxref", b"startxxxx")) == sentences.BROKEN
    assert refusal("a.pdf", pdf() + b"x" * 2_000) == sentences.BROKEN
    assert refusal("a.pdf", bytes(2_000) + pdf()) == sentences.BROKEN


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", pdf(trailer=b"/Encrypt 9 0 R")), ("a.pdf", pdf(trailer=b"/#45ncrypt << /V 4 >>")),
        ("a.docx", ole("EncryptedPackage")), ("a.docx", locked(office("docx"))),
        ("a.zip", locked(archive({"a": b"a"}))),
        ("a.odt", open_document("odt", {"META-INF/manifest.xml": b"<manifest:encryption-data/>"})),
        ("a.odt", open_document("odt", {"encrypted-package": b"x"})), ("a.doc", ole("EncryptedPackage")),
    ],
)  # fmt: skip
def test_what_is_locked_with_a_password_is_refused(name: str, content: bytes) -> None:
    assert refusal(name, content) == sentences.ENCRYPTED


MACRO_TYPES = TYPES.replace(b"vnd.main", b"vnd.ms-word.document.macroEnabled.main")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", office("docx", {"word/vbaProject.bin": b"x"})), ("a.docx", office("docx", {}, MACRO_TYPES)),
        ("a.xlsx", office("xlsx", {"xl/VBAPROJECT.BIN": b"x"})), ("a.doc", ole("_VBA_PROJECT", "WordDocument")),
        ("a.odt", open_document("odt", {"Basic/Standard/Module1.xml": b"Sub x"})),
        ("a.ods", open_document("ods", {"Scripts/python/x.txt": b"x"})),
        ("a.pptx", office("pptx", {"ppt/embeddings/a.xlsm": office("xlsx", {"xl/vbaProject.bin": b"x"})})),
        ("a.zip", archive({"inner.docm": office("docx", {"word/vbaProject.bin": b"x"})})),
    ],
)  # fmt: skip
def test_macros_are_refused_wherever_they_hide(name: str, content: bytes) -> None:
    assert refusal(name, content) == sentences.MACROS


# ── Hostile ─────────────────────────────────────────────────────────────────


def test_a_bomb_is_refused_quickly_whatever_it_says_of_itself() -> None:
    bomb = archive({"[Content_Types].xml": TYPES, "word/document.xml": bytes(110 * MB)})
    assert (refusal("a.docx", bomb), refusal("a.zip", bomb)) == (sentences.BOMB, sentences.BOMB)
    as_much_as_may_be = archive({"a": bytes(19 * MB)})
    assert cpu_time(lambda: refusal("a.zip", bomb)) < cpu_time(lambda: refusal("a.zip", as_much_as_may_be))

    one = archive({"a": bytes(40 * MB)})
    assert refusal("a.zip", lying(one, 1_000)) == sentences.BROKEN  # it unpacks to more than it says
    assert refusal("a.zip", one) == sentences.BOMB  # within the sum, but far beyond its own size
    within = archive({"nested.zip": archive({f"{n}": bytes(8 * MB) for n in range(4)})})
    assert refusal("a.zip", within) == sentences.BOMB  # only together


def test_as_much_as_may_be_unpacked_is_taken() -> None:
    assert refusal("a.zip", archive({"a": bytes(19 * MB)})) is None
    assert UNPACKED == 100 * MB


def test_more_parts_than_any_document_has_are_refused_before_they_are_read() -> None:
    many = archive(dict.fromkeys(map(str, range(ENTRIES + 1)), b""), zipfile.ZIP_STORED)
    assert refusal("a.zip", many) == sentences.PARTS
    directory = b"PK\x01\x02" + bytes(42)
    huge = b"PK\x03\x04" + directory * 200_000
    size = (len(directory) * 200_000).to_bytes(4, "little")
    claims = b"PK\x05\x06" + bytes(4) + b"\x01\x00\x01\x00" + size + (4).to_bytes(4, "little") + bytes(2)
    assert refusal("a.zip", huge + claims) == sentences.PARTS
    as_many_as_may_be = archive(dict.fromkeys(map(str, range(ENTRIES)), b""), zipfile.ZIP_STORED)
    assert refusal("a.zip", as_many_as_may_be) is None
    assert cpu_time(lambda: refusal("a.zip", huge + claims)) < cpu_time(lambda: refusal("a.zip", as_many_as_may_be))


def test_archives_within_archives_have_an_end() -> None:
    deep = archive({"a.txt": b"a"})
    for depth, expected in ((1, None), (2, None), (3, sentences.NESTED)):
        deep = archive({"inner.zip": deep})
        assert refusal("a.zip", deep) == expected, depth


def test_two_parts_of_one_name_are_refused_for_programs_differ_in_which_they_read() -> None:
    twice = archive({"plan.txt": b"a", "plam.txt": b"b"}).replace(b"plam", b"plan")
    assert refusal("a.zip", twice) == sentences.BROKEN


def altered(offset: int, value: bytes) -> bytes:
    """An archive whose central directory holds other bytes at a place of its first entry."""
    content = bytearray(archive({"é": b"a"}))
    at = content.find(b"PK\x01\x02") + offset
    content[at : at + len(value)] = value
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        altered(6, b"\xff"),  # asks for a version that does not exist
        altered(46, b"\xff\xff"),  # a name that is no UTF-8
        altered(10, b"\x63"),  # packed in a way of its own
        altered(42, b"\xff\xff\xff\x7f"),  # begins beyond the end
        altered(20, b"\xff\xff\xff\x7f"),  # longer than the file
    ],
    ids=["version", "name", "method", "place", "length"],
)
def test_an_archive_that_makes_no_sense_is_damaged(content: bytes) -> None:
    assert refusal("a.zip", content) == sentences.BROKEN


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", pdf() + archive({"a": b"a"})), ("a.pdf", pdf(header=b"%PDF-1.7\n<html><script>x</script>\n")),
        ("a.pdf", pdf(header=b"MZ\x90\0\n%PDF-1.7\n")), ("a.pdf", pdf(header=b"GIF89a\n%PDF-1.7\n")),
        ("a.pdf", pdf(header=b"<html>\n%PDF-1.7\n")),
        ("a.png", png() + archive({"A.class": b"a"})), ("a.jpg", jpeg() + archive({"A.class": b"a"})),
        ("a.jpg", jpeg(b"%PDF-1.7\n")), ("a.jpg", jpeg(b"<script>alert(1)</script>")),
        ("a.docx", archive({"%PDF-1.7": b"", "[Content_Types].xml": TYPES, "word/document.xml": b"x"})),
    ],
)  # fmt: skip
def test_what_is_two_kinds_at_once_is_refused(name: str, content: bytes) -> None:
    assert refusal(name, content) == sentences.TWO_KINDS


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"/OpenAction << /S /Launch /F (cmd.exe) >>"), pdf(b"/OpenAction << /S /L#61unch /F (x) >>"),
        pdf(objects=b"5 0 << /S /Launch >>"),
    ],
)  # fmt: skip
def test_a_pdf_that_starts_a_program_is_refused(content: bytes) -> None:
    assert refusal("a.pdf", content) == sentences.LAUNCHES


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"/Names << /EmbeddedFiles 9 0 R >>"), pdf(b"/X << /Type /EmbeddedFile >>"),
        pdf(b"/X << /EF << /F 9 0 R >> >>"),
        pdf(objects=b"5 0 << /Subtype /FileAttachment >>"),
    ],
)  # fmt: skip
def test_a_pdf_with_files_attached_is_refused(content: bytes) -> None:
    assert refusal("a.pdf", content) == sentences.ATTACHMENTS


@pytest.mark.parametrize(
    "content", [pdf(b"/OpenAction << /S /JavaScript /JS (x) >>"), pdf(objects=b"5 0 << /S /J#61vaScript >>")]
)
def test_a_pdf_with_scripts_is_taken_and_it_is_said(content: bytes) -> None:
    found = check("a.pdf", content, ("pdf",), LIMIT)
    assert (found.refusal, found.warnings) == (None, (Sentence(sentences.SCRIPTED),))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", EICAR), ("a.txt", b"x" * 100 + EICAR + b"x"), ("a.pdf", pdf() + EICAR), ("a.pdf", pdf(objects=EICAR)),
        ("a.docx", office("docx", {"word/media/x.bin": EICAR})), ("a.csv", EICAR),
        ("a.zip", archive({"a": bytes(1024 * 1024 - 30) + EICAR})),  # across two pieces
        ("a.pptx", office("pptx", {"ppt/embeddings/a.xlsx": office("xlsx", {"xl/x.bin": EICAR})})),
    ],
)  # fmt: skip
def test_the_mark_of_a_virus_is_found_anywhere(name: str, content: bytes) -> None:
    assert refusal(name, content) == sentences.INFECTED


@pytest.mark.parametrize("parts", [{"word/embeddings/a.exe": b"x"}, {"word/media/x.bin": b"MZ\x90"}, {"x/y.js": b"x"}])
def test_a_program_inside_an_office_file_is_refused(parts: dict[str, bytes]) -> None:
    assert refusal("a.docx", office("docx", parts)) == sentences.PROGRAM_INSIDE


def test_a_picture_that_would_fill_the_memory_is_refused() -> None:
    assert refusal("a.png", png(60_000, 60_000)) == sentences.PICTURE_TOO_LARGE


# ── Whatever comes ──────────────────────────────────────────────────────────

SEEDS = [*SOUND.values(), locked(office("docx")), lying(archive({"a": bytes(9_999)}), 5), pdf(objects=EICAR), EICAR]
PIECES = st.sampled_from(
    [b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02", b"%PDF-", b"%%EOF", b">>stream\n", b"/Encrypt ", b"\xff"]
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A file of the corpus in which bytes were changed, cut out and put in."""
    content = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(content)))
        content[at : at + draw(st.integers(0, 40))] = draw(PIECES | st.binary(max_size=20))
    return bytes(content)


@settings(max_examples=150)
@given(st.text(max_size=30), st.sampled_from([*ALL, "jpeg", "xyz", ""]), st.binary(max_size=400) | damaged())
def test_whatever_comes_is_judged_and_every_sentence_is_among_those_translated(
    stem: str, ending: str, content: bytes
) -> None:
    for accept in ((), ALL):
        found = check(f"{stem}.{ending}", content, accept, LIMIT)
        said = [*found.warnings, *([found.refusal] if found.refusal else [])]
        assert {sentence.msgid for sentence in said} <= set(MSGIDS)
        assert all("%(" not in str(sentence) for sentence in said)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n" + b">>stream\n" * 1_000_000, b"%PDF-1.7\n" + b"/Encrypt " * 1_000_000 + b"startxref %%EOF",
        b"%PDF-1.7\n" + b"/Encrypt" + b" " * 9_000_000 + b"startxref %%EOF", b"PK\x05\x06" * 2_000_000,
        b"%PDF-1.7\n" + b">>stream\nendstream" * 500_000 + b"startxref %%EOF", b"<" * 9_000_000,
        b"%PDF-1.7\n" + b"<</Type/ObjStm>>stream\n\x78\x9c\x03\0endstream" * 200_000 + b"startxref %%EOF",
    ],
    ids=range(7),
)  # fmt: skip
def test_nine_megabytes_made_to_be_slow_take_not_much_longer_than_others(content: bytes) -> None:
    def check_as_each(file: bytes) -> None:
        for ending in ("pdf", "docx", "txt", "xyz"):
            check(f"a.{ending}", file, (), LIMIT)

    others = b"%PDF-1.7\n" + b"1 0 obj\n<< /Length 8900 >>\nstream\n%b\nendstream\n" % bytes(8_900) * 1_000 + b"%%EOF"
    # the worst takes 40 times as long, and what grows with the square of a file thousands of times
    assert cpu_time(lambda: check_as_each(content)) < 300 * cpu_time(lambda: check_as_each(others))


# ── What is said ────────────────────────────────────────────────────────────


def test_every_placeholder_of_a_sentence_is_given() -> None:
    names = {name for msgid in MSGIDS for name in re.findall(r"%\((\w+)\)s", msgid)}
    assert names == {"limit", "ending", "accepted", "looks", "kind", "also", "inside"}
    assert all("%" not in re.sub(r"%\(\w+\)s", "", msgid) for msgid in MSGIDS)
    assert len(MSGIDS) == len(set(MSGIDS)) > 40


@pytest.mark.parametrize(
    ("size", "english", "dutch", "french"),
    [
        (999, "999 bytes", "999 bytes", "999 octets"), (1_500, "1.5 kB", "1,5 kB", "1,5 ko"),
        (20 * MB, "20 MB", "20 MB", "20 Mo"),
    ],
)  # fmt: skip
def test_sizes_are_said_as_people_say_them(size: int, english: str, dutch: str, french: str) -> None:
    assert [Size(size).said(language) for language in ("en", "nl", "fr")] == [english, dutch, french]

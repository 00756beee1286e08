"""Is the name that a file keeps harmless everywhere, and still recognised by who gave it?"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.uploads.names import DANGEROUS, LONGEST, LONGEST_BYTES, RESERVED, clean_name, ending_of


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Projectplan 2027 (definitief).pdf", "Projectplan 2027 (definitief).pdf"),
        ("../../etc/passwd", "passwd"), ("C:\\Users\\Amina\\plan.pdf", "plan.pdf"), ("..\\..\\x.pdf", "x.pdf"),
        ("plan.pdf\x00.exe", "plan.pdf.exe"), ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf"),
        ("plan\u202efdp.exe", "planfdp.exe"), ("\u2066plan\u2069.pdf", "plan.pdf"),
        ("pl\u200ban\ufeff.pdf", "plan.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"), ("plan.exe.pdf", "plan_exe.pdf"), ("plan. HTML .pdf", "plan_ HTML.pdf"),
        ("plan.v2.pdf", "plan.v2.pdf"), ("plan.pdf.exe", "plan.pdf.exe"),
        ("con.pdf", "_con.pdf"), ("NUL", "_NUL"), ("Lpt1.a.pdf", "_Lpt1.a.pdf"), ("com².txt", "_com².txt"),
        ("concept.pdf", "concept.pdf"), (".pdf", "pdf"), ("...", "file"), ("", "file"), ("/", "file"),
        (" . .pdf ", "pdf"),
        ("plan.pdf. . ", "plan.pdf"), ("a|b*c?.pdf", "a_b_c_.pdf"), ('"plan".pdf', "_plan_.pdf"),
        ("plan\u2028b.pdf", "plan b.pdf"), ("\ud800.pdf", "pdf"),
        ("日本語の題名.pdf", "日本語の題名.pdf"), ("🎭.pdf", "🎭.pdf"),
    ],
)  # fmt: skip
def test_a_name_is_cleaned(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


def test_a_long_name_keeps_its_ending_and_is_not_cut_within_a_letter() -> None:
    assert clean_name("a" * 300 + ".pdf") == "a" * 146 + ".pdf"
    assert clean_name("é" * 300 + ".pdf") == "é" * 98 + ".pdf"
    assert clean_name("🎭" * 300 + ".pdf") == "🎭" * 49 + ".pdf"
    assert clean_name("a" * 300) == "a" * 150
    assert len(clean_name("x." + "y" * 300)) == LONGEST


def test_the_ending_is_what_follows_the_last_dot() -> None:
    assert [ending_of(name) for name in ("a.PDF", "a.b.docx", "a", ".pdf", "a.", "a.p f", "a.рdf")] == [
        "pdf", "docx", "", "", "", "", "",
    ]  # fmt: skip


ALPHABET = st.sampled_from([*"ab.  /\\:*\t\r\n\0\u202e\u200b\ud800é🎭", "con", "exe", "html", "\u0301", "\u3000"])


@given(st.text(max_size=400) | st.lists(ALPHABET, max_size=60).map("".join))
def test_whatever_was_sent_the_name_is_harmless_and_stays_as_it_is(sent: str) -> None:
    kept = clean_name(sent)
    assert clean_name(kept) == kept
    assert 0 < len(kept) <= LONGEST
    assert len(kept.encode()) <= LONGEST_BYTES
    assert kept == kept.strip(". ") == unicodedata.normalize("NFC", kept)
    assert not set(kept) & set('/\\<>:"|?*')
    assert {unicodedata.category(character)[0] for character in kept} <= set("LMNPSZ")
    assert {character for character in kept if unicodedata.category(character)[0] == "Z"} <= {" "}
    assert not RESERVED.fullmatch(kept.partition(".")[0].strip())
    assert not {piece.strip().lower() for piece in kept.split(".")[1:-1]} & DANGEROUS

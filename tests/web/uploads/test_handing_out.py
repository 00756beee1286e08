"""Is a file only ever saved or shown by a browser, under a name that says no more than itself?"""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.uploads.handing_out import disposition, download_headers
from web.uploads.names import clean_name


def test_a_pdf_and_a_picture_are_named_and_all_else_is_bytes() -> None:
    kinds = {name: download_headers(name, 1)["Content-Type"] for name in ("a.pdf", "a.PNG", "a.jpeg", "a.jpg")}
    assert kinds == {
        "a.pdf": "application/pdf", "a.PNG": "image/png", "a.jpeg": "image/jpeg", "a.jpg": "image/jpeg",
    }  # fmt: skip
    others = {
        download_headers(name, 1)["Content-Type"] for name in ("a.html", "a.svg", "a.docx", "a.txt", "a", "a.pdf.js")
    }
    assert others == {"application/octet-stream"}


def test_nothing_in_the_headers_lets_it_run_or_be_kept() -> None:
    assert download_headers("plan.pdf", 44) == {
        "Content-Type": "application/pdf",
        "Content-Length": "44",
        "Content-Disposition": 'attachment; filename="plan.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Accept-Ranges": "none",
    }


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ('a"; filename=evil.exe.pdf', 'attachment; filename="a__ filename=evil_exe.pdf"; '
                                      "filename*=UTF-8''a_%3B%20filename%3Devil_exe.pdf"),
        ("été.pdf", "attachment; filename=\"_t_.pdf\"; filename*=UTF-8''%C3%A9t%C3%A9.pdf"),
        ("50%25.pdf", "attachment; filename=\"50_25.pdf\"; filename*=UTF-8''50%2525.pdf"),
        ("a\r\nSet-Cookie: x=1", 'attachment; filename="a Set-Cookie_ x=1"'),
    ],
)  # fmt: skip
def test_a_name_is_said_twice_where_old_readers_would_stumble(name: str, header: str) -> None:
    assert disposition(name) == header


@given(st.text(max_size=80))
def test_whatever_the_name_the_header_is_one_line_of_ascii_and_reads_back(name: str) -> None:
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    found = re.fullmatch(r"attachment; filename=\"([^\"\\]+)\"(?:; filename\*=UTF-8''([^;\s\"]+))?", header)
    assert found is not None
    assert (unquote(found[2]) if found[2] else found[1]) == clean_name(name)

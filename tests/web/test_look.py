"""Do the parts that every page is made of hold together: words, colours, sizes, and neither style nor script inside?"""

import itertools
import re
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError
from look_gallery import LANGUAGES, WEB, environment, gallery

CSS = (WEB / "static" / "style.css").read_text()
SCRIPT = (WEB / "static" / "enhance.js").read_text()
OURS = [WEB / "templates" / "base.html", *sorted((WEB / "templates" / "components").glob("*.html"))]
HUES = ("grey", "blue", "teal", "violet", "amber", "green")


class Elements(HTMLParser):
    """All elements of a page with their attributes, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def token(name: str, scheme: str) -> str:
    """The colour of a token as #rrggbb, for `light` or `dark`; a token that names another one is followed."""
    value = re.search(rf"--{name}: ([^;]+);", CSS)
    assert value is not None, name
    if named := re.fullmatch(r"var\(--([\w-]+)\)", value[1]):
        return token(named[1], scheme)
    light, dark = re.findall(r"#[0-9a-f]{6}", value[1])
    return str(light if scheme == "light" else dark)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours, from 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT = [
    *itertools.product(("ink", "ink-2", "ink-3", "brand", "bad"), ("paper", "surface", "sunken")),
    *((tone, f"{tone}-weak") for tone in ("bad", "warn", "good", "info", *HUES)),
    *((tone, "surface") for tone in ("warn", "good", "info", *HUES)),
    *(("ink", f"{tone}-weak") for tone in ("brand", "amber", "violet")),
    *(("ink-2", f"{tone}-weak") for tone in ("brand", "amber", "violet")),
    ("ink-3", "amber-weak"), ("ink-3", "violet-weak"),
    ("brand-ink", "brand"), ("brand-ink", "brand-deep"), ("brand", "brand-weak"), ("paper", "ink"),
]  # fmt: skip
LINES = [
    *itertools.product(("line-strong", "focus"), ("paper", "surface")),
    *((hue, f"{hue}-weak") for hue in HUES),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_and_every_edge_be_seen(scheme: str) -> None:
    def below(pairs: list[tuple[str, str]], least: float) -> dict[str, float]:
        ratios = {f"{a} on {b}": contrast(token(a, scheme), token(b, scheme)) for a, b in pairs}
        return {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least}

    assert (below(TEXT, 4.5), below(LINES, 3.0)) == ({}, {})


def test_the_style_and_the_script_stay_small_and_ask_nobody_else() -> None:
    assert len(CSS.encode()) < 32_000
    assert len(SCRIPT.encode()) < 6_000
    assert re.findall(r"url\(|@import|https?:", CSS + SCRIPT) == []
    assert re.findall(r"eval\(|innerHTML|\.style\b|new Function", SCRIPT) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("wrong", [False, True], ids=["right", "wrong"])
def test_a_page_holds_no_style_no_script_and_no_name_twice(language: str, wrong: bool) -> None:
    page = gallery(language, wrong=wrong)
    elements = Elements(page).found
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    inline = [(tag, name) for tag, attributes in elements for name in attributes if name == "style" or name[:2] == "on"]
    scripts = [attributes for tag, attributes in elements if tag == "script"]

    assert inline == []
    assert scripts == [{"defer": None, "src": "static/enhance.js"}]
    assert [tag for tag, _ in elements if tag == "style"] == []
    assert sorted(ids) == sorted(set(ids))
    pointed = {
        pointer
        for _, attributes in elements
        for name in ("aria-describedby", "aria-labelledby", "for")
        for pointer in (attributes.get(name) or "").split()
    }
    assert pointed - set(ids) == set()
    assert page.startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}"' in page


def test_what_is_wrong_stands_in_the_title_the_summary_and_beside_the_field() -> None:
    page = gallery("fr", wrong=True)
    elements = Elements(page).found
    summary = [
        attributes["href"] for tag, attributes in elements if tag == "a" and (attributes.get("href") or "")[0] == "#"
    ]
    title = next(attributes for _, attributes in elements if attributes.get("id") == "title")

    assert "<title>Erreur: Night-shift" in page
    assert summary == ["#content", "#title", "#amount", "#partner", "#choice-0", "#sure"]
    assert {attributes.get("id") for _, attributes in elements} >= {target[1:] for target in summary}
    assert (title["aria-invalid"], title["aria-describedby"]) == ("true", "title-hint title-error")
    assert "Error" not in gallery("en")


def test_what_people_write_is_never_markup() -> None:
    hostile = '"><script>alert(1)</script>'
    page = gallery(site={"name": hostile}, notices=[("good", hostile)], visitor={"email": hostile, "name": hostile})

    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert") == 5  # title, header, notice, who is signed in, footer
    assert [file.name for file in OURS if re.search(r"\|\s*safe|autoescape false", file.read_text())] == []


def test_words_are_counted_without_a_script() -> None:
    assert "Words too many: 1" in gallery()
    assert "Words left: 3" in gallery(wrong=True)


def test_an_unknown_name_in_a_page_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'csrf' is undefined"):
        environment("en").from_string(
            "{% import 'components.html' as c with context %}{{ c.form_start('/', csrf) }}"
        ).render()


def test_the_list_of_macros_at_the_top_names_each_that_can_be_called() -> None:
    text = (WEB / "templates" / "components.html").read_text()
    described, given = text.split("#}", 1)
    callable_names = set(re.findall(r"{% set (\w+) =", given))

    assert {name for name in callable_names if not re.search(rf"\b{name}\(", described)} == set()

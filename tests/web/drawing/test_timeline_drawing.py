"""Is the picture of a round legible: no text in another, nothing beside the paper, whatever the dates?"""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web.drawing.overview import Overview
from web.drawing.paper import Paper, Text
from web.drawing.timeline import GUTTER, WIDTH, Counted, Days, Lane, Mark, Row, Timeline, draw, draw_on

DAY = 86_400_000_000
YEAR = Days(0, 365 * DAY, [(month * 30 * DAY, f"Month {month}") for month in range(12)])


def shown(
    rows: list[Row], *, days: Days = YEAR, now: int = 40 * DAY, lanes: list[Lane] | None = None,
    overview: Overview | None = None,
) -> Timeline:  # fmt: skip
    return Timeline("timeline", "Round", "All of it", days, rows, now, "Today 9 Mar", lanes or [], overview)


def close(at: int, label: str = "Fri 1 Mar", note: str = "in 3 days", href: str = "/extend") -> Mark:
    return Mark(at, "deadline", f"Closes on {label}", label, note, href)


def texts_of(picture: Timeline) -> tuple[list[Text], float]:
    paper = Paper(WIDTH)
    return paper.texts, draw_on(paper, picture)


def complaints(picture: Timeline) -> list[str]:
    """What makes a picture illegible."""
    texts, height = texts_of(picture)
    found = [f'"{a.words}" lies on "{b.words}"' for a, b in combinations(texts, 2) if a.overlaps(b)]
    found += [f'"{one.words}" leaves the paper' for one in texts if one.left < -1 or one.right > WIDTH + 1]
    return found + [f'"{one.words}" lies below' for one in texts if one.bottom > height + 1]


def parsed(picture: Timeline) -> ElementTree.Element:
    return ElementTree.fromstring(draw(picture))


def classes(picture: Timeline, name: str) -> list[ElementTree.Element]:
    return [one for one in parsed(picture).iter() if name in one.get("class", "").split()]


# ── What is drawn ────────────────────────────────────────────────────────────


def test_a_phase_is_dark_as_far_as_it_is_past_and_pale_ahead() -> None:
    (ahead,), (done,) = (classes(shown([Row("Call", "teal", [(0, 80 * DAY)])]), name) for name in ("ahead", "done"))
    assert float(done.get("width", "0")) == pytest.approx(float(ahead.get("width", "0")) / 2, abs=0.2)


def test_a_phase_with_several_windows_has_a_bar_for_each() -> None:
    picture = shown([Row("Call", "teal", [(0, 20 * DAY), (60 * DAY, 70 * DAY), (90 * DAY, 91 * DAY)])])
    assert [len(classes(picture, name)) for name in ("ahead", "done")] == [3, 1]


def test_a_phase_of_one_day_can_be_seen_in_four_years() -> None:
    (bar,) = classes(shown([Row("Day", "teal", [(0, DAY)])], days=Days(0, 1500 * DAY, [])), "ahead")
    assert float(bar.get("width", "0")) == 3


def test_a_phase_that_is_not_among_the_days_says_where_it_is() -> None:
    before = Row("Past", "teal", [(-40 * DAY, -30 * DAY)], [close(-30 * DAY)], elsewhere="Mon 3 Dec")
    after = Row("Later", "teal", [(400 * DAY, 500 * DAY)], [close(500 * DAY)], elsewhere="Sun 1 Sep")
    words = [one.words for one in texts_of(shown([before, after]))[0]]
    assert ("← Mon 3 Dec" in words, "Sun 1 Sep →" in words) == (True, True)
    assert classes(shown([before, after]), "deadline") == []


def test_the_month_that_the_day_of_today_covers_is_not_named() -> None:
    words = [one.words for one in texts_of(shown([], now=31 * DAY))[0]]
    assert ("Month 1" in words, "Month 2" in words, "Today 9 Mar" in words) == (False, True, True)


def test_letters_too_close_to_be_told_apart_are_counted_together() -> None:
    lane = Lane("Letters", "letters", "%s letters", [Counted(10 * DAY, 3), Counted(11 * DAY, 4), Counted(200 * DAY, 5)])
    badges = [one.words for one in texts_of(shown([], lanes=[lane]))[0] if one.words.isdigit()]
    assert badges == ["7", "5"]


def test_what_leads_somewhere_is_a_link_with_a_name_and_room_for_a_finger() -> None:
    links = list(parsed(shown([Row("Call", "teal", [(0, DAY)], [close(DAY)])])).iter("a"))
    assert [(one.get("href"), one.get("aria-label")) for one in links] == [("/extend", "Closes on Fri 1 Mar")]
    (hit,) = [one for one in links[0] if one.get("class") == "hit"]
    assert (hit.get("width"), hit.get("height")) == ("24", "24")


def test_the_picture_is_said_as_a_group_with_a_name_and_a_description() -> None:
    picture = parsed(shown([]))
    assert picture.get("role") == "group"
    named = {one.get("id"): one.text for one in picture.iter() if one.get("id")}
    assert [named[picture.get(by, "")] for by in ("aria-labelledby", "aria-describedby")] == ["Round", "All of it"]


def test_nothing_that_is_written_is_markup_and_nothing_is_styled_inline() -> None:
    naughty = '<script>alert("1")</script>&'
    mark = Mark(DAY, "deadline", naughty, naughty, naughty, 'javascript:"<')
    lane = Lane(naughty, "letters", "%s letters", [Counted(DAY, 1)])
    markup = str(draw(shown([Row(naughty, "teal", [(0, DAY)], [mark], naughty, "/x")], lanes=[lane])))
    ElementTree.fromstring(markup)
    assert "<script" not in markup
    assert re.search(r"\s(style|on\w+)=", markup) is None


def test_the_same_round_gives_the_same_picture() -> None:
    picture = shown([Row("Call", "teal", [(0, DAY)], [close(DAY)])])
    assert draw(picture) == draw(picture)


# ── Whatever the dates ───────────────────────────────────────────────────────

instants = st.integers(-100, 500).map(lambda day: day * DAY)
titles = st.text(st.characters(codec="utf-8", categories=("L", "Zs")), min_size=1, max_size=60).map(
    lambda text: text.strip() or "A"
)


@st.composite
def phases(draw_from: st.DrawFn) -> Row:
    edges = sorted(draw_from(st.lists(instants, min_size=2, max_size=6, unique=True)))
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    marks = [close(ends, label=draw_from(st.sampled_from(["Fri 1 Mar", "Sun 31 Mar 2019 17:00"]))) for _, ends in spans]
    kinds = st.sampled_from(["reminder", "promise", "meeting", "own"])
    marks += [Mark(at, draw_from(kinds), "x") for at in draw_from(st.lists(instants, max_size=4))]
    return Row(
        draw_from(titles), "teal", spans, marks, draw_from(st.sampled_from(["", "7", "73 drafts"])), "", "Mon 3 Dec"
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(phases(), max_size=9), st.integers(-50, 450),
    st.lists(st.tuples(instants, st.integers(1, 20_000)), max_size=30),
    st.lists(st.tuples(instants, titles), max_size=8),
)  # fmt: skip
def test_no_text_stands_in_another_and_none_leaves_the_paper(
    rows: list[Row], today: int, counted: list[tuple[int, int]], far: list[tuple[int, str]]
) -> None:
    lane = Lane("Letters", "letters", "%s letters", [Counted(*one) for one in counted])
    strip = Overview(
        "Whole round", -100 * DAY, 500 * DAY, (0, 365 * DAY), "Here", [(0, "2018", "/a"), (20 * DAY, "2019", "/b")],
        [(*span, "teal") for row in rows for span in row.spans], far, today * DAY,
    )  # fmt: skip
    assert complaints(shown(rows, now=today * DAY, lanes=[lane], overview=strip)) == []


def test_two_labels_at_one_place_would_be_found() -> None:
    texts = [Text("a", 0, 0, 10, 10), Text("b", 9, 9, 20, 20), Text("c", 10, 0, 20, 9)]
    assert [a.overlaps(b) for a, b in combinations(texts, 2)] == [True, False, False]
    assert GUTTER < WIDTH

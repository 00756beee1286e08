"""How does the whole round look in one strip, and which part of it is being looked at?"""

from collections.abc import Sequence
from dataclasses import dataclass

from web.drawing.paper import Paper, shortened

STRIP, SMALL, LANES = 20.0, 10.5, 5


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole round: [first instant, first instant after), the window in it, its years, phases and far deadlines."""

    title: str
    starts: int
    ends: int
    window: tuple[int, int]
    window_words: str
    named: Sequence[tuple[int, str, str]]
    """(instant, text, address) where a year, or a month, begins"""
    bars: Sequence[tuple[int, int, str]]
    """(first instant, first instant after, hue) of each phase"""
    marks: Sequence[tuple[int, str]]
    """(instant, text) of what is due by itself, such as a report"""
    now: int


def draw_overview(paper: Paper, shown: Overview, top: float, left: float, width: float) -> float:
    """Draw the strip from there, and give where it ends."""

    def x(instant: int) -> float:
        inside = min(max(instant, shown.starts), shown.ends)
        return left + width * (inside - shown.starts) / max(shown.ends - shown.starts, 1)

    with paper.group(class_="overview"):
        paper.text(2, top + 14, shortened(shown.title, left - 20, SMALL + 0.5), SMALL + 0.5, "lane")
        paper.shape("rect", class_="strip", x=left, y=top, width=width, height=STRIP, rx=3)
        for place, (starts, ends, hue) in enumerate(shown.bars):
            wide = max(x(ends) - x(starts), 2.0)
            at = top + 2.5 + place % LANES * 3.2
            paper.shape("rect", class_="bar", data_hue=hue, x=x(starts), y=at, width=wide, height=2.4)
        first, last = (x(edge) for edge in shown.window)
        wide = max(last - first, 6.0)
        at = min(first, left + width - wide)
        paper.shape("rect", shown.window_words, class_="window", x=at, y=top - 2, width=wide, height=STRIP + 4, rx=3)
        if shown.starts <= shown.now < shown.ends:
            paper.shape("path", class_="now", d=f"M{x(shown.now):.1f} {top - 2}v{STRIP + 4}")
        for instant, words, href in shown.named:
            if shown.starts <= instant < shown.ends:
                paper.shape("path", class_="grid", d=f"M{x(instant):.1f} {top + STRIP}v5")
                _name(paper, x(instant) + 3, top + STRIP + 14, words, href)
        for instant, words in shown.marks:
            if shown.starts <= instant <= shown.ends:
                paper.shape("path", words, class_="far", d=f"M{x(instant):.1f} {top + 5}l5 5l-5 5l-5 -5z")
                paper.text_if_room(x(instant), top + STRIP + 29, words, SMALL, "note", "middle")
    return top + STRIP + (36 if shown.marks else 22)


def _name(paper: Paper, x: float, y: float, words: str, href: str) -> None:
    with paper.link(href, words):
        if href:
            paper.shape("rect", class_="hit", x=x - 3, y=y - 17, width=34, height=24)
        paper.text_if_room(x, y, words, SMALL, "name")

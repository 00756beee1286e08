"""How does a round look along its days: phases as bars, deadlines, reminders, letters, and today?

Everything is given: instants in UTC microseconds, texts in the reader's language, addresses. Nothing is looked up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from engine.files.layout import wrap
from web.drawing.overview import Overview, draw_overview
from web.drawing.paper import Paper, Text, shortened, text_box

WIDTH, GUTTER, RIGHT = 1140.0, 246.0, 14.0
TOP, ROW, LANE = 34.0, 30.0, 30.0
BAR, DIAMOND, RING, HIT = 14.0, 7.0, 10.5, 24.0
NAME, SMALL = 12.0, 11.0
"""sizes of letters, in pixels"""
PILL = 18.0
Scale = Callable[[int], float]
"""an instant -> where it stands from left to right"""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happens at an instant: a `deadline` (diamond), `reminder` (tick), `promise` (ring), `meeting`.

    `words` say it whole, for whoever points at it or listens; `label` and `note` stand beside it where there is room.
    """

    at: int
    kind: str
    words: str
    label: str = ""
    note: str = ""
    href: str = ""
    is_odd: bool = False
    """on a day on which something is to be looked at"""


@dataclass(frozen=True, slots=True)
class Row:
    """A phase: its windows (first instant, first instant after), what happens in it, and what is said of it."""

    title: str
    hue: str
    spans: Sequence[tuple[int, int]]
    marks: Sequence[Mark] = ()
    count: str = ""
    href: str = ""
    elsewhere: str = ""
    """said instead, where none of it falls into the days that are shown"""


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of something at an instant."""

    at: int
    count: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """What is counted along the days, such as letters; those too close to be told apart are counted together.

    `words` say how many there are, with one place for the number: `%s letters`.
    """

    title: str
    kind: str
    words: str
    counted: Sequence[Counted]


@dataclass(frozen=True, slots=True)
class Days:
    """The days that are shown: [first instant, first instant after), where what is named begins, and days off."""

    starts: int
    ends: int
    named: Sequence[tuple[int, str]]
    off: Sequence[tuple[int, int, str]] = ()
    """(first instant, first instant after, why) of weekends and holidays, where these are to be seen"""


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that a picture shows."""

    id: str
    title: str
    description: str
    days: Days
    rows: Sequence[Row]
    now: int
    today: str
    lanes: Sequence[Lane] = ()
    overview: Overview | None = None


def draw(shown: Timeline) -> Markup:
    """The picture as SVG."""
    paper = Paper(WIDTH)
    height = draw_on(paper, shown)
    return paper.markup(height, id=shown.id, title=shown.title, description=shown.description, kind="timeline")


def draw_on(paper: Paper, shown: Timeline) -> float:
    """Draw it from the top of a paper, and give how high it is."""
    days = shown.days
    width = WIDTH - GUTTER - RIGHT

    def x(instant: int) -> float:
        inside = min(max(instant, days.starts), days.ends)
        return GUTTER + width * (inside - days.starts) / max(days.ends - days.starts, 1)

    bottom = TOP + len(shown.rows) * ROW + len(shown.lanes) * LANE
    for starts, ends, why in days.off:
        if starts < days.ends and ends > days.starts:
            paper.shape("rect", why, class_="off", x=x(starts), y=TOP, width=x(ends) - x(starts), height=bottom - TOP)
    is_now = days.starts <= shown.now < days.ends
    if is_now:
        paper.keep_free(_pill(x(shown.now), shown.today))
    paper.shape("path", class_="axis", d=f"M0 {TOP}H{WIDTH - RIGHT}")
    for at, words in days.named:
        if days.starts <= at < days.ends:
            paper.shape("path", class_="grid", d=f"M{x(at):.1f} {TOP}V{bottom}")
            paper.text_if_room(x(at) + 4, TOP - 11, words, SMALL, "name")
    if is_now:
        paper.shape("path", class_="now", d=f"M{x(shown.now):.1f} {TOP - 8}V{bottom}")
    for place, row in enumerate(shown.rows):
        _draw_row(paper, row, TOP + place * ROW, shown, x)
    for place, lane in enumerate(shown.lanes):
        _draw_lane(paper, lane, TOP + len(shown.rows) * ROW + place * LANE, shown, x)
    if is_now:
        _draw_pill(paper, _pill(x(shown.now), shown.today))
    if shown.overview:
        return draw_overview(paper, shown.overview, bottom + 14, GUTTER, width)
    return bottom + 4


def _pill(at: float, words: str) -> Text:
    """Where `Today 9 Mar` stands: over its line, and never beside the paper."""
    box = text_box(0, 0, words, SMALL, bold=True)
    wide = box.right - box.left + 16
    left = min(max(at - wide / 2, GUTTER), WIDTH - wide)
    return Text(words, left, TOP - 8 - PILL, left + wide, TOP - 8)


def _draw_pill(paper: Paper, pill: Text) -> None:
    paper.texts.remove(pill)
    with paper.group(class_="today"):
        paper.shape("rect", x=pill.left, y=pill.top, width=pill.right - pill.left, height=PILL, rx=PILL / 2)
        paper.text((pill.left + pill.right) / 2, pill.bottom - 5, pill.words, SMALL, "pill", "middle", bold=True)


def _draw_row(paper: Paper, row: Row, top: float, shown: Timeline, x: Scale) -> None:
    days = shown.days
    room = GUTTER - 20
    if row.count:
        box = paper.text(GUTTER - 14, top + 19, row.count, SMALL, "count", "end")
        room = box.left - 8
    _draw_title(paper, row, top, room)
    bar = top + 7
    seen = [(starts, ends) for starts, ends in row.spans if starts < days.ends and ends > days.starts]
    with paper.group(class_="phase", data_hue=row.hue):
        for starts, ends in seen:
            _draw_bar(paper, x(starts), x(ends), x(min(max(shown.now, starts), ends)), bar, row.title)
        marks = sorted((one for one in row.marks if days.starts <= one.at <= days.ends), key=lambda one: one.at)
        closes = [x(mark.at) for mark in marks if mark.kind == "deadline"]
        for mark in sorted(marks, key=lambda one: one.kind != "promise"):
            around = mark.kind == "promise" and any(abs(close - x(mark.at)) < RING for close in closes)
            _draw_mark(paper, mark, closes[0] if around else x(mark.at), bar, around=around)
        if not seen and not marks and row.elsewhere:
            _say_elsewhere(paper, row, days, top)
            return
        _label(paper, marks, [(x(a), x(b)) for a, b in seen], top + 18, x)


def _draw_title(paper: Paper, row: Row, top: float, room: float) -> None:
    """The name of a phase in one line, or in two where it is long."""
    with paper.link(row.href, row.title):
        lines = wrap(row.title, room / 1.06, NAME)
        if len(lines) == 1:
            paper.text(2, top + 19, lines[0], NAME, "title", bold=True)
            return
        rest = shortened(" ".join(lines[1:]), room / 1.06, SMALL)
        paper.text(2, top + 13, shortened(lines[0], room / 1.06, SMALL), SMALL, "title", bold=True)
        paper.text(2, top + 26.8, rest, SMALL, "title", bold=True)


def _draw_bar(paper: Paper, left: float, right: float, done: float, top: float, title: str) -> None:
    """A window: dark as far as it is past, pale ahead; never narrower than can be seen."""
    right = max(right, left + 3)
    done = right if left < done >= right - 3 else done
    paper.shape("rect", title, class_="ahead", x=left, y=top, width=right - left, height=BAR, rx=3)
    if done > left:
        paper.shape("rect", class_="done", x=left, y=top, width=done - left, height=BAR, rx=3)


def _draw_mark(paper: Paper, mark: Mark, at: float, bar: float, *, around: bool) -> None:
    """One mark; a promise that falls on a deadline is a ring `around` it."""
    middle = bar + BAR / 2
    kind = f"{mark.kind} odd" if mark.is_odd else mark.kind
    title = "" if mark.href else mark.words
    if mark.kind == "reminder":
        paper.shape("path", title, class_=kind, d=f"M{at:.1f} {bar + BAR + 1}V{bar + BAR + 7}")
        return
    with paper.link(mark.href, mark.words):
        if mark.href:
            paper.shape("rect", class_="hit", x=at - HIT / 2, y=middle - HIT / 2, width=HIT, height=HIT)
        if mark.kind in ("deadline", "own"):
            size = DIAMOND if mark.kind == "deadline" else DIAMOND - 2
            d = f"M{at:.1f} {middle - size}l{size} {size}l{-size} {size}l{-size} {-size}z"
            paper.shape("path", title, class_=kind, d=d)
        elif mark.kind == "promise":
            paper.shape("circle", title, class_=kind, cx=at, cy=middle, r=RING if around else 4.5)
        else:
            paper.shape("rect", title, class_=kind, x=at - 3, y=bar - 4, width=6, height=6)


def _label(paper: Paper, every: Sequence[Mark], bars: Sequence[tuple[float, float]], y: float, x: Scale) -> None:
    """What stands beside deadlines: to the right of each, up to what comes next; the last of a row also to the left."""
    marks, rings = [one for one in every if one.label], [one for one in every if one.kind == "promise"]
    stops = [*sorted({left for left, _ in bars}), WIDTH]
    for mark, following in pairwise([*marks, None]):
        assert mark is not None
        at = x(mark.at)
        until = min([stop for stop in stops if stop > at + 1] + ([x(following.at) - DIAMOND] if following else []))
        ringed = any(abs(x(one.at) - at) < RING for one in rings)
        beside = at + (RING if ringed else DIAMOND) + 5
        words = [(mark.label, mark.note), (mark.label, "")]
        for label, note in words:
            bold = text_box(beside, y, label, SMALL, bold=True)
            end = text_box(bold.right + 6, y, note, SMALL).right if note else bold.right
            if end <= until and paper.has_room(Text(label, bold.left, bold.top, end, bold.bottom)):
                paper.text(bold.left, y, label, SMALL, "label", bold=True)
                if note:
                    paper.text(bold.right + 6, y, note, SMALL, "note")
                break
        else:
            first = min((left for left, right in bars if left <= at <= right + 1), default=at) - (RING if ringed else 0)
            if first - 8 > GUTTER:
                box = text_box(first - 8, y, mark.label, SMALL, "end", bold=True)
                if box.left >= GUTTER and not any(a < first and b > box.left for a, b in bars):
                    paper.text_if_room(first - 8, y, mark.label, SMALL, "label", "end", bold=True)


def _say_elsewhere(paper: Paper, row: Row, days: Days, top: float) -> None:
    """Where the phase is, when it is not among the days that are shown."""
    if all(ends <= days.starts for _, ends in row.spans):
        paper.text_if_room(GUTTER + 6, top + 18, f"← {row.elsewhere}", SMALL, "note")
    else:
        paper.text_if_room(WIDTH - RIGHT - 6, top + 18, f"{row.elsewhere} →", SMALL, "note", "end")


def _draw_lane(paper: Paper, lane: Lane, top: float, shown: Timeline, x: Scale) -> None:
    days = shown.days
    paper.text(2, top + 19, shortened(lane.title, GUTTER - 20, NAME), NAME, "lane")
    here = sorted((one for one in lane.counted if days.starts <= one.at <= days.ends), key=lambda one: one.at)
    for at, count, href in _clusters(here, x):
        with paper.link(href, lane.words % count), paper.group(class_=lane.kind):
            wide = _badge(count)
            paper.shape("rect", class_="badge", x=at - wide / 2, y=top + 4, width=wide, height=20, rx=10)
            paper.text(at, top + 18, str(count), SMALL, "badge", "middle", bold=True)


def _badge(count: int) -> float:
    box = text_box(0, 0, str(count), SMALL, bold=True)
    return max(HIT, box.right - box.left + 12)


def _clusters(counted: Sequence[Counted], x: Scale) -> list[tuple[float, int, str]]:
    """(where, how many, address) of each badge, none of which touches another."""
    found: list[tuple[float, int, str]] = []
    for one in counted:
        at, count, href = x(one.at), one.count, one.href
        at = min(max(at, GUTTER + _badge(count) / 2), WIDTH - _badge(count) / 2 - 1)
        while found and at - _badge(count) / 2 < found[-1][0] + _badge(found[-1][1]) / 2 + 2:
            before, others, first = found.pop()
            at, count, href = (before + at) / 2, count + others, first
        found.append((min(at, WIDTH - _badge(count) / 2 - 1), count, href))
    return found

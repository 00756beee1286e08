"""How do a round's phases, letters and dossiers look as a picture?

Own SVG, drawn for the report: its colours are the page's, so it follows light and dark. Words come escaped from here.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from markupsafe import Markup

HUES = ("draft", "check", "committee", "received", "pitch", "decision")
WIDTH = 1120
TOP, STRIP = 34, 58
_Scale = Callable[[date], float]
"""a day -> where it stands from left to right"""
BOLD = 11
"""how far a phase's diamond reaches to the right"""


@dataclass(frozen=True, slots=True)
class Frame:
    """How a timeline lies on its paper: wide with names beside the bars, or narrow with names above them."""

    width: int
    gutter: int
    right: int
    row: int
    narrow: bool = False


WIDE = Frame(WIDTH, 232, 34, 27)
NARROW = Frame(400, 0, 12, 46, narrow=True)


@dataclass(frozen=True, slots=True)
class PhaseBar:
    """One phase as it is drawn: first and last day, the days on which it reminds, and what is odd about an edge."""

    title: str
    first: date
    last: date
    ticks: tuple[date, ...] = ()
    odd: str | None = None


def short_day(day: date, *, year: bool = False) -> str:
    """`1 Mar`, or `1 Mar 2019`."""
    return f"{day.day} {day:%b}" + (f" {day.year}" if year else "")


def timeline(
    phases: Sequence[PhaseBar], letters: Counter[date], first: date, last: date, *, label: str, frame: Frame = WIDE
) -> Markup:
    """Phases as bars over the days `first` to `last`, with the letters of each week below; weeks link to their days."""
    span = max(1, (last - first).days + 1)

    def x(day: date) -> float:
        room = frame.width - frame.gutter - frame.right
        return frame.gutter + room * min(1, max(0, (day - first).days / span))

    shown = [phase for phase in phases if phase.first < last and phase.last >= first]
    floor = TOP + frame.row * len(shown) + STRIP
    parts = [
        f'<svg class="timeline{" narrow" if frame.narrow else ""}" viewBox="0 0 {frame.width} {floor + 4}" '
        f'role="group" aria-label="{escape(label)}" xmlns="http://www.w3.org/2000/svg">'
    ]
    parts += _axis(first, last, x, floor, frame)
    for place, phase in enumerate(shown):
        hue = HUES[phases.index(phase) % len(HUES)]
        parts += _bar(phase, TOP + frame.row * place, x, hue, last, frame)
    parts += _weeks(letters, first, last, x, floor, frame)
    return Markup("".join([*parts, "</svg>"]))


def _axis(first: date, last: date, x: _Scale, floor: float, frame: Frame) -> Iterator[str]:
    months = (last.year - first.year) * 12 + last.month - first.month
    step = 1 if months <= 14 else 3 if months <= 30 else 6
    if frame.narrow:
        step = min(12, step * 2)
    day = date(first.year, first.month, 1)
    while day <= last:
        if day >= first and (day.month - 1) % step == 0:
            strong = " strong" if day.month == 1 else ""
            name = f"{day:%b}" if day.month != 1 else f"{day:%b %Y}"
            yield f'<line class="grid{strong}" x1="{x(day):.1f}" x2="{x(day):.1f}" y1="20" y2="{floor}"/>'
            yield f'<text class="month" x="{x(day) + 4:.1f}" y="14">{name}</text>'
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _bar(phase: PhaseBar, top: float, x: _Scale, hue: str, last: date, frame: Frame) -> Iterator[str]:
    y = top + 18 if frame.narrow else top
    left = x(phase.first)
    width = max(4.0, x(phase.last + timedelta(days=1)) - left)
    end = left + width
    yield f'<text class="name" x="0" y="{top + 15}">{escape(phase.title)}</text>'
    yield (
        f'<rect class="bar h-{hue}" x="{left:.1f}" y="{y + 5}" width="{width:.1f}" height="13" rx="4">'
        f"<title>{escape(phase.title)}: {phase.first} to {phase.last}</title></rect>"
    )
    for tick in phase.ticks:
        if tick <= last:
            yield f'<line class="tick" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{y + 19}" y2="{y + 24}"/>'
    if phase.last <= last:
        # a phase of one day is its diamond
        middle = end if phase.last > phase.first else left + width / 2
        yield f'<path class="edge h-{hue}" d="M{middle:.1f} {y + 4.5} l7 7 l-7 7 l-7 -7 z"/>'
    dates = short_day(phase.last)
    if phase.first < phase.last:
        far = (phase.last - phase.first).days > 366
        dates = f"{short_day(phase.first, year=far)} – {short_day(phase.last, year=far)}"
    odd = f'<tspan class="odd">  ⚠ {escape(phase.odd)}</tspan>' if phase.odd else ""
    if frame.narrow:
        at = f'x="{frame.width}" y="{top + 15}" text-anchor="end"'
    elif end > frame.width - frame.right - 150:
        at = f'x="{left - 8:.1f}" y="{y + 15}" text-anchor="end"'
    else:
        at = f'x="{end + BOLD:.1f}" y="{y + 15}"'
    yield f'<text class="dates" {at}>{dates}{odd}</text>'


def _weeks(letters: Counter[date], first: date, last: date, x: _Scale, floor: float, frame: Frame) -> Iterator[str]:
    """Bars of letters a week, as high as the root of their number: one letter is still seen beside ninety."""
    label = floor - STRIP + 14 if frame.narrow else floor - 6
    yield f'<text class="quiet" x="0" y="{label}">Letters a week</text>'
    yield f'<line class="floor" x1="{frame.gutter}" x2="{frame.width - frame.right}" y1="{floor}" y2="{floor}"/>'
    weeks: Counter[date] = Counter()
    begins: dict[date, date] = {}
    for day in sorted(letters):
        if first <= day <= last:
            monday = day - timedelta(days=day.weekday())
            weeks[monday] += letters[day]
            begins.setdefault(monday, day)
    most = max(weeks.values(), default=1)
    for monday, count in sorted(weeks.items()):
        left = x(max(monday, first))
        width = max(2.5, x(monday + timedelta(days=7)) - left - 1.5)
        height = (STRIP - 24) * (count / most) ** 0.5
        yield (
            f'<a href="#d-{begins[monday]}"><rect class="week" x="{left:.1f}" y="{floor - height:.1f}" '
            f'width="{width:.1f}" height="{height:.1f}" rx="1.5">'
            f"<title>{count} letters in the week of {short_day(monday, year=True)}</title></rect></a>"
        )
        if count >= most / 4 and width > 8:
            at = f'x="{left + width / 2:.1f}" y="{floor - height - 4:.1f}"'
            yield f'<text class="count" {at} text-anchor="middle">{count}</text>'


@dataclass(frozen=True, slots=True)
class Stage:
    """A state on the main road: how many entered it, and where those went who left the road there."""

    title: str
    count: int
    exits: tuple[tuple[str, int], ...] = ()


def flow(stages: Sequence[Stage], *, label: str) -> Markup:
    """The dossiers from state to state: bands as wide as their number, those who leave the road below it."""
    if not stages:
        return Markup("")
    top, node, deep, gap = 46.0, 12.0, 150.0, 20.0
    most = max(1, *(stage.count for stage in stages))
    step = (WIDTH - 120) / max(1, len(stages) - 1)
    below = [sum(max(3.0, count / most * deep) + 40 for _, count in stage.exits) for stage in stages]
    height = top + deep + gap + max(below, default=0) + 8
    parts = [
        f'<svg class="flow" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(label)}" '
        f'xmlns="http://www.w3.org/2000/svg">'
    ]
    for place, stage in enumerate(stages):
        left = place * step
        size = max(3.0, stage.count / most * deep) if stage.count else 1.0
        if place + 1 < len(stages):
            on = max(3.0, stages[place + 1].count / most * deep) if stages[place + 1].count else 0
            parts.append(
                f'<rect class="band" x="{left + node:.1f}" y="{top}" width="{step - node:.1f}" height="{on:.1f}"/>'
            )
        parts += _exits(stage, left + node, top, size, deep, most, gap, step)
        last = " last" if place + 1 == len(stages) else ""
        parts.append(
            f'<rect class="node{last}" x="{left:.1f}" y="{top}" width="{node}" height="{size:.1f}" rx="3"/>'
            f'<text class="big" x="{left:.1f}" y="18">{stage.count}</text>'
            f'<text class="name" x="{left:.1f}" y="36">{escape(stage.title)}</text>'
        )
    return Markup("".join([*parts, "</svg>"]))


def _exits(
    stage: Stage, left: float, top: float, size: float, deep: float, most: int, gap: float, step: float
) -> Iterator[str]:
    """Ribbons that bend down from the lower end of a state's node to where those dossiers ended."""
    total = sum(count for _, count in stage.exits)
    start = top + size - total / most * deep
    y = top + deep + gap
    for title, count in stage.exits:
        thick = max(3.0, count / most * deep)
        reach = left + step * 0.42
        bend = left + step * 0.25
        yield (
            f'<path class="exit" d="M{left:.1f} {start:.1f} '
            f"C{bend:.1f} {start:.1f} {bend:.1f} {y:.1f} {reach:.1f} {y:.1f} "
            f"V{y + thick:.1f} C{bend - 6:.1f} {y + thick:.1f} {bend - 6:.1f} {start + thick:.1f} "
            f'{left:.1f} {start + thick:.1f} Z"/>'
            f'<text class="name" x="{left + 2:.1f}" y="{y + thick + 17:.1f}"><tspan class="strong">{count}</tspan> '
            f"{escape(title)}</text>"
        )
        start += count / most * deep
        y += thick + 40

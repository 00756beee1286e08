"""What does a workflow look like?

One model of boxes and lines (layout.py, drawing_tracks.py, drawing_lines.py), two ways to write it down.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from engine.files.drawing_lines import Label, Line, Picture, Point, route
from engine.files.drawing_tracks import TURN
from engine.files.layout import (
    GLYPH,
    LABEL,
    LINE,
    MARGIN,
    PADDING,
    SMALL,
    SMALL_LINE,
    TITLE,
    WIDTH,
    Box,
    caption,
    place,
    text_width,
)
from engine.files.prose_words import Voice
from engine.files.reading import Programme
from engine.rules.workflow import APPLICANT, STAFF, Transition

Palette = tuple[Mapping[str, str], Mapping[str, tuple[str, str]]]
"""the plain colours by their use, and each hue's strong and weak colour"""
LIGHT: Palette = (
    {"paper": "#ffffff", "ink": "#1d1b18", "ink2": "#4b4740", "line": "#857f74", "clock": "#7a4d00"},
    {
        "grey": ("#5c584f", "#e8e5de"), "blue": ("#23508f", "#dfe9f8"), "teal": ("#0b5563", "#d7ebee"),
        "violet": ("#6a3d91", "#efe4f7"), "amber": ("#8a4a06", "#faead5"), "green": ("#1d6534", "#dcf0e1"),
        "rose": ("#8f2f6b", "#f9e3f0"),
    },
)  # fmt: skip
DARK: Palette = (
    {"paper": "#1e2124", "ink": "#f1efeb", "ink2": "#c9c6bf", "line": "#7f878e", "clock": "#f0bd5b"},
    {
        "grey": ("#b7b2a9", "#2a2e32"), "blue": ("#97bdf5", "#1b2c47"), "teal": ("#6cc5d6", "#17343b"),
        "violet": ("#cda6ef", "#33233f"), "amber": ("#f2b26b", "#3e2a12"), "green": ("#7fd39a", "#17351f"),
        "rose": ("#f0a3cf", "#3f1e33"),
    },
)  # fmt: skip
HEADING = 54
HEAD = 104
"""the room for the title and the legend, in pixels"""


@dataclass(frozen=True, slots=True)
class OnPage:
    """A picture that stands in a page, whose style sheet gives it its colours."""

    under: Mapping[str, str]
    """state -> a line of figures in its box"""
    links: Mapping[str, str]
    """state -> where its box leads"""


def draw_svg(programme: Programme, language: str, on_page: OnPage | None = None) -> str:
    """The picture as SVG: no script, no font; the same bytes for the same workflow.

    By itself it brings its colours along and leads nowhere; `on_page` it has neither, but figures and links.
    """
    voice = Voice(programme, None, language)
    workflow = programme.workflow
    under = on_page.under if on_page else None
    picture = route(workflow.transitions.values(), place(workflow, voice.words, under), HEAD)
    return "\n".join(_svg(voice, picture, on_page)) + "\n"


def draw_mermaid(programme: Programme, language: str) -> str:
    """The same boxes and arrows as a Mermaid state diagram."""
    voice = Voice(programme, None, language)
    workflow = programme.workflow
    lines = ["stateDiagram-v2", "    direction LR"]
    for state in workflow.states.values():
        title = voice.words(state.title).replace('"', "#quot;")
        lines.append(f'    state "{title}" as {state.name}')
    lines.append(f"    [*] --> {workflow.begins_in}")
    for transition in workflow.transitions.values():
        for source in transition.sources:
            lines.append(f"    {source} --> {transition.target} : {_told(transition)}")
    lines += [f"    {state} --> [*]" for state in workflow.ends_in]
    return "\n".join(lines) + "\n"


def _told(transition: Transition) -> str:
    """`shortlist ≤ 12 (jury)`: in the words of the file, where nothing has to be escaped."""
    return f"{caption(transition)} ({transition.by or transition.comes})"


def _svg(voice: Voice, picture: Picture, on_page: OnPage | None) -> Iterator[str]:
    title = voice.words(voice.workflow.title)
    # a page has the title in its own heading
    above = HEADING if on_page else 0
    width, height = _number(max(picture.width, 640)), _number(picture.height - above)
    role = "" if on_page else ' role="img"'  # what is in a picture that is one image cannot be followed
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="workflow"{role} aria-labelledby="wf-title wf-desc" '
        f'width="{width}" height="{height}" viewBox="0 {above} {width} {height}" lang="{voice.language}">'
    )
    yield f'<title id="wf-title">{escape(title)}</title>'
    yield f'<desc id="wf-desc">{escape(_description(voice))}</desc>'
    if not on_page:
        yield f"<style>\n{_style()}\n</style>"
    yield "<defs>"
    for name in ("line", "clock"):
        yield (
            f'<marker id="wf-{name}" viewBox="0 0 10 10" refX="9.5" refY="5" markerWidth="11" markerHeight="11" '
            f'markerUnits="userSpaceOnUse" orient="auto"><path class="head-{name}" d="M0 0.5 10 5 0 9.5z"/></marker>'
        )
    yield "</defs>"
    if not on_page:
        yield f'<rect class="paper" width="{width}" height="{height}"/>'
        yield f'<text class="heading" x="{MARGIN}" y="44">{escape(title)}</text>'
    yield from _legend(voice)
    yield from (_line(line) for line in picture.lines)
    for box, left, top, high in picture.boxes.values():
        link = on_page.links.get(box.state) if on_page else None
        if link:
            yield f"<a href={quoteattr(link)}>"
        yield from _box(box, left, top, high)
        if link:
            yield "</a>"
    for label in picture.labels:
        yield from _label(label)
    yield "</svg>"


def _description(voice: Voice) -> str:
    """The picture in words, for those who do not see it."""
    return " ".join(
        voice.say(
            "move", name=transition.name, sources=voice.states(transition.sources),
            target=voice.states([transition.target]),
        )
        for transition in voice.workflow.transitions.values()
    )  # fmt: skip


def _style() -> str:
    font = 'ui-sans-serif,system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif'
    return "\n".join(
        [
            f".workflow text{{font-family:{font};font-size:{LABEL}px}}",
            ".workflow .heading{font-size:19px;font-weight:650}",
            f".workflow .name{{font-size:{TITLE}px;font-weight:600}}",
            f".workflow .phase{{font-size:{SMALL}px}}",
            ".workflow .box rect{stroke-width:1.3}",
            ".workflow .ends rect{stroke-width:3}",
            ".workflow .way{fill:none;stroke-width:1.5}",
            ".workflow .clock{stroke-dasharray:5 4}",
            ".workflow .label text{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}",
            ".workflow .hand{fill:none;stroke-width:1.3;stroke-linecap:round}",
            *_colours(LIGHT),
            "@media (prefers-color-scheme:dark){",
            *_colours(DARK),
            "}",
        ]
    )


def _colours(palette: Palette) -> Iterator[str]:
    plain, hues = palette
    yield f".workflow .paper{{fill:{plain['paper']}}}"
    yield f".workflow .heading{{fill:{plain['ink']}}}"
    yield f".workflow .phase,.workflow .legend text{{fill:{plain['ink2']}}}"
    yield f".workflow .label text{{fill:{plain['ink2']};stroke:{plain['paper']}}}"
    yield f".workflow .sign{{fill:{plain['ink2']}}}"
    yield f".workflow .hand{{stroke:{plain['clock']}}}"
    yield f".workflow .way{{stroke:{plain['line']}}}.workflow .head-line{{fill:{plain['line']}}}"
    yield f".workflow .clock{{stroke:{plain['clock']}}}.workflow .head-clock{{fill:{plain['clock']}}}"
    for hue, (strong, weak) in hues.items():
        yield f".workflow .{hue} rect{{fill:{weak};stroke:{strong}}}.workflow .{hue} .name{{fill:{strong}}}"


def _legend(voice: Voice) -> Iterator[str]:
    x = float(MARGIN)
    waits = any(transition.frees for transition in voice.workflow.transitions.values())
    yield '<g class="legend">'
    for sign in (STAFF, APPLICANT, "calendar", *(["place"] if waits else []), "ends"):
        words = voice.say(f"legend {sign}")
        if sign == "ends":
            yield f'<g class="box grey ends"><rect x="{_number(x + 1)}" y="65" width="16" height="12" rx="3"/></g>'
            x += 8
        else:
            yield from _sign(sign, x + 5, 71)
        yield f'<text x="{_number(x + GLYPH)}" y="75">{escape(words)}</text>'
        x += GLYPH + text_width(words, LABEL) + 20
    yield "</g>"


def _box(box: Box, left: float, top: float, high: float) -> Iterator[str]:
    classes = f"box {box.hue}{' ends' if box.ends else ''}"
    told = escape(" ".join((*box.title, *box.phase, *box.under)))
    yield f'<g class="{classes}" id="state-{box.state}"><title>{told}</title>'
    size = f'width="{WIDTH}" height="{_number(high)}" rx="9"'
    yield f'<rect x="{_number(left)}" y="{_number(top)}" {size}/>'
    y = top + (high - box.text_height) / 2 - 4
    y_of_small = 2 if box.phase or box.under else 0
    parts = ((box.title, "name", LINE), (box.phase, "phase", SMALL_LINE), (box.under, "count", SMALL_LINE))
    for lines, kind, step in parts:
        for words in lines:
            y += step + (y_of_small if kind != "name" else 0)
            y_of_small = 0 if kind != "name" else y_of_small
            yield f'<text class="{kind}" x="{_number(left + PADDING)}" y="{_number(y)}">{escape(words)}</text>'
    yield "</g>"


def _label(label: Label) -> Iterator[str]:
    yield '<g class="label">'
    yield from _sign(_sign_of(label.transition), label.x + 5, label.y + label.height / 2)
    x, y = _number(label.x + GLYPH), _number(label.y + LABEL - 0.5)
    yield f'<text x="{x}" y="{y}">{escape(label.text)}</text></g>'


def _sign_of(move: Transition) -> str:
    if move.by:
        return APPLICANT if move.by == APPLICANT else STAFF
    return "place" if move.frees else "calendar"


def _sign(sign: str, x: float, y: float) -> Iterator[str]:
    """A dot for the applicant, a diamond for staff and committees, a clock for the calendar, a chair for a place."""
    at = f"{_number(x)} {_number(y)}"
    if sign == "place":
        yield f'<path class="hand" d="M{_number(x - 3.4)} {_number(y - 5.2)}v10.4m0 -5h6.8v5"/>'
    elif sign == "calendar":
        yield f'<circle class="hand" cx="{_number(x)}" cy="{_number(y)}" r="5.2"/>'
        yield f'<path class="hand" d="M{_number(x)} {_number(y - 3)}V{_number(y)}H{_number(x + 2.4)}"/>'
    elif sign == APPLICANT:
        yield f'<circle class="sign" cx="{_number(x)}" cy="{_number(y)}" r="4.6"/>'
    else:
        yield f'<path class="sign" d="M{at}m0 -5.6 5.6 5.6 -5.6 5.6 -5.6 -5.6z"/>'


def _line(line: Line) -> str:
    kind = "way" if line.transition.by else "way clock"
    head = f' marker-end="url(#wf-{"line" if line.transition.by else "clock"})"' if line.arrives else ""
    return f'<path class="{kind}" d="{_path(line.points)}"{head}/>'


def _path(points: tuple[Point, ...]) -> str:
    """Straight stretches with rounded bends."""
    stops = [point for place, point in enumerate(points) if not place or point != points[place - 1]]
    told = [f"M{_number(stops[0][0])} {_number(stops[0][1])}"]
    for before, here, after in zip(stops, stops[1:], stops[2:], strict=False):
        near, far = _towards(here, before), _towards(here, after)
        told.append(
            f"L{_number(near[0])} {_number(near[1])}"
            f"Q{_number(here[0])} {_number(here[1])} {_number(far[0])} {_number(far[1])}"
        )
    told.append(f"L{_number(stops[-1][0])} {_number(stops[-1][1])}")
    return "".join(told)


def _towards(here: Point, there: Point) -> Point:
    """The point a bend away from here, or half-way where it is nearer."""
    length = abs(there[0] - here[0]) + abs(there[1] - here[1])
    share = min(TURN, length / 2) / length
    return here[0] + (there[0] - here[0]) * share, here[1] + (there[1] - here[1]) * share


def _number(value: float) -> str:
    """At most one decimal, and none where there is none."""
    return f"{round(value, 1):g}" if abs(value) < 100_000 else str(round(value))

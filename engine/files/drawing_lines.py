"""Where does each line and each label of a workflow's picture run?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.files.drawing_tracks import TURN, Net, Track, in_order, ports_of, split, tracks_of
from engine.files.layout import GAP, LABEL, MARGIN, WIDTH, Box, caption, label_width
from engine.rules.workflow import Transition

TRACK, EDGE = 30, 20
"""pixels between two tracks, and between a track and a row"""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A line through these points; the last one carries the arrowhead where it `arrives`."""

    transition: Transition
    points: tuple[Point, ...]
    arrives: bool = True


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a move; `x`, `y` is the upper left corner of what it covers."""

    transition: Transition
    text: str
    x: float
    y: float
    width: float
    height: float = LABEL + 4


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn, in pixels."""

    width: float
    height: float
    boxes: Mapping[str, tuple[Box, float, float, float]]
    """state -> its box, left, top and height"""
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]


def route(transitions: Iterable[Transition], boxes: Sequence[Box], top: float) -> Picture:
    """The picture of these boxes, with `top` pixels left free above it."""
    by_name = {box.state: box for box in boxes}
    straight, nets = split(transitions, by_name)
    widest = max((label_width(transition) for transition, *_ in straight), default=0)
    pitch = WIDTH + max(GAP, widest - WIDTH / 2 + 12)
    lefts = {box.state: MARGIN + box.column * pitch for box in boxes}
    ports = ports_of(nets, lefts)
    tracks = tracks_of(nets, ports, boxes, lefts)
    rows = max(box.row for box in boxes) + 1
    channels = [in_order([track for track in tracks if track.channel == number], nets) for number in range(rows + 1)]
    heights = [max(box.height for box in boxes if box.row == row) for row in range(rows)]
    tops: list[float] = []
    y = top
    for number, channel in enumerate(channels):
        if channel:
            y += EDGE
            for track in channel:
                track.y = y = y + TRACK
            y += EDGE
        if number == 0:
            y += LABEL + 12  # the labels of the straight arrows stand above the first row
        if number < rows:
            tops.append(y)
            y += heights[number]
    placed = {box.state: (box, lefts[box.state], tops[box.row], float(heights[box.row])) for box in boxes}
    lines = [*_straight_lines(straight, placed)]
    labels = [*_straight_labels(straight, placed, pitch)]
    for number, net in enumerate(nets):
        own = [track for track in tracks if track.net == number]
        lines += _lines(net, own, ports[number], placed)
    right = max(lefts.values()) + WIDTH
    labels += _labels(nets, tracks, lines[len(straight) :], right)
    width = max([right, *(label.x + label.width for label in labels)]) + MARGIN
    return Picture(width, y + MARGIN, placed, tuple(lines), tuple(labels))


def _straight_lines(
    straight: Iterable[tuple[Transition, Box, Box]], placed: Mapping[str, tuple[Box, float, float, float]]
) -> Iterator[Line]:
    for transition, source, target in straight:
        _, left, top, height = placed[source.state]
        y = top + height / 2
        yield Line(transition, ((left + WIDTH, y), (placed[target.state][1], y)))


def _straight_labels(
    straight: Iterable[tuple[Transition, Box, Box]],
    placed: Mapping[str, tuple[Box, float, float, float]],
    pitch: float,
) -> Iterator[Label]:
    for transition, source, _ in straight:
        _, left, top, _ = placed[source.state]
        width = label_width(transition)
        middle = left + (WIDTH + pitch) / 2
        yield Label(transition, caption(transition), middle - width / 2, top - LABEL - 10, width)


def _lines(
    net: Net,
    own: Sequence[Track],
    ports: Mapping[str, float],
    placed: Mapping[str, tuple[Box, float, float, float]],
) -> Iterator[Line]:
    """One line all the way, and one to the shared track for every other state."""

    def side(state: str, below: bool) -> float:
        _, _, top, height = placed[state]
        return top + height if below else top

    track = own[0]
    end = (ports[""], side(net.target.state, net.enters_below))
    way: list[Point] = []
    if len(own) == 2:
        second = own[1]
        joint = (second.above + second.below)[0 if second.above and second.above[0] != ports[""] else -1]
        way = [(joint, track.y), (joint, second.y), (ports[""], second.y), end]
    else:
        way = [(ports[""], track.y), end]
    turn = way[0][0]
    starts = {source.state: ports[source.state] for source in net.sources}
    farthest = sorted(starts, key=lambda state: (-abs(starts[state] - turn), starts[state]))
    seen: set[bool] = set()
    for place, state in enumerate(farthest):
        x = starts[state]
        start = [(x, side(state, net.leaves_below)), (x, track.y)]
        if place == 0:
            yield Line(net.transition, tuple(start + way))
        elif x == turn:
            yield Line(net.transition, tuple(start), arrives=False)
        elif (x < turn) in seen:
            step = min(TURN, abs(turn - x)) * (1 if x < turn else -1)
            yield Line(net.transition, (*start, (x + step, track.y)), arrives=False)
        else:
            step = TURN if way[1][1] > track.y else -TURN
            yield Line(net.transition, (*start, way[0], (turn, track.y + step)), arrives=False)
        seen.add(x < turn)


def _labels(nets: Sequence[Net], tracks: Sequence[Track], lines: Sequence[Line], limit: float) -> Iterator[Label]:
    """A label above the first track of each net, where no line passes and near where the move begins."""
    falls = [
        (start[0], min(start[1], end[1]), max(start[1], end[1]))
        for line in lines
        for start, end in zip(line.points, line.points[1:], strict=False)
        if start[0] == end[0]
    ]
    firsts = {track.net: track for track in reversed(tracks)}
    for number, net in enumerate(nets):
        track = firsts[number]
        width = label_width(net.transition)
        bottom = track.y - 5
        top = bottom - LABEL - 4
        passing = [x for x, upper, lower in falls if upper < bottom and lower > top]
        starts = track.above if net.leaves_below else track.below
        best = min(
            (MARGIN + 2 * step for step in range(int((limit - MARGIN) / 2))),
            key=lambda x: (
                sum(x - TURN < fall < x + width + TURN for fall in passing),
                _outside(x, x + width, track.left, track.right),
                min(max(x - start, start - x - width) for start in starts),
                -x,
            ),
        )
        yield Label(net.transition, caption(net.transition), best, top, width)


def _outside(left: float, right: float, begin: float, end: float) -> float:
    """How much of a label does not stand above its track."""
    return max(0.0, begin - left) + max(0.0, right - end)

"""On which tracks do the moves run between the rows of a workflow's picture?

Neighbours in the first row are joined by a straight arrow. Every other move runs through the channels between the
rows, on a track of its own, so that no line passes through a box and no two lines cover each other. The states that
share a move share its track.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.files.layout import WIDTH, Box, label_width
from engine.rules.workflow import Transition

SPACE = 20
"""pixels between two ports of a box"""
APART = (14, 6, 2)
"""pixels between a line and those beside it, the first of these that there is room for"""
GUTTER = 40
"""how wide the room beside a column is in which lines pass a row"""
TURN = 8
"""how wide a bend is, in pixels"""


@dataclass(slots=True)
class Net:
    """One move out of one row: what shares a track."""

    transition: Transition
    sources: tuple[Box, ...]
    target: Box

    @property
    def leaves_below(self) -> bool:
        """Whether it leaves its boxes at their lower side; moves within the first row run above it."""
        row = self.sources[0].row
        return self.target.row > row or self.target.row == row > 0

    @property
    def enters_below(self) -> bool:
        """Whether it comes in at the lower side of its target."""
        row = self.sources[0].row
        return self.target.row < row or self.target.row == row > 0

    @property
    def first(self) -> int:
        """The channel that it leaves into; channel n lies above row n."""
        return self.sources[0].row + self.leaves_below

    @property
    def last(self) -> int:
        """The channel that it comes in from."""
        return self.target.row + self.enters_below


@dataclass(slots=True)
class Track:
    """A horizontal stretch of a net in one channel, and where lines join it from above and from below."""

    net: int
    channel: int
    above: list[float] = field(default_factory=list)
    below: list[float] = field(default_factory=list)
    y: float = 0

    @property
    def left(self) -> float:
        """Where it begins."""
        return min(self.above + self.below)

    @property
    def right(self) -> float:
        """Where it ends."""
        return max(self.above + self.below)


def split(
    transitions: Iterable[Transition], boxes: Mapping[str, Box]
) -> tuple[list[tuple[Transition, Box, Box]], list[Net]]:
    """What is drawn as a straight arrow between neighbours, and all the rest, row by row."""
    straight: list[tuple[Transition, Box, Box]] = []
    nets: list[Net] = []
    taken: set[int] = set()
    for transition in transitions:
        target = boxes[transition.target]
        rows: dict[object, list[Box]] = {}
        for source in (boxes[name] for name in transition.sources):
            if source.row == target.row == 0 and source.column + 1 == target.column and source.column not in taken:
                taken.add(source.column)
                straight.append((transition, source, target))
            else:
                # a move into the state itself is a loop of its own
                rows.setdefault("itself" if source is target else source.row, []).append(source)
        nets += [Net(transition, tuple(sources), target) for sources in rows.values()]
    return straight, nets


def ports_of(nets: Sequence[Net], lefts: Mapping[str, float]) -> list[dict[str, float]]:
    """For each net where its lines touch the boxes: state -> x, and "" -> x for the target."""
    sides: dict[tuple[int, str, bool], list[tuple[float, int, str]]] = {}
    for number, net in enumerate(nets):
        for source in net.sources:
            side = (source.row, source.state, net.leaves_below)
            sides.setdefault(side, []).append((net.target.column, number, source.state))
        side = (net.target.row, net.target.state, net.enters_below)
        mean = sum(source.column for source in net.sources) / len(net.sources)
        sides.setdefault(side, []).append((mean, number, ""))
    found: list[dict[str, float]] = [{} for _ in nets]
    taken: list[tuple[int, str, float]] = []
    for (row, state, below), ends in sorted(sides.items()):
        ends.sort()  # in the order of where they lead, so that lines from one box do not cross each other
        # labels may reach over the upper corners of the first row
        room = WIDTH * (0.5 if row == 0 and not below else 0.85)
        space = min(SPACE, room / max(1, len(ends) - 1))
        middle = lefts[state] + WIDTH / 2
        for place, (_, number, end) in enumerate(ends):
            wanted = middle + space * (place - (len(ends) - 1) / 2)
            others = [x for other, box, x in taken if other != number or box == state]
            across = _across(nets[number], end, found[number])
            x = next((x for x in across if _is_free(x, others, APART[0])), None)
            if x is None:
                steps = (wanted + sign * 2 * step for step in range(WIDTH) for sign in (-1, 1))
                within = [x for x in steps if abs(x - middle) <= room / 2]
                x = next((x for apart in APART for x in within if _is_free(x, others, apart)), wanted)
            found[number][end] = x
            taken.append((number, state, x))
    return found


def _across(net: Net, end: str, ports: Mapping[str, float]) -> list[float]:
    """Where the net already touches a box straight above or below this end of it."""
    if net.first != net.last or net.leaves_below == net.enters_below:
        return []
    if end:
        source = next(source for source in net.sources if source.state == end)
        return [ports[""]] if "" in ports and source.column == net.target.column else []
    return [ports[box.state] for box in net.sources if box.state in ports and box.column == net.target.column]


def _is_free(x: float, taken: Iterable[float], apart: float) -> bool:
    return all(abs(x - other) >= apart for other in taken)


def tracks_of(
    nets: Sequence[Net],
    ports: Sequence[Mapping[str, float]],
    boxes: Sequence[Box],
    lefts: Mapping[str, float],
) -> list[Track]:
    """One track for each net, and a second one where a row of boxes has to be passed beside its target's column."""
    tracks: list[Track] = []
    rows = [range(min(net.first, net.last), max(net.first, net.last)) for net in nets]
    beside = [
        number
        for number, net in enumerate(nets)
        if any(box.row in rows[number] and box.column == net.target.column for box in boxes)
    ]
    for number, net in enumerate(nets):
        arrives = ports[number][""]
        through, blocked = rows[number], number in beside
        if blocked:
            same = [other for other in beside if nets[other].target.column == net.target.column]
            arrives = lefts[net.target.state] - GUTTER * (same.index(number) + 1) / (len(same) + 1)
        track = Track(number, net.first)
        stubs = [ports[number][source.state] for source in net.sources]
        (track.above if net.leaves_below else track.below).extend(stubs)
        onward_down = net.last > net.first if blocked or through else not net.enters_below
        (track.below if onward_down else track.above).append(arrives)
        tracks.append(track)
        if blocked:
            second = Track(number, net.last)
            (second.above if onward_down else second.below).append(arrives)
            (second.above if net.enters_below else second.below).append(ports[number][""])
            tracks.append(second)
    return tracks


def _crossings(upper: Track, lower: Track) -> int:
    """How often they cross when the one lies above the other."""
    down = sum(lower.left <= x <= lower.right for x in upper.below)
    return down + sum(upper.left <= x <= upper.right for x in lower.above)


def in_order(channel: list[Track], nets: Sequence[Net]) -> list[Track]:
    """The tracks from top to bottom, moved past each other as long as that takes away crossings."""
    for _ in channel:
        for place in range(len(channel) - 1):
            upper, lower = channel[place : place + 2]
            if _crossings(lower, upper) < _crossings(upper, lower):
                channel[place : place + 2] = lower, upper
    for track in [track for track in channel if track.left == track.right]:
        # it runs straight down, so its label may stand at any height: where there is room beside the line
        rest = [other for other in channel if other is not track]
        width = label_width(nets[track.net].transition)
        now = channel.index(track)
        heights = [place for _, place in sorted((abs(place - now), place) for place in range(len(channel)))]
        best = next((place for place in heights if _has_room(track.left, width, rest[:place], rest[place:])), now)
        channel = [*rest[:best], track, *rest[best:]]
    return channel


def _has_room(x: float, width: float, upper: Iterable[Track], lower: Iterable[Track]) -> bool:
    """Whether a label fits beside a line at `x`, between these tracks."""
    passing = [other for track in upper for other in track.below] + [other for track in lower for other in track.above]
    reach = width + 2 * TURN
    return not any(x < other < x + reach for other in passing) or not any(x - reach < other < x for other in passing)

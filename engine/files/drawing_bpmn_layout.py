"""Where does each element of a BPMN diagram stand, and where does each arrow run?

Every state has a band of its own, in the order of the file: the way in, the state, and the events that lead out of it
one below the other. Arrows to one state share a track on the right, so that none runs through an element.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.rules.workflow import Workflow

Bounds = tuple[int, int, int, int]
"""left, top, width, height in pixels"""
Way = tuple[tuple[int, int], ...]
JOIN, TASK, WAIT, EVENT, TRACKS = 190, 300, 490, 680, 900
"""where each column begins, in pixels"""
TASK_SIZE, GATEWAY, CIRCLE = (130, 80), 50, 36
STEP, BAND, END_BAND, ABOVE, TRACK = 92, 150, 100, 34, 14
"""between two events, the least height of a band and of that of an end, the room above what stands in it, between two
tracks"""
LABEL = (190, 40)
MARGIN = 60


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands: element -> its bounds and those of its label, flow -> its points."""

    shapes: dict[str, Bounds] = field(default_factory=dict)
    labels: dict[str, Bounds] = field(default_factory=dict)
    ways: dict[str, Way] = field(default_factory=dict)


def lay_out(workflow: Workflow) -> Layout:
    """The diagram of a workflow whose elements have the names that drawing_bpmn.py gives them."""
    layout, top = Layout(), MARGIN
    tops: dict[str, int] = {}
    for state in workflow.states:
        tops[state] = top
        top += _band(workflow, state, top, layout)
    tracks = {state: TRACKS + TRACK * number for number, state in enumerate(workflow.states)}
    _enter(workflow, layout)
    for state in workflow.states:
        _leave(workflow, state, tops, tracks, layout)
    return layout


def _moves(workflow: Workflow, state: str) -> list[tuple[str, str]]:
    return [(move.name, move.target) for move in workflow.transitions.values() if state in move.sources]


def _joins(workflow: Workflow, state: str) -> bool:
    ways = sum(len(move.sources) for move in workflow.transitions.values() if move.target == state)
    return ways + (state == workflow.begins_in) > 1


def _centred(left: int, middle: int, width: int, height: int) -> Bounds:
    return left, middle - height // 2, width, height


def _band(workflow: Workflow, state: str, top: int, layout: Layout) -> int:
    """Place what belongs to a state, and give how high its band is."""
    moves = _moves(workflow, state)
    height = max(BAND if moves else END_BAND, ABOVE + STEP * len(moves) + 20)
    middle = top + ABOVE + (height - ABOVE) // 2
    if _joins(workflow, state):
        layout.shapes[f"join_{state}"] = _centred(JOIN, middle, GATEWAY, GATEWAY)
    if moves:
        layout.shapes[f"state_{state}"] = _centred(TASK, middle, *TASK_SIZE)
    else:
        layout.shapes[f"state_{state}"] = _centred(TASK, middle, CIRCLE, CIRCLE)
        layout.labels[f"state_{state}"] = (TASK + CIRCLE // 2 - LABEL[0] // 2, middle + CIRCLE // 2 + 4, LABEL[0], 24)
    if len(moves) > 1:
        layout.shapes[f"wait_{state}"] = _centred(WAIT, middle, GATEWAY, GATEWAY)
    first = middle - STEP * (len(moves) - 1) // 2
    for number, (move, _) in enumerate(moves):
        at, name = first + STEP * number, f"event_{state}.{move}"
        layout.shapes[name] = _centred(EVENT, at, CIRCLE, CIRCLE)
        layout.labels[name] = (EVENT + CIRCLE // 2 - LABEL[0] // 2, at + CIRCLE // 2 + 4, *LABEL)
    return height


def _enter(workflow: Workflow, layout: Layout) -> None:
    into = layout.shapes[_entry(workflow, workflow.begins_in)]
    middle = into[1] + into[3] // 2
    layout.shapes["start"] = _centred(MARGIN, middle, CIRCLE, CIRCLE)
    layout.labels["start"] = (MARGIN - 36, middle + CIRCLE // 2 + 4, 108, LABEL[1])
    layout.ways["enter"] = ((MARGIN + CIRCLE, middle), (into[0], middle))


def _entry(workflow: Workflow, state: str) -> str:
    return f"join_{state}" if _joins(workflow, state) else f"state_{state}"


def _leave(
    workflow: Workflow, state: str, tops: Mapping[str, int], tracks: Mapping[str, int], layout: Layout
) -> None:
    """The arrows within a state's band, and from its events to the states that they lead to."""
    own = layout.shapes[f"state_{state}"]
    middle, right = own[1] + own[3] // 2, own[0] + own[2]
    if _joins(workflow, state):
        layout.ways[f"joined_{state}"] = ((JOIN + GATEWAY, middle), (own[0], middle))
    moves = _moves(workflow, state)
    if len(moves) > 1:
        layout.ways[f"waits_{state}"] = ((right, middle), (WAIT, middle))
        right = WAIT + GATEWAY
    turn = WAIT + GATEWAY + 30
    for move, target in moves:
        event = layout.shapes[f"event_{state}.{move}"]
        at = event[1] + CIRCLE // 2
        straight = ((right, middle), (EVENT, at))
        layout.ways[f"until_{state}.{move}"] = (
            straight if at == middle else ((right, middle), (turn, middle), (turn, at), (EVENT, at))
        )
        into, channel = layout.shapes[_entry(workflow, target)], tops[target] + ABOVE // 2
        down = into[0] + into[2] // 2
        layout.ways[f"to_{state}.{move}"] = (
            (EVENT + CIRCLE, at), (tracks[target], at), (tracks[target], channel), (down, channel), (down, into[1]),
        )  # fmt: skip

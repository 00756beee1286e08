"""Where does each state stand in the picture of a workflow?

The way to the first end that is named runs in a row; detours stand in a row below it, and the other ends below those,
each as near as possible to the states that lead there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.rules.numbers import PerStrand
from engine.rules.workflow import Transition, Workflow

WIDTH, GAP, MARGIN = 152, 64, 40
TITLE, SMALL, LABEL = 14.0, 12.0, 12.5
"""text sizes in pixels"""
LINE, SMALL_LINE, PADDING = 18, 15, 12
GLYPH = 18
"""the room that the sign before a label takes, in pixels"""
HUES = ("blue", "violet", "teal", "amber", "green", "rose")


@dataclass(frozen=True, slots=True)
class Box:
    """One state: its place in the grid, its lines of text, the hue of its phase."""

    state: str
    column: int
    row: int
    title: tuple[str, ...]
    phase: tuple[str, ...]
    hue: str
    ends: bool
    under: tuple[str, ...] = ()
    """a line of figures below the others"""

    @property
    def text_height(self) -> int:
        """How high the lines are together, in pixels."""
        small = len(self.phase) + len(self.under)
        return len(self.title) * LINE + small * SMALL_LINE + (2 if small else 0)

    @property
    def height(self) -> int:
        """How high the box has to be, in pixels."""
        return self.text_height + 2 * PADDING


def text_width(text: str, size: float) -> float:
    """About how wide a text is in a sans-serif face, rather too wide than too narrow."""
    ems = 0.0
    for sign in text:
        if sign in "ijlftrI.,:;'’|!()[] ":
            ems += 0.36
        elif sign in "mwMW@":
            ems += 0.92
        else:
            ems += 0.74 if sign.isupper() else 0.6
    return ems * size


def wrap(text: str, width: float, size: float) -> tuple[str, ...]:
    """The text in lines no wider than `width` pixels; a word that is too wide is cut with an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
            continue
        if text_width(word, size) > width:
            while word and text_width(f"{word}…", size) > width:
                word = word[:-1]
            word += "…"
        lines.append(word)
    return tuple(lines)


def caption(transition: Transition) -> str:
    """What stands beside an arrow: the name of the move, and its cap."""
    cap = transition.guard("at_most")
    return transition.name.replace("_", " ") + (f" ≤ {in_few_signs(cap.value)}" if cap else "")


def in_few_signs(value: object) -> str:
    """A cap in few signs: one for each strand beside one another, without their names."""
    return " / ".join(str(one) for one in value.of.values()) if isinstance(value, PerStrand) else str(value)


def label_width(transition: Transition) -> float:
    """How wide the label with its sign is."""
    return GLYPH + text_width(caption(transition), LABEL)


def happy_path(workflow: Workflow) -> tuple[str, ...]:
    """The longest way from where a dossier begins to the first end that can be reached, forward in the file's order.

    Where that end is reached without, nobody waits for a place on it: a reserve list is a detour.
    """
    moves = workflow.transitions.values()
    sure = _longest(workflow, [one for one in moves if not one.frees])
    every = _longest(workflow, list(moves))
    ends = [end for end in workflow.ends_in if end in every]
    return sure.get(ends[0], every[ends[0]]) if ends else max(every.values(), key=len)


def _longest(workflow: Workflow, moves: Sequence[Transition]) -> Mapping[str, tuple[str, ...]]:
    """state -> the longest way there by these moves, forward in the file's order."""
    order = {name: place for place, name in enumerate(workflow.states)}
    longest: dict[str, tuple[str, ...]] = {workflow.begins_in: (workflow.begins_in,)}
    for state in workflow.states:
        if state not in longest:
            continue
        for transition in moves:
            target = transition.target
            further = (*longest[state], target)
            if (
                state in transition.sources
                and order[target] > order[state]
                and len(further) > len(longest.get(target, ()))
            ):
                longest[target] = further
    return longest


def place(
    workflow: Workflow, words: Callable[[str], str], under: Mapping[str, str] | None = None
) -> tuple[Box, ...]:
    """A box for each state, in the order of the file; `words` translates its title and its phase's.

    What stands `under` a state's name, such as how many dossiers are in it, has a line of its own.
    """
    path = happy_path(workflow)
    columns = {state: column for column, state in enumerate(path)}
    rows = dict.fromkeys(path, 0)
    leaves = {source for transition in workflow.transitions.values() for source in transition.sources}
    others = [state for state in workflow.states if state not in rows]
    detours = [state for state in others if state in leaves or state not in workflow.ends_in]
    for row in filter(None, (detours, [state for state in others if state not in detours])):
        number = max(rows.values()) + 1
        wanted = {state: _wanted(workflow, state, columns) for state in row}
        placed = sorted(row, key=lambda state: wanted[state])
        columns |= zip(placed, _spread([wanted[state] for state in placed], len(path)), strict=True)
        rows |= dict.fromkeys(row, number)
    phases = dict.fromkeys(state.phase for state in workflow.states.values() if state.phase)
    hues = {phase: HUES[number % len(HUES)] for number, phase in enumerate(phases)}
    return tuple(
        Box(
            state=name,
            column=columns[name],
            row=rows[name],
            title=wrap(words(state.title), WIDTH - 2 * PADDING, TITLE),
            phase=wrap(words(workflow.phases[state.phase]), WIDTH - 2 * PADDING, SMALL) if state.phase else (),
            hue=hues[state.phase] if state.phase else "grey",
            ends=name in workflow.ends_in,
            under=(under[name],) if under and under.get(name) else (),
        )
        for name, state in workflow.states.items()
    )


def _wanted(workflow: Workflow, state: str, columns: dict[str, int]) -> float:
    """The mean column of the neighbours that have a place already."""
    near = list(_neighbours(workflow, state, columns))
    return sum(near) / len(near) if near else 0.0


def _neighbours(workflow: Workflow, state: str, columns: dict[str, int]) -> Iterable[int]:
    for transition in workflow.transitions.values():
        if transition.target == state:
            yield from (columns[source] for source in transition.sources if source in columns)
        elif state in transition.sources and transition.target in columns:
            yield columns[transition.target]


def _spread(wanted: Sequence[float], width: int) -> list[int]:
    """Distinct columns in that order, as near as possible to what is wanted, within the width where they fit."""
    found: list[int] = []
    for column in wanted:
        found.append(max(round(column), found[-1] + 1 if found else 0))
    limit = max(width, len(found))
    for place in reversed(range(len(found))):
        limit -= 1
        found[place] = min(found[place], limit)
        limit = found[place]
    return found

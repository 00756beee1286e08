"""Does a letter name only what it is given?

Looked up in what Jinja reads, not by trying: a name in a branch that is rarely taken is found as well.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import nodes

from engine.errors import did_you_mean
from notifications.letters import BODY
from notifications.shapes import A, Each, Shape

SAME_MEMBERS = ("list", "reverse", "sort", "unique", "selectattr", "rejectattr", "select", "reject")
FIRST_MEMBER = ("first", "last", "random", "max", "min")
Scope = Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class Misnamed:
    """A name that the letter is not given, and the line on which it stands."""

    line: int
    sentence: str


def misnamed(text: str, given: Scope) -> list[Misnamed]:
    """All names in a letter's text that are not among those given, in the order of the lines."""
    found = list(_walk(BODY.parse(text), {**given, **dict.fromkeys(BODY.globals, A)}))
    return sorted(set(found), key=lambda misname: (misname.line, misname.sentence))


def _walk(node: nodes.Node, scope: Scope) -> Iterator[Misnamed]:
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in scope:
        yield Misnamed(node.lineno, f'this letter is not given "{node.name}"{did_you_mean(node.name, scope)}')
    if isinstance(node, nodes.Getattr):
        yield from _part(node, node.attr, scope)
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        yield from _part(node, node.arg.value, scope)
    if isinstance(node, nodes.For):
        yield from _walk(node.iter, scope)
        inner = {**scope, "loop": A, **_bound(node.target, _member(_shape(node.iter, scope)))}
        for part in (*([node.test] if node.test else ()), *node.body):
            yield from _walk(part, inner)
        for part in node.else_:
            yield from _walk(part, scope)
        return
    inner = dict(scope)
    for child in node.iter_child_nodes():
        yield from _walk(child, inner)
        if isinstance(child, nodes.Assign):
            inner |= _bound(child.target, _shape(child.node, inner))
        elif isinstance(child, nodes.AssignBlock):
            inner |= _bound(child.target, A)


def _part(node: nodes.Getattr | nodes.Getitem, name: str, scope: Scope) -> Iterator[Misnamed]:
    whole = _shape(node.node, scope)
    if isinstance(whole, Mapping) and name not in whole:
        called = _called(node.node)
        yield Misnamed(node.lineno, f'"{called}" has no "{name}"{did_you_mean(name, whole)}')


def _called(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_called(node.node)}.{node.attr}"
    return "it"


def _shape(node: nodes.Node, scope: Scope) -> Shape:
    """What an expression consists of; a Whole where that cannot be said."""
    if isinstance(node, nodes.Name):
        return scope.get(node.name, A)
    if isinstance(node, nodes.Getattr):
        return _of(_shape(node.node, scope), node.attr)
    if isinstance(node, nodes.Getitem):
        whole = _shape(node.node, scope)
        if isinstance(whole, Each):
            return whole if isinstance(node.arg, nodes.Slice) else whole.member
        if isinstance(node.arg, nodes.Const):
            return _of(whole, str(node.arg.value))
        # meeting[item.meeting]: whichever it is, they are all alike
        return next(iter(whole.values()), A) if isinstance(whole, Mapping) else A
    if isinstance(node, nodes.Filter) and node.node is not None:
        whole = _shape(node.node, scope)
        if node.name in SAME_MEMBERS:
            return whole
        if node.name in FIRST_MEMBER:
            return _member(whole)
    return A


def _of(whole: Shape, name: str) -> Shape:
    return whole.get(name, A) if isinstance(whole, Mapping) else A


def _member(whole: Shape) -> Shape:
    return whole.member if isinstance(whole, Each) else A


def _bound(target: nodes.Node, shape: Shape) -> dict[str, Shape]:
    """The names that a loop or an assignment makes."""
    if isinstance(target, nodes.Name):
        return {target.name: shape}
    return {name.name: A for name in target.find_all(nodes.Name)}

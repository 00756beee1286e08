"""How is a workflow written as BPMN 2.0, for the tools that draw and check processes?

Business Process Model and Notation 2.0 (https://www.omg.org/spec/BPMN/2.0/). A state is a task; behind it a dossier
waits for the first event to happen: a message where a person acts, a timer where the calendar does, a signal where a
place frees. Where each of them stands is in drawing_bpmn_layout.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from engine.files.drawing_bpmn_layout import Bounds, Layout, Way, lay_out
from engine.files.layout import caption
from engine.files.prose_words import Voice, sentence
from engine.files.reading import Programme
from engine.rules.workflow import Transition, Workflow

SPACES = {
    "xmlns": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "xmlns:bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "xmlns:dc": "http://www.omg.org/spec/DD/20100524/DC",
    "xmlns:di": "http://www.omg.org/spec/DD/20100524/DI",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "targetNamespace": "urn:grantcycle:workflow",
}

LENGTHS = {"working day": "D", "day": "D", "week": "W", "month": "M", "year": "Y"}
"""the units of a duration in ISO 8601, which knows no working days"""


@dataclass(frozen=True, slots=True)
class Flow:
    """An arrow from one element to another."""

    id: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Node:
    """An element of the process; `inside` is XML of its own."""

    id: str
    kind: str
    name: str = ""
    inside: str = ""


def draw_bpmn(programme: Programme, language: str) -> str:
    """The process and its diagram, which any BPMN tool opens; the same bytes for the same workflow."""
    voice = Voice(programme, None, language)
    nodes, flows = tuple(_nodes(voice)), tuple(_flows(voice.workflow))
    return "\n".join(_document(voice, nodes, flows, lay_out(voice.workflow))) + "\n"


def moves_out(workflow: Workflow, state: str) -> tuple[Transition, ...]:
    """What may happen to a dossier that stands in a state, in the order of the file."""
    return tuple(move for move in workflow.transitions.values() if state in move.sources)


def entry(workflow: Workflow, state: str) -> str:
    """The element by which a state is entered: a gateway where several ways come together, else the state's own."""
    ways = sum(len(move.sources) for move in workflow.transitions.values() if move.target == state)
    return f"join_{state}" if ways + (state == workflow.begins_in) > 1 else f"state_{state}"


def _nodes(voice: Voice) -> Iterator[Node]:
    workflow = voice.workflow
    yield Node("start", "startEvent", voice.words(workflow.title))
    for state in workflow.states.values():
        title, moves = voice.words(state.title), moves_out(workflow, state.name)
        if entry(workflow, state.name).startswith("join_"):
            yield Node(f"join_{state.name}", "exclusiveGateway")
        yield Node(f"state_{state.name}", "task" if moves else "endEvent", title)
        if len(moves) > 1:
            yield Node(f"wait_{state.name}", "eventBasedGateway")
        for move in moves:
            name = f"{sentence(caption(move))}: {_cause(voice, move)}"
            yield Node(f"event_{state.name}.{move.name}", "intermediateCatchEvent", name, _definition(move))


def _cause(voice: Voice, move: Transition) -> str:
    """Who or what makes it happen."""
    if move.by:
        return voice.role(move.by)
    if move.after:
        return voice.say("stays so long", spans=voice.span(move.after))
    if move.own:
        return voice.own(move.own)
    return voice.at(move.moment) if move.moment else voice.say("legend place")


def _definition(move: Transition) -> str:
    if move.by:
        return "<messageEventDefinition/>"
    if move.after:
        length = f"P{move.after.count}{LENGTHS[move.after.unit]}"
        return _timer(f'<timeDuration xsi:type="tFormalExpression">{length}</timeDuration>')
    if move.moment:
        return _timer(f'<timeDate xsi:type="tFormalExpression">{escape(str(move.moment))}</timeDate>')
    if move.own:
        return _timer(f'<timeDate xsi:type="tFormalExpression">{escape(str(move.own))}</timeDate>')
    return "<signalEventDefinition/>"


def _timer(inside: str) -> str:
    return f"<timerEventDefinition>{inside}</timerEventDefinition>"


def _flows(workflow: Workflow) -> Iterator[Flow]:
    yield Flow("enter", "start", entry(workflow, workflow.begins_in))
    for state in workflow.states:
        moves = moves_out(workflow, state)
        if entry(workflow, state) != f"state_{state}":
            yield Flow(f"joined_{state}", f"join_{state}", f"state_{state}")
        wait = f"state_{state}"
        if len(moves) > 1:
            wait = f"wait_{state}"
            yield Flow(f"waits_{state}", f"state_{state}", wait)
        for move in moves:
            event = f"event_{state}.{move.name}"
            yield Flow(f"until_{state}.{move.name}", wait, event)
            yield Flow(f"to_{state}.{move.name}", event, entry(workflow, move.target))


def _document(voice: Voice, nodes: tuple[Node, ...], flows: tuple[Flow, ...], layout: Layout) -> Iterator[str]:
    spaces = " ".join(f"{name}={quoteattr(value)}" for name, value in SPACES.items())
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<definitions id="definitions" {spaces}>'
    title = quoteattr(voice.words(voice.workflow.title))
    yield f'  <process id="process" name={title} isExecutable="false">'
    for node in nodes:
        yield from _node(node, flows)
    for flow in flows:
        yield f'    <sequenceFlow id="{flow.id}" sourceRef="{flow.source}" targetRef="{flow.target}"/>'
    yield "  </process>"
    yield '  <bpmndi:BPMNDiagram id="diagram">'
    yield '    <bpmndi:BPMNPlane id="plane" bpmnElement="process">'
    for node in nodes:
        yield from _shape(node, layout)
    for flow in flows:
        yield from _edge(flow, layout.ways[flow.id])
    yield "    </bpmndi:BPMNPlane>"
    yield "  </bpmndi:BPMNDiagram>"
    yield "</definitions>"


def _node(node: Node, flows: tuple[Flow, ...]) -> Iterator[str]:
    name = f" name={quoteattr(node.name)}" if node.name else ""
    yield f'    <{node.kind} id="{node.id}"{name}>'
    yield from (f"      <incoming>{flow.id}</incoming>" for flow in flows if flow.target == node.id)
    yield from (f"      <outgoing>{flow.id}</outgoing>" for flow in flows if flow.source == node.id)
    if node.inside:
        yield f"      {node.inside}"
    yield f"    </{node.kind}>"


def _shape(node: Node, layout: Layout) -> Iterator[str]:
    yield f'      <bpmndi:BPMNShape id="{node.id}_shape" bpmnElement="{node.id}">'
    yield f"        {_bounds(layout.shapes[node.id])}"
    if node.id in layout.labels:
        yield f"        <bpmndi:BPMNLabel>{_bounds(layout.labels[node.id])}</bpmndi:BPMNLabel>"
    yield "      </bpmndi:BPMNShape>"


def _bounds(bounds: Bounds) -> str:
    x, y, width, height = bounds
    return f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'


def _edge(flow: Flow, way: Way) -> Iterator[str]:
    points = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in way)
    yield f'      <bpmndi:BPMNEdge id="{flow.id}_edge" bpmnElement="{flow.id}">{points}</bpmndi:BPMNEdge>'

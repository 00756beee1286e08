"""Do the drawings for other tools say what the workflow says?"""

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from learning_network import learning_network

from engine.files.drawing_bpmn import draw_bpmn
from engine.files.drawing_bpmn_layout import lay_out
from engine.files.drawing_scxml import draw_scxml, event
from engine.files.reading import Programme, load, read_programme

SCXML = "{http://www.w3.org/2005/07/scxml}"
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CERA = Path(__file__).parents[3] / "workflows" / "cera-impuls"


@pytest.fixture(scope="module")
def cera() -> Programme:
    return load(CERA)


@pytest.fixture(scope="module", params=["cera", "learning network"])
def programme(request: pytest.FixtureRequest, cera: Programme) -> Programme:
    return cera if request.param == "cera" else learning_network()


def test_scxml_has_each_state_and_each_move_of_it(programme: Programme) -> None:
    tree = ElementTree.fromstring(draw_scxml(programme, "en"))
    moves = [
        (state.get("id"), move.get("event"), move.get("target"))
        for state in tree.iter(f"{SCXML}state") for move in state.iter(f"{SCXML}transition")
    ]  # fmt: skip
    assert sorted(moves) == sorted(
        (source, event(move), move.target)
        for move in programme.workflow.transitions.values() for source in move.sources
    )  # fmt: skip
    ids = [one.get("id") for one in tree]
    assert (tree.get("initial"), ids) == (programme.workflow.begins_in, list(programme.workflow.states))


def test_an_end_is_final_in_scxml(cera: Programme) -> None:
    tree = ElementTree.fromstring(draw_scxml(cera, "nl"))
    assert [one.get("id") for one in tree.iter(f"{SCXML}final")] == [
        "completed", "declined", "lapsed", "withdrawn", "stopped",
    ]  # fmt: skip


def test_scxml_tells_an_act_a_verdict_and_the_calendar_apart(cera: Programme) -> None:
    moves = cera.workflow.transitions
    assert [event(moves[name]) for name in ("submit", "award", "lapse")] == [
        "act.submit", "verdict.award", "calendar.lapse",
    ]  # fmt: skip


def test_a_title_with_hyphens_makes_no_broken_comment() -> None:
    text = draw_scxml(learning_network_with("Member -- and -->"), "en")
    assert ElementTree.fromstring(text).tag == f"{SCXML}scxml"


def learning_network_with(title: str) -> Programme:
    """The learning network, one of whose states is called otherwise."""
    files = dict(learning_network().files)
    files["workflow.toml"] = files["workflow.toml"].replace('"Member"', f'"{title}"')
    return read_programme("learning-network", files, "")


def test_bpmn_leads_from_each_state_by_each_move_to_its_target(programme: Programme) -> None:
    process = ElementTree.fromstring(draw_bpmn(programme, "en"))[0]
    onward: dict[str | None, list[str]] = {}
    for flow in process.iter(f"{MODEL}sequenceFlow"):
        onward.setdefault(flow.get("sourceRef"), []).append(flow.get("targetRef") or "")

    def states(at: str) -> set[str]:
        """The states that come next, whatever gateways and events lie between."""
        if at.startswith("state_"):
            return {at.removeprefix("state_")}
        return {state for after in onward[at] for state in states(after)}

    found = {
        (state, after.partition(".")[2], target)
        for state in programme.workflow.states
        for wait in onward.get(f"state_{state}", [])
        for after in (onward[wait] if wait.startswith("wait_") else [wait])
        for target in states(after)
    }
    assert found == {
        (source, move.name, move.target) for move in programme.workflow.transitions.values() for source in move.sources
    }
    assert states("start") == {programme.workflow.begins_in}


def test_bpmn_waits_for_people_the_calendar_and_a_place_by_their_own_kinds_of_event() -> None:
    process = ElementTree.fromstring(draw_bpmn(learning_network(), "en"))[0]
    kinds = {}
    for one in process.iter(f"{MODEL}intermediateCatchEvent"):
        kinds[(one.get("id") or "").partition(".")[2]] = one[-1].tag.removeprefix(MODEL)
    workflow = learning_network().workflow
    assert kinds == {
        name: f"{'message' if move.by else 'timer' if move.moment else 'signal'}EventDefinition"
        for name, move in workflow.transitions.items()
    }  # fmt: skip
    assert set(kinds.values()) == {"messageEventDefinition", "timerEventDefinition", "signalEventDefinition"}


def test_no_two_elements_of_the_diagram_overlap(programme: Programme) -> None:
    shapes = sorted(lay_out(programme.workflow).shapes.items())
    assert [
        (one, other) for place, (one, a) in enumerate(shapes) for other, b in shapes[place + 1:]
        if a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
    ] == []  # fmt: skip


def test_no_arrow_of_the_diagram_runs_through_an_element(programme: Programme) -> None:
    layout = lay_out(programme.workflow)
    through = []
    for flow, way in layout.ways.items():
        for (x, y), (u, v) in pairwise(way):
            for name, (left, top, width, height) in layout.shapes.items():
                if (max(x, u) > left and min(x, u) < left + width) and (max(y, v) > top and min(y, v) < top + height):
                    through.append((flow, name))
    assert through == []


def test_the_titles_are_those_of_the_language(cera: Programme) -> None:
    assert ['name="Approved"' in draw_bpmn(cera, "en"), 'name="Goedgekeurd"' in draw_bpmn(cera, "nl")] == [True, True]
    assert ["<!-- Approved -->" in draw_scxml(cera, "en"), "<!-- Goedgekeurd -->" in draw_scxml(cera, "nl")] == [
        True, True,
    ]  # fmt: skip

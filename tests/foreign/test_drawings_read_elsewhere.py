"""Do tools that are not ours accept our drawings? A linter of BPMN, a compiler of SCXML, Mermaid itself."""

import json
import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from learning_network import learning_network
from playwright.sync_api import sync_playwright
from programs import folder_of, node
from tools import tool, without

from engine.files.drawing import draw_mermaid
from engine.files.drawing_bpmn import draw_bpmn
from engine.files.drawing_scxml import draw_scxml
from engine.files.reading import Programme, load

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "workflows", ROOT / "tests" / "story" / "programmes")
QSCXMLC = Path("/usr/lib/qt5/bin/qscxmlc")
QUIET = ("--no-sandbox", "--disable-gpu")
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def programmes() -> dict[str, Programme]:
    """Every programme in a folder, and one in which a place frees."""
    written = {
        path.parent.name: load(path.parent) for folder in FOLDERS for path in sorted(folder.glob("*/workflow.toml"))
    }
    return {**written, "learning-network": learning_network()}


def linted(folder: Path, files: dict[str, str]) -> tuple[int, str]:
    """What bpmnlint says of these files under its recommended rules: its exit and what it found."""
    programs = folder_of("bpmnlint")
    (folder / ".bpmnlintrc").write_text(json.dumps({"extends": "bpmnlint:recommended"}))
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [node(programs), str(programs / "bpmnlint" / "bin" / "bpmnlint.js"), *files], cwd=folder, capture_output=True,
        text=True, check=False, timeout=120, env={**os.environ, "NODE_PATH": str(programs)},
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).strip()


def test_the_linter_of_bpmn_finds_nothing_in_our_processes(tmp_path: Path) -> None:
    drawings = {f"{name}-{language}.bpmn": draw_bpmn(programme, language)
                for name, programme in programmes().items() for language in programme.workflow.languages}  # fmt: skip
    assert linted(tmp_path, drawings) == (0, "")


def test_and_it_does_look(tmp_path: Path) -> None:
    broken = draw_bpmn(learning_network(), "en").replace("endEvent", "task")
    code, found = linted(tmp_path, {"broken.bpmn": broken})
    assert (code, "end-event-required" in found) == (1, True)


def compiled(folder: Path, text: str) -> tuple[int, str]:
    """What Qt's compiler of state machines says of a document."""
    if not QSCXMLC.is_file():
        without("needs qscxmlc: install the package libqt5scxml5-bin")
    (folder / "machine.scxml").write_text(text, encoding="utf-8")
    done = subprocess.run([QSCXMLC, "machine.scxml"], cwd=folder, capture_output=True, text=True, check=False,
                          timeout=60)  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", programmes())
def test_the_compiler_of_state_machines_accepts_ours(tmp_path: Path, name: str) -> None:
    assert compiled(tmp_path, draw_scxml(programmes()[name], programmes()[name].workflow.language)) == (0, "")
    # each event of ours is an event of the machine that came of it
    machine = (tmp_path / "machine.cpp").read_text(encoding="utf-8")
    events = {event for word in ("act.", "verdict.", "calendar.") for event in machine.split('"') if word in event}
    tree = ElementTree.fromstring(draw_scxml(programmes()[name], programmes()[name].workflow.language))
    expected = {one.get("event", "") for one in tree.iter() if one.get("event")}
    assert {event for event in expected if any(event in one for one in events)} == expected


def test_and_it_refuses_a_move_to_nowhere(tmp_path: Path) -> None:
    code, said = compiled(tmp_path, draw_scxml(learning_network(), "en").replace('target="member"', 'target="nobody"'))
    assert (code != 0, "nobody" in said) == (True, True)


def test_mermaid_draws_each_state_of_ours() -> None:
    script = (folder_of("mermaid") / "mermaid" / "dist" / "mermaid.min.js").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tool("chromium", "chromium"), args=list(QUIET))
        try:
            page = browser.new_page()
            page.set_content("<main></main>")
            page.add_script_tag(content=script)
            for programme in programmes().values():
                svg = page.evaluate(
                    "async text => (await mermaid.render('drawn', text)).svg",
                    draw_mermaid(programme, programme.workflow.language),
                )
                titles = [state.title for state in programme.workflow.states.values()]
                page.set_content(svg)
                shown = page.locator("body").inner_text()
                page.set_content("<main></main>")
                assert [title for title in titles if title not in shown] == []
            with pytest.raises(Exception, match="Parse error"):
                page.evaluate("async text => await mermaid.parse(text)", "stateDiagram-v2\n  a --> --> b")
        finally:
            browser.close()

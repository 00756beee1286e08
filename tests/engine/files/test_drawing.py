"""Is the picture of a workflow complete, legible and always the same?"""

import subprocess
import sys
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_network import learning_network
from on_disk import WRITTEN, programme_in
from small_prizes import drawn, small_prizes

from engine.files.drawing import HEAD, draw_mermaid, draw_svg
from engine.files.drawing_lines import Picture, route
from engine.files.layout import WIDTH, caption, happy_path, place, wrap
from engine.files.reading import Programme, load
from engine.rules.workflow import Transition

SVG = "{http://www.w3.org/2000/svg}"
Area = tuple[float, float, float, float]
CERA = Path(__file__).parents[3] / "workflows" / "cera-impuls"
HARD = drawn(
    ["draft", "received", "check", "incomplete", "review", "pitch", "agreed", "declined", "withdrawn"],
    ["agreed", "declined", "withdrawn"],
    [
        ("submit", ["draft"], "received", "applicant"),
        ("acknowledge", ["received"], "check", "calendar"),
        ("eligible", ["check"], "review", "staff"),
        ("documents_missing", ["check"], "incomplete", "staff"),
        ("resubmit", ["incomplete"], "check", "applicant"),
        ("no_reply", ["incomplete"], "withdrawn", "calendar"),
        ("not_eligible", ["check"], "declined", "staff"),
        ("rank", ["review"], "pitch", "calendar"),
        ("decline", ["review", "pitch"], "declined", "jury"),
        ("fund", ["pitch"], "agreed", "jury"),
        ("correct", ["received", "incomplete"], "received", "applicant"),
        ("reconsider", ["declined"], "review", "staff"),
        ("give_up", ["draft", "received", "incomplete", "pitch"], "withdrawn", "applicant"),
        ("reopen", ["withdrawn", "declined"], "draft", "staff"),
    ],
)


@pytest.fixture(scope="module")
def cera() -> Programme:
    return load(CERA)


def picture_of(programme: Programme) -> Picture:
    boxes = place(programme.workflow, lambda text: programme.translate(text, programme.workflow.language))
    return route(programme.workflow.transitions.values(), boxes, HEAD)


def boxes_of(picture: Picture) -> list[Area]:
    return [(left, top, left + WIDTH, top + high) for _, left, top, high in picture.boxes.values()]


def labels_of(picture: Picture) -> list[Area]:
    return [(label.x, label.y, label.x + label.width, label.y + label.height) for label in picture.labels]


def stretches_of(picture: Picture) -> list[tuple[Transition, Area]]:
    """Every straight stretch of every line, as an area without a width."""
    return [
        (line.transition, (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])))
        for line in picture.lines
        for a, b in pairwise(line.points)
    ]


def overlap(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def covers(one: Area, other: Area) -> bool:
    """Whether two stretches lie on each other for more than a point."""
    for across, along in ((0, 1), (1, 0)):
        flat = one[across] == one[across + 2] == other[across] == other[across + 2]
        if flat and min(one[along + 2], other[along + 2]) - max(one[along], other[along]) > 0.5:
            return True
    return False


def complaints(picture: Picture) -> list[str]:
    """What makes a picture illegible."""
    boxes, labels, stretches = boxes_of(picture), labels_of(picture), stretches_of(picture)
    found = ["two boxes overlap" for one, other in combinations(boxes, 2) if overlap(one, other)]
    found += ["two labels overlap" for one, other in combinations(labels, 2) if overlap(one, other)]
    found += ["a label lies on a box" for label in labels for box in boxes if overlap(label, box)]
    found += [
        f"{transition.name} runs through a box" for transition, way in stretches for box in boxes if overlap(way, box)
    ]
    found += [
        f"{one.name} and {other.name} cover each other"
        for (one, way), (other, course) in combinations(stretches, 2)
        if one is not other and covers(way, course)
    ]
    right, bottom = picture.width, picture.height
    found += ["something lies outside" for x, y, far, low in (*boxes, *labels) if min(x, y) < 0 or far > right]
    found += ["something lies below" for *_, low in (*boxes, *labels) if low > bottom]
    return found


@pytest.mark.parametrize("programme", [small_prizes(), HARD], ids=["small", "hard"])
def test_nothing_covers_anything_else(programme: Programme) -> None:
    assert complaints(picture_of(programme)) == []


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_in_the_reference_picture_no_line_passes_under_a_label(cera: Programme, language: str) -> None:
    boxes = place(cera.workflow, lambda text: cera.translate(text, language))
    picture = route(cera.workflow.transitions.values(), boxes, HEAD)
    assert complaints(picture) == []
    ways = stretches_of(picture)
    assert [label for label in labels_of(picture) for _, way in ways if overlap(label, way)] == []


def test_the_reference_picture_has_eight_states_in_a_row_and_its_ways_out_below(cera: Programme) -> None:
    picture = picture_of(cera)
    rows = [[state for state, (box, *_) in picture.boxes.items() if box.row == row] for row in range(3)]
    assert rows == [
        ["draft", "submitted", "in_preselection", "shortlisted", "awarded", "in_rollout", "in_evaluation", "completed"],
        ["declined", "lapsed", "withdrawn", "stopped"],
        [],
    ]
    arriving = Counter(line.transition.name for line in picture.lines if line.arrives)
    assert arriving == dict.fromkeys(cera.workflow.transitions, 1)  # withdraw and stop share their tracks


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_workflow_gives_a_sane_picture(data: st.DataObject) -> None:
    states = [f"state_{number}" for number in range(data.draw(st.integers(2, 8)))]
    moves = data.draw(
        st.lists(
            st.tuples(
                st.lists(st.sampled_from(states), min_size=1, max_size=4, unique=True),
                st.sampled_from(states),
                st.sampled_from(["applicant", "staff", "calendar"]),
            ),
            max_size=12,
        )
    )
    ends = data.draw(st.lists(st.sampled_from(states), min_size=1, unique=True))
    programme = drawn(states, ends, [(f"move_{number}", *move) for number, move in enumerate(moves)])
    picture = picture_of(programme)
    assert complaints(picture) == []
    assert {label.text for label in picture.labels} == {f"move {number}" for number in range(len(moves))}
    ElementTree.fromstring(draw_svg(programme, "en"))


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_the_svg_is_well_formed_and_shows_each_state_once(cera: Programme, language: str) -> None:
    tree = ElementTree.fromstring(draw_svg(cera, language))
    ids = Counter(node.get("id") for node in tree.iter(f"{SVG}g") if node.get("id"))
    assert ids == {f"state-{state}": 1 for state in cera.workflow.states}
    texts = [node.text for node in tree.iter(f"{SVG}text")]
    captions = [caption(transition) for transition in cera.workflow.transitions.values()]
    assert [texts.count(text) for text in captions] == [1] * len(captions)


def test_the_svg_says_in_words_what_it_shows(cera: Programme) -> None:
    tree = ElementTree.fromstring(draw_svg(cera, "nl"))
    assert (tree.get("role"), tree.get("aria-labelledby")) == ("img", "wf-title wf-desc")
    told = tree.findtext(f"{SVG}desc") or ""
    assert tree.findtext(f"{SVG}title") == "Cera Impulsprogramma"
    assert [name for name in cera.workflow.transitions if f"`{name}`: van " not in told] == []


def test_the_svg_needs_nothing_from_elsewhere(cera: Programme) -> None:
    svg = draw_svg(cera, "nl").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert [word for word in ("http", "<script", "@import", "url(") if word in svg.replace("url(#wf-", "")] == []
    assert "@media (prefers-color-scheme:dark)" in svg


def test_signs_of_markup_in_a_title_stay_text() -> None:
    programme = drawn(["a", "b"], ["b"], [("go", ["a"], "b", "staff")])
    programme = Programme(**{**vars(programme), "words": {"en": {"a": 'A <b> & "c"'}}})
    tree = ElementTree.fromstring(draw_svg(programme, "en"))
    assert 'A <b> & "c"' in [node.text for node in tree.iter(f"{SVG}text")]
    assert '    state "A <b> & #quot;c#quot;" as a\n' in draw_mermaid(programme, "en")


def test_the_bytes_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "import hashlib, pathlib, sys; from engine.files.drawing import draw_svg;"
        "from engine.files.reading import load;"
        "print(hashlib.sha256(draw_svg(load(pathlib.Path(sys.argv[1])), 'fr').encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code, str(CERA)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(CERA.parents[1])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_mermaid_lists_each_transition_of_each_state(cera: Programme) -> None:
    lines = draw_mermaid(cera, "nl").splitlines()
    assert lines[:3] == ["stateDiagram-v2", "    direction LR", '    state "Ontwerp" as draft']
    arrows = [line.split(" : ")[0].strip() for line in lines if " : " in line]
    moves = cera.workflow.transitions.values()
    assert arrows == [f"{source} --> {move.target}" for move in moves for source in move.sources]
    assert "    in_preselection --> shortlisted : shortlist ≤ 12 (jury)" in lines
    assert [line.strip() for line in lines if "[*]" in line] == [
        "[*] --> draft",
        *(f"{end} --> [*]" for end in cera.workflow.ends_in),
    ]


def test_the_first_row_leads_to_the_first_end_that_is_named() -> None:
    assert happy_path(HARD.workflow) == ("draft", "received", "check", "review", "pitch", "agreed")
    assert happy_path(small_prizes().workflow) == ("draft", "read", "won")
    waits = programme_in(WRITTEN / "residencies").workflow
    assert happy_path(waits) == ("draft", "handed", "heard", "resident", "back")  # a reserve list is a detour
    loop = drawn(["a", "b"], ["b"], [("stay", ["a"], "a", "staff")])
    assert happy_path(loop.workflow) == ("a",)


def test_long_titles_are_wrapped_and_words_too_long_are_cut() -> None:
    assert wrap("Uitgenodigd voor de pitch", 130, 14) == ("Uitgenodigd voor", "de pitch")
    assert wrap("Verantwoordelijkheidsverklaring", 130, 14) == ("Verantwoordelijk…",)


def test_a_move_that_waits_for_a_place_has_a_sign_of_its_own_and_is_in_the_legend(cera: Programme) -> None:
    chair = 'v10.4m0 -5h6.8v5"'
    svg = draw_svg(learning_network(), "nl")
    assert (svg.count(chair), "gebeurt als er een plaats vrijkomt" in svg) == (3, True)  # two moves, and the legend
    assert (chair in draw_svg(cera, "nl"), "plaats vrijkomt" in draw_svg(cera, "nl")) == (False, False)
    assert "    waiting --> offered : offer next ≤ 18 (a place frees)" in draw_mermaid(learning_network(), "nl")

"""Every reason that the engine can give has a sentence, made of facts that it comes with."""

import ast
from collections.abc import Iterator
from pathlib import Path

from web.reasons import PLACES, SAYING, SENTENCES, sentence_for

ENGINE = Path(__file__).parents[2] / "engine"
COMPUTED = {
    # where the code or the facts are worked out: file and line of text -> what they can be
    "engine/cycle/cohorts.py": [("tied", {"rank"}, ""), ("no_place", {"rank"}, "")],
}
Given = tuple[str, set[str], str]
"""(code, the names of the facts, because)"""


def _names(node: ast.expr | None) -> tuple[set[str], str]:
    assert node is None or isinstance(node, ast.Dict), ast.dump(node)
    facts = {key.value: value for key, value in zip(node.keys, node.values, strict=True)} if node else {}
    because = facts.get("because")
    assert because is None or isinstance(because, ast.Constant)
    return {str(name) for name in facts}, str(because.value) if because else ""


def given() -> Iterator[tuple[str, Given]]:
    """Every reason that stands in the engine's code, with its place."""
    for file in sorted(ENGINE.rglob("*.py")):
        path = f"engine/{file.relative_to(ENGINE).as_posix()}"
        tree = ast.parse(file.read_text())
        bound = {
            one.targets[0].id: one.value
            for one in ast.walk(tree)
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and isinstance(one.value, ast.Dict)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = f"{path}:{node.lineno}"
            if path == "engine/rules/forms.py" and node.func.id == "wrong":
                because = node.args[0]
                assert isinstance(because, ast.Constant)
                names = {keyword.arg for keyword in node.keywords if keyword.arg}
                yield place, ("answer", {"question", *names}, str(because.value))
            elif node.func.id == "Refusal":
                code, facts = node.args[0], node.args[2] if len(node.args) > 2 else None
                if isinstance(code, ast.Constant) and code.value == "answer":
                    continue  # inside `wrong`
                if not isinstance(code, ast.Constant):
                    for one in COMPUTED[path]:
                        yield place, one
                    continue
                known = bound[facts.id] if isinstance(facts, ast.Name) else facts
                yield place, (str(code.value), *_names(known))


def test_every_reason_of_the_engine_has_a_sentence_of_its_own() -> None:
    missing = [
        (place, code, because)
        for place, (code, names, because) in given()
        if (code, because) not in SENTENCES
        or sentence_for(code, {**dict.fromkeys(names, 1), "because": because}) not in SENTENCES[code, because]
    ]
    assert missing == []


def test_no_sentence_is_left_over_that_the_engine_has_no_reason_for() -> None:
    reasons = {(code, because) for _, (code, _, because) in given()}
    assert sorted(SENTENCES.keys() - reasons) == []


def test_every_fact_that_is_said_in_a_way_of_its_own_stands_in_a_sentence() -> None:
    named = {name for sentences in SENTENCES.values() for one in sentences for name in PLACES.findall(one)}
    assert sorted(SAYING.keys() - named) == []

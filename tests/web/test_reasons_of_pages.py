"""Every reason that the engine can give has a sentence, made of facts that it comes with."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from web.reasons import PARTS, PLACES, SAYING, SENTENCES, sentence_for

ENGINE = Path(__file__).parents[2] / "engine"
COMPUTED = {
    # where the code or the facts are worked out: file and line of text -> what they can be
    "engine/cycle/cohorts.py": [("tied", {"rank"}, ""), ("no_place", {"rank"}, ""), ("no_money", {"rank"}, "")],
}
WORKED_OUT = {
    # a call that gives facts, or a word of the code that gives because of what -> what they can be
    "_reaching": ["until"], "_naming": ["other", "other_round"], "once.of": ["person", "organisation"],
    "because[0]": ["cut", "clocks", "release", "places"],
}
Given = tuple[str, set[str], str]
"""(code, the names of the facts, because)"""


def _is_worked_out(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WORKED_OUT


def _names(node: ast.expr | None, bound: Mapping[str, ast.expr]) -> Iterator[tuple[set[str], str]]:
    """The names of the facts, and because of what: of one reason, or of either of two."""
    facts = _facts(node, bound)
    because = facts.get("because", ast.Constant(""))
    for one in (because.body, because.orelse) if isinstance(because, ast.IfExp) else (because,):
        for word in [one.value] if isinstance(one, ast.Constant) else WORKED_OUT[ast.unparse(one)]:
            yield set(facts), str(word)


def _facts(node: ast.expr | None, bound: Mapping[str, ast.expr]) -> dict[str, ast.expr]:
    """Name -> value of a dict that is written out, has a name, or takes another one up."""
    if isinstance(node, ast.Name) and not isinstance(bound[node.id], ast.Dict):
        node = bound[node.id]
    if isinstance(node, ast.Call) and _is_worked_out(node):
        assert isinstance(node.func, ast.Name)
        return {name: ast.Constant("") for name in WORKED_OUT[node.func.id]}
    if isinstance(node, ast.Name):
        node = bound[node.id]
    assert node is None or isinstance(node, ast.Dict), ast.dump(node)
    found: dict[str, ast.expr] = {}
    for key, value in zip(node.keys, node.values, strict=True) if node else ():
        assert key is None or isinstance(key, ast.Constant)
        found |= _facts(value, bound) if key is None else {str(key.value): value}
    return found


@cache
def given() -> tuple[tuple[str, Given], ...]:
    """Every reason that stands in the engine's code, which is read once, with its place."""
    return tuple(_given())


def _given() -> Iterator[tuple[str, Given]]:
    for file in sorted(ENGINE.rglob("*.py")):
        path = f"engine/{file.relative_to(ENGINE).as_posix()}"
        tree = ast.parse(file.read_text())
        bound = {
            one.targets[0].id: one.value
            for one in ast.walk(tree)
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
            and (isinstance(one.value, ast.Dict) or _is_worked_out(one.value))
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = f"{path}:{node.lineno}"
            if path == "engine/rules/forms.py" and node.func.id == "_wrong":
                which = node.args[1]
                assert isinstance(which, ast.Constant)
                named = {keyword.arg for keyword in node.keywords if keyword.arg}
                yield place, ("answer", {"question", *named}, str(which.value))
            elif node.func.id == "Refusal":
                code, facts = node.args[0], node.args[2] if len(node.args) > 2 else None
                if path == "engine/rules/forms.py" and isinstance(code, ast.Constant) and code.value == "answer":
                    continue  # inside `_wrong`
                if not isinstance(code, ast.Constant):
                    for one in COMPUTED[path]:
                        yield place, one
                    continue
                for names, because in _names(facts, bound):
                    yield place, (str(code.value), names, because)


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


def test_no_reason_is_said_in_two_places() -> None:
    assert sum(map(len, PARTS)) == len(SENTENCES)

"""What could the letters of a drawn programme say? Everything that they are given."""

from collections.abc import Iterator, Mapping

from drawn_programmes import Drawn

from engine.files.reading import Programme, examine
from notifications.shapes import Each, Shape, Whole, names, occasions, of_this_round


def written(drawn: Drawn) -> tuple[Programme | None, list[str]]:
    """The programme with letters that name all that they are given; or None and what is wrong with it."""
    files = drawn.files
    programme, complaints = examine(drawn.name, files, "")
    if programme is None:
        return None, [str(one) for one in complaints if one.level == "error"]
    told = {*occasions(programme.workflow)}
    for round in programme.rounds.values():
        told |= {*of_this_round(round)}
    for letter, role, extra in told:
        if letter in drawn.letters:
            body = "".join(_said(path, shape, 0) for path, shape in names(programme, role, extra).items())
            for language in programme.workflow.languages:
                files[f"letters/{language}/{letter}.md"] = f"{letter} {{{{ round.title }}}}\n\n{body}\n"
    programme, complaints = examine(drawn.name, files, "")
    return programme, [str(one) for one in complaints if one.level == "error"]


def _said(path: str, shape: Shape, depth: int) -> str:
    if isinstance(shape, Whole):
        return f"{{% if {path} %}}- {path} {{{{ {path} }}}}\n{{% endif %}}"
    if isinstance(shape, Each):
        item = f"item{depth}"
        return f"{{% for {item} in {path} %}}{_said(item, shape.member, depth + 1)}{{% endfor %}}\n"
    return f"{{% if {path} %}}{''.join(_parts(path, shape, depth))}{{% endif %}}"


def _parts(path: str, shape: Mapping[str, Shape], depth: int) -> Iterator[str]:
    for name, part in shape.items():
        yield _said(f"{path}.{name}", part, depth)

"""Each file of tests/refused/ is refused with exactly the sentences on its first lines, and its base with none.

A file is a patch of tests/refused/base/: `--- FILE` says which file, lines with `-` are replaced by the lines with `+`
below them; lines with `+` alone are added at the end; `(removed)` takes the file away.
"""

from pathlib import Path

import pytest

from engine.files.reading import examine, read_folder

REFUSED = Path(__file__).parents[2] / "refused"
PATCHES = sorted(REFUSED.glob("*.patch"))


def expectations(patch: str) -> list[str]:
    """The complaints that a patch file promises: `# expect:` for errors, `# warns:` for warnings."""
    return [line[len("# ") :] for line in patch.splitlines() if line.startswith(("# expect: ", "# warns: "))]


def patched(base: dict[str, str], patch: str) -> dict[str, str]:
    """The base programme with the changes of one patch file."""
    files, file = dict(base), ""
    old: list[str] = []
    new: list[str] = []

    def change() -> None:
        if old:
            before = "".join(f"{line}\n" for line in old)
            assert f"\n{files[file]}".count(f"\n{before}") == 1, f"{before!r} stands not once in {file}"
            after = "".join(f"{line}\n" for line in new)
            files[file] = f"\n{files[file]}".replace(f"\n{before}", f"\n{after}", 1)[1:]
        elif new:
            files[file] = files.get(file, "") + "".join(f"{line}\n" for line in new)
        old.clear()
        new.clear()

    for line in patch.splitlines():
        if line.startswith("--- "):
            change()
            file = line[4:]
        elif line == "(removed)":
            del files[file]
        elif line.startswith("-"):
            if new:
                change()
            old.append(line[1:])
        elif line.startswith("+"):
            new.append(line[1:])
        else:
            assert line == "" or line.startswith("# "), line
    change()
    return files


@pytest.fixture(scope="module")
def base() -> dict[str, str]:
    return read_folder(REFUSED / "base")


def test_the_base_is_accepted_without_a_word(base: dict[str, str]) -> None:
    programme, complaints = examine("base", base, "")
    assert complaints == []
    assert programme is not None


def test_there_are_at_least_sixty() -> None:
    assert len(PATCHES) >= 60


@pytest.mark.parametrize("path", PATCHES, ids=lambda path: path.stem)
def test_refused_with_exactly_these_sentences(path: Path, base: dict[str, str]) -> None:
    patch = path.read_text(encoding="utf-8")
    programme, complaints = examine("base", patched(base, patch), "")
    words = {"error": "expect", "warning": "warns"}
    assert [f"{words[complaint.level]}: {complaint}" for complaint in complaints] == expectations(patch)
    assert (programme is None) == any(complaint.level == "error" for complaint in complaints)

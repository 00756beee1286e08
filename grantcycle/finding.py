"""Which programme and which round does a name on the command line mean?"""

from dataclasses import dataclass
from pathlib import Path

from engine.errors import GrantcycleError, Unknown
from engine.files.several import names_of

WORKFLOW = "workflow.toml"


@dataclass(frozen=True)
class Found:
    """A programme's folder, and the round in it that was meant, if one was."""

    folder: Path
    round: str | None = None

    @property
    def programme(self) -> str:
        """The programme's name is its folder's."""
        return self.folder.resolve().name

    @property
    def key(self) -> str:
        """How the database names the round: `small-grants/2030`."""
        return f"{self.programme}/{self.round}"


def from_here(path: Path) -> Path:
    """The path as people here would write it: relative to the current folder where it lies below it."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path


def programmes_in(folder: Path) -> list[Path]:
    """The programmes of a workflows folder: its folders with a workflow.toml."""
    return sorted(from_here(path.parent) for path in folder.glob(f"*/{WORKFLOW}"))


def rounds_in(folder: Path) -> list[str]:
    """The names of a programme's rounds: of their files, and of those inside a file that holds several."""
    return sorted(name for path in (folder / "rounds").glob("*.toml") for name in _rounds_of(path))


def _rounds_of(path: Path) -> list[str]:
    return names_of(path.stem, path.read_bytes().decode("utf-8-sig", errors="replace"))


def find_programme(name: str, workflows: Path) -> Found:
    """`small-grants`, a path of its folder or of a file in it, or a round, which is kept.

    Raises Unknown with the nearest programme.
    """
    path = Path(name)
    if path.name == WORKFLOW and path.is_file():
        return Found(path.parent)
    for folder in (path, workflows / name):
        if (folder / WORKFLOW).is_file():
            return Found(from_here(folder))
    if path.suffix == ".toml" or "/" in name.strip("/"):
        return find_round(name, workflows)
    raise Unknown("programme", name, (folder.name for folder in programmes_in(workflows)))


def find_round(name: str, workflows: Path) -> Found:
    """`small-grants/2030`, `some/folder/small-grants/2030`, or the path of a round's file that holds no other.

    Raises Unknown with the nearest programme or round.
    """
    path = Path(name)
    if path.suffix == ".toml":
        if path.is_file() and path.parent.name == "rounds" and (path.parent.parent / WORKFLOW).is_file():
            inside = _rounds_of(path)
            if inside != [path.stem]:
                programme = path.resolve().parent.parent.name
                raise GrantcycleError(
                    f'"{name}" holds {len(inside)} rounds; write which is meant, for example {programme}/{inside[0]}'
                )
            return Found(path.parent.parent, path.stem)
        raise GrantcycleError(
            f'"{name}" is not the file of a round: those stand in rounds/ beside a {WORKFLOW}'
            if path.exists()
            else f'there is no file "{name}"'
        )
    if not path.parent.name:
        rounds = (f"{folder.name}/{round}" for folder in programmes_in(workflows) for round in rounds_in(folder))
        raise GrantcycleError(
            f'"{name}" is not a round: write its programme and its name, for example '
            f"{next((key for key in rounds if key.startswith(name)), 'PROGRAMME/ROUND')}"
        )
    folder = _folder_of(path.parent, workflows)
    known = rounds_in(folder)
    if path.name not in known:
        raise Unknown(f"round of {folder.name}", path.name, known)
    return Found(folder, path.name)


def _folder_of(programme: Path, workflows: Path) -> Path:
    for folder in (programme, workflows / programme):
        if (folder / WORKFLOW).is_file():
            return from_here(folder)
    raise Unknown("programme", str(programme), (folder.name for folder in programmes_in(workflows)))


def round_key(name: str, workflows: Path) -> str:
    """How the database names a round: a path is looked up, `small-grants/2030` is taken as it is.

    A running round is pinned in the database, so its folder need not be there any more.
    """
    if name.endswith(".toml") or name.count("/") != 1:
        return find_round(name, workflows).key
    return name

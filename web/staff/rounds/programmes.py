"""Which programmes stand in this machine's folder, and what is wrong with a programme's texts?"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import GrantcycleError
from engine.files.complaints import Complaint, Complaints
from engine.files.reading import WORKFLOW_FILE, Programme, examine, folder_digest, read_folder
from engine.files.several import names_of
from web.office import Office

KEPT = 16
"""programmes whose complaints are remembered: writing every letter once, to try it, takes most of a second"""


@dataclass(frozen=True, slots=True)
class Examined:
    """What texts describe; `programme` is None where something is wrong with them. Complaints name files from here."""

    programme: Programme | None
    complaints: tuple[Complaint, ...]

    @property
    def errors(self) -> int:
        return sum(one.level == "error" for one in self.complaints)

    @property
    def warnings(self) -> int:
        return len(self.complaints) - self.errors


_known: OrderedDict[tuple[str, str], Examined] = OrderedDict()
_knowing = threading.Lock()


def examined(office: Office, name: str, files: Mapping[str, str]) -> Examined:
    """All that is wrong with a programme's texts, its letters included; the same texts are examined once."""
    key = (name, folder_digest(files))
    with _knowing:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    programme, complaints = examine(name, files, "")
    if programme is not None:
        complaints = [*complaints, *office.workshop.lint(programme, "")]
    in_order = sorted(complaints, key=lambda one: (one.level != "error", one.file, one.line, one.sentence))
    found = Examined(programme, tuple(in_order))
    with _knowing:
        _known[key] = found
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return found


def folders(office: Office) -> Sequence[Path]:
    """The programmes' folders on this machine, by name."""
    root = office.workshop.workflows
    return sorted(file.parent for file in root.glob(f"*/{WORKFLOW_FILE}")) if root else []


def rounds_in(folder: Path) -> Sequence[str]:
    """The names of the rounds that the files in a programme's folder hold."""
    files = (folder / "rounds").glob("*.toml")
    return sorted(
        name for file in files for name in names_of(file.stem, file.read_bytes().decode("utf-8-sig", errors="replace"))
    )


def texts_on_disk(office: Office, programme: str) -> Mapping[str, str] | None:
    """The texts of a programme's folder as they are now; None where there is none, or where it cannot be read."""
    folder = next((one for one in folders(office) if one.name == programme), None)
    if folder is None:
        return None
    try:
        return read_folder(folder)
    except (GrantcycleError, OSError, Complaints):
        return None

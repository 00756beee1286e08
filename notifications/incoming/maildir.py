"""How is a maildir read: a folder in which a mail server leaves one file for each mail?"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from engine.errors import GrantcycleError
from notifications.incoming.boxes import Fetched
from notifications.incoming.opened import HEAD, LARGEST

_INFO, _SEEN = ":2,", "S"
"""what a file's name ends with, and the flag in it of a mail that was read"""


class Maildir:
    """A maildir. What is read moves to `cur`, with the flag of what was seen; nothing is ever removed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def unread(self, most: int) -> Iterator[Iterator[Fetched]]:
        """See Box."""
        if not all((self.folder / name).is_dir() for name in ("new", "cur", "tmp")):
            raise GrantcycleError(f'there is no maildir "{self.folder}": it has the folders new, cur and tmp')
        yield self._unread(most)

    def _unread(self, most: int) -> Iterator[Fetched]:
        try:
            waiting = [*(self.folder / "new").iterdir()]
            # a program for reading mail takes what is new over, and leaves it unread
            waiting += [path for path in (self.folder / "cur").iterdir() if _SEEN not in _flags(path)]
        except OSError as problem:
            raise GrantcycleError(f'the maildir "{self.folder}" cannot be read ({problem.strerror})') from problem
        for path in sorted(waiting, key=lambda one: one.name)[:most]:
            if path.name.startswith(".") or not path.is_file():
                continue
            with suppress(FileNotFoundError):  # somebody else has moved it meanwhile: it is there the next time
                size = path.stat().st_size
                with path.open("rb") as file:
                    raw = file.read(LARGEST if size <= LARGEST else HEAD)
                yield Fetched(raw, None if size <= LARGEST else size, partial(self._done, path))

    def _done(self, path: Path) -> None:
        flags = "".join(sorted({*_flags(path), _SEEN}))
        with suppress(FileNotFoundError):  # or has read it as well
            path.rename(self.folder / "cur" / f"{path.name.partition(_INFO)[0]}{_INFO}{flags}")


def _flags(path: Path) -> str:
    return path.name.partition(_INFO)[2]

"""The commands in the documentation are run in order in a folder of their own, and print what they are said to."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from databases import postgres_address

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
DATABASE = "postgresql://grantcycle@db.example/grantcycle"
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


@dataclass
class Command:
    """One line after `$`, the exit code that it is said to have (`# exit 3`), and the lines it is said to print."""

    words: list[str]
    exit_code: int = 0
    prints: list[str] = field(default_factory=list)


def commands_of(page: Path) -> Iterator[Command]:
    for block in CONSOLE.findall(page.read_text()):
        current: Command | None = None
        for line in block.splitlines():
            if line.startswith("$ "):
                if current:
                    yield current
                text, _, code = line[2:].partition("  # exit ")
                current = Command(shlex.split(text), int(code or 0))
            elif current and line.strip() and line.strip() != "...":
                current.prints.append(" ".join(line.split()))
        if current:
            yield current


@pytest.mark.parametrize(
    "page", [page for page in PAGES if CONSOLE.search(page.read_text())], ids=lambda page: str(page.relative_to(ROOT))
)
def test_every_command_in_the_documentation_does_what_it_is_said_to_do(page: Path, tmp_path: Path) -> None:
    for name in ("workflows", "config.toml"):
        source = ROOT / name
        shutil.copytree(source, tmp_path / name) if source.is_dir() else shutil.copy(source, tmp_path / name)
    commands = list(commands_of(page))
    with _a_postgresql(any(DATABASE in command.words for command in commands)) as address:
        _carry_out(commands, tmp_path, address)


@contextmanager
def _a_postgresql(wanted: bool) -> Iterator[str]:
    """An empty database in the place of the one that a page speaks of."""
    if not wanted:
        yield DATABASE
        return
    with postgres_address(migrated=False) as address:
        yield address


def _carry_out(commands: list[Command], folder: Path, address: str) -> None:
    for command in commands:
        assert command.words[0] == "grantcycle"
        words = [address if word == DATABASE else word for word in command.words]
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        assert (shlex.join(command.words), done.returncode) == (shlex.join(command.words), command.exit_code), (
            done.stderr
        )
        printed = " ".join((done.stdout + done.stderr).split())
        for line in command.prints:
            assert line in printed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_in_the_documentation_leads_somewhere(page: Path) -> None:
    assert [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []

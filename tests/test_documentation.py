"""The commands in the documentation are run in order in a folder of their own, and print what they are said to.

Where a page has a reader write files between them, they are written. The quick run rehearses fewer dossiers than a
page says, and makes the tables of a database only once.
"""

import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from databases import fresh, postgres_address
from forked import grantcycle

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
STEP = re.compile(r"```(console|toml|markdown)\n(.*?)```", re.DOTALL)
WRITES = re.compile(r"(?:# |<!-- )(workflows/\S+?)(?: -->)?\n")
HEADER = re.compile(r"^\[+([^\]]+)\]+", re.MULTILINE)
DATABASE = "postgresql://grantcycle@db.example/grantcycle"
OWN_DATABASE = "data/grantcycle.db"
"""where the settings of the project say that the rounds are kept"""
FROM_NOTHING = "README.md"
"""the page whose first command makes its database, also in the quick run"""
FEW = "2"
"""dossiers that are rehearsed in the quick run"""
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


@dataclass
class Command:
    """One line after `$`, the exit code that it is said to have (`# exit 3`), and the lines it is said to print."""

    words: list[str]
    exit_code: int = 0
    prints: list[str] = field(default_factory=list)


@dataclass
class Writing:
    """What a reader writes into a file: a whole letter, or tables that take the place of those of the same name."""

    file: str
    text: str

    def into(self, folder: Path) -> None:
        path = folder / self.file
        if path.suffix != ".toml":
            path.write_text(self.text, encoding="utf-8")
            return
        old = path.read_text(encoding="utf-8")
        for name, table in _tables(self.text):
            there = dict(_tables(old))
            old = old.replace(there[name], table) if name in there else f"{old.rstrip()}\n\n{table}\n"
        path.write_text(old, encoding="utf-8")


def _tables(text: str) -> list[tuple[str, str]]:
    """Each table of a file by its name, up to the next one or to the rule under which the next part stands."""
    heads = list(HEADER.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    return [(head[1], text[head.start():end].partition("\n# ──")[0].rstrip())
            for head, end in zip(heads, ends, strict=True)]  # fmt: skip


def steps_of(page: Path) -> Iterator[Command | Writing]:
    """The commands of a page, and what is written between them."""
    for kind, block in STEP.findall(page.read_text()):
        if kind == "console":
            yield from _commands(block)
        elif begins := WRITES.match(block):
            yield Writing(begins[1], block[begins.end():])


def _commands(block: str) -> Iterator[Command]:
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


def _with(part: str) -> pytest.MarkDecorator:
    """The pages that have a command in which that stands."""
    found = [page for page in PAGES if any(part in block for block in CONSOLE.findall(page.read_text()))]
    return pytest.mark.parametrize("page", found, ids=lambda page: str(page.relative_to(ROOT)))


@_with("$ grantcycle")
def test_every_command_in_the_documentation_does_what_it_is_said_to_do(page: Path, tmp_path: Path) -> None:
    if page.name != FROM_NOTHING:
        Path(tmp_path, OWN_DATABASE).parent.mkdir()
        fresh(f"sqlite:///{tmp_path / OWN_DATABASE}").close()
    _follow(page, tmp_path, few=True)


@pytest.mark.slow
@_with("--dossiers")
def test_and_so_does_a_rehearsal_of_all_its_dossiers(page: Path, tmp_path: Path) -> None:
    _follow(page, tmp_path, few=False)


def _follow(page: Path, folder: Path, *, few: bool) -> None:
    """Do what a page says, in that folder."""
    for name in ("workflows", "config.toml"):
        source = ROOT / name
        shutil.copytree(source, folder / name) if source.is_dir() else shutil.copy(source, folder / name)
    steps = list(steps_of(page))
    with _a_postgresql(any(isinstance(step, Command) and DATABASE in step.words for step in steps)) as address:
        for step in steps:
            if isinstance(step, Writing):
                step.into(folder)
            else:
                _carry_out(step, folder, {DATABASE: address}, few=few)


@contextmanager
def _a_postgresql(wanted: bool) -> Iterator[str]:
    """An empty database in the place of the one that a page speaks of."""
    if not wanted:
        yield DATABASE
        return
    with postgres_address(migrated=False) as address:
        yield address


def _carry_out(command: Command, folder: Path, said: dict[str, str], *, few: bool) -> None:
    """Run a command, with what stands in the place of some of its words."""
    assert command.words[0] == "grantcycle"
    words = [said.get(word, word) for word in command.words]
    if few and "--dossiers" in words:
        words[words.index("--dossiers") + 1] = FEW
    done = grantcycle(words[1:], folder)
    assert (shlex.join(command.words), done.code) == (shlex.join(command.words), command.exit_code), done.err
    printed = " ".join((done.out + done.err).split())
    for line in command.prints:
        assert line in printed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_in_the_documentation_leads_somewhere(page: Path) -> None:
    assert [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []

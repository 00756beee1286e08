"""A page of the console asks the database as often with a hundred and twenty dossiers as with thirty."""

import asyncio
from pathlib import Path

import pytest
from databases import fresh

from bench.console_world import ROUND, Visitor, counted, fill, office_of, pages_of_the_console
from engine.database.pages.kept import Kept

LISTS = [
    f"/staff/{ROUND}?only=needs", f"/staff/{ROUND}/dossiers?sort=-mean&only=differ", "/staff/search?q=house",
    f"/staff/{ROUND}/dossiers?q=plan&sort=title&page=2", f"/staff/{ROUND}/dossiers?language=nl&columns=contact,due",
]  # fmt: skip


def asked_of(folder: Path, dossiers: int) -> dict[str, tuple[int, int]]:
    """page -> (status, questions), of a round with so many dossiers, with nothing kept."""
    database = fresh(f"sqlite:///{folder / f'{dossiers}.db'}")
    fill(database, dossiers)
    visitor, found = Visitor(office_of(database)), {}
    with asyncio.Runner() as runner:
        for path in (*pages_of_the_console(), *LISTS):
            object.__setattr__(visitor.office, "kept", Kept())
            with counted(database) as sent:
                status = runner.run(visitor.ask(path)).status
            found[path] = (status, len(sent))
    database.close()
    return found


Sizes = tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> Sizes:
    folder = tmp_path_factory.mktemp("sizes")
    return asked_of(folder, 30), asked_of(folder, 120)


def test_no_page_asks_more_often_for_more_dossiers(sizes: Sizes) -> None:
    few, many = sizes
    assert {path: (few[path], asked) for path, asked in many.items() if few[path] != asked} == {}


def test_every_list_was_there_to_be_asked(sizes: Sizes) -> None:
    """Or else the test above would compare two pages that are not there."""
    _, many = sizes
    assert [path for path, (status, _) in many.items() if status >= 500] == []
    shown = {path for path, (status, _) in many.items() if status == 200}
    assert {f"/staff/{ROUND}", f"/staff/{ROUND}/dossiers", "/staff/search", *LISTS} <= shown

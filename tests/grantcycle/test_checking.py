"""`check`, `read`, `agenda` and `draw` show a programme before anything of it runs."""

import shutil
from pathlib import Path

import pytest
from installation import ROUND, SHIPPED, STAFF, Installation

LETTER = "letters/nl/withdrawn.md"


@pytest.fixture
def ours(grantcycle: Installation) -> Path:
    """A copy of the Cera programme in the installation's own workflows folder."""
    shutil.copytree(SHIPPED / "cera-impuls", grantcycle.folder / "workflows" / "cera-impuls")
    grantcycle.write("config.toml", '[database]\nurl = "sqlite:///cycle.db"\n')
    return grantcycle.folder / "workflows" / "cera-impuls"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.usefixtures("ours")
def test_the_shipped_programme_has_warnings_only_and_passes_unless_strict(grantcycle: Installation) -> None:
    answer = grantcycle.done("check")
    assert answer.out.splitlines()[-1] == "1 programme read; 0 errors, 3 warnings."
    assert answer.out.splitlines()[0] == (
        "workflows/cera-impuls/rounds/2019.toml:16: [phase] preselection.to: 2019-03-31 is a Sunday (warning)"
    )
    assert grantcycle("check", "--strict").code == 1
    assert grantcycle("check", "workflows/cera-impuls").out == answer.out


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("workflow.toml", "[workflow]", "[workflow", "workflows/cera-impuls/workflow.toml:"),
        ("workflow.toml", "begins_in", "begins_inn", 'did you mean "begins_in"?'),
        ("rounds/2019.toml", "from = 2018-12-17", "from = 2018-12-37", "workflows/cera-impuls/rounds/2019.toml:"),
        (LETTER, "{{ person.name }}", "{{ persn.name }}", f"workflows/cera-impuls/{LETTER}:"),
    ],
    ids=["broken TOML", "an unknown key", "a date that does not exist", "a letter that uses an unknown name"],
)
def test_what_is_wrong_is_told_with_its_place_and_no_round_opens_on_it(
    grantcycle: Installation, ours: Path, file: str, old: str, new: str, complaint: str
) -> None:
    change(ours / file, old, new)
    checked = grantcycle("check")
    assert (checked.code, checked.err) == (1, "")
    assert complaint in checked.out
    opened = grantcycle("open", ROUND, "--as", STAFF, at="2018-12-01T10:00")
    assert opened.code == 1
    assert complaint in opened.err
    assert not (grantcycle.folder / "cycle.db").exists()


def test_complaints_stand_in_the_order_of_files_and_lines(grantcycle: Installation, ours: Path) -> None:
    for letter in ("withdrawn", "awarded"):
        change(ours / f"letters/nl/{letter}.md", "{{ person.name }}", "{{ persn.name }}")
    places = [
        (line.split(":")[0], int(line.split(":")[1])) for line in grantcycle("check").out.splitlines() if ".md:" in line
    ]
    assert places == sorted(places)
    assert len(places) == 2


def test_an_empty_workflows_folder_says_what_a_programme_is(grantcycle: Installation) -> None:
    grantcycle.write("config.toml", '[workflows]\nfolder = "none"\n')
    answer = grantcycle("check")
    assert (answer.code, answer.err) == (
        1, f'there is no programme in "{grantcycle.folder}/none": a programme is a folder with a workflow.toml\n',
    )  # fmt: skip


@pytest.mark.parametrize(("language", "title"), [("nl", "Oproep"), ("fr", "Appel"), ("en", "Call")])
def test_a_round_is_read_and_drawn_in_each_language(grantcycle: Installation, language: str, title: str) -> None:
    assert title in grantcycle.done("read", ROUND, "--lang", language).out
    drawn = grantcycle.done("draw", "cera-impuls", "--lang", language).out
    assert drawn.startswith("<svg")


def test_a_drawing_is_written_to_the_file_that_is_named(grantcycle: Installation) -> None:
    line = ("draw", "cera-impuls", "--format", "mermaid")
    answer = grantcycle.done(*line, "-o", "cera.mmd")
    assert answer.out == "The diagram of cera-impuls stands in cera.mmd.\n"
    assert (grantcycle.folder / "cera.mmd").read_text(encoding="utf-8") == grantcycle.done(*line).out


def test_the_agenda_of_a_day_holds_what_happens_on_that_day_and_nothing_else(grantcycle: Installation) -> None:
    answer = grantcycle.done("agenda", ROUND, "--from", "2019-03-02", "--to", "2019-03-02", "--json").json["agenda"]
    assert [(line["kind"], line["name"], line["at_local"], line["fires_at_local"]) for line in answer] == [
        ("edge", "call closes", "2019-03-02T00:00:00", "2019-03-02T00:00:30"),
        ("transition", "lapse", "2019-03-02T00:00:00", "2019-03-02T00:00:30"),
        ("transition", "take_up", "2019-03-02T00:00:00", "2019-03-02T00:00:30"),
    ]
    assert grantcycle.done("agenda", ROUND, "--to", "2017-01-01").out == (
        "Nothing is due in cera-impuls/2019 between these dates.\n"
    )


def test_the_agenda_before_and_after_opening_says_the_same(grantcycle: Installation, opened_once: Installation) -> None:
    window = ("agenda", ROUND, "--from", "2018-12-01", "--json")
    owed = ("obligation", "obligation reminder")  # nobody owes anything yet
    before = [line for line in grantcycle.done(*window).json["agenda"] if line["kind"] not in owed]
    assert opened_once.done(*window).json["agenda"] == before


def test_the_agenda_holds_the_meetings_and_what_will_be_owed_with_its_reminders(grantcycle: Installation) -> None:
    answer = grantcycle.done("agenda", ROUND, "--from", "2019-06-01", "--to", "2019-06-21", "--json").json["agenda"]
    assert [(line["kind"], line["name"], line["at_local"]) for line in answer if line["kind"] != "edge"] == [
        ("obligation reminder", "kick_off 1", "2019-06-06T09:00:00"),
        ("obligation reminder", "kick_off 1", "2019-06-18T09:00:00"),
        ("meeting", "kick_off", "2019-06-20T00:00:00"),
        ("obligation", "kick_off 1", "2019-06-21T00:00:00"),
    ]

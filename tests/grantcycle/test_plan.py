"""`plan` says what changed files would do to a round that runs, `open --replace` does it, `versions` tells of it."""

import re
import shutil

import pytest
from installation import BEFORE_THE_CALL, DURING_THE_CALL, ROUND, SHIPPED, STAFF, Installation

CHANGED = "changed/cera-impuls/2019"


@pytest.fixture
def changing(opened: Installation) -> Installation:
    """The round that runs, and beside it a folder in which its call closes four days later and nobody is reminded."""
    folder = opened.folder / "changed" / "cera-impuls"
    shutil.copytree(SHIPPED / "cera-impuls", folder)
    edit(opened, "rounds/2019.toml", r"17, to = 2019-03-01", "17, to = 2019-03-05")
    edit(opened, "workflow.toml", r"(?s)\[reminder\.unfinished_draft\].*?\n\n", "")
    for language in ("nl", "fr", "en"):
        (folder / "letters" / language / "unfinished-draft.md").unlink()
    return opened


def edit(of: Installation, file: str, pattern: str, put: str) -> None:
    path = of.folder / "changed" / "cera-impuls" / file
    path.write_text(re.sub(pattern, put, path.read_text(encoding="utf-8"), count=1), encoding="utf-8")


def test_without_a_change_it_says_so_and_ends_with_0(opened: Installation) -> None:
    answer = opened("plan", ROUND)
    assert (answer.code, answer.out.splitlines()[-1]) == (0, "Nothing is different.")


def test_a_round_in_which_nobody_could_change_anything_says_so(grantcycle: Installation) -> None:
    grantcycle.done("open", ROUND, "--as", STAFF, at=BEFORE_THE_CALL)
    shutil.copytree(SHIPPED / "cera-impuls", grantcycle.folder / "changed" / "cera-impuls")
    edit(grantcycle, "rounds/2019.toml", r"17, to = 2019-03-01", "17, to = 2019-03-05")
    answer = grantcycle("plan", CHANGED, at=BEFORE_THE_CALL)
    said = f"{ROUND} has no staff yet, who alone change its rules: bring them in first"
    assert (answer.code, answer.err.strip()) == (1, said)


def test_a_plan_tells_what_moves_and_what_is_not_told_any_more_and_ends_with_4(changing: Installation) -> None:
    answer = changing("plan", CHANGED)
    lines = answer.out.splitlines()
    assert answer.code == 4
    for line in (
        "  - [reminder.unfinished_draft]",
        "  ~ call closes: 2019-03-02 00:00:00 -> 2019-03-06 00:00:00",
        "  - reminder unfinished_draft 1: 2019-02-15 09:00:00",
        "- letters/en/unfinished-draft.md",
        f"Nobody is stranded. To do it: grantcycle open --replace {CHANGED} --reason WHY --as WHO",
    ):
        assert line in lines, answer.out


def test_it_is_done_once_with_a_reason_and_every_version_can_be_read_and_drawn(changing: Installation) -> None:
    replace = ("open", "--replace", CHANGED, "--as", STAFF)
    refused = changing(*replace)
    assert (refused.code, refused.err.splitlines()[-1].strip()) == (3, "a written reason is required")
    done = changing.done(*replace, "--reason", "The board met later")
    assert done.out == f"{ROUND} goes on with version 2. See grantcycle versions {ROUND}.\n"
    again = changing.done(*replace, "--reason", "The board met later")
    assert again.out == f"{ROUND} runs on these files already; nothing was changed.\n"
    shown = changing.done("versions", ROUND, "--json").json["versions"]
    assert [(one["version"], one["by"], one["reason"], one["since_local"]) for one in shown] == [
        (2, STAFF, "The board met later", f"{DURING_THE_CALL}:00"), (1, STAFF, "", "2018-12-01T10:00:00"),
    ]  # fmt: skip
    first, second = (changing.done("read", ROUND, "--version", one, "--lang", "en").out for one in ("1", "2"))
    assert ("1 March 2019" in first, "5 March 2019" in second) == (True, True)
    assert changing.done("draw", ROUND, "--version", "2", "--format", "mermaid").out.startswith("stateDiagram")
    assert changing("read", ROUND, "--version", "3").err == (
        f'there is no version of {ROUND} "3"; known: 1, 2\n'
    )


def test_what_would_strand_somebody_is_refused_and_the_nearest_state_is_proposed(changing: Installation) -> None:
    changing.done(
        "dossiers", "start", ROUND, "--organisation", "Huis", "--email", "an@huis.example", "--name", "An",
        "--language", "nl", "--as", "an@huis.example",
    )  # fmt: skip
    path = changing.folder / "changed" / "cera-impuls" / "workflow.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"draft"', '"drafted"').replace("\ndraft   ", "\ndrafted "), encoding="utf-8")
    answer = changing("plan", CHANGED)
    assert (answer.code, answer.out.splitlines()[-1]) == (3, f"Perhaps: grantcycle plan {CHANGED} --map draft=drafted")
    assert changing("plan", CHANGED, "--map", "draft=drafted").code == 4
    assert changing("open", "--replace", CHANGED, "--as", STAFF, "--reason", "so").code == 3
    changing.done("open", "--replace", CHANGED, "--as", STAFF, "--reason", "so", "--map", "draft=drafted")
    assert changing.done("dossiers", "list", ROUND, "--json").json["dossiers"][0]["state"] == "drafted"

"""Are dossiers started, brought in, moved and shown in their strands on the command line?"""

import pytest
from installation import BEFORE_THE_CALL, PEOPLE, ROUND, STAFF, Installation, install
from two_lists import two_lists

HEADER = "organisation,name,email,language,number,state,received,title,amount,strand\n"
ROW = "De Brug,An Jans,an@brug.example,nl,CI19-007,in_preselection,2019-01-10T10:00,De overkant,18000,"
REFUSED = "Refused, and nothing has changed:\n  "
MOVED = ROW.replace("CI19-007", "CI19-008")
START = (
    "dossiers", "start", ROUND, "--organisation", "De Brug", "--name", "An", "--email", "an@brug.example",
    "--language", "nl", "--as", "an@brug.example",
)  # fmt: skip


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The round with two lists, open since before its call."""
    grantcycle = install(tmp_path_factory.mktemp("lists"))
    for name, text in two_lists().files.items():
        path = grantcycle.folder / "workflows" / "cera-impuls" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    grantcycle.write("config.toml", '[database]\nurl = "sqlite:///cycle.db"\n\n[workflows]\nfolder = "workflows"\n')
    grantcycle.done("open", ROUND, "--as", STAFF, at=BEFORE_THE_CALL)
    grantcycle.done("people", "import", grantcycle.write("people.csv", PEOPLE), "--as", STAFF, at=BEFORE_THE_CALL)
    return grantcycle


def test_a_dossier_is_started_in_a_strand(lists: Installation) -> None:
    refused = lists(*START)
    assert (refused.code, refused.err) == (3, f"{REFUSED}say in which strand the dossier stands: small, large\n")
    lists.done(*START, "--strand", "small")
    (listed,) = lists.done("dossiers", "list", ROUND, "--json").json["dossiers"]
    assert (listed["number"], listed["strand"]) == ("CI19-001", "small")
    assert 'It stands in "Klein" (small).' in lists.done("dossiers", "show", ROUND, "CI19-001").out


def test_a_spreadsheet_says_the_strand_of_each_dossier_and_keeps_its_limits(lists: Installation) -> None:
    def brought(strand: str, amount: str = "18000") -> tuple[int, str]:
        file = lists.write("in.csv", HEADER + ROW.replace("18000", amount) + strand + "\n")
        answer = lists("dossiers", "import", ROUND, file, "--as", STAFF)
        return answer.code, answer.out or answer.err

    code, sentence = brought("smal")
    assert (code, 'did you mean "small"?' in sentence) == (1, True)
    assert brought("")[0] == 1
    code, sentence = brought("small", "20001")
    assert (code, "at most 20,000 may be asked" in sentence) == (1, True)
    assert brought("small") == (0, "1 dossier brought in: CI19-007 to CI19-007.\n")
    assert lists.done("dossiers", "show", ROUND, "CI19-007", "--json").json["strand"] == "small"


def test_staff_change_it_by_itself_or_with_a_move_that_sets_it(lists: Installation) -> None:
    lists.done("dossiers", "import", ROUND, lists.write("in.csv", f"{HEADER}{MOVED}small\n"), "--as", STAFF)
    changed = lists.done(
        "dossiers", "strand", ROUND, "CI19-008", "large", "--reason", "It asks for two years.", "--as", STAFF
    )  # fmt: skip
    assert changed.out == 'CI19-008 now stands in "Groot" (large).\n'
    refused = lists("act", ROUND, "CI19-008", "move_over", "--as", STAFF)
    assert (refused.code, refused.err) == (3, f'{REFUSED}"move_over" asks for a new value: "Klein / Groot"\n')
    lists.done("act", ROUND, "CI19-008", "move_over", "--answer", "strand=small", "--as", STAFF)
    lists.done("act", ROUND, "CI19-008", "lower", "--answer", "amount=9000", "--as", STAFF)
    shown = lists.done("dossiers", "show", ROUND, "CI19-008", "--json").json
    assert (shown["strand"], shown["answers"]["amount"]) == ("small", 9000)
    assert lists("act", ROUND, "CI19-008", "lower", "--answer", "amount=20001", "--as", STAFF).code == 3


def test_a_date_is_moved_for_one_strand(lists: Installation) -> None:
    moved = lists.done(
        "extend", ROUND, "call closes", "--to", "2019-03-08", "--reason", "A flood", "--strand", "large", "--as", STAFF
    )  # fmt: skip
    assert moved.out == f'"call closes" of {ROUND} is moved to 2019-03-08 for the dossiers in "large".\n'
    agenda = lists.done("agenda", ROUND, "--json").json["agenda"]
    closes = [(one["moment"], one.get("strand"), str(one["at_local"])[:10]) for one in agenda if one["kind"] == "edge"]
    assert [one for one in closes if one[0] == "call closes"] == [
        ("call closes", None, "2019-03-02"), ("call closes", "large", "2019-03-09")
    ]

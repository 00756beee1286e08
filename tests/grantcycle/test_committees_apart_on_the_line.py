"""Are people put into the committee of one strand on the command line and by a spreadsheet?"""

import pytest
from installation import BEFORE_THE_CALL, ROUND, STAFF, Installation, install
from two_lists import two_lists

HEADER = "round,name,email,language,role,chair,per\n"


@pytest.fixture
def apart(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The round with two lists and a jury for each, open since before its call."""
    grantcycle = install(tmp_path_factory.mktemp("apart"))
    for name, text in two_lists().files.items():
        path = grantcycle.folder / "workflows" / "cera-impuls" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        head, jury, rest = text.partition("[committee.jury]\n")
        path.write_text(f'{head}{jury}per = "strand"\n{rest}' if jury else text, encoding="utf-8")
    grantcycle.write("config.toml", '[database]\nurl = "sqlite:///cycle.db"\n\n[workflows]\nfolder = "workflows"\n')
    grantcycle.done("open", ROUND, "--as", STAFF, at=BEFORE_THE_CALL)
    grantcycle.done("people", "add", ROUND, STAFF, "--name", "Els", at=BEFORE_THE_CALL)
    return grantcycle


def test_a_member_sits_in_the_jury_of_one_strand(apart: Installation) -> None:
    bo = ("people", "add", ROUND, "bo@jury.example", "--name", "Bo", "--role", "jury", "--as", STAFF)
    told = apart.done(*bo, "--per", "small", at=BEFORE_THE_CALL)
    assert told.out == f'bo@jury.example is "jury" for "small" in {ROUND}.\n'
    refused = apart(*bo, at=BEFORE_THE_CALL)
    assert (refused.code, "has the part \"jury\" for Klein already" in refused.err) == (3, True)
    wrong = apart(*bo, "--per", "smal", at=BEFORE_THE_CALL)
    assert (wrong.code, 'there is no strand "smal"; did you mean "small"?' in wrong.err) == (1, True)
    row = f"{ROUND},Noor,noor@jury.example,nl,jury,,"
    wrong = apart("people", "import", apart.write("in.csv", f"{HEADER}{row}smal\n"), "--as", STAFF, at=BEFORE_THE_CALL)
    assert (wrong.code, 'there is no strand "smal"' in wrong.err) == (1, True)
    file = apart.write("in.csv", f"{HEADER}{row}large\n")
    brought = apart("people", "import", file, "--as", STAFF, at=BEFORE_THE_CALL)
    assert (brought.code, brought.out) == (0, "1 part given.\n")
    status = apart("status", ROUND, at=BEFORE_THE_CALL)
    said = status.out + status.err
    assert [f'"jury {strand}" has 1 member' in said for strand in ("small", "large")] == [True, True]

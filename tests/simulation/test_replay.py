"""R18: do recorded rounds, played back on the code and the rules as they are now, still go as they went?"""

import pytest
from recordings import NAMES, acts_file, expected, expected_file, parted, played_back


@pytest.mark.parametrize("name", NAMES)
def test_what_was_recorded_happens_again(name: str) -> None:
    recorded, now = expected(name), played_back(name)
    assert now == recorded, f"{name} goes otherwise than it was recorded:\n{parted(recorded, now)}"


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_holds_refusals_and_letters_and_is_small(name: str) -> None:
    lines = expected(name)
    kinds = {line.partition("\t")[0] for line in lines}
    assert kinds == {"act", "dossier", "deadline", "journal", "letter"}
    assert any(line.startswith("act\t") and not line.endswith("\tdone") for line in lines)
    assert acts_file(name).stat().st_size + expected_file(name).stat().st_size < 400_000


def test_what_parts_is_said_in_words() -> None:
    recorded = ["dossier\tSG30-001\tchosen", "letter\tgranted\tanna", "letter\treceived\tanna"]
    assert parted(recorded, list(recorded)) == ""
    assert parted(recorded, [recorded[0], "letter\tnot-granted\tanna", recorded[2]]) == (
        "was recorded, and does not happen now: letter granted | anna\n"
        "happens now, and was not recorded: letter not-granted | anna"
    )
    assert parted(recorded, [recorded[0], recorded[2], recorded[1]]) == (
        "the same, in another order from line 2 on: letter received | anna"
    )

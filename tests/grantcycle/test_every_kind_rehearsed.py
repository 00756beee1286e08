"""Do invented people answer every kind of question, and does a spreadsheet bring such answers in?"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from two_stages import ANSWERS, programme

from engine.errors import GrantcycleError
from engine.rules.typed import write_answer
from grantcycle.dossier_sheet import read_dossiers
from grantcycle.rehearsing import rehearse

QUESTIONS = programme().workflow.questions


def test_a_programme_with_every_kind_of_question_is_played_to_its_end() -> None:
    seen = rehearse(programme(), "2030", dossiers=6, seed=3)
    (late,) = [one.refused for one in seen.refused]  # the one who is a second late
    assert late[0].startswith("this was possible before 2030-03-01")
    handed_in = Counter(one.details["deliverable"] for one in seen.journal if one.what == "delivered")
    assert handed_in == {"visit": 8, "advice": 3, "plan": 3, "report": 3}
    assert Counter(one.state for one in seen.dossiers) == {"done": 2, "declined": 4, "lapsed": 2}
    told = Counter((one.letter, one.role, one.status) for one in seen.mails)
    assert (told["water", "everyone", "sent"], told["water", "panel", "sent"]) == (3, 5)


def sheet(folder: Path, answers: dict[str, Any]) -> Path:
    """A spreadsheet of one dossier with these answers."""
    cells = {"organisation": "Lane", "name": "An", "email": "an@lane.example", "language": "en"}
    cells |= {name: value if isinstance(value, str) else write_answer(QUESTIONS[name], value)
              for name, value in answers.items()}  # fmt: skip
    path = folder / "dossiers.csv"
    written = ["\"" + text.replace("\"", "\"\"") + "\"" for text in cells.values()]
    path.write_text(f"{','.join(cells)}\n{','.join(written)}\n", encoding="utf-8")
    return path


def test_a_spreadsheet_brings_in_numbers_choices_days_and_the_rows_of_a_cell(tmp_path: Path) -> None:
    (found,) = read_dossiers(sheet(tmp_path, ANSWERS), programme().workflow, "Europe/Brussels", [])
    assert found.answers == ANSWERS


def test_a_spreadsheet_is_refused_with_what_is_wrong_in_each_cell(tmp_path: Path) -> None:
    wrong = {"trees": "many", "street": "A road", "begins": "soon", "milestones": "Trees | 1/3/2030"}
    with pytest.raises(GrantcycleError) as refused:
        read_dossiers(sheet(tmp_path, wrong), programme().workflow, "Europe/Brussels", [])
    for sentence in ('"many" is not a number', '"A road" cannot be chosen', '"soon" is not a day',
                     '"Trees | 1/3/2030" is not a row'):  # fmt: skip
        assert sentence in str(refused.value)

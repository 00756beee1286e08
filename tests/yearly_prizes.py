"""Small prizes that are given every year: the programme on which rules about earlier dossiers are tried."""

from datetime import datetime
from functools import cache

from on_disk import written

from engine.files.reading import Programme, read_programme
from engine.rules.moments import to_instant

FILES = written("across")
PRIZES, PRIZES_2030 = FILES["workflow.toml"], FILES["rounds/2030.toml"]
YEARS = ("2030", "2030_bis", "2031", "2032")
"""the second is a round of the same days as the first"""
STAFF, JUROR = "staff@fund.example", "juror@fund.example"


@cache
def prizes(edits: tuple[tuple[str, str], ...] = ()) -> Programme:
    """The programme with its rounds, each of `edits` (a text found once -> its replacement) made in the rules."""
    workflow = PRIZES
    for old, new in edits:
        assert workflow.count(old) == 1, f"{old!r} is not found once"
        workflow = workflow.replace(old, new)
    letters = ["not-taken-up", *(["sorry"] if '"sorry"' in workflow else [])]
    files = {"workflow.toml": workflow, **{f"letters/en/{name}.md": "Subject\n\nText\n" for name in letters}}
    for year in YEARS:
        number = f"SP{year[2:4]}{'B' if 'bis' in year else ''}"
        files[f"rounds/{year}.toml"] = PRIZES_2030.replace("SP30", number).replace("2030", year[:4])
    return read_programme("prizes", files, "prizes")


def key(year: str) -> str:
    return f"prizes/{year}"


def at(year: str, local: str) -> int:
    """The instant of a local wall time of a year: `at("2030", "03-01T17:00")`."""
    wall = datetime.fromisoformat(f"{year[:4]}-{local}")
    return to_instant(wall.date(), wall.time(), "Europe/Brussels")

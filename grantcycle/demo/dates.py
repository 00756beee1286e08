"""How does the round that is shipped become one whose selection ends minutes from now?

Every date moves by the same number of whole weeks, so that each stays on its weekday; only the moment at which the
committee's recommendations take effect stands where it is wanted, to the second.
"""

import json
import re
import shutil
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from grantcycle.demo.chosen import SHIPPED

WEEK = 7
EFFECT = "recommendations"
"""the phase whose opening is the next deadline"""
BEFORE = "preselection"
"""the phase that goes on until that day"""


def write_programme(shipped: Path, folder: Path, opens: datetime, closes: datetime) -> str:
    """Write the programme with one round into `folder`, and give the round's name: the year of `opens`.

    `shipped` is the programme as it is shipped; its recommendations take effect at `opens` and are over with `closes`,
    local wall times of the round.
    """
    shutil.copytree(shipped, folder, ignore=shutil.ignore_patterns("rounds"))
    text = (shipped / "rounds" / f"{SHIPPED}.toml").read_text(encoding="utf-8")
    content = moved(tomllib.loads(text), opens, closes)
    name = str(opens.year)
    (folder / "rounds").mkdir()
    (folder / "rounds" / f"{name}.toml").write_text(_written(content), encoding="utf-8")
    years = opens.year - int(SHIPPED)
    title = tomllib.loads(text)["round"]["title"]
    for words in folder.glob("words.*.toml"):
        lines = words.read_text(encoding="utf-8").splitlines(keepends=True)
        # the round's title is the one text that bears years
        words.write_text("".join(_later(line, years) if title in line else line for line in lines), encoding="utf-8")
    return name


def moved(content: Mapping[str, Any], opens: datetime, closes: datetime) -> dict[str, Any]:
    """The content of a round file with its dates moved, its title and its number those of the year of `opens`."""
    written: date = content["phase"][EFFECT]["on"]
    weeks = round((opens.date() - written).days / WEEK)
    years = opens.year - int(SHIPPED)
    there: dict[str, Any] = _moved(content, timedelta(weeks=weeks))
    there["round"]["title"] = _later(there["round"]["title"], years)
    there["round"]["number"] = re.sub(r"\d+$", f"{opens.year % 100:02}", there["round"]["number"])
    there["phase"][BEFORE]["to"] = opens.date()
    there["phase"][EFFECT] = {"from": opens, "to": closes}
    return there


def _moved(value: Any, by: timedelta) -> Any:
    if isinstance(value, Mapping):
        return {name: _moved(inner, by) for name, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, by) for inner in value]
    return value + by if isinstance(value, date) else value


def _later(text: str, years: int) -> str:
    """The text with every year so many years later."""
    return re.sub(r"\b20\d\d\b", lambda year: str(int(year[0]) + years), text)


def _written(content: Mapping[str, Any]) -> str:
    """The content of a round file as TOML."""
    lines = ["# The shipped round with other dates, for a demonstration.", "", "[round]"]
    lines += [f"{name} = {_value(value)}" for name, value in content["round"].items()]
    lines += ["", "[phase]"]
    for name, dates in content["phase"].items():
        lines.append(f"{name} = {{ {', '.join(f'{key} = {_value(value)}' for key, value in dates.items())} }}")
    for name, sessions in content["meeting"].items():
        for session in sessions:
            lines += ["", f"[[meeting.{name}]]", *(f"{key} = {_value(value)}" for key, value in session.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | time) else json.dumps(value, ensure_ascii=False)

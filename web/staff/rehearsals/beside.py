"""What differs between two rehearsals: which dates, which letters, which lines of the files?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import RedirectResponse, Response

from engine.database.preparing import rehearsals
from web import dates
from web.ask import Ask
from web.policy import STAFFS
from web.problems import NotThere
from web.routes import Pages
from web.staff.console import show
from web.staff.rehearsals.one import ONE, outcome_of, see
from web.staff.rounds.texts import Difference, differences
from web.staff.rounds.typed import number

pages = Pages()


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline that lies elsewhere, or is only in one of the two; local times."""

    key: str
    first: datetime | None
    second: datetime | None

    @property
    def days(self) -> int | None:
        """By how many days it has moved; None where it is in one of them only."""
        return (self.second.date() - self.first.date()).days if self.first and self.second else None


@dataclass(frozen=True, slots=True)
class Letters:
    """A letter of which another number left, or on other days."""

    letter: str
    first: int
    second: int
    days_differ: bool


@pages.get(ONE + "/beside", STAFFS)
def choose(ask: Ask) -> Response:
    """The one that was chosen in a form."""
    first, second = number(ask.params["rehearsal"]), number(ask.query.get("other", ""))
    if first is None or second is None:
        raise NotThere
    return RedirectResponse(f"/staff/rehearsals/one/{first}/beside/{second}", status_code=303)


@pages.get(ONE + "/beside/{other}", STAFFS)
def beside(ask: Ask) -> Response:
    """The first one beside the second."""
    first, second = see(ask, number(ask.params["rehearsal"])), see(ask, number(ask.params["other"]))
    one, other = outcome_of(ask, first), outcome_of(ask, second)
    found: Sequence[Difference] = ()
    if first.row.digest != second.row.digest:
        with ask.reading() as session:
            texts = [dict(rehearsals.texts_of(session, of.row)) for of in (first, second)]
        found = differences(*texts)
    return show(
        ask, "staff/rehearsals/beside.html", first=first, second=second, moved=_moved(one, other),
        letters=_letters(one, other), differences=found, same=_same(one, other),
        written=lambda local: f"{dates.day(local.date(), ask.language, form='EEE d MMM y')}, {local:%H:%M}",
    )  # fmt: skip


def _deadlines(outcome: Mapping[str, Any]) -> dict[str, datetime]:
    return {one["key"]: datetime.fromisoformat(one["local"]) for one in outcome["deadlines"]}


def _moved(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[Moved]:
    first, second = _deadlines(one), _deadlines(other)
    keys = [*first, *(key for key in second if key not in first)]
    moved = [Moved(key, first.get(key), second.get(key)) for key in keys if first.get(key) != second.get(key)]
    return sorted(moved, key=lambda one: (str(one.second or one.first), one.key))


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """How many deadlines lie where they lay."""
    second = _deadlines(other)
    return sum(second.get(key) == local for key, local in _deadlines(one).items())


def _letters(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[Letters]:
    counts = []
    for outcome in (one, other):
        by_day: dict[str, Counter[str]] = {}
        for day, letter, _, count in outcome["letters"]:
            by_day.setdefault(letter, Counter())[day] += count
        counts.append(by_day)
    first, second = counts
    nothing: Counter[str] = Counter()
    return [
        Letters(letter, sum(a.values()), sum(b.values()), a.keys() != b.keys())
        for letter in sorted({*first, *second})
        if (a := first.get(letter, nothing)) != (b := second.get(letter, nothing))
    ]

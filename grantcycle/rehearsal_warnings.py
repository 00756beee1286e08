"""What should somebody look at before this round is opened?

Days on which nobody works, people who get two letters on one day, words and letters that are missing, letters that did
not leave, and what did not go as promised.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from engine.files.reading import examine
from engine.rules.moments import from_instant
from engine.rules.round import Round
from engine.rules.working_days import day_off
from grantcycle.rehearsed import Dossier, Event, Mail, Rehearsed, Warning


def find_warnings(seen: Rehearsed) -> tuple[Warning, ...]:
    """Every warning: about the files first, then by day."""
    programme, round = seen.programme, seen.round
    _, complaints = examine(programme.name, programme.files, programme.name)
    found = [Warning(f"{c.file}:{c.line}", _about(c.table, c.key) + c.sentence) for c in complaints]
    by_day = [
        *_letters_on_days_off(round, seen.mails),
        *_obligations_on_days_off(round, seen.dossiers),
        *_two_on_a_day(round, seen.mails),
        *_unsent(round, seen.mails),
        *_broken(round, seen.journal),
    ]
    return (*found, *sorted(by_day, key=lambda warning: (warning.day or date.min, warning.where)))


def _about(table: str | None, key: str | None) -> str:
    where = " ".join(part for part in (f"[{table}]" if table else "", key or "") if part)
    return f"{where}: " if where else ""


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _letters_on_days_off(round: Round, mails: Sequence[Mail]) -> Iterator[Warning]:
    """What the calendar sends on a day off; letters that answer somebody's act go when that person acts."""
    days: dict[tuple[date, str], int] = defaultdict(int)
    for mail in mails:
        local = from_instant(mail.leaves_at, round.timezone)
        # only the calendar writes at this hour, to the microsecond
        if local.time() == round.mails_at:
            days[local.date(), mail.letter] += 1
    for (day, letter), count in days.items():
        if off := day_off(day, round.holidays):
            yield Warning(letter, f"{_count(count, 'letter leaves', 'letters leave')} on {off}", day)


def _obligations_on_days_off(round: Round, dossiers: Sequence[Dossier]) -> Iterator[Warning]:
    last_days = {(owed.last_day, owed.name) for dossier in dossiers for owed in dossier.owed}
    for day, name in sorted(last_days):
        if off := day_off(day, round.holidays):
            yield Warning(name, f"its last day is {off}", day)


def _two_on_a_day(round: Round, mails: Sequence[Mail]) -> Iterator[Warning]:
    """Grouped: so many people get these letters on one day."""
    got: dict[tuple[date, str], list[str]] = defaultdict(list)
    for mail in mails:
        if mail.sent_at is not None:
            got[from_instant(mail.sent_at, round.timezone).date(), mail.address].append(mail.letter)
    together: dict[tuple[date, tuple[str, ...]], int] = defaultdict(int)
    for (day, _), letters in got.items():
        if len(letters) > 1:
            together[day, tuple(letters)] += 1
    for (day, kinds), count in sorted(together.items()):
        gets = _count(count, "person gets", "people get")
        yield Warning(" + ".join(kinds), f"{gets} {len(kinds)} letters on one day", day)


def _unsent(round: Round, mails: Sequence[Mail]) -> Iterator[Warning]:
    unsent: dict[tuple[date, str, str], int] = defaultdict(int)
    for mail in mails:
        if mail.sent_at is None:
            unsent[from_instant(mail.leaves_at, round.timezone).date(), mail.letter, mail.status] += 1
    for (day, letter, status), count in unsent.items():
        yield Warning(letter, f"{_count(count, 'letter was', 'letters were')} not sent: {status}", day)


_BROKEN = {
    "promise not kept": "the promise is not kept",
    "not paid": "it was not paid in time",
    "missed": "it came too late to be said",
    "waits for release": "nobody has approved it in time",
}


def _broken(round: Round, journal: Sequence[Event]) -> Iterator[Warning]:
    for event in journal:
        if event.what in _BROKEN:
            where = str(event.details.get("name") or event.details.get("batch") or event.what)
            yield Warning(where, _BROKEN[event.what], from_instant(event.at, round.timezone).date())

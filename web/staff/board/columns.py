"""Which columns can the table have, and what stands in each: on the page, and in a file?"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from engine.database.pages.answers import IN_ORDER, shown_questions
from engine.database.pages.lists import ANSWER, FIRST
from engine.rules.budgets import asking
from engine.rules.questions import Question
from engine.rules.typed import total
from web import dates
from web.ask import Ask
from web.staff.board.showing import Showing, Shown
from web.staff.board.wanted import Wanted, language_words, link

Value = str | int | float | date | None
"""what a cell of a file holds: a number as a number, an instant as the local time of the round, a day as a day"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table. `sort` is what it is put in order by, `total` what stands below it, if anything."""

    name: str
    label: str
    value: Callable[[Shown], Value]
    """in a file"""
    words: Callable[[Shown], str]
    """on the page; empty where there is nothing to say"""
    sort: str = ""
    kind: str = ""
    """how its cell is drawn: as plain text, or `num`, `title`, `chips`, `mean`"""
    link: str = ""
    """where its head leads: the same list in that order"""
    sorted: str = ""
    """`ascending`, `descending` or empty"""


ALWAYS = FIRST
"""the number heads every row"""
COLUMNS = (
    "number", "title", "organisation", "state", "strand", "language", "amount", "mean", "members", "attention",
    "received", "batch", "contact", "spread", "verdict", "due", "entered", "slot", "missing", "conflicts",
)  # fmt: skip
USUAL = ("title", "organisation", "state", "strand", "language", "amount", "mean", "members", "attention", "received")
OF_MARKS = ("mean", "members", "spread")


def names_for(ask: Ask) -> list[str]:
    """The columns that say something in this programme."""
    workflow = ask.place.workflow
    silent: set[str] = set()
    if not workflow.criteria:
        silent |= set(OF_MARKS)
    if not asking(workflow):
        silent.add("amount")
    if not workflow.committees:
        silent |= {"verdict", "conflicts"}
    if not workflow.strands:
        silent.add("strand")
    if ask.place.calendar.cut is None:
        silent.add("batch")
    if not workflow.obligations:
        silent.add("due")
    if not any(one.slots for one in workflow.meetings.values()):
        silent.add("slot")
    return [
        *(name for name in COLUMNS if name not in silent),
        *(f"{ANSWER}{one.name}" for one in shown_questions(workflow)),
    ]


def answered(columns: Sequence[Column]) -> list[str]:
    """The questions whose answers some columns show."""
    return [one.name.removeprefix(ANSWER) for one in columns if one.name.startswith(ANSWER)]


def all_columns(ask: Ask, showing: Showing) -> Mapping[str, Column]:
    """Every column by its name."""
    return {column.name: column for column in _all(ask, showing)}


def chosen(every: Mapping[str, Column], known: Sequence[str], wanted: Wanted, path: str) -> Sequence[Column]:
    """Of `every` column those that were asked for, or the usual ones, with what their heads lead to."""
    names = [ALWAYS, *(one for one in wanted.columns or USUAL if one in known and one != ALWAYS)]
    return [_headed(every[name], wanted, path) for name in names]


def _headed(column: Column, wanted: Wanted, path: str) -> Column:
    if not column.sort:
        return column
    by, backwards = wanted.sort.removeprefix("-"), wanted.sort.startswith("-")
    here = by == column.sort
    # the first click shows what there is most of first
    turned = not backwards if here else column.kind in ("num", "mean")
    other = f"-{column.sort}" if turned else column.sort
    target = link(path, wanted.pairs(sort=other) or [("all", "1")])
    state = ("descending" if backwards else "ascending") if here else ""
    return Column(
        column.name, column.label, column.value, column.words, column.sort, column.kind, target, state
    )


def _all(ask: Ask, showing: Showing) -> Sequence[Column]:
    place, language, say = ask.place, ask.language, ask.say
    zone, workflow = place.zone, place.workflow
    languages = language_words(ask)
    strands = {name: ask.said(title) for name, title in workflow.strands.items()}
    states = {state: ask.said(one.title) for state, one in workflow.states.items()}

    def local(instant: int | None) -> datetime | None:
        return None if instant is None else dates.local(instant, zone).replace(tzinfo=None, microsecond=0)

    def moment(instant: int | None) -> str:
        return "" if instant is None else dates.short_moment(instant, zone, language)

    def day_before(instant: int | None) -> str:
        return "" if instant is None else dates.short_day(dates.last_day(instant, zone), language)

    def number(value: float | None) -> str:
        return "" if value is None else dates.number(round(value, 2), language)

    def mean(one: Shown) -> str:
        return "" if one.card.mean is None else dates.tenth(one.card.mean, language)

    def dots(one: Shown) -> str:
        if one.dots is None:
            return str(one.card.members) if one.card.members else ""
        return say("%(given)s of %(wanted)s", given=one.dots[0], wanted=one.dots[1])

    def verdict(one: Shown) -> str:
        return showing.verdict(one.card.verdict) if one.card.verdict else ""

    def attention(one: Shown) -> str:
        return ", ".join(words for _, words in one.chips)

    def tongue(one: Shown) -> str:
        return languages.get(one.card.language or "", one.card.language or "")

    def money(one: Shown) -> str:
        asked = one.card.amount
        return "" if asked is None else dates.amount(asked, workflow.currency, language)

    return [
        Column("number", say("Number"), lambda one: one.card.number, lambda one: one.card.number, "number"),
        Column("title", say("Title"), lambda one: one.card.title, lambda one: one.card.title, "title", kind="title"),
        Column("organisation", say("Organisation"), lambda one: one.card.organisation,
               lambda one: one.card.organisation, "organisation"),
        Column("state", say("State"), lambda one: states[one.card.state], lambda one: states[one.card.state], "state"),
        Column("strand", say("Strand"), lambda one: strands.get(one.card.strand or "", ""),
               lambda one: strands.get(one.card.strand or "", ""), "strand"),
        Column("language", say("Language"), lambda one: one.card.language, tongue, "language"),
        Column("amount", say("Asked"), lambda one: one.card.amount, money, "amount", kind="num"),
        Column("mean", say("Mean"), lambda one: one.card.mean, mean, "mean", kind="mean"),
        Column("members", say("Scores in"), lambda one: one.card.members, dots, "members", kind="num"),
        Column("attention", say("Attention"), attention, attention, kind="chips"),
        Column("received", say("Received"), lambda one: local(one.card.received_at),
               lambda one: moment(one.card.received_at), "received"),
        Column("batch", say("Batch"), lambda one: one.card.batch,
               lambda one: str(one.card.batch or ""), "batch", kind="num"),
        Column("contact", say("Contact"), lambda one: one.card.contact, lambda one: one.card.contact or ""),
        Column("spread", say("Spread"), lambda one: one.card.spread, lambda one: number(one.card.spread), "spread",
               kind="num"),
        Column("verdict", say("Verdict"), verdict, verdict),
        Column("due", say("Next due"), lambda one: local(one.card.next_due), lambda one: day_before(one.card.next_due),
               "due"),
        Column("entered", say("In this state since"), lambda one: local(one.card.entered_at),
               lambda one: moment(one.card.entered_at), "entered"),
        Column("slot", say("Slot"), lambda one: local(one.card.slot), lambda one: moment(one.card.slot)),
        Column("missing", say("Answers missing"), lambda one: one.card.missing, lambda one: str(one.card.missing or ""),
               kind="num"),
        Column("conflicts", say("Conflicts"), lambda one: one.card.conflicts,
               lambda one: str(one.card.conflicts or ""), kind="num"),
        *(_of_answer(ask, one) for one in shown_questions(workflow)),
    ]  # fmt: skip


def _of_answer(ask: Ask, question: Question) -> Column:
    """What dossiers answer to a question: a number, an amount, a day, a choice in words, the number of a dossier, or
    what a schedule comes to."""

    def value(one: Shown) -> Value:
        given = one.answers.get(question.name)
        if given is None:
            return None
        if question.kind in ("number", "money"):
            return float(given)
        if question.kind == "schedule":
            return float(total(json.loads(given)))
        if question.kind == "date":
            return date.fromisoformat(given)
        return ask.said(given) if question.kind == "choice" else given

    def words(one: Shown) -> str:
        given = value(one)
        if isinstance(given, date):
            return dates.short_day(given, ask.language)
        if not isinstance(given, float):
            return str(given or "")
        if question.kind in ("money", "schedule"):
            return dates.amount(given, ask.place.workflow.currency, ask.language)
        return dates.number(given, ask.language)

    name = f"{ANSWER}{question.name}"
    kind = "num" if question.kind in ("number", "money", "schedule") else ""
    return Column(name, ask.said(question.ask), value, words, name if question.kind in IN_ORDER else "", kind=kind)

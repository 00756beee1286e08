"""Which dossiers does somebody want to see?

A filter is read from an address and written back into one, and becomes the conditions of a question. The board, the
table, its files, kept views and what is done to many at once all mean the same by it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from engine.database.cohort.gathered import has_dates_of_its_own
from engine.database.cohort.guards import answers_so, counted, hold
from engine.database.cohort.letters import title
from engine.database.expressions import string_of
from engine.database.pages.ranges import NOT_SO, Bounds, bounds_of, is_bound, within, written
from engine.database.records import (
    ConflictRow,
    ContactRow,
    DeliveryRow,
    DossierRow,
    ExtensionRequestRow,
    HeldBackRow,
    ObligationRow,
    PersonRow,
    VerdictRow,
)
from engine.errors import GrantcycleError
from engine.rules.budgets import asking
from engine.rules.conditions import Guard
from engine.rules.moments import MOST_BATCHES
from engine.rules.questions import Question
from engine.rules.roles import deciding_committee
from engine.rules.typed import parse_money
from engine.rules.workflow import Workflow

Condition = sa.ColumnElement[bool]
LONGEST = 200
"""characters of a text that is looked for"""
FLAGS = (
    "needs", "overdue", "incomplete", "late", "extension", "asks", "conflict", "held", "differ", "decided", "undecided",
)  # fmt: skip
"""what a dossier can be picked by besides where it stands; `needs` is what waits for staff: asks, held or overdue"""
LIVE = ("language", "text")
"""fields about people, who change what they are called and how they read whenever they like"""


@dataclass(frozen=True, slots=True)
class Filter:
    """What is wanted; all of it must hold, and of several states, languages or verdicts one."""

    only: tuple[str, ...] = ()
    """names of FLAGS"""
    state: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    verdict: tuple[str, ...] = ()
    """transitions of the verdict that stands"""
    batch: tuple[str, ...] = ()
    """in which it was handed in, where a phase is cut: numbers"""
    amount_from: float | None = None
    amount_to: float | None = None
    organisation: str = ""
    strand: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    """choices, each behind the name of its question: `kind=Software`"""
    bounds: Bounds = ()
    """between which numbers, amounts or days answers lie"""
    text: str = ""
    """in the number, title, organisation, or in the name or address of somebody who speaks for it"""

    @property
    def is_live(self) -> bool:
        """Whether the answer can change without anything happening in the round."""
        return any(getattr(self, name) for name in LIVE)

    def without(self, name: str, value: str = "") -> "Filter":
        """The same without one of its parts."""
        if is_bound(name):
            return replace(self, bounds=tuple(one for one in self.bounds if one[0] != name))
        had = getattr(self, name)
        if isinstance(had, tuple):
            return replace(self, **{name: tuple(one for one in had if one != value)})  # type: ignore[arg-type]  # the fields with several values
        return replace(self, **{name: type(self).__dataclass_fields__[name].default})  # type: ignore[arg-type]  # the field's own default

    def pairs(self) -> list[tuple[str, str]]:
        """As it stands in an address: `read` gives the same filter again."""
        named = ("only", "state", "strand", "answer", "language", "verdict", "batch")
        several = [(name, one) for name in named for one in getattr(self, name)]
        amounts = [
            (name, f"{value:.2f}" if value != int(value) else str(int(value)))
            for name in ("amount_from", "amount_to")
            if (value := getattr(self, name)) is not None
        ]
        texts = [(name, value) for name, value in (("organisation", self.organisation), ("q", self.text)) if value]
        return [*several, *amounts, *self.bounds, *texts]


@dataclass(frozen=True, slots=True)
class Meaningless:
    """A part of a filter that means nothing in this round, and was left out; `because` is `unknown`, `no amount`,
    `no number` or `no day`."""

    name: str
    value: str
    because: str


@dataclass(frozen=True, slots=True)
class Read:
    """A filter as it was read, and what of it means nothing."""

    filter: Filter
    meaningless: tuple[Meaningless, ...] = ()


def choices_of(workflow: Workflow) -> Mapping[str, tuple[Question, str]]:
    """As it stands in a filter -> the question that asks to choose, and the choice."""
    return {
        f"{one.name}={' '.join(choice.split())}"[:LONGEST]: (one, choice)
        for one in workflow.questions.values() if isinstance(one.choices, tuple) for choice in one.choices
    }  # fmt: skip


def read(pairs: Iterable[tuple[str, str]], workflow: Workflow) -> Read:
    """The filter of an address; names that are none of its own are not looked at."""
    known: Mapping[str, Sequence[str]] = {
        "only": FLAGS, "state": tuple(workflow.states), "strand": tuple(workflow.strands),
        "answer": tuple(choices_of(workflow)), "language": workflow.languages, "verdict": tuple(workflow.transitions),
        "batch": tuple(str(one) for one in range(1, MOST_BATCHES + 1)),
    }  # fmt: skip
    bounds, bounded = dict[str, str](), bounds_of(workflow)
    several: dict[str, list[str]] = {name: [] for name in known}
    single: dict[str, Any] = {}
    meaningless: list[Meaningless] = []
    for name, given in pairs:
        value = " ".join(given.split())[:LONGEST]
        if not value:
            continue
        if name in known:
            if value not in known[name]:
                meaningless.append(Meaningless(name, value, "unknown"))
            elif value not in several[name]:
                several[name].append(value)
        elif name in ("amount_from", "amount_to"):
            try:
                single[name] = float(parse_money(value))
            except GrantcycleError:
                meaningless.append(Meaningless(name, value, "no amount"))
        elif is_bound(name):
            question = bounded.get(name)
            if question is None:
                meaningless.append(Meaningless("answer", name.partition(".")[2][:LONGEST], "unknown"))
                continue
            try:
                bounds[name] = written(question, value)
            except GrantcycleError:
                meaningless.append(Meaningless(name, value, NOT_SO[question.kind]))
        elif name in ("organisation", "q"):
            single["text" if name == "q" else name] = value
    # in one order, so that the same filter is the same whatever was ticked first
    sets = {name: tuple(one for one in known[name] if one in values) for name, values in several.items()}
    single["bounds"] = tuple((name, bounds[name]) for name in bounded if name in bounds)
    return Read(Filter(**{**sets, **single}), tuple(meaningless))


# ── As conditions ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Rules:
    """What the conditions are made with: the rules, and the first instant after the call, if it has one."""

    workflow: Workflow
    closes: int | None = None
    kept: dict[str, Condition] = field(default_factory=dict, compare=False)


def amount(workflow: Workflow) -> sa.ColumnElement[float]:
    """What a dossier asks for; nothing where it does not say."""
    amounts = [sa.cast(sa.func.nullif(counted(one, workflow, string_of), ""), sa.Float) for one in asking(workflow)]
    if not amounts:
        return sa.cast(sa.null(), sa.Float)
    return sa.func.coalesce(*amounts) if len(amounts) > 1 else amounts[0]


def language() -> sa.ScalarSelect[str]:
    """The language of whoever spoke for a dossier first, which its answers are most likely written in."""
    return (
        sa.select(col(PersonRow.language))
        .join(ContactRow, col(ContactRow.person_id) == col(PersonRow.id))
        .where(col(ContactRow.dossier_id) == col(DossierRow.id))
        .order_by(col(ContactRow.id))
        .limit(1)
        .correlate(DossierRow)
        .scalar_subquery()
    )


def _of_dossier(row: Any, *where: Condition) -> Condition:
    # said, for a question may be of the same table itself
    return sa.exists().where(col(row.dossier_id) == col(DossierRow.id), *where).correlate(DossierRow)


def _overdue(_rules: Rules) -> Condition:
    return _of_dossier(
        ObligationRow, col(ObligationRow.overdue_at).is_not(None), col(ObligationRow.fulfilled_at).is_(None),
        col(ObligationRow.excused_at).is_(None), col(ObligationRow.handed_in_at).is_(None),
    )  # fmt: skip


def _incomplete(rules: Rules) -> Condition:
    open_states = [state for state in rules.workflow.states if state not in rules.workflow.ends_in]
    complete = hold((Guard("form", "complete"),), rules.workflow)
    return sa.and_(col(DossierRow.state).in_(open_states), ~complete)


def _late(rules: Rules) -> Condition:
    delivered_late = _of_dossier(DeliveryRow, col(DeliveryRow.late).is_(True))
    if rules.closes is None:
        return delivered_late
    return sa.or_(delivered_late, sa.func.coalesce(col(DossierRow.received_at), 0) >= rules.closes)


def _extension(_rules: Rules) -> Condition:
    return has_dates_of_its_own()


def _asks(_rules: Rules) -> Condition:
    return _of_dossier(ExtensionRequestRow, col(ExtensionRequestRow.answered_at).is_(None))


def _conflict(_rules: Rules) -> Condition:
    return _of_dossier(ConflictRow)


def _held(rules: Rules) -> Condition:
    """A calendar move, or a verdict, that was held back since the dossier came where it stands, and waits still."""
    could_leave = sa.or_(
        sa.false(),
        *(
            sa.and_(col(HeldBackRow.transition) == one.name, col(DossierRow.state).in_(one.sources))
            for one in rules.workflow.transitions.values()
            if one.when
        ),
    )
    since_then = col(VerdictRow.ended_at) >= col(DossierRow.entered_at)
    return sa.or_(
        _of_dossier(HeldBackRow, could_leave, col(HeldBackRow.since) >= col(DossierRow.entered_at)),
        sa.and_(_of_dossier(VerdictRow, col(VerdictRow.ending) == "held back", since_then), ~_standing()),
    )


def _standing(*where: Condition) -> Condition:
    return _of_dossier(VerdictRow, col(VerdictRow.ended_at).is_(None), *where)


def _decided(_rules: Rules) -> Condition:
    return _standing()


def _undecided(rules: Rules) -> Condition:
    states = [one for one in rules.workflow.states if deciding_committee(rules.workflow, one)]
    return sa.and_(col(DossierRow.state).in_(states), ~_standing())


def _needs(rules: Rules) -> Condition:
    return sa.or_(_asks(rules), _held(rules), _overdue(rules))


_CONDITIONS: Mapping[str, Callable[[Rules], Condition]] = {
    "needs": _needs, "overdue": _overdue, "incomplete": _incomplete, "late": _late, "extension": _extension,
    "asks": _asks, "conflict": _conflict, "held": _held, "decided": _decided, "undecided": _undecided,
}  # fmt: skip
COUNTED = tuple(_CONDITIONS)
"""the flags that one dossier shows by itself; whether members differ is worked out from all their marks"""


def flag(name: str, rules: Rules) -> Condition:
    """The condition that a dossier shows one of the flags, `differ` left out."""
    if name not in rules.kept:
        rules.kept[name] = _CONDITIONS[name](rules)
    return rules.kept[name]


def says(value: Any, wanted: str) -> Condition:
    """Whether a text holds another, whatever is written large."""
    lowered: Condition = sa.func.lower(value).contains(wanted.lower(), autoescape=True)
    # not every database knows what is large beyond English
    return lowered if wanted.isascii() else sa.or_(lowered, value.contains(wanted, autoescape=True))


def speaks(wanted: str) -> Condition:
    """Whether somebody speaks for a dossier who has that in the name or the address."""
    person = sa.or_(says(col(PersonRow.email), wanted), says(col(PersonRow.name), wanted))
    return (
        sa.exists()
        .where(col(ContactRow.dossier_id) == col(DossierRow.id), col(ContactRow.person_id) == col(PersonRow.id), person)
        .correlate(DossierRow)
    )


def _answers(wanted: Sequence[str], workflow: Workflow) -> list[Condition]:
    """Of each question that is named, one of the choices that are."""
    known, chosen = choices_of(workflow), dict[str, list[str]]()
    for one in wanted:
        question, choice = known[one]
        chosen.setdefault(question.name, []).append(choice)
    return [answers_so(workflow, name, tuple(choices)) for name, choices in chosen.items()]


def where(wanted: Filter, rules: Rules) -> list[Condition]:
    """The conditions on dossiers; `differ` is left to whoever joins their marks."""
    workflow = rules.workflow
    found = [flag(name, rules) for name in wanted.only if name != "differ"]
    if wanted.state:
        found.append(col(DossierRow.state).in_(wanted.state))
    if wanted.strand:
        found.append(col(DossierRow.strand).in_(wanted.strand))
    found += [*_answers(wanted.answer, workflow), *within(wanted.bounds, workflow)]
    if wanted.language:
        found.append(language().in_(wanted.language))
    if wanted.verdict:
        found.append(_standing(col(VerdictRow.transition).in_(wanted.verdict)))
    if wanted.batch:
        found.append(col(DossierRow.batch).in_([int(one) for one in wanted.batch]))
    if wanted.amount_from is not None:
        found.append(amount(workflow) >= wanted.amount_from)
    if wanted.amount_to is not None:
        found.append(amount(workflow) <= wanted.amount_to)
    if wanted.organisation:
        found.append(says(col(DossierRow.organisation), wanted.organisation))
    if wanted.text:
        found.append(
            sa.or_(
                says(col(DossierRow.number), wanted.text), says(col(DossierRow.organisation), wanted.text),
                says(title(workflow), wanted.text), speaks(wanted.text),
            )
        )  # fmt: skip
    return found

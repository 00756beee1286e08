"""What is different between two workflows, rule by rule?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from engine.rules.conditions import Guard
from engine.rules.workflow import Workflow

TABLES = {
    "committee": "committees", "phase": "phases", "state": "states", "question": "questions",
    "deliverable": "deliverables", "criterion": "criteria", "meeting": "meetings", "transition": "transitions",
    "obligation": "obligations", "reminder": "reminders", "promise": "promises", "announcement": "announcements",
}  # fmt: skip
"""the table of the file -> where its rules stand"""
GENERAL = ("title", "language", "languages", "begins_in", "ends_in", "currency")
UNWRITTEN = ("name", "position", "retired")
"""what a rule has besides what its table says"""
CALLED = {"sources": "from", "target": "to", "guards": "only_if"}
"""what a key of the file is called in the records, where that is another word"""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a rule: what it said and says; an empty text where it stands or stood nowhere."""

    key: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A rule that came, went or says something else."""

    table: str
    name: str
    kind: Literal["added", "removed", "changed"]
    keys: tuple[Key, ...] = ()


def differences(before: Workflow, after: Workflow) -> tuple[Changed, ...]:
    """All rules that are not the same, in the order of the file."""
    return tuple(_differences(before, after))


def _differences(before: Workflow, after: Workflow) -> Iterator[Changed]:
    general = [
        Key(name, said(getattr(before, name)), said(getattr(after, name)))
        for name in GENERAL if getattr(before, name) != getattr(after, name)
    ]  # fmt: skip
    if general:
        yield Changed("workflow", "", "changed", tuple(general))
    for table, name in TABLES.items():
        yield from _of_a_table(table, getattr(before, name), getattr(after, name))


def _of_a_table(table: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Changed]:
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        if was is None:
            yield Changed(table, name, "added", tuple(_keys(None, now)))
        elif now is None:
            yield Changed(table, name, "removed", tuple(_keys(was, None)))
        elif keys := tuple(_keys(was, now)):
            yield Changed(table, name, "changed", keys)


def _keys(was: Any, now: Any) -> Iterator[Key]:
    """The keys that differ; of a rule that came or went those that say something."""
    one = was if now is None else now
    if not is_dataclass(one):
        if was != now:
            yield Key("title", said(was), said(now))
        return
    for key in (field.name for field in fields(one) if field.name not in UNWRITTEN):
        old, new = (said(None if rule is None else getattr(rule, key)) for rule in (was, now))
        if old != new:
            yield Key(CALLED.get(key, key), old, new)


def said(value: Any) -> str:
    """A value in the words of the file, or near them."""
    if value is None or value == () or value == {}:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Guard):
        return f"{value.word} = {said(value.value)}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {said(one)}" for name, one in value.items())
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(said(one) for one in value)
    if is_dataclass(value) and type(value).__str__ is object.__str__:
        parts = ((field.name, said(getattr(value, field.name))) for field in fields(value))
        return ", ".join(f"{name} = {text}" for name, text in parts if text and name not in UNWRITTEN)
    return str(value)

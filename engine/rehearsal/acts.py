"""Who did what, when, and how is it written down?

An act is one row of a log: instant, who, what, number, values. The rehearsal's invented acts and a real round's log
have the same shape, so that either can be played and either can be kept.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from engine.rules.moments import EPOCH

COLUMNS = ("instant", "who", "what", "number", "values")
MAIL_SERVER = "mail server"
"""Who is down during an outage."""

PERSON, START, CONTACT, ANSWER, SCORE, RECOMMENDATION, CONFLICT, VERDICT = (
    "person", "start", "contact", "answer", "score", "recommendation", "conflict", "verdict",
)  # fmt: skip
ASSIGNMENT, AGREED, PAYMENT = "assignment", "agreed", "payment"
ATTENDANCE, EXCUSE, DELIVERY, REVIEW, EXTEND, APPROVE, REVOKE, OUTAGE, LIFT, ORDER = (
    "attendance", "excuse", "delivery", "review", "extend", "approve", "revoke", "outage", "lift", "order",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keys:
    """Which values an act carries; `more` names what else may stand there (a question, a criterion), if anything."""

    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    more: str | None = None
    numbered: bool = True
    """whether it is about one dossier"""
    all_or_one: bool = False
    """about the round, or about one dossier where a number is given"""


ACTS: Mapping[str, Keys] = {
    PERSON: Keys(("name", "language", "role"), ("chair", "per", "by"), numbered=False),
    START: Keys(("organisation", "name", "language"), ("strand", "clocks")),
    CONTACT: Keys(("email", "name", "language")),
    ANSWER: Keys(more="question"),
    SCORE: Keys(more="criterion"),
    ASSIGNMENT: Keys(("committee", "member")),
    AGREED: Keys(more="criterion"),
    RECOMMENDATION: Keys(("words",)),
    CONFLICT: Keys((), ("reason",)),
    VERDICT: Keys(("transition",), ("reason",)),
    ATTENDANCE: Keys(("meeting",)),
    EXCUSE: Keys(("of", "reason")),
    DELIVERY: Keys(("deliverable",), more="question"),
    LIFT: Keys(("guard", "reason")),
    REVIEW: Keys(("of", "outcome"), ("words", "to")),
    PAYMENT: Keys(("of", "amount", "day"), ("row", "reference")),
    ORDER: Keys(("state", "numbers"), numbered=False),
    EXTEND: Keys(("moment", "to", "reason"), ("strand",), numbered=False, all_or_one=True),
    APPROVE: Keys(("batch",), numbered=False),
    REVOKE: Keys(("batch",), numbered=False),
    OUTAGE: Keys(("until",), numbered=False),
}
"""Every act that is not a transition of the workflow; a transition may carry a `reason`."""
TRANSITION = Keys((), ("reason",))


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that one person did: at an instant (UTC microseconds), about one dossier or about the round."""

    instant: int
    who: str
    what: str
    number: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def write_instant(instant: int) -> str:
    """The instant in UTC, as the log has it: `2019-03-01T22:59:59Z`."""
    return (EPOCH + timedelta(microseconds=instant)).replace(tzinfo=None).isoformat() + "Z"


def write_values(values: Mapping[str, str]) -> str:
    """`k=v; k=v`, with a backslash before a semicolon or a backslash in a value, and `\\n` for a line break."""
    return "; ".join(f"{name}={_escaped(value)}" for name, value in values.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(";", "\\;").replace("\n", "\\n")


def read_values(text: str) -> dict[str, str]:
    """The values of a cell written as `write_values` writes them.

    Raises ValueError with the rest of a sentence when a part has no "=" or a name comes twice.
    """
    values: dict[str, str] = {}
    for part in re.findall(r"(?:\\.|[^;\\]|\\$)+", text, flags=re.DOTALL):
        if not part.strip():
            continue
        name, equals, value = part.partition("=")
        name = name.strip()
        if not equals or not name:
            raise ValueError(f'"{part.strip()}" is not written as name=value')
        if name in values:
            raise ValueError(f'"{name}" stands there twice')
        values[name] = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value, flags=re.DOTALL)
    return values


def write_acts(acts: Iterable[Act]) -> str:
    """A log that `reading.read_acts` reads back as the same acts."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    for act in acts:
        writer.writerow((write_instant(act.instant), act.who, act.what, act.number, write_values(act.values)))
    return target.getvalue()

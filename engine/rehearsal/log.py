"""What does a recorded log say, and what is wrong with it?

Every row that cannot be played is told with its line, in one go, before anything is played.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.errors import GrantcycleError, did_you_mean
from engine.files.complaints import Complaint, Complaints
from engine.rehearsal.acts import (
    ACTS,
    AGREED,
    ANSWER,
    ASSIGNMENT,
    COLUMNS,
    DELIVERY,
    EXCUSE,
    LIFT,
    OUTAGE,
    PERSON,
    REVIEW,
    SCORE,
    START,
    TRANSITION,
    Act,
    read_values,
)
from engine.rules.agenda import batch_of, moment_and_intake
from engine.rules.applying import ACROSS
from engine.rules.divided import scopes_of
from engine.rules.moments import EPOCH, to_instant
from engine.rules.workflow import EVERYONE, STAFF, Criterion, Workflow


def read_acts(text: str, file: str, workflow: Workflow, zone: str) -> tuple[Act, ...]:
    """The acts of a log, in order of time (rows of one instant in the order of the file).

    An instant is ISO with an offset or `Z`, or else a local wall time of `zone`. Raises Complaints with every row
    that is wrong.
    """
    reading = _Reading(file, workflow, zone)
    acts = tuple(reading.rows(text))
    if reading.complaints:
        raise Complaints(reading.complaints)
    return tuple(sorted(acts, key=lambda act: act.instant))


def read_when(text: str, zone: str) -> int:
    """An instant as a log writes it, in UTC microseconds. Raises GrantcycleError when it is none."""
    plain = text.strip()
    try:
        moment = datetime.fromisoformat(plain)
        if not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", plain):
            raise ValueError
    except ValueError:
        raise GrantcycleError(
            f'"{text}" is no instant; write 2019-03-01T22:59:59Z, or 2019-03-01 23:59:59 for local time'
        ) from None
    if moment.tzinfo is None:
        return to_instant(moment.date(), moment.time(), zone)
    return (moment.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)


@dataclass
class _Reading:
    file: str
    workflow: Workflow
    zone: str
    complaints: list[Complaint] = field(default_factory=list)
    started: dict[str, int] = field(default_factory=dict)
    line: int = 1

    def complain(self, column: str | None, sentence: str) -> None:
        self.complaints.append(Complaint(self.file, self.line, None, column, sentence))

    def rows(self, text: str) -> Iterator[Act]:
        """The rows that can be played; what is wrong with the others is kept in `complaints`."""
        header = text.removeprefix("\ufeff").partition("\n")[0]
        delimiter = ";" if ";" in header and "," not in header else ","
        reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True)
        try:
            columns = tuple(name.strip() for name in next(reader, []))
            if not self._known_columns(columns):
                return
            self.line = reader.line_num + 1
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield from self._row(columns, cells)
                self.line = reader.line_num + 1
        except csv.Error as problem:
            self.complain(None, f"this is not CSV from here on ({problem})")

    def _known_columns(self, columns: tuple[str, ...]) -> bool:
        for name in columns:
            if name not in COLUMNS:
                self.complain(None, f'there is no column "{name}"{did_you_mean(name, COLUMNS)}')
        absent = [name for name in COLUMNS if name not in columns]
        if absent:
            self.complain(None, f"the column {' and '.join(absent)} is missing; the first line is {','.join(COLUMNS)}")
        if len(set(columns)) != len(columns):
            self.complain(None, "a column stands there twice")
        return not self.complaints

    def _row(self, columns: tuple[str, ...], cells: list[str]) -> Iterator[Act]:
        before = len(self.complaints)
        if len(cells) != len(columns):
            self.complain(None, f"this row has {len(cells)} cells, and {len(columns)} are needed")
            return
        cell = {name: value.strip() for name, value in zip(columns, cells, strict=True)}
        instant, values = 0, {}
        try:
            instant = read_when(cell["instant"], self.zone)
        except GrantcycleError as problem:
            self.complain("instant", str(problem))
        try:
            values = read_values(cell["values"])
        except ValueError as problem:
            self.complain("values", str(problem))
        if not cell["who"]:
            self.complain("who", "nobody is named")
        if len(self.complaints) == before:
            self._judge(cell["what"], cell["number"], values, instant)
        if len(self.complaints) == before:
            yield Act(instant, cell["who"], cell["what"], cell["number"], values)

    def _judge(self, what: str, number: str, values: Mapping[str, str], instant: int) -> None:
        moves = [name for name, transition in self.workflow.transitions.items() if transition.by]
        if what not in ACTS and what not in moves:
            if what in self.workflow.transitions:
                self.complain("what", f'"{what}" is a transition of the calendar: nobody does it')
            else:
                self.complain("what", f'"{what}" is no act{did_you_mean(what, (*ACTS, *moves))}')
            return
        keys = ACTS.get(what, TRANSITION)
        if keys.numbered or (keys.all_or_one and number):
            self._judge_number(what, number, instant)
        elif number:
            self.complain("number", f'"{what}" is about the round, not about a dossier')
        for name in keys.needed:
            if not values.get(name, "").strip():
                self.complain("values", f'"{what}" needs {name}=...')
        allowed = (*keys.needed, *keys.optional, *self._more(what, values))
        for name in values:
            if name not in allowed:
                self.complain("values", f'"{name}" is no value of "{what}"{did_you_mean(name, allowed)}')
        for name, known in self._known(what).items():
            # of a moment that comes for each batch of the intake any may be named: which there are the round says
            named = moment_and_intake(values[name])[0] if name == "batch" and name in values else values.get(name)
            if named is not None and named not in known:
                self.complain("values", f'there is no {name} "{values[name]}"{did_you_mean(values[name], known)}')
        if what in (SCORE, AGREED):
            for name, mark in values.items():
                if (criterion := self.workflow.criteria.get(name)) is not None:
                    self._judge_mark(criterion, mark)
        if what == OUTAGE and "until" in values:
            try:
                read_when(values["until"], self.zone)
            except GrantcycleError as problem:
                self.complain("values", str(problem))

    def _judge_mark(self, criterion: Criterion, mark: str) -> None:
        if not criterion.words and not re.fullmatch(r"-?\d+(\.\d+)?", mark.strip()):
            self.complain("values", f'"{criterion.name}" is not a mark: "{mark}"')
        elif criterion.words and mark.strip() not in criterion.words:
            hint = did_you_mean(mark.strip(), criterion.words)
            self.complain("values", f'"{mark}" is no mark of "{criterion.name}"{hint}')

    def _judge_number(self, what: str, number: str, instant: int) -> None:
        if not number:
            self.complain("number", f'"{what}" is about a dossier, and no number is given')
        elif what == START:
            if number in self.started:
                self.complain("number", f'"{number}" was started before')
            self.started.setdefault(number, instant)
        elif number not in self.started:
            self.complain(
                "number", f'"{number}" has no row "start" before this one{did_you_mean(number, self.started)}'
            )
        elif instant < self.started[number]:
            self.complain("instant", f'"{number}" is started only later')

    def _more(self, what: str, values: Mapping[str, str]) -> Iterable[str]:
        if what == ANSWER:
            return self.workflow.questions
        if what in (SCORE, AGREED):
            return self.workflow.criteria
        if what == DELIVERY and (deliverable := self.workflow.deliverables.get(values.get("deliverable", ""))):
            return deliverable.questions
        if (rule := self.workflow.transitions.get(what)) and rule.sets:
            return (rule.sets,)
        return ()

    def _known(self, what: str) -> Mapping[str, Iterable[str]]:
        """What the values that name something may name."""
        transitions = self.workflow.transitions.values()
        known: dict[str, Iterable[str]] = {
            "transition": [move.name for move in transitions if move.by in self.workflow.committees],
            "batch": sorted({batch for move in transitions if (batch := batch_of(move))}),
            "meeting": self._meetings(),
            "deliverable": list(self.workflow.deliverables),
            "language": self.workflow.languages,
        }
        if what == PERSON:
            committees = list(self.workflow.committees)
            known["role"] = (STAFF, EVERYONE, *committees, *(f"{name} observer" for name in committees))
            known["chair"] = ("yes",)
            known["per"] = {scope for name in committees for scope in scopes_of(self.workflow, name)}
        if what == REVIEW:
            known["of"] = [one.name for one in self.workflow.obligations.values() if one.accepted_by]
            known["outcome"] = ("accepted", "changes asked")
        if what == ASSIGNMENT:
            known["committee"] = list(self.workflow.committees)
        if what == LIFT:
            known["guard"] = sorted(ACROSS)
        if what == EXCUSE:
            known["of"] = [*self._meetings(), *self.workflow.obligations]
        return known

    def _meetings(self) -> list[str]:
        """By which names staff speak of a meeting: where there is one for each strand or answer, of all or of one."""
        return list(dict.fromkeys([*self.workflow.meetings_apart, *self.workflow.meetings]))

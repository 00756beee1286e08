"""How does one act of a script reach the engine?"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from engine.cycle import Cycle, Upload
from engine.database.pages.owed import in_review
from engine.rehearsal.acts import (
    AGREED,
    ANSWER,
    APPROVE,
    ASSIGNMENT,
    ATTENDANCE,
    CONFLICT,
    CONTACT,
    DELIVERY,
    EXCUSE,
    EXTEND,
    LIFT,
    ORDER,
    PAYMENT,
    PERSON,
    RECOMMENDATION,
    REVIEW,
    REVOKE,
    SCORE,
    START,
    VERDICT,
    Act,
)
from engine.rehearsal.inventing import invented_file
from engine.rules.marks import read_mark
from engine.rules.questions import Question
from engine.rules.typed import parse_answer, parse_money
from engine.rules.workflow import STRAND, Workflow


class Actors:
    """Carries acts out on a round. The round gives its own numbers; those of a log stand for them."""

    def __init__(self, cycle: Cycle, workflow: Workflow, round_key: str) -> None:
        self.cycle = cycle
        self.workflow = workflow
        self.round_key = round_key
        self._numbers: dict[str, str] = {}

    def number(self, act: Act) -> str:
        """The number that the round gave to the dossier which an act is about."""
        return self._numbers.get(act.number, act.number)

    def perform(self, act: Act) -> None:
        """Do it at its instant. Raises Refused, or another GrantcycleError, as the engine does; nothing is changed."""
        _PERFORM.get(act.what, Actors._transition)(self, act)

    def _person(self, act: Act) -> None:
        values = act.values
        self.cycle.add_person(
            self.round_key, email=act.who, name=values["name"], language=values["language"], role=values["role"],
            chair=values.get("chair") == "yes", scope=values.get("per", ""), by=values.get("by", act.who),
            now=act.instant,
        )  # fmt: skip

    def _start(self, act: Act) -> None:
        values = act.values
        self._numbers[act.number] = self.cycle.start_dossier(
            self.round_key, organisation=values["organisation"], email=act.who, name=values["name"],
            language=values["language"], by=act.who, now=act.instant,
            strand=values.get("strand"), clocks=values.get("clocks"),
        )  # fmt: skip

    def _contact(self, act: Act) -> None:
        values = act.values
        self.cycle.add_contact(
            self.round_key, self.number(act), email=values["email"], name=values["name"],
            language=values["language"], by=act.who, now=act.instant,
        )  # fmt: skip

    def _given(
        self, act: Act, questions: Mapping[str, Question], texts: Mapping[str, str]
    ) -> tuple[dict[str, Any], dict[str, Upload]]:
        """The answers and the files of an act; only the names of files are known, so their content is made up."""
        answers: dict[str, Any] = {}
        files: dict[str, Upload] = {}
        for name, text in texts.items():
            if questions[name].kind == "file":
                files[name] = Upload(text, invented_file(text, f"{act.number} {name}"))
            else:
                answers[name] = parse_answer(questions[name], text)
        return answers, files

    def _answer(self, act: Act) -> None:
        answers, files = self._given(act, self.workflow.questions, act.values)
        self.cycle.answer(self.round_key, self.number(act), answers, by=act.who, now=act.instant, files=files)

    def _score(self, act: Act) -> None:
        criteria = self.workflow.criteria
        marks = {name: read_mark(criteria[name], mark) for name, mark in act.values.items()}
        self.cycle.score(self.round_key, self.number(act), marks, by=act.who, now=act.instant)

    def _assign(self, act: Act) -> None:
        pair = (self.number(act), act.values["member"])
        self.cycle.assign(self.round_key, act.values["committee"], add=[pair], by=act.who, now=act.instant)

    def _agree(self, act: Act) -> None:
        criteria = self.workflow.criteria
        marks = {name: read_mark(criteria[name], mark) for name, mark in act.values.items()}
        self.cycle.agree(self.round_key, self.number(act), marks, by=act.who, now=act.instant)

    def _recommend(self, act: Act) -> None:
        self.cycle.recommend(self.round_key, self.number(act), act.values["words"], by=act.who, now=act.instant)

    def _conflict(self, act: Act) -> None:
        self.cycle.declare_conflict(
            self.round_key, self.number(act), by=act.who, now=act.instant, reason=act.values.get("reason")
        )

    def _verdict(self, act: Act) -> None:
        self.cycle.verdict(
            self.round_key, self.number(act), act.values["transition"], by=act.who, now=act.instant,
            reason=act.values.get("reason"),
        )  # fmt: skip

    def _attend(self, act: Act) -> None:
        self.cycle.attend(self.round_key, self.number(act), act.values["meeting"], by=act.who, now=act.instant)

    def _excuse(self, act: Act) -> None:
        self.cycle.excuse(
            self.round_key, self.number(act), act.values["of"], reason=act.values["reason"], by=act.who,
            now=act.instant,
        )  # fmt: skip

    def _deliver(self, act: Act) -> None:
        name = act.values["deliverable"]
        texts = {key: text for key, text in act.values.items() if key != "deliverable"}
        answers, files = self._given(act, self.workflow.deliverables[name].questions, texts)
        self.cycle.deliver(self.round_key, self.number(act), name, answers, by=act.who, now=act.instant, files=files)

    def _review(self, act: Act) -> None:
        """Say something of the version that awaits review; where none does, of none that there is."""
        values, number = act.values, self.number(act)
        with self.cycle.database.reading() as session:
            delivery = in_review(session, self.round_key, number, values["of"])
        self.cycle.review(
            self.round_key, number, delivery or 0, accepted=values["outcome"] == "accepted",
            words=values.get("words", ""), to=date.fromisoformat(values["to"]) if "to" in values else None,
            by=act.who, now=act.instant,
        )  # fmt: skip

    def _pay(self, act: Act) -> None:
        values = act.values
        self.cycle.record_payment(
            self.round_key, self.number(act), values["of"], parse_money(values["amount"]),
            day=date.fromisoformat(values["day"]), position=int(values.get("row", "1")),
            reference=values.get("reference", ""), by=act.who, now=act.instant,
        )  # fmt: skip

    def _lift(self, act: Act) -> None:
        values = act.values
        self.cycle.lift(
            self.round_key, self.number(act), values["guard"], reason=values["reason"], by=act.who, now=act.instant
        )

    def _order(self, act: Act) -> None:
        """The order that a committee gives by hand: numbers with a blank between them."""
        numbers = [self.number(replace(act, number=number)) for number in act.values["numbers"].split()]
        self.cycle.give_order(self.round_key, act.values["state"], numbers, by=act.who, now=act.instant)

    def _extend(self, act: Act) -> None:
        to = act.values["to"]
        self.cycle.extend(
            self.round_key, act.values["moment"], datetime.fromisoformat(to) if ":" in to else date.fromisoformat(to),
            reason=act.values["reason"], by=act.who, now=act.instant, dossier=self.number(act) or None,
            strand=act.values.get("strand"),
        )  # fmt: skip

    def _approve(self, act: Act) -> None:
        self.cycle.approve(self.round_key, act.values["batch"], by=act.who, now=act.instant)

    def _revoke(self, act: Act) -> None:
        self.cycle.revoke(self.round_key, act.values["batch"], by=act.who, now=act.instant)

    def _transition(self, act: Act) -> None:
        sets = self.workflow.transitions[act.what].sets if act.what in self.workflow.transitions else None
        answers: dict[str, Any] = {}
        if sets == STRAND and STRAND in act.values:
            answers = {STRAND: act.values[STRAND]}
        elif sets is not None and sets in act.values:
            answers, _ = self._given(act, self.workflow.questions, {sets: act.values[sets]})
        self.cycle.act(
            self.round_key, self.number(act), act.what, by=act.who, now=act.instant, reason=act.values.get("reason"),
            answers=answers,
        )  # fmt: skip


_PERFORM: Mapping[str, Callable[[Actors, Act], None]] = {
    PERSON: Actors._person,
    START: Actors._start,
    CONTACT: Actors._contact,
    ANSWER: Actors._answer,
    SCORE: Actors._score,
    ASSIGNMENT: Actors._assign,
    AGREED: Actors._agree,
    RECOMMENDATION: Actors._recommend,
    CONFLICT: Actors._conflict,
    VERDICT: Actors._verdict,
    ATTENDANCE: Actors._attend,
    EXCUSE: Actors._excuse,
    DELIVERY: Actors._deliver,
    REVIEW: Actors._review,
    LIFT: Actors._lift,
    PAYMENT: Actors._pay,
    ORDER: Actors._order,
    EXTEND: Actors._extend,
    APPROVE: Actors._approve,
    REVOKE: Actors._revoke,
}
"""An outage is not an act of anybody in the round; whatever is not here is a transition."""

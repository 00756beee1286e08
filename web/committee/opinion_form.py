"""With which form does a member say what she finds of a dossier, and what of it is new?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData
from wtforms import Form, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field

from engine.database.pages.opinions import Opinion
from engine.rules.assessing import criteria_in
from engine.rules.workflow import Criterion, Workflow
from web.ask import Ask
from web.committee.marks import mark_said
from web.committee.seat import called, decisions
from web.dates import number

LONGEST = 10_000
"""characters of a text"""
MOST_CHOICES = 21
"""a scale with more marks is typed into a field"""
MARK = "mark_"


@dataclass
class Said:
    """What a form says that was not said before."""

    marks: dict[str, float] = field(default_factory=dict)
    comment: str | None = None
    note: str | None = None
    words: str | None = None
    advises: str | None = None


def marks_of(criterion: Criterion) -> list[int] | None:
    """The marks of a scale (the places of words) from the worst to the best; None if it is not a few whole numbers."""
    worst, best = criterion.scale
    if not (float(worst).is_integer() and float(best).is_integer()) or abs(best - worst) >= MOST_CHOICES:
        return None
    step = 1 if best > worst else -1
    return list(range(int(worst), int(best) + step, step))


class OpinionForm:
    """The form of one member for one dossier; `minutes` leaves only the recommendation, which staff may minute."""

    def __init__(self, ask: Ask, own: Opinion | None, sent: FormData | None = None, *, minutes: bool = False) -> None:
        self.ask = ask
        self.workflow: Workflow = ask.place.workflow
        self.own = own or Opinion(0, "", "")
        self.minutes = minutes
        state = ask.place.its_dossier.state
        self.criteria = {} if minutes else criteria_in(self.workflow, state)
        self.decisions = decisions(self.workflow, state)
        self.form: Form = self._class()(formdata=sent, data=self._data())

    def _class(self) -> type[Form]:
        say = self.ask.say
        fields: dict[str, Any] = {}
        for name, criterion in self.criteria.items():
            title, marks = self.ask.said(criterion.title), marks_of(criterion)
            fields[MARK + name] = (
                StringField(title)
                if marks is None
                else RadioField(
                    title, choices=[SelectChoice(str(mark), mark_said(self.ask, criterion, mark)) for mark in marks],
                    validate_choice=False,
                )
            )  # fmt: skip
        if not self.minutes:
            fields["comment"] = TextAreaField(say("Comment for the applicant"))
            fields["note"] = TextAreaField(say("Note for the committee"))
        fields["words"] = TextAreaField(say("Recommendation"))
        if self.decisions:
            choices = [SelectChoice(name, called(self.ask, name)) for name in self.decisions]
            fields["advises"] = RadioField(say("What do you advise?"), choices=choices, validate_choice=False)
        return type("Opinion", (Form,), fields)

    def _data(self) -> dict[str, Any]:
        own = self.own
        marks = {MARK + name: f"{mark:g}" for name, mark in own.marks.items()}
        return {**marks, "comment": own.comment, "note": own.note, "words": own.recommendation, "advises": own.advises}

    def scales(self) -> list[tuple[Field, Criterion, bool]]:
        """(field, criterion, whether it is a row of marks to choose from) of each criterion."""
        return [(self.form[MARK + name], one, marks_of(one) is not None) for name, one in self.criteria.items()]

    @property
    def errors(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.form.errors
        return found

    def read(self, sent: FormData, *, draft: bool = False) -> Said:
        """What is new in the form; `errors` say what will not do.

        A draft leaves out what cannot be kept yet: marks and words that are being typed.
        """
        said = Said()
        for name, criterion in self.criteria.items():
            self._read_mark(said, name, criterion, draft=draft)
        for name in (key[len(MARK) :] for key in sent if key.startswith(MARK)):
            if name not in self.criteria:
                said.marks[name] = 0.0  # the engine says what there is against it
        if not self.minutes:
            said.comment = self._new_text("comment", self.own.comment)
            said.note = self._new_text("note", self.own.note)
        self._read_recommendation(said, draft=draft)
        return said

    def read_marks(self) -> dict[str, float]:
        """The marks of the form that differ from those it began with; `errors` say what will not do."""
        said = Said()
        for name, criterion in self.criteria.items():
            self._read_mark(said, name, criterion, draft=False)
        return said.marks

    def _read_mark(self, said: Said, name: str, criterion: Criterion, *, draft: bool) -> None:
        part = self.form[MARK + name]
        typed = (part.data or "").strip().replace(",", ".")
        if not typed:
            return
        worst, best = criterion.scale
        try:
            mark = float(typed)
        except ValueError:
            mark = float("nan")
        marks = marks_of(criterion)
        if not min(worst, best) <= mark <= max(worst, best) or (marks is not None and mark not in marks):
            if not draft:
                if criterion.words:
                    part.errors = [self.ask.say("Choose one of these.")]
                    return
                facts = {"worst": number(worst, self.ask.language), "best": number(best, self.ask.language)}
                part.errors = [self.ask.say("Give a mark from %(worst)s to %(best)s.", **facts)]
        elif self.own.marks.get(name) != mark:
            said.marks[name] = mark

    def _new_text(self, name: str, before: str) -> str | None:
        part = self.form[name]
        text = (part.data or "").replace("\r\n", "\n").strip()
        if len(text) > LONGEST:
            longest = number(LONGEST, self.ask.language)
            part.errors = [self.ask.say("This is too long: at most %(longest)s characters.", longest=longest)]
            return None
        return None if text == before.strip() else text

    def _read_recommendation(self, said: Said, *, draft: bool) -> None:
        own, words = self.own, self._new_text("words", self.own.recommendation)
        advises = (self.form["advises"].data or None) if self.decisions else None
        if advises is not None and advises not in self.decisions:
            self.form["advises"].errors = [self.ask.say("Choose one of these.")]
            return
        if self.form["words"].errors or (words is None and advises == own.advises):
            return
        written = own.recommendation if words is None else words
        if written:
            said.words, said.advises = written, advises
        elif not draft:
            self.form["words"].errors = [
                self.ask.say("A recommendation that was written can be rewritten, but not left empty.")
                if own.recommendation
                else self.ask.say("Write in words what you advise: the applicant reads it.")
            ]

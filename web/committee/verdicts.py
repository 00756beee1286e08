"""How is the verdict of a committee recorded, on one dossier or on several?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session
from starlette.responses import Response
from wtforms import Form, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from engine.cycle.verdicts import effect_of
from engine.database.pages import judging
from engine.database.pages.opinions import opinions
from engine.database.pages.ranking import lines, purses
from engine.database.records import VerdictRow
from engine.database.store import find_dossier, score_of, standing_verdict, the_id
from engine.errors import Refused
from engine.rules.assessing import list_in
from engine.rules.roles import questions_seen
from engine.rules.workflow import APPLICANT, Transition
from web.applicant.looking import see
from web.applicant.new_value import NewValue, new_value
from web.ask import Ask
from web.committee.consequences import effects, letters, money, places
from web.committee.gates import counted
from web.committee.marks import score_said
from web.committee.mine import round_calendar
from web.committee.ranking import asked_state, table_of
from web.committee.seat import called, decided_alike, decisions, seat_of
from web.place import scene_of
from web.policy import LEADS
from web.problems import AnswerFirst, NotThere
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
AT = "/committee/{programme}/{round}"
LONGEST_REASON = 5_000
MOST = 200
"""dossiers that are decided on with one form"""


@pages.get(f"{AT}/{{number}}/verdict", LEADS)
def one(ask: Ask) -> Response:
    """What can be decided on a dossier, what that will cause, and what stands."""
    return _one(ask)


@pages.post(f"{AT}/{{number}}/verdict", LEADS)
def record(ask: Ask) -> Response:
    """Record the verdict, or take the standing one back."""
    _must_have_answered(ask)
    place, reason = ask.place, ask.text("reason", LONGEST_REASON) or None
    back = f"{place.committee_path}/ranking?state={place.its_dossier.state}"
    try:
        if ask.text("do") == "take back":
            ask.office.cycle.withdraw_verdict(place.key, place.number, by=ask.email, now=ask.now, reason=reason)
            return ask.go(back, ask.say("The verdict on %(number)s is taken back.", number=place.number))
        decision = ask.text("decision", 200)
        if decision not in decisions(place.workflow, place.its_dossier.state):
            return _one(ask, 422, [ask.say("Choose one of the decisions.")])
        value = _value_given(ask, place.workflow.transitions[decision])
        if value and value.error:
            return _one(ask, 422, [value.error])
        decide(ask, place.number, decision, reason, value.value if value else None)
    except Refused as refused:
        return _one(ask, 409, [said_by(ask, one) for one in refused.reasons])
    facts = {"number": place.number, "decision": called(ask, decision)}
    return ask.go(back, ask.say("Recorded: %(number)s, “%(decision)s”.", **facts))


def _value_given(ask: Ask, transition: Transition) -> NewValue | None:
    """The new value that a decision asks for, as it was sent; None where it sets nothing."""
    return new_value(ask, transition, _seen_answers(ask))


def _seen_answers(ask: Ask) -> dict[str, Any]:
    """The answers of the dossier that the visitor may see: what stands there now is shown to nobody else."""
    place = ask.place
    seen = questions_seen(place.standing, place.workflow, place.its_dossier.state)
    return {name: value for name, value in see(ask).values.items() if name in seen}


def decide(ask: Ask, number: str, decision: str, reason: str | None, value: Any = None) -> None:
    """Record a verdict, or make the move of a committee that needs none, with the value that it sets; what stands so
    already is left alone.

    Raises Refused with every reason.
    """
    place, cycle = ask.place, ask.office.cycle
    transition = place.workflow.transitions[decision]
    if transition.takes_effect is None:
        answers = {transition.sets: value} if transition.sets else None
        cycle.act(place.key, number, decision, by=ask.email, now=ask.now, reason=reason, answers=answers)
        return
    with ask.reading() as session:
        standing = _verdict(ask, session, number)
    if standing and (standing.transition, standing.reason) == (decision, reason):
        return  # a form that is sent twice decides once
    cycle.verdict(place.key, number, decision, by=ask.email, now=ask.now, reason=reason)


def _verdict(ask: Ask, session: Session, number: str) -> VerdictRow | None:
    return standing_verdict(session, the_id(find_dossier(session, ask.place.round, number)))


def _must_have_answered(ask: Ask) -> None:
    """Raises AnswerFirst for a chair who has not said yet whether she knows the applicant."""
    place = ask.place
    if not seat_of(ask).is_staff and not place.standing.cleared:
        raise AnswerFirst(f"{place.committee_path}/{place.number}/conflict")


def _one(ask: Ask, status: int = 200, errors: list[str] | None = None) -> Response:
    place, workflow = ask.place, ask.place.workflow
    _must_have_answered(ask)
    state, options = place.its_dossier.state, decisions(place.workflow, place.its_dossier.state)
    with ask.reading() as session:
        standing = _verdict(ask, session, place.number)
        if not options and standing is None:
            raise NotThere
        assessment = list_in(workflow, state)
        said = opinions(session, the_id(place.its_dossier), assessment=assessment.name if assessment else "")
        strand = place.its_dossier.strand
        caps = [one for one in lines(session, workflow, the_id(place.round), state) if one.scope in (None, strand)]
        budgets = purses(session, workflow, the_id(place.round), state)
        title = judging.titles(session, workflow, the_id(place.round), [place.number])[place.number]
        mean = score_said(ask, state, score_of(session, workflow, the_id(place.its_dossier)))
        told = judging.letters_by_language(session, the_id(place.round), [place.number])
        calendar = round_calendar(session, place)
        own = _own_days(ask, session, options)
    hints = {}
    answers = _seen_answers(ask)
    chosen = ask.text("decision", 200) if ask.request.method == "POST" else ""
    values = {}
    for name, transition in options.items():
        # of several decisions that set the same there is one field
        if transition.sets and (transition.sets not in values or name == chosen):
            asked = new_value(ask, transition, answers, among_others=name != chosen)
            values[transition.sets] = (asked, _named_for(ask, options, transition.sets))
        here = int(standing is not None and standing.transition == name)
        left = [*places(ask, caps, name, of_these=here), *money(ask, budgets, name)]
        sentences = [*left, *effects(ask, calendar, transition, own.get(name))]
        if APPLICANT in transition.tell:
            sentences.append(letters(ask, told) + ".")
        hints[name] = " ".join(sentences)
    return render(
        ask, "committee/verdict.html", status, title=title, standing=standing, opinions=said, mean=mean, hints=hints,
        values=values.values(), counted=counted(ask, state, said), form=_form(ask, standing), errors=errors or [],
        has_errors=bool(errors),
        minutes=_minutes(ask), state=state,
        call=lambda name: called(ask, name) if name in workflow.transitions else "",
    )  # fmt: skip


def _own_days(ask: Ask, session: Session, options: Mapping[str, Transition]) -> dict[str, int]:
    """decision -> when it takes effect, of those that do so on a day that the dossier has for itself, and has named."""
    own = {name: one for name, one in options.items() if one.own_effect}
    scene = scene_of(ask.office.cycle, session, ask.place.key, ask.now)
    found = ((name, effect_of(scene, scene.dossier(ask.place.number), one)) for name, one in own.items())
    return {name: at for name, at in found if at is not None}


def _named_for(ask: Ask, options: Mapping[str, Transition], sets: str) -> str:
    """The decisions that ask for a new value of something, in words."""
    return ", ".join(ask.quoted(called(ask, name)) for name, one in options.items() if one.sets == sets)


def _form(ask: Ask, standing: VerdictRow | None) -> Form:
    say = ask.say
    known = decisions(ask.place.workflow, ask.place.its_dossier.state)
    options = [SelectChoice(name, called(ask, name)) for name in known]
    fields = {
        "decision": RadioField(say("Decision"), choices=options, validate_choice=False),
        "reason": TextAreaField(say("Reason, for the minutes")),
    }
    data = {"decision": standing.transition, "reason": standing.reason} if standing else {}
    sent = ask.form if ask.request.method == "POST" and ask.text("do") != "take back" else None
    form: Form = type("Verdict", (Form,), fields)(formdata=sent, data=data)
    return form


def _minutes(ask: Ask) -> bool:
    """Whether the visitor only minutes what a committee has decided: staff who do not chair it."""
    seat = seat_of(ask)
    return seat.is_staff and not ask.place.standing.chairs


@dataclass(frozen=True)
class Chosen:
    """Dossiers that are decided on together, in the order of the ranking, and with what."""

    state: str
    decision: str
    numbers: list[str]
    titles: dict[str, str]


def _chosen(ask: Ask, session: Session, given: Sequence[tuple[str, str]]) -> Chosen:
    """What a form has chosen. Raises NotThere for a dossier or a decision that is not the visitor's to choose."""
    wanted = {value for name, value in given if name == "number"}
    fields = {name: value for name, value in given if name in ("state", "decision")}
    state = asked_state(ask, session, fields.get("state", ""))
    decision = fields.get("decision", "")
    rows = table_of(ask, session, state).rows
    titles = {row.number: f"{row.ranked.title} ({row.ranked.organisation})" for row in rows}
    if decision not in decided_alike(ask.place.workflow, state) or not wanted <= titles.keys() or len(wanted) > MOST:
        raise NotThere
    return Chosen(state, decision, [row.number for row in rows if row.number in wanted], titles)


@pages.get(f"{AT}/ranking/verdicts", LEADS)
def several(ask: Ask) -> Response:
    """What one verdict on several dossiers will cause, before it is recorded."""
    return render(ask, "committee/several.html", **weighed(ask))


def weighed(ask: Ask) -> dict[str, Any]:
    """What a page shows of one verdict on the dossiers that its address names."""
    place, workflow = ask.place, ask.place.workflow
    with ask.reading() as session:
        chosen = _chosen(ask, session, ask.request.query_params.multi_items())
        caps = lines(session, workflow, the_id(place.round), chosen.state)
        budgets = purses(session, workflow, the_id(place.round), chosen.state)
        verdicts = judging.standing_on(session, the_id(place.round), chosen.numbers)
        told = judging.letters_by_language(session, the_id(place.round), chosen.numbers)
        calendar = round_calendar(session, place)
    transition = workflow.transitions[chosen.decision]
    held = sum(verdict == chosen.decision for verdict in verdicts.values())
    sentences = [
        *places(ask, caps, chosen.decision, of_these=held, wanted=len(chosen.numbers)),
        *money(ask, budgets, chosen.decision),
        *effects(ask, calendar, transition),
        *([letters(ask, told) + "."] if APPLICANT in transition.tell else []),
    ]
    return {
        "chosen": chosen, "decision": called(ask, chosen.decision), "sentences": sentences,
        "replaced": [one for one in chosen.numbers if verdicts.get(one) not in (None, chosen.decision)],
        "minutes": _minutes(ask), "called_before": {one: called(ask, name) for one, name in verdicts.items()},
    }  # fmt: skip


@pages.post(f"{AT}/ranking/verdicts", LEADS)
def record_several(ask: Ask) -> Response:
    """Record one verdict on several dossiers."""
    recorded = decide_on_several(ask)
    if not recorded.refused:
        back = f"{ask.place.committee_path}/ranking?state={recorded.chosen.state}"
        return ask.go(back, recorded.notice(ask))
    return render(ask, "committee/several_done.html", 409, **recorded.facts(ask))


@dataclass(frozen=True)
class Recorded:
    """What came of one verdict on several dossiers."""

    chosen: Chosen
    done: list[str]
    refused: dict[str, list[str]]
    """number -> why, in the reader's language"""

    def notice(self, ask: Ask) -> str:
        recorded = ask.words.ngettext(
            "Recorded on %(count)s dossier: “%(decision)s”.",
            "Recorded on %(count)s dossiers: “%(decision)s”.",
            len(self.done),
        )
        return recorded % {"count": len(self.done), "decision": called(ask, self.chosen.decision)}

    def facts(self, ask: Ask) -> dict[str, Any]:
        """What a page shows of it."""
        decision = called(ask, self.chosen.decision)
        return {"chosen": self.chosen, "decision": decision, "done": self.done, "refused": self.refused}


def decide_on_several(ask: Ask) -> Recorded:
    """Record what the form says, each verdict as an act of its own, in the order of the ranking."""
    reason = ask.text("reason", LONGEST_REASON) or None
    with ask.reading() as session:
        given = [(name, value) for name, value in ask.form.multi_items() if isinstance(value, str)]
        chosen = _chosen(ask, session, given)
    done: list[str] = []
    refused: dict[str, list[str]] = {}
    for number in chosen.numbers:
        try:
            decide(ask, number, chosen.decision, reason)
            done.append(number)
        except Refused as problem:
            refused[number] = [said_by(ask, one) for one in problem.reasons]
    return Recorded(chosen, done, refused)

"""On which score did the committee agree? Entered by its chair, or minuted by staff, beside what each member gave."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from engine.database.pages import judging
from engine.database.pages.opinions import Opinion, opinions
from engine.database.store import agreed_marks, the_id
from engine.errors import Refused
from engine.rules.assessing import assessment_in, criteria_of, member_score, said_score
from engine.rules.workflow import Assessment, Workflow
from web.ask import Ask
from web.committee.marks import mark_said
from web.committee.opinion_form import OpinionForm
from web.committee.seat import seat_of
from web.policy import LEADS
from web.problems import AnswerFirst, NotThere
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
AT = "/committee/{programme}/{round}/{number}/agreed"


@dataclass(frozen=True)
class Agreeing:
    """What lies before whoever enters the score."""

    assessment: Assessment
    members: list[Opinion]
    agreed: Mapping[str, float]

    def score(self, workflow: Workflow, marks: Mapping[str, float]) -> float | None:
        """What marks come to, as people say it."""
        return said_score(workflow, self.assessment, member_score(workflow, self.assessment, marks))


def look(ask: Ask) -> Agreeing:
    """Raises NotThere where no score is agreed on, AnswerFirst for a chair who has not said whether she has a tie."""
    place = ask.place
    assessment = assessment_in(place.workflow, place.its_dossier.state)
    if assessment is None or assessment.score != "consensus":
        raise NotThere
    if not seat_of(ask).is_staff and not place.standing.cleared:
        raise AnswerFirst(f"{place.committee_path}/{place.number}/conflict")
    dossier_id = the_id(place.its_dossier)
    with ask.reading() as session:
        members = [one for one in opinions(session, dossier_id, assessment=assessment.name) if one.marks]
        agreed = agreed_marks(session, place.workflow, dossier_id, assessment)
    return Agreeing(assessment, members, agreed)


@pages.get(AT, LEADS)
def agreed(ask: Ask) -> Response:
    """What each member gave, and the marks that were agreed on."""
    found = look(ask)
    return _page(ask, found, OpinionForm(ask, Opinion(0, "", "", found.agreed)))


@pages.post(AT, LEADS)
def agree(ask: Ask) -> Response:
    """Keep the marks that were agreed on; every one must be given."""
    place, found = ask.place, look(ask)
    form = OpinionForm(ask, Opinion(0, "", "", {}), ask.form)
    marks = form.read_marks()
    for field, criterion, _ in form.scales():
        if criterion.name not in marks and not field.errors:
            field.errors = [ask.say("Choose a mark.")]
    if form.errors:
        return _page(ask, found, form, 422)
    try:
        if marks != dict(found.agreed):  # a form that is sent twice agrees once
            ask.office.cycle.agree(place.key, place.number, marks, by=ask.email, now=ask.now)
    except Refused as refused:
        return _page(ask, found, form, 409, [said_by(ask, one) for one in refused.reasons])
    notice = ask.say("The score of %(number)s that the committee agreed on is kept.", number=place.number)
    return ask.go(f"{place.committee_path}/ranking?state={place.its_dossier.state}", notice)


def _page(
    ask: Ask, found: Agreeing, form: OpinionForm, status: int = 200, errors: list[str] | None = None
) -> Response:
    place, workflow = ask.place, ask.place.workflow
    with ask.reading() as session:
        titles = judging.titles(session, workflow, the_id(place.round), [place.number])
    return render(
        ask, "committee/agreed.html", status, title=titles[place.number], found=found, form=form, errors=errors or [],
        criteria=criteria_of(workflow, found.assessment), minutes=seat_of(ask).is_staff and not place.standing.chairs,
        mark=lambda criterion, mark: mark_said(ask, criterion, mark), score=lambda marks: found.score(workflow, marks),
        has_errors=bool(errors or form.errors),
    )  # fmt: skip

"""Whose marks do not count for a dossier? Set aside by who may, for a reason; and counted again."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from starlette.responses import Response

from engine.database.pages import judging
from engine.database.pages.opinions import Opinion, opinions
from engine.database.store import score_of, the_id
from engine.errors import Refused
from engine.rules.assessing import assessment_in, criteria_of, member_score
from engine.rules.roles import may_act_as
from engine.rules.workflow import STAFF, Assessment
from web.ask import Ask
from web.committee.marks import mark_said, score_said
from web.policy import LEADS
from web.problems import AnswerFirst, NotThere
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
AT = "/committee/{programme}/{round}/{number}/set-aside"
LONGEST_REASON = 2_000


def may_set_aside(ask: Ask) -> bool:
    """Whether whoever asks may set marks aside, of the dossier where it stands."""
    one = assessment_in(ask.place.workflow, ask.place.its_dossier.state)
    if one is None or one.set_aside is None:
        return False
    return may_act_as(one.set_aside, ask.place.standing, ask.place.workflow) is None


@pages.get(AT, LEADS)
def marks(ask: Ask) -> Response:
    """What each member gave, with a place for the reason."""
    return _page(ask, _look(ask))


@pages.post(AT, LEADS)
def decide(ask: Ask) -> Response:
    """Set the marks of one member aside, or count them again."""
    place, assessment, cycle = ask.place, _look(ask), ask.office.cycle
    of, reason = ask.text("of", 320), ask.text("reason", LONGEST_REASON)
    member = next((one for one in _given(ask, assessment) if one.email == of), None)
    if member is None:
        raise NotThere
    called, counts = member.name or member.email, ask.text("then", 10) == "count"
    try:
        if counts and member.aside is not None:  # a form that is sent twice says it once
            cycle.count_again(place.key, place.number, of, by=ask.email, now=ask.now)
        elif not counts and (member.aside is None or member.aside != reason.strip()):
            cycle.set_aside(place.key, place.number, of, reason=reason, by=ask.email, now=ask.now)
    except Refused as refused:
        return _page(ask, assessment, 409, [said_by(ask, one) for one in refused.reasons], {of: reason})
    if counts:
        return ask.go(ask.path, ask.say("The marks of %(member)s count again.", member=called))
    return ask.go(ask.path, ask.say("The marks of %(member)s are set aside.", member=called))


def _look(ask: Ask) -> Assessment:
    """Raises NotThere where whoever asks sets no marks aside, AnswerFirst for a chair who has not said of her ties."""
    place = ask.place
    one = assessment_in(place.workflow, place.its_dossier.state)
    if one is None or not may_set_aside(ask):
        raise NotThere
    if STAFF not in place.standing.roles and not place.standing.cleared:
        raise AnswerFirst(f"{place.committee_path}/{place.number}/conflict")
    return one


def _given(ask: Ask, assessment: Assessment) -> list[Opinion]:
    with ask.reading() as session:
        said = opinions(session, the_id(ask.place.its_dossier), assessment=assessment.name)
    return [one for one in said if one.marks and not one.conflict]


def _page(
    ask: Ask,
    assessment: Assessment,
    status: int = 200,
    errors: Sequence[str] = (),
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    place, workflow = ask.place, ask.place.workflow
    state = place.its_dossier.state
    with ask.reading() as session:
        titles = judging.titles(session, workflow, the_id(place.round), [place.number])
        score = score_said(ask, state, score_of(session, workflow, the_id(place.its_dossier)))
    return render(
        ask, "committee/set_aside.html", status, title=titles[place.number], members=_given(ask, assessment),
        score=score, criteria=criteria_of(workflow, assessment), errors=errors, typed=typed,
        is_staff=STAFF in place.standing.roles, mark=lambda criterion, mark: mark_said(ask, criterion, mark),
        of_member=lambda one: score_said(ask, state, member_score(workflow, assessment, one.marks)),
        has_errors=bool(errors),
    )  # fmt: skip

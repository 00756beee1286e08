"""What does a member read of a dossier, and what does she say of it?"""

from dataclasses import dataclass

from starlette.responses import Response

from engine.cycle.opinions import scoring_ends, scoring_refusal
from engine.cycle.telling import dossier_title
from engine.database.pages import dossiers
from engine.database.pages.dossiers import Answer, Dossier
from engine.database.pages.judging import has_judged
from engine.database.pages.opinions import Opinion, opinions
from engine.database.store import is_reader, score_of
from engine.errors import Refusal, Refused
from engine.rules.asked import asked
from engine.rules.assessing import assessment_in, criteria_in, has_one_time, list_in, member_score
from engine.rules.questions import Question
from engine.rules.roles import judging_committee, may_see_scores, questions_seen
from engine.rules.workflow import Workflow
from web.applicant.answers import answer_said
from web.applicant.delivering import deliveries_of
from web.applicant.looking import Seen, see
from web.applicant.unasked import open_for
from web.ask import Ask
from web.committee.marks import mark_said, score_said
from web.committee.mine import dossiers_of, next_waiting, round_calendar
from web.committee.opinion_form import OpinionForm, Said
from web.committee.reviewing import to_review
from web.committee.seat import called, closing, seat_of, too_late
from web.committee.setting_aside import may_set_aside
from web.place import scene_of
from web.policy import READS_TO_JUDGE, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
WRITES = ("member", "minutes")
AT = "/committee/{programme}/{round}/{number}"


@dataclass(frozen=True)
class Reading:
    """A dossier as it lies before a reader."""

    dossier: Dossier
    own: Opinion | None
    others: list[Opinion] | None
    """what the members say; None while that is not for the reader"""
    role: str
    """what the reader does: `member`, `minutes` (staff), `others` (it was given to others), or nothing but read"""
    late: Refusal | None
    closes: int | None
    next: str | None

    seen: frozenset[str]
    """the questions whose answers the reader sees"""
    agrees: bool
    """whether the reader enters the score that the committee agrees on"""
    agreed: float | None

    def answers(self, ask: Ask) -> list[tuple[Question, str]]:
        """Each question that the reader sees with its answer in words, neither files, nor whom the applicant keeps
        away."""
        values = self.dossier.values
        form = asked(ask.place.workflow.questions, values).values()
        return [(one, answer_said(ask, one, values.get(one.name))) for one in form
                if one.kind not in ("file", "conflicts") and one.name in self.seen]  # fmt: skip

    def files(self, workflow: Workflow) -> list[tuple[Question, Answer]]:
        """Each document that the reader sees with the question that it answers."""
        given = self.dossier.answers
        form = [one for one in asked(workflow.questions, self.dossier.values).values() if one.kind == "file"]
        return [
            (one, given[one.name]) for one in form
            if one.name in self.seen and one.name in given and given[one.name].file
        ]  # fmt: skip


def look(ask: Ask) -> Reading:
    """The dossier, and what may be seen of what is said of it."""
    place, seat = ask.place, seat_of(ask)
    workflow, state = place.workflow, place.its_dossier.state
    now_in = assessment_in(workflow, state)
    committee, assessment = judging_committee(workflow, state), list_in(workflow, state)
    with ask.reading() as session:
        head = dossiers.find(session, place.key, place.number)
        assert head is not None
        dossier = dossiers.whole(session, head)
        person_id = somebody(ask).person_id
        said = opinions(session, head.id, assessment=assessment.name if assessment else "")
        own = next((one for one in said if one.person_id == person_id), None)
        judged = own is not None and has_judged(workflow, state, len(own.marks), bool(own.recommendation))
        seen = may_see_scores(place.standing, workflow, state, own_scored=judged) is None
        others = [one for one in said if one.person_id != person_id] if seen else None
        calendar = round_calendar(session, place)
        following = next_waiting(dossiers_of(ask, session), place.number) if seat.memberships else None
        given = is_reader(session, workflow, head.id, state, person_id)
        agrees = bool(now_in and now_in.score == "consensus" and (seat.is_staff or now_in.by in seat.led))
        agreed = score_said(ask, state, score_of(session, workflow, head.id)) if agrees else None
        late, closes = too_late(workflow, calendar, state, ask.now), closing(workflow, calendar, state)
        if now_in and not has_one_time(now_in, calendar.cut):
            scene = scene_of(ask.office.cycle, session, place.key, ask.now)
            late, closes = scoring_refusal(scene, place.its_dossier, now_in), scoring_ends(scene, place.its_dossier)
    role = ""
    if committee is not None and not place.standing.contact:
        role = "member" if committee in seat.memberships else "minutes" if seat.is_staff else ""
    if role == "member" and now_in and now_in.readers and not given:
        role = "others"
    return Reading(dossier, own, others, role, late if committee else None, closes, following,
                   questions_seen(place.standing, workflow, state), agrees, agreed)  # fmt: skip


@pages.get(AT, READS_TO_JUDGE)
def reading(ask: Ask) -> Response:
    """The dossier, and beside it the member's own form."""
    found = look(ask)
    form = OpinionForm(ask, found.own, minutes=found.role == "minutes") if found.role in WRITES else None
    return _page(ask, found, form)


@pages.post(AT, READS_TO_JUDGE)
def judge(ask: Ask) -> Response:
    """Keep what the member says; marks may be wanting still."""
    place, found = ask.place, look(ask)
    if found.role not in WRITES:
        raise NotThere
    form = OpinionForm(ask, found.own, ask.form, minutes=found.role == "minutes")
    if found.late and found.role == "member":
        return _page(ask, found, form, 409, [said_by(ask, found.late)])
    said = form.read(ask.form)
    if form.errors:
        return _page(ask, found, form, 422)
    try:
        keep(ask, said)
    except Refused as refused:
        return _page(ask, look(ask), form, 409, [said_by(ask, reason) for reason in refused.reasons])
    if ask.text("then") != "next":
        return ask.go(f"{place.committee_path}/{place.number}", ask.say("Saved."))
    if found.next is None:
        notice = ask.say("%(number)s is saved. Nothing else is left for you.", number=place.number)
        return ask.go(place.committee_path, notice)
    notice = ask.say("%(number)s is saved.", number=place.number)
    return ask.go(f"{place.committee_path}/{found.next}", notice)


@pages.post(f"{AT}/autosave", READS_TO_JUDGE)
def autosave(ask: Ask) -> Response:
    """Keep what can be kept of a form that is being filled in. Answered without a page: the script says it."""
    found = look(ask)
    if found.role not in WRITES:
        raise NotThere
    if found.late and found.role == "member":
        return Response(status_code=409)
    form = OpinionForm(ask, found.own, ask.form, minutes=found.role == "minutes")
    said = form.read(ask.form, draft=True)
    if form.errors:
        return Response(status_code=422)
    keep(ask, said)
    return Response(status_code=204)


def keep(ask: Ask, said: Said) -> None:
    """Record what is new, each as its own act. Raises Refused with what there is against it."""
    place, cycle, by, now = ask.place, ask.office.cycle, ask.email, ask.now
    if said.marks:
        cycle.score(place.key, place.number, said.marks, by=by, now=now)
    if said.comment is not None:
        cycle.comment(place.key, place.number, said.comment, to="applicant", by=by, now=now)
    if said.note is not None:
        cycle.comment(place.key, place.number, said.note, to="committee", by=by, now=now)
    if said.words is not None:
        cycle.recommend(place.key, place.number, said.words, by=by, now=now, advises=said.advises)


def _page(
    ask: Ask, found: Reading, form: OpinionForm | None, status: int = 200, errors: list[str] | None = None
) -> Response:
    place, workflow = ask.place, ask.place.workflow
    title, seen = dossier_title(workflow, place.its_dossier, found.dossier.values), see(ask)
    state = place.its_dossier.state
    return render(
        ask, "committee/reading.html", status, found=found, answers=found.answers(ask), form=form, title=title,
        deliveries=deliveries_of(ask, seen), to_send=_to_send(ask, seen), to_review=to_review(ask, seen),
        seat=seat_of(ask),
        errors=errors or [], has_errors=bool(errors or (form and form.errors)),
        can_save=found.role in WRITES and (found.role == "minutes" or found.late is None),
        why_late=said_by(ask, found.late) if found.late else "",
        means={
            one.person_id: score_said(ask, state, member_score(workflow, assessment, one.marks))
            for one in found.others or () if (assessment := list_in(workflow, state)) is not None
        },
        criteria=criteria_in(workflow, state), mark=lambda criterion, mark: mark_said(ask, criterion, mark),
        can_agree=found.agrees, agreed=found.agreed, sets_aside=bool(found.others) and may_set_aside(ask),
        advice=lambda name: called(ask, name) if name in workflow.transitions else "",
    )  # fmt: skip


def _to_send(ask: Ask, seen: Seen) -> list[tuple[str, str]]:
    """(title, address) of what a committee of the visitor's hands in."""
    place = ask.place
    return [
        (ask.said(one.title), f"{place.committee_path}/{place.number}/deliver/{one.name}")
        for committee in seat_of(ask).memberships
        for one in open_for(ask, seen, committee)
    ]

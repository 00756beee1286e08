"""What do the members of the committee say of a dossier, how far are they apart, and which verdict stands?"""

from dataclasses import dataclass

from starlette.responses import Response

from engine.database.pages.one_dossier import conflicts_with, members_of, verdicts_of
from engine.database.pages.opinions import Opinion, opinions
from engine.database.records import ConflictRow
from engine.database.store import score_of, the_id
from engine.rules.assessing import criteria_in, list_in, member_score
from engine.rules.roles import decisions_from, reading_committee
from web.applicant.looking import see
from web.ask import Ask
from web.committee.gates import counted
from web.committee.marks import mark_said, score_said
from web.committee.seat import called
from web.committee.setting_aside import may_set_aside
from web.policy import MANAGES
from web.routes import Pages
from web.staff.dossier.looking import HERE, page

pages = Pages()


@dataclass(frozen=True, slots=True)
class Judge:
    """A member of the committee, and what she says; nothing of it counts where there is a conflict."""

    name: str
    email: str
    chair: bool
    conflict: str | None
    """her reason, empty where she gave none; None where there is no conflict"""
    opinion: Opinion | None
    mean: float | None

    @property
    def counts(self) -> bool:
        return self.conflict is None and self.mean is not None and (self.opinion is None or self.opinion.aside is None)


@pages.get(HERE + "/scores", MANAGES)
def scores(ask: Ask) -> Response:
    """Marks by member and criterion, their spread, words, conflicts, and every verdict."""
    place, seen = ask.place, see(ask)
    workflow, of, state = place.workflow, seen.dossier.head.id, seen.dossier.head.state
    committee = reading_committee(workflow, state)
    with ask.reading() as session:
        assessment = list_in(workflow, state)
        given = opinions(session, of, assessment=assessment.name if assessment else "")
        said = {one.person_id: one for one in given}
        stepped_back = {the_id(person): (row, person) for row, person in conflicts_with(session, of)}
        seated = list(members_of(session, of, committee)) if committee else []
        verdicts = [
            {"row": row, "decision": called(ask, row.transition), "by": by} for row, by in verdicts_of(session, of)
        ]
        mean = score_said(ask, state, score_of(session, workflow, of))
    conflicts = {person_id: _reason(ask, row) for person_id, (row, _) in stepped_back.items()}
    judges = [
        Judge(
            person.name, person.email, chair, conflicts.get(the_id(person)), said.get(the_id(person)),
            _mean(ask, state, said.get(the_id(person))),
        )
        for person, chair in seated
    ]  # fmt: skip
    sits = here = {one.email for one in judges}
    # whoever judged it before another committee did, or has left since
    judges += [
        Judge(one.name, one.email, False, conflicts.get(one.person_id), one, _mean(ask, state, one))
        for one in said.values()
        if one.email not in here
    ]
    here = {one.email for one in judges}
    judges += [
        Judge(person.name, person.email, False, _reason(ask, row), None, None)
        for row, person in stepped_back.values()
        if person.email not in here
    ]
    means = [one.mean for one in judges if one.counts and one.mean is not None]
    return page(
        ask, "/scores", "scores.html", seen=seen, judges=judges, mean=mean, verdicts=verdicts[::-1],
        spread=max(means) - min(means) if len(means) > 1 else None, given=len(means),
        expected=assessment.readers if assessment and assessment.readers
        else sum(one.conflict is None for one in judges if one.email in sits), counted=counted(ask, state, given),
        agrees=assessment is not None and assessment.score == "consensus",
        committee=ask.said(workflow.committees[committee].title) if committee else "",
        decides=bool(decisions_from(workflow, seen.dossier.head.state)),
        criteria=criteria_in(workflow, state), mark=lambda criterion, mark: mark_said(ask, criterion, mark),
        advice=lambda name: called(ask, name) if name in workflow.transitions else "",
        sets_aside=may_set_aside(ask),
    )  # fmt: skip


def _reason(ask: Ask, row: ConflictRow) -> str:
    """Why somebody stepped back, where they said so; what an applicant wants is said in the reader's language."""
    return ask.say("kept away by the applicant") if row.kept_away else row.reason or ""


def _mean(ask: Ask, state: str, one: Opinion | None) -> float | None:
    assessment = list_in(ask.place.workflow, state)
    if one is None or assessment is None:
        return None
    return score_said(ask, state, member_score(ask.place.workflow, assessment, one.marks))

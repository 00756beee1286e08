"""With whom, and on which calendar, is an invented round played?"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from engine.rehearsal.acts import PERSON, Act
from engine.rehearsal.hours import instant_of
from engine.rehearsal.inventing import Invented, Inventor
from engine.rehearsal.script import Plan
from engine.rehearsal.watching import Standing, View
from engine.rules.agenda import agenda
from engine.rules.divided import scopes
from engine.rules.moments import Calendar, from_instant
from engine.rules.roles import observer_of
from engine.rules.round import NEVER, LocalEdge, PhaseDates, Round
from engine.rules.workflow import EVERYONE, STAFF, Workflow

MEMBERS = 5
ASKED_TO_BE_TOLD = 6


A_YEAR = timedelta(days=365)


@dataclass
class Setting:
    """What every part of an invented round shares; `members` is (committee, of which strand or answer) -> its members,
    the chair first; of one committee for all, no text.

    So many members of each committee are `late` with their marks, and so many `conflicts` are declared in it.
    """

    workflow: Workflow
    calendar: Calendar
    inventor: Inventor
    plan: Plan
    staff: tuple[Invented, Invented]
    members: dict[tuple[str, str], tuple[Invented, ...]] = field(default_factory=dict)
    late: int = 0
    conflicts: int = 1

    def before(
        self, committee: str, view: View, dossiers: Sequence[Standing]
    ) -> list[tuple[tuple[Invented, ...], list[Standing]]]:
        """The members of each committee of that name, with those of the dossiers that lie before it."""
        scopes = view.scopes(committee, [one.number for one in dossiers])
        return [
            (members, its)
            for (name, scope), members in self.members.items()
            if name == committee and (its := [one for one in dossiers if scopes.get(one.number, "") == scope])
        ]


def ended(round: Round) -> Round:
    """The round as invented people plan for it: what lasts until further notice is played for a year."""
    def of_a_year(dates: PhaseDates) -> PhaseDates:
        return replace(dates, closes=LocalEdge(dates.opens.day + A_YEAR)) if dates.closes == NEVER else dates

    return replace(
        round,
        phases={name: of_a_year(dates) for name, dates in round.phases.items()},
        apart={name: {strand: of_a_year(one) for strand, one in own.items()} for name, own in round.apart.items()},
    )


def usual_opening(workflow: Workflow, calendar: Calendar) -> int:
    """When a round is opened: at ten in the morning, three days before its first phase, or before what comes sooner."""
    due = min((one.at for one in agenda(workflow, calendar, 0)), default=None)
    days = [dates.opens.day for dates in calendar.round.phases.values()]
    first = min([*days, *([] if due is None else [from_instant(due, calendar.zone).date()])])
    return instant_of(datetime.combine(first - timedelta(days=3), time(10)), calendar.zone)


def appoint(workflow: Workflow, calendar: Calendar, inventor: Inventor, plan: Plan) -> Setting:
    """Invent the staff, the committees and those who asked to be told, and have them entered when the round opens."""
    opens_at = usual_opening(workflow, calendar)
    # the staff write to each other in the programme's own language, the second one reads another
    languages = (workflow.language, workflow.languages[-1])
    first, second = (inventor.person(workflow.programme, language) for language in languages)
    setting = Setting(workflow, calendar, inventor, plan, (first, second))

    def enter(person: Invented, role: str, *, chair: bool = False, scope: str = "") -> None:
        values = {"name": person.name, "language": person.language, "role": role, "by": first.email}
        values |= ({"chair": "yes"} if chair else {}) | ({"per": scope} if scope else {})
        plan.put(Act(opens_at, person.email, PERSON, values=values))

    for person in setting.staff:
        enter(person, STAFF)
        for asked in _asked_of_staff(workflow):
            enter(person, asked)
    for committee in workflow.committees.values():
        for scope in scopes(workflow, committee.per) or ("",):
            members = tuple(inventor.person(committee.name) for _ in range(MEMBERS))
            setting.members[committee.name, scope] = members
            for member in members:
                enter(member, committee.name, chair=member is members[0], scope=scope)
        for observer in committee.observers:
            enter(inventor.person(observer), observer_of(committee.name))
    for _ in range(ASKED_TO_BE_TOLD):
        enter(inventor.applicant().contacts[0], EVERYONE)
    return setting


def _asked_of_staff(workflow: Workflow) -> list[str]:
    """The committees in which staff must sit for what the rules leave to them."""
    moves = (move for move in workflow.transitions.values() if move.by == STAFF)
    return sorted({str(guard.value) for move in moves if (guard := move.guard("member_of"))})

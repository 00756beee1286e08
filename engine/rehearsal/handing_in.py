"""Who hands in a dossier, and who does not manage?"""

from dataclasses import dataclass
from typing import Literal

from engine.rehearsal.acts import ANSWER, CONTACT, LIFT, PERSON, START, Act
from engine.rehearsal.hours import HOUR, MINUTE, on_workday, part, waking_hour
from engine.rehearsal.inventing import Applicant
from engine.rehearsal.setting import Setting
from engine.rules.asked import asked
from engine.rules.giving import asked_of
from engine.rules.moments import SECOND, from_instant
from engine.rules.times import Window
from engine.rules.workflow import APPLICANT, Transition, Workflow

Fate = Literal["hands in", "in the last second", "a second late", "lapses"]
DOSSIERS_PER_LAPSED = 15

ELSEWHERE = (None, "America/New_York", "Pacific/Auckland")
"""the clocks by which applicants live where phases go by theirs, in turn; the first by those of the round"""


@dataclass(frozen=True, slots=True)
class _Draft:
    applicant: Applicant
    fate: Fate
    begins: int
    ends: int
    """when it is handed in, or would be"""
    zone: str
    """by whose clocks this applicant lives"""
    strand: str | None
    clocks: str | None
    """the same where it is said to the round, whose own they are not"""


def hand_in_transition(workflow: Workflow) -> Transition | None:
    """How an applicant hands in: out of where a dossier begins, and not a way out."""
    for transition in workflow.transitions.values():
        leaves = transition.target in workflow.ends_in or workflow.states[transition.target].frees_place
        if transition.by == APPLICANT and workflow.begins_in in transition.sources and not leaves:
            return transition
    return None


def hand_in(setting: Setting, dossiers: int) -> None:
    """Put into the plan that so many dossiers are handed in, and that some drafts are not.

    One is in the very last second and one a second late: one of each by all clocks that applicants have.
    """
    transition = hand_in_transition(setting.workflow)
    if transition is None or transition.window is None or dossiers == 0:
        return
    zones = ELSEWHERE if setting.calendar.round.by_applicant else (None,)
    last = min(len(zones), dossiers)
    counts: dict[Fate, int] = {
        "in the last second": last,
        "hands in": dossiers - last,
        "lapses": max(len(zones), dossiers // DOSSIERS_PER_LAPSED),
        "a second late": len(zones),
    }
    drafts = [
        _invent(setting, fate, transition.window, zones[place % len(zones)])
        for fate, count in counts.items() for place in range(count)
    ]  # fmt: skip
    # numbers are given in the order of starting
    for number, draft in enumerate(sorted(drafts, key=lambda draft: draft.begins), start=1):
        _write(setting, f"{setting.calendar.round.number}-{number:03d}", draft, transition)


def _invent(setting: Setting, fate: Fate, during: Window, clocks: str | None) -> _Draft:
    chance, zone = setting.inventor.chance, clocks or setting.calendar.zone
    strands = list(setting.workflow.strands)
    strand = chance.choice(strands) if strands else None
    calendar = setting.calendar.of_strand(strand).of_clocks(clocks)
    window = calendar.window(during)
    deadline = window[1] + calendar.grace(during.end)
    if fate == "in the last second":
        ends = deadline - SECOND
    elif fate == "a second late":
        ends = deadline
    else:
        # most hand in during the last days, as in life
        share = 1 - 0.7 * chance.random() ** 3
        first = part(window, 0.3)
        ends = on_workday(part(window, share), zone, waking_hour(chance), within=(first, window[1] - HOUR))
    room = (window[0] + HOUR, max(window[0] + 2 * HOUR, ends - 2 * HOUR))
    begins = on_workday(part(room, chance.random()), zone, waking_hour(chance), within=room)
    return _Draft(setting.inventor.applicant(), fate, begins, ends, zone, strand, clocks)


def _write(setting: Setting, number: str, draft: _Draft, transition: Transition) -> None:
    """The acts of one draft: started, half filled in, and (perhaps) finished and handed in."""
    chance, applicant = setting.inventor.chance, draft.applicant
    contact = applicant.contacts[0]
    strand = draft.strand
    questions = asked_of(setting.workflow.questions, strand)
    answers = setting.inventor.answers(questions, applicant.language, from_instant(draft.ends, draft.zone).date())
    names = [name for name in asked(questions, answers) if name in answers]
    begun = {name: answers[name] for name in names[: max(1, len(names) // 2)]}
    rest = {name: answers[name] for name in names[max(1, len(names) // 2) :]}

    def act(instant: int, what: str, values: dict[str, str]) -> None:
        setting.plan.put(Act(instant, applicant.email, what, number, values))

    act(
        draft.begins, START,
        {"organisation": applicant.organisation, "name": contact.name, "language": contact.language}
        | ({"strand": strand} if strand else {})
        | ({"clocks": draft.clocks} if draft.clocks else {}),
    )  # fmt: skip
    for other in applicant.contacts[1:]:
        act(
            draft.begins + 4 * MINUTE, CONTACT,
            {"email": other.email, "name": other.name, "language": other.language},
        )  # fmt: skip
    act(draft.begins + chance.randint(5, 50) * MINUTE, ANSWER, begun)
    if draft.fate == "lapses":
        return
    if rest:
        act(draft.ends - chance.randint(2, 50) * MINUTE, ANSWER, rest)
    _make_fit(setting, number, draft, transition)
    act(draft.ends, transition.name, {})


def _make_fit(setting: Setting, number: str, draft: _Draft, transition: Transition) -> None:
    """Whoever was invented just now has no earlier dossier and sits in no committee, where the rules ask for it."""
    staff, contact = setting.staff[0], draft.applicant.contacts[0]
    instant = draft.ends - MINUTE
    if transition.guard("follows"):
        values = {"guard": "follows", "reason": "invented for a rehearsal, which has no earlier rounds"}
        setting.plan.put(Act(instant, staff.email, LIFT, number, values))
    if committee := transition.guard("member_of"):
        values = {"name": contact.name, "language": contact.language, "role": str(committee.value), "by": staff.email}
        setting.plan.put(Act(instant, contact.email, PERSON, values=values))

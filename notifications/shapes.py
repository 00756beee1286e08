"""Which names is a letter given, for each role and each occasion that tells it?

Held together with facts.py by a test: what a letter may name is what it is handed.
"""

from collections.abc import Iterator, Mapping

from engine.cycle.inviting import CANCELLED, CHANGED, INVITED
from engine.cycle.paying import PAID, TAKEN_BACK
from engine.cycle.proposing import DECLINED, PROPOSED
from engine.files.reading import Programme
from engine.files.wording import OF_SEATS
from engine.rules.paying import promises_to_pay
from engine.rules.round import Round
from engine.rules.seats import takes_sign_ups
from engine.rules.workflow import APPLICANT, EVERYONE, Workflow
from notifications.facts import INVITATION, SEAT, SEATED
from notifications.letters import OWN_LETTERS


class Whole:
    """A value without parts that a letter may name: a text, a number, an amount."""


class Each:
    """A list, and what each of its members consists of."""

    def __init__(self, member: "Shape") -> None:
        self.member = member


Shape = Whole | Each | Mapping[str, "Shape"]
A = Whole()
DAY: Shape = {"short": A}
WHEN: Shape = {"day": DAY, "short": A, "time": A}
SESSION: Shape = {"day": DAY, "start": A, "end": A, "place": A, "when": A}
OBLIGATION: Shape = {"name": A, "title": A, "last_day": DAY, "meeting": A, "deliverable": A, "position": A}
WHEREABOUTS: Mapping[str, Shape] = {"when": WHEN, "place": A, "online": A}
LINE: Mapping[str, Shape] = {"number": A, "title": A, "organisation": A, "state": A, "reasons": Each(A)}
DOSSIER: Mapping[str, Shape] = {"number": A, "title": A, "organisation": A, "amount": A, "state": A}
SLOT: Shape = {"meeting": A, "day": DAY, "start": A, "end": A, "position": A, "when": WHEN}
EXTRAS: Mapping[str, Shape] = {
    "reminded": Each(OBLIGATION),
    "extension": {"of": A, "old": WHEN, "new": WHEN, "reason": A},
    "promise": {"title": A, "before": WHEN},
    "invitation": {
        "title": A, **WHEREABOUTS, "reason": A, "was": WHEREABOUTS, "moved": A, "before": Each(A), "path": A, "url": A,
    },
    "seat": {
        "title": A, "when": WHEN, "place": A, "is_online": A, "place_in_list": A, "answer_by": WHEN, "reason": A,
        "was": A, "from_list": A, "has_time": A, "url": A,
    },
    "review": {"of": OBLIGATION, "words": A},
    "payments": Each({"title": A, "amount": A, "day": DAY, "reference": A}),
    "proposal": {"of": OBLIGATION, "times": Each(SESSION), "words": A, "by": A, "moves": A, "path": A},
    "message": {"subject": A, "text": A, "by": A, "written_in": A, "questions": Each(A), "owed": Each(OBLIGATION)},
}  # fmt: skip
BY_NAME: Mapping[str, tuple[str, ...]] = {INVITATION: (INVITATION,), SEAT: (SEAT,), SEATED: (SEAT, INVITATION)}
"""what is told to people by name, whatever they are: they are given nothing of a dossier but what it is called"""
REMINDER, EXTENDED, MESSAGE, OVERDUE, EXCUSED, CHANGES, ACCEPTED, *_ = OWN_LETTERS


def of_this_round(round: Round) -> Iterator[tuple[str, str, str | None]]:
    """What a round alone announces: (letter, role, None)."""
    for notice in round.notices.values():
        yield from ((letter, role, None) for role, letter in notice.tell.items())


def occasions(workflow: Workflow) -> Iterator[tuple[str, str, str | None]]:
    """Everything that tells a letter: (letter, role, the extra name that it is given or None)."""
    for transition in workflow.transitions.values():
        for told in (transition.tell, transition.if_not):
            if not isinstance(told, str):
                yield from ((letter, role, None) for role, letter in told.items())
    for reminder in workflow.reminders.values():
        yield from ((letter, role, None) for role, letter in reminder.tell.items())
    for promise in workflow.promises.values():
        yield from ((letter, role, "promise") for role, letter in promise.tell.items())
    for announcement in workflow.announcements.values():
        extra = "extension" if announcement.moment is None else None
        yield from ((letter, role, extra) for role, letter in announcement.tell.items())
    if any(obligation.remind for obligation in workflow.obligations.values()):
        yield REMINDER, APPLICANT, "reminded"
    for obligation in workflow.obligations.values():
        for role, letter in obligation.if_not.items():
            yield letter, role, "reminded" if role == APPLICANT else None
    if any(obligation.remind_after for obligation in workflow.obligations.values()):
        yield OVERDUE, APPLICANT, "reminded"
    if workflow.obligations:
        yield from ((letter, APPLICANT, "review") for letter in (EXCUSED, CHANGES, ACCEPTED))
    if promises_to_pay(workflow):
        yield from ((letter, APPLICANT, "payments") for letter in (PAID, TAKEN_BACK))
    if any(obligation.attend for obligation in workflow.obligations.values()):
        yield from ((letter, role, "proposal") for told in (PROPOSED, DECLINED) for role, letter in told.items())
    yield EXTENDED, APPLICANT, "extension"
    yield MESSAGE, APPLICANT, "message"
    if workflow.meetings:
        # whoever is invited, as whatever, reads the same
        yield from ((letter, APPLICANT, INVITATION) for letter in (INVITED, CHANGED, CANCELLED))
    if any(map(takes_sign_ups, workflow.meetings.values())):
        held, given_back, *others = OF_SEATS
        yield from ((letter, APPLICANT, SEATED) for letter in (held, given_back))
        yield from ((letter, APPLICANT, SEAT) for letter in others)


def names(programme: Programme, role: str, extra: str | None) -> Mapping[str, Shape]:
    """The names of a letter that is told to a role."""
    workflow = programme.workflow
    strand: dict[str, Shape] = {"strand": A} if workflow.strands else {}
    given: dict[str, Shape] = {
        "programme": A,
        "round": {"title": A, "number": A, "key": A},
        "phase": {phase: {"title": A, "opens": WHEN, "closes": WHEN} for phase in workflow.phases},
        "meeting": {name: {"title": A, "sessions": Each(SESSION), "when": A} for name in workflow.meetings},
        "grace": A,
        "person": {"name": A},
        "contact": {"name": A, "email": A},
    }
    if extra is not None and extra in BY_NAME:
        return given | {name: EXTRAS[name] for name in BY_NAME[extra]} | {"dossier": {"number": A, "title": A}}
    if role == APPLICANT:
        given |= {
            "dossier": {**DOSSIER, **strand},
            "received": WHEN,
            "receipt": A,
            "recommendations": Each(A),
            "reason": A,
            "missing": Each(A),
            "slot": SLOT,
            "obligations": Each(OBLIGATION),
        }
    elif role != EVERYONE:
        given |= {"dossiers": Each({**LINE, **strand}), "reason": A}
    return given | ({extra: EXTRAS[extra]} if extra else {})

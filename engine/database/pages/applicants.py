"""What else did the applicant of a dossier hand in, and what is held against them, or is not?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from engine.database.across import Applicant, When, applicant_of, before_of, lifted, names_of
from engine.database.records import (
    ConflictRow,
    ContactRow,
    DossierRow,
    LiftRow,
    PersonRow,
    RoundRow,
)
from engine.database.store import the_id
from engine.errors import Refusal
from engine.rules.applying import ACROSS
from engine.rules.conditions import Guard
from engine.rules.facts import Facts
from engine.rules.guards import judge
from engine.rules.workflow import Transition, Workflow


@dataclass(frozen=True, slots=True)
class Beside:
    """Another dossier of the applicant, as the staff of its round see it."""

    number: str
    round: str
    organisation: str
    state: str
    received_at: int | None
    same: bool
    """whether its organisation is the same one; else only somebody is who speaks for it"""


@dataclass(frozen=True, slots=True)
class Lifted:
    """A guard that is not held against a dossier, by whom, and why."""

    guard: str
    reason: str
    by: str
    at: int


def looking_across(transition: Transition | None) -> tuple[Guard, ...]:
    """The guards of a transition that ask for other dossiers."""
    return tuple(guard for guard in transition.guards if guard.word in ACROSS) if transition else ()


def against(
    session: Session, workflow: Workflow, dossier: DossierRow, guards: tuple[Guard, ...], when: When, reader: int
) -> tuple[Refusal, ...]:
    """What the applicant's other dossiers are to these guards, as this reader may know of it."""
    if not guards:
        return ()
    applicant = applicant_of(session, workflow, dossier)
    before = before_of(session, workflow, applicant, when=when, reader=reader)
    facts = Facts(dossier.number, dossier.state, before=before, lifted=lifted(session, the_id(dossier)))
    return judge(guards, facts, workflow)


def before_starting(
    session: Session, workflow: Workflow, round_id: int, person_id: int, guards: tuple[Guard, ...], when: When
) -> Sequence[tuple[str, tuple[Refusal, ...]]]:
    """What would be in the way of a dossier that somebody starts now, for each organisation that they spoke for.

    The organisation is empty for what is in the way whichever it is. A dossier that must follow another one is left
    out: which one it follows is said in the form.
    """
    guards = tuple(guard for guard in guards if guard.word != "follows")
    if not guards:
        return ()
    names: dict[str, str] = {"": ""}
    for name, key in session.exec(
        select(DossierRow.organisation, DossierRow.organisation_key)
        .join(ContactRow, col(ContactRow.dossier_id) == col(DossierRow.id))
        .join(RoundRow, col(RoundRow.id) == col(DossierRow.round_id))
        .where(
            col(ContactRow.person_id) == person_id, col(RoundRow.programme) == workflow.programme,
            col(DossierRow.organisation_key) != "",
        )
        .order_by(col(DossierRow.id))
    ):
        names[key] = name
    found: list[tuple[str, tuple[Refusal, ...]]] = []
    known: set[Refusal] = set()
    for key, name in list(names.items())[:MOST]:
        applicant = Applicant(round_id, key, frozenset({person_id}))
        before = before_of(session, workflow, applicant, when=when, reader=person_id)
        reasons = tuple(one for one in judge(guards, Facts("", workflow.begins_in, before=before), workflow))
        fresh = tuple(one for one in reasons if one not in known)
        known |= set(reasons) if not name else set()
        if fresh:
            found.append((name, fresh))
    return found


MOST = 20
"""organisations that one person spoke for, of which the first are looked at"""


def beside(
    session: Session, workflow: Workflow, dossier: DossierRow, when: When, reader: int
) -> tuple[Sequence[Beside], int]:
    """The applicant's other dossiers that a reader may know of, the newest first, and how many more there are."""
    applicant = applicant_of(session, workflow, dossier)
    others = before_of(session, workflow, applicant, when=when, reader=reader).others
    named = {(one.round, one.number): one for one in others if one.may_be_named}
    if not named:
        return (), len(others)
    own_conflicts = select(ConflictRow.dossier_id).where(col(ConflictRow.person_id) == reader)
    rows = session.exec(
        select(DossierRow, RoundRow.key)
        .join(RoundRow, col(RoundRow.id) == col(DossierRow.round_id))
        .where(
            col(RoundRow.programme) == workflow.programme, col(DossierRow.number).in_([one for _, one in named]),
            col(DossierRow.id).not_in(own_conflicts),
        )
        .order_by(col(DossierRow.started_at).desc(), col(DossierRow.id).desc())
    ).all()  # fmt: skip
    found = [
        Beside(row.number, key, row.organisation, row.state, row.received_at, named[key, row.number].organisation)
        for row, key in rows
        if (key, row.number) in named
    ]
    return found, len(others) - len(named)


def lifts_of(session: Session, dossier_id: int) -> Sequence[Lifted]:
    """The guards that are not held against a dossier, in the order in which they were lifted."""
    rows = session.exec(
        select(LiftRow, PersonRow.email)
        .join(PersonRow, col(PersonRow.id) == col(LiftRow.lifted_by))
        .where(col(LiftRow.dossier_id) == dossier_id, col(LiftRow.ended_at).is_(None))
        .order_by(col(LiftRow.id))
    ).all()
    return [Lifted(row.guard, row.reason, email, row.lifted_at) for row, email in rows]


def other_names(session: Session, programme: str, key: str) -> Sequence[str]:
    """The other names that staff have joined to an organisation's, each as it stands on a dossier."""
    keys = names_of(session, programme, key) - {key}
    if not keys:
        return ()
    written = dict(
        session.exec(
            select(DossierRow.organisation_key, DossierRow.organisation)
            .where(col(DossierRow.organisation_key).in_(keys))
            .order_by(col(DossierRow.id))
        ).all()
    )
    return [written.get(one, one) for one in sorted(keys)]

"""What did the applicant of a dossier do before, in every round of the programme?"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from engine.database.connection import in_parts
from engine.database.records import (
    AnswerRow,
    ContactRow,
    DossierRow,
    LiftRow,
    RoleRow,
    RoundRow,
    SameOrganisationRow,
    TransitionRow,
)
from engine.database.standing_moves import stands
from engine.faults import point
from engine.rules.earlier import Before, Other
from engine.rules.workflow import STAFF, Workflow


@dataclass(frozen=True, slots=True)
class When:
    """The instant at which a cohort is judged (UTC microseconds), by the clocks of a zone.

    `holidays` is the region in which working days are counted.
    """

    now: int
    zone: str
    holidays: str


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whose dossier is judged: in which round, which organisation, and who speaks for it.

    A dossier that is yet to be started has no id, and one that is yet to be handed in no instant.
    """

    round_id: int
    organisation_key: str
    people: frozenset[int]
    dossier_id: int | None = None
    received_at: int | None = None
    names: str | None = None
    """the earlier dossier that it follows, `programme/round/number`"""


def lock_programme(session: Session, programme: str) -> None:
    """Hold what is asked of all rounds of a programme at once, until the transaction ends.

    Who holds it holds one round already and asks for no other, so nobody waits in a circle. On SQLite the transaction
    itself holds everything.
    """
    if session.get_bind().dialect.name == "postgresql":
        # a number of one's own among the locks of the database: the name's, beside this table's
        key = func.hashtextextended(sa.literal(f"dossiers of {programme}", sa.Text), 0)
        session.connection().execute(sa.select(func.pg_advisory_xact_lock(key)))
    point("programme locked")


def names_of(session: Session, programme: str, key: str) -> frozenset[str]:
    """The keys of all names that an organisation has in a programme, as far as staff have said so; none for none."""
    if not key:
        return frozenset()
    row, same = SameOrganisationRow, aliased(SameOrganisationRow)
    found = session.exec(
        select(row.key).where(
            row.programme == programme, col(row.ended_at).is_(None), same.programme == programme, same.key == key,
            col(same.ended_at).is_(None), row.same_as == same.same_as,
        )
    ).all()  # fmt: skip
    return frozenset((key, *found))


def question_of_dossier(workflow: Workflow) -> str | None:
    """The question in which the applicant names an earlier dossier, or None."""
    return next((one.name for one in workflow.questions.values() if one.kind == "dossier"), None)


def applicant_of(session: Session, workflow: Workflow, dossier: DossierRow) -> Applicant:
    """Whose a dossier is."""
    people = session.exec(select(ContactRow.person_id).where(col(ContactRow.dossier_id) == dossier.id)).all()
    asked = question_of_dossier(workflow)
    named = None
    if asked is not None:
        named = session.exec(
            select(AnswerRow.value)
            .where(col(AnswerRow.dossier_id) == dossier.id, col(AnswerRow.question) == asked)
            .order_by(col(AnswerRow.version).desc())
            .limit(1)
        ).first()
    return Applicant(
        dossier.round_id, dossier.organisation_key, frozenset(people), dossier.id, dossier.received_at, named or None
    )


def before_of(
    session: Session, workflow: Workflow, applicant: Applicant, *, when: When, reader: int | None = None
) -> Before:
    """The other dossiers of an applicant. `reader` is who is told of it; without one, all who speak for the dossier."""
    of_programme = select(RoundRow.id, RoundRow.key).where(col(RoundRow.programme) == workflow.programme)
    rounds = session.exec(of_programme.order_by(col(RoundRow.id))).all()
    place = {round_id: number for number, (round_id, _) in enumerate(rounds)}
    key_of_round = dict(rounds)
    keys = names_of(session, workflow.programme, applicant.organisation_key)
    theirs = _dossiers_of(session, applicant.people, workflow.begins_in)
    found = [
        row
        for row in _among(session, keys, theirs)
        if row.id != applicant.dossier_id and row.round_id in place
    ]
    ids = [row.id for row in found if row.id is not None]
    entered, known = _entries(session, ids), _known(session, found, applicant.people, reader)
    freed = {state.name for state in workflow.states.values() if state.frees_place}
    others = []
    for row in found:
        assert row.id is not None
        counts = row.received_at is not None and row.state != workflow.begins_in and row.state not in freed
        mine = (applicant.received_at, applicant.dossier_id or 0)
        others.append(
            Other(
                number=row.number,
                round=str(key_of_round[row.round_id]),
                rounds_ago=place[applicant.round_id] - place[row.round_id],
                organisation=row.organisation_key in keys,
                person=row.id in theirs,
                named=applicant.names == f"{key_of_round[row.round_id]}/{row.number}",
                received_at=row.received_at if counts else None,
                is_first=mine[0] is None or (row.received_at or 0, row.id) < (mine[0], mine[1]),
                entered=entered[row.id],
                may_be_named=row.id in known,
            )
        )
    return Before(when.now, when.zone, when.holidays, tuple(others), question_of_dossier(workflow) is not None)


def lifted(session: Session, dossier_id: int) -> frozenset[str]:
    """The guards that staff have lifted for a dossier."""
    wanted = select(LiftRow.guard).where(col(LiftRow.dossier_id) == dossier_id, col(LiftRow.ended_at).is_(None))
    return frozenset(session.exec(wanted).all())


def _dossiers_of(session: Session, people: Collection[int], begins_in: str) -> frozenset[int]:
    """The dossiers that some people speak for, or moved out of their drafts."""
    speaks = select(ContactRow.dossier_id).where(col(ContactRow.person_id).in_(people))
    handed = select(TransitionRow.dossier_id).where(
        col(TransitionRow.person_id).in_(people), col(TransitionRow.source) == begins_in
    )
    return frozenset((*session.exec(speaks).all(), *session.exec(handed).all()))


def _among(session: Session, keys: Collection[str], ids: Collection[int]) -> Sequence[DossierRow]:
    found: dict[int, DossierRow] = {}
    wanted = [col(DossierRow.organisation_key).in_(keys)] if keys else []
    wanted += [col(DossierRow.id).in_(some) for some in in_parts(sorted(ids))]
    for where in wanted:
        found |= {row.id: row for row in session.exec(select(DossierRow).where(where)) if row.id is not None}
    return [found[one] for one in sorted(found)]


def _entries(session: Session, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """dossier -> state -> when it was entered last, what was taken back left out."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for some in in_parts(ids):
        rows = session.exec(
            select(TransitionRow.dossier_id, TransitionRow.target, func.max(TransitionRow.at))
            .where(col(TransitionRow.dossier_id).in_(some), stands())
            .group_by(col(TransitionRow.dossier_id), col(TransitionRow.target))
        ).all()
        for dossier_id, state, at in rows:
            found[dossier_id][state] = at
    return found


def _known(
    session: Session, dossiers: Sequence[DossierRow], people: Collection[int], reader: int | None
) -> frozenset[int]:
    """The dossiers that may be named: the reader speaks for them or is on the staff of their round; or all do."""
    wanted = {reader} if reader is not None else set(people)
    speaks: dict[int, set[int]] = defaultdict(set)
    for some in in_parts([row.id for row in dossiers]):
        for dossier_id, person_id in session.exec(
            select(ContactRow.dossier_id, ContactRow.person_id).where(col(ContactRow.dossier_id).in_(some))
        ):
            speaks[dossier_id].add(person_id)
    runs: set[int] = set()
    if reader is not None:
        runs = set(
            session.exec(
                select(RoleRow.round_id).where(col(RoleRow.person_id) == reader, col(RoleRow.role) == STAFF)
            ).all()
        )
    return frozenset(
        row.id
        for row in dossiers
        if row.id is not None and (row.round_id in runs or (bool(wanted) and wanted <= speaks[row.id]))
    )

"""Who and what is in a round, and what do the rules need to know of a dossier?"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from engine.database.across import When, applicant_of, before_of, lifted
from engine.database.records import (
    AgreedRow,
    AnswerRow,
    AssignmentRow,
    AttendanceRow,
    ClearanceRow,
    ConflictRow,
    ContactRow,
    DeliveryRow,
    DossierRow,
    ExcuseRow,
    ExtensionRow,
    ObligationRow,
    PersonRow,
    RecommendationRow,
    RoleRow,
    RoundRow,
    ScoreRow,
    SetAsideRow,
    TransitionRow,
    VerdictRow,
)
from engine.database.sitting import said_elsewhere, scope_of, sits_for, sitting_elsewhere
from engine.database.standing_moves import stands
from engine.errors import Unknown
from engine.faults import point
from engine.rules.applying import ACROSS
from engine.rules.asked import asked_about
from engine.rules.assessing import UNDECLARED, assessment_in, criteria_of, list_in, score_over
from engine.rules.conditions import Guard
from engine.rules.facts import Facts, ObligationState, Owed, complete_scores, marks_given
from engine.rules.guards import SCORED
from engine.rules.workflow import Assessment, Workflow

MarksOf = tuple[Mapping[str, Mapping[str, float]], frozenset[str]]
"""member -> criterion -> mark, and the members whose marks do not count"""


def the_id(row: Any) -> int:
    """The id of a row that has been written."""
    number: int | None = row.id
    assert number is not None
    return number


def find_round(session: Session, key: str) -> RoundRow:
    """The open round of that name. Raises Unknown with the nearest one."""
    row = session.exec(select(RoundRow).where(col(RoundRow.key) == key)).first()
    if row is None:
        raise Unknown("open round", key, session.exec(select(RoundRow.key)).all())
    return row


def lock_round(session: Session, key: str) -> None:
    """Hold a round until the transaction ends: whoever changes anything in it asks for it first, and waits its turn.

    On SQLite the transaction itself holds everything. It is asked for by itself, and not with a join: PostgreSQL would
    give the joined rows as they stood before the wait.
    """
    if session.get_bind().dialect.name == "postgresql":
        held = select(RoundRow.id).where(col(RoundRow.key) == key).with_for_update(key_share=True)
        session.connection().execute(held)
    point("round locked")


def claim_round(session: Session, key: str) -> bool:
    """The same without waiting: False when somebody else is at work in that round just now."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    claimed = select(RoundRow.id).where(col(RoundRow.key) == key).with_for_update(key_share=True, skip_locked=True)
    return session.connection().execute(claimed).first() is not None


# put together once: every act and every page asks these
_DOSSIER = sa.select(DossierRow).where(
    col(DossierRow.round_id) == sa.bindparam("round_id"), col(DossierRow.number) == sa.bindparam("number")
)
_PERSON = sa.select(PersonRow).where(col(PersonRow.email) == sa.bindparam("email"))
_ROLES = sa.select(RoleRow).where(
    col(RoleRow.round_id) == sa.bindparam("round_id"), col(RoleRow.person_id) == sa.bindparam("person_id")
)

_ROLES_BESIDE = _ROLES.join(DossierRow, col(DossierRow.round_id) == col(RoleRow.round_id)).where(
    col(DossierRow.id) == sa.bindparam("dossier_id"), sits_for()
)


def find_dossier(session: Session, round_row: RoundRow, number: str) -> DossierRow:
    """The dossier of that number. Raises Unknown with the nearest one."""
    found = session.execute(_DOSSIER, {"round_id": round_row.id, "number": number})
    row: DossierRow | None = found.scalars().first()
    if row is None:
        numbers = session.exec(select(DossierRow.number).where(col(DossierRow.round_id) == round_row.id)).all()
        raise Unknown(f"dossier in {round_row.key}", number, numbers)
    return row


def find_person(session: Session, email: str) -> PersonRow | None:
    """The person with that address, or None."""
    return session.execute(_PERSON, {"email": email.strip().lower()}).scalars().first()


def roles_of(
    session: Session, round_id: int, person_id: int, dossier_id: int | None = None
) -> Sequence[RoleRow]:
    """A person's parts in a round; to one dossier, those for other strands or answers than its own left out."""
    of = {"round_id": round_id, "person_id": person_id}
    if dossier_id is None:
        return session.execute(_ROLES, of).scalars().all()
    return session.execute(_ROLES_BESIDE, {**of, "dossier_id": dossier_id}).scalars().all()


_OF, _WHO = sa.bindparam("dossier_id", type_=sa.Integer()), sa.bindparam("person_id", type_=sa.Integer())
_TIES = sa.select(
    exists().where(col(ContactRow.dossier_id) == _OF, col(ContactRow.person_id) == _WHO),
    exists().where(col(ConflictRow.dossier_id) == _OF, col(ConflictRow.person_id) == _WHO),
    exists().where(
        col(ClearanceRow.dossier_id) == _OF, col(ClearanceRow.person_id) == _WHO, col(ClearanceRow.ended_at).is_(None)
    ),
)


def ties_of(session: Session, dossier_id: int, person_id: int) -> tuple[bool, bool, bool]:
    """Whether a person is a contact of a dossier, has a conflict with it, and has answered that there is none."""
    found = session.connection().execute(_TIES, {"dossier_id": dossier_id, "person_id": person_id})
    is_contact, has_conflict, is_cleared = found.one()
    return bool(is_contact), bool(has_conflict), bool(is_cleared)


def is_contact(session: Session, dossier_id: int, person_id: int) -> bool:
    return ties_of(session, dossier_id, person_id)[0]


def has_conflict(session: Session, dossier_id: int, person_id: int) -> bool:
    return ties_of(session, dossier_id, person_id)[1]


def free_members(session: Session, round_id: int, committee: str, dossier_id: int) -> int:
    """How many members of a committee have no conflict with a dossier; of the one before which it lies."""
    members = set(
        session.exec(
            select(RoleRow.person_id)
            .join(DossierRow, col(DossierRow.round_id) == col(RoleRow.round_id))
            .where(
                col(RoleRow.round_id) == round_id, col(RoleRow.role) == committee, col(DossierRow.id) == dossier_id,
                sits_for(),
            )
        ).all()
    )  # fmt: skip
    conflicts = session.exec(select(ConflictRow.person_id).where(col(ConflictRow.dossier_id) == dossier_id)).all()
    return len(members - set(conflicts))


def current_answers(session: Session, dossier_id: int) -> dict[str, Any]:
    """The newest answer to each question of a dossier."""
    rows = session.exec(
        select(AnswerRow).where(col(AnswerRow.dossier_id) == dossier_id).order_by(col(AnswerRow.version))
    ).all()
    return {row.question: row.value for row in rows}


def last_received(session: Session, round_id: int) -> int:
    """When the newest receipt of a round was stamped, or 0."""
    stamped = col(DossierRow.received_at)
    newest = session.exec(
        select(DossierRow.received_at)
        .where(col(DossierRow.round_id) == round_id, stamped.is_not(None), col(DossierRow.receipt).is_not(None))
        .order_by(stamped.desc())
        .limit(1)
    ).first()
    return newest or 0


def standing_verdict(session: Session, dossier_id: int) -> VerdictRow | None:
    return session.exec(
        select(VerdictRow).where(col(VerdictRow.dossier_id) == dossier_id, col(VerdictRow.ended_at).is_(None))
    ).first()


def obligations_of(session: Session, dossier_id: int) -> Sequence[ObligationRow]:
    """What a dossier owes, in the order in which it is due."""
    return session.exec(
        select(ObligationRow)
        .where(col(ObligationRow.dossier_id) == dossier_id)
        .order_by(col(ObligationRow.due_at), col(ObligationRow.name), col(ObligationRow.position))
    ).all()


def state_of(row: ObligationRow) -> ObligationState:
    if row.fulfilled_at is not None:
        return "fulfilled"
    if row.excused_at is not None:
        return "excused"
    if row.handed_in_at is not None:
        return "handed in"
    return "overdue" if row.overdue_at is not None else "open"


def extensions_of(session: Session, round_id: int) -> Sequence[ExtensionRow]:
    """The extensions in a round, of all and of single dossiers; oldest first."""
    return session.exec(
        select(ExtensionRow).where(col(ExtensionRow.round_id) == round_id).order_by(col(ExtensionRow.id))
    ).all()


def extensions_of_all(session: Session) -> Sequence[ExtensionRow]:
    """What was extended for everybody, in every round; oldest first."""
    return session.exec(
        select(ExtensionRow).where(col(ExtensionRow.dossier_id).is_(None)).order_by(col(ExtensionRow.id))
    ).all()


_ROUND_AND_EXTENSIONS = (
    sa.select(RoundRow, ExtensionRow)
    .join(ExtensionRow, col(ExtensionRow.round_id) == col(RoundRow.id), isouter=True)
    .where(col(RoundRow.key) == sa.bindparam("key"))
    .order_by(col(ExtensionRow.id))
)
"""put together once: every act and every page of a round asks it"""


def find_round_and_extensions(session: Session, key: str) -> tuple[RoundRow, Sequence[ExtensionRow]]:
    """`find_round` and `extensions_of` in one question, which every act asks."""
    rows = session.execute(_ROUND_AND_EXTENSIONS, {"key": key}).all()
    if not rows:
        return find_round(session, key), ()
    return rows[0][0], [extension for _, extension in rows if extension is not None]


def been_in(session: Session, dossier: DossierRow, states: Iterable[str]) -> bool:
    """Whether a dossier stands in one of the states, or ever did."""
    wanted = set(states)
    visited = session.exec(
        select(TransitionRow.target).where(col(TransitionRow.dossier_id) == dossier.id, stands())
    ).all()
    return dossier.state in wanted or not wanted.isdisjoint(visited)


def attended_meetings(session: Session, workflow: Workflow, dossier_id: int) -> frozenset[str]:
    """The meetings that somebody came to for a dossier, or was excused from."""
    came = session.exec(select(AttendanceRow.meeting).where(col(AttendanceRow.dossier_id) == dossier_id)).all()
    excused = session.exec(select(ExcuseRow.of).where(col(ExcuseRow.dossier_id) == dossier_id)).all()
    names = set(came)
    for name in excused:
        owed = workflow.obligations.get(name)
        names.add(owed.attend if owed and owed.attend else name)
    return frozenset(names)


def score_of(session: Session, workflow: Workflow, dossier_id: int) -> float | None:
    """The score of a dossier where it stands, more being better; None when nobody scored it completely."""
    state = session.exec(select(DossierRow.state).where(col(DossierRow.id) == dossier_id)).one()
    one = list_in(workflow, state)
    return _score_in(session, workflow, one, dossier_id, marks_of(session, workflow, dossier_id, one)) if one else None


def _score_in(
    session: Session, workflow: Workflow, one: Assessment, dossier_id: int, marks: MarksOf
) -> float | None:
    agreed = agreed_marks(session, workflow, dossier_id, one) if one.score == "consensus" else {}
    return score_over(workflow, one, *marks, agreed)


def marks_of(session: Session, workflow: Workflow, dossier_id: int, one: Assessment) -> MarksOf:
    """The current marks of a dossier in an assessment, and the members whose marks do not count: for a conflict, since
    they were set aside, or since the dossier lies before another committee of that name than theirs."""
    assessment = one.name
    marks: dict[str, dict[str, float]] = defaultdict(dict)
    rows = session.exec(
        select(ScoreRow).where(
            col(ScoreRow.dossier_id) == dossier_id, col(ScoreRow.replaced_at).is_(None),
            col(ScoreRow.assessment) == assessment,
        )
    ).all()  # fmt: skip
    for row in rows:
        marks[str(row.person_id)][row.criterion] = row.mark
    conflicted = session.exec(select(ConflictRow.person_id).where(col(ConflictRow.dossier_id) == dossier_id)).all()
    aside = session.exec(
        select(SetAsideRow.person_id).where(
            col(SetAsideRow.dossier_id) == dossier_id, col(SetAsideRow.assessment) == assessment,
            col(SetAsideRow.ended_at).is_(None),
        )
    ).all()  # fmt: skip
    elsewhere = sitting_elsewhere(session, workflow, dossier_id, one.by)
    return marks, frozenset(str(person) for person in (*conflicted, *aside, *elsewhere))


def is_reader(session: Session, workflow: Workflow, dossier_id: int, state: str, person_id: int) -> bool:
    """Whether a dossier was given to somebody to read, in the assessment about the state in which it is."""
    one = assessment_in(workflow, state)
    given = select(AssignmentRow.id).where(
        col(AssignmentRow.dossier_id) == dossier_id, col(AssignmentRow.person_id) == person_id,
        col(AssignmentRow.assessment) == (one.name if one else UNDECLARED), col(AssignmentRow.ended_at).is_(None),
    )  # fmt: skip
    return session.exec(given).first() is not None


def agreed_marks(session: Session, workflow: Workflow, dossier_id: int, one: Assessment) -> dict[str, float]:
    """criterion -> the mark that the committee before which the dossier lies agreed on in an assessment."""
    rows = session.exec(
        select(AgreedRow).where(
            col(AgreedRow.dossier_id) == dossier_id, col(AgreedRow.assessment) == one.name,
            col(AgreedRow.replaced_at).is_(None),
        )
    ).all()  # fmt: skip
    here = scope_of(session, workflow, one.by, dossier_id)
    return {row.criterion: row.mark for row in rows if row.scope in ("", here)}


def is_recommended(session: Session, workflow: Workflow, dossier: DossierRow) -> bool:
    """Whether a recommendation stands on a dossier, of the assessment that counts where it is."""
    one = list_in(workflow, dossier.state)
    rows = recommendations_of(session, workflow, the_id(dossier))
    return any(not workflow.assessments or (one is not None and row.assessment == one.name) for row in rows)


def recommendations_of(session: Session, workflow: Workflow, dossier_id: int) -> Sequence[RecommendationRow]:
    """The current recommendations of the members of its committee, oldest first."""
    row = RecommendationRow
    return session.exec(
        select(RecommendationRow)
        .where(
            col(row.dossier_id) == dossier_id, col(row.replaced_at).is_(None),
            ~said_elsewhere(workflow, col(row.committee), row),
        )
        .order_by(col(RecommendationRow.id))
    ).all()


def facts_of(
    session: Session,
    workflow: Workflow,
    dossier: DossierRow,
    guards: tuple[Guard, ...],
    *,
    places_held: Mapping[str, int] | None = None,
    handed_in: int = 0,
    reason: str | None = None,
    when: When | None = None,
    person_id: int | None = None,
) -> Facts:
    """A dossier as these guards see it now: what none of them asks for is not looked up.

    `when` it is judged, for guards that look back; `person_id` is whoever acts, if anybody does.
    """
    dossier_id = the_id(dossier)
    words = {guard.word for guard in guards}
    facts: dict[str, Any] = {}
    point("looking up facts")
    if words & {"form", "answer"}:
        facts["answers"] = current_answers(session, dossier_id)
    if any("." in key for guard in guards for key in asked_about(guard)):
        facts["answered_later"] = handed_in_by(session, dossier_id)
    if "attended" in words:
        facts["attended"] = attended_meetings(session, workflow, dossier_id)
    if "delivered" in words:
        facts["delivered"] = delivered_by(session, dossier_id)
    if "fulfilled" in words:
        facts["owed"] = tuple(
            Owed(row.name, row.position, state_of(row), row.last_day) for row in obligations_of(session, dossier_id)
        )
    if words & SCORED and (one := list_in(workflow, dossier.state)):
        marks = marks_of(session, workflow, dossier_id, one)
        facts["score"] = _score_in(session, workflow, one, dossier_id, marks)
        facts["scored_by"] = len(complete_scores(criteria_of(workflow, one), *marks))
        facts["marks"] = marks_given(*marks)
    if "recommendation" in words:
        facts["recommended"] = is_recommended(session, workflow, dossier)
    if "verdict" in words and (verdict := standing_verdict(session, dossier_id)):
        facts["verdict"] = verdict.transition
    if words & ACROSS:
        assert when is not None
        applicant = applicant_of(session, workflow, dossier)
        facts["before"] = before_of(session, workflow, applicant, when=when, reader=person_id)
        facts["lifted"] = lifted(session, dossier_id)
    if "member_of" in words and person_id is not None:
        roles = {row.role for row in roles_of(session, dossier.round_id, person_id, dossier_id)}
        facts["sits_in"] = frozenset(roles & workflow.committees.keys())
    return Facts(
        number=dossier.number, state=dossier.state, strand=dossier.strand, reason=reason,
        places_held=places_held or {}, handed_in=handed_in, **facts,
    )  # fmt: skip


def delivered_by(session: Session, dossier_id: int) -> frozenset[str]:
    """What a dossier has delivered; what staff accept counts when they have."""
    return frozenset(handed_in_by(session, dossier_id))


def handed_in_by(session: Session, dossier_id: int) -> dict[str, dict[str, Any]]:
    """deliverable -> the answers of the newest that counts as delivered."""
    counting = (
        select(DeliveryRow)
        .join(ObligationRow, col(ObligationRow.id) == col(DeliveryRow.obligation_id), isouter=True)
        .where(
            col(DeliveryRow.dossier_id) == dossier_id,
            sa.or_(col(DeliveryRow.obligation_id).is_(None), col(ObligationRow.fulfilled_at).is_not(None)),
        )
        .order_by(col(DeliveryRow.id))
    )
    return {row.deliverable: row.answers for row in session.exec(counting)}


_ENTRIES = aliased(TransitionRow)
"""made once: an alias makes each column of its table anew"""


def places_held(
    session: Session, workflow: Workflow, round_id: int, target: str, *,
    besides: int | Collection[int] | None = None, within: sa.ColumnElement[bool] | None = None,
) -> int:  # fmt: skip
    """How many places dossiers of the round, `within` a part of it, hold in a state, `besides` one dossier, or some.

    Held by those that entered it and have not since entered a state that frees the place, and by standing verdicts
    that will bring one there (DESIGN 10, caps and gates). What was taken back neither takes a place nor frees one.
    """

    counted = sa.true() if within is None else within
    entered = (
        sa.select(col(_ENTRIES.dossier_id).label("dossier_id"), sa.func.max(col(_ENTRIES.id)).label("entry"))
        .where(col(_ENTRIES.target) == target, stands(_ENTRIES))
        .group_by(col(_ENTRIES.dossier_id))
        .subquery("entered")
    )
    freed = sa.exists().where(
        col(TransitionRow.dossier_id) == entered.c.dossier_id,
        col(TransitionRow.target).in_([state.name for state in workflow.states.values() if state.frees_place]),
        col(TransitionRow.id) > entered.c.entry,
        stands(),
    )
    holding = (
        sa.select(entered.c.dossier_id)
        .join(DossierRow, col(DossierRow.id) == entered.c.dossier_id)
        .where(col(DossierRow.round_id) == round_id, ~freed, counted)
    )
    brings_there = sa.or_(
        sa.false(),
        *(
            sa.and_(col(VerdictRow.transition) == one.name, col(DossierRow.state).in_(one.sources))
            for one in workflow.transitions.values()
            if one.target == target
        ),
    )
    standing = (
        sa.select(col(VerdictRow.dossier_id))
        .join(DossierRow, col(DossierRow.id) == col(VerdictRow.dossier_id))
        .where(col(DossierRow.round_id) == round_id, col(VerdictRow.ended_at).is_(None), brings_there, counted)
    )
    places = holding.union(standing).subquery("places")
    others = (besides or 0,) if besides is None or isinstance(besides, int) else besides
    held = sa.select(sa.func.count()).select_from(places).where(places.c.dossier_id.not_in(others))
    number: int = session.connection().execute(held).scalar_one()
    point("places counted")
    return number


def contacts_concerned(session: Session, round_id: int, states: Sequence[str]) -> Sequence[PersonRow]:
    """Everybody who speaks for a dossier of the round that stands in one of these states, each once."""
    speaking = (
        sa.select(col(ContactRow.person_id))
        .join(DossierRow, col(DossierRow.id) == col(ContactRow.dossier_id))
        .where(col(DossierRow.round_id) == round_id, col(DossierRow.state).in_(states))
    )
    return session.exec(select(PersonRow).where(col(PersonRow.id).in_(speaking)).order_by(col(PersonRow.id))).all()
